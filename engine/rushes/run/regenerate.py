"""A section of an edit made anew: from an out folder to the edit that its log is to hold. Nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from rushes.analyze.table import known_analyzers
from rushes.edit.borders import Section, section_between
from rushes.edit.request import VARIATION_01, AvoidedShot, EditRequest, KeptShot
from rushes.edit.section import MadeAnew, edit_section
from rushes.errors import ConstraintError, MediaError, Place, Problem, RecipeError
from rushes.graph.compile import reframe_node
from rushes.graph.node import FileInput, Graph, NodeInput
from rushes.recipe.instructions import Instructed, instructed
from rushes.recipe.load import Resolved
from rushes.run.again import Again, check_footage, read_run, request_again
from rushes.run.edits import EditedFolder
from rushes.run.operations.edit import edit_request
from rushes.run.operations.reframe import cropped
from rushes.run.pipeline import Prepared, prepare
from rushes.run.progress import Progress
from rushes.timeline.check import problems_of
from rushes.timeline.edit_log import Edit
from rushes.timeline.fold_section import section_made_anew
from rushes.timeline.locks import held_by_lock
from rushes.timeline.parts_document import clip_document, clips_as_stored, transition_document
from rushes.timeline.section_same import section_fits
from rushes.timeline.tree import Timeline, TimelineClip

_VARIED_01 = 0.03
"""What a seed that was asked for may change the worth of a take by: other shots, nearly as good."""
_LOWER_SHOWN_01 = 0.15
"""How much lower the score of takes is that stand in the section, where a seed was asked for."""
_NEEDED = ("song", "library", "score")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be made anew, and how. start_s, end_s: None: from the beginning, to the end."""

    start_s: Fraction | None
    end_s: Fraction | None
    instruction: str | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Regenerated:
    """What came out. edit: what the log is to hold; None: the section is as it was. before, after: shots of the section."""

    section: Section
    edit: Edit | None
    before: tuple[TimelineClip, ...]
    after: tuple[TimelineClip, ...]
    made: MadeAnew
    timeline: Timeline
    """The whole edit, with the new section in it."""
    recipe_since: str = ""
    """How the recipe is another one by now than the one that this was made by; "" where it is not."""


def regenerate(
    folder: EditedFolder, asked: Asked, again: Again, progress: Progress | None = None
) -> Regenerated:
    """Choose the shots of a section anew. What was analysed before is not analysed again. Raises RushesErrors."""
    record = read_run(folder.out)
    check_footage(record, again)
    section = section_between(folder.timeline, asked.start_s, asked.end_s)
    _check_unlocked(folder.timeline, section)
    shows = {clip.file: clip.digest for clip in folder.timeline.clips}
    with request_again(record, again) as request:
        prepared = prepare(replace(request, out=folder.out, shows=shows), progress)
        with prepared.session:
            return _made(prepared, folder, section, asked)


def _made(prepared: Prepared, folder: EditedFolder, section: Section, asked: Asked) -> Regenerated:
    timeline = folder.timeline
    _check_fits(prepared, folder)
    _check_known(prepared, asked)
    wish = _instructed(prepared.resolved, asked)
    request = _request(prepared, timeline, section, wish, asked)
    try:
        made = edit_section(request, timeline)
    except ConstraintError as error:
        from rushes.run.telling import placed

        # What would help a whole edit, such as another length, is no help for a section.
        said = placed(error.problems, prepared.resolved)
        reasons = [problem if problem.path else replace(problem, fix="") for problem in said]
        raise ConstraintError([*reasons, _where(timeline, section)]) from None
    before = _shots(timeline, section)
    made = replace(made, clips=_cropped(prepared, timeline, section, made, asked))
    same = made.clips == before and _transitions_are(timeline, made)
    edit = (
        None
        if same
        else Edit(action="regenerate_requested", payload=_payload(timeline, section, made, asked))
    )
    return Regenerated(
        section=section,
        edit=edit,
        before=before,
        after=made.clips,
        made=made,
        timeline=timeline if edit is None else section_made_anew(timeline, edit.payload),
        recipe_since=prepared.request.recipe_since,
    )


def _shots(timeline: Timeline, section: Section) -> tuple[TimelineClip, ...]:
    return tuple(clip for clip in timeline.clips if _is_in(clip, section))


def _is_in(clip: TimelineClip, section: Section) -> bool:
    return section.start_frames <= clip.timeline_start_frames < section.end_frames


