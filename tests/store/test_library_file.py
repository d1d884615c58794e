"""The library file: what was recorded comes back, whoever else writes, and trouble is told with what to do."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from library_records import CLIP, FACES, QUALITY, A, B, clips, event, record, told
from rushes.errors import StoreError
from rushes.store.library_file import AnalyzerResult, ClipRecord, LibraryFile, SeenClip


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "library.sqlite"


def test_what_was_recorded_is_read(path):
    record(path, CLIP)
    assert clips(path) == [CLIP]


numbers = st.floats(allow_nan=False, allow_infinity=False) | st.none()


values = (
    numbers
    | st.integers(-(2**40), 2**40)
    | st.booleans()
    | st.text(max_size=5)
    | st.lists(numbers, max_size=3)
)


results = st.builds(
    AnalyzerResult,
    fingerprint=st.sampled_from(["one", "two"]),
    state=st.sampled_from(["ok", "failed", "interrupted"]),
    reason=st.sampled_from(["", "broken"]),
    columns=st.dictionaries(st.text(max_size=4), values, max_size=5),
)


records = st.builds(
    ClipRecord,
    digest=st.sampled_from([A, B, "c" * 64]),
    name=st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    path=st.just("/clip"),
    bytes=st.integers(0, 2**50),
    facts=st.dictionaries(st.text(max_size=4), values, max_size=3),
    metadata=st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=2),
    results=st.dictionaries(st.sampled_from(["quality", "faces", "speech"]), results, max_size=3),
)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.lists(records, max_size=4, unique_by=lambda clip: clip.digest))
def test_any_record_comes_back_with_values_of_the_same_type(tmp_path_factory, written):
    path = tmp_path_factory.mktemp("library") / "library.sqlite"
    record(path, *written)
    found = {clip.digest: clip for clip in clips(path)}
    assert list(found) == sorted({clip.digest for clip in written})
    for clip in written:
        got = found[clip.digest]
        assert (got.name, got.bytes, got.metadata) == (clip.name, clip.bytes, clip.metadata)
        assert repr(got.facts) == repr(dict(sorted(clip.facts.items())))
        for analyzer, result in clip.results.items():
            assert got.results[analyzer] == result
            for name, value in result.columns.items():
                assert repr(got.results[analyzer].columns[name]) == repr(value)


def test_the_same_run_twice_changes_nothing(path):
    record(path, CLIP, replace(CLIP, digest=B), fingerprints={"q1": {"analyzer": "quality"}})
    before = path.read_bytes()
    record(path, CLIP, replace(CLIP, digest=B), fingerprints={"q1": {"analyzer": "quality"}})
    assert path.read_bytes() == before


def test_a_run_with_fewer_analyzers_loses_nothing(path):
    record(path, CLIP)
    newer = replace(QUALITY, fingerprint="q2", columns={"sharpness_01": 0.5})
    record(path, replace(CLIP, results={"quality": newer}))
    assert clips(path)[0].results == {"quality": newer, "faces": FACES}


def test_an_analyzer_without_its_model_takes_nothing_away(path):
    missing = AnalyzerResult(fingerprint="", state="unavailable", reason="the model yunet is not installed")
    record(path, replace(CLIP, results={"speech": missing}))
    record(path, replace(CLIP, results={"quality": QUALITY, "faces": FACES}))
    record(path, replace(CLIP, results={"faces": missing}))
    assert clips(path)[0].results == {"quality": QUALITY, "faces": FACES, "speech": missing}


def test_an_analysis_that_fails_for_good_replaces_the_one_before(path):
    record(path, CLIP)
    failed = AnalyzerResult(fingerprint="f2", state="failed", reason="no picture can be decoded")
    record(path, replace(CLIP, results={"faces": failed}))
    assert clips(path)[0].results["faces"] == failed


@pytest.mark.parametrize("fingerprint", [FACES.fingerprint, "f2"])
def test_an_analysis_that_was_interrupted_takes_no_result_and_no_fact_away(path, fingerprint):
    record(path, CLIP)
    late = AnalyzerResult(fingerprint=fingerprint, state="interrupted", reason="gave up after 5 s")
    record(path, replace(CLIP, facts={}, results={"quality": late, "faces": late}))
    assert clips(path) == [CLIP]


def test_an_analysis_that_was_interrupted_is_known_until_one_ends(path):
    late = AnalyzerResult(fingerprint="f1", state="interrupted", reason="gave up after 5 s")
    failed = AnalyzerResult(fingerprint="f1", state="failed", reason="no picture can be decoded")
    missing = AnalyzerResult(fingerprint="", state="unavailable", reason="the model yunet is not installed")
    for result, kept in ((missing, missing), (late, late), (missing, late), (failed, failed), (late, late)):
        record(path, replace(CLIP, results={"faces": result}))
        assert clips(path)[0].results["faces"] == kept
    record(path, CLIP)
    assert clips(path) == [CLIP]


def test_a_clip_that_breaks_off_stays_one_after_a_run_that_only_listened(path):
    torn = replace(CLIP, facts={"complete": False, "duration_s": 5.3, "has_audio": True})
    record(path, torn)
    record(path, replace(CLIP, facts={"complete": True, "duration_s": 12.0, "has_audio": True}))
    assert clips(path)[0].facts == torn.facts
    # A run that sees less of it is believed.
    record(path, replace(CLIP, facts={"complete": False, "duration_s": 5.2, "has_audio": True}))
    assert clips(path)[0].facts["duration_s"] == 5.2


def test_a_run_that_could_look_at_nothing_changes_no_length(path):
    record(path, replace(CLIP, facts={"complete": True, "duration_s": 11.9}))
    missing = AnalyzerResult(fingerprint="", state="unavailable", reason="the model yunet is not installed")
    blind = replace(CLIP, results={"faces": missing})
    for facts in ({"complete": True, "duration_s": 12.0}, {"duration_s": None}, {}):
        record(path, replace(blind, facts=facts))
        assert clips(path)[0].facts == {"complete": True, "duration_s": 11.9}


def test_a_run_that_looked_closer_says_how_long_a_whole_clip_is(path):
    record(path, replace(CLIP, facts={"complete": True, "duration_s": 12.0}))
    record(path, replace(CLIP, facts={"complete": True, "duration_s": 12.1}))
    assert clips(path)[0].facts["duration_s"] == 12.1
    record(path, replace(CLIP, facts={"complete": False, "duration_s": 5.3}))
    assert clips(path)[0].facts == {"complete": False, "duration_s": 5.3}


def test_a_clip_that_moved_is_the_same_clip(path):
    record(path, CLIP)
    with LibraryFile(path) as library:
        library.add_feedback([event("1")])
    moved = replace(CLIP, name="renamed.mp4", path="/elsewhere/renamed.mp4", results={})
    record(path, moved)
    with LibraryFile(path, read_only=True) as library:
        assert library.clips() == [replace(moved, results=CLIP.results)]
        assert library.seen() == [SeenClip(digest=A, name="renamed.mp4", path="/elsewhere/renamed.mp4")]
        assert [found.clip for found in library.feedback()] == [A]


def test_chosen_clips_come_in_the_order_of_their_digests(path):
    record(path, *(replace(CLIP, digest=f"{number:064x}") for number in range(1200)))
    wanted = [f"{number:064x}" for number in (1100, 7, 7, 5000)]
    assert [clip.digest for clip in clips(path, wanted)] == [f"{7:064x}", f"{1100:064x}"]
    assert clips(path, []) == []
    assert len(clips(path, [f"{number:064x}" for number in range(1200)])) == 1200


def test_some_columns_of_all_clips_come_as_lists(path):
    other = replace(CLIP, digest=B, name="side.mp4", facts={}, metadata={}, results={"quality": QUALITY})
    record(path, other, CLIP)
    with LibraryFile(path, read_only=True) as library:
        names = [
            "duration_s",
            "angle",
            "sharpness_01",
            "exposure_01",
            "emotion_dominant",
            "face_count_avg",
            "x",
        ]
        assert library.columns(names) == {
            "digest": [A, B],
            "clip": ["day 1/front.mp4", "side.mp4"],
            "duration_s": [2.5, None],
            "angle": [None, None],
            "sharpness_01": [0.25, 0.25],
            "exposure_01": [None, None],
            "emotion_dominant": ["happiness", None],
            "face_count_avg": [1.5, None],
            "x": [None, None],
        }


def test_what_a_file_was_named_does_not_hide_what_was_seen(path):
    seen = AnalyzerResult(fingerprint="f", state="ok", columns={"shot_type": "wide"})
    record(path, replace(CLIP, metadata={"shot_type": "insert"}, results={"shot_type": seen}))
    with LibraryFile(path, read_only=True) as library:
        assert library.columns(["shot_type"])["shot_type"] == ["wide"]


def test_an_overview_says_how_each_analyzer_stands_once_for_clips_that_were_analysed_alike(path):
    failed = AnalyzerResult(fingerprint="f2", state="failed", reason="the clip breaks off at 1.2 s")
    alike = replace(CLIP, digest=B)
    other = replace(CLIP, digest="f" * 64, name="side.mp4", path="/s.mp4", results={"faces": failed})
    record(path, CLIP, alike, other)
    with LibraryFile(path, read_only=True) as library:
        found = library.overview(["sharpness_01"])
    assert found.digests == sorted([A, B, "f" * 64])
    assert found.names == [CLIP.name, CLIP.name, "side.mp4"]
    assert found.paths == [CLIP.path, CLIP.path, "/s.mp4"]
    assert found.columns == {"sharpness_01": [0.25, 0.25, None]}
    assert found.states[0] is found.states[1]
    assert found.states[0]["quality"] == (QUALITY.fingerprint, "ok")
    assert found.states[2] == {"faces": ("f2", "failed")}


def test_fingerprints_are_kept_once(path):
    record(path, fingerprints={"b": {"version": 1}, "a": {"models": ["yunet"]}})
    record(path, fingerprints={"b": {"version": 1}})
    with LibraryFile(path, read_only=True) as library:
        found = library.fingerprints()
    assert list(found.items()) == [("a", {"models": ["yunet"]}), ("b", {"version": 1})]


def test_layouts_that_no_clip_uses_go(path):
    record(path, CLIP)
    record(path, replace(CLIP, results={"quality": replace(QUALITY, fingerprint="q2")}))
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM layouts").fetchone() == (1,)
    connection.close()


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_not_finite_is_refused_and_nothing_is_written(path, value):
    bad = replace(CLIP, digest=B, results={"quality": replace(QUALITY, columns={"sharpness_01": value})})
    with LibraryFile(path) as library:
        with pytest.raises(ValueError, match="sharpness_01 is"):
            library.record([CLIP, bad], {"q1": {}})
        assert library.clips() == []
        assert library.fingerprints() == {}


def test_feedback_comes_in_the_order_in_which_it_was_given(path):
    one = event("1", "view", value={"watch_s": 8.0, "rewatch": True}, note="für später")
    two, three = event("0", "bad", creator="ben"), event("2", "skip", clip=B)
    with LibraryFile(path) as library:
        assert library.add_feedback([one, two]) == 2
        assert library.add_feedback([one, three, two]) == 1
        assert library.feedback() == [one, two, three]
        assert library.feedback("ben") == [two]
        assert library.feedback("nobody") == []


WRITER = """
import sys
from pathlib import Path
from rushes.store.library_file import AnalyzerResult, ClipRecord, FeedbackEvent, LibraryFile

