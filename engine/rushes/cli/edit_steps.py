"""What the verbs that change an edit share: options, who and when, and what is said afterwards."""

from __future__ import annotations

import getpass
import os
import re
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rushes.cli.library_options import library_path
from rushes.cli.options import Exit, cache_dir, print_json
from rushes.errors import Problem, RecipeError

if TYPE_CHECKING:
    from rushes.run.edit_media import EditMedia
    from rushes.run.edits import EditedFolder
    from rushes.timeline.edit_log import Edit
    from rushes.timeline.tree import Timeline, TimelineClip

Out = Annotated[str, typer.Argument(help="The out folder of a run.", metavar="OUT")]
Clip = Annotated[
    str,
    typer.Argument(help="A place from 1, an id, the beginning of an id, or a file name.", metavar="CLIP"),
]
By = Annotated[
    str | None,
    typer.Option(
        "--by", metavar="NAME", help="Who edits; default: the user of this system.", show_default=False
    ),
]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="TIME", help="When, RFC 3339; default: now.", show_default=False),
]
After = Annotated[
    int | None,
    typer.Option(
        "--after",
        metavar="N",
        min=0,
        help="The last edit you know of: nothing is done where somebody has edited since.",
        show_default=False,
    ),
]

_NUMBER = re.compile(r"\d+(\.\d+)?")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class Where:
    """Where the media lie, as options say it."""

    footage: str | None = None
    library: str | None = None
    cache: str | None = None


@dataclass(frozen=True, slots=True)
class Who:
    """Who edits, when, and after which edit, as options say it."""

    by: str | None = None
    at: str | None = None
    after: int | None = None

    def name(self) -> str:
        """Raises RecipeError where the system does not say who its user is."""
        if self.by is not None and self.by.strip():
            return self.by.strip()
        try:
            return getpass.getuser()
        except (KeyError, OSError, ImportError):
            raise RecipeError(Problem(None, "nobody says who edits", "give your name with --by")) from None

    def timestamp(self) -> str:
        """RFC 3339, in whole seconds of UTC where it is now."""
        if self.at is None:
            return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if not _RFC3339.fullmatch(self.at):
            what = f"--at is {self.at!r}, which is no time of RFC 3339"
            raise RecipeError(Problem(None, what, "write it as 2026-05-01T12:00:00Z"))
        return self.at


Make = Callable[["EditedFolder", "TimelineClip", "EditMedia"], "Edit"]


def folder_of(out: str) -> Path:
    """The out folder; its timeline.json may be named instead."""
    path = Path(out)
    return path.parent if path.name == "timeline.json" and not path.is_dir() else path


def read_edits(out: str, who: Who) -> EditedFolder:
    """The folder as it stands. Raises EditError where somebody edited since the edit that --after names."""
    from rushes.run.edits import edited

    folder = edited(folder_of(out))
    _look_at(folder, out, who)
    return folder


def _look_at(folder: EditedFolder, out: str, who: Who) -> None:
    """Say what was mended, and refuse a folder where somebody edited since the edit that --after names."""
    from rushes.timeline.edit_log import EditError

    for note in folder.notes:
        print(f"note: {note}", file=sys.stderr)
    entries = folder.log.entries
    if who.after is not None and who.after != len(entries):
        last = entries[-1] if entries else None
        made = f"edit {last.n} ({last.action}) by {last.by}, {last.timestamp}" if last else "none"
        what = f"the last edit is not the {who.after}. any more: it is {made}"
        raise EditError(Problem(None, what, f"look at `rushes history {out}`, then try again"))


def media_of(folder: EditedFolder, where: Where) -> EditMedia:
    """The files that the edit may show."""
    return media_beside(folder.out, folder.timeline, where)


def media_beside(out: Path, timeline: Timeline, where: Where) -> EditMedia:
    """The files that an edit may show. out: the folder that its run.json lies in, if there is one."""
    from rushes.run.edit_media import EditMedia
    from rushes.run.provenance import RECORD_FILE, clips_of, footage_of, read_record
    from rushes.store.digests import DigestIndex

    said, chosen, names = {}, None, {clip.file: clip.digest for clip in timeline.clips}
    if (out / RECORD_FILE).is_file():
        record = read_record(out / RECORD_FILE)
        said, names = record["arguments"], {**names, **clips_of(record)}
        chosen = footage_of(record)
    footage = where.footage or said.get("footage")
    library = where.library or os.environ.get("RUSHES_LIBRARY") or said.get("library")
    cache = Path(where.cache or said.get("cache") or cache_dir(None))
    return EditMedia(
        names,
        Path(footage) if footage else None,
        library_path(str(library) if library else None),
        DigestIndex(cache / "digests.index"),
        chosen,
    )


