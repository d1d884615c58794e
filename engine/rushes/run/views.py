"""How far footage is analysed, by the library file: nothing is analysed here, and no media is opened."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from rushes.errors import Problem, RecipeError
from rushes.media.info import FootageFile
from rushes.recipe.spec import Recipe
from rushes.run.footage import found_clips
from rushes.run.standing import NOTHING, Judge, Results, Standing, Standings, ViewRequest, Wanted, wanted_by
from rushes.store.digests import DigestIndex
from rushes.store.library_file import ClipRecord, Json, LibraryFile

ClipState: TypeAlias = Literal["complete", "partial", "failed", "stale", "missing", "unreadable"]
CLIP_STATES: tuple[ClipState, ...] = ("complete", "partial", "failed", "stale", "missing", "unreadable")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyzerStatus:
    """How far one analyzer is, in clips."""

    name: str
    analysed: int
    missing: int
    stale: int
    failed: int
    unavailable: int
    reason: str = ""
    """Why it cannot run; "" where it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipStatus:
    """How far one clip is.

    complete: everything ran, with today's settings. failed: whatever could run failed. partial: something failed, is
    missing, cannot run or is partial itself, or the file breaks off. stale: something ran with other settings. missing:
    nothing ran. unreadable: it cannot be opened.
    """

    clip: str
    state: ClipState
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How much of some footage is analysed as a recipe wants it."""

    recipe: str
    footage: str
    analyzers: tuple[AnalyzerStatus, ...]
    clips: tuple[ClipStatus, ...]
    """All clips in the order of their names."""
    commands: tuple[str, ...]
    """What completes it, in this order."""

    @property
    def counts(self) -> dict[str, int]:
        """Their total, and clips by state, every state."""
        found = Counter(clip.state for clip in self.clips)
        return {"total": len(self.clips), **{state: found[state] for state in CLIP_STATES}}


def status(request: ViewRequest) -> Status:
    """Compare the library file with what a recipe wants of the clips in a folder. No library file: nothing is known.

    Raises RecipeError, MediaError where the folder holds no clip, ModelError for a damaged model, StoreError.
    """
    digests = DigestIndex(request.cache / "digests.index")
    wanted = wanted_by(request, digests)
    folder = request.footage or wanted.recipe.footage.dir
    if folder is None:
        fix = "give --footage DIR, or set footage.dir in the recipe"
        raise RecipeError(Problem(None, "no footage is named", fix))
    clips, unreadable = found_clips(folder, wanted.recipe.footage, digests, (request.cache,))
    rows = [ClipStatus(clip=name, state="unreadable", reasons=(p.what,)) for name, p in unreadable.items()]
    counts = Counter[tuple[str, Standing]]()
    judged, can_be_mended = _judged(request.library, wanted, clips, counts)
    rows += judged
    return Status(
        recipe=wanted.recipe.name,
        footage=folder,
        analyzers=tuple(_of_analyzer(name, counts, wanted) for name in wanted.names),
        clips=tuple(sorted(rows, key=lambda row: row.clip)),
        commands=_commands(request, folder, wanted, counts, can_be_mended=can_be_mended),
    )


def _judged(
    library: Path,
    wanted: Wanted,
    clips: Sequence[tuple[FootageFile, str]],
    counts: Counter[tuple[str, Standing]],
) -> tuple[list[ClipStatus], bool]:
    """How each clip stands, and whether a failure is one that a run would try again. counts: by analyzer and standing,
    added to."""
    known = _known(library, [digest for _, digest in clips])
    judge = Judge(wanted, known.documents, now=True)
    rows: list[ClipStatus] = []
    can_be_mended = False
    for file, digest in clips:
        results = known.states.get(digest, NOTHING)
        found = judge.standings(results)
        counts.update(found.items())
        can_be_mended = can_be_mended or judge.can_be_mended(results)
        reasons = judge.reasons(results, known.failed.get(digest), complete=digest not in known.broken)
        rows.append(ClipStatus(clip=file.clip, state=_state(found, reasons), reasons=reasons))
    return rows, can_be_mended


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the library file says of some clips, by digest; nothing where there is none yet."""

    states: Mapping[str, Results]
    broken: frozenset[str]
    """Clips that break off."""
    failed: Mapping[str, ClipRecord]
    """Clips of which something failed or is partial."""
    documents: Mapping[str, Json]


def _known(library: Path, digests: Sequence[str]) -> _Known:
    if not library.exists():
        return _Known(states={}, broken=frozenset(), failed={}, documents={})
    with LibraryFile(library, read_only=True) as file:
        view = file.overview(["complete"])
        states = dict(zip(view.digests, view.states, strict=True))
        ours = states.keys() & set(digests)
        failed = [
            digest
            for digest in ours
            if any(state in ("failed", "interrupted", "partial") for _, state in states[digest].values())
        ]
        return _Known(
            states={digest: states[digest] for digest in ours},
            broken=frozenset(
                digest
                for digest, complete in zip(view.digests, view.columns["complete"], strict=True)
                if complete is False
            ),
            failed={record.digest: record for record in file.clips(failed)},
            documents=file.fingerprints(),
        )


def _state(found: Standings, reasons: Sequence[str]) -> ClipState:
    standings = set(found.values())
    if not reasons:
        return "complete"
    if not standings & {"analysed", "stale", "failed"}:
        return "missing"
    if "stale" in standings:
        return "stale"
    return "partial" if "analysed" in standings else "failed"


def _of_analyzer(name: str, counts: Mapping[tuple[str, Standing], int], wanted: Wanted) -> AnalyzerStatus:
    problem = wanted.analysis.unavailable.get(name)
    return AnalyzerStatus(
        name=name,
        analysed=counts[name, "analysed"],
        missing=counts[name, "missing"],
        stale=counts[name, "stale"],
        failed=counts[name, "failed"],
        unavailable=counts[name, "unavailable"],
        reason=problem.what if problem else "",
    )


def _commands(
    request: ViewRequest,
    folder: str,
    wanted: Wanted,
    counts: Mapping[tuple[str, Standing], int],
    *,
    can_be_mended: bool,
) -> tuple[str, ...]:
    """Models first, for a run without them would be partial."""
    fixes = [problem.fix for name, problem in sorted(wanted.analysis.unavailable.items()) if problem.fix]
    to_run = can_be_mended or any(
        counts[name, how] for name in wanted.names for how in ("missing", "stale", "unavailable")
    )
    return (*dict.fromkeys(fixes), *([_run_command(request, folder, wanted.recipe)] if to_run else []))


def _run_command(request: ViewRequest, folder: str, recipe: Recipe) -> str:
    words = ["rushes", "run", request.recipe, "--footage", folder]
    if recipe.edit is not None and recipe.song is not None and recipe.song.file is None:
        words += ["--song", "FILE"]
    words += ["--profile", request.profile] if request.profile else []
    for override in request.overrides:
        words += ["--set", override]
    return shlex.join([*words, *request.options, "--until", "score"])
