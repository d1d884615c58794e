"""A small shoot made in code, whose truth is known: for `rushes demo`, golden runs and tests.

Three angles by file name, a drawn person who talks and one who smiles, good takes beside blurred, dark and shaky ones, a
file that is broken, and a song with known beats. The same seed gives the same pictures.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import av
import cv2
import numpy as np

from rushes.media.encode import steady_x264
from rushes.media.made_person import MadePerson
from rushes.media.made_song import write_song
from rushes.media.made_voice import babble

Angle = Literal["front", "side", "overhead"]
Fault = Literal["", "blurred", "dark", "shaky"]
Person = Literal["", "talking", "smiling"]
Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One clip to make. energy_01: how fast things move; calm takes suit quiet parts of a song."""

    name: str
    angle: Angle
    seed: int
    duration_s: float = 4.0
    energy_01: float = 0.5
    fault: Fault = ""
    cut_at_s: float | None = None
    """A hard cut inside the clip."""
    sound: bool = True
    person: Person = ""
    """Who is seen: talking with a voice in the sound, or smiling; "" for a figure of circles and lines."""


TAKES = (
    Take(name="front_01", angle="front", seed=1, energy_01=0.2),
    Take(name="front_02", angle="front", seed=2, energy_01=0.8),
    Take(name="front_03", angle="front", seed=3, energy_01=0.5, sound=False),
    Take(name="front_04_dark", angle="front", seed=4, energy_01=0.5, fault="dark"),
    Take(name="front_05", angle="front", seed=5, energy_01=1.0, duration_s=5.0),
    Take(name="side_01", angle="side", seed=6, energy_01=0.3),
    Take(name="side_02", angle="side", seed=7, energy_01=0.9),
    Take(name="side_03_blurred", angle="side", seed=8, energy_01=0.5, fault="blurred"),
    Take(name="side_04", angle="side", seed=9, energy_01=0.6, duration_s=6.0, cut_at_s=3.0),
    Take(name="side_05", angle="side", seed=10, energy_01=0.7),
    Take(name="overhead_01", angle="overhead", seed=11, energy_01=0.2),
    Take(name="overhead_02", angle="overhead", seed=12, energy_01=0.7),
    Take(name="overhead_03_shaky", angle="overhead", seed=13, energy_01=0.5, fault="shaky"),
    Take(name="overhead_04", angle="overhead", seed=14, energy_01=0.9, duration_s=5.0),
    Take(name="front_07", angle="front", seed=15, energy_01=0.7),
    Take(name="side_06", angle="side", seed=16, energy_01=0.5, sound=False),
    Take(name="overhead_05", angle="overhead", seed=17, energy_01=0.5),
    Take(name="front_08_talking", angle="front", seed=18, energy_01=0.2, person="talking", duration_s=5.0),
    Take(name="front_09_smiling", angle="front", seed=19, energy_01=0.4, person="smiling"),
)

BROKEN_NAME = "front_06_broken.mp4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shoot:
    """Where the made files lie. beats_s: true beats of the song in seconds."""

    footage: Path
    song: Path
    truth: Path
    beats_s: tuple[float, ...]


