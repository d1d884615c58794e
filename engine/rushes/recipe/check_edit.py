"""Constraints of an edit that no footage could meet."""

from __future__ import annotations

import math
from collections.abc import Mapping

from rushes.recipe.check_talk import check_talk
from rushes.recipe.check_titles import check_titles
from rushes.recipe.facts import Facts
from rushes.recipe.names import did_you_mean
from rushes.recipe.schema import AnalyzerLike
from rushes.recipe.shape import Path
from rushes.recipe.spec import OBJECTIVE_TERMS
from rushes.recipe.tree import Branch, Leaf

_GRID = ("edit", "grid")
_DURATION = ("edit", "duration_s")
_SHORTEST = ("edit", "min_shot_s")
_LONGEST = ("edit", "max_shot_s")
_RAMPS = ("edit", "ramps")
_LENGTHS = {
    "quick_dissolve": ("dissolve_s", "dissolve", 3),
    "whip_pan": ("whip_pan_s", "whip pan", 2),
    "dip_to_black": ("dip_s", "dip to black", 2),
}
"""Where the length of a transition stands, what it is called, and how many times as long both its shots are."""


def check_edit(facts: Facts, declared: Mapping[str, AnalyzerLike]) -> None:
    """Check what an edit demands against itself; declared: the analyzers that are switched on."""
    _not_above(facts, ("segments", "min_s"), ("segments", "max_s"))
    if not isinstance(facts.node("edit"), Branch):
        return
    check_titles(facts)
    if isinstance(facts.node("edit", "talk"), Branch):
        # Nothing is chosen and nothing has a given length, so the rest does not count.
        check_talk(facts, declared)
        return
    _not_above(facts, _SHORTEST, _LONGEST)
    _check_duration(facts)
    _check_transitions(facts, declared)
    _check_ramps(facts, declared)
    _check_weights(facts)
    _check_score(facts)
    _check_grid(facts, declared)
    _check_wanted_clips(facts)


def _not_above(facts: Facts, low: Path, high: Path) -> None:
    if not (facts.is_sound(*low) and facts.is_sound(*high)) or facts.number(*low) <= facts.number(*high):
        return
    at = facts.later(low, high)
    place = facts.place(*at)
    if at == low:
        what = f"{'.'.join(low)} is {facts.number(*low):g}, above {high[-1]} ({facts.said(high, place)})"
        fix = f"lower {low[-1]} to {facts.number(*high):g} or less"
    else:
        what = f"{'.'.join(high)} is {facts.number(*high):g}, below {low[-1]} ({facts.said(low, place)})"
        fix = f"raise {high[-1]} to {facts.number(*low):g} or more"
    facts.error(place, what, fix)


def _check_duration(facts: Facts) -> None:
    if not (facts.is_sound(*_DURATION) and facts.is_sound(*_SHORTEST)):
        return
    longest = facts.number(*_DURATION) + facts.number("edit", "tolerance_s")
    if longest >= facts.number(*_SHORTEST):
        return
    at = facts.later(_DURATION, _SHORTEST)
    place = facts.place(*at)
    other = _SHORTEST if at == _DURATION else _DURATION
    what = f"{'.'.join(at)} is {facts.number(*at):g}: the edit is shorter than one shot"
    fix = "make the edit longer or its shots shorter"
    facts.error(place, f"{what} ({other[-1]} is {facts.said(other, place)})", fix)


def _check_transitions(facts: Facts, declared: Mapping[str, AnalyzerLike]) -> None:
    allowed = {leaf.value for leaf in facts.leaves("edit", "transitions", "allow")}
    if not allowed:
        place = facts.place("edit", "transitions", "allow")
        facts.error(place, "no transition is allowed, so no two shots can follow each other", "add hard_cut")
        return
    for kind in _LENGTHS:
        if kind in allowed:
            _check_length(facts, kind)
    if "whip_pan" in allowed and "motion" not in declared and facts.is_sound("analyzers"):
        what = "there will be no whip pan: no analyzer looks how the camera turns"
        place = facts.place("edit", "transitions", "allow")
        facts.warn(place, what, "add motion: {} to analyzers, or take whip_pan out")


def _check_length(facts: Facts, kind: str) -> None:
    """Where most shots are too short, the longer ones still have it; where all are, nobody should wait for it."""
    name, says, times = _LENGTHS[kind]
    length = ("edit", "transitions", name)
    at = facts.later(length, _LONGEST, ("edit", "transitions", "allow"))
    if not (facts.is_sound(*length) and facts.is_sound(*_LONGEST)) or at == _LONGEST:
        return
    if times * facts.number(*length) > facts.number(*_LONGEST):
        place = facts.place(*at)
        most = math.floor(1000 * facts.number(*_LONGEST) / times) / 1000
        what = f"there will be no {says}: both shots are {times} times as long as its {facts.number(*length):g} s"
        where = f"({_LONGEST[-1]} is {facts.said(_LONGEST, place)})"
        facts.warn(place, f"{what} {where}", f"lower {name} to {most:g} or less, or leave out {kind}")


