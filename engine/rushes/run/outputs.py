"""The out folder: whether it can be written, and what a run made, copied into it."""

from __future__ import annotations

import filecmp
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from itertools import count
from pathlib import Path

from rushes.errors import Place, Problem, RenderError
from rushes.graph.compile import FOLD, PLAN, TIMELINE
from rushes.graph.node import FileInput
from rushes.run.edit_lock import alone
from rushes.run.edits import LOG_FILE, PLAN_FILE
from rushes.run.pipeline import Prepared
from rushes.run.results import NodeResult
from rushes.run.whole_file import cannot_be_written, whole_file
from rushes.store.store import hash_file

OUTPUT_FILES: Mapping[str, tuple[str, str]] = {
    "timeline": (TIMELINE, "timeline.json"),
    "ranking": ("score", "ranking.json"),
    "video": ("render/video", "video.mp4"),
    "report": ("report", "report.html"),
}
"""Output -> node and file; the file has the same name in the out folder."""


def check_out_folder(out: Path) -> None:
    """Make the out folder, and find out before any work whether it can be written. Raises RenderError."""
    if out.exists() and not out.is_dir():
        what = "outputs go into a folder, but this is a file"
        raise RenderError(Problem(Place(str(out)), what, "choose another folder with --out"))
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=out, prefix=".rushes-"):
            pass
    except OSError as error:
        what = f"the out folder cannot be written: {error.strerror}"
        raise RenderError(Problem(Place(str(out)), what, "choose another folder with --out")) from None


def copy_outputs(
    prepared: Prepared, results: Mapping[str, NodeResult], out: Path
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Write what was made; output -> path, and warnings. Where somebody edited meanwhile, their timeline stays."""
    session = prepared.session
    files = {name: place for name, place in OUTPUT_FILES.items() if _is_made(results, place[0])}
    warnings: tuple[str, ...] = ()
    timeline = out / OUTPUT_FILES["timeline"][1]
    may_be_edited = timeline.is_file() and "timeline" in files
    with alone(out) if may_be_edited else nullcontext():
        if _is_edited_since(prepared, out):
            files.pop("timeline", None)
            warnings = (
                "the edit was changed while this ran: video and report are of before; `rushes render` makes them anew",
            )
        elif PLAN in results:
            _copy_if_other(session.path(PLAN, "timeline.json"), out / PLAN_FILE)
        for node, file in files.values():
            _copy_if_other(session.path(node, file), out / file)
        if "timeline" in files and FOLD not in results:
            _set_edits_aside(out)
        if "timeline" in files:
            warnings = (*warnings, *_left_behind(out, files, is_partial=not prepared.makes_outputs))
    return {name: str(out / file) for name, (_, file) in files.items()}, warnings


def _left_behind(out: Path, made: Mapping[str, tuple[str, str]], *, is_partial: bool) -> Iterator[str]:
    """What is told of a video or report that was written before the timeline came to be what it is now."""
    timeline = out / OUTPUT_FILES["timeline"][1]
    of_timeline = {name: OUTPUT_FILES[name][1] for name in ("video", "report") if name not in made}
    older = [file for file in of_timeline.values() if _is_older(out / file, timeline)]
    if older:
        several = len(older) > 1
        anew = f"; `rushes render {shlex.quote(str(out))}` makes {'them' if several else 'it'} anew"
        yield f"{' and '.join(older)} {'are' if several else 'is'} of an earlier edit{anew if is_partial else ''}"


def _is_older(file: Path, timeline: Path) -> bool:
    """Files that stay as they are keep their times."""
    return file.is_file() and file.stat().st_mtime_ns < timeline.stat().st_mtime_ns


def _is_made(results: Mapping[str, NodeResult], node: str) -> bool:
    return node in results and not results[node].failure


def _is_edited_since(prepared: Prepared, out: Path) -> bool:
    """Whether the log of edits is another than the one that was folded, and nobody asked to set it aside."""
    folded = next((node.inputs["edits"] for node in prepared.graph.nodes if node.id == FOLD), None)
    used = folded.digest if isinstance(folded, FileInput) else None
    path = out / LOG_FILE
    now = hash_file(path) if path.is_file() else None
    return now != used and not prepared.request.discards_edits


def _set_edits_aside(out: Path) -> None:
    """Edits of a plan that was replaced, and that plan, under the first names that are free. The new timeline is there by
    now: where this ends half-way, the next command says that log and timeline do not belong together, and both are there.
    """
    if not any((out / file).exists() for file in (PLAN_FILE, LOG_FILE)):
        return
    number = next(n for n in count(1) if not any((out / name).exists() for name in _aside(n)))
    for file, name in zip((PLAN_FILE, LOG_FILE), _aside(number), strict=True):
        if (out / file).exists():
            (out / file).rename(out / name)


def _aside(number: int) -> tuple[str, str]:
    return f"timeline.plan.{number}.json", f"edits.{number}.jsonl"


def _copy_if_other(source: Path, target: Path) -> None:
    """Copy whole or not at all; a file that is right already keeps its time."""
    try:
        if target.is_file() and filecmp.cmp(source, target, shallow=False):
            return
    except OSError as error:
        raise cannot_be_written(target, error) from None
    with whole_file(target) as part:
        shutil.copyfile(source, part)
