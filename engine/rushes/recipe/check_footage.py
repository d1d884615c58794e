"""Globs: whether they can match, and whether two that should tell clips apart are the same."""

from __future__ import annotations

from rushes.errors import Problem
from rushes.recipe.facts import Facts
from rushes.recipe.tree import Leaf

_LISTS = (("footage", "include"), ("footage", "exclude"), ("edit", "must_use"), ("edit", "never_use"))


def check_footage(facts: Facts) -> None:
    """Check every glob of a recipe, and that no two values of one metadata column have the same one."""
    for path in _LISTS:
        for leaf in facts.leaves(*path):
            _check_glob(facts, leaf)
    if facts.node("footage", "include") is not None and not facts.leaves("footage", "include"):
        place = facts.place("footage", "include")
        facts.error(place, "footage.include is empty, so no file is a clip", 'write ["**/*"] for all')
    for column in facts.keys("footage", "metadata"):
        _check_column(facts, column)


def _check_column(facts: Facts, column: str) -> None:
    owners: dict[str, str] = {}
    for value in facts.keys("footage", "metadata", column):
        for leaf in facts.leaves("footage", "metadata", column, value):
            _check_glob(facts, leaf)
            glob = str(leaf.value).lower()
            owner = owners.setdefault(glob, value)
            if owner != value:
                what = f"{leaf.value} says {column} is {value}, but it stands for {owner} already"
                facts.error(leaf.place, what, f"take it away from {owner} or from {value}")


def _check_glob(facts: Facts, leaf: Leaf) -> None:
    glob = str(leaf.value)
    fault, fix = glob_fault(glob)
    if fault:
        facts.errors.append(Problem(leaf.place, fault, fix))


def glob_fault(glob: str) -> tuple[str, str]:
    """What is wrong with a glob and how to fix it; ("", "") for a good one."""
    if not glob.strip():
        return "an empty glob matches nothing", 'write a glob such as "*.mp4"'
    if "\\" in glob:
        return f"{glob!r} has a backslash", "divide folders by /"
    if glob.startswith("/") or ".." in glob.split("/"):
        return f"{glob!r} leads out of the footage folder", "write globs below the footage folder"
    opened = glob.find("[")
    if opened >= 0 and "]" not in glob[opened + 2 :]:
        return f"{glob!r} has a [ without its ]", "close it, or write [[] for the character itself"
    return "", ""
