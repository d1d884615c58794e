"""What every verb has in common: help, exit codes, our own bugs, light imports."""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import rushes, rushes_apart
from rushes import __version__
from rushes.cli import doctor, validate
from rushes.cli.options import Exit
from rushes.errors import (
    ConstraintError,
    GoldenMismatch,
    MediaError,
    ModelError,
    Problem,
    RecipeError,
    RenderError,
    StoreError,
)
from rushes.graph.node import Operation
from rushes.run import pipeline

VERBS = ("init", "demo", "validate", "show", "plan", "run", "inspect", "best", "status", "feedback", "learn", "models", "export", "import", "diff", "edit", "undo", "redo", "history", "regenerate", "render", "preflight", "reproduce", "doctor", "golden", "cache", "schema")  # fmt: skip
HEAVY = ("av", "cv2", "jinja2", "librosa", "numpy", "onnxruntime", "polars", "scipy", "xgboost")


def test_the_version_is_printed():
    assert rushes("--version") == rushes("--version")
    ended = rushes("--version")
    assert (ended.code, ended.out, ended.err) == (0, f"rushes {__version__}\n", "")


def test_help_lists_every_verb_and_the_exit_codes():
    ended = rushes("--help")
    assert (ended.code, ended.err) == (0, "")
    listed = [
        line.split()[0]
        for line in ended.out.partition("Commands:\n")[2].splitlines()
        if line.startswith("  ")
    ]
    assert [verb for verb in VERBS if verb not in listed] == []
    assert "130 interrupted" in " ".join(ended.out.split())


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb):
    ended = rushes(verb, "--help")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"Usage: rushes {verb} ")
    assert rushes(verb, "-h").out == ended.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["rnu"], "No such command 'rnu'. Did you mean 'run'?\n    fix: see rushes --help\n"),
        (["xyzzy"], "No such command 'xyzzy'.\n    fix: see rushes --help\n"),
        (["cache", "drop"], "No such command 'drop'.\n    fix: see rushes cache --help\n"),
        (["run"], "Missing argument 'RECIPE'.\n    fix: see rushes run --help\n"),
        (["run", "beat_reel", "--song"], "Option '--song' requires an argument.\n    fix: see rushes run --help\n"),
        (["validate"], "Missing argument 'RECIPE...'.\n    fix: see rushes validate --help\n"),
        (["diff"], "Missing argument 'A'.\n    fix: see rushes diff --help\n"),
        (["run", "a", "b"], "Got unexpected extra argument(s) (b)\n    fix: see rushes run --help\n"),
        (["cache", "gc", "--keep", "lots"], "--keep is 'lots', which is no size\n    fix: write a size such as 500MB or 20GB\n"),
        (
            ["run", "beat_reel", "--until", "never"],
            "--until is 'never'\n    fix: use one of: analyze, score, edit, or leave it out for the whole run\n",
        ),
        (
            ["run", "beat_reel", "--executor", "cluster"],
            "there is no executor 'cluster'\n    fix: use one of: processes, inline\n",
        ),
        (
            ["run", "beat_reel", "--set", "edit.duration_s"],
            (
                "--set edit.duration_s: this is not an override\n"
                "    fix: write KEY=VALUE to change, +KEY=VALUE to add, ~KEY to take away; KEY is like edit.duration_s\n"
            ),
        ),
        (
            ["run", "beat_rel"],
            "beat_rel: there is no file\n    fix: check the path, or use a shipped recipe: beat_reel, best_clips, talking_head\n",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_wrong_arguments_are_code_2_with_a_fix(words, told):
    ended = rushes(*words)
    assert (ended.code, ended.out, ended.err) == (2, "", told)


@pytest.mark.parametrize("option", [["run", "--bogus"], ["run", "beat_reel", "--workers", "0"], ["run", "beat_reel", "--workers", "many"]])  # fmt: skip
def test_an_option_that_is_not_known_or_not_valid_is_code_2(option):
    ended = rushes(*option)
    assert (ended.code, ended.out) == (2, "")
    assert option[-2 if "beat_reel" in option else -1] in ended.err
    assert ended.err.endswith("\n    fix: see rushes run --help\n")


@pytest.mark.parametrize(
    "words", [[], ["cache"], ["schema"], ["golden"]], ids=["", "cache", "schema", "golden"]
)
def test_a_verb_that_needs_another_answers_with_its_help(words):
    ended = rushes(*words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(" ".join(["Usage: rushes", *words, "[OPTIONS] COMMAND"]))
    assert "fix:" not in ended.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MediaError, 1),
        (StoreError, 1),
        (ModelError, 1),
        (RenderError, 1),
        (RecipeError, 2),
        (GoldenMismatch, 3),
        (ConstraintError, 4),
    ],
)
def test_each_kind_of_error_has_its_exit_code(monkeypatch, error, code):
    def fail(*_words):
        raise error([Problem(None, "two", "second"), Problem(None, "one", "first")])

    monkeypatch.setattr(validate, "_found", fail)
    ended = rushes("validate", "beat_reel")
    assert (ended.code, ended.out) == (code, "")
    assert ended.err == "one\n    fix: first\ntwo\n    fix: second\n"


