"""The sound of FCP7 XML: the clips' own, linked to their pictures, and the song.

The format has a track for every channel. Clips of two channels lie on a pair of tracks that together are stereo, the others on
single tracks, one for each of their channels: Premiere takes items of one kind only on a track. Tracks of the song
follow those of the clips.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from rushes.emit.interchange import Dissolve, Exchange, LevelKey, MediaFile, Sound
from rushes.emit.interchange_fcp7_parts import (
    Files,
    add_effect,
    add_keyframe,
    add_link,
    add_parameter,
    add_rate,
    add_sound,
    add_transition,
)
from rushes.emit.interchange_sound import HeardShot, channel_counts, heard_shots
from rushes.emit.interchange_xml import add, number
from rushes.units import seconds_to_frames

_STEREO = 2
_LEVEL_AT_MOST = "3.98109"
"""+12 dB, as Final Cut Pro 7 and Premiere write it."""
_CROSS_0_DB = ("Cross Fade ( 0dB)", "KGAudioTransCrossFade0dB")
_CROSS_3_DB = ("Cross Fade (+3dB)", "KGAudioTransCrossFade3dB")
"""With equal power, as the video crosses what has nothing in common."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Clips of so many channels, on as many tracks; the number of the first one, from 1."""

    first_track: int
    channels: int
    shots: tuple[HeardShot, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """An item by its id, and where it lies."""

    reference: str
    media: str
    track: int
    place: int

    def add_to(self, item: Element) -> None:
        """Link an item with it."""
        add_link(item, self.reference, self.media, self.track, self.place)


def lanes_of(exchange: Exchange) -> tuple[Lane, ...]:
    """Where the sound of the clips lies."""
    found: list[Lane] = []
    track = 1
    for channels in channel_counts(exchange):
        found.append(Lane(track, channels, heard_shots(exchange, (channels,))))
        track += channels
    return tuple(found)


def links_of(lanes: tuple[Lane, ...]) -> Mapping[int, tuple[Link, ...]]:
    """Place of a picture, from 1 -> the items that belong together: it and all channels of its sound."""
    return {
        heard.place: (
            Link(f"clipitem-{heard.place}", "video", 1, heard.place),
            *(
                Link(_sound_id(heard, channel), "audio", lane.first_track + channel, place)
                for channel in range(lane.channels)
            ),
        )
        for lane in lanes
        for place, heard in enumerate(lane.shots, start=1)
    }


def _sound_id(heard: HeardShot, channel: int) -> str:
    return f"clipitem-{heard.place}-sound-{channel + 1}"


def add_audio(media: Element, exchange: Exchange, lanes: tuple[Lane, ...], files: Files) -> None:
    """All sound of the sequence; nothing where there is none."""
    if not lanes and exchange.sound is None:
        return
    audio = add(media, "audio")
    add(audio, "numOutputChannels", 2)
    add_sound(add(audio, "format"), 48000)
    links = links_of(lanes)
    for lane in lanes:
        for channel in range(lane.channels):
            track = _track(audio, channel, lane.channels)
            for heard in lane.shots:
                _shot_item(track, heard, channel, exchange, links[heard.place], files)
            _end_track(track, channel, lane.channels)
    if exchange.sound is not None:
        first_track = 1 + sum(lane.channels for lane in lanes)
        _song(audio, first_track, exchange, exchange.sound, files)


def _track(audio: Element, channel: int, channels: int) -> Element:
    is_stereo = channels == _STEREO
    track = add(audio, "track")
    track.set("currentExplodedTrackIndex", str(channel if is_stereo else 0))
    track.set("totalExplodedTrackCount", str(channels if is_stereo else 1))
    track.set("premiereTrackType", "Stereo" if is_stereo else "Mono")
    return track


def _end_track(track: Element, channel: int, channels: int) -> None:
    """A single track names no output: it is heard on both sides, which one channel of the two would not be."""
    add(track, "enabled", "TRUE")
    add(track, "locked", "FALSE")
    if channels == _STEREO:
        add(track, "outputchannelindex", channel + 1)


def _shot_item(
    track: Element,
    heard: HeardShot,
    channel: int,
    exchange: Exchange,
    links: tuple[Link, ...],
    files: Files,
) -> None:
    """As its picture, with handles where its sound crosses."""
    shot, rate_fps = heard.shot, exchange.rate_fps
    _before(track, heard, exchange)
    kind = "stereo" if shot.media.audio_channels == _STEREO else "mono"
    item = _item(track, _sound_id(heard, channel), kind, shot.media)
    head = heard.coming_in.before_frames if heard.coming_in else 0
    tail = heard.going_out.after_frames if heard.going_out else 0
    source = seconds_to_frames(shot.clip.source_start_s(), rate_fps)
    add(item, "duration", max(1, int(shot.media.frames / shot.media.rate_fps * rate_fps)))
    add_rate(item, rate_fps)
    add(item, "start", -1 if heard.coming_in or heard.rises_frames else shot.start_frames)
    add(item, "end", -1 if heard.going_out or heard.falls_frames else shot.end_frames())
    add(item, "in", source - head)
    add(item, "out", source + shot.frames + tail)
    files.refer(item, shot.media)
    _source_track(item, channel)
    if exchange.clips_db:
        _levels(item, (LevelKey(0, exchange.clips_db),), source)
    for link in links:
        link.add_to(item)
    if heard.falls_frames:
        _fade(track, (exchange.frames - heard.falls_frames, exchange.frames), "end-black", exchange)


def _before(track: Element, heard: HeardShot, exchange: Exchange) -> None:
    """The transition that a sound comes in with."""
    if heard.rises_frames:
        _fade(track, (0, heard.rises_frames), "start-black", exchange)
    if heard.coming_in is not None:
        item = add_transition(track, _span(heard, heard.coming_in), "center", exchange.rate_fps)
        add_effect(item, *_CROSS_3_DB, "", "transition", "audio")


def _span(heard: HeardShot, dissolve: Dissolve) -> tuple[int, int]:
    at = heard.shot.start_frames
    return at - dissolve.before_frames, at + dissolve.after_frames


def _fade(track: Element, span: tuple[int, int], alignment: str, exchange: Exchange) -> None:
    item = add_transition(track, span, alignment, exchange.rate_fps)
    add_effect(item, *_CROSS_0_DB, "", "transition", "audio")


def _item(track: Element, item_id: str, kind: str, media: MediaFile) -> Element:
    item = add(track, "clipitem", id=item_id, premiereChannelType=kind)
    add(item, "name", media.name)
    add(item, "enabled", "TRUE")
    return item


def _source_track(item: Element, channel: int) -> None:
    source = add(item, "sourcetrack")
    add(source, "mediatype", "audio")
    add(source, "trackindex", channel + 1)


def _levels(item: Element, keys: tuple[LevelKey, ...], source_frames: int) -> None:
    """The volume, as a factor. source_frames: frame of the item at which the keys begin to count."""
    effect = add_effect(
        add(item, "filter"), "Audio Levels", "audiolevels", "audiolevels", "audiolevels", "audio"
    )
    level = add_parameter(effect, "level", "Level")
    add(level, "valuemin", 0)
    add(level, "valuemax", _LEVEL_AT_MOST)
    add(level, "value", _factor(keys[0]))
    for key in keys if len(keys) > 1 else ():
        add(add_keyframe(level, source_frames + key.at_frames), "value", _factor(key))


def _factor(key: LevelKey) -> str:
    return number(10 ** (key.level_db / 20))


def _song(audio: Element, first_track: int, exchange: Exchange, sound: Sound, files: Files) -> None:
    channels = min(_STEREO, max(1, sound.media.audio_channels))
    for channel in range(channels):
        track = _track(audio, channel, channels)
        if sound.rises_frames:
            _fade(track, (0, sound.rises_frames), "start-black", exchange)
        _song_item(track, channel, exchange, sound, files)
        if sound.falls_frames:
            _fade(track, (sound.frames - sound.falls_frames, sound.frames), "end-black", exchange)
        for link in _song_links(first_track, channels):
            link.add_to(track[1 if sound.rises_frames else 0])
        _end_track(track, channel, channels)


def _song_links(first_track: int, channels: int) -> Iterator[Link]:
    for channel in range(channels) if channels > 1 else ():
        yield Link(f"song-{channel + 1}", "audio", first_track + channel, 1)


def _song_item(track: Element, channel: int, exchange: Exchange, sound: Sound, files: Files) -> None:
    start = seconds_to_frames(sound.start_s, exchange.rate_fps)
    kind = "mono" if sound.media.audio_channels == 1 else "stereo"
    item = _item(track, f"song-{channel + 1}", kind, sound.media)
    add(item, "duration", sound.media.frames)
    add_rate(item, exchange.rate_fps)
    add(item, "start", -1 if sound.rises_frames else 0)
    add(item, "end", -1 if sound.falls_frames else sound.frames)
    add(item, "in", start)
    add(item, "out", start + sound.frames)
    files.refer(item, sound.media)
    _source_track(item, channel)
    if sound.level_keys:
        _levels(item, sound.level_keys, start)
