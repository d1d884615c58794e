"""A sound, canonical tree -> the frozen Recipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from rushes.recipe.spec import (
    AnalyzerSpec,
    BadgesSpec,
    EditSpec,
    FeatureSpec,
    FootageSpec,
    OutputsSpec,
    PersonalFeatureSpec,
    PersonalSpec,
    Recipe,
    ReframeSpec,
    ReportSpec,
    RuleSpec,
    RunSpec,
    ScoreSpec,
    SegmentsSpec,
    SongSpec,
    StageLimitsSpec,
    TermSpec,
    TransitionsSpec,
    VideoSpec,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Spec = TypeVar("Spec", bound="DataclassInstance")


def build_recipe(tree: Mapping[str, Any]) -> Recipe:
    """tree: plain data with every default filled in, as `Resolved.tree` has it. Raises ValueError for broken specs."""
    return Recipe(
        name=tree["name"],
        says=tree["says"],
        creator_id=tree["creator_id"],
        footage=_footage(tree["footage"]),
        song=_spec(SongSpec, tree["song"]) if tree["song"] is not None else None,
        analyzers=tuple(_analyzer(name, section) for name, section in tree["analyzers"].items()),
        segments=_spec(SegmentsSpec, tree["segments"]),
        thresholds=dict(tree["thresholds"]),
        features=tuple(_spec(FeatureSpec, part, name=name) for name, part in tree["features"].items()),
        personal=_personal(tree["personal"]) if tree["personal"] is not None else None,
        scores=tuple(_score(name, part) for name, part in tree["scores"].items()),
        rules=tuple(_spec(RuleSpec, part, name=name) for name, part in tree["rules"].items()),
        style={key: value for key, value in tree["style"].items() if key != "extends"},
        edit=_edit(tree["edit"]) if tree["edit"] is not None else None,
        outputs=_outputs(tree["outputs"]),
        run=_run(tree["run"]),
    )


def analyzer_params(section: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of an analyzer from its section of the tree, as its Params take them."""
    return {key: _frozen(value) for key, value in section.items() if key != "if_unavailable"}


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        parts: Mapping[str, Any] = value
        return {key: _frozen(part) for key, part in parts.items()}
    return tuple(value) if isinstance(value, list) else value


def _spec(kind: type[Spec], section: Mapping[str, Any], **more: Any) -> Spec:
    names = {field.name for field in fields(kind)}
    known = {key: _frozen(value) for key, value in section.items() if key in names}
    return kind(**known, **more)


def _footage(section: Mapping[str, Any]) -> FootageSpec:
    metadata = {
        column: {value: tuple(globs) for value, globs in values.items()}
        for column, values in section["metadata"].items()
    }
    return _spec(FootageSpec, {**section, "metadata": metadata})


def _analyzer(name: str, section: Mapping[str, Any]) -> AnalyzerSpec:
    return AnalyzerSpec(name=name, params=analyzer_params(section), if_unavailable=section["if_unavailable"])


def _score(name: str, section: Mapping[str, Any]) -> ScoreSpec:
    terms = tuple(_spec(TermSpec, term, name=key) for key, term in section["terms"].items())
    return _spec(ScoreSpec, {**section, "terms": terms}, name=name)


def _personal(section: Mapping[str, Any]) -> PersonalSpec:
    features = tuple(_spec(PersonalFeatureSpec, part, name=key) for key, part in section["features"].items())
    return _spec(PersonalSpec, {**section, "features": features})


def _edit(section: Mapping[str, Any]) -> EditSpec:
    parts = {
        "transitions": _spec(TransitionsSpec, section["transitions"]),
        "reframe": _spec(ReframeSpec, section["reframe"]),
    }
    return _spec(EditSpec, {**section, **parts})


def _outputs(section: Mapping[str, Any]) -> OutputsSpec:
    video, report = section["video"], section["report"]
    return OutputsSpec(
        video=_spec(VideoSpec, video) if video is not None else None,
        report=_spec(ReportSpec, report) if report is not None else None,
        badges=_spec(BadgesSpec, section["badges"]),
        max_reasons=section["max_reasons"],
    )


def _run(section: Mapping[str, Any]) -> RunSpec:
    return _spec(RunSpec, {**section, "stage_limits": _spec(StageLimitsSpec, section["stage_limits"])})