def test_the_exit_codes_are_those_that_help_names():
    assert {code.name: int(code) for code in Exit} == {
        "DONE": 0,
        "FAILED": 1,
        "WRONG_ARGUMENTS": 2,
        "GOLDEN_MISMATCH": 3,
        "CONSTRAINTS": 4,
        "OUR_BUG": 5,
        "INTERRUPTED": 130,
    }


def an_operation_with_a_bug(calls):
    """Stands in for an operation of ours."""
    raise ZeroDivisionError(f"a bug of ours, with {len(calls)} call")


def test_a_bug_of_ours_is_code_5_with_a_log_whose_path_is_printed(
    tiny_shoot, warm_run, own_home, tmp_path, monkeypatch
):
    broken = Operation(name="score", version=99, function=f"{__name__}:an_operation_with_a_bug")
    monkeypatch.setitem(sys.modules, __name__, importlib.import_module(__name__))
    monkeypatch.setattr(pipeline, "OPERATIONS", {**pipeline.OPERATIONS, "score": broken})
    cache = warm_run.copy_cache(tmp_path / "cache")
    words = tiny_shoot.arguments("--cache", cache, "--out", "out", "--executor", "inline")
    ended = rushes("run", *words)
    log = own_home / "rushes" / "bug.log"
    assert (ended.code, ended.out) == (5, "")
    told = f"this is a bug of rushes, not of your input; the details are in {log}"
    assert ended.err.splitlines()[-1] == told
    assert "Traceback" not in ended.err
    text = log.read_text()
    assert text.startswith(f"rushes {__version__}, Python {sys.version}\narguments: ['run', 'beat_reel', ")
    assert "ZeroDivisionError: a bug of ours, with 1 call" in text
    # What was finished is kept, and the next version of rushes goes on from there.
    monkeypatch.undo()
    os.chdir(tmp_path)
    assert rushes("run", *words, "--until", "edit").code == 0


