from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from clip_tables import COLUMNS, clip, samples
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from rushes.analyze.spec import Column
from rushes.recipe.spec import SegmentsSpec
from rushes.score.files import LIBRARY_TABLES, WRITTEN_TABLES, read_library, write_library
from rushes.score.library import ClipTables, gather


def test_clips_are_sorted_by_name_and_facts_are_copied():
    library = gather([clip("b", 2.0), clip("a", 1.0)], (), SegmentsSpec(), metadata=["angle"])
    assert library.clips.rows(named=True)[0] == {
        "clip": "a",
        "digest": "a",
        "duration_s": 1.0,
        "clip_duration_s": 1.0,
        "width_px": 1080.0,
        "height_px": 1920.0,
        "rate_fps": 30000 / 1001,
        "has_audio": False,
        "complete": True,
        "partial": False,
        "angle": None,
        "failures": [],
        "missing_parts": [],
        "analyzed_hash": "a",
        "analyzed_size_bytes": None,
        "analysis_version": None,
        "pipeline_version": None,
        "frame_sample_fps": None,
        "audio_sample_rate_hz": None,
        "model_manifest_b3": None,
        "models_used": None,
    }
    assert library.segments.rows(named=True)[1] == {
        "segment": "b#001",
        "clip": "b",
        "index": 1,
        "shot_index": 1,
        "start_s": 0.0,
        "end_s": 2.0,
        "duration_s": 2.0,
        "clip_duration_s": 2.0,
        "width_px": 1080.0,
        "height_px": 1920.0,
        "rate_fps": 30000 / 1001,
        "has_audio": False,
        "complete": True,
        "partial": False,
        "angle": None,
    }


def test_clip_level_values_are_copied_to_every_segment():
    values = {
        "clip": pl.DataFrame(
            {"integrated_lufs": [-20.0], "level": ["high"], "vertical": [True], "other": [1]}
        )
    }
    library = gather([clip("a", 2.0, [1.0], loudness=values), clip("b", 1.0)], COLUMNS, SegmentsSpec())
    rows = library.segments.select("segment", "integrated_lufs", "level", "vertical").rows()
    assert rows == [
        ("a#001", -20.0, "high", True),
        ("a#002", -20.0, "high", True),
        ("b#001", None, None, None),
    ]


def test_every_declared_column_is_there_with_its_type_even_if_nothing_was_analysed():
    empty = gather([], COLUMNS, SegmentsSpec())
    full = gather([clip("a", 1.0)], COLUMNS, SegmentsSpec())
    for name in LIBRARY_TABLES:
        assert getattr(empty, name).schema == getattr(full, name).schema
    schema = full.segments.schema
    assert [schema[column.name] for column in COLUMNS] == [
        pl.Float64,
        pl.Float64,
        pl.Float64,
        pl.String,
        pl.Float64,
        pl.String,
        pl.Boolean,
    ]


def test_tables_whose_columns_are_all_missing_in_one_clip_fit_the_others():
    first = samples(t_s=[0.0], sharpness_01=[None])
    second = samples(t_s=[0.0], sharpness_01=[0.5])
    library = gather([clip("a", 1.0, q=first), clip("b", 1.0, q=second)], COLUMNS, SegmentsSpec())
    assert library.clips["sharpness_01"].to_list() == [None, 0.5]


def test_failures_are_kept_per_clip():
    failed = ClipTables(
        clip="a",
        digest="d",
        duration_s=1.0,
        width_px=None,
        height_px=None,
        rate_fps=None,
        has_audio=True,
        complete=False,
        failures={"motion": "too slow", "faces": "no model"},
    )
    assert gather([failed], (), SegmentsSpec()).clips["failures"].to_list() == [
        ["faces: no model", "motion: too slow"]
    ]


@pytest.mark.parametrize(
    ("clips", "columns", "words"),
    [
        ([clip("a", 1.0), clip("a", 2.0)], (), "two clips have the same name: a"),
        ([], (COLUMNS[0], COLUMNS[0]), "two columns have the same name: sharpness_01"),
        ([], (Column(name="duration_s", says=""),), "two columns have the same name: duration_s"),
    ],
)
def test_names_must_be_unique(clips: list[ClipTables], columns: tuple[Column, ...], words: str):
    with pytest.raises(ValueError, match=f"^{words}$"):
        gather(clips, columns, SegmentsSpec())


def test_a_clip_cannot_last_less_than_nothing():
    with pytest.raises(ValueError, match=r"^a: duration_s=-1\.0 is no duration$"):
        clip("a", -1.0)


