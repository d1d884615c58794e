"""The picture of a timeline as segments that can be encoded apart, cached, and joined without encoding again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Literal

from rushes.errors import Problem, RenderError
from rushes.recipe.outputs_spec import VideoSpec
from rushes.timeline.fades import fade_frames
from rushes.timeline.tree import (
    Direction,
    Reframe,
    ReframeKey,
    Timeline,
    TimelineClip,
    Title,
    TitleLook,
    Transition,
)
from rushes.units import seconds_to_frames

SegmentKind = Literal["shot", "dissolve", "whip_pan", "dip_to_black"]
_KINDS: Mapping[str, SegmentKind] = MappingProxyType(
    {"quick_dissolve": "dissolve", "whip_pan": "whip_pan", "dip_to_black": "dip_to_black"}
)
"""Kind of segment by kind of transition."""

PIECE_S = 8
"""Longer shots are encoded in pieces of this length, so that one long take keeps every core busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """Which part of the picture fills the frame. cover: the largest part of the frame's shape, its centre as far along
    the free width (x_01) and the free height (y_01) as given; 0.5 is the middle."""

    mode: Literal["cover"] = "cover"
    x_01: float = 0.5
    y_01: float = 0.5

    def __post_init__(self) -> None:
        if not (0 <= self.x_01 <= 1 and 0 <= self.y_01 <= 1):
            raise ValueError(f"the crop's place ({self.x_01}, {self.y_01}) is not within 0..1")

    def to_json(self) -> dict[str, Any]:
        return {"mode": self.mode, "x_01": self.x_01, "y_01": self.y_01}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A part of the picture that may move, by source time: keys as rushes.timeline.crop_path reads them. pads: what of
    it lies outside the picture is filled with a copy, blurred by a share of the frame's width; else it stays inside."""

    keys: tuple[ReframeKey, ...]
    pads: bool = False
    blur_01: float = 0.0

    def to_json(self) -> dict[str, Any]:
        keys = [[key.at_s, key.x_01, key.y_01, key.width_01] for key in self.keys]
        pads = {"blur_01": self.blur_01} if self.pads else {}
        return {"mode": "window", "keys": keys, "pads": self.pads, **pads}


def window_of(reframe: Reframe) -> Window:
    """The window of a shot of the timeline."""
    return Window(keys=reframe.keys, pads=reframe.mode == "fit", blur_01=reframe.pad_blur_01)


