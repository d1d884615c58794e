"""A creator's style as numbers: what schemas/style.schema.json holds, frozen and complete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rushes.errors import Place, Problem, RecipeError
from rushes.recipe.fields import Schema
from rushes.recipe.style import style_schema
from rushes.store.valid import sure_check

SCHEMA = "rushes/style@1"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyStyle:
    """What fits a loud, or a quiet, part of the song. cut_frequency: cuts per beat."""

    preferred_shot_type: tuple[str, ...]
    cut_frequency: float
    motion_preference: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionStyle:
    """Shares of the cuts, 0..1, and where what is no hard cut may be."""

    hard_cut: float
    quick_dissolve: float
    whip_pan: float
    dip_to_black: float
    whip_pan_min_energy_01: float
    whip_pan_min_per_s: float
    dip_at: tuple[str, ...]
    dissolve_at: tuple[str, ...]
    dissolve_max_energy_01: float


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityStyle:
    """Below these the edit doubts a shot; 0..1."""

    min_visual_quality: float
    max_motion_blur: float
    min_exposure: float
    max_exposure: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleProfile:
    """The parts of a style that the edit follows.

    shot_types: share of the time by shot type. angle_transitions: (from, to) -> how often. hold_s: shot type -> seconds.
    """

    creator_id: str
    version: int
    trained_on_videos: int
    avg_shot_length_s: float
    shot_length_std_s: float
    shot_types: Mapping[str, float]
    angle_transitions: Mapping[tuple[str, str], float]
    same_angle_repeat_rate: float
    max_same_angle_streak: int
    cuts_per_beat: float
    hold_s: Mapping[str, float]
    high_energy: EnergyStyle
    low_energy: EnergyStyle
    transitions: TransitionStyle
    quality: QualityStyle


def style_problems(style: Mapping[str, Any], path: str = "style") -> tuple[Problem, ...]:
    """Everything that is wrong with a style, by its schema; a style need not say everything."""
    whole = {"schema": SCHEMA, **style}
    if sure_check(style_schema())(whole):
        return ()
    from jsonschema import Draft7Validator

    errors = sorted(Draft7Validator(style_schema()).iter_errors(whole), key=lambda error: error.json_path)
    return tuple(
        Problem(
            Place(path),
            f"{error.json_path.removeprefix('$.')}: {error.message}",
            "see schemas/style.schema.json for what belongs there",
        )
        for error in errors
    )


def read_style(style: Mapping[str, Any], path: str = "style") -> StyleProfile:
    """The profile of a style mapping; what it does not say is as the schema's defaults have it.

    Raises RecipeError with every problem where the mapping breaks the schema.
    """
    problems = style_problems(style, path)
    if problems:
        raise RecipeError(problems)
    whole = _filled(style, style_schema())
    patterns, sequencing, pacing = (
        whole[name] for name in ("shot_patterns", "sequencing_patterns", "pacing_patterns")
    )
    energy = whole["energy_matching"]
    transitions = whole["transition_preferences"]
    return StyleProfile(
        creator_id=whole["creator_id"],
        version=whole["version"],
        trained_on_videos=whole["trained_on_videos"],
        avg_shot_length_s=float(patterns["avg_shot_length_s"]),
        shot_length_std_s=float(patterns["shot_length_std_s"]),
        shot_types=dict(patterns["shot_types"]),
        angle_transitions=_transitions(sequencing["angle_transitions"]),
        same_angle_repeat_rate=float(sequencing["same_angle_repeat_rate"]),
        max_same_angle_streak=int(sequencing["max_same_angle_streak"]),
        cuts_per_beat=float(pacing["cuts_per_beat"]),
        hold_s={name: float(pacing[f"hold_duration_{name}_s"]) for name in ("close_up", "medium", "wide")},
        high_energy=_energy(energy["high_energy_sections"]),
        low_energy=_energy(energy["low_energy_sections"]),
        transitions=TransitionStyle(
            **{**transitions, **{name: _texts(transitions[name]) for name in ("dissolve_at", "dip_at")}},
        ),
        quality=QualityStyle(**whole["quality_thresholds"]),
    )


def _filled(value: Any, schema: Schema) -> Any:
    """The value with the schema's defaults where it says nothing."""
    properties: Mapping[str, Schema] = schema.get("properties", {})
    if not isinstance(value, Mapping) or not properties:
        return value
    given: Mapping[str, Any] = value
    return {**given} | {
        name: _filled(given.get(name, part.get("default")), part) for name, part in properties.items()
    }


def _transitions(rates: Mapping[str, float]) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], float] = {}
    for name, rate in rates.items():
        before, _, after = name.partition("_to_")
        found[before, after] = float(rate)
    return found


def _texts(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _energy(section: Mapping[str, Any]) -> EnergyStyle:
    return EnergyStyle(
        preferred_shot_type=_texts(section["preferred_shot_type"]),
        cut_frequency=float(section["cut_frequency"]),
        motion_preference=_texts(section["motion_preference"]),
    )
