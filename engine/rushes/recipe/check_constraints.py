"""Constraints of an edit: whether each can be read, and whether any footage could meet all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from rushes.recipe.check_expressions import ExpressionCheck
from rushes.recipe.conflicting_constraints import check_together
from rushes.recipe.constraint_facts import ConstraintFacts
from rushes.recipe.constraint_spec import BEFORE, KINDS, OPTIONS, PLACE_COLUMNS, ConstraintSpec
from rushes.recipe.expression import ColumnFacts, Expression, ValueType, names_in, outcome_of
from rushes.recipe.expression_split import mixing_call
from rushes.recipe.facts import Facts
from rushes.recipe.fields import default_of
from rushes.recipe.schema import AnalyzerLike
from rushes.recipe.tree import Branch, Leaf

_PATH = ("edit", "constraints")
_BOOL: tuple[ValueType, ...] = ("bool",)
_TEXT: tuple[ValueType, ...] = ("text",)
_WANTED: Mapping[str, tuple[ValueType, ...]] = {"uses": _TEXT, "spacing": _TEXT, "streak": ("text", "bool")}
_AT_PLACES = frozenset({"every", "length", "where"})
"""Keys whose expressions may look at the place of a shot."""
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "share": ("min", "max"),
    "count": ("exactly", "min", "max"),
    "uses": ("max", "min"),
    "streak": ("max",),
    "spacing": ("min_s",),
    "length": ("min_s", "max_s"),
    "hold": ("before_s", "after_s"),
    "after": ("never", "only"),
}
"""Of these keys a kind needs at least one."""
LOOK_COLUMNS = ("exposure_01", "contrast_01", "colorfulness_01", "color_variance_01")
"""What `distinct: look` compares, of the columns that are there."""


def check_constraints(
    facts: Facts, expressions: ExpressionCheck, declared: Mapping[str, AnalyzerLike]
) -> None:
    """Check edit.constraints; expressions: after it has read all features and scores."""
    node = facts.node(*_PATH)
    if not isinstance(node, Branch):
        return
    read = [
        found
        for name in node.entries
        if (found := _Check(facts, expressions, declared, name).run()) is not None
    ]
    check_together(facts, read)


class _Check:
    """The check of one constraint."""

    def __init__(
        self,
        facts: Facts,
        expressions: ExpressionCheck,
        declared: Mapping[str, AnalyzerLike],
        name: str,
    ) -> None:
        self._facts = facts
        self._expressions = expressions
        self._declared = declared
        self._path = (*_PATH, name)
        self._given = [key for key in facts.keys(*self._path) if self._is_given(key)]

    def run(self) -> ConstraintFacts | None:
        """What is known of the constraint; None where it is not sound."""
        before = len(self._facts.errors)
        kinds = [key for key in self._given if key in KINDS]
        if len(kinds) != 1:
            if self._facts.is_sound(*self._path):
                self._one_kind(kinds)
            return None
        kind = kinds[0]
        trees = self._read(kind)
        self._options(kind)
        self._numbers(kind)
        self._needs(kind, trees)
        if len(self._facts.errors) > before or not self._facts.is_sound(*self._path):
            return None
        return ConstraintFacts(self._path[-1], kind, trees, self._facts)

    def _is_given(self, key: str) -> bool:
        """A default that is written down, as `rushes show` does, says nothing."""
        node = self._facts.node(*self._path, key)
        return node is not None and not (isinstance(node, Leaf) and node.value == _DEFAULTS[key])

    def _error(self, key: str | None, what: str, fix: str) -> None:
        place = self._facts.key_place(*self._path, *(() if key is None else (key,)))
        self._facts.error(place, f"{'.'.join(self._path)} {what}", fix)

    def _one_kind(self, kinds: list[str]) -> None:
        if kinds:
            fix = f"divide it into {len(kinds)} constraints, or take one away: {kinds[0]}: null"
            self._error(kinds[-1], f"has {' and '.join(kinds)}", fix)
        else:
            self._error(None, "does not say what it is about", f"give it one of {', '.join(KINDS)}")

    def _options(self, kind: str) -> None:
        for key in self._given:
            if key not in (kind, *OPTIONS[kind], "weight", "says"):
                fit = ", ".join((*OPTIONS[kind], "weight", "says"))
                self._error(key, f"has {key}, which does not go with {kind}", f"{kind} goes with {fit}")
        needed = _NEEDED.get(kind, ())
        given = [key for key in needed if key in self._given]
        # What was written and cannot be read is told already.
        if needed and not given and all(self._facts.is_sound(*self._path, key) for key in needed):
            self._error(kind, f"has no {' or '.join(needed)}", f"add {needed[0]}")
        if kind == "after" and len(given) > 1:
            self._error(given[-1], "has never and only", "divide it into two constraints")
        if "exactly" in self._given and len(given) > 1:
            other = next(key for key in given if key != "exactly")
            self._error("exactly", f"has exactly and {other}", "keep one of them: KEY: null")

    def _numbers(self, kind: str) -> None:
        for low, high in (("min", "max"), ("min_s", "max_s")):
            if low in self._given and high in self._given and self._number(low) > self._number(high):
                what = f"has {low} {self._number(low):g}, above {high} ({self._number(high):g})"
                self._error(low, what, f"lower {low} to {self._number(high):g} or less")
        for key in [key for key in ("min", "max") if key in self._given]:
            value = self._number(key)
            if kind == "share" and value > 1:
                fix = (
                    f"write {value / 100:g} for {value:g} %" if value <= 100 else "write a share from 0 to 1"
                )
                self._error(key, f"has {key} {value:g}, above the whole", fix)
            elif kind != "share" and value != int(value):
                self._error(key, f"has {key} {value:g} shots", "write a whole number")
        if kind == "streak" and "max" in self._given and self._number("max") < 1:
            self._error("max", "allows no shot at all", "write max: 1 or more")

    def _number(self, key: str) -> float:
        return self._facts.number(*self._path, key)

    def _read(self, kind: str) -> dict[str, tuple[Expression, ...]]:
        """Trees of every expression that is sound, by key."""
        found: dict[str, tuple[Expression, ...]] = {}
        for key in [key for key in (kind, "where", "never", "only") if key in self._given]:
            leaves = self._facts.leaves(*self._path, key) if key == "order" else self._leaf(key)
            trees = [self._tree(key, leaf) for leaf in leaves]
            if all(trees) and trees:
                found[key] = tuple(tree for tree in trees if tree is not None)
        if kind == "order" and len(self._facts.leaves(*self._path, kind)) < 2:
            self._error(kind, "puts nothing in order", "give two conditions or more")
        return found

    def _leaf(self, key: str) -> tuple[Leaf, ...]:
        node = self._facts.node(*self._path, key)
        return (node,) if isinstance(node, Leaf) and key not in _WORDS else ()

    def _tree(self, key: str, leaf: Leaf) -> Expression | None:
        pairs = key == "neighbours"
        beside: dict[str, ColumnFacts] = {}
        instead: dict[str, str] = {}
        if key in _AT_PLACES:
            beside = self._places(leaf)
        else:
            instead = {
                name: f"{key} looks at the footage alone, and {name} is known of places in the edit"
                for name in PLACE_COLUMNS
                if not self._expressions.is_known(name)
            }
            beside = {name: column for name, column in PLACE_COLUMNS.items() if name in instead}
        if pairs:
            beside |= self._expressions.prefixed(BEFORE)
        wanted, called = _WANTED.get(key, _BOOL), f"{key}: {leaf.value}"
        tree = self._expressions.tree(leaf, wanted=wanted, beside=beside, instead=instead, called=called)
        if tree is None:
            return None
        if key == "where" and self._kind() in ("share", "count", "uses"):
            return self._where(leaf, tree)
        return self._checked(key, leaf, tree)

    def _kind(self) -> str:
        return next(key for key in self._given if key in KINDS)

    def _places(self, leaf: Leaf) -> dict[str, ColumnFacts]:
        for name in PLACE_COLUMNS:
            if self._expressions.is_known(name) and name in str(leaf.value):
                what = f"{name} is a column of the recipe and of places in the edit"
                self._facts.error(leaf.place, what, "give the feature another name")
        return dict(PLACE_COLUMNS)

    def _where(self, leaf: Leaf, tree: Expression) -> Expression | None:
        for name, offset in names_in(tree):
            if name not in PLACE_COLUMNS and not self._expressions.is_threshold(name):
                what = f"where looks at the place in the edit, and {name} is known of the footage"
                fix = f"put it into {self._kind()}: (...) and (...)"
                self._facts.error(leaf.place_of(offset), what, fix)
                return None
        return self._checked("where", leaf, tree)

    def _checked(self, key: str, leaf: Leaf, tree: Expression) -> Expression | None:
        """Refuse what cannot be computed, or can never hold."""

        def is_other(name: str) -> bool:
            return name in PLACE_COLUMNS or (key == "neighbours" and name.startswith(BEFORE))

        call = mixing_call(tree, is_other)
        if call is not None:
            what = f"{call.function} looks over the rows of the footage"
            self._facts.error(leaf.place_of(call.offset), what, "use it on columns of the footage alone")
            return None
        if not any(not self._expressions.is_threshold(name) for name, _ in names_in(tree)):
            self._facts.error(leaf.place, f"{key} names no column: {leaf.value}", "name a column")
            return None
        if outcome_of(tree, self._expressions.known(PLACE_COLUMNS)) is False and key not in (
            "never",
            "where",
        ):
            self._facts.error(leaf.place, f"this never holds: {leaf.value}", "change the condition")
            return None
        return tree

    def _needs(self, kind: str, trees: Mapping[str, tuple[Expression, ...]]) -> None:
        """What the constraint reads must be there."""
        named = {name for several in trees.values() for tree in several for name, _ in names_in(tree)}
        if kind in ("cuts", "hold") or named & {"section", "energy_01"}:
            self._needs_song(kind)
        if kind == "uncut" and "speech" not in self._declared:
            fix = "add speech: {} to analyzers"
            self._error(kind, "needs the analyzer speech, which is not switched on", fix)
        if kind == "distinct" and not any(self._expressions.is_known(name) for name in LOOK_COLUMNS):
            fix = "add quality: {} to analyzers"
            self._error(kind, "needs the analyzer quality, which is not switched on", fix)

    def _needs_song(self, kind: str) -> None:
        song = self._facts.node("song")
        if isinstance(song, Leaf):
            self._error(kind, "follows the song, but the recipe has none", "add song: {}, or take it away")
        elif not any(analyzer.source == "song" for analyzer in self._declared.values()):
            self._error(kind, "follows the song, but no analyzer looks at it", "add beats: {} to analyzers")
        elif kind == "cuts" and self._facts.text("edit", "grid") == "free":
            fix = "write grid: beat, or half_beat"
            self._error(kind, "wants cuts on the music, but edit.grid is free", fix)


_DEFAULTS: Mapping[str, object] = {one.name: default_of(one) for one in fields(ConstraintSpec)}
_WORDS = frozenset({"distinct", "cuts", "hold", "uncut"})
"""Kinds that are said by a word, not by an expression."""
