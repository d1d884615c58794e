"""What a run tells of itself: what failed, what is only known in part, what lacks a model, and the facts of its report."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rushes import __version__
from rushes.emit.report_templates import template_digest
from rushes.errors import Place, Problem
from rushes.graph.analysis import Analysis
from rushes.graph.compile import probe_id, rank_by
from rushes.media.info_json import info_from_json
from rushes.recipe.listed import listed
from rushes.recipe.load import Resolved
from rushes.recipe.shape import BUILT_IN
from rushes.recipe.show import resolved_yaml
from rushes.run.again import NEVER_USE, told_places
from rushes.run.name_globs import metadata_problems
from rushes.run.outputs import OUTPUT_FILES
from rushes.run.pipeline import Prepared
from rushes.run.results import NodeResult
from rushes.timeline.tree import Timeline


def has_video(prepared: Prepared) -> bool:
    """Whether the run renders."""
    return prepared.recipe.edit is not None and prepared.recipe.outputs.video is not None


def report_facts(prepared: Prepared, results: Mapping[str, NodeResult]) -> dict[str, Any]:
    """What the report tells and no node holds. Nothing of this machine or this moment: the same inputs give the same
    report."""
    recipe, sources = prepared.recipe, prepared.sources
    report = recipe.outputs.report
    assert report is not None
    return {
        "title": report.title or recipe.name,
        "templates": template_digest(),
        "warnings": [
            *(str(_without_folder(problem)) for problem in prepared.resolved.problems),
            *(text for text in clip_warnings(prepared, results) if ": left out: " not in text),
            *without_models(prepared, fixes=False),
        ],
        "failed": failed_clips(prepared, results),
        "recipe_yaml": resolved_yaml(prepared.resolved, origins=False),
        "scores": [dataclasses.asdict(score) for score in recipe.scores],
        "thresholds": dict(recipe.thresholds),
        "rank_by": rank_by(recipe) or "",
        "least_shot_s": None if recipe.edit is None else recipe.edit.min_shot_s + 2 * recipe.edit.handle_s,
        "badges": {"high_01": recipe.outputs.badges.high_01, "medium_01": recipe.outputs.badges.medium_01},
        "max_unused": report.max_unused,
        "never_use": {
            "globs": [] if recipe.edit is None else list(recipe.edit.never_use),
            "place": _never_use_place(prepared.resolved),
        },
        "video_file": OUTPUT_FILES["video"][1] if has_video(prepared) else None,
        "provenance": {
            "rushes": __version__,
            "recipe": recipe.name,
            "creator": recipe.creator_id,
            "song": {"file": sources.song.name, "blake3": sources.song.digest} if sources.song else None,
            "clips": {clip.name: clip.digest for clip in sources.clips},
        },
    }


def failed_clips(prepared: Prepared, results: Mapping[str, NodeResult]) -> list[list[str]]:
    """Clips that nothing could be learnt of, each with the reason, sorted by name."""
    reasons = {clip: problem.what for clip, problem in prepared.unreadable.items()}
    for result in results.values():
        if result.operation == "probe" and result.failure:
            reasons[result.subject] = result.failure
    analyzed = {r.subject for r in results.values() if r.operation == "analyze" and not r.failure}
    for result in results.values():
        if result.operation == "analyze" and result.failure and result.subject not in analyzed:
            reasons.setdefault(result.subject, result.failure)
    return [[clip, reasons[clip]] for clip in sorted(reasons)]


def run_warnings(prepared: Prepared, results: Mapping[str, NodeResult]) -> tuple[str, ...]:
    """What the user should know though the run went on: of the recipe, then of clips."""
    return (*map(str, prepared.resolved.problems), *clip_warnings(prepared, results))


def _never_use_place(resolved: Resolved) -> str:
    place = told_places(resolved).get(NEVER_USE)
    return "" if place is None else str(_in_its_folder(Place(*place)))


def _in_its_folder(place: Place) -> Place:
    return dataclasses.replace(place, path=os.path.basename(place.path))


def _without_folder(problem: Problem) -> Problem:
    """Where a recipe lies is no part of the report."""
    place = None if problem.place is None else _in_its_folder(problem.place)
    return dataclasses.replace(problem, place=place)


def clip_warnings(prepared: Prepared, results: Mapping[str, NodeResult]) -> tuple[str, ...]:
    """Failed clips first, then partial ones, in order of name."""
    failed = failed_clips(prepared, results)
    gone = {clip for clip, _ in failed}
    found = [f"{clip}: left out: {reason}" for clip, reason in failed]
    partial = {
        f"{result.subject}: {text}" if result.subject else text
        for result in results.values()
        for text in (*result.warnings, *((f"{result.id}: {result.failure}",) if result.failure else ()))
        if result.subject not in gone
    }
    return (*found, *sorted(partial))


def sound_notes(prepared: Prepared, timeline: Timeline) -> Iterator[str]:
    """Which clips of a rendered edit are not heard, because they have no sound; nothing where no clip is."""
    assert prepared.recipe.edit is not None
    if not has_video(prepared) or prepared.recipe.edit.sound.clips == "none":
        return
    info = (
        (clip, prepared.session.path(probe_id(clip), "info.json"))
        for clip in dict.fromkeys(clip.file for clip in timeline.clips)
    )
    silent = sorted(
        clip for clip, path in info if info_from_json(json.loads(path.read_bytes())).audio is None
    )
    if silent:
        count = "1 clip has" if len(silent) == 1 else f"{len(silent)} clips have"
        yield f"{count} no sound: {listed(silent, _MOST_NAMED)}"


_MOST_NAMED = 8


def metadata_warnings(prepared: Prepared) -> Iterator[str]:
    """Globs of footage.metadata that tell nothing of any clip. They depend on where a recipe lies, so they are no part of the
    report."""
    clips = [clip.name for clip in prepared.sources.clips]
    return (problem.what for problem in metadata_problems(prepared.resolved, clips))


def without_models(prepared: Prepared, *, fixes: bool) -> tuple[str, ...]:
    """One sentence on what is not known of any clip because a model is missing; none where nothing is.

    fixes: and the commands that install them, which may name a folder of this machine.
    """
    analysis = prepared.analysis
    by_model: dict[str, list[str]] = {}
    for name in analysis.named:
        if name in analysis.lacking:
            by_model.setdefault(analysis.lacking[name], []).append(name)
    if not by_model:
        return ()
    lacking = "; ".join(f"{', '.join(names)} (no {model})" for model, names in by_model.items())
    said = [f"models are missing, so this was left out: {lacking}", *(_fixes(analysis) if fixes else ())]
    return (". ".join(said),)


_FROM_FOLDER = "--from DIR"


def _fixes(analysis: Analysis) -> Iterator[str]:
    """The commands that bring what is missing: one for all models that are installed the same way. What nobody serves is called
    that: somebody who has no folder of models can do nothing with a command that asks for one."""
    commands: dict[str, list[str]] = {}
    not_served: dict[str, None] = {}
    others: dict[str, None] = {}
    for name, model in analysis.lacking.items():
        fix = analysis.unavailable[name].fix
        _, found, rest = fix.partition(f"rushes models install {model}")
        if not found:
            others[fix] = None
        elif _FROM_FOLDER in rest:
            not_served[model] = None
        else:
            commands.setdefault(rest, []).append(model)
    installs = [
        f"rushes models install {' '.join(dict.fromkeys(models))}{rest}" for rest, models in commands.items()
    ]
    if installs or others:
        yield f"To add it: {', and '.join((*installs, *others))}"
    if not_served:
        first = next(iter(not_served))
        yield f"Not downloadable: {', '.join(not_served)} (rushes models install {first} says why)"


def placed(problems: Sequence[Problem], resolved: Resolved) -> list[Problem]:
    """Problems about a part of the recipe, with the line that says it; the edit itself does not know files."""
    return [
        problem
        if problem.place or not problem.path
        else dataclasses.replace(problem, place=_said_at(problem.path, resolved))
        for problem in problems
    ]


def _said_at(path: str, resolved: Resolved) -> Place | None:
    """Where a value stands, or else what it is part of; None where no file says it."""
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        origin = resolved.origins.get(".".join(parts[:length]))
        if origin is not None:
            return None if origin.layer == BUILT_IN else origin.place
    return None
