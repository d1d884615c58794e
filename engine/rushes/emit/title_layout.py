"""Where the letters of a title stand: lines, sizes and the box around them, in pixels of the frame.

Set with OpenCV's own text renderer. It ships with Rubik (SIL Open Font License), a variable font with Latin, Greek, Cyrillic
and Hebrew letters, and with WenQuanYi Micro Hei for what that lacks; a recipe may name a font file instead. It places letters
one after another with kerning: scripts that join letters or run from right to left are refused before.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from rushes.recipe.title_spec import TitleStyle
from rushes.timeline.tree import TitleLook

_LINE = 1.22
"""From line to line, of the letters' size."""
_PAD = (0.45, 0.3)
"""From the letters to the box's edges, across and down, of their size."""
_DESCENT = 0.25
_ASCENT = 1.0
_WEIGHTS: Mapping[TitleStyle, int] = MappingProxyType({"title": 700, "lower_third": 600, "caption": 600})
"""Of the font that ships; a font file has its own."""
_MARGINS_UPRIGHT = (0.12, 0.19)
"""Left and right of text in an upright frame: what Reels, TikTok and Shorts leave free."""
_MARGINS = (0.08, 0.08)
_LOW_UPRIGHT, _LOW = 0.64, 0.88
"""Lower edge of what stands low: above the captions of those apps, and inside the title-safe area of others."""
_TITLE_MIDDLE = 0.4
_TALLEST_01 = 0.8
_SMALLER = 0.9
_FEW = 6
"""More lines than this are a text to read, whose last line may be short."""
_UPRIGHT = 1.2
"""From this height on, in widths, a frame is upright."""


@dataclass(frozen=True, slots=True)
class TitleLine:
    """A line of letters: its text, and where its baseline begins."""

    text: str
    x_px: int
    y_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleLayout:
    """A title in a frame. box: left, top, right and bottom of the letters with their padding, inside the frame."""

    lines: tuple[TitleLine, ...]
    size_px: int
    weight: int
    box: tuple[int, int, int, int]


def title_layout(look: TitleLook, width_px: int, height_px: int, font: Path | None = None) -> TitleLayout:
    """Lines are broken between words at the width that is safe, and inside a word only where it is wider than that. Text
    that would not fit the height is set smaller."""
    left, right = _sides(look, width_px, height_px)
    size = max(8, round(look.size_01 * height_px))
    weight = 0 if font else _WEIGHTS[look.style]
    while True:
        pad = round(_PAD[0] * size) if look.box_01 else 0
        lines = _even_lines(look.text, max(1, right - left - 2 * pad), size, weight, font)
        tall = _tall(len(lines), size)
        if tall <= _TALLEST_01 * height_px or size <= 8:
            break
        size = max(8, round(size * _SMALLER))
    pad_y = round(_PAD[1] * size) if look.box_01 else 0
    widths = [text_width(line, size, weight, font) for line in lines]
    wide = max(widths)
    begin = {"left": left, "right": right - wide - 2 * pad, "centre": (left + right - wide) // 2 - pad}[
        look.align
    ]
    top = _top(look, tall + 2 * pad_y, width_px, height_px)
    spare = {"left": 0.0, "right": 1.0, "centre": 0.5}[look.align]
    placed = tuple(
        TitleLine(
            text=line,
            x_px=begin + pad + round((wide - widths[n]) * spare),
            y_px=top + pad_y + round((_ASCENT + n * _LINE) * size),
        )
        for n, line in enumerate(lines)
    )
    box = (begin, top, begin + wide + 2 * pad, top + tall + 2 * pad_y)
    return TitleLayout(lines=placed, size_px=size, weight=weight, box=box)


def missing_letters(text: str, font: Path | None = None) -> tuple[str, ...]:
    """Letters that would be drawn as a question mark, each once, in order."""
    unknown = _drawn("?", font)
    found = (
        letter
        for letter in dict.fromkeys(unicodedata.normalize("NFC", text))
        if letter != "?" and not letter.isspace() and np.array_equal(_drawn(letter, font), unknown)
    )
    return tuple(found)


