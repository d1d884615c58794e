"""rushes models: list, install, verify, licences."""

import json
import os
import shlex
from pathlib import Path

import pytest
from command_line import rushes
from made_models import by_sha256, files_in, put, row, served, write_manifest, write_wheel
from rushes.cli.model_folder import models_dir
from rushes.resources import shipped_file
from rushes.store.canonical import digest_bytes

CONTENT, OTHER = b"a model" * 1000, b"another model" * 1000
PACKAGE = {"package": "model-maker", "version": "1.2", "path": "model_maker/net.onnx"}
SHARED = Path(__file__).parents[2] / "../shared/models"


@pytest.fixture(autouse=True)
def _own_settings(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith(("PIP_", "RUSHES_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))


@pytest.fixture
def manifest(tmp_path, monkeypatch):
    """Replaces the shipped manifest by one of these rows."""

    def replace(*rows):
        path = write_manifest(tmp_path / "manifest.json", *rows)
        monkeypatch.setattr("rushes.models.manifest.shipped_file", lambda kind, name: path)

    return replace


def test_models_lie_where_the_option_the_setting_or_the_home_says(monkeypatch, own_home):
    assert models_dir(None) == own_home / "rushes" / "models"
    monkeypatch.setenv("RUSHES_MODELS", "elsewhere")
    assert models_dir(None) == Path("elsewhere")
    assert models_dir("here") == Path("here")


def test_the_core_set_is_installed_from_packages(manifest, tmp_path):
    write_wheel(tmp_path / "index", "model-maker", "1.2", {PACKAGE["path"]: CONTENT})
    manifest(row("net", CONTENT, core=True, sources=[PACKAGE]), row("more", OTHER))
    ended = rushes("models", "install", "--core", "--models", "m")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "net: installed from package model-maker 1.2 (MIT)\n"
    assert files_in(tmp_path / "m") == ["net/net.onnx"]
    assert rushes("models", "install", "--core", "--models", "m").out == "net: was there (MIT)\n"


def test_an_install_says_which_sources_failed_before_one_served(manifest):
    with served(CONTENT) as shelf:
        manifest(row("net", CONTENT, sources=[{"url": shelf.url + "x"}, {"url": shelf.url}]))
        ended = rushes("models", "install", "net", "--models", "m")
    assert (ended.code, ended.out) == (0, f"net: installed from {shelf.url} (MIT)\n")
    assert ended.err == f"net: {shelf.url}x: HTTP 404 Not Found\n"


def test_an_install_that_fails_says_why_and_ends_with_one(manifest):
    with served(CONTENT) as shelf:
        manifest(row("net", CONTENT, sources=[{"url": shelf.url + "x"}]), row("more", OTHER))
        ended = rushes("models", "install", "net", "more", "--models", "m")
        again = rushes("models", "install", "net", "--models", "m", "--json")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "the model more has no address that it could be fetched from\n"
        "    fix: Ask the makers of more.\n"
        "the model net could not be installed\n"
        f"    {shelf.url}x: HTTP 404 Not Found\n"
        "    fix: try again once the source answers, or rushes models install net --from DIR\n"
    )
    assert again.code == 1
    (told,) = again.json
    assert (told["name"], told["installed"]) == ("net", False)
    assert told["problem"]["what"].startswith("the model net could not be installed")


def test_all_that_is_served_is_installed_and_the_rest_is_told(manifest, tmp_path):
    with served(CONTENT) as shelf:
        manifest(row("net", CONTENT, sources=[{"url": shelf.url}]), row("more", OTHER))
        ended = rushes("models", "install", "--all", "--models", "m")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == f"net: installed from {shelf.url} (MIT)\nmore: Ask the makers of more.\n"


def test_all_that_a_folder_has_is_installed_and_the_rest_is_told(manifest, tmp_path):
    manifest(row("net", CONTENT), row("more", OTHER, sources=[PACKAGE]))
    put(tmp_path / "shelf", "net", CONTENT)
    ended = rushes("models", "install", "--all", "--from", "shelf", "--models", "m")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "net: installed from shelf (MIT)\nmore: not in shelf\n"
    assert files_in(tmp_path / "m") == ["net/net.onnx"]


def test_a_model_of_which_nothing_is_known_is_installed_with_a_warning(manifest, tmp_path):
    manifest(row("net", None))
    put(tmp_path / "shelf", "net", CONTENT)
    ended = rushes("models", "install", "net", "--from", "shelf", "--models", "m")
    assert ended.code == 0
    assert ended.err.startswith("warning: nothing says what net should be")
    assert rushes("models", "verify", "--models", "m").out == "ok   net\nm: 1 sound, 0 damaged\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "no model is named\n    fix: name models, or give --core or --all\n"),
        (("nett",), "there is no model called nett\n    fix: did you mean net? known: net\n"),
        (
            ("net", "--from", "x"),
            "--from is x, which is no folder\n    fix: name a folder with model files\n",
        ),
    ],
)
def test_wrong_words_are_told(manifest, words, said):
    manifest(row("net", CONTENT))
    ended = rushes("models", "install", *words)
    assert (ended.code, ended.err) == (2, said)


