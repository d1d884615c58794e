"""Every fault of a tree at once, against the columns and thresholds that are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rushes.recipe.expression_columns import list_fault, nameable
from rushes.recipe.expression_functions import FUNCTIONS, Function, Wanted
from rushes.recipe.expression_range import (
    BOOL,
    NUMBER,
    TEXT,
    UNKNOWN,
    Finding,
    arithmetic,
    both_hold,
    compared,
    either,
    finding_of_column,
    negated,
    one_holds,
    shared_unit,
)
from rushes.recipe.expression_tree import (
    ARITHMETIC,
    COMPARISONS,
    Binary,
    Call,
    ColumnFacts,
    Expression,
    ExpressionFault,
    Name,
    Number,
    Severity,
    Text,
    Truth,
    Unary,
    ValueType,
)
from rushes.recipe.names import did_you_mean

_MAX_DIGITS = 12
_KEEPS_UNIT = frozenset({"abs", "floor", "ceil", "round", "mean_over", "min_over", "max_over"})
_SAME_UNIT = frozenset({"min", "max", "clip", "between", "coalesce", "if_else", "one_of"})
_GIVES_01 = frozenset({"rank_01", "share_of"})
_A = {"number": "a number", "bool": "true or false", "text": "text"}


def faults_of(tree: Expression, columns: Mapping[str, ColumnFacts]) -> tuple[ExpressionFault, ...]:
    """All faults and warnings, in the order of the text. Empty: the tree can be evaluated."""
    checker = _Checker(columns)
    checker.look(tree)
    return tuple(sorted(set(checker.faults), key=lambda fault: (fault.offset, fault.what, fault.fix)))


def type_of(tree: Expression, columns: Mapping[str, ColumnFacts]) -> ValueType | None:
    """What the expression gives; None where faults leave it open."""
    return _Checker(columns).look(tree).type


def unit_of(tree: Expression, columns: Mapping[str, ColumnFacts]) -> str:
    """The unit of the value as far as it follows from the columns, else ""."""
    return _Checker(columns).look(tree).unit or ""


def outcome_of(tree: Expression, columns: Mapping[str, ColumnFacts]) -> bool | None:
    """Whether a condition always (True) or never (False) holds where nothing is missing; None: the data decide.

    Judged from thresholds, literals, and the bounds that units promise (`01`: 0..1, `percent`: 0..100).
    """
    return _Checker(columns).look(tree).holds


class _Checker:
    def __init__(self, columns: Mapping[str, ColumnFacts]) -> None:
        self._columns = columns
        self.faults: list[ExpressionFault] = []

    def look(self, tree: Expression) -> Finding:
        """Check one node and all below it."""
        match tree:
            case Number():
                return Finding(type="number", unit=tree.unit, low=tree.value, high=tree.value)
            case Text():
                return replace(TEXT, choices=(tree.value,))
            case Truth():
                return replace(BOOL, holds=tree.value)
            case Name():
                return self._name(tree)
            case Unary():
                return self._unary(tree)
            case Binary():
                return self._binary(tree)
            case Call():
                return self._call(tree)

    def _fault(self, offset: int, what: str, fix: str, severity: Severity = "error") -> None:
        self.faults.append(ExpressionFault(offset, what, fix, severity))

    def _name(self, tree: Name) -> Finding:
        facts = self._columns.get(tree.name)
        if facts is not None:
            if facts.type == "list":
                self.faults.append(list_fault(tree.name, tree.offset, self._columns))
            return finding_of_column(facts)
        if tree.name in FUNCTIONS:
            fix = f"write {FUNCTIONS[tree.name].usage}"
        else:
            fix = self._quoted_choice(tree.name) or did_you_mean(tree.name, nameable(self._columns))
        self._fault(tree.offset, f"{tree.name} is neither a column nor a threshold", fix)
        return UNKNOWN

    def _quoted_choice(self, name: str) -> str:
        owners = sorted(column for column, facts in self._columns.items() if name in facts.choices)
        return f'write "{name}" for the value of {owners[0]}' if owners else ""

    def _unary(self, tree: Unary) -> Finding:
        if tree.operator == "not":
            part = self._want("bool", tree.operand, "not")
            return replace(BOOL, holds=None if part.holds is None else not part.holds)
        return negated(self._want("number", tree.operand, "-"))

    def _binary(self, tree: Binary) -> Finding:
        if tree.operator in COMPARISONS:
            return self._comparison(tree)
        wanted: ValueType = "number" if tree.operator in ARITHMETIC else "bool"
        left = self._want(wanted, tree.left, tree.operator)
        right = self._want(wanted, tree.right, tree.operator)
        if tree.operator == "and":
            return replace(BOOL, holds=both_hold(left.holds, right.holds))
        if tree.operator == "or":
            return replace(BOOL, holds=one_holds(left.holds, right.holds))
        if tree.operator in "+-%":
            self._same_unit(tree.offset, (left, right))
        return arithmetic(tree.operator, left, right)

    def _want(self, wanted: ValueType, tree: Expression, user: str) -> Finding:
        found = self.look(tree)
        if found.type not in (None, wanted):
            self._fault(
                _start_of(tree),
                f"{user} needs {_A[wanted]}, but {_words(tree)} is {_A[found.type]}",
                _conversion(wanted, found.type, tree),
            )
            return replace(UNKNOWN, type=wanted)
        return found if found.type else replace(UNKNOWN, type=wanted)

    def _comparison(self, tree: Binary) -> Finding:
        left, right = self.look(tree.left), self.look(tree.right)
        if left.type is None or right.type is None:
            return BOOL
        if left.type != right.type:
            self._fault(
                tree.offset,
                f"{_words(tree.left)} is {_A[left.type]} and {_words(tree.right)} is {_A[right.type]}: "
                "they cannot be compared",
                "compare values of one type",
            )
            return BOOL
        if left.type != "number":
            return self._equality(tree, left, right)
        self._same_unit(tree.offset, (left, right))
        holds = compared(tree.operator, left, right)
        if holds is not None:
            self._certain(tree, left, right, holds=holds)
        return replace(BOOL, holds=holds)

    def _equality(self, tree: Binary, left: Finding, right: Finding) -> Finding:
        if tree.operator not in ("==", "!="):
            self._fault(
                tree.offset,
                f"{tree.operator} puts numbers in order, but {_words(tree.left)} is {_A[left.type or 'text']}",
                "use == or !=",
            )
            return BOOL
        never = self._impossible_choice(tree.left, left, tree.right) or self._impossible_choice(
            tree.right, right, tree.left
        )
        return replace(BOOL, holds=(tree.operator == "!=") if never else None)

    def _impossible_choice(self, column: Expression, found: Finding, literal: Expression) -> bool:
        """Report a text that a column with a closed set of values can never take."""
        if not isinstance(literal, Text) or isinstance(column, Text) or not found.choices:
            return False
        if literal.value in found.choices:
            return False
        self._fault(
            literal.offset,
            f'{_words(column)} is never "{literal.value}"',
            did_you_mean(literal.value, found.choices, kind="its values"),
        )
        return True

    def _certain(self, tree: Binary, left: Finding, right: Finding, *, holds: bool) -> None:
        column, found = (tree.left, left) if left.low < left.high else (tree.right, right)
        bounds = f": {_words(column)} lies in {found.low:g}..{found.high:g}" if found.low < found.high else ""
        self._fault(
            tree.offset,
            f"this {'always' if holds else 'never'} holds{bounds}",
            f"compare with a number between {found.low:g} and {found.high:g}"
            if bounds
            else "remove it, or compare with a column",
            "warning",
        )

    def _same_unit(self, offset: int, parts: Sequence[Finding]) -> None:
        units = sorted({part.unit for part in parts if part.unit})
        if len(units) > 1:
            self._fault(
                offset,
                f"this mixes units: {' and '.join(units)}",
                "bring both sides to one unit, or use rank_01 of each",
                "warning",
            )

    def _call(self, tree: Call) -> Finding:
        function = FUNCTIONS.get(tree.function)
        if function is None:
            self._fault(
                tree.offset,
                f"there is no function {tree.function}",
                did_you_mean(tree.function, FUNCTIONS, kind="the functions"),
            )
            return self._ignored(tree, UNKNOWN)
        if not function.accepts(len(tree.arguments)):
            self._fault(
                tree.offset,
                f"{tree.function} does not take {_count(len(tree.arguments))}",
                f"write {function.usage}",
            )
            gives = None if function.gives == "same" else function.gives
            return self._ignored(tree, replace(UNKNOWN, type=gives))
        parts = [
            self._argument(tree, function.wanted(index), argument)
            for index, argument in enumerate(tree.arguments)
        ]
        same = self._agree(tree, function, parts)
        if tree.function in _SAME_UNIT:
            self._same_unit(tree.offset, parts[1:] if tree.function == "if_else" else parts)
        return self._result(tree, parts, same)

    def _ignored(self, tree: Call, result: Finding) -> Finding:
        """Report the faults inside the arguments of a call that is wrong itself."""
        for argument in tree.arguments:
            self.look(argument)
        return result

    def _argument(self, call: Call, wanted: Wanted, tree: Expression) -> Finding:
        if wanted == "digits":
            self._digits(call, tree)
            return NUMBER
        if wanted == "group":
            return self._want("text", tree, f"the group of {call.function}")
        if wanted == "any" or wanted == "same":
            return self.look(tree)
        return self._want(wanted, tree, call.function)

    def _digits(self, call: Call, tree: Expression) -> None:
        whole = isinstance(tree, Number) and tree.unit is None and tree.value in range(_MAX_DIGITS + 1)
        if not whole:
            self._fault(
                _start_of(tree),
                f"the digits of {call.function} must be written as a whole number",
                f"write a number from 0 to {_MAX_DIGITS}",
            )

    def _agree(self, tree: Call, function: Function, parts: Sequence[Finding]) -> ValueType | None:
        """The one type of all `same` arguments; None, with a fault, when they differ."""
        chosen = [index for index in range(len(parts)) if function.wanted(index) == "same"]
        types: list[ValueType] = [kind for index in chosen if (kind := parts[index].type) is not None]
        for index in chosen:
            found = parts[index].type
            if found is not None and found != types[0]:
                argument = tree.arguments[index]
                self._fault(
                    _start_of(argument),
                    f"{tree.function} needs values of one type, but {_words(argument)} is {_A[found]} "
                    f"and the first is {_A[types[0]]}",
                    f"give {_A[types[0]]}",
                )
                return None
        return types[0] if types else None

    def _result(self, tree: Call, parts: Sequence[Finding], same: ValueType | None) -> Finding:
        match tree.function:
            case "min" | "max" | "clip":
                return self._bounded(tree, parts)
            case "if_else" | "coalesce":
                return replace(either(parts[1:] if tree.function == "if_else" else parts), type=same)
            case "between":
                above = compared(">=", parts[0], parts[1])
                below = compared("<=", parts[0], parts[2])
                return replace(BOOL, holds=both_hold(above, below))
            case "one_of":
                never = [
                    self._impossible_choice(tree.arguments[0], parts[0], it) for it in tree.arguments[1:]
                ]
                return replace(BOOL, holds=False if all(never) else None)
            case "is_missing":
                literal = isinstance(tree.arguments[0], Number | Text | Truth)
                return replace(BOOL, holds=False if literal else None)
            case name if name in _GIVES_01:
                return Finding(type="number", unit="01", low=0.0, high=1.0)
            case name if name in _KEEPS_UNIT:
                return self._kept(tree.function, parts[0])
            case _:
                return NUMBER

    def _bounded(self, tree: Call, parts: Sequence[Finding]) -> Finding:
        pick = max if tree.function == "max" else min
        if tree.function != "clip":
            low, high = pick(part.low for part in parts), pick(part.high for part in parts)
            return Finding(type="number", unit=shared_unit(parts), low=low, high=high)
        value, lowest, highest = parts
        if lowest.low > highest.high:
            self._fault(
                tree.offset, f"clip has its bounds {lowest.low:g} and {highest.high:g} swapped", "swap them"
            )
        low = max(lowest.low, min(value.low, highest.low))
        high = max(lowest.high, min(value.high, highest.high))
        unit = shared_unit(parts)
        inside = lowest.low >= 0 and highest.high <= 1 and lowest.high >= 0
        return Finding(type="number", unit="01" if unit is None and inside else unit, low=low, high=high)

    def _kept(self, function: str, part: Finding) -> Finding:
        if function.endswith("_over"):
            return part
        return Finding(type="number", unit=part.unit)


def _start_of(tree: Expression) -> int:
    """Where the text of a node begins; the offset of an operator lies inside it."""
    while isinstance(tree, Binary):
        tree = tree.left
    return tree.offset


def _words(tree: Expression) -> str:
    match tree:
        case Name():
            return tree.name
        case Number():
            return f"{tree.value:g}"
        case Text():
            return f'"{tree.value}"'
        case Truth():
            return "true" if tree.value else "false"
        case Call():
            return f"{tree.function}(...)"
        case Unary() | Binary():
            return "this side"


def _conversion(wanted: ValueType, found: ValueType, tree: Expression) -> str:
    words = _words(tree)
    if wanted == "number" and found == "bool":
        return f"write if_else({words}, 1, 0)" if words != "this side" else "write if_else(condition, 1, 0)"
    if wanted == "bool":
        example = f"{words} > 0.5" if found == "number" else f'{words} == "..."'
        return f"compare it, such as {example}" if words != "this side" else "compare it with a value"
    return f"give {_A[wanted]}"


def _count(arguments: int) -> str:
    return "1 value" if arguments == 1 else f"{arguments} values"
