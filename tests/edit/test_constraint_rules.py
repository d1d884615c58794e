"""What the arithmetic forbids is what the constraint says: random edits, judged by the problem and by plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
import pytest
from edit.made_library import make_clip, make_request, make_song
from rushes.edit.attempt import Scene, prepare
from rushes.edit.music import read_music
from rushes.edit.places import lay_places
from rushes.edit.problem import Choice, broken_limits
from rushes.recipe.constraint_spec import ConstraintSpec
from rushes.style.profile import read_style

WIDE, CLOSE, MEDIUM = (f"shot_type == '{name}'" for name in ("wide", "close_up", "medium"))
TYPES = ("wide", "close_up", "medium")
EDITS = 400


@dataclass(frozen=True)
class Shot:
    clip: str
    kind: str
    angle: str
    score: float
    start: int
    """Of frames at 30 a second."""
    end: int

    @property
    def length(self):
        return self.end - self.start


def clips():
    """Eight takes of 4 s: every type with every angle, but one."""
    return [
        make_clip(
            f"{at}.mp4",
            4.0,
            shot_type=TYPES[at % 3],
            angle=("front", "side", None)[at // 3],
            score=0.3 + 0.08 * at,
        )
        for at in range(8)
    ]


def built(*specs):
    """A problem of 6 s, cut every half second, where any clip may be used often. The drop is at 13 s of the song, nearest to
    the beat 3 s into the edit; bars begin 0, 2 and 4 s into it."""
    request = make_request(
        clips(),
        make_song(quiet_until_s=13.0),
        song_start_s=10.1,
        duration_s=6.0,
        tolerance_s=0.1,
        min_shot_s=0.5,
        max_shot_s=2.5,
        max_uses_per_clip=20,
        max_same_angle_streak=50,
        constraints=specs,
    )
    music = read_music(request.song)
    places = lay_places(music, 10.1, request.edit)
    scene = Scene(request=request, style=read_style({}), music=music, places=places)
    return prepare(scene, 20, 20)


def random_edits(prepared, seed):
    """Edits as rows of (span, piece), whatever the limits say."""
    rng = np.random.default_rng(seed)
    problem = prepared.built.problem
    for _ in range(EDITS):
        place, found = 0, []
        while place < problem.place_count - 1:
            span = int(rng.choice(np.flatnonzero(problem.span_start == place)))
            found.append((span, int(rng.integers(len(prepared.footage.pieces)))))
            place = int(problem.span_end[span])
        yield found


def shots_of(prepared, edit):
    spans, frames, pieces = prepared.spans, prepared.scene.places.frames, prepared.footage.pieces
    scores = {clip["clip"]: clip["score"] for clip in clips()}
    return [
        Shot(
            pieces[piece].clip,
            pieces[piece].shot_type,
            pieces[piece].angle,
            scores[pieces[piece].clip],
            int(frames[spans.start[span]]),
            int(frames[spans.end[span]]),
        )
        for span, piece in edit
    ]


def is_allowed(prepared, edit):
    """Whether the arithmetic allows an edit, the limits that are no constraints aside."""
    problem, pieces = prepared.built.problem, prepared.built.piece
    of_unit = pieces[prepared.built.column[0]]
    unit = {int(piece): at for at, piece in enumerate(of_unit)}
    if any(piece not in unit for _, piece in edit):
        return False
    choices = tuple(Choice(span, unit[piece]) for span, piece in edit)
    broken = broken_limits(problem, choices)
    return "fit" not in broken and not any(name.startswith("edit.constraints.") for name in broken)


def share(shots, holds, there=lambda shot: True, weigh=lambda shot: shot.length):
    total = sum(weigh(shot) for shot in shots if there(shot))
    return sum(weigh(shot) for shot in shots if there(shot) and holds(shot)) / total if total else None


def counts(values):
    return [values.count(value) for value in set(values)]


def longest(values):
    best = run = 0
    for before, now in pairwise([None, *values]):
        run = 0 if now is None else run + 1 if now == before else 1
        best = max(best, run)
    return best


def apart(shots, key, frames):
    return all(
        b.start - a.end >= frames
        for a, b in combinations(shots, 2)
        if key(a) == key(b) and key(a) is not None
    )


def late(shot):
    return (shot.start + shot.end) / 2 > 0.5 * 180


def in_order(shots, *kinds):
    rank = [kinds.index(shot.kind) for shot in shots if shot.kind in kinds]
    return rank == sorted(rank)


def nearest_half(shots, share_of_wide):
    return share_of_wide is None or share_of_wide >= 0.4 - 1e-9


CASES = {
    "share": (
        {"share": WIDE, "min": 0.3, "max": 0.6},
        lambda shots: 0.3 - 1e-9 <= share(shots, lambda one: one.kind == "wide") <= 0.6 + 1e-9,
    ),
    "share of shots": (
        {"share": WIDE, "min": 0.4, "by": "shots", "where": "position_01 > 0.5"},
        lambda shots: nearest_half(shots, share(shots, lambda one: one.kind == "wide", late, lambda one: 1)),
    ),
    "count": (
        {"count": f"{WIDE} and angle == 'front'", "exactly": 1},
        lambda shots: sum(one.kind == "wide" and one.angle == "front" for one in shots) == 1,
    ),
    "count somewhere": (
        {"count": CLOSE, "max": 1, "where": "record_s < 2"},
        lambda shots: sum(one.kind == "close_up" and one.start < 60 for one in shots) <= 1,
    ),
    "uses": ({"uses": "shot_type", "max": 3}, lambda shots: max(counts([one.kind for one in shots])) <= 3),
    "uses of clips": (
        {"uses": "clip", "max": 1, "where": "true or record_s > 1"},
        lambda shots: max(counts([one.clip for one in shots])) <= 1,
    ),
    "least uses": (
        {"uses": "shot_type", "min": 1},
        lambda shots: {one.kind for one in shots} == set(TYPES),
    ),
    "first": ({"first": MEDIUM}, lambda shots: shots[0].kind == "medium"),
    "last": ({"last": "clip == '3.mp4'"}, lambda shots: shots[-1].clip == "3.mp4"),
    "order": ({"order": (CLOSE, WIDE)}, lambda shots: in_order(shots, "close_up", "wide")),
    "order of three": (
        {"order": (MEDIUM, CLOSE, WIDE)},
        lambda shots: in_order(shots, "medium", "close_up", "wide"),
    ),
    "streak": (
        {"streak": "angle", "max": 1},
        lambda shots: longest([None if one.angle == "other" else one.angle for one in shots]) <= 1,
    ),
    "streak of a condition": (
        {"streak": f"not ({WIDE})", "max": 2},
        lambda shots: longest([None if one.kind == "wide" else 1 for one in shots]) <= 2,
    ),
    "after": (
        {"after": WIDE, "never": CLOSE},
        lambda shots: all((a.kind, b.kind) != ("wide", "close_up") for a, b in pairwise(shots)),
    ),
    "only": (
        {"after": WIDE, "only": CLOSE},
        lambda shots: all(a.kind != "wide" or b.kind == "close_up" for a, b in pairwise(shots)),
    ),
    "neighbours": (
        {"neighbours": f"round(heuristic_score, 1) >= round(before_heuristic_score, 1) or before_{WIDE}"},
        lambda shots: all(
            np.floor(10 * b.score + 0.5) >= np.floor(10 * a.score + 0.5) or a.kind == "wide"
            for a, b in pairwise(shots)
        ),
    ),
    "spacing": ({"spacing": "clip", "min_s": 1}, lambda shots: apart(shots, lambda one: one.clip, 30)),
    "spacing of groups": (
        {"spacing": "shot_type", "min_s": 0.3},
        lambda shots: apart(shots, lambda one: one.kind, 9),
    ),
    "every": (
        {"every": f"{WIDE} or heuristic_score > 0.5", "where": "position_01 > 0.5"},
        lambda shots: all(one.kind == "wide" or one.score > 0.5 for one in shots if late(one)),
    ),
    "length": (
        {"length": f"{WIDE} or record_s >= 4", "min_s": 1, "max_s": 2},
        lambda shots: all(29 <= one.length <= 61 for one in shots if one.kind == "wide" or one.start >= 120),
    ),
    "cuts": (
        {"cuts": "downbeat", "where": "record_s > 3"},
        lambda shots: all(one.start in (120, 180) for one in shots if one.start > 90),
    ),
    "hold": (
        {"hold": "drop", "before_s": 0.6, "after_s": 0.6},
        lambda shots: not any(one.start in (75, 90, 105) for one in shots),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_arithmetic_allows_what_the_constraint_allows(name):
    said, holds = CASES[name]
    free, bound = built(), built(ConstraintSpec(name="a", **said))
    seen = set()
    for edit in random_edits(free, 7):
        shots = shots_of(free, edit)
        assert is_allowed(bound, edit) == bool(holds(shots)), shots
        seen.add(bool(holds(shots)))
    assert seen == {True, False} or name in ("last", "least uses", "order of three", "uses of clips")
