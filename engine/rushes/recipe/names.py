"""Unknown names: what was meant, nearest first."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from rushes.recipe.listed import listed

_NEAR = 0.6
"""From this likeness on a name is offered as what was meant; difflib.get_close_matches uses the same default."""
_SHOWN = 12


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """Known names, the most similar first."""
    return sorted(set(known), key=lambda other: (-_likeness(name, other), other))


def near_name(name: str, known: Iterable[str]) -> str | None:
    """Another known name that is so similar that it may have been meant."""
    ranked = [other for other in nearest(name, known) if other != name]
    return ranked[0] if ranked and _likeness(name, ranked[0]) >= _NEAR else None


def did_you_mean(name: str, known: Iterable[str], *, kind: str = "known here") -> str:
    """A fix for an unknown name: the nearest one where one is near, then the valid ones."""
    ranked = nearest(name, known)
    if not ranked:
        return f"{kind}: none"
    shown = listed(ranked, _SHOWN)
    if _likeness(name, ranked[0]) >= _NEAR:
        return f"did you mean {ranked[0]}? {kind}: {shown}"
    return f"{kind}: {shown}"


def _likeness(name: str, other: str) -> float:
    return SequenceMatcher(None, name.lower(), other.lower()).ratio()
