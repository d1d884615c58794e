"""One section of an edit chosen anew, with everything else as it stands."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import polars as pl

from rushes.edit.attempt import Answer, Scene, fill_song
from rushes.edit.explain import Explainer
from rushes.edit.limits import limit_rows
from rushes.edit.music import read_music
from rushes.edit.places import lay_section
from rushes.edit.ramps import lay_ramps
from rushes.edit.request import EditRequest
from rushes.edit.solve import fresh_shot
from rushes.edit.taught import taught
from rushes.edit.transitions import lay_transitions
from rushes.media.find import matches_any
from rushes.style.profile import read_style
from rushes.timeline.tree import Timeline, TimelineClip, Transition


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeAnew:
    """What stands in a section now.

    clips: in record order; a shot that came out as it was is the same, with its crop and history. transitions: at every cut
    from the section's beginning to its end. objective, bound: of the whole edit. bound, gap: None where they say nothing, as
    beside shots that break a rule by themselves. warnings: what is not as the recipe asks. constraints: rows of the whole edit.
    """

    clips: tuple[TimelineClip, ...]
    transitions: tuple[Transition, ...]
    objective: float
    bound: float | None
    gap: float | None
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    constraints: tuple[Mapping[str, Any], ...]


def edit_section(request: EditRequest, before: Timeline) -> MadeAnew:
    """The best shots for request.section_frames of an edit whose other shots are request.kept; `before` is that edit.

    The same request gives the same shots. Raises ConstraintError where nothing lawful fills the section.
    """
    section = request.section_frames
    assert section is not None
    music = None if request.song is None else read_music(request.song)
    start_s = 0.0 if before.song is None else before.song.start_s
    lesson = taught(request)
    request, unwanted = _without_lost_wishes(replace(request, segments=lesson.segments))
    places = lay_section(music, start_s, request.edit, section, request.kept)
    scene = Scene(request=request, style=read_style(request.style), music=music, places=places)
    answer = fill_song(scene)
    clips = _clips(answer, before)
    cost = math.fsum(answer.excused.values())
    bound, gap = _proven(answer.solution.objective + cost, answer.solution.bound + cost)
    return MadeAnew(
        clips=tuple(clip for clip in clips if _inside(clip.timeline_start_frames, request)),
        transitions=_transitions(answer, clips, before),
        objective=round(answer.solution.objective + cost, 9),
        bound=bound,
        gap=gap,
        notes=(*lesson.notes, *answer.notes),
        warnings=(*unwanted, *places.warnings, *_excuses(answer), *answer.slips, *answer.warnings),
        constraints=_rows(before, limit_rows(answer)),
    )


_OF_PLAN = ("at_s", "energy_01")
"""Keys of a row that say where the song asks for something."""


def _rows(before: Timeline, now: tuple[Mapping[str, Any], ...]) -> tuple[Mapping[str, Any], ...]:
    """What the edit is held against, with what is known of the new shots. An instruction asks otherwise for its section
    alone: that is no part of it."""
    new = {row["name"]: row for row in now}
    rows = before.ai_reasoning.constraints
    # The places of a section are not those of the whole edit: what lies on them is as the plan says it.
    same = [
        {**new.get(row["name"], row), **{key: row[key] for key in _OF_PLAN if key in row}} for row in rows
    ]
    return tuple(
        found if found.get("asks") == row.get("asks") else row for found, row in zip(same, rows, strict=True)
    )


_MOST = 1.5
"""No edit is worth more: values of shots are means of 0..1, and what a bound has beyond that are dear excused rules."""


def _proven(objective: float, bound: float) -> tuple[float | None, float | None]:
    """Bound and gap, None where the bound says nothing of the shots."""
    if not 0 < bound <= max(_MOST, objective):
        return None, None
    return round(bound, 9), round(min(1.0, max(0.0, (bound - objective) / bound)), 9)


def _without_lost_wishes(request: EditRequest) -> tuple[EditRequest, tuple[str, ...]]:
    """edit.must_use without what the edit's user deleted; a section is never made shorter."""
    usable = request.segments.filter(~pl.col("rejected"))
    offered = {*usable["clip"].to_list(), *(shot.clip for shot in request.kept)}
    gone = {shot.clip for shot in request.avoid} - offered
    lost = [
        glob
        for glob in request.edit.must_use
        if any(matches_any(clip, (glob,)) for clip in gone)
        and not any(matches_any(clip, (glob,)) for clip in offered)
    ]
    edit = replace(
        request.edit,
        must_use=tuple(glob for glob in request.edit.must_use if glob not in lost),
        if_short="fail" if request.edit.if_short == "shorten" else request.edit.if_short,
    )
    warnings = tuple(
        f"edit.must_use {glob!r} is not kept any more: what it names was deleted" for glob in lost
    )
    return replace(request, edit=edit), warnings


