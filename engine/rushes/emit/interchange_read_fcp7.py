"""Reads an edit from FCP7 XML, as Premiere and Resolve write it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.parsers.expat import ExpatError, ParserCreate

from rushes.emit.interchange_fcp7 import ID_NOTE, SPEED_GRAPH, TIME_REMAP
from rushes.emit.interchange_read import ReadClip, ReadEdit, fault, sound_notes
from rushes.units import seconds_to_frames

_NTSC = Fraction(1000, 1001)
_DECIMAL = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{0,30})?")
_SHOWN = 20
"""Characters of a number that is none."""


def read_fcp7(data: bytes, path: str) -> ReadEdit:
    """The first track of pictures of the first sequence. Raises ImportFault where the file is damaged or has none."""
    if _defines_entities(data):
        raise fault(path, "this XML defines entities, which no editing program writes")
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise fault(path, f"this is no whole XML file: {error}") from None
    if root.tag != "xmeml":
        raise fault(path, f"this XML is no FCP7 XML: its root is <{root.tag}>")
    sequence = next((part for part in root.iter("sequence") if part.find("media/video") is not None), None)
    if sequence is None:
        raise fault(path, "there is no sequence with pictures in this FCP7 XML")
    tracks = [track for track in sequence.findall("media/video/track") if track.find("clipitem") is not None]
    if not tracks:
        raise fault(path, "no track of the sequence has a clip with pictures")
    try:
        rate_fps = _rate(sequence, None)
        files = {file.get("id"): file for file in root.iter("file") if len(file)}
        clips = tuple(_clips(tracks[0], rate_fps, files))
    except (ValueError, ArithmeticError) as error:
        raise fault(path, f"a clip has no usable range: {error}") from None
    ordered = tuple(sorted(clips, key=lambda clip: clip.start_frames))
    sounds = _sounds(sequence, rate_fps, files)
    return ReadEdit(rate_fps=rate_fps, clips=ordered, notes=(*_notes(tracks), *sound_notes(ordered, sounds)))


class _SeenError(Exception):
    """A parser came to what was looked for. entity: a definition, else the root."""

    def __init__(self, *, entity: bool) -> None:
        self.entity = entity


def _defines_entities(data: bytes) -> bool:
    """Whether there is one before the root, in whatever encoding. What is no XML has none: who reads it on says what is wrong."""

    def at_entity(*_said: object) -> None:
        raise _SeenError(entity=True)

    def at_root(*_said: object) -> None:
        raise _SeenError(entity=False)

    parser = ParserCreate()
    parser.EntityDeclHandler, parser.StartElementHandler = at_entity, at_root
    try:
        parser.Parse(data, True)
    except _SeenError as seen:
        return seen.entity
    except (ExpatError, ValueError, LookupError):
        return False
    return False


def _sounds(
    sequence: Element, rate_fps: Fraction, files: Mapping[str | None, Element]
) -> tuple[ReadClip, ...]:
    """Clips of the audio tracks; of a damaged one those before its fault: nothing of them is taken over."""
    found: list[ReadClip] = []
    for track in sequence.findall("media/audio/track"):
        with suppress(ValueError, ArithmeticError):
            found.extend(_clips(track, rate_fps, files))
    return tuple(found)


def _rate(parent: Element, inherited: Fraction | None) -> Fraction:
    base = parent.findtext("rate/timebase")
    if base is None:
        if inherited is None:
            raise ValueError("its rate is missing")
        return inherited
    ntsc = (parent.findtext("rate/ntsc") or "FALSE").strip().upper() == "TRUE"
    whole = _decimal(base)
    rate_fps = whole * (_NTSC if ntsc else Fraction(1))
    if rate_fps <= 0 or whole.denominator != 1:
        raise ValueError(f"its rate is {base}")
    return rate_fps


def _number(item: Element, tag: str) -> int:
    text = item.findtext(tag)
    if text is None:
        raise ValueError(f"<{tag}> of {item.findtext('name')!r} is missing")
    return int(_decimal(text))


def _decimal(text: str) -> Fraction:
    """A number as editing programs write it. Others may stand for millions of digits."""
    if _DECIMAL.fullmatch(text.strip()) is None:
        raise ValueError(f"{text.strip()[:_SHOWN]!r} is no number")
    return Fraction(text)


def _clips(track: Element, rate_fps: Fraction, files: Mapping[str | None, Element]) -> Iterator[ReadClip]:
    parts = [part for part in track if part.tag in ("clipitem", "transitionitem", "generatoritem")]
    for place, item in enumerate(parts):
        if item.tag != "clipitem":
            continue
        source_rate_fps = _rate(item, rate_fps)
        start, end = _number(item, "start"), _number(item, "end")
        head = 0
        if start == -1:
            before = _neighbour(parts, place - 1)
            start = _cut(before)
            head = start - _number(before, "start")
        if end == -1:
            end = _cut(_neighbour(parts, place + 1))
        source = _number(item, "in") + seconds_to_frames(head / rate_fps, source_rate_fps)
        length = max(1, end - start)
        pace = _pace(item, source, length)
        yield ReadClip(
            id=_id(item),
            media=_media(item, files),
            source_start_frames=max(0, source if pace.ran is None else pace.ran),
            source_rate_fps=source_rate_fps / (pace.mean if pace.ran is None else 1),
            start_frames=start,
            duration_frames=length,
            by_ramp=pace.ran is not None,
            speed=pace.mean,
        )


@dataclass(frozen=True, slots=True)
class _Pace:
    """How an item runs. mean: its speed, all along where ran is None. ran: frames of its file by its first picture, as the
    graph of a changing speed has it."""

    mean: Fraction
    ran: int | None = None


def _pace(item: Element, at: int, length: int) -> _Pace:
    """at, length: the item in its own frames."""
    for effect in item.findall("filter/effect"):
        if effect.findtext("effectid") == TIME_REMAP:
            found = {part.findtext("parameterid"): part for part in effect.iter("parameter")}
            said = _decimal(_value(found.get("speed")) or "100") / 100
            even = _Pace(said if said > 0 else Fraction(1))
            if (_value(found.get("variablespeed")) or "0").strip() in ("0", "FALSE"):
                return even
            graph = found.get(SPEED_GRAPH)
            begins, ends = _ran(graph, at), _ran(graph, at + length)
            if begins is None:
                return even
            return _Pace(even.mean if ends is None else Fraction(ends - begins, length), begins)
    return _Pace(Fraction(1))


def _value(parameter: Element | None) -> str | None:
    return None if parameter is None else parameter.findtext("value")


def _ran(graph: Element | None, at: int) -> int | None:
    """None where no two keys lie around the frame, or the graph does not ascend there. Premiere writes keys of its own at both
    ends of a clip with numbers that mean nothing."""
    keys = () if graph is None else graph.findall("keyframe")
    points = sorted((_number(key, "when"), _decimal(key.findtext("value") or "-1")) for key in keys)
    known = [point for point in points if point[1] >= 0]
    for (begin, begin_ran), (end, end_ran) in pairwise(known):
        if begin <= at <= end and begin < end and begin_ran <= end_ran:
            return round(begin_ran + (end_ran - begin_ran) * (at - begin) / (end - begin))
    return None


def _neighbour(parts: list[Element], place: int) -> Element:
    if not 0 <= place < len(parts) or parts[place].tag != "transitionitem":
        raise ValueError("it borders on a transition that is not there")
    return parts[place]


def _cut(transition: Element) -> int:
    """Where one clip gives way to the next, as its alignment says."""
    start, end = _number(transition, "start"), _number(transition, "end")
    alignment = (transition.findtext("alignment") or "center").strip()
    if alignment.startswith("start"):
        return start
    return end if alignment.startswith("end") else (start + end) // 2


def _id(item: Element) -> str | None:
    note = (item.findtext("logginginfo/lognote") or "").strip()
    return note.removeprefix(ID_NOTE) if note.startswith(ID_NOTE) else None


def _media(item: Element, files: Mapping[str | None, Element]) -> str:
    reference = item.find("file")
    if reference is None:
        return item.findtext("name") or "a clip without file"
    file = files.get(reference.get("id"), reference)
    return file.findtext("pathurl") or file.findtext("name") or item.findtext("name") or ""


def _notes(tracks: list[Element]) -> Iterator[str]:
    others = sum(len(track.findall("clipitem")) for track in tracks[1:])
    if others:
        yield f"only the first picture track is read: {others} clips of other tracks are left out"
