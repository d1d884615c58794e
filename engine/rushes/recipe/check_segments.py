"""Shots that a recipe allows, or wants, though `segments.max_s` leaves no take that holds them."""

from __future__ import annotations

from collections.abc import Iterator

from rushes.recipe.facts import Facts
from rushes.recipe.shape import Path
from rushes.recipe.tree import Branch

_DIVIDES = ("segments", "max_s")
_LONGEST = ("edit", "max_shot_s")
_HANDLE = ("edit", "handle_s")
_USES = ("edit", "max_uses_per_clip")


def check_segments(facts: Facts) -> None:
    """Warn of shots longer than any take. Where a clip is used once, its segments make one take again."""
    sound = all(facts.is_sound(*path) for path in (_DIVIDES, _LONGEST, _HANDLE, _USES))
    if not isinstance(facts.node("edit"), Branch) or isinstance(facts.node("edit", "talk"), Branch):
        return
    if not sound or facts.number(*_USES) == 1:
        return
    most_s = facts.number(*_DIVIDES)
    if facts.number(*_LONGEST) > most_s:
        what = f"edit.max_shot_s is {facts.number(*_LONGEST):g}, but no take is longer than {most_s:g} s"
        _warn(facts, facts.later(_LONGEST, _DIVIDES), what, facts.number(*_LONGEST), "lower edit.max_shot_s")
    for path, wanted_s, what in _wanted(facts):
        if wanted_s > most_s:
            _warn(
                facts,
                path,
                f"{what} of {wanted_s:g} s, but no take is longer than {most_s:g} s",
                wanted_s,
                "shorten it",
            )


def _wanted(facts: Facts) -> Iterator[tuple[Path, float, str]]:
    """Where a constraint wants a long shot, how long, and in words."""
    for name in facts.keys("edit", "constraints"):
        path = ("edit", "constraints", name)
        if not facts.is_sound(*path) or not isinstance(facts.node(*path), Branch):
            continue
        says = {key: facts.text(*path, key) for key in ("length", "hold")}
        if says["length"] and (least_s := _number(facts, *path, "min_s")):
            yield (*path, "min_s"), least_s, f"{'.'.join(path)} wants shots"
        if says["hold"]:
            held_s = _number(facts, *path, "before_s") + _number(facts, *path, "after_s")
            yield (*path, "hold"), held_s, f"{'.'.join(path)} holds a shot"


def _number(facts: Facts, *path: str) -> float:
    node = facts.node(*path)
    value = getattr(node, "value", None)
    return float(value) if isinstance(value, (int, float)) and facts.is_sound(*path) else 0.0


def _warn(facts: Facts, path: Path, what: str, shot_s: float, other: str) -> None:
    place = facts.place(*path)
    enough_s = shot_s + 2 * facts.number(*_HANDLE)
    why = f"segments.max_s, which divides longer ones, is {facts.said(_DIVIDES, place)}"
    facts.warn(place, f"{what} ({why})", f"raise segments.max_s to {enough_s:g} or more, or {other}")
