"""Rewrites a file of an older version in the newest one."""

from __future__ import annotations

import os
import tempfile

from rushes.errors import Place, Problem, RecipeError
from rushes.recipe.parse import parse_yaml
from rushes.recipe.tree import Branch, Leaf, to_plain
from rushes.recipe.upgrade import NEWEST, UPGRADES, Steps, kind_of, upgrade
from rushes.recipe.yaml_text import yaml_lines


def upgrade_file(path: str, *, newest: int | None = None, steps: Steps | None = None) -> str:
    """Rewrite one recipe, profile or style; returns what was done. Raises RecipeError for a file that is none of them.

    The comments at the head of the file are kept, others are not: they could not be placed.
    newest, steps: another history of versions than ours.
    """
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        what = f"the file cannot be read: {(error.strerror or str(error)).lower()}"
        raise RecipeError(Problem(Place(path), what, "check the path and its permissions")) from None
    tree, problems = parse_yaml(data, path, "recipe")
    kind = kind_of(tree) if tree else None
    if tree is None or problems or kind is None:
        what = "the file does not say which schema it has"
        fix = f"begin with one of: {', '.join(f'schema: rushes/{name}@{NEWEST[name]}' for name in NEWEST)}"
        raise RecipeError(problems or [Problem(Place(path), what, fix)])
    newest = NEWEST[kind] if newest is None else newest
    newer = upgrade(tree, kind, problems, newest=newest, steps=UPGRADES[kind] if steps is None else steps)
    if newer is None:
        raise RecipeError(problems)
    wanted = f"rushes/{kind}@{newest}"
    if _schema(tree) == wanted:
        return "up to date"
    lines = [*_head_comments(data.decode("utf-8-sig")), f"schema: {wanted}"]
    lines += [line for _, line in yaml_lines(to_plain(newer))]
    _replace(path, "\n".join(lines) + "\n")
    return f"rewritten as {wanted}"


def _schema(tree: Branch) -> object:
    node = tree.get("schema")
    return node.value if isinstance(node, Leaf) else None


def _head_comments(text: str) -> list[str]:
    found: list[str] = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        found.append(line)
    return found


def _replace(path: str, text: str) -> None:
    """The old file is whole until the new one is."""
    folder = os.path.dirname(os.path.abspath(path))
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".rushes-", suffix=".yaml")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(temporary, os.stat(path).st_mode)
    os.replace(temporary, path)
