"""The library file with 10,000 clips and three feedback events for each: writing, reading, and `learn personal`.

`learn personal` is the wall time of a whole process, Python's start included; as yardsticks stand `python -c pass` and
`rushes validate` of the same recipe in the same minute. The clips are made up: every column of every analyzer has a value.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rushes.analyze.spec import Column
from rushes.analyze.table import ANALYZERS
from rushes.store.library_file import AnalyzerResult, ClipRecord, FeedbackEvent, LibraryFile

RECIPE = """\
schema: rushes/recipe@1
extends: best_clips
personal:
  features:
    sharpness: 2 * sharpness_01 - 1
    exposure: 2 * exposure_01 - 1
    steadiness: 2 * motion_stability_score - 1
    contrast: 2 * contrast_01 - 1
    speed: 2 * rank_01(motion_flow_score) - 1
    length: clip(duration_s / 10, 0, 1)
"""


def made_clips(count: int) -> list[ClipRecord]:
    """Clips with a result of every analyzer; one value of twenty is missing."""
    chance = random.Random(1)
    analyzers = [analyzer for analyzer in ANALYZERS.values() if analyzer.source != "song"]
    facts = {"clip_duration_s": 5.0, "width_px": 1080.0, "height_px": 1920.0, "rate_fps": 30.0}
    return [
        ClipRecord(
            digest=f"{chance.getrandbits(256):064x}",
            name=f"day/{number:05d}.mp4",
            path=f"/footage/day/{number:05d}.mp4",
            bytes=1_000_000 + number,
            facts={**facts, "duration_s": chance.random() * 20, "has_audio": True, "complete": True},
            metadata={"angle": chance.choice(("front", "side"))},
            results={
                analyzer.name: AnalyzerResult(
                    fingerprint=f"{place:064x}",
                    state="ok",
                    columns={column.name: _value(column, chance) for column in analyzer.columns},
                )
                for place, analyzer in enumerate(analyzers)
            },
        )
        for number in range(count)
    ]


def _value(column: Column, chance: random.Random) -> Any:
    if chance.random() < 0.05:
        return None
    if column.type == "text":
        return chance.choice(column.choices) if column.choices else "text"
    if column.type == "list":
        return [round(chance.random() * 5, 3) for _ in range(3)]
    if column.type == "bool" and not column.per_sample:
        return chance.random() < 0.5
    return chance.random()


def made_feedback(clips: list[ClipRecord]) -> list[FeedbackEvent]:
    """A view, a tag and a skip for each clip."""
    return [
        FeedbackEvent(
            uid=f"{number}.{place}",
            clip=clip.digest,
            creator="default",
            kind=kind,
            at=f"2026-05-04T12:{number // 60 % 60:02d}:{number % 60:02d}.00000{place}Z",
            value=value,
        )
        for number, clip in enumerate(clips)
        for place, (kind, value) in enumerate(
            (
                ("view", {"watch_s": 3.0, "completion_01": 0.5}),
                (("favorite", "bad", "untag")[number % 3], {}),
                ("skip", {"position_s": 1.0}),
            )
        )
    ]


def seconds(call: Callable[[], object], repeat: int = 1) -> float:
    """The quickest of several calls."""
    found: list[float] = []
    for _ in range(repeat):
        began_s = time.perf_counter()
        call()
        found.append(time.perf_counter() - began_s)
    return min(found)


def process_s(*arguments: str) -> float:
    """The quickest of three processes."""
    return seconds(lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True), 3)


def measure(folder: Path, count: int) -> list[tuple[str, float, float | None]]:
    """Rows: what, seconds, target in seconds."""
    clips, recipe, path = made_clips(count), folder / "likes.yaml", folder / "library.sqlite"
    feedback = made_feedback(clips)
    recipe.write_text(RECIPE)
    rows: list[tuple[str, float, float | None]] = []
    with LibraryFile(path) as library:
        rows.append(("record, all new", seconds(lambda: library.record(clips, {})), 2.0))
        rows.append(("record, nothing new", seconds(lambda: library.record(clips, {})), 2.0))
        rows.append(
            (f"add_feedback, {len(feedback)} events", seconds(lambda: library.add_feedback(feedback)), None)
        )
    with LibraryFile(path, read_only=True) as library:
        rows.append(("clips()", seconds(library.clips, 3), 0.5))
        names = [
            "duration_s",
            "angle",
            "sharpness_01",
            "exposure_01",
            "motion_stability_score",
            "contrast_01",
        ]
        rows.append(("columns() of six", seconds(lambda: library.columns(names), 3), None))
        rows.append(("feedback()", seconds(library.feedback, 3), None))
    rows.append(("python -c pass", process_s("-c", "pass"), None))
    rows.append(("rushes validate", process_s("-m", "rushes", "validate", str(recipe)), None))
    learn = ("-m", "rushes", "learn", "personal", str(recipe), "--library", str(path), "--dry-run")
    rows.append(("rushes learn personal", process_s(*learn), 1.0))
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=10_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for what, took_s, target_s in measure(Path(folder), asked.clips):
            target = "" if target_s is None else f"  (target {target_s:.1f} s)"
            print(f"{what:<32} {took_s:7.3f} s{target}")


if __name__ == "__main__":
    main()
