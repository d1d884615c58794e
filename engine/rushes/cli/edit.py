"""rushes edit: what the user of an edit does to it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import typer

from rushes.cli.edit_steps import (
    After,
    At,
    By,
    Clip,
    Out,
    Where,
    Who,
    folder_of,
    on_clip,
    say_unknown_reason,
    time_given,
)
from rushes.cli.library_options import Library
from rushes.cli.options import AsJson, Cache, Exit, Footage
from rushes.errors import Problem, RecipeError

if TYPE_CHECKING:
    from rushes.run.edit_media import EditMedia
    from rushes.run.edits import EditedFolder
    from rushes.timeline.edit_log import Edit
    from rushes.timeline.locks import Held
    from rushes.timeline.tree import TimelineClip

app = typer.Typer(no_args_is_help=True)

Ripple = Annotated[
    bool | None,
    typer.Option(
        "--ripple/--roll",
        help="Later clips move, or the clips beside it give and take the time. Deleting ripples; trimming rolls where "
        "there is a song.",
        show_default=False,
    ),
]
OnBeat = Annotated[bool, typer.Option("--on-beat", help="Cuts that move, move on to the nearest beat.")]


@app.callback()
def edit(context: typer.Context, out: Out) -> None:
    """Change an edit: delete, move, trim, replace, lock, unlock and note its clips. Nothing is lost: see rushes undo."""
    context.obj = out


@app.command("delete")
def delete(
    context: typer.Context,
    clip: Clip,
    reason: Annotated[
        str,
        typer.Option(
            "--reason",
            metavar="R",
            help="Why; regenerating heeds the names that the recipe has in edit.delete_reasons.",
        ),
    ] = "",
    ripple: Ripple = None,
    on_beat: OnBeat = False,
    footage: Footage = None,
    library: Library = None,
    cache: Cache = None,
    by: By = None,
    at: At = None,
    after: After = None,
    json: AsJson = False,
) -> int:
    """Take a clip out. Later clips move to the front; with --roll the clips beside it fill its place."""
    from rushes.timeline.make_edit import delete_edit

    def make(folder: EditedFolder, meant: TimelineClip, media: EditMedia) -> Edit:
        rippling = True if ripple is None else ripple
        made = delete_edit(folder.timeline, meant, reason, media.length_s, ripple=rippling, on_beat=on_beat)
        say_unknown_reason(folder, reason)
        return made

    return on_clip(context.obj, clip, make, Where(footage, library, cache), Who(by, at, after), json)


@app.command("move")
def move(
    context: typer.Context,
    clip: Clip,
    place: Annotated[int, typer.Argument(help="The place it shall have, from 1.", metavar="N")],
    on_beat: OnBeat = False,
    footage: Footage = None,
    library: Library = None,
    cache: Cache = None,
    by: By = None,
    at: At = None,
    after: After = None,
    json: AsJson = False,
) -> int:
    """Put a clip at another place. All clips keep their lengths, so the cuts between the two places move."""
    from rushes.timeline.make_edit import move_edit

    def make(folder: EditedFolder, meant: TimelineClip, media: EditMedia) -> Edit:
        return move_edit(folder.timeline, meant, place, media.length_s, on_beat=on_beat)

    return on_clip(context.obj, clip, make, Where(footage, library, cache), Who(by, at, after), json)


@app.command("trim")
def trim(
    context: typer.Context,
    clip: Clip,
    start: Annotated[
        str | None,
        typer.Option(
            "--start",
            metavar="TIME",
            help="Where it begins in its file, such as 3.2s; +0.2s and -0.2s are seen from where it begins now.",
            show_default=False,
        ),
    ] = None,
    end: Annotated[
        str | None,
        typer.Option("--end", metavar="TIME", help="Where it ends in its file.", show_default=False),
    ] = None,
    ripple: Ripple = None,
    on_beat: OnBeat = False,
    footage: Footage = None,
    library: Library = None,
    cache: Cache = None,
    by: By = None,
    at: At = None,
    after: After = None,
    json: AsJson = False,
) -> int:
    """Show another range of a clip's file. Under a song the clip after it gives or takes the time; --ripple moves all."""
    from rushes.timeline.make_edit import trim_edit

    if start is None and end is None:
        raise RecipeError(
            Problem(None, "neither --start nor --end is given", "say where the clip is to begin or end")
        )

    def make(folder: EditedFolder, meant: TimelineClip, media: EditMedia) -> Edit:
        rate = folder.timeline.rate_fps
        begin_s = None if start is None else time_given("--start", start, meant.source_start_s())
        end_s = None if end is None else time_given("--end", end, meant.source_end_s(rate))
        return trim_edit(
            folder.timeline, meant, begin_s, end_s, media.length_s, ripple=ripple, on_beat=on_beat
        )

    return on_clip(context.obj, clip, make, Where(footage, library, cache), Who(by, at, after), json)


