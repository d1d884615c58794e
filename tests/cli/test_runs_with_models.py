"""Whole runs with, without and with damaged models: what is known, what is not, and what is done again."""

import json
from pathlib import Path

import pytest
from command_line import rushes
from made_media import damaged_copy
from rushes.media.made_shoot import Take, write_take
from rushes.store.library_file import LibraryFile

SHARED = Path(__file__).parents[2] / "../shared/models"
TAKES = (
    Take(name="front_talking", angle="front", seed=18, duration_s=2.0, energy_01=0.2, person="talking"),
    Take(name="side_01", angle="side", seed=6, duration_s=2.0, sound=False),
)
NEW = ("faces", "emotion", "bodies", "shot_type", "speech", "audio_events")


@pytest.fixture(scope="module")
def footage(once_for_all):
    def fill(folder):
        for take in TAKES:
            write_take(folder / f"{take.name}.mp4", take, size_px=(480, 270), rate_fps=20)
        whole = (folder / "front_talking.mp4").read_bytes()
        (folder / "front_torn.mp4").write_bytes(whole[: len(whole) * 6 // 10])

    return once_for_all("somebody", fill)


@pytest.fixture(scope="module")
def models():
    if not SHARED.is_dir():
        pytest.skip("there is no folder ../shared/models: runs with real models are not tested")
    return SHARED


@pytest.fixture
def none(tmp_path):
    """A models folder without a model."""
    folder = tmp_path / "none"
    folder.mkdir()
    return folder


def run(footage, folder, *more):
    words = ("--footage", footage, "--out", folder / "out", "--cache", folder / "cache", "--until", "score")
    library = ("--library", folder / "library.sqlite", "--executor", "inline")
    ended = rushes("run", "best_clips", *words, *library, *more, "--json")
    ranking = folder / "out" / "ranking.json"
    rows = {row["clip"]: row for row in json.loads(ranking.read_text())["clips"]} if ended.code == 0 else {}
    return ended, rows


def test_without_models_clips_are_partial_and_with_them_only_the_rest_is_done(
    footage, models, none, tmp_path
):
    ended, rows = run(footage, tmp_path, "--models", none)
    assert ended.code == 0, ended.err
    (lacking,) = [note for note in ended.json["notes"] if note.startswith("models are missing")]
    assert lacking.startswith("models are missing, so this was left out: faces")
    assert ". To add it: rushes models install " in lacking
    assert lacking.endswith(
        ". Not downloadable: mini_xception, yamnet (rushes models install mini_xception says why)"
    )
    assert "--from" not in lacking
    row = rows["front_talking.mp4"]
    assert row["partial"]
    assert row["missing_parts"][0] == "audio_events: the model yamnet is not installed"
    assert row["ml_score"] is None
    assert row["combined_score"] == pytest.approx(0.8 * row["heuristic_score"], abs=2e-6)

    ended, rows = run(footage, tmp_path, "--models", models)
    assert ended.code == 0, ended.err
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    ran = {
        node["id"].split("/")[1] for node in record["nodes"] if node["state"] == "ran" and "/" in node["id"]
    }
    assert ran.isdisjoint({"quality", "motion", "shots", "keyframes", "loudness"})
    assert {"face_detection", "voice_activity", *NEW} <= ran
    assert {"yunet", "silero_vad", "yamnet", "yolox_nano"} <= set(record["models"])
    row = rows["front_talking.mp4"]
    assert (row["partial"], row["missing_parts"]) == (False, [])
    assert "faces in 100 % of the frames" in row["reasons"]
    assert any(reason.startswith("speech for ") for reason in row["reasons"])
    assert row["ml_score"] > rows["side_01.mp4"]["ml_score"]

    ended, again = run(footage, tmp_path, "--models", models)
    assert (ended.json["nodes"]["ran"], again) == (0, rows)


def test_a_clip_without_sound_has_no_speech_and_is_whole(footage, models, tmp_path):
    _, rows = run(footage, tmp_path, "--models", models)
    assert not rows["side_01.mp4"]["partial"]
    ended = rushes(
        *("inspect", footage / "side_01.mp4", "--analyzers", "speech,audio_events"),
        *("--models", models, "--json"),
    )
    found = ended.json
    assert (found["speech_percent"], found["speech_segments"], found["speech_duration_ms"]) == (0.0, [], 0.0)
    assert found["silence_duration_ms"] == pytest.approx(2000, abs=60)
    assert found["audio_event"] == "silence"


def test_a_clip_that_breaks_off_is_looked_at_as_far_as_it_goes_and_marked(footage, none, tmp_path):
    ended, rows = run(footage, tmp_path, "--models", none)
    assert ended.code == 0
    assert any(text.startswith("front_torn.mp4: breaks off: ") for text in ended.json["warnings"])
    missing = rows["front_torn.mp4"]["missing_parts"]
    assert rows["front_torn.mp4"]["partial"]
    assert any(part.startswith("end: the file breaks off after ") for part in missing)
    assert not any(part.startswith("end: ") for part in rows["front_talking.mp4"]["missing_parts"])


def test_a_damaged_model_ends_the_run_before_anything_is_looked_at(footage, models, tmp_path):
    own = tmp_path / "models"
    (own / "yunet").mkdir(parents=True)
    path = own / "yunet" / "yunet_n_dynamic.onnx"
    path.write_bytes((models / "yunet" / path.name).read_bytes()[:-1])
    ended, _ = run(footage, tmp_path, "--models", own)
    assert ended.code == 1
    assert ended.err.startswith(
        f"{path}: Model bundle corrupted or incomplete: yunet: it has 322905 bytes, expected 322906\n"
        f"    fix: rushes models install yunet --models {own}"
    )
    assert not (tmp_path / "out" / "ranking.json").exists()


def test_an_analyzer_that_must_not_be_missing_ends_the_run(footage, none, tmp_path):
    ended, _ = run(footage, tmp_path, "--models", none, "--set", "analyzers.faces.if_unavailable=fail")
    assert ended.code == 1
    assert ended.err.startswith(
        "analyzers.faces is not available: the model yunet is not installed\n    fix: "
    )


def test_a_changed_smile_decodes_nothing(footage, models, tmp_path):
    run(footage, tmp_path, "--models", models)
    ended, _ = run(
        footage, tmp_path, "--models", models, "--set", "+analyzers.emotion.smile_happiness_01=0.7"
    )
    assert ended.code == 0, ended.err
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    ran = {node["id"].split("/")[0:2][-1] for node in record["nodes"] if node["state"] == "ran"}
    assert ran == {"emotion", "library", "score"}


TALKING = Take(name="talking", angle="front", seed=18, duration_s=8.0, energy_01=0.2, person="talking")
LISTENS = "schema: rushes/recipe@1\nedit: null\nanalyzers: {speech: {}}\n"
LOOKS_TOO = "schema: rushes/recipe@1\nedit: null\nanalyzers: {speech: {}, audio_events: {}, shots: {}}\n"
OF_SPEECH = ("speech_percent", "speech_segments", "speech_duration_ms", "silence_duration_ms")
OF_CLIP = ("duration_s", "complete", "has_audio")


@pytest.fixture(scope="module")
def talking(once_for_all):
    def fill(folder):
        write_take(folder / "whole.mp4", TALKING, size_px=(320, 180), rate_fps=10)
        data = (folder / "whole.mp4").read_bytes()
        (folder / "torn").mkdir()
        (folder / "torn" / "a.mp4").write_bytes(data[: len(data) * 45 // 100])
        (folder / "deaf").mkdir()
        damaged_copy(folder / "whole.mp4", folder / "deaf" / "a.mp4", "audio")

    return once_for_all("talking", fill)


def recorded(footage, folder, recipe, models):
    """How a run of a recipe ended, and what the library file then says of its only clip."""
    folder.mkdir(exist_ok=True)
    (folder / "own.yaml").write_text(recipe)
    words = ("--footage", footage, "--out", folder / "out", "--cache", folder / "cache", "--until", "score")
    library = folder / "library.sqlite"
    more = ("--library", library, "--models", models, "--executor", "inline", "--json")
    ended = rushes("run", folder / "own.yaml", *words, *more)
    assert ended.code == 0, ended.err
    with LibraryFile(library, read_only=True) as file:
        (record,) = file.clips()
    found = {name: value for result in record.results.values() for name, value in result.columns.items()}
    return ended.json["warnings"], {**record.facts, **found}


def inspected(path, models, *analyzers):
    ended = rushes("inspect", path, "--analyzers", ",".join(analyzers), "--models", models, "--json")
    assert ended.code == 0, ended.err
    return ended.json


def test_a_torn_clip_speaks_as_much_whoever_else_looks_at_it(talking, models, tmp_path):
    path = talking / "torn" / "a.mp4"
    says = inspected(path, models, "speech", "audio_events", "shots")
    assert (says["complete"], says["has_audio"]) == (False, True)
    assert 2 < says["duration_s"] < 5
    assert says["speech_percent"] > 50, "the voice speaks nearly all the time: the missing end must not count"
    alone = inspected(path, models, "speech")
    _, both = recorded(talking / "torn", tmp_path / "both", LOOKS_TOO, models)
    warnings, heard = recorded(talking / "torn", tmp_path / "heard", LISTENS, models)
    assert any(text.startswith("a.mp4: breaks off: ") for text in warnings)
    for found in (alone, both, heard):
        for name in (*OF_CLIP, *OF_SPEECH):
            value = found[name]
            assert (round(value, 6) if isinstance(value, float) else value) == says[name], name
    # And in the same library, one after the other.
    _, after = recorded(talking / "torn", tmp_path / "both", LISTENS, models)
    assert after == both


def test_of_sound_that_cannot_be_decoded_nothing_is_known(talking, models, tmp_path):
    path = talking / "deaf" / "a.mp4"
    says = inspected(path, models, "speech", "audio_events", "shots")
    assert says["failures"] == ["sound: none of the sound can be decoded"]
    warnings, found = recorded(talking / "deaf", tmp_path, LOOKS_TOO, models)
    assert warnings == ["a.mp4: none of the sound can be decoded, so it is not known what is heard"]
    for name in (*OF_SPEECH, "audio_event", "speech_event_01"):
        assert (found[name], says[name]) == (None, None), name
    _, rows = run(talking / "deaf", tmp_path / "ranked", "--models", models)
    assert rows["a.mp4"]["partial"]
    assert "sound: none of the sound can be decoded" in rows["a.mp4"]["missing_parts"]


def test_a_models_folder_that_is_named_and_not_there_is_a_mistake(footage, tmp_path):
    ended, _ = run(footage, tmp_path, "--models", tmp_path / "modles")
    assert ended.code == 1
    assert ended.err.startswith(
        f"{tmp_path / 'modles'}: there is no such folder of models\n    fix: correct --models"
    )


def test_a_golden_case_takes_models_only_from_the_folder_that_it_is_told(footage, tmp_path):
    case = tmp_path / "golden" / "ranked"
    case.mkdir(parents=True)
    (case / "case.yaml").write_text(
        f"schema: rushes/golden@1\nrecipe: best_clips\nfootage: {footage}\nset: [edit=null, outputs.video=null]\n"
    )
    places = ("--cache", tmp_path / "cache", "--executor", "inline")
    assert rushes("golden", "update", case, *places).code == 0
    assert rushes("golden", "check", case, *places).code == 0
    ended = rushes("golden", "check", case, *places, "--models", tmp_path / "modles")
    assert ended.code == 1
    assert ended.err.startswith(f"{tmp_path / 'modles'}: there is no such folder of models\n")
