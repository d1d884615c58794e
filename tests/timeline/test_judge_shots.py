"""What conditions of constraints find in the shots as they stand."""

from __future__ import annotations

from dataclasses import replace

import judge_samples as samples
import pytest
from rushes.timeline.judge_footage import Takes
from rushes.timeline.judge_shots import Shots, loud_01, mean_energy
from rushes.timeline.tree import Section


def shots_of(timeline, seen=None, energy_01=None):
    return Shots(timeline, Takes(timeline), seen or {}, {}, energy_01)


def test_the_mean_of_a_curve_of_steps_is_weighed_by_time():
    # 0.2 until 1 s, 0.8 from then on: over 0.5 to 2 s that is (0.5 * 0.2 + 1 * 0.8) / 1.5.
    assert mean_energy([0.0, 1.0], [0.2, 0.8], 0.5, 2.0) == pytest.approx(0.6)
    assert mean_energy([], [], 0.0, 1.0) == 0.0


def test_loudness_lies_between_the_quiet_and_the_loud_of_the_song():
    song = replace(samples.plan().song, energy_times=(0.0,), energy_curve=(0.5,))
    assert loud_01(song, [0.25, 0.75], 0.0, 1.0) == pytest.approx(0.5)
    assert loud_01(song, [0.6, 0.8], 0.0, 1.0) == 0.0
    assert loud_01(None, [0.0, 1.0], 0.0, 1.0) is None
    assert loud_01(song, None, 0.0, 1.0) is None


def test_conditions_on_footage_read_the_take_that_a_shot_lies_in_now():
    plan = samples.plan()
    seen = {"count": ["mark"]}
    assert shots_of(plan, seen).truth("count", "shot_type == 'x'") == [True, False, True]
    later = replace(plan.clips[1], source_start_frames=96)
    moved = replace(plan, clips=(plan.clips[0], later, plan.clips[2]))
    assert shots_of(moved, seen).truth("count", "shot_type == 'x'") == [True, True, True]


def test_conditions_on_places_are_read_from_the_timeline():
    plan = samples.plan((30, 60, 30))
    assert shots_of(plan).truth("count", "length_s > 1.5") == [False, True, False]
    assert shots_of(plan).truth("count", "record_s >= 1") == [False, True, True]
    assert shots_of(plan).truth("count", "clip == 'side_02.mp4'") == [False, True, False]


def test_a_shot_is_in_the_section_that_began_at_most_half_a_beat_after_it():
    plan = samples.plan((30, 30, 30))
    parts = [(0.0, 1.24, "intro"), (1.24, 2.26, "verse"), (2.26, 60.0, "drop")]
    sections = tuple(Section(start_s=a, end_s=b, label=name, energy_01=0.5) for a, b, name in parts)
    plan = replace(plan, song=replace(plan.song, sections=sections))
    # Half a beat is a quarter of a second: 1.24 s is near enough to 1 s, 2.26 s is not to 2 s.
    assert shots_of(plan).truth("count", "section == 'verse'") == [False, True, True]


def test_what_nobody_measured_makes_a_condition_unknown():
    plan = samples.plan()
    other = replace(plan.clips[1], file="other.mp4")
    plan = replace(plan, clips=(plan.clips[0], other, plan.clips[2]))
    assert shots_of(plan, {"count": ["mark"]}).truth("count", "shot_type == 'x'") is None
