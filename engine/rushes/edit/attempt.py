"""Filling the song: as the recipe asks, or, where the footage does not suffice, shorter or with repeats."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from rushes.edit.build import Built, Rules, build_problem
from rushes.edit.conflict import MAX_USES, Conflict, asker, smallest_conflict
from rushes.edit.conflict_words import conflict_problems
from rushes.edit.constraint_music import marks_of_music
from rushes.edit.feasible import FULL, LITTLE, lawful_edit
from rushes.edit.fill import furthest_place, is_plainly_impossible, reach_in_any_order, reach_of_footage
from rushes.edit.footage import NO_ANGLE, Footage, gather_footage
from rushes.edit.kept import make_mask
from rushes.edit.longest_take import LongestTake, longest_take
from rushes.edit.music import Music, choose_part
from rushes.edit.optimum import CutSolution, solve_cut
from rushes.edit.places import Places, Spans, lay_places, lay_section, lay_section_spans, lay_spans
from rushes.edit.problem import Choices
from rushes.edit.request import EditRequest
from rushes.edit.settled import settle_kept
from rushes.edit.shortage import LARGE_VALUES, no_footage, shortage, unknown_must_use
from rushes.edit.switch import Switches
from rushes.edit.terms import Shots, rate_shots
from rushes.edit.unmatched import Miss, unmatched
from rushes.errors import ConstraintError, Problem
from rushes.recipe.spec import EditSpec
from rushes.style.profile import StyleProfile

if TYPE_CHECKING:
    import polars as pl

_SHORTER = 3
"""Ends of a shorter edit that are tried before that way out is not named."""
_MORE_USES = (1, 4)
"""Of each clip, that are tried before."""
_ENOUGH_USES = (2,)
"""The same, of a large problem."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """What every attempt shares."""

    request: EditRequest
    style: StyleProfile
    music: Music | None
    places: Places


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """A lawful edit with everything that explains it."""

    scene: Scene
    spans: Spans
    footage: Footage
    shots: Shots
    built: Built
    rules: Rules
    solution: CutSolution
    choices: Choices
    notes: tuple[str, ...]
    slips: tuple[str, ...]
    """Constraints that name clips or values which are not there, though others are like them."""
    warnings: tuple[str, ...]
    """Where the footage was short: what the edit does instead."""
    excused: Mapping[str, float]
    """Rules that the kept shots break by themselves -> what that takes from the objective."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """One attempt, ready to be solved."""

    scene: Scene
    rules: Rules
    spans: Spans
    footage: Footage
    shots: Shots
    built: Built
    excused: Mapping[str, float] = field(default_factory=dict[str, float])


def fill_song(scene: Scene) -> Answer:
    """The best lawful edit. Raises ConstraintError with what is missing where there is none and if_short is `fail`."""
    edit = scene.request.edit
    first = prepare(scene, edit.max_uses_per_clip, 1)
    is_hopeless = bool(edit.constraints) and is_plainly_impossible(first.built.problem)
    unmet = tuple(unmatched(edit.constraints, scene.request.segments, scene.request.thresholds))
    found = None if is_hopeless else _solved(first, unmet, ())
    if found is not None:
        return found
    plain = _with_edit(scene, replace(edit, constraints=()))
    last = len(scene.places.frames) - 1
    is_short = any(reach(plain.built.problem) < last for reach in (reach_in_any_order, reach_of_footage))
    misses = {miss.path: miss for miss in (*unmet, *_without_marks(scene))}
    conflict = None if is_short else _conflict(first, misses)
    if conflict is None or MAX_USES in conflict.members:
        # More footage, as more uses or a shorter edit would give, may be all that is needed.
        if edit.if_short == "shorten":
            found = _shortened(first, unmet)
        elif edit.if_short == "repeat":
            found = _repeated(scene, first, unmet)
    if found is not None:
        return found
    if conflict is not None:
        duration_s = scene.places.total_frames / edit.frames_per_s
        longest = _longest_take(first, is_tried=not misses and scene.request.section_frames is None)
        problems = conflict_problems(_switches(first), conflict, duration_s, frozenset(misses), longest)
        raise ConstraintError([_hinted(problem, misses) for problem in problems])
    ways = _Ways(first)
    longest = _longest_take(first, is_tried=scene.request.section_frames is None)
    raise ConstraintError(
        shortage(plain.footage, scene.places, plain.built, edit, plain.rules, ways, longest)
    )


def _without_marks(scene: Scene) -> Iterator[Miss]:
    """Constraints that ask for cuts where the song has nothing to cut on."""
    for spec in scene.request.edit.constraints:
        if spec.cuts is None:
            continue
        marks = marks_of_music(spec.cuts, scene.places, scene.music, scene.request.edit.frames_per_s)
        if not marks[1:-1].any():
            used = "there is no song" if scene.music is None else "the part of the song that is used has none"
            yield Miss(spec.rule, used)


def _hinted(problem: Problem, misses: Mapping[str, Miss]) -> Problem:
    """A member of a conflict with what its condition does not find, or the song does not have; the name that was meant is
    the first thing to mend."""
    miss = misses.get(problem.path)
    if miss is None:
        return problem
    fixes = [fix for fix in (miss.fix, problem.fix) if fix]
    return replace(problem, what=f"{problem.what}: {miss.what}", fix=", or ".join(fixes))


def _with_edit(scene: Scene, edit: EditSpec) -> Prepared:
    """The first attempt with another edit section; where the edit is longer or shorter, from that moment of the song on from
    which a run would begin it."""
    old, places = scene.request.edit, scene.places
    lengths = (edit.duration_s, edit.min_shot_s, edit.max_shot_s)
    section, kept = scene.request.section_frames, scene.request.kept
    if lengths != (old.duration_s, old.min_shot_s, old.max_shot_s):
        start_s = float(places.time_s[0])
        if scene.music is not None and edit.duration_s != old.duration_s and section is None:
            song = scene.request.song_spec
            start_s = choose_part(
                scene.music, edit.duration_s, None if song is None else song.start_s
            ).start_s
        places = (
            lay_places(scene.music, start_s, edit)
            if section is None
            else lay_section(scene.music, start_s, edit, section, kept)
        )
    changed = replace(scene, request=replace(scene.request, edit=edit), places=places)
    return prepare(changed, edit.max_uses_per_clip, 1)


@dataclass(frozen=True, slots=True, eq=False)
class _Ways:
    """The ways out of a shortage, tried."""

    first: Prepared

    @property
    def may_be_shorter(self) -> bool:
        """Whether the length of the whole edit may be looked at: of a section nothing else is asked."""
        return self.first.scene.request.section_frames is None

    def perhaps(self, edit: EditSpec) -> bool:
        """Whether there may be an edit with another edit section, at a glance."""
        return _is_possible(partial(_with_edit, self.first.scene, edit), at_a_glance=True)

    def changed(self, edit: EditSpec) -> bool:
        """Whether an edit was found with another edit section."""
        return _is_possible(partial(_with_edit, self.first.scene, edit))

    def shortened(self, near_s: float) -> bool:
        """Whether edit.if_short=shorten finds an edit, of about so many seconds."""
        scene, rules = self.first.scene, self.first.rules
        near = int(
            np.searchsorted(scene.places.frames, near_s * scene.request.edit.frames_per_s, side="right")
        )
        last = min(near - 1, len(scene.places.frames) - 2)
        return any(
            _is_possible(partial(_until, scene, rules, place))
            for place in range(last, max(0, last - _SHORTER), -1)
        )

    def repeated(self) -> bool:
        """Whether edit.if_short=repeat finds an edit with a few more uses of each clip, of the same part if need be."""
        asked = self.first.rules.max_uses
        is_large = self.first.built.problem.value.size > LARGE_VALUES
        return any(
            _is_possible(partial(prepare, self.first.scene, asked + more, asked + more))
            for more in (_ENOUGH_USES if is_large else _MORE_USES)
        )


def _is_possible(attempt: Callable[[], Prepared], *, at_a_glance: bool = False) -> bool:
    try:
        problem = attempt().built.problem
    except ConstraintError:
        return False
    if is_plainly_impossible(problem):
        return False
    effort = LITTLE if problem.value.size > LARGE_VALUES else FULL
    return at_a_glance or lawful_edit(problem, effort=effort).choices is not None


def _until(scene: Scene, rules: Rules, place: int) -> Prepared:
    """An attempt at a shorter edit, with the same limits."""
    return prepare(replace(scene, places=scene.places.until(place)), rules.max_uses, rules.unit_uses)


def _longest_take(first: Prepared, *, is_tried: bool) -> LongestTake:
    """How long a shot can be at most. is_tried: whether longer takes are, which may make an edit."""
    scene, request = first.scene, first.scene.request

    def holds(segments: pl.DataFrame) -> bool:
        changed = replace(scene, request=replace(request, segments=segments))
        return is_tried and _is_possible(partial(prepare, changed, request.edit.max_uses_per_clip, 1))

    return longest_take(first.footage, request.segments, request.edit, holds)


def _switches(first: Prepared) -> Switches:
    scene = first.scene
    return Switches(
        scene.request.edit,
        first.built.problem,
        lambda edit: _with_edit(scene, edit).built.problem,
        len(scene.places.frames),
        may_be_shorter=scene.request.section_frames is None,
    )


def _conflict(first: Prepared, misses: Mapping[str, Miss]) -> Conflict | None:
    """A smallest set of constraints that no edit keeps; None where none was proven. misses: asked about first, alone."""
    switches = _switches(first)
    ask = asker(switches.problems_with, switches.anew)
    for name in switches.names:
        alone = smallest_conflict((name,), ask) if name in misses else None
        if alone is not None:
            return alone
    return smallest_conflict(switches.names, ask, easy=switches.easy)


def prepare(scene: Scene, max_uses: int, unit_uses: int) -> Prepared:
    """Footage, values and limits with so many uses of each clip and of each piece.

    Raises ConstraintError where there is no footage at all, or a must-use clip cannot be used.
    """
    request, edit = scene.request, scene.request.edit
    footage = gather_footage(
        request.segments,
        request.samples,
        request.clips,
        edit,
        joined=max_uses == 1,
        kept=request.kept,
        shared=unit_uses > 1,
        thresholds=request.thresholds,
        accents=request.accents,
    )
    if not footage.pieces:
        raise ConstraintError(no_footage(footage))
    missing = unknown_must_use(footage, edit)
    if missing:
        raise ConstraintError(missing)
    mask = None
    if request.section_frames is None:
        spans = lay_spans(scene.places, edit)
    else:
        spans = lay_section_spans(scene.places, edit, request.section_frames, footage.kept)
        pieces = [(piece.kept, piece.clip) for piece in footage.pieces]
        mask = make_mask(footage.kept, spans, pieces, max_uses)
    shots = rate_shots(
        footage, scene.places, spans, scene.music, scene.style, edit, mask, request.variation_01
    )
    clips = len({piece.clip for piece in footage.pieces})
    rules = Rules(
        max_uses=max_uses,
        unit_uses=unit_uses,
        max_streak=_max_streak(scene, footage),
        apart=max_uses > 1 and clips > 1,
        must_use=edit.must_use,
    )
    built = build_problem(footage, scene.places, spans, shots, rules)
    excused: Mapping[str, float] = {}
    if request.section_frames is not None:
        settled = settle_kept(built, spans, scene.places, footage, shots, request.standing)
        built, excused = settled.built, settled.excused
    return Prepared(
        scene=scene,
        rules=rules,
        spans=spans,
        footage=footage,
        shots=shots,
        built=built,
        excused=excused,
    )


def _max_streak(scene: Scene, footage: Footage) -> int | None:
    """None where fewer than two angles are known: there is nothing to change to."""
    if len({piece.angle for piece in footage.pieces} - {NO_ANGLE}) < 2:
        return None
    asked = scene.request.edit.max_same_angle_streak
    return scene.style.max_same_angle_streak if asked is None else asked


def _solved(prepared: Prepared, unmet: Sequence[Miss], warnings: tuple[str, ...]) -> Answer | None:
    """The best edit. unmet: conditions of the request that no take satisfies."""
    solution = solve_cut(prepared.built.problem)
    if solution.choices is None:
        return None
    return Answer(
        scene=prepared.scene,
        spans=prepared.spans,
        footage=prepared.footage,
        shots=prepared.shots,
        built=prepared.built,
        rules=prepared.rules,
        solution=solution,
        choices=solution.choices,
        notes=tuple(_general_notes(prepared, unmet)),
        slips=tuple(f"{miss.path}: {miss.what}" for miss in unmet if miss.is_slip),
        warnings=warnings,
        excused=prepared.excused,
    )


def _general_notes(prepared: Prepared, unmet: Sequence[Miss]) -> Iterator[str]:
    yield from prepared.shots.notes
    for miss in unmet:
        if not miss.is_slip:
            yield f"{miss.path}: {miss.what}"
    for copy, clip in prepared.footage.copies.items():
        yield f"{copy} is a copy of {clip}: they count as one clip"
    angles = sorted({piece.angle for piece in prepared.footage.pieces} - {NO_ANGLE})
    if len(angles) == 1:
        yield f"only the angle {angles[0]} is known in the footage: the limit on streaks of one angle does not apply"


def _shortened(prepared: Prepared, unmet: Sequence[Miss]) -> Answer | None:
    """The longest edit on the grid that the footage fills."""
    scene = prepared.scene
    edit = scene.request.edit
    wanted_s = scene.places.total_frames / edit.frames_per_s
    end = min(reach_of_footage(prepared.built.problem), len(scene.places.frames) - 2)
    for place in range(end, 0, -1):
        if scene.places.frames[place] < edit.min_shot_s * edit.frames_per_s - 1:
            return None
        try:
            again = _until(scene, prepared.rules, place)
        except ConstraintError:
            continue
        length_s = again.scene.places.total_frames / edit.frames_per_s
        warning = f"the footage fills {length_s:.2f} s of {wanted_s:.2f} s: the edit is that short (edit.if_short=shorten)"
        found = _solved(again, unmet, (warning,))
        if found is not None:
            return found
    return None


def _repeated(scene: Scene, first: Prepared, unmet: Sequence[Miss]) -> Answer | None:
    """The edit with as few more uses of each clip as needed; other parts of a clip before the same part again."""
    asked = scene.request.edit.max_uses_per_clip
    for uses in range(asked, len(scene.places.frames)):
        for unit_uses in (1, uses):
            if uses == asked and unit_uses == 1:
                continue
            prepared = prepare(scene, uses, unit_uses)
            if furthest_place(prepared.built.problem) < len(scene.places.frames) - 1:
                continue
            again = "the same part may come again" if unit_uses > 1 else "each time another part of it"
            warning = (
                f"the footage is short: a clip is used up to {uses} times, {again} (edit.if_short=repeat)"
            )
            found = _solved(prepared, unmet, (warning,))
            if found is not None:
                return found
    return None
