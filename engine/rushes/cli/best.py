"""rushes best: the best clips of a library, by what is known of them."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rushes.cli.library_options import Library, library_path
from rushes.cli.model_folder import Models, models_dir, models_option
from rushes.cli.options import (
    AsJson,
    Cache,
    Exit,
    Footage,
    Overrides,
    Profile,
    cache_dir,
    personal_dir,
    print_json,
    without_collecting,
)

if TYPE_CHECKING:
    from rushes.run.best import Best, BestClip

_HEADS = ("#", "clip", "score", "", "heur", "ml", "pers", "faces", "smile", "speech", "why")
_LEFT = ("clip", "", "why")
_ANY_WIDTH = 10_000
"""Where nobody watches, every clip is one line, however long."""


def best(
    recipes: Annotated[
        list[str],
        typer.Argument(help="Recipe files or names; each makes its own table.", metavar="RECIPE..."),
    ],
    footage: Footage = None,
    threshold: Annotated[
        float | None,
        typer.Option("--threshold", min=0, max=1, help="List scores from here on only.", show_default=False),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="List at most so many.")] = 20,
    unscored: Annotated[
        bool, typer.Option("--unscored", help="List the clips without a score too, with the reason.")
    ] = False,
    profile: Profile = None,
    overrides: Overrides = None,
    library: Library = None,
    cache: Cache = None,
    models: Models = None,
    json: AsJson = False,
) -> int:
    """Rank clips by what runs have found in them. Scores are computed anew, with the recipe and weights of today; no
    media is opened. Without --footage: every clip of the library."""
    with without_collecting():
        from rushes.run.best import best as best_clips
        from rushes.run.standing import ViewRequest

        requests = [
            ViewRequest(
                recipe=recipe,
                footage=footage,
                profile=profile,
                overrides=tuple(overrides or ()),
                cache=cache_dir(cache),
                library=library_path(library),
                models=models_dir(models),
                models_option=models_option(models),
                personal=personal_dir(),
            )
            for recipe in recipes
        ]
        found = best_clips(requests, threshold_01=threshold, limit=limit)
    if json:
        rows = [_to_json(one, unscored=unscored) for one in found]
        print_json(rows if len(rows) > 1 else rows[0])
        return Exit.DONE
    for number, one in enumerate(found):
        print("\n" if number else "", end="")
        _print(one, recipes[number], unscored=unscored)
    return Exit.DONE


def _to_json(found: Best, *, unscored: bool) -> dict[str, Any]:
    return {
        "recipe": found.recipe,
        "score": found.score,
        "counts": _counts(found),
        "clips": [_clip_to_json(clip) for clip in found.clips],
        **({"unscored": [_clip_to_json(clip) for clip in found.unscored]} if unscored else {}),
    }


def _counts(found: Best) -> dict[str, int]:
    return {
        "total": found.total,
        "scored": found.scored,
        "above": found.above,
        "rejected": found.rejected,
        "unscored": found.total - found.scored - found.rejected,
    }


def _clip_to_json(clip: BestClip) -> dict[str, Any]:
    from rushes.units import round_6

    fields = dataclasses.asdict(clip)
    return {name: round_6(value) if isinstance(value, float) else value for name, value in fields.items()}


def _print(found: Best, recipe: str, *, unscored: bool) -> None:
    print(f"{found.recipe}: {found.score}")
    if found.clips:
        _print_table(found.clips)
    if unscored:
        for clip in found.unscored:
            print(f"not scored: {clip.clip}: {'; '.join(clip.lacks)}")
    _print_total(found, recipe, unscored=unscored)


def _print_table(clips: Sequence[BestClip]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in _HEADS:
        left = head in _LEFT
        table.add_column(head, justify="left" if left else "right", overflow="fold", no_wrap=not left)
    for clip in clips:
        table.add_row(*_cells(clip))
    console = Console(width=None if sys.stdout.isatty() else _ANY_WIDTH)
    with console.capture() as drawn:
        console.print(table)
    for line in drawn.get().splitlines():
        print(line.rstrip())


def _cells(clip: BestClip) -> tuple[Any, ...]:
    from rich.text import Text

    why = ", ".join(clip.reasons)
    if clip.lacks:
        why += f"{' ' if why else ''}[partial: {', '.join(_named(clip.lacks))}]"
    return (
        str(clip.rank),
        Text(clip.clip),
        _number(clip.score),
        clip.badge or "",
        _number(clip.heuristic_score),
        _number(clip.ml_score),
        "-" if clip.personalized_boost is None else f"{clip.personalized_boost:+.2f}",
        *(
            _percent(value)
            for value in (clip.face_frames_percent, clip.smile_frames_percent, clip.speech_percent)
        ),
        Text(why),
    )


def _named(lacks: tuple[str, ...]) -> list[str]:
    """What is missing, without why: analyzers, and that a file breaks off."""
    return [lack.partition(":")[0] for lack in lacks]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f} %"


def _print_total(found: Best, recipe: str, *, unscored: bool) -> None:
    counts = _counts(found)
    above = f", {found.above} above the threshold" if found.above != found.scored else ""
    print(
        f"{len(found.clips)} of {counts['scored']} scored clips{above}; {counts['rejected']} rejected, "
        f"{counts['unscored']} not scored"
    )
    if counts["unscored"] and not unscored:
        print(f"why they are not scored: rushes best {recipe} --unscored")
