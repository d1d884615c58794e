"""Golden runs: what is kept, what counts as a difference, and how a case is written."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import av
import judge_samples
import numpy as np
import pytest
import timeline_samples as samples
from jsonschema import Draft7Validator
from rushes.errors import MediaError, RecipeError
from rushes.resources import shipped_file
from rushes.run.golden import RunOutputs, check_golden, record_golden
from rushes.run.golden_case import GoldenCase, Tolerances, find_cases, load_case
from rushes.run.golden_pictures import sample_frames
from rushes.timeline.document import timeline_to_json

LENGTHS = (10, 10, 10)


def write_video(
    path: Path, grays: tuple[int, ...] = (40, 120, 200), width_px: int = 90, crf: int = 20
) -> Path:
    """A shot of 10 frames per grey, darker on the left half."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"crf": str(crf), "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = width_px, 160, "yuv420p"
        for gray in grays:
            picture = np.full((160, width_px, 3), gray, np.uint8)
            picture[:, : width_px // 2] //= 2
            for _ in range(10):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def row(clip: str, score: float | None, rejected: bool = False) -> dict:
    return {
        "clip": clip,
        "duration_s": 4.0,
        "heuristic_score": score,
        "heuristic_score.picture": score,
        "heuristic_score.picture.share": 1.0,
        "heuristic_score.rank": 1,
        "rejected": rejected,
    }


ROWS = (row("front_01.mp4", 0.8), row("dark.mp4", None, rejected=True))


@pytest.fixture
def case(tmp_path: Path) -> GoldenCase:
    folder = tmp_path / "reel"
    folder.mkdir()
    (folder / "case.yaml").write_text("schema: rushes/golden@1\nrecipe: beat_reel\n")
    return load_case(folder)


@pytest.fixture
def outputs(tmp_path: Path) -> RunOutputs:
    return RunOutputs(
        timeline=timeline_to_json(samples.timeline(LENGTHS)),
        clips=ROWS,
        scores=("heuristic_score",),
        video=write_video(tmp_path / "video.mp4"),
    )


def test_a_run_matches_what_was_recorded_of_it(case, outputs):
    written = record_golden(outputs, case)
    assert [path.name for path in written] == ["timeline.json", "scores.json", "pictures.json"]
    assert check_golden(outputs, case) == ()


def test_what_is_kept_are_decisions_scores_and_small_pictures(case, outputs):
    record_golden(outputs, case)
    assert (case.folder / "timeline.json").read_bytes() == outputs.timeline
    assert json.loads((case.folder / "scores.json").read_text()) == {
        "dark.mp4": {
            "rejected": True,
            "scores": {"heuristic_score": None, "heuristic_score.picture": None},
        },
        "front_01.mp4": {
            "rejected": False,
            "scores": {"heuristic_score": 0.8, "heuristic_score.picture": 0.8},
        },
    }
    kept = json.loads((case.folder / "pictures.json").read_text())
    assert (kept["width_px"], kept["height_px"], kept["frames"]) == (90, 160, 30)
    assert [(p["clip"], p["at_frames"]) for p in kept["pictures"]] == [
        *((1, 2), (1, 7), (2, 12), (2, 17), (3, 22), (3, 27))
    ]
    assert np.shape(kept["pictures"][0]["luma"]) == (16, 9)
    left, right = kept["pictures"][2]["luma"][8][0], kept["pictures"][2]["luma"][8][-1]
    assert abs(left - 60) < 4
    assert abs(right - 120) < 4


def test_a_case_that_was_never_recorded_says_how_to(case, outputs):
    with pytest.raises(RecipeError) as caught:
        check_golden(outputs, case)
    assert str(caught.value) == (
        f"{case.folder}: this golden case was never recorded\n"
        "    fix: run `rushes golden update` and read its difference before you keep it"
    )


def test_a_moved_cut_is_told_as_an_editor_would(case, outputs):
    record_golden(replace(outputs, video=None), case)
    a = samples.timeline((60, 30))
    record_golden(replace(outputs, timeline=timeline_to_json(a), video=None), case)
    b = samples.timeline((75, 15))
    told = check_golden(replace(outputs, timeline=timeline_to_json(b), video=None), case)
    assert "cut 1 moved from beat 4 to beat 5 (+0.500 s)" in told


def test_numbers_within_tolerance_match_and_beyond_it_do_not(case, outputs):
    made = samples.timeline(LENGTHS)
    off = replace(made, ai_reasoning=replace(made.ai_reasoning, objective=41.26, notes=("other",)))
    now = replace(outputs, timeline=timeline_to_json(off))
    record_golden(outputs, case)
    assert check_golden(now, case) == ("(ai_reasoning objective: 41.25 → 41.26)",)
    loose = replace(case, tolerances=Tolerances(by_name={"ai_reasoning.objective": 0.02}))
    assert check_golden(now, loose) == ()
    assert check_golden(now, replace(loose, texts="compare")) == (
        "(ai_reasoning notes 1: the song is used from its beginning → other)",
    )


def test_what_explains_an_edit_is_counted_in_one_line_where_not_all_is_asked_for(case, outputs):
    made = samples.timeline(LENGTHS)
    off = replace(made, ai_reasoning=replace(made.ai_reasoning, objective=41.26, bound=41.5, gap=0.2))
    record_golden(outputs, case)
    told = check_golden(replace(outputs, timeline=timeline_to_json(off)), case, whole=False)
    assert told == ("(3 differences in numbers and reasons behind it: --all shows them)",)


def recipes(
    before: dict, after: dict, case: GoldenCase, outputs: RunOutputs, whole: bool = False
) -> list[str]:
    """What is told of the recipe where the outcome differs too."""
    record_golden(replace(outputs, recipe=before), case)
    now = replace(outputs, recipe=after, clips=(row("front_01.mp4", 0.5), ROWS[1]))
    told = check_golden(now, case, whole=whole)
    assert any("heuristic_score" in line for line in told)
    return [line for line in told if line.startswith("recipe: ")]


def test_what_differs_in_the_recipe_is_told_first(case, outputs):
    before = {"edit": {"duration_s": 15.0, "max_uses_per_clip": 3, "gone": 1}, "says": "x" * 70}
    after = {"edit": {"duration_s": 15.0, "max_uses_per_clip": 1, "new": None, "part": {}}, "says": "y"}
    told = recipes(before, after, case, outputs)
    assert told == [
        "recipe: edit.gone is gone",
        "recipe: edit.max_uses_per_clip 3 → 1",
        "recipe: edit.new is new: null",
        "recipe: edit.part is new",
        "recipe: says has changed",
    ]
    now = replace(outputs, recipe=after, clips=(row("front_01.mp4", 0.5), ROWS[1]))
    assert list(check_golden(now, case)[:5]) == told


def test_of_many_changes_in_a_recipe_ten_are_told_and_the_rest_counted(case, outputs):
    before, after = ({f"k{at:02d}": at + more for at in range(12)} for more in (0, 1))
    assert recipes(before, after, case, outputs)[9:] == [
        "recipe: k09 9 → 10",
        "recipe: 2 more keys: --all shows them",
    ]
    assert len(recipes(before, after, case, outputs, whole=True)) == 12


def test_another_recipe_that_makes_the_same_is_as_expected(case, outputs):
    record_golden(replace(outputs, recipe={"seed": 1}), case)
    assert check_golden(replace(outputs, recipe={"seed": 2}), case) == ()
    assert check_golden(outputs, case) == ()


def test_what_a_plan_keeps_for_its_edits_must_match(case, outputs):
    made = judge_samples.plan(LENGTHS)
    record_golden(replace(outputs, timeline=timeline_to_json(made)), case)
    first = replace(made.clips[0], metadata=replace(made.clips[0].metadata, changed=("range",)))
    off = replace(made, clips=(first, *made.clips[1:]))
    now = replace(outputs, timeline=timeline_to_json(off))
    assert check_golden(now, case) == ("(clip 1 metadata changed: None → range)",)


def test_decisions_have_no_tolerance(case, outputs):
    made = samples.timeline(LENGTHS)
    clips = (replace(made.clips[0], source_start_frames=37), *made.clips[1:])
    record_golden(outputs, case)
    loose = replace(case, tolerances=Tolerances(numbers=1e9))
    now = replace(outputs, timeline=timeline_to_json(replace(made, clips=clips)))
    assert check_golden(now, loose) == ("clip 1 slipped: in 1.20 s → 1.23 s, out 1.53 s → 1.57 s",)


def test_scores_and_rejections_are_compared_by_clip(case, outputs):
    record_golden(outputs, case)
    rows = (row("front_01.mp4", 0.81, rejected=True), row("dark.mp4", 0.2), row("new.mp4", 0.5))
    assert check_golden(replace(outputs, clips=rows), case) == (
        "dark.mp4 is now usable",
        "dark.mp4 heuristic_score: not scored → 0.2000",
        "dark.mp4 heuristic_score.picture: not scored → 0.2000",
        "front_01.mp4 is now rejected",
        "front_01.mp4 heuristic_score: 0.8000 → 0.8100 (tolerance 0.005)",
        "front_01.mp4 heuristic_score.picture: 0.8000 → 0.8100 (tolerance 0.005)",
        "new.mp4 is new among the clips",
    )
    assert check_golden(replace(outputs, clips=ROWS[:1]), case) == (
        "dark.mp4 is not among the clips any more",
    )


def test_another_encoding_of_the_same_pictures_matches(case, outputs, tmp_path):
    record_golden(outputs, case)
    other = write_video(tmp_path / "other.mp4", crf=38)
    assert other.read_bytes() != outputs.video.read_bytes()
    assert check_golden(replace(outputs, video=other), case) == ()


def test_another_picture_is_told_by_shot_and_frame(case, outputs, tmp_path):
    record_golden(outputs, case)
    other = write_video(tmp_path / "other.mp4", (40, 60, 200))
    told = check_golden(replace(outputs, video=other), case)
    assert [line.split(":")[0] for line in told] == [
        "clip 2 looks different at frame 12",
        "clip 2 looks different at frame 17",
    ]


def test_another_size_and_length_of_the_video_are_told(case, outputs, tmp_path):
    record_golden(outputs, case)
    other = write_video(tmp_path / "other.mp4", (40, 120, 200, 200), width_px=160)
    assert check_golden(replace(outputs, video=other), case)[:2] == (
        "video width_px: 90 → 160",
        "video frames: 30 → 40",
    )


def test_outputs_that_came_or_went_are_told(case, outputs):
    record_golden(outputs, case)
    assert check_golden(replace(outputs, timeline=None, video=None), case) == (
        "timeline: there is none any more",
        "video: there is none any more",
    )
    record_golden(replace(outputs, timeline=None, video=None), case)
    assert sorted(path.name for path in case.folder.iterdir()) == ["case.yaml", "scores.json"]
    assert check_golden(outputs, case) == ("timeline: there is one now", "video: there is one now")


def test_a_case_may_leave_the_video_out(case, outputs):
    record_golden(outputs, case)
    assert check_golden(replace(outputs, video=None), replace(case, pictures_per_clip=0)) == ()


def test_a_damaged_golden_file_and_a_damaged_video_are_named(case, outputs, tmp_path):
    record_golden(outputs, case)
    (tmp_path / "video.mp4").write_bytes(b"not a video")
    with pytest.raises(MediaError, match="this video cannot be decoded"):
        check_golden(outputs, case)
    (case.folder / "scores.json").write_text("{")
    with pytest.raises(RecipeError) as caught:
        check_golden(outputs, case)
    assert str(caught.value) == (
        f"{case.folder}/scores.json: this golden file is damaged\n"
        "    fix: run `rushes golden update` and read its difference before you keep it"
    )


@pytest.mark.parametrize(
    ("start", "duration", "count", "frames"),
    [(0, 10, 1, [5]), (100, 10, 2, [102, 107]), (7, 1, 3, [7]), (0, 30, 0, [])],
)
def test_pictures_are_taken_in_the_middles_of_even_parts(start, duration, count, frames):
    assert sample_frames(start, duration, count) == frames


def test_a_case_is_read_with_paths_beside_its_file(tmp_path):
    (tmp_path / "recipe.yaml").write_text("")
    (tmp_path / "case.yaml").write_text(
        "schema: rushes/golden@1\nrecipe: recipe.yaml\nfootage: shots\nsong: demo\nprofile: ann\n"
        "set: [edit.duration_s=10s]\npictures_per_clip: 3\ntexts: compare\n"
        "tolerances:\n  numbers: 0.01\n  by_name: {song.beats: 0.02}\n  scores_01: 0.02\n  picture_levels: 6\n"
    )
    assert load_case(tmp_path) == GoldenCase(
        folder=tmp_path,
        recipe=str(tmp_path / "recipe.yaml"),
        footage=str(tmp_path / "shots"),
        song="demo",
        profile="ann",
        overrides=("edit.duration_s=10s",),
        pictures_per_clip=3,
        texts="compare",
        tolerances=Tolerances(numbers=0.01, by_name={"song.beats": 0.02}, scores_01=0.02, picture_levels=6),
    )


def test_what_a_case_leaves_out_is_the_default_of_the_schema(case):
    assert case == GoldenCase(folder=case.folder, recipe="beat_reel")
    schema = json.loads(shipped_file("schemas", "golden.schema.json").read_text())
    Draft7Validator.check_schema(schema)
    tolerances = schema["properties"]["tolerances"]["properties"]
    assert {name: part["default"] for name, part in tolerances.items()} == {
        "numbers": case.tolerances.numbers,
        "by_name": {},
        "scores_01": case.tolerances.scores_01,
        "picture_levels": case.tolerances.picture_levels,
    }


def test_every_fault_of_a_case_is_told_with_its_place(tmp_path):
    file = tmp_path / "case.yaml"
    file.write_text("schema: rushes/golden@1\nrecipe: beat_reel\ntollerances: {}\ntexts: maybe\n")
    with pytest.raises(RecipeError) as caught:
        load_case(file)
    assert str(caught.value) == (
        f"{file}:3:1: there is no key tollerances\n"
        "    fix: did you mean tolerances? keys: tolerances, texts, recipe, profile, pictures_per_clip, says, song, "
        "schema, footage, set\n"
        f"{file}:4:8: texts cannot be the text 'maybe'\n"
        "    fix: choices: compare, ignore"
    )


def test_a_missing_case_says_what_to_give(tmp_path):
    with pytest.raises(RecipeError) as caught:
        load_case(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}/case.yaml: cannot be read: No such file or directory\n"
        "    fix: give a folder that holds a case.yaml"
    )


