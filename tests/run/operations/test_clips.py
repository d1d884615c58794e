"""What one analyzer stores of a clip depends on the clip alone, whoever else looks at it in the same decode."""

import json

import polars as pl
import pytest
from made_media import damaged_copy, gray, texture, tone, write_clip
from rushes.analyze.tables import pack_tables, unpack_tables
from rushes.graph.node import Call
from rushes.media.info_json import info_to_json
from rushes.media.probe import probe
from rushes.run.operations.clips import analyze_clips, derive_clips, gather_library
from rushes.score.files import WRITTEN_TABLES, read_library
from rushes.score.library import Library

QUIET = tone(4.0, level=0.1)


@pytest.fixture
def torn(tmp_path):
    frames = [texture((160, 120), n) for n in range(120)]
    path = write_clip(tmp_path / "a.mp4", frames, sound=QUIET, options={"movflags": "faststart"})
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def info_of(path):
    written = path.with_suffix(".info.json")
    written.write_text(json.dumps(info_to_json(probe(str(path)))))
    return written


def analyze(path, *names):
    """Analyzer -> its tables.bin and what it warns of, from one decode."""
    folder = path.parent / "-".join(("of", path.stem, *names))
    folder.mkdir(exist_ok=True)
    inputs = {"media": path, "info": info_of(path)}
    calls = [
        Call(params={"analyzer": name, "params": {}}, inputs=inputs, outputs={"tables.bin": folder / name})
        for name in names
    ]
    outcomes = analyze_clips(calls)
    return {
        name: ((folder / name).read_bytes(), outcome.warnings)
        for name, outcome in zip(names, outcomes, strict=True)
    }


def library_of(path, **tables) -> Library:
    inputs = {"info/a.mp4": info_of(path)}
    for name, data in tables.items():
        inputs[f"{name}/a.mp4"] = path.parent / f"{name}.bin"
        inputs[f"{name}/a.mp4"].write_bytes(data)
    params = {
        "clips": [{"clip": "a.mp4", "digest": "d", "metadata": {}}],
        "analyzers": list(tables),
        "unavailable": {},
        "metadata": [],
        "segments": {},
        "provenance": {},
    }
    outputs = {f"{name}.arrow": path.parent / f"{name}.arrow" for name in WRITTEN_TABLES}
    gather_library([Call(params=params, inputs=inputs, outputs=outputs)])
    return read_library({name: outputs[f"{name}.arrow"] for name in WRITTEN_TABLES})


def test_who_only_listens_stores_the_same_alone_as_among_others(torn):
    assert analyze(torn, "loudness")["loudness"] == analyze(torn, "loudness", "shots")["loudness"]
    assert analyze(torn, "shots")["shots"] == analyze(torn, "loudness", "shots")["shots"]


def test_who_only_listens_stores_the_same_where_the_picture_is_damaged_for_long(tmp_path):
    frames = [texture((64, 48), n) for n in range(8)]
    whole = write_clip(tmp_path / "w.mp4", [frames[n % 8] for n in range(400)], sound=tone(400 / 30))
    path = damaged_copy(whole, tmp_path / "a.mp4", "video", from_s=2.0)
    both = analyze(path, "loudness", "shots")
    assert analyze(path, "loudness")["loudness"] == both["loudness"]
    assert analyze(path, "shots")["shots"] == both["shots"]
    assert both["loudness"][1] == ()
    assert both["shots"][1][-1] == "251 damaged pictures were left out"
    rows = library_of(path, **{name: data for name, (data, _) in both.items()}).clips
    # Who looked knows more than who listened, in whichever order they are named.
    assert (rows["complete"].item(), round(rows["duration_s"].item(), 3)) == (False, 2.0)


def test_a_clip_that_was_only_listened_to_is_as_long_as_it_goes_and_breaks_off(torn):
    data, warnings = analyze(torn, "loudness")["loudness"]
    row = library_of(torn, loudness=data).clips.row(0, named=True)
    assert 1.5 < row["duration_s"] < 2.5
    assert (row["complete"], row["partial"]) == (False, True)
    assert warnings[0].startswith("breaks off: ")
    looked, _ = analyze(torn, "shots")["shots"]
    assert row["duration_s"] == pytest.approx(
        library_of(torn, shots=looked).clips["duration_s"].item(), abs=0.07
    )


def test_speech_is_cut_where_the_clip_breaks_off(torn):
    _, facts = unpack_tables(analyze(torn, "loudness")["loudness"][0])
    count = 4 * 31
    likely = pl.DataFrame({"t_s": [n * 0.032 for n in range(count)], "speech_01": [1.0] * count})
    voice = torn.parent / "voice.bin"
    voice.write_bytes(pack_tables({"speech": likely}, facts))
    out = torn.parent / "speech.bin"
    inputs = {"info": info_of(torn), "tables/voice_activity": voice}
    derive_clips(
        [Call(params={"analyzer": "speech", "params": {}}, inputs=inputs, outputs={"tables.bin": out})]
    )
    row = library_of(torn, speech=out.read_bytes()).clips.row(0, named=True)
    assert row["speech_percent"] == 100
    assert row["speech_duration_ms"] == pytest.approx(row["duration_s"] * 1000, abs=0.01)
    assert not row["complete"]


def test_sound_that_cannot_be_decoded_is_a_missing_part_and_not_silence(tmp_path):
    whole = write_clip(tmp_path / "w.mp4", [gray(90)] * 120, sound=QUIET)
    path = damaged_copy(whole, tmp_path / "a.mp4", "audio")
    found = analyze(path, "loudness", "shots")
    assert found["loudness"][1] == ("none of the sound can be decoded, so it is not known what is heard",)
    assert found["shots"][1] == ()
    row = library_of(path, **{name: data for name, (data, _) in found.items()}).clips.row(0, named=True)
    assert (row["partial"], row["missing_parts"]) == (True, ["sound: none of the sound can be decoded"])
    assert row["integrated_lufs"] is None


def test_damaged_pieces_of_sound_are_told(tmp_path):
    whole = write_clip(tmp_path / "w.mp4", [gray(90)] * 120, sound=QUIET)
    path = damaged_copy(whole, tmp_path / "a.mp4", "audio", from_s=1.0, to_s=2.0)
    data, (warning,) = analyze(path, "loudness")["loudness"]
    assert warning == "47 damaged pieces of sound are left silent"
    assert not library_of(path, loudness=data).clips["partial"].item()


def test_one_that_breaks_on_the_tables_of_others_fails_alone(torn, monkeypatch):
    voice = torn.parent / "voice.bin"
    voice.write_bytes(analyze(torn, "loudness")["loudness"][0])
    inputs = {"info": info_of(torn), "tables/voice_activity": voice}

    def derived(analyzer, *_):
        if analyzer.name == "speech":
            raise ArithmeticError("a made fault")
        return {"found": pl.DataFrame({"t_s": [0.5]})}

    monkeypatch.setattr("rushes.run.operations.clips.derive_tables", derived)
    calls = [
        Call(
            params={"analyzer": name, "params": {}},
            inputs=inputs,
            outputs={"tables.bin": torn.parent / f"{name}.bin"},
        )
        for name in ("speech", "emotion")
    ]
    broken, fine = derive_clips(calls)
    assert broken.failure == "a bug of rushes while analysing: ArithmeticError: a made fault"
    assert broken.transient
    assert not fine.failure
    assert not calls[0].outputs["tables.bin"].exists()
    assert unpack_tables(calls[1].outputs["tables.bin"].read_bytes())[0]["found"].height == 1
