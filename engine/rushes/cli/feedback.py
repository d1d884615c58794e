"""rushes feedback: what people did with clips, kept in the library file."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rushes.cli.library_options import ANYBODY, Creator, Library, library_path
from rushes.cli.options import AsJson, Cache, Exit, cache_dir, print_json
from rushes.errors import Place, Problem, RecipeError

if TYPE_CHECKING:
    from rushes.store.find_clip import FoundClip
    from rushes.store.library_file import FeedbackEvent, LibraryFile

app = typer.Typer(
    help="Say what you think of clips, and what was done with them. `rushes learn personal` learns from it.\n\n"
    "CLIP is a video file, the name of a clip that a recipe has run over, or 8 or more digits of its digest. Feedback "
    "belongs to the content of the file: renaming or moving it loses nothing.",
    no_args_is_help=True,
)

_NUMBER = re.compile(r"\d+(\.\d+)?")

Clips = Annotated[
    list[str], typer.Argument(help="Video files, names or digests of clips.", metavar="CLIP...")
]
Clip = Annotated[str, typer.Argument(help="Video file, name or digest of a clip.", metavar="CLIP")]
Note = Annotated[str, typer.Option("--note", metavar="TEXT", help="Why, in your words.", show_default=False)]


@app.command("favorite")
def favorite(
    clips: Clips, note: Note = "", creator: Creator = ANYBODY, library: Library = None, cache: Cache = None
) -> int:
    """Tag clips as favourites: more like these."""
    return _add("favorite", clips, {}, note, creator, library, cache)


@app.command("bad")
def bad(
    clips: Clips, note: Note = "", creator: Creator = ANYBODY, library: Library = None, cache: Cache = None
) -> int:
    """Tag clips as bad: fewer like these."""
    return _add("bad", clips, {}, note, creator, library, cache)


@app.command("untag")
def untag(
    clips: Clips, note: Note = "", creator: Creator = ANYBODY, library: Library = None, cache: Cache = None
) -> int:
    """Take the tag of clips back: neither favourite nor bad."""
    return _add("untag", clips, {}, note, creator, library, cache)


@app.command("view")
def view(
    clip: Clip,
    watched: Annotated[
        str | None,
        typer.Option("--watched", metavar="TIME", help="For how long, such as 8s.", show_default=False),
    ] = None,
    of: Annotated[
        str | None,
        typer.Option(
            "--of", metavar="TIME", help="Length of the clip; default: as analysed.", show_default=False
        ),
    ] = None,
    completion: Annotated[
        float | None,
        typer.Option(
            "--completion",
            metavar="SHARE",
            min=0.0,
            max=1.0,
            help="Instead of times: the share that was watched, 0..1.",
            show_default=False,
        ),
    ] = None,
    rewatch: Annotated[bool, typer.Option("--rewatch", help="It was watched again.")] = False,
    note: Note = "",
    creator: Creator = ANYBODY,
    library: Library = None,
    cache: Cache = None,
) -> int:
    """Say that a clip was watched, and how much of it."""
    watch_s = None if watched is None else _seconds("--watched", watched)
    length_s = None if of is None else _seconds("--of", of)
    if length_s is not None and watch_s is None:
        raise RecipeError(Problem(None, "--of says nothing without --watched", "add --watched TIME"))
    if length_s is not None and completion is not None:
        raise RecipeError(Problem(None, "--of and --completion say the same", "give one of them"))
    value: dict[str, Any] = {} if watch_s is None else {"watch_s": watch_s}
    if rewatch:
        value["rewatch"] = True
    if completion is not None:
        value["completion_01"] = completion
    return _add("view", [clip], value, note, creator, library, cache, length_s=length_s)


@app.command("skip")
def skip(
    clip: Clip,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="TIME", help="Where in the clip, such as 3s.", show_default=False),
    ] = None,
    note: Note = "",
    creator: Creator = ANYBODY,
    library: Library = None,
    cache: Cache = None,
) -> int:
    """Say that a clip was left before its end."""
    value = {} if at is None else {"position_s": _seconds("--at", at)}
    return _add("skip", [clip], value, note, creator, library, cache)


@app.command("export")
def export(
    clips: Clips, note: Note = "", creator: Creator = ANYBODY, library: Library = None, cache: Cache = None
) -> int:
    """Say that clips went into a finished video. (To write feedback to a file: rushes feedback save.)"""
    return _add("export", clips, {}, note, creator, library, cache)


@app.command("list")
def list_(
    creator: Annotated[
        str | None,
        typer.Option("--creator", metavar="NAME", help="Whose; default: everybody's.", show_default=False),
    ] = None,
    library: Library = None,
    json: AsJson = False,
) -> int:
    """Print what every clip's feedback comes to, by creator."""
    from rushes.score.feedback import fold_feedback
    from rushes.store.library_file import LibraryFile

    with LibraryFile(library_path(library), read_only=True) as file:
        events, names = file.feedback(creator), {clip.digest: clip.name for clip in file.seen()}
    rows = [
        {"creator": name, "clip": names.get(digest), "digest": digest, **asdict(state)}
        for name in sorted({event.creator for event in events})
        for digest, state in fold_feedback(event for event in events if event.creator == name).items()
    ]
    rows.sort(key=lambda row: (row["creator"], row["clip"] or "", row["digest"]))
    if json:
        print_json(rows)
        return Exit.DONE
    for row in rows:
        print(f"{row['creator']:<12} {row['clip'] or row['digest'][:12]:<32} {_words(row)}")
    print(f"{len(events)} events, {len(rows)} clips")
    return Exit.DONE


