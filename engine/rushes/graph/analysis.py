"""Which analyzers a run needs: those of the recipe, what they read, and what no installed model allows."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rushes.analyze.spec import Analyzer
from rushes.errors import Problem
from rushes.models.installed import InstalledModels
from rushes.recipe.spec import AnalyzerSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """Analyzers of clips.

    wanted: those that can run, each after what it reads. The recipe's, and those that they read with default parameters.
    named: those whose columns the library has: the recipe's, whether they can run or not, then the others that write some.
    unavailable: analyzers that cannot run -> what is missing, and the command that installs it.
    lacking: the same analyzers -> the model that is missing.
    models: every analyzer that can run -> the models that it uses.
    """

    wanted: tuple[AnalyzerSpec, ...]
    named: tuple[str, ...]
    unavailable: Mapping[str, Problem]
    lacking: Mapping[str, str]
    models: Mapping[str, tuple[str, ...]]


def plan_analysis(
    specs: Sequence[AnalyzerSpec], analyzers: Mapping[str, Analyzer], installed: InstalledModels
) -> Analysis:
    """The analyzers of clips that `specs` ask for. Raises ValueError where two analyzers read each other."""
    given = {spec.name: spec for spec in specs if analyzers[spec.name].source != "song"}
    ordered = _in_order(given, analyzers)
    lacking: dict[str, str] = {}
    for spec in ordered:
        model = _missing(spec, analyzers[spec.name], installed, lacking)
        if model is not None:
            lacking[spec.name] = model
    implied = [spec.name for spec in ordered if spec.name not in given and analyzers[spec.name].columns]
    return Analysis(
        wanted=tuple(spec for spec in ordered if spec.name not in lacking),
        named=(*given, *implied),
        unavailable={name: _problem(model, installed) for name, model in lacking.items()},
        lacking=lacking,
        models={
            spec.name: _models(spec, analyzers[spec.name]) for spec in ordered if spec.name not in lacking
        },
    )


def models_wanted(specs: Sequence[AnalyzerSpec], analyzers: Mapping[str, Analyzer]) -> tuple[str, ...]:
    """Names of all models that the analyzers of a recipe need, sorted."""
    given = {spec.name: spec for spec in specs if analyzers[spec.name].source != "song"}
    ordered = _in_order(given, analyzers)
    return tuple(sorted({name for spec in ordered for name in _models(spec, analyzers[spec.name])}))


def _in_order(given: Mapping[str, AnalyzerSpec], analyzers: Mapping[str, Analyzer]) -> list[AnalyzerSpec]:
    ordered: dict[str, AnalyzerSpec] = {}
    open_names: list[str] = []

    def add(name: str) -> None:
        if name in ordered:
            return
        if name in open_names:
            raise ValueError(f"analyzers read each other: {' -> '.join((*open_names, name))}")
        open_names.append(name)
        analyzer = analyzers[name]
        for other in (*analyzer.reads, *(one for one in analyzer.may_read if one in given)):
            add(other)
        open_names.pop()
        ordered[name] = given.get(name) or _default(analyzer)

    for name in given:
        add(name)
    return list(ordered.values())


def _default(analyzer: Analyzer) -> AnalyzerSpec:
    return AnalyzerSpec(name=analyzer.name, params=dataclasses.asdict(analyzer.params()))


def _models(spec: AnalyzerSpec, analyzer: Analyzer) -> tuple[str, ...]:
    return analyzer.models(analyzer.params(**spec.params))


def _missing(
    spec: AnalyzerSpec, analyzer: Analyzer, installed: InstalledModels, lacking: Mapping[str, str]
) -> str | None:
    """The first model that it, or what it reads, cannot do without."""
    own = next((model for model in _models(spec, analyzer) if model not in installed.files), None)
    return own or next((lacking[name] for name in analyzer.reads if name in lacking), None)


def _problem(model: str, installed: InstalledModels) -> Problem:
    plain = Problem(None, f"the model {model} is not installed", f"rushes models install {model}")
    return installed.missing.get(model, plain)
