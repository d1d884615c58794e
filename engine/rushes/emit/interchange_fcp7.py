"""Final Cut Pro 7 XML (xmeml 5), which Premiere and Resolve read.

Everything of a clip item counts frames of the sequence, also `in` and `out`, which begin at the file's first picture
whatever its timecode: Premiere and Resolve read them so even where the item declares the rate of its file. Where a
dissolve touches a clip, its start or end is -1 and `in` or `out` takes the handle in; one that comes out of black or goes
into it has no clip on its other side, and no handle. A file is defined whole, at its own
rate, where it is first used, and referred to by id from then on. A shot that is retimed has a Time Remap at its mean speed,
and its item counts frames of the file as they are at that speed. Its graph goes through the points of the ramp, and at both
ends of the item through those that the mean speed gives: who reads the graph sees the ramp, and who reads the speed alone
the same range at its mean. (Final Cut Pro 7 writes a graph for every speed, and Premiere one with variablespeed for ramps.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from xml.etree.ElementTree import Element

from rushes.emit.interchange import Dissolve, Exchange, Mark, Shot
from rushes.emit.interchange_fcp7_audio import Link, add_audio, lanes_of, links_of
from rushes.emit.interchange_fcp7_parts import (
    Files,
    add_effect,
    add_keyframe,
    add_parameter,
    add_picture,
    add_rate,
    add_timecode,
    add_transition,
)
from rushes.emit.interchange_motion import MotionKey, motion_of
from rushes.emit.interchange_timecode import timecode_to_frames
from rushes.emit.interchange_xml import add, document, number
from rushes.timeline.tree import TransitionName
from rushes.units import seconds_to_frames

ID_NOTE = "rushes:"
"""What the log note of a clip item begins with; our id follows."""
TIME_REMAP = "timeremap"
"""Id of the effect that changes a clip's speed."""
SPEED_GRAPH = "graphdict"
"""Id of its parameter that has keys: frames of the item, and how many of the file have run by then."""

_NAMES: Mapping[TransitionName, str] = MappingProxyType(
    {
        "quick_dissolve": "Cross Dissolve",
        "whip_pan": "Cross Dissolve",
        # Its colour is black unless it says otherwise.
        "dip_to_black": "Dip to Color Dissolve",
    }
)


def fcp7_text(exchange: Exchange) -> str:
    """The whole file."""
    root = Element("xmeml", version="5")
    sequence = add(root, "sequence", id="sequence-1")
    add(sequence, "name", exchange.name)
    add(sequence, "duration", exchange.frames)
    add_rate(sequence, exchange.rate_fps)
    text = "01:00:00;00" if exchange.drop else "01:00:00:00"
    add_timecode(sequence, timecode_to_frames(text, exchange.rate_fps)[0], exchange.rate_fps, exchange.drop)
    files, lanes = Files(), lanes_of(exchange)
    media = add(sequence, "media")
    _video(media, exchange, files, links_of(lanes))
    add_audio(media, exchange, lanes, files)
    for mark in exchange.marks:
        _marker(sequence, mark)
    return document(root, "xmeml")


def _video(media: Element, exchange: Exchange, files: Files, links: Mapping[int, tuple[Link, ...]]) -> None:
    video = add(media, "video")
    add_picture(add(video, "format"), exchange.rate_fps, exchange.width_px, exchange.height_px)
    track = add(video, "track")
    following = [*(shot.dissolve for shot in exchange.shots[1:]), None]
    kinds = {part.to_clip: part.type for part in exchange.timeline.transitions}
    if exchange.opens_frames:
        _transition(track, (0, exchange.opens_frames), "start-black", "Cross Dissolve", exchange.rate_fps)
    for place, (shot, going_out) in enumerate(zip(exchange.shots, following, strict=False), start=1):
        if shot.dissolve is not None:
            _transition(
                track, _span(shot, shot.dissolve), "center", _NAMES[kinds[shot.clip.id]], exchange.rate_fps
            )
        item = _clip_item(track, place, shot, going_out, exchange, files)
        for link in links.get(place, ()):
            link.add_to(item)
        add(add(item, "logginginfo"), "lognote", f"{ID_NOTE}{shot.clip.id}")
    if exchange.closes_frames:
        span = (exchange.frames - exchange.closes_frames, exchange.frames)
        _transition(track, span, "end-black", "Cross Dissolve", exchange.rate_fps)
    add(track, "enabled", "TRUE")
    add(track, "locked", "FALSE")


def _clip_item(
    track: Element, place: int, shot: Shot, going_out: Dissolve | None, exchange: Exchange, files: Files
) -> Element:
    media, coming_in = shot.media, shot.dissolve
    head = coming_in.before_frames if coming_in else 0
    tail = going_out.after_frames if going_out else 0
    source = seconds_to_frames(shot.clip.source_start_s() / _speed(shot), exchange.rate_fps)
    # A ramp that begins slower than it is on the mean has more frames before it than that tells.
    source = max(source, head) if shot.is_ramp() else source
    item = add(track, "clipitem", id=f"clipitem-{place}")
    add(item, "name", media.name)
    add(item, "enabled", "TRUE")
    length = int(media.frames / media.rate_fps / _speed(shot) * exchange.rate_fps)
    add(item, "duration", max(1, length))
    add_rate(item, exchange.rate_fps)
    opens = exchange.opens_frames and shot is exchange.shots[0]
    closes = exchange.closes_frames and shot is exchange.shots[-1]
    add(item, "start", -1 if coming_in or opens else shot.start_frames)
    add(item, "end", -1 if going_out or closes else shot.end_frames())
    add(item, "in", source - head)
    add(item, "out", source + shot.frames + tail)
    files.refer(item, media)
    _basic_motion(item, motion_of(shot, exchange, tail), source)
    if shot.speed != 1:
        span = (source, source - head, source + shot.frames + tail, length)
        _time_remap(item, shot, span, exchange.rate_fps)
    return item


