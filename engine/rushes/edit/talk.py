"""The edit of talk: clips in the order of their names, without silences and fillers. Nothing is chosen, so nothing is solved."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from rushes.edit.clip_id import new_clip_id
from rushes.edit.talk_ranges import (
    Heard,
    Pads,
    Span,
    Stretch,
    heard_in,
    joined,
    kept_spans,
    stretches,
    without,
)
from rushes.edit.talk_words import Said, filler_places, fillers_for
from rushes.errors import ConstraintError, Problem
from rushes.recipe.spec import SIZES_PX, EditSpec
from rushes.recipe.talk_spec import TalkSpec
from rushes.timeline.judge_notes import shot_keys
from rushes.timeline.judge_talk import stay_words
from rushes.timeline.tree import Chosen, ClipMetadata, Reason, Reasoning, Timeline, TimelineClip, Transition

_WORTH_SAYING_S = 0.05
_ENLARGED = 1.05
"""A clip that is shown so many times as large as it was filmed is told."""
_MORE_SPEECH = "give clips in which somebody speaks, or lower threshold_01 of the analyzer speech"


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkClip:
    """One clip that somebody may speak in.

    speech: where a voice is heard, seconds; None: not known, as where the sound cannot be decoded. said: what its transcript
    says; language: that of the transcript, "" where it is not known. size_px: width and height as shown. left_out: why the clip is not used, "" for one that is.
    """

    file: str
    digest: str
    duration_s: float
    rate_fps: Fraction
    has_sound: bool
    speech: tuple[Span, ...] | None
    said: tuple[Said, ...] = ()
    language: str = ""
    left_out: str = ""
    size_px: tuple[int, int] | None = None
    shot_type: str | None = None
    angle: str | None = None
    numbers: Mapping[str, float | None] = field(default_factory=dict[str, float | None])
    """motion_flow_score, visual_quality_01, color_variance_01, as far as they are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkRequest:
    """clips: in the order of the edit. edit: with a section talk."""

    clips: tuple[TalkClip, ...]
    edit: EditSpec
    project_id: str
    creator_id: str


@dataclass(frozen=True, slots=True)
class _Take:
    """What stays of one clip."""

    clip: TalkClip
    heard: Heard
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class _Shot:
    """One stretch at its place in the edit, and what was cut before and after it."""

    take: _Take
    number: int
    at_frames: int

    @property
    def stretch(self) -> Stretch:
        return self.take.stretches[self.number]


def talk_timeline(request: TalkRequest) -> Timeline:
    """Everything that is said; the same request gives the same timeline.

    Raises ConstraintError where nobody is heard, or where max_duration_s is shorter than the first stretch of speech.
    """
    talk = request.edit.talk
    assert talk is not None
    rate = request.edit.rate
    used, silent = _takes(request, talk, rate)
    shots, dropped = _placed(used, talk, rate)
    clips = tuple(_clip(shot, before, rate) for before, shot in zip([None, *shots], shots, strict=False))
    width, height = SIZES_PX[request.edit.aspect]
    said_s, kept_s = _spoken_s(used), _spoken_s(used, shots, rate)
    share = round(min(1.0, kept_s / said_s), 9)
    of_clips = (*_enlarged(used, (width, height)), *silent)
    made = Timeline(
        version=1,
        project_id=request.project_id,
        creator_id=request.creator_id,
        rate_fps=rate,
        width_px=width,
        height_px=height,
        duration_frames=shots[-1].at_frames + shots[-1].stretch.frames,
        song=None,
        clips=clips,
        transitions=tuple(_hard_cut(before, after) for before, after in pairwise(clips)),
        ai_reasoning=Reasoning(
            pacing_target=f"no silence of {talk.min_silence_s:g} s or more, no filler",
            style_match_score=None,
            notes=(*(_summary(take, rate) for take in used), *of_clips),
            warnings=(*_doubts(used, talk), *dropped),
            objective=share,
            bound=1.0,
            gap=round(1.0 - share, 9),
        ),
    )
    known = _for_edits(made, used, of_clips, tuple(_doubts(used, talk)))
    return replace(made, ai_reasoning=replace(made.ai_reasoning, for_edits=known))


def _for_edits(
    timeline: Timeline, used: Sequence[_Take], notes: Sequence[str], warnings: Sequence[str]
) -> Mapping[str, Any]:
    """What an edited timeline is judged with: see rushes.timeline.judge_talk. notes, warnings: of the clips, whatever is
    shown of them."""
    return {
        "said": {
            take.clip.file: [[round(at, 6) for at in span] for span in take.heard.speech] for take in used
        },
        "lengths_s": {take.clip.file: round(take.clip.duration_s, 6) for take in used},
        "shots": shot_keys(timeline.clips),
        "duration_frames": timeline.duration_frames,
        "notes": [{"of": "always", "says": says} for says in notes],
        "warnings": [{"of": "always", "says": says} for says in warnings],
        "doubts": [],
    }