def _check_ramps(facts: Facts, declared: Mapping[str, AnalyzerLike]) -> None:
    if not facts.is_sound(*_RAMPS) or facts.number(*_RAMPS, "share") == 0:
        return
    fast, slow = (facts.number(*_RAMPS, name) for name in ("fast", "slow"))
    least = facts.number(*_RAMPS, "least_change")
    if fast < least * slow:
        at = facts.later(*((*_RAMPS, name) for name in ("fast", "slow", "least_change")))
        what = f"no ramp can be made: fast ({fast:g}) is less than {least:g} times slow ({slow:g})"
        facts.error(facts.place(*at), what, "raise fast, or lower slow or least_change")
    shortest = (*_RAMPS, "min_shot_s")
    if facts.is_sound(*_LONGEST) and facts.number(*shortest) > facts.number(*_LONGEST):
        at = facts.later(shortest, _LONGEST)
        place = facts.place(*at)
        what = f"no shot is long enough for a ramp: edit.ramps.min_shot_s is {facts.number(*shortest):g}"
        where = f"(max_shot_s is {facts.said(_LONGEST, place)})"
        fix = f"lower ramps.min_shot_s to {facts.number(*_LONGEST):g} or less"
        facts.error(place, f"{what} {where}", fix)
    if "motion" not in declared and facts.is_sound("analyzers"):
        what = "there will be no speed ramp: no analyzer looks for movement"
        facts.warn(
            facts.place(*_RAMPS, "share"), what, "add motion: {} to analyzers, or set ramps.share to 0"
        )


def _check_weights(facts: Facts) -> None:
    path = ("edit", "weights")
    given = [term for term in OBJECTIVE_TERMS if facts.node(*path, term) is not None]
    if not facts.is_sound(*path) or any(facts.number(*path, term) > 0 for term in given):
        return
    what = "all weights of the edit are 0, so every edit is as good as any other"
    facts.error(facts.place(*path), what, "give at least score a weight above 0")


def _check_score(facts: Facts) -> None:
    name = facts.text("edit", "score")
    known = facts.given.get("scores")
    names = tuple(known.entries) if isinstance(known, Branch) else ()
    if name is not None and name not in names:
        fix = did_you_mean(name, names, kind="scores")
        facts.error(facts.place("edit", "score"), f"edit.score is {name}, which is no score", fix)


def _check_grid(facts: Facts, declared: Mapping[str, AnalyzerLike]) -> None:
    grid = facts.text(*_GRID)
    if grid == "free" or not facts.is_sound(*_GRID):
        return
    place = facts.place(*_GRID)
    song = facts.node("song")
    if isinstance(song, Leaf):
        what = f"edit.grid is {grid}, but the recipe has no song"
        facts.error(place, what, "add song: {}, or write grid: free")
    if not any(analyzer.source == "song" for analyzer in declared.values()) and facts.is_sound("analyzers"):
        what = f"edit.grid is {grid}, but no analyzer looks at the song"
        facts.error(place, what, "add beats: {} to analyzers, or write grid: free")


def _check_wanted_clips(facts: Facts) -> None:
    never = {str(leaf.value).lower(): leaf for leaf in facts.leaves("edit", "never_use")}
    wanted = facts.leaves("edit", "must_use")
    for leaf in wanted:
        other = never.get(str(leaf.value).lower())
        if other is not None:
            same = other.place.path == leaf.place.path and other.place.line
            where = f"line {other.place.line}" if same else str(other.place)
            what = f"{leaf.value} must be used and must never be used ({where})"
            facts.error(leaf.place, what, "take it away from must_use or from never_use")
    if not wanted or not (facts.is_sound(*_DURATION) and facts.is_sound(*_SHORTEST)):
        return
    longest = facts.number(*_DURATION) + facts.number("edit", "tolerance_s")
    most = math.floor(longest / facts.number(*_SHORTEST))
    if len(wanted) > most:
        what = f"{len(wanted)} clips must be used, but the edit has room for {most} shot{'s' * (most != 1)}"
        fix = "name fewer clips, make the edit longer or its shots shorter"
        facts.error(facts.key_place("edit", "must_use"), what, fix)
