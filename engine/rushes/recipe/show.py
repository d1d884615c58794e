"""The resolved recipe as YAML: a recipe that stands alone, and, where asked, what set each value."""

from __future__ import annotations

from rushes.recipe.load import Origin, Resolved
from rushes.recipe.schema import RECIPE_ID
from rushes.recipe.shape import BUILT_IN
from rushes.recipe.yaml_text import yaml_lines

_ORIGIN_COLUMN = 48


def resolved_yaml(resolved: Resolved, origins: bool) -> str:
    """The whole recipe with nothing left to inherit: the same keys in the same order on every call.

    Loading it from the working folder gives the same recipe. origins: after each value, the place and the layer that
    set it.
    """
    lines = [f"schema: {RECIPE_ID}"]
    for path, text in yaml_lines(resolved.tree):
        origin = resolved.origins.get(".".join(path)) if path else None
        if _is_idle(path, origin):
            continue
        lines.append(_with_origin(text, origin) if origin and origins else text)
    return "\n".join(lines) + "\n"


def _is_idle(path: tuple[str, ...], origin: Origin | None) -> bool:
    """Whether a line is one of the many keys of a constraint that nobody has set: most belong to other kinds."""
    return (
        path[:2] == ("edit", "constraints")
        and len(path) > 3
        and origin is not None
        and origin.layer == BUILT_IN
    )


def _with_origin(line: str, origin: Origin) -> str:
    layer = (
        "" if origin.layer == "recipe" or str(origin.place).startswith(origin.layer) else f" ({origin.layer})"
    )
    return f"{line:<{_ORIGIN_COLUMN}}  # {origin.place}{layer}"
