"""Finds and reads the files of a recipe: the recipe, what it extends, profiles and styles."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from rushes.errors import Place, Problem
from rushes.recipe.names import did_you_mean
from rushes.recipe.parse import MOST_BYTES, parse_yaml
from rushes.recipe.tree import Branch
from rushes.recipe.upgrade import upgrade
from rushes.resources import shipped_dir

SUFFIXES = (".yaml", ".yml")


def profile_folders(recipe_folder: Path) -> tuple[Path, ...]:
    """Where profiles are looked for: beside the recipe and its folder, here, in the user's data folder, among the shipped."""
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    folders = (
        recipe_folder / "profiles",
        recipe_folder / ".." / "profiles",
        Path("profiles"),
        Path(data) / "rushes" / "profiles",
        shipped_dir("profiles"),
    )
    return tuple(Path(shown(folder)) for folder in folders)


def shown(path: Path | str) -> str:
    """A path as people would write it here: relative if it lies below the working folder."""
    full = os.path.abspath(path)
    here = os.getcwd()
    return os.path.relpath(full, here) if full == here or full.startswith(here + os.sep) else full


class Reader:
    """Reads files and remembers which. Problems go to the list that it is given."""

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems
        self.files: list[str] = []
        self.is_whole = True
        """False once a file could not be read: names that it would have defined are then not unknown."""

    def read(self, path: str, kind: str, layer: str, asked: Place | None = None) -> Branch | None:
        """The file's mapping in the newest form; None, with problems, where there is none."""
        self.files.append(path)
        tree = None
        data = self._bytes(path, kind, asked)
        if data is not None:
            tree, problems = parse_yaml(data, path, layer)
            self._problems.extend(problems)
        if tree is not None:
            tree = upgrade(tree, kind, self._problems)
        self.is_whole = self.is_whole and tree is not None
        return tree

    def _bytes(self, path: str, kind: str, asked: Place | None) -> bytes | None:
        place = asked or Place(path)
        named = f" {path}" if asked else ""
        try:
            with open(path, "rb") as file:
                return file.read(MOST_BYTES + 1)
        except FileNotFoundError:
            what, fix = f"there is no file{named}", self._file_fix(path, kind)
        except IsADirectoryError:
            what, fix = f"{path if asked else 'this'} is a folder, not a {kind} file", self._folder_fix(path)
        except OSError as error:
            what = f"the file{named} cannot be read: {(error.strerror or str(error)).lower()}"
            fix = "check the path and its permissions"
        except ValueError:
            what, fix = "this is not a path", "name a file"
        self._problems.append(Problem(place, what, fix))
        return None

    def _file_fix(self, path: str, kind: str) -> str:
        folder = os.path.dirname(path) or "."
        names = _yaml_files(folder)
        if not names:
            return (
                "check the path" if kind != "recipe" else f"check the path, or use {_or(shipped_recipes())}"
            )
        return did_you_mean(os.path.basename(path), names, kind=f"in {folder}")

    def _folder_fix(self, path: str) -> str:
        names = _yaml_files(path)
        return f"name a file in it: {', '.join(names)}" if names else "name a file"


def find_recipe(name: str) -> str:
    """Path of a recipe given on the command line: the file of that name, else the shipped recipe of that name."""
    if os.path.exists(name) or name.endswith(SUFFIXES) or not name:
        return name
    shipped = shipped_recipe(name)
    return shipped or name


def find_extended(name: str, folder: Path) -> str:
    """Path of what a recipe extends: a path from the recipe's folder, or the name of a shipped recipe."""
    beside = folder / name
    if name.endswith(SUFFIXES):
        return shown(beside)
    for suffix in SUFFIXES:
        if beside.with_name(beside.name + suffix).is_file():
            return shown(beside.with_name(beside.name + suffix))
    return shipped_recipe(name) or shown(beside)


def find_in(folders: Sequence[Path], name: str, file: str) -> str | None:
    """The first folder/name/file that exists."""
    for folder in folders:
        if (folder / name / file).is_file():
            return shown(folder / name / file)
    return None


def profile_names(folders: Iterable[Path]) -> list[str]:
    """Names of the profiles that can be used."""
    names: set[str] = set()
    for folder in folders:
        if folder.is_dir():
            names.update(part.name for part in folder.iterdir() if any(part.glob("*.yaml")) and part.is_dir())
    return sorted(names)


def shipped_recipe(name: str) -> str | None:
    """Path of a shipped recipe, such as beat_reel or base/reel."""
    found = shipped_dir("recipes") / f"{name}.yaml"
    inside = ".." not in Path(name).parts and not os.path.isabs(name)
    return shown(found) if inside and found.is_file() else None


def is_shipped(path: str) -> bool:
    """Whether a recipe file, as it is shown, came with rushes."""
    return Path(path).resolve().is_relative_to(shipped_dir("recipes").resolve())


def shipped_recipes() -> list[str]:
    """Names of the shipped recipes that can be run as they are."""
    return sorted(path.stem for path in shipped_dir("recipes").glob("*.yaml"))


def _yaml_files(folder: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if name.endswith(SUFFIXES))
    except OSError:
        return []


def _or(names: Sequence[str]) -> str:
    return f"a shipped recipe: {', '.join(names)}" if names else "a shipped recipe"
