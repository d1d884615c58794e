from __future__ import annotations

from fractions import Fraction
from typing import Literal

import numpy as np
import pytest
from av import AudioFrame
from rushes.media.sound import SoundTap
from rushes.media.wishes import SoundBlock, SoundWish

RATE_HZ = 48000


class Ear:
    """Keeps what a tap gives."""

    def __init__(self, start_s: Fraction = Fraction(0), **wish: Literal[1, 2, 16000]) -> None:
        self.blocks: list[SoundBlock] = []
        self.tap = SoundTap("a", SoundWish(**wish), start_s, lambda _, block: self.blocks.append(block))

    def hear(self, samples: np.ndarray, at_s: float | None, channels: int = 2) -> None:
        """Samples of shape (n,) in frames of 1200, stamped in milliseconds from at_s on; None: without stamps."""
        for begin in range(0, len(samples), 1200):
            part = np.tile(samples[begin : begin + 1200].astype(np.float32), (channels, 1))
            frame = AudioFrame.from_ndarray(part, "fltp", "stereo" if channels == 2 else "mono")
            frame.sample_rate = RATE_HZ
            if at_s is not None:
                frame.pts, frame.time_base = round((at_s + begin / RATE_HZ) * 1000), Fraction(1, 1000)
            self.tap.hear(frame)

    def whole(self) -> np.ndarray:
        """All samples; blocks must follow each other."""
        self.tap.finish()
        rate_hz = self.blocks[0].rate_hz
        counts = [len(block.samples) for block in self.blocks]
        expected_s = [self.blocks[0].t_s + n / rate_hz for n in np.cumsum([0, *counts[:-1]])]
        assert [block.t_s for block in self.blocks] == pytest.approx(expected_s)
        return np.concatenate([block.samples for block in self.blocks])


def click(seconds: float, at_s: float) -> np.ndarray:
    """Silence with one sample of 1."""
    samples = np.zeros(round(seconds * RATE_HZ))
    samples[round(at_s * RATE_HZ)] = 1
    return samples


def test_sound_is_timed_from_the_start_of_the_picture():
    ear = Ear(start_s=Fraction(1, 2))
    ear.hear(click(1.0, 0.25), at_s=1.25)
    assert ear.whole()[:, 0].argmax() == 12000
    assert ear.blocks[0].t_s == 0.75


@pytest.mark.parametrize("wish", [{}, {"rate_hz": 16000, "channels": 1}])
def test_where_sound_is_missing_there_is_silence(wish: dict[str, Literal[1, 16000]]):
    ear = Ear(**wish)
    ear.hear(np.zeros(RATE_HZ), at_s=0.0)
    ear.hear(click(1.0, 0.5), at_s=3.0)
    heard = ear.whole()[:, 0]
    rate_hz = ear.blocks[0].rate_hz
    assert len(heard) == pytest.approx(4 * rate_hz, abs=2)
    assert heard.argmax() == pytest.approx(3.5 * rate_hz, abs=1)


def test_one_hole_after_another_moves_nothing():
    ear = Ear(rate_hz=16000)
    for second in range(5):
        ear.hear(click(0.7, 0.2), at_s=float(second))
    heard = ear.whole()[:, 0]
    assert [int(part.argmax()) for part in np.split(heard[: 4 * 16000], 4)] == pytest.approx(
        [3200] * 4, abs=1
    )


def test_stamps_that_stutter_or_go_back_make_no_hole():
    steady, unsteady = Ear(), Ear()
    noise = np.random.default_rng(1).normal(0, 0.1, RATE_HZ)
    steady.hear(noise, at_s=0.0)
    for number, part in enumerate(np.split(noise, 10)):
        unsteady.hear(part, at_s=number * 0.1 + (0.05, -0.02, 0.09, -0.5)[number % 4] if number else 0.0)
    assert np.array_equal(steady.whole(), unsteady.whole())


def test_a_stamp_of_another_day_makes_no_hole():
    ear = Ear()
    ear.hear(np.zeros(RATE_HZ), at_s=0.0)
    ear.hear(click(1.0, 0.5), at_s=90_000.0)
    assert ear.whole()[:, 0].argmax() == 1.5 * RATE_HZ


def test_frames_without_stamps_follow_each_other():
    ear = Ear()
    ear.hear(click(1.0, 0.25), at_s=None)
    assert len(ear.whole()) == RATE_HZ
    assert ear.blocks[0].t_s == 0


def test_sound_that_changes_its_channels_has_those_asked_for():
    ear = Ear(channels=1)
    ear.hear(np.full(RATE_HZ, 0.5), at_s=0.0)
    ear.hear(np.full(RATE_HZ, 0.5), at_s=2.0, channels=1)
    heard = ear.whole()
    assert heard.shape == (3 * RATE_HZ, 1)
    assert [heard[round(at_s * RATE_HZ), 0] for at_s in (0.5, 1.5, 2.5)] == pytest.approx([0.5, 0, 0.5])
