"""The pictures of a clip that are shown at given times, decoding no more than they need."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from rushes.errors import MediaError, Place, Problem
from rushes.media.info import MediaInfo, VideoInfo
from rushes.media.probe import good_packets, open_media, picture_stream

HELD_AT_MOST_S = Fraction(1, 4)
"""How long the first or last picture may be held where a segment reaches beyond its clip."""

_REORDERED_AT_MOST = 16
"""Packets that H.264 may keep back before it shows them."""
_LOST = "restore the file, or run again so that it is analysed anew"


@dataclass(frozen=True, slots=True)
class OpenClip:
    """A clip that is being read. pixel_aspect: width / height of one stored pixel."""

    info: MediaInfo
    video: VideoInfo
    container: InputContainer
    stream: VideoStream
    pixel_aspect: Fraction


@contextmanager
def open_clip(info: MediaInfo) -> Iterator[OpenClip]:
    """Raises MediaError where the file is gone, is another than the one that was analysed, or has no picture."""
    path = Path(info.path)
    if info.video is None:
        raise _fault(info, "the file has no picture", "take it out of the footage")
    if not path.is_file():
        raise _fault(info, "the file is gone since it was analysed", _LOST)
    if path.stat().st_size != info.size_bytes:
        raise _fault(info, "the file has changed since it was analysed", _LOST)
    try:
        container = open_media(info.path)
    except (OSError, FFmpegError) as error:
        raise _fault(info, f"the file cannot be opened: {error.strerror or error}", _LOST) from error
    with container:
        stream = picture_stream(container)
        if stream is None:
            raise _fault(info, "the file has changed since it was analysed", _LOST)
        stream.thread_count = 1
        yield OpenClip(info, info.video, container, stream, stream.sample_aspect_ratio or Fraction(1))


def shown_pictures(
    clip: OpenClip, start_s: Fraction, frames: int, rate_fps: Fraction
) -> Iterator[tuple[VideoFrame, int]]:
    """The distinct pictures shown from `start_s` on, each with the number of frames it stays; these add up to `frames`.

    Frame k shows the last picture stamped at or before start_s + k / rate_fps, which counts from the clip's first
    picture. Stamps may lie a sixth of a picture late, as those of phones and of containers that round do
    (a sixth, because no two usual rates have pictures that lie just so far apart).
    Raises MediaError where the file cannot be decoded or ends too early.
    """
    late_s = Fraction(1, 6) / max(clip.video.rate_fps, rate_fps)
    due = [_pts_at(clip.video, start_s + k / rate_fps + late_s) for k in range(frames)]
    yield from _held(clip, _decoded(clip, due[0]), due, start_s + frames / rate_fps)


@dataclass(frozen=True, slots=True)
class Moment:
    """The pictures around a moment: the last one at or before it, the next one, and how far from one to the other the
    moment lies, 0..1. Both are the same where there is only one."""

    before: VideoFrame
    after: VideoFrame
    share: Fraction


def pictures_around(clip: OpenClip, moments_s: Sequence[Fraction]) -> Iterator[Moment]:
    """The pictures around each of some moments, which ascend and count from the clip's first picture; decoded once.

    Raises MediaError where the file cannot be decoded or ends too early.
    """
    info, video = clip.info, clip.video
    due = [video.start_pts + moment_s / video.time_base for moment_s in moments_s]
    longest = math.ceil(HELD_AT_MOST_S / video.time_base)
    # Programs that rebuild stamps round them: a picture that is late by so little is still there in time.
    slack = Fraction(1, 20) / video.rate_fps / video.time_base
    shown, at = None, 0
    for picture in _ascending(_decoded(clip, math.floor(due[0] + slack))):
        if shown is None and _stamp(picture) - due[0] > longest:
            break
        before = picture if shown is None else shown
        while at < len(due) and due[at] + slack < _stamp(picture):
            yield _moment(before, picture, due[at])
            at += 1
        if at == len(due):
            return
        shown = picture
    if shown is None:
        raise _fault(info, f"no picture can be decoded at {_seconds(video, math.floor(due[0]))} s", _LOST)
    if due[-1] - _end_of(video, shown) > longest:
        raise _ends_early(clip, shown, moments_s[-1])
    yield from (Moment(shown, shown, Fraction(0)) for _ in due[at:])


def _moment(before: VideoFrame, after: VideoFrame, due: Fraction) -> Moment:
    apart = _stamp(after) - _stamp(before)
    share = (due - _stamp(before)) / apart if apart else Fraction(0)
    return Moment(before, after, min(Fraction(1), max(Fraction(0), share)))


def _ascending(pictures: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
    last: int | None = None
    for picture in pictures:
        if last is None or _stamp(picture) > last:
            last = _stamp(picture)
            yield picture


def _end_of(video: VideoInfo, picture: VideoFrame) -> int:
    return _stamp(picture) + max(picture.duration, math.ceil(1 / video.rate_fps / video.time_base))


def _ends_early(clip: OpenClip, last: VideoFrame, until_s: Fraction) -> MediaError:
    return _fault(
        clip.info,
        f"the pictures end at {_seconds(clip.video, _end_of(clip.video, last))} s, "
        f"but the edit shows the clip until {float(until_s):.2f} s",
        _LOST,
    )


def _pts_at(video: VideoInfo, at_s: Fraction) -> int:
    return video.start_pts + math.floor(at_s / video.time_base)


def _fault(info: MediaInfo, what: str, fix: str) -> MediaError:
    return MediaError(Problem(Place(info.path), what, fix))


def _held(
    clip: OpenClip, pictures: Iterator[VideoFrame], due: list[int], until_s: Fraction
) -> Iterator[tuple[VideoFrame, int]]:
    """Pair pictures with the frames at whose due stamp they are the last one."""
    info, video = clip.info, clip.video
    longest = math.ceil(HELD_AT_MOST_S / video.time_base)
    shown, at = None, 0
    for picture in pictures:
        pts = _stamp(picture)
        if shown is None:
            if pts - due[0] > longest:
                raise _fault(info, f"no picture can be decoded at {_seconds(video, due[0])} s", _LOST)
        elif pts <= _stamp(shown):
            continue
        else:
            until = next((k for k in range(at, len(due)) if due[k] >= pts), len(due))
            if until > at:
                yield shown, until - at
            at = until
            if at == len(due):
                return
        shown = picture
    if shown is None:
        raise _fault(info, f"no picture can be decoded at {_seconds(video, due[0])} s", _LOST)
    if due[-1] - _end_of(video, shown) > longest:
        raise _ends_early(clip, shown, until_s)
    yield shown, len(due) - at


def _seconds(video: VideoInfo, pts: int) -> str:
    return f"{float((pts - video.start_pts) * video.time_base):.2f}"


def _stamp(picture: VideoFrame) -> int:
    """AVI and some others stamp packets only; the decoder then passes on when the picture was to be decoded."""
    stamp = picture.pts if picture.pts is not None else picture.dts
    return 0 if stamp is None else stamp


def shown_at_s(clip: OpenClip, picture: VideoFrame) -> float:
    """When a picture is shown, counted from the clip's first picture."""
    return float((_stamp(picture) - clip.video.start_pts) * clip.video.time_base)


