"""rushes regenerate: a section of an edit made anew, everything else as it is."""

from __future__ import annotations

import sys
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import typer

from rushes.cli.edit_steps import After, At, By, Out, Who, folder_of, read_edits, time_given
from rushes.cli.model_folder import Models
from rushes.cli.options import AsJson, Cache, Executor, Exit, Footage, Song, Workers, print_json
from rushes.cli.render import again_of
from rushes.errors import Problem, RecipeError

if TYPE_CHECKING:
    from rushes.run.again import Again
    from rushes.run.regenerate import Asked, Regenerated
    from rushes.timeline.tree import TimelineClip


def regenerate(
    out: Out,
    section: Annotated[
        str | None,
        typer.Option(
            "--section",
            metavar="FROM..TO",
            help="Which part of the edit, such as 8s..15s, 12s.. or ..4s; its borders are the nearest cuts.",
            show_default=False,
        ),
    ] = None,
    instruction: Annotated[
        str | None,
        typer.Option(
            "--instruction",
            metavar="NAME",
            help="How it is to differ; --list shows the instructions of the recipe.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed",
            metavar="N",
            min=0,
            help="Other shots that are nearly as good; each N gives others, 0 the best.",
            show_default=False,
        ),
    ] = None,
    list_all: Annotated[
        bool, typer.Option("--list", help="Show the instructions of the edit's recipe, and do nothing.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change and keep the edit as it is.")
    ] = False,
    footage: Footage = None,
    song: Song = None,
    cache: Cache = None,
    executor: Executor = "processes",
    workers: Workers = None,
    models: Models = None,
    by: By = None,
    at: At = None,
    after: After = None,
    json: AsJson = False,
) -> int:
    """Choose the shots of a section anew. Locked shots stay, deleted ones do not come again, the rest of the edit is as it was.

    Recipe, footage, song, models and store are those of the run; --footage and --song say where the files lie now.
    """
    again = again_of(footage, song, None, cache, executor, workers, models)
    if list_all:
        return _list(out, again, json)
    from rushes.cli.progress import ProgressView
    from rushes.run.edits import append_edits
    from rushes.run.regenerate import Asked, holds_still
    from rushes.run.regenerate import regenerate as make_anew

    start_s, end_s = _section(section)
    who = Who(by, at, after)
    folder = read_edits(out, who)
    asked = Asked(start_s=start_s, end_s=end_s, instruction=instruction, seed=seed)
    with ProgressView() as progress:
        found = make_anew(folder, asked, again, progress)
    if found.edit is not None and not dry_run:
        # With --after it is decided on that very state.
        still = None if who.after is not None else holds_still(found.edit)
        append_edits(folder, [found.edit], by=who.name(), timestamp=who.timestamp(), still=still)
    if json:
        print_json(_document(found, dry_run=dry_run))
    else:
        _say(found, out, asked, dry_run=dry_run)
    return Exit.DONE


def _list(out: str, again: Again, json: bool) -> int:
    from rushes.recipe.instructions import instruction_lines
    from rushes.run.again import instructions_of

    specs, since = instructions_of(folder_of(out), again)
    if since:
        print(f"note: {since}: these are the instructions of the run", file=sys.stderr)
    if json:
        print_json({spec.name: {"says": spec.says, "set": dict(spec.set)} for spec in specs})
        return Exit.DONE
    lines = [line.removeprefix("    ") for line in instruction_lines(specs)]
    print("\n".join(lines) or "the recipe has no instructions: add some to edit.instructions")
    return Exit.DONE


def _section(given: str | None) -> tuple[Fraction | None, Fraction | None]:
    """Beginning and end as --section says them; None: that of the edit."""
    fix = "write it as 8s..15s, 12s.. or ..4s"
    if given is None:
        raise RecipeError(
            Problem(None, "--section is not given", f"say which part is to be made anew: {fix}")
        )
    start, dots, end = (part.strip() for part in given.partition(".."))
    if not dots or not (start or end) or start.startswith(("+", "-")) or end.startswith(("+", "-")):
        raise RecipeError(Problem(None, f"--section is {given!r}, which is no range of time", fix))
    return _time(start), _time(end)


def _time(text: str) -> Fraction | None:
    return time_given("--section", text, Fraction(0)) if text else None


def _document(found: Regenerated, *, dry_run: bool) -> dict[str, object]:
    rate = found.timeline.rate_fps
    return {
        "section_start_s": round(float(found.section.start_frames / rate), 6),
        "section_end_s": round(float(found.section.end_frames / rate), 6),
        "changed": found.edit is not None,
        "written": found.edit is not None and not dry_run,
        "before": [_shot(clip, rate) for clip in found.before],
        "after": [_shot(clip, rate) for clip in found.after],
        "objective": found.made.objective,
        "bound": found.made.bound,
        "gap": found.made.gap,
        "notes": _notes(found),
        "warnings": list(found.made.warnings),
    }


def _shot(clip: TimelineClip, rate: Fraction) -> dict[str, object]:
    return {
        "id": clip.id,
        "file": clip.file,
        "source_start_s": round(float(clip.source_start_s()), 6),
        "timeline_start_s": round(float(clip.timeline_start_s(rate)), 6),
        "duration_s": round(float(clip.duration_s(rate)), 6),
        "locked": clip.locked,
        "ai_reasoning": clip.metadata.ai_reasoning,
    }


def _notes(found: Regenerated) -> list[str]:
    since = [f"{found.recipe_since}: this is by the recipe as it ran"] if found.recipe_since else []
    return [*since, *found.section.notes, *found.made.notes]


def _say(found: Regenerated, out: str, asked: Asked, *, dry_run: bool) -> None:
    from rushes.run.regenerate import changed_shots

    rate = found.timeline.rate_fps
    for warning in found.made.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    for note in _notes(found):
        print(f"note: {note}", file=sys.stderr)
    start_s, end_s = (float(frame / rate) for frame in (found.section.start_frames, found.section.end_frames))
    where = f"the section from {start_s:.2f} to {end_s:.2f} s"
    if found.edit is None:
        _say_unchanged(where, asked)
        return
    changed = changed_shots(found.before, found.after)
    print(f"{where}: {changed} of {len(found.after)} shots are new; there were {len(found.before)}")
    for clip in found.before:
        if clip not in found.after:
            print(_line("-", clip, rate))
    for clip in found.after:
        print(_line(" " if clip in found.before else "+", clip, rate))
    if dry_run:
        print("nothing was written: leave out --dry-run to make the edit")
        return
    print(f"take it back with `rushes undo {out}`; make the video anew with `rushes render {out}`")


def _say_unchanged(where: str, asked: Asked) -> None:
    """Never advises what was just given."""
    more = ["--instruction NAME (see --list)" if asked.instruction is None else "another instruction"]
    if asked.instruction is not None:
        print(f"no other shots of {where} follow {asked.instruction} better: nothing changes")
    elif asked.seed:
        print(f"no other shots of {where} are nearly as good: nothing changes")
    else:
        print(f"{where} is as good as it can be: nothing changes")
    if not asked.seed:
        more.insert(0, "--seed N")
    print(f"for other shots take {' or '.join(more)}, or delete what you dislike")


def _line(sign: str, clip: TimelineClip, rate: Fraction) -> str:
    at_s, end_s = (
        float(clip.timeline_start_s(rate)),
        float((clip.timeline_start_frames + clip.duration_frames) / rate),
    )
    lock = ", locked" if clip.locked else ""
    said = f"{clip.file} from {float(clip.source_start_s()):.2f} s"
    return f"  {sign} {at_s:6.2f}-{end_s:6.2f}  {clip.id}  {said}{lock}"
