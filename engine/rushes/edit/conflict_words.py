"""Conflicts in words: what each constraint asks for, and by how little it would have to give way."""

from __future__ import annotations

from collections.abc import Iterator

from rushes.edit.conflict import APART, MAX_USES, MUST_USE, STREAK, Conflict
from rushes.edit.longest_take import LongestTake
from rushes.edit.nearest import Nearest, questions_for
from rushes.edit.range_words import bounds, counted, shots
from rushes.edit.switch import MIN_SCORE, NEVER_USE, Switches
from rushes.errors import Problem
from rushes.recipe.constraint_spec import ConstraintSpec

_NEIGHBOURS = "no two shots in a row from one clip"
_FEW = 6
"""Of a longer conflict no relaxations are looked for: there are too many ways out of it."""


def conflict_problems(
    switches: Switches,
    conflict: Conflict,
    duration_s: float,
    unmet: frozenset[str] = frozenset(),
    longest: LongestTake | None = None,
) -> list[Problem]:
    """One problem that says what conflicts, then one for each member with its nearest relaxations.

    unmet: those that ask for what neither footage nor song has: no number of theirs, and no other length, is looked for. longest: how long a shot can be; None: as the recipe says.
    """
    members = conflict.members
    nearest = Nearest(switches, frozenset(members), questions_for(switches))
    return [
        _summary(switches, nearest, conflict, duration_s, unmet, longest),
        *(
            Problem(
                None,
                f"{name} {asks(switches, name)}",
                _ways_out(switches, nearest, name, is_unmet=name in unmet),
                path=name,
            )
            for name in members
            if name != APART
        ),
    ]


def _summary(
    switches: Switches,
    nearest: Nearest,
    conflict: Conflict,
    duration_s: float,
    unmet: frozenset[str],
    longest: LongestTake | None,
) -> Problem:
    edit, count = switches.edit, len(conflict.members)
    longest = longest or LongestTake(shot_s=edit.max_shot_s)
    what = f"no edit of {duration_s:.2f} s with {longest.lengths(edit)} keeps "
    if count == 1:
        what += f"{conflict.members[0]}, whatever else the recipe asks for"
    else:
        others = "either of them alone can" if count == 2 else f"any {count - 1} of them can"
        named = [_NEIGHBOURS if name == APART else name for name in conflict.members]
        what += f"these {count} together, though {others} be kept: {', '.join(named)}"
    if not conflict.is_smallest:
        what += "; a smaller conflict was not ruled out"
    ways = ["loosen it" if count == 1 else "loosen one of them, each as said below"]
    if unmet.intersection(conflict.members):
        ways = ["correct or loosen it" if count == 1 else "correct or loosen one of them, each as said below"]
    elif count <= _FEW:
        ways += [*longest.fixes(), *(str(way) for way in nearest.of_lengths())]
    return Problem(None, what, ", or ".join(ways))


def _ways_out(switches: Switches, nearest: Nearest, name: str, *, is_unmet: bool) -> str:
    ways: list[str] = []
    is_enough: bool | None = None
    if is_unmet:
        is_enough = nearest.is_enough(name)
    elif len(nearest.members) <= _FEW:
        spec = switches.hard.get(name)
        more = nearest.more_clips(name)
        if more is not None and spec is not None:
            ways.append(f"add {counted(more, 'clip')} of which {spec.share or spec.count}")
        loosened = nearest.of(name)
        ways += [str(way) for way in loosened]
        # What holds with less of it holds without it.
        is_enough = any(way.is_sure for way in loosened) or nearest.is_enough(name)
    return ", or ".join([*ways, *_without(switches, name, is_enough=is_enough)])


def _without(switches: Switches, name: str, *, is_enough: bool | None) -> Iterator[str]:
    if name in switches.hard:
        # Where others conflict among themselves, giving up this one is needed, or one beside it, and not enough.
        more = "; others conflict besides" if is_enough is False else ""
        yield f"--set {name}.weight=1 (only wished for{more})"
        yield f"--set ~{name} (left out{more})"
    elif name.startswith(MUST_USE):
        yield f"take {_glob(switches, name)!r} out of edit.must_use"
    elif name == NEVER_USE:
        yield "take globs out of edit.never_use"


def _glob(switches: Switches, name: str) -> str:
    return switches.edit.must_use[int(name.rpartition(".")[2])]


def asks(switches: Switches, name: str) -> str:
    """What a constraint or limit asks for, to follow its name."""
    edit = switches.edit
    if (spec := switches.hard.get(name)) is not None:
        asked = _of_kind(spec)
        there = f" where {spec.where}" if spec.where is not None else ""
        return f"asks for {asked}{there}" + (f" ({spec.says})" if spec.says else "")
    if name.startswith(MUST_USE):
        return f"asks for a clip that matches {_glob(switches, name)!r}"
    return {
        MAX_USES: f"allows {counted(edit.max_uses_per_clip, 'shot')} of each clip",
        STREAK: f"allows {counted(switches.streak, 'shot')} of one angle in a row",
        NEVER_USE: f"leaves out {', '.join(edit.never_use)}",
        MIN_SCORE: f"leaves out what scores below {edit.min_score_01:g}",
    }[name]


def _of_kind(spec: ConstraintSpec) -> str:
    match spec.kind:
        case "share":
            low, high = (None if at is None else 100 * at for at in (spec.min, spec.max))
            return f"{bounds(low, high, ' %')} of the {spec.by} with shots of which {spec.share}"
        case "count":
            low, high = (spec.min, spec.max) if spec.exactly is None else (spec.exactly, spec.exactly)
            return f"{bounds(low, high)} {shots(low, high)} of which {spec.count}"
        case "uses":
            return f"{bounds(spec.min, spec.max)} {shots(spec.min, spec.max)} of each {spec.uses}"
        case "first" | "last":
            return f"a {spec.kind} shot of which {spec.first or spec.last}"
        case "order":
            return f"shots in the order {', then '.join(spec.order or ())}"
        case "streak":
            return f"{bounds(None, spec.max)} {shots(None, spec.max)} in a row of one {spec.streak}"
        case "after" if spec.never is not None:
            return f"no shot of which {spec.never} right after one of which {spec.after}"
        case "after":
            return f"shots of which {spec.only} right after each of which {spec.after}"
        case "neighbours":
            return f"neighbouring shots of which {spec.neighbours}"
        case "spacing":
            return f"{spec.min_s:g} s between shots of one {spec.spacing}"
        case "distinct":
            return f"no two look-alikes in a row (likeness {spec.likeness_01:g})"
        case "every":
            return f"only shots of which {spec.every}"
        case "length":
            return f"{bounds(spec.min_s, spec.max_s, ' s')} for shots of which {spec.length}"
        case "cuts":
            return f"cuts on a {spec.cuts} only"
        case "hold":
            return f"no cut from {spec.before_s or 0:g} s before to {spec.after_s or 0:g} s after each {spec.hold}"
        case _:
            return "no cut in speech"
