"""A sound, canonical tree -> the frozen Recipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, Union, get_args, get_origin

from rushes.recipe.limits import hints_of
from rushes.recipe.spec import AnalyzerSpec, Recipe

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Spec = TypeVar("Spec", bound="DataclassInstance")


def build_recipe(tree: Mapping[str, Any]) -> Recipe:
    """tree: plain data with every default filled in, as `Resolved.tree` has it. Raises ValueError for broken specs."""
    analyzers = tuple(_analyzer(name, section) for name, section in tree["analyzers"].items())
    style = {key: value for key, value in tree["style"].items() if key != "extends"}
    own = {key: value for key, value in tree.items() if key not in ("analyzers", "style")}
    return spec_from_plain(Recipe, own, analyzers=analyzers, style=style)


def analyzer_params(section: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of an analyzer from its section of the tree, as its Params take them."""
    return {key: _frozen(value) for key, value in section.items() if key != "if_unavailable"}


def _analyzer(name: str, section: Mapping[str, Any]) -> AnalyzerSpec:
    return AnalyzerSpec(name=name, params=analyzer_params(section), if_unavailable=section["if_unavailable"])


def spec_from_plain(kind: type[Spec], section: Mapping[str, Any], **made: Any) -> Spec:
    """A spec of plain data: of a section of a tree, where parts with names are a mapping, or of what
    `dataclasses.asdict` made of such a spec, where they are a list. Keys that the spec has not are left alone.

    made: fields that need no conversion.
    """
    hints = hints_of(kind)
    names = {field.name for field in fields(kind)} - set(made)
    return kind(
        **{key: _value(hints[key], value) for key, value in section.items() if key in names},
        **made,
    )


def _value(hint: Any, value: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if value is None:
        return None
    if origin is Annotated:
        return _value(arguments[0], value)
    if origin in (UnionType, Union):
        return _value(next(part for part in arguments if part is not type(None)), value)
    if is_dataclass(hint) and isinstance(hint, type):
        return spec_from_plain(hint, value)
    if origin is tuple and is_dataclass(arguments[0]) and isinstance(arguments[0], type):
        parts: list[Any] = list(value.items()) if isinstance(value, Mapping) else [(None, p) for p in value]
        return tuple(_named(arguments[0], name, part) for name, part in parts)
    return _frozen(value)


def _named(kind: type[Spec], name: str | None, part: Mapping[str, Any]) -> Spec:
    return spec_from_plain(kind, part) if name is None else spec_from_plain(kind, part, name=name)


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        parts: Mapping[str, Any] = value
        return {key: _frozen(part) for key, part in parts.items()}
    return tuple(_frozen(part) for part in value) if isinstance(value, list | tuple) else value
