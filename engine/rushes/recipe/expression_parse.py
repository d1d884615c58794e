"""Text to tree: a tokenizer and a Pratt parser (V. Pratt, "Top down operator precedence", 1973)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rushes.recipe.expression_tree import (
    COMPARISONS,
    Binary,
    Call,
    Expression,
    ExpressionFault,
    Name,
    Number,
    Text,
    Truth,
    Unary,
    children,
)

MAX_CHARS = 2000
MAX_DEPTH = 64
"""Levels of a tree. Every walk over it may recurse, so this stays far below Python's own limit."""

_BINDING = {"or": 1, "and": 2, **dict.fromkeys(COMPARISONS, 4), "+": 5, "-": 5, "*": 6, "/": 6, "%": 6}
_NOT_BINDS, _MINUS_BINDS = 3, 7
_KEYWORDS = frozenset({"and", "or", "not", "true", "false"})
_SECONDS_PER = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}
_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?P<unit>[A-Za-z_]\w*)?
      | (?P<name>[A-Za-z_]\w*)
      | (?P<text>"[^"]*"|'[^']*')
      | (?P<mark>\*\*|//|&&|\|\||==|!=|<=|>=|<>|[-+*/%<>(),=!&|^?:;{}\[\]])""",
    re.VERBOSE | re.ASCII,
)
_FOREIGN = {
    "=": "write == to compare",
    "<>": "write !=",
    "&&": "write and",
    "&": "write and",
    "||": "write or",
    "|": "write or",
    "!": "write not",
    "**": "write x * x, or exp(log(x) * power)",
    "^": "write x * x, or exp(log(x) * power)",
    "//": "write floor(a / b)",
    "?": "write if_else(condition, then, otherwise)",
    "[": 'write one_of(x, "a", "b")',
}
_FOREIGN_WORDS = {
    "in": 'write one_of(x, "a", "b")',
    "is": "write == to compare, or is_missing(x)",
    "if": "write if_else(condition, then, otherwise)",
    "else": "write if_else(condition, then, otherwise)",
    "null": "write is_missing(x)",
    "None": "write is_missing(x)",
    "True": "write true",
    "False": "write false",
    "AND": "write and",
    "OR": "write or",
    "NOT": "write not",
}


