"""What locks hold, and how they are told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rushes.timeline.locks import both_held, held_by_lock, holds_position, holds_source, lock_words
from timeline_samples import clip


def locked(**facts):
    return replace(clip(0, 0), locked=True, lock_metadata=facts)


@pytest.mark.parametrize(
    ("shot", "held", "position", "source"),
    [
        (locked(what="position"), "position", True, False),
        (locked(what="source"), "source", False, True),
        (locked(what="both"), "both", True, True),
        (locked(locked_by="ann"), "both", True, True),
        (replace(clip(0, 0), locked=True), "both", True, True),
        (clip(0, 0), None, False, False),
    ],
)
def test_a_lock_holds_what_it_says_and_both_where_it_says_nothing(shot, held, position, source):
    assert held_by_lock(shot) == held
    assert holds_position(shot) is position
    assert holds_source(shot) is source


def test_what_a_lock_that_was_taken_away_said_holds_nothing():
    shot = replace(locked(what="both"), locked=False)
    assert (held_by_lock(shot), holds_position(shot), holds_source(shot)) == (None, False, False)


@pytest.mark.parametrize(
    ("before", "added", "both"),
    [
        (None, "position", "position"),
        ("source", "source", "source"),
        ("position", "source", "both"),
        ("both", "position", "both"),
    ],
)
def test_locks_of_one_shot_add_up(before, added, both):
    assert both_held(before, added) == both


@pytest.mark.parametrize(
    ("shot", "words"),
    [
        (
            locked(locked_by="ann", locked_at="2026-05-01T12:00:00Z", reason="opening"),
            'locked by ann, 2026-05-01T12:00:00Z, "opening"',
        ),
        (locked(locked_by="", locked_at="2026-05-01T12:00:00Z", reason=""), "locked, 2026-05-01T12:00:00Z"),
        (replace(clip(0, 0), locked=True), "locked"),
    ],
)
def test_of_a_lock_is_told_what_is_known(shot, words):
    assert lock_words(shot) == words
