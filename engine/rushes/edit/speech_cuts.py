"""Where somebody speaks in the footage, and which cuts fall into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from rushes.edit.problem import Bools, Floats
from rushes.timeline.judge_footage import SPEECH_EDGE_S


@dataclass(frozen=True, slots=True, eq=False)
class Speech:
    """Stretches of speech of all clips on one line, (stretches,) each: seconds, ascending, without overlap."""

    start_s: Floats
    end_s: Floats

    def inside(self, at_s: Floats) -> Bools:
        """Whether moments lie in a stretch, by more than SPEECH_EDGE_S."""
        if len(self.start_s) == 0:
            return np.zeros(at_s.shape, dtype=bool)
        stretch = np.searchsorted(self.start_s, at_s - SPEECH_EDGE_S, side="left") - 1
        found: Bools = (stretch >= 0) & (at_s + SPEECH_EDGE_S < self.end_s[np.maximum(stretch, 0)])
        return found

    def cut_by(self, start_s: Floats, length_s: Floats | float) -> Bools:
        """Whether shots begin or end in speech. start_s: of the first picture, on the line."""
        return self.inside(start_s) | self.inside(start_s + length_s)


def speech_of(clips: pl.DataFrame, first_s: Mapping[str, float]) -> Speech | None:
    """None where nobody listened. clips: clip, speech_segments; first_s: where on the line each clip begins."""
    if "speech_segments" not in clips.columns or clips["speech_segments"].dtype == pl.Null:
        return None
    if clips["speech_segments"].is_null().all():
        return None
    found = [
        (first_s[clip] + part["start_s"], first_s[clip] + part["end_s"])
        for clip, parts in clips.select("clip", "speech_segments").sort("clip").iter_rows()
        for part in parts or ()
    ]
    spans = np.array(sorted(found), dtype=np.float64).reshape(-1, 2)
    return Speech(spans[:, 0], spans[:, 1])
