"""CMX3600 edit decision list: one video track, dissolves and the song on both audio channels.

Everything counts frames of the timeline, as the format knows one rate only. The source timecode of a file of another
rate keeps its hours, minutes and seconds, and counts the timeline's frames from there. A dissolve begins with the
event of the incoming shot: the outgoing one ends there, and its event repeats that point for its handle. Black, which the
edit may open from and end in, is such a shot, of the reel BL. A shot that is
retimed has a motion effect (M2) with the frames of its source that are shown a second, on the mean.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import PurePath

from rushes.emit.interchange import Exchange, Mark, MediaFile, Shot, as_text
from rushes.emit.interchange_timecode import frames_to_timecode, may_drop, timebase, timecode_to_frames
from rushes.units import seconds_to_frames

REEL_LENGTH = 8
_BLACK = "BL"
"""The reel that stands for black."""

_COLORS = {"beat": "YELLOW", "downbeat": "GREEN", "drop": "RED", "title": "CYAN"}


def edl_text(exchange: Exchange) -> str:
    """The whole list; record timecode begins at one hour. Lines end in CR LF, as machines that read tape lists expect."""
    reels = reel_names(exchange.media)
    lines = [f"TITLE: {exchange.name}", f"FCM: {'DROP FRAME' if exchange.drop else 'NON-DROP FRAME'}"]
    event = 0
    if exchange.opens_frames:
        # An event of its own before the one that dissolves from it: OpenTimelineIO reads no dissolve that comes first.
        event = 1
        lines += ["", _black_line(event, "C", 0, 0, exchange)]
    for place, shot in enumerate(exchange.shots):
        event += 1
        before = exchange.shots[place - 1] if shot.dissolve else None
        after = exchange.shots[place + 1] if place + 1 < len(exchange.shots) else None
        lines += ["", *_event(event, shot, before, after, exchange, reels)]
    if exchange.closes_frames:
        event += 1
        lines += ["", *_into_black(event, exchange, reels)]
    lines += _song(event + 1, exchange, reels)
    return "\r\n".join(lines) + "\r\n"


def reel_names(media: tuple[MediaFile, ...]) -> Mapping[str, str]:
    """By path: the name of the file as far as eight capitals and digits go, told apart by a number where they are equal."""
    found: dict[str, str] = {}
    for file in media:
        plain = unicodedata.normalize("NFKD", PurePath(file.name).stem).upper()
        stem = re.sub(r"[^A-Z0-9_]", "", plain)[:REEL_LENGTH] or "CLIP"
        reel, count = stem, 1
        # AX and BL stand for an unknown source and for black.
        while reel in found.values() or reel in ("AX", _BLACK):
            count += 1
            reel = f"{stem[: REEL_LENGTH - len(str(count))]}{count}"
        found[file.path] = reel
    return found


def _event(
    number: int,
    shot: Shot,
    before: Shot | None,
    after: Shot | None,
    exchange: Exchange,
    reels: Mapping[str, str],
) -> Iterator[str]:
    head = shot.dissolve.before_frames if shot.dissolve else 0
    tail = after.dissolve.before_frames if after is not None and after.dissolve else 0
    tail = exchange.closes_frames if after is None else tail
    begin, end = shot.start_frames - head, shot.end_frames() - tail
    name = as_text(shot.media.name)
    if exchange.opens_frames and shot is exchange.shots[0]:
        yield _black_line(number, "C", 0, 0, exchange)
        kind = f"D    {exchange.opens_frames:03}"
        yield _line(number, reels[shot.media.path], "V", kind, shot, begin, end, exchange)
        yield from _motion_effect(shot, reels[shot.media.path], begin, exchange)
        yield f"* FROM CLIP NAME: {_BLACK}"
        yield f"* TO CLIP NAME: {name}"
    elif before is None or shot.dissolve is None:
        yield _line(number, reels[shot.media.path], "V", "C", shot, begin, end, exchange)
        yield from _motion_effect(shot, reels[shot.media.path], begin, exchange)
        yield f"* FROM CLIP NAME: {name}"
    else:
        yield _line(number, reels[before.media.path], "V", "C", before, begin, begin, exchange)
        length = head + shot.dissolve.after_frames
        yield _line(number, reels[shot.media.path], "V", f"D    {length:03}", shot, begin, end, exchange)
        yield from _motion_effect(shot, reels[shot.media.path], begin, exchange)
        yield f"* FROM CLIP NAME: {as_text(before.media.name)}"
        yield f"* TO CLIP NAME: {name}"
    yield f"* SOURCE FILE: {as_text(shot.media.path)}"
    yield f"* RUSHES ID: {as_text(shot.clip.id)}"
    yield from (_locator(mark, exchange) for mark in exchange.marks if begin <= mark.at_frames < end)


def _into_black(number: int, exchange: Exchange, reels: Mapping[str, str]) -> Iterator[str]:
    """The last shot gives way to black as to another shot."""
    shot, end = exchange.shots[-1], exchange.frames
    begin = end - exchange.closes_frames
    yield _line(number, reels[shot.media.path], "V", "C", shot, begin, begin, exchange)
    yield _black_line(number, f"D    {exchange.closes_frames:03}", begin, end, exchange)
    yield f"* FROM CLIP NAME: {as_text(shot.media.name)}"
    yield f"* TO CLIP NAME: {_BLACK}"


def _black_line(number: int, kind: str, begin: int, end: int, exchange: Exchange) -> str:
    source = (frames_to_timecode(frames, exchange.rate_fps) for frames in (0, end - begin))
    codes = (*source, _record(begin, exchange), _record(end, exchange))
    return f"{number:03}  {_BLACK:<{REEL_LENGTH}} {'V':<5} {kind:<8} {' '.join(codes)}"


def _motion_effect(shot: Shot, reel: str, begin: int, exchange: Exchange) -> Iterator[str]:
    if shot.speed != 1:
        source, drop = _source_frames(shot, begin, exchange.rate_fps)
        # Readers take colons alone here, whatever the timecode.
        code = frames_to_timecode(source, exchange.rate_fps, drop).replace(";", ":")
        yield f"M2   {reel:<{REEL_LENGTH}} {float(exchange.rate_fps * shot.speed):07.3f}                {code}"


def _line(
    number: int, reel: str, channel: str, kind: str, shot: Shot, begin: int, end: int, exchange: Exchange
) -> str:
    """An event of a shot between two record frames of the timeline."""
    source, drop = _source_frames(shot, begin, exchange.rate_fps)
    codes = (
        frames_to_timecode(source, exchange.rate_fps, drop),
        frames_to_timecode(source + _nearest((end - begin) * shot.speed), exchange.rate_fps, drop),
        _record(begin, exchange),
        _record(end, exchange),
    )
    return f"{number:03}  {reel:<{REEL_LENGTH}} {channel:<5} {kind:<8} {' '.join(codes)}"


def _record(at_frames: int, exchange: Exchange) -> str:
    hour = "01:00:00;00" if exchange.drop else "01:00:00:00"
    start, _ = timecode_to_frames(hour, exchange.rate_fps)
    return frames_to_timecode(start + at_frames, exchange.rate_fps, exchange.drop)


def _source_frames(shot: Shot, at_frames: int, rate_fps: Fraction) -> tuple[int, bool]:
    """Source timecode shown at a record frame, in timeline frames, and whether it is drop-frame."""
    into = _nearest((at_frames - shot.start_frames) * shot.speed)
    media = shot.media
    if media.rate_fps == rate_fps:
        return media.start_frames + shot.source_frames + into, media.drop
    start, drop = _start_in(media, rate_fps)
    return start + seconds_to_frames(shot.clip.source_start_s(), rate_fps) + into, drop


def _nearest(frames: Fraction) -> int:
    return seconds_to_frames(frames, Fraction(1))


def _start_in(media: MediaFile, rate_fps: Fraction) -> tuple[int, bool]:
    """The file's first timecode read at another rate: the same clock, its frames in proportion."""
    label = frames_to_timecode(media.start_frames, media.rate_fps, media.drop)
    here, there = timebase(rate_fps)[0], timebase(media.rate_fps)[0]
    part = int(re.split("[:;]", label)[-1]) * here // there
    drop = media.drop and may_drop(rate_fps)
    if drop and int(label[6:8]) == 0 and int(label[4]) != 0:
        part = max(part, here // 15)
    return timecode_to_frames(f"{label[:8]}{';' if drop else ':'}{part:02}", rate_fps)


def _locator(mark: Mark, exchange: Exchange) -> str:
    name = mark.name if mark.kind == "title" else mark.name.upper()
    return f"* LOC: {_record(mark.at_frames, exchange)} {_COLORS[mark.kind]:<7} {name}"


def _song(number: int, exchange: Exchange, reels: Mapping[str, str]) -> Iterator[str]:
    sound = exchange.sound
    if sound is None:
        return
    start = seconds_to_frames(sound.start_s, exchange.rate_fps)
    codes = (
        frames_to_timecode(start, exchange.rate_fps),
        frames_to_timecode(start + sound.frames, exchange.rate_fps),
        _record(0, exchange),
        _record(sound.frames, exchange),
    )
    reel = reels[sound.media.path]
    yield ""
    yield f"{number:03}  {reel:<{REEL_LENGTH}} {'AA':<5} {'C':<8} {' '.join(codes)}"
    yield f"* FROM CLIP NAME: {as_text(sound.media.name)}"
    yield f"* SOURCE FILE: {as_text(sound.media.path)}"