def test_a_bug_is_told_on_stderr_where_no_log_can_be_written(own_home, monkeypatch):
    def fail(*_words):
        raise ZeroDivisionError("a bug of ours")

    (own_home / "rushes").write_text("a file where the folder should be")
    monkeypatch.setattr(validate, "_found", fail)
    ended = rushes("validate", "beat_reel")
    assert ended.code == 5
    assert "ZeroDivisionError: a bug of ours" in ended.err


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_goes_away_is_nothing_to_talk_about(tiny_shoot, warm_run, unbuffered):
    words = [sys.executable, "-m", "rushes", "plan", *tiny_shoot.arguments("--cache", warm_run.cache)]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with subprocess.Popen(words, env=environment, **streams) as process:
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait() == 1


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&- <&-"])
def test_closed_streams_are_nothing_to_fail_of(tiny_shoot, warm_run, closed):
    words = [sys.executable, "-m", "rushes", "plan", *tiny_shoot.arguments("--cache", warm_run.cache)]
    ended = subprocess.run(
        ["sh", "-c", f'"$@" {closed}', "sh", *words], check=False, capture_output=True, text=True
    )
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here: no disk to be full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--version"], ""),
        (["show", "beat_reel"], ""),
        (["show", "nowhere", "--json"], "No such option: --json\n    fix: see rushes show --help\n"),
    ],
    ids=["at the end", "before the end", "what went wrong"],
)
def test_what_has_no_room_is_said_in_words(words, said, unbuffered):
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with open("/dev/full", "w", encoding="utf-8") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "rushes", *words],
            check=False,
            env=environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    room = "the output cannot be written: No space left on device\n"
    assert ended.stderr in ({said, said + room} if said else {room})
    assert ended.returncode == (2 if said else 1)


def test_the_completion_script_is_that_of_rushes():
    # Without the name, typer asks which shell started it; under make that is one without completion.
    named = {**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    ended = rushes_apart("--show-completion", "bash", env=named)
    assert ended.code == 0, ended.err
    assert "_RUSHES_COMPLETE=complete_bash" in ended.out
    assert ended.out.rstrip().endswith("complete -o default -F _rushes_completion rushes")


def test_completion_offers_the_verbs():
    environment = {
        **os.environ,
        "_RUSHES_COMPLETE": "complete_bash",
        "COMP_WORDS": "rushes re",
        "COMP_CWORD": "1",
    }
    ended = rushes_apart(env=environment)
    assert sorted(ended.out.split()) == ["redo", "regenerate", "render", "reproduce"]


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["validate", "beat_reel", "best_clips"], ["show", "beat_reel"], ["cache", "--help"]], ids=" ".join)  # fmt: skip
def test_what_must_answer_at_once_loads_nothing_heavy(words):
    script = (
        "import json, sys\n"
        "from rushes.cli.main import answer\n"
        "code = answer(sys.argv[1:])\n"
        f"print(json.dumps([code, [name for name in {HEAVY!r} if name in sys.modules]]), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=True)
    assert json.loads(done.stderr.splitlines()[-1]) == [0, []]


def test_doctor_finds_this_machine_well(tmp_path):
    ended = rushes("doctor", "--cache", tmp_path / "cache", "--json")
    found = {finding["name"]: finding for finding in ended.json}
    assert [name for name, finding in found.items() if not finding["well"]] in (
        [],
        ["free space for the store"],
    )
    assert found["rushes"]["found"] == __version__
    assert found["encoders and filters"]["found"] == "libx264, aac"
    lines = rushes("doctor", "--cache", tmp_path / "cache").out.splitlines()
    assert len(lines) >= len(found)
    assert all(line.startswith(("ok   ", "BAD  ", "     fix: ")) for line in lines)


def test_doctor_says_what_is_bad_and_how_to_mend_it(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "_LIBRARIES", ("no-such-library",))
    (tmp_path / "cache").write_text("a file")
    ended = rushes("doctor", "--cache", tmp_path / "cache")
    assert ended.code == 1
    lines = ended.out.splitlines()
    at = lines.index("BAD  no-such-library            not installed")
    assert lines[at + 1] == "     fix: python -m pip install no-such-library"
    at = next(number for number, line in enumerate(lines) if line.startswith("BAD  store "))
    assert lines[at + 1] == "     fix: choose another folder with --cache"


def test_the_cache_lies_where_the_environment_says(own_home, monkeypatch):
    assert rushes("cache", "ls").out == f"0 entries, 0 B in {own_home / 'rushes'}\n"
    monkeypatch.setenv("RUSHES_CACHE", "elsewhere")
    assert rushes("cache", "ls").out == "0 entries, 0 B in elsewhere\n"
    assert rushes("cache", "ls", "--cache", "here").out == "0 entries, 0 B in here\n"
    assert not Path("here").exists()
