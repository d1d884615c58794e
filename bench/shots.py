"""Cuts inside clips: F1 of the analyzer `shots` against PySceneDetect's ContentDetector and AdaptiveDetector, and its cost.

    python bench/shots.py ../shared/data [--seed 7] [--json]

Cases are the films of the data folder whose cuts are known by eye, the single takes there (no cut is right), and takes
put together here: hard cuts between unlike and like scenes, in the dark, in noise and within pans; flashes, strobe,
whip pans, shake and something large passing by (no cut); dissolves and fades. A found cut is right within one frame of
a true one, or anywhere inside a dissolve or fade. The constants of the analyzer were chosen on seed 1; report another.
PySceneDetect (`pip install scenedetect-headless`) is left out of the table where it is not installed.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from rushes.analyze.clip_pass import analyze_clip
from rushes.analyze.table import ANALYZERS
from rushes.media.decode import decode_pass
from rushes.media.probe import probe
from rushes.media.wishes import Picture, SoundBlock

SIZE_PX = (320, 180)
RATE_FPS = 30
FILMS_S = {
    "film/big_buck_bunny_0_30.webm": (11.79, 15.67, 22.96),
    "film/bikes.mp4": (1.20, 3.04, 5.48, 7.48, 9.68),
    "film/chaplin.mp4": (),
}
TAKES = ("asl_shoot/*.mkv", "mdn/*.mp4")
Frames = list[np.ndarray]


@dataclass(frozen=True)
class Case:
    """A file with its true cuts: (first, last) seconds between which a cut may be reported."""

    name: str
    group: str
    path: Path
    cuts: tuple[tuple[float, float], ...]
    tolerance_s: float


class Material:
    """Takes of the data folder as small pictures, read once."""

    def __init__(self, data: Path, rng: np.random.Generator) -> None:
        self.rng = rng
        self._like = [_read(path) for path in sorted(data.glob("asl_shoot/*.mkv"))]
        unlike = ["talking/example.mp4", "intel/bottle-detection.mp4", "film/chaplin.mp4"]
        unlike += [str(path.relative_to(data)) for path in sorted(data.glob("mdn/*.mp4"))]
        self._unlike = [_read(data / name) for name in unlike] + self._like[:2]
        self._unlike += [_read(data / "film/bikes.mp4")[at : at + 45] for at in (32, 80, 140, 190)]

    def take(self, frames: int, like: bool = False, apart_from: int = -1) -> tuple[int, Frames]:
        """A random part of a random take, looped to the length; which take it was."""
        pool = self._like if like else self._unlike
        chosen = int(self.rng.choice([i for i in range(len(pool)) if i != apart_from]))
        take = pool[chosen]
        begin = int(self.rng.integers(0, max(1, len(take) - frames)))
        part = take[begin : begin + frames]
        while len(part) < frames:
            part = part + part[::-1]
        return chosen, [frame.copy() for frame in part[:frames]]

    def chain(self, count: int, like: bool = False) -> tuple[Frames, list[int]]:
        """Takes one after another; where each but the first begins."""
        frames: Frames = []
        cuts: list[int] = []
        last = -1
        for _ in range(count):
            last, part = self.take(int(self.rng.integers(24, 75)), like, last)
            cuts.append(len(frames))
            frames += part
        return frames, cuts[1:]


Made = tuple[Frames, list[tuple[int, int]]]


def _hard(m: Material) -> Made:
    frames, cuts = m.chain(6)
    return frames, _exact(cuts)


def _like(m: Material) -> Made:
    frames, cuts = m.chain(6, like=True)
    return frames, _exact(cuts)


def _dark(m: Material) -> Made:
    frames, cuts = m.chain(5)
    return [(frame * 0.2).astype(np.uint8) for frame in frames], _exact(cuts)


def _noisy(m: Material) -> Made:
    frames, cuts = m.chain(5)
    return [_add(frame, m.rng.normal(0, 14, frame.shape)) for frame in frames], _exact(cuts)


def _pans(m: Material) -> Made:
    """Cuts between takes that all pan."""
    frames, cuts = m.chain(5)
    return [_crop(frame, 0.5 + 0.5 * np.sin(i / 6), 0.5) for i, frame in enumerate(frames)], _exact(cuts)


def _shaken_cuts(m: Material) -> Made:
    frames, cuts = m.chain(5)
    return _shaken(m, frames), _exact(cuts)


def _flash(m: Material) -> Made:
    _, frames = m.take(150)
    for at in (20, 60, 95, 130):
        for k in range(int(m.rng.integers(1, 4))):
            frames[at + k] = _add(frames[at + k], np.full(frames[0].shape, 150.0))
    return frames, []


def _strobe(m: Material) -> Made:
    _, frames = m.take(120)
    return [_add(f, np.full(f.shape, 90.0)) if i // 3 % 2 else f for i, f in enumerate(frames)], []


def _whip(m: Material) -> Made:
    """The camera rests, whips across in a third of a second, and rests: one shot."""
    _, frames = m.take(110)
    still = frames[0]
    out: Frames = []
    for i in range(110):
        x = np.clip((i - 40) / 10, 0, 1) if i < 80 else 1 - np.clip((i - 80) / 8, 0, 1)
        shown = _crop(still, float(x), 0.5, zoom=2.2)
        out.append(cv2.blur(shown, (41, 1)) if 40 <= i < 50 or 80 <= i < 88 else shown)
    return out, []


def _shake(m: Material) -> Made:
    return _shaken(m, m.take(120)[1]), []


def _passing(m: Material) -> Made:
    """Something dark and large crosses the picture within half a second."""
    _, frames = m.take(120)
    for i, frame in enumerate(frames):
        left = int((i - 50) / 15 * 2.2 * SIZE_PX[0] - SIZE_PX[0] * 1.2)
        frame[:, max(0, left) : max(0, left + SIZE_PX[0])] = (40, 35, 30)
    return frames, []


def _dissolve(m: Material) -> Made:
    return _blended(m, lambda a, b, x: a * (1 - x) + b * x)


def _fade(m: Material) -> Made:
    return _blended(m, lambda a, b, x: a * max(0.0, 1 - 2 * x) + b * max(0.0, 2 * x - 1))


def _blended(m: Material, blend: Callable[[np.ndarray, np.ndarray, float], np.ndarray]) -> Made:
    first, frames = m.take(80)
    cuts: list[tuple[int, int]] = []
    for _ in range(3):
        first, after = m.take(90, apart_from=first)
        span = int(m.rng.integers(12, 31))
        begin = len(frames) - span
        for k in range(span):
            mixed = blend(
                frames[begin + k].astype(np.float64), after[k].astype(np.float64), (k + 1) / (span + 1)
            )
            frames[begin + k] = np.clip(mixed, 0, 255).astype(np.uint8)
        cuts.append((begin, begin + span))
        frames += after[span:]
    return frames, cuts


MAKERS: dict[str, tuple[str, Callable[[Material], Made], int]] = {
    "unlike": ("hard", _hard, 3),
    "like": ("hard", _like, 3),
    "dark": ("hard", _dark, 2),
    "noisy": ("hard", _noisy, 2),
    "pans": ("hard", _pans, 2),
    "shaken": ("hard", _shaken_cuts, 2),
    "flash": ("no cut", _flash, 2),
    "strobe": ("no cut", _strobe, 2),
    "whip": ("no cut", _whip, 2),
    "shake": ("no cut", _shake, 2),
    "passing": ("no cut", _passing, 2),
    "dissolve": ("gradual", _dissolve, 3),
    "fade": ("gradual", _fade, 2),
}


def make_cases(data: Path, seed: int, folder: Path) -> Iterator[Case]:
    """Real and made cases; made files stay in folder for the next time."""
    for name, times in FILMS_S.items():
        yield Case(name, "film", data / name, tuple((t, t) for t in times), 0.05)
    for glob in TAKES:
        for path in sorted(data.glob(glob)):
            yield Case(path.name, "take", path, (), 0.05)
    material: Material | None = None
    for name, (group, maker, count) in MAKERS.items():
        for number in range(count):
            path = folder / f"{name}_{seed}_{number}.mp4"
            truth = path.with_suffix(".json")
            if not truth.exists():
                material = material or Material(data, np.random.default_rng(0))
                material.rng = np.random.default_rng([seed, number, *name.encode()])
                frames, cuts = maker(material)
                _write(path, frames)
                truth.write_text(json.dumps(cuts))
            spans = [(a / RATE_FPS, b / RATE_FPS) for a, b in json.loads(truth.read_text())]
            yield Case(path.stem, group, path, tuple(spans), 1.5 / RATE_FPS)


def ours(path: Path) -> list[float]:
    """Cuts that the analyzer finds."""
    shots = ANALYZERS["shots"]
    tables = analyze_clip(probe(str(path)), {"shots": (shots, shots.params())})["shots"]
    return tables["cuts"]["t_s"].to_list()


def theirs(path: Path, detector: Callable[[], Any]) -> list[float]:
    """Cuts that PySceneDetect finds."""
    from scenedetect import detect

    return [start.seconds for start, _ in detect(str(path), detector())][1:]


def matches(found: Sequence[float], case: Case) -> tuple[int, int, int]:
    """Hits, false cuts and misses: each true cut is hit once at most."""
    open_cuts = list(case.cuts)
    hits = 0
    for at_s in sorted(found):
        near = [c for c in open_cuts if c[0] - case.tolerance_s <= at_s <= c[1] + case.tolerance_s]
        if near:
            open_cuts.remove(near[0])
            hits += 1
    return hits, len(found) - hits, len(open_cuts)


def marginal_cost(path: Path) -> float:
    """Time of the analyzer over the time of decoding alone, beyond 1; the least of five pairs, in turn."""
    info = probe(str(path))
    shots = ANALYZERS["shots"]
    wished = {"shots": shots.wishes(shots.params())}

    def ignore(name: str, given: Picture | SoundBlock) -> None:
        """Decode and scale only."""

    def plain() -> None:
        with av.open(str(path)) as container:
            container.streams.video[0].thread_count = 1
            for _ in container.decode(video=0):
                pass

    runs: dict[str, Callable[[], Any]] = {
        "plain": plain,
        "scaled": lambda: decode_pass(info, wished, ignore, ignore),
        "all": lambda: analyze_clip(info, {"shots": (shots, shots.params())}),
    }
    took: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(5):
        for name, run in runs.items():
            begin = time.process_time()
            run()
            took[name].append(time.process_time() - begin)
    return min(took["all"]) / min(took["plain"]) - 1


def main() -> None:
    """Print F1 by group and over all, and the marginal cost where a clip for it is named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--cost-on", type=Path, help="a 1080p clip on which the marginal cost is measured")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    folder = Path(tempfile.gettempdir(), "rushes-bench-shots")
    folder.mkdir(exist_ok=True)
    finders: dict[str, Callable[[Path], list[float]]] = {"rushes": ours}
    try:
        from scenedetect import AdaptiveDetector, ContentDetector
    except ImportError:
        pass
    else:
        finders["ContentDetector"] = lambda path: theirs(path, ContentDetector)
        finders["AdaptiveDetector"] = lambda path: theirs(path, AdaptiveDetector)
    totals: dict[tuple[str, str], np.ndarray] = {}
    for case in make_cases(arguments.data, arguments.seed, folder):
        for finder, find in finders.items():
            found = find(case.path)
            counts = np.array(matches(found, case))
            for group in (case.group, "all", *(("all but gradual",) if case.group != "gradual" else ())):
                totals[finder, group] = totals.get((finder, group), np.zeros(3, int)) + counts
            if arguments.verbose and (counts[1] or counts[2]):
                print(
                    f"  {case.name:28} {finder:17} hit {counts[0]} false {counts[1]} missed {counts[2]}",
                    end="",
                )
                print(
                    "  ", [round(t * RATE_FPS, 1) for t in found], [round(c[0] * RATE_FPS) for c in case.cuts]
                )
    for group in ("film", "take", "hard", "no cut", "gradual", "all but gradual", "all"):
        for finder in finders:
            hits, false, missed = (int(n) for n in totals[finder, group])
            sought = hits + missed
            f1 = f"{2 * hits / (2 * hits + false + missed):.3f}" if sought else "  -  "
            print(f"{group:16} {finder:17} F1 {f1}  hits {hits:3}  false {false:3}  missed {missed:3}")
    if arguments.cost_on:
        print(f"marginal cost {marginal_cost(arguments.cost_on):+.3f} of a decode")


