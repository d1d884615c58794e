"""How long a stage will still take."""

import pytest
from rushes.run.time_left import TimeLeft, time_in_words


class Clock:
    def __init__(self):
        self.now_s = 1000.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


def test_nothing_is_said_before_a_step_has_run(clock):
    left = TimeLeft(clock)
    left.tell("cached", 1, 5, "a")
    left.tell("start", 1, 5, "b")
    assert left.seconds() is None


def test_the_rest_takes_as_long_as_what_ran(clock):
    left = TimeLeft(clock)
    left.tell("start", 0, 5, "a")
    clock.now_s += 6
    left.tell("ran", 1, 5, "a")
    assert left.seconds() == 24.0


def test_cached_steps_do_not_make_the_rest_look_quick(clock):
    left = TimeLeft(clock)
    for done in range(1, 91):
        left.tell("cached", done, 100, f"clip {done}")
    clock.now_s += 3
    left.tell("start", 90, 100, "a")
    clock.now_s += 6
    left.tell("ran", 91, 100, "a")
    assert left.seconds() == 6.0 * 9


def test_steps_side_by_side_count_once_for_the_time_they_took(clock):
    left = TimeLeft(clock)
    for name in ("a", "b"):
        left.tell("start", 0, 6, name)
    clock.now_s += 8
    for done, name in enumerate(("a", "b"), 1):
        left.tell("ran", done, 6, name)
    assert left.seconds() == 4.0 * 4


def test_the_steps_of_one_call_end_together_though_they_are_told_one_by_one(clock):
    left = TimeLeft(clock)
    for _ in range(4):
        left.tell("start", 0, 8, "clip")
    clock.now_s += 8
    left.tell("ran", 1, 8, "clip")
    assert left.ran == 4
    assert left.seconds() == 2.0 * 7
    for done in (2, 3, 4):
        left.tell("ran", done, 8, "clip")
    assert (left.ran, left.seconds()) == (4, 2.0 * 4)


def test_the_estimate_runs_down_while_nothing_ends_and_never_below_zero(clock):
    left = TimeLeft(clock)
    left.tell("start", 0, 2, "a")
    clock.now_s += 10
    left.tell("ran", 1, 2, "a")
    left.tell("start", 1, 2, "b")
    clock.now_s += 4
    assert left.seconds() == 6.0
    clock.now_s += 30
    assert left.seconds() == 0.0


def test_a_failure_that_the_store_knew_says_nothing_of_the_time(clock):
    left = TimeLeft(clock)
    left.tell("failed", 1, 4, "broken")
    assert left.seconds() is None
    left.tell("start", 1, 4, "a")
    clock.now_s += 2
    left.tell("failed", 2, 4, "a")
    assert (left.ran, left.seconds()) == (1, 4.0)


def test_what_is_done_never_falls(clock):
    left = TimeLeft(clock)
    left.tell("ran", 3, 4, "a")
    left.tell("start", 2, 4, "a")
    assert left.done == 3


def test_a_finished_stage_has_no_time_left(clock):
    left = TimeLeft(clock)
    left.tell("cached", 1, 1, "a")
    assert left.seconds() == 0.0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "1 s"),
        (7.4, "7 s"),
        (42.0, "40 s"),
        (89.0, "90 s"),
        (90.0, "2 min"),
        (750.0, "12 min"),
        (5300.0, "88 min"),
        (5400.0, "1 h 30 min"),
        (7200.0, "2 h"),
        (7890.0, "2 h 10 min"),
        (7190.0, "2 h"),
    ],
)
def test_times_are_said_no_more_exactly_than_they_are_known(seconds, words):
    assert time_in_words(seconds) == words
