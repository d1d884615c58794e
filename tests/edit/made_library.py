"""A small library and a song, made in code, for tests of the edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from rushes.edit.request import EditRequest
from rushes.recipe.spec import EditSpec, SongSpec

WEIGHTS = {
    "score": 0.35,
    "energy": 0.2,
    "shot_type": 0.1,
    "pacing": 0.15,
    "accent": 0.05,
    "sequence": 0.1,
    "angle_change": 0.05,
}


def make_song(duration_s: float = 60.0, bpm: float = 120.0, quiet_until_s: float = 30.0) -> dict[str, Any]:
    """A song with beats at 0.1 s + n periods, four to the bar, quiet first and loud after its drop."""
    period = 60.0 / bpm
    beats = np.arange(0.1, duration_s, period)
    times = np.arange(0.0, duration_s, 0.1)
    energy = np.where(times < quiet_until_s, 0.25, 0.9)
    sections = [
        {"start_s": 0.0, "end_s": min(quiet_until_s, duration_s), "label": "A", "energy_01": 0.25},
        {"start_s": quiet_until_s, "end_s": duration_s, "label": "B", "energy_01": 0.9},
    ]
    whole = quiet_until_s < duration_s
    return {
        "duration_s": duration_s,
        "bpm": bpm,
        "beats_s": [round(float(beat), 6) for beat in beats],
        "downbeats_s": [round(float(beat), 6) for beat in beats[::4]],
        "beat_strength_01": [0.5] * len(beats),
        "energy_times_s": [round(float(at), 6) for at in times],
        "energy_curve_01": [float(value) for value in energy],
        "onset_strength_01": [0.0] * len(times),
        "sections": sections if whole else sections[:1],
        "drops_s": [quiet_until_s] if whole else [],
        "confidence_01": 0.9,
    }


def make_clip(name: str, duration_s: float = 6.0, **facts: Any) -> dict[str, Any]:
    """One clip: score, motion, angle, shot_type, motion_kind, rejected and rate_fps as given."""
    return {
        "clip": name,
        "duration_s": duration_s,
        "score": 0.6,
        "motion": 0.5,
        "angle": None,
        "shot_type": None,
        "motion_kind": None,
        "rejected": False,
        "rate_fps": 30.0,
        **facts,
    }


def make_shoot(
    count: int, seed: int = 0, angles: Sequence[str] = ("front", "side", "overhead")
) -> list[dict[str, Any]]:
    """Seeded clips of 3 to 9 s."""
    rng = np.random.default_rng(seed)
    return [
        make_clip(
            f"clip_{at:03d}.mp4",
            float(np.round(rng.uniform(3, 9), 2)),
            score=float(rng.uniform(0.3, 0.95)),
            motion=float(rng.uniform(0, 1)),
            angle=str(rng.choice(angles)) if angles else None,
            shot_type=str(rng.choice(["close_up", "medium", "wide"])),
            motion_kind=str(rng.choice(["static", "slow_pan", "fast_pan", "handheld"])),
            rate_fps=float(rng.choice([30.0, 25.0, 30000 / 1001])),
        )
        for at in range(count)
    ]


def make_request(
    clips: Sequence[Mapping[str, Any]],
    song: Mapping[str, Any] | None = None,
    *,
    song_start_s: float | None = None,
    style: Mapping[str, Any] | None = None,
    **edit: Any,
) -> EditRequest:
    """A request; segments are the whole clip in parts of at most 4 s, samples vary a little along it."""
    ordered = sorted(clips, key=lambda clip: clip["clip"])
    parts = [row for clip in ordered for row in _segments(clip)]
    samples = [row for at, clip in enumerate(ordered) for row in _samples(clip, at)]
    spec = replace(EditSpec(weights=WEIGHTS), **edit)
    texts = {"angle": pl.String, "shot_type": pl.String, "motion_kind": pl.String}
    reasons = {"reject_reasons": pl.List(pl.String), "reasons": pl.List(pl.String)}
    return EditRequest(
        segments=pl.DataFrame(parts, schema_overrides={**texts, **reasons}, infer_schema_length=None),
        samples=pl.DataFrame(samples),
        clips=pl.DataFrame(
            [
                {
                    "clip": clip["clip"],
                    "digest": clip.get("digest", f"digest of {clip['clip']}"),
                    "duration_s": clip["duration_s"],
                    "rate_fps": clip["rate_fps"],
                    "rejected": clip["rejected"],
                }
                for clip in ordered
            ]
        ),
        song=song,
        song_file=None if song is None else "song.ogg",
        song_digest=None if song is None else "digest of the song",
        edit=spec,
        song_spec=None if song is None else SongSpec(start_s=song_start_s),
        style=style or {},
        project_id="test",
        creator_id="default",
    )


def _segments(clip: Mapping[str, Any]) -> list[dict[str, Any]]:
    count = max(1, int(np.ceil(clip["duration_s"] / 4.0)))
    edges = np.linspace(0.0, clip["duration_s"], count + 1)
    return [
        {
            "segment": f"{clip['clip']}#{at + 1:03d}",
            "clip": clip["clip"],
            "shot_index": 1,
            "start_s": float(edges[at]),
            "end_s": float(edges[at + 1]),
            "duration_s": float(edges[at + 1] - edges[at]),
            "heuristic_score": clip["score"],
            "visual_quality_01": clip["score"],
            "motion_flow_score": clip["motion"],
            "color_variance_01": 0.4,
            "sharpness_01": 0.8,
            "shake_01": 0.1,
            "angle": clip["angle"],
            "shot_type": clip["shot_type"],
            "motion_kind": clip["motion_kind"],
            "rejected": clip["rejected"],
            "reject_reasons": ["too dark"] if clip["rejected"] else [],
            "reasons": [],
        }
        for at in range(count)
    ]


def _samples(clip: Mapping[str, Any], seed: int) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    return [
        {
            "clip": clip["clip"],
            "t_s": round(0.2 * at, 6),
            "sharpness_01": float(np.clip(0.8 + 0.1 * rng.standard_normal(), 0, 1)),
            "shake_01": float(np.clip(0.1 + 0.05 * rng.standard_normal(), 0, 1)),
            "visual_quality_01": float(np.clip(clip["score"] + 0.05 * rng.standard_normal(), 0, 1)),
            "motion_flow_score": float(np.clip(clip["motion"] + 0.1 * rng.standard_normal(), 0, 1)),
        }
        for at in range(int(np.ceil(clip["duration_s"] / 0.2)))
    ]
