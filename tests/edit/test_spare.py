"""Pieces that better ones make needless are dropped, and nothing else."""

import numpy as np
import pytest
from edit.made_library import make_request, make_shoot, make_song
from rushes.edit import terms
from rushes.edit.places import Spans
from rushes.edit.solve import edit_timeline
from rushes.edit.spare import PieceClasses, longest_row, worth_keeping
from rushes.timeline.document import timeline_to_json


def all_kept(value, piece, classes, most):
    return np.arange(len(piece))


@pytest.mark.parametrize(
    ("asked", "at_most"),
    [({}, 100), ({"max_uses_per_clip": 2}, 150), ({"must_use": ("clip_00*", "clip_11*")}, 100)],
    ids=["one", "two", "must"],
)
def test_the_best_edit_is_the_same_without_the_needless_pieces(monkeypatch, asked, at_most):
    request = make_request(make_shoot(150), make_song(), duration_s=6.0, min_shot_s=1.0, **asked)
    monkeypatch.setattr(terms, "_CHUNK", 16)
    counted = []
    monkeypatch.setattr(terms, "worth_keeping", lambda *a: counted.append(worth_keeping(*a)) or counted[-1])
    pruned = edit_timeline(request)
    assert len(counted[-1]) < at_most
    monkeypatch.setattr(terms, "worth_keeping", all_kept)
    whole = edit_timeline(request)
    assert pruned.ai_reasoning.objective == whole.ai_reasoning.objective
    assert [clip.metadata.runner_up for clip in pruned.clips] == [c.metadata.runner_up for c in whole.clips]
    assert [clip.metadata.ai_confidence for clip in pruned.clips] == pytest.approx(
        [clip.metadata.ai_confidence for clip in whole.clips], abs=1e-6
    )


def test_the_size_of_a_chunk_changes_nothing(monkeypatch):
    clips = [{**clip, "duration_s": 5.0, "rate_fps": 30.0} for clip in make_shoot(60)]
    request = make_request(clips, make_song(), duration_s=8.0)
    whole = timeline_to_json(edit_timeline(request))
    monkeypatch.setattr(terms, "_CHUNK", 7)
    assert timeline_to_json(edit_timeline(request)) == whole


def test_as_many_clips_as_shots_are_kept_of_every_class_on_every_span():
    value = np.array([[5.0, 4.0, 3.0, 2.0, 1.0, -np.inf], [1.0, 2.0, -np.inf, -np.inf, -np.inf, 9.0]])
    classes = PieceClasses(np.array([0, 0, 1, 2, 3, 4]), np.zeros(6, dtype=np.int64))
    assert worth_keeping(value, np.arange(6), classes, 2).tolist() == [0, 1, 2, 5]
    apart = PieceClasses(classes.clip, np.array([0, 0, 0, 1, 1, 1]))
    assert worth_keeping(value, np.arange(6), apart, 2).tolist() == [0, 1, 2, 3, 4, 5]


def test_a_class_that_fits_nowhere_keeps_one_piece_to_stand_for_it():
    value = np.full((2, 3), -np.inf)
    classes = PieceClasses(np.arange(3), np.zeros(3, dtype=np.int64))
    assert worth_keeping(value, np.arange(3), classes, 1).tolist() == [0]


def test_the_longest_row_has_the_shortest_spans():
    spans = Spans(
        start=np.array([0, 0, 1, 2]), end=np.array([1, 2, 3, 3]), length_frames=np.ones(4, np.int64)
    )
    assert longest_row(spans) == 2
