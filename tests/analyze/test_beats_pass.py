"""The beat of songs made in code, of the songs at hand, and of what has none."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from rushes.analyze.beats import Params
from rushes.analyze.beats_pass import SongGrid, analyze_song, grid_to_json, json_to_grid
from rushes.media.audio import load_song

RATE_HZ = 22050
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
needs_songs = pytest.mark.skipif(
    not (SHARED / "beats").is_dir(), reason=f"no songs with known beats: {SHARED / 'beats'} is missing"
)


def _kick() -> np.ndarray:
    t = np.arange(round(0.2 * RATE_HZ)) / RATE_HZ
    return np.sin(2 * np.pi * (50 * t + 2.5 * (1 - np.exp(-t / 0.025)))) * np.exp(-t / 0.08)


def _noise(decay_s: float, level: float, bright: bool) -> np.ndarray:
    noise = np.random.default_rng(7).normal(size=round(6 * decay_s * RATE_HZ))
    if bright:
        noise = np.diff(np.diff(noise, prepend=0.0), prepend=0.0)
    return level * noise / noise.std() * np.exp(-np.arange(noise.size) / RATE_HZ / decay_s)


SOUNDS = {"k": _kick(), "s": _noise(0.06, 0.25, False), "h": _noise(0.02, 0.15, True)}


def _song(beats_s: np.ndarray, **tabs: str) -> np.ndarray:
    """Play tabs of four parts a beat, such as k="x... ....", over and over."""
    out = np.zeros(round((beats_s[-1] + 1.0) * RATE_HZ))
    for name, tab in tabs.items():
        beats = tab.split()
        for index in range(beats_s.size - 1):
            for part, stroke in enumerate(beats[index % len(beats)]):
                if stroke == "x":
                    at_s = beats_s[index] + part / 4 * (beats_s[index + 1] - beats_s[index])
                    start = round(at_s * RATE_HZ)
                    sound = SOUNDS[name][: out.size - start]
                    out[start : start + sound.size] += 0.5 * sound
    return out.astype(np.float32)


def _steady(bpm: float, length_s: float = 20.0) -> np.ndarray:
    return 0.4 + np.arange(0.0, length_s, 60.0 / bpm)


def _share_found(grid: SongGrid, true_s: np.ndarray, window_s: float = 0.03) -> float:
    """F-measure; the last true beat is silent in these songs."""
    found = np.array(grid.beats_s)
    hits = sum(bool(np.any(np.abs(found - at_s) <= window_s)) for at_s in true_s[:-1])
    return 2 * hits / max(found.size + true_s.size - 1, 1)


def _grid(samples: np.ndarray) -> SongGrid:
    return analyze_song(samples.astype(np.float32), RATE_HZ, Params())


def test_a_metronome_is_found_to_three_milliseconds():
    true_s = _steady(113.0)
    grid = _grid(_song(true_s, s="x..."))
    assert grid.bpm == pytest.approx(113.0, abs=0.2)
    offsets = np.array(grid.beats_s[: true_s.size - 1]) - true_s[: len(grid.beats_s)][: true_s.size - 1]
    assert abs(float(np.median(offsets))) < 0.003
    assert float(np.abs(offsets).max()) < 0.005


def test_kicks_are_timed_at_their_attack():
    true_s = _steady(120.0)
    grid = _grid(_song(true_s, k="x..."))
    offsets = [min(at_s - true_s, key=abs) for at_s in grid.beats_s]
    assert abs(float(np.median(offsets))) < 0.003


def test_house_is_not_heard_on_its_off_beat_hats():
    true_s = _steady(124.0)
    grid = _grid(_song(true_s, k="x...", h="..x."))
    assert _share_found(grid, true_s) > 0.95


def test_drum_and_bass_is_not_halved():
    true_s = _steady(170.0)
    grid = _grid(_song(true_s, k="x... .... ..x. ....", s=".... x... .... x...", h="x.x."))
    assert grid.bpm == pytest.approx(170.0, abs=1.0)
    assert _share_found(grid, true_s) > 0.95


def test_slow_rock_is_not_doubled_and_bars_start_with_the_kick():
    true_s = _steady(80.0, 30.0)
    grid = _grid(_song(true_s, k="x... .... x... ....", s=".... x... .... x...", h="x.x."))
    assert _share_found(grid, true_s) > 0.95
    off_bar = [min(abs(true_s[::2] - at_s)) for at_s in grid.downbeats_s]
    assert max(off_bar) < 0.03


def test_a_waltz_has_three_beats_to_the_bar():
    true_s = _steady(140.0, 24.0)
    grid = _grid(_song(true_s, k="x... .... ....", s=".... x... x..."))
    assert _share_found(grid, true_s) > 0.95
    assert np.median(np.diff(grid.downbeats_s)) == pytest.approx(3 * 60.0 / 140.0, abs=0.02)


def test_a_song_that_speeds_up_is_followed():
    lengths_s = 60.0 / np.linspace(90.0, 130.0, 60)
    true_s = 0.5 + np.concatenate([[0.0], np.cumsum(lengths_s)])
    grid = _grid(_song(true_s, k="x... .... x... ....", s=".... x... .... x...", h="x.x."))
    assert _share_found(grid, true_s) > 0.95


def test_beats_go_on_through_a_break_without_drums():
    true_s = _steady(120.0, 30.0)
    song = _song(true_s, k="x... .... x... ....", s=".... x... .... x...", h="x.x.")
    song[round(true_s[24] * RATE_HZ) - 100 : round(true_s[32] * RATE_HZ) - 100] *= 0.0
    assert _share_found(_grid(song), true_s) > 0.95


def _assert_no_beat(grid: SongGrid) -> None:
    assert (grid.bpm, grid.beats_s, grid.downbeats_s, grid.beat_strength_01) == (0.0, (), (), ())
    assert grid.confidence_01 < Params().min_confidence_01


def test_silence_has_no_beat_and_no_energy():
    grid = _grid(np.zeros(20 * RATE_HZ))
    _assert_no_beat(grid)
    assert set(grid.energy_curve_01) == {0.0}
    assert set(grid.onset_strength_01) == {0.0}
    assert [(part.start_s, part.end_s, part.label) for part in grid.sections] == [(0.0, 20.0, "verse")]
    assert grid.confidence_01 == 0.0


def test_noise_has_no_beat():
    _assert_no_beat(_grid(0.1 * np.random.default_rng(3).normal(size=20 * RATE_HZ)))


def test_a_drone_has_no_beat():
    t = np.arange(20 * RATE_HZ) / RATE_HZ
    _assert_no_beat(_grid(0.3 * np.sin(2 * np.pi * 110 * t) + 0.2 * np.sin(2 * np.pi * 165.3 * t)))


@pytest.mark.parametrize("size", [0, 1, 500, 22050])
def test_a_song_of_a_second_or_less_has_no_beat_and_does_not_fail(size: int):
    grid = _grid(np.full(size, 0.1))
    _assert_no_beat(grid)
    assert len(grid.energy_curve_01) == len(grid.energy_times_s) == len(grid.onset_strength_01) >= 1


def test_a_song_of_three_seconds_has_its_beat():
    true_s = 0.2 + np.arange(7) * 0.5
    grid = _grid(_song(true_s, k="x...", h="..x.")[: 3 * RATE_HZ])
    assert grid.duration_s == 3.0
    assert _share_found(grid, true_s) > 0.9


def test_beats_lie_inside_the_song_and_downbeats_among_beats():
    grid = _grid(_song(_steady(120.0, 8.0), k="x...", s=".... x..."))
    assert set(grid.downbeats_s) <= set(grid.beats_s)
    assert list(grid.beats_s) == sorted(set(grid.beats_s))
    assert 0.0 <= grid.beats_s[0] and grid.beats_s[-1] < grid.duration_s
    assert len(grid.beat_strength_01) == len(grid.beats_s)


def _quiet_then_loud() -> tuple[np.ndarray, np.ndarray]:
    true_s = _steady(120.0, 40.0)
    song = _song(true_s, k="x... .... x... ....", s=".... x... .... x...", h="x.x.")
    song[: round(true_s[32] * RATE_HZ) - 200] *= 0.15
    return song, true_s


def test_a_quiet_part_before_a_loud_one_is_an_intro_and_the_loud_one_a_drop_on_a_downbeat():
    song, true_s = _quiet_then_loud()
    grid = _grid(song)
    assert [part.label for part in grid.sections] == ["intro", "drop"]
    assert grid.drops_s == (grid.sections[1].start_s,)
    assert grid.drops_s[0] in grid.downbeats_s
    assert grid.drops_s[0] == pytest.approx(true_s[32], abs=1.01)
    assert grid.sections[0].energy_01 < 0.4
    assert grid.sections[1].energy_01 > 0.7


def test_sections_cover_the_song_without_gaps():
    grid = _grid(_quiet_then_loud()[0])
    assert grid.sections[0].start_s == 0.0
    assert grid.sections[-1].end_s == grid.duration_s
    for before, after in zip(grid.sections[:-1], grid.sections[1:], strict=True):
        assert before.end_s == after.start_s


def test_the_energy_curve_has_a_value_every_tenth_of_a_second():
    grid = _grid(_quiet_then_loud()[0])
    assert grid.energy_times_s[:3] == (0.0, 0.1, 0.2)
    assert len(grid.energy_times_s) == math.ceil(grid.duration_s / 0.1)
    assert len(grid.energy_curve_01) == len(grid.onset_strength_01) == len(grid.energy_times_s)
    assert all(0.0 <= value <= 1.0 for value in (*grid.energy_curve_01, *grid.onset_strength_01))


def test_onset_strength_is_high_where_the_strokes_are():
    true_s = _steady(120.0, 10.0)
    grid = _grid(_song(true_s, s="x..."))
    # Half a second between strokes: a stroke at 0.4 + n / 2 falls into step 4 or 9 of each second.
    strokes = [grid.onset_strength_01[round(at_s * 10 - 0.01)] for at_s in true_s[:-1]]
    between = [grid.onset_strength_01[round(at_s * 10) + 2] for at_s in true_s[:-1]]
    assert min(strokes) > 0.5
    assert max(between) < 0.1


def test_the_same_song_gives_the_same_bytes():
    song = _quiet_then_loud()[0]
    assert json.dumps(grid_to_json(_grid(song))) == json.dumps(grid_to_json(_grid(song)))


def test_a_grid_comes_back_whole_from_json():
    grid = _grid(_quiet_then_loud()[0])
    assert json_to_grid(json.loads(json.dumps(grid_to_json(grid), allow_nan=False))) == grid


def test_numbers_have_six_digits():
    grid = _grid(_quiet_then_loud()[0])
    numbers = (*grid.beats_s, *grid.energy_curve_01, grid.bpm, grid.confidence_01, *grid.drops_s)
    assert all(round(number, 6) == number for number in numbers)


@needs_songs
@pytest.mark.parametrize(
    "name",
    [
        "ballad70",
        "dnb170",
        "hiphop88swing",
        "house124",
        "latin104",
        "ramp90_130",
        "rock96",
        "waltz150",
    ],
)
def test_the_beats_of_a_made_song_are_found(name: str):
    true_s = np.loadtxt(SHARED / "beats" / f"{name}.beats")
    grid = analyze_song(*load_song(SHARED / "beats" / f"{name}.ogg"), Params())
    found_s = np.array(grid.beats_s)
    nearest = found_s[np.abs(found_s[None, :] - true_s[:, None]).argmin(axis=1)] - true_s
    hits = np.abs(nearest) <= 0.07
    assert 2 * hits.sum() / (found_s.size + true_s.size) > 0.95
    assert abs(float(np.median(nearest[hits]))) < 0.005


@needs_songs
@pytest.mark.parametrize("name", ["songs/vibe_ace.ogg", "songs/outfoxing.mp3", "beats/808kick_120bpm.mp3"])
def test_real_songs_have_a_beat(name: str):
    assert analyze_song(*load_song(SHARED / name), Params()).confidence_01 > 0.3


@needs_songs
@pytest.mark.parametrize("name", ["jfk.flac", "sample.wav", "silero_test.wav"])
def test_speech_has_no_beat(name: str):
    _assert_no_beat(analyze_song(*load_song(SHARED / "speech" / name), Params()))


def test_a_telephone_recording_without_high_bands_has_its_beat():
    true_s = _steady(120.0)
    song = _song(true_s, k="x... .... x... ....", s=".... x... .... x...", h="x.x.")
    thin = np.interp(np.arange(0, song.size, RATE_HZ / 8000), np.arange(song.size), song)
    assert _share_found(analyze_song(thin.astype(np.float32), 8000, Params()), true_s) > 0.95