@settings(derandomize=True, deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4000), st.floats(0, 1)), max_size=20), st.randoms()
)
def test_the_order_in_which_clips_arrive_changes_nothing(seen: list[tuple[int, int, float]], random: Any):
    clips: list[ClipTables] = []
    for at in range(4):
        mine = sorted((t_ms / 1000, value) for index, t_ms, value in seen if index == at)
        table = pl.DataFrame(mine, schema={"t_s": pl.Float64, "sharpness_01": pl.Float64}, orient="row")
        clips.append(clip(f"c{at}", 4.0, [1.0 + at / 10], q={"samples": table}))
    shuffled = random.sample(clips, len(clips))
    one, other = (gather(order, COLUMNS, SegmentsSpec()) for order in (clips, shuffled))
    for name in LIBRARY_TABLES:
        assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)


def test_a_library_is_written_to_the_same_bytes_and_read_back_whole(tmp_path: Any):
    seen = samples(t_s=[0.0, 1.2], sharpness_01=[0.2, 0.8], kind=["a", "b"])
    made = [
        gather([clip("a", 3.0, [1.0], q=seen), clip("b", 1.0)], COLUMNS, SegmentsSpec()) for _ in range(2)
    ]
    folders = [tmp_path / "one", tmp_path / "two"]
    for library, folder in zip(made, folders, strict=True):
        folder.mkdir()
        write_library(library, {name: folder / f"{name}.arrow" for name in WRITTEN_TABLES})
    for name in WRITTEN_TABLES:
        first, second = ((folder / f"{name}.arrow").read_bytes() for folder in folders)
        assert first == second
    again = read_library({name: folders[0] / f"{name}.arrow" for name in LIBRARY_TABLES})
    for name in LIBRARY_TABLES:
        assert_frame_equal(getattr(again, name), getattr(made[0], name), check_exact=True)


def test_two_hundred_clips_are_gathered_within_a_second():
    times = [step / 5 for step in range(150)]
    table = {"samples": pl.DataFrame({"t_s": times, "sharpness_01": times, "kind": ["a", "b", "c"] * 50})}
    clips = [clip(f"c{at:03}", 30.0, [7.1, 19.3], q=table) for at in range(200)]
    began = time.process_time()
    library = gather(clips, COLUMNS, SegmentsSpec())
    assert library.segments.height == 200 * (2 + 4 + 3)
    assert time.process_time() - began < 1.5, "processor seconds"


MARKS = (
    Column(name="laughs", type="list", unit="s", says=""),
    Column(name="faces", type="list", unit="s", says=""),
    Column(name="sharpness_01", unit="01", per_sample=True, says=""),
)


def test_lists_stand_in_clips_alone_and_a_clip_without_its_table_has_none():
    some = pl.DataFrame({"laughs": [[0.5, 1.5]], "faces": [[{"start_s": 0.0, "end_s": 1.0}]]})
    none = pl.DataFrame({"laughs": [[]], "faces": [[]]})
    clips = [clip("a", 1.0, ears={"clip": none}), clip("b", 2.0, ears={"clip": some}), clip("c", 1.0)]
    library = gather(clips, MARKS, SegmentsSpec())
    assert library.clips.select("laughs", "faces").rows() == [
        ([], []),
        ([0.5, 1.5], [{"start_s": 0.0, "end_s": 1.0}]),
        (None, None),
    ]
    assert not {"laughs", "faces"} & {*library.segments.columns, *library.samples.columns}


@pytest.mark.parametrize("tables", [{}, {"ears": {"clip": pl.DataFrame({"laughs": [[]]})}}])
def test_lists_of_which_nothing_is_known_are_lists_of_numbers(tables: dict[str, Any]):
    library = gather([clip("a", 1.0, **tables)], MARKS, SegmentsSpec())
    assert library.clips.schema["laughs"] == pl.List(pl.Float64)


def test_lists_are_written_as_the_same_bytes_and_read_back(tmp_path: Any):
    some = pl.DataFrame({"laughs": [[0.5, 1.5]], "faces": [[{"start_s": 0.0, "end_s": 1.0}]]})
    clips = [
        clip("a", 1.0),
        clip("b", 2.0, ears={"clip": some}),
        clip("c", 1.0),
        clip("d", 1.0, ears={"clip": some}),
    ]
    written: list[bytes] = []
    for at, order in enumerate((clips, clips[::-1])):
        library = gather(order, MARKS, SegmentsSpec())
        paths = {name: tmp_path / f"{name}{at}" for name in LIBRARY_TABLES}
        write_library(library, paths)
        assert_frame_equal(read_library(paths).clips, library.clips)
        written.append(paths["clips"].read_bytes())
    assert written[0] == written[1]