def _takes(request: TalkRequest, talk: TalkSpec, rate: Fraction) -> tuple[list[_Take], tuple[str, ...]]:
    """Clips in which somebody speaks, and what is said of the others."""
    used: list[_Take] = []
    silent: list[tuple[str, str]] = []
    for clip in request.clips:
        if clip.left_out:
            silent.append((clip.file, clip.left_out))
            continue
        take = _take(clip, talk, request.edit.min_shot_s, rate)
        if take.stretches:
            used.append(take)
        else:
            silent.append((clip.file, _why_silent(clip)))
    if not used:
        why = "; ".join(f"{file}: {reason}" for file, reason in silent)
        raise ConstraintError(
            Problem(None, f"nobody is heard, so there is nothing to cut: {why}", _MORE_SPEECH)
        )
    return used, tuple(f"{file} is not used: {reason}" for file, reason in silent)


def _why_silent(clip: TalkClip) -> str:
    if not clip.has_sound:
        return "it has no sound"
    if clip.speech is None:
        return "where somebody speaks is not known: its sound was not analysed"
    return "no voice was found in its sound"


def _take(clip: TalkClip, talk: TalkSpec, min_shot_s: float, rate: Fraction) -> _Take:
    places = filler_places(clip.said, fillers_for(clip.language, talk.fillers))
    fillers = [(one.start_s, one.end_s, one.text) for at, one in enumerate(clip.said) if at in places]
    # A cue without word times says where words are no better than to the sentence: it protects them from fillers alone.
    cues = joined(
        (o.start_s, o.end_s) for at, o in enumerate(clip.said) if at not in places and not o.is_word
    )
    gone = [
        (first, last, text) for begin, end, text in fillers for first, last in without([(begin, end)], cues)
    ]
    words = [(o.start_s, o.end_s) for at, o in enumerate(clip.said) if at not in places and o.is_word]
    heard = heard_in(clip.duration_s, clip.speech or (), words, gone)
    pads = Pads(
        before_s=talk.pad_before_s,
        after_s=talk.pad_after_s,
        min_silence_s=talk.min_silence_s,
        min_shot_s=min_shot_s,
    )
    spans = kept_spans(heard, pads)
    return _Take(clip, heard, tuple(stretches(spans, clip.duration_s, clip.rate_fps, rate)))


def _placed(used: Sequence[_Take], talk: TalkSpec, rate: Fraction) -> tuple[list[_Shot], tuple[str, ...]]:
    """Shots one after another, up to the longest length, and what is said of those beyond it."""
    every = [(take, number) for take in used for number in range(len(take.stretches))]
    most = None if talk.max_duration_s is None else int(Fraction(talk.max_duration_s) * rate)
    shots: list[_Shot] = []
    at = 0
    for take, number in every:
        frames = take.stretches[number].frames
        if most is not None and at + frames > most:
            break
        shots.append(_Shot(take, number, at))
        at += frames
    if not shots:
        first = float(every[0][0].stretches[0].frames / rate)
        what = f"edit.talk.max_duration_s is {talk.max_duration_s:g}, but the first stretch of speech takes {first:.2f} s"
        raise ConstraintError(Problem(None, what, f"raise it to {first:.2f} or more"))
    if len(shots) == len(every):
        return shots, ()
    rest_s = float(sum(take.stretches[number].frames for take, number in every[len(shots) :]) / rate)
    return shots, (
        f"the edit ends after {float(at / rate):.2f} s, as edit.talk.max_duration_s asks: {rest_s:.2f} s of talk are left out",
    )


def _clip(shot: _Shot, before: _Shot | None, rate: Fraction) -> TimelineClip:
    clip, stretch = shot.take.clip, shot.stretch
    reason = _reason(shot, rate)
    return TimelineClip(
        id=new_clip_id(clip.digest, clip.file, stretch.start_frames, shot.at_frames),
        file=clip.file,
        digest=clip.digest,
        source_start_frames=stretch.start_frames,
        source_rate_fps=clip.rate_fps,
        timeline_start_frames=shot.at_frames,
        duration_frames=stretch.frames,
        metadata=ClipMetadata(
            shot_type=clip.shot_type,
            angle=clip.angle,
            motion_intensity=clip.numbers.get("motion_flow_score"),
            visual_quality=clip.numbers.get("visual_quality_01"),
            color_variance=clip.numbers.get("color_variance_01"),
            # Nothing was weighed against anything else.
            ai_confidence=1.0,
            ai_reasoning=reason,
            runner_up=None,
            chosen=Chosen(
                source_start_frames=stretch.start_frames,
                duration_frames=stretch.frames,
                timeline_start_frames=shot.at_frames,
                part=None,
                before=None if before is None else before.take.clip.angle,
                because=(Reason(says=reason, of=("range",)),),
            ),
        ),
    )


def _hard_cut(before: TimelineClip, after: TimelineClip) -> Transition:
    return Transition(
        from_clip=before.id,
        to_clip=after.id,
        type="hard_cut",
        at_frames=after.timeline_start_frames,
        duration_frames=0,
        at_beat=False,
        beat_index=None,
    )