def golden_folder(root: Path, **recipes: str) -> Path:
    for name, recipe in recipes.items():
        (root / name).mkdir(parents=True)
        (root / name / "case.yaml").write_text(f"schema: rushes/golden@1\nrecipe: {recipe}\n")
    return root


def test_cases_are_found_by_folder_by_recipe_or_all_together(tmp_path):
    golden = golden_folder(tmp_path / "golden", b="beat_reel", a="best_clips", c="beat_reel")
    shipped = str(shipped_file("recipes", "beat_reel.yaml"))

    def names(*arguments: str) -> list[str]:
        return [case.name for case in find_cases(arguments, golden)]

    assert names() == ["a", "b", "c"]
    assert names("beat_reel") == names("beat_reel.yaml") == names(shipped) == ["b", "c"]
    assert names(str(golden / "a"), str(golden / "a" / "case.yaml")) == ["a"]
    assert names(str(golden), "best_clips") == ["a", "b", "c"]


def test_a_recipe_without_a_case_says_how_to_write_one(tmp_path):
    golden = golden_folder(tmp_path / "golden", a="best_clips")
    with pytest.raises(RecipeError) as caught:
        find_cases(["beat_reel"], golden)
    assert str(caught.value) == (
        "beat_reel: no golden case runs this\n"
        f"    fix: write {golden}/NAME/case.yaml with `recipe: beat_reel`"
    )


def test_a_case_that_is_not_there_is_told_with_those_that_are(tmp_path):
    golden = golden_folder(tmp_path / "golden", summer="best_clips", winter="best_clips")
    for argument, fix in (("nothing", "known: "), ("sumer", "did you mean summer? known: summer, winter")):
        with pytest.raises(RecipeError) as caught:
            find_cases([argument], golden)
        (problem,) = caught.value.problems
        assert (str(problem.place), problem.what) == (argument, "there is no such case")
        assert problem.fix.startswith(fix)
        assert {"summer", "winter"} <= {*problem.fix.replace(",", "").split()}
    with pytest.raises(RecipeError, match="NAME/case.yaml"):
        find_cases(["nothing"], tmp_path / "none")


def test_a_case_is_found_by_its_name(tmp_path):
    folder = tmp_path / "golden" / "opening"
    folder.mkdir(parents=True)
    (folder / "case.yaml").write_text(
        "schema: rushes/golden@1\nrecipe: beat_reel\nfootage: demo\nsong: demo\n"
    )
    assert [case.folder for case in find_cases(["opening"], tmp_path / "golden")] == [folder]
