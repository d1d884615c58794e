"""Which take of its clip a shot lies in."""

from __future__ import annotations

from dataclasses import replace

import judge_samples as samples
import timeline_samples
from rushes.timeline.judge_footage import Takes


def test_a_shot_lies_in_the_take_that_its_middle_lies_in():
    timeline = samples.plan()
    takes = Takes(timeline)
    side = timeline.clips[1]
    # 1.4 to 2.4 s, then 2.6 to 3.6 s: the middle is at 3.1 s, behind the border at 3 s.
    assert takes.of(side)["shot_type"] == "medium"
    assert takes.of(replace(side, source_start_frames=78))["shot_type"] == "wide"
    # The border itself belongs to what comes after it.
    assert takes.of(replace(side, source_start_frames=75))["shot_type"] == "wide"


def test_a_shot_between_takes_is_of_the_one_that_it_shows_most_of():
    gap = (samples.take("side_02.mp4", 0.0, 1.6, "medium"), samples.take("side_02.mp4", 2.1, 6.0, "wide"))
    timeline = samples.plan(takes=gap)
    # It shows 0.2 s of the first and 0.3 s of the second one.
    assert Takes(timeline).of(timeline.clips[1])["shot_type"] == "wide"


def test_what_nobody_measured_is_in_no_take():
    timeline = samples.plan()
    takes = Takes(timeline)
    assert takes.of(replace(timeline.clips[1], file="other.mp4")) is None
    assert takes.of(replace(timeline.clips[1], source_start_frames=300)) is None
    assert takes.speech_s("side_02.mp4") is None and not takes.were_heard


def test_plans_of_before_know_no_takes():
    timeline = timeline_samples.timeline()
    assert not Takes(timeline).are_known and Takes(timeline).of(timeline.clips[0]) is None
    assert Takes(samples.plan()).are_known
