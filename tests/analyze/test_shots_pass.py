from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from made_media import texture, write_clip
from rushes.analyze.clip_pass import analyze_clip
from rushes.analyze.shots_rules import Change, find_cuts
from rushes.analyze.table import ANALYZERS
from rushes.media.probe import probe

SHOTS = ANALYZERS["shots"]
SIZE_PX = (320, 180)
DATA = Path(__file__).parents[3] / "shared" / "data"


def shot(seed: int, frames: int) -> list[np.ndarray]:
    """A shot of its own that drifts slowly."""
    wide = texture((400, 180), seed, grain_px=20)
    return [wide[:, n // 3 : n // 3 + 320] for n in range(frames)]


def cuts(path: Path, **params: float) -> list[float]:
    tables = analyze_clip(probe(str(path)), {"shots": (SHOTS, SHOTS.params(**params))})["shots"]
    assert tables["clip"]["cut_count"].item() == tables["cuts"].height
    return [round(t, 3) for t in tables["cuts"]["t_s"]]


def film(tmp_path: Path, frames: list[np.ndarray], **params: float) -> list[float]:
    return cuts(write_clip(tmp_path / "a.mp4", frames, crf=18), **params)


def test_cuts_lie_at_the_first_frame_of_the_new_shot(tmp_path: Path):
    assert film(tmp_path, shot(1, 30) + shot(2, 45) + shot(3, 30)) == [1.0, 2.5]


def test_a_single_take_has_none(tmp_path: Path):
    assert film(tmp_path, shot(1, 60)) == []


def test_a_cut_in_the_dark_is_found(tmp_path: Path):
    assert film(tmp_path, [(frame * 0.15).astype(np.uint8) for frame in shot(1, 30) + shot(2, 30)]) == [1.0]


def test_a_flash_is_no_cut(tmp_path: Path):
    frames = shot(1, 60)
    for at in (20, 21, 40):
        frames[at] = np.clip(frames[at].astype(int) + 140, 0, 255).astype(np.uint8)
    assert film(tmp_path, frames) == []


def test_a_lamp_switched_on_is_no_cut(tmp_path: Path):
    frames = [(frame * 0.8).astype(np.uint8) for frame in shot(1, 60)]
    assert film(tmp_path, frames[:30] + [frame + 40 for frame in frames[30:]]) == []


def test_a_whip_pan_is_no_cut(tmp_path: Path):
    # Three widths a second, with the motion blur of a shutter that is open half of the time.
    wide = texture((660, 180), 5, grain_px=20)
    frames: list[np.ndarray] = []
    for n in range(60):
        left = round(320 * min(1.0, max(0.0, (n - 25) / 10)))
        frame = wide[:, left : left + 320]
        frames.append(cv2.blur(frame, (17, 1)) if 25 < n < 35 else frame)
    assert film(tmp_path, frames) == []


def test_a_trembling_hand_is_no_cut(tmp_path: Path):
    wide = texture((400, 220), 6, grain_px=20)
    rng = np.random.default_rng(2)
    frames = [
        wide[y : y + 180, x : x + 320]
        for x, y in zip(rng.integers(0, 80, 60), rng.integers(0, 40, 60), strict=True)
    ]
    assert film(tmp_path, frames) == []


def test_a_dissolve_is_a_cut_within_it(tmp_path: Path):
    before, after = shot(1, 60), shot(2, 60)
    mix = [
        np.round(a * (1 - k / 17) + b * (k / 17)).astype(np.uint8)
        for k, (a, b) in enumerate(zip(before[44:], after[:16], strict=True), 1)
    ]
    found = film(tmp_path, before[:44] + mix + after[16:])
    assert len(found) == 1
    assert 44 / 30 <= found[0] <= 60 / 30


def test_a_dip_to_black_is_a_cut_within_it_but_a_fade_at_the_ends_is_none(tmp_path: Path):
    def faded(frames: list[np.ndarray], start: bool) -> list[np.ndarray]:
        levels = [min(1.0, n / 15) for n in range(len(frames))]
        return [
            (frame * level).astype(np.uint8)
            for frame, level in zip(frames, levels if start else levels[::-1], strict=True)
        ]

    inner = faded(shot(1, 45), start=False) + faded(shot(2, 45), start=True)
    found = film(tmp_path, inner)
    assert len(found) == 1
    assert found[0] == pytest.approx(1.5, abs=0.35)
    assert film(tmp_path, faded(shot(1, 60), start=True)) == []


def test_of_cuts_closer_than_a_shot_the_strongest_stays(tmp_path: Path):
    frames = shot(1, 30) + shot(2, 5) + shot(3, 30)
    assert len(film(tmp_path, frames, min_shot_s=0.0)) == 2
    assert len(film(tmp_path, frames)) == 1
    assert film(tmp_path, shot(1, 30) + shot(2, 15) + shot(3, 30), min_shot_s=1.0) in ([1.0], [1.5])


def test_a_clip_of_one_or_two_frames_has_no_cut(tmp_path: Path):
    assert film(tmp_path, shot(1, 1)) == []
    assert film(tmp_path, shot(1, 2)) == []


def test_strength_rises_with_what_stands_out_and_weak_cuts_can_be_left_out():
    def steps(height: float) -> Change:
        change = Change()
        for n in range(21):
            there = n == 10
            change.t_s.append(n / 10)
            change.mean.append(100.0)
            change.spread.append(40.0)
            change.step.append(height if there else 1.0)
            change.histogram_01.append(height / 100 if there else 0.01)
            change.lasting.append(height if there else math.inf)
            change.blend_01.append(1.0)
        return change

    everything = SHOTS.params(min_strength_01=0.0)
    weak, strong = (find_cuts(steps(height), everything) for height in (8.0, 60.0))
    assert len(weak) == len(strong) == 1
    (weak,), (strong,) = weak, strong
    assert weak[0] == strong[0] == 1.0
    assert 0 < weak[1] < strong[1] < 1
    assert find_cuts(steps(8.0), SHOTS.params(min_strength_01=weak[1] + 0.01)) == []


FILMS = {
    "big_buck_bunny_0_30.webm": [11.79, 15.67, 22.96],
    "bikes.mp4": [1.2, 3.04, 5.48, 7.48, 9.68],
    "chaplin.mp4": [],
}


@pytest.mark.skipif(not DATA.is_dir(), reason=f"real footage is not at hand: {DATA}")
@pytest.mark.parametrize("name", FILMS)
def test_cuts_of_real_films_are_found_to_the_frame(name: str):
    assert cuts(DATA / "film" / name) == pytest.approx(FILMS[name], abs=0.05)


@pytest.mark.skipif(not DATA.is_dir(), reason=f"real footage is not at hand: {DATA}")
@pytest.mark.parametrize("glob", ["asl_shoot/*.mkv", "mdn/*.mp4"])
def test_real_single_takes_have_no_cut(glob: str):
    takes = sorted(DATA.glob(glob))
    assert takes
    assert {take.name: cuts(take) for take in takes} == {take.name: [] for take in takes}
