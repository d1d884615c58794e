"""The made shoot is what its truth says, and the same each time."""

import json
from dataclasses import replace
from itertools import pairwise

import av
import numpy as np
import pytest
from rushes.errors import MediaError
from rushes.media.made_shoot import BROKEN_NAME, TAKES, Take, made_shoot, make_shoot, write_take
from rushes.media.probe import probe

SIZE = (160, 90)
SHORT = (
    Take(name="front_01", angle="front", seed=1, duration_s=0.5),
    Take(name="side_01", angle="side", seed=6, duration_s=0.5, sound=False),
    Take(name="overhead_01", angle="overhead", seed=11, duration_s=0.5),
)


def pictures(path):
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]


def made(folder, take, **changes):
    path = folder / "take.mp4"
    write_take(path, replace(take, **changes), size_px=SIZE, rate_fps=20)
    return pictures(path)


@pytest.fixture(scope="module")
def shoot(tmp_path_factory):
    return make_shoot(
        tmp_path_factory.mktemp("shoot"), takes=SHORT, size_px=SIZE, rate_fps=20, bpm=120, bars=2
    )


def test_a_shoot_is_a_folder_of_clips_a_song_and_the_truth(shoot):
    names = sorted(path.name for path in shoot.footage.iterdir())
    assert names == sorted([BROKEN_NAME, "front_01.mp4", "overhead_01.mp4", "side_01.mp4"])
    truth = json.loads(shoot.truth.read_text())
    assert truth["bpm"] == 120
    assert truth["broken"] == BROKEN_NAME
    assert truth["beats"] == list(shoot.beats_s) == [0.25 + 0.5 * number for number in range(8)]
    assert truth["clips"][1] == {
        "file": "side_01.mp4",
        "angle": "side",
        "fault": "",
        "cut_at_s": None,
        "person": "",
    }


def test_takes_have_the_size_rate_length_and_sound_they_say(shoot):
    info = probe(str(shoot.footage / "front_01.mp4"))
    assert (info.video.width_px, info.video.height_px, info.video.rate_fps) == (*SIZE, 20)
    assert len(pictures(shoot.footage / "front_01.mp4")) == 10
    assert info.audio is not None
    assert probe(str(shoot.footage / "side_01.mp4")).audio is None


def test_the_broken_file_is_broken(shoot):
    with pytest.raises(MediaError):
        probe(str(shoot.footage / BROKEN_NAME))


def test_the_same_seed_gives_the_same_pictures(tmp_path):
    first, again = made(tmp_path, SHORT[0]), made(tmp_path, SHORT[0])
    assert all(np.array_equal(*pair) for pair in zip(first, again, strict=True))
    other = made(tmp_path, SHORT[0], seed=2)
    assert not np.array_equal(first[0], other[0])


def test_faults_are_what_they_are_called(tmp_path):
    def detail(frames):
        return float(np.mean([np.abs(np.diff(frame.astype(int), axis=1)).mean() for frame in frames]))

    def change(frames):
        return float(np.mean([np.abs(b.astype(int) - a).mean() for a, b in pairwise(frames)]))

    good = made(tmp_path, SHORT[0])
    assert np.mean(made(tmp_path, SHORT[0], fault="dark")) < 0.25 * np.mean(good)
    assert detail(made(tmp_path, SHORT[0], fault="blurred")) < 0.6 * detail(good)
    assert change(made(tmp_path, SHORT[0], fault="shaky")) > 2 * change(good)


def test_a_cut_changes_the_set_at_its_time(tmp_path):
    frames = made(tmp_path, SHORT[0], duration_s=1.0, cut_at_s=0.5)
    steps = [np.abs(b.astype(int) - a).mean() for a, b in pairwise(frames)]
    assert int(np.argmax(steps)) == 9
    assert steps[9] > 3 * sorted(steps)[-2]


def test_the_standard_shoot_is_made_once_and_again_only_where_it_is_not_whole(tmp_path, monkeypatch):
    calls = []

    def fake(folder):
        calls.append(folder)
        return make_shoot(folder, takes=SHORT, size_px=SIZE, rate_fps=20, bpm=120, bars=1)

    monkeypatch.setattr("rushes.media.made_shoot.make_shoot", fake)
    first = made_shoot(tmp_path)
    assert made_shoot(tmp_path) == first
    assert len(calls) == 1
    (first.footage / "side_01.mp4").unlink()
    assert made_shoot(tmp_path) == first
    assert len(calls) == 2


def test_the_standard_shoot_has_all_angles_and_each_fault_once():
    assert {take.angle for take in TAKES} == {"front", "side", "overhead"}
    assert sorted(take.fault for take in TAKES if take.fault) == ["blurred", "dark", "shaky"]
    assert len({take.name for take in TAKES}) == len({take.seed for take in TAKES}) == len(TAKES)
    assert sum(take.cut_at_s is not None for take in TAKES) == 1
    assert sorted(take.person for take in TAKES if take.person) == ["smiling", "talking"]


def test_somebody_stands_before_the_same_backdrop_as_the_figure(tmp_path):
    take = Take(name="front_01", angle="front", seed=2, duration_s=0.3)
    smiling, nobody = (made(tmp_path, take, person=person) for person in ("smiling", ""))
    assert len(smiling) == len(nobody) == 6
    change = np.abs(smiling[3].astype(int) - nobody[3])
    assert change[:, : SIZE[0] // 8].mean() < 3
    assert change[:, SIZE[0] * 3 // 8 : SIZE[0] * 5 // 8].mean() > 20
