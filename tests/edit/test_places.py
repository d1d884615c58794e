from fractions import Fraction

import numpy as np
import pytest
from edit.made_library import make_song
from rushes.edit.music import read_music
from rushes.edit.places import lay_places, lay_spans
from rushes.recipe.spec import EditSpec


def edit(**fields):
    return EditSpec(**{"duration_s": 8.0, **fields})


def test_places_are_the_beats_in_whole_frames():
    places = lay_places(read_music(make_song()), 4.1, edit())
    assert places.frames.tolist() == list(range(0, 241, 15))
    assert places.beat.tolist() == list(range(8, 25))


@pytest.mark.parametrize("rate", ["24000/1001", "30000/1001", "60000/1001", "48000/1001"])
def test_at_ntsc_rates_places_are_the_frames_nearest_to_beats_to_the_end_of_a_long_edit(rate):
    music = read_music(make_song(bpm=97.0, duration_s=1300.0))
    start_s = float(music.beats_s[3])
    places = lay_places(music, start_s, edit(duration_s=1200.0, rate_fps=rate))
    exact = [(Fraction(at) - Fraction(start_s)) * Fraction(rate) for at in places.time_s.tolist()]
    assert abs(float(exact[-1] / Fraction(rate)) - 1200) < 0.5
    assert len(exact) > 1900
    assert all(
        abs(frame - at) <= Fraction(1, 2) + Fraction(1, 10**6)
        for frame, at in zip(places.frames.tolist(), exact, strict=True)
    )


def test_half_beats_lie_between_the_beats():
    places = lay_places(read_music(make_song(bpm=60.0)), 4.1, edit(grid="half_beat"))
    assert places.frames.tolist() == list(range(0, 241, 15))
    assert (places.beat >= 0).tolist() == [True, False] * 8 + [True]


def test_the_edit_ends_on_the_downbeat_rather_than_on_the_nearest_beat():
    places = lay_places(read_music(make_song()), 4.1, edit(duration_s=7.8))
    assert places.total_frames == 240


def test_an_edit_that_no_beat_lies_near_ends_where_it_was_asked_to():
    places = lay_places(read_music(make_song(bpm=50.0)), 4.9, edit(duration_s=8.0, tolerance_s=0.1))
    assert places.total_frames == 240
    assert places.notes == ("no place of the grid lies near the end: the edit ends at exactly 8 s",)


def test_a_start_between_beats_is_kept_and_the_cuts_stay_on_the_beats():
    places = lay_places(read_music(make_song()), 4.3, edit(duration_s=8.0, tolerance_s=0.2))
    assert places.frames[:3].tolist() == [0, 9, 24]
    assert places.beat[0] == -1


def test_a_hole_in_the_beats_is_filled_and_said():
    song = make_song()
    song["beats_s"] = [at for at in song["beats_s"] if not 6.0 < at < 11.0]
    places = lay_places(read_music(song), 4.1, edit())
    assert np.diff(places.frames).max() <= 30
    assert places.warnings == (
        "the grid has a hole from 1.50 to 7.00 s of the edit: cuts lie every 0.5 s there",
    )


def test_a_cut_on_a_drop_is_the_strongest():
    places = lay_places(read_music(make_song(quiet_until_s=8.0)), 4.1, edit())
    drop = int(np.argmax(places.strength_01))
    assert places.time_s[drop] == pytest.approx(8.1)
    assert places.turn[drop] == 1


def test_spans_keep_the_lengths_and_lead_from_the_first_place_to_the_last():
    music = read_music(make_song())
    asked = edit(min_shot_s=1.0, max_shot_s=1.5)
    places = lay_places(music, 4.1, asked)
    spans = lay_spans(places, asked)
    assert set(spans.length_frames.tolist()) == {30, 45}
    assert 1 not in spans.start.tolist()
    assert (places.frames[spans.end] - places.frames[spans.start]).tolist() == spans.length_frames.tolist()
