from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from made_media import gray, texture, tone, write_clip
from rushes.errors import MediaError
from rushes.media.info import AudioInfo
from rushes.media.info_json import info_from_json, info_to_json
from rushes.media.probe import probe


def fault(path: Path) -> str:
    with pytest.raises(MediaError) as caught:
        probe(str(path))
    return str(caught.value).replace(str(path), path.name)


def test_a_plain_clip_tells_size_rate_and_length(tmp_path: Path):
    path = write_clip(tmp_path / "a.mp4", [gray(90)] * 45)
    info = probe(str(path), "d" * 64)
    assert info.video is not None
    assert (info.video.codec, info.video.width_px, info.video.height_px) == ("h264", 64, 48)
    assert (info.video.rate_fps, info.video.frame_count, info.video.start_pts) == (30, 45, 0)
    assert (info.video.bit_depth, info.video.transfer, info.video.rotation_deg) == (8, "sdr", 0)
    assert info.duration_s == 1.5
    assert info.audio is None
    assert (info.path, info.digest, info.size_bytes) == (str(path), "d" * 64, path.stat().st_size)


@pytest.mark.parametrize("turn_deg", [90, 180, 270])
def test_the_rotation_flag_is_read_clockwise_and_turns_the_size(tmp_path: Path, turn_deg: int):
    path = write_clip(tmp_path / "a.mp4", [gray(90)] * 3, rotation_deg=turn_deg)
    video = probe(str(path)).video
    assert video is not None
    assert video.rotation_deg == turn_deg
    assert (video.width_px, video.height_px) == ((64, 48) if turn_deg == 180 else (48, 64))


def test_sound_is_described(tmp_path: Path):
    path = write_clip(tmp_path / "a.mp4", [gray(90)] * 30, sound=tone(1.0))
    audio = probe(str(path)).audio
    assert audio == AudioInfo(
        codec="aac", rate_hz=48000, channels=2, time_base=Fraction(1, 48000), start_pts=audio.start_pts
    )


def test_ten_bit_hevc_in_hlg_is_known_as_such(tmp_path: Path):
    path = write_clip(
        tmp_path / "a.mov", [gray(90)] * 4, codec="libx265", pixel_format="yuv420p10le", transfer=18
    )
    video = probe(str(path)).video
    assert video is not None
    assert (video.codec, video.bit_depth, video.transfer, video.pixel_format) == (
        "hevc",
        10,
        "hlg",
        "yuv420p10le",
    )


def test_pq_is_known_as_such(tmp_path: Path):
    path = write_clip(
        tmp_path / "a.mov", [gray(90)] * 4, codec="libx265", pixel_format="yuv420p10le", transfer=16
    )
    assert probe(str(path)).video.transfer == "pq"


def test_odd_sizes_are_kept(tmp_path: Path):
    path = write_clip(tmp_path / "a.mkv", [gray(90, (65, 47))] * 3, pixel_format="yuv444p")
    video = probe(str(path)).video
    assert (video.width_px, video.height_px) == (65, 47)


def test_a_clip_of_one_frame_has_a_duration(tmp_path: Path):
    info = probe(str(write_clip(tmp_path / "a.mp4", [gray(90)])))
    assert info.duration_s == pytest.approx(1 / 30, abs=1e-4)
    assert info.video.frame_count == 1


def test_uneven_frames_give_their_average_rate(tmp_path: Path):
    pts = [0, 10, 40, 50, 80, 90, 120, 130]
    path = write_clip(tmp_path / "a.mp4", [gray(90)] * 8, pts=pts, time_base=Fraction(1, 300))
    info = probe(str(path))
    assert info.video.rate_fps == pytest.approx(8 / info.duration_s, rel=0.2)


def test_a_webm_without_duration_is_counted(tmp_path: Path):
    path = write_clip(
        tmp_path / "live.webm", [gray(90)] * 30, codec="libvpx", options={"live": "1", "dash": "0"}
    )
    with av.open(str(path)) as container:
        assert container.duration is None, "the case is not made"
    info = probe(str(path))
    assert info.duration_s == pytest.approx(1.0, abs=0.04)
    assert info.video.frame_count == 30


def test_cover_art_is_no_video(tmp_path: Path):
    path = tmp_path / "song.m4a"
    with av.open(str(path), "w", format="mp4") as container:
        cover = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 48, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        voice = container.add_stream("aac", rate=48000)
        voice.layout = "mono"
        container.mux(cover.encode(av.VideoFrame.from_ndarray(gray(90), "rgb24").reformat(format="yuvj420p")))
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate = 48000
        container.mux(voice.encode(frame))
        container.mux(voice.encode())
    assert fault(path) == (
        "song.m4a: the file has no picture, only sound or data\n"
        "    fix: give a video file, or leave it out with footage.exclude"
    )


