"""rushes best: tables and JSON of what the library knows."""

import json
import shutil
import subprocess
import sys

import pytest
from command_line import rushes
from rushes.media.made_shoot import BROKEN_NAME
from view_samples import NOT_INSTALLED, RECIPE, Shoot


@pytest.fixture
def shoot(tmp_path):
    (tmp_path / "shoot").mkdir()
    shoot = Shoot(tmp_path / "shoot", "a.mp4", "[bold].mp4", "dark.mp4", "front_d.mp4", "new.mp4")
    shoot.know("a.mp4", {"sharpness_01": 0.4, "silence_share_01": 0.2})
    shoot.know("[bold].mp4", {"sharpness_01": 0.9, "silence_share_01": 0.7})
    shoot.know("dark.mp4", {"sharpness_01": 1.0, "exposure_01": 0.05})
    shoot.know("front_d.mp4", {"sharpness_01": 0.7, "silence_share_01": 0.3})
    return shoot


@pytest.fixture
def best(shoot):
    request = shoot.request
    request.models.mkdir()
    places = ("--library", request.library, "--cache", request.cache, "--models", request.models)

    def call(*words, recipe=request.recipe, footage=True):
        return rushes("best", recipe, *words, *(("--footage", shoot.footage) if footage else ()), *places)

    return call


def test_the_table_ranks_clips_with_marks_and_reasons(best):
    ended = best()
    lines = ended.out.splitlines()
    assert (ended.code, ended.err) == (0, "")
    assert lines[0] == "picks: heuristic_score"
    assert lines[1].split() == ["#", "clip", "score", "heur", "ml", "pers", "faces", "smile", "speech", "why"]
    assert lines[2].split(maxsplit=10) == [
        *("1", "[bold].mp4", "0.80", "high", "0.80", "-", "-", "-", "-", "-"),
        "sharp picture [partial: speech]",
    ]
    assert [line.split()[:2] for line in lines[3:5]] == [["2", "front_d.mp4"], ["3", "a.mp4"]]
    assert lines[-2] == "3 of 3 scored clips; 1 rejected, 1 not scored"
    assert lines[-1].startswith("why they are not scored: rushes best ")


def test_a_threshold_and_a_limit_are_told_in_the_last_line(best):
    ended = best("--threshold", "0.4", "--limit", "1")
    assert "1 of 3 scored clips, 2 above the threshold; 1 rejected, 1 not scored" in ended.out


def test_unscored_clips_are_listed_with_the_reason(best):
    assert "not scored: new.mp4: never analysed\n" in best("--unscored").out


def test_the_json_has_every_field_and_the_counts(best):
    found = best("--json", "--limit", "1", "--unscored").json
    assert found["counts"] == {"total": 5, "scored": 3, "above": 3, "rejected": 1, "unscored": 1}
    assert (found["recipe"], found["score"]) == ("picks", "heuristic_score")
    row = found["clips"][0]
    assert len(row.pop("digest")) == 64
    assert row.pop("path").endswith("[bold].mp4")
    assert row == {
        "rank": 1,
        "clip": "[bold].mp4",
        "score": 0.8,
        "badge": "high",
        "heuristic_score": 0.8,
        "ml_score": None,
        "combined_score": None,
        "personalized_boost": None,
        "face_frames_percent": None,
        "smile_frames_percent": None,
        "speech_percent": None,
        "reasons": ["sharp picture"],
        "ml_score_reasons": ["sharp picture"],
        "lacks": [f"speech: {NOT_INSTALLED}"],
    }
    assert [(one["clip"], one["lacks"]) for one in found["unscored"]] == [("new.mp4", ["never analysed"])]
    assert "unscored" not in best("--json").json


def test_several_recipes_are_a_list(best, shoot):
    other = shoot.footage.parent / "other.yaml"
    other.write_text(RECIPE.replace("name: picks", "name: other"))
    assert [one["recipe"] for one in best(other, "--json").json] == ["picks", "other"]
    tables = best(other).out.split("\n\n")
    assert [table.splitlines()[0] for table in tables] == ["picks: heuristic_score", "other: heuristic_score"]


def test_the_whole_library_is_ranked_without_footage(best, shoot):
    (shoot.footage / "a.mp4").unlink()
    assert best("--json", footage=False).json["counts"]["scored"] == 3
    assert best("--json").json["counts"]["scored"] == 2


def test_an_override_counts(best):
    found = best("--set", "scores.heuristic_score.terms.quiet.weight=0", "--json").json
    assert [row["score"] for row in found["clips"]] == [0.9, 0.7, 0.4]


