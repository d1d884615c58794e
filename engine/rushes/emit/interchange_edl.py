"""CMX3600 edit decision list: one video track, dissolves, the sound of the clips and the song.

Everything counts frames of the timeline, as the format knows one rate only. The source timecode of a file of another
rate keeps its hours, minutes and seconds, and counts the timeline's frames from there. A dissolve begins with the
event of the incoming shot: the outgoing one ends there, and its event repeats that point for its handle. Black, which the
edit may open from and end in, is such a shot, of the reel BL. A shot that is
retimed has a motion effect (M2) with the frames of its source that are shown a second, on the mean.

A shot that is heard is one event of picture and sound: `B` for one channel, `AA/V` for two and more. Where its sound begins or
ends elsewhere than its picture, as it crosses with nothing, it has an event of its own (`A`, `AA`). The song lies on the first two
channels, or on the next two where clips are heard: `NONE` with a line `AUD  3    4`, as Premiere writes them. Levels
are comments in its words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import PurePath

from rushes.emit.interchange import Dissolve, Exchange, Mark, MediaFile, Shot, as_text
from rushes.emit.interchange_sound import HeardShot, heard_shots
from rushes.emit.interchange_timecode import frames_to_timecode, may_drop, timebase, timecode_to_frames
from rushes.units import seconds_to_frames

REEL_LENGTH = 8
_BLACK = "BL"
"""The reel that stands for black."""

_COLORS = {"beat": "YELLOW", "downbeat": "GREEN", "drop": "RED", "title": "CYAN"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Picture or sound of a shot between two record frames. dissolve: frames that it takes to come in. of: the shot that it
    comes from, None: black; where there is no dissolve it means nothing."""

    shot: Shot
    begin: int
    end: int
    dissolve: int = 0
    of: Shot | None = None


def edl_text(exchange: Exchange) -> str:
    """The whole list; record timecode begins at one hour. Lines end in CR LF, as machines that read tape lists expect."""
    reels = reel_names(exchange.media)
    heard = _sounds(exchange)
    lines = [f"TITLE: {exchange.name}", f"FCM: {'DROP FRAME' if exchange.drop else 'NON-DROP FRAME'}"]
    event = 0
    if exchange.opens_frames:
        # An event of its own before the one that dissolves from it: OpenTimelineIO reads no dissolve that comes first.
        event = 1
        channel = _both(exchange.shots[0]) if 0 in heard else "V"
        lines += ["", _black_line(event, "C", (0, 0), channel, exchange)]
    for place in range(len(exchange.shots)):
        picture, sound = _picture(place, exchange), heard.get(place)
        lines += _shot(event + 1, picture, sound, exchange, reels)
        event += 1 if sound in (None, picture) else 2
    if exchange.closes_frames:
        event += 1
        last = len(exchange.shots) - 1
        channel = _both(exchange.shots[last]) if last in heard else "V"
        lines += ["", *_into_black(event, channel, exchange, reels)]
    lines += _song(event + 1, exchange, reels, "NONE" if heard else "AA")
    return "\r\n".join(lines) + "\r\n"


def _shot(
    number: int, picture: _Part, sound: _Part | None, exchange: Exchange, reels: Mapping[str, str]
) -> Iterator[str]:
    """One event where its sound is as long as its picture, else two."""
    shot, is_one = picture.shot, sound == picture
    yield ""
    yield from _event(number, picture, _both(shot) if is_one else "V", exchange, reels)
    yield from _notes(picture, exchange)
    if sound is None:
        return
    if not is_one:
        yield ""
        yield from _event(number + 1, sound, _alone(shot), exchange, reels)
        yield f"* SOURCE FILE: {as_text(shot.media.path)}"
    yield from _level(sound, exchange, reels)


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


def _picture(place: int, exchange: Exchange) -> _Part:
    shots = exchange.shots
    shot, is_last = shots[place], place == len(shots) - 1
    coming_in = shot.dissolve
    going_out = None if is_last else shots[place + 1].dissolve
    return _part(
        shot,
        exchange,
        (coming_in, shots[place - 1] if place else None),
        going_out,
        (exchange.opens_frames if place == 0 else 0, exchange.closes_frames if is_last else 0),
    )


def _sounds(exchange: Exchange) -> dict[int, _Part]:
    """Place of a shot, from 0 -> its sound. Sounds cross where both are of one channel, or both of more."""
    mono, rest = {1}, {shot.media.audio_channels for shot in exchange.shots} - {1}
    groups = (heard_shots(exchange, mono), heard_shots(exchange, rest))
    return {one.place - 1: _sound(one, exchange) for group in groups for one in group}


def _sound(heard: HeardShot, exchange: Exchange) -> _Part:
    before = exchange.shots[heard.place - 2] if heard.coming_in else None
    fades = (heard.rises_frames, heard.falls_frames)
    return _part(heard.shot, exchange, (heard.coming_in, before), heard.going_out, fades)


def _part(
    shot: Shot,
    exchange: Exchange,
    coming_in: tuple[Dissolve | None, Shot | None],
    going_out: Dissolve | None,
    fades: tuple[int, int],
) -> _Part:
    """coming_in: with the shot that it comes from. fades: frames out of black and into it."""
    dissolve, of = coming_in
    opens, closes = fades
    return _Part(
        shot=shot,
        begin=shot.start_frames - (dissolve.before_frames if dissolve else 0),
        end=shot.end_frames() - (going_out.before_frames if going_out else closes),
        dissolve=dissolve.before_frames + dissolve.after_frames if dissolve else opens,
        of=of if dissolve else None,
    )


