"""Runs that have little to do: nothing changed, a changed weight, a changed cut; and the light verbs.

200 small clips and a made song. Each figure is the wall time of a whole process, Python's start included; as yardstick
stands `python -c pass` in the same minute.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rushes.media.made_shoot import Take, write_take
from rushes.media.made_song import write_song

ANGLES = ("front", "side", "overhead")


def make(folder: Path, clips: int) -> tuple[Path, Path]:
    """Footage folder and song."""
    footage = folder / "footage"
    footage.mkdir(parents=True, exist_ok=True)
    for number in range(clips):
        angle = ANGLES[number % 3]
        take = Take(
            name=f"{angle}_{number:03d}",
            angle=angle,
            seed=number,
            duration_s=3.0,
            energy_01=number % 7 / 6,
            sound=number % 2 == 0,
        )
        write_take(footage / f"{take.name}.mp4", take, size_px=(320, 180), rate_fps=30)
    write_song(folder / "song.wav", bpm=120.0, bars=20)
    return footage, folder / "song.wav"


def timed(*arguments: str) -> tuple[float, str]:
    """Seconds and stdout of one process."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], check=True, capture_output=True, text=True)
    return time.perf_counter() - began, done.stdout


def best(repeat: int, *arguments: str) -> tuple[float, str]:
    """The quickest of several."""
    return min(timed(*arguments) for _ in range(repeat))


def measure(folder: Path, clips: int) -> list[tuple[str, float, Any, float | None]]:
    """Rows: what, seconds, nodes that ran, target in seconds."""
    footage, song = make(folder, clips)
    base = ["-m", "rushes", "run", "beat_reel", "--footage", str(footage), "--song", str(song)]
    base += ["--out", str(folder / "out"), "--cache", str(folder / "cache"), "--json"]
    rows: list[tuple[str, float, Any, float | None]] = [
        ("python -c pass", best(5, "-c", "pass")[0], "", None)
    ]
    rows.append((f"first run, {clips} clips", *_ran(timed(*base)), None))
    rows.append(("nothing changed", *_ran(best(3, *base)), 1.5))
    weights = iter(("0.91", "0.92", "0.93"))
    changed = min(
        _ran(timed(*base, "--until", "edit", "--set", f"edit.weights.score={next(weights)}"))
        for _ in range(1)
    )
    rows.append(("an edit weight changed, to the timeline", *changed, 3.0))
    term = ["--set", "scores.heuristic_score.terms.picture.weight=0.77"]
    rows.append(
        ("a score weight changed, to the timeline", *_ran(timed(*base, "--until", "edit", *term)), 3.0)
    )
    rows.append(("rushes --help", best(5, "-m", "rushes", "--help")[0], "", 0.3))
    rows.append(("rushes validate", best(5, "-m", "rushes", "validate", "beat_reel")[0], "", 0.3))
    return rows


def _ran(done: tuple[float, str]) -> tuple[float, str]:
    nodes = json.loads(done[1])["nodes"]
    return done[0], f"{nodes['ran']} of {nodes['total']}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for what, seconds, ran, target in measure(Path(folder), options.clips):
            goal = "" if target is None else f"target <= {target}"
            print(f"{what:<42} {seconds:7.2f} s  {ran:<14} {goal}")


if __name__ == "__main__":
    main()
