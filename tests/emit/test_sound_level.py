from __future__ import annotations

import numpy as np
import pytest
from rushes.emit.sound_level import level, loudness_lufs, true_peak_db
from rushes.media.encode_sound import SOUND_RATE_HZ


def sine(hz: float, height: float, length_s: float = 3.0, phase: float = 0.0):
    at_s = np.arange(round(length_s * SOUND_RATE_HZ)) / SOUND_RATE_HZ
    wave = height * np.sin(2 * np.pi * hz * at_s + phase)
    return np.repeat(wave.astype(np.float32)[:, None], 2, axis=1)


def test_a_sine_of_997_hz_at_full_scale_on_one_channel_has_minus_3_lufs():
    """The example of BS.1770 itself: -3.01 LUFS."""
    sound = sine(997.0, 1.0)
    sound[:, 1] = 0
    assert loudness_lufs(sound) == pytest.approx(-3.01, abs=0.02)


def test_a_stereo_sine_at_minus_23_dbfs_has_minus_23_lufs():
    """Case 1 of EBU Tech 3341."""
    assert loudness_lufs(sine(1000.0, 10 ** (-23 / 20), 20.0)) == pytest.approx(-23.0, abs=0.1)


def test_quiet_stretches_do_not_count():
    """Case 3 of EBU Tech 3341, shortened: -36, -23, -36."""
    parts = [sine(1000.0, 10 ** (db / 20), s) for db, s in ((-36, 3.0), (-23, 15.0), (-36, 3.0))]
    assert loudness_lufs(np.concatenate(parts)) == pytest.approx(-23.0, abs=0.1)


def test_silence_has_no_loudness_and_no_peak():
    silence = np.zeros((SOUND_RATE_HZ, 2), np.float32)
    assert loudness_lufs(silence) is None
    assert true_peak_db(silence) is None


def test_a_peak_between_samples_is_found():
    """At a quarter of the rate and 45 degrees, samples reach 0.707 of the wave's height."""
    sound = sine(SOUND_RATE_HZ / 4, 0.5, phase=np.pi / 4)
    assert np.abs(sound).max() == pytest.approx(0.3536, abs=0.001)
    assert true_peak_db(sound) == pytest.approx(-6.02, abs=0.3)


def test_the_limiter_leaves_what_is_far_from_a_peak_alone():
    sound = sine(440.0, 0.1)
    sound[SOUND_RATE_HZ : SOUND_RATE_HZ + 20] = 0.9
    made = level(sound, -20.0, -6.0)
    assert made.limited
    gain = 10 ** (made.gain_db / 20)
    np.testing.assert_allclose(
        made.samples[: SOUND_RATE_HZ // 2], sound[: SOUND_RATE_HZ // 2] * gain, atol=1e-5
    )
    assert (true_peak_db(made.samples) or 0) <= -5.9


def test_sounds_shorter_than_one_block_are_measured_too():
    assert loudness_lufs(sine(997.0, 0.5, 0.1)) == pytest.approx(-6.0, abs=1.0)
