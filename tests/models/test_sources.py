"""Sources: addresses that break off, and packages that are opened without being installed."""

import os
import sys
import threading
import zipfile

import pytest
from made_models import served, write_wheel
from rushes.models import sources
from rushes.models.manifest import PackageSource, PartsSource, UrlSource, WheelTags
from rushes.models.sources import SourceError, fetch_from_package, fetch_url

CONTENT = bytes(range(256)) * 4096
SIZE = len(CONTENT)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def part(tmp_path):
    return tmp_path / ".fetching" / "model.part"


class Growth(list):
    """What a fetch tells as it goes on."""

    def __call__(self, bytes_there, bytes_total):
        self.append((bytes_there, bytes_total))


def fetch(shelf, part, size_bytes=SIZE):
    growth = Growth()
    fetch_url(UrlSource(url=shelf.url), part, size_bytes, growth)
    return growth


def test_a_file_is_fetched_and_its_growth_told(part):
    with served(CONTENT) as shelf:
        growth = fetch(shelf, part)
    assert part.read_bytes() == CONTENT
    assert growth[-1] == (SIZE, SIZE)
    assert [there for there, _ in growth] == sorted(there for there, _ in growth)


def test_a_fetch_goes_on_from_what_is_there(part):
    part.parent.mkdir()
    part.write_bytes(CONTENT[:1000])
    with served(CONTENT) as shelf:
        fetch(shelf, part)
    assert part.read_bytes() == CONTENT
    assert shelf.asked == ["bytes=1000-"]


def test_what_is_there_whole_is_not_asked_for(part):
    part.parent.mkdir()
    part.write_bytes(CONTENT)
    with served(CONTENT) as shelf:
        fetch(shelf, part)
    assert shelf.asked == []


def test_a_broken_connection_is_taken_up_again(part):
    with served(CONTENT, break_after=[300_000, 400_000]) as shelf:
        fetch(shelf, part)
    assert part.read_bytes() == CONTENT
    assert shelf.asked == [None, "bytes=300000-", "bytes=700000-"]


def test_a_server_that_cannot_go_on_begins_anew(part):
    with served(CONTENT, ranges=False, break_after=[300_000]) as shelf:
        fetch(shelf, part)
    assert part.read_bytes() == CONTENT


def test_a_server_that_brings_nothing_is_given_up_and_what_came_is_kept(part):
    with served(CONTENT, break_after=[300_000, 0]) as shelf, pytest.raises(SourceError) as caught:
        fetch(shelf, part)
    assert str(caught.value) == f"the connection broke off after 300000 of {SIZE} bytes"
    assert part.read_bytes() == CONTENT[:300_000]


def test_a_server_that_always_breaks_off_is_given_up(part):
    with served(CONTENT, break_after=[1000] * 20) as shelf, pytest.raises(SourceError) as caught:
        fetch(shelf, part)
    assert str(caught.value) == "the connection broke off 5 times"
    assert len(shelf.asked) == 5


def test_a_beginning_that_is_too_long_is_thrown_away(part):
    part.parent.mkdir()
    part.write_bytes(CONTENT + b"more")
    with served(CONTENT) as shelf:
        fetch(shelf, part)
    assert part.read_bytes() == CONTENT


def test_an_answer_of_another_size_is_refused_before_it_is_fetched(part):
    with served(b"<html>please sign in</html>") as shelf, pytest.raises(SourceError) as caught:
        fetch(shelf, part)
    assert str(caught.value) == f"it has 27 bytes, expected {SIZE}"
    assert not part.exists()


def test_an_answer_that_does_not_say_its_size_is_cut_where_it_is_too_long(part):
    with served(CONTENT + b"more", says_length=False) as shelf, pytest.raises(SourceError) as caught:
        fetch(shelf, part)
    assert str(caught.value) == f"it sends more than {SIZE} bytes"


def test_a_file_of_unknown_size_is_fetched_to_its_end(part):
    with served(CONTENT, says_length=False) as shelf:
        growth = fetch(shelf, part, None)
    assert part.read_bytes() == CONTENT
    assert growth[-1] == (SIZE, None)


def test_an_address_that_is_not_found_is_told(part):
    with served(CONTENT) as shelf, pytest.raises(SourceError) as caught:
        fetch_url(UrlSource(url=shelf.url + "x"), part, SIZE, Growth())
    assert str(caught.value) == "HTTP 404 Not Found"


