"""The functions an expression may call: the only list of them, with arity, types and meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Wanted = Literal["number", "bool", "text", "any", "same", "digits", "group"]
"""What an argument must be. any: every type; same: the type of the first "same" argument; digits: a whole number from
0 to 12 written out; group: a text column by whose value rows are grouped."""
Given = Literal["number", "bool", "same"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One function. `takes` lists the arguments; the last may be left out (optional) or repeated (repeats)."""

    takes: tuple[Wanted, ...]
    gives: Given
    usage: str
    says: str
    optional: bool = False
    repeats: bool = False

    def accepts(self, count: int) -> bool:
        """Whether so many arguments fit."""
        least = len(self.takes) - self.optional
        return least <= count and (self.repeats or count <= len(self.takes))

    def wanted(self, index: int) -> Wanted:
        """What the argument at an index (from 0) must be."""
        return self.takes[min(index, len(self.takes) - 1)]


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "min": Function(
            takes=("number", "number"),
            gives="number",
            repeats=True,
            usage="min(a, b, ...)",
            says="The smallest; missing if one is missing.",
        ),
        "max": Function(
            takes=("number", "number"),
            gives="number",
            repeats=True,
            usage="max(a, b, ...)",
            says="The largest; missing if one is missing.",
        ),
        "clip": Function(
            takes=("number", "number", "number"),
            gives="number",
            usage="clip(x, low, high)",
            says="x, raised to low or lowered to high.",
        ),
        "abs": Function(takes=("number",), gives="number", usage="abs(x)", says="x without its sign."),
        "sqrt": Function(
            takes=("number",),
            gives="number",
            usage="sqrt(x)",
            says="Square root; missing below 0.",
        ),
        "exp": Function(takes=("number",), gives="number", usage="exp(x)", says="e to the power of x."),
        "log": Function(
            takes=("number",),
            gives="number",
            usage="log(x)",
            says="Natural logarithm; missing at 0 and below.",
        ),
        "floor": Function(
            takes=("number",),
            gives="number",
            usage="floor(x)",
            says="The next whole number down.",
        ),
        "ceil": Function(
            takes=("number",),
            gives="number",
            usage="ceil(x)",
            says="The next whole number up.",
        ),
        "round": Function(
            takes=("number", "digits"),
            gives="number",
            optional=True,
            usage="round(x, digits)",
            says="Rounded to so many decimals (0 if left out); a half goes up.",
        ),
        "if_else": Function(
            takes=("bool", "same", "same"),
            gives="same",
            usage="if_else(condition, then, otherwise)",
            says="One of two values; missing if the condition is missing.",
        ),
        "coalesce": Function(
            takes=("same", "same"),
            gives="same",
            repeats=True,
            usage="coalesce(a, b, ...)",
            says="The first value that is not missing.",
        ),
        "is_missing": Function(
            takes=("any",),
            gives="bool",
            usage="is_missing(x)",
            says="Whether there is no value; never missing itself.",
        ),
        "between": Function(
            takes=("number", "number", "number"),
            gives="bool",
            usage="between(x, low, high)",
            says="low <= x and x <= high.",
        ),
        "one_of": Function(
            takes=("same", "same"),
            gives="bool",
            repeats=True,
            usage='one_of(x, "a", "b", ...)',
            says="Whether x equals one of the values.",
        ),
        "zscore": Function(
            takes=("number", "group"),
            gives="number",
            optional=True,
            usage="zscore(x, group)",
            says="Standard deviations (of all rows, or of the rows of the same group) above the mean; 0 where all are equal.",
        ),
        "rank_01": Function(
            takes=("number", "group"),
            gives="number",
            optional=True,
            usage="rank_01(x, group)",
            says="Place among all rows (or those of the group): 0 lowest, 1 highest, equals share the mean, 0.5 alone.",
        ),
        "mean_over": Function(
            takes=("number", "group"),
            gives="number",
            optional=True,
            usage="mean_over(x, group)",
            says="Mean over all rows, or over the rows of the same group; missing values are left out.",
        ),
        "min_over": Function(
            takes=("number", "group"),
            gives="number",
            optional=True,
            usage="min_over(x, group)",
            says="Smallest value over all rows, or over those of the group.",
        ),
        "max_over": Function(
            takes=("number", "group"),
            gives="number",
            optional=True,
            usage="max_over(x, group)",
            says="Largest value over all rows, or over those of the group.",
        ),
        "share_of": Function(
            takes=("bool", "group"),
            gives="number",
            optional=True,
            usage="share_of(condition, group)",
            says="Share (0..1) of the rows, or of those of the group, where the condition holds; missing ones are left out.",
        ),
    }
)
