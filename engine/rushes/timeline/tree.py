"""The Timeline: a small frozen tree. Timeline time is whole frames at `rate_fps`; source time whole frames at the
clip's own rate."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from rushes.recipe.title_spec import TitleAlign, TitleStyle
from rushes.units import seconds_to_frames

TransitionName = Literal["hard_cut", "quick_dissolve", "whip_pan", "dip_to_black"]
Direction = Literal["left", "right", "up", "down"]
ReframeMode = Literal["steady", "pan", "track", "fit"]
HeldBy = Literal["take", "range", "place", "part", "before"]
"""What a reason is a reason of: the take (an unbroken run of a clip that looks alike), the range of it that is shown, the place
and length in the edit, how loud the part of the song is there, or the angle of the shot before."""
TitlePlaceKind = Literal["start", "end", "whole", "time", "section", "clip"]

FINAL_STATUS = (
    "exported",
    "user_satisfaction",
    "would_post_unchanged",
    "manual_edit_percentage",
    "time_ai_edit",
    "time_manual_edit",
    "time_saved",
)
"""What becomes known of an edit once its user is done with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the song, seconds of song time, half-open."""

    start_s: float
    end_s: float
    label: str
    energy_01: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineSong:
    """The song: times are song time in seconds; `start_s` of the song is heard at timeline frame 0."""

    file: str
    digest: str
    bpm: float
    duration_s: float
    start_s: float
    beats: tuple[float, ...]
    downbeats: tuple[float, ...]
    energy_curve: tuple[float, ...]
    energy_times: tuple[float, ...]
    sections: tuple[Section, ...]
    drops: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerUp:
    """The next best choice for a place: the best of another clip, and by how much the objective would drop."""

    file: str
    source_start_s: float
    source_end_s: float
    score_loss: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a shot was chosen, in words, and what of it must stay for that to be true."""

    says: str
    of: tuple[HeldBy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A shot as the engine chose it: what its reasons, its confidence and its runner-up speak of. part: the part of the song
    under it in words, None without a song. before: the angle of the shot before it, None where that is not known or there is none."""

    source_start_frames: int
    duration_frames: int
    timeline_start_frames: int
    part: str | None
    before: str | None
    because: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipMetadata:
    """Why this shot is here, and what it is like. Numbers are 0..1; None where the analysis has none.

    ai_reasoning and terms are true of the shot as it is; ai_confidence and runner_up are of the choice.
    """

    shot_type: str | None
    angle: str | None
    motion_intensity: float | None
    visual_quality: float | None
    color_variance: float | None
    ai_confidence: float
    ai_reasoning: str
    runner_up: RunnerUp | None
    terms: Mapping[str, float] = field(default_factory=dict[str, float])
    """Contribution of each term of the objective, as far as it is still known once the shot was edited."""
    chosen: Chosen | None = None
    """None: of a shot that its user chose, and of plans of before 0.4."""
    changed: tuple[HeldBy, ...] = ()
    """What edits have made another of it since it was chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReframeKey:
    """Where the window on the source picture is at a moment of source time: its centre as shares of the picture's width
    and height, and its width as a share of the picture's. Its height follows from the shape of the finished picture."""

    at_s: float
    x_01: float
    y_01: float
    width_01: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reframe:
    """Which part of the source picture fills the frame: a window and its way, as rushes.timeline.crop_path reads it.

    steady: one place; pan: one move; track: it follows what is to be seen; fit: the window is larger than the picture in
    one direction, and what lies outside is filled with a blurred copy. pad_blur_01: how far that is blurred, as a share
    of the frame's width. The mode is a word for people: what counts are the keys.
    """

    mode: ReframeMode
    keys: tuple[ReframeKey, ...]
    pad_blur_01: float = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class RetimeKey:
    """at_frames: timeline frames since the shot's first one. source_s: how much source has run by the time that this
    frame begins, in whole millionths of a second."""

    at_frames: int
    source_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Retime:
    """How fast a shot runs through its source: at one speed between two keys, so that two keys are a constant speed.

    The first key is (0, 0), the last one at the shot's duration; both numbers ascend. Beyond them, where transitions show
    handles, the speed of the first and the last stretch goes on. blend: where the source has fewer pictures than are
    shown, neighbours are mixed; else the nearest is repeated.
    """

    keys: tuple[RetimeKey, ...]
    blend: bool = True

    def source_s(self, at_frames: int | Fraction) -> Fraction:
        """Source time since the first picture at a frame of the shot, exact; also beyond both ends."""
        after = bisect_right([key.at_frames for key in self.keys], at_frames)
        first = min(max(after - 1, 0), len(self.keys) - 2)
        begin, end = self.keys[first : first + 2]
        # Unsound keys are named by rushes.timeline.check, which asks for this time first.
        share = Fraction(at_frames - begin.at_frames) / max(1, end.at_frames - begin.at_frames)
        begin_s, end_s = (Fraction(round(key.source_s * 1_000_000), 1_000_000) for key in (begin, end))
        return begin_s + share * (end_s - begin_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineClip:
    """One shot of the edit. `id` is stable across regenerations; `file` is the clip's name below the footage folder."""

    id: str
    file: str
    digest: str
    source_start_frames: int
    source_rate_fps: Fraction
    timeline_start_frames: int
    duration_frames: int
    locked: bool = False
    lock_metadata: Mapping[str, Any] | None = None
    reframe: Reframe | None = None
    """None: the largest part of the frame's shape around the middle of the picture."""
    retime: Retime | None = None
    """None: the source runs as it was filmed."""
    metadata: ClipMetadata
    edit_history: tuple[Mapping[str, Any], ...] = ()

    def source_start_s(self) -> Fraction:
        """Source time of the first picture, exact."""
        return self.source_start_frames / self.source_rate_fps

    def source_end_s(self, rate_fps: Fraction) -> Fraction:
        """Source time just after the last picture, exact; rate_fps is the timeline's."""
        return self.source_at_s(self.duration_frames, rate_fps)

    def source_at_s(self, at_frames: int | Fraction, rate_fps: Fraction) -> Fraction:
        """Source time that is shown at a timeline frame since the shot's first one, exact; also beyond its ends, for what
        transitions show there."""
        ran_s = at_frames / rate_fps if self.retime is None else self.retime.source_s(at_frames)
        return self.source_start_s() + ran_s

    def source_length_s(self, rate_fps: Fraction) -> Fraction:
        """How much source the shot shows, exact: its duration unless it is retimed."""
        return self.source_end_s(rate_fps) - self.source_start_s()

    def mean_speed(self, rate_fps: Fraction) -> Fraction:
        """Seconds of source a second of the edit; 1 unless the shot is retimed."""
        return self.source_length_s(rate_fps) / self.duration_s(rate_fps)

    def source_end_frames(self, rate_fps: Fraction) -> int:
        """Source frame just after the last picture, nearest whole one, at least one after the first."""
        length = seconds_to_frames(self.source_length_s(rate_fps), self.source_rate_fps)
        return self.source_start_frames + max(1, length)

    def timeline_start_s(self, rate_fps: Fraction) -> Fraction:
        """Record position, exact."""
        return self.timeline_start_frames / rate_fps

    def timeline_end_frames(self) -> int:
        """Record frame just after the last picture."""
        return self.timeline_start_frames + self.duration_frames

    def duration_s(self, rate_fps: Fraction) -> Fraction:
        """Length, exact."""
        return self.duration_frames / rate_fps


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """How one clip gives way to the next, at timeline frame `at_frames`.

    One of n frames lies evenly around the cut: it starts n // 2 frames before `at_frames`. For a dissolve and a whip pan both
    clips show source beyond their range (handles); ranges and durations in the timeline stay those of the cut. A dip to
    black is black at `at_frames` and shows no more of either clip than its range.
    """

    from_clip: str
    to_clip: str
    type: TransitionName
    at_frames: int
    duration_frames: int
    at_beat: bool
    beat_index: int | None
    direction: Direction | None = None
    """Where the camera of a whip pan turns; None: right. Other transitions have none."""
    reason: str = ""
    """Why it is no hard cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fades:
    """How many frames the picture takes to come out of black at the start, the first of which is black, and to go into it at
    the end, the last of which is black; 0: it does not. As asked: rushes.timeline.fades says how much of it is seen."""

    in_frames: int = 0
    out_frames: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TitlePlace:
    """What a title is bound to, so that it finds its frames again after edits. name: the label of a section, or the glob of
    a clip. length_s: at most so long; None: as rushes.timeline.titles says."""

    kind: TitlePlaceKind
    name: str = ""
    from_s: float | None = None
    until_s: float | None = None
    length_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleLook:
    """What is written and how. size_01 and y_01 are shares of the frame's height; y_01: the middle of the text, None: where
    the style has it. Colors are #rrggbb; box_01: how much the box covers, 0 for none. font: the name of the file with its
    BLAKE3, "" for the one that ships. fade_s: how long it comes and goes."""

    text: str
    style: TitleStyle
    align: TitleAlign
    size_01: float
    y_01: float | None
    color: str
    box_color: str
    box_01: float
    font: str
    font_digest: str
    fade_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A text over the picture, from start_frames until just before end_frames of the timeline."""

    name: str
    look: TitleLook
    place: TitlePlace
    start_frames: int
    end_frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasoning:
    """Why the edit is as it is. objective <= bound; gap = (bound - objective) / |bound|, 0..1."""

    pacing_target: str
    style_match_score: float | None
    notes: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    """What is not as the recipe asks, or not what a song usually gives."""
    objective: float
    bound: float
    gap: float
    constraints: tuple[Mapping[str, Any], ...] = ()
    """Each limit: name, limit, used, binds; each constraint of the recipe also kind, says, holds, weight, cost."""
    objective_of: Literal["", "edit", "plan"] = ""
    """Of an edited timeline: whether objective, bound and gap are of the shots as they stand, or of those of the plan."""
    for_edits: Mapping[str, Any] | None = None
    """What an edited timeline is judged with, as rushes.edit.for_edits says it; None: nothing is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The edit. Clips are in record order, without gaps, starting at frame 0."""

    version: int
    project_id: str
    creator_id: str
    rate_fps: Fraction
    width_px: int
    height_px: int
    duration_frames: int
    song: TimelineSong | None
    clips: tuple[TimelineClip, ...]
    transitions: tuple[Transition, ...]
    ai_reasoning: Reasoning
    titles: tuple[Title, ...] = ()
    """In order of time."""
    fades: Fades = field(default_factory=Fades)
    deleted_clips: tuple[Mapping[str, Any], ...] = ()
    user_edits: tuple[Mapping[str, Any], ...] = ()
    final_status: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Facts of FINAL_STATUS that are known; the document writes null for the others."""

    def duration_s(self) -> Fraction:
        """Length of the edit, exact."""
        return self.duration_frames / self.rate_fps
