"""Cuts that fall into speech are found, to a tenth of a second."""

import numpy as np
import polars as pl
from rushes.edit.speech_cuts import Speech, speech_of

SPEECH = Speech(np.array([1.0, 5.0]), np.array([2.0, 5.15]))


def test_a_moment_is_in_speech_where_it_lies_a_tenth_inside():
    at_s = np.array([0.9, 1.05, 1.11, 1.5, 1.89, 1.95, 2.5, 5.07])
    assert SPEECH.inside(at_s).tolist() == [False, False, True, True, True, False, False, False]


def test_a_shot_cuts_speech_with_either_end_and_may_hold_all_of_it():
    start = np.array([0.5, 1.5, 0.0, 0.0])
    length = np.array([2.0, 3.0, 1.5, 0.9])
    assert SPEECH.cut_by(start, length).tolist() == [False, True, True, False]


def test_nobody_speaks_where_there_is_no_stretch():
    silent = Speech(np.zeros(0), np.zeros(0))
    assert silent.inside(np.array([[0.0, 1.0]])).tolist() == [[False, False]]


def test_stretches_of_all_clips_lie_on_one_line():
    kind = pl.List(pl.Struct({"start_s": pl.Float64, "end_s": pl.Float64}))
    clips = pl.DataFrame(
        {
            "clip": ["b.mp4", "a.mp4", "c.mp4"],
            "speech_segments": pl.Series([[{"start_s": 1.0, "end_s": 2.0}], [], None], dtype=kind),
        }
    )
    found = speech_of(clips, {"a.mp4": 0.0, "b.mp4": 10.0, "c.mp4": 20.0})
    assert found is not None
    assert (found.start_s.tolist(), found.end_s.tolist()) == ([11.0], [12.0])


def test_where_nobody_listened_nothing_is_known():
    clips = pl.DataFrame({"clip": ["a.mp4"]})
    assert speech_of(clips, {"a.mp4": 0.0}) is None
    assert speech_of(clips.with_columns(speech_segments=pl.lit(None)), {"a.mp4": 0.0}) is None
