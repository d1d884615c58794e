"""How long a shot can be at most: where `segments.max_s` divides the footage, no take is as long as `edit.max_shot_s`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from rushes.edit.footage import Footage
    from rushes.recipe.spec import EditSpec

_NEARLY_S = 1e-3
_ROOM_S = 0.05
"""Shorter differences are not worth a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LongestTake:
    """shot_s: the longest shot that a take holds between its handles. is_divided: there are longer takes, which
    segments.max_s divides. max_s: a value of that with which an edit was found; None: none was, or it is not the reason."""

    shot_s: float
    is_divided: bool = False
    max_s: float | None = None

    def lengths(self, edit: EditSpec) -> str:
        """How long shots are, in words."""
        if not self.is_divided:
            return f"shots of {edit.min_shot_s:g} to {edit.max_shot_s:g} s"
        why = f"edit.max_shot_s is {edit.max_shot_s:g} s, but segments.max_s divides longer takes"
        return f"shots of {edit.min_shot_s:g} to {self.shot_s:g} s ({why})"

    def too_short(self, edit: EditSpec) -> str:
        """Why there is not one shot, in words."""
        what = f"no take is as long as {edit.min_shot_s:g} s (edit.min_shot_s): the longest has {self.shot_s:g} s"
        what += f" between handles of {edit.handle_s:g} s" if edit.handle_s else ""
        return f"{what}, as segments.max_s divides longer ones" if self.is_divided else what

    def fixes(self) -> Iterator[str]:
        """What of the recipe's segments would help."""
        if self.max_s is not None:
            yield f"--set segments.max_s={self.max_s:g}"


def longest_take(
    footage: Footage, segments: pl.DataFrame, edit: EditSpec, holds: Callable[[pl.DataFrame], bool]
) -> LongestTake:
    """Which shots footage holds at most. holds: whether an edit is found with segments that are divided otherwise.

    segments: clip, shot_index, start_s, end_s, rejected, in seconds of the clip.
    """
    handles_s = 2 * edit.handle_s
    longest_s = max((piece.end_s - piece.start_s for piece in footage.pieces), default=0.0)
    shot_s = math.floor(100 * max(0.0, longest_s - handles_s) + 1e-6) / 100
    whole_s = max((_length_s(shot) for shot in _shots(segments) if not any(_rejected(shot))), default=0.0)
    # Where segments are as long as shots may be, their handles alone are nobody's trouble.
    is_divided = longest_s < edit.max_shot_s - _ROOM_S and whole_s > longest_s + _ROOM_S
    if not is_divided or edit.max_uses_per_clip == 1:
        # Where a clip is used once, its segments make one take again.
        return LongestTake(shot_s=shot_s)
    tried = dict.fromkeys((_rounded_up(edit.max_shot_s + handles_s), _rounded_up(whole_s)))
    found = (
        max_s for max_s in tried if longest_s < max_s <= _MOST_S and holds(divided_again(segments, max_s))
    )
    return LongestTake(shot_s=shot_s, is_divided=True, max_s=next(found, None))


_MOST_S = 3600.0
"""Of segments.max_s."""


def _rounded_up(seconds: float) -> float:
    return math.ceil(2 * seconds - 1e-6) / 2


def divided_again(segments: pl.DataFrame, max_s: float) -> pl.DataFrame:
    """Segments as a larger segments.max_s would divide them: what is known of each is what was known of its middle."""
    import polars as pl

    rows = [row for shot in _shots(segments) for row in _parts(shot, max_s)]
    return pl.DataFrame(rows, schema=segments.schema)


def _shots(segments: pl.DataFrame) -> Iterator[list[dict[str, Any]]]:
    """Rows of each shot of each clip, as far as they follow each other without a hole."""
    rows = segments.sort("clip", "start_s", "segment").to_dicts()
    shot: list[dict[str, Any]] = []
    for row in rows:
        before = shot[-1] if shot else row
        is_same = (before["clip"], before["shot_index"]) == (row["clip"], row["shot_index"])
        if shot and not (is_same and abs(before["end_s"] - row["start_s"]) < _NEARLY_S):
            yield shot
            shot = []
        shot.append(row)
    if shot:
        yield shot


def _length_s(shot: list[dict[str, Any]]) -> float:
    return float(shot[-1]["end_s"] - shot[0]["start_s"])


def _rejected(shot: list[dict[str, Any]]) -> Iterator[bool]:
    return (bool(row.get("rejected")) for row in shot)


def _parts(shot: list[dict[str, Any]], max_s: float) -> list[dict[str, Any]]:
    count = math.ceil(_length_s(shot) / max_s - 1e-6)
    if count >= len(shot):
        return shot
    start_s, part_s = shot[0]["start_s"], _length_s(shot) / count
    edges = [start_s + at * part_s for at in range(count)]
    return [
        {**_at(shot, edge_s + part_s / 2), "start_s": edge_s, "end_s": edge_s + part_s} for edge_s in edges
    ]


def _at(shot: list[dict[str, Any]], at_s: float) -> dict[str, Any]:
    return next(row for row in shot if at_s < row["end_s"] + _NEARLY_S)