def test_facts_survive_json_without_path_and_digest(tmp_path: Path):
    path = write_clip(tmp_path / "a.mp4", [gray(90)] * 5, sound=tone(0.2))
    info = probe(str(path), "d" * 64)
    data = info_to_json(info)
    assert "path" not in data
    assert "digest" not in data
    assert info_from_json(data, info.path, info.digest) == info


def test_the_same_bytes_give_the_same_facts_wherever_they_lie(tmp_path: Path):
    path = write_clip(tmp_path / "a.mp4", [gray(90)] * 5)
    other = tmp_path / "elsewhere.mp4"
    other.write_bytes(path.read_bytes())
    assert info_to_json(probe(str(path))) == info_to_json(probe(str(other)))


def test_a_missing_file_is_reported(tmp_path: Path):
    assert fault(tmp_path / "a.mp4") == (
        "a.mp4: there is no such file\n    fix: check the path, and that the disk is connected"
    )


def test_a_folder_is_reported(tmp_path: Path):
    folder = tmp_path / "a.mp4"
    folder.mkdir()
    assert fault(folder) == "a.mp4: this is a folder, not a clip\n    fix: name a file in it"


def test_an_empty_file_is_reported(tmp_path: Path):
    path = tmp_path / "a.mp4"
    path.touch()
    assert fault(path) == "a.mp4: the file is empty (0 bytes)\n    fix: copy it from the camera again"


def test_an_unreadable_file_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = write_clip(tmp_path / "a.mp4", [gray(90)])
    # The superuser, who may run the tests, can read everything.
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert fault(path) == "a.mp4: the file may not be read\n    fix: give yourself permission to read it"


@pytest.mark.parametrize("text", ["Hello, this is no video.\n", "1\n00:00:01,000 --> 00:00:02,000\nÄh\n"])
def test_text_named_as_video_is_reported(tmp_path: Path, text: str):
    path = tmp_path / "a.mp4"
    path.write_text(text, encoding="utf-8")
    assert fault(path) == (
        "a.mp4: this is a text file, not a video\n"
        "    fix: give a video file, or leave it out with footage.exclude"
    )


def test_long_text_cut_within_a_character_is_still_text(tmp_path: Path):
    path = tmp_path / "a.mp4"
    path.write_text("x" + "ä" * 9000, encoding="utf-8")
    assert "this is a text file" in fault(path)


def test_a_recording_without_its_index_is_reported(tmp_path: Path):
    path = write_clip(tmp_path / "a.mp4", [texture((64, 48), k) for k in range(20)])
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b"moov") - 40])
    assert fault(path) == (
        "a.mp4: the recording was cut off before its index (moov) was written\n"
        "    fix: copy it from the camera again, or repair it with the program that recorded it"
    )


def test_noise_is_reported(tmp_path: Path):
    path = tmp_path / "a.mp4"
    path.write_bytes(np.random.default_rng(5).integers(0, 256, 5000, np.uint8).tobytes())
    assert fault(path).startswith("a.mp4: this cannot be read as a video (")


def test_a_photo_named_as_video_is_reported(tmp_path: Path):
    import cv2

    path = tmp_path / "a.mp4"
    path.write_bytes(cv2.imencode(".jpg", gray(90))[1].tobytes())
    assert fault(path) == (
        "a.mp4: this is a still picture, not a video\n"
        "    fix: give a video file, or leave it out with footage.exclude"
    )


def test_a_video_without_a_frame_is_reported(tmp_path: Path):
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        container.start_encoding()
    assert fault(path).startswith("a.mp4: ")


def test_sound_alone_is_reported(tmp_path: Path):
    path = tmp_path / "a.m4a"
    with av.open(str(path), "w", format="mp4") as container:
        voice = container.add_stream("aac", rate=48000)
        voice.layout = "mono"
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.float32), "fltp", "mono")
        frame.sample_rate = 48000
        container.mux(voice.encode(frame))
        container.mux(voice.encode())
    assert "the file has no picture, only sound or data" in fault(path)


def test_sound_that_no_decoder_knows_is_told_apart_from_none(tmp_path: Path):
    heard = write_clip(tmp_path / "a.mkv", [gray(90)] * 30, sound=tone(1.0))
    strange = tmp_path / "b.mkv"
    strange.write_bytes(heard.read_bytes().replace(b"A_AAC", b"A_ZZZ"))
    silent = write_clip(tmp_path / "c.mkv", [gray(90)] * 30)
    found = [probe(str(path)) for path in (heard, strange, silent)]
    assert [info.audio is not None for info in found] == [True, False, False]
    assert [info.undecodable_sound for info in found] == [False, True, False]
    assert [info.may_sound for info in found] == [True, True, False]
