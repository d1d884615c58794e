"""How much of the first and last shot is faded."""

from dataclasses import replace

import pytest
import timeline_samples as samples
from rushes.timeline.diff import diff_timelines
from rushes.timeline.fades import fade_frames
from rushes.timeline.fold import fold
from rushes.timeline.tree import Fades, Timeline


def faded(timeline: Timeline, opens: int, closes: int) -> Timeline:
    return replace(timeline, fades=Fades(in_frames=opens, out_frames=closes))


def test_an_edit_without_fades_or_shots_fades_nothing():
    assert fade_frames(samples.timeline()) == (0, 0)
    assert fade_frames(replace(faded(samples.timeline(), 5, 5), clips=())) == (0, 0)


@pytest.mark.parametrize(
    ("asked", "seen"), [((15, 10), (15, 10)), ((30, 30), (30, 30)), ((31, 99), (30, 30))]
)
def test_a_fade_stays_within_its_shot(asked, seen):
    assert fade_frames(faded(samples.timeline((30, 60, 30)), *asked)) == seen


def test_a_fade_ends_where_a_transition_begins_and_begins_where_one_ends():
    """Seven frames around a cut: three before it, four after."""
    made = samples.timeline((30, 60, 30))
    soft = tuple(replace(part, type="quick_dissolve", duration_frames=7) for part in made.transitions)
    assert fade_frames(faded(replace(made, transitions=soft), 99, 99)) == (27, 26)


def test_in_an_edit_of_one_shot_the_end_takes_what_the_start_leaves():
    assert fade_frames(faded(samples.timeline((30,)), 20, 99)) == (20, 10)
    assert fade_frames(faded(samples.timeline((30,)), 99, 99)) == (30, 0)


def test_fades_stay_through_edits_and_fit_the_shot_that_is_last_then():
    made = faded(samples.timeline((30, 60, 20)), 0, 40)
    assert fade_frames(made) == (0, 20)
    assert fade_frames(replace(made, clips=made.clips[:2], transitions=made.transitions[:1])) == (0, 40)
    assert fold(made, ()).fades == made.fades


def test_a_diff_says_what_became_of_the_fades_as_they_are_seen():
    bare = samples.timeline((30, 60, 30))
    texts = [change.text for change in diff_timelines(bare, faded(bare, 15, 99))]
    assert texts == ["picture from black: no → 0.50 s", "picture into black: no → 1.00 s"]
    assert diff_timelines(faded(bare, 0, 50), faded(bare, 0, 99)) == ()