path, writer = Path(sys.argv[1]), sys.argv[2]
sys.stdin.readline()
for turn in range(20):
    with LibraryFile(path) as library:
        shared = ClipRecord(digest="e" * 64, name="shared", path="/shared", bytes=1, results={
            f"{writer}.{turn}": AnalyzerResult(fingerprint=writer, state="ok", columns={"n": float(turn)})})
        own = ClipRecord(digest=f"{writer}{turn:02d}".ljust(64, "0"), name="own", path="/own", bytes=1)
        library.record([own, shared], {f"{writer}.{turn}": {"turn": turn}})
        library.add_feedback([FeedbackEvent(
            uid=f"{writer}.{turn}", clip="e" * 64, creator=writer, kind="view", at="2026-01-01T00:00:00.000000Z")])
        assert len(library.feedback(writer)) == turn + 1
"""


def test_writers_at_once_lose_nothing_not_even_where_they_make_the_file(path):
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), name], stdin=subprocess.PIPE, text=True)
        for name in "abcd"
    ]
    for writer in writers:
        writer.communicate("go\n", timeout=60)
    assert [writer.returncode for writer in writers] == [0, 0, 0, 0]
    with LibraryFile(path, read_only=True) as library:
        found = {clip.name: clip for clip in library.clips()}
        assert len(library.clips()) == 81
        assert len(found["shared"].results) == 80
        assert len(library.fingerprints()) == len(library.feedback()) == 80


def test_a_reader_sees_what_stood_there_while_another_writes(path):
    record(path, CLIP)
    with LibraryFile(path) as writer, LibraryFile(path, read_only=True) as reader:
        writer._connection.execute("BEGIN IMMEDIATE")
        writer._connection.execute("DELETE FROM clips")
        assert reader.clips() == [CLIP]
        writer._connection.execute("ROLLBACK")


def test_a_run_that_ends_between_two_questions_of_a_reader_is_seen_whole_or_not_at_all(path):
    record(path, CLIP)
    newer = replace(CLIP, results={"quality": replace(QUALITY, fingerprint="q2"), "faces": FACES})
    with LibraryFile(path) as writer, LibraryFile(path, read_only=True) as reader:

        def write_before(statement):
            if statement.startswith("SELECT digest"):
                writer.record([newer], {})

        reader._connection.set_trace_callback(write_before)
        assert reader.clips() == [CLIP]
        reader._connection.set_trace_callback(None)
        assert reader.clips() == [newer]


def test_a_process_that_dies_while_it_writes_leaves_the_file_as_it_was(path):
    record(path, CLIP)
    script = (
        "import os, sys; from pathlib import Path; from rushes.store.library_file import LibraryFile\n"
        "library = LibraryFile(Path(sys.argv[1])); library._connection.execute('BEGIN IMMEDIATE')\n"
        "library._connection.execute('DELETE FROM clips'); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", script, str(path)], check=False).returncode == 9
    assert clips(path) == [CLIP]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE clips SET numbers = x'00'",
        "UPDATE clips SET facts = '{'",
        "UPDATE clips SET others = '[]'",
        "UPDATE layouts SET document = 'none'",
        "UPDATE clips SET metadata = '[]'",
    ],
)
def test_a_damaged_value_is_told(path, damage):
    record(path, CLIP)
    with sqlite3.connect(path) as connection:
        connection.execute(damage)
    connection.close()
    assert told(path, read_only=True)[0].startswith("the library is damaged (")


def test_a_full_disk_is_told_and_nothing_is_half_written(path):
    record(path, CLIP)
    many = [replace(CLIP, digest=f"{number:064x}", name="x" * 500) for number in range(2000)]
    with LibraryFile(path) as library:
        pages = library._connection.execute("PRAGMA page_count").fetchone()[0]
        library._connection.execute(f"PRAGMA max_page_count = {pages + 5}")
        with pytest.raises(StoreError) as caught:
            library.record(many, {})
        assert str(caught.value) == (
            f"{path}: the disk of the library is full (database or disk is full)\n"
            "    fix: free some space, or choose another file with --library FILE"
        )
        assert library.clips() == [CLIP]


@pytest.mark.parametrize("damage", ["'{'", "''", "'{},{}'"])
def test_damaged_feedback_is_told(path, damage):
    with LibraryFile(path) as library:
        library.add_feedback([event("1"), event("2")])
    with sqlite3.connect(path) as connection:
        connection.execute(f"UPDATE feedback SET value = {damage} WHERE uid = '1'")
    connection.close()
    with LibraryFile(path) as library, pytest.raises(StoreError, match=r"the library is damaged \("):
        library.feedback()


def test_a_run_is_known_as_recorded_until_anything_else_is_written(path):
    other = replace(CLIP, digest=B)
    with LibraryFile(path) as library:
        assert not library.has_recorded("reel /footage", "key 1")
        library.record([CLIP], {}, scope="reel /footage", key="key 1")
        assert library.has_recorded("reel /footage", "key 1")
        assert not library.has_recorded("reel /footage", "key 2")
        library.record([CLIP], {}, scope="best /footage", key="key 3")
        assert library.has_recorded("reel /footage", "key 1")
        library.record([other], {}, scope="best /footage", key="key 4")
        assert not library.has_recorded("reel /footage", "key 1")
        assert library.has_recorded("best /footage", "key 4")
