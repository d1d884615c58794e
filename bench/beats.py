"""How well beats are found: a folder of songs with NAME.beats beside them, and songs made in code.

    python bench/beats.py --data FOLDER [--made SEEDS]

For each song: F-measure at 70 ms with one-to-one matching; F against the truth at double and half tempo, and on the
off-beat, which tells what kind of error was made; the median offset of the matched beats; confidence; seconds needed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from beats_songs import HELD_OUT, RATE_HZ, TUNED, make_song
from numpy.typing import NDArray
from rushes.analyze.beats import Params
from rushes.analyze.beats_pass import SongGrid, analyze_song
from rushes.media.audio import load_song

Times = NDArray[np.float64]

WINDOW_S = 0.070
TUNED_FILES = frozenset({"house124", "dnb170", "ballad70", "waltz150"})
"""Songs of the data folder that were looked at while the method was made."""
SOUNDS = (".ogg", ".mp3", ".wav", ".flac", ".m4a")


@dataclass(frozen=True)
class Row:
    name: str
    group: str
    f_01: float
    best_other: str
    offset_ms: float
    bpm: float
    true_bpm: float
    confidence_01: float
    needed_s: float


def matches(found_s: Times, true_s: Times) -> list[tuple[float, float]]:
    """Pairs of found and true beats within the window, each used once."""
    pairs: list[tuple[float, float]] = []
    i = j = 0
    while i < len(found_s) and j < len(true_s):
        if abs(found_s[i] - true_s[j]) <= WINDOW_S:
            pairs.append((found_s[i], true_s[j]))
            i, j = i + 1, j + 1
        elif found_s[i] < true_s[j]:
            i += 1
        else:
            j += 1
    return pairs


def f_measure(found_s: Times, true_s: Times) -> float:
    """Harmonic mean of precision and recall, 0..1."""
    return 2.0 * len(matches(found_s, true_s)) / max(len(found_s) + len(true_s), 1)


def variants(true_s: Times) -> dict[str, Times]:
    """The truth as listeners of another metrical level would tap it."""
    between = (true_s[:-1] + true_s[1:]) / 2.0
    return {
        "double": np.sort(np.concatenate([true_s, between])),
        "half": true_s[::2],
        "half+1": true_s[1::2],
        "off-beat": between,
    }


def measure(name: str, group: str, grid: SongGrid, true_s: Times, needed_s: float) -> Row:
    found_s = np.array(grid.beats_s)
    f_01 = f_measure(found_s, true_s)
    others = {key: f_measure(found_s, beats_s) for key, beats_s in variants(true_s).items()}
    best = max(others, key=lambda key: (others[key], key))
    off_ms = [1000.0 * (found - true) for found, true in matches(found_s, true_s)]
    return Row(
        name, group, f_01, f"{best} {others[best]:.2f}" if others[best] > f_01 else "",
        float(np.median(off_ms)) if off_ms else float("nan"),
        grid.bpm, 60.0 / float(np.median(np.diff(true_s))), grid.confidence_01, needed_s,
    )  # fmt: skip


def rows_of_folder(folder: Path) -> Iterator[Row]:
    for truth in sorted(folder.glob("*.beats")):
        sound = next(path for suffix in SOUNDS if (path := truth.with_suffix(suffix)).exists())
        samples, rate_hz = load_song(sound)
        began = time.perf_counter()
        grid = analyze_song(samples, rate_hz, Params())
        group = "files, tuned on" if truth.stem in TUNED_FILES else "files, held out"
        yield measure(truth.stem, group, grid, np.loadtxt(truth, ndmin=1), time.perf_counter() - began)


def rows_of_made(seeds: int) -> Iterator[Row]:
    for group, kinds in (("made, tuned on", TUNED), ("made, held out", HELD_OUT)):
        for name, kind in kinds.items():
            for seed in range(seeds):
                samples, true_s = make_song(kind, seed)
                began = time.perf_counter()
                grid = analyze_song(samples, RATE_HZ, Params())
                yield measure(f"{name}.{seed}", group, grid, true_s, time.perf_counter() - began)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder of songs with NAME.beats beside them")
    parser.add_argument("--made", type=int, default=2, metavar="SEEDS", help="songs made in code per kind")
    arguments = parser.parse_args()
    rows: list[Row] = []
    print(
        f"{'song':20s} {'F':>5s} {'offset':>8s} {'bpm':>6s} {'true':>6s} {'sure':>5s} {'time':>6s}  closer to"
    )
    for row in [*(rows_of_folder(arguments.data) if arguments.data else ()), *rows_of_made(arguments.made)]:
        rows.append(row)
        print(
            f"{row.name:20s} {row.f_01:5.3f} {row.offset_ms:5.1f} ms {row.bpm:6.1f} {row.true_bpm:6.1f} "
            f"{row.confidence_01:5.2f} {row.needed_s:4.1f} s  {row.best_other}"
        )
    for group in dict.fromkeys(row.group for row in rows):
        chosen = [row for row in rows if row.group == group]
        worst = min(chosen, key=lambda row: (row.f_01, row.name))
        print(
            f"{group}: mean F {np.mean([row.f_01 for row in chosen]):.3f} over {len(chosen)} songs, worst "
            f"{worst.name} {worst.f_01:.3f}, largest |median offset| "
            f"{np.nanmax(np.abs([row.offset_ms for row in chosen])):.1f} ms"
        )


if __name__ == "__main__":
    main()