def make_shoot(
    folder: Path,
    *,
    takes: tuple[Take, ...] = TAKES,
    size_px: tuple[int, int] = (960, 540),
    rate_fps: int = 30,
    bpm: float = 112.0,
    bars: int = 16,
    on_take: Callable[[str], None] = lambda name: None,
) -> Shoot:
    """Write footage/*.mp4, song.wav and truth.json below a folder; files that are there already are made again."""
    footage = folder / "footage"
    footage.mkdir(parents=True, exist_ok=True)
    (folder / "truth.json").unlink(missing_ok=True)
    for take in takes:
        write_take(footage / f"{take.name}.mp4", take, size_px=size_px, rate_fps=rate_fps)
        on_take(take.name)
    (footage / BROKEN_NAME).write_bytes(b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 40)
    beats_s = write_song(folder / "song.wav", bpm=bpm, bars=bars)
    truth = {
        "bpm": bpm,
        "beats": [round(beat, 6) for beat in beats_s],
        "clips": [
            {
                "file": f"{take.name}.mp4",
                "angle": take.angle,
                "fault": take.fault,
                "cut_at_s": take.cut_at_s,
                "person": take.person,
            }
            for take in takes
        ],
        "broken": BROKEN_NAME,
    }
    (folder / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")
    return Shoot(footage=footage, song=folder / "song.wav", truth=folder / "truth.json", beats_s=beats_s)


def made_shoot(folder: Path) -> Shoot:
    """The standard shoot, made only where it is not there whole: `truth.json` is written last."""
    truth = folder / "truth.json"
    song = folder / "song.wav"
    if truth.is_file() and song.is_file():
        known = json.loads(truth.read_text())
        there = {path.name for path in (folder / "footage").glob("*.mp4")}
        if there == {known["broken"], *(clip["file"] for clip in known["clips"])}:
            return Shoot(footage=folder / "footage", song=song, truth=truth, beats_s=tuple(known["beats"]))
    return make_shoot(folder)


def write_take(path: Path, take: Take, *, size_px: tuple[int, int], rate_fps: int) -> None:
    """Encode one take as H.264, with a quiet tone or a voice as sound where it has any."""
    with av.open(str(path), "w", options={"movflags": "faststart"}) as out:
        options = {
            "preset": "veryfast",
            "crf": "20",
            "threads": "1",
            "x264-params": f"bframes=3{steady_x264()}",
        }
        video = out.add_stream("libx264", rate=rate_fps, options=options)
        video.width, video.height = size_px
        video.pix_fmt = "yuv420p"
        video.gop_size = rate_fps
        sound = out.add_stream("aac", rate=48000, layout="mono") if take.sound else None
        for pixels in _pictures(take, size_px, rate_fps):
            out.mux(video.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        out.mux(video.encode(None))
        if sound is not None:
            for frame in _sound_frames(take):
                out.mux(sound.encode(frame))
            out.mux(sound.encode(None))


def _pictures(take: Take, size_px: tuple[int, int], rate_fps: int) -> Iterator[Array]:
    frames = round(take.duration_s * rate_fps)
    noise = np.random.default_rng(take.seed)
    cut_frame = frames if take.cut_at_s is None else round(take.cut_at_s * rate_fps)
    shape = (size_px[1], size_px[0], 3)
    grains = [noise.integers(-4, 5, shape, dtype=np.int16) for _ in range(4)]
    first, second = _Scene(take, take.seed, size_px), _Scene(take, take.seed + 1000, size_px)
    for number in range(frames):
        scene = first if number < cut_frame else second
        picture = _worsen(scene.draw(number / rate_fps), take, noise)
        yield cv2.add(picture, grains[number % len(grains)], dtype=cv2.CV_8U)


def _worsen(picture: Array, take: Take, noise: np.random.Generator) -> Array:
    if take.fault == "blurred":
        return cv2.GaussianBlur(picture, (0, 0), picture.shape[0] / 45)
    if take.fault == "dark":
        return (picture.astype(np.float32) * 0.07).astype(np.uint8)
    if take.fault == "shaky":
        height, width = picture.shape[:2]
        shift = noise.uniform(-1, 1, 2) * (width * 0.045, height * 0.07)
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(noise.uniform(-4, 4)), 1.15)
        turn[:, 2] += shift
        return cv2.warpAffine(picture, turn, (width, height), borderMode=cv2.BORDER_REFLECT)
    return picture


def _person(take: Take) -> MadePerson:
    if take.person == "smiling":
        return MadePerson(side_share_01=0.75, smile_01=1.0)
    per_s = 100
    _, open_01 = babble(take.duration_s, seed=take.seed, rate_hz=per_s)
    return MadePerson(side_share_01=1.05, mouth_open_01=tuple(float(share) for share in open_01), per_s=per_s)


class _Scene:
    """What one angle looks like: a textured set, and something that moves in it."""

    def __init__(self, take: Take, seed: int, size_px: tuple[int, int]) -> None:
        random = np.random.default_rng(seed)
        self.width_px, self.height_px = size_px
        self.angle = take.angle
        self.speed = 0.3 + 2.2 * take.energy_01
        self.hue = float(random.uniform(0, 180))
        self.phase = float(random.uniform(0, 2 * math.pi))
        self.backdrop = self._make_backdrop(random)
        self.person = _person(take) if take.person else None

    def _colour(self, turn: float, saturation: int, value: int) -> tuple[int, int, int]:
        hsv = np.array([[[(self.hue + 180 * turn) % 180, saturation, value]]], np.uint8)
        red, green, blue = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0]
        return int(red), int(green), int(blue)

    def _make_backdrop(self, random: np.random.Generator) -> Array:
        height, width = int(self.height_px * 1.2), int(self.width_px * 1.2)
        top, bottom = (
            np.array(self._colour(turn, 110, value), np.float32) for turn, value in ((0.0, 210), (0.15, 120))
        )
        fade = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
        picture = np.broadcast_to(top * (1 - fade) + bottom * fade, (height, width, 3)).copy()
        for _ in range(60):
            corner = (int(random.uniform(0, width)), int(random.uniform(0, height)))
            size = (int(random.uniform(0.02, 0.10) * width), int(random.uniform(0.03, 0.16) * height))
            colour = self._colour(float(random.uniform(-0.2, 0.3)), 120, int(random.uniform(70, 240)))
            cv2.rectangle(
                picture, corner, (corner[0] + size[0], corner[1] + size[1]), colour, -1, cv2.LINE_AA
            )
        texture = cv2.resize(
            random.normal(0, 9, (height // 2, width // 2)).astype(np.float32), (width, height)
        )
        return np.clip(picture + texture[..., None], 0, 255).astype(np.uint8)

    def draw(self, at_s: float) -> Array:
        """The picture at a time: shape (height, width, 3), RGB."""
        picture = self._camera(at_s)
        if self.person is not None:
            self.person.draw(picture, at_s)
            return picture
        {"front": self._front, "side": self._side, "overhead": self._overhead}[self.angle](picture, at_s)
        return picture

    def _camera(self, at_s: float) -> Array:
        spare_x, spare_y = self.backdrop.shape[1] - self.width_px, self.backdrop.shape[0] - self.height_px
        sway = 0.5 + 0.45 * math.sin(0.35 * self.speed * at_s + self.phase)
        shift = np.array([[1, 0, -spare_x * sway], [0, 1, -spare_y * 0.5]], np.float32)
        return cv2.warpAffine(self.backdrop, shift, (self.width_px, self.height_px), flags=cv2.INTER_LINEAR)

    def _front(self, picture: Array, at_s: float) -> None:
        unit = self.height_px / 100
        bounce = math.sin(2 * math.pi * self.speed * at_s + self.phase)
        x, y = int(self.width_px * (0.5 + 0.04 * bounce)), int(self.height_px * (0.42 + 0.03 * abs(bounce)))
        cv2.ellipse(
            picture,
            (x, int(y + 52 * unit)),
            (int(30 * unit), int(36 * unit)),
            0,
            0,
            360,
            self._colour(0.5, 200, 200),
            -1,
            cv2.LINE_AA,
        )
        cv2.circle(picture, (x, y), int(17 * unit), (224, 172, 140), -1, cv2.LINE_AA)
        for side in (-1, 1):
            cv2.circle(
                picture,
                (int(x + side * 6 * unit), int(y - 3 * unit)),
                int(2 * unit),
                (30, 25, 25),
                -1,
                cv2.LINE_AA,
            )
            hand = (int(x + side * (34 + 6 * bounce) * unit), int(y + (30 - 22 * bounce * side) * unit))
            cv2.line(
                picture,
                (int(x + side * 24 * unit), int(y + 38 * unit)),
                hand,
                (224, 172, 140),
                int(6 * unit),
                cv2.LINE_AA,
            )
        cv2.ellipse(
            picture,
            (x, int(y + 6 * unit)),
            (int(6 * unit), int((2 + 2 * abs(bounce)) * unit)),
            0,
            0,
            180,
            (120, 30, 40),
            -1,
            cv2.LINE_AA,
        )

    def _side(self, picture: Array, at_s: float) -> None:
        unit = self.height_px / 100
        ground = int(self.height_px * 0.8)
        cv2.rectangle(picture, (0, ground), (self.width_px, self.height_px), self._colour(0.4, 90, 70), -1)
        for number in range(3):
            radius = (10 + 4 * number) * unit
            run = (0.18 * self.speed * at_s * (1 + 0.3 * number) + 0.33 * number + self.phase) % 1.2 - 0.1
            x, y = int(run * self.width_px), int(ground - radius)
            cv2.circle(
                picture, (x, y), int(radius), self._colour(0.3 + 0.2 * number, 220, 220), -1, cv2.LINE_AA
            )
            turn = run * self.width_px / radius
            for spoke in range(4):
                angle = turn + spoke * math.pi / 2
                tip = (int(x + radius * math.cos(angle)), int(y + radius * math.sin(angle)))
                cv2.line(picture, (x, y), tip, (250, 250, 250), max(1, int(1.5 * unit)), cv2.LINE_AA)

    def _overhead(self, picture: Array, at_s: float) -> None:
        unit = self.height_px / 100
        turn = self.speed * at_s + self.phase
        centre = (self.width_px // 2, self.height_px // 2)
        cv2.circle(picture, centre, int(38 * unit), (236, 232, 224), -1, cv2.LINE_AA)
        cv2.circle(picture, centre, int(30 * unit), (214, 208, 198), max(1, int(unit)), cv2.LINE_AA)
        for number in range(7):
            angle = turn * (1 if number % 2 else -0.7) + number * 2 * math.pi / 7
            at = (int(centre[0] + 22 * unit * math.cos(angle)), int(centre[1] + 22 * unit * math.sin(angle)))
            cv2.circle(picture, at, int(7 * unit), self._colour(number / 7, 200, 210), -1, cv2.LINE_AA)


def _sound(take: Take, rate_hz: int) -> Array:
    if take.person == "talking":
        return babble(take.duration_s, seed=take.seed, rate_hz=rate_hz)[0]
    total = round(take.duration_s * rate_hz)
    t_s = np.arange(total) / rate_hz
    random = np.random.default_rng(take.seed)
    tone: Array = 0.05 * np.sin(2 * np.pi * (180 + 20 * take.seed) * t_s) + random.normal(0, 0.01, total)
    return tone


def _sound_frames(take: Take) -> Iterator[av.AudioFrame]:
    rate_hz = 48000
    wave_form = _sound(take, rate_hz)
    for start in range(0, len(wave_form), 1024):
        block = wave_form[start : start + 1024].astype(np.float32)[None, :]
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate_hz, start, Fraction(1, rate_hz)
        yield frame
