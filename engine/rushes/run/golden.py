"""Golden runs: what a run decided, measured and shows is kept and compared, never its encoded bytes.

A golden folder holds `timeline.json`, `scores.json`, the resolved recipe as `recipe.json` and, where the run made a video,
`pictures.json`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from rushes.errors import Place, Problem, RecipeError
from rushes.run.golden_case import GoldenCase
from rushes.run.golden_pictures import picture_differences, pictures_of_video
from rushes.run.golden_recipe import recipe_differences
from rushes.timeline.canonical import canonical_json
from rushes.timeline.diff import change_lines, diff_timelines
from rushes.timeline.document import timeline_from_json

TIMELINE, SCORES, PICTURES, RECIPE = "timeline.json", "scores.json", "pictures.json", "recipe.json"

_UPDATE = "run `rushes golden update` and read its difference before you keep it"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutputs:
    """What a run made.

    timeline: bytes of timeline.json; None: it ranks only. clips: rows of the scored clips frame. scores: names of the scores.
    video: the finished video; None: none was made. recipe: as `kept_recipe` has it; None: it is not known.
    """

    timeline: bytes | None
    clips: Sequence[Mapping[str, Any]]
    scores: Sequence[str]
    video: Path | None = None
    recipe: Mapping[str, Any] | None = None


def record_golden(outputs: RunOutputs, case: GoldenCase) -> tuple[Path, ...]:
    """Keep a run as the golden one of its case; returns the files written, and removes those it has no more."""
    written: list[Path] = []
    for name, data in _files(outputs, case).items():
        path = case.folder / name
        if data is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(data)
            written.append(path)
    return tuple(written)


def check_golden(outputs: RunOutputs, case: GoldenCase, *, whole: bool = True) -> tuple[str, ...]:
    """Every difference between a run and its golden one, in an editor's words, what differs in the recipe first; empty where
    what was made matches, whatever the recipe says. whole: False: numbers and reasons behind the edit are counted in one line.

    Raises RecipeError where the case was never recorded, TimelineError where its files are damaged.
    """
    if not (case.folder / SCORES).is_file():
        raise RecipeError(Problem(Place(str(case.folder)), "this golden case was never recorded", _UPDATE))
    found = (
        *_timeline_differences(outputs.timeline, case, whole=whole),
        *_score_differences(_golden_json(case, SCORES), score_rows(outputs), case),
        *_picture_differences(outputs, case),
    )
    if not found or outputs.recipe is None or not (case.folder / RECIPE).is_file():
        return found
    return (*recipe_differences(_golden_json(case, RECIPE), outputs.recipe, whole=whole), *found)


def _files(outputs: RunOutputs, case: GoldenCase) -> dict[str, bytes | None]:
    pictures = _pictures(outputs, case)
    return {
        TIMELINE: outputs.timeline,
        SCORES: canonical_json(score_rows(outputs)),
        PICTURES: None if pictures is None else canonical_json(pictures),
        RECIPE: None if outputs.recipe is None else canonical_json(dict(outputs.recipe)),
    }


def score_rows(outputs: RunOutputs) -> dict[str, Any]:
    """Per clip, sorted by name: rejected, and every score with its terms (None: not scored)."""
    return {
        row["clip"]: {
            "rejected": bool(row["rejected"]),
            "scores": {
                name: row[name]
                for name in sorted(row)
                if any(name == score or _is_term(name, score) for score in outputs.scores)
            },
        }
        for row in sorted(outputs.clips, key=lambda row: row["clip"])
    }


def _is_term(column: str, score: str) -> bool:
    rest = column.removeprefix(f"{score}.")
    return rest != column and "." not in rest and rest not in ("rank", "best_segment", "best_score")


def _timeline_differences(timeline: bytes | None, case: GoldenCase, *, whole: bool) -> Iterator[str]:
    path = case.folder / TIMELINE
    if timeline is None or not path.is_file():
        if timeline is not None:
            yield "timeline: there is one now"
        elif path.is_file():
            yield "timeline: there is none any more"
        return
    golden = timeline_from_json(path.read_bytes(), str(path))
    changes = [
        change
        for change in diff_timelines(golden, timeline_from_json(timeline), case.tolerances.of)
        if change.kind != "text" or case.texts == "compare"
    ]
    yield from change_lines(changes, whole=whole)


def _score_differences(golden: Mapping[str, Any], now: Mapping[str, Any], case: GoldenCase) -> Iterator[str]:
    for clip in sorted({*golden, *now}):
        if clip not in now:
            yield f"{clip} is not among the clips any more"
        elif clip not in golden:
            yield f"{clip} is new among the clips"
        else:
            yield from _clip_differences(clip, golden[clip], now[clip], case.tolerances.scores_01)


def _clip_differences(
    clip: str, x: Mapping[str, Any], y: Mapping[str, Any], tolerance: float
) -> Iterator[str]:
    if x["rejected"] != y["rejected"]:
        yield f"{clip} is now {'rejected' if y['rejected'] else 'usable'}"
    for name in sorted({*x["scores"], *y["scores"]}):
        before, after = x["scores"].get(name), y["scores"].get(name)
        if before is None or after is None:
            if before is not after:
                yield f"{clip} {name}: {_shown(before)} → {_shown(after)}"
        elif abs(before - after) > tolerance + 1e-6:
            yield f"{clip} {name}: {_shown(before)} → {_shown(after)} (tolerance {tolerance:g})"


def _shown(value: float | None) -> str:
    return "not scored" if value is None else f"{value:.4f}"


def _pictures(outputs: RunOutputs, case: GoldenCase) -> dict[str, Any] | None:
    if outputs.video is None or outputs.timeline is None or not case.pictures_per_clip:
        return None
    return pictures_of_video(outputs.video, timeline_from_json(outputs.timeline), case.pictures_per_clip)


def _picture_differences(outputs: RunOutputs, case: GoldenCase) -> Iterator[str]:
    now = _pictures(outputs, case)
    is_kept = (case.folder / PICTURES).is_file()
    if now is not None and is_kept:
        yield from picture_differences(_golden_json(case, PICTURES), now, case.tolerances.picture_levels)
    elif now is not None:
        yield "video: there is one now"
    elif is_kept and case.pictures_per_clip:
        yield "video: there is none any more"


def _golden_json(case: GoldenCase, name: str) -> dict[str, Any]:
    path = case.folder / name
    try:
        return cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        raise RecipeError(Problem(Place(str(path)), "this golden file is damaged", _UPDATE)) from None
