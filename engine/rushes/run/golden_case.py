"""Golden cases: which run is repeated, and how closely its outcome must match. `case.yaml`, schema `rushes/golden@1`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from rushes.errors import Place, Problem, RecipeError
from rushes.recipe.names import did_you_mean
from rushes.recipe.parse import parse_yaml
from rushes.recipe.shape import Shape
from rushes.recipe.tree import Branch, to_plain
from rushes.resources import shipped_file, shipped_schema

SCHEMA = "rushes/golden@1"
CASE_FILE = "case.yaml"
DEMO = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerances:
    """How far numbers may be off. numbers, by_name: of the timeline; scores_01: of clips, 0..1; picture_levels: mean
    difference of a small grey picture, 0..255."""

    numbers: float = 0.001
    by_name: Mapping[str, float] = field(default_factory=dict[str, float])
    scores_01: float = 0.005
    picture_levels: float = 4.0

    def of(self, name: str) -> float:
        """Tolerance of a number of the timeline by its dotted name."""
        return self.by_name.get(name, self.numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenCase:
    """One run to repeat. Paths are those of this machine; footage and song may be "demo"."""

    folder: Path
    recipe: str
    """A recipe file, or the name of a shipped recipe."""
    says: str = ""
    footage: str = DEMO
    song: str | None = None
    profile: str | None = None
    overrides: tuple[str, ...] = ()
    pictures_per_clip: int = 2
    texts: Literal["ignore", "compare"] = "ignore"
    tolerances: Tolerances = field(default_factory=Tolerances)

    @property
    def name(self) -> str:
        """What it is called: its folder."""
        return self.folder.name


def load_case(path: Path) -> GoldenCase:
    """Read a case: its folder or its case.yaml. Raises RecipeError with every problem and its place."""
    file = path / CASE_FILE if path.is_dir() else path
    try:
        data = file.read_bytes()
    except OSError as error:
        fix = f"give a folder that holds a {CASE_FILE}"
        raise RecipeError(Problem(Place(str(file)), f"cannot be read: {error.strerror}", fix)) from None
    return _case(_checked(data, str(file)), file.parent)


def find_cases(arguments: Sequence[str], golden_dir: Path = Path("golden")) -> tuple[GoldenCase, ...]:
    """The cases that arguments name, sorted by folder, each once.

    An argument is a case's name, its folder, its case.yaml, a folder of cases, or a recipe (file or name): all cases of golden_dir
    that run it. No argument: all cases of golden_dir. Raises RecipeError for an argument without a case.
    """
    found: dict[Path, GoldenCase] = {}
    for argument in arguments or (str(golden_dir),):
        cases = _cases_of(argument, golden_dir)
        if not cases:
            raise RecipeError(_no_case(argument, golden_dir))
        found |= {case.folder.resolve(): case for case in cases}
    return tuple(found[folder] for folder in sorted(found))


def _cases_of(argument: str, golden_dir: Path) -> list[GoldenCase]:
    path = Path(argument)
    if path.name == CASE_FILE or (path / CASE_FILE).is_file():
        return [load_case(path)]
    if (golden_dir / argument / CASE_FILE).is_file():
        return [load_case(golden_dir / argument)]
    if path.is_dir() or path == golden_dir:
        return _below(path)
    wanted = _recipe_identity(argument)
    return [case for case in _below(golden_dir) if _recipe_identity(case.recipe) == wanted]


def _no_case(argument: str, golden_dir: Path) -> Problem:
    """What is wrong with an argument that names no case."""
    if Path(argument).exists() or Path(_recipe_identity(argument)).is_file():
        fix = f"write {golden_dir}/NAME/{CASE_FILE} with `recipe: {argument}`"
        return Problem(Place(argument), "no golden case runs this", fix)
    known = [file.parent.name for file in sorted(golden_dir.glob(f"*/{CASE_FILE}"))]
    fix = did_you_mean(argument, known, kind="known") if known else f"write {golden_dir}/NAME/{CASE_FILE}"
    return Problem(Place(argument), "there is no such case", fix)


def _below(folder: Path) -> list[GoldenCase]:
    return [load_case(file) for file in sorted(folder.glob(f"*/{CASE_FILE}"))]


def _recipe_identity(recipe: str) -> str:
    """The same text for the same recipe, whether it is given by its file or by the name under which it ships."""
    shipped = shipped_file("recipes", recipe if recipe.endswith(".yaml") else f"{recipe}.yaml")
    return str((shipped if not Path(recipe).is_file() and shipped.is_file() else Path(recipe)).resolve())


def _checked(data: bytes, path: str) -> Mapping[str, Any]:
    schema = shipped_schema("golden")
    tree, problems = parse_yaml(data, path, "case")
    if tree is not None and not problems:
        sound = Shape(schema, problems, subject="golden case").sound(tree, schema)
        if isinstance(sound, Branch) and not problems:
            case: dict[str, Any] = to_plain(sound)
            return case
    raise RecipeError(problems)


def _case(fields: Mapping[str, Any], folder: Path) -> GoldenCase:
    tolerances = fields.get("tolerances") or {}
    recipe: str = fields["recipe"]
    return GoldenCase(
        folder=folder,
        recipe=str(folder / recipe) if (folder / recipe).is_file() else recipe,
        says=fields.get("says") or "",
        footage=_beside(folder, fields.get("footage") or DEMO),
        song=None if fields.get("song") is None else _beside(folder, fields["song"]),
        profile=fields.get("profile"),
        overrides=tuple(fields.get("set") or ()),
        pictures_per_clip=fields.get("pictures_per_clip", 2),
        texts=fields.get("texts", "ignore"),
        tolerances=Tolerances(**tolerances),
    )


def _beside(folder: Path, given: str) -> str:
    return given if given == DEMO else str(folder / given)
