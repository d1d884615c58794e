"""All analyzers of one clip, fed from one decode."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from rushes.analyze.spec import Accumulator, Analyzer, Picture, SoundBlock
from rushes.media.decode import decode_pass
from rushes.media.info import MediaInfo
from rushes.media.wishes import Seen

if TYPE_CHECKING:
    import polars as pl


def analyze_clip(
    info: MediaInfo, wanted: Mapping[str, tuple[Analyzer, Any]]
) -> Mapping[str, Mapping[str, pl.DataFrame]]:
    """Tables of every wanted analyzer by its name: `clip`, `samples` where it writes per-sample columns, and others.

    wanted: name -> (analyzer, its parameters). What one analyzer gives does not depend on which others are wanted.
    Raises MediaError where the clip cannot be decoded.
    """
    return analyze_seen_clip(info, wanted)[0]


def analyze_seen_clip(
    info: MediaInfo, wanted: Mapping[str, tuple[Analyzer, Any]]
) -> tuple[Mapping[str, Mapping[str, pl.DataFrame]], Seen]:
    """As analyze_clip, with what the decode found out about the clip itself."""
    running: dict[str, Accumulator] = {
        name: load_function(analyzer.start)(params, info) for name, (analyzer, params) in wanted.items()
    }
    requests = {name: analyzer.wishes(params) for name, (analyzer, params) in wanted.items()}

    def show(name: str, picture: Picture) -> None:
        running[name].update(picture)

    def sound(name: str, block: SoundBlock) -> None:
        running[name].hear(block)

    seen = decode_pass(info, requests, show, sound)
    return {name: accumulator.finish(seen) for name, accumulator in running.items()}, seen


def load_function(reference: str) -> Any:
    """The function that "module:function" names."""
    module, _, name = reference.partition(":")
    return getattr(import_module(module), name)