def test_learned_weights_of_the_user_count(best, shoot, own_home, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    text = RECIPE + "personal:\n  features: {sharp: 2 * sharpness_01 - 1}\n"
    shoot.with_recipe(text)
    assert best("--json").json["clips"][0]["personalized_boost"] == 0.0
    weights = tmp_path / "data" / "rushes" / "personal" / "default.json"
    weights.parent.mkdir(parents=True)
    weights.write_text(
        '{"schema": "rushes/personal@1", "creator": "default", "weights": {"sharp": 0.5},'
        ' "needs_more_feedback": false, "trained_on": {}}'
    )
    assert best("--json").json["clips"][0]["personalized_boost"] == 0.4


def test_without_a_library_it_says_what_to_do(shoot):
    ended = rushes("best", shoot.request.recipe, "--library", shoot.footage.parent / "none.sqlite")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.endswith(
        "none.sqlite: there is no library yet\n"
        "    fix: run a recipe over your clips first, or name another file with --library FILE\n"
    )


def test_no_decoder_and_no_numpy_is_loaded(shoot):
    script = (
        "import json, sys\n"
        "from rushes.cli.main import answer\n"
        "code = answer(sys.argv[1:])\n"
        "heavy = ('av', 'cv2', 'onnxruntime', 'numpy', 'scipy')\n"
        "print(json.dumps([code, [name for name in heavy if name in sys.modules]]), file=sys.stderr)\n"
    )
    request = shoot.request
    words = ["best", request.recipe, "--library", str(request.library), "--cache", str(request.cache)]
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stderr) == [0, []]


NAMED = """\
schema: rushes/recipe@1
name: named
edit: null
outputs: {video: null}
footage: {metadata: {motion_activity_level: {high: ["wild*"], low: ["calm*"]}}}
analyzers: {motion: {}}
scores:
  heuristic_score:
    terms:
      lively: {value: 'if_else(motion_activity_level == "high", 1, 0.25)', weight: 1}
      steady: {value: motion_stability_score, weight: 1}
"""


def test_a_renamed_clip_has_the_scores_that_a_run_would_give_it(tiny_shoot, tmp_path):
    """What a name said of a clip is forgotten with the name; what was seen is not."""
    (tmp_path / "named.yaml").write_text(NAMED)
    footage = tmp_path / "footage"
    footage.mkdir()
    for number, name in enumerate(("wild_a.mp4", "calm_b.mp4", "c.mp4"), 1):
        shutil.copyfile(tiny_shoot.footage / f"front_0{min(number, 2)}.mp4", footage / name)
    with (footage / "c.mp4").open("ab") as clip:
        clip.write(bytes(1))
    places = ("--footage", footage, "--cache", tmp_path / "cache", "--library", tmp_path / "library.sqlite")

    def ran():
        assert rushes("run", tmp_path / "named.yaml", *places, "--out", tmp_path / "out").code == 0
        rows = json.loads((tmp_path / "out" / "ranking.json").read_text())["clips"]
        return {row["clip"]: row["score"] for row in rows}

    def looked_up():
        rows = rushes("best", tmp_path / "named.yaml", *places, "--json").json["clips"]
        return {row["clip"]: row["score"] for row in rows}

    before = ran()
    assert looked_up() == before
    for old, new in (("wild_a.mp4", "a.mp4"), ("calm_b.mp4", "wild_b.mp4"), ("c.mp4", "calm_c.mp4")):
        (footage / old).rename(footage / new)
    renamed = looked_up()
    assert set(renamed) == {"a.mp4", "wild_b.mp4", "calm_c.mp4"}
    assert renamed["wild_b.mp4"] > before["calm_b.mp4"]
    assert renamed == ran() == looked_up()


def test_the_scores_are_those_of_the_run_that_analysed(tiny_shoot, tmp_path):
    places = ("--footage", tiny_shoot.footage, "--cache", tmp_path / "cache")
    places += ("--library", tmp_path / "library.sqlite", "--models", tmp_path / "models")
    (tmp_path / "models").mkdir()
    out = tmp_path / "out"
    assert rushes("run", "best_clips", *places, "--out", out, "--until", "score").code == 0
    rows = json.loads((out / "ranking.json").read_text())["clips"]
    ranked = [row for row in rows if row["rank"] is not None]
    found = rushes("best", "best_clips", *places, "--unscored", "--json").json
    fields = ("rank", "clip", "score", "badge", "combined_score", "ml_score", "reasons", "ml_score_reasons")
    assert len(ranked) == 5
    assert [[row[name] for name in fields] for row in found["clips"]] == [
        [row[name] for name in fields] for row in ranked
    ]
    assert (found["counts"]["rejected"], found["counts"]["unscored"]) == (1, 1)
    assert found["unscored"][0]["clip"] == BROKEN_NAME
    assert found["unscored"][0]["lacks"][0].startswith("quality, motion, shots, ")
    state = rushes("status", "best_clips", *places, "--json").json
    assert state["counts"]["missing"] == state["counts"]["stale"] == 0