def test_a_server_that_is_not_there_is_told(part):
    with served(CONTENT) as shelf:
        pass
    with pytest.raises(SourceError) as caught:
        fetch(shelf, part)
    assert str(caught.value) == "Connection refused"


def test_a_server_that_says_nothing_is_given_up(part, monkeypatch):
    monkeypatch.setattr(sources, "SILENCE_S", 0.2)
    with (
        served(CONTENT, pause=threading.Event(), break_after=[0]) as shelf,
        pytest.raises(SourceError) as caught,
    ):
        fetch(shelf, part)
    assert str(caught.value) == "the connection broke off (no answer for 0 s)"


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A package index that is a folder, as a user's settings may name it."""
    folder = tmp_path / "index"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def scratch(tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


MAKER = PackageSource(package="model-maker", version="1.2", path="model_maker/data/net.onnx")


def test_a_file_is_taken_out_of_a_wheel(index, scratch, part):
    write_wheel(index, "model-maker", "1.2", {"model_maker/data/net.onnx": CONTENT})
    write_wheel(index, "model-maker", "1.3", {"model_maker/data/net.onnx": b"newer"})
    fetch_from_package(MAKER, part, scratch, SIZE)
    assert part.read_bytes() == CONTENT


def test_nothing_of_a_package_is_run(index, scratch, part, tmp_path, monkeypatch):
    """Neither its code nor a pip.py that lies in the working folder."""
    trap = f"open({str(tmp_path / 'sprung')!r}, 'w')".encode()
    files = {"model_maker/data/net.onnx": CONTENT, "model_maker/__init__.py": trap, "setup.py": trap}
    write_wheel(index, "model-maker", "1.2", files)
    (tmp_path / "pip.py").write_bytes(trap)
    monkeypatch.chdir(tmp_path)
    fetch_from_package(MAKER, part, scratch, SIZE)
    assert not (tmp_path / "sprung").exists()


def test_the_wheel_of_another_python_and_system_serves(index, scratch, part):
    write_wheel(index, "model-maker", "1.2", {MAKER.path: CONTENT}, tag="cp310-cp310-win_amd64")
    tags = WheelTags(python="3.10", abi="cp310", platform="win_amd64")
    source = PackageSource(package="model-maker", version="1.2", path=MAKER.path, wheel=tags)
    fetch_from_package(source, part, scratch, SIZE)
    assert part.read_bytes() == CONTENT


def test_where_the_named_wheel_is_not_there_that_of_this_python_serves(index, scratch, part):
    major, minor = sys.version_info[:2]
    write_wheel(index, "model-maker", "1.2", {MAKER.path: CONTENT}, tag=f"cp{major}{minor}-none-any")
    tags = WheelTags(python="3.8", abi="cp38", platform="win_amd64")
    source = PackageSource(package="model-maker", version="1.2", path=MAKER.path, wheel=tags)
    fetch_from_package(source, part, scratch, SIZE)
    assert part.read_bytes() == CONTENT


def parts_of(*paths):
    return PartsSource(
        parts=tuple(
            PackageSource(package=f"part-{n}", version="1.2", path=path) for n, path in enumerate(paths)
        )
    )


def test_a_file_too_large_for_one_package_is_put_together_in_the_order_of_its_parts(index, scratch, part):
    part.parent.mkdir(exist_ok=True)
    part.write_bytes(b"what an install that was interrupted left")
    write_wheel(index, "part-0", "1.2", {"a": CONTENT[:1000]})
    write_wheel(index, "part-1", "1.2", {"b": CONTENT[1000:]})
    fetch_from_package(parts_of("a", "b"), part, scratch, SIZE)
    assert part.read_bytes() == CONTENT


def test_parts_that_are_more_than_the_file_are_refused(index, scratch, part):
    write_wheel(index, "part-0", "1.2", {"a": CONTENT[:1000]})
    write_wheel(index, "part-1", "1.2", {"b": CONTENT})
    with pytest.raises(SourceError) as caught:
        fetch_from_package(parts_of("a", "b"), part, scratch, SIZE)
    assert str(caught.value) == f"b has {SIZE} bytes, expected {SIZE - 1000}"


def test_a_wheel_with_two_models_is_downloaded_once(index, scratch, part):
    wheel = write_wheel(index, "model-maker", "1.2", {MAKER.path: CONTENT, "b": b"other"})
    fetch_from_package(MAKER, part, scratch, SIZE)
    wheel.unlink()
    other = PackageSource(package="model-maker", version="1.2", path="b")
    fetch_from_package(other, part, scratch, 5)
    assert part.read_bytes() == b"other"


def test_a_package_that_is_not_there_is_told(index, scratch, part):
    with pytest.raises(SourceError) as caught:
        fetch_from_package(MAKER, part, scratch, SIZE)
    assert str(caught.value) == "pip: No matching distribution found for model-maker==1.2"


def test_a_wheel_without_the_file_is_told(index, scratch, part):
    write_wheel(index, "model-maker", "1.2", {"model_maker/other.onnx": CONTENT})
    with pytest.raises(SourceError) as caught:
        fetch_from_package(MAKER, part, scratch, SIZE)
    assert str(caught.value) == "model_maker-1.2-py3-none-any.whl has no file model_maker/data/net.onnx"


def test_a_file_of_another_size_is_not_unpacked(index, scratch, part):
    write_wheel(index, "model-maker", "1.2", {MAKER.path: CONTENT * 2})
    with pytest.raises(SourceError) as caught:
        fetch_from_package(MAKER, part, scratch, SIZE)
    assert str(caught.value) == f"model_maker/data/net.onnx has {2 * SIZE} bytes, expected {SIZE}"
    assert not part.exists()


def test_a_damaged_wheel_is_told(scratch, part, tmp_path, monkeypatch):
    wheel = write_wheel(tmp_path, "model-maker", "1.2", {MAKER.path: os.urandom(5000)})
    with zipfile.ZipFile(wheel) as archive:
        at = archive.getinfo(MAKER.path).header_offset + 200
    data = bytearray(wheel.read_bytes())
    data[at : at + 40] = bytes(40)
    wheel.write_bytes(data)
    monkeypatch.setattr(sources, "_downloaded", lambda source, scratch, limit_s: wheel)
    with pytest.raises(SourceError, match=r"model_maker-1\.2-py3-none-any\.whl is damaged \("):
        fetch_from_package(MAKER, part, scratch, None)


@pytest.mark.parametrize("damage", [b"no wheel", b"packed"])
def test_a_damaged_wheel_is_downloaded_again(index, scratch, part, damage):
    wheel = write_wheel(index, "model-maker", "1.2", {MAKER.path: CONTENT})
    there = scratch / "model-maker-1.2" / wheel.name
    there.parent.mkdir(parents=True)
    there.write_bytes(damage if damage == b"no wheel" else packed_badly(wheel.read_bytes()))
    with pytest.raises(SourceError, match="is damaged"):
        fetch_from_package(MAKER, part, scratch, SIZE)
    fetch_from_package(MAKER, part, scratch, SIZE)
    assert part.read_bytes() == CONTENT


def packed_badly(wheel: bytes) -> bytes:
    """A wheel whose first file begins with a kind of block that there is none of."""
    named = wheel.index(MAKER.path.encode()) + len(MAKER.path)
    return wheel[:named] + b"\xff" * 40 + wheel[named + 40 :]


def test_an_index_that_does_not_answer_is_given_up(scratch, part):
    with pytest.raises(SourceError) as caught:
        fetch_from_package(MAKER, part, scratch, SIZE, limit_s=0.05)
    assert str(caught.value) == "pip did not end within 0 s"


def test_a_python_without_pip_is_told(scratch, part, tmp_path, monkeypatch):
    bare = tmp_path / "python"
    bare.write_text("#!/bin/sh\necho 'python: No module named pip' >&2\nexit 1\n")
    bare.chmod(0o755)
    monkeypatch.setattr(sources.sys, "executable", str(bare))
    with pytest.raises(SourceError) as caught:
        fetch_from_package(MAKER, part, scratch, SIZE)
    assert str(caught.value) == "pip: python: No module named pip"
    monkeypatch.setattr(sources.sys, "executable", str(tmp_path / "gone"))
    with pytest.raises(SourceError, match=r"pip cannot be run \(No such file or directory\)"):
        fetch_from_package(MAKER, part, scratch, SIZE)
