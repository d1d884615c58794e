from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from listened import facts_of
from rushes.analyze.speech import ANALYZER, COLUMNS, Params
from rushes.analyze.speech_pass import speech_spans, start
from rushes.analyze.voice_activity import WINDOW_S
from rushes.models.session import Models

LOOSE = {"merge_gap_ms": 0, "min_speech_ms": 0}


def windows(*runs: tuple[int, float], begin_s: float = 0.0) -> pl.DataFrame:
    """Runs of (how many windows, how likely speech is in each)."""
    likely = [value for count, value in runs for _ in range(count)]
    times = [round(begin_s + n * WINDOW_S, 6) for n in range(len(likely))]
    return pl.DataFrame(
        {"t_s": times, "speech_01": likely}, schema={"t_s": pl.Float64, "speech_01": pl.Float64}
    )


def spans(frame: pl.DataFrame, duration_s: float = 60.0, **params: float) -> list[tuple[float, float]]:
    return speech_spans(frame["t_s"].to_list(), frame["speech_01"].to_list(), Params(**params), duration_s)


def tables(frame: pl.DataFrame, duration_s: float, sound: bool = True) -> dict[str, pl.DataFrame]:
    facts = facts_of(duration_s, sound=sound)
    return start(Params(), facts, {"voice_activity": {"speech": frame}}, Models())


def test_speech_begins_at_the_threshold_and_goes_on_down_to_the_release():
    likely = windows((1, 0.49), (1, 0.5), (1, 0.35), (1, 0.49), (1, 0.34), (1, 0.4), (1, 0.0))
    assert spans(likely, **LOOSE) == [(0.032, 0.128)]
    assert spans(likely, **LOOSE, release_01=0.5) == [(0.032, 0.064)]
    assert spans(likely, **LOOSE, threshold_01=0.6) == []


def test_speech_that_goes_on_to_the_end_ends_with_the_last_window():
    assert spans(windows((2, 0), (10, 1))) == [(0.064, 0.384)]


def test_pauses_shorter_than_100_ms_do_not_divide_speech():
    def found(pause: int, **params: float) -> list[tuple[float, float]]:
        return spans(windows((10, 1), (pause, 0), (10, 1), (1, 0)), **params)

    assert found(3) == [(0, 0.736)]  # 96 ms
    assert found(4) == [(0, 0.32), (0.448, 0.768)]  # 128 ms
    assert found(4, merge_gap_ms=129) == [(0, 0.768)]
    # As long as the limit is not shorter than it.
    assert found(4, merge_gap_ms=128) == [(0, 0.32), (0.448, 0.768)]


def test_speech_of_less_than_250_ms_is_none():
    assert spans(windows((7, 1), (9, 0), (8, 1), (1, 0))) == [(0.512, 0.768)]  # 224 and 256 ms
    assert spans(windows((7, 1), (1, 0)), min_speech_ms=224) == [(0, 0.224)]


def test_words_are_joined_before_short_ones_are_left_out():
    assert spans(windows((4, 1), (2, 0), (4, 1), (9, 0))) == [(0, 0.32)]


def test_padding_is_added_last_and_joins_what_it_makes_touch():
    likely = windows((5, 0), (10, 1), (5, 0), (10, 1), (9, 0))
    assert spans(likely, padding_ms=30) == [(0.13, 0.51), (0.61, 0.99)]
    assert spans(likely, padding_ms=80) == [(0.08, 1.04)]
    assert spans(likely, padding_ms=500, duration_s=1.2) == [(0, 1.2)]


def test_sound_that_begins_late_or_early_keeps_its_place_beside_the_picture():
    runs = ((10, 0), (20, 1), (10, 0))
    assert spans(windows(*runs, begin_s=1.25)) == [(1.57, 2.21)]
    assert spans(windows(*runs, begin_s=-0.1)) == [(0.22, 0.86)]
    assert spans(windows(*runs, begin_s=-0.5)) == [(0, 0.46)]
    assert spans(windows(*runs, begin_s=-2.0)) == []


def test_speech_that_outlasts_the_picture_ends_with_it():
    assert spans(windows((40, 1)), duration_s=1.0) == [(0, 1)]
    assert spans(windows((40, 0), (40, 1)), duration_s=1.0) == []


