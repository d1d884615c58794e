"""The style of a recipe: the named style file with the recipe's own changes laid over it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from rushes.errors import Place, Problem
from rushes.recipe.fields import Schema
from rushes.recipe.files import SUFFIXES, Reader, find_in, profile_names, shown
from rushes.recipe.layers import merge
from rushes.recipe.names import did_you_mean
from rushes.recipe.shape import Shape
from rushes.recipe.tree import Branch, Entry, Leaf, Node, from_plain
from rushes.resources import shipped_schema

_MOST_EXTENDS = 16
_VERSION = "rushes/style@1"


@cache
def style_schema() -> Schema:
    """schemas/style.schema.json."""
    return shipped_schema("style")


def resolve_style(
    style: Node | None, folders: Sequence[Path], reader: Reader, problems: list[Problem]
) -> Branch:
    """The whole style, checked against its schema. Its `extends` is null, as everything is in it.

    folders: where profiles lie; `extends: NAME` is NAME/style.yaml in the first of them that has it.
    """
    start = style if isinstance(style, Branch) else Branch()
    before = len(problems)
    merged = _chain(start, folders, reader, problems, ())
    if len(problems) > before:
        return merged
    schema = style_schema()
    if "schema" in schema["properties"]:
        merged = merged.with_entry(
            Entry("schema", merged.place, from_plain(_VERSION, merged.place, merged.layer))
        )
    sound = Shape(schema, problems, "style").sound(merged, schema, ("style",))
    place = Place(merged.place.path)
    extends = Entry("extends", place, Leaf(None, place, merged.layer))
    return sound.with_entry(extends) if isinstance(sound, Branch) else merged


def _chain(
    style: Branch,
    folders: Sequence[Path],
    reader: Reader,
    problems: list[Problem],
    above: tuple[str, ...],
) -> Branch:
    own = style.without("extends")
    extends = style.get("extends")
    if not isinstance(extends, Leaf) or not isinstance(extends.value, str):
        return own
    path = _find(extends.value, extends, folders)
    if path is None:
        fix = did_you_mean(extends.value, profile_names(folders), kind="profiles")
        problems.append(Problem(extends.place, f"there is no style {extends.value}", fix))
        return own
    if path in above or len(above) > _MOST_EXTENDS:
        what = f"styles extend each other in a circle: {' -> '.join([*above, path])}"
        problems.append(Problem(extends.place, what, "take one extends away"))
        return own
    lower = reader.read(path, "style", f"style {extends.value}", extends.place)
    if lower is None:
        return own
    whole = _chain(lower, folders, reader, problems, (*above, path))
    merged = merge(whole, own, {}, problems)
    return merged if isinstance(merged, Branch) else own


def _find(name: str, extends: Leaf, folders: Sequence[Path]) -> str | None:
    if not name.endswith(SUFFIXES):
        return find_in(folders, name, "style.yaml")
    beside = Path(extends.place.path).parent / name
    for path in (beside, Path(name)):
        if path.is_file():
            return shown(path)
    return None