@app.command("replace")
def replace(
    context: typer.Context,
    clip: Clip,
    with_: Annotated[
        str, typer.Argument(help="Another clip of the footage: its name, or its path.", metavar="WITH")
    ],
    start: Annotated[
        str | None,
        typer.Option(
            "--start",
            metavar="TIME",
            help="Where it begins in its file; default: as the runner-up, else the middle of the file.",
            show_default=False,
        ),
    ] = None,
    footage: Footage = None,
    library: Library = None,
    cache: Cache = None,
    by: By = None,
    at: At = None,
    after: After = None,
    json: AsJson = False,
) -> int:
    """Show another file at the same place, just as long."""
    from rushes.timeline.make_edit import replace_edit

    def make(folder: EditedFolder, meant: TimelineClip, media: EditMedia) -> Edit:
        start_s = None if start is None else time_given("--start", start, Fraction(0))
        return replace_edit(folder.timeline, meant, media.file(with_), start_s)

    return on_clip(context.obj, clip, make, Where(footage, library, cache), Who(by, at, after), json)


@app.command("lock")
def lock(
    context: typer.Context,
    clip: Clip,
    position: Annotated[bool, typer.Option("--position", help="Only its place on the timeline.")] = False,
    source: Annotated[bool, typer.Option("--source", help="Only the range of its file.")] = False,
    reason: Annotated[str, typer.Option("--reason", metavar="R", help="Why.")] = "",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="A remark.")] = "",
    by: By = None,
    at: At = None,
    after: After = None,
    json: AsJson = False,
) -> int:
    """Keep a clip as it is, whatever is edited or regenerated: its place, its source range, or both."""
    from rushes.timeline.make_edit import lock_edit

    def make(folder: EditedFolder, meant: TimelineClip, _media: EditMedia) -> Edit:
        what: Held = "both" if position == source else "position" if position else "source"
        return lock_edit(folder.timeline, meant, what, reason, note)

    return on_clip(context.obj, clip, make, Where(), Who(by, at, after), json)


@app.command("unlock")
def unlock(
    context: typer.Context,
    clip: Clip,
    by: By = None,
    at: At = None,
    after: After = None,
    json: AsJson = False,
) -> int:
    """Take the lock of a clip away."""
    from rushes.timeline.make_edit import unlock_edit

    def make(folder: EditedFolder, meant: TimelineClip, _media: EditMedia) -> Edit:
        return unlock_edit(folder.timeline, meant)

    return on_clip(context.obj, clip, make, Where(), Who(by, at, after), json)


@app.command("note")
def note(
    context: typer.Context,
    clip: Clip,
    text: Annotated[str, typer.Argument(help="The remark.", metavar="TEXT")],
    by: By = None,
    at: At = None,
    after: After = None,
    json: AsJson = False,
) -> int:
    """Write a remark on a clip."""
    from rushes.timeline.make_edit import note_edit

    def make(_folder: EditedFolder, meant: TimelineClip, _media: EditMedia) -> Edit:
        return note_edit(meant, text)

    return on_clip(context.obj, clip, make, Where(), Who(by, at, after), json)


@app.command("repair")
def repair_edits(context: typer.Context) -> int:
    """Mend a damaged log of edits or a timeline.json that was changed otherwise. What is taken out is kept beside it."""
    from rushes.run.edit_repair import repair

    said = repair(folder_of(context.obj))
    print("\n".join(said) or "nothing is wrong with the edits of this folder")
    return Exit.DONE
