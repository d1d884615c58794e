"""What docstrings say of fields."""

from __future__ import annotations

from dataclasses import dataclass

from rushes.recipe.texts import field_texts


@dataclass(frozen=True)
class Listed:
    """What it must do, or with a weight: should do. weight: how much, of all: 1 at most. low, high: min_x counts."""

    weight: float = 1.0
    low: float = 0.0
    high: float = 1.0
    own: float = 0.0
    """Its own text."""


@dataclass(frozen=True)
class AtOnce:
    """low: the least."""

    low: float = 0.0


def test_a_list_of_fields_begins_after_a_sentence() -> None:
    assert field_texts(Listed) == {
        "": "What it must do, or with a weight: should do.",
        "weight": "How much, of all: 1 at most.",
        "low": "min_x counts.",
        "high": "min_x counts.",
        "own": "Its own text.",
    }


def test_a_list_may_be_all_there_is() -> None:
    assert field_texts(AtOnce) == {"": "", "low": "The least."}
