"""rushes inspect: what the analyzers find in one clip or song."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from rushes.cli.model_folder import Models, models_dir, models_option
from rushes.cli.options import AsJson, Exit, print_json, say_problems
from rushes.cli.quick_start import collect_as_usual
from rushes.errors import MediaError


def inspect(
    files: Annotated[list[str], typer.Argument(help="Clips or songs.", metavar="FILE...")],
    analyzers: Annotated[
        str | None,
        typer.Option("--analyzers", help="Names with commas between; default: all.", show_default=False),
    ] = None,
    models: Models = None,
    json: AsJson = False,
) -> int:
    """Analyse files and print the columns, cuts and beats found. Nothing is stored."""
    from rushes.run.inspect import inspect_file

    collect_as_usual()
    names = (
        None if analyzers is None else tuple(name.strip() for name in analyzers.split(",") if name.strip())
    )
    rows: dict[str, Any] = {}
    failed = False
    for file in files:
        try:
            rows[file] = inspect_file(file, names, models_dir(models), models_option(models))
        except MediaError as error:
            failed = True
            say_problems(error.problems)
            continue
        if not json:
            _print(file, rows[file])
    if json:
        print_json(rows if len(files) > 1 else rows.get(files[0], {}))
    return Exit.FAILED if failed else Exit.DONE


def _print(file: str, facts: dict[str, Any]) -> None:
    print(file)
    for name, value in facts.items():
        print(f"  {name:<28} {_short(value)}")


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, list):
        shown = ", ".join(_short(item) for item in value[:8])
        return f"[{shown}{', ...' if len(value) > 8 else ''}] ({len(value)})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_short(item)}" for key, item in value.items()) + "}"
    return "-" if value is None else str(value)
