"""How long it takes to make a section of an edit anew: what solves it alone, and the whole command.

    python bench/regenerate.py [--clips 200] [--seeds 3] [--out OUT ...] [--solver]

An edit of 60 beats from seeded clips; a section of 7 s in its middle is made anew, faster than before, with one use per clip,
two uses, half beats, and ten constraints. One line each: shots of the section, share of the proven bound, seconds of `edit_section` (places,
candidates, solver, explanations) as wall and processor time, and beside it the whole edit on the same machine at the same
moment.

Then the command `rushes regenerate` as a user calls it, in a process of its own that begins with Python's start and ends with
the edit written: on an edit of 60 beats of the folder that `bench/warm.py` makes, and on a copy of every OUT of a finished run.
One line each: medians of wall and processor time. --solver leaves the commands out. The last line is the verdict: a section
within 1 s, by itself and as a command.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from rushes.edit.request import EditRequest, KeptShot
from rushes.edit.section import MadeAnew, edit_section
from rushes.edit.solve import edit_timeline
from rushes.recipe.constraint_spec import ConstraintSpec
from rushes.timeline.tree import Timeline

from bench.warm import make
from tests.edit.made_library import make_request, make_shoot, make_song

MOST_S = 1.0
_TEN: dict[str, dict[str, Any]] = {
    "close_ups": {"share": "shot_type == 'close_up'", "min": 0.2},
    "two_wides": {"count": "shot_type == 'wide'", "min": 2},
    "opens": {"first": "shot_type == 'wide'"},
    "types": {"streak": "shot_type", "max": 2},
    "apart": {"spacing": "clip", "min_s": 4.0},
    "long_wides": {"length": "shot_type == 'wide'", "min_s": 1.0},
    "bars": {"cuts": "downbeat", "weight": 0.1},
    "steady": {"every": "shake_01 < 0.5"},
    "wide_once": {"after": "shot_type == 'wide'", "never": "shot_type == 'wide'"},
    "angles": {"streak": "angle", "max": 2, "weight": 0.1},
}
TEN = tuple(ConstraintSpec(name=name, **said) for name, said in _TEN.items())
SECTION_S = (11.0, 18.0)
_CALLS = 6
_WISHES = (("--instruction", "make_tighter"), ("--instruction", "calmer"), ("--seed", "2"))
FASTER = {"pacing_patterns": {"cuts_per_beat": 0.8}}


def instances(clips: int, seeds: int) -> Iterator[tuple[str, EditRequest]]:
    """30 s at 120 bpm: 60 beats."""
    song = make_song()
    plain: dict[str, Any] = {"duration_s": 30.0, "song_start_s": 10.1}
    for seed in range(seeds):
        shoot = [{**clip, "duration_s": clip["duration_s"] + 2} for clip in make_shoot(clips, seed)]
        yield f"one use, seed {seed}", make_request(shoot, song, **plain)
        yield f"two uses, seed {seed}", make_request(shoot, song, max_uses_per_clip=2, **plain)
        yield f"half beats, seed {seed}", make_request(shoot, song, grid="half_beat", **plain)
        yield f"ten constraints, seed {seed}", make_request(shoot, song, constraints=TEN, **plain)


def section_request(request: EditRequest, timeline: Timeline) -> EditRequest:
    """The section between the cuts nearest to SECTION_S, with everything else as it stands."""
    cuts = [clip.timeline_start_frames for clip in timeline.clips]
    start, end = (cuts[int(np.argmin([abs(cut / 30 - at) for cut in cuts]))] for at in SECTION_S)

    def shots(*, inside: bool) -> tuple[KeptShot, ...]:
        return tuple(
            KeptShot(
                id=clip.id,
                clip=clip.file,
                source_start_s=clip.source_start_s(),
                source_end_s=clip.source_end_s(timeline.rate_fps),
                record_start_frames=clip.timeline_start_frames,
                duration_frames=clip.duration_frames,
            )
            for clip in timeline.clips
            if (start <= clip.timeline_start_frames < end) == inside
        )

    return replace(
        request,
        section_frames=(start, end),
        kept=shots(inside=False),
        standing=shots(inside=True),
        style=FASTER,
    )


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Result, wall seconds, processor seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    return found, time.perf_counter() - wall, time.process_time() - cpu


def command(out: Path, section: str, *wish: str) -> tuple[float, float]:
    """Medians of wall and processor seconds of a few calls, each on a copy of the folder."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    found: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(_CALLS):
            copy = shutil.copytree(out, Path(folder) / str(number), ignore=shutil.ignore_patterns("*.mp4"))
            words = [sys.executable, "-m", "rushes", "regenerate", str(copy), "--section", section, *wish]
            before, wall_s = _children_s(), time.perf_counter()
            subprocess.run(words, check=True, capture_output=True, env=environment)
            found.append((time.perf_counter() - wall_s, _children_s() - before))
    # The first one writes what Python compiles.
    wall, processor = zip(*found[1:], strict=True)
    return statistics.median(wall), statistics.median(processor)


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def made_run(folder: Path, clips: int) -> Path:
    """The out folder of an edit of 60 beats of a folder that was just made."""
    footage, song = make(folder, clips)
    words = ["run", "beat_reel", "--footage", str(footage), "--song", str(song), "--out", str(folder / "out")]
    words += ["--cache", str(folder / "cache"), "--set", "edit.duration_s=30", "--until", "edit"]
    subprocess.run([sys.executable, "-m", "rushes", *words], check=True, capture_output=True)
    return folder / "out"


def commands(outs: list[Path], clips: int) -> float:
    """Print a line for each command; the slowest one's processor seconds."""
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        made = made_run(Path(folder), clips)
        rows = [(f"{clips} made clips", made, "11s..18s"), *((out.name, out, "8s..15s") for out in outs)]
        for name, out, section in rows:
            for wish in _WISHES:
                wall_s, cpu_s = command(out, section, *wish)
                slowest = max(slowest, wall_s)
                print(
                    f"command, {name:<18} {' '.join(wish):<28} {wall_s:.2f} s wall {cpu_s:.2f} s cpu",
                    flush=True,
                )
    return slowest


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", type=Path, action="append", default=[])
    parser.add_argument("--solver", action="store_true")
    options = parser.parse_args()
    slowest = 0.0
    for name, request in instances(options.clips, options.seeds):
        timeline, whole_s, _ = timed(partial(edit_timeline, request))
        asked = section_request(request, timeline)
        found: tuple[MadeAnew, float, float] = timed(partial(edit_section, asked, timeline))
        made, wall_s, cpu_s = found
        slowest = max(slowest, cpu_s)
        assert made.bound is not None, "no rule of these is excused, so the bound says something"
        share = made.objective / made.bound
        print(
            f"{name:<22} {len(made.clips):>3} shots  {share:.5f} of the bound  section {wall_s:.2f} s wall"
            f" {cpu_s:.2f} s cpu  whole edit {whole_s:.2f} s"
        )
    whole = 0.0 if options.solver else commands(options.out, options.clips)
    kept = max(slowest, whole) <= MOST_S
    told = "" if options.solver else f", slowest command {whole:.2f} s wall"
    print(f"{'kept' if kept else 'NOT kept'}: slowest section {slowest:.2f} s cpu{told}, most {MOST_S:g}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
