"""The command line: one file per verb, one handler for every error."""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from importlib import import_module
from types import FrameType
from typing import TypeGuard

import typer
from typer.exceptions import TyperException

from rushes import __version__
from rushes.cli.bugs import log_bug
from rushes.cli.failures import print_failure, problem_said
from rushes.cli.options import Exit
from rushes.cli.plain_values import take_text_as_it_is
from rushes.cli.quick_start import end_quickly, start_quickly
from rushes.errors import Problem, RushesError

_VERBS: Mapping[str, str] = {
    "init": "init",
    "demo": "demo",
    "validate": "validate",
    "show": "show",
    "plan": "plan",
    "run": "run",
    "render": "render",
    "inspect": "inspect",
    "best": "best",
    "status": "status",
    "regenerate": "regenerate",
    "undo": "history",
    "redo": "history",
    "history": "history",
    "diff": "diff",
    "preflight": "preflight",
    "export": "export",
    "import": "import_edit",
    "reproduce": "reproduce",
    "doctor": "doctor",
}
"""Verb -> its file, which has a function of that name; where Python has the word for itself, of the file's name."""
_GROUPS = ("edit", "golden", "models", "cache", "feedback", "learn", "schema")
"""Verbs that have verbs of their own: files that have an `app`."""
_INTERRUPTED = "interrupted: what was finished is kept, the next run goes on from there"


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"rushes {__version__}")
        raise typer.Exit


def root(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Turns raw footage and a song into a finished, beat-synced cut by recipe, reproducibly."""


def command_line(arguments: list[str]) -> typer.Typer:
    """The verbs that a command line may mean: the one that it begins with, or all, for help and completion.

    To load all files and to read all their options takes as long as a short verb does.
    """
    app = typer.Typer(
        help="Turns raw footage and a song into a finished, beat-synced cut by recipe, reproducibly.",
        epilog="Exit codes: 0 done, 1 the run failed, 2 recipe or arguments wrong, 3 golden mismatch, "
        "4 constraints cannot hold, 5 our bug, 130 interrupted.",
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
        callback=root,
    )
    meant = arguments[:1] if arguments and (arguments[0] in _VERBS or arguments[0] in _GROUPS) else None
    for verb, file in _VERBS.items():
        if meant is None or verb in meant:
            module = import_module(f"rushes.cli.{file}")
            app.command(verb)(getattr(module, file if verb == "import" else verb))
    for group in _GROUPS:
        if meant is None or group in meant:
            app.add_typer(import_module(f"rushes.cli.{group}").app, name=group)
    return app


def entry(arguments: list[str] | None = None) -> None:
    """Console script: run a verb and end the process with its exit code."""
    start_quickly()
    _open_what_is_closed()
    signal.signal(signal.SIGTERM, _interrupt)
    code = _all_said(answer(sys.argv[1:] if arguments is None else arguments))
    end_quickly()
    sys.exit(code)


def _all_said(code: int) -> int:
    """The exit code, once what waits in the buffer is written: Python itself would do that when nobody can keep quiet any
    more about a reader that went away (`rushes plan ... | head`)."""
    try:
        sys.stdout.flush()
    except OSError as error:
        failed = _unsaid(error)
        return code or failed
    return code


def _unsaid(error: OSError) -> int:
    """The exit code where what is printed has no room, which is said, or no reader."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if not isinstance(error, BrokenPipeError):
        print(f"the output cannot be written: {error.strerror}", file=sys.stderr)
    return Exit.FAILED


def _has_no_room(error: Exception) -> TypeGuard[OSError]:
    """Whether a verb could not print all that it had to say: files have names in their errors, or words of their own."""
    full = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
    return isinstance(error, OSError) and error.filename is None and error.errno in full


def _open_what_is_closed() -> None:
    """Python has no stream at all where its user closed one (`>&-`): nobody listens then, and what is done is done."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  until the process ends


def answer(arguments: list[str]) -> int:
    """Exit code of one command line. Bad input is said in words on stderr; only our own bugs leave a traceback, in a
    log whose path is printed."""
    try:
        command = typer.main.get_command(command_line(arguments))
        take_text_as_it_is(command)
        code = int(command(arguments, prog_name="rushes", standalone_mode=False) or 0)
    except TyperException as error:
        words = _wrong_arguments(error, arguments)
        print(words, file=sys.stderr)
        print_failure(arguments, Exit.WRONG_ARGUMENTS, [problem_said(words)])
        return Exit.WRONG_ARGUMENTS
    except RushesError as error:
        from rushes.cli.placeholders import with_folder

        problems = with_folder(error.problems, arguments)
        print("\n".join(map(str, problems)), file=sys.stderr)
        print_failure(arguments, error.exit_code, problems)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        code = Exit.INTERRUPTED
    except Exception as error:  # noqa: BLE001  the one place where our own bugs end: logged whole, said briefly
        if _has_no_room(error):
            return _unsaid(error)
        told = log_bug(arguments, traceback.format_exc())
        print_failure(arguments, Exit.OUR_BUG, [told])
        return Exit.OUR_BUG
    # typer itself turns the interrupt of a verb into this code.
    if code == Exit.INTERRUPTED:
        print(_INTERRUPTED, file=sys.stderr)
        print_failure(arguments, code, [Problem(None, _INTERRUPTED)])
    return code


def _wrong_arguments(error: TyperException, arguments: list[str]) -> str:
    """What typer says, and which help to read. A verb that needs another one answers with its help alone."""
    words = error.format_message()
    if words.startswith("Usage: "):
        return words
    context = getattr(error, "ctx", None)
    verb = context.command_path if context else " ".join(["rushes", *arguments[:1]])
    if "{OUT}" in verb and len(arguments) > 1:
        import shlex

        verb = verb.replace("{OUT}", shlex.quote(arguments[1]))
    return f"{words}\n    fix: see {verb} --help"


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
