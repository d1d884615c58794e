from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from made_clips import timeline_of
from rushes.emit.sound_pieces import SoundPiece, sound_pieces
from rushes.timeline.tree import Fades, Retime, RetimeKey

FADE_S = Fraction(1, 50)
HALF_S = FADE_S / 2


def test_every_shot_sounds_at_its_place_and_crosses_at_its_cut():
    first, second = sound_pieces(timeline_of([("a", 30, 60), ("b", 0, 30)]), FADE_S)
    assert (first.clip, first.source_start_s, first.record_start_s, first.duration_s) == ("a", 1, 0, 2)
    assert (second.clip, second.source_start_s, second.record_start_s, second.duration_s) == ("b", 0, 2, 1)
    assert (first.lead_s, first.rise_s, first.tail_s, first.fall_s) == (0, HALF_S, HALF_S, FADE_S)
    assert (second.lead_s, second.rise_s, second.tail_s, second.fall_s) == (HALF_S, FADE_S, 0, HALF_S)


def test_where_the_source_runs_on_the_sound_does_too():
    (piece,) = sound_pieces(timeline_of([("a", 30, 60), ("a", 90, 30)]), FADE_S)
    assert (piece.record_start_s, piece.duration_s) == (0, 3)


def test_a_dissolve_takes_its_own_time():
    first, second = sound_pieces(timeline_of([("a", 30, 60), ("b", 30, 60)], dissolves={0: 9}), FADE_S)
    assert (first.tail_s, first.fall_s) == (Fraction(5, 30), Fraction(9, 30))
    assert (second.lead_s, second.rise_s) == (Fraction(4, 30), Fraction(9, 30))


def test_sounds_do_not_cross_beyond_the_middle_of_a_short_shot():
    _, short, _ = sound_pieces(timeline_of([("a", 30, 60), ("b", 30, 1), ("c", 30, 60)]), Fraction(1))
    assert short.rise_s - short.lead_s == Fraction(1, 60)
    assert short.fall_s - short.tail_s == Fraction(1, 60)


def test_a_shot_at_another_speed_is_silent_and_its_neighbours_fade():
    timeline = timeline_of([("a", 30, 60), ("b", 30, 60), ("c", 30, 60)])
    slow = Retime(keys=(RetimeKey(at_frames=0, source_s=0.0), RetimeKey(at_frames=60, source_s=1.0)))
    clips = tuple(replace(clip, retime=slow if clip.file == "b" else None) for clip in timeline.clips)
    first, last = sound_pieces(replace(timeline, clips=clips), FADE_S)
    assert (first.clip, last.clip) == ("a", "c")
    assert (first.record_end_s, last.record_start_s) == (2, 4)
    assert first.fall_s == FADE_S and last.rise_s == FADE_S


def test_sound_at_the_ends_comes_and_goes_with_the_picture():
    timeline = timeline_of([("a", 30, 60), ("b", 0, 30)])
    first, second = sound_pieces(replace(timeline, fades=Fades(in_frames=15, out_frames=90)), FADE_S)
    assert (first.lead_s, first.rise_s, first.fall_s) == (0, Fraction(1, 2), FADE_S)
    assert (second.rise_s, second.tail_s, second.fall_s) == (FADE_S, 0, 1)
    assert sound_pieces(timeline_of([]), FADE_S) == ()


def test_an_edit_without_shots_has_no_sound():
    assert sound_pieces(timeline_of([]), FADE_S) == ()


@pytest.mark.parametrize("rate", [Fraction(30000, 1001), Fraction(25)])
def test_pieces_survive_json_exactly(rate):
    for piece in sound_pieces(timeline_of([("a", 30, 61), ("b", 7, 13)], rate_fps=rate), FADE_S):
        assert SoundPiece.from_json(piece.to_json()) == piece
