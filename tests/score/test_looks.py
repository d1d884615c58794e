"""A segment looks like the mean of its pictures."""

import numpy as np
import polars as pl
import pytest
from rushes.score.looks import read_looks, with_looks

SEGMENTS = pl.DataFrame({"clip": ["a", "a", "b"], "start_s": [0.0, 2.0, 0.0], "end_s": [2.0, 3.0, 1.0]})


def embedded(*rows):
    vectors = [np.array(vector, "<f4").tobytes() for _, vector in rows]
    return pl.DataFrame({"pts": range(len(rows)), "t_s": [t_s for t_s, _ in rows], "vector": vectors})


def test_a_segment_has_the_mean_of_the_vectors_of_its_pictures_as_one_of_length_1():
    found = with_looks(SEGMENTS, {"a": embedded((0.0, [1, 0]), (1.9, [0, 1]), (2.0, [0.6, 0.8]))})
    vectors, known = read_looks(found["look_vector"].to_list())
    assert known.tolist() == [True, True, False]
    assert vectors[0].tolist() == pytest.approx([0.5**0.5] * 2)
    assert vectors[1].tolist() == pytest.approx([0.6, 0.8])


def test_without_embeddings_segments_stay_as_they_are():
    assert with_looks(SEGMENTS, {}) is SEGMENTS
    nothing = pl.DataFrame(schema={"pts": pl.Int64, "t_s": pl.Float64, "vector": pl.Binary})
    assert with_looks(SEGMENTS, {"a": nothing}) is SEGMENTS


def test_vectors_that_cancel_out_are_no_look():
    found = with_looks(SEGMENTS, {"b": embedded((0.0, [1, 0]), (0.5, [-1, 0]))})
    assert found["look_vector"].to_list() == [None, None, None]
