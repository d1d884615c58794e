"""All analyzers of one clip: those fed from its one decode, and those that read what others wrote."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from rushes.analyze.spec import (
    Accumulator,
    Analyzer,
    ClipFacts,
    Picture,
    SoundBlock,
    TablesByAnalyzer,
)
from rushes.media.decode import decode_pass
from rushes.media.info import MediaInfo
from rushes.media.wishes import Seen
from rushes.models.session import Models

if TYPE_CHECKING:
    import polars as pl

_NO_MODELS: Mapping[str, Models] = MappingProxyType({})
_BURST_BYTES = 3_000_000
"""Of pictures that wait: about a second and a half of what the analyzers here ask for."""


def analyze_clip(
    info: MediaInfo,
    wanted: Mapping[str, tuple[Analyzer, Any]],
    models: Mapping[str, Models] = _NO_MODELS,
) -> Mapping[str, Mapping[str, pl.DataFrame]]:
    """Tables of every wanted analyzer by its name: `clip`, `samples` where it writes per-sample columns, and others.

    wanted: name -> (analyzer, its parameters). What one analyzer gives does not depend on which others are wanted.
    models: name of the analyzer -> the models that it may use.
    Raises MediaError where the clip cannot be decoded, ModelError where a model cannot be used.
    """
    return analyze_seen_clip(info, wanted, models)[0]


def analyze_seen_clip(
    info: MediaInfo,
    wanted: Mapping[str, tuple[Analyzer, Any]],
    models: Mapping[str, Models] = _NO_MODELS,
) -> tuple[Mapping[str, Mapping[str, pl.DataFrame]], Seen]:
    """As analyze_clip, with what the decode found out about the clip itself."""
    running: dict[str, Accumulator] = {
        name: _started(analyzer, params, info, models.get(name))
        for name, (analyzer, params) in wanted.items()
    }
    requests = {name: analyzer.wishes(params) for name, (analyzer, params) in wanted.items()}

    bursts = _Bursts(running)

    def sound(name: str, block: SoundBlock) -> None:
        running[name].hear(block)

    seen = decode_pass(info, requests, bursts.show, sound)
    bursts.flush()
    return {name: accumulator.finish(seen) for name, accumulator in running.items()}, seen


def derive_tables(
    analyzer: Analyzer, params: Any, facts: ClipFacts, tables: TablesByAnalyzer, models: Models
) -> Mapping[str, pl.DataFrame]:
    """Tables of an analyzer of source "tables", from those of the analyzers that it reads. Opens no media."""
    read = {name: tables[name] for name in (*analyzer.reads, *analyzer.may_read) if name in tables}
    written: Mapping[str, pl.DataFrame] = load_function(analyzer.start)(params, facts, read, models)
    return written


def _started(analyzer: Analyzer, params: Any, info: MediaInfo, models: Models | None) -> Accumulator:
    start = load_function(analyzer.start)
    accumulator: Accumulator = start(params, info) if models is None else start(params, info, models)
    return accumulator


class _Bursts:
    """Shows pictures some dozens at a time, analyzer by analyzer.

    Between two frames the decoder sweeps code and data of the analyzers out of the processor's caches: shown one by
    one, pictures of a few kilobytes cost three times as much.
    """

    def __init__(self, running: Mapping[str, Accumulator]) -> None:
        self._running = running
        self._waiting: dict[str, list[Picture]] = {name: [] for name in running}
        self._bytes = 0

    def show(self, name: str, picture: Picture) -> None:
        """Keep one picture for later: its memory belongs to its array and stays as long as that."""
        self._waiting[name].append(picture)
        self._bytes += picture.pixels.nbytes
        if self._bytes > _BURST_BYTES:
            self.flush()

    def flush(self) -> None:
        """Show what waits."""
        for name, pictures in self._waiting.items():
            for picture in pictures:
                self._running[name].update(picture)
            pictures.clear()
        self._bytes = 0


def load_function(reference: str) -> Any:
    """The function that "module:function" names."""
    module, _, name = reference.partition(":")
    return getattr(import_module(module), name)
