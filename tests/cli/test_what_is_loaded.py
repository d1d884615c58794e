"""A verb loads what it needs and nothing else: what it loads is most of the time that a short one takes."""

import json
import shutil
import subprocess
import sys

import pytest
from regenerable import regenerable_run

NEVER = ("cv2", "jinja2", "jsonschema", "librosa", "onnxruntime", "pydantic", "rich", "scipy", "xgboost")
"""Nothing that looks at an edit, a recipe or a folder needs these."""
FRAMES = ("av", "numpy", "polars")
PACKAGES = ("email", "hashlib", "importlib.metadata")
RUNS = ("concurrent.futures", "logging", "pickle", "sqlite3", "yaml")
"""What recipes are read with, nodes are run with and libraries are kept with."""
MEDIA_AND_LIBRARY = ("av", "sqlite3")


@pytest.fixture(scope="session")
def made_run(tiny_shoot, warm_run, once_for_all):
    return regenerable_run(tiny_shoot, warm_run, once_for_all)


@pytest.fixture
def out(made_run, tmp_path):
    return shutil.copytree(made_run, tmp_path / "out")


def loaded_by(words, names):
    """Exit code, and which of some modules a verb loads."""
    script = (
        "import json, sys\n"
        "from rushes.cli.main import answer\n"
        "code = answer(sys.argv[1:])\n"
        f"print(json.dumps([code, [name for name in {names!r} if name in sys.modules]]), file=sys.stderr)\n"
    )
    words = [str(word) for word in words]
    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=True)
    return json.loads(done.stderr.splitlines()[-1])


@pytest.mark.parametrize("words", [["--help"], ["validate", "beat_reel"], ["show", "beat_reel"], ["cache", "--help"]], ids=" ".join)  # fmt: skip
def test_verbs_that_read_a_recipe_or_less_load_no_more(words):
    names = (*NEVER, *FRAMES, *PACKAGES, "concurrent.futures", "pickle", "sqlite3")
    assert loaded_by(words, names) == [0, []]


@pytest.mark.parametrize(
    "words",
    [["lock", "2", "--reason", "good"], ["delete", "3", "--reason", "bad_take"], ["note", "2", "fine"]],
    ids=lambda words: words[0],
)
def test_an_edit_loads_neither_recipe_nor_frames_nor_what_runs(out, words):
    assert loaded_by(["edit", out, *words], (*NEVER, *FRAMES, *PACKAGES, *RUNS)) == [0, []]


def test_what_takes_back_and_tells_edits_loads_no_more_than_they_do(out):
    names = (*NEVER, *FRAMES, *PACKAGES, *RUNS)
    loaded_by(["edit", out, "delete", "3"], ())
    for verb in ("history", "undo", "redo", "history"):
        assert loaded_by([verb, out], names) == [0, []]
    assert loaded_by(["diff", out, out], names) == [0, []]


def test_a_section_made_anew_loads_numbers_and_frames_but_no_media_and_no_solver_from_elsewhere(out):
    words = ["regenerate", out, "--section", "1s..4s", "--instruction", "other_shots", "--seed", "2"]
    assert loaded_by(words, (*NEVER, *MEDIA_AND_LIBRARY, "numpy", "polars")) == [0, ["numpy", "polars"]]


def test_the_list_of_instructions_loads_no_frames(out):
    assert loaded_by(["regenerate", out, "--list"], (*NEVER, *FRAMES, *PACKAGES)) == [0, []]


def test_what_a_number_or_a_choice_means_is_known_without_pydantic(out, tmp_path):
    words = ["export", out, "--format", "edl", "--to", tmp_path / "edit.edl", "--paths", "absolute", "--json"]
    assert loaded_by(words, ("pydantic",)) == [0, []]
