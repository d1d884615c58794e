"""What a schema cannot say: whether the parts of a recipe fit each other. Every problem, with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rushes.errors import Place
from rushes.recipe.build import analyzer_params
from rushes.recipe.check_constraints import check_constraints
from rushes.recipe.check_edit import check_edit
from rushes.recipe.check_expressions import FRAME_COLUMNS, ExpressionCheck
from rushes.recipe.check_footage import check_footage
from rushes.recipe.check_instructions import check_delete_reasons
from rushes.recipe.check_personal import check_personal
from rushes.recipe.check_segments import check_segments
from rushes.recipe.expression import BUILT_IN_COLUMNS, ColumnFacts, unit_of_name
from rushes.recipe.facts import Facts
from rushes.recipe.schema import AnalyzerLike, Analyzers
from rushes.recipe.tree import Leaf, to_plain


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check of a recipe found out about all that an instruction cannot change."""

    declared: Mapping[str, AnalyzerLike]
    expressions: ExpressionCheck


def check_recipe(facts: Facts, analyzers: Analyzers) -> Checked:
    """Check a canonical tree; errors and warnings are added to those of `facts`."""
    declared = _declared(facts, analyzers)
    _check_analyzers(facts, declared)
    check_footage(facts)
    check_edit(facts, declared)
    check_personal(facts)
    expressions = ExpressionCheck(facts, _known_columns(facts, declared), _undeclared(declared, analyzers))
    expressions.run()
    check_constraints(facts, expressions, declared)
    check_segments(facts)
    check_delete_reasons(facts, expressions)
    expressions.warn_of_unused_thresholds()
    return Checked(declared, expressions)


def check_changed_edit(facts: Facts, checked: Checked) -> None:
    """Check a recipe that was found sound once more after its edit was changed; nothing else in it is another."""
    check_footage(facts)
    check_edit(facts, checked.declared)
    check_constraints(facts, checked.expressions.of(facts), checked.declared)


def _declared(facts: Facts, analyzers: Analyzers) -> dict[str, AnalyzerLike]:
    """The analyzers that the recipe switches on, then those that they read, which a run switches on by itself."""
    found = {name: analyzers[name] for name in facts.keys("analyzers") if name in analyzers}
    waiting = list(found.values())
    while waiting:
        for name in waiting.pop(0).reads:
            if name in analyzers and name not in found:
                found[name] = analyzers[name]
                waiting.append(analyzers[name])
    return found


def _check_analyzers(facts: Facts, declared: Mapping[str, AnalyzerLike]) -> None:
    writers: dict[str, str] = {name: "rushes itself" for name in BUILT_IN_COLUMNS}
    for name, analyzer in declared.items():
        node = facts.node("analyzers", name)
        place = facts.key_place("analyzers", name)
        if node is not None and facts.is_sound("analyzers", name):
            try:
                params = analyzer.params(**analyzer_params(to_plain(node)))
            except ValueError as error:
                facts.error(place, f"analyzers.{name}: {error}", "change one of the values")
            else:
                _check_needs(facts, name, params, declared)
        for column in analyzer.columns:
            if column.name in writers:
                what = f"{name} writes the column {column.name}, and so does {writers[column.name]}"
                facts.error(place, what, "switch one of the two off: NAME: null")
            writers.setdefault(column.name, f"the analyzer {name}")


def _check_needs(facts: Facts, name: str, params: object, declared: Mapping[str, AnalyzerLike]) -> None:
    """What parameters want of another analyzer would be without effect where that is off."""
    needs: Mapping[str, str] = getattr(params, "needs", {})
    for other, parameter in needs.items():
        if other not in declared:
            what = f"analyzers.{name}: {parameter} needs the analyzer {other}, which is not switched on"
            facts.error(
                facts.key_place("analyzers", name),
                what,
                f"add {other}: {{}} to analyzers, or take {parameter} away",
            )


def _known_columns(facts: Facts, declared: Mapping[str, AnalyzerLike]) -> dict[str, ColumnFacts]:
    """What the first feature may name; clashes of names are faults."""
    known = dict(BUILT_IN_COLUMNS)
    for analyzer in declared.values():
        if analyzer.source != "song":
            known.update({column.name: _facts_of(column) for column in analyzer.columns})
    for name in facts.keys("footage", "metadata"):
        choices = tuple(facts.keys("footage", "metadata", name))
        seen = known.get(name) if name not in BUILT_IN_COLUMNS else None
        if seen is not None and seen.type == "text":
            # What an analyzer sees, too: the file's name decides where it says something.
            known[name] = ColumnFacts("text", "", _both_choices(seen.choices, choices))
            continue
        column = ColumnFacts("text", "", choices)
        _add(facts, facts.key_place("footage", "metadata", name), name, column, known)
    for name in facts.keys("thresholds"):
        node = facts.node("thresholds", name)
        value = node.value if isinstance(node, Leaf) and isinstance(node.value, float) else None
        column = ColumnFacts("number", unit_of_name(name), (), value)
        _add(facts, facts.key_place("thresholds", name), name, column, known)
    return known


def _both_choices(seen: tuple[str, ...], said: tuple[str, ...]) -> tuple[str, ...]:
    """Values of a text column that an analyzer and the names of files write; () where the analyzer's are open."""
    return tuple(dict.fromkeys((*seen, *said))) if seen else ()


def _add(facts: Facts, place: Place, name: str, column: ColumnFacts, known: dict[str, ColumnFacts]) -> None:
    if name in known or name in FRAME_COLUMNS:
        facts.error(place, f"there is a column {name} already", "choose another name")
    known.setdefault(name, column)


def _facts_of(column: object) -> ColumnFacts:
    """A condition sampled per picture becomes the share of pictures where it holds."""
    kind = getattr(column, "type")  # noqa: B009
    if kind == "bool" and getattr(column, "per_sample", False):
        return ColumnFacts("number", "01")
    return ColumnFacts(kind, getattr(column, "unit", ""), getattr(column, "choices", ()))


def _undeclared(declared: Mapping[str, AnalyzerLike], analyzers: Analyzers) -> dict[str, str]:
    """Columns that an analyzer would write if it were switched on -> its name."""
    return {
        column.name: name
        for name, analyzer in analyzers.items()
        if name not in declared and analyzer.source != "song"
        for column in analyzer.columns
    }
