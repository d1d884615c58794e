"""Final Cut Pro XML (FCPXML 1.10), which Final Cut Pro and Resolve read.

Times are exact fractions of a second: record positions on frames of the sequence, source positions on frames of the
file, which count from the file's timecode. Where both rates differ, the file keeps its speed (`conform-rate` without
scaling) and its range lasts whole frames of the sequence. A shot that is retimed has a time map, point by point, on the
clock that shows the file's own time where the shot begins.

A clip item is picture and sound of its file: one that is not heard has its sound switched off. Transitions cross the
sound of their neighbours as they do their pictures.
"""

from __future__ import annotations

from fractions import Fraction
from xml.etree.ElementTree import Element

from rushes.emit.interchange import Exchange, LevelKey, Mark, MediaFile, Shot, Sound
from rushes.emit.interchange_motion import MotionKey, fit_scale, motion_of
from rushes.emit.interchange_timecode import timebase
from rushes.emit.interchange_xml import add, document, number
from rushes.units import seconds_to_frames

VERSION = "1.10"

_CROSS_DISSOLVE = "FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265"
"""How Final Cut Pro names its own cross dissolve."""
_CROSSFADE = "FFAudioTransition"
"""And the crossfade of the sound that goes with it."""


def fcpx_text(exchange: Exchange) -> str:
    """The whole file: resources, each format and file once, and one project with the edit."""
    root = Element("fcpxml", version=VERSION)
    resources = _Resources(add(root, "resources"), exchange)
    event = add(add(root, "library"), "event", name=exchange.name)
    sequence = add(
        add(event, "project", name=exchange.name),
        "sequence",
        format=resources.sequence_format,
        duration=seconds(exchange.frames / exchange.rate_fps),
        tcStart="0s",
        tcFormat="DF" if exchange.drop else "NDF",
        audioLayout="stereo",
        audioRate="48k",
    )
    spine = add(sequence, "spine")
    following = [*(shot.dissolve for shot in exchange.shots[1:]), None]
    if exchange.opens_frames:
        span = (0, exchange.opens_frames)
        _transition(spine, span, exchange.shots[0].heard, exchange, resources)
    for place, (shot, going_out) in enumerate(zip(exchange.shots, following, strict=False)):
        if shot.dissolve is not None:
            before, after = shot.dissolve.before_frames, shot.dissolve.after_frames
            span = (shot.start_frames - before, before + after)
            heard = shot.heard or exchange.shots[place - 1].heard
            _transition(spine, span, heard, exchange, resources)
        item = _clip(spine, shot, going_out.after_frames if going_out else 0, exchange, resources)
        if exchange.sound is not None and shot.start_frames == 0:
            _song(item, shot, exchange, exchange.sound, resources)
        for mark in exchange.marks:
            if shot.start_frames <= mark.at_frames < shot.end_frames():
                _marker(item, mark, shot, exchange.rate_fps)
    if exchange.closes_frames:
        span = (exchange.frames - exchange.closes_frames, exchange.closes_frames)
        _transition(spine, span, exchange.shots[-1].heard, exchange, resources)
    return document(root, "fcpxml")


def seconds(at_s: Fraction) -> str:
    """`5s`, `1001/30000s`."""
    return f"{at_s}s"


class _Resources:
    """Formats, files and effects by id."""

    def __init__(self, parent: Element, exchange: Exchange) -> None:
        self._parent = parent
        self._count = 0
        self._formats: dict[tuple[Fraction, int, int], str] = {}
        self.sequence_format = self._format(exchange.rate_fps, exchange.width_px, exchange.height_px)
        self.assets = {media.path: self._asset(media) for media in exchange.media}
        self.dissolve = ""
        if exchange.opens_frames or exchange.closes_frames or any(shot.dissolve for shot in exchange.shots):
            self.dissolve = self._id()
            add(parent, "effect", id=self.dissolve, name="Cross Dissolve", uid=_CROSS_DISSOLVE)
        self.crossfade = ""
        if self.dissolve and any(shot.heard for shot in exchange.shots):
            self.crossfade = self._id()
            add(parent, "effect", id=self.crossfade, name="Audio Crossfade", uid=_CROSSFADE)

    def format_of(self, media: MediaFile) -> str:
        """Id of the format of a file with picture."""
        return self._format(media.rate_fps, media.width_px, media.height_px)

    def _id(self) -> str:
        self._count += 1
        return f"r{self._count}"

    def _format(self, rate_fps: Fraction, width_px: int, height_px: int) -> str:
        key = (rate_fps, width_px, height_px)
        if key not in self._formats:
            self._formats[key] = self._id()
            add(
                self._parent,
                "format",
                id=self._formats[key],
                frameDuration=seconds(1 / rate_fps),
                width=str(width_px),
                height=str(height_px),
                colorSpace="1-1-1 (Rec. 709)",
            )
        return self._formats[key]

    def _asset(self, media: MediaFile) -> str:
        traits = {
            "name": media.name,
            "start": seconds(media.start_frames / media.rate_fps),
            "duration": seconds(media.frames / media.rate_fps),
        }
        if media.width_px:
            traits |= {"hasVideo": "1", "videoSources": "1", "format": self.format_of(media)}
        if media.audio_channels:
            traits |= {
                "hasAudio": "1",
                "audioSources": "1",
                "audioChannels": str(media.audio_channels),
                "audioRate": str(media.audio_rate_hz),
            }
        asset_id = self._id()
        asset = add(self._parent, "asset", id=asset_id, **traits)
        add(asset, "media-rep", kind="original-media", src=media.url)
        return asset_id


