"""OpenTimelineIO (.otio), written by the library itself.

A source range starts in frames of its file and lasts frames of the timeline: the format allows both, and record
positions then stay whole whatever rates are mixed. A shot that is retimed has a linear time warp at its mean speed, as the
format knows no ramps; how it really runs is in its metadata.

The sound of the clips lies on an audio track of its own, with gaps for shots that are silent. The format has no links between
items and no volumes: picture and sound share a `Link Group ID` as Resolve writes and reads it, and what is heard how loud
is in our metadata.
"""

from __future__ import annotations

from dataclasses import asdict
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from rushes.emit.interchange import Exchange, Mark, MediaFile, Shot, as_text
from rushes.emit.interchange_sound import HeardShot, heard_shots
from rushes.emit.interchange_timecode import timecode_to_frames
from rushes.timeline.canonical import sorted_keys

METADATA = "rushes"
"""Key of what is ours in the metadata of timeline and clips."""
_RESOLVE = "Resolve_OTIO"
"""Key of what DaVinci Resolve keeps in the metadata of clips and tracks."""

_COLORS = {"beat": "YELLOW", "downbeat": "GREEN", "drop": "RED", "title": "CYAN"}


def otio_text(exchange: Exchange) -> str:
    """The whole file. Markers of the music lie on the stack of tracks, our ids and locks in `metadata.rushes`."""
    hour_frames, _ = timecode_to_frames("01:00:00;00" if exchange.drop else "01:00:00:00", exchange.rate_fps)
    timeline = otio.schema.Timeline(
        name=exchange.name,
        global_start_time=_time(hour_frames, exchange.rate_fps),
        metadata={METADATA: _timeline_facts(exchange)},
    )
    timeline.tracks.append(_video_track(exchange))
    heard = heard_shots(exchange)
    if heard:
        timeline.tracks.append(_clip_sound_track(exchange, heard))
    if exchange.sound is not None:
        timeline.tracks.append(_song_track(exchange))
    timeline.tracks.markers.extend(_marker(mark, exchange.rate_fps) for mark in exchange.marks)
    return str(timeline.to_json_string(indent=2)) + "\n"


def _time(frames: int, rate_fps: Fraction) -> Any:
    return otio.opentime.RationalTime(frames, float(rate_fps))


def _range(start: Any, duration: Any) -> Any:
    return otio.opentime.TimeRange(start, duration)


def _timeline_facts(exchange: Exchange) -> dict[str, Any]:
    timeline = exchange.timeline
    return {
        "version": timeline.version,
        "project_id": timeline.project_id,
        "width_px": timeline.width_px,
        "height_px": timeline.height_px,
        "drop_frame": exchange.drop,
    }


def _video_track(exchange: Exchange) -> Any:
    track = otio.schema.Track(name="V1", kind=otio.schema.TrackKind.Video)
    kinds = {(part.from_clip, part.to_clip): part.type for part in exchange.timeline.transitions}
    before = ""
    if exchange.opens_frames:
        track.append(_transition("from_black", 0, exchange.opens_frames, exchange.rate_fps))
    for place, shot in enumerate(exchange.shots, start=1):
        if shot.dissolve is not None:
            kind, length = kinds[before, shot.clip.id], shot.dissolve
            track.append(_transition(kind, length.before_frames, length.after_frames, exchange.rate_fps))
        clip = _clip(shot, exchange.rate_fps)
        if shot.heard:
            clip.metadata[_RESOLVE] = {"Link Group ID": place}
        track.append(clip)
        before = shot.clip.id
    if exchange.closes_frames:
        track.append(_transition("into_black", exchange.closes_frames, 0, exchange.rate_fps))
    return track


def _transition(kind: str, before_frames: int, after_frames: int, rate_fps: Fraction) -> Any:
    """At the ends of a track one that has frames on one side alone."""
    return otio.schema.Transition(
        name=kind,
        transition_type=otio.schema.TransitionTypes.SMPTE_Dissolve,
        in_offset=_time(before_frames, rate_fps),
        out_offset=_time(after_frames, rate_fps),
        metadata={METADATA: {"type": kind}},
    )


def _clip(shot: Shot, rate_fps: Fraction) -> Any:
    return otio.schema.Clip(
        name=as_text(shot.media.name),
        media_reference=_reference(shot.media),
        source_range=_source_range(shot, rate_fps),
        effects=[] if shot.speed == 1 else [otio.schema.LinearTimeWarp(time_scalar=float(shot.speed))],
        metadata={METADATA: _clip_facts(shot)},
    )


