"""Whole runs at NTSC rates: every picture at its exact time, cuts on the frames nearest to beats, sound in step to the end."""

from __future__ import annotations

import json
import math
import shutil
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from command_line import rushes
from numpy.typing import NDArray

RATES = {"29.97": Fraction(30000, 1001), "23.976": Fraction(24000, 1001)}


@pytest.fixture(scope="module", params=RATES)
def made(request, tiny_shoot, warm_run, tmp_path_factory):
    """The usual small run at such a rate, with fades, a title and ramps, and its rate."""
    folder = tmp_path_factory.mktemp("ntsc")
    options = ("edit.fades.in_s=0.3", "edit.fades.out_s=0.5", "edit.ramps.share=0.3")
    title = "+edit.titles.hello={text: Hello, from_s: 1, length_s: 1}"
    options = (f"edit.rate_fps={request.param}", *options, title)
    places = ("--cache", warm_run.copy_cache(folder / "cache"), "--out", folder / "out")
    words = tiny_shoot.arguments(*places, *(word for option in options for word in ("--set", option)))
    ended = rushes("run", *words, "--executor", "inline")
    assert ended.code == 0, ended.err
    return folder / "out", RATES[request.param]


def timeline_of(out: Path):
    return json.loads((out / "timeline.json").read_text())


def test_the_timeline_has_the_rate_exactly_and_its_cuts_on_the_frames_nearest_to_beats(made):
    out, rate = made
    timeline = timeline_of(out)
    assert timeline["rate_fps"] == f"{rate.numerator}/{rate.denominator}"
    song = timeline["song"]
    beats = {math.floor(Fraction(beat - song["start_s"]) * rate + Fraction(1, 2)) for beat in song["beats"]}
    assert len(timeline["clips"]) > 2
    for clip in timeline["clips"][1:]:
        assert clip["timeline_start_frames"] in beats
    fades = timeline["fades"]
    assert fades == {"in_frames": round(0.3 * rate), "out_frames": round(0.5 * rate)}
    (hello,) = timeline["titles"]
    assert (hello["start_frames"], hello["end_frames"]) == (round(rate), round(2 * rate))


def test_the_video_shows_every_frame_of_the_timeline_at_its_exact_time(made):
    out, rate = made
    with av.open(str(out / "video.mp4")) as container:
        video, sound = container.streams.video[0], container.streams.audio[0]
        assert (video.average_rate, video.base_rate) == (rate, rate)
        assert video.time_base == 1 / Fraction(rate.numerator)
        assert video.time_base is not None and sound.duration is not None and sound.time_base is not None
        times = [frame.pts * video.time_base for frame in container.decode(video) if frame.pts is not None]
        length_s = timeline_of(out)["duration_frames"] / rate
        assert abs(sound.duration * sound.time_base - length_s) < Fraction(1, 500)
    assert times == [frame / rate for frame in range(timeline_of(out)["duration_frames"])]


def heard(path: Path) -> NDArray[np.float32]:
    """Mono at 48 kHz."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=48000)
    with av.open(str(path)) as container:
        parts = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
        parts += resampler.resample(None)
    return np.concatenate([part.to_ndarray()[0] for part in parts])


def test_the_song_is_in_step_at_the_end(made, tiny_shoot):
    out, rate = made
    timeline = timeline_of(out)
    end_s = float(timeline["duration_frames"] / rate)
    video, song = heard(out / "video.mp4"), heard(tiny_shoot.song)
    at, length, around = round((end_s - 1.5) * 48000), 24000, 4800
    begins = at + round(timeline["song"]["start_s"] * 48000) - around
    alike = np.correlate(song[begins : begins + length + 2 * around], video[at : at + length], "valid")
    assert abs(int(np.argmax(alike)) - around) < 48000 / rate / 2


@pytest.mark.parametrize("name", ["otio", "fcp7xml"])
def test_what_is_exported_comes_back_without_a_difference(made, name, tmp_path):
    out, _ = made
    assert rushes("export", out, "--format", name, "--to", tmp_path / "edit.file").code == 0
    ended = rushes("import", out, shutil.move(tmp_path / "edit.file", tmp_path / SUFFIX[name]), "--dry-run")
    assert (ended.code, ended.out) == (0, "no difference\n"), ended.err


SUFFIX = {"otio": "edit.otio", "fcp7xml": "edit.xml"}


def test_an_edit_by_hand_stays_on_frames_of_the_rate(made, tmp_path):
    made_out, rate = made
    out = shutil.copytree(made_out, tmp_path / "out")
    before = timeline_of(out)
    assert rushes("edit", out, "delete", "2").code == 0
    after = timeline_of(out)
    gone = before["clips"][1]["duration_frames"]
    assert after["duration_frames"] == before["duration_frames"] - gone
    assert after["rate_fps"] == f"{rate.numerator}/{rate.denominator}"
    for clip in after["clips"]:
        assert clip["timeline_start_s"] == pytest.approx(
            float(clip["timeline_start_frames"] / rate), abs=1e-6
        )


def test_a_rate_is_the_same_however_it_is_written(made, tiny_shoot, tmp_path):
    out, rate = made
    record = json.loads((out / "run.json").read_text())
    text = f"{rate.numerator}/{rate.denominator}"
    assert record["recipe"]["edit"]["rate_fps"] == text
    said = record["arguments"]["set"]
    options = [f"edit.rate_fps={text}" if "rate_fps" in one else one for one in said]
    words = ("beat_reel", "--footage", tiny_shoot.footage, "--song", tiny_shoot.song)
    places = ("--cache", record["arguments"]["cache"], "--out", tmp_path / "again", "--executor", "inline")
    sets = [word for option in options for word in ("--set", option)]
    ended = rushes("run", *words, *places, *sets, "--json")
    assert ended.code == 0, ended.err
    assert ended.json["nodes"]["cached"] >= ended.json["nodes"]["total"] - 1
    assert (tmp_path / "again" / "timeline.json").read_bytes() == (out / "timeline.json").read_bytes()