def _excuses(answer: Answer) -> tuple[str, ...]:
    return tuple(
        f"{name} cannot be kept beside the shots that stay: the new ones come as near to it as they can"
        for name in answer.excused
    )


def _inside(at_frames: int, request: EditRequest) -> bool:
    assert request.section_frames is not None
    return request.section_frames[0] <= at_frames < request.section_frames[1]


def _clips(answer: Answer, before: Timeline) -> tuple[TimelineClip, ...]:
    """All shots of the edit: those that stay as they are, the others as they are now."""
    known = {clip.id: clip for clip in before.clips}
    alike = {_picture_in_place(clip): clip for clip in before.clips}
    taken = set(known) | {str(gone["clip_id"]) for gone in before.deleted_clips}
    held = answer.spans.held
    assert held is not None
    chosen = tuple(_kept_or_fresh(answer, known))
    found: list[TimelineClip] = []
    for choice, clip, ramped in zip(answer.choices, chosen, lay_ramps(answer, chosen), strict=True):
        place = int(held[choice.span])
        if answer.footage.pieces[answer.built.piece_of(choice)].kept:
            found.append(clip)
        elif place >= 0:
            found.append(_same_place(known[answer.footage.kept[place].id], ramped))
        else:
            same = alike.get(_picture_in_place(ramped))
            found.append(same if same is not None else _own_name(ramped, known, taken))
    return tuple(found)


def _kept_or_fresh(answer: Answer, known: Mapping[str, TimelineClip]) -> Iterator[TimelineClip]:
    """The shots as they were chosen: new ones, and kept ones, perhaps at another place."""
    explainer = Explainer(answer)
    for at, choice in enumerate(answer.choices):
        kept = answer.footage.pieces[explainer.piece_at(at)].kept
        record = int(answer.scene.places.frames[answer.spans.start[choice.span]])
        if not kept:
            yield fresh_shot(explainer, at)
        elif known[kept].timeline_start_frames == record:
            yield known[kept]
        else:
            yield replace(known[kept], timeline_start_frames=record)


def _picture_in_place(clip: TimelineClip) -> tuple[object, ...]:
    """What is seen of a shot, and when."""
    return (
        clip.digest,
        clip.file,
        clip.source_start_frames,
        clip.timeline_start_frames,
        clip.duration_frames,
        clip.retime,
    )


def _same_place(before: TimelineClip, fresh: TimelineClip) -> TimelineClip:
    """A shot whose place is locked, with the source that was chosen for it now."""
    if _picture_in_place(before) == _picture_in_place(fresh):
        return before
    return replace(
        fresh,
        id=before.id,
        locked=before.locked,
        lock_metadata=before.lock_metadata,
        edit_history=before.edit_history,
    )


def _own_name(clip: TimelineClip, known: Mapping[str, TimelineClip], taken: set[str]) -> TimelineClip:
    """A new shot never has the name of another one, deleted ones included. One that begins as an old one did, and has
    another length, keeps its name."""
    old = known.get(clip.id)
    if old is not None and _picture_in_place(
        replace(old, duration_frames=clip.duration_frames)
    ) == _picture_in_place(clip):
        return clip
    name, number = clip.id, 2
    while name in taken:
        name, number = f"{clip.id}_{number}", number + 1
    return replace(clip, id=name)


def _transitions(answer: Answer, clips: tuple[TimelineClip, ...], before: Timeline) -> tuple[Transition, ...]:
    """At every cut from the section's beginning to its end. Where both shots are as before, so is the transition."""
    section = answer.scene.request.section_frames
    assert section is not None
    known = {(part.from_clip, part.to_clip): part for part in before.transitions}
    old = {clip.id: clip for clip in before.clips}
    made = {(part.from_clip, part.to_clip): part for part in lay_transitions(answer, clips)}
    found: list[Transition] = []
    for a, b in pairwise(clips):
        at = b.timeline_start_frames
        if not section[0] <= at <= section[1]:
            continue
        same = known.get((a.id, b.id))
        stays = same is not None and old.get(a.id) == a and old.get(b.id) == b
        found.append(same if same is not None and stays else made[a.id, b.id])
    return not_beside(tuple(found), before, section)


def not_beside(
    found: tuple[Transition, ...], before: Timeline, section: tuple[int, int]
) -> tuple[Transition, ...]:
    """The section's transitions, new ones as hard cuts beside one that stays, in the section or outside of it: two soft
    ones never follow each other."""
    stay = [
        part
        for part in before.transitions
        if part.type != "hard_cut" and (part in found or not section[0] <= part.at_frames <= section[1])
    ]
    into, out_of = {part.to_clip for part in stay}, {part.from_clip for part in stay}

    def beside(part: Transition) -> bool:
        is_new = part.type != "hard_cut" and part not in stay
        return is_new and (part.from_clip in into or part.to_clip in out_of)

    return tuple(
        replace(part, type="hard_cut", duration_frames=0, direction=None, reason="") if beside(part) else part
        for part in found
    )
