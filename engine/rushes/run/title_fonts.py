"""The fonts of a recipe's titles, and whether they have the letters that are to be written."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from rushes.errors import Problem, RecipeError
from rushes.graph.sources import SourceFile
from rushes.recipe.load import Resolved
from rushes.recipe.title_spec import TitleSpec, with_facts
from rushes.store.digests import DigestIndex

TEXT_LIBRARY = "opencv-python-headless"
"""What draws titles, and brings the font that ships."""


def title_fonts(resolved: Resolved, digests: DigestIndex) -> dict[str, SourceFile]:
    """Font as the recipe names it -> the file. Raises RecipeError that lists every font that cannot be read, or all letters that are missing."""
    edit = resolved.recipe.edit
    if edit is None or not edit.titles:
        return {}
    problems = list(_unreadable(edit.titles)) or list(_without_letters(edit.titles, resolved))
    if problems:
        raise RecipeError(_placed(problem, resolved) for problem in problems)
    paths = sorted({title.font for title in edit.titles if title.font is not None})
    return {
        path: SourceFile(name=Path(path).name, path=path, digest=digests.digest(Path(path))) for path in paths
    }


def _unreadable(titles: tuple[TitleSpec, ...]) -> Iterator[Problem]:
    for title in titles:
        if title.font is None:
            continue
        path = f"edit.titles.{title.name}.font"
        if not os.path.isfile(title.font):
            what = f"there is no font file {title.font}"
            yield Problem(None, what, "correct the path, or null for the font that ships", path)
        elif not os.access(title.font, os.R_OK):
            what = f"the font file {title.font} may not be read"
            yield Problem(None, what, "give yourself permission to read it", path)
        elif not _is_font(title.font):
            what = f"{title.font} is no font that can be read"
            yield Problem(None, what, "name a .ttf or .otf file, or null for the font that ships", path)


def _is_font(path: str) -> bool:
    from rushes.emit.title_layout import is_font

    return is_font(Path(path))


def _without_letters(titles: tuple[TitleSpec, ...], resolved: Resolved) -> Iterator[Problem]:
    from rushes.emit.title_layout import missing_letters

    recipe = resolved.recipe
    facts: Mapping[str, str] = {"creator": recipe.creator_id, "recipe": recipe.name, "song": "", "clip": ""}
    for title in titles:
        font = None if title.font is None else Path(title.font)
        lacking = missing_letters(with_facts(title.text, facts), font)
        if lacking:
            letters = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in lacking)
            own = "the font that ships" if font is None else font.name
            other = "" if font else ", or name a font that has them"
            fix = f"leave them out{other}; emoji in color cannot be set"
            yield Problem(None, f"{own} has nothing for {letters}", fix, f"edit.titles.{title.name}.text")


def _placed(problem: Problem, resolved: Resolved) -> Problem:
    origin = resolved.origins.get(problem.path)
    return problem if origin is None else Problem(origin.place, problem.what, problem.fix)