def _transitions_are(timeline: Timeline, made: MadeAnew) -> bool:
    return set(made.transitions) <= set(timeline.transitions)


def _check_unlocked(timeline: Timeline, section: Section) -> None:
    shots = _shots(timeline, section)
    if all(held_by_lock(clip) == "both" for clip in shots):
        count = f"all {len(shots)} shots" if len(shots) > 1 else "the only shot"
        fix = f"unlock one, such as `rushes edit OUT unlock {shots[0].id}`, or widen --section"
        raise RecipeError(
            Problem(
                None,
                f"{count} of the section are locked"
                if len(shots) > 1
                else f"{count} of the section is locked",
                fix,
            )
        )


def _check_fits(prepared: Prepared, folder: EditedFolder) -> None:
    """The edit must have been made from this recipe and song."""
    recipe, timeline, place = prepared.recipe, folder.timeline, Place(str(folder.out))
    if recipe.edit is None:
        raise RecipeError(Problem(place, "the recipe makes no edit", "regenerate the edit of another recipe"))
    if recipe.edit.talk is not None:
        what = "an edit of talk shows all that is said: there is nothing to choose in a section"
        raise RecipeError(Problem(place, what, "change it with `rushes edit`"))
    if recipe.edit.rate != timeline.rate_fps:
        what = f"the edit has {timeline.rate_fps} fps, the recipe {recipe.edit.rate_fps}"
        raise RecipeError(Problem(place, what, "run the recipe again first"))
    song = prepared.sources.song
    before = None if timeline.song is None else timeline.song.digest
    if (None if song is None else song.digest) != before:
        what = "the song is not the one that this edit was cut to"
        raise MediaError(
            Problem(Place(song.path if song else str(folder.out)), what, "say where it lies with --song FILE")
        )


def _check_known(prepared: Prepared, asked: Asked) -> None:
    """Raises RecipeError where the recipe of the run has no such instruction, and by now there is another recipe."""
    since, edit = prepared.request.recipe_since, prepared.recipe.edit
    if asked.instruction is None or not since or edit is None:
        return
    if all(spec.name != asked.instruction for spec in edit.instructions):
        what = f"the recipe of the run has no instruction {asked.instruction}, but {since}"
        fix = "run it again with the same --out: edits stay as long as the plan is the same"
        raise RecipeError(Problem(None, what, fix))


def _instructed(resolved: Resolved, asked: Asked) -> Instructed:
    wish = instructed(resolved, asked.instruction, known_analyzers())
    return wish if asked.seed is None else replace(wish, edit=replace(wish.edit, seed=asked.seed))


def _request(
    prepared: Prepared, timeline: Timeline, section: Section, wish: Instructed, asked: Asked
) -> EditRequest:
    """The request of the run, for the section alone."""
    node = next(node for node in prepared.graph.nodes if node.id == "edit")
    session = prepared.session
    stages = Graph(tuple(node for node in prepared.graph.nodes if node.stage in ("analyze", "score")))
    results = session.run(stages)
    for name in _NEEDED:
        result = results.get(name)
        if result is not None and result.failure:
            raise MediaError(Problem(Place(result.subject or name), result.failure, result.fix))
    inputs = _at_hand(prepared, node.inputs)
    lower = 0.0 if wish.spec is None else wish.spec.lower_shown_01
    if asked.seed:
        lower = max(lower, _LOWER_SHOWN_01)
    free = [clip for clip in _shots(timeline, section) if not clip.locked]
    return replace(
        edit_request(node.params, inputs),
        edit=wish.edit,
        style=wish.style,
        thresholds=prepared.recipe.thresholds,
        section_frames=(section.start_frames, section.end_frames),
        kept=tuple(_kept(timeline, section)),
        standing=tuple(_standing(clip, timeline, "both") for clip in free),
        avoid=(*_deleted(prepared, timeline), *(_shown(clip, timeline, lower) for clip in free if lower)),
        variation_01=_VARIED_01 if asked.seed else VARIATION_01,
    )


def _kept(timeline: Timeline, section: Section) -> Iterator[KeptShot]:
    """Shots outside the section, and what is locked in it."""
    for clip in timeline.clips:
        hold = held_by_lock(clip) if _is_in(clip, section) else "both"
        if hold is not None:
            yield _standing(clip, timeline, hold)


