"""The command line: one file per verb, one handler for every error."""

from __future__ import annotations

import signal
import sys
import traceback
from types import FrameType

import typer
from typer.exceptions import TyperException

from rushes import __version__
from rushes.cli import (
    best,
    cache,
    diff,
    doctor,
    edit,
    export,
    feedback,
    golden,
    history,
    import_edit,
    init,
    inspect,
    learn,
    models,
    plan,
    regenerate,
    render,
    reproduce,
    run,
    schema,
    show,
    status,
    validate,
)
from rushes.cli import demo as demo_verb
from rushes.cli.bugs import log_bug
from rushes.cli.options import Exit
from rushes.errors import RushesError

app = typer.Typer(
    help="Turns raw footage and a song into a finished, beat-synced cut by recipe, reproducibly.",
    epilog="Exit codes: 0 done, 1 the run failed, 2 recipe or arguments wrong, 3 golden mismatch, "
    "4 constraints cannot hold, 5 our bug, 130 interrupted.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("init")(init.init)
app.command("demo")(demo_verb.demo)
app.command("validate")(validate.validate)
app.command("show")(show.show)
app.command("plan")(plan.plan)
app.command("run")(run.run)
app.command("render")(render.render)
app.command("inspect")(inspect.inspect)
app.command("best")(best.best)
app.command("status")(status.status)
app.add_typer(edit.app, name="edit")
app.command("regenerate")(regenerate.regenerate)
app.command("undo")(history.undo)
app.command("redo")(history.redo)
app.command("history")(history.history)
app.command("diff")(diff.diff)
app.command("export")(export.export)
app.command("import")(import_edit.import_edit)
app.command("reproduce")(reproduce.reproduce)
app.command("doctor")(doctor.doctor)
app.add_typer(golden.app, name="golden")
app.add_typer(models.app, name="models")
app.add_typer(cache.app, name="cache")
app.add_typer(feedback.app, name="feedback")
app.add_typer(learn.app, name="learn")
app.add_typer(schema.app, name="schema")


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"rushes {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Turns raw footage and a song into a finished, beat-synced cut by recipe, reproducibly."""


def entry(arguments: list[str] | None = None) -> None:
    """Console script: run a verb and end the process with its exit code."""
    signal.signal(signal.SIGTERM, _interrupt)
    sys.exit(answer(sys.argv[1:] if arguments is None else arguments))


def answer(arguments: list[str]) -> int:
    """Exit code of one command line. Bad input is said in words on stderr; only our own bugs leave a traceback, in a
    log whose path is printed."""
    try:
        code = int(app(arguments, prog_name="rushes", standalone_mode=False) or 0)
    except TyperException as error:
        print(_wrong_arguments(error, arguments), file=sys.stderr)
        return Exit.WRONG_ARGUMENTS
    except RushesError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        code = Exit.INTERRUPTED
    except Exception:  # noqa: BLE001  the one place where our own bugs end: logged whole, said briefly
        log_bug(arguments, traceback.format_exc())
        return Exit.OUR_BUG
    # typer itself turns the interrupt of a verb into this code.
    if code == Exit.INTERRUPTED:
        print("interrupted: what was finished is kept, the next run goes on from there", file=sys.stderr)
    return code


def _wrong_arguments(error: TyperException, arguments: list[str]) -> str:
    """What typer says, and which help to read. A verb that needs another one answers with its help alone."""
    words = error.format_message()
    if words.startswith("Usage: "):
        return words
    context = getattr(error, "ctx", None)
    verb = context.command_path if context else " ".join(["rushes", *arguments[:1]])
    return f"{words}\n    fix: see {verb} --help"


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
