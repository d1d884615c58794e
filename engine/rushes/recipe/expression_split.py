"""An expression over two kinds of rows, such as takes and places, divided into what can be computed on each alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from rushes.recipe.expression_tree import Binary, Call, Expression, Name, Unary, names_in

OVER_ROWS = frozenset({"zscore", "rank_01", "mean_over", "min_over", "max_over", "share_of"})
"""Functions whose value for a row depends on the other rows."""

IsOther = Callable[[str], bool]
"""Whether a name belongs to the second kind of rows."""


@dataclass(frozen=True, slots=True)
class Split:
    """own, other: the largest parts that name columns of one kind only. whole: the expression over the names `own.0`,
    `own.1`, ... and `other.0`, ... of these parts."""

    own: tuple[Expression, ...]
    other: tuple[Expression, ...]
    whole: Expression


def split(tree: Expression, is_other: IsOther) -> Split:
    """Divide an expression. One without any name is one own part."""
    own: list[Expression] = []
    other: list[Expression] = []

    def divided(node: Expression) -> Expression:
        names = [name for name, _ in names_in(node)]
        if not names and node is not tree:
            return node
        if all(map(is_other, names)) and names:
            return _kept(other, node, "other")
        if not any(map(is_other, names)):
            return _kept(own, node, "own")
        match node:
            case Unary():
                return replace(node, operand=divided(node.operand))
            case Binary():
                return replace(node, left=divided(node.left), right=divided(node.right))
            case Call():
                return replace(node, arguments=tuple(map(divided, node.arguments)))
            case _:
                raise AssertionError("a leaf names one column at most")

    return Split(whole=divided(tree), own=tuple(own), other=tuple(other))


def _kept(parts: list[Expression], node: Expression, kind: str) -> Expression:
    parts.append(node)
    return Name(f"{kind}.{len(parts) - 1}", node.offset)


def mixing_call(tree: Expression, is_other: IsOther) -> Call | None:
    """A function over rows that names a column of the second kind: there are no such rows when it is computed."""
    match tree:
        case Call():
            if tree.function in OVER_ROWS and any(is_other(name) for name, _ in names_in(tree)):
                return tree
            return next((found for part in tree.arguments if (found := mixing_call(part, is_other))), None)
        case Unary():
            return mixing_call(tree.operand, is_other)
        case Binary():
            return mixing_call(tree.left, is_other) or mixing_call(tree.right, is_other)
        case _:
            return None
