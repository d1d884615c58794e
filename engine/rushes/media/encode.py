"""Writing pictures as H.264 so that files made apart can be joined without encoding them again."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

import av
import cv2
from av.container import OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from rushes.errors import Place, Problem, RenderError

REORDER_FRAMES = 2
"""By how many frames every encoded stream decodes ahead of what it shows (B-frames kept as references)."""

_GOP_S = 2
_BT709 = 1
_LIMITED_RANGE = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureCoding:
    """How hard x264 tries. crf: 0..51, lower is better; the bit rate stays below max_kbit_s over a second or two."""

    crf: float
    preset: str
    max_kbit_s: int


PICTURE_CODING: Mapping[str, PictureCoding] = MappingProxyType(
    {
        "low": PictureCoding(crf=25, preset="superfast", max_kbit_s=8_000),
        "high": PictureCoding(crf=18, preset="veryfast", max_kbit_s=20_000),
        "maximum": PictureCoding(crf=15, preset="medium", max_kbit_s=50_000),
        "preview": PictureCoding(crf=28, preset="veryfast", max_kbit_s=1_000),
    }
)
"""By `VideoSpec.quality`, and "preview". docs/benchmarks.md has the size, PSNR and time of each."""


class PictureWriter:
    """An MP4 of H.264 alone: closed GOPs, yuv420p, BT.709 in limited range, frame n at n / rate_fps.

    x264 runs in one thread, because its output depends on how many it has; nothing of the clock or the machine enters
    the file. Two files of one size, rate and coding have the same stream headers.
    """

    def __init__(
        self, out: Path, *, width_px: int, height_px: int, rate_fps: Fraction, coding: PictureCoding
    ) -> None:
        self._container: OutputContainer = av.open(
            str(out), "w", format="mp4", container_options={"fflags": "+bitexact"}
        )
        self._stream: VideoStream = self._container.add_stream(
            "libx264", rate=rate_fps, options=x264_options(coding, rate_fps)
        )
        context = self._stream.codec_context
        context.width, context.height, context.pix_fmt = width_px, height_px, "yuv420p"
        context.time_base = 1 / rate_fps
        context.framerate = rate_fps
        context.sample_aspect_ratio = Fraction(1)
        context.color_primaries = context.color_trc = context.colorspace = _BT709
        context.color_range = _LIMITED_RANGE
        context.thread_count = 1
        self._time_base = 1 / rate_fps
        self.frames = 0

    def write(self, frame: VideoFrame, times: int = 1) -> None:
        """Show a yuv420p picture of the writer's size for so many frames."""
        for _ in range(times):
            frame.pts, frame.time_base, frame.pict_type = self.frames, self._time_base, 0
            self._container.mux(self._stream.encode(frame))
            self.frames += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._container.mux(self._stream.encode(None))
        finally:
            self._container.close()


def x264_options(coding: PictureCoding, rate_fps: Fraction) -> dict[str, str]:
    return {
        "preset": coding.preset,
        "crf": f"{coding.crf:g}",
        "maxrate": f"{coding.max_kbit_s}k",
        "bufsize": f"{2 * coding.max_kbit_s}k",
        "profile": "high",
        "g": str(round(_GOP_S * rate_fps)),
        # The reorder depth stands in the stream headers, which must not depend on the preset's taste.
        "bf": "3",
        "x264-params": f"open-gop=0:b-pyramid=normal:force-cfr=1:stitchable=1{steady_x264()}",
        "flags": "+cgop+bitexact",
    }


_OPENCV_AVX_512F = 13
"""`CpuFeatures` of OpenCV: the number of AVX-512 in `cv2.checkHardwareSupport`."""


def steady_x264() -> str:
    """What to add to `x264-params` so that the same pictures give the same bytes.

    x264's macroblock tree gives other results from call to call where it runs on AVX-512 (seen with build 165: the same
    320x180 pictures encoded 16 times in one thread came out in 7 ways; with AVX2, or without the tree, in one). Every
    processor that has AVX-512 has AVX2.
    """
    return ":asm=AVX2" if cv2.checkHardwareSupport(_OPENCV_AVX_512F) else ""


@contextmanager
def whole_file(out: Path) -> Iterator[Path]:
    """A path beside `out` to write to; it becomes `out` when the block ends well, and is removed otherwise.

    Raises RenderError where the disk is full, the folder read-only or missing, or the file cannot be written.
    """
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        yield part
        os.replace(part, out)
    except (OSError, FFmpegError) as error:
        raise RenderError(_write_problem(out, error)) from error
    finally:
        if part.is_file():
            part.unlink()


def _write_problem(out: Path, error: OSError | FFmpegError) -> Problem:
    what, fix = _WRITE_FAULTS.get(
        error.errno or 0, (f"cannot be written: {error.strerror or error}", "look at the disk and the folder")
    )
    return Problem(Place(str(out)), what, fix)


_READ_ONLY = ("cannot be written: the folder is read-only", "allow writing there, or choose another folder")
_FULL = ("cannot be written: the disk is full", "free some space, or choose a folder on another disk")
_WRITE_FAULTS: Mapping[int, tuple[str, str]] = {
    errno.EACCES: _READ_ONLY,
    errno.EPERM: _READ_ONLY,
    errno.EROFS: _READ_ONLY,
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: (
        "cannot be written: files of that size are not allowed here",
        "raise the limit on file sizes",
    ),
    errno.ENOENT: ("cannot be written: the folder does not exist", "create the folder first"),
    errno.ENOTDIR: ("cannot be written: its folder is a file", "choose another folder"),
}


def packet_frame(packet: Packet[VideoStream], rate_fps: Fraction) -> int:
    """Which frame of its file, counted from 0, a packet of a PictureWriter's file shows."""
    assert packet.pts is not None
    return round(packet.pts * packet.time_base * rate_fps)
