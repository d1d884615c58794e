"""The bars that the beat model knows."""

from __future__ import annotations

from rushes.analyze.beats_patterns import PATTERNS


def test_every_pattern_has_three_or_four_beats_of_three_or_four_parts_and_five_rows():
    assert {pattern.beats for pattern in PATTERNS} == {3, 4}
    assert {pattern.parts for pattern in PATTERNS} == {3, 4}
    assert {pattern.expected.shape[2] for pattern in PATTERNS} == {5}


def test_names_are_unique_and_few_enough_for_a_byte():
    assert len({pattern.name for pattern in PATTERNS}) == len(PATTERNS) < 256


def test_onsets_are_expected_more_on_the_beats_of_a_backbeat_than_between():
    backbeat = next(pattern for pattern in PATTERNS if pattern.name == "backbeat")
    assert backbeat.expected[:, 0, :4].min() > backbeat.expected[:, 1, :4].max()
