"""Learned personal weights: a JSON file of schema rushes/personal@1 as a layer between the profile and `--set`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rushes.errors import Place, Problem
from rushes.recipe.files import shown
from rushes.recipe.names import did_you_mean
from rushes.recipe.tree import Branch, Entry, find, from_plain

SCHEMA = "rushes/personal@1"
LAYER = "personal"
"""Layer of every weight that was learned."""

_LEARN = "write it anew: rushes learn personal"
_SECTION = "personal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What such a file says.

    weights: personal feature -> -1..1, in the order of the file. creator: whose feedback it was. needs_more_feedback: there
    was too little to learn from, so that all weights are 0. trained_on: what it was learned from, for people.
    """

    path: str
    weights: Mapping[str, float]
    creator: str = ""
    needs_more_feedback: bool = False
    trained_on: Any = None


def read_learned(path: Path, problems: list[Problem]) -> Learned | None:
    """The file; None, with every problem, where it is none."""
    name = shown(path)
    data = _json(path, name, problems)
    if data is None:
        return None
    before = len(problems)
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        said = data.get("schema") if isinstance(data, dict) else None
        what = f"the schema is {said}, not {SCHEMA}" if said else "the file does not say its schema"
        problems.append(Problem(Place(name), what, _LEARN))
        return None
    found: dict[str, Any] = data
    weights = found.get("weights")
    if isinstance(weights, dict):
        problems.extend(_faults_of_weights(weights, Place(name)))
    else:
        problems.append(Problem(Place(name), "weights must be a mapping from features to numbers", _LEARN))
    for key, kind, words in (("creator", str, "text"), ("needs_more_feedback", bool, "true or false")):
        if not isinstance(found.get(key, kind()), kind):
            problems.append(Problem(Place(name), f"{key} must be {words}", _LEARN))
    if len(problems) > before:
        return None
    return Learned(
        path=name,
        weights={feature: float(weight) for feature, weight in found["weights"].items()},
        creator=found.get("creator", ""),
        needs_more_feedback=found.get("needs_more_feedback", False),
        trained_on=found.get("trained_on"),
    )


def with_learned(tree: Branch, learned: Learned, warnings: list[Problem]) -> Branch:
    """The recipe with the learned weights laid over its own; unchanged where it has no personal features.

    A weight whose feature the recipe has not is left out, with a warning: the recipe may have changed since.
    """
    section, features = tree.get(_SECTION), find(tree, _SECTION, "features")
    if not isinstance(section, Branch) or not isinstance(features, Branch) or not features.entries:
        return tree
    place = Place(learned.path)
    for name in learned.weights:
        if name not in features.entries:
            what = f"weights has {name}, which is no personal feature of this recipe; it does not count"
            fix = did_you_mean(name, features.entries, kind="personal features")
            warnings.append(Problem(place, what, f"learn again: rushes learn personal ({fix})"))
    own = find(section, "weights")
    entries = dict(own.entries) if isinstance(own, Branch) else {}
    for name, weight in learned.weights.items():
        if name in features.entries:
            entries[name] = Entry(name, place, from_plain(weight, place, LAYER))
    weights = Entry("weights", place, Branch(entries, place, LAYER))
    kept = Entry(_SECTION, tree.entries[_SECTION].place, section.with_entry(weights))
    return tree.with_entry(kept)


def _json(path: Path, name: str, problems: list[Problem]) -> Any:
    """What the file holds; None, with a problem, where it cannot be read or is no JSON."""
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        problems.append(
            Problem(Place(name), "there is no such file", "learn the weights: rushes learn personal")
        )
    except OSError as error:
        problems.append(Problem(Place(name), f"cannot be read: {error.strerror}", "check the path"))
    except json.JSONDecodeError as error:
        place = Place(name, error.lineno, error.colno)
        problems.append(Problem(place, f"not JSON: {error.msg}", _LEARN))
    except (UnicodeDecodeError, RecursionError):
        problems.append(Problem(Place(name), "not JSON", _LEARN))
    return None


def _faults_of_weights(weights: Mapping[str, Any], place: Place) -> list[Problem]:
    found: list[Problem] = []
    for name, weight in weights.items():
        is_number = isinstance(weight, int | float) and not isinstance(weight, bool)
        if not is_number or not -1 <= weight <= 1:
            found.append(
                Problem(place, f"weights.{name} must be a number from -1 to 1, not {weight!r}", _LEARN)
            )
    return found
