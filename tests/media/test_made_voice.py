"""Speech-like sound: as long as asked, the same for one seed, with pauses that are silent."""

import numpy as np
import pytest
from rushes.media.made_voice import PAUSE_S, babble


@pytest.mark.parametrize("rate_hz", [100, 16000, 48000])
def test_the_sound_and_the_mouth_are_as_long_as_asked(rate_hz):
    sound, open_01 = babble(1.5, seed=1, rate_hz=rate_hz)
    assert len(sound) == len(open_01) == 1.5 * rate_hz


def test_it_begins_with_a_pause_and_stays_below_full_scale():
    sound, open_01 = babble(4.0, seed=3, rate_hz=16000)
    pause = int(PAUSE_S * 16000)
    assert not sound[:pause].any() and not open_01[:pause].any()
    assert 0.2 < np.abs(sound).max() < 1
    assert 0 <= open_01.min() and open_01.max() <= 1


def test_one_seed_gives_one_sound():
    first, again, other = (babble(1.0, seed=seed, rate_hz=16000)[0] for seed in (5, 5, 6))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