@app.command("save")
def save(
    file: Annotated[str, typer.Argument(help="File to write; - for stdout.", metavar="FILE")],
    creator: Annotated[
        str | None,
        typer.Option("--creator", metavar="NAME", help="Whose; default: everybody's.", show_default=False),
    ] = None,
    library: Library = None,
) -> int:
    """Write all feedback to a file of JSON lines, to keep it or to load it elsewhere."""
    from rushes.run.whole_file import whole_file
    from rushes.score.feedback_lines import event_line
    from rushes.store.library_file import LibraryFile

    with LibraryFile(library_path(library), read_only=True) as opened:
        events = opened.feedback(creator)
    text = "".join(f"{event_line(event)}\n" for event in events)
    if file == "-":
        print(text, end="")
        return Exit.DONE
    with whole_file(Path(file), "file") as part:
        part.write_text(text, encoding="utf-8")
    print(f"{len(events)} events written to {file}")
    return Exit.DONE


@app.command("load")
def load(
    file: Annotated[str, typer.Argument(help="File of JSON lines; - for stdin.", metavar="FILE")],
    library: Library = None,
) -> int:
    """Read feedback from a file of JSON lines. What is known already is not added again."""
    from rushes.score.feedback_lines import events_of_lines
    from rushes.store.library_file import LibraryFile

    events = events_of_lines(_lines(file), "stdin" if file == "-" else file)
    with LibraryFile(library_path(library)) as opened:
        new = opened.add_feedback(events)
    print(f"{new} new of {len(events)} events")
    return Exit.DONE


def _add(
    kind: str,
    words: Sequence[str],
    value: Mapping[str, Any],
    note: str,
    creator: str,
    library: str | None,
    cache: str | None,
    *,
    length_s: float | None = None,
) -> int:
    from rushes.store.digests import DigestIndex
    from rushes.store.find_clip import find_clips
    from rushes.store.library_file import LibraryFile

    with LibraryFile(library_path(library)) as file:
        found = find_clips(words, file.seen(), DigestIndex(cache_dir(cache) / "digests.index"))
        if "watch_s" in value and "completion_01" not in value:
            value = _with_completion(value, length_s, file, found[0])
        file.add_feedback([_event(kind, clip, value, note, creator) for clip in found])
    for clip in found:
        print(f"{kind}: {clip.name}" + ("" if clip.known else " (not analysed yet)"))
    return Exit.DONE


def _event(kind: str, clip: FoundClip, value: Mapping[str, Any], note: str, creator: str) -> FeedbackEvent:
    from uuid import uuid4

    from rushes.score.feedback import FeedbackEvent, utc_text

    now = utc_text(datetime.now(UTC))
    return FeedbackEvent(
        uid=uuid4().hex, clip=clip.digest, creator=creator, kind=kind, value=value, at=now, note=note
    )


def _with_completion(
    value: Mapping[str, Any], length_s: float | None, file: LibraryFile, clip: FoundClip
) -> dict[str, Any]:
    """How much of the clip was watched, where its length is given or known."""
    if length_s is None:
        known = file.clips([clip.digest])
        length_s = known[0].facts.get("duration_s") if known else None
    if not length_s:
        return dict(value)
    return {**value, "completion_01": round(min(1.0, value["watch_s"] / length_s), 6)}


def _seconds(option: str, text: str) -> float:
    from rushes.recipe.times import time_fix
    from rushes.units import text_to_seconds

    try:
        return float(text) if _NUMBER.fullmatch(text) else float(text_to_seconds(text))
    except ValueError:
        raise RecipeError(Problem(None, f"{option} is {text!r}, which is no time", time_fix(text))) from None


def _lines(file: str) -> list[str]:
    if file == "-":
        return sys.stdin.read().split("\n")
    try:
        return Path(file).read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        fix = "give a file that `rushes feedback save` wrote"
        raise RecipeError(Problem(Place(file), f"cannot be read: {reason}", fix)) from None


def _words(row: Mapping[str, Any]) -> str:
    counts = [
        ("viewed", row["views"]),
        ("rewatched", row["rewatches"]),
        ("exported", row["exports"]),
        ("skipped", row["skips"]),
    ]
    parts = [row["tag"] or "-"] + [f"{name} {count} x" for name, count in counts if count]
    if row["completion_01"]:
        parts.append(f"watched to {row['completion_01']:.0%}")
    return ", ".join(parts + (["engaged"] if row["engaged"] else []))
