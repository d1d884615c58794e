from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from made_media import damaged_copy, gray, texture, tone, write_clip
from rushes.errors import MediaError
from rushes.media.decode import decode_pass
from rushes.media.probe import probe
from rushes.media.wishes import Picture, PictureWish, Seen, SoundBlock, SoundWish, Wishes


class Reader:
    """Keeps what a pass hands out, by reader."""

    def __init__(self) -> None:
        self.pictures: dict[str, list[Picture]] = {}
        self.sounds: dict[str, list[SoundBlock]] = {}

    def read(self, path: Path, **requests: Wishes) -> Seen:
        return decode_pass(probe(str(path)), requests, self._see, self._hear)

    def _see(self, reader: str, picture: Picture) -> None:
        kept = Picture(picture.pts, picture.t_s, picture.pixels.copy(), picture.wish)
        self.pictures.setdefault(reader, []).append(kept)

    def _hear(self, reader: str, block: SoundBlock) -> None:
        self.sounds.setdefault(reader, []).append(block)

    def times(self, reader: str, wish: int = 0) -> list[float]:
        return [round(p.t_s, 4) for p in self.pictures.get(reader, []) if p.wish == wish]

    def samples(self, reader: str) -> np.ndarray:
        return np.concatenate([block.samples for block in self.sounds[reader]])


def picture(long_side_px: int = 64, form: str = "gray", **more: object) -> Wishes:
    return Wishes(pictures=(PictureWish(form=form, long_side_px=long_side_px, **more),))


def numbered(count: int) -> list[np.ndarray]:
    """Frame n has level 20 + 4 n."""
    return [gray(20 + 4 * n) for n in range(count)]


def level(picture: Picture) -> float:
    return float(picture.pixels.mean())


def test_every_frame_comes_once_in_order(tmp_path: Path):
    reader = Reader()
    seen = reader.read(write_clip(tmp_path / "a.mp4", numbered(40)), a=picture())
    levels = [level(p) for p in reader.pictures["a"]]
    assert len(levels) == 40
    assert levels == sorted(levels)
    assert [p.pts for p in reader.pictures["a"][:3]] == [0, 512, 1024]
    assert reader.times("a")[:3] == [0, 0.0333, 0.0667]
    assert (seen.frame_count, seen.complete, seen.damaged_packets) == (40, True, 0)
    assert seen.decoded_duration_s == pytest.approx(40 / 30)
    assert seen.rate_fps == 30


def test_gray_and_colour_span_the_full_range(tmp_path: Path):
    reader = Reader()
    frames = [gray(0), gray(255), np.full((48, 64, 3), (255, 0, 0), np.uint8)]
    reader.read(
        write_clip(tmp_path / "a.mp4", frames, pixel_format="yuv444p"), g=picture(), c=picture(form="rgb")
    )
    dark, light, _ = (level(p) for p in reader.pictures["g"])
    assert dark <= 1
    assert light >= 254
    assert reader.pictures["c"][2].pixels.reshape(-1, 3).mean(axis=0) == pytest.approx([255, 0, 0], abs=4)


def test_rates_pick_the_frames_nearest_to_an_even_grid(tmp_path: Path):
    reader = Reader()
    reader.read(write_clip(tmp_path / "a.mp4", numbered(24), rate_fps=24), a=picture(rate_hz=5.0))
    assert reader.times("a") == [0, 0.2083, 0.4167, 0.5833, 0.7917]


def test_uneven_frames_are_picked_by_time_not_by_number(tmp_path: Path):
    # Ten frames in the first tenth of a second, then one every 0.3 s.
    pts = [*range(0, 100, 10), 300, 600, 900]
    path = write_clip(tmp_path / "a.mkv", numbered(13), pts=pts, time_base=Fraction(1, 1000))
    reader = Reader()
    reader.read(path, a=picture(rate_hz=5.0), b=picture())
    assert reader.times("b") == [p / 1000 for p in pts]
    assert reader.times("a") == [0, 0.3, 0.6, 0.9]


def test_a_rate_above_that_of_the_clip_gives_every_frame_once(tmp_path: Path):
    reader = Reader()
    reader.read(write_clip(tmp_path / "a.mp4", numbered(10), rate_fps=10), a=picture(rate_hz=25.0))
    assert reader.times("a") == [n / 10 for n in range(10)]


def test_the_last_frame_comes_when_it_is_asked_for(tmp_path: Path):
    reader = Reader()
    path = write_clip(tmp_path / "a.mp4", numbered(40))
    reader.read(path, a=picture(rate_hz=1.0), b=picture(rate_hz=1.0, and_last=True))
    assert reader.times("a") == [0, 1]
    assert reader.times("b") == [0, 1, 1.3]