def _speed(shot: Shot) -> Fraction:
    """As it is written, so that what is counted by it comes back."""
    return Fraction(number(float(shot.speed * 100))) / 100


def _time_remap(item: Element, shot: Shot, span: tuple[int, int, int, int], rate_fps: Fraction) -> None:
    """span: of _speed_keys. The graph counts frames of the file, so it is for files of the edit's rate: how others count
    is not known."""
    drawn = shot.media.rate_fps == rate_fps
    effect = add_effect(add(item, "filter"), "Time Remap", TIME_REMAP, "motion", "motion")
    values = (
        ("variablespeed", "1" if drawn and shot.is_ramp() else "0"),
        ("speed", number(float(shot.speed * 100))),
        ("reverse", "FALSE"),
        ("frameblending", _truth(shot)),
    )
    for name, value in values:
        add(add_parameter(effect, name, name), "value", value)
    if not drawn:
        return
    graph = add_parameter(effect, SPEED_GRAPH, SPEED_GRAPH)
    add(graph, "valuemin", 0)
    add(graph, "valuemax", shot.media.frames)
    for when, ran, mark in _speed_keys(shot, span, rate_fps):
        key = add_keyframe(graph, when)
        add(key, "value", number(float(ran)))
        if mark:
            add(key, "speedvirtualkf", "TRUE")
            add(key, mark, "TRUE")
    add(add(graph, "interpolation"), "name", "FCPCurve")


def _speed_keys(
    shot: Shot, span: tuple[int, int, int, int], rate_fps: Fraction
) -> Iterator[tuple[int, Fraction, str]]:
    """Frames of the item, the frames of its file that have run by then, and what the key marks: ends of the file and of
    the item; "" for a key of the ramp. span: frames of the item at which the shot begins, its head, its tail and the file
    ends."""
    source, first, last, end = span

    def ran(at: int) -> Fraction:
        return max(Fraction(0), shot.clip.source_at_s(at - source, rate_fps) * rate_fps)

    if first > 0:
        yield 0, Fraction(0), "speedkfstart"
    yield first, ran(first), "speedkfin"
    inner = () if shot.clip.retime is None else shot.clip.retime.keys
    for key in inner:
        if first < source + key.at_frames < last:
            yield source + key.at_frames, ran(source + key.at_frames), ""
    yield last, ran(last), "speedkfout"
    if end > last:
        yield end, max(ran(last), Fraction(shot.media.frames)), "speedkfend"


def _truth(shot: Shot) -> str:
    return "TRUE" if shot.clip.retime is not None and shot.clip.retime.blend else "FALSE"


def _span(shot: Shot, dissolve: Dissolve) -> tuple[int, int]:
    return shot.start_frames - dissolve.before_frames, shot.start_frames + dissolve.after_frames


def _transition(track: Element, span: tuple[int, int], alignment: str, name: str, rate_fps: Fraction) -> None:
    add_effect(add_transition(track, span, alignment, rate_fps), name, name, "Dissolve", "transition")


def _basic_motion(item: Element, keys: tuple[MotionKey, ...], source_frames: int) -> None:
    """Scale in percent; the centre's way from the frame's in widths and heights of the picture, to the right and down."""
    if len(keys) == 1 and keys[0].scale == 1 and not keys[0].right_01 and not keys[0].down_01:
        return
    effect = add_effect(add(item, "filter"), "Basic Motion", "basic", "motion", "motion")
    scale = add_parameter(effect, "scale", "Scale")
    add(scale, "valuemin", 0)
    add(scale, "valuemax", 1000)
    _scale_value(scale, keys[0])
    center = add_parameter(effect, "center", "Center")
    _center_value(center, keys[0])
    for key in keys if len(keys) > 1 else ():
        _scale_value(add_keyframe(scale, source_frames + key.at_frames), key)
        _center_value(add_keyframe(center, source_frames + key.at_frames), key)


def _scale_value(parent: Element, key: MotionKey) -> None:
    add(parent, "value", number(key.scale * 100))


def _center_value(parent: Element, key: MotionKey) -> None:
    value = add(parent, "value")
    add(value, "horiz", number(key.right_01))
    add(value, "vert", number(key.down_01))


def _marker(parent: Element, mark: Mark) -> None:
    marker = add(parent, "marker")
    add(marker, "comment", mark.kind)
    add(marker, "name", mark.name)
    add(marker, "in", mark.at_frames)
    add(marker, "out", mark.at_frames + mark.frames if mark.frames else -1)
