"""Where the characters of a YAML scalar stand in its file."""

from __future__ import annotations

from typing import Any


def source_starts(text: str, event: Any) -> tuple[tuple[int, int, int], ...]:
    """(offset in the value, line, column) of each source line of a scalar, lines and columns from 1.

    text: the file. () where escapes, blank lines or indented parts keep the characters from standing there as they are.
    """
    start, end, value = event.start_mark, event.end_mark, event.value
    source: str = text[start.index : end.index]
    pieces = source.split("\n")
    if event.style in ("'", '"'):
        inside = source[1:-1]
        return ((0, start.line + 1, start.column + 2),) if inside == value else ()
    if event.style in ("|", ">"):
        return _joined(pieces[1:], start.line + 2, 0, value)
    return _joined(pieces, start.line + 1, start.column, value)


def _joined(pieces: list[str], line: int, column: int, value: str) -> tuple[tuple[int, int, int], ...]:
    while pieces and not pieces[-1].strip():
        pieces = pieces[:-1]
    offset = 0
    starts: list[tuple[int, int, int]] = []
    bare = value.rstrip("\n")
    for index, piece in enumerate(pieces):
        content = piece.strip()
        indent = len(piece) - len(piece.lstrip()) + (column if index == 0 else 0)
        if not content or not bare.startswith(content, offset):
            return ()
        starts.append((offset, line + index, indent + 1))
        offset += len(content) + 1
    return tuple(starts) if offset == len(bare) + 1 else ()
