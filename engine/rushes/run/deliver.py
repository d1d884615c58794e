"""From the timeline to the out folder: video, report, and what a run tells of itself."""

from __future__ import annotations

import json
import os
import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rushes.errors import ConstraintError, MediaError, Place, Problem, RecipeError, StoreError
from rushes.graph.compile import FOLD, PLAN, TIMELINE
from rushes.graph.node import FileInput, Graph
from rushes.graph.outputs import SegmentJob, compile_report_graph, compile_video_graph
from rushes.graph.sources import Sources
from rushes.recipe.show import resolved_yaml
from rushes.run.again import (
    Again,
    check_footage,
    read_run,
    recipe_warnings,
    recorded_arguments,
    request_again,
    told_places,
)
from rushes.run.edits import LOG_FILE, PLAN_FILE, edited, refuse_lost_log
from rushes.run.engine import NodeResult, Session
from rushes.run.operations.table import OPERATIONS
from rushes.run.outputs import OUTPUT_FILES, check_out_folder, copy_outputs
from rushes.run.pipeline import Prepared, RunRequest, models_used, prepare
from rushes.run.plan import PlanRow, plan_graph
from rushes.run.progress import Progress
from rushes.run.provenance import RECORD_FILE, run_record, write_record
from rushes.run.records import analysis_failures, clip_records, documents
from rushes.run.resolve import installed_version
from rushes.run.telling import (
    failed_clips,
    has_video,
    metadata_warnings,
    placed,
    report_facts,
    run_warnings,
    sound_notes,
    without_models,
)
from rushes.run.title_fonts import TEXT_LIBRARY
from rushes.store.library_records import ClipRecord
from rushes.timeline.document import timeline_from_json
from rushes.timeline.judge import broken
from rushes.timeline.titles import hasty_titles
from rushes.timeline.tree import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How a run ended."""

    results: Mapping[str, NodeResult]
    outputs: Mapping[str, str]
    """Output -> path of the file written."""
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    """What the edit says of itself, as far as it is no warning."""
    clips: Mapping[str, int]
    """used, usable, rejected, failed."""
    bugs: tuple[str, ...] = ()
    """Tracebacks of our own bugs that took a clip out of the run."""

    @property
    def nodes(self) -> dict[str, int]:
        """ran: called in this run; cached: answered from the store; total: both. What was skipped because its clip is
        broken does not count."""
        ended = [result for result in self.results.values() if result.ran or result.key]
        ran = sum(result.ran for result in ended)
        return {"total": len(ended), "ran": ran, "cached": len(ended) - ran}

    def to_json(self) -> dict[str, Any]:
        """What `rushes run --json` prints."""
        return {
            "nodes": self.nodes,
            "outputs": dict(self.outputs),
            "warnings": list(self.warnings),
            "notes": list(self.notes),
            "clips": dict(self.clips),
        }


def run_recipe(request: RunRequest, out: Path, progress: Progress | None = None) -> Finished:
    """The whole job: prepare, run, write the out folder. Edits that were made in that folder are made again on what the
    recipe gives now. Raises RushesErrors."""
    check_out_folder(out)
    if not request.discards_edits:
        refuse_lost_log(out)
    edits = out / LOG_FILE
    keeps = edits.is_file() and not request.discards_edits
    return run_request(replace(request, out=out, edits=edits if keeps else None), out, progress)


def run_request(
    request: RunRequest,
    out: Path,
    progress: Progress | None = None,
    check: Callable[[Prepared], None] | None = None,
) -> Finished:
    """A request as it stands, and its record. check: what else may refuse it before anything is computed."""
    started_at = datetime.now(UTC)
    prepared = prepare(request, progress)
    with prepared.session:
        if check is not None:
            check(prepared)
        finished = run_prepared(prepared, out)
    write_record(_record(prepared, finished, started_at), out / RECORD_FILE)
    return replace(finished, outputs={**finished.outputs, "run": str(out / RECORD_FILE)})


def render_edit(out: Path, again: Again, progress: Progress | None = None) -> Finished:
    """Outputs of the edit that lies in an out folder, with its edits; nothing is decided anew. Raises RushesErrors."""
    check_out_folder(out)
    record = read_run(out)
    check_footage(record, again)
    refuse_lost_log(out)
    edits = out / LOG_FILE
    is_edited = edits.is_file()
    plan = out / (PLAN_FILE if is_edited else OUTPUT_FILES["timeline"][1])
    if not plan.is_file():
        what = f"there is no {plan.name}, so there is no edit to render"
        raise RecipeError(Problem(Place(str(out)), what, "give the --out folder of a run that made an edit"))
    # A timeline.json that is behind the log is brought up to date, and one that somebody changed is not written over.
    now = edited(out).timeline if is_edited else read_timeline_file(out / OUTPUT_FILES["timeline"][1])
    started_at = datetime.now(UTC)
    with request_again(record, again) as request:
        given = replace(
            request,
            out=out,
            plan=plan,
            shows={clip.file: clip.digest for clip in now.clips},
            edits=edits if is_edited else None,
        )
        prepared = prepare(given, progress)
        with prepared.session:
            finished = run_prepared(prepared, out)
        record_now = _record(prepared, finished, started_at)
    # What the run was asked stands, though it may have come from a copy of the recipe and with more overrides now.
    record_now["recipe"] = record["recipe"]
    asked = ("recipe", "recipe_text", "profile", "set", "folder")
    record_now["arguments"] |= {name: record["arguments"].get(name) for name in asked}
    record_now["arguments"]["render_set"] = list(again.overrides)
    write_record(record_now, out / RECORD_FILE)
    return replace(finished, outputs={**finished.outputs, "run": str(out / RECORD_FILE)})


def read_timeline_file(path: Path) -> Timeline:
    """A timeline of an out folder. Raises RecipeError where it cannot be read, TimelineError where it is damaged."""
    try:
        return timeline_from_json(path.read_bytes(), str(path))
    except OSError as error:
        what, fix = f"cannot be read: {error.strerror}", "give the out folder of a run that made an edit"
        raise RecipeError(Problem(Place(str(path)), what, fix)) from None


def _record(prepared: Prepared, finished: Finished, started_at: datetime) -> dict[str, Any]:
    request, sources = prepared.request, prepared.sources
    libraries = {name for operation in OPERATIONS.values() for name in operation.libraries}
    return run_record(
        recipe=prepared.resolved.tree,
        arguments={
            "recipe": os.path.abspath(request.recipe) if os.path.isfile(request.recipe) else request.recipe,
            "recipe_text": resolved_yaml(prepared.resolved, origins=False),
            "footage": os.path.abspath(prepared.footage),
            "song": os.path.abspath(sources.song.path) if sources.song else None,
            "profile": request.profile,
            "set": list(request.overrides),
            "until": request.until,
            "recipe_warnings": recipe_warnings(prepared.resolved),
            "recipe_places": told_places(prepared.resolved),
            **recorded_arguments(request),
        },
        inputs=_inputs(sources, prepared.graph),
        results=finished.results,
        outputs={name: Path(path) for name, path in finished.outputs.items()},
        libraries={**prepared.tools.versions, **{name: installed_version(name) for name in libraries}},
        models=models_used(prepared.analysis, prepared.tools),
        model_manifest_b3=prepared.tools.models.manifest_b3 or None,
        started_at=started_at,
        finished_at=datetime.now(UTC),
    )


def _inputs(sources: Sources, graph: Graph) -> dict[str, str]:
    """Every file that was read -> its BLAKE3: clips, what lies beside them, the song, and plan and edits that were given."""
    read = {clip.name: clip.digest for clip in sources.clips}
    for clip, beside in sources.sides.items():
        read |= {posixpath.join(posixpath.dirname(clip), side.name): side.digest for side in beside}
    read |= {sources.song.name: sources.song.digest} if sources.song else {}
    timelines = (node for node in graph.nodes if node.id in (FOLD, TIMELINE))
    given = [found for node in timelines for found in node.inputs.values() if isinstance(found, FileInput)]
    return read | {os.path.basename(found.path): found.digest for found in given}


def plan_recipe(request: RunRequest) -> list[PlanRow]:
    """Every node of a run. What follows from the timeline is planned as far as the timeline is known."""
    prepared = prepare(request)
    with prepared.session as session:
        rows = plan_graph(prepared.graph, session)
        if not prepared.makes_outputs:
            return rows
        if any(row.state == "run" for row in rows if not row.id.startswith(("probe/", "analyze/"))):
            return rows + _rows_to_come(prepared, "score" if prepared.recipe.edit is None else TIMELINE)
        results: dict[str, NodeResult] = dict(session.run(prepared.graph))
        if has_video(prepared):
            graph = video_graph(prepared, read_timeline(session))
            rows += plan_graph(graph, session)
            if any(row.state == "run" for row in rows):
                return rows + [row for row in _rows_to_come(prepared, "render/video") if row.id == "report"]
            session.run(graph)
        if prepared.recipe.outputs.report is not None:
            rows += plan_graph(_report_graph(prepared, results), session)
        return rows


def _rows_to_come(prepared: Prepared, after: str) -> list[PlanRow]:
    """What a run will make but cannot be told in detail yet."""
    nodes = [("render/video", "join")] if has_video(prepared) else []
    nodes += [("report", "report")] if prepared.recipe.outputs.report is not None else []
    return [PlanRow(node, operation, "run", f"depends on {after}") for node, operation in nodes]


def run_prepared(prepared: Prepared, out: Path) -> Finished:
    """Run everything that the request asks for, and copy the outputs into the out folder."""
    session = prepared.session
    try:
        results: dict[str, NodeResult] = dict(session.run(prepared.graph))
    except ConstraintError as error:
        raise ConstraintError([*placed(error.problems, prepared.resolved), *_left_out(prepared)]) from None
    _refuse_failed(results, ("song", "library", "score", "edit", PLAN, FOLD, TIMELINE))
    unkept = keep_records(prepared, results)
    if prepared.makes_outputs:
        results |= _make_outputs(prepared, results)
    timeline = read_timeline(session) if TIMELINE in results else None
    reasoning = None if timeline is None else timeline.ai_reasoning
    outputs, meanwhile = copy_outputs(prepared, results, out)
    return Finished(
        results=results,
        outputs=outputs,
        warnings=(
            *meanwhile,
            *(metadata_warnings(prepared) if prepared.request.plan is None else ()),
            *run_warnings(prepared, results),
            *unkept,
            *(reasoning.warnings if reasoning else ()),
            *(broken(timeline).values() if timeline else ()),
            *(text for _, text in (hasty_titles(timeline) if timeline else {}).values()),
        ),
        notes=(
            *without_models(prepared, fixes=True),
            *(reasoning.notes if reasoning else ()),
            *(sound_notes(prepared, timeline) if timeline and prepared.makes_outputs else ()),
        ),
        clips=_count_clips(prepared, results),
        bugs=tuple(str(bug) for bug in session.bugs),
    )


def keep_records(prepared: Prepared, results: Mapping[str, NodeResult]) -> tuple[str, ...]:
    """Write what was found of each clip into the library file, where the request names one.

    A library that cannot be written costs no run: the warning that says so is returned.
    """
    path, found = prepared.request.library, results.get("library")
    if path is None or found is None:
        return ()
    from rushes.store.library_file import LibraryFile

    try:
        with LibraryFile(path) as library:
            if not library.has_recorded(prepared.session.scope, found.key):
                records = _records(prepared, results)
                fingerprints = documents(prepared.fingerprints)
                library.record(records, fingerprints, scope=prepared.session.scope, key=found.key)
    except StoreError as error:
        return (f"the library keeps nothing of this run: {error}",)
    return ()


def _records(prepared: Prepared, results: Mapping[str, NodeResult]) -> list[ClipRecord]:
    from rushes.score.files import read_frame

    clips, seen = (
        read_frame(prepared.session.path("library", f"{name}.arrow")) for name in ("clips", "seen")
    )
    return clip_records(
        clips,
        seen,
        prepared.sources,
        {source.name: os.path.getsize(source.path) for source in prepared.sources.clips},
        prepared.analysis,
        prepared.tools.analyzers,
        prepared.fingerprints,
        analysis_failures(results, prepared.sources, prepared.analysis, prepared.tools.analyzers),
    )


def _left_out(prepared: Prepared) -> list[Problem]:
    """Clips that failed before the edit did: where footage is short, they are why."""
    states = prepared.session.states.values()
    ended = {state.node.id: state.result() for state in states if state.ended is not None}
    return [
        Problem(Place(os.path.join(prepared.footage, clip)), f"left out: {reason}")
        for clip, reason in failed_clips(prepared, ended)
    ]


def _refuse_failed(results: Mapping[str, NodeResult], needed: tuple[str, ...]) -> None:
    for name in needed:
        result = results.get(name)
        if result is not None and result.failure:
            raise MediaError(Problem(Place(result.subject or name), result.failure, result.fix))


def _report_graph(prepared: Prepared, results: Mapping[str, NodeResult]) -> Graph:
    facts = report_facts(prepared, results)
    return compile_report_graph(prepared.recipe, prepared.sources, facts=facts, has_video=has_video(prepared))


def _make_outputs(prepared: Prepared, results: Mapping[str, NodeResult]) -> dict[str, NodeResult]:
    made: dict[str, NodeResult] = {}
    if has_video(prepared):
        made |= prepared.session.run(video_graph(prepared, read_timeline(prepared.session)))
        failed = next((result for result in made.values() if result.failed_at == result.id), None)
        if failed is not None:
            raise MediaError(Problem(Place(failed.subject or failed.id), failed.failure, failed.fix))
    if prepared.recipe.outputs.report is not None:
        made |= prepared.session.run(_report_graph(prepared, results))
        _refuse_failed(made, ("report",))
    return made


def read_timeline(session: Session) -> Timeline:
    """The final timeline: the edit's, with the crop of each shot."""
    return timeline_from_json(session.path(TIMELINE, "timeline.json").read_bytes())


