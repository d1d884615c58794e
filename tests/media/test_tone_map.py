from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rushes.media import tone_map
from rushes.media.tone_map import SIZE, cube_file, cube_text, to_sdr


def one(red: float, green: float, blue: float, transfer: str) -> list[float]:
    return to_sdr(np.array([[red, green, blue]]), transfer)[0].round(3).tolist()


@pytest.mark.parametrize("transfer", ["hlg", "pq"])
def test_black_stays_black_and_peak_becomes_white(transfer: str):
    assert one(0, 0, 0, transfer) == [0, 0, 0]
    assert one(1, 1, 1, transfer) == pytest.approx([1, 1, 1], abs=0.002)


@pytest.mark.parametrize("transfer", ["hlg", "pq"])
def test_greys_stay_grey_and_keep_their_order(transfer: str):
    ramp = np.repeat(np.linspace(0, 1, 101)[:, None], 3, axis=1)
    mapped = to_sdr(ramp, transfer)
    assert np.abs(mapped - mapped[:, :1]).max() < 1e-3
    assert (np.diff(mapped[:, 0]) >= 0).all()


def test_dark_pq_keeps_its_brightness():
    # 26 cd/m2 lies below the knee: 0.26 of 100 cd/m2 through gamma 2.4.
    signal = float(tone_map._nits_to_pq(np.array(26.0)))
    assert one(signal, signal, signal, "pq")[0] == pytest.approx(0.26 ** (1 / 2.4), abs=0.002)


def test_hlg_white_of_a_page_stays_below_the_peak():
    # BT.2408 puts a white page at 75 %; SDR shows it bright, but highlights stay brighter.
    assert 0.75 < one(0.75, 0.75, 0.75, "hlg")[0] < 0.95


def test_red_stays_red():
    red, green, blue = one(0.6, 0.5, 0.5, "hlg")
    assert red > 1.2 * green
    assert green == pytest.approx(blue, abs=0.1)


def test_the_table_is_the_same_every_time_and_as_long_as_it_says():
    lines = cube_text("hlg").decode().splitlines()
    assert lines[1] == f"LUT_3D_SIZE {SIZE}"
    assert len(lines) == 2 + SIZE**3
    assert cube_text("hlg") == cube_text("hlg") != cube_text("pq")


def test_red_runs_fastest():
    rows = [[float(x) for x in line.split()] for line in cube_text("pq").decode().splitlines()[2:]]
    assert rows[SIZE - 1][0] > rows[SIZE - 1][1]
    assert rows[0] == [0.0, 0.0, 0.0]


@pytest.fixture
def cache_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    cube_file.cache_clear()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    yield tmp_path
    cube_file.cache_clear()


def test_the_file_is_written_once_and_mended_when_damaged(cache_home: Path):
    path = cube_file("pq")
    assert path == cache_home / "rushes" / "bt709_from_pq.cube"
    assert path.read_bytes() == cube_text("pq")
    path.write_bytes(b"damaged")
    cube_file.cache_clear()
    assert cube_file("pq").read_bytes() == cube_text("pq")
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_where_the_cache_cannot_be_written_the_temporary_folder_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    blocked = tmp_path / "blocked"
    blocked.touch()
    cube_file.cache_clear()
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    monkeypatch.setattr(tone_map.tempfile, "gettempdir", lambda: str(tmp_path))
    try:
        assert cube_file("hlg").read_bytes() == cube_text("hlg")
    finally:
        cube_file.cache_clear()