def _both(shot: Shot) -> str:
    """The channels of an event of picture and sound."""
    return "B" if shot.media.audio_channels == 1 else "AA/V"


def _alone(shot: Shot) -> str:
    return "A" if shot.media.audio_channels == 1 else "AA"


def _event(
    number: int, part: _Part, channel: str, exchange: Exchange, reels: Mapping[str, str]
) -> Iterator[str]:
    shot, begin = part.shot, part.begin
    name = as_text(shot.media.name)
    if not part.dissolve:
        yield _line(number, channel, "C", part, exchange, reels)
        yield from _motion_effect(shot, reels[shot.media.path], begin, exchange)
        yield f"* FROM CLIP NAME: {name}"
        return
    if part.of is None:
        yield _black_line(number, "C", (begin, begin), channel, exchange)
    else:
        yield _line(number, channel, "C", _Part(shot=part.of, begin=begin, end=begin), exchange, reels)
    yield _line(number, channel, f"D    {part.dissolve:03}", part, exchange, reels)
    yield from _motion_effect(shot, reels[shot.media.path], begin, exchange)
    yield f"* FROM CLIP NAME: {_BLACK if part.of is None else as_text(part.of.media.name)}"
    yield f"* TO CLIP NAME: {name}"


def _notes(part: _Part, exchange: Exchange) -> Iterator[str]:
    """What is said of a shot beside its event."""
    yield f"* SOURCE FILE: {as_text(part.shot.media.path)}"
    yield f"* RUSHES ID: {as_text(part.shot.clip.id)}"
    yield from (
        _locator(mark, exchange) for mark in exchange.marks if part.begin <= mark.at_frames < part.end
    )


def _level(part: _Part, exchange: Exchange, reels: Mapping[str, str]) -> Iterator[str]:
    if exchange.clips_db:
        source, drop = _source_frames(part.shot, part.begin, exchange.rate_fps)
        code = frames_to_timecode(source, exchange.rate_fps, drop)
        channels = range(1, min(2, part.shot.media.audio_channels) + 1)
        yield from _level_lines(code, exchange.clips_db, reels[part.shot.media.path], channels)


def _level_lines(code: str, level_db: float, reel: str, channels: Iterable[int]) -> Iterator[str]:
    for channel in channels:
        yield f"* AUDIO LEVEL AT {code} IS {level_db:+.2f} DB  (REEL {reel} A{channel})"


def _into_black(number: int, channel: str, exchange: Exchange, reels: Mapping[str, str]) -> Iterator[str]:
    """The last shot gives way to black as to another shot."""
    shot, end = exchange.shots[-1], exchange.frames
    begin = end - exchange.closes_frames
    yield _line(number, channel, "C", _Part(shot=shot, begin=begin, end=begin), exchange, reels)
    yield _black_line(number, f"D    {exchange.closes_frames:03}", (begin, end), channel, exchange)
    yield f"* FROM CLIP NAME: {as_text(shot.media.name)}"
    yield f"* TO CLIP NAME: {_BLACK}"


def _black_line(number: int, kind: str, span: tuple[int, int], channel: str, exchange: Exchange) -> str:
    begin, end = span
    source = (frames_to_timecode(frames, exchange.rate_fps) for frames in (0, end - begin))
    codes = (*source, _record(begin, exchange), _record(end, exchange))
    return f"{number:03}  {_BLACK:<{REEL_LENGTH}} {channel:<5} {kind:<8} {' '.join(codes)}"


def _motion_effect(shot: Shot, reel: str, begin: int, exchange: Exchange) -> Iterator[str]:
    if shot.speed != 1:
        source, drop = _source_frames(shot, begin, exchange.rate_fps)
        # Readers take colons alone here, whatever the timecode.
        code = frames_to_timecode(source, exchange.rate_fps, drop).replace(";", ":")
        yield f"M2   {reel:<{REEL_LENGTH}} {float(exchange.rate_fps * shot.speed):07.3f}                {code}"


def _line(
    number: int, channel: str, kind: str, part: _Part, exchange: Exchange, reels: Mapping[str, str]
) -> str:
    """An event of a shot between two record frames of the timeline."""
    shot = part.shot
    source, drop = _source_frames(shot, part.begin, exchange.rate_fps)
    codes = (
        frames_to_timecode(source, exchange.rate_fps, drop),
        frames_to_timecode(source + _nearest((part.end - part.begin) * shot.speed), exchange.rate_fps, drop),
        _record(part.begin, exchange),
        _record(part.end, exchange),
    )
    reel = reels[shot.media.path]
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


def _song(number: int, exchange: Exchange, reels: Mapping[str, str], channel: str) -> Iterator[str]:
    """channel: NONE where it lies on the third and the fourth one."""
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
    channels = (3, 4) if channel == "NONE" else (1, 2)
    yield ""
    yield f"{number:03}  {reel:<{REEL_LENGTH}} {channel:<5} {'C':<8} {' '.join(codes)}"
    yield f"* FROM CLIP NAME: {as_text(sound.media.name)}"
    yield f"* SOURCE FILE: {as_text(sound.media.path)}"
    for key in sound.level_keys:
        code = frames_to_timecode(start + key.at_frames, exchange.rate_fps)
        yield from _level_lines(code, key.level_db, reel, channels)
    if channel == "NONE":
        yield "AUD  3    4"
