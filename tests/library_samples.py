"""A made library and a recipe that learns from it."""

from __future__ import annotations

from pathlib import Path

from rushes.store.library_file import AnalyzerResult, ClipRecord, LibraryFile

RECIPE = """\
schema: rushes/recipe@1
edit: null
analyzers: {quality: {}, motion: {}}
features:
  steady_01: motion_stability_score
personal:
  min_favourites: 2
  min_bads: 2
  features:
    steadiness: {value: 2 * steady_01 - 1, says: clips with a steady camera}
    sharpness: 2 * sharpness_01 - 1
"""


def clip_digest(number: int) -> str:
    return f"{number:08x}".ljust(64, "0")


def make_library(path: Path, clips: int = 8) -> None:
    """Clips clip_0.mp4 ... : steadiness falls by 1/8 from 1; sharpness is 0.5, missing of the first."""
    with LibraryFile(path) as library:
        library.record([_record(number) for number in range(clips)], {})


def _record(number: int) -> ClipRecord:
    return ClipRecord(
        digest=clip_digest(number),
        name=f"clip_{number}.mp4",
        path=f"/footage/clip_{number}.mp4",
        bytes=100,
        facts={"duration_s": 10.0},
        results={
            "motion": AnalyzerResult(
                fingerprint="m", state="ok", columns={"motion_stability_score": 1 - number / 8}
            ),
            "quality": AnalyzerResult(
                fingerprint="q", state="ok", columns={"sharpness_01": None if number == 0 else 0.5}
            ),
        },
    )