def _standing(clip: TimelineClip, timeline: Timeline, hold: Any) -> KeptShot:
    return KeptShot(
        id=clip.id,
        clip=clip.file,
        source_start_s=clip.source_start_s(),
        source_end_s=clip.source_end_s(timeline.rate_fps),
        record_start_frames=clip.timeline_start_frames,
        duration_frames=clip.duration_frames,
        hold=hold,
    )


def _shown(clip: TimelineClip, timeline: Timeline, lower: float) -> AvoidedShot:
    return AvoidedShot(
        clip=clip.file,
        start_s=float(clip.source_start_s()),
        end_s=float(clip.source_end_s(timeline.rate_fps)),
        less_01=lower,
    )


def _deleted(prepared: Prepared, timeline: Timeline) -> Iterator[AvoidedShot]:
    """What the edit's user deleted, in every clip with the same content."""
    for gone in timeline.deleted_clips:
        names = [clip.name for clip in prepared.sources.clips if clip.digest == gone.get("digest")]
        for name in names or [gone["file"]]:
            yield AvoidedShot(
                clip=name,
                start_s=float(gone["source_start_s"]),
                end_s=float(gone["source_end_s"]),
                reason=gone.get("user_reason") or "",
            )


def _where(timeline: Timeline, section: Section) -> Problem:
    start_s, end_s = (
        float(frame / timeline.rate_fps) for frame in (section.start_frames, section.end_frames)
    )
    what = f"the section from {start_s:.2f} to {end_s:.2f} s cannot be made anew; the edit is as it was"
    return Problem(None, what, "widen --section, unlock shots in it, or take another instruction")


def _cropped(
    prepared: Prepared, timeline: Timeline, section: Section, made: MadeAnew, asked: Asked
) -> tuple[TimelineClip, ...]:
    """The shots of the section, the new ones with their crops."""
    old = set(map(id, timeline.clips))
    files = {clip.file for clip in made.clips if id(clip) not in old and clip.reframe is None}
    if not files:
        return made.clips
    whole = section_made_anew(timeline, _payload(timeline, section, made, asked))
    problems = problems_of(whole)
    if problems:
        raise AssertionError(f"the section makes an unsound timeline: {'; '.join(map(str, problems))}")
    node = reframe_node(prepared.recipe, prepared.sources, prepared.analysis, FileInput(path="", digest=""))
    known = {name: one for name, one in node.inputs.items() if name.partition("/")[2] in files}
    # Crops are those of a timeline that was written and read, and so are its numbers.
    stored = replace(whole, clips=clips_as_stored(whole.clips, timeline.rate_fps))
    clips = cropped(stored, node.params, _at_hand(prepared, known))
    crops = {clip.id: clip.reframe for clip in clips_as_stored(clips, timeline.rate_fps)}
    return tuple(
        clip if id(clip) in old or clip.reframe is not None else replace(clip, reframe=crops[clip.id])
        for clip in made.clips
    )


def _at_hand(prepared: Prepared, inputs: Mapping[str, Any]) -> dict[str, Path]:
    """Those inputs whose nodes did not fail."""
    session = prepared.session
    return {
        name: session.path(given.node, given.output)
        for name, given in inputs.items()
        if isinstance(given, NodeInput) and given.output in session.states[given.node].result().outputs
    }


def _payload(timeline: Timeline, section: Section, made: MadeAnew, asked: Asked) -> dict[str, Any]:
    rate = timeline.rate_fps
    return {
        "section_start_s": round(float(section.start_frames / rate), 6),
        "section_end_s": round(float(section.end_frames / rate), 6),
        "section_start_frames": section.start_frames,
        "section_end_frames": section.end_frames,
        "instruction": asked.instruction,
        "seed": asked.seed,
        "objective": made.objective,
        "bound": made.bound,
        "constraints": [dict(row) for row in made.constraints],
        "clips": [clip_document(clip, rate) for clip in made.clips],
        "transitions": [transition_document(part, rate) for part in made.transitions],
    }


def holds_still(edit: Edit) -> Callable[[Timeline, Timeline], bool]:
    """Whether an edit that took long to find holds on what was edited meanwhile: asked with the timeline then and now."""
    return lambda then, now: section_fits(edit.payload, then, now)


def changed_shots(before: Sequence[TimelineClip], after: Sequence[TimelineClip]) -> int:
    """How many shots of a section are others than before."""
    return sum(clip not in before for clip in after)
