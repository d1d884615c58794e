"""Text on the command line is taken without pydantic, and everything comes out as typer's own way has it."""

from __future__ import annotations

import enum
import json
import subprocess
import sys
from typing import Annotated, Any, Literal

import pytest
import typer
from rushes.cli.plain_values import take_text_as_it_is
from typer.exceptions import TyperException

LINES: tuple[list[str], ...] = (
    [],
    ["a"],
    ["a", "b", "--set", "x=1", "--set", "y=2"],
    ["", "--name", ""],
    ["a", "--count", "3", "--on"],
    ["a", "--count", "three"],
    ["a", "--count", "0"],
    ["a", "--off"],
    ["a", "--way", "up"],
    ["a", "--way", "UP"],
    ["a", "--limit", "7", "--colour", "red"],
    ["a", "--colour", "green"],
    ["a", "--colour", "RED"],
    ["a", "--limit", "007", "--share", "0.25"],
    ["a", "--limit", "3.0"],
    ["a", "--limit", "1.5"],
    ["a", "--limit", " 4 "],
    ["a", "--limit", "1_000", "--share", ".5"],
    ["a", "--limit", "-3"],
    ["a", "--limit", "99999999999999999999"],
    ["a", "--share", "1"],
    ["a", "--share", "1.5"],
    ["a", "--share", "1e-3"],
    ["a", "--share", "nan"],
    ["a", "--name"],
    ["--no-such-option"],
)


class Colour(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


def _command(found: list[Any]) -> Any:
    app = typer.Typer(rich_markup_mode=None)

    @app.command()
    def verb(
        files: Annotated[list[str], typer.Argument()],
        name: Annotated[str | None, typer.Option("--name")] = None,
        kind: Annotated[str, typer.Option("--kind")] = "plain",
        overrides: Annotated[list[str] | None, typer.Option("--set")] = None,
        count: Annotated[int | None, typer.Option("--count", min=1)] = None,
        limit: Annotated[int, typer.Option("--limit", min=1)] = 20,
        way: Annotated[Literal["up", "down"], typer.Option("--way")] = "down",
        colour: Annotated[Colour, typer.Option("--colour")] = Colour.BLUE,
        share: Annotated[float, typer.Option("--share", min=0.0, max=1.0)] = 0.5,
        on: Annotated[bool, typer.Option("--on/--off")] = False,
    ) -> None:
        found.append((files, name, kind, overrides, count, limit, way, colour, share, on))

    return typer.main.get_command(app)


def _answer(line: list[str], *, short: bool) -> tuple[list[Any], str]:
    found: list[Any] = []
    command = _command(found)
    if short:
        take_text_as_it_is(command)
    try:
        command(line, standalone_mode=False)
    except TyperException as error:
        return found, f"{type(error).__name__}: {error}"
    return found, ""


@pytest.mark.parametrize("line", LINES, ids=lambda line: " ".join(line) or "nothing")
def test_values_and_errors_are_those_of_typer(line: list[str]) -> None:
    assert _answer(line, short=True) == _answer(line, short=False)


@pytest.mark.parametrize("line", LINES, ids=lambda line: " ".join(line) or "nothing")
def test_values_are_of_the_type_that_typer_gives(line: list[str]) -> None:
    def types(found: list[Any]) -> list[list[type]]:
        return [[type(value) for value in values] for values in found]

    assert types(_answer(line, short=True)[0]) == types(_answer(line, short=False)[0])


def test_a_verb_given_only_text_loads_neither_pydantic_nor_other_verbs() -> None:
    script = (
        "import json, sys\n"
        "from rushes.cli.main import answer\n"
        "code = answer(['validate', 'beat_reel', '--set', 'name=other'])\n"
        "heavy = ('pydantic', 'rushes.cli.run', 'rushes.cli.edit')\n"
        "print(json.dumps([code, [name for name in heavy if name in sys.modules]]), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stderr.splitlines()[-1]) == [0, []]
