from __future__ import annotations

import pytest
from recipe_samples import Folder
from rushes.analyze.table import ANALYZERS
from rushes.recipe.title_spec import with_facts

HEAD = "schema: rushes/recipe@1\nanalyzers: {speech: {}}\n"
TALK = "talk: {}, sound: {clips: only}"
"""A small recipe that is sound."""


def problems(folder: Folder, title: str) -> str:
    text = HEAD + f"edit: {{{TALK}, titles: {{t: {title}}}}}\n"
    return folder.problems(text, analyzers=ANALYZERS)


def test_a_title_needs_no_more_than_its_text(folder: Folder) -> None:
    resolved = folder.load(
        HEAD + f"edit: {{{TALK}, titles: {{t: {{text: Grüße aus Köln}}}}}}\n", analyzers=ANALYZERS
    )
    assert resolved.recipe.edit is not None
    (title,) = resolved.recipe.edit.titles
    assert (title.name, title.text, title.style, title.font) == ("t", "Grüße aus Köln", "title", None)


def test_a_font_lies_beside_the_file_that_names_it(folder: Folder) -> None:
    folder.write("up/base.yaml", HEAD + f"edit: {{{TALK}, titles: {{t: {{text: x, font: fonts/a.ttf}}}}}}\n")
    resolved = folder.load("schema: rushes/recipe@1\nextends: up/base.yaml\n", analyzers=ANALYZERS)
    assert resolved.recipe.edit is not None
    assert str(resolved.recipe.edit.titles[0].font).endswith("up/fonts/a.ttf")


@pytest.mark.parametrize(
    ("title", "what", "fix"),
    [
        ("{text: ' '}", "the title t has no text", "write one, or take the title away: null"),
        ("{text: 'by {creater}'}", "a title knows no fact 'creater'", "did you mean creator? facts:"),
        ("{text: '{clip}'}", "{clip} is known only over a shot", "add clip: GLOB to the title"),
        ("{text: 'a { b'}", "the title t has a single brace", "write {{ for { and }} for }"),
        ("{text: שלום}", "the title t has letters of a script that runs from right to left", "rushes cannot"),
        ("{text: नमस्ते}", "the title t has signs that are set above, below or around others", "rushes cannot"),
        ("{text: x, at: end, clip: a*}", "the title t says at and clip, which are two answers", "keep one"),
        (
            "{text: x, from_s: 3, until_s: 2}",
            "the title t ends at 2 s, before it begins (3 s)",
            "raise until_s",
        ),
        ("{text: x, at: end, until_s: 2}", "the title t says until_s besides at", "say from_s and until_s"),
        ("{text: x, color: red}", "'red' is no color", 'write red, green and blue: "#ffcc00"'),
        ("{text: x, font: a.woff2}", "a.woff2 is no font file", "name a .ttf or .otf file"),
        ("{text: x, style: banner}", "edit.titles.t.style cannot be the text 'banner'", "choices:"),
        ("{text: x, size_01: 2}", "edit.titles.t.size_01 is 2; it must be at most 0.5", "write a number"),
        ("{at: end}", "edit.titles.t has no text", "add text"),
    ],
)
def test_a_title_that_cannot_be_is_told_with_its_place(folder: Folder, title, what, fix) -> None:
    said = problems(folder, title)
    assert said.startswith("r.yaml:3:")
    assert what in said
    assert fix in said


def test_facts_are_filled_in_and_braces_written_twice_stay() -> None:
    facts = {"creator": "Ada", "song": "vibe_ace"}
    assert with_facts("{song} by {creator} {{x}} {clip}", facts) == "vibe_ace by Ada {x} {clip}"


def test_a_creator_whom_nobody_names_is_warned_of(folder: Folder) -> None:
    def warned(more: str, text: str = "by {creator}") -> list[str]:
        recipe = f"{HEAD}{more}edit: {{{TALK}, titles: {{t: {{text: '{text}'}}}}}}\n"
        return [str(one) for one in folder.load(recipe, analyzers=ANALYZERS).problems]

    (said,) = warned("")
    assert said.startswith("r.yaml:3:") and "{creator} is written as 'default'" in said
    assert "set creator_id: NAME" in said
    assert warned("creator_id: ada\n") == warned("", "by nobody") == warned("", "{{creator}}") == []
