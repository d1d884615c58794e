"""The form of a song from its energy."""

from __future__ import annotations

import numpy as np
import pytest
from rushes.analyze.beats_sections import Section, find_drops, find_sections

BARS_S = [2.0 * bar for bar in range(1, 60)]


def _sections(*parts: tuple[float, float], bars_s: list[float] = BARS_S) -> tuple[Section, ...]:
    """Sections of a song of parts (seconds, energy)."""
    energy = np.concatenate([np.full(round(length_s * 10), level) for length_s, level in parts])
    length_s = sum(length_s for length_s, _ in parts)
    return find_sections(
        energy.astype(np.float32),
        0.1,
        length_s,
        [bar for bar in bars_s if bar < length_s],
        6.0,
    )


def test_an_even_song_is_one_section():
    assert _sections((40.0, 0.8)) == (Section(0.0, 40.0, "verse", pytest.approx(0.8)),)


def test_intro_drop_break_drop_and_outro_are_named_by_their_neighbours():
    found = _sections((16.0, 0.2), (20.0, 0.9), (12.0, 0.4), (20.0, 0.9), (12.0, 0.1))
    assert [(part.start_s, part.label) for part in found] == [
        (0.0, "intro"),
        (16.0, "drop"),
        (36.0, "break"),
        (48.0, "drop"),
        (68.0, "outro"),
    ]
    assert find_drops(found) == (16.0, 48.0)


def test_a_rise_before_a_drop_is_a_build():
    found = _sections((16.0, 0.2), (12.0, 0.5), (20.0, 0.95), (12.0, 0.2))
    assert [part.label for part in found] == ["intro", "build", "drop", "outro"]


def test_a_song_that_starts_loud_has_no_drop_at_its_start():
    assert find_drops(_sections((20.0, 0.9), (12.0, 0.2))) == ()


def test_borders_lie_on_bars():
    found = _sections((15.3, 0.2), (24.7, 0.9))
    assert [part.start_s for part in found] == [0.0, 16.0]


def test_without_bars_borders_lie_on_whole_seconds():
    found = _sections((15.3, 0.2), (24.7, 0.9), bars_s=[])
    assert [part.start_s for part in found] == [0.0, 15.0]


def test_no_section_is_shorter_than_asked_for():
    found = _sections((20.0, 0.2), (3.0, 0.9), (20.0, 0.2))
    assert min(part.end_s - part.start_s for part in found) >= 6.0


def test_a_song_shorter_than_a_section_is_one():
    assert [part.end_s for part in _sections((3.0, 0.5))] == [3.0]


def test_a_song_of_no_length_has_no_section():
    assert find_sections(np.zeros(1, np.float32), 0.1, 0.0, [], 6.0) == ()
