"""What a run tells while it goes on."""

import io
import os
import subprocess
import sys

import pytest
from rich.console import Console
from rushes.cli.progress import ProgressView


class Clock:
    def __init__(self):
        self.now_s = 0.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


def view(clock, *, terminal=False, every_s=30.0):
    text = io.StringIO()
    console = Console(file=text, force_terminal=terminal, width=100, color_system=None)
    return ProgressView(console, every_s=every_s, clock=clock), text


def run_steps(progress, clock, *, total, step_s, stage="analyze", ran_before=0):
    for done in range(ran_before, total):
        progress.tell("start", stage, done, total, f"clip {done}")
        clock.now_s += step_s
        progress.tell("ran", stage, done + 1, total, f"clip {done}")


def test_a_short_stage_is_one_line_at_its_end(clock):
    progress, text = view(clock)
    with progress:
        run_steps(progress, clock, total=5, step_s=1)
    assert text.getvalue() == "analysing: 5 steps, 0 cached\n"


def test_a_long_stage_says_how_far_it_is_and_what_is_left_no_more_often_than_asked(clock):
    progress, text = view(clock)
    with progress:
        run_steps(progress, clock, total=10, step_s=10)
    assert text.getvalue().splitlines() == [
        "analysing: 3 of 10 steps, about 70 s left",
        "analysing: 6 of 10 steps, about 40 s left",
        "analysing: 9 of 10 steps, about 10 s left",
        "analysing: 10 steps, 0 cached",
    ]


def test_every_stage_has_its_own_count_and_its_own_estimate(clock):
    progress, text = view(clock)
    with progress:
        run_steps(progress, clock, total=2, step_s=20)
        run_steps(progress, clock, total=4, step_s=60, stage="render")
    assert text.getvalue().splitlines() == [
        "analysing: 2 steps, 0 cached",
        "rendering: 1 of 4 steps, about 3 min left",
        "rendering: 2 of 4 steps, about 2 min left",
        "rendering: 3 of 4 steps, about 60 s left",
        "rendering: 4 steps, 0 cached",
    ]


def test_nothing_is_estimated_from_what_the_store_answered(clock):
    progress, text = view(clock, every_s=5.0)
    with progress:
        for done in range(8):
            progress.tell("cached", "analyze", done + 1, 10, "old")
        clock.now_s = 6.0
        progress.tell("start", "analyze", 8, 10, "new")
        clock.now_s = 26.0
        progress.tell("ran", "analyze", 9, 10, "new")
    assert text.getvalue().splitlines() == [
        "analysing: 8 of 10 steps",
        "analysing: 9 of 10 steps, about 20 s left",
    ]


def test_a_graph_after_the_first_is_told_by_itself(clock):
    progress, text = view(clock)
    with progress:
        run_steps(progress, clock, total=3, step_s=1)
        run_steps(progress, clock, total=1, step_s=1)
    assert text.getvalue().splitlines() == ["analysing: 3 steps, 0 cached", "analysing: 1 step, 0 cached"]


def test_failed_clips_are_counted_once_each(clock):
    progress, text = view(clock)
    with progress:
        for done in range(1, 3):
            progress.tell("failed", "analyze", done, 3, "broken")
        progress.tell("cached", "analyze", 3, 3, "whole")
    assert text.getvalue() == "analysing: 3 steps, 1 cached, 1 failed\n"


def test_a_step_that_is_opened_again_does_not_turn_the_count_back(clock):
    progress, text = view(clock, every_s=1.0)
    with progress:
        progress.tell("cached", "analyze", 2, 4, "a")
        clock.now_s = 2.0
        progress.tell("start", "analyze", 1, 4, "a")
    assert text.getvalue() == "analysing: 2 of 4 steps\n"


def test_on_a_terminal_a_stage_is_a_bar_with_the_time_left(clock):
    progress, text = view(clock, terminal=True)
    with progress:
        progress.tell("start", "analyze", 0, 3, "a.mp4")
        clock.now_s = 60.0
        progress.tell("ran", "analyze", 1, 3, "a.mp4")
        progress.tell("start", "analyze", 1, 3, "b.mp4")
        progress._bars._bars.refresh()
        shown = text.getvalue()
    assert "analysing" in shown
    assert "1/3" in shown
    assert "2 min left" in shown
    assert "b.mp4" in shown
    assert "steps" not in shown


def test_where_nobody_watches_no_bars_are_loaded():
    script = "import sys\nfrom rushes.cli.progress import ProgressView\nProgressView()\nsys.exit('rich' in sys.modules)\n"
    environment = {
        name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "TTY_COMPATIBLE")
    }
    ended = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, env=environment)
    assert (ended.returncode, ended.stderr) == (0, b"")
