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
        return int(self.expected.shape[0])

    @property
    def parts(self) -> int:
        return int(self.expected.shape[1])


def _pattern(name: str, *rows: str) -> Pattern:
    digits = [[[int(digit) for digit in beat] for beat in row.split()] for row in rows]
    return Pattern(name, np.moveaxis(np.array(digits, np.float32) / 10.0, 0, 2))


PATTERNS = (
    _pattern(
        "four on the floor",
        "9031 9031 9031 9031",
        "4031 6031 4031 6031",
        "5020 8020 5020 8020",
        "3151 7151 3151 7151",
        "5010 1010 2010 1010",
    ),
    _pattern(
        "every beat alike",
        "9010 8010 8010 8010",
        "7010 7010 7010 7010",
        "7010 7010 7010 7010",
        "5020 5020 5020 5020",
        "5000 1000 2000 1000",
    ),
    _pattern(
        "off-beat hats and bass",
        "8071 8071 8071 8071",
        "3262 4262 3262 4262",
        "3141 6141 3141 6141",
        "1070 4070 1070 4070",
        "5010 1010 2010 1010",
    ),
    _pattern(
        "bass and off-beat chords",
        "8010 6010 8010 6010",
        "3070 3070 3070 3070",
        "2060 3060 2060 3060",
        "2030 3030 2030 3030",
        "5000 1000 2000 1000",
    ),
    _pattern(
        "late surdo",
        "7017 7017 7017 7017",
        "3023 3033 3023 3033",
        "3032 3033 3032 3033",
        "5343 5343 5343 5343",
        "5001 1001 2001 1001",
    ),
    _pattern(
        "backbeat",
        "9031 3031 8031 3031",
        "7121 7121 6121 7121",
        "6021 8021 5021 8021",
        "5141 7141 5141 7141",
        "5000 1000 2000 1000",
    ),
    _pattern(
        "breakbeat",
        "9010 1011 1181 1010",
        "6010 8010 1051 8010",
        "6010 8010 1050 8010",
        "4020 8020 3040 8020",
        "5000 1000 2010 1000",
    ),
    _pattern(
        "half time",
        "9010 1010 1020 1020",
        "6010 2010 8010 1010",
        "5010 2010 9010 2010",
        "5050 5050 7050 5050",
        "5000 1000 2000 1000",
    ),
    _pattern(
        "dembow",
        "8010 7010 8010 7010",
        "5016 2060 5016 2060",
        "4017 2070 4017 2070",
        "4030 4030 4030 4030",
        "5000 1000 2000 1000",
    ),
    _pattern(
        "snare on two and four, free kick",
        "5131 3131 4131 3131",
        "4121 7121 4121 7121",
        "2010 9010 2010 9010",
        "3121 9121 3121 9121",
        "5000 1000 2000 1000",
    ),
    _pattern(
        "son clave",
        "8011 1040 2060 2010",
        "6014 2050 2050 5010",
        "6016 2060 2060 6020",
        "5343 5353 5353 5343",
        "5000 1000 2010 1001",
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
        "500 100 200 100",
    ),
    _pattern(
        "shuffled breakbeat",
        "901 102 108 102",
        "601 801 104 801",
        "601 801 105 801",
        "502 802 303 802",
        "500 100 201 100",
    ),
    _pattern(
        "waltz",
        "9010 1010 1010",
        "5010 7010 7010",
        "4010 6010 6010",
        "2020 5020 5020",
        "4000 1000 1000",
    ),
    _pattern(
        "shuffled waltz",
        "901 201 201",
        "602 504 602",
        "602 504 602",
        "503 605 503",
        "400 100 100",
    ),
    _pattern(
        "chords in three",
        "8010 1010 1010",
        "8131 5131 5131",
        "5121 4121 4121",
        "2010 2010 2010",
        "5000 1000 1000",
    ),
)
