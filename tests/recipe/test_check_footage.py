"""Globs and metadata of footage that cannot be followed are told where they stand."""

from __future__ import annotations

import pytest
from recipe_samples import GOOD, Folder, marked


@pytest.mark.parametrize(
    ("line", "what", "fix"),
    [
        (
            "footage: {include: §[]}",
            "footage.include is empty, so no file is a clip",
            'write ["**/*"] for all',
        ),
        (
            "footage: {include: §'[a'}",
            "'[a' has a [ without its ]",
            "close it, or write [[] for the character itself",
        ),
        ("footage: {exclude: [a, §'']}", "an empty glob matches nothing", 'write a glob such as "*.mp4"'),
        ("footage: {exclude: §'a\\b'}", "'a\\\\b' has a backslash", "divide folders by /"),
        (
            "footage: {exclude: §../a}",
            "'../a' leads out of the footage folder",
            "write globs below the footage folder",
        ),
        (
            "footage: {metadata: {angle: {front: [a*, b*], side: §A*}}}",
            "A* says angle is side, but it stands for front already",
            "take it away from front or from side",
        ),
        (
            "footage: {metadata: {§shake_01: {x: y}}}",
            "there is a column shake_01 already",
            "choose another name",
        ),
    ],
)
def test_footage_that_cannot_be_found_so_is_told_where_it_stands(
    folder: Folder, line: str, what: str, fix: str
) -> None:
    text, place = marked(f"{GOOD}{line}\n")
    assert folder.problems(text) == f"{place}: {what}\n    fix: {fix}"
