"""The edit: from ranked footage and a song to a timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rushes.edit.attempt import Answer, Scene, fill_song
from rushes.edit.clip_id import new_clip_id
from rushes.edit.explain import Explainer, describe_clip, pacing_target, style_match
from rushes.edit.for_edits import Remark, for_edits, notes_of, warnings_of
from rushes.edit.limits import limit_rows
from rushes.edit.music import Music, choose_part, read_music
from rushes.edit.places import lay_places
from rushes.edit.ramps import lay_ramps
from rushes.edit.request import EditRequest
from rushes.edit.source import source_start_frames
from rushes.edit.transitions import lay_transitions
from rushes.recipe.spec import SIZES_PX
from rushes.style.profile import read_style
from rushes.timeline.tree import Reasoning, Timeline, TimelineClip, TimelineSong

__all__ = ["EditRequest", "edit_timeline"]


def edit_timeline(request: EditRequest) -> Timeline:
    """The best edit that keeps all limits of the request; the same request gives the same timeline.

    Raises ConstraintError where the song is too short, the footage cannot fill it, or limits exclude each other, and
    RecipeError where the style breaks its schema.
    """
    edit = request.edit
    music = None if request.song is None else read_music(request.song)
    notes: list[Remark] = []
    start_s = 0.0
    if music is not None:
        asked = None if request.song_spec is None else request.song_spec.start_s
        part = choose_part(music, edit.duration_s, asked)
        start_s = part.start_s
        notes.append(("length" if asked is None else "always", part.why))
    places = lay_places(music, start_s, edit)
    notes += (("length", says) for says in places.notes)
    scene = Scene(request=request, style=read_style(request.style), music=music, places=places)
    answer = fill_song(scene)
    return _timeline(answer, start_s, notes)


def _timeline(answer: Answer, start_s: float, of_song: Sequence[Remark]) -> Timeline:
    request = answer.scene.request
    explainer = Explainer(answer)
    clips = tuple(fresh_shot(explainer, at) for at in range(len(answer.choices)))
    clips = lay_ramps(answer, clips)
    transitions = lay_transitions(answer, clips)
    width, height = SIZES_PX[request.edit.aspect]
    solution = answer.solution
    notes, warnings = notes_of(answer, of_song, clips, transitions), warnings_of(answer)
    made = Timeline(
        version=1,
        project_id=request.project_id,
        creator_id=request.creator_id,
        rate_fps=request.edit.rate,
        width_px=width,
        height_px=height,
        duration_frames=answer.scene.places.total_frames,
        song=_song(request, answer.scene.music, start_s),
        clips=clips,
        transitions=transitions,
        ai_reasoning=Reasoning(
            pacing_target=pacing_target(answer),
            style_match_score=style_match(explainer),
            notes=tuple(says for _, says in notes),
            warnings=tuple(says for _, says in warnings),
            objective=round(solution.objective, 9),
            bound=round(solution.bound, 9),
            gap=round(solution.gap, 9),
            constraints=limit_rows(answer),
        ),
    )
    known = for_edits(answer, made, notes, warnings)
    return replace(made, ai_reasoning=replace(made.ai_reasoning, for_edits=known))


def fresh_shot(explainer: Explainer, at: int) -> TimelineClip:
    """Shot `at` of an answer as it was chosen, without a crop."""
    answer = explainer.answer
    choice = answer.choices[at]
    index = explainer.piece_at(at)
    piece = answer.footage.pieces[index]
    frames = int(answer.spans.length_frames[choice.span])
    start = source_start_frames(
        piece,
        float(answer.shots.in_s[choice.span, answer.built.column_of(choice)]),
        frames,
        answer.scene.request.edit,
    )
    record = int(answer.scene.places.frames[answer.spans.start[choice.span]])
    return TimelineClip(
        id=new_clip_id(piece.digest, piece.clip, start, record),
        file=piece.clip,
        digest=piece.digest,
        source_start_frames=start,
        source_rate_fps=piece.rate_fps,
        timeline_start_frames=record,
        duration_frames=frames,
        metadata=describe_clip(explainer, at),
    )


def _song(request: EditRequest, music: Music | None, start_s: float) -> TimelineSong | None:
    if music is None:
        return None
    return TimelineSong(
        file=request.song_file or "",
        digest=request.song_digest or "",
        bpm=music.bpm,
        duration_s=music.duration_s,
        start_s=start_s,
        beats=tuple(music.beats_s.tolist()),
        downbeats=tuple(music.downbeats_s.tolist()),
        energy_curve=tuple(music.energy_01.tolist()),
        energy_times=tuple(music.energy_s.tolist()),
        sections=music.sections,
        drops=tuple(music.drops_s.tolist()),
    )
