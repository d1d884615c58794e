"""rushes learn: what a creator likes, from what was done with clips."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rushes.cli.library_options import Library, creator_name, library_path
from rushes.cli.options import AsJson, Exit, Overrides, Profile, personal_dir, print_json, without_collecting

if TYPE_CHECKING:
    from rushes.recipe.spec import PersonalSpec
    from rushes.score.personal import PersonalWeights

app = typer.Typer(help="Learn from feedback.", no_args_is_help=True)


@app.callback()
def learn() -> None:
    """Learn from feedback."""


@app.command("personal")
def personal(
    recipe: Annotated[
        str,
        typer.Argument(
            help="Recipe whose personal features get weights: a file, or the name of a shipped one.",
            metavar="[RECIPE]",
        ),
    ] = "best_clips",
    creator: Annotated[
        str | None,
        typer.Option(
            "--creator",
            metavar="NAME",
            help="Whose feedback to learn from; default: the creator of the recipe or profile.",
            callback=creator_name,
            show_default=False,
        ),
    ] = None,
    library: Library = None,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="FILE",
            help="Where to write the weights; default personal/CREATOR.json in the user's data folder.",
            show_default=False,
        ),
    ] = None,
    profile: Profile = None,
    overrides: Overrides = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the weights, write nothing.")] = False,
    json: AsJson = False,
) -> int:
    """Learn which clips a creator likes, from favourites and bads.

    A weight is the mean of a feature over the favourites less that over the bads, times the rate, within bounds; all these
    numbers stand in the recipe. The same feedback and analyses give the same weights. No media is opened.
    """
    from rushes.analyze.table import known_analyzers
    from rushes.recipe.load import load_recipe
    from rushes.run.learn import learn_personal, write_weights
    from rushes.score.personal import weights_to_json

    analyzers = known_analyzers()
    loaded = load_recipe(recipe, analyzers=analyzers, profile=profile, overrides=overrides or []).recipe
    who = creator or loaded.creator_id
    with without_collecting():
        learned = learn_personal(loaded, analyzers, library_path(library), who)
    target = personal_dir() / f"{who}.json" if to is None else Path(to)
    kept = bool(learned.needs) and to is None and target.is_file()
    if not dry_run and not kept:
        write_weights(learned, target)
    if json:
        print_json({**weights_to_json(learned), "path": None if dry_run or kept else str(target)})
        return Exit.DONE
    assert loaded.personal is not None, "learn_personal refuses such a recipe"
    _print(learned, loaded.personal)
    if kept:
        print(f"the weights learned before stay as they are; delete {target} to do without them")
    else:
        print("nothing was written" if dry_run else f"wrote {target}")
    return Exit.DONE


def _print(learned: PersonalWeights, spec: PersonalSpec) -> None:
    from rushes.score.personal import evidence_words, weight_words

    used = learned.trained_on
    print(
        f"{learned.creator}: {_counted(used.favourites, 'favourite')}, {_counted(used.bads, 'bad')}, "
        f"{used.engaged} watched or used without a tag"
    )
    if used.not_analysed:
        print(f"{_counted(used.not_analysed, 'more clip')} with feedback not analysed in this library yet")
    if learned.needs:
        print(f"needs more feedback: {learned.needs}")
        return
    for feature in spec.features:
        weight = learned.weights[feature.name]
        words = weight_words(feature.name, weight, feature.says)
        gaps = evidence_words(used.features[feature.name], used)
        print(f"{feature.name:<16} {words}{f' ({gaps})' if gaps else ''}")


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