def test_a_clip_is_summed_up():
    # Speech from 0.32 to 1.28 and from 1.6 to 1.92 s of 4 s.
    found = tables(windows((10, 0), (30, 1), (10, 0), (10, 1), (10, 0)), 4.0)
    assert found["segments"].rows() == [(0.32, 1.28), (1.6, 1.92)]
    assert found["clip"].row(0, named=True) == {
        "speech_segment_count": 2,
        "speech_duration_ms": 1280,
        "silence_duration_ms": 2720,
        "longest_speech_s": 0.96,
        "speech_segments": [{"start_s": 0.32, "end_s": 1.28}, {"start_s": 1.6, "end_s": 1.92}],
    }


def test_samples_say_ten_times_a_second_whether_somebody_speaks():
    samples = tables(windows((10, 0), (30, 1), (10, 0)), 2.05)["samples"]
    assert samples["t_s"].to_list() == [n / 10 for n in range(21)]
    assert samples.filter(pl.col("speech_percent") == 100)["t_s"].to_list() == [n / 10 for n in range(4, 13)]
    assert samples["speech_percent"].unique().sort().to_list() == [0, 100]


def test_a_whole_clip_of_speech_is_one_hundred_percent():
    samples = tables(windows((100, 1)), 3.2)["samples"]
    assert samples["speech_percent"].to_list() == [100.0] * 32


def test_without_sound_nobody_speaks_and_nothing_is_missing():
    found = tables(windows(), 2.0, sound=False)
    assert found["samples"]["speech_percent"].to_list() == [0.0] * 20
    assert found["clip"].row(0, named=True) == {
        "speech_segment_count": 0,
        "speech_duration_ms": 0,
        "silence_duration_ms": 2000,
        "longest_speech_s": 0,
        "speech_segments": [],
    }
    assert found["segments"].is_empty()


def test_of_sound_of_which_nothing_can_be_decoded_nothing_is_known():
    found = tables(windows(), 2.0)
    assert found["clip"].row(0) == (None,) * 5
    assert found["samples"].is_empty()
    assert found["segments"].is_empty()
    facts = facts_of(2.0, sound=False)
    facts = replace(facts, info=replace(facts.info, undecodable_sound=True))
    assert start(Params(), facts, {"voice_activity": {"speech": windows()}}, Models())["samples"].is_empty()
    heard = tables(windows((9, 0)), 2.0)
    assert {name: frame.schema for name, frame in found.items()} == {
        name: frame.schema for name, frame in heard.items()
    }


def test_a_clip_of_one_picture_has_a_sample():
    assert tables(windows(), 0.033, sound=False)["samples"].rows() == [(0.0, 0.0)]


@pytest.mark.parametrize("frame", [windows(), windows((30, 1))])
def test_tables_have_the_declared_columns_and_types(frame: pl.DataFrame):
    found = tables(frame, 2.0)
    range_type = pl.Struct({"start_s": pl.Float64, "end_s": pl.Float64})
    assert found["clip"].schema["speech_segments"] == pl.List(range_type)
    assert found["samples"].columns + found["clip"].columns == ["t_s", *(c.name for c in COLUMNS)]
    assert {name: str(kind) for name, kind in found["segments"].schema.items()} == dict(
        ANALYZER.tables["segments"]
    )


def test_a_release_above_the_threshold_is_refused():
    with pytest.raises(ValueError, match=r"release_01=0\.6 is above threshold_01=0\.5"):
        Params(release_01=0.6)


def test_speech_may_begin_where_it_was_likely_already():
    likely = windows(
        (2, 0.05), (3, 0.2), (2, 0.9), (2, 0.0), (1, 0.2), (1, 0.0), (1, 0.2), (1, 0.9), (1, 0.0)
    )
    assert spans(likely, **LOOSE) == [(0.16, 0.224), (0.384, 0.416)]
    # What is less likely in between ends the onset: 0.2 at 0.288 s belongs to nothing.
    assert spans(likely, **LOOSE, onset_01=0.1) == [(0.064, 0.224), (0.352, 0.416)]
