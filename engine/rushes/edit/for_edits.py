"""What a plan says of its footage and of itself, so that an edit of it can be judged with neither media nor solver.

columns, takes: a row for each unbroken run of a clip that looks alike, usable or not: clip, start_s, end_s (source seconds),
what it is like, and what the constraints found in it (constraint_marks.py). speech: clip -> stretches in seconds; null: no
constraint asks, or nobody listened. shots: what objective and style_match_score are of. notes, warnings: each with what it is
of: always, length (of the edit) or shots. doubts: what is counted again, see rushes.timeline.judge_notes. energy_01: quiet and loud of the song.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from rushes.edit.attempt import Answer, Scene
from rushes.edit.constraints import no_moment_words
from rushes.edit.explain import Explainer
from rushes.edit.footage import Piece
from rushes.edit.ramps import ramp_notes
from rushes.edit.terms import quiet_and_loud
from rushes.edit.transitions import absent_notes
from rushes.style.profile import StyleProfile
from rushes.timeline.judge_footage import CLIP, END, START
from rushes.timeline.judge_notes import doubt_words, joined_words, shot_keys
from rushes.timeline.tree import Timeline, TimelineClip, Transition

_MOST_TAKES = 600
"""Of clips that are neither in the edit nor second for a place, the best until there are so many takes: the timeline of a large
library stays small, and of the other clips nothing is known once a user puts one in."""
_SEEN = ("visual_quality_01", "motion_flow_score", "color_variance_01", "sharpness_01", "exposure_01")


def energy_range(scene: Scene) -> list[float] | None:
    """Energies of the song that count as 0 and as 1; None without a song."""
    if scene.music is None:
        return None
    quiet, loud = quiet_and_loud(scene.places, scene.music)
    shift = scene.request.edit.energy_bias_01 * (loud - quiet)
    return [round(quiet - shift, 9), round(loud - shift, 9)]


Remark: TypeAlias = tuple[Literal["always", "length", "shots"], str]
"""What is said of an edit, and what of it must stay for that to be true."""


def notes_of(
    answer: Answer,
    of_song: Sequence[Remark],
    clips: Sequence[TimelineClip],
    transitions: Sequence[Transition],
) -> tuple[Remark, ...]:
    """What a person should know of an edit. of_song: of the part of the song and its grid."""
    unheld = {no_moment_words(spec) for spec in answer.shots.constraints.specs if spec.hold is not None}
    of_shots = (*_doubts(answer), *absent_notes(answer, transitions), *ramp_notes(answer, clips))
    return (
        *of_song,
        *(("length" if says in unheld else "always", says) for says in answer.notes),
        *(("shots", says) for says in of_shots),
    )


def warnings_of(answer: Answer) -> tuple[Remark, ...]:
    """What is not as the recipe asks: of the song's grid, of names that are not there, and of footage that is short."""
    return (
        *(("length", says) for says in answer.scene.places.warnings),
        *(("always", says) for says in answer.slips),
        *(("shots", says) for says in answer.warnings),
    )


def _doubts(answer: Answer) -> Iterator[str]:
    """What a viewer might stumble over."""
    pieces = [answer.footage.pieces[answer.built.piece_of(choice)] for choice in answer.choices]
    yield from doubt_words(doubts(answer.scene.style), [piece.facts for piece in pieces])
    yield from joined_words([piece.clip for piece in pieces])


def doubts(style: StyleProfile) -> list[dict[str, Any]]:
    """What a viewer might stumble over: fact, least, most and how it is said."""
    quality = style.quality
    least, blur = quality.min_visual_quality, quality.max_motion_blur
    dark, bright = quality.min_exposure, quality.max_exposure
    return [
        _doubt("visual_quality_01", least, 1.0, f"below the style's visual quality of {least:g}"),
        _doubt("sharpness_01", 1.0 - blur, 1.0, f"more blurred than the style's {blur:g}"),
        _doubt(
            "exposure_01",
            dark,
            bright,
            f"darker or brighter than the style's exposure of {dark:g} to {bright:g}",
        ),
    ]


def _doubt(fact: str, least: float, most: float, says: str) -> dict[str, Any]:
    return {"fact": fact, "least": least, "most": most, "says": says}


def for_edits(
    answer: Answer, timeline: Timeline, notes: Sequence[Remark], warnings: Sequence[Remark]
) -> Mapping[str, Any]:
    """What this file begins with. timeline: as it was made."""
    marks, takes = list(answer.footage.marks), _takes(answer, timeline)
    return {
        "columns": [CLIP, START, END, "shot_type", "angle", *_SEEN, *marks],
        "takes": [
            [
                take.clip,
                round(take.start_s, 6),
                round(take.end_s, 6),
                take.shot_type,
                take.angle,
                *(take.facts[name] for name in _SEEN),
                *(take.marks[name] for name in marks),
            ]
            for take in takes
        ],
        "speech": _speech(answer, [take.clip for take in takes]),
        "shots": shot_keys(timeline.clips),
        "duration_frames": timeline.duration_frames,
        "notes": [{"of": of, "says": says} for of, says in notes],
        "warnings": [{"of": of, "says": says} for of, says in warnings],
        "doubts": doubts(answer.scene.style),
        "energy_01": energy_range(answer.scene),
    }


def _takes(answer: Answer, timeline: Timeline) -> list[Piece]:
    """What is told of, by clip and time: all of clips in the edit and of those that were second for a place; then of the
    best ones."""
    of_clip: dict[str, list[Piece]] = {}
    for take in (*answer.footage.offered, *answer.footage.unusable):
        of_clip.setdefault(take.clip, []).append(take)
    second = [clip.metadata.runner_up.file for clip in timeline.clips if clip.metadata.runner_up is not None]
    must = dict.fromkeys((*(clip.file for clip in timeline.clips), *second))
    told: list[Piece] = []
    for clip in (*must, *(clip for clip in _best_first(answer, of_clip) if clip not in must)):
        takes = of_clip.get(clip, [])
        if clip in must or len(told) + len(takes) <= _MOST_TAKES:
            told += takes
    return sorted(told, key=lambda take: (take.clip, take.start_s, take.end_s))


def _best_first(answer: Answer, clips: Iterable[str]) -> list[str]:
    best: dict[str, float] = {}
    scores = Explainer(answer).piece_score.tolist()
    for piece, score in zip(answer.footage.pieces, scores, strict=True):
        best[piece.clip] = max(best.get(piece.clip, 0.0), score)
    return sorted(clips, key=lambda clip: (-best.get(clip, -1.0), clip))


def _speech(answer: Answer, clips: Iterable[str]) -> dict[str, list[list[float]]] | None:
    if answer.footage.speech is None:
        return None
    rows = answer.scene.request.clips.select("clip", "speech_segments").rows()
    heard = {clip: [[part["start_s"], part["end_s"]] for part in parts or ()] for clip, parts in rows}
    return {clip: sorted(heard.get(clip, [])) for clip in sorted(set(clips))}
