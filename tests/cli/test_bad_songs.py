"""Songs that are missing, broken, silent, short or without a beat."""

import json
import wave
from pathlib import Path

import numpy as np
import pytest
from command_line import rushes

RATE_HZ = 22050
SOUND_FIX = "give a sound file such as .mp3, .m4a, .ogg, .flac or .wav"


def write_wav(path, samples):
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def hum(path, length_s):
    return write_wav(path, 0.3 * np.sin(2 * np.pi * 220 * np.arange(round(length_s * RATE_HZ)) / RATE_HZ))


@pytest.fixture
def run(tiny_shoot, warm_run, tmp_path):
    cache = warm_run.copy_cache(tmp_path / "cache")

    def call(song, *more):
        words = ("--footage", tiny_shoot.footage, "--song", song, "--cache", cache, "--out", "out")
        return rushes("run", "beat_reel", *words, "--executor", "inline", "--until", "edit", *more)

    return call


def timeline():
    return json.loads(Path("out", "timeline.json").read_text())


def no_file(path):
    return "there is no such file", "check the path of the song"


def folder(path):
    path.mkdir()
    return "a song is one file, but this is a folder", "name a file inside it"


def empty(path):
    path.touch()
    return "the file is empty", "copy or export the song again"


def text(path):
    path.write_text("la la la\n")
    return "this is a text file, not a song", SOUND_FIX


@pytest.mark.parametrize("fault", [no_file, folder, empty, text], ids=lambda fault: fault.__name__)
def test_what_is_no_song_is_said_before_anything_is_analysed(run, fault):
    what, fix = fault(Path("song.wav"))
    ended = run("song.wav")
    assert (ended.code, ended.out, ended.err) == (1, "", f"song.wav: {what}\n    fix: {fix}\n")


def test_bytes_that_no_decoder_knows(run):
    Path("song.wav").write_bytes(bytes(range(256)) * 40)
    ended = run("song.wav")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.endswith(
        "song.wav: the file is not a song that can be read\n"
        f"    fix: {SOUND_FIX} that plays in a music player\n"
    )


def test_a_video_with_sound_is_a_song(run, tiny_shoot):
    ended = run(tiny_shoot.footage / "side_01.mp4", "--set", "edit.duration_s=2", "--json")
    assert ended.code == 0, ended.err
    assert timeline()["song"]["file"] == "side_01.mp4"


def test_a_video_without_sound_is_no_song(run, tiny_shoot):
    ended = run(tiny_shoot.footage / "side_02.mp4")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.endswith(
        "side_02.mp4: the file has no audio stream\n    fix: give a file with sound as the song\n"
    )


@pytest.mark.parametrize("kind", ["silent", "noise"])
def test_a_song_without_a_beat_is_cut_evenly_and_that_is_said(run, kind):
    count = 8 * RATE_HZ
    samples = np.zeros(count) if kind == "silent" else np.random.default_rng(1).normal(0, 0.1, count)
    ended = run(write_wav(Path("song.wav"), samples), "--set", "edit.duration_s=4", "--json")
    assert ended.code == 0, ended.err
    assert "the song has no beat that could be found: cuts lie every 0.5 s" in ended.json["warnings"]
    found = timeline()
    assert (found["song"]["beats"], found["song"]["bpm"]) == ([], 0)
    starts = [clip["timeline_start_s"] for clip in found["clips"]]
    assert all(start * 2 == round(start * 2) for start in starts)


def test_a_song_shorter_than_the_edit_ends_the_run_with_what_would_do(run):
    ended = run(hum(Path("song.wav"), 3), "--set", "edit.duration_s=15")
    assert (ended.code, ended.out) == (4, "")
    assert (
        "the song lasts 3.00 s, the edit needs 15 s (edit.tolerance_s 0.5)\n    fix: use a longer song, "
        in ended.err
    )
    assert "edit.duration_s=3" in ended.err
    assert "--set edit.if_short=shorten" in ended.err


def test_a_song_shorter_than_the_edit_may_shorten_it_and_that_is_said(run):
    ended = run(
        hum(Path("song.wav"), 3), "--set", "edit.duration_s=15", "--set", "edit.if_short=shorten", "--json"
    )
    assert ended.code == 0, ended.err
    assert (
        "the song is too short for 15 s: the edit is 3.00 s long (edit.if_short=shorten)"
        in ended.json["warnings"]
    )
    assert sum(clip["duration_s"] for clip in timeline()["clips"]) == 3


def test_a_song_of_three_seconds_is_long_enough_for_an_edit_of_three(run):
    ended = run(hum(Path("song.wav"), 3), "--set", "edit.duration_s=3")
    assert ended.code == 0, ended.err
    assert sum(clip["duration_s"] for clip in timeline()["clips"]) == 3


def test_a_recipe_that_cuts_to_a_song_asks_for_it(tiny_shoot):
    ended = rushes("run", "beat_reel", "--footage", tiny_shoot.footage)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        "the recipe beat_reel cuts to a song, but none is named\n"
        "    fix: give --song FILE, set song.file in the recipe, or cut without a song: --set song=null --set edit.grid=free\n"
    )


def test_an_edit_without_a_song_is_silent(run, tiny_shoot, warm_run, tmp_path):
    words = ("--footage", tiny_shoot.footage, "--cache", warm_run.copy_cache(tmp_path / "again"))
    words += (
        "--out",
        "out",
        "--executor",
        "inline",
        "--until",
        "edit",
        "--set",
        "song=null",
        "--set",
        "edit.grid=free",
    )
    ended = rushes("run", "beat_reel", *words, "--set", "edit.duration_s=4")
    assert ended.code == 0, ended.err
    assert timeline()["song"] is None


@pytest.mark.release
def test_a_silent_song_can_be_rendered(tiny_shoot, warm_run, tmp_path):
    song = write_wav(Path("song.wav"), np.zeros(8 * RATE_HZ))
    words = (
        "--footage",
        tiny_shoot.footage,
        "--song",
        song,
        "--cache",
        warm_run.copy_cache(tmp_path / "cache"),
    )
    ended = rushes("run", *("beat_reel", *words), "--out", "out", *tiny_shoot.arguments()[5:], "--json")
    assert ended.code == 0, ended.err
    assert {"report", "run", "timeline", "video"} <= set(ended.json["outputs"])
