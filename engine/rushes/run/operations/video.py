"""Operations that make the video: a segment each, the sound, the join, the preview."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from rushes.emit.sound import SoundReport, faded_song, render_song, write_sound
from rushes.emit.sound_clips import clip_track
from rushes.emit.sound_level import Samples
from rushes.emit.sound_mix import ducking, heard_spans, mixed
from rushes.emit.sound_pieces import SoundPiece
from rushes.emit.video import SegmentSpec
from rushes.emit.video_join import join, preview
from rushes.emit.video_segment import render_segment
from rushes.errors import MediaError
from rushes.graph.node import Call, Outcome
from rushes.media.encode_sound import SOUND_RATE_HZ
from rushes.media.info import MediaInfo
from rushes.media.info_json import info_from_json
from rushes.recipe.sound_spec import DuckSpec
from rushes.run.edit_sound import speech_spans
from rushes.run.operations.outcome import failed

_LOUDNESS_TOLERANCE_LU = 0.5


def render_segments(calls: Sequence[Call]) -> list[Outcome]:
    """segment.mp4: pictures of one stretch of the timeline."""
    return [_tried(_segment, call) for call in calls]


def render_sounds(calls: Sequence[Call]) -> list[Outcome]:
    """sound.m4a: the song or the clips' own sound, cut, faded and at its loudness."""
    return [_tried(_sound, call) for call in calls]


def join_videos(calls: Sequence[Call]) -> list[Outcome]:
    """video.mp4: all segments and the sound, without encoding again."""
    return [_tried(_join, call) for call in calls]


def render_previews(calls: Sequence[Call]) -> list[Outcome]:
    """preview.mp4: small enough to lie inside the report."""
    return [_tried(_preview, call) for call in calls]


def _tried(work: Callable[[Call], tuple[str, ...]], call: Call) -> Outcome:
    """work: returns warnings."""
    try:
        return Outcome(warnings=work(call))
    except MediaError as error:
        return failed(error)


def _segment(call: Call) -> tuple[str, ...]:
    spec = SegmentSpec.from_json(call.params["spec"])
    sources = {source.clip: _info(call, source.clip) for source in spec.sources}
    fonts = {
        name.removeprefix("font/"): path for name, path in call.inputs.items() if name.startswith("font/")
    }
    render_segment(spec, sources, call.outputs["segment.mp4"], fonts)
    return ()


def _info(call: Call, clip: str) -> MediaInfo:
    facts = json.loads(call.inputs[f"info/{clip}"].read_text())
    return info_from_json(facts, path=str(call.inputs[f"media/{clip}"]))


def _sound(call: Call) -> tuple[str, ...]:
    params = call.params
    if "clip_gain_db" in params:
        return _mixed_sound(call)
    if "pieces" in params:
        return _clip_sound(call)
    report = render_song(
        call.inputs.get("song"),
        start_s=Fraction(params["start_s"]),
        duration_s=Fraction(params["duration_s"]),
        out=call.outputs["sound.m4a"],
        fade_in_s=params["fade_in_s"],
        fade_out_s=params["fade_out_s"],
        target_lufs=params["loudness_lufs"],
        peak_at_most_db=params["true_peak_db"],
    )
    if report.loudness_lufs is None:
        return ("the song is silent where the edit uses it",) if "song" in call.inputs else ()
    return _loudness_warnings(report, params["loudness_lufs"])


def _clip_sound(call: Call) -> tuple[str, ...]:
    _, clips, _ = _laid_clips(call)
    return _written(call, clips, "the clips are silent where the edit uses them")


def _mixed_sound(call: Call) -> tuple[str, ...]:
    """The song, and the clips with it."""
    params = call.params
    pieces, clips, silent = _laid_clips(call)
    song = faded_song(
        call.inputs.get("song"),
        start_s=Fraction(params["start_s"]),
        length=len(clips),
        fade_in_s=params["fade_in_s"],
        fade_out_s=params["fade_out_s"],
    )
    ducked = np.ones(len(clips), np.float32)
    told: tuple[str, ...] = ()
    if params["duck"] is not None:
        duck = DuckSpec(**params["duck"])
        heard = heard_spans(pieces, clips, _speech(call), only_speech=duck.only_speech)
        ducked = ducking(heard.spans, len(clips), duck)
        unheard = [clip for clip in heard.by_level if clip not in silent]
        if duck.only_speech and unheard:
            told = (
                f"nobody listened for speech in {', '.join(unheard)}: the song is ducked by their level there",
            )
    sound = mixed(song, clips, params["clip_gain_db"], ducked)
    return (*told, *_written(call, sound, "song and clips are silent where the edit uses them"))


def _laid_clips(call: Call) -> tuple[list[SoundPiece], Samples, tuple[str, ...]]:
    """The pieces, their sound along the edit, and the clips that have none."""
    pieces = [SoundPiece.from_json(piece) for piece in call.params["pieces"]]
    sources = {piece.clip: _info(call, piece.clip) for piece in pieces}
    length = max(1, round(Fraction(call.params["duration_s"]) * SOUND_RATE_HZ))
    silent = tuple(clip for clip, info in sorted(sources.items()) if info.audio is None)
    return pieces, clip_track(pieces, sources, length), silent


def _speech(call: Call) -> dict[str, list[tuple[float, float]]]:
    """Clip -> its stretches of speech, of clips of which they are known."""
    found: dict[str, list[tuple[float, float]]] = {}
    for name in sorted(call.inputs):
        clip = name.removeprefix("speech/")
        if clip == name:
            continue
        spans = speech_spans(call.inputs[name].read_bytes())
        if spans is not None:
            found[clip] = spans
    return found


def _written(call: Call, samples: Samples, silent: str) -> tuple[str, ...]:
    params = call.params
    report = write_sound(
        samples,
        call.outputs["sound.m4a"],
        target_lufs=params["loudness_lufs"],
        peak_at_most_db=params["true_peak_db"],
    )
    if report.loudness_lufs is None:
        return (silent,)
    return _loudness_warnings(report, params["loudness_lufs"])


def _loudness_warnings(report: SoundReport, wanted: float) -> tuple[str, ...]:
    reached = report.loudness_lufs
    assert reached is not None
    if abs(reached - wanted) > _LOUDNESS_TOLERANCE_LU:
        return (f"the sound is at {reached:.1f} LUFS, not {wanted:g}: more gain would distort it",)
    return ()


def _join(call: Call) -> tuple[str, ...]:
    names = sorted(name for name in call.inputs if name.startswith("segment/"))
    segments = [call.inputs[name] for name in names]
    params = call.params
    join(
        segments,
        call.inputs["sound"],
        next(iter(call.outputs.values())),
        frames=params["frames"],
        rate_fps=Fraction(params["rate_fps"]),
        tags=params["tags"],
    )
    return ()


def _preview(call: Call) -> tuple[str, ...]:
    preview(call.inputs["video"], call.outputs["preview.mp4"])
    return ()
