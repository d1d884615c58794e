"""The tree of an expression, and what can be wrong with one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

ValueType = Literal["number", "bool", "text"]
ColumnKind = Literal["number", "bool", "text", "list"]
"""list: moments or ranges of a clip, which no expression can use."""
Severity = Literal["error", "warning"]
Value: TypeAlias = float | bool | str


class ExpressionFault(Exception):
    """What is wrong at `offset` (characters from the start of the text) and how to fix it.

    Raised by the parsers, returned by the checks. A warning means the text is legal but cannot be what was meant.
    """

    def __init__(self, offset: int, what: str, fix: str, severity: Severity = "error") -> None:
        super().__init__(offset, what, fix, severity)
        self.offset = offset
        self.what = what
        self.fix = fix
        self.severity: Severity = severity

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ExpressionFault) and self.args == other.args

    def __hash__(self) -> int:
        return hash(self.args)

    def __str__(self) -> str:
        return f"{self.what} (fix: {self.fix})" if self.fix else self.what


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What is known of a name before any data is there.

    value: set where the name is a threshold of the recipe, a constant.
    """

    type: ColumnKind = "number"
    unit: str = ""
    """As in `Column.unit`; "" for counts, text, and where nothing is known."""
    choices: tuple[str, ...] = ()
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """`0.5`, or with a unit of time `250ms` (then the value is in seconds and unit is "s")."""

    value: float
    unit: str | None
    offset: int


@dataclass(frozen=True, slots=True)
class Text:
    """`"front"`."""

    value: str
    offset: int


@dataclass(frozen=True, slots=True)
class Truth:
    """`true` or `false`."""

    value: bool
    offset: int


@dataclass(frozen=True, slots=True)
class Name:
    """A column or a threshold."""

    name: str
    offset: int


@dataclass(frozen=True, slots=True)
class Unary:
    """operator: `-` or `not`."""

    operator: str
    operand: Expression
    offset: int


@dataclass(frozen=True, slots=True)
class Binary:
    """operator: one of `+ - * / % == != < <= > >= and or`. offset is that of the operator."""

    operator: str
    left: Expression
    right: Expression
    offset: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the table and its arguments."""

    function: str
    arguments: tuple[Expression, ...]
    offset: int


Expression: TypeAlias = Number | Text | Truth | Name | Unary | Binary | Call

COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
ARITHMETIC = frozenset({"+", "-", "*", "/", "%"})


def children(tree: Expression) -> tuple[Expression, ...]:
    """The direct parts of a node, from left to right."""
    match tree:
        case Unary():
            return (tree.operand,)
        case Binary():
            return (tree.left, tree.right)
        case Call():
            return tree.arguments
        case _:
            return ()


def names_in(tree: Expression) -> tuple[tuple[str, int], ...]:
    """Every use of a name with its offset, in the order of the text."""
    found: list[tuple[str, int]] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Name):
            found.append((node.name, node.offset))
        waiting.extend(children(node))
    return tuple(sorted(found, key=lambda use: use[1]))
