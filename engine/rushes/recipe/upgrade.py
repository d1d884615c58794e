"""Older versions of our files are read through steps: each turns a file of one version into the next one's form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from rushes.errors import Place, Problem
from rushes.recipe.tree import Branch, Leaf

Step = Callable[[Branch], Branch]
Steps = Mapping[int, Step]
"""Step n reads version n and gives version n + 1. Places stay those of the file."""

NEWEST: Mapping[str, int] = {"recipe": 1, "profile": 1, "style": 1}
UPGRADES: Mapping[str, Steps] = {"recipe": {}, "profile": {}, "style": {}}

_FORM = re.compile(r"rushes/([a-z]+)@([0-9]+)")


def kind_of(tree: Branch) -> str | None:
    """ "recipe", "profile" or "style", as the file says itself; None for anything else."""
    node = tree.get("schema")
    match = _FORM.fullmatch(node.value) if isinstance(node, Leaf) and isinstance(node.value, str) else None
    return match[1] if match and match[1] in NEWEST else None


def upgrade(
    tree: Branch,
    kind: str,
    problems: list[Problem],
    *,
    newest: int | None = None,
    steps: Steps | None = None,
) -> Branch | None:
    """The file in the newest form without its `schema` key; None, and a problem, where it is not of this kind.

    kind: "recipe", "profile" or "style".
    """
    newest = NEWEST[kind] if newest is None else newest
    steps = UPGRADES[kind] if steps is None else steps
    wanted = f"rushes/{kind}@{newest}"
    node = tree.get("schema")
    if node is None:
        what = "the file does not say its schema"
        problems.append(Problem(Place(tree.place.path, 1, 1), what, f"begin with: schema: {wanted}"))
        return None
    said = node.value if isinstance(node, Leaf) else None
    match = _FORM.fullmatch(said) if isinstance(said, str) else None
    if match is None or match[1] != kind:
        shown = said if isinstance(said, str) else "no text"
        problems.append(
            Problem(node.place, f"the schema is {shown}, not {wanted}", f"write schema: {wanted}")
        )
        return None
    version = int(match[2])
    if version > newest:
        what = f"the file is of version {version}; this rushes reads {kind} files up to version {newest}"
        problems.append(Problem(node.place, what, f"update rushes, or write the {kind} as {wanted}"))
        return None
    if version < newest and any(step not in steps for step in range(version, newest)):
        what = f"version {version} of {kind} files is not known"
        problems.append(Problem(node.place, what, f"write the {kind} as {wanted}"))
        return None
    for step in range(version, newest):
        tree = steps[step](tree)
    return tree.without("schema")
