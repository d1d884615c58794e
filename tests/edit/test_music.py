"""The song as the edit hears it, by arithmetic: 60 s at 120 BPM, so beats every half second and bars of 2 s, from 0 on.

Its sections begin at 0, 16 and 32 s, of which the last is loud, and a drop lies at 32 s.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from rushes.edit.music import choose_part, read_music
from rushes.errors import ConstraintError

SONG = {
    "duration_s": 60.0,
    "bpm": 120.0,
    "beats_s": np.arange(0.0, 60.0, 0.5).tolist(),
    "downbeats_s": np.arange(0.0, 60.0, 2.0).tolist(),
    "energy_times_s": np.arange(0.0, 60.0, 0.5).tolist(),
    "energy_curve_01": [0.25] * 64 + [0.75] * 56,
    "sections": [
        {"start_s": start_s, "end_s": end_s, "label": label, "energy_01": 0.5}
        for start_s, end_s, label in ((0, 16, "verse"), (16, 32, "build"), (32, 60, "drop"))
    ],
    "drops_s": [32.0],
}
MUSIC = read_music(SONG)
SILENT = read_music(
    {"duration_s": 60.0, "beats_s": [], "downbeats_s": [], "energy_times_s": [], "energy_curve_01": []}
)


def energy(start_s, end_s, music=MUSIC):
    return float(music.energy_of(np.array([start_s]), np.array([end_s]))[0])


def test_a_song_is_read_as_the_analyzer_writes_it():
    assert (MUSIC.duration_s, MUSIC.bpm, MUSIC.beat_s) == (60.0, 120.0, 0.5)
    assert [(part.start_s, part.end_s, part.label) for part in MUSIC.sections] == [
        (0, 16, "verse"),
        (16, 32, "build"),
        (32, 60, "drop"),
    ]
    assert MUSIC.drops_s.tolist() == [32]


def test_a_song_of_which_little_is_known_can_be_read():
    assert (SILENT.bpm, SILENT.beat_s, SILENT.sections) == (0.0, None, ())
    assert len(SILENT.drops_s) == len(SILENT.phrases_s()) == len(SILENT.turns_s()) == 0
    assert read_music(SONG | {"bpm": None}).beat_s is None


@pytest.mark.parametrize(("beats", "beat_s"), [([], None), ([1.0], None), ([1.0, 1.5], 0.5)])
def test_a_song_has_a_beat_where_it_has_two(beats, beat_s):
    assert replace(MUSIC, beats_s=np.array(beats)).beat_s == beat_s


@pytest.mark.parametrize(
    ("start_s", "end_s", "mean_01"),
    [
        (0.0, 10.0, 0.25),
        (40.0, 50.0, 0.75),
        (30.0, 34.0, 0.5),
        (31.0, 35.0, 0.625),
        (31.9, 32.1, 0.5),
        (59.0, 60.0, 0.75),
        (31.0, 31.0, 0.0),  # nothing is heard in no time
    ],
)
def test_the_energy_of_a_range_is_its_mean(start_s, end_s, mean_01):
    assert energy(start_s, end_s) == pytest.approx(mean_01)


def test_energy_counts_by_how_long_it_holds():
    uneven = replace(MUSIC, duration_s=10.0, energy_s=np.array([0.0, 8.0]), energy_01=np.array([0.5, 1.0]))
    assert energy(0.0, 10.0, uneven) == pytest.approx(0.6)
    assert energy(7.0, 9.0, uneven) == pytest.approx(0.75)


def test_of_a_song_whose_energy_nobody_measured_it_is_none():
    assert energy(0.0, 10.0, SILENT) == 0


def test_several_ranges_are_measured_at_once():
    found = MUSIC.energy_of(np.array([0.0, 30.0, 40.0]), np.array([10.0, 34.0, 50.0]))
    assert found.tolist() == pytest.approx([0.25, 0.5, 0.75])


def test_phrases_are_every_fourth_bar_of_each_section_counted_from_its_own_first():
    assert MUSIC.phrases_s().tolist() == [0, 8, 16, 24, 32, 40, 48, 56]
    shifted = [replace(part, start_s=part.start_s + 2, end_s=part.end_s + 2) for part in MUSIC.sections]
    assert replace(MUSIC, sections=tuple(shifted)).phrases_s().tolist() == [2, 10, 18, 26, 34, 42, 50, 58]


def test_a_section_that_begins_a_little_before_or_behind_a_bar_begins_with_it():
    for off_s in (-0.25, 0.25):
        parts = [
            replace(part, start_s=part.start_s + off_s, end_s=part.end_s + off_s) for part in MUSIC.sections
        ]
        assert replace(MUSIC, sections=tuple(parts)).phrases_s().tolist() == [0, 8, 16, 24, 32, 40, 48, 56]


def test_a_bar_that_is_further_away_belongs_to_the_section_before():
    parts = [replace(part, start_s=part.start_s + 0.3, end_s=part.end_s + 0.3) for part in MUSIC.sections[:2]]
    assert replace(MUSIC, sections=tuple(parts)).phrases_s().tolist() == [2, 10, 18, 26]
    first, second = parts[0], replace(parts[1], end_s=24.0)
    whole = replace(first, start_s=0.0)
    assert replace(MUSIC, sections=(whole, second)).phrases_s().tolist() == [0, 8, 16, 18]


def test_without_sections_phrases_are_counted_from_the_first_bar():
    assert replace(MUSIC, sections=()).phrases_s().tolist() == [0, 8, 16, 24, 32, 40, 48, 56]


def test_something_begins_at_drops_and_at_sections_after_the_first():
    assert MUSIC.turns_s().tolist() == [16, 32]
    assert replace(MUSIC, drops_s=np.array([5.0])).turns_s().tolist() == [5, 16, 32]


def test_a_start_that_the_recipe_gives_is_kept():
    part = choose_part(MUSIC, 20.0, 31.37)
    assert (part.start_s, part.why) == (31.37, "the song starts at 31.37 s, as the recipe says")


@pytest.mark.parametrize("start_s", [60.0, 61.5])
def test_a_start_behind_the_end_of_the_song_is_told(start_s):
    with pytest.raises(ConstraintError) as caught:
        choose_part(MUSIC, 20.0, start_s)
    assert str(caught.value) == (
        f"song.start_s is {start_s:g} s, but the song lasts 60.00 s\n    fix: set it to an earlier time, or leave it out"
    )


def test_the_best_start_has_energy_a_drop_in_its_middle_and_ends_well():
    # 16 s from 24 s on: half of 0.5, a quarter for the drop, and an eighth of 0.6, as they end with a phrase: 0.575. From
    # 28 s on they have more energy, but end nowhere: half of 0.625 and a quarter are 0.5625.
    part = choose_part(MUSIC, 16.0, None)
    assert part.start_s == 24.0
    assert part.why == (
        "the song starts at 24.00 s, the best downbeat for this length: mean energy 0.50, a drop in its middle, "
        "it ends with a phrase"
    )


def test_a_start_with_a_section_that_ends_with_one_is_worth_more_than_a_little_energy():
    flat = replace(MUSIC, energy_01=np.full(120, 0.5), drops_s=np.zeros(0))
    part = choose_part(flat, 16.0, None)
    assert part.start_s == 0.0
    assert part.why == (
        "the song starts at 0.00 s, the best downbeat for this length: mean energy 0.50, it begins with a section, "
        "it ends with a section"
    )


def test_an_end_with_a_phrase_is_worth_less_than_one_with_a_section():
    flat = replace(MUSIC, energy_01=np.full(120, 0.5), drops_s=np.zeros(0))
    part = choose_part(flat, 24.0, None)
    # From 0 and 16 s on it begins with a section and ends with a phrase; from 8 s on it would only end with a section.
    assert part.start_s == 0.0
    assert part.why.endswith("it begins with a section, it ends with a phrase")


def test_phrases_end_with_their_section():
    # A section of 18 s: bars of 2 s, so its phrases begin at 0, 8 and 16 s, and the next section's at 18, 26 and so on.
    parts = [
        replace(MUSIC.sections[0], start_s=0, end_s=18),
        replace(MUSIC.sections[0], start_s=18, end_s=60),
    ]
    flat = replace(MUSIC, energy_01=np.full(120, 0.5), drops_s=np.zeros(0), sections=tuple(parts))
    part = choose_part(flat, 24.0, None)
    # From 0 s on it begins with a section, too, but 24 s is no phrase's end any more: the first section is over. 42 s is one.
    assert part.start_s == 18.0
    assert part.why.endswith("it begins with a section, it ends with a phrase")


def test_of_starts_that_are_as_good_the_earliest_is_taken():
    plain = replace(MUSIC, energy_01=np.full(120, 0.5), drops_s=np.zeros(0), sections=())
    assert choose_part(plain, 16.0, None).start_s == 0.0


@pytest.mark.parametrize(("drop_s", "begins_s"), [(32.0, 21.5), (30.0, 19.5)])
def test_a_drop_counts_from_a_fifth_to_seven_tenths_of_the_edit(drop_s, begins_s):
    # 15 s long, so it is to lie 3 to 10.5 s behind the start, and no downbeat ends with a phrase.
    flat = replace(MUSIC, energy_01=np.full(120, 0.5), drops_s=np.array([drop_s]), sections=())
    part = choose_part(flat, 15.0, None)
    assert begins_s <= part.start_s < begins_s + 2
    assert part.why.endswith("a drop in its middle")


@pytest.mark.parametrize(("drop_s", "counts"), [(2.0, True), (1.9, False), (7.0, True), (7.1, False)])
def test_the_middle_of_an_edit_has_its_ends(drop_s, counts):
    only = replace(MUSIC, downbeats_s=np.zeros(1), sections=(), drops_s=np.array([drop_s]))
    assert choose_part(only, 10.0, None).why.endswith("a drop in its middle") == counts


@pytest.mark.parametrize(("off_s", "begins"), [(0.25, True), (-0.25, True), (0.3, False), (-0.3, False)])
def test_a_start_begins_with_a_section_that_is_no_more_than_half_a_beat_away(off_s, begins):
    (part, *_) = MUSIC.sections
    only = replace(
        MUSIC,
        downbeats_s=np.array([1.0]),
        sections=(replace(part, start_s=1.0 + off_s, end_s=99.0),),
        drops_s=np.zeros(0),
    )
    assert choose_part(only, 10.0, None).why.endswith("it begins with a section") == begins
    slow = replace(only, bpm=60.0)
    assert choose_part(slow, 10.0, None).why.endswith("it begins with a section")


def test_only_starts_from_which_the_edit_fits_are_judged():
    assert choose_part(MUSIC, 59.0, None).start_s == 0.0
    assert choose_part(MUSIC, 60.04, None).start_s == 0.0
    assert choose_part(MUSIC, 99.0, None).why == "the song is used from its start"


def test_without_bars_beats_are_judged_and_without_beats_every_half_second():
    late = np.full(120, 0.25)
    late[61:] = 0.75
    beats = replace(MUSIC, downbeats_s=np.zeros(0), energy_01=late, sections=(), drops_s=np.zeros(0))
    found = choose_part(beats, 29.5, None)
    assert (found.start_s, "the best beat for this length" in found.why) == (30.5, True)
    plain = replace(beats, beats_s=np.zeros(0))
    found = choose_part(plain, 29.5, None)
    assert (found.start_s, "the best point for this length" in found.why) == (30.5, True)
