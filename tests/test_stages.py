"""The house has one way through it: imports point from later stages to earlier ones."""

import ast
from pathlib import Path

import pytest
import rushes
from rushes.stages import LEAVES, STAGES

PACKAGE = Path(rushes.__file__).parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts)
IDS = [path.relative_to(PACKAGE).as_posix() for path in MODULES]
every_module = pytest.mark.parametrize("path", MODULES, ids=IDS)


def stage_of(path):
    """The stage of a module below the package, None for one beside the stages."""
    first = path.relative_to(PACKAGE).parts[0]
    return first if first in STAGES else None


def imported(path):
    """(line, module) of every import, wherever it stands; relative ones begin with a dot."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield node.lineno, "." * node.level + (node.module or "")
        elif isinstance(node, ast.ImportFrom) and node.module == "rushes":
            yield from ((node.lineno, f"rushes.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""


def test_the_stages_stand_in_the_order_of_the_data():
    assert STAGES == (
        "recipe", "media", "store", "models", "analyze", "score", "style",
        "timeline", "edit", "emit", "graph", "run", "cli",
    )  # fmt: skip


def test_every_folder_is_a_stage_and_every_stage_a_folder():
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders - {"shipped"} == set(STAGES)


def test_beside_the_stages_stand_only_the_leaves():
    beside = {path.stem for path in PACKAGE.glob("*.py")}
    assert beside == {*LEAVES, "__init__", "__main__"}


@every_module
def test_no_module_imports_a_later_stage(path):
    stage = stage_of(path)
    # `python -m rushes` is the command line; leaves may import leaves alone.
    reach = len(STAGES) if path.name == "__main__.py" else STAGES.index(stage) + 1 if stage else 0
    allowed = {*STAGES[:reach], *LEAVES, "__version__"}
    for line, module in imported(path):
        if module.startswith("rushes."):
            assert module.split(".")[1] in allowed, f"{path}:{line}: {module}"


@every_module
def test_no_import_is_relative(path):
    assert [(line, module) for line, module in imported(path) if module.startswith(".")] == []


@pytest.mark.parametrize("stage", STAGES)
def test_the_front_door_of_a_stage_is_empty(stage):
    assert (PACKAGE / stage / "__init__.py").read_text(encoding="utf-8") == ""


def test_no_module_has_a_name_that_says_nothing():
    nothing = {"utils", "util", "common", "base", "manager", "helpers", "misc"}
    assert [path for path in MODULES if path.stem in nothing] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import rushes.run.engine", ["rushes.run.engine"]),
        ("from rushes import cli", ["rushes.cli"]),
        ("def f():\n    from rushes.edit.solve import x", ["rushes.edit.solve"]),
        ("from . import x", ["."]),
    ],
)
def test_no_import_hides_from_these_tests(tmp_path, text, found):
    path = tmp_path / "module.py"
    path.write_text(text)
    assert [module for _, module in imported(path)] == found
