"""What a creator likes, learned from favourites and bads: one bounded weight per feature. Pure and deterministic.

A weight is (mean of the favourites - mean of the bads) x rate, clamped. Clips that somebody was engaged with but did not
tag count as favourites with part of the weight. With too few favourites or bads nothing is learned.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rushes.recipe.personal import SCHEMA
from rushes.recipe.spec import PersonalSpec
from rushes.score.feedback import FeedbackState
from rushes.store.canonical import digest_bytes
from rushes.units import round_6

_NO_DIFFERENCE = 0.005
"""A weight that shows as 0.00 makes no difference in words either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one weight rests on. Means lie in -1..1, None where no clip has a value."""

    favourites_mean: float | None
    bads_mean: float | None
    favourites: int
    """Favourites and engaged clips that have a value."""
    bads: int
    """Bads that have a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedOn:
    """What the weights were made of."""

    favourites: int
    bads: int
    engaged: int
    """Clips without a tag that count as part of a favourite."""
    not_analysed: int
    """Clips with a tag or engagement of which this library knows no analysis: they do not count."""
    feedback_digest: str
    """Of the tags and engagement that were used, by clip."""
    features: Mapping[str, Evidence]
    rate: float
    max_weight_01: float
    engaged_weight_01: float
    min_favourites: int
    min_bads: int
    rushes_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalWeights:
    """Learned weights: feature -> -max_weight_01..max_weight_01, six digits."""

    creator: str
    weights: Mapping[str, float]
    needs: str
    """`3 more favourites, 10 more bads`: too little to learn from, and all weights are 0. "" where there was enough."""
    trained_on: TrainedOn


def train_personal(
    states: Mapping[str, FeedbackState],
    features: Mapping[str, Mapping[str, float | None]],
    spec: PersonalSpec,
    *,
    creator: str,
    rushes_version: str,
) -> PersonalWeights:
    """Learn weights.

    states: by clip. features: of every clip that the library knows, its values by name, clamped to -1..1 here; a missing
    one is left out of that feature's means. Clips that are not in `features` do not count.
    """
    weight_01 = spec.engaged_weight_01
    parts = _parts(states, weight_01)
    known = {clip: part for clip, part in parts.items() if clip in features}
    evidence = {each.name: _evidence(each.name, known, features) for each in spec.features}
    favourites = sum(part == 1.0 for part in known.values())
    bads = sum(part < 0 for part in known.values())
    needs = _needs(spec.min_favourites - favourites, spec.min_bads - bads)
    weights = {name: 0.0 if needs else _weight(found, spec) for name, found in evidence.items()}
    trained_on = TrainedOn(
        favourites=favourites,
        bads=bads,
        engaged=len(known) - favourites - bads,
        not_analysed=len(parts) - len(known),
        feedback_digest=_digest(known),
        features=evidence,
        rate=spec.rate,
        max_weight_01=spec.max_weight_01,
        engaged_weight_01=weight_01,
        min_favourites=spec.min_favourites,
        min_bads=spec.min_bads,
        rushes_version=rushes_version,
    )
    return PersonalWeights(creator=creator, weights=weights, needs=needs, trained_on=trained_on)


def _parts(states: Mapping[str, FeedbackState], engaged_01: float) -> dict[str, float]:
    """Clip -> how much of a favourite it is; -1: a bad. Clips that say neither are left out."""
    parts: dict[str, float] = {}
    for clip, state in sorted(states.items()):
        if state.tag == "bad":
            parts[clip] = -1.0
        elif state.tag == "favorite":
            parts[clip] = 1.0
        elif state.engaged:
            parts[clip] = engaged_01
    return parts


def _digest(parts: Mapping[str, float]) -> str:
    """parts: sorted by clip."""
    return digest_bytes("".join(f"{clip} {part}\n" for clip, part in parts.items()).encode("utf-8"))


def _evidence(
    name: str, parts: Mapping[str, float], features: Mapping[str, Mapping[str, float | None]]
) -> Evidence:
    values = [(part, features[clip].get(name)) for clip, part in parts.items()]
    liked = [(part, _clamped(value, 1.0)) for part, value in values if value is not None and part > 0]
    bads = [(1.0, _clamped(value, 1.0)) for part, value in values if value is not None and part < 0]
    return Evidence(
        favourites_mean=_mean(liked), bads_mean=_mean(bads), favourites=len(liked), bads=len(bads)
    )


def _mean(weighted: Sequence[tuple[float, float]]) -> float | None:
    """Exact sums: the order of the clips makes no difference."""
    total = math.fsum(weight for weight, _ in weighted)
    if not total:
        return None
    return round_6(math.fsum(weight * value for weight, value in weighted) / total)


def _weight(found: Evidence, spec: PersonalSpec) -> float:
    """0 where too little is known: one clip says nothing of a taste."""
    if found.favourites_mean is None or found.bads_mean is None:
        return 0.0
    if found.favourites < min(spec.min_known, spec.min_favourites):
        return 0.0
    if found.bads < min(spec.min_known, spec.min_bads):
        return 0.0
    return _clamped(round_6((found.favourites_mean - found.bads_mean) * spec.rate), spec.max_weight_01)


def _clamped(value: float, most: float) -> float:
    return max(-most, min(most, value))


def _needs(favourites: int, bads: int) -> str:
    """`3 more favourites, 1 more bad`; "" where both are 0 or less."""
    lacks = [
        f"{count} more {word}{'s' if count > 1 else ''}"
        for count, word in ((favourites, "favourite"), (bads, "bad"))
        if count > 0
    ]
    return ", ".join(lacks)


def weight_words(name: str, weight: float, says: str = "") -> str:
    """What a weight means: `you favour clips with faces: +0.42`. says: the feature in words that end such a sentence."""
    what = says.rstrip(".") or f"clips with more {name.replace('_', ' ')}"
    if abs(weight) < _NO_DIFFERENCE:
        return f"no difference: {what}"
    return f"you {'favour' if weight > 0 else 'avoid'} {what}: {weight:+.2f}"


def evidence_words(found: Evidence, trained_on: TrainedOn) -> str:
    """What is missing under a weight; "" where every clip has a value."""
    liked = trained_on.favourites + trained_on.engaged
    if found.favourites == liked and found.bads == trained_on.bads:
        return ""
    return f"known for {found.favourites} of {liked} liked clips and {found.bads} of {trained_on.bads} bads"


def weights_to_json(learned: PersonalWeights) -> dict[str, Any]:
    """As schemas/personal.schema.json has it."""
    return {
        "schema": SCHEMA,
        "creator": learned.creator,
        "weights": dict(learned.weights),
        "needs_more_feedback": bool(learned.needs),
        "needs": learned.needs,
        "trained_on": asdict(learned.trained_on),
    }