def test_a_last_frame_on_the_grid_comes_once(tmp_path: Path):
    reader = Reader()
    reader.read(write_clip(tmp_path / "a.mp4", numbered(31)), a=picture(rate_hz=1.0, and_last=True))
    assert reader.times("a") == [0, 1]


def test_readers_with_different_wishes_are_fed_from_one_pass(tmp_path: Path):
    reader = Reader()
    wishes = Wishes(
        pictures=(
            PictureWish(form="gray", long_side_px=32),
            PictureWish(form="rgb", long_side_px=16, rate_hz=10),
        )
    )
    reader.read(write_clip(tmp_path / "a.mp4", numbered(30)), a=wishes, b=picture(32, rate_hz=2.0))
    assert len(reader.times("a", 0)) == 30
    assert len(reader.times("a", 1)) == 10
    assert reader.times("b") == [0, 0.5]
    assert reader.pictures["b"][0].pixels.shape == (24, 32)
    assert next(p for p in reader.pictures["a"] if p.wish == 1).pixels.shape == (12, 16, 3)


@pytest.mark.parametrize("quick", [False, True])
def test_small_pictures_are_not_enlarged_and_large_ones_keep_their_shape(tmp_path: Path, quick: bool):
    reader = Reader()
    path = write_clip(tmp_path / "a.mp4", [texture((300, 170))] * 2)
    reader.read(path, small=picture(1000, quick=quick), odd=picture(101, quick=quick))
    assert reader.pictures["small"][0].pixels.shape == (170, 300)
    assert reader.pictures["odd"][0].pixels.shape == (57, 101)


@pytest.mark.parametrize(("turn_deg", "corner"), [(0, (0, 0)), (90, (0, 1)), (180, (1, 1)), (270, (1, 0))])
def test_pictures_are_turned_upright(tmp_path: Path, turn_deg: int, corner: tuple[int, int]):
    frame = gray(20)
    frame[:24, :32] = 220  # Light at the top left as stored; (row, column) of the light corner when shown.
    reader = Reader()
    reader.read(write_clip(tmp_path / "a.mp4", [frame] * 2, rotation_deg=turn_deg), a=picture())
    shown = reader.pictures["a"][0].pixels
    height, width = shown.shape
    assert (height, width) == ((48, 64) if turn_deg in (0, 180) else (64, 48))
    halves = shown.reshape(2, height // 2, 2, width // 2).mean(axis=(1, 3))
    assert np.unravel_index(halves.argmax(), (2, 2)) == corner


@pytest.mark.parametrize(("transfer", "number"), [("hlg", 18), ("pq", 16)])
def test_hdr_is_tone_mapped(tmp_path: Path, transfer: str, number: int):
    from rushes.media.tone_map import to_sdr

    path = write_clip(
        tmp_path / "a.mov", [gray(130)] * 3, codec="libx265", pixel_format="yuv420p10le", transfer=number
    )
    reader = Reader()
    reader.read(path, g=picture(), c=picture(form="rgb"))
    expected = to_sdr(np.full((1, 3), 130 / 255), transfer)[0, 0] * 255
    assert abs(expected - 130) > 8, "the case would not show whether anything was mapped"
    assert level(reader.pictures["c"][0]) == pytest.approx(expected, abs=4)
    assert level(reader.pictures["g"][0]) == pytest.approx(expected, abs=4)


def test_a_clip_of_one_frame_is_first_and_last(tmp_path: Path):
    reader = Reader()
    seen = reader.read(write_clip(tmp_path / "a.mp4", [gray(90)]), a=picture(rate_hz=1.0, and_last=True))
    assert reader.times("a") == [0]
    assert seen.frame_count == 1
    assert seen.decoded_duration_s == pytest.approx(1 / 30, abs=1e-3)


def test_sound_comes_as_recorded_or_as_wished(tmp_path: Path):
    path = write_clip(tmp_path / "a.mp4", [gray(90)] * 30, sound=tone(1.0, level=0.5))
    reader = Reader()
    reader.read(path, raw=Wishes(sound=SoundWish()), mono=Wishes(sound=SoundWish(rate_hz=16000, channels=1)))
    raw, mono = reader.samples("raw"), reader.samples("mono")
    assert raw.shape[1] == 2
    assert raw.dtype == np.float32
    assert len(raw) / 48000 == pytest.approx(1.0, abs=0.05)
    assert len(mono) / 16000 == pytest.approx(len(raw) / 48000, abs=0.002)
    assert np.abs(mono[4000:12000]).max() == pytest.approx(0.5, abs=0.03)


def test_blocks_of_sound_follow_each_other(tmp_path: Path):
    path = write_clip(tmp_path / "a.mp4", [gray(90)] * 60, sound=tone(2.0))
    reader = Reader()
    reader.read(path, a=Wishes(sound=SoundWish()))
    blocks = reader.sounds["a"]
    for before, after in pairwise(blocks):
        assert after.t_s == pytest.approx(before.t_s + len(before.samples) / before.rate_hz, abs=1e-9)


def test_a_clip_without_sound_gives_none(tmp_path: Path):
    reader = Reader()
    seen = reader.read(write_clip(tmp_path / "a.mp4", numbered(5)), a=Wishes(sound=SoundWish()))
    assert reader.sounds == {}
    assert seen.complete


def test_pictures_that_nobody_wants_are_counted_but_not_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = write_clip(tmp_path / "a.mp4", numbered(30), sound=tone(1.0))
    info = probe(str(path))
    monkeypatch.setattr("rushes.media.decode.VideoFrame", None)  # isinstance would fail on the first picture.
    reader = Reader()
    seen = decode_pass(info, {"a": Wishes(sound=SoundWish())}, reader._see, reader._hear)
    assert (seen.frame_count, seen.decoded_duration_s) == (30, pytest.approx(1.0))


def test_a_truncated_file_gives_what_is_there_and_says_so(tmp_path: Path):
    path = write_clip(
        tmp_path / "a.mp4",
        [texture((160, 120), n) for n in range(60)],
        options={"movflags": "faststart"},
    )
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    reader = Reader()
    seen = reader.read(path, a=picture())
    assert 10 < seen.frame_count < 50
    assert len(reader.pictures["a"]) == seen.frame_count
    assert not seen.complete


def test_a_truncated_matroska_file_says_so_too(tmp_path: Path):
    path = write_clip(tmp_path / "a.mkv", [texture((160, 120), n) for n in range(90)])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 3])
    seen = Reader().read(path, a=picture())
    assert 10 < seen.frame_count < 60
    assert not seen.complete


