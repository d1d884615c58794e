"""Building blocks of FCP7 XML: rates, files, transitions, effects and links."""

from __future__ import annotations

from fractions import Fraction
from xml.etree.ElementTree import Element

from rushes.emit.interchange import MediaFile
from rushes.emit.interchange_timecode import frames_to_timecode, timebase
from rushes.emit.interchange_xml import add


class Files:
    """Which files are defined already."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def refer(self, item: Element, media: MediaFile) -> None:
        """The file of an item: whole where it is first used, by its id from then on."""
        known = self._ids.get(media.path)
        if known is not None:
            add(item, "file", id=known)
            return
        self._ids[media.path] = f"file-{len(self._ids) + 1}"
        _define(add(item, "file", id=self._ids[media.path]), media)


def _define(file: Element, media: MediaFile) -> None:
    add(file, "name", media.name)
    add(file, "pathurl", media.url.replace("file:///", "file://localhost/", 1))
    add_rate(file, media.rate_fps)
    add(file, "duration", media.frames)
    if media.width_px:
        add_timecode(file, media.start_frames, media.rate_fps, media.drop)
    kinds = add(file, "media")
    if media.width_px:
        video = add(kinds, "video")
        add(video, "duration", media.frames)
        add_picture(video, media.rate_fps, media.width_px, media.height_px)
    if media.audio_channels:
        audio = add(kinds, "audio")
        add_sound(audio, media.audio_rate_hz)
        add(audio, "channelcount", media.audio_channels)


def add_rate(parent: Element, rate_fps: Fraction) -> None:
    """Frames that a second counts, and whether it lasts 1.001 s."""
    base, ntsc = timebase(rate_fps)
    rate = add(parent, "rate")
    add(rate, "timebase", base)
    add(rate, "ntsc", "TRUE" if ntsc else "FALSE")


def add_timecode(parent: Element, frames: int, rate_fps: Fraction, drop: bool) -> None:
    """The timecode of the first picture."""
    timecode = add(parent, "timecode")
    add_rate(timecode, rate_fps)
    add(timecode, "string", frames_to_timecode(frames, rate_fps, drop))
    add(timecode, "frame", frames)
    add(timecode, "displayformat", "DF" if drop else "NDF")


def add_picture(parent: Element, rate_fps: Fraction, width_px: int, height_px: int) -> None:
    """What pictures are like."""
    traits = add(parent, "samplecharacteristics")
    add_rate(traits, rate_fps)
    add(traits, "width", width_px)
    add(traits, "height", height_px)
    add(traits, "anamorphic", "FALSE")
    add(traits, "pixelaspectratio", "square")
    add(traits, "fielddominance", "none")


def add_sound(parent: Element, rate_hz: int) -> None:
    """What sound is like."""
    traits = add(parent, "samplecharacteristics")
    add(traits, "depth", 16)
    add(traits, "samplerate", rate_hz)


def add_transition(track: Element, span: tuple[int, int], alignment: str, rate_fps: Fraction) -> Element:
    """A transition between two frames of the sequence, still without its effect."""
    item = add(track, "transitionitem")
    add(item, "start", span[0])
    add(item, "end", span[1])
    add(item, "alignment", alignment)
    add_rate(item, rate_fps)
    return item


def add_effect(
    parent: Element, name: str, effect_id: str, category: str, kind: str, media: str = "video"
) -> Element:
    """An effect, still without its parameters. category: "" for none."""
    effect = add(parent, "effect")
    add(effect, "name", name)
    add(effect, "effectid", effect_id)
    if category:
        add(effect, "effectcategory", category)
    add(effect, "effecttype", kind)
    add(effect, "mediatype", media)
    return effect


def add_parameter(effect: Element, parameter_id: str, name: str) -> Element:
    """A parameter, still without its value."""
    parameter = add(effect, "parameter")
    add(parameter, "parameterid", parameter_id)
    add(parameter, "name", name)
    return parameter


def add_keyframe(parameter: Element, when: int) -> Element:
    """A key at a frame of the item, still without its value."""
    keyframe = add(parameter, "keyframe")
    add(keyframe, "when", when)
    return keyframe


def add_link(item: Element, reference: str, media: str, track: int, place: int) -> None:
    """That the item belongs to another one, or to itself: where that lies is counted from 1."""
    link = add(item, "link")
    add(link, "linkclipref", reference)
    add(link, "mediatype", media)
    add(link, "trackindex", track)
    add(link, "clipindex", place)
    if media == "audio":
        add(link, "groupindex", 1)
