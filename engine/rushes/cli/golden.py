"""rushes golden: is what recipes make still what it should be?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rushes.cli.model_folder import models_option
from rushes.cli.options import AsJson, Cache, Executor, Exit, Workers, cache_dir, print_json

if TYPE_CHECKING:
    from rushes.run.golden import RunOutputs
    from rushes.run.golden_case import GoldenCase

app = typer.Typer(
    help="Compare runs with expected ones. A case is a folder golden/NAME with a case.yaml.",
    no_args_is_help=True,
)

Cases = Annotated[
    list[str] | None,
    typer.Argument(
        help="Case folders, or recipes whose cases are meant; default: all of golden/.", metavar="CASE"
    ),
]


GoldenModels = Annotated[
    str | None,
    typer.Option(
        "--models",
        metavar="DIR",
        help="Folder of models; default: none, so that what is expected does not hang on what is installed.",
        show_default=False,
    ),
]


@app.command("check")
def check(
    cases: Cases = None,
    cache: Cache = None,
    executor: Executor = "processes",
    workers: Workers = None,
    models: GoldenModels = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Also the numbers and reasons that explain the edit.")
    ] = False,
    json: AsJson = False,
) -> int:
    """Run cases and say what differs, as an editor would. Exit code 3 where anything does."""
    from rushes.run.golden import check_golden
    from rushes.run.golden_case import find_cases

    found = find_cases(cases or [])
    differences = {
        case.name: check_golden(_run(case, cache, executor, workers, models), case, whole=all_ or json)
        for case in found
    }
    if json:
        print_json({name: list(lines) for name, lines in differences.items()})
    else:
        for name, lines in differences.items():
            print(f"{name}: {'as expected' if not lines else 'differs'}")
            for line in lines:
                print(f"  {line}")
    return Exit.GOLDEN_MISMATCH if any(differences.values()) else Exit.DONE


@app.command("update")
def update(
    cases: Cases = None,
    cache: Cache = None,
    executor: Executor = "processes",
    workers: Workers = None,
    models: GoldenModels = None,
) -> int:
    """Run cases and keep what they make as the expected outcome. Read the difference in git before you commit it."""
    from rushes.run.golden import record_golden
    from rushes.run.golden_case import find_cases

    for case in find_cases(cases or []):
        for path in record_golden(_run(case, cache, executor, workers, models), case):
            print(path)
    return Exit.DONE


def _run(
    case: GoldenCase, cache: str | None, executor: str, workers: int | None, models: str | None
) -> RunOutputs:
    from rushes.cli.progress import ProgressView
    from rushes.run.golden_run import run_case

    with ProgressView() as progress:
        return run_case(
            case,
            cache=cache_dir(cache),
            executor=executor,
            workers=workers,
            models=None if models is None else Path(models),
            models_option=models_option(models),
            progress=progress,
        )
