"""YAML files and overrides -> one resolved recipe with the origin of every value, or every problem with its place."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from rushes.errors import Place, Problem, RecipeError
from rushes.recipe.build import build_recipe
from rushes.recipe.check import check_changed_edit, check_recipe
from rushes.recipe.check_instructions import check_instructions
from rushes.recipe.facts import Facts
from rushes.recipe.fields import Schema
from rushes.recipe.files import (
    Reader,
    find_extended,
    find_in,
    find_recipe,
    profile_folders,
    profile_names,
    shown,
)
from rushes.recipe.layers import merge
from rushes.recipe.names import did_you_mean
from rushes.recipe.overrides import LAYER, apply_override
from rushes.recipe.personal import read_learned, with_learned
from rushes.recipe.schema import Analyzers, recipe_schema
from rushes.recipe.shape import BUILT_IN, Shape
from rushes.recipe.spec import Recipe
from rushes.recipe.style import resolve_style, style_schema
from rushes.recipe.tree import Branch, Entry, Leaf, find, from_plain, to_plain, walk

_MOST_EXTENDS = 16
_HEAD = ("schema", "extends", "profile")
_PATHS = (("footage", "dir"), ("song", "file"))


@dataclass(frozen=True, slots=True)
class Origin:
    """Which place set a value, and the layer: "built-in", "extends NAME", "recipe", "profile NAME", "personal" or "--set"."""

    place: Place
    layer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A recipe after all layers."""

    recipe: Recipe
    tree: Mapping[str, Any]
    """The same as plain data, keys in the order of the schema; times in seconds."""
    origins: Mapping[str, Origin] = field(default_factory=dict[str, Origin])
    """Of every value and section, by its dotted path, such as "edit.max_uses_per_clip"."""
    problems: tuple[Problem, ...] = ()
    """Warnings: the recipe can run."""
    files: tuple[str, ...] = ()
    """Every file that was read."""


def load_recipe(
    path: str | os.PathLike[str],
    *,
    analyzers: Analyzers,
    profile: str | None = None,
    overrides: Sequence[str] = (),
    profiles: Sequence[Path] | None = None,
    personal: Path | None = None,
) -> Resolved:
    """Read, merge, check and build a recipe. Raises RecipeError with every problem.

    path: a file, or the name of a shipped recipe such as "beat_reel".
    analyzers: the table, by name.
    profile: name of the profile; None: as the recipe says, which may be none.
    profiles: folders in which profiles are looked for; None: the usual ones.
    personal: a file of learned weights, laid between the profile and the overrides; None: none.
    """
    loading = _Loading(analyzers, profiles, personal)
    resolved = loading.resolve(find_recipe(os.fspath(path)), profile, overrides)
    if resolved is None or loading.errors:
        raise RecipeError(loading.errors)
    return resolved


def validate_recipe(
    path: str | os.PathLike[str],
    *,
    analyzers: Analyzers,
    profile: str | None = None,
    overrides: Sequence[str] = (),
    profiles: Sequence[Path] | None = None,
    personal: Path | None = None,
) -> tuple[Problem, ...]:
    """Every problem that `load_recipe` would raise; () for a recipe that can run."""
    try:
        load_recipe(
            path,
            analyzers=analyzers,
            profile=profile,
            overrides=overrides,
            profiles=profiles,
            personal=personal,
        )
    except RecipeError as error:
        return error.problems
    return ()


