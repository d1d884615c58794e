"""rushes schema: where the JSON Schemas lie, and bringing older files up to date."""

from __future__ import annotations

from typing import Annotated

import typer

from rushes.cli.options import Exit
from rushes.resources import shipped_dir

app = typer.Typer(help="JSON Schemas of the files that rushes defines.", no_args_is_help=True)


@app.command("path")
def path() -> int:
    """Print the folder of the schemas, for editors and validators."""
    print(shipped_dir("schemas"))
    return Exit.DONE


@app.command("upgrade")
def upgrade(
    files: Annotated[list[str], typer.Argument(help="Recipes or profiles.", metavar="FILE...")],
) -> int:
    """Rewrite files of an older version in the newest one."""
    from rushes.recipe.upgrade_file import upgrade_file

    for file in files:
        print(f"{file}: {upgrade_file(file)}")
    return Exit.DONE
