"""Plain YAML scalars, read by the YAML 1.2 core schema; what YAML 1.1 readers take otherwise is refused."""

from __future__ import annotations

import math
import re

from rushes.recipe.tree import Scalar

_NULL = frozenset({"null", "Null", "NULL", "~"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_SWITCH = {"yes": "true", "on": "true", "no": "false", "off": "false"}
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_OCTAL = re.compile(r"[-+]?0[0-9]+")
_BASE = re.compile(r"[-+]?0[xob][0-9A-Fa-f_]+")
_GROUPED = re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(?:\.[0-9_]*)?")
_SPECIAL = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_SEXAGESIMAL = re.compile(r"[-+]?[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?")
_MOST_DIGITS = 18


class ScalarFault(ValueError):
    """A plain scalar that YAML readers do not agree on."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix


def read_plain(text: str) -> Scalar:
    """Value of an unquoted scalar that is not empty.

    Raises ScalarFault for `on`, `012`, `0x1F`, `1_000`, `.inf` and numbers beyond 64 bits. Base-60 look-alikes such as
    `1:30` stay text here: `is_sexagesimal` tells them, and the schema decides (an aspect `9:16` is fine).
    """
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if text.lower() in _SWITCH:
        meant = _SWITCH[text.lower()]
        raise ScalarFault(
            f"{text} is {meant} to some YAML readers and text to others",
            f'write {meant}, or "{text}" in quotes for the text',
        )
    if text[0] in "+-.0123456789":
        return _read_number(text)
    return text


def is_sexagesimal(text: str) -> bool:
    """Whether YAML 1.1 reads this as a number of base 60: `1:30` is 90 there."""
    return bool(_SEXAGESIMAL.fullmatch(text))


def _read_number(text: str) -> Scalar:
    if _OCTAL.fullmatch(text):
        decimal = str(int(text))
        raise ScalarFault(
            f"{text} is octal to some YAML readers and decimal to others",
            f'write {decimal}, or "{text}" in quotes for the text',
        )
    if _BASE.fullmatch(text):
        raise ScalarFault(f"{text} is not a decimal number", f'write it in decimal, or "{text}" in quotes')
    if _GROUPED.fullmatch(text):
        joined = text.replace("_", "")
        raise ScalarFault(
            f"{text} is a number to some YAML readers and text to others",
            f'write {joined}, or "{text}" in quotes for the text',
        )
    if _SPECIAL.fullmatch(text):
        raise ScalarFault(f"{text} is not a finite number", "write a finite number")
    if _INT.fullmatch(text):
        if len(text) > _MOST_DIGITS:
            raise ScalarFault(f"a number of {len(text)} digits is too large", "write a smaller number")
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if not math.isfinite(number):
            raise ScalarFault(f"{text} is too large for a number", "write a smaller number")
        return number
    return text
