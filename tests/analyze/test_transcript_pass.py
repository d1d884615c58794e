from __future__ import annotations

import json
from dataclasses import replace

import pytest
from listened import facts_of
from rushes.analyze.transcript import ANALYZER, COLUMNS, Params
from rushes.analyze.transcript_pass import CLIP, start
from rushes.errors import MediaError
from rushes.models.session import Models

SRT = b"1\n00:00:01,000 --> 00:00:02,000\nSo um\n\n2\n00:00:02,000 --> 00:00:04,000\nyes indeed sir\n"
JSON = json.dumps(
    {"segments": [{"start": 1, "end": 2, "text": "um", "words": [{"word": "um", "start": 1, "end": 1.5}]}]}
).encode()


def tables(files: dict[str, bytes], duration_s: float = 10.0, language: str = ""):
    facts = replace(facts_of(duration_s), side_files=files)
    return start(Params(language=language), facts, {}, Models())


def test_the_tables_are_the_declared_ones():
    found = tables({"a.srt": SRT})
    assert set(found) == {"clip", *ANALYZER.tables}
    for name, columns in ANALYZER.tables.items():
        assert [(c, str(found[name].schema[c])) for c in found[name].columns] == list(columns)
    assert found["clip"].columns == [column.name for column in COLUMNS] == list(CLIP)


def test_a_transcript_is_counted():
    (row,) = tables({"a.srt": SRT}, language="en")["clip"].to_dicts()
    assert row["word_count"] == 5
    assert row["words_per_minute"] == 100
    assert row["language"] == "en"
    assert row["transcript_segments"] == [{"start_s": 1.0, "end_s": 2.0}, {"start_s": 2.0, "end_s": 4.0}]


def test_a_clip_without_a_transcript_has_nothing_and_no_source():
    found = tables({})
    assert found["source"].is_empty() and found["words"].is_empty()
    assert found["clip"].row(0) == (None, None, None, None)


def test_the_first_file_that_is_a_transcript_counts():
    camera = b'{"iso": 400}'
    assert tables({"a.json": camera, "a.srt": SRT})["source"].row(0) == ("a.srt", "")
    assert tables({"a.json": JSON, "a.srt": SRT})["words"].rows() == [(1, 1.0, 1.5, "um", None)]


@pytest.mark.parametrize(
    ("name", "language"), [("a.en.srt", "en"), ("a.pt-BR.srt", "pt-BR"), ("a.mov.srt", "de"), ("a.srt", "de")]
)
def test_a_name_may_say_the_language(name, language):
    assert tables({name: SRT}, language="de")["source"]["language"][0] == language


def test_what_lies_beyond_the_clip_is_left_out():
    assert tables({"a.srt": SRT}, duration_s=1.5)["segments"].rows() == [(1, 1.0, 1.5, "So um")]


def test_a_broken_transcript_fails_with_its_file_and_line():
    with pytest.raises(MediaError) as error:
        tables({"a.srt": SRT + b"\n3\n00:0"})
    (problem,) = error.value.problems
    assert problem.what == (
        "a.srt:10:1: here a time range should stand, such as 00:00:01,000 --> 00:00:02,500"
    )
