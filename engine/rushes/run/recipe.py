"""The recipe of a run: with what was learned of its creator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rushes.analyze.spec import Analyzer
from rushes.recipe.load import Resolved, load_recipe


def resolve_recipe(
    path: str,
    analyzers: Mapping[str, Analyzer],
    profile: str | None = None,
    overrides: Sequence[str] = (),
    personal: Path | None = None,
) -> Resolved:
    """The recipe with the learned weights of its creator, where the folder `personal` has some. Raises RecipeError."""
    resolved = load_recipe(path, analyzers=analyzers, profile=profile, overrides=overrides)
    learned = None if personal is None else personal / f"{resolved.recipe.creator_id}.json"
    if learned is None or not learned.is_file() or resolved.recipe.personal is None:
        return resolved
    return load_recipe(path, analyzers=analyzers, profile=profile, overrides=overrides, personal=learned)
