"""How close to the proven bound the edit comes, how long it takes, and how far a greedy editor stays behind.

    python bench/edit.py [--clips 200] [--seeds 3]

Every instance is made from a seed: clips of 4 to 12 s with scores, motion, angles and shot types, and a song of 120 bpm
whose second half is loud. One line each: shots, objective, bound, share of the bound, the same for greedy (which does not
know must-use), wall and processor seconds of the whole edit (candidates, solver, explanations; no analysis, no I/O), and
the peak memory of the process. The last line is the verdict: at least 0.995 of the bound within 2 s of one core.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from rushes.edit.attempt import Scene, prepare
from rushes.edit.music import read_music
from rushes.edit.places import lay_places
from rushes.edit.problem import Choice, Choices, CutProblem, broken_limits, objective
from rushes.edit.request import EditRequest
from rushes.edit.solve import edit_timeline
from rushes.style.profile import read_style
from rushes.timeline.document import timeline_to_json

from tests.edit.made_library import make_request, make_shoot, make_song

SHARE = 0.995
"""Least share of the proven bound that an edit must reach."""
CPU_S = 2.0
"""Most processor time that it may take for 200 clips x 60 beats."""


def instances(clips: int, seeds: int) -> Iterator[tuple[str, EditRequest]]:
    """Seeded and structured instances; 30 s at 120 bpm has 60 beats."""
    song = make_song()
    for seed in range(seeds):
        shoot = [{**clip, "duration_s": clip["duration_s"] + 2} for clip in make_shoot(clips, seed)]
        plain: dict[str, Any] = {"duration_s": 30.0, "song_start_s": 10.1}
        yield f"one use, seed {seed}", make_request(shoot, song, **plain)
        yield f"two uses, seed {seed}", make_request(shoot, song, max_uses_per_clip=2, **plain)
        yield f"half beats, seed {seed}", make_request(shoot, song, grid="half_beat", **plain)
        yield (
            f"ten must-use, seed {seed}",
            make_request(shoot, song, must_use=tuple(clip["clip"] for clip in shoot[::20][:10]), **plain),
        )
        few = make_shoot(clips, seed, angles=("front", "front", "front", "side"))
        yield f"two angles, seed {seed}", make_request(few, song, **plain)
        alike = [{**clip, "motion": min(1.0, 0.3 + 0.7 * clip["score"]), "angle": None} for clip in shoot]
        yield f"correlated, seed {seed}", make_request(alike, song, **plain)
        tight = [{**clip, "duration_s": 2.0} for clip in shoot[:24]]
        yield f"tight: 24 clips, seed {seed}", make_request(tight, song, **plain)


def greedy(problem: CutProblem) -> Choices | None:
    """From the first place on, always the shot that is worth most for its length and can still be continued."""
    left = _can_end(problem)
    found: tuple[Choice, ...] = ()
    place = 0
    while place < problem.place_count - 1:
        best: tuple[float, Choice] | None = None
        for span in (problem.span_start == place).nonzero()[0]:
            if not left[problem.span_end[span]]:
                continue
            for unit in (-problem.value[span]).argsort(kind="stable")[:60]:
                longer = (*found, Choice(int(span), int(unit)))
                if set(broken_limits(problem, longer)) - {"path", "wanted"}:
                    continue
                worth = (objective(problem, longer) - objective(problem, found)) / problem.span_weight[span]
                if best is None or worth > best[0]:
                    best = worth, longer[-1]
                break
        if best is None:
            return None
        found = (*found, best[1])
        place = int(problem.span_end[best[1].span])
    return found


def _can_end(problem: CutProblem) -> list[bool]:
    """Whether the last place can be reached from each place by spans."""
    reached = [False] * problem.place_count
    reached[-1] = True
    for start, end in sorted(
        zip(problem.span_start.tolist(), problem.span_end.tolist(), strict=True), reverse=True
    ):
        reached[start] = reached[start] or reached[end]
    return reached


def problem_of(request: EditRequest) -> CutProblem:
    """The arithmetic problem of a request."""
    if request.song is None:
        raise ValueError("these instances have a song")
    music = read_music(request.song)
    start_s = request.song_spec.start_s if request.song_spec is not None else None
    places = lay_places(music, start_s or 0.0, request.edit)
    scene = Scene(request=request, style=read_style(request.style), music=music, places=places)
    return prepare(scene, request.edit.max_uses_per_clip, 1).built.problem


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    edit_timeline(make_request(make_shoot(12), make_song(), duration_s=8.0))
    print(f"{'instance':28} shots objective    bound   share  greedy   wall s    cpu s  peak MB")
    shares: list[float] = []
    seconds: list[float] = []
    for name, request in instances(options.clips, options.seeds):
        started, started_cpu = time.perf_counter(), time.process_time()
        timeline = edit_timeline(request)
        took_s, cpu_s = time.perf_counter() - started, time.process_time() - started_cpu
        reasoning = timeline.ai_reasoning
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        if timeline_to_json(timeline) != timeline_to_json(edit_timeline(request)):
            raise SystemExit(f"{name}: the second run gave another timeline")
        problem = problem_of(request)
        simple = greedy(problem)
        behind = "   none" if simple is None else f"{objective(problem, simple) / reasoning.bound:7.4f}"
        print(
            f"{name:28} {len(timeline.clips):5} {reasoning.objective:9.6f} {reasoning.bound:8.6f} "
            f"{1 - reasoning.gap:7.5f} {behind} {took_s:8.2f} {cpu_s:8.2f} {peak_mb:8.0f}",
            flush=True,
        )
        shares.append(1 - reasoning.gap)
        seconds.append(cpu_s)
    print(verdict(min(shares), max(seconds)))


def verdict(share: float, cpu_s: float) -> str:
    """One line: the lowest share of a bound and the most processor time against the targets."""
    met = share >= SHARE and cpu_s <= CPU_S
    return (
        f"{'target met' if met else 'TARGET MISSED'}: at least {share:.5f} of the bound (target {SHARE:g}),"
        f" at most {cpu_s:.2f} s of one core (target {CPU_S:g} s)"
    )


if __name__ == "__main__":
    main()