SHOT_TYPE = (
    Column(name="shot_type", type="text", per_sample=True, choices=("wide", "close_up"), says=""),
    Column(name="shot_type_confidence_01", unit="01", per_sample=True, says=""),
    Column(name="angle", type="text", says=""),
)


def test_what_a_file_is_named_stands_before_what_was_seen():
    seen = samples(
        t_s=[0.0, 1.5], shot_type=["wide", "close_up"], shot_type_confidence_01=[0.6, 0.9], junk=[1, 2]
    )
    tables = {"eyes": {**seen, "clip": pl.DataFrame({"angle": ["front"]})}}
    clips = [
        replace(clip("a", 2.0, [1.0], **tables), metadata={"shot_type": "insert"}),
        replace(clip("b", 2.0, [1.0], **tables), metadata={"angle": "side"}),
        replace(clip("c", 1.0), metadata={"shot_type": "wide"}),
        clip("d", 1.0),
    ]
    library = gather(clips, SHOT_TYPE, SegmentsSpec(), metadata=["angle", "shot_type"])
    names = ("clip", "shot_type", "shot_type_confidence_01", "angle")
    assert library.clips.select(names).rows() == [
        ("a", "insert", 1.0, "front"),
        ("b", "close_up", pytest.approx(0.75), "side"),
        ("c", "wide", 1.0, None),
        ("d", None, None, None),
    ]
    assert library.segments.select(names).rows() == [
        ("a", "insert", 1.0, "front"),
        ("a", "insert", 1.0, "front"),
        ("b", "wide", 0.6, "side"),
        ("b", "close_up", 0.9, "side"),
        ("c", "wide", 1.0, None),
        ("d", None, None, None),
    ]
    assert library.seen.select(names).rows() == [
        ("a", "close_up", pytest.approx(0.75), "front"),
        ("b", "close_up", pytest.approx(0.75), "front"),
        ("c", None, None, None),
        ("d", None, None, None),
    ]


def test_nothing_is_kept_apart_where_names_of_files_decide_nothing():
    library = gather([clip("a", 1.0)], COLUMNS, SegmentsSpec(), metadata=["angle"])
    assert library.seen.to_dict(as_series=False) == {"clip": ["a"]}


def test_a_number_that_metadata_and_an_analyzer_both_have_is_refused():
    with pytest.raises(ValueError, match="two columns have the same name: sharpness_01"):
        gather([clip("a", 1.0)], COLUMNS, SegmentsSpec(), metadata=["sharpness_01"])


def test_a_clip_says_which_parts_are_missing_and_why():
    whole = clip("a", 1.0)
    failed = replace(clip("b", 1.0), failures={"speech": "no sound"}, unavailable={"faces": "no model"})
    short = replace(clip("c", 3.2), complete=False)
    library = gather([whole, failed, short], (), SegmentsSpec())
    assert library.clips.select("partial", "missing_parts", "failures").rows() == [
        (False, [], []),
        (True, ["faces: no model", "speech: no sound"], ["speech: no sound"]),
        (True, ["end: the file breaks off after 3.20 s"], []),
    ]
    assert library.segments["partial"].to_list() == [False, True, True]


def test_a_clip_says_what_it_was_analysed_with():
    provenance = {
        "analysis_version": "3",
        "pipeline_version": "0.3.0",
        "frame_sample_fps": 1.0,
        "audio_sample_rate_hz": 16000,
        "model_manifest_b3": "ab",
        "models_used": ["silero 12"],
    }
    library = gather([replace(clip("a", 1.0), bytes=1234, provenance=provenance)], (), SegmentsSpec())
    row = library.clips.row(0, named=True)
    assert {name: row[name] for name in provenance} == provenance
    assert (row["analyzed_hash"], row["analyzed_size_bytes"]) == ("a", 1234)
    assert not set(provenance) & set(library.segments.columns)


def test_accents_of_all_clips_are_gathered_in_order():
    schema = {"t_s": pl.Float64, "strength_01": pl.Float64}
    moved = {"motion_accents": pl.DataFrame([(2.0, 1.0), (1.0, 0.6)], schema=schema, orient="row")}
    still = {"motion_accents": pl.DataFrame(schema=schema)}
    clips = [clip("b", 3.0, motion=moved), clip("a", 3.0, motion=still), clip("c", 1.0)]
    library = gather(clips, COLUMNS, SegmentsSpec())
    assert library.accents.rows() == [("b", 1.0, 0.6), ("b", 2.0, 1.0)]


def test_a_library_that_nobody_looked_for_movement_in_has_an_empty_table_of_accents():
    library = gather([clip("a", 1.0)], COLUMNS, SegmentsSpec())
    assert library.accents.schema == {"clip": pl.String, "t_s": pl.Float64, "strength_01": pl.Float64}
    assert library.accents.is_empty()