def test_damage_in_the_middle_is_left_out_and_the_rest_comes(tmp_path: Path):
    path = write_clip(tmp_path / "a.mp4", [texture((160, 120), n) for n in range(60)])
    data = bytearray(path.read_bytes())
    start = data.index(b"mdat") + len(data) // 3
    data[start : start + 3000] = bytes(3000)
    path.write_bytes(data)
    reader = Reader()
    seen = reader.read(path, a=picture())
    assert seen.damaged_packets > 0
    assert not seen.complete
    assert reader.times("a")[-1] > 1.8


def test_a_picture_that_is_damaged_for_long_costs_no_sound(tmp_path: Path):
    frames = [texture((64, 48), n) for n in range(8)]
    whole = write_clip(tmp_path / "a.mp4", [frames[n % 8] for n in range(400)], sound=tone(400 / 30))
    path = damaged_copy(whole, tmp_path / "b.mp4", "video", from_s=2.0)
    listens = Wishes(sound=SoundWish())
    alone, looking, both = Reader(), Reader(), Reader()
    heard = alone.read(path, a=listens)
    looked = looking.read(path, v=picture())
    seen = both.read(path, a=listens, v=picture())
    assert np.array_equal(alone.samples("a"), both.samples("a"))
    assert len(both.samples("a")) / 48000 == pytest.approx(400 / 30, abs=0.05)
    assert both.times("v") == looking.times("v")
    # More pictures are damaged than the 250 after which no more are tried.
    assert (seen.damaged_packets, seen.frame_count, seen.complete) == (251, 60, False)
    assert (heard.frame_count, heard.complete, heard.damaged_packets) == (400, True, 0)
    assert seen.by_ear() == heard
    assert seen.by_eye() == looked.by_eye()


