"""Reads an edit from an OpenTimelineIO file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from rushes.emit.interchange_otio import METADATA
from rushes.emit.interchange_read import ReadClip, ReadEdit, fault, sound_notes
from rushes.emit.interchange_timecode import nominal_rate
from rushes.units import seconds_to_frames


def read_otio(data: bytes, path: str) -> ReadEdit:
    """The first track of pictures. Raises ImportFault where the file is damaged or holds no such track."""
    try:
        text = data.decode("utf-8-sig")
        # The library's own parser ends the whole process where brackets nest a hundred thousand deep.
        json.loads(text)
        root = otio.core.deserialize_json_from_string(text)
    except (ValueError, RecursionError, otio.exceptions.OTIOError) as error:
        raise fault(path, f"this is no whole OpenTimelineIO file: {str(error).strip()[:200]}") from None
    timeline = _timeline(root)
    if timeline is None:
        raise fault(path, "there is no timeline in this OpenTimelineIO file")
    tracks = [
        track
        for track in timeline.video_tracks()
        if any(isinstance(part, otio.schema.Clip) for part in track)
    ]
    if not tracks:
        raise fault(path, "no track of the timeline has a clip with pictures")
    try:
        rate_fps = _edit_rate(timeline, tracks[0])
        clips = tuple(_clips(tracks[0], rate_fps))
    except (ValueError, ArithmeticError, otio.exceptions.OTIOError) as error:
        raise fault(path, f"a clip has no usable range: {str(error).strip()[:200]}") from None
    sounds = _sounds(timeline, rate_fps)
    return ReadEdit(rate_fps=rate_fps, clips=clips, notes=(*_notes(tracks), *sound_notes(clips, sounds)))


def _sounds(timeline: Any, rate_fps: Fraction) -> tuple[ReadClip, ...]:
    """Clips of the audio tracks; of a damaged one those before its fault: nothing of them is taken over."""
    found: list[ReadClip] = []
    for track in timeline.audio_tracks():
        with suppress(ValueError, ArithmeticError, otio.exceptions.OTIOError):
            found.extend(_clips(track, rate_fps))
    return tuple(found)


def _timeline(root: Any) -> Any:
    if isinstance(root, otio.schema.Timeline):
        return root
    if isinstance(root, otio.schema.SerializableCollection):
        return next((part for part in root if isinstance(part, otio.schema.Timeline)), None)
    return None


def _edit_rate(timeline: Any, track: Any) -> Fraction:
    """The rate of its start time, else that of the first clip's length."""
    start = timeline.global_start_time
    if start is not None:
        return nominal_rate(Fraction(start.rate))
    first = next(part for part in track if isinstance(part, otio.schema.Clip))
    return nominal_rate(Fraction(first.trimmed_range().duration.rate))


def _clips(track: Any, rate_fps: Fraction) -> Iterator[ReadClip]:
    at_s = Fraction(0)
    for part in track:
        if isinstance(part, otio.schema.Transition):
            continue
        duration_s = _seconds(part.trimmed_range().duration)
        if isinstance(part, otio.schema.Clip):
            yield _clip(part, at_s, duration_s, rate_fps)
        at_s += duration_s


def _clip(clip: Any, at_s: Fraction, duration_s: Fraction, rate_fps: Fraction) -> ReadClip:
    start = clip.trimmed_range().start_time
    reference = clip.media_reference
    available = getattr(reference, "available_range", None)
    source_s = _seconds(start) - (Fraction(0) if available is None else _seconds(available.start_time))
    ours = _ours(clip)
    source_rate_fps = nominal_rate(Fraction(start.rate))
    return ReadClip(
        id=_text(ours.get("id")),
        media=getattr(reference, "target_url", "") or _text(ours.get("file")) or clip.name,
        source_start_frames=max(0, seconds_to_frames(source_s, source_rate_fps)),
        source_rate_fps=source_rate_fps,
        start_frames=seconds_to_frames(at_s, rate_fps),
        duration_frames=seconds_to_frames(duration_s, rate_fps),
        speed=_speed(clip),
    )


def _speed(clip: Any) -> Fraction:
    found = Fraction(1)
    for effect in clip.effects:
        if isinstance(effect, otio.schema.LinearTimeWarp):
            found *= Fraction(effect.time_scalar).limit_denominator(1_000_000)
    return found


def _seconds(time: Any) -> Fraction:
    """Exact where the rate is a usual one; the format has floats only."""
    return Fraction(time.value) / nominal_rate(Fraction(time.rate))


def _ours(clip: Any) -> Any:
    facts = clip.metadata.get(METADATA)
    return facts if hasattr(facts, "get") else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _notes(tracks: list[Any]) -> Iterator[str]:
    others = sum(isinstance(part, otio.schema.Clip) for track in tracks[1:] for part in track)
    if others:
        yield f"only the first picture track is read: {others} clips of other tracks are left out"
    for part in tracks[0]:
        if isinstance(part, otio.schema.Stack | otio.schema.Track):
            yield f"the compound clip {part.name!r} is left out"
        elif any(map(_is_unknown, getattr(part, "effects", ()))):
            yield f"{part.name}: its change of speed is left out"


def _is_unknown(effect: Any) -> bool:
    """Whether an effect changes speeds in a way that is not told."""
    known = isinstance(effect, otio.schema.LinearTimeWarp)
    return not known and isinstance(effect, otio.schema.TimeEffect)
