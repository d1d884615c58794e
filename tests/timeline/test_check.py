"""Invariants of a timeline: each fault is found, named and mended."""

from __future__ import annotations

from dataclasses import replace

import pytest
import timeline_samples as samples
from rushes.timeline.check import problems_of
from rushes.timeline.tree import Reframe, ReframeKey, Retime, RetimeKey


def told(timeline) -> list[str]:
    return [str(problem) for problem in problems_of(timeline, "t.json")]


def with_clip(at: int, **changes):
    made = samples.timeline()
    clips = list(made.clips)
    clips[at] = replace(clips[at], **changes)
    return replace(made, clips=tuple(clips))


@pytest.mark.parametrize("timeline", [samples.timeline(), samples.reel(), samples.timeline((), song=False)])
def test_sound_timelines_have_no_problems(timeline):
    assert told(timeline) == []


def test_a_gap_between_clips_is_found():
    made = with_clip(1, timeline_start_frames=33)
    assert told(made)[0] == (
        "t.json: clip 2 starts at frame 33, leaving a gap: it should be 30\n"
        "    fix: set timeline_start_frames of 'c02' to 30"
    )


def test_an_overlap_is_found_where_it_begins_and_not_repeated():
    made = replace(with_clip(0, duration_frames=40), transitions=())
    assert told(made) == [
        (
            "t.json: clip 2 starts at frame 30, leaving an overlap: it should be 40\n"
            "    fix: set timeline_start_frames of 'c02' to 40"
        )
    ]


def test_two_clips_of_one_id_are_found():
    made = replace(with_clip(1, id="c01"), transitions=())
    assert told(made) == [
        "t.json: 2 clips have the id 'c01'\n    fix: give every clip an id of its own",
    ]


def test_a_total_that_is_not_the_sum_is_found():
    assert told(replace(samples.timeline(), duration_frames=91)) == [
        "t.json: duration_frames is 91, the clips end at 90\n    fix: set duration_frames to 90"
    ]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"source_start_frames": -3},
            "t.json: clip 3 starts 3 frames before its source does\n    fix: set source_start_frames to 0 or more",
        ),
        (
            {"lock_metadata": {"locked_by": "ann"}},
            (
                "t.json: clip 3 has lock_metadata but is not locked\n"
                "    fix: set locked to true or lock_metadata to null"
            ),
        ),
    ],
)
def test_a_clip_that_contradicts_itself_is_found(changes, text):
    assert told(with_clip(2, **changes)) == [text]


def test_a_clip_without_length_is_found():
    made = replace(with_clip(2, duration_frames=0), duration_frames=60)
    assert told(made) == [
        "t.json: clip 3 lasts 0 frames\n    fix: give it at least one frame, or take it out"
    ]


def test_transitions_must_join_neighbours_once_each_at_their_cut():
    made = samples.timeline()
    first, second = made.transitions
    assert told(replace(made, transitions=(replace(first, to_clip="c03"), second))) == [
        (
            "t.json: the transition 'c01' to 'c03' is not between neighbours\n"
            "    fix: remove it, or name two clips that follow each other"
        ),
        "t.json: there is no transition from 'c01' to 'c02'\n    fix: add a hard_cut there",
    ]
    assert told(replace(made, transitions=(first, first, second))) == [
        "t.json: the transition 'c01' to 'c02' is there twice\n    fix: keep one of them"
    ]
    assert told(replace(made, transitions=(replace(first, at_frames=31, duration_frames=4), second))) == [
        "t.json: the transition 'c01' to 'c02' is at frame 31, the cut at 30\n    fix: set at_frames to 30",
        "t.json: the transition 'c01' to 'c02' is a hard_cut of 4 frames\n    fix: set duration_frames to 0",
    ]


def test_a_beat_that_the_song_does_not_have_is_found():
    made = samples.timeline()
    late = replace(made.transitions[0], beat_index=500)
    assert told(replace(made, transitions=(late, made.transitions[1]))) == [
        (
            "t.json: a transition names beat 500, the song has 120\n"
            "    fix: set beat_index to a beat of the song, from 0"
        )
    ]


