"""What a plan says of its footage, asked for the shots of a timeline as they stand: which take a shot lies in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rushes.timeline.tree import Timeline, TimelineClip

CLIP, START, END = "clip", "start_s", "end_s"
SPEECH_EDGE_S = 0.1
"""A cut may fall so far into a stretch of speech: its ends are not known better."""
FACTS = {
    "motion_intensity": "motion_flow_score",
    "visual_quality": "visual_quality_01",
    "color_variance": "color_variance_01",
}
"""What the timeline calls a fact of a take, and what the footage does."""


@dataclass(frozen=True, eq=False)
class Takes:
    """The takes that a plan knows: unbroken runs of clips that look alike, to its constraints too."""

    timeline: Timeline

    @cached_property
    def _known(self) -> Mapping[str, Any]:
        return self.timeline.ai_reasoning.for_edits or {}

    @property
    def are_known(self) -> bool:
        """False: the plan is of an earlier version, or of an edit of talk, in which nothing is chosen."""
        return "takes" in self._known

    @cached_property
    def _of_clip(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        columns = self._known.get("columns", ())
        found: dict[str, list[Mapping[str, Any]]] = {}
        for values in self._known.get("takes", ()):
            take = dict(zip(columns, values, strict=True))
            found.setdefault(take[CLIP], []).append(take)
        return found

    def of(self, clip: TimelineClip) -> Mapping[str, Any] | None:
        """The take of a shot, by column: the one that its middle lies in, else the one that it shows most of. None: nobody
        measured it."""
        return self.at(clip.file, *self._range_s(clip))

    def _range_s(self, clip: TimelineClip) -> tuple[float, float]:
        return float(clip.source_start_s()), float(clip.source_end_s(self.timeline.rate_fps))

    def at(self, file: str, start_s: float, end_s: float) -> Mapping[str, Any] | None:
        """The take that a range of a file lies in, as `of` says it."""
        middle_s = (start_s + end_s) / 2
        takes = self._of_clip.get(file, ())
        shown = [
            (take[START] <= middle_s < take[END], min(end_s, take[END]) - max(start_s, take[START]))
            for take in takes
        ]
        best = max(range(len(takes)), key=lambda at: (*shown[at], -at), default=-1)
        return takes[best] if best >= 0 and shown[best][1] > 0 else None

    def speech_s(self, file: str) -> Sequence[Sequence[float]] | None:
        """Where somebody speaks in a file; None: nobody listened to it."""
        found: Mapping[str, Sequence[Sequence[float]]] = self._known.get("speech") or {}
        return found.get(file)

    @property
    def were_heard(self) -> bool:
        """Whether somebody listened for speech at all."""
        return self._known.get("speech") is not None