def say_unknown_reason(folder: EditedFolder, reason: str) -> None:
    """A note where regenerating will not heed a reason, as the recipe of the run has none of that name."""
    from rushes.recipe.names import did_you_mean
    from rushes.run.provenance import RECORD_FILE, read_record

    if not reason or not (folder.out / RECORD_FILE).is_file():
        return
    edit = read_record(folder.out / RECORD_FILE)["recipe"].get("edit") or {}
    known = list(edit.get("delete_reasons") or {})
    if known and reason not in known:
        fix = did_you_mean(reason, known, kind="reasons of the recipe")
        print(f"note: {reason!r} is kept, but changes no later choice; {fix}", file=sys.stderr)


def on_clip(out: str, clip: str, make: Make, where: Where, who: Who, json: bool) -> int:
    """Make an edit of one clip, write it, and say what changed."""
    from rushes.timeline.name_clip import clip_meant

    def decide(folder: EditedFolder) -> Sequence[Edit]:
        return [make(folder, clip_meant(folder.timeline, clip), media_of(folder, where))]

    return change_edit(out, decide, who, json)


def change_edit(out: str, decide: Callable[[EditedFolder], Sequence[Edit]], who: Who, json: bool) -> int:
    """Decide on edits of the folder as it is when nobody else edits it, add them as one step, and say what changed and how
    it is rendered. No edits are no step: then nothing is said either."""
    from rushes.run.edits import change

    edits: list[Edit] = []

    def look(folder: EditedFolder) -> Sequence[Edit]:
        _look_at(folder, out, who)
        edits.extend(decide(folder))
        return edits

    before, after = change(folder_of(out), look, by=who.name(), timestamp=who.timestamp())
    if edits:
        _say(out, edits, before.timeline, after, json)
    return Exit.DONE


def _say(out: str, edits: Sequence[Edit], before: Timeline, after: EditedFolder, json: bool) -> None:
    from rushes.timeline.edit_words import all_edit_words, effect_words, step_words
    from rushes.timeline.judge import broken
    from rushes.timeline.titles import hasty_titles

    said = all_edit_words(edits, before)
    if edits[0].action in ("undo", "redo"):
        stepped = step_words(after.plan, after.log.entries)
        said = (
            [f"{said[0]}: {stepped[0]}"]
            if len(stepped) == 1
            else [f"{said[0]}:", *(f"  {one}" for one in stepped)]
        )
    effects = list(effect_words(edits, before, after.timeline))
    known = broken(before)
    newly = [text for name, text in broken(after.timeline).items() if name not in known]
    was_hasty = hasty_titles(before)
    hasty = [text for name, (_, text) in hasty_titles(after.timeline).items() if name not in was_hasty]
    if json:
        print_json(
            {
                "edit": len(after.log.entries),
                "done": said,
                "effects": effects,
                "broken": newly,
                "hasty_titles": hasty,
                "clips": len(after.timeline.clips),
                "duration_s": round(float(after.timeline.duration_s()), 6),
            }
        )
        return
    print("\n".join(said))
    if effects:
        print("; ".join(effects))
    for text in (*newly, *hasty):
        print(f"warning: {text}", file=sys.stderr)
    if _looks(before) != _looks(after.timeline):
        print(f"make the video anew with `rushes render {shlex.quote(out)}`")


def _looks(timeline: Timeline) -> tuple[object, ...]:
    """All that is seen and heard of an edit."""
    shots = [
        (clip.digest, clip.source_start_frames, clip.duration_frames, clip.retime, clip.reframe)
        for clip in timeline.clips
    ]
    cuts = [
        (part.type, part.at_frames, part.duration_frames, part.direction) for part in timeline.transitions
    ]
    return shots, cuts, timeline.titles


def time_given(option: str, text: str, now_s: Fraction) -> Fraction:
    """Seconds that an option says; + and - are seen from `now_s`. Raises RecipeError."""
    from rushes.recipe.times import time_fix
    from rushes.units import text_to_seconds

    sign, rest = (text[0], text[1:]) if text[:1] in ("+", "-") else ("", text)
    try:
        given_s = Fraction(rest) if _NUMBER.fullmatch(rest) else text_to_seconds(rest)
    except ValueError:
        raise RecipeError(Problem(None, f"{option} is {text!r}, which is no time", time_fix(rest))) from None
    return given_s if not sign else now_s + given_s if sign == "+" else now_s - given_s