def test_beats_must_ascend_and_the_energy_have_a_time_each():
    made = samples.timeline()
    song = replace(made.song, beats=(1.0, 0.5, 2.0, 3.0, 4.0, 5.0), energy_times=made.song.energy_times[1:])
    assert told(replace(made, song=song)) == [
        "t.json: beats of the song do not ascend\n    fix: sort them and remove repeats",
        "t.json: energy_curve has 240 values, energy_times has 239\n    fix: give both the same length",
    ]


def crop(*places, **changes):
    keys = tuple(
        ReframeKey(at_s=at_s, x_01=x_01, y_01=0.5, width_01=width_01) for at_s, x_01, width_01 in places
    )
    return Reframe(**{"mode": "pan", "keys": keys, **changes})


@pytest.mark.parametrize(
    ("reframe", "what"),
    [
        (crop(), "its reframe has no key"),
        (crop((1, 0.5, 0.3), (0, 0.5, 0.3)), "the keys of its reframe are not in order of time"),
        (
            crop((1, 0.5, 0.3), (1, 0.6, 0.3), (1, 0.7, 0.3)),
            "three keys of its reframe are at one moment",
        ),
        (crop((1, 0.5, 0.3), (2, 0.6, 0.4)), "the width of its reframe changes along the way"),
        (crop((1, 1.5, 0.3)), "its reframe leaves the picture"),
        (crop((1, 0.5, 0.0)), "the window of its reframe is not above 0 and at most 16 pictures wide"),
        (crop((1, 0.5, 0.3), pad_blur_01=2.0), "the blur of its reframe is 2.0"),
    ],
)
def test_a_crop_that_cannot_be_is_found(reframe, what):
    (problem,) = told(with_clip(2, reframe=reframe))
    assert problem.startswith(f"t.json: clip 3: {what}\n    fix: ")


def test_a_crop_may_jump_to_another_width():
    assert told(with_clip(2, reframe=crop((1, 0.5, 0.3), (2, 0.6, 0.3), (2, 0.4, 0.5)))) == []


def run(*keys: tuple[int, float]) -> Retime:
    return Retime(keys=tuple(RetimeKey(at_frames=at, source_s=run_s) for at, run_s in keys))


@pytest.mark.parametrize(
    ("retime", "what"),
    [
        (run((0, 0.0)), "its retime has fewer than two keys"),
        (run((1, 0.0), (30, 1.0)), "the first key of its retime is not at the beginning"),
        (run((0, 0.1), (30, 1.0)), "the first key of its retime is not at the beginning"),
        (run((0, 0.0), (29, 1.0)), "the last key of its retime is at frame 29, the shot lasts 30"),
        (run((0, 0.0), (10, 1.0), (30, 1.0)), "the keys of its retime do not ascend"),
        (run((0, 0.0), (10, 1.0), (20, 0.5), (30, 1.2)), "the keys of its retime do not ascend"),
        (run((0, 0.0), (10, 0.1), (10, 0.2), (30, 1.2)), "the keys of its retime do not ascend"),
    ],
)
def test_a_retime_that_cannot_be_is_found(retime, what):
    (problem,) = told(with_clip(2, retime=retime))
    assert problem.startswith(f"t.json: clip 3: {what}\n    fix: ")


@pytest.mark.parametrize(
    ("retime", "speed", "at"),
    [(run((0, 0.0), (15, 10.5), (30, 11.0)), "21", 0), (run((0, 0.0), (20, 1.0), (30, 1.01)), "0.03", 20)],
)
def test_a_speed_that_nobody_can_follow_is_found(retime, speed, at):
    assert told(with_clip(2, retime=retime)) == [
        f"t.json: clip 3 runs at {speed} times its speed from frame {at} on\n    fix: keep the speed from 0.05 to 20"
    ]


def test_a_ramp_within_limits_is_sound():
    assert told(with_clip(2, retime=run((0, 0.0), (10, 1.0), (30, 1.3)))) == []


def test_only_whip_pans_have_a_direction():
    made = samples.timeline()
    first, second = made.transitions
    whip = replace(first, type="whip_pan", duration_frames=8, direction="left")
    assert told(replace(made, transitions=(whip, second))) == []
    wrong = replace(whip, type="dip_to_black")
    assert told(replace(made, transitions=(wrong, second))) == [
        "t.json: the transition 'c01' to 'c02' is a dip_to_black with a direction\n    fix: set direction to null"
    ]