def _source_range(shot: Shot, rate_fps: Fraction) -> Any:
    start = _time(shot.media.start_frames + shot.source_frames, shot.media.rate_fps)
    return _range(start, _time(shot.frames, rate_fps))


def _clip_facts(shot: Shot) -> dict[str, Any]:
    clip = shot.clip
    facts: dict[str, Any] = {
        "id": clip.id,
        "file": as_text(clip.file),
        "digest": clip.digest,
        "locked": clip.locked,
        "confidence": round(clip.metadata.ai_confidence, 6),
        "reason": as_text(clip.metadata.ai_reasoning),
    }
    if clip.lock_metadata is not None:
        facts["lock_metadata"] = sorted_keys(clip.lock_metadata)
    if clip.reframe is not None:
        facts["reframe"] = asdict(clip.reframe)
    if clip.retime is not None:
        facts["retime"] = asdict(clip.retime)
    return facts


def _reference(media: MediaFile) -> Any:
    reference = otio.schema.ExternalReference(
        target_url=media.url,
        available_range=_range(
            _time(media.start_frames, media.rate_fps), _time(media.frames, media.rate_fps)
        ),
    )
    reference.name = as_text(media.name)
    return reference


def _clip_sound_track(exchange: Exchange, heard: tuple[HeardShot, ...]) -> Any:
    """The shots that are heard, each with the range of its picture."""
    rate_fps = exchange.rate_fps
    is_mono = all(one.shot.media.audio_channels == 1 for one in heard)
    track = otio.schema.Track(name="A1", kind=otio.schema.TrackKind.Audio)
    track.metadata[_RESOLVE] = {"Audio Type": "Mono" if is_mono else "Stereo"}
    at = 0
    for one in heard:
        if one.shot.start_frames > at:
            silence = _time(one.shot.start_frames - at, rate_fps)
            track.append(otio.schema.Gap(source_range=_range(_time(0, rate_fps), silence)))
        if one.rises_frames:
            track.append(_transition("from_silence", 0, one.rises_frames, rate_fps))
        if one.coming_in is not None:
            before, after = one.coming_in.before_frames, one.coming_in.after_frames
            track.append(_transition("crossfade", before, after, rate_fps))
        track.append(_clip_sound(one, exchange))
        if one.falls_frames:
            track.append(_transition("into_silence", one.falls_frames, 0, rate_fps))
        at = one.shot.end_frames()
    return track


def _clip_sound(heard: HeardShot, exchange: Exchange) -> Any:
    shot = heard.shot
    channels = [
        {"Source Channel ID": channel, "Source Track ID": 0} for channel in range(shot.media.audio_channels)
    ]
    return otio.schema.Clip(
        name=as_text(shot.media.name),
        media_reference=_reference(shot.media),
        source_range=_source_range(shot, exchange.rate_fps),
        metadata={
            METADATA: {"sound_of": shot.clip.id, "level_db": round(exchange.clips_db, 6)},
            _RESOLVE: {"Link Group ID": heard.place, "Channels": channels},
        },
    )


def _song_track(exchange: Exchange) -> Any:
    sound = exchange.sound
    assert sound is not None
    rate = float(exchange.rate_fps)
    start = otio.opentime.RationalTime(float(sound.start_s * exchange.rate_fps), rate)
    facts: dict[str, Any] = {"song": True}
    if sound.level_keys:
        facts["level_keys"] = [[key.at_frames, key.level_db] for key in sound.level_keys]
    clip = otio.schema.Clip(
        name=as_text(sound.media.name),
        media_reference=_reference(sound.media),
        source_range=_range(start, _time(sound.frames, exchange.rate_fps)),
        metadata={METADATA: facts},
    )
    name = "A2" if any(shot.heard for shot in exchange.shots) else "A1"
    track = otio.schema.Track(name=name, kind=otio.schema.TrackKind.Audio)
    if sound.rises_frames:
        track.append(_transition("from_silence", 0, sound.rises_frames, exchange.rate_fps))
    track.append(clip)
    if sound.falls_frames:
        track.append(_transition("into_silence", sound.falls_frames, 0, exchange.rate_fps))
    return track


def _marker(mark: Mark, rate_fps: Fraction) -> Any:
    return otio.schema.Marker(
        name=mark.name,
        marked_range=_range(_time(mark.at_frames, rate_fps), _time(mark.frames, rate_fps)),
        color=_COLORS[mark.kind],
        metadata={METADATA: {"kind": mark.kind}},
    )