def _start_s(shot: Shot) -> Fraction:
    """Where the shot begins on the file's own clock."""
    return (shot.media.start_frames + shot.source_frames) / shot.media.rate_fps


def _clip(
    spine: Element, shot: Shot, after_frames: int, exchange: Exchange, resources: _Resources
) -> Element:
    item = add(
        spine,
        "asset-clip",
        ref=resources.assets[shot.media.path],
        offset=seconds(shot.start_frames / exchange.rate_fps),
        name=shot.media.name,
        start=seconds(_start_s(shot)),
        duration=seconds(shot.frames / exchange.rate_fps),
        format=resources.format_of(shot.media),
        tcFormat="DF" if shot.media.drop else "NDF",
        **({"audioRole": "dialogue", "srcEnable": "all"} if shot.heard else {"srcEnable": "video"}),
    )
    add(item, "note", f"rushes:{shot.clip.id}")
    if shot.media.rate_fps != exchange.rate_fps:
        add(item, "conform-rate", scaleEnabled="0", srcFrameRate=_rate_name(shot.media.rate_fps))
    if shot.clip.retime is not None:
        _time_map(item, shot, after_frames, exchange.rate_fps)
    add(item, "adjust-conform", type="fit")
    _transform(item, motion_of(shot, exchange, after_frames), shot, exchange)
    if shot.heard and exchange.clips_db:
        add(item, "adjust-volume", amount=_decibels(exchange.clips_db))
    return item


def _time_map(item: Element, shot: Shot, after_frames: int, rate_fps: Fraction) -> None:
    """From clock of the shot to that of the file, straight between points. It goes on as far as the file does on both sides,
    handles of dissolves included: programs look a picture further than is shown, and have black behind the last point."""
    assert shot.clip.retime is not None
    head = shot.dissolve.before_frames if shot.dissolve else 0
    inside = [key.at_frames for key in shot.clip.retime.keys]
    moments = {-head - _before(shot, head, rate_fps), *inside}
    moments.add(shot.frames + after_frames + _behind(shot, after_frames, rate_fps))
    start_s = _start_s(shot)
    sampling = "frame-blending" if shot.clip.retime.blend else "nearest-neighbor"
    points = add(item, "timeMap", frameSampling=sampling)
    for at in sorted(moments):
        ran_s = shot.clip.source_at_s(at, rate_fps) - shot.clip.source_start_s()
        time, value = seconds(start_s + at / rate_fps), seconds(start_s + ran_s)
        add(points, "timept", time=time, value=value, interp="linear")


def _before(shot: Shot, head: int, rate_fps: Fraction) -> int:
    """How many more frames of the shot its file has before the head, at the speed that it has there."""
    first_s, earlier_s = (shot.clip.source_at_s(at, rate_fps) for at in (-head, -head - 1))
    return max(0, int(first_s / (first_s - earlier_s)))


def _behind(shot: Shot, tail: int, rate_fps: Fraction) -> int:
    """How many more it has behind the tail."""
    last_s, later_s = (shot.clip.source_at_s(shot.frames + tail + more, rate_fps) for more in (0, 1))
    return max(0, int((shot.media.frames / shot.media.rate_fps - last_s) / (later_s - last_s)))