def _exact(cuts: Sequence[int]) -> list[tuple[int, int]]:
    return [(cut, cut) for cut in cuts]


def _add(frame: np.ndarray, what: np.ndarray) -> np.ndarray:
    return np.clip(frame + what, 0, 255).astype(np.uint8)


def _crop(frame: np.ndarray, x_01: float, y_01: float, zoom: float = 1.5) -> np.ndarray:
    width, height = SIZE_PX
    big = cv2.resize(frame, (round(width * zoom), round(height * zoom)), interpolation=cv2.INTER_CUBIC)
    left, top = round((big.shape[1] - width) * x_01), round((big.shape[0] - height) * y_01)
    return np.ascontiguousarray(big[top : top + height, left : left + width])


def _shaken(m: Material, frames: Frames) -> Frames:
    steps = m.rng.normal(0, 0.18, (len(frames), 2))
    return [_crop(f, *np.clip(0.5 + step, 0, 1), zoom=1.3) for f, step in zip(frames, steps, strict=True)]


def _read(path: Path) -> Frames:
    with av.open(str(path)) as container:
        return [
            frame.reformat(*SIZE_PX, format="rgb24", interpolation="AREA").to_ndarray()
            for frame, _ in zip(container.decode(video=0), range(600), strict=False)
        ]


def _write(path: Path, frames: Frames) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(RATE_FPS))
        stream.width, stream.height = SIZE_PX
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": "23", "preset": "veryfast"}
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, "rgb24")))
        container.mux(stream.encode())


if __name__ == "__main__":
    main()
