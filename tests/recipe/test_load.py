"""A recipe is its layers laid over each other; every value knows which one set it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from recipe_samples import GOOD, TABLE, Folder
from rushes.errors import Place, RecipeError
from rushes.recipe.load import Origin, load_recipe, validate_recipe
from rushes.recipe.outputs_spec import BadgesSpec, RunSpec
from rushes.recipe.spec import AnalyzerSpec, TermSpec


def test_a_short_recipe_is_filled_with_the_built_in_defaults(folder: Folder) -> None:
    recipe = folder.load(GOOD).recipe
    assert recipe.name == "r"
    assert recipe.analyzers == (
        AnalyzerSpec(name="look", params={"sample_hz": 5.0, "low": 1, "high": 9}, if_unavailable="skip"),
    )
    assert recipe.scores[0].terms == (TermSpec(name="sharp", value="sharp_01", weight=1.0),)
    assert recipe.edit is not None and recipe.edit.duration_s == 30.0
    assert recipe.song is None
    assert recipe.style["creator_id"] == "default"


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("20", 20.0),
        ("90s", 90.0),
        ("2500ms", 2.5),
        ("1.5min", 90.0),
        ("00:01:30", 90.0),
        ("01:00:00", 3600.0),
    ],
)
def test_a_time_may_carry_its_unit(folder: Folder, written: str, seconds: float) -> None:
    recipe = folder.load(GOOD, f"edit.duration_s={written}").recipe
    assert recipe.edit is not None and recipe.edit.duration_s == seconds


def test_an_aspect_needs_no_quotes(folder: Folder) -> None:
    recipe = folder.load(GOOD.replace("grid: free", "grid: free, aspect: 16:9")).recipe
    assert recipe.edit is not None and recipe.edit.aspect == "16:9"


def test_layers_change_parts_of_each_other_and_say_so(folder: Folder) -> None:
    folder.write("base.yaml", GOOD + "thresholds: {low_01: 0.1, high_01: 0.9}\nfootage: {include: [a, b]}\n")
    folder.write(
        "profiles/ann/profile.yaml", "schema: rushes/profile@1\nthresholds: {high_01: 0.8}\nedit: {seed: 3}\n"
    )
    text = "schema: rushes/recipe@1\nextends: base.yaml\nthresholds: {high_01: 0.7}\nfootage: {include: c}\nedit: {seed: 2}\n"
    resolved = folder.load(text, "edit.seed=4", profile="ann")
    assert resolved.recipe.thresholds == {"low_01": 0.1, "high_01": 0.8}
    assert resolved.recipe.footage.include == ("c",)
    assert resolved.recipe.edit is not None and resolved.recipe.edit.seed == 4
    assert resolved.recipe.creator_id == "ann"
    assert resolved.origins["thresholds.low_01"] == Origin(Place("base.yaml", 6, 22), "extends base.yaml")
    assert resolved.origins["footage.include"] == Origin(Place("r.yaml", 4, 20), "recipe")
    assert resolved.origins["thresholds.high_01"] == Origin(
        Place("profiles/ann/profile.yaml", 2, 23), "profile ann"
    )
    assert resolved.origins["edit.seed"] == Origin(Place("--set edit.seed=4"), "--set")
    assert resolved.origins["edit.rate_fps"] == Origin(Place("built-in"), "built-in")
    assert resolved.files[:3] == ("r.yaml", "base.yaml", "profiles/ann/profile.yaml")


def test_a_part_is_overridden_by_its_name_and_keeps_its_rank(folder: Folder) -> None:
    folder.write(
        "base.yaml",
        GOOD + "rules:\n  one: {when: sharp_01 < 0.1, reject: x}\n  two: {when: sharp_01 > 0.9, say: y}\n",
    )
    text = "schema: rushes/recipe@1\nextends: base.yaml\nrules: {three: {when: shake_01 > 0.5, tag: z}, one: {when: sharp_01 < 0.2}}\n"
    rules = folder.load(text).recipe.rules
    assert [(rule.name, rule.when, rule.reject) for rule in rules] == [
        ("one", "sharp_01 < 0.2", "x"),
        ("two", "sharp_01 > 0.9", None),
        ("three", "shake_01 > 0.5", None),
    ]


def test_null_takes_away_what_was_inherited(folder: Folder) -> None:
    folder.write(
        "base.yaml",
        GOOD
        + "analyzers: {look: {}, listen: {}}\n".replace("analyzers", "thresholds: {x: 1}\nsegments: {}\n#"),
    )
    text = "schema: rushes/recipe@1\nextends: base.yaml\nthresholds: {x: null}\noutputs: {video: null}\n"
    recipe = folder.load(text).recipe
    assert recipe.thresholds == {}
    assert recipe.outputs.video is None
    assert recipe.outputs.report is not None


def test_a_feature_may_be_written_short_and_overridden_long(folder: Folder) -> None:
    folder.write("base.yaml", GOOD + "features: {a: 1 - sharp_01, b: {value: shake_01, says: Shake.}}\n")
    text = "schema: rushes/recipe@1\nextends: base.yaml\nfeatures: {a: {says: A.}, b: shake_01 / 2}\n"
    features = folder.load(text).recipe.features
    assert [(f.name, f.value, f.says) for f in features] == [
        ("a", "1 - sharp_01", "A."),
        ("b", "shake_01 / 2", "Shake."),
    ]


def test_paths_count_from_the_folder_of_the_file_that_says_them(folder: Folder) -> None:
    folder.write("deep/base.yaml", GOOD + "footage: {dir: clips}\nsong: {file: ../song.mp3}\n")
    text = "schema: rushes/recipe@1\nextends: deep/base.yaml\n"
    resolved = folder.load(text)
    assert resolved.recipe.footage.dir == "deep/clips"
    assert resolved.recipe.song is not None and resolved.recipe.song.file == "song.mp3"
    again = folder.load(text, "footage.dir=here")
    assert again.recipe.footage.dir == "here"


def test_extends_finds_a_recipe_beside_it_before_a_shipped_one(folder: Folder) -> None:
    folder.write("base/reel.yaml", GOOD + "says: mine\n")
    assert folder.load("schema: rushes/recipe@1\nextends: base/reel\n").recipe.says == "mine"


def test_recipes_that_extend_each_other_in_a_circle_are_refused(folder: Folder) -> None:
    folder.write("a.yaml", "schema: rushes/recipe@1\nextends: r.yaml\n")
    told = folder.problems("schema: rushes/recipe@1\nextends: a.yaml\n" + GOOD.split("\n", 1)[1])
    assert told == (
        "a.yaml:2:10: recipes extend each other in a circle: r.yaml -> a.yaml -> r.yaml\n    fix: take one extends away"
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "extends: bse.yaml",
            "r.yaml:2:10: there is no file bse.yaml\n    fix: did you mean base.yaml? in .: base.yaml, r.yaml",
        ),
        (
            "extends: [a]",
            "r.yaml:2:10: extends must name a recipe\n    fix: write the name of one recipe, such as base/reel",
        ),
        (
            "profile: an",
            "r.yaml:2:10: there is no profile an\n    fix: did you mean ann? profiles: ann, default",
        ),
        (
            "style: an",
            "r.yaml:2:8: there is no style an\n    fix: did you mean ann? profiles: ann, default",
        ),
    ],
)
def test_a_missing_file_is_told_where_it_was_asked_for(folder: Folder, line: str, told: str) -> None:
    folder.write("base.yaml", GOOD)
    folder.write("profiles/ann/profile.yaml", "schema: rushes/profile@1\n")
    assert folder.problems(f"schema: rushes/recipe@1\n{line}\n{GOOD.split(chr(10), 1)[1]}") == told


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (
            "none.yaml",
            "none.yaml: there is no file\n    fix: check the path, or use a shipped recipe: beat_reel, best_clips, talking_head",
        ),
        (
            "beet_reel",
            "beet_reel: there is no file\n    fix: check the path, or use a shipped recipe: beat_reel, best_clips, talking_head",
        ),
        ("folder", "folder: this is a folder, not a recipe file\n    fix: name a file in it: x.yaml"),
        ("a\0b", "a\0b: this is not a path\n    fix: name a file"),
        (
            "",
            ": there is no file\n    fix: check the path, or use a shipped recipe: beat_reel, best_clips, talking_head",
        ),
    ],
)
def test_a_recipe_that_is_not_there_is_told(folder: Folder, path: str, told: str) -> None:
    folder.write("folder/x.yaml", GOOD)
    with pytest.raises(RecipeError) as caught:
        folder.load_file(path)
    assert str(caught.value) == told


def test_a_recipe_that_cannot_be_opened_is_told(folder: Folder) -> None:
    (folder.root / "r.yaml").symlink_to("r.yaml")
    with pytest.raises(RecipeError) as caught:
        folder.load_file("r.yaml")
    assert str(caught.value) == (
        "r.yaml: the file cannot be read: too many levels of symbolic links\n"
        "    fix: check the path and its permissions"
    )


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("", "r.yaml:1:1: the file does not say its schema\n    fix: begin with: schema: rushes/recipe@1"),
        (
            "schema: rushes/recipe@7\n",
            "r.yaml:1:9: the file is of version 7; this rushes reads recipe files up to version 1\n    fix: update rushes, or write the recipe as rushes/recipe@1",
        ),
        (
            "schema: rushes/recipe@0\n",
            "r.yaml:1:9: version 0 of recipe files is not known\n    fix: write the recipe as rushes/recipe@1",
        ),
        (
            "schema: rushes/style@1\n",
            "r.yaml:1:9: the schema is rushes/style@1, not rushes/recipe@1\n    fix: write schema: rushes/recipe@1",
        ),
        (
            "schema: 1\n",
            "r.yaml:1:9: the schema is no text, not rushes/recipe@1\n    fix: write schema: rushes/recipe@1",
        ),
    ],
)
def test_a_file_must_say_a_schema_that_is_known(folder: Folder, head: str, told: str) -> None:
    assert folder.problems(head + GOOD.split("\n", 1)[1]) == told


def test_the_style_of_a_profile_takes_the_place_of_the_recipes_style(folder: Folder) -> None:
    folder.write(
        "profiles/ann/style.yaml",
        "schema: rushes/style@1\nextends: default\ncreator_id: ann\nversion: 4\n",
    )
    text = GOOD + "style: {version: 2, trained_on_videos: 7}\n"
    assert folder.load(text).recipe.style["version"] == 2
    style = folder.load(text, profile="ann").recipe.style
    assert (style["creator_id"], style["version"], style["trained_on_videos"]) == ("ann", 4, 0)
    assert folder.load(text, "style.version=9", profile="ann").recipe.style["version"] == 9


def test_a_fault_in_a_style_is_told_where_it_stands(folder: Folder) -> None:
    told = folder.problems(GOOD + "style: {version: 0, verson: 1}\n")
    assert told.split("\n")[0] == "r.yaml:6:18: style.version is 0; it must be at least 1"
    assert told.split("\n")[2] == "r.yaml:6:21: there is no key verson in style"


def test_a_profile_may_not_extend(folder: Folder) -> None:
    folder.write("profiles/ann/profile.yaml", "schema: rushes/profile@1\nextends: base/reel\n")
    assert folder.problems(GOOD, profile="ann") == (
        "profiles/ann/profile.yaml:2:1: a profile cannot say extends\n    fix: take the line away"
    )


def test_a_profile_is_found_beside_the_recipes_folder_before_the_users_own(folder: Folder) -> None:
    folder.write("project/recipes/r.yaml", GOOD)
    folder.write("data/rushes/profiles/ann/profile.yaml", "schema: rushes/profile@1\nsays: data\n")
    assert folder.load_file("project/recipes/r.yaml", profile="ann").recipe.says == "data"
    folder.write("profiles/ann/profile.yaml", "schema: rushes/profile@1\nsays: here\n")
    assert folder.load_file("project/recipes/r.yaml", profile="ann").recipe.says == "here"
    folder.write("project/profiles/ann/profile.yaml", "schema: rushes/profile@1\nsays: beside\n")
    assert folder.load_file("project/recipes/r.yaml", profile="ann").recipe.says == "beside"


def test_validating_tells_what_loading_raises(folder: Folder) -> None:
    path = folder.write("r.yaml", GOOD + "edit: {}\n")
    told = validate_recipe(path, analyzers=TABLE)
    assert [str(problem) for problem in told] == [
        "r.yaml:6:1: edit stands twice; the first is on line 5\n    fix: keep one of the two"
    ]
    assert validate_recipe(folder.write("r.yaml", GOOD), analyzers=TABLE) == ()


def test_loading_twice_gives_the_same(folder: Folder) -> None:
    assert folder.load(GOOD) == folder.load(GOOD)


def test_loading_a_recipe_loads_no_heavy_library() -> None:
    code = (
        "import sys\n"
        "from rushes.analyze.table import ANALYZERS\n"
        "from rushes.recipe.load import load_recipe\n"
        "load_recipe('beat_reel', analyzers=ANALYZERS)\n"
        "heavy = {'numpy', 'polars', 'cv2', 'av', 'scipy', 'librosa', 'jinja2', 'jsonschema', 'rich', 'typer'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_recipe_may_be_named_by_a_path_object(folder: Folder) -> None:
    folder.write("r.yaml", GOOD)
    assert load_recipe(Path("r.yaml"), analyzers=TABLE).recipe.name == "r"


def test_badges_reasons_limits_and_providers_of_the_recipe_are_those_of_the_run(folder: Folder) -> None:
    text = GOOD + (
        "outputs: {badges: {high_01: 0.9, medium_01: 0.5}, max_reasons: 3}\n"
        "run: {stage_limits: {analyze_s: 30min, render_s: 90}, providers: [cuda, cpu]}\n"
    )
    recipe = folder.load(text).recipe
    assert (recipe.outputs.badges, recipe.outputs.max_reasons) == (BadgesSpec(high_01=0.9, medium_01=0.5), 3)
    limits = {stage: recipe.run.stage_limits.of(stage) for stage in ("analyze", "edit", "render", "no_stage")}
    assert limits == {"analyze": 1800.0, "edit": None, "render": 90.0, "no_stage": None}
    assert recipe.run.providers == ("cuda", "cpu")
    assert folder.load(GOOD).recipe.run == RunSpec()


def test_a_provider_that_nobody_knows_is_told(folder: Folder) -> None:
    assert folder.problems(GOOD + "run: {providers: gpu}\n") == (
        "r.yaml:6:18: run.providers cannot be the text 'gpu'\n"
        "    fix: did you mean cpu? choices: cpu, cuda, openvino, coreml, directml, rocm, tensorrt"
    )
