"""What a creator likes, learned from the library file; and the file that keeps it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from rushes import __version__
from rushes.analyze.spec import Analyzer
from rushes.errors import Problem, RecipeError
from rushes.recipe.spec import Recipe
from rushes.run.whole_file import cannot_be_written, whole_file
from rushes.score.feedback import Engagement, creator_fault, fold_feedback
from rushes.score.personal import PersonalWeights, train_personal, weights_to_json
from rushes.store.library_file import LibraryFile

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

    columns = [column for spec in recipe.analyzers for column in analyzers[spec.name].columns]
    program = read_personal(recipe, columns)
    return personal_features(program, file.columns(program.needs))


def write_weights(learned: PersonalWeights, path: Path) -> None:
    """Replace the file, whole or not at all. Raises RenderError where it cannot be written."""
    text = json.dumps(weights_to_json(learned), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_be_written(path, error, _ELSEWHERE) from None
    with whole_file(path, _ELSEWHERE) as part:
        part.write_text(text, encoding="utf-8")