class _Loading:
    """One load: the problems found so far and the files read."""

    def __init__(
        self, analyzers: Analyzers, profiles: Sequence[Path] | None, personal: Path | None = None
    ) -> None:
        self.errors: list[Problem] = []
        self._warnings: list[Problem] = []
        self._analyzers = analyzers
        self._schema: Schema = recipe_schema(analyzers)
        self._reader = Reader(self.errors)
        self._profiles = profiles
        self._personal = personal

    def resolve(self, path: str, profile: str | None, overrides: Sequence[str]) -> Resolved | None:
        tree = self._chain(path, "recipe", None, ())
        if tree is None:
            return None
        folder = Path(path).parent
        folders = profile_folders(folder) if self._profiles is None else self._profiles
        tree = self._with_profile(tree, profile, folders)
        tree = self._with_personal(tree)
        for text in overrides:
            tree = apply_override(tree, text, self._settable(), self.errors)
        tree = _with_paths(_with_name(tree, path))
        shape = Shape(self._schema, self.errors)
        sound = shape.sound(tree.without(*_HEAD), self._body())
        assert isinstance(sound, Branch)
        style = resolve_style(find(sound, "style"), folders, self._reader, self.errors)
        sound = sound.with_entry(Entry("style", style.place, style))
        facts = Facts(sound, tree, frozenset(shape.faulty), self.errors)
        checked = check_recipe(facts, self._analyzers) if self._reader.is_whole else None
        if checked is not None and not self.errors:
            check_instructions(facts, self._schema, partial(check_changed_edit, checked=checked))
        if self.errors:
            return None
        plain: dict[str, Any] = to_plain(sound)
        return Resolved(
            recipe=build_recipe(plain),
            tree=plain,
            origins=_origins(sound),
            problems=(*self._warnings, *facts.warnings),
            files=tuple(self._reader.files),
        )

    def _body(self) -> Schema:
        """The schema of what is left when the head of the file has been dealt with."""
        properties = {key: part for key, part in self._schema["properties"].items() if key not in _HEAD}
        return {**self._schema, "properties": properties, "required": []}

    def _settable(self) -> Schema:
        """The schema of what overrides may name: the keys of a style too."""
        body = self._body()
        style = body["properties"]["style"]
        known = {**style_schema()["properties"], **style["properties"]}
        return {**body, "properties": {**body["properties"], "style": {**style, "properties": known}}}

    def _chain(self, path: str, layer: str, asked: Place | None, above: tuple[str, ...]) -> Branch | None:
        """A recipe laid over what it extends, and so on. above: the recipes that led here."""
        tree = self._reader.read(path, "recipe", layer, asked)
        extends = tree.get("extends") if tree else None
        if tree is None or extends is None:
            return self._laid(None, tree) if tree else None
        if not isinstance(extends, Leaf) or not isinstance(extends.value, str) or not extends.value:
            fix = "write the name of one recipe, such as base/reel"
            self._reader.is_whole = False
            self.errors.append(Problem(extends.place, "extends must name a recipe", fix))
            return tree
        lower_path = find_extended(extends.value, Path(path).parent)
        chain = (*above, path)
        if lower_path in chain:
            circle = " -> ".join([*chain[chain.index(lower_path) :], lower_path])
            what = f"recipes extend each other in a circle: {circle}"
            self._reader.is_whole = False
            self.errors.append(Problem(extends.place, what, "take one extends away"))
            return tree
        if len(chain) > _MOST_EXTENDS:
            what = f"more than {_MOST_EXTENDS} recipes extend each other"
            self._reader.is_whole = False
            self.errors.append(Problem(extends.place, what, "put some of them together"))
            return tree
        lower = self._chain(lower_path, f"extends {extends.value}", extends.place, chain)
        return self._laid(lower, tree.without("extends"))

    def _laid(self, lower: Branch | None, upper: Branch) -> Branch:
        merged = merge(lower, upper, self._schema, self.errors)
        return merged if isinstance(merged, Branch) else upper

    def _with_profile(self, tree: Branch, profile: str | None, folders: Sequence[Path]) -> Branch:
        """The recipe with the profile's style.yaml in place of its style, and profile.yaml laid over it."""
        said = tree.get("profile")
        place = Place("--profile")
        if profile is None and isinstance(said, Leaf) and isinstance(said.value, str):
            profile, place = said.value, said.place
        if profile is None:
            if said is not None:
                self.errors.append(
                    Problem(said.place, "profile must be a name", "write the name of a profile")
                )
            return tree
        layer = f"profile {profile}"
        overrides, style = find_in(folders, profile, "profile.yaml"), find_in(folders, profile, "style.yaml")
        if overrides is None and style is None:
            fix = did_you_mean(profile, profile_names(folders), kind="profiles")
            self.errors.append(Problem(place, f"there is no profile {profile}", fix))
            return tree
        who = Branch({"creator_id": _entry("creator_id", profile, place, layer)}, place, layer)
        tree = self._laid(tree, who)
        if style is not None:
            tree = tree.with_entry(_entry("style", {"extends": style}, Place(style), layer))
        laid = self._reader.read(overrides, "profile", layer, place) if overrides else None
        if laid is None:
            return tree
        for key in set(_HEAD) & set(laid.entries):
            what = f"a profile cannot say {key}"
            self.errors.append(Problem(laid.entries[key].place, what, "take the line away"))
        return self._laid(tree, laid.without(*_HEAD))

    def _with_personal(self, tree: Branch) -> Branch:
        """The recipe with the learned weights laid over its own."""
        if self._personal is None:
            return tree
        self._reader.files.append(shown(self._personal))
        learned = read_learned(self._personal, self.errors)
        return tree if learned is None else with_learned(tree, learned, self._warnings)


def _entry(key: str, value: Any, place: Place, layer: str) -> Entry:
    return Entry(key, place, from_plain(value, place, layer))


def _with_name(tree: Branch, path: str) -> Branch:
    """A recipe without a name has that of its file. What it extends does not lend its name."""
    own = tree.get("name")
    if own is not None and not own.layer.startswith("extends "):
        return tree
    return tree.with_entry(_entry("name", Path(path).stem, Place(path), BUILT_IN))


def _with_paths(tree: Branch) -> Branch:
    """Paths count from the folder of the file that says them; those of the command line from the working folder."""
    for section, key in _PATHS:
        inner, node = tree.get(section), find(tree, section, key)
        if not isinstance(inner, Branch) or not isinstance(node, Leaf) or not _is_path(node):
            continue
        inner = inner.with_entry(Entry(key, inner.entries[key].place, _from_its_file(node)))
        tree = tree.with_entry(Entry(section, tree.entries[section].place, inner))
    return _with_fonts(tree)


def _with_fonts(tree: Branch) -> Branch:
    """The same for the fonts of titles."""
    edit, titles = tree.get("edit"), find(tree, "edit", "titles")
    if not isinstance(edit, Branch) or not isinstance(titles, Branch):
        return tree
    for name, entry in titles.entries.items():
        node = find(titles, name, "font")
        if isinstance(entry.node, Branch) and isinstance(node, Leaf) and _is_path(node):
            font = Entry("font", entry.node.entries["font"].place, _from_its_file(node))
            titles = titles.with_entry(Entry(name, entry.place, entry.node.with_entry(font)))
    edit = edit.with_entry(Entry("titles", edit.entries["titles"].place, titles))
    return tree.with_entry(Entry("edit", tree.entries["edit"].place, edit))


def _is_path(node: Leaf) -> bool:
    return isinstance(node.value, str) and bool(node.value) and node.layer != LAYER


def _from_its_file(node: Leaf) -> Leaf:
    found = shown(Path(node.place.path).parent / str(node.value))
    return Leaf(found, node.place, node.layer, found, node.style or "'")


def _origins(tree: Branch) -> dict[str, Origin]:
    return {".".join(path): Origin(node.place, node.layer) for path, node in walk(tree) if path}
