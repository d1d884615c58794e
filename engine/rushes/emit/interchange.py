"""What every exchange format says of an edit, in the terms that editing programs share: media, shots, sound, markers.

Programs count source time in whole frames of the file's nominal rate, from its first picture. Each position here is
converted from the exact time by itself, so that no error adds up; record positions are the timeline's own frames.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from rushes.emit.interchange_timecode import may_drop, nominal_rate
from rushes.errors import Problem, RenderError
from rushes.recipe.sound_spec import ClipSound
from rushes.timeline.fades import fade_frames
from rushes.timeline.tree import Timeline, TimelineClip, TimelineSong, Title, Transition
from rushes.units import seconds_to_frames

MarkKind = Literal["beat", "downbeat", "drop", "title"]
TimecodeChoice = Literal["auto", "drop", "non-drop"]

_HEARD_S = 0.1
"""A shorter fade of the song is not heard as one: it only keeps it from clicking."""
_NOT_TEXT = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile:
    """A file as another program must know it.

    name: what the timeline calls it. path: absolute. url: how it is referred to. rate_fps: nominal; of a song the
    timeline's. frames: its length at that rate. start_frames: its timecode at the first picture; has_timecode: whether it
    says so itself. Sizes are those shown with square pixels, 0 where there is no picture; audio numbers are 0 where there is
    no sound.
    """

    name: str
    path: str
    url: str
    rate_fps: Fraction
    frames: int
    start_frames: int = 0
    drop: bool = False
    has_timecode: bool = False
    width_px: int = 0
    height_px: int = 0
    audio_rate_hz: int = 0
    audio_channels: int = 0


@dataclass(frozen=True, slots=True)
class Dissolve:
    """A dissolve around a cut: how many timeline frames lie before and after it. Never more after than one beyond before."""

    before_frames: int
    after_frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A clip of the timeline. source_frames counts frames of its media from the first picture; start_frames and frames are
    the timeline's. dissolve: how it comes in, None for a cut. speed: of the source on the mean, 1 as it was filmed. heard: its
    own sound goes along with it."""

    clip: TimelineClip
    media: MediaFile
    source_frames: int
    start_frames: int
    frames: int
    dissolve: Dissolve | None
    speed: Fraction = Fraction(1)
    heard: bool = False

    def is_ramp(self) -> bool:
        """Whether its speed changes on the way."""
        return self.clip.retime is not None and len(self.clip.retime.keys) > 2

    def end_frames(self) -> int:
        """Record frame just after the last picture."""
        return self.start_frames + self.frames