def video_graph(prepared: Prepared, timeline: Timeline) -> Graph:
    """The render graph of a timeline."""
    from rushes.emit.video import segment_plan

    recipe = prepared.recipe
    assert recipe.outputs.video is not None
    jobs = [
        SegmentJob(
            spec=spec.to_json(),
            clips=tuple(dict.fromkeys(source.clip for source in spec.sources)),
            frames=spec.frames,
            fonts=tuple(sorted({one.look.font_digest for one in spec.titles} - {""})),
            libraries={TEXT_LIBRARY: installed_version(TEXT_LIBRARY)} if spec.titles else {},
        )
        for spec in segment_plan(timeline, recipe.outputs.video)
    ]
    listened = any(spec.name == "speech" for spec in prepared.analysis.wanted)
    return compile_video_graph(recipe, prepared.sources, jobs, timeline, listened)


def _count_clips(prepared: Prepared, results: Mapping[str, NodeResult]) -> dict[str, int]:
    failed = len(failed_clips(prepared, results))
    counts = {"used": 0, "usable": 0, "rejected": 0, "failed": failed}
    if "score" in results:
        counts |= json.loads(prepared.session.path("score", "counts.json").read_text())
    if TIMELINE in results:
        counts["used"] = len({clip.file for clip in read_timeline(prepared.session).clips})
    return counts
