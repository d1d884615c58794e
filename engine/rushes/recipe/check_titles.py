"""Whether titles can be written."""

from __future__ import annotations

import re
import unicodedata

from rushes.recipe.facts import Facts
from rushes.recipe.names import did_you_mean
from rushes.recipe.title_spec import COLOR, FACT, FACTS
from rushes.recipe.tree import Leaf

_TITLES = ("edit", "titles")
_WHEN = ("at", "from_s", "section", "clip")
_RIGHT_TO_LEFT = ("R", "AL", "AN")
_NOBODY = "default"
"""The creator of recipes that name none."""
_FONTS = (".ttf", ".otf", ".ttc")


def check_titles(facts: Facts) -> None:
    """Check every title of a canonical tree."""
    for name in facts.keys(*_TITLES):
        _check_text(facts, name)
        _check_when(facts, name)
        _check_look(facts, name)


def _check_text(facts: Facts, name: str) -> None:
    path = (*_TITLES, name, "text")
    text = facts.text(*path)
    if text is None:
        return
    place = facts.place(*path)
    if not text.strip():
        facts.error(place, f"the title {name} has no text", "write one, or take the title away: null")
    for found in FACT.finditer(text):
        fact = found.group(1)
        if fact is not None and fact not in FACTS:
            fix = did_you_mean(fact, FACTS, kind="facts") + "; a brace itself is written twice"
            facts.error(place, f"a title knows no fact {fact!r}", fix)
        elif fact == "clip" and facts.text(*_TITLES, name, "clip") is None:
            facts.error(place, "{clip} is known only over a shot", "add clip: GLOB to the title")
        elif fact == "creator" and facts.text("creator_id") == _NOBODY:
            what = f"{{creator}} is written as {_NOBODY!r}: the recipe has no creator"
            fix = "set creator_id: NAME, take --profile NAME, or write the name in place of {creator}"
            facts.warn(place, what, fix)
        elif fact == "song" and isinstance(facts.node("song"), Leaf):
            facts.error(
                place, "{song} is not known: the recipe has no song", "add song: {}, or write its name"
            )
    if re.search(r"[{}]", FACT.sub("", text)):
        facts.error(place, f"the title {name} has a single brace", "write {{ for { and }} for }")
    _check_script(facts, name, text)


def _check_script(facts: Facts, name: str, text: str) -> None:
    place = facts.place(*_TITLES, name, "text")
    shown = unicodedata.normalize("NFC", text)
    if any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in shown):
        what = f"the title {name} has letters of a script that runs from right to left"
        facts.error(place, what, "rushes cannot set it: add this title in an editing program (rushes export)")
    elif any(unicodedata.category(letter) in ("Mn", "Mc", "Me") for letter in shown):
        what = f"the title {name} has signs that are set above, below or around others"
        facts.error(
            place, what, "rushes cannot set them: add this title in an editing program (rushes export)"
        )


def _check_when(facts: Facts, name: str) -> None:
    said = [key for key in _WHEN if _is_said(facts, name, key)]
    if len(said) > 1:
        what = f"the title {name} says {' and '.join(said)}, which are two answers to when"
        facts.error(facts.key_place(*_TITLES, name, said[-1]), what, f"keep one of them: {said[0]}: null")
    until = (*_TITLES, name, "until_s")
    if not _is_said(facts, name, "until_s") or not facts.is_sound(*until):
        return
    if set(said) - {"from_s"}:
        what = f"the title {name} says until_s besides {said[0]}"
        facts.error(facts.place(*until), what, "say from_s and until_s, or length_s instead of until_s")
    elif "from_s" in said and facts.is_sound(*_TITLES, name, "from_s"):
        from_s = facts.number(*_TITLES, name, "from_s")
        if from_s >= facts.number(*until):
            what = f"the title {name} ends at {facts.number(*until):g} s, before it begins ({from_s:g} s)"
            facts.error(facts.place(*until), what, "raise until_s or lower from_s")


def _is_said(facts: Facts, name: str, key: str) -> bool:
    node = facts.node(*_TITLES, name, key)
    return isinstance(node, Leaf) and node.value is not None


def _check_look(facts: Facts, name: str) -> None:
    for key in ("color", "box_color"):
        color = facts.text(*_TITLES, name, key)
        if color is not None and not COLOR.fullmatch(color):
            place = facts.place(*_TITLES, name, key)
            facts.error(place, f"{color!r} is no color", 'write red, green and blue: "#ffcc00"')
    font = facts.text(*_TITLES, name, "font")
    if font is not None and not font.lower().endswith(_FONTS):
        place = facts.place(*_TITLES, name, "font")
        facts.error(
            place, f"{font} is no font file", "name a .ttf or .otf file, or null for the one that ships"
        )
