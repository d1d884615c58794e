"""The picture of a timeline as segments that can be encoded apart, cached, and joined without encoding again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal

from rushes.errors import Problem, RenderError
from rushes.recipe.spec import VideoSpec
from rushes.timeline.tree import Reframe, ReframeKey, Timeline, TimelineClip, Transition

SegmentKind = Literal["shot", "dissolve"]

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
class SegmentSource:
    """Where a segment's pictures come from: `start_s` counts from the clip's first picture. It may lie a little before
    it, and the segment may end a little after the last one: the nearest picture is then held."""

    clip: str
    start_s: Fraction
    crop: Crop | Window = field(default_factory=Crop)

    def to_json(self) -> dict[str, Any]:
        return {"clip": self.clip, "start_s": str(self.start_s), "crop": self.crop.to_json()}


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentSpec:
    """One stretch of the video. It does not know where in the timeline it lies: a shot that moves stays encoded.

    shot: one source. dissolve: the first source gives way to the second; picture i of n shows (i + 1) / (n + 1) of
    the second.
    """

    kind: SegmentKind
    frames: int
    width_px: int
    height_px: int
    rate_fps: Fraction
    quality: str
    sources: tuple[SegmentSource, ...]

    def __post_init__(self) -> None:
        if self.frames < 1:
            raise ValueError(f"a segment of {self.frames} frames cannot be encoded")
        if len(self.sources) != (2 if self.kind == "dissolve" else 1):
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
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SegmentSpec:
        sources = tuple(
            SegmentSource(
                clip=item["clip"], start_s=Fraction(item["start_s"]), crop=_crop_from_json(item["crop"])
            )
            for item in data["sources"]
        )
        return cls(**{**data, "rate_fps": Fraction(data["rate_fps"]), "sources": sources})


def segment_plan(timeline: Timeline, video: VideoSpec) -> tuple[SegmentSpec, ...]:
    """The segments in record order; their frames add up to `timeline.duration_frames`.

    Raises RenderError where dissolves overlap or a transition is of a kind that cannot be rendered yet.
    """
    dissolves = _dissolves(timeline)
    segments: list[SegmentSpec] = []
    for position, clip in enumerate(timeline.clips):
        before, after = dissolves.get(position - 1), dissolves.get(position)
        start = _dissolve_end(before) if before else clip.timeline_start_frames
        end = _dissolve_start(after) if after else clip.timeline_start_frames + clip.duration_frames
        if end < start:
            raise _overlap(clip)
        segments += _shots(timeline, video, clip, start, end)
        if after:
            segments.append(_dissolve(timeline, video, clip, timeline.clips[position + 1], after))
    return tuple(segments)


def _dissolves(timeline: Timeline) -> dict[int, Transition]:
    """By the position of the clip that goes out."""
    wanted = {(transition.from_clip, transition.to_clip): transition for transition in timeline.transitions}
    found: dict[int, Transition] = {}
    for position, (outgoing, incoming) in enumerate(pairwise(timeline.clips)):
        transition = wanted.get((outgoing.id, incoming.id))
        if transition is None or transition.type == "hard_cut" or transition.duration_frames < 1:
            continue
        if transition.type != "quick_dissolve":
            raise RenderError(
                Problem(
                    None,
                    f"the {transition.type} from {outgoing.id} to {incoming.id} cannot be rendered",
                    "allow hard_cut and quick_dissolve only",
                )
            )
        found[position] = transition
    return found


def _dissolve_start(transition: Transition) -> int:
    return transition.at_frames - transition.duration_frames // 2


def _dissolve_end(transition: Transition) -> int:
    return _dissolve_start(transition) + transition.duration_frames


def _overlap(clip: TimelineClip) -> RenderError:
    return RenderError(
        Problem(
            None,
            f"clip {clip.id} ({clip.file}) is {clip.duration_frames} frames long, too short for the dissolves at its ends",
            "make the shot longer, the dissolves shorter (edit.transitions.dissolve_s), or one of them a hard cut",
        )
    )


def _shots(
    timeline: Timeline, video: VideoSpec, clip: TimelineClip, start: int, end: int
) -> Iterator[SegmentSpec]:
    piece = round(PIECE_S * timeline.rate_fps)
    for at in range(start, end, piece):
        yield _segment(timeline, video, "shot", min(piece, end - at), (_source(timeline, clip, at),))


def _dissolve(
    timeline: Timeline,
    video: VideoSpec,
    outgoing: TimelineClip,
    incoming: TimelineClip,
    transition: Transition,
) -> SegmentSpec:
    at = _dissolve_start(transition)
    sources = (_source(timeline, outgoing, at), _source(timeline, incoming, at))
    return _segment(timeline, video, "dissolve", transition.duration_frames, sources)


def _source(timeline: Timeline, clip: TimelineClip, at_frames: int) -> SegmentSource:
    into_s = (at_frames - clip.timeline_start_frames) / timeline.rate_fps
    crop = Crop() if clip.reframe is None else window_of(clip.reframe)
    return SegmentSource(clip=clip.file, start_s=clip.source_start_s() + into_s, crop=crop)


def _segment(
    timeline: Timeline, video: VideoSpec, kind: SegmentKind, frames: int, sources: tuple[SegmentSource, ...]
) -> SegmentSpec:
    return SegmentSpec(
        kind=kind,
        frames=frames,
        width_px=timeline.width_px,
        height_px=timeline.height_px,
        rate_fps=timeline.rate_fps,
        quality=video.quality,
        sources=sources,
    )
