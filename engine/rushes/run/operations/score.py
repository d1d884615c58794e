"""Operation: derived columns, scores and rules over the library's frames."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rushes.graph.node import Call, Outcome
from rushes.recipe.spec import (
    FeatureSpec,
    PersonalFeatureSpec,
    PersonalSpec,
    RuleSpec,
    ScoreSpec,
    TermSpec,
)
from rushes.run.operations.columns import library_columns
from rushes.score.evaluate import score_library
from rushes.score.files import read_library, write_frame
from rushes.score.ranking import ranking, ranking_rows


def score_clips(calls: Sequence[Call]) -> list[Outcome]:
    """Scored clips.arrow and segments.arrow, and counts.json: how many clips are usable and rejected;
    ranking.json: the clips from best to worst."""
    return [_score(call) for call in calls]


def _score(call: Call) -> Outcome:
    params = call.params
    scored = score_library(
        read_library(call.inputs),
        features=tuple(FeatureSpec(**feature) for feature in params["features"]),
        scores=tuple(score_spec(score) for score in params["scores"]),
        thresholds=params["thresholds"],
        rules=tuple(RuleSpec(**rule) for rule in params["rules"]),
        columns=library_columns(params["analyzers"]),
        personal=personal_spec(params["personal"]),
        max_reasons=params["max_reasons"],
    )
    write_frame(scored.clips, call.outputs["clips.arrow"])
    write_frame(scored.segments, call.outputs["segments.arrow"])
    rejected = int(scored.clips["rejected"].sum())
    counts = {"usable": scored.clips.height - rejected, "rejected": rejected}
    call.outputs["counts.json"].write_text(json.dumps(counts, sort_keys=True))
    rows = (
        []
        if params["rank_by"] is None
        else ranking_rows(ranking(scored, params["rank_by"], **params["badges"]))
    )
    document = {"schema": "rushes/ranking@1", "score": params["rank_by"], "clips": rows}
    call.outputs["ranking.json"].write_text(
        json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    )
    return Outcome()


def score_spec(data: Mapping[str, Any]) -> ScoreSpec:
    """A score from its JSON."""
    return ScoreSpec(**{**data, "terms": tuple(TermSpec(**term) for term in data["terms"])})


def personal_spec(data: Mapping[str, Any] | None) -> PersonalSpec | None:
    """The section `personal` from its JSON."""
    if data is None:
        return None
    features = tuple(PersonalFeatureSpec(**feature) for feature in data["features"])
    return PersonalSpec(**{**data, "features": features})