_KEPT = 1000
"""Expressions that need not be read again: those of a recipe are checked once more for each of its instructions."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    """number, name, text, mark (operators and keywords too) or end."""
    text: str
    offset: int
    unit: str | None = None


@lru_cache(maxsize=_KEPT)
def parse_expression(text: str) -> Expression:
    """Read an expression. Raises ExpressionFault at the first place that cannot be read."""
    if len(text) > MAX_CHARS:
        raise ExpressionFault(
            MAX_CHARS,
            f"the expression has {len(text)} characters, above {MAX_CHARS}",
            "divide it into several features",
        )
    parser = _Parser(_tokens(text), text)
    tree = parser.expression(0, 0)
    parser.expect_end()
    _refuse_deep(tree)
    return tree


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _unreadable(text, at)
        kind = "number" if found["number"] else str(found.lastgroup)
        if kind == "number":
            tokens.append(_Token(kind, found["number"], at, found["unit"]))
        elif kind == "name" and found["name"] in _KEYWORDS:
            tokens.append(_Token("mark", found["name"], at))
        elif kind != "space":
            tokens.append(_Token(kind, found[0], at))
        at = found.end()
    return [*tokens, _Token("end", "", len(text))]


def _unreadable(text: str, at: int) -> ExpressionFault:
    if text[at] in "\"'":
        return ExpressionFault(at, "the text is not closed", f"add a {text[at]} where it ends")
    return ExpressionFault(at, f"{text[at]!r} means nothing here", "remove it, or put text into quotes")


class _Parser:
    def __init__(self, tokens: list[_Token], text: str) -> None:
        self._tokens = tokens
        self._text = text
        self._at = 0

    def expression(self, binds_above: int, level: int) -> Expression:
        """Read operands and the operators between them that bind tighter than `binds_above`."""
        token = self._next()
        if level > MAX_DEPTH:
            raise _too_deep(token.offset)
        left = self._operand(token, level)
        while _BINDING.get(self._here.text, 0) > binds_above and self._here.kind == "mark":
            operator = self._next()
            binding = _BINDING[operator.text]
            right = self.expression(binding, level + 1)
            left = Binary(operator.text, left, right, operator.offset)
            if operator.text in COMPARISONS and self._here.text in COMPARISONS:
                raise self._chained(token.offset, operator)
        return left

    def expect_end(self) -> None:
        """Refuse what is left over."""
        here = self._here
        if here.kind == "end":
            return
        if here.text == ")":
            raise ExpressionFault(here.offset, "there is no ( for this )", "remove it")
        foreign = _FOREIGN_WORDS if here.kind == "name" else _FOREIGN
        fix = foreign.get(here.text, "put an operator such as + or and before it")
        raise ExpressionFault(here.offset, f"{here.text} is not expected here", fix)

    @property
    def _here(self) -> _Token:
        return self._tokens[self._at]

    def _next(self) -> _Token:
        token = self._tokens[self._at]
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _operand(self, token: _Token, level: int) -> Expression:
        match token.kind, token.text:
            case "number", _:
                return _number(token)
            case "text", quoted:
                return Text(quoted[1:-1], token.offset)
            case "name", _:
                return self._name_or_call(token, level)
            case "mark", "true" | "false":
                return Truth(token.text == "true", token.offset)
            case "mark", "not":
                return Unary("not", self.expression(_NOT_BINDS, level + 1), token.offset)
            case "mark", "-":
                return Unary("-", self.expression(_MINUS_BINDS, level + 1), token.offset)
            case "mark", "(":
                inner = self.expression(0, level + 1)
                self._close(token)
                return inner
            case "end", _:
                raise ExpressionFault(
                    token.offset, "a value is missing at the end", "add a column or a number"
                )
            case _:
                fix = _FOREIGN.get(token.text, "put a column or a number there")
                raise ExpressionFault(token.offset, f"a value is expected before {token.text}", fix)

    def _name_or_call(self, token: _Token, level: int) -> Expression:
        if token.text in _FOREIGN_WORDS:
            raise ExpressionFault(
                token.offset, f"{token.text} is not a word of this language", _FOREIGN_WORDS[token.text]
            )
        if self._here.text == "(":
            return self._call(token, level)
        return Name(token.text, token.offset)

    def _call(self, name: _Token, level: int) -> Expression:
        opening = self._next()
        arguments: list[Expression] = []
        while self._here.text != ")" or arguments:
            arguments.append(self.expression(0, level + 1))
            if self._here.text != ",":
                break
            self._next()
        self._close(opening)
        return Call(name.text, tuple(arguments), name.offset)

    def _close(self, opening: _Token) -> None:
        here = self._here
        if here.text == ")":
            self._next()
        elif here.kind == "end":
            raise ExpressionFault(opening.offset, "this ( is not closed", "add )")
        else:
            self.expect_end()

    def _chained(self, start: int, first: _Token) -> ExpressionFault:
        second = self._here
        left = self._text[start : first.offset].strip()
        middle = self._text[first.offset + len(first.text) : second.offset].strip()
        return ExpressionFault(
            second.offset,
            "comparisons cannot be chained",
            f"write {left} {first.text} {middle} and {middle} {second.text} ...",
        )


def _number(token: _Token) -> Number:
    value = float(token.text)
    if token.unit is not None and token.unit not in _SECONDS_PER:
        raise ExpressionFault(
            token.offset,
            f"{token.text}{token.unit} is neither a number nor a name",
            "units of time are ms, s, min, h; other numbers are written without a unit",
        )
    if value == float("inf"):
        raise ExpressionFault(token.offset, f"{token.text} is too large", "write a number below 1e308")
    if token.unit is None:
        return Number(value, None, token.offset)
    return Number(value * _SECONDS_PER[token.unit], "s", token.offset)


def _refuse_deep(tree: Expression) -> None:
    waiting = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise _too_deep(node.offset)
        waiting.extend((child, depth + 1) for child in children(node))


def _too_deep(offset: int) -> ExpressionFault:
    return ExpressionFault(
        offset, f"the expression is more than {MAX_DEPTH} levels deep", "divide it into several features"
    )
