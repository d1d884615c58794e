"""A run whose sections can be made anew in a moment: the tiny shoot in pieces of at most a second, without video."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from command_line import rushes
from conftest import TinyShoot, WarmRun

PIECES = ("--set", "segments.max_s=1", "--set", "edit.max_uses_per_clip=3", "--set", "edit.duration_s=6")
UPRIGHT = ("--set", "edit.aspect=9:16", "--set", "outputs.video=null", "--set", "outputs.report=null")


def regenerable_run(
    shoot: TinyShoot, warm: WarmRun, once_for_all: Callable[[str, Callable[[Path], None]], Path]
) -> Path:
    """The out folder, for copies; the store beside it may be written to."""

    def fill(folder: Path) -> None:
        cache = warm.copy_cache(folder / "cache")
        places = ("--cache", cache, "--out", folder / "out", "--library", folder / "library.sqlite")
        arguments = shoot.arguments(*places, "--executor", "inline", *PIECES, *UPRIGHT)
        ended = rushes("run", *arguments)
        assert ended.code == 0, ended.err

    return once_for_all("regenerable_run", fill) / "out"


def folder_bytes(folder: Path) -> dict[str, bytes]:
    """Every file of a folder that an edit is made of."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix != ".lock"}
