"""What the conditions of constraints say of the shots of a timeline as it stands now.

A plan says of its footage what conditions found there (`seen`: in which column); places are read from the timeline itself.
What nobody looked at is not known.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rushes.recipe.constraint_spec import BEFORE, PLACE_COLUMNS
from rushes.recipe.expression import parse_expression
from rushes.recipe.expression_split import Split, split
from rushes.recipe.expression_tree import Expression, names_in
from rushes.timeline.judge_footage import Takes
from rushes.timeline.tree import Timeline, TimelineClip, TimelineSong

if TYPE_CHECKING:
    import polars as pl

CLIP = "clip"
"""The column that a timeline knows of every shot."""

Column = list[Any] | None
"""A value for every shot; None: that of some shot is not known."""


@dataclass(frozen=True, eq=False)
class Shots:
    """The shots of a timeline before one row of a plan. numbers: what the recipe calls by name. energy_01: quiet and loud
    energy of the part of the song that was used; None: no condition asks."""

    timeline: Timeline
    takes: Takes
    seen: Mapping[str, Sequence[str | Mapping[str, Any]]]
    numbers: Mapping[str, float]
    energy_01: Sequence[float] | None

    @property
    def clips(self) -> tuple[TimelineClip, ...]:
        """In record order."""
        return self.timeline.clips

    def start_s(self, clip: TimelineClip) -> float:
        """Record time."""
        return float(clip.timeline_start_s(self.timeline.rate_fps))

    def length_s(self, clip: TimelineClip) -> float:
        """Of the shot in the edit."""
        return float(clip.duration_s(self.timeline.rate_fps))

    def truth(self, key: str, text: str) -> list[bool] | None:
        """Whether a condition holds of each shot; what is missing does not. None: nobody looked at some of them."""
        found = self._whole(key, text, lambda name: name in PLACE_COLUMNS)
        return None if found is None else [bool(value) for value in found]

    def neighbours(self, text: str) -> list[bool] | None:
        """Whether the condition of `neighbours` holds at each cut."""
        found = self._whole("neighbours", text, lambda name: name.startswith(BEFORE))
        return None if found is None else [bool(value) for value in found[1:]]

    def values(self, key: str, text: str) -> Column:
        """The text, or the truth, that `uses`, `spacing` and `streak` read of each shot."""
        (own,) = split(parse_expression(text), lambda name: name in PLACE_COLUMNS).own
        return self._own(key, 0, own)

    def looks(self) -> Column:
        """Group of look-alikes of each shot."""
        return self._known("look", 0)

    def _whole(self, key: str, text: str, is_other: Any) -> Column:
        import polars as pl

        parts = split(parse_expression(text), is_other)
        columns = dict(self._columns(key, parts))
        if any(column is None for column in columns.values()):
            return None
        # One column at least, so that there are as many rows as shots.
        frame = pl.DataFrame({"row": [0.0] * len(self.clips), **columns}, strict=False)
        return self._computed(parts.whole, frame)

    def _columns(self, key: str, parts: Split) -> Iterator[tuple[str, Column]]:
        for at, own in enumerate(parts.own):
            yield f"own.{at}", self._own(key, at, own)
        for at, other in enumerate(parts.other):
            if key == "neighbours":
                of_shot = self._known("before", at)
                yield f"other.{at}", None if of_shot is None else [None, *of_shot[:-1]]
            else:
                yield f"other.{at}", self._computed(other, self._places)

    def _own(self, key: str, at: int, tree: Expression) -> Column:
        if {name for name, _ in names_in(tree)} - set(self.numbers) <= {CLIP}:
            return self._computed(tree, self._files)
        return self._known(key, at)

    def _known(self, key: str, at: int) -> Column:
        """What the plan says of the takes that the shots lie in."""
        parts = self.seen.get(key, ())
        known = parts[at] if at < len(parts) else {}
        if isinstance(known, str):
            takes = [self.takes.of(clip) for clip in self.clips]
            found = [None if take is None else take[known] for take in takes]
            return None if None in takes else found
        # Plans of before 0.4 say it of each shot, and nothing of what a user chose: that has no terms.
        if any(clip.id not in known or not clip.metadata.terms for clip in self.clips):
            return None
        return [known[clip.id] for clip in self.clips]

    def _computed(self, tree: Expression, frame: pl.DataFrame) -> list[Any]:
        from rushes.score.translate import translate

        found: list[Any] = translate(tree, self.numbers).on(frame).to_list()
        return found

    @cached_property
    def _files(self) -> pl.DataFrame:
        import polars as pl

        return pl.DataFrame({CLIP: [clip.file for clip in self.clips]}, {CLIP: pl.String})

    @cached_property
    def _places(self) -> pl.DataFrame:
        import polars as pl

        total_s = float(self.timeline.duration_s())
        rows = [
            {
                "record_s": (start := self.start_s(clip)),
                "position_01": (start + self.length_s(clip) / 2) / total_s,
                "length_s": self.length_s(clip),
                "energy_01": self._energy(start, start + self.length_s(clip)),
                "section": self._section(start),
            }
            for clip in self.clips
        ]
        types = {
            name: pl.String if facts.type == "text" else pl.Float64 for name, facts in PLACE_COLUMNS.items()
        }
        return pl.DataFrame(rows, types)

    def _section(self, record_s: float) -> str | None:
        """Label of the section that a shot begins in; one that begins within half a beat has begun."""
        song = self.timeline.song
        if song is None:
            return None
        beat_s = 60.0 / song.bpm if song.bpm > 0 and len(song.beats) > 1 else 0.0
        at_s = song.start_s + record_s + 0.5 * beat_s
        begun = [part.label for part in song.sections if part.start_s <= at_s + 1e-6]
        return begun[-1] if begun else None

    def _energy(self, start_s: float, end_s: float) -> float | None:
        """Energy under a shot between the quiet and the loud of the song."""
        return loud_01(self.timeline.song, self.energy_01, start_s, end_s)


def loud_01(
    song: TimelineSong | None, energy_01: Sequence[float] | None, start_s: float, end_s: float
) -> float | None:
    """Energy under a range of record time between the quiet and the loud of a song; None: not known."""
    if song is None or energy_01 is None:
        return None
    mean = mean_energy(song.energy_times, song.energy_curve, song.start_s + start_s, song.start_s + end_s)
    quiet, loud = energy_01
    return min(1.0, max(0.0, (mean - quiet) / (loud - quiet)))


def mean_energy(times_s: Sequence[float], energy_01: Sequence[float], start_s: float, end_s: float) -> float:
    """Mean of a curve of steps, each of which lasts until the next begins, over a range."""
    if not times_s:
        return 0.0
    parts = [
        (max(0.0, min(end_s, end) - max(start_s, begin)), value)
        for begin, end, value in zip(times_s, (*times_s[1:], math.inf), energy_01, strict=True)
    ]
    total = math.fsum(length for length, _ in parts)
    return math.fsum(length * value for length, value in parts) / total if total > 0 else energy_01[0]
