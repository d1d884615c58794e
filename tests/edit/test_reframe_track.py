"""A crop that follows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.edit.reframe_scene import PLACES, Region, Scene
from rushes.edit.reframe_track import _searched, lines_of, tracked
from rushes.timeline.crop_path import CropPath
from rushes.timeline.tree import ReframeKey

LENGTH = 0.316


def scene(faces: list[float], step_s: float = 0.2) -> Scene:
    """A face at each moment, and nothing else."""
    times = np.arange(len(faces)) * step_s
    places = np.linspace(LENGTH / 2, 1 - LENGTH / 2, PLACES)
    lost = np.array([np.maximum(np.abs(places - face) - LENGTH / 2, 0) for face in faces])
    regions = tuple((Region(face - 0.03, face + 0.03, 10.0, "face"),) for face in faces)
    return Scene(times, places, lost, regions, LENGTH)


def curve(seen: Scene, middles: np.ndarray, step_s: float) -> np.ndarray:
    keys = [
        ReframeKey(at_s=float(t), x_01=float(x), y_01=0.5, width_01=LENGTH)
        for t, x in zip(seen.times_s, middles, strict=True)
    ]
    path = CropPath(keys)
    return np.array([path.at(float(t))[0] for t in np.arange(0, seen.times_s[-1], step_s)])


def test_an_even_walk_is_followed_evenly():
    found = scene([0.3 + 0.02 * n for n in range(20)])
    way = tracked(found, 0.25, 0.5)
    faces = 0.3 + 0.02 * np.arange(20)
    assert (np.abs(way - faces) + 0.03 <= LENGTH / 2 + 1e-6).all()
    assert (np.abs(np.diff(way, 2)) > 1e-6).sum() <= 2


def test_a_speed_that_nothing_limits_is_searched_no_further_than_the_picture():
    seen = scene([0.2, 0.8, 0.3, 0.7, 0.5] * 3)
    apart = seen.places[1] - seen.places[0]
    whole = _searched(seen, (PLACES - 1) * apart / seen.step_s)
    assert (_searched(seen, 1e6) == whole).all()


def test_a_face_that_rests_is_not_followed():
    assert np.ptp(tracked(scene([0.4] * 12), 0.25, 0.5)) == pytest.approx(0, abs=1e-6)


@given(
    faces=st.lists(st.floats(0.05, 0.95), min_size=3, max_size=30),
    step_s=st.floats(0.05, 0.2),
    speed=st.floats(0.01, 5),
    acceleration=st.floats(0.02, 50),
)
@settings(deadline=None, max_examples=80)
def test_the_curve_keeps_speed_acceleration_and_the_picture_to_the_last_digit(
    faces, step_s, speed, acceleration
):
    found = scene(faces, step_s)
    way = tracked(found, speed, acceleration)
    fine_s = step_s / 20
    drawn = curve(found, way, fine_s)
    assert drawn.min() >= LENGTH / 2 - 1e-9
    assert drawn.max() <= 1 - LENGTH / 2 + 1e-9
    assert np.abs(np.diff(drawn)).max() / fine_s <= speed * (1 + 1e-9)
    assert np.abs(np.diff(drawn, 2)).max(initial=0) / fine_s**2 <= acceleration * (1 + 1e-6) + 1e-8


def test_a_way_that_rests_keeps_every_bound():
    found = scene([0.2, 0.8, 0.2, 0.8])
    given = lines_of(found, np.array([0.2, 0.8, 0.2, 0.8]), 0.01, 0.01)
    walls = np.isinf(given.rises)
    assert (given.of(np.full(4, 0.5)) < given.kinks)[walls].all()


def test_crops_need_no_scipy():
    code = "import sys, rushes.run.operations.reframe; sys.exit(any(n.split('.')[0] == 'scipy' for n in sys.modules))"
    engine = Path(__file__).parents[2] / "engine"
    environment = {**os.environ, "PYTHONPATH": str(engine)}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