def _bounds_s(take: _Take, rate: Fraction) -> list[Span]:
    """The stretches of a take in seconds of its clip."""
    begins = [stretch.start_frames / take.clip.rate_fps for stretch in take.stretches]
    return [
        (float(begin), float(begin + stretch.frames / rate))
        for begin, stretch in zip(begins, take.stretches, strict=True)
    ]


def _gaps(take: _Take, rate: Fraction) -> list[Span]:
    """What is cut of a clip: before its first stretch, between two, and after the last one. One more than stretches."""
    bounds = _bounds_s(take, rate)
    begins = [0.0, *(end for _, end in bounds)]
    ends = [*(begin for begin, _ in bounds), max(take.clip.duration_s, bounds[-1][1])]
    return list(zip(begins, ends, strict=True))


def _reason(shot: _Shot, rate: Fraction) -> str:
    """Such as "speech; 0.9 s of silence cut before it, filler um cut after it"."""
    gaps = _gaps(shot.take, rate)
    parts = [
        f"{what} cut {where} it"
        for where, gap in (("before", gaps[shot.number]), ("after", gaps[shot.number + 1]))
        if (what := _cut_words(shot.take, gap))
    ]
    return "; ".join(["speech", ", ".join(parts)] if parts else ["speech, nothing cut beside it"])


def _cut_words(take: _Take, gap: Span) -> str:
    """What is cut in a gap: fillers by name, and how much silence."""
    inside = _fillers_in(take, gap)
    gone_s = gap[1] - gap[0]
    if gone_s < _WORTH_SAYING_S:
        return ""
    if inside:
        kind = "filler" if len(inside) == 1 else "fillers"
        spoken_s = math.fsum(
            max(0.0, min(last, gap[1]) - max(first, gap[0])) for first, last, _ in take.heard.fillers
        )
        more = " with silence" if gone_s - spoken_s >= _WORTH_SAYING_S else ""
        return f"{kind} {', '.join(inside)}{more} ({gone_s:.2f} s)"
    return f"{gone_s:.2f} s of silence"


def _fillers_in(take: _Take, gap: Span) -> list[str]:
    """Fillers of which most lies in a gap."""
    return [
        text.strip(" .,;:!?\u2026")
        for first, last, text in take.heard.fillers
        if 2 * (min(last, gap[1]) - max(first, gap[0])) > last - first
    ]


def _summary(take: _Take, rate: Fraction) -> str:
    """How much of a clip stays, and what was cut."""
    gaps = [gap for gap in _gaps(take, rate) if gap[1] - gap[0] >= _WORTH_SAYING_S]
    kept_s = math.fsum(end - begin for begin, end in _bounds_s(take, rate))
    fillers = Counter(text for gap in gaps for text in _fillers_in(take, gap))
    silences = sum(not _fillers_in(take, gap) for gap in gaps)
    parts = [f"{silences} {'silence' if silences == 1 else 'silences'}"] if silences else []
    if fillers:
        named = ", ".join(f"{text} {count}x" for text, count in sorted(fillers.items()))
        parts.append(f"fillers ({named})")
    cut = f"; cut: {' and '.join(parts)}" if parts else ""
    return f"{stay_words(take.clip.file, kept_s, take.clip.duration_s)}{cut}"


def _enlarged(used: Sequence[_Take], size_px: tuple[int, int]) -> Iterator[str]:
    """Clips that have fewer pixels than the frame: platforms want theirs, but nobody should wonder why it looks soft."""
    for clip in (take.clip for take in used):
        if clip.size_px is not None:
            times = max(size_px[0] / clip.size_px[0], size_px[1] / clip.size_px[1])
            if times > _ENLARGED:
                sizes = " in ".join("x".join(map(str, size)) for size in (clip.size_px, size_px))
                yield f"{clip.file} is enlarged {times:.2g} times to fill the frame: {sizes}"


def _doubts(used: Sequence[_Take], talk: TalkSpec) -> Iterator[str]:
    """Transcripts whose fillers stay for want of a language."""
    for take in used:
        clip = take.clip
        if clip.said and talk.fillers and not fillers_for(clip.language, talk.fillers):
            known = ", ".join(sorted(talk.fillers))
            if clip.language:
                yield f"{clip.file}: no filler was cut: edit.talk.fillers has none for {clip.language} (it has {known})"
            else:
                yield (
                    f"{clip.file}: no filler was cut: the language of its transcript is not known; say it with "
                    f"analyzers.transcript.language ({known})"
                )


def _spoken_s(
    used: Sequence[_Take], shots: Sequence[_Shot] | None = None, rate: Fraction = Fraction(1)
) -> float:
    """Seconds of speech in takes, or in shots of them."""
    if shots is None:
        return math.fsum(end - begin for take in used for begin, end in take.heard.speech)
    total = 0.0
    for shot in shots:
        first, last = _bounds_s(shot.take, rate)[shot.number]
        total += math.fsum(
            max(0.0, min(end, last) - max(begin, first)) for begin, end in shot.take.heard.speech
        )
    return total
