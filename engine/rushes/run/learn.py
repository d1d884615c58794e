"""What a creator likes, learned from the library file; and the file that keeps it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from rushes import __version__
from rushes.analyze.spec import Analyzer
from rushes.errors import Problem, RecipeError
from rushes.graph.analysis import plan_analysis
from rushes.media.find import name_metadata
from rushes.models.installed import InstalledModels
from rushes.recipe.spec import Recipe
from rushes.run.whole_file import cannot_be_written, whole_file
from rushes.score.feedback import Engagement, creator_fault, fold_feedback
from rushes.score.personal import PersonalWeights, train_personal, weights_to_json
from rushes.store.library_file import Json, LibraryFile

_ELSEWHERE = "file with --to"


def learn_personal(
    recipe: Recipe, analyzers: Mapping[str, Analyzer], library: Path, creator: str
) -> PersonalWeights:
    """Learn from a creator's feedback and the stored columns of the clips that it is about. Opens no media.

    Raises RecipeError where the recipe has no personal features, StoreError where the library cannot be read.
    """
    if recipe.personal is None or not recipe.personal.features:
        what = f"the recipe {recipe.name} has no personal features to learn weights for"
        raise RecipeError(
            Problem(None, what, "give it a section personal with features, or name another recipe")
        )
    if fault := creator_fault(creator):
        # Of a recipe: --creator has been looked at before.
        raise RecipeError(Problem(None, f"creator_id: {fault}", "give another one with --creator"))
    with LibraryFile(library, read_only=True) as file:
        rule = Engagement(
            min_views=recipe.personal.engaged_views,
            min_completion_01=recipe.personal.engaged_completion_01,
        )
        states = fold_feedback(file.feedback(creator), rule)
        features = _features(recipe, analyzers, file)
    return train_personal(states, features, recipe.personal, creator=creator, rushes_version=__version__)


def _features(
    recipe: Recipe, analyzers: Mapping[str, Analyzer], file: LibraryFile
) -> dict[str, dict[str, float | None]]:
    # Loads polars, which a creator without a library need not wait for.
    from rushes.score.personal_features import personal_features, read_personal

    # Of all that the recipe may name, whether the models are there or not.
    named = plan_analysis(recipe.analyzers, analyzers, InstalledModels()).named
    program = read_personal(recipe, [column for name in named for column in analyzers[name].columns])
    return personal_features(program, _with_metadata(file.columns(program.needs), recipe))


def _with_metadata(stored: Mapping[str, Sequence[Json]], recipe: Recipe) -> dict[str, Sequence[Json]]:
    """What the names of files say stands before what was seen, and is then sure, as in `score.library.gather`."""
    rules = recipe.footage.metadata
    said = [dict(name_metadata(clip, rules)) for clip in stored["clip"]]
    laid: dict[str, Sequence[Json]] = dict(stored)
    for name in rules:
        if name in stored:
            laid[name] = [by_name.get(name, seen) for by_name, seen in zip(said, stored[name], strict=True)]
        sure = f"{name}_confidence_01"
        if sure in stored:
            laid[sure] = [
                1.0 if name in by_name else seen for by_name, seen in zip(said, stored[sure], strict=True)
            ]
    return laid


def write_weights(learned: PersonalWeights, path: Path) -> None:
    """Replace the file, whole or not at all. Raises RenderError where it cannot be written."""
    text = json.dumps(weights_to_json(learned), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_be_written(path, error, _ELSEWHERE) from None
    with whole_file(path, _ELSEWHERE) as part:
        part.write_text(text, encoding="utf-8")
