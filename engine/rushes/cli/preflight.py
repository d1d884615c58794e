"""rushes preflight: whether a finished video fits the platforms it is meant for."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rushes.cli.options import AsJson, Cache, Exit, cache_dir, print_json

if TYPE_CHECKING:
    from rushes.run.preflight import Platforms, Preflight


def preflight(
    out: Annotated[str, typer.Argument(help="The out folder of a run with its video.", metavar="OUT")],
    platform: Annotated[
        str, typer.Option("--for", metavar="NAME", help="reels, tiktok, shorts, or all.")
    ] = "all",
    platforms: Annotated[
        str | None,
        typer.Option(
            "--platforms",
            metavar="FILE",
            help="Facts of platforms instead of those that ship.",
            show_default=False,
        ),
    ] = None,
    cache: Cache = None,
    json: AsJson = False,
) -> int:
    """Check duration, size, coding, loudness and safe zones of a finished video; exit code 1 where it does not fit."""
    from rushes.run.preflight import preflight as checked
    from rushes.run.preflight import read_platforms, wanted_platforms

    known = read_platforms(None if platforms is None else Path(platforms))
    wanted = wanted_platforms(known, platform)
    found = checked(Path(out), wanted, cache_dir(cache))
    if json:
        print_json(
            {
                "is_fine": found.is_fine,
                "checked": dict(found.checked),
                "video": asdict(found.video),
                "findings": [asdict(one) for one in found.findings],
                "notes": list(found.notes),
            }
        )
    else:
        _say(found, wanted)
    return Exit.DONE if found.is_fine else Exit.FAILED


def _say(found: Preflight, wanted: Platforms) -> None:
    video = found.video
    loud = "silent" if video.loudness_lufs is None else f"{video.loudness_lufs:.1f} LUFS"
    if video.true_peak_db is not None:
        loud += f", {video.true_peak_db:.1f} dBTP"
    print(
        f"{video.duration_s:.2f} s, {video.width_px}x{video.height_px}, {video.rate_fps:g} fps, {video.codec}, "
        f"{video.size_bytes / 1e6:.1f} MB, {loud}"
    )
    for name, as_of in found.checked.items():
        own = [one for one in found.findings if one.platform == name]
        problems = sum(one.level == "problem" for one in own)
        verdict = "fits" if not own else _counted(problems, len(own) - problems)
        print(f"{wanted[name]['name']} (as known on {as_of}): {verdict}")
        for one in own:
            where = f"{one.where}: " if one.where else ""
            print(f"  {one.level}: {where}{one.what}\n    fix: {one.fix}")
    for note in found.notes:
        print(f"note: {note}")


def _counted(problems: int, warnings: int) -> str:
    parts = ((problems, "problem"), (warnings, "warning"))
    return ", ".join(f"{count} {word}{'s' * (count > 1)}" for count, word in parts if count)
