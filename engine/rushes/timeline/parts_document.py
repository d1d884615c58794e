"""Shots, transitions and titles as parts of `timeline.json`, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from rushes.timeline.canonical import canonical_json, sorted_keys
from rushes.timeline.tree import (
    Chosen,
    ClipMetadata,
    Reason,
    Reframe,
    ReframeKey,
    Retime,
    RetimeKey,
    RunnerUp,
    TimelineClip,
    Title,
    TitleLook,
    TitlePlace,
    Transition,
)


def rate_text(rate_fps: Fraction) -> str:
    """A rate as the document has it, such as 30000/1001."""
    return f"{rate_fps.numerator}/{rate_fps.denominator}"


def clip_document(clip: TimelineClip, rate_fps: Fraction) -> dict[str, Any]:
    """A shot as the document has it; rate_fps is the timeline's."""
    return {
        "id": clip.id,
        "file": clip.file,
        "digest": clip.digest,
        "source_start_s": float(clip.source_start_s()),
        "source_end_s": float(clip.source_end_s(rate_fps)),
        "timeline_start_s": float(clip.timeline_start_s(rate_fps)),
        "duration_s": float(clip.duration_s(rate_fps)),
        "source_start_frames": clip.source_start_frames,
        "source_end_frames": clip.source_end_frames(rate_fps),
        "source_rate_fps": rate_text(clip.source_rate_fps),
        "timeline_start_frames": clip.timeline_start_frames,
        "duration_frames": clip.duration_frames,
        "locked": clip.locked,
        "lock_metadata": sorted_keys(clip.lock_metadata),
        "reframe": None if clip.reframe is None else _reframe_document(clip.reframe),
        "retime": None if clip.retime is None else _retime_document(clip.retime),
        "metadata": _metadata_document(clip.metadata),
        "edit_history": sorted_keys(clip.edit_history),
    }


def _reframe_document(reframe: Reframe) -> dict[str, Any]:
    return {
        "mode": reframe.mode,
        "pad_blur_01": float(reframe.pad_blur_01),
        "keys": [
            {
                "at_s": float(key.at_s),
                "x_01": float(key.x_01),
                "y_01": float(key.y_01),
                "width_01": float(key.width_01),
            }
            for key in reframe.keys
        ],
    }


def _retime_document(retime: Retime) -> dict[str, Any]:
    keys = [{"at_frames": key.at_frames, "source_s": float(key.source_s)} for key in retime.keys]
    return {"blend": retime.blend, "keys": keys}


def _metadata_document(metadata: ClipMetadata) -> dict[str, Any]:
    return {
        "shot_type": metadata.shot_type,
        "angle": metadata.angle,
        "motion_intensity": float_or_none(metadata.motion_intensity),
        "visual_quality": float_or_none(metadata.visual_quality),
        "color_variance": float_or_none(metadata.color_variance),
        "ai_confidence": float(metadata.ai_confidence),
        "ai_reasoning": metadata.ai_reasoning,
        "runner_up": None if metadata.runner_up is None else _runner_up_document(metadata.runner_up),
        "terms": {name: float(metadata.terms[name]) for name in sorted(metadata.terms)},
        **({} if metadata.chosen is None else {"chosen": _chosen_document(metadata.chosen)}),
        **({"changed": list(metadata.changed)} if metadata.changed else {}),
    }


def _chosen_document(chosen: Chosen) -> dict[str, Any]:
    because = [{"says": reason.says, "of": list(reason.of)} for reason in chosen.because]
    return {
        "source_start_frames": chosen.source_start_frames,
        "duration_frames": chosen.duration_frames,
        "timeline_start_frames": chosen.timeline_start_frames,
        "part": chosen.part,
        "before": chosen.before,
        "because": because,
    }


def _runner_up_document(runner_up: RunnerUp) -> dict[str, Any]:
    return {
        "file": runner_up.file,
        "source_start_s": float(runner_up.source_start_s),
        "source_end_s": float(runner_up.source_end_s),
        "score_loss": float(runner_up.score_loss),
        "reason": runner_up.reason,
    }


