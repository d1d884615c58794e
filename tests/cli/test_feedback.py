"""rushes feedback: said in words, kept in the library, carried as lines."""

import json

import pytest
from command_line import rushes
from library_samples import clip_digest, make_library
from rushes.store.canonical import digest_bytes
from rushes.store.library_file import LibraryFile


@pytest.fixture
def library(tmp_path):
    path = tmp_path / "library.sqlite"
    make_library(path)
    return path


@pytest.fixture
def say(library):
    return lambda *words: rushes("feedback", *words, "--library", library)


def events(path):
    with LibraryFile(path, read_only=True) as file:
        return file.feedback()


@pytest.mark.parametrize("kind", ["favorite", "bad", "untag", "export"])
def test_clips_are_tagged_by_name(say, library, kind):
    ended = say(kind, "clip_1", "clip_2.mp4", "--creator", "anna", "--note", "as I like it")
    assert (ended.code, ended.out, ended.err) == (0, f"{kind}: clip_1.mp4\n{kind}: clip_2.mp4\n", "")
    found = events(library)
    assert [(event.kind, event.clip, event.creator, event.note) for event in found] == [
        (kind, clip_digest(number), "anna", "as I like it") for number in (1, 2)
    ]
    assert found[0].uid != found[1].uid


def test_a_file_that_no_run_has_seen_gets_feedback_and_makes_the_library(tmp_path, own_home):
    (tmp_path / "new.mp4").write_bytes(b"new")
    ended = rushes("feedback", "favorite", "new.mp4")
    assert (ended.code, ended.out) == (0, "favorite: new.mp4 (not analysed yet)\n")
    (event,) = events(own_home / "rushes" / "library.sqlite")
    assert (event.clip, event.creator) == (digest_bytes(b"new"), "default")


def test_the_environment_can_name_the_library(tmp_path, library, monkeypatch):
    monkeypatch.setenv("RUSHES_LIBRARY", str(library))
    assert rushes("feedback", "bad", "clip_3").code == 0
    assert events(library)[0].kind == "bad"


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ((), {}),
        (("--watched", "8s"), {"watch_s": 8.0, "completion_01": 0.8}),
        (("--watched", "8", "--of", "16s"), {"watch_s": 8.0, "completion_01": 0.5}),
        (("--watched", "00:00:30"), {"watch_s": 30.0, "completion_01": 1.0}),
        (("--completion", "0.9", "--rewatch"), {"completion_01": 0.9, "rewatch": True}),
        (("--watched", "8s", "--completion", "0.3"), {"watch_s": 8.0, "completion_01": 0.3}),
    ],
)
def test_a_view_says_how_much_was_watched(say, library, words, value):
    assert say("view", "clip_1", *words).code == 0
    assert events(library)[0].value == value


def test_a_skip_says_where(say, library):
    assert say("skip", "clip_1", "--at", "2500ms").code == 0
    assert (events(library)[0].kind, events(library)[0].value) == ("skip", {"position_s": 2.5})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("view", "clip_1", "--watched", "soon"), "--watched is 'soon', which is no time"),
        (("view", "clip_1", "--watched", "-8"), "--watched is '-8', which is no time"),
        (("view", "clip_1", "--of", "8s"), "--of says nothing without --watched"),
        (
            ("view", "clip_1", "--watched", "1s", "--of", "8s", "--completion", "1"),
            "--of and --completion say the same",
        ),
        (("view", "clip_1", "--completion", "1.5"), "Invalid value for '--completion'"),
        (
            ("bad", "clip_1", "--creator", "../x"),
            "Invalid value for '--creator': '../x' is no name of a creator",
        ),
        (("bad", "clp_1.mp4"), "there is no clip clp_1.mp4: no such file, and none in the library"),
        (("bad", "clip_1", "nope"), "there is no clip nope"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(say, library, words, said):
    ended = say(*words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(said)
    assert "fix: " in ended.err
    assert events(library) == []


def test_an_unknown_clip_is_told_with_near_names(say):
    assert "did you mean clip_1.mp4? clips of the library: " in say("bad", "clp_1.mp4").err


def test_the_list_says_what_it_comes_to(say):
    say("favorite", "clip_2")
    say("view", "clip_1", "--watched", "8s", "--rewatch")
    say("skip", "clip_1", "--creator", "ben")
    ended = say("list")
    assert [line.split(maxsplit=2) for line in ended.out.splitlines()] == [
        ["ben", "clip_1.mp4", "-, skipped 1 x"],
        ["default", "clip_1.mp4", "-, viewed 1 x, rewatched 1 x, watched to 80%, engaged"],
        ["default", "clip_2.mp4", "favorite"],
        ["3", "events,", "3 clips"],
    ]
    (row,) = say("list", "--creator", "ben", "--json").json
    assert (row["clip"], row["digest"], row["tag"], row["skips"]) == ("clip_1.mp4", clip_digest(1), None, 1)


def test_what_is_saved_can_be_loaded_elsewhere_once(say, tmp_path, library):
    say("favorite", "clip_2", "--note", "schön")
    say("view", "clip_1", "--watched", "8s", "--creator", "ben")
    assert say("save", "feedback.jsonl").out == "2 events written to feedback.jsonl\n"
    assert say("save", "-").out == (tmp_path / "feedback.jsonl").read_text(encoding="utf-8")
    assert len(say("save", "-", "--creator", "ben").out.splitlines()) == 1
    other = tmp_path / "other.sqlite"
    for said in ("2 new of 2 events\n", "0 new of 2 events\n"):
        assert rushes("feedback", "load", "feedback.jsonl", "--library", other).out == said
    assert events(other) == events(library)


def test_a_file_with_bad_lines_is_not_loaded_at_all(say, tmp_path, library):
    good = {"clip": clip_digest(1), "kind": "bad", "at": "2026-05-04T12:00:00Z"}
    (tmp_path / "bad.jsonl").write_text(f"{json.dumps(good)}\nnonsense\n")
    ended = say("load", "bad.jsonl")
    assert ended.code == 2
    assert ended.err.startswith("bad.jsonl:2:1: this is not JSON: ")
    assert events(library) == []


@pytest.mark.parametrize("verb", ["list", "save"])
def test_without_a_library_it_is_said_how_to_get_one(tmp_path, verb):
    ended = rushes(
        "feedback", verb, *(["out.jsonl"] if verb == "save" else []), "--library", tmp_path / "none"
    )
    assert ended.code == 1
    assert ended.err == (
        f"{tmp_path}/none: there is no library yet\n"
        "    fix: run a recipe over your clips first, or name another file with --library FILE\n"
    )
    assert not (tmp_path / "none").exists()


def test_a_file_to_load_that_is_not_there_is_told(say):
    ended = say("load", "gone.jsonl")
    assert (ended.code, ended.err.splitlines()[0]) == (
        2,
        "gone.jsonl: cannot be read: No such file or directory",
    )


def test_a_file_that_cannot_be_written_is_told(say, tmp_path):
    say("favorite", "clip_1")
    ended = say("save", tmp_path / "gone" / "feedback.jsonl")
    assert ended.code == 1
    assert ended.err.splitlines()[1] == "    fix: choose another file"
