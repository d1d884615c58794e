"""What a bar of music sounds like: where, in each band, onsets are expected.

Rows are the four bands of beats_onsets.BANDS_HZ and the chord changes; columns are the parts of a beat, beats apart
by a space. A digit is the expected onset strength in tenths. They are drum tabs written down from how these kinds of
music are played, as in the rhythmic patterns of Krebs, Böck and Widmer (ISMIR 2013), not fitted to songs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Pattern:
    """One bar. expected: shape (beats, parts of a beat, 5), float32, 0..1; the last axis is the row."""

    name: str
    expected: NDArray[np.float32]

    @property
    def beats(self) -> int:
        return self.expected.shape[0]

    @property
    def parts(self) -> int:
        return self.expected.shape[1]


def _pattern(name: str, *rows: str) -> Pattern:
    digits = [[[int(digit) for digit in beat] for beat in row.split()] for row in rows]
    return Pattern(name, np.moveaxis(np.array(digits, np.float32) / 10.0, 0, 2))


PATTERNS = (
    _pattern(
        "four on the floor",
        "8061 8061 8061 8061",
        "4051 6051 4051 6051",
        "5030 8030 5030 8030",
        "3151 7151 3151 7151",
        "6010 1010 2010 1010",
    ),
    _pattern(
        "backbeat",
        "9031 3031 8031 3031",
        "7121 7121 6121 7121",
        "6021 8021 5021 8021",
        "5141 7141 5141 7141",
        "7000 1000 2000 1000",
    ),
    _pattern(
        "breakbeat",
        "9010 1011 1181 1010",
        "6010 8010 1051 8010",
        "6010 8010 1050 8010",
        "4020 8020 3040 8020",
        "6000 1000 2010 1000",
    ),
    _pattern(
        "tresillo",
        "9010 1080 1010 8010",
        "6020 4060 5020 6020",
        "6020 5050 5020 6020",
        "5020 5040 5020 5020",
        "6000 0010 1000 1000",
    ),
    _pattern(
        "chords",
        "6110 2110 4110 2110",
        "8131 5131 6131 5131",
        "5121 4121 4121 4121",
        "2010 2010 2010 2010",
        "7000 1000 3000 1000",
    ),
    _pattern(
        "shuffled backbeat",
        "902 302 803 302",
        "703 703 604 703",
        "603 803 503 803",
        "504 704 504 704",
        "700 100 200 100",
    ),
    _pattern(
        "shuffled breakbeat",
        "901 102 108 102",
        "601 801 104 801",
        "601 801 105 801",
        "502 802 303 802",
        "600 100 201 100",
    ),
    _pattern(
        "waltz",
        "8010 2010 2010",
        "6010 7010 7010",
        "6010 6010 6010",
        "4020 5020 5020",
        "6000 1000 1000",
    ),
    _pattern(
        "chords in three",
        "7010 2010 2010",
        "8131 5131 5131",
        "5121 4121 4121",
        "2010 2010 2010",
        "7000 1000 1000",
    ),
)
