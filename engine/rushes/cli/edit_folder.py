"""The edit that a verb is given: the out folder of a run, or a timeline alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rushes.errors import Place, Problem, RecipeError

if TYPE_CHECKING:
    from rushes.recipe.spec import FootageSpec
    from rushes.timeline.tree import Timeline

EditArgument = Annotated[
    str, typer.Argument(help="The out folder of a run, or its timeline.json.", metavar="OUT")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditFolder:
    """A timeline and what `run.json` beside it says of its files. footage, song: where they lay, None where nothing says
    so. clips: every clip of the footage, by name. recipe, cache: the recipe of the run and its store. chosen: which files of
    the footage folder are clips, None where nothing says so. song_fades_s: how long the song takes to come and to go. record:
    run.json as a whole, None where there is none."""

    timeline: Timeline
    timeline_path: Path
    footage: str | None
    song: str | None
    clips: frozenset[str]
    recipe: str | None = None
    cache: str | None = None
    chosen: FootageSpec | None = None
    song_fades_s: tuple[float, float] = (0.0, 0.0)
    record: Mapping[str, Any] | None = None


def read_edit_folder(given: str) -> EditFolder:
    """Raises RecipeError or TimelineError where the timeline cannot be read, or run.json is damaged."""
    from rushes.run.provenance import clips_of, footage_of, read_record
    from rushes.timeline.document import timeline_from_json

    path = Path(given) / "timeline.json" if Path(given).is_dir() else Path(given)
    try:
        data = path.read_bytes()
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        fix = "give the out folder of a run, or its timeline.json"
        raise RecipeError(Problem(Place(str(path)), what, fix)) from None
    timeline = timeline_from_json(data, str(path))
    clips = {clip.file for clip in timeline.clips}
    said: Mapping[str, Any] = {}
    chosen, fades_s, record = None, (0.0, 0.0), None
    run_path = path.parent / "run.json"
    if run_path.is_file():
        record = read_record(run_path)
        said = record["arguments"]
        clips |= set(clips_of(record))
        chosen = footage_of(record)
        song_of_run = record["recipe"].get("song") or {}
        fades_s = (song_of_run.get("fade_in_s", 0.0), song_of_run.get("fade_out_s", 0.0))
    return EditFolder(
        timeline=timeline,
        timeline_path=path,
        clips=frozenset(clips),
        chosen=chosen,
        song_fades_s=fades_s,
        record=record,
        **{name: said.get(name) for name in ("footage", "song", "recipe", "cache")},
    )