def test_the_list_says_what_is_there_and_what_needs_it(manifest, tmp_path):
    manifest(
        row("silero_vad", CONTENT, core=True, sources=[PACKAGE]),
        row("net", OTHER, sources=[{"url": "https://models.example.org/some/net.onnx"}]),
        by_sha256("summed", OTHER),
        row("strange", None),
    )
    put(tmp_path / "m", "silero_vad", CONTENT)
    put(tmp_path / "m", "net", OTHER[:-1])
    put(tmp_path / "m", "strange", OTHER)
    ended = rushes("models", "list", "--models", "m")
    assert (ended.code, ended.err) == (0, "")
    head, *lines, last = [line.split("  ") for line in ended.out.splitlines()]
    words = [[word.strip() for word in line if word.strip()] for line in lines]
    assert [word.strip() for word in head if word.strip()] == [
        "name", "version", "size", "licence", "state", "needed by", "from",
    ]  # fmt: skip
    assert [[line[0], line[2], line[4], line[-1]] for line in words] == [
        ["silero_vad*", "7 kB", "installed", "package model-maker 1.2"],
        ["net", "13 kB", "corrupt", "models.example.org"],
        ["summed", "13 kB", "missing", "a folder (--from DIR)"],
        ["strange", "?", "unpinned", "a folder (--from DIR)"],
    ]
    assert last == ["1 of 4 installed in m; * is the core set"]


def test_the_list_for_programs_has_everything(manifest, tmp_path):
    manifest(row("net", CONTENT, sources=[PACKAGE], needs=[]))
    put(tmp_path / "m", "net", CONTENT)
    (net,) = rushes("models", "list", "--models", "m", "--json").json
    assert net == {
        "name": "net",
        "version": "1",
        "says": "Stands for net.",
        "file": "net/net.onnx",
        "bytes": len(CONTENT),
        "blake3": digest_bytes(CONTENT),
        "licence": "MIT",
        "core": False,
        "needed_by": [],
        "needs": [],
        "sources": ["package model-maker 1.2"],
        "how": "Ask the makers of net.",
        "state": "installed",
        "path": "m/net/net.onnx",
        "installed_blake3": digest_bytes(CONTENT),
        "problem": None,
    }


def test_verify_ends_with_one_where_a_model_is_damaged(manifest, tmp_path):
    manifest(row("net", CONTENT), row("more", OTHER, sources=[PACKAGE]), row("gone", OTHER))
    put(tmp_path / "m", "net", CONTENT)
    more = put(tmp_path / "m", "more", OTHER)
    ended = rushes("models", "verify", "--models", "m")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "ok   net",
        "ok   more",
        "--   gone                     not installed",
        "m: 2 sound, 0 damaged",
    ]
    more.write_bytes(OTHER[:-1])
    ended = rushes("models", "verify", "--models", "m")
    assert ended.code == 1
    assert ended.out.splitlines()[1:3] == [
        f"BAD  more                     it has {len(OTHER) - 1} bytes, expected {len(OTHER)}",
        "     fix: rushes models install more --models m",
    ]
    assert rushes("models", "verify", "--models", "m", "--json").json["more"]["state"] == "corrupt"


def test_a_fix_works_as_it_stands(manifest, tmp_path, own_home):
    write_wheel(tmp_path / "index", "model-maker", "1.2", {PACKAGE["path"]: CONTENT})
    manifest(row("net", CONTENT, sources=[PACKAGE]))
    for folder, option in (
        (tmp_path / "my models", ("--models", "my models")),
        (own_home / "rushes/models", ()),
    ):
        put(folder, "net", OTHER)
        (told,) = rushes("models", "list", "--json", *option).json
        words = shlex.split(told["problem"]["fix"])
        assert words == ["rushes", "models", "install", "net", *option]
        assert rushes(*words[1:]).code == 0
        assert rushes("models", "verify", *option).code == 0


def test_the_licences_of_all_models_are_told():
    entries = json.loads(shipped_file("models", "manifest.json").read_text(encoding="utf-8"))["models"]
    lines = rushes("models", "licences").out.splitlines()
    assert [line.split() for line in lines] == [
        [entry["name"], entry["licence"]["name"], entry["licence"]["url"]] for entry in entries
    ]
    assert [row["name"] for row in rushes("models", "licences", "--json").json] == [
        entry["name"] for entry in entries
    ]


def test_every_analyzer_finds_its_models_in_the_shipped_manifest():
    from rushes.analyze.table import ANALYZERS
    from rushes.models.manifest import read_manifest

    wanted = {name for analyzer in ANALYZERS.values() for name in analyzer.models(analyzer.params())}
    assert wanted <= set(read_manifest().models)


def test_the_models_at_hand_are_used_where_they_lie():
    if not SHARED.is_dir():
        pytest.skip("no ../shared/models to look at")
    states = {
        row["name"]: row["state"] for row in rushes("models", "list", "--models", SHARED, "--json").json
    }
    assert "corrupt" not in states.values()
    assert {"silero_vad", "yunet", "mini_xception", "yamnet"} <= {
        name for name, state in states.items() if state == "installed"
    }
