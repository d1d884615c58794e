"""A small table of analyzers and a folder in which recipes are written and loaded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import pytest
from rushes.analyze.spec import Analyzer, Column, Wishes
from rushes.errors import RecipeError
from rushes.recipe.limits import Limits, check_limits
from rushes.recipe.load import Resolved, load_recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class LookParams:
    """sample_hz: pictures a second. low, high: of a range."""

    sample_hz: Annotated[float, Limits(above=0, most=60)] = 5.0
    low: int = 1
    high: int = 9

    def __post_init__(self) -> None:
        check_limits(self)
        if self.low > self.high:
            raise ValueError(f"low={self.low} is above high={self.high}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HearParams:
    """window_s: width of what is heard at once."""

    window_s: float = 1.0


def _no_wishes(params: object) -> Wishes:
    return Wishes()


def _analyzer(name: str, source: str, params: type, *columns: Column) -> Analyzer:
    return Analyzer(
        name=name,
        version=1,
        source=source,  # type: ignore[arg-type]
        params=params,
        wishes=_no_wishes,
        start="nowhere:start",
        columns=columns,
    )


TABLE = MappingProxyType(
    {
        "look": _analyzer(
            "look",
            "clip",
            LookParams,
            Column(name="sharp_01", unit="01", says="Sharpness."),
            Column(name="shake_01", unit="01", says="Shake."),
            Column(name="kind", type="text", choices=("still", "moving"), says="Kind."),
        ),
        "listen": _analyzer(
            "listen", "clip", HearParams, Column(name="loud_lufs", unit="lufs", says="Loudness.")
        ),
        "beats": _analyzer("beats", "song", HearParams),
    }
)

HEAD = """schema: rushes/recipe@1
analyzers: {look: {}}
scores:
  good: {terms: {sharp: {value: sharp_01, weight: 1}}}
"""
"""The head of a recipe; its edit stands in line 5."""
GOOD = HEAD + "edit: {score: good, grid: free}\n"
"""A recipe that is sound; tests put their own lines below or in its place."""
MORE = "schema: rushes/recipe@1\nanalyzers: {more: {}}\nedit: null\n"
"""A recipe with the analyzer of `with_more`."""


def with_more(*columns: Column, source: str = "tables", reads: tuple[str, ...] = ()) -> dict[str, Any]:
    """The table with one more analyzer, `more`."""
    more = replace(TABLE["look"], name="more", source=source, columns=columns, reads=reads)
    return {"analyzers": {**TABLE, "more": more}}


def marked(text: str) -> tuple[str, str]:
    """The text without its §, and the place where that stood in r.yaml."""
    before, after = text.split("§")
    return before + after, f"r.yaml:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


CONSTRAINED = (
    GOOD.partition("edit:")[0]
    + """thresholds: {enough_01: 0.5}
rules: {sharp: {when: sharp_01 > enough_01, say: sharp}}
"""
)
"""The head of a recipe with constraints, and with those of music."""
CONSTRAINED_WITH_SONG = CONSTRAINED.replace("{look: {}}", "{look: {}, beats: {}}") + "song: {}\n"


def constrained(constraints: str, more: str = "", head: str = CONSTRAINED) -> str:
    """A recipe with these constraints, and with more keys of edit."""
    grid = "beat" if head == CONSTRAINED_WITH_SONG else "free"
    return f"{head}edit: {{score: good, grid: {grid}, {more} constraints: {{{constraints}}}}}\n"


class Folder:
    """Recipes written and loaded in a folder of their own."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, text: str | bytes) -> str:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return name

    def load(self, text: str | bytes, *overrides: str, **more: Any) -> Resolved:
        return self.load_file(self.write("r.yaml", text), *overrides, **more)

    def load_file(self, path: str, *overrides: str, **more: Any) -> Resolved:
        return load_recipe(path, **{"analyzers": TABLE, "overrides": overrides, **more})

    def problems(self, text: str | bytes, *overrides: str, **more: Any) -> str:
        """Every problem as printed."""
        with pytest.raises(RecipeError) as caught:
            self.load(text, *overrides, **more)
        return str(caught.value)
