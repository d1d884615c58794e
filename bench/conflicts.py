"""How long it takes to name a smallest conflict of constraints, with the nearest relaxation of each member.

    python bench/conflicts.py [--clips 200]

Every instance is a shoot made from a seed, a song of 120 bpm with 60 beats in the edit, and ten or eleven constraints of which
two or three cannot hold together. One line each: the members found, whether smaller conflicts were ruled out, and processor
seconds from the request to the message. The last line is the verdict: the planted conflict or one as small, within 3 s of
one core.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from rushes.edit.request import EditRequest
from rushes.edit.solve import edit_timeline
from rushes.errors import ConstraintError
from rushes.recipe.constraint_spec import ConstraintSpec

from tests.edit.made_library import make_request, make_shoot, make_song

CPU_S = 3.0
"""Most processor time that naming a conflict may take for 200 clips x 60 beats."""

_TEN: dict[str, dict[str, Any]] = {
    "close_ups": {"share": "shot_type == 'close_up'", "min": 0.3},
    "two_wides": {"count": "shot_type == 'wide'", "exactly": 2},
    "opens": {"first": "shot_type == 'wide'"},
    "types": {"streak": "shot_type", "max": 2},
    "apart": {"spacing": "clip", "min_s": 4.0},
    "long_wides": {"length": "shot_type == 'wide'", "min_s": 1.5},
    "bars": {"cuts": "downbeat", "where": "section == 'drop'"},
    "steady": {"every": "shake_01 < 0.5"},
    "wide_once": {"after": "shot_type == 'wide'", "never": "shot_type == 'wide'"},
}
_PLANTED: dict[str, tuple[int, dict[str, dict[str, Any]]]] = {
    "more wides than two": (2, {"wides": {"share": "shot_type == 'wide'", "min": 0.3}}),
    "two shares above one": (2, {"mediums": {"share": "shot_type == 'medium'", "min": 0.75}}),
    "shares and a first shot": (
        3,
        {
            "close_ups": {"share": "shot_type == 'close_up'", "min": 0.6},
            "mediums": {"share": "shot_type == 'medium'", "min": 0.4},
        },
    ),
    "an order and a last shot": (
        3,
        {
            "last": {"last": "shot_type == 'medium'"},
            "story": {"order": ("shot_type == 'medium'", "shot_type == 'close_up'")},
        },
    ),
    "bars and short close-ups": (
        3,
        {
            "bars": {"cuts": "downbeat"},
            "quick": {"length": "shot_type == 'close_up'", "max_s": 1.5},
        },
    ),
}


def instances(clips: int) -> Iterator[tuple[str, int, EditRequest]]:
    """Name, members of the planted conflict, request."""
    song = make_song()
    for seed, (name, (members, planted)) in enumerate(_PLANTED.items()):
        shoot = [{**clip, "duration_s": clip["duration_s"] + 2} for clip in make_shoot(clips, seed)]
        said = tuple(ConstraintSpec(name=key, **one) for key, one in {**_TEN, **planted}.items())
        yield (
            name,
            members,
            make_request(shoot, song, duration_s=30.0, song_start_s=10.1, constraints=said),
        )


def refused(request: EditRequest) -> tuple[list[str], bool]:
    """Members of the conflict that is told, and whether it is a smallest one."""
    try:
        edit_timeline(request)
    except ConstraintError as error:
        members = [problem.path for problem in error.problems if problem.path]
        return members, "smaller conflict" not in str(error)
    return [], False


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=200)
    options = parser.parse_args()
    refused(next(instances(20))[2])
    seconds: list[float] = []
    right = True
    print(f"{'instance':26} {'cpu s':>6} smallest  members")
    for name, planted, request in instances(options.clips):
        started = time.process_time()
        members, is_smallest = refused(request)
        seconds.append(time.process_time() - started)
        right &= is_smallest and 0 < len(members) <= planted
        print(f"{name:26} {seconds[-1]:6.2f} {is_smallest!s:8}  {', '.join(members)}", flush=True)
    print(verdict(right=right, cpu_s=max(seconds)))


def verdict(*, right: bool, cpu_s: float) -> str:
    """One line against the target."""
    met = right and cpu_s <= CPU_S
    named = "every conflict named, none larger than planted" if right else "A CONFLICT WAS NOT NAMED"
    return f"{'target met' if met else 'TARGET MISSED'}: {named}, at most {cpu_s:.2f} s of one core (target {CPU_S:g} s)"


if __name__ == "__main__":
    main()