def _crop_from_json(data: Mapping[str, Any]) -> Crop | Window:
    if data["mode"] == "cover":
        return Crop(**data)
    names = ("at_s", "x_01", "y_01", "width_01")
    keys = tuple(ReframeKey(**dict(zip(names, key, strict=True))) for key in data["keys"])
    return Window(keys=keys, pads=data["pads"], blur_01=data.get("blur_01", 0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How a source runs that is not shown at its own speed: keys (frame of the segment, seconds of source since its first
    picture), the first at (0, 0), the last at the last frame's end, straight between them. blend: mix neighbours where the
    source has fewer pictures than are shown."""

    keys: tuple[tuple[int, Fraction], ...]
    blend: bool

    def to_json(self) -> dict[str, Any]:
        return {"keys": [[at, str(source_s)] for at, source_s in self.keys], "blend": self.blend}

    def moments_s(self, frames: int) -> list[Fraction]:
        """Source time of every frame, since the first one's."""
        found: list[Fraction] = []
        for (begin, begin_s), (end, end_s) in pairwise(self.keys):
            step_s = (end_s - begin_s) / (end - begin)
            found += [begin_s + n * step_s for n in range(end - begin)]
        return found[:frames]


def _run_from_json(data: Mapping[str, Any] | None) -> Run | None:
    if data is None:
        return None
    return Run(keys=tuple((at, Fraction(source_s)) for at, source_s in data["keys"]), blend=data["blend"])


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentSource:
    """Where a segment's pictures come from: `start_s` counts from the clip's first picture. It may lie a little before
    it, and the segment may end a little after the last one: the nearest picture is then held. run: None for the source's
    own speed."""

    clip: str
    start_s: Fraction
    crop: Crop | Window = field(default_factory=Crop)
    run: Run | None = None

    def to_json(self) -> dict[str, Any]:
        # Only what is retimed says so: other segments keep the specs, and the cached bytes, that they always had.
        run = {} if self.run is None else {"run": self.run.to_json()}
        return {"clip": self.clip, "start_s": str(self.start_s), "crop": self.crop.to_json(), **run}


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentTitle:
    """A title as one segment shows it: begins at a frame of the segment, before 0 where it was there already. Where it comes
    and goes in other segments, it is there all the time."""

    begins: int
    frames: int
    fade_frames: int
    look: TitleLook

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> SegmentTitle:
        return SegmentTitle(**{**data, "look": TitleLook(**data["look"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentFade:
    """How a segment comes out of black or goes into it: over so many frames from one on, before 0 where it began in the
    segment before. The first of those that come out of black is black, and the last of those that go into it."""

    begins: int
    frames: int
    into_black: bool

    def light(self, at: int) -> int:
        """How much of `frames` a frame of the segment shows of its light: all before and after the fade's own."""
        into = self.frames - 1 - (at - self.begins) if self.into_black else at - self.begins
        return min(self.frames, max(0, into))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentSpec:
    """One stretch of the video. It does not know where in the timeline it lies: a shot that moves stays encoded.

    shot: one source. The others have two, of which the first gives way to the second. dissolve: picture i of n shows
    (i + 1) / (n + 1) of the second. whip_pan: the camera whips from one to the other in a direction. dip_to_black: the
    first n // 2 pictures fade to black, the others, which begin with black, come out of it; each source is read for its
    own part alone.
    """

    kind: SegmentKind
    frames: int
    width_px: int
    height_px: int
    rate_fps: Fraction
    quality: str
    sources: tuple[SegmentSource, ...]
    direction: Direction | None = None
    """Of a whip pan."""
    titles: tuple[SegmentTitle, ...] = ()
    """What is written over it, the lowest first."""
    fades: tuple[SegmentFade, ...] = ()
    """Of the picture; titles stay as they are."""

    def __post_init__(self) -> None:
        if self.frames < 1:
            raise ValueError(f"a segment of {self.frames} frames cannot be encoded")
        if (self.direction is None) == (self.kind == "whip_pan"):
            raise ValueError(f"a {self.kind} has the direction {self.direction}")
        if len(self.sources) != (1 if self.kind == "shot" else 2):
            raise ValueError(f"a {self.kind} has {len(self.sources)} sources")
        if self.width_px % 2 or self.height_px % 2:
            raise ValueError(f"{self.width_px}x{self.height_px} is not even, as yuv420p must be")

    def to_json(self) -> dict[str, Any]:
        """Canonical: equal specs give equal JSON."""
        return {
            "kind": self.kind,
            "frames": self.frames,
            "width_px": self.width_px,
            "height_px": self.height_px,
            "rate_fps": str(self.rate_fps),
            "quality": self.quality,
            "sources": [source.to_json() for source in self.sources],
            **({} if self.direction is None else {"direction": self.direction}),
            # Only what is written over says so, as only what is retimed does.
            **({"titles": [title.to_json() for title in self.titles]} if self.titles else {}),
            **({"fades": [fade.to_json() for fade in self.fades]} if self.fades else {}),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SegmentSpec:
        sources = tuple(
            SegmentSource(
                clip=item["clip"],
                start_s=Fraction(item["start_s"]),
                crop=_crop_from_json(item["crop"]),
                run=_run_from_json(item.get("run")),
            )
            for item in data["sources"]
        )
        titles = tuple(SegmentTitle.from_json(title) for title in data.get("titles", ()))
        fades = tuple(SegmentFade(**fade) for fade in data.get("fades", ()))
        made = {"sources": sources, "titles": titles, "fades": fades}
        known = {**data, "rate_fps": Fraction(data["rate_fps"]), **made}
        return cls(**known)


def segment_plan(timeline: Timeline, video: VideoSpec) -> tuple[SegmentSpec, ...]:
    """The segments in record order; their frames add up to `timeline.duration_frames`.

    Raises RenderError where transitions overlap.
    """
    soft = _soft(timeline)
    segments: list[SegmentSpec] = []
    for position, clip in enumerate(timeline.clips):
        before, after = soft.get(position - 1), soft.get(position)
        start = _end(before) if before else clip.timeline_start_frames
        end = _start(after) if after else clip.timeline_start_frames + clip.duration_frames
        if end < start:
            raise _overlap(clip)
        segments += _shots(timeline, video, clip, start, end)
        if after:
            segments.append(_between(timeline, video, clip, timeline.clips[position + 1], after))
    faded = _faded(timeline, segments)
    return tuple(_titled(timeline, faded)) if timeline.titles else faded


def _faded(timeline: Timeline, segments: Sequence[SegmentSpec]) -> tuple[SegmentSpec, ...]:
    """The segments, the first and last ones with the fades of the edit."""
    opens, closes = fade_frames(timeline)
    end = timeline.duration_frames
    spans = [span for span in ((0, opens, False), (end - closes, closes, True)) if span[1]]
    if not spans:
        return tuple(segments)
    found: list[SegmentSpec] = []
    at = 0
    for segment in segments:
        fades = tuple(
            SegmentFade(begins=begin - at, frames=frames, into_black=into_black)
            for begin, frames, into_black in spans
            if begin < at + segment.frames and begin + frames > at
        )
        found.append(replace(segment, fades=fades) if fades else segment)
        at += segment.frames
    return tuple(found)


def _titled(timeline: Timeline, segments: Sequence[SegmentSpec]) -> Iterator[SegmentSpec]:
    """The segments with the titles that they show; one that shows none is as it was."""
    at = 0
    for segment in segments:
        shown = tuple(
            _segment_title(title, at, segment.frames, timeline.rate_fps)
            for title in timeline.titles
            if title.start_frames < at + segment.frames and title.end_frames > at
        )
        yield replace(segment, titles=shown) if shown else segment
        at += segment.frames


def _segment_title(title: Title, at: int, frames: int, rate_fps: Fraction) -> SegmentTitle:
    length = title.end_frames - title.start_frames
    fade = min(seconds_to_frames(Fraction(str(title.look.fade_s)), rate_fps), length // 2)
    begins = title.start_frames - at
    # How it comes and goes is in fade_frames. A segment that it is there all through does not ask for how long, so that a
    # shot under a long title may move and stays encoded.
    look = replace(title.look, fade_s=0.0)
    if begins + fade <= 0 and begins + length - fade >= frames:
        return SegmentTitle(begins=0, frames=frames, fade_frames=0, look=look)
    return SegmentTitle(begins=begins, frames=length, fade_frames=fade, look=look)


def _soft(timeline: Timeline) -> dict[int, Transition]:
    """Transitions that are no hard cuts, by the position of the clip that goes out."""
    wanted = {(transition.from_clip, transition.to_clip): transition for transition in timeline.transitions}
    found: dict[int, Transition] = {}
    for position, (outgoing, incoming) in enumerate(pairwise(timeline.clips)):
        transition = wanted.get((outgoing.id, incoming.id))
        if transition is not None and transition.type != "hard_cut" and transition.duration_frames > 0:
            found[position] = transition
    return found


def _start(transition: Transition) -> int:
    return transition.at_frames - transition.duration_frames // 2


def _end(transition: Transition) -> int:
    return _start(transition) + transition.duration_frames


def _overlap(clip: TimelineClip) -> RenderError:
    return RenderError(
        Problem(
            None,
            f"clip {clip.id} ({clip.file}) is {clip.duration_frames} frames long, too short for the transitions at its ends",
            "make the shot longer, the transitions shorter (edit.transitions), or one of them a hard cut",
        )
    )


def _shots(
    timeline: Timeline, video: VideoSpec, clip: TimelineClip, start: int, end: int
) -> Iterator[SegmentSpec]:
    piece = round(PIECE_S * timeline.rate_fps)
    for at in range(start, end, piece):
        frames = min(piece, end - at)
        yield _segment(timeline, video, "shot", frames, (_source(timeline, clip, at, frames),))


def _between(
    timeline: Timeline,
    video: VideoSpec,
    outgoing: TimelineClip,
    incoming: TimelineClip,
    transition: Transition,
) -> SegmentSpec:
    kind, frames, at = _KINDS[transition.type], transition.duration_frames, _start(transition)
    if kind == "dip_to_black":
        sources = (
            _source(timeline, outgoing, at, frames // 2),
            _source(timeline, incoming, transition.at_frames, frames - frames // 2),
        )
    else:
        sources = (_source(timeline, outgoing, at, frames), _source(timeline, incoming, at, frames))
    direction = (transition.direction or "right") if kind == "whip_pan" else None
    return _segment(timeline, video, kind, frames, sources, direction)


def _source(timeline: Timeline, clip: TimelineClip, at_frames: int, frames: int) -> SegmentSource:
    """What a clip shows for so many frames of the timeline from one on."""
    into = at_frames - clip.timeline_start_frames
    return SegmentSource(
        clip=clip.file,
        start_s=clip.source_at_s(into, timeline.rate_fps),
        crop=Crop() if clip.reframe is None else window_of(clip.reframe),
        run=_run(clip, into, frames, timeline.rate_fps),
    )


def _run(clip: TimelineClip, into: int, frames: int, rate_fps: Fraction) -> Run | None:
    if clip.retime is None:
        return None
    start_s = clip.source_at_s(into, rate_fps)
    inside = [key.at_frames - into for key in clip.retime.keys if 0 < key.at_frames - into < frames]
    moments = (0, *inside, frames) if frames else (0,)
    keys = tuple((at, clip.source_at_s(into + at, rate_fps) - start_s) for at in moments)
    return Run(keys=keys, blend=clip.retime.blend)


def _segment(
    timeline: Timeline,
    video: VideoSpec,
    kind: SegmentKind,
    frames: int,
    sources: tuple[SegmentSource, ...],
    direction: Direction | None = None,
) -> SegmentSpec:
    return SegmentSpec(
        kind=kind,
        frames=frames,
        width_px=timeline.width_px,
        height_px=timeline.height_px,
        rate_fps=timeline.rate_fps,
        quality=video.quality,
        sources=sources,
        direction=direction,
    )
