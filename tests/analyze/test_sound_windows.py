from __future__ import annotations

import numpy as np
import pytest
from listened import in_blocks
from rushes.analyze.sound_windows import SoundWindows
from rushes.analyze.spec import SoundBlock

RAMP = np.arange(1, 24, dtype=np.float32)


def cut(windows: SoundWindows, size: int, begin_s: float = 0.0) -> list[list[float]]:
    return [w.tolist() for block in in_blocks(RAMP, size, begin_s) for w in windows.cut(block)]


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_windows_are_the_same_for_blocks_of_any_size(size: int):
    windows = SoundWindows(10, 6)
    assert cut(windows, size) == [[*range(1, 11)], [*range(7, 17)], [*range(13, 23)]]
    assert windows.rest().tolist() == [19, 20, 21, 22, 23]
    assert windows.heard == 23


def test_the_first_window_looks_back_on_silence():
    windows = SoundWindows(10, 8, lead=2)
    assert cut(windows, 5) == [[0, 0, *range(1, 9)], [*range(7, 17)]]
    assert windows.rest().tolist() == [*range(15, 24)]


def test_where_the_sound_begins_is_kept():
    windows = SoundWindows(4, 4)
    assert windows.begin_s is None
    cut(windows, 5, begin_s=-0.25)
    assert windows.begin_s == -0.25


def test_samples_that_are_no_numbers_are_silence():
    broken = np.array([[np.nan], [np.inf], [-np.inf], [0.5]], np.float32)
    (window,) = SoundWindows(4, 4).cut(SoundBlock(0.0, broken, 16000))
    assert window.tolist() == [0, 1, -1, 0.5]


def test_windows_with_holes_between_them_are_refused():
    with pytest.raises(ValueError, match=r"hop=5 is not in 1\.\.length=4"):
        SoundWindows(4, 5)