def transition_document(transition: Transition, rate_fps: Fraction) -> dict[str, Any]:
    """A transition as the document has it; rate_fps is the timeline's."""
    return {
        "from_clip": transition.from_clip,
        "to_clip": transition.to_clip,
        "type": transition.type,
        "at_beat": transition.at_beat,
        "beat_index": transition.beat_index,
        "at_s": float(transition.at_frames / rate_fps),
        "at_frames": transition.at_frames,
        "duration_frames": transition.duration_frames,
        "direction": transition.direction,
        "reason": transition.reason,
    }


def title_document(title: Title) -> dict[str, Any]:
    """A title as the document has it."""
    place = asdict(title.place)
    for name in ("from_s", "until_s", "length_s"):
        place[name] = float_or_none(place[name])
    look = asdict(title.look)
    for name in ("size_01", "y_01", "box_01", "fade_s"):
        look[name] = float_or_none(look[name])
    frames = {"start_frames": title.start_frames, "end_frames": title.end_frames}
    return {"name": title.name, **frames, "place": place, "look": look}


def title_from_document(title: Mapping[str, Any]) -> Title:
    """A title of a document that holds to the schema."""
    return Title(**{**title, "place": TitlePlace(**title["place"]), "look": TitleLook(**title["look"])})


def float_or_none(value: float | None) -> float | None:
    """A number of any kind as a float."""
    return None if value is None else float(value)


def clip_from_document(clip: Mapping[str, Any]) -> TimelineClip:
    """A shot of a document that holds to the schema."""
    return TimelineClip(
        id=clip["id"],
        file=clip["file"],
        digest=clip["digest"],
        source_start_frames=clip["source_start_frames"],
        source_rate_fps=Fraction(clip["source_rate_fps"]),
        timeline_start_frames=clip["timeline_start_frames"],
        duration_frames=clip["duration_frames"],
        locked=clip["locked"],
        lock_metadata=clip["lock_metadata"],
        reframe=None if clip.get("reframe") is None else _reframe(clip["reframe"]),
        retime=None if clip.get("retime") is None else _retime(clip["retime"]),
        metadata=_metadata(clip["metadata"]),
        edit_history=tuple(clip["edit_history"]),
    )


def clips_as_stored(clips: Sequence[TimelineClip], rate_fps: Fraction) -> tuple[TimelineClip, ...]:
    """Shots as they are read back from a timeline.json that holds them: floats have six digits."""
    documents = json.loads(canonical_json([clip_document(clip, rate_fps) for clip in clips]))
    return tuple(map(clip_from_document, documents))


def _reframe(reframe: Mapping[str, Any]) -> Reframe:
    return Reframe(
        mode=reframe["mode"],
        keys=tuple(
            ReframeKey(**{name: float(value) for name, value in key.items()}) for key in reframe["keys"]
        ),
        pad_blur_01=float(reframe["pad_blur_01"]),
    )


def _retime(retime: Mapping[str, Any]) -> Retime:
    keys = tuple(
        RetimeKey(at_frames=key["at_frames"], source_s=float(key["source_s"])) for key in retime["keys"]
    )
    return Retime(keys=keys, blend=retime["blend"])


def _metadata(metadata: Mapping[str, Any]) -> ClipMetadata:
    runner_up, chosen = metadata["runner_up"], metadata.get("chosen")
    parts = {
        "runner_up": None if runner_up is None else RunnerUp(**runner_up),
        "chosen": None if chosen is None else _chosen(chosen),
        "changed": tuple(metadata.get("changed", ())),
    }
    return ClipMetadata(**{**metadata, **parts})


def _chosen(chosen: Mapping[str, Any]) -> Chosen:
    because = tuple(Reason(says=reason["says"], of=tuple(reason["of"])) for reason in chosen["because"])
    return Chosen(**{**chosen, "because": because})


def transition_from_document(transition: Mapping[str, Any]) -> Transition:
    """A transition of a document that holds to the schema."""
    return Transition(**{name: value for name, value in transition.items() if name != "at_s"})
