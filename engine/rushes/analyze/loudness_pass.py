"""EBU R 128 loudness while a clip streams past, by libavfilter's ebur128."""

from __future__ import annotations

import math
from collections.abc import Mapping

import av.filter
import numpy as np
import polars as pl
from av.audio.frame import AudioFrame
from av.error import BlockingIOError as NothingYet
from av.error import EOFError as Ended
from av.filter.context import FilterContext
from numpy.typing import NDArray

from rushes.analyze.loudness import Params
from rushes.analyze.spec import Picture, Seen, SoundBlock
from rushes.media.info import MediaInfo

_LAYOUTS = {1: "mono", 2: "stereo", 3: "2.1", 4: "4.0", 6: "5.1", 8: "7.1"}
_HOP_S = 0.1
_WINDOW_S = 0.4
_FLOOR_DB = -120.0


def start(params: Params, info: MediaInfo) -> LoudnessMeter:
    """A meter for one clip."""
    return LoudnessMeter(params)


class LoudnessMeter:
    """Keeps one number each tenth of a second, and what the filter keeps: histograms of fixed size."""

    def __init__(self, params: Params) -> None:
        self._params = params
        self._graph: av.filter.Graph | None = None
        self._source: FilterContext | None = None
        self._sink: FilterContext | None = None
        self._begin_s = 0.0
        self._channels = 0
        self._hops = 0
        self._momentary: list[tuple[float, float]] = []
        self._last: dict[str, str] = {}

    def update(self, picture: Picture) -> None:
        """Pictures make no sound."""

    def hear(self, block: SoundBlock) -> None:
        """Measure one block."""
        channels = block.samples.shape[1]
        if self._source is None:
            self._begin_s = block.t_s
            self._channels = channels if channels in _LAYOUTS else 2
            self._open(_LAYOUTS[self._channels], block.rate_hz)
        # Broadcast streams change from mono to stereo on the way: the first layout stays, a missing channel is doubled.
        taken = [min(channel, channels - 1) for channel in range(self._channels)]
        samples: NDArray[np.float32] = np.ascontiguousarray(block.samples[:, taken].T)
        frame = AudioFrame.from_ndarray(samples, format="fltp", layout=_LAYOUTS[self._channels])
        frame.sample_rate = block.rate_hz
        assert self._source is not None
        self._source.push(frame)
        self._read()

    def finish(self, seen: Seen) -> Mapping[str, pl.DataFrame]:
        """`clip` (one row, nulls without sound) and `samples` (a row each tenth of a second)."""
        if self._source is not None:
            self._source.push(None)
            self._read()
        rows = self._momentary
        levels = [level for _, level in rows]
        silent = sum(level < self._params.silence_lufs for level in levels)
        peak = self._number("true_peak")
        clip = {
            "integrated_lufs": self._number("I"),
            "true_peak_db": None if peak is None else _to_db(peak),
            "loudness_range_lu": self._number("LRA"),
            "silence_share_01": silent / len(levels) if levels else None,
        }
        return {
            "clip": pl.DataFrame([clip], schema=dict.fromkeys(clip, pl.Float64)),
            "samples": pl.DataFrame(
                rows, schema={"t_s": pl.Float64, "momentary_lufs": pl.Float64}, orient="row"
            ),
        }

    def _open(self, layout: str, rate_hz: int) -> None:
        graph = av.filter.Graph()
        source = graph.add_abuffer(sample_rate=rate_hz, format="fltp", layout=layout)
        meter = graph.add("ebur128", metadata="1", peak="true")
        sink = graph.add("abuffersink")
        graph.link_nodes(source, meter, sink).configure()
        self._graph, self._source, self._sink = graph, source, sink

    def _read(self) -> None:
        """Take what the filter has measured: a frame for each hop, its numbers in the metadata."""
        assert self._sink is not None
        while True:
            try:
                measured = self._sink.pull()
            except (NothingYet, Ended):
                return
            if "lavfi.r128.M" not in measured.metadata:
                # The rest after the last whole hop is passed on unmeasured.
                return
            self._last = measured.metadata
            self._hops += 1
            end_s = self._hops * _HOP_S
            if end_s > _WINDOW_S - _HOP_S / 2:
                level = self._number("M")
                if level is not None:
                    self._momentary.append((round(self._begin_s + end_s - _WINDOW_S / 2, 6), level))

    def _number(self, name: str) -> float | None:
        text = self._last.get(f"lavfi.r128.{name}")
        if text is None:
            return None
        value = float(text)
        return max(value, _FLOOR_DB) if math.isfinite(value) else _FLOOR_DB


def _to_db(linear: float) -> float:
    return max(_FLOOR_DB, 20 * math.log10(linear)) if linear > 0 else _FLOOR_DB
