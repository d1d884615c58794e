"""The fades of a recipe, as the timeline has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from rushes.recipe.transition_spec import FadesSpec
from rushes.timeline.fades import fade_frames
from rushes.timeline.tree import Fades, Timeline
from rushes.units import seconds_to_frames


def with_fades(timeline: Timeline, spec: FadesSpec) -> tuple[Timeline, tuple[str, ...]]:
    """The timeline with the fades of a recipe and no others, and what is to be said of those that are shorter than asked."""
    opens, closes = (
        seconds_to_frames(Fraction(str(length_s)), timeline.rate_fps) for length_s in (spec.in_s, spec.out_s)
    )
    made = replace(timeline, fades=Fades(in_frames=opens, out_frames=closes))
    return made, tuple(_shorter(made))


def _shorter(timeline: Timeline) -> Iterator[str]:
    asked = (timeline.fades.in_frames, timeline.fades.out_frames)
    ways = ("opens from black", "first"), ("ends in black", "last")
    for (says, which), wanted, shown in zip(ways, asked, fade_frames(timeline), strict=True):
        if shown < wanted:
            over, instead = (f"{float(frames / timeline.rate_fps):.2f} s" for frames in (shown, wanted))
            yield f"the edit {says} over {over} instead of {instead}: its {which} shot is seen alone no longer"
