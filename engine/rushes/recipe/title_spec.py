"""Titles: what is written over the picture, where and when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from rushes.recipe.limits import Limits, check_limits

TitleStyle = Literal["title", "lower_third", "caption"]
TitleAlign = Literal["left", "centre", "right"]
TitleMoment = Literal["start", "end", "whole"]

COLOR = re.compile(r"#[0-9a-fA-F]{6}")
FACT = re.compile(r"\{\{|\}\}|\{([a-z_]*)\}")
"""A fact in a text, or a brace that is written twice."""
FACTS: Mapping[str, str] = MappingProxyType(
    {
        "creator": "whose style it is",
        "recipe": "the name of the recipe",
        "song": "the song's file without its ending",
        "clip": "the file of the shot without its ending, where `clip` says which shot",
    }
)
"""What a text may hold in braces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleSpec:
    """A text over the picture. When: one of at, from_s, section and clip; without any of them from the start."""

    name: str
    text: str
    """What is written, with `{creator}`, `{recipe}`, `{song}` or, with clip, `{clip}`; a new line where it has one, and wherever
    the next word does not fit."""
    at: TitleMoment | None = None
    """start, end, or the whole edit."""
    from_s: Annotated[float | None, Limits(least=0, most=36000)] = None
    """From this time of the edit on."""
    until_s: Annotated[float | None, Limits(above=0, most=36000)] = None
    """Until this time of the edit."""
    section: str | None = None
    """While the first section of the song with this label is heard, such as chorus."""
    clip: str | None = None
    """Over the first shot whose clip matches this glob."""
    length_s: Annotated[float | None, Limits(above=0, most=36000)] = None
    """At most so long. null: 3 s at the start or the end or after from_s, and the whole section or shot."""
    style: TitleStyle = "title"
    """title: large, above the middle. lower_third: on a box, low and to the left. caption: low in the middle."""
    align: TitleAlign | None = None
    """null: as the style says."""
    size_01: Annotated[float | None, Limits(above=0, most=0.5)] = None
    """Height of the letters, with what hangs below the line, as a share of the frame's height; null: as the style says."""
    y_01: Annotated[float | None, Limits(least=0, most=1)] = None
    """Where the middle of the text is, as a share of the frame's height; null: as the style says."""
    color: str = "#ffffff"
    """Of the letters."""
    box_color: str = "#000000"
    """Of the box behind them."""
    box_01: Annotated[float | None, Limits(least=0, most=1)] = None
    """How much the box covers: 0 for none, 1 for all of the picture behind it; null: as the style says."""
    font: str | None = None
    """A .ttf or .otf file, relative to the file that says so; null: the one that ships (Rubik)."""
    fade_s: Annotated[float, Limits(least=0, most=10)] = 0.25
    """It comes and goes over this time."""

    def __post_init__(self) -> None:
        check_limits(self)


def with_facts(text: str, facts: Mapping[str, str]) -> str:
    """The text with what is in braces filled in; what is not known stays as it is."""

    def filled(found: re.Match[str]) -> str:
        whole = found.group()
        return whole[0] if whole in ("{{", "}}") else facts.get(found.group(1), whole)

    return FACT.sub(filled, text)
