"""Features, scores and rules of a recipe, read and checked: ready to be applied to any frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from rushes.errors import Problem, RecipeError
from rushes.recipe.check_expressions import FRAME_COLUMNS, PERSONALIZED_BOOST, TERM_COLUMNS
from rushes.recipe.expression import (
    ColumnFacts,
    Expression,
    ExpressionFault,
    Template,
    ValueType,
    faults_of,
    parse_expression,
    parse_template,
    template_faults,
    type_of,
    unit_of,
)
from rushes.recipe.spec import FeatureSpec, PersonalFeatureSpec, PersonalSpec, RuleSpec, ScoreSpec
from rushes.score.columns import BOOST_COLUMN

_A = {"number": "a number", "bool": "true or false", "text": "text"}
_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule and the trees of its condition and its words."""

    spec: RuleSpec
    condition: Expression
    words: Template


@dataclass(frozen=True, slots=True)
class Program:
    """What to compute, in this order."""

    features: tuple[tuple[FeatureSpec, Expression], ...]
    personal: tuple[tuple[PersonalFeatureSpec, Expression], ...]
    scores: tuple[tuple[ScoreSpec, tuple[Expression, ...]], ...]
    rules: tuple[Rule, ...]


def read_program(
    features: Sequence[FeatureSpec],
    personal: PersonalSpec | None,
    scores: Sequence[ScoreSpec],
    rules: Sequence[RuleSpec],
    known: Mapping[str, ColumnFacts],
) -> Program:
    """Read every expression against the columns known before it.

    A feature may use earlier features, a personal feature all features, a score those, the boost and earlier scores, a
    rule everything. Raises RecipeError with every fault, without places: the recipe stage has found the same ones with
    their places before.
    """
    reader = _Reader(known)
    read_features = tuple((spec, reader.feature(spec)) for spec in features)
    read_personal = reader.personal(personal) if personal is not None else ()
    read_scores = tuple((spec, reader.score(spec)) for spec in scores)
    read_rules = tuple(reader.rule(spec) for spec in rules)
    if reader.problems:
        raise RecipeError(reader.problems)
    return Program(read_features, read_personal, read_scores, read_rules)


_BLANK = parse_expression("0")


class _Reader:
    def __init__(self, known: Mapping[str, ColumnFacts]) -> None:
        self._known = dict(known)
        self.problems: list[Problem] = []

    def feature(self, spec: FeatureSpec) -> Expression:
        owner = f"feature {spec.name}"
        tree = self._expression(owner, spec.value)
        facts = ColumnFacts(type_of(tree, self._known) or "number", spec.unit or unit_of(tree, self._known))
        self._define(owner, spec.name, facts)
        return tree

    def personal(self, spec: PersonalSpec) -> tuple[tuple[PersonalFeatureSpec, Expression], ...]:
        names = [feature.name for feature in spec.features]
        for name in sorted({*spec.weights, *names}):
            if name not in names:
                self._problem(
                    "personal", f"{name} has a weight and is no feature", f"features: {', '.join(names)}"
                )
            elif names.count(name) > 1:
                self._problem("personal", f"two features are called {name}", "choose another name")
        trees = tuple(
            (feature, self._expression(f"personal feature {feature.name}", feature.value, "number"))
            for feature in spec.features
        )
        if spec.features:
            self._known[BOOST_COLUMN] = PERSONALIZED_BOOST
        return trees

    def score(self, spec: ScoreSpec) -> tuple[Expression, ...]:
        owner = f"score {spec.name}"
        trees = tuple(
            self._expression(f"{owner}, term {term.name}", term.value, "number") for term in spec.terms
        )
        names = [term.name for term in spec.terms]
        for name in sorted({name for name in names if name in TERM_COLUMNS or names.count(name) > 1}):
            self._problem(owner, f"a term cannot be called {name}", "choose another name")
        self._define(owner, spec.name, ColumnFacts("number", "01"))
        return trees

    def rule(self, spec: RuleSpec) -> Rule:
        owner = f"rule {spec.name}"
        condition = self._expression(owner, spec.when, "bool")
        text = next((text for text in (spec.reject, spec.tag, spec.say) if text is not None), "")
        template = self._read(owner, parse_template, text) or Template(())
        self._report(owner, template_faults(template, self._known))
        return Rule(spec, condition, template)

    def _expression(self, owner: str, text: str, wanted: ValueType | None = None) -> Expression:
        tree = self._read(owner, parse_expression, text)
        if tree is None:
            return _BLANK
        self._report(owner, faults_of(tree, self._known))
        found = type_of(tree, self._known)
        if wanted and found and found != wanted:
            self._problem(owner, f"the value is {_A[found]}", f"give {_A[wanted]}")
        return tree

    def _read(self, owner: str, parse: Callable[[str], _Read], text: str) -> _Read | None:
        try:
            return parse(text)
        except ExpressionFault as fault:
            self._report(owner, (fault,))
            return None

    def _define(self, owner: str, name: str, facts: ColumnFacts) -> None:
        if name in self._known or name in FRAME_COLUMNS:
            self._problem(owner, f"there is a column or threshold {name} already", "choose another name")
        self._known[name] = replace(facts, value=None)

    def _report(self, owner: str, faults: Sequence[ExpressionFault]) -> None:
        for fault in faults:
            if fault.severity == "error":
                self._problem(owner, fault.what, fault.fix)

    def _problem(self, owner: str, what: str, fix: str) -> None:
        self.problems.append(Problem(None, f"{owner}: {what}", fix))
