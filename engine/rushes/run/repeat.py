"""A finished run made again in another folder, from its record and what lies beside that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from blake3 import blake3

from rushes.errors import ModelError, Place, Problem, RecipeError
from rushes.graph.compile import FOLD, TIMELINE
from rushes.run.again import Again, request_as_recorded
from rushes.run.deliver import run_request
from rushes.run.edits import LOG_FILE, PLAN_FILE, TIMELINE_FILE, bytes_or_nothing, edits_counted
from rushes.run.pipeline import Prepared, models_used
from rushes.run.progress import Progress
from rushes.store.canonical import digest_bytes
from rushes.timeline.document import timeline_from_json
from rushes.timeline.edit_log import read_log
from rushes.timeline.fold import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """What a run was given beside the footage: bytes of a timeline and of edits, None where there were none."""

    plan: bytes | None
    plan_name: str
    edits: bytes | None

    def words(self) -> str:
        """What was taken as it lies there; "" where the run made everything from the footage."""
        edits = "" if self.edits is None else edits_counted(read_log(self.edits, LOG_FILE))
        return " and ".join(part for part in (self.plan_name if self.plan else "", edits) if part)

    def shows(self) -> dict[str, str]:
        """Clip -> digest of what the timeline shows: clips may have other names by now."""
        if self.plan is None:
            return {}
        timeline = timeline_from_json(self.plan, self.plan_name)
        if self.edits is not None:
            timeline = fold(timeline, read_log(self.edits, LOG_FILE).entries, LOG_FILE)
        return {clip.file: clip.digest for clip in timeline.clips}


def repeat_run(
    path: Path, record: Mapping[str, Any], again: Again, scratch: Path, progress: Progress | None = None
) -> tuple[Path, str]:
    """Do what a record tells of in an empty folder. Returns the out folder, and for people what was taken as it lies beside
    the record.

    path: of the record. Plan and edits are taken as they were then, though edits may have been added since. Raises
    RushesErrors: RecipeError where plan or edits are others now, ModelError where a model of the run is missing, both
    before anything is computed.
    """
    given = _given(path.parent, record)
    out, plan = scratch / "out", scratch / "given" / given.plan_name
    for file, data in ((plan, given.plan), (out / LOG_FILE, given.edits)):
        file.parent.mkdir()
        if data is not None:
            file.write_bytes(data)
    request = replace(
        request_as_recorded(record, again),
        out=out,
        plan=None if given.plan is None else plan,
        edits=None if given.edits is None else out / LOG_FILE,
        shows=given.shows(),
    )
    run_request(request, out, progress, lambda prepared: _check_models(prepared, record))
    return out, given.words()


def _given(folder: Path, record: Mapping[str, Any]) -> _Given:
    nodes = {node["id"] for node in record["nodes"]}
    is_edited = FOLD in nodes
    name = PLAN_FILE if is_edited else TIMELINE_FILE
    has_plan = TIMELINE in nodes and "edit" not in nodes
    return _Given(
        plan=_plan(folder, name, record) if has_plan else None,
        plan_name=name,
        edits=_edits(folder, record) if is_edited else None,
    )


def _plan(folder: Path, name: str, record: Mapping[str, Any]) -> bytes:
    """The timeline that was rendered: with the first edit it got another name, and without any the rendering may have
    written crops and titles into it, which it does to that one, too."""
    wanted = {record["inputs"].get(name)}
    if name == TIMELINE_FILE and "timeline" in record["outputs"]:
        wanted.add(record["outputs"]["timeline"]["b3"])
    for file in (PLAN_FILE, TIMELINE_FILE):
        data = bytes_or_nothing(folder / file)
        if data and (digest_bytes(data) in wanted or (wanted == {None} and file == name)):
            return data
    what = "the timeline that was rendered is not there, or it is another one now"
    raise RecipeError(Problem(Place(str(folder / name)), what, _fix(folder)))


def _edits(folder: Path, record: Mapping[str, Any]) -> bytes:
    """The log as it was: lines are only ever added to it."""
    wanted = record["inputs"].get(LOG_FILE)
    log = bytes_or_nothing(folder / LOG_FILE)
    if log and wanted is None:
        return log
    read, length = blake3(), 0
    for line in log.splitlines(keepends=True):
        read.update(line)
        length += len(line)
        if read.hexdigest() == wanted:
            return log[:length]
    what = "the edits of this run are not there" if not log else "these are not the edits of this run"
    raise RecipeError(Problem(Place(str(folder / LOG_FILE)), what, _fix(folder)))


def _fix(folder: Path) -> str:
    return f"give the run.json in the out folder of the run, or make a new one with `rushes render {folder}`"


def _check_models(prepared: Prepared, record: Mapping[str, Any]) -> None:
    found = models_used(prepared.analysis, prepared.tools)
    missing = [name for name in record["models"] if name not in found]
    if missing:
        what = f"the run used models that are not here: {', '.join(sorted(missing))}"
        folder = prepared.request.models
        place = None if folder is None else Place(str(folder))
        raise ModelError(Problem(place, what, "say where they lie with --models DIR"))
