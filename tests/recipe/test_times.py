"""A time that is not written as one is told how to be written."""

from __future__ import annotations

import pytest
from rushes.recipe.times import time_fix


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("30 minutes", "write 30min"),
        ("1 m", "write 1min"),
        ("90 seconds", "write 90s"),
        ("1.5hrs", "write 1.5h"),
        ("250 milliseconds", "write 250ms"),
        ("1:30", "write 00:01:30 for minutes and seconds"),
        ("01:30.5", "write 00:01:30.5 for minutes and seconds"),
        ("1:5", "write 00:01:05 for minutes and seconds"),
        ("soon", "write seconds as a number, or a time with its unit: 90s, 250ms, 1.5min, 00:01:30"),
        ("90 frames", "write seconds as a number, or a time with its unit: 90s, 250ms, 1.5min, 00:01:30"),
        ("", "write seconds as a number, or a time with its unit: 90s, 250ms, 1.5min, 00:01:30"),
    ],
)
def test_the_fix_is_the_time_that_was_meant(text: str, fix: str) -> None:
    assert time_fix(text) == fix
