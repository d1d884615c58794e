"""Marks of music on the places of an edit, by arithmetic: beats every half second from 0, downbeats every 2 s, 30 fps.

The song lasts 40 s and has sections from 0, 8 and 17.1 s and a drop at 8 s. Places lie on beats from 4 to 12 s.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from rushes.edit.constraint_music import held_moments, held_over, marks_of_music, moments_of_song
from rushes.edit.music import Music
from rushes.edit.places import Places
from rushes.recipe.constraint_spec import ConstraintSpec
from rushes.timeline.tree import Section

STARTS = (0.0, 8.0, 17.1, 40.0)
MUSIC = Music(
    duration_s=40.0,
    bpm=120.0,
    beats_s=np.arange(0.0, 40.0, 0.5),
    downbeats_s=np.arange(0.0, 40.0, 2.0),
    energy_s=np.arange(0.0, 40.0, 0.1),
    energy_01=np.full(400, 0.5),
    sections=tuple(
        Section(start_s=start, end_s=end, label="verse", energy_01=0.5) for start, end in pairwise(STARTS)
    ),
    drops_s=np.array([8.0]),
)
SILENT = replace(MUSIC, bpm=0.0, beats_s=np.zeros(0), downbeats_s=np.zeros(0))


def places_at(*times):
    """Places at these times of a song that is heard from 4 s on."""
    time_s = np.array(times)
    return Places(
        frames=np.round((time_s - 4.0) * 30).astype(np.int64),
        time_s=time_s,
        beat=np.full(len(time_s), -1),
        strength_01=np.zeros(len(time_s)),
        turn=np.zeros(len(time_s), dtype=bool),
        notes=(),
        warnings=(),
    )


PLACES = places_at(*np.arange(4.0, 12.1, 0.5))


def marked(kind, places=PLACES, music=MUSIC):
    return places.time_s[marks_of_music(kind, places, music, 30)].tolist()


@pytest.mark.parametrize(
    ("kind", "times"),
    [
        ("beat", list(np.arange(4.0, 12.1, 0.5))),
        ("downbeat", [4, 6, 8, 10, 12]),
        ("phrase", [8]),  # every fourth downbeat: 0 of the first section, 8 of the second
        ("section", [8]),
    ],
)
def test_places_are_marked_by_what_lies_on_them(kind, times):
    assert marked(kind) == times


def test_a_place_lies_on_a_beat_that_is_no_more_than_a_frame_away():
    near = places_at(4.0, 4.5 + 1 / 30, 5.0 - 1 / 30, 5.5 + 1.1 / 30, 6.0 - 1.1 / 30)
    assert marks_of_music("beat", near, MUSIC, 30).tolist() == [True, True, True, False, False]
    assert marks_of_music("beat", near, MUSIC, 25).tolist() == [True] * 5


def test_a_section_is_marked_on_the_one_place_nearest_to_its_beginning_within_half_a_beat():
    assert marked("section", places_at(7.8, 8.1, 8.2)) == [8.1]
    assert marked("section", places_at(7.0, 7.75, 9.0)) == [7.75]
    assert marked("section", places_at(7.0, 7.74, 9.0)) == []
    assert marked("section", places_at(8.0, 16.95, 17.3)) == [8.0, 16.95]


def test_of_two_places_as_near_to_a_section_it_is_the_earlier():
    assert marked("section", places_at(7.875, 8.125)) == [7.875]


def test_without_a_known_beat_a_section_may_be_a_quarter_second_away():
    assert marked("section", places_at(7.75, 9.0), SILENT) == [7.75]
    assert marked("section", places_at(7.74, 9.0), SILENT) == []


@pytest.mark.parametrize("kind", ["beat", "downbeat", "phrase", "section"])
def test_without_music_nothing_is_marked(kind):
    assert marked(kind, music=None) == []
    assert marked(kind, music=replace(SILENT, sections=MUSIC.sections[:1])) == []


def hold(kind="drop", **spans):
    return ConstraintSpec(name="h", hold=kind, **spans)


def closed(spec, places=PLACES, music=MUSIC):
    """Times at which nothing may be cut."""
    return places.time_s[held_over(spec, places, music)].tolist()


@pytest.mark.parametrize(
    ("spans", "times"),
    [
        ({"before_s": 1.0}, [7.5]),
        ({"after_s": 1.0}, [8.5]),
        ({"before_s": 1.0, "after_s": 1.5}, [7.5, 8, 8.5, 9]),
        ({"before_s": 0.5}, []),
        ({"before_s": 0.51}, [7.5]),
        ({"after_s": 9.0}, list(np.arange(8.5, 12.1, 0.5))),
    ],
)
def test_nothing_is_cut_inside_what_is_held_and_on_the_moment_only_where_both_sides_are(spans, times):
    assert closed(hold(**spans)) == times
    assert closed(hold("section", **spans)) == times


def test_what_is_held_is_held_around_the_place_that_is_nearest_to_the_moment():
    moved = places_at(7.0, 7.6, 8.2, 8.8)
    assert held_moments(hold(before_s=1), moved, MUSIC).tolist() == [8.2]
    assert closed(hold(before_s=1.0), moved) == [7.6]


def test_around_a_moment_outside_the_edit_nothing_is_held():
    early = places_at(4.0, 5.0, 6.0, 7.0, 7.7)
    assert held_moments(hold(before_s=9), early, MUSIC).tolist() == []
    assert closed(hold(before_s=9.0), early) == []


def test_without_music_nothing_is_held():
    assert held_moments(hold(before_s=1), PLACES, None).tolist() == []
    assert closed(hold(before_s=9.0, after_s=9.0), music=None) == []


def test_several_moments_are_held_at_once():
    music = replace(MUSIC, drops_s=np.array([6.0, 10.0]))
    assert closed(hold(before_s=0.6, after_s=0.6), music=music) == [5.5, 6, 6.5, 9.5, 10, 10.5]


def test_the_moments_of_the_whole_song_are_those_inside_and_those_behind_on_their_nearest_beats():
    # The section of 17.1 s lies behind the end of 12 s; its nearest beat is 17.0.
    assert moments_of_song(hold("section", before_s=1), PLACES, MUSIC).tolist() == [8.0, 17.0]
    assert moments_of_song(hold(before_s=1), PLACES, MUSIC).tolist() == [8.0]


def test_a_moment_just_behind_the_end_is_that_of_the_last_place():
    assert moments_of_song(hold(before_s=1), places_at(4.0, 7.75), MUSIC).tolist() == [7.75]
    assert moments_of_song(hold(before_s=1), places_at(4.0, 7.5), MUSIC).tolist() == [8.0]


def test_a_moment_behind_the_end_that_no_beat_is_near_to_stays_where_it_is():
    sparse = replace(MUSIC, beats_s=np.array([0.0, 0.5, 16.0]))
    assert moments_of_song(hold("section", before_s=1), PLACES, sparse).tolist() == [8.0, 17.1]
    assert moments_of_song(hold("section", before_s=1), PLACES, SILENT).tolist() == [8.0, 17.1]
