"""All analyzers of one clip: those fed from its one decode, and those that read what others wrote."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
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
from rushes.errors import InferenceError, MediaError, RushesError
from rushes.media.decode import decode_pass
from rushes.media.info import MediaInfo
from rushes.media.wishes import Seen, Wishes
from rushes.models.session import Models

if TYPE_CHECKING:
    import polars as pl

_NO_MODELS: Mapping[str, Models] = MappingProxyType({})
_BURST_BYTES = 3_000_000
"""Of pictures that wait: about a second and a half of what the analyzers here ask for."""


class AnalyzersBroke(Exception):
    """Some analyzers of a clip raised what they must not. tables: of the others, which went on. raised: by analyzer."""

    def __init__(
        self,
        tables: Mapping[str, Mapping[str, pl.DataFrame]],
        seen: Seen,
        raised: Mapping[str, Exception],
    ) -> None:
        super().__init__(", ".join(raised))
        self.tables = tables
        self.seen = seen
        self.raised = raised

    @property
    def first(self) -> Exception:
        """What the first of them raised."""
        return next(iter(self.raised.values()))


@contextmanager
def guarded(name: str, raised: dict[str, Exception]) -> Generator[None]:
    """A step of one analyzer on one clip: what it raises goes into `raised`, and whoever comes after it goes on.

    What is not about this clip still ends everything: no memory left, a model that cannot be used at all.
    """
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        # One analyzer's bug, whatever it is, must not cost the others their clip.
        if isinstance(error, RushesError) and not isinstance(error, (MediaError, InferenceError)):
            raise
        raised[name] = error


def analyze_clip(
    info: MediaInfo,
    wanted: Mapping[str, tuple[Analyzer, Any]],
    models: Mapping[str, Models] = _NO_MODELS,
) -> Mapping[str, Mapping[str, pl.DataFrame]]:
    """Tables of every wanted analyzer by its name: `clip`, `samples` where it writes per-sample columns, and others.

    wanted: name -> (analyzer, its parameters). What one analyzer gives does not depend on which others are wanted.
    models: name of the analyzer -> the models that it may use.
    Raises MediaError where the clip cannot be decoded, ModelError where a model cannot be used, and what the first
    analyzer raises that breaks.
    """
    try:
        return analyze_seen_clip(info, wanted, models)[0]
    except AnalyzersBroke as broke:
        raise broke.first from None


def analyze_seen_clip(
    info: MediaInfo,
    wanted: Mapping[str, tuple[Analyzer, Any]],
    models: Mapping[str, Models] = _NO_MODELS,
) -> tuple[Mapping[str, Mapping[str, pl.DataFrame]], Seen]:
    """As analyze_clip, with what the decode found out about the clip itself.

    An analyzer that breaks does not stop the others: at the end, AnalyzersBroke has what they found.
    """
    running: dict[str, Accumulator] = {}
    raised: dict[str, Exception] = {}
    for name, (analyzer, params) in wanted.items():
        with guarded(name, raised):
            running[name] = _started(analyzer, params, info, models.get(name))
    requests = {name: analyzer.wishes(params) for name, (analyzer, params) in wanted.items()}

    bursts = _Bursts(running, raised)

    def sound(name: str, block: SoundBlock) -> None:
        if name not in raised:
            with guarded(name, raised):
                running[name].hear(block)

    seen = decode_pass(info, requests, bursts.show, sound)
    bursts.flush()
    tables: dict[str, Mapping[str, pl.DataFrame]] = {}
    for name, accumulator in running.items():
        if name not in raised:
            with guarded(name, raised):
                tables[name] = accumulator.finish(seen_by(requests[name], seen))
    if raised:
        raise AnalyzersBroke(tables, seen, raised)
    return tables, seen


def seen_by(wishes: Wishes, seen: Seen) -> Seen:
    """What the decode found out, as one who asked for this is told: nothing that hangs on what others asked for."""
    if not wishes.pictures:
        seen = seen.by_ear()
    return seen if wishes.sound is not None else seen.by_eye()


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

    def __init__(self, running: Mapping[str, Accumulator], raised: dict[str, Exception]) -> None:
        self._running = running
        self._raised = raised
        self._waiting: dict[str, list[Picture]] = {name: [] for name in running}
        self._bytes = 0

    def show(self, name: str, picture: Picture) -> None:
        """Keep one picture for later: its memory belongs to its array and stays as long as that."""
        if name in self._raised:
            return
        self._waiting[name].append(picture)
        self._bytes += picture.pixels.nbytes
        if self._bytes > _BURST_BYTES:
            self.flush()

    def flush(self) -> None:
        """Show what waits."""
        for name, pictures in self._waiting.items():
            if name not in self._raised:
                with guarded(name, self._raised):
                    for picture in pictures:
                        self._running[name].update(picture)
            pictures.clear()
        self._bytes = 0


def load_function(reference: str) -> Any:
    """The function that "module:function" names."""
    module, _, name = reference.partition(":")
    return getattr(import_module(module), name)