def is_font(font: Path) -> bool:
    """Whether letters can be read from a file."""
    return bool(cv2.FontFace(str(font)).getName())


def draw_line(mask: NDArray[np.uint8], line: TitleLine, layout: TitleLayout, font: Path | None) -> None:
    """Add a line's coverage, 0..255, to a mask whose corner is that of the frame."""
    cv2.putText(mask, line.text, (line.x_px, line.y_px), (255,), _face(font), layout.size_px, layout.weight)


def text_width(text: str, size_px: int, weight: int, font: Path | None) -> int:
    """How far a line goes, in pixels."""
    if not text:
        return 0
    area = cv2.getTextSize((1 << 15, 1 << 15), text, (0, 0), _face(font), size_px, weight)
    return int(area[2])


def _sides(look: TitleLook, width_px: int, height_px: int) -> tuple[int, int]:
    margins = _MARGINS_UPRIGHT if _is_upright(width_px, height_px) else _MARGINS
    # In the middle of the frame, not of what is free.
    left, right = (max(margins), max(margins)) if look.align == "centre" else margins
    return round(left * width_px), round((1 - right) * width_px)


def _is_upright(width_px: int, height_px: int) -> bool:
    return height_px >= _UPRIGHT * width_px


def _tall(lines: int, size: int) -> int:
    return round((_ASCENT + (lines - 1) * _LINE + _DESCENT) * size)


def _top(look: TitleLook, tall: int, width_px: int, height_px: int) -> int:
    low = _LOW_UPRIGHT if _is_upright(width_px, height_px) else _LOW
    if look.y_01 is not None:
        top = round(look.y_01 * height_px - tall / 2)
    elif look.style == "title":
        top = round(_TITLE_MIDDLE * height_px - tall / 2)
    else:
        top = round(low * height_px) - tall
    return max(0, min(top, height_px - tall))


def _even_lines(text: str, width: int, size: int, weight: int, font: Path | None) -> list[str]:
    """Lines as even as their number allows, so that no word is left alone on the last one."""
    lines = _lines(text, width, size, weight, font)
    narrow, wide = (0, width) if len(lines) <= _FEW else (width, width)
    while wide - narrow > size // 8 + 1:
        middle = (narrow + wide) // 2
        tried = _lines(text, middle, size, weight, font)
        if len(tried) > len(lines) or any(word not in text.split() for word in " ".join(tried).split()):
            narrow = middle
        else:
            wide, lines = middle, tried
    return lines


def _lines(text: str, width: int, size: int, weight: int, font: Path | None) -> list[str]:
    found: list[str] = []
    for paragraph in unicodedata.normalize("NFC", text).strip().splitlines():
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}" if line else word
            if line and text_width(longer, size, weight, font) > width:
                found.append(line)
                longer = word
            *whole, line = _broken(longer, width, size, weight, font)
            found += whole
        found.append(line)
    return found or [""]


def _broken(word: str, width: int, size: int, weight: int, font: Path | None) -> Iterable[str]:
    """A word in pieces that fit."""
    while len(word) > 1 and text_width(word, size, weight, font) > width:
        fits = next(
            (n for n in range(len(word) - 1, 1, -1) if text_width(word[:n], size, weight, font) <= width), 1
        )
        yield word[:fits]
        word = word[fits:]
    yield word


@lru_cache(maxsize=8)
def _face(font: Path | None) -> cv2.FontFace:
    return cv2.FontFace(str(font) if font else "sans")


def _drawn(letter: str, font: Path | None) -> NDArray[np.uint8]:
    mask = np.zeros((96, 160), np.uint8)
    cv2.putText(mask, letter, (32, 64), (255,), _face(font), 48, 0 if font else 400)
    return mask