def _decoded(clip: OpenClip, first_due: int) -> Iterator[VideoFrame]:
    """Pictures in the order shown, from some key frame at or before the one due first."""
    needed = _seek(clip, first_due)
    context = clip.stream.codec_context
    may_skip = needed is not None and context.name == "h264"
    for packet in good_packets(clip.container, clip.stream):
        # A picture that no other is predicted from need not be decoded before the first one that is shown.
        lead_in = may_skip and packet.pts is not None and packet.pts < (needed or 0)
        context.skip_frame = "NONREF" if lead_in else "DEFAULT"
        try:
            yield from (frame for frame in packet.decode() if isinstance(frame, VideoFrame))
        except FFmpegError:
            continue


def _seek(clip: OpenClip, first_due: int) -> int | None:
    """Go to a key frame at or before the picture shown at `first_due`; return that picture's stamp where it is known."""
    container, stream, video = clip.container, clip.stream, clip.video
    back = 0
    while (target := first_due - back) > video.start_pts:
        if not _sought(container, stream, target):
            break
        key, needed = _look_ahead(container, stream, first_due)
        if key is not None and needed is not None and key <= needed:
            _sought(container, stream, target)
            return needed
        back = max(2 * back, math.ceil(1 / video.time_base))
    _sought(container, stream, min(video.start_pts, 0))
    return None


def _sought(container: InputContainer, stream: VideoStream, pts: int) -> bool:
    try:
        container.seek(pts, stream=stream)
    except FFmpegError:
        return False
    return True


def _look_ahead(
    container: InputContainer, stream: VideoStream, first_due: int
) -> tuple[int | None, int | None]:
    """Stamps of the first packet, if it is a key frame, and of the picture shown at `first_due`; nothing is decoded."""
    key, needed, later = None, None, 0
    for packet in good_packets(container, stream):
        if packet.pts is None:
            break
        if key is None:
            if not packet.is_keyframe:
                return None, None
            key = packet.pts
        if packet.pts > first_due:
            later += 1
            if later > _REORDERED_AT_MOST:
                break
        elif needed is None or packet.pts > needed:
            needed = packet.pts
    return key, needed
