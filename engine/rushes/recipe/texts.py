"""The docstrings of fields: what schemas and the reference say about a key. Reads source, so only generators use it."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from itertools import pairwise
from typing import Any

_LISTED = re.compile(r"(?:^|(?<=[.!?)] ))((?:[a-z][a-z0-9_]*)(?:, [a-z][a-z0-9_]*)*): ")


def field_texts(kind: type[Any]) -> Mapping[str, str]:
    """What the docstrings under the fields of a dataclass say, by field; "" is the docstring of the class.

    A field without a docstring of its own takes what the class says of it, at the beginning or after a sentence:
    "sample_hz: pictures a second. a, b: ...".
    """
    about = _one_line(inspect.getdoc(kind) or "")
    names = {field.name for field in fields(kind)}
    listed, head = _listed(about, names)
    tree = _parsed(inspect.getsource(inspect.getmodule(kind) or kind))
    body = next(
        node.body for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == kind.__name__
    )
    found = dict(listed)
    for node, after in pairwise(body):
        text = _text_of(after)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and text:
            found[node.target.id] = text
    return {"": head, **found}


@cache
def _parsed(source: str) -> ast.Module:
    """One module holds many dataclasses."""
    return ast.parse(source)


def _listed(about: str, names: set[str]) -> tuple[dict[str, str], str]:
    """Texts of the fields that a class docstring lists, and what stands before the list."""
    marks = [mark for mark in _LISTED.finditer(about) if set(mark[1].split(", ")) <= names]
    ends = [mark.start() for mark in marks[1:]] + [len(about)]
    found: dict[str, str] = {}
    for mark, end in zip(marks, ends, strict=False):
        text = about[mark.end() : end].strip()
        begin = text if "_" in text.partition(" ")[0] else text[:1].upper() + text[1:]
        found.update({name: begin for name in mark[1].split(", ")})
    return found, about[: marks[0].start()].strip() if marks else about


def _text_of(node: ast.stmt) -> str:
    """The text of a statement that is only a text."""
    value = node.value if isinstance(node, ast.Expr) else None
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return _one_line(value.value)
    return ""


def _one_line(text: str) -> str:
    return " ".join(text.split())