def _rate_name(rate_fps: Fraction) -> str:
    """`23.98`, `24`, `29.97`, ...: the names that the format has for rates."""
    return f"{float(rate_fps):.2f}" if timebase(rate_fps)[1] else str(rate_fps)


def _transform(item: Element, keys: tuple[MotionKey, ...], shot: Shot, exchange: Exchange) -> None:
    """Scale counts from the picture fitted into the frame; positions are percents of the frame's height, up and right."""
    fitted = fit_scale(shot, exchange)
    first = keys[0]
    if len(keys) == 1:
        add(item, "adjust-transform", position=_position(first, shot, exchange), scale=_scale(first, fitted))
        return
    transform = add(item, "adjust-transform")
    position = add(add(transform, "param", name="position"), "keyframeAnimation")
    scale = add(add(transform, "param", name="scale"), "keyframeAnimation")
    for key in keys:
        time = seconds(_start_s(shot) + key.at_frames / exchange.rate_fps)
        add(position, "keyframe", time=time, value=_position(key, shot, exchange))
        add(scale, "keyframe", time=time, value=_scale(key, fitted), curve="linear")


def _position(key: MotionKey, shot: Shot, exchange: Exchange) -> str:
    percent = 100 / exchange.height_px
    right = key.right_01 * shot.media.width_px * percent
    up = -key.down_01 * shot.media.height_px * percent
    return f"{number(right)} {number(up)}"


def _scale(key: MotionKey, fitted: float) -> str:
    return f"{number(key.scale / fitted)} {number(key.scale / fitted)}"


def _transition(
    spine: Element, span: tuple[int, int], heard: bool, exchange: Exchange, resources: _Resources
) -> None:
    """Over the cut between its neighbours; with one neighbour alone, out of black or into it. span: its first frame, and how
    long it is. heard: whether there is sound on one side at least."""
    at_frames, frames = span
    item = add(
        spine,
        "transition",
        name="Cross Dissolve",
        offset=seconds(at_frames / exchange.rate_fps),
        duration=seconds(frames / exchange.rate_fps),
    )
    add(item, "filter-video", ref=resources.dissolve, name="Cross Dissolve")
    if heard:
        add(item, "filter-audio", ref=resources.crossfade, name="Audio Crossfade")


def _song(item: Element, shot: Shot, exchange: Exchange, sound: Sound, resources: _Resources) -> None:
    """Connected below the first shot; its start lies on a sample."""
    rate_hz = Fraction(sound.media.audio_rate_hz or 48000)
    start_s = seconds_to_frames(sound.start_s, rate_hz) / rate_hz
    song = add(
        item,
        "asset-clip",
        ref=resources.assets[sound.media.path],
        lane="-1",
        offset=seconds(_start_s(shot)),
        name=sound.media.name,
        start=seconds(start_s),
        duration=seconds(sound.frames / exchange.rate_fps),
        audioRole="music",
    )
    _song_level(song, sound, start_s, exchange.rate_fps)


def _song_level(song: Element, sound: Sound, start_s: Fraction, rate_fps: Fraction) -> None:
    """Fades and level of the song; its keys lie on its own clock."""
    fades = [("fadeIn", sound.rises_frames), ("fadeOut", sound.falls_frames)]
    keys = sound.level_keys
    if not keys and not any(frames for _, frames in fades):
        return
    first_db = keys[0].level_db if keys else 0.0
    level = add(add(song, "adjust-volume", amount=_decibels(first_db)), "param", name="amount")
    for tag, frames in fades:
        if frames:
            add(level, tag, type="easeInOut", duration=seconds(frames / rate_fps))
    if len(keys) > 1:
        _level_keys(add(level, "keyframeAnimation"), keys, start_s, rate_fps)


def _level_keys(
    animation: Element, keys: tuple[LevelKey, ...], start_s: Fraction, rate_fps: Fraction
) -> None:
    for key in keys:
        time = seconds(start_s + key.at_frames / rate_fps)
        add(animation, "keyframe", time=time, value=_decibels(key.level_db), curve="linear")


def _decibels(level_db: float) -> str:
    return f"{number(level_db)}dB"


def _marker(item: Element, mark: Mark, shot: Shot, rate_fps: Fraction) -> None:
    into_s = (mark.at_frames - shot.start_frames) / rate_fps
    add(
        item,
        "marker",
        start=seconds(_start_s(shot) + into_s),
        duration=seconds(max(1, mark.frames) / rate_fps),
        value=mark.name,
        note=mark.kind,
    )
