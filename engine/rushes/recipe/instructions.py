"""Instructions: a recipe changed for the section of an edit that is made anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rushes.errors import Place, Problem, RecipeError
from rushes.recipe.build import spec_from_plain
from rushes.recipe.instruction_spec import InstructionSpec
from rushes.recipe.load import Resolved
from rushes.recipe.names import near_name
from rushes.recipe.patch import settable, with_set
from rushes.recipe.schema import Analyzers, recipe_schema
from rushes.recipe.spec import EditSpec
from rushes.recipe.tree import Branch, from_plain, to_plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Instructed:
    """The parts of a recipe that an instruction may change. spec: None where there was no instruction."""

    edit: EditSpec
    style: Mapping[str, Any]
    spec: InstructionSpec | None


def instructed(resolved: Resolved, name: str | None, analyzers: Analyzers) -> Instructed:
    """The edit and style of a recipe after an instruction; None: as they are.

    Raises RecipeError where the recipe has no such instruction, or it does not fit the recipe as it is now.
    """
    recipe = resolved.recipe
    assert recipe.edit is not None
    if name is None:
        return Instructed(edit=recipe.edit, style=recipe.style, spec=None)
    spec = next((spec for spec in recipe.edit.instructions if spec.name == name), None)
    if spec is None:
        raise RecipeError(_unknown(name, recipe.edit.instructions))
    problems: list[Problem] = []
    tree = from_plain(resolved.tree, Place(f"edit.instructions.{name}"), "instruction")
    assert isinstance(tree, Branch)
    changed = to_plain(with_set(tree, name, settable(recipe_schema(analyzers)), problems))
    if problems:
        raise RecipeError(problems)
    return Instructed(
        edit=spec_from_plain(EditSpec, changed["edit"]),
        style={key: value for key, value in changed["style"].items() if key != "extends"},
        spec=spec,
    )


def _unknown(name: str, instructions: tuple[InstructionSpec, ...]) -> Problem:
    what = f"the recipe has no instruction {name}"
    if not instructions:
        return Problem(None, what, "add it to edit.instructions in the recipe; there is none at all")
    near = near_name(name, [spec.name for spec in instructions])
    head = (
        f"did you mean {near}? There are:" if near else "take one of these, or add it to edit.instructions:"
    )
    return Problem(None, what, "\n".join([head, *instruction_lines(instructions)]))


def instruction_lines(instructions: tuple[InstructionSpec, ...]) -> list[str]:
    """Each instruction with what it does, a line each."""
    width = max((len(spec.name) for spec in instructions), default=0)
    return [f"    {spec.name:<{width}}  {spec.says}".rstrip() for spec in instructions]