@dataclass(frozen=True, slots=True)
class LevelKey:
    """How much louder the song is at a timeline frame than its file, in decibels; straight between two keys."""

    at_frames: int
    level_db: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """What is heard. clips: their own sound, as the recipe asks for it. clips_db: how much louder it is than in its files.
    song_keys: () where the song is as loud as its file all along."""

    clips: ClipSound = "none"
    clips_db: float = 0.0
    song_keys: tuple[LevelKey, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """The song below the pictures, from timeline frame 0 on: song time `start_s` is heard there. rises_frames, falls_frames: how
    long it takes to come and to go. level_keys: as in Mix."""

    media: MediaFile
    start_s: Fraction
    frames: int
    rises_frames: int = 0
    falls_frames: int = 0
    level_keys: tuple[LevelKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A marker of the music, or of where a title begins, at a timeline frame. frames: how long a title is there."""

    at_frames: int
    kind: MarkKind
    name: str
    frames: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """An edit ready to be written. drop: its timecode is drop-frame. media: every file once, in order of first use."""

    timeline: Timeline
    name: str
    rate_fps: Fraction
    drop: bool
    width_px: int
    height_px: int
    frames: int
    shots: tuple[Shot, ...]
    sound: Sound | None
    marks: tuple[Mark, ...]
    media: tuple[MediaFile, ...]
    opens_frames: int = 0
    """How long the first shot takes to come out of black: a transition that has nothing on its other side."""
    closes_frames: int = 0
    """How long the last one takes to go into it."""
    clips_db: float = 0.0
    """How much louder the shots that are heard are than their files."""


def plan_exchange(
    timeline: Timeline,
    media: Mapping[str, MediaFile],
    song: MediaFile | None = None,
    timecode: TimecodeChoice = "auto",
    song_fades_s: tuple[float, float] = (0.0, 0.0),
    mix: Mix | None = None,
) -> Exchange:
    """media: by the name that clips have in the timeline. song: the file of its song, None where it has none or that is not
    heard. song_fades_s: how long that takes to come and to go. mix: None where the song alone is heard.

    timecode: auto counts drop-frame at 29.97 and 59.94. Raises RenderError where drop-frame does not exist at the
    timeline's rate, or where that rate is one that no editing program has.
    """
    rate_fps = timeline.rate_fps
    if nominal_rate(rate_fps) != rate_fps:
        what = f"the timeline has {float(rate_fps):.3f} frames per second, which editing programs do not know"
        raise RenderError(Problem(None, what, "run the edit at 23.976, 24, 25, 29.97, 30, 50, 59.94 or 60"))
    if timecode == "drop" and not may_drop(rate_fps):
        what = f"there is no drop-frame timecode at {float(rate_fps):g} frames per second"
        raise RenderError(Problem(None, what, "leave out --timecode drop: it is for 29.97 and 59.94 only"))
    mix = mix or Mix()
    shots = _shots(timeline, media, mix.clips != "none")
    sound = None
    if song is not None and timeline.song is not None:
        sound = replace(_sound(timeline, timeline.song, song, song_fades_s), level_keys=mix.song_keys)
    used = {shot.media.name: shot.media for shot in shots}
    opens, closes = fade_frames(timeline)
    return Exchange(
        timeline=timeline,
        name=as_text(timeline.project_id) or "rushes",
        rate_fps=rate_fps,
        drop=may_drop(rate_fps) and timecode != "non-drop",
        width_px=timeline.width_px,
        height_px=timeline.height_px,
        frames=timeline.duration_frames,
        shots=shots,
        sound=sound,
        marks=_marks(timeline),
        media=(*used.values(), *([] if sound is None else [sound.media])),
        opens_frames=opens,
        closes_frames=closes,
        clips_db=mix.clips_db,
    )


def as_text(name: str) -> str:
    """A name that every text format can hold: file names may carry control characters and bytes that are no text."""
    return _NOT_TEXT.sub("\ufffd", name)


def _shots(timeline: Timeline, media: Mapping[str, MediaFile], heard: bool) -> tuple[Shot, ...]:
    between = {(part.from_clip, part.to_clip): part for part in timeline.transitions}
    bare = [_shot(clip, media[clip.file], timeline.rate_fps, heard) for clip in timeline.clips]
    coming_in = [
        _dissolve(between.get((a.clip.id, b.clip.id)), a, b, timeline.rate_fps) for a, b in pairwise(bare)
    ]
    return tuple(
        replace(shot, dissolve=dissolve) for shot, dissolve in zip(bare, [None, *coming_in], strict=False)
    )


def _shot(clip: TimelineClip, media: MediaFile, rate_fps: Fraction, heard: bool) -> Shot:
    """What does not run as it was filmed is silent, as in the video."""
    return Shot(
        clip=clip,
        media=media,
        source_frames=seconds_to_frames(clip.source_start_s(), media.rate_fps),
        start_frames=clip.timeline_start_frames,
        frames=clip.duration_frames,
        dissolve=None,
        speed=clip.mean_speed(rate_fps),
        heard=heard and clip.retime is None and media.audio_channels > 0,
    )


def _dissolve(
    transition: Transition | None, outgoing: Shot, incoming: Shot, rate_fps: Fraction
) -> Dissolve | None:
    """As long as the media on both sides last: what a renderer holds still, other programs show black."""
    if transition is None or transition.type == "hard_cut":
        return None
    media_end_s = outgoing.media.frames / outgoing.media.rate_fps
    end_s, start_s = outgoing.clip.source_end_s(rate_fps), incoming.clip.source_start_s()
    after_step_s = outgoing.clip.source_at_s(outgoing.frames + 1, rate_fps) - end_s
    before_step_s = start_s - incoming.clip.source_at_s(-1, rate_fps)
    room_after = int(max(Fraction(0), media_end_s - end_s) / after_step_s)
    room_before = int(start_s / before_step_s)
    before = min(transition.duration_frames // 2, room_before, room_after)
    wanted_after = transition.duration_frames - transition.duration_frames // 2
    after = min(wanted_after, room_after, before + 1)
    return Dissolve(before, after) if after else None


def _sound(timeline: Timeline, song: TimelineSong, media: MediaFile, fades_s: tuple[float, float]) -> Sound:
    start_s = Fraction(round(song.start_s * 1_000_000), 1_000_000)
    left = media.frames - seconds_to_frames(start_s, timeline.rate_fps)
    frames = max(1, min(timeline.duration_frames, left))
    rises, falls = (
        0 if fade_s < _HEARD_S else seconds_to_frames(Fraction(str(fade_s)), timeline.rate_fps)
        for fade_s in fades_s
    )
    rises = min(rises, frames)
    return Sound(
        media=media,
        start_s=start_s,
        frames=frames,
        rises_frames=rises,
        falls_frames=min(falls, frames - rises),
    )


def _marks(timeline: Timeline) -> tuple[Mark, ...]:
    """In order of time, at one frame titles last: what is written has no track in these formats but its text and length."""
    music = () if timeline.song is None else _music_marks(timeline, timeline.song)
    titles = (
        Mark(title.start_frames, "title", _words(title), title.end_frames - title.start_frames)
        for title in timeline.titles
    )
    return tuple(sorted((*music, *titles), key=lambda mark: (mark.at_frames, mark.kind == "title")))


def _words(title: Title) -> str:
    return as_text(f"title {title.name}: {' / '.join(title.look.text.split(chr(10)))}")


def _music_marks(timeline: Timeline, song: TimelineSong) -> tuple[Mark, ...]:
    """One a frame at most: a drop says more than a downbeat, and that more than a beat."""
    downbeats = set(song.downbeats)
    named: list[tuple[float, MarkKind, str]] = [
        (at_s, "downbeat" if at_s in downbeats else "beat", f"beat {index}")
        for index, at_s in enumerate(song.beats)
    ]
    named += [(at_s, "drop", "drop") for at_s in song.drops]
    found: dict[int, Mark] = {}
    for at_s, kind, name in named:
        at_frames = seconds_to_frames(Fraction(at_s) - Fraction(song.start_s), timeline.rate_fps)
        if 0 <= at_frames < timeline.duration_frames:
            found[at_frames] = Mark(at_frames, kind, name)
    return tuple(found[at] for at in sorted(found))
