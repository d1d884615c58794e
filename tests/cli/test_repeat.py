"""The same inputs give the same bytes: other workers, other folders, an empty store, a run from its record."""

import json
from pathlib import Path

import pytest
from command_line import Ended, rushes
from rushes.cli import reproduce as reproduce_verb

OUTPUTS = ("timeline.json", "report.html", "video.mp4")


@pytest.fixture(scope="module")
def moved_run(tiny_shoot, once_for_all):
    """A run of the shoot moved elsewhere, in an empty store, with two worker processes instead of none."""

    def fill(folder: Path) -> None:
        moved = tiny_shoot.copy_to(folder / "moved to another place")
        words = moved.arguments(
            "--cache", folder / "cache", "--out", folder / "out", "--workers", 2, "--json"
        )
        ended = rushes("run", *words)
        (folder / "ended.json").write_text(json.dumps([ended.code, ended.out, ended.err]))

    return once_for_all("moved_run", fill)


def test_moved_footage_an_empty_store_and_two_workers_give_the_same_bytes(warm_run, moved_run):
    ended = Ended(*json.loads((moved_run / "ended.json").read_text()))
    assert ended.code == 0, ended.err
    assert ended.json["nodes"]["cached"] == 0
    for name in OUTPUTS:
        assert (moved_run / "out" / name).read_bytes() == warm_run.bytes_of(name), name


def test_moved_footage_and_one_worker_on_a_known_store_run_nothing(tiny_shoot, warm_run, tmp_path):
    moved = tiny_shoot.copy_to(tmp_path / "moved")
    words = moved.arguments("--cache", warm_run.cache, "--out", "out", "--workers", 1, "--json")
    ended = rushes("run", *words)
    assert ended.json["nodes"]["ran"] == 0
    for name in OUTPUTS:
        assert (tmp_path / "out" / name).read_bytes() == warm_run.bytes_of(name), name


def test_no_output_but_the_record_knows_where_it_was_made(warm_run, tiny_shoot):
    folder = str(tiny_shoot.footage.parent).encode()
    assert [folder in warm_run.bytes_of(name) for name in OUTPUTS] == [False, False, False]
    assert folder in warm_run.bytes_of("run.json")


def test_every_node_but_none_else_has_the_same_key_and_outputs_in_both_runs(warm_run, moved_run):
    def nodes(record):
        return [(node["id"], node["key"], node["outputs"], node["failure"]) for node in record["nodes"]]

    assert nodes(json.loads((moved_run / "out" / "run.json").read_text())) == nodes(warm_run.record())


def reproduced_all(warm_run):
    return f"reproduced: {', '.join(sorted(warm_run.record()['outputs']))} have the same bytes\n"


def test_reproduce_runs_again_in_an_empty_store_and_says_so(warm_run):
    ended = rushes("reproduce", warm_run.out / "run.json", "--executor", "inline")
    assert (ended.code, ended.out) == (0, reproduced_all(warm_run))
    assert "analysing: 58 steps, 0 cached, 1 failed\n" in ended.err


def reproduced(record, folder, warm_run, *more):
    path = folder / "changed.json"
    path.write_text(json.dumps(record))
    return rushes("reproduce", path, "--cache", warm_run.copy_cache(folder / "cache"), *more)


def test_reproduce_finds_the_footage_where_it_lies_now(tiny_shoot, warm_run, tmp_path):
    moved = tiny_shoot.copy_to(tmp_path / "moved")
    record = warm_run.record()
    record["arguments"] |= {"footage": "/gone", "song": "/gone.wav"}
    ended = reproduced(record, tmp_path, warm_run, "--footage", moved.footage, "--song", moved.song)
    assert (ended.code, ended.out) == (0, reproduced_all(warm_run))


def test_reproduce_without_the_footage_says_what_is_missing(warm_run, tmp_path):
    record = warm_run.record()
    record["arguments"] |= {"footage": "/gone"}
    ended = reproduced(record, tmp_path, warm_run)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "/gone: there is no such folder\n    fix: check the path given by --footage\n"


def test_reproduce_names_a_clip_that_changed(tiny_shoot, warm_run, tmp_path):
    moved = tiny_shoot.copy_to(tmp_path / "moved")
    (moved.footage / "side_02.mp4").write_bytes((moved.footage / "front_01.mp4").read_bytes())
    record = warm_run.record()
    record["arguments"]["until"] = "score"
    del record["outputs"]["report"], record["outputs"]["video"]
    ended = reproduced(record, tmp_path, warm_run, "--footage", moved.footage)
    assert ended.code == 1
    assert ended.err.endswith("changed.json was not reproduced\n")
    was, now = record["inputs"]["side_02.mp4"][:8], record["inputs"]["front_01.mp4"][:8]
    assert f"input side_02.mp4: {was} → {now}" in ended.out.splitlines()


def test_reproduce_names_another_version_where_the_bytes_differ(warm_run, tmp_path):
    record = warm_run.record()
    record["outputs"]["video"]["b3"] = "0" * 64
    record["rushes"] = "0.0.1"
    record["libraries"]["av"] = "1.0"
    ended = reproduced(record, tmp_path, warm_run)
    assert ended.code == 1
    lines = ended.out.splitlines()
    assert lines[0].startswith("output video differs: 00000000 → ")
    assert lines[1].startswith("rushes 0.0.1 → ")
    assert lines[2].startswith("av: 1.0 → ")
    assert len(lines) == 3


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (None, "run.json: cannot be read: No such file or directory\n    fix: give the run.json of an out folder\n"),
        ("{", "run.json:1:2: is not JSON: Expecting property name enclosed in double quotes\n    fix: run the recipe again\n"),
        (b"\xff\xfe", "run.json: is not text\n    fix: give the run.json of an out folder\n"),
    ],
)  # fmt: skip
def test_reproduce_refuses_what_is_no_record(tmp_path, text, what):
    if text is not None:
        (tmp_path / "run.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    ended = rushes("reproduce", "run.json")
    assert (ended.code, ended.out, ended.err) == (2, "", what)


def test_reproduce_keeps_nothing_but_what_it_prints(warm_run, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(reproduce_verb.tempfile, "tempdir", str(scratch))
    assert reproduced(warm_run.record(), tmp_path, warm_run).code == 0
    assert list(scratch.iterdir()) == []
