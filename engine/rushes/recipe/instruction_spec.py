"""What a recipe says about making a part of an edit anew: instructions, and what reasons of deletions teach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from rushes.recipe.limits import Limits, check_limits


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionSpec:
    """How `rushes regenerate --instruction NAME` changes the recipe for the section that it makes anew."""

    name: str
    says: str = ""
    """What it does, in a sentence."""
    set: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Dotted path below edit or style -> its value; "x1.5": so many times the recipe's, "add 0.2": so much more. Numbers
    that a factor or a sum takes beyond their range stop there."""
    lower_shown_01: Annotated[float, Limits(least=0, most=1)] = 0.0
    """How much less takes are worth that stand in the section now; 1: they are not offered again."""

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteReasonSpec:
    """What it teaches that a shot was deleted for this reason."""

    name: str
    says: str = ""
    """What the reason means, in a few words."""
    lower: str
    """An expression over segments, clamped to 0..1: how much a segment has of it. same_clip: it is of a clip of which a shot was
    deleted for this reason."""
    by: Annotated[float, Limits(least=0, most=1)] = 0.3
    """The score of a segment that has all of it is lowered by this share."""
    same_clip_by: Annotated[float | None, Limits(least=0, most=1)] = None
    """Other takes of the clip of which a shot was deleted are lowered by at least this share; null: half of by."""

    def __post_init__(self) -> None:
        check_limits(self)


SAME_CLIP = "same_clip"
"""Column that expressions of reasons may use beside those of segments."""
