"""What is read of the files that an exported edit refers to. Reads headers and one picture each."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path, PurePath
from urllib.parse import quote

from av.container import InputContainer
from av.error import FFmpegError

from rushes.emit.interchange import MediaFile
from rushes.emit.interchange_timecode import nominal_rate, timecode_to_frames
from rushes.errors import MediaError, Place, Problem
from rushes.media.faults import check_file, unreadable_media
from rushes.media.info import VideoInfo
from rushes.media.probe import open_media, picture_stream, probe, sound_stream, stream_duration_s
from rushes.units import seconds_to_frames


def picture_file(name: str, path: str, relative_to: Path | None = None) -> MediaFile:
    """Facts of a clip. relative_to: folder that its url is relative to; None: the url is absolute.

    Raises MediaError as `probe` does.
    """
    info = probe(path)
    video = info.video
    assert video is not None, "probe refuses files without picture"
    rate_fps = nominal_rate(video.rate_fps)
    with open_media(path) as container:
        text = _timecode_tag(container)
        stream = picture_stream(container)
        pixel_aspect = (stream.sample_aspect_ratio if stream is not None else None) or Fraction(1)
    start_frames, drop, has_timecode = _start(text, rate_fps)
    width_px, height_px = _shown_size(video, pixel_aspect)
    return MediaFile(
        name=name,
        path=os.path.abspath(path),
        url=url_of(path, relative_to),
        rate_fps=rate_fps,
        frames=_frame_count(video, rate_fps, info.duration_s),
        start_frames=start_frames,
        drop=drop,
        has_timecode=has_timecode,
        width_px=width_px,
        height_px=height_px,
        audio_rate_hz=0 if info.audio is None else info.audio.rate_hz,
        audio_channels=0 if info.audio is None else info.audio.channels,
    )


def song_file(name: str, path: str, rate_fps: Fraction, relative_to: Path | None = None) -> MediaFile:
    """Facts of a song, its length counted in frames of the timeline. Raises MediaError where it cannot be read."""
    try:
        check_file(path)
        with open_media(path) as container:
            stream = sound_stream(container)
            if stream is None:
                what = "the file holds no sound that can be decoded"
                raise MediaError(Problem(Place(path), what, "name the song that the edit was made to"))
            length_s = stream_duration_s(stream) or Fraction(container.duration or 0, 1_000_000)
            rate_hz, channels = stream.sample_rate, stream.channels
    except (FFmpegError, OSError) as error:
        raise unreadable_media(path, error) from error
    return MediaFile(
        name=name,
        path=os.path.abspath(path),
        url=url_of(path, relative_to),
        rate_fps=rate_fps,
        frames=max(1, int(length_s * rate_fps)),
        audio_rate_hz=rate_hz,
        audio_channels=channels,
    )


def url_of(path: str, relative_to: Path | None) -> str:
    """Percent-encoded: `file:///a%20b.mp4`, or the relative path in the same spelling."""
    absolute = os.path.abspath(path)
    if relative_to is None:
        return PurePath(absolute).as_uri()
    steps = os.path.relpath(absolute, os.path.abspath(relative_to)).split(os.sep)
    return "/".join(quote(os.fsencode(step)) for step in steps)


def _frame_count(video: VideoInfo, rate_fps: Fraction, duration_s: float) -> int:
    if video.rate_fps == rate_fps:
        return video.frame_count
    return max(1, seconds_to_frames(duration_s, rate_fps))


def _shown_size(video: VideoInfo, pixel_aspect: Fraction) -> tuple[int, int]:
    """Width and height with square pixels: an old camera's are wider or narrower than high, as the file stores them."""
    if video.rotation_deg in (90, 270):
        return video.width_px, max(1, round(video.height_px * pixel_aspect))
    return max(1, round(video.width_px * pixel_aspect)), video.height_px


def _start(text: str | None, rate_fps: Fraction) -> tuple[int, bool, bool]:
    """The file's timecode at its first picture as frames, whether it drops, and whether there is one."""
    if text is None:
        return 0, False, False
    try:
        return (*timecode_to_frames(text, rate_fps), True)
    except ValueError:
        # A tag of another rate than the picture's names no frame of it.
        return 0, False, False


def _timecode_tag(container: InputContainer) -> str | None:
    """QuickTime has it in a track of its own, MXF and Matroska in the file or its picture."""
    for tags in (*(stream.metadata for stream in container.streams), container.metadata):
        for key in sorted(tags):
            if key.lower() == "timecode":
                return tags[key]
    return None
