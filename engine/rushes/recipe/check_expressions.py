"""Features, scores and rules: whether their expressions can be evaluated, and whether they can ever matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from types import MappingProxyType

from rushes.recipe.expression import (
    ColumnFacts,
    Expression,
    ExpressionFault,
    ValueType,
    faults_of,
    names_in,
    outcome_of,
    parse_expression,
    parse_template,
    template_faults,
    type_of,
    unit_of,
)
from rushes.recipe.facts import Facts
from rushes.recipe.names import did_you_mean
from rushes.recipe.tree import Branch, Leaf

FRAME_COLUMNS = frozenset(
    [
        "clip",
        "digest",
        "segment",
        "index",
        "shot_index",
        "start_s",
        "end_s",
        "failures",
        "rejected",
        "reject_reasons",
        "tags",
        "reasons",
        "segment_count",
        "usable_segment_count",
        "missing_parts",
        "ml_score_reasons",
        "analysis_version",
        "pipeline_version",
        "analyzed_hash",
        "analyzed_size_bytes",
        "frame_sample_fps",
        "audio_sample_rate_hz",
        "model_manifest_b3",
        "models_used",
        "personal",
        "personalized_boost",
    ]
)
"""Names of the frames beside those that a recipe or an analyzer defines: a recipe cannot define them."""

PERSONALIZED_BOOST = ColumnFacts("number")
"""-1..1: scores and rules may name it where the recipe has personal features."""

TERM_COLUMNS = frozenset({"rank", "best_segment", "best_score"})
"""Names that a term cannot have: the columns of its score use them."""

_KEYWORDS = frozenset({"and", "or", "not", "true", "false"})
_OUTCOMES = ("reject", "tag", "say")
_A = {"number": "a number", "bool": "true or false", "text": "text"}


class ExpressionCheck:
    """Goes through features, scores and rules in the order in which they are computed."""

    def __init__(self, facts: Facts, known: dict[str, ColumnFacts], undeclared: Mapping[str, str]) -> None:
        self._facts = facts
        self._known = known
        self._undeclared = undeclared
        self._features = self._given_keys("features")
        self._scores = self._given_keys("scores")
        self._used: set[str] = set()

    def of(self, facts: Facts) -> ExpressionCheck:
        """The same for a recipe that is another one in its edit alone."""
        other = copy(self)
        other._facts = facts
        return other

    def run(self) -> None:
        """Report every fault of features, scores and rules to the facts."""
        for name in self._features:
            self._feature(name)
        self._personal()
        for name in self._scores:
            self._score(name)
        for name in self._facts.keys("rules"):
            self._rule(name)

    def tree(
        self,
        leaf: Leaf,
        *,
        wanted: tuple[ValueType, ...],
        beside: Mapping[str, ColumnFacts] = MappingProxyType({}),
        instead: Mapping[str, str] = MappingProxyType({}),
        called: str = "the value",
    ) -> Expression | None:
        """The tree of another expression over everything that is known; None, reported, where it has a fault.

        beside: further columns. instead: name -> why it cannot be used here. called: the expression in messages.
        """
        known = {**self._known, **beside}
        found = ExpressionCheck(self._facts, known, self._undeclared)._tree(leaf, later=(), owner="")
        if found is None:
            return None
        self._used.update(name for name, _ in names_in(found))
        for name, offset in names_in(found):
            if name in instead:
                self._facts.error(leaf.place_of(offset), instead[name], "put it into where, or take it away")
                return None
        kind = type_of(found, known)
        if kind not in (None, *wanted):
            what = " or ".join(_A[one] for one in wanted)
            self._facts.error(leaf.place, f"{called} is {_A[kind or 'number']}", f"give {what}")
            return None
        return found

    def is_known(self, name: str) -> bool:
        """Whether there is such a column or threshold."""
        return name in self._known

    def is_threshold(self, name: str) -> bool:
        """Whether a name stands for a number of the recipe."""
        return name in self._known and self._known[name].value is not None

    def known(self, beside: Mapping[str, ColumnFacts]) -> dict[str, ColumnFacts]:
        """Everything that is known, and further columns."""
        return {**self._known, **beside}

    def prefixed(self, prefix: str) -> dict[str, ColumnFacts]:
        """Every column again, under a longer name; thresholds are the same everywhere."""
        columns = {name: column for name, column in self._known.items() if column.value is None}
        return {f"{prefix}{name}": column for name, column in columns.items()}

    def _given_keys(self, section: str) -> tuple[str, ...]:
        """Names in the recipe's order, faulty definitions too, so that they are not reported as unknown."""
        node = self._facts.given.get(section)
        return tuple(node.entries) if isinstance(node, Branch) else ()

    def _feature(self, name: str) -> None:
        leaf = self._facts.node("features", name, "value")
        if not isinstance(leaf, Leaf):
            self._known.setdefault(name, _OPEN)
            return
        tree = self._tree(leaf, later=self._features[self._features.index(name) :], owner=name)
        unit = self._facts.text("features", name, "unit") or ""
        if tree is None:
            self._define("features", name, _OPEN)
            return
        kind = type_of(tree, self._known) or "number"
        self._define("features", name, ColumnFacts(kind, unit or unit_of(tree, self._known)))

    def _personal(self) -> None:
        """Personal features look at columns and features; scores and rules at what is made of them."""
        features = self._facts.keys("personal", "features")
        for name in features:
            leaf = self._facts.node("personal", "features", name, "value")
            if isinstance(leaf, Leaf):
                self._tree(leaf, later=(), owner=f"personal.{name}", wanted="number")
        section = self._facts.given.get("personal")
        given = section.get("features") if isinstance(section, Branch) else None
        if isinstance(given, Branch) and given.entries:
            self._known.setdefault("personalized_boost", PERSONALIZED_BOOST)

    def _score(self, name: str) -> None:
        terms = self._facts.keys("scores", name, "terms")
        later = self._scores[self._scores.index(name) :]
        for term in terms:
            path = ("scores", name, "terms", term)
            if term in TERM_COLUMNS:
                self._facts.error(
                    self._facts.key_place(*path), f"a term cannot be called {term}", "choose another name"
                )
            leaf = self._facts.node(*path, "value")
            if isinstance(leaf, Leaf):
                self._tree(leaf, later=later, owner=name, wanted="number")
        self._check_weights(name, terms)
        self._define("scores", name, ColumnFacts("number", "01"))

    def _check_weights(self, name: str, terms: Sequence[str]) -> None:
        path = ("scores", name, "terms")
        if self._facts.node(*path) is None or not self._facts.is_sound(*path):
            return
        if not terms:
            what = f"the score {name} has no terms"
            self._facts.error(self._facts.place(*path), what, "add a term: NAME: {value: ..., weight: 1}")
            return
        weighty = [term for term in terms if self._facts.number(*path, term, "weight") > 0]
        if not weighty:
            what = f"all weights of the score {name} are 0"
            self._facts.error(self._facts.place(*path), what, "give a term a weight above 0")
        elif all(self._is_signed(*path, term) for term in weighty):
            what = f"the score {name} has only signed terms, so nothing is ever scored"
            self._facts.error(self._facts.place(*path), what, "add a term that is not signed")

    def _is_signed(self, *path: str) -> bool:
        node = self._facts.node(*path, "signed")
        return isinstance(node, Leaf) and node.value is True

    def _rule(self, name: str) -> None:
        path = ("rules", name)
        given = [key for key in _OUTCOMES if self._facts.text(*path, key) is not None]
        place = self._facts.key_place(*path)
        if len(given) != 1 and self._facts.is_sound(*path):
            said = f"has {' and '.join(given)}" if given else "does nothing"
            self._facts.error(place, f"the rule {name} {said}", "give it exactly one of reject, tag and say")
        when = self._facts.node(*path, "when")
        if isinstance(when, Leaf):
            tree = self._tree(when, later=(), owner=name, wanted="bool")
            if tree is not None:
                self._check_reach(name, when, tree)
        for key in given:
            words = self._facts.node(*path, key)
            if isinstance(words, Leaf):
                self._check_words(words)

    def _check_reach(self, name: str, when: Leaf, tree: Expression) -> None:
        """A condition over constants alone is a fault; one that a threshold makes certain may be meant."""
        holds = outcome_of(tree, self._known)
        if holds is None or type_of(tree, self._known) != "bool":
            return
        what = f"the rule {name} {'always' if holds else 'never'} applies: {when.value}"
        columns = [used for used, _ in names_in(tree) if self._known.get(used, _OPEN).value is None]
        if not columns:
            self._facts.error(when.place, f"{what} names no column", "compare a column with a value")
        elif not faults_of(tree, self._known):
            self._facts.warn(when.place, what, f"compare {columns[0]} with a value that it can have")

    def _check_words(self, leaf: Leaf) -> None:
        text = str(leaf.value)
        if not text.strip():
            self._facts.error(leaf.place, "the text is empty", "say in a few words what holds")
            return
        try:
            template = parse_template(text)
        except ExpressionFault as fault:
            self._report(leaf, (fault,))
            return
        self._used.update(slot.name for slot in template.slots)
        self._report(leaf, template_faults(template, self._known))

    def _tree(
        self, leaf: Leaf, *, later: Sequence[str], owner: str, wanted: ValueType | None = None
    ) -> Expression | None:
        """The tree of an expression, None if it has a fault; later: names that are computed after it."""
        try:
            tree = parse_expression(str(leaf.value))
        except ExpressionFault as fault:
            self._report(leaf, (fault,))
            return None
        names = {offset: name for name, offset in names_in(tree)}
        self._used.update(names.values())
        faults: list[ExpressionFault] = []
        for one in faults_of(tree, self._known):
            name = names.get(one.offset)
            unknown = name is not None and name not in self._known
            faults.append(self._explained(one, name, later, owner) if unknown and name else one)
        self._report(leaf, faults)
        if any(fault.severity == "error" for fault in faults):
            return None
        found = type_of(tree, self._known)
        if wanted and found and found != wanted:
            self._facts.error(leaf.place, f"the value is {_A[found]}", f"give {_A[wanted]}")
            return None
        return tree

    def _explained(
        self, fault: ExpressionFault, name: str, later: Sequence[str], owner: str
    ) -> ExpressionFault:
        """Why a name that the recipe or the table knows is not known here."""
        if name == "personalized_boost":
            early = bool(self._facts.keys("personal", "features"))
            what = f"{name} is " + (
                "computed after features" if early else "there only with personal features"
            )
            fix = "use it in scores and rules" if early else "add features to the section personal"
            return ExpressionFault(fault.offset, what, fix)
        if name == owner:
            return ExpressionFault(fault.offset, f"{name} uses itself", "use another column")
        if name in later:
            fix = f"move {name} above {owner}"
            return ExpressionFault(fault.offset, f"{name} is computed after {owner}", fix)
        if name in self._scores:
            what = f"{name} is a score; scores are computed after features"
            return ExpressionFault(fault.offset, what, "use columns and features")
        if name in self._undeclared:
            analyzer = self._undeclared[name]
            what = f"{name} is written by the analyzer {analyzer}, which is not switched on"
            return ExpressionFault(fault.offset, what, f"add {analyzer}: {{}} to analyzers")
        return fault

    def _define(self, section: str, name: str, column: ColumnFacts) -> None:
        place = self._facts.key_place(section, name)
        if name in self._known or name in FRAME_COLUMNS:
            self._facts.error(place, f"there is a column {name} already", "choose another name")
        elif name in _KEYWORDS:
            self._facts.error(place, f"{name} is a word of the language", "choose another name")
        self._known.setdefault(name, column)

    def _report(self, leaf: Leaf, faults: Sequence[ExpressionFault]) -> None:
        for fault in faults:
            note = self._facts.warn if fault.severity == "warning" else self._facts.error
            note(leaf.place_of(fault.offset), fault.what, fault.fix)

    def warn_of_unused_thresholds(self) -> None:
        """Only of the recipe's own: a recipe need not use all that it extends."""
        names = self._facts.keys("thresholds")
        for name in names:
            node = self._facts.node("thresholds", name)
            if node is None or node.layer.startswith("extends ") or name in self._used:
                continue
            place = self._facts.key_place("thresholds", name)
            fix = did_you_mean(name, [other for other in names if other in self._used], kind="used")
            self._facts.warn(place, f"no expression uses the threshold {name}", fix)


_OPEN = ColumnFacts("number")
"""Stands for a column whose definition is faulty."""