@pytest.mark.parametrize(
    ("name", "share"), [("a.mp4", 3), ("a.mp4", 2), ("a.mkv", 3), ("a.mkv", 2), ("a.avi", 3)]
)
def test_who_listens_is_told_the_same_whether_others_look(tmp_path: Path, name: str, share: int):
    frames = [texture((160, 120), n) for n in range(60)]
    options = {"movflags": "faststart"} if name == "a.mp4" else {}
    path = write_clip(tmp_path / name, frames, sound=tone(2.0), options=options)
    if share < 3:
        path.write_bytes(path.read_bytes()[: path.stat().st_size * share // 3])
    listens = Wishes(sound=SoundWish())
    heard, seen = Reader().read(path, a=listens), Reader().read(path, a=listens, v=picture())
    assert seen.by_ear() == heard
    # Where the pictures are whole as far as they go, time stamps say what decoding says.
    assert heard.decoded_duration_s == pytest.approx(seen.decoded_duration_s, abs=2 / 30)
    assert heard.complete == seen.complete == (share == 3)


def test_sound_that_cannot_be_decoded_is_told(tmp_path: Path):
    whole = write_clip(tmp_path / "a.mp4", numbered(30), sound=tone(1.0))
    for kinds in ({"a": Wishes(sound=SoundWish())}, {"a": Wishes(sound=SoundWish()), "v": picture()}):
        reader = Reader()
        seen = reader.read(damaged_copy(whole, tmp_path / "b.mp4", "audio"), **kinds)
        assert "a" not in reader.sounds
        assert (seen.sound_decodes, seen.complete) == (False, True)
    assert reader.read(whole, a=Wishes(sound=SoundWish())).sound_decodes
    assert reader.read(tmp_path / "b.mp4", v=picture()).sound_decodes, "nobody asked"


def test_sound_without_a_decoder_is_sound_that_cannot_be_decoded(tmp_path: Path):
    path = write_clip(tmp_path / "a.mkv", numbered(30), sound=tone(1.0))
    path.write_bytes(path.read_bytes().replace(b"A_AAC", b"A_ZZZ"))
    silent = write_clip(tmp_path / "b.mkv", numbered(30))
    listens = Wishes(sound=SoundWish())
    assert not Reader().read(path, a=listens, v=picture()).sound_decodes
    assert Reader().read(path, v=picture()).sound_decodes, "nobody asked"
    assert Reader().read(silent, a=listens).sound_decodes, "there is none"


def test_damaged_pieces_of_sound_are_counted_and_silent(tmp_path: Path):
    whole = write_clip(tmp_path / "a.mp4", [gray(90)] * 60, sound=tone(2.0))
    path = damaged_copy(whole, tmp_path / "b.mp4", "audio", from_s=0.5, to_s=1.5)
    reader = Reader()
    seen = reader.read(path, a=Wishes(sound=SoundWish()))
    # AAC has 1024 samples a packet.
    assert seen.damaged_sound_packets == pytest.approx(48000 / 1024, abs=1.5)
    assert (seen.sound_decodes, seen.complete) == (True, True)
    samples = reader.samples("a")
    assert len(samples) / 48000 == pytest.approx(2.0, abs=0.05)
    assert np.abs(samples[30000:66000]).max() == 0
    assert np.abs(samples[78000:90000]).max() > 0.4


def test_stamps_that_jump_back_go_on_from_the_frame_before(tmp_path: Path):
    from rushes.media.decode import _Clock

    video = probe(str(write_clip(tmp_path / "a.mp4", numbered(3)))).video
    assert video is not None
    clock = _Clock(video)

    class Stamped:
        def __init__(self, pts: int | None) -> None:
            self.pts, self.duration = pts, 512

    times = [round(clock.stamp(Stamped(pts))[1], 4) for pts in (0, 512, 100, None, 2560)]
    assert times == [0, 0.0333, 0.0667, 0.1, 0.1667]


def test_a_file_of_which_nothing_decodes_is_an_error(tmp_path: Path):
    path = write_clip(tmp_path / "a.mp4", [texture((64, 48), n) for n in range(20)])
    info = probe(str(path))
    data = bytearray(path.read_bytes())
    begin, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    data[begin:end] = bytes(end - begin)
    path.write_bytes(data)
    with pytest.raises(MediaError) as caught:
        decode_pass(info, {"a": picture()}, lambda *_: None, lambda *_: None)
    assert str(caught.value) == (
        f"{path}: no frame of the picture can be decoded\n"
        "    fix: copy it from the camera again, or repair it with the program that recorded it"
    )


def test_a_file_that_has_vanished_is_an_error(tmp_path: Path):
    path = write_clip(tmp_path / "a.mp4", numbered(3))
    info = probe(str(path))
    path.unlink()
    with pytest.raises(MediaError, match="there is no such file"):
        decode_pass(info, {"a": picture()}, lambda *_: None, lambda *_: None)


def test_two_passes_give_the_same_bytes(tmp_path: Path):
    path = write_clip(tmp_path / "a.mp4", [texture((160, 120), n) for n in range(10)], sound=tone(0.4))
    wishes = {"a": picture(50, form="rgb", quick=True), "b": Wishes(sound=SoundWish())}
    one, two = Reader(), Reader()
    one.read(path, **wishes)
    two.read(path, **wishes)
    assert all(
        np.array_equal(p.pixels, q.pixels) for p, q in zip(one.pictures["a"], two.pictures["a"], strict=True)
    )
    assert np.array_equal(one.samples("b"), two.samples("b"))
