"""Constraints that no footage could meet, alone or together with the rest of the edit: found by arithmetic."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fnmatch import fnmatchcase
from itertools import combinations

from rushes.errors import Place
from rushes.recipe.constraint_facts import Choice, ConstraintFacts
from rushes.recipe.facts import Facts

_NEARLY = 1e-9
_LONGEST, _SHORTEST, _DURATION = ("edit", "max_shot_s"), ("edit", "min_shot_s"), ("edit", "duration_s")


def check_together(facts: Facts, read: Sequence[ConstraintFacts]) -> None:
    """Report what excludes itself or another. Only constraints without a weight can be in each other's way."""
    hard = [one for one in read if one.is_hard]
    for one in hard:
        _check_lengths(facts, one)
        _check_room(facts, one)
        _check_never_used(facts, one)
    for one, other in combinations(hard, 2):
        _check_pair(facts, one, other)
    for kind in ("share", "count"):
        _check_sums(facts, [one for one in hard if one.kind == kind])


def _check_lengths(facts: Facts, one: ConstraintFacts) -> None:
    if not (facts.is_sound(*_LONGEST) and facts.is_sound(*_SHORTEST)):
        return
    longest, shortest = facts.number(*_LONGEST), facts.number(*_SHORTEST)
    name = ".".join(one.path)
    if one.kind == "length":
        low, high = one.number("min_s"), one.number("max_s")
        if low is not None and low > longest + _NEARLY:
            what = f"{name} wants shots of {low:g} s, but no shot is longer than {longest:g} s"
            where = one.place("min_s")
            said = f"(edit.max_shot_s is {facts.said(_LONGEST, where)})"
            facts.error(where, f"{what} {said}", f"lower min_s to {longest:g}, or raise edit.max_shot_s")
        if high is not None and high < shortest - _NEARLY:
            what = f"{name} allows shots of at most {high:g} s, but no shot is shorter than {shortest:g} s"
            where = one.place("max_s")
            said = f"(edit.min_shot_s is {facts.said(_SHORTEST, where)})"
            facts.error(where, f"{what} {said}", f"raise max_s to {shortest:g}, or lower edit.min_shot_s")
    if one.kind == "hold":
        held = (one.number("before_s") or 0.0) + (one.number("after_s") or 0.0)
        if held > longest + _NEARLY:
            where = one.place("hold")
            said = f"(edit.max_shot_s is {facts.said(_LONGEST, where)})"
            what = f"{name} holds a shot for {held:g} s, but no shot is that long {said}"
            facts.error(where, what, f"hold it for {longest:g} s at most, or raise edit.max_shot_s")


def _check_room(facts: Facts, one: ConstraintFacts) -> None:
    """More shots than the edit has."""
    least = one.least if one.kind == "count" else None
    most = most_shots(facts)
    if least is not None and most is not None and least > most:
        key = "min" if one.number("min") is not None else "exactly"
        what = f"{'.'.join(one.path)} wants {least:g} shots, but the edit has room for {most}"
        facts.error(
            one.place(key), what, f"ask for {most} at most, or make the edit longer or its shots shorter"
        )


def most_shots(facts: Facts) -> int | None:
    """How many of the shortest shots fill the edit."""
    if not all(facts.is_sound(*path) for path in (_DURATION, _SHORTEST)):
        return None
    longest = facts.number(*_DURATION) + facts.number("edit", "tolerance_s")
    return math.floor(longest / facts.number(*_SHORTEST) + _NEARLY)


def _check_never_used(facts: Facts, one: ConstraintFacts) -> None:
    """A clip that must be shown and must never be used."""
    wanted = one.kind in ("first", "last") or (one.kind in ("count", "share") and (one.least or 0) > 0)
    choice = one.choice if wanted else None
    if choice is None or choice.column != "clip":
        return
    globs = facts.leaves("edit", "never_use")
    hits = {clip: leaf for clip in sorted(choice.values) for leaf in globs if _names(clip, str(leaf.value))}
    if len(hits) == len(choice.values):
        clip, leaf = next(iter(hits.items()))
        what = f"{'.'.join(one.path)} wants {clip}, which must never be used ({_where(leaf.place, one)})"
        facts.error(
            one.place(one.kind), what, f"take {leaf.value} out of edit.never_use, or name another clip"
        )


def _names(clip: str, glob: str) -> bool:
    """As clips are matched: whatever the case, the path or the bare name."""
    name, pattern = clip.lower(), glob.lower()
    return fnmatchcase(name, pattern) or fnmatchcase(name.rsplit("/", 1)[-1], pattern)


def _check_pair(facts: Facts, one: ConstraintFacts, other: ConstraintFacts) -> None:
    if one.kind == other.kind and one.kind in ("first", "last") and _disjoint(one.choice, other.choice):
        what = f"the {one.kind} shot cannot be what {one.name} and {other.name} want at once"
        _both(facts, one, other, one.kind, what, f"take one of them away: {other.name}: null")
    if one.kind == other.kind and one.kind in ("share", "count") and _same_subject(one, other):
        for low, high in ((one, other), (other, one)):
            if low.least is not None and high.most is not None and low.least > high.most + _NEARLY:
                what = f"{low.name} wants at least {low.least:g} of what {high.name} allows {high.most:g} of"
                _both(facts, one, other, other.kind, what, "change one of the two")


def _same_subject(one: ConstraintFacts, other: ConstraintFacts) -> bool:
    if [one.text(key) for key in ("by", "where")] != [other.text(key) for key in ("by", "where")]:
        return False
    alike = one.choice is not None and one.choice == other.choice
    return alike or one.text(one.kind) == other.text(other.kind)


def _disjoint(one: Choice | None, other: Choice | None) -> bool:
    if one is None or other is None or one.column != other.column:
        return False
    return not one.values & other.values


def _check_sums(facts: Facts, read: Sequence[ConstraintFacts]) -> None:
    """Least shares, or counts, of different values of one column that are more than the whole."""
    groups: dict[tuple[str, str | None, str | None], list[ConstraintFacts]] = {}
    for one in read:
        choice = one.choice
        if choice is None or not one.least:
            continue
        group = groups.setdefault((choice.column, one.text("by"), one.text("where")), [])
        if all(_disjoint(choice, member.choice) for member in group):
            group.append(one)
    for (column, _, where), group in groups.items():
        whole = 1.0 if group[0].kind == "share" else most_shots(facts)
        total = math.fsum(one.least or 0.0 for one in group)
        if len(group) < 2 or whole is None or total <= whole + _NEARLY:
            continue
        last = group[-1]
        names = ", ".join(f"{one.name} {one.least:g}" for one in group)
        of_all = "of the whole" if group[0].kind == "share" else "shots"
        what = f"the least {last.kind}s of {column} add up to {total:g}, above {whole:g} {of_all}: {names}"
        left = whole - (total - (last.least or 0.0))
        fix = (
            f"lower min of {last.name} to {max(left, 0):g} or less" if where is None else "lower one of them"
        )
        facts.error(last.place("min" if last.number("min") is not None else "exactly"), what, fix)


def _both(facts: Facts, one: ConstraintFacts, other: ConstraintFacts, key: str, what: str, fix: str) -> None:
    """Said at the later of two constraints, with the place of the other."""
    facts.error(other.place(key), f"{what} ({_where(one.place(one.kind), other)})", fix)


def _where(place: Place, beside: ConstraintFacts) -> str:
    own = beside.place(beside.kind)
    return f"line {place.line}" if place.path == own.path and place.line else str(place)
