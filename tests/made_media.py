"""Small clips made in code, whose arithmetic gives the answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]

SIZE_PX = (64, 48)


def gray(level: int, size_px: tuple[int, int] = SIZE_PX) -> Frame:
    """One flat colour picture, shape (h, w, 3)."""
    return np.full((size_px[1], size_px[0], 3), level, np.uint8)


def texture(size_px: tuple[int, int], seed: int = 1, grain_px: int = 4) -> Frame:
    """A picture full of soft blobs, shape (h, w, 3): something for flow and sharpness to hold on to."""
    import cv2

    rng = np.random.default_rng(seed)
    small = rng.integers(30, 226, (size_px[1] // grain_px, size_px[0] // grain_px), np.uint8)
    return np.repeat(cv2.resize(small, size_px, interpolation=cv2.INTER_CUBIC)[..., None], 3, axis=2)


def write_clip(
    path: Path,
    frames: Sequence[Frame],
    *,
    rate_fps: Fraction | int = 30,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    crf: int = 10,
    rotation_deg: int = 0,
    pts: Sequence[int] | None = None,
    time_base: Fraction | None = None,
    sound: NDArray[np.float32] | None = None,
    sound_hz: int = 48000,
    transfer: int | None = None,
    options: dict[str, str] | None = None,
) -> Path:
    """Encode frames of shape (h, w, 3). rotation_deg: clockwise turn a player applies; sound: shape (channels, n)."""
    with av.open(str(path), "w", options=options or {}) as container:
        stream = container.add_stream(codec, rate=Fraction(rate_fps))
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = pixel_format
        coding = {
            "libx264": {"crf": str(crf), "preset": "ultrafast"},
            "libx265": {"x265-params": "log-level=none"},
        }
        stream.options = coding.get(codec, {})
        if time_base is not None:
            stream.codec_context.time_base = time_base
        if transfer is not None:
            stream.codec_context.color_trc = transfer
            stream.codec_context.color_primaries = 9
            stream.codec_context.colorspace = 9
        if rotation_deg:
            stream.set_display_rotation(-rotation_deg)
        voice = container.add_stream("aac", rate=sound_hz) if sound is not None else None
        if voice is not None and sound is not None:
            voice.layout = "stereo" if len(sound) == 2 else "mono"
        for number, pixels in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(pixels, "rgb24").reformat(format=pixel_format)
            frame.pts = pts[number] if pts is not None else number
            frame.time_base = time_base if time_base is not None else 1 / Fraction(rate_fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if voice is not None and sound is not None:
            _write_sound(container, voice, sound, sound_hz)
    return path


def _write_sound(container: Any, voice: Any, sound: NDArray[np.float32], rate_hz: int) -> None:
    layout = "stereo" if len(sound) == 2 else "mono"
    for begin in range(0, sound.shape[1], 1024):
        part = np.ascontiguousarray(sound[:, begin : begin + 1024])
        frame = av.AudioFrame.from_ndarray(part, "fltp", layout)
        frame.sample_rate, frame.pts = rate_hz, begin
        container.mux(voice.encode(frame))
    container.mux(voice.encode())


def damaged_copy(source: Path, path: Path, kind: str, from_s: float = 0.0, to_s: float = math.inf) -> Path:
    """A clip whose packets of `video` or `audio` from a time on are bytes without sense; the container is whole."""
    with av.open(str(source)) as whole, av.open(str(path), "w") as container:
        streams = {stream: container.add_stream_from_template(stream) for stream in whole.streams}
        for packet in whole.demux():
            if packet.dts is None:
                continue
            stream = packet.stream
            if stream.type == kind and from_s <= packet.dts * packet.time_base < to_s:
                packet = _nonsense(packet)
            packet.stream = streams[stream]
            container.mux(packet)
    return path


def _nonsense(packet: av.Packet) -> av.Packet:
    """A packet of the same length and time, of ones."""
    damaged = av.Packet(b"\xff" * packet.size)
    damaged.pts, damaged.dts, damaged.duration = packet.pts, packet.dts, packet.duration
    damaged.time_base, damaged.is_keyframe = packet.time_base, packet.is_keyframe
    return damaged


def tone(
    seconds: float, level: float = 0.5, hz: float = 1000.0, rate_hz: int = 48000, channels: int = 2
) -> Any:
    """A sine, shape (channels, n) float32."""
    at_s = np.arange(round(seconds * rate_hz)) / rate_hz
    return np.repeat((level * np.sin(2 * np.pi * hz * at_s)).astype(np.float32)[None], channels, axis=0)
