"""Facts of a media file from its header and first frame, without decoding the rest."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fractions import Fraction

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.reformatter import ColorTrc
from av.video.stream import VideoStream

from rushes.errors import is_transient
from rushes.media.faults import (
    check_file,
    no_picture,
    nothing_decodes,
    still_picture,
    system_fault,
    unreadable_media,
)
from rushes.media.info import AudioInfo, MediaInfo, Transfer, VideoInfo
from rushes.media.info_json import info_from_json as info_from_json  # noqa: PLC0414  run.preflight asks here
from rushes.units import round_6

_PICTURE_ONLY = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
_MAX_RATE_FPS = 1000
_FALLBACK_RATE_FPS = Fraction(30)
_PACKETS_TO_FIRST_FRAME = 600
"""Far more than any decoder holds back; a file without a frame by then is not worth reading to its end."""
_CLOCK_TAG = re.compile(r"^(\d+):(\d+):(\d+(?:\.\d+)?)$")


def probe(path: str, digest: str = "") -> MediaInfo:
    """Read the facts of a clip.

    digest: BLAKE3 of its bytes, 64 hex digits, or "" where nobody asks for it.
    Decodes one frame: the decoder knows the size after cropping, the rotation and the transfer better than the header.
    Where the header has no duration (a browser's webm), the packets are counted without decoding.
    Raises MediaError for a file that is missing, empty, unreadable, cut off before its index, not a video, or of which
    no frame can be decoded; it is transient where the system did not give the file.
    """
    try:
        check_file(path)
        with open_media(path) as container:
            return _probe(container, path, digest)
    except (FFmpegError, OSError) as error:
        raise unreadable_media(path, error) from error


def open_media(path: str) -> InputContainer:
    """Open for reading; tags in a wrong encoding are no reason to give up."""
    return av.open(path, mode="r", metadata_errors="replace")


def picture_stream(container: InputContainer) -> VideoStream | None:
    """The first stream that moves: cover art and thumbnails are not video."""
    for stream in container.streams.video:
        if not stream.disposition & _PICTURE_ONLY:
            return stream
    return None


def sound_stream(container: InputContainer) -> AudioStream | None:
    """The first sound stream that can be decoded."""
    for stream in container.streams.audio:
        if _context(stream) is not None and stream.sample_rate and stream.channels:
            return stream
    return None


def good_packets(container: InputContainer, *streams: Stream) -> Iterator[Packet[Stream]]:
    """Packets up to the end, or to where the container itself is broken.

    Raises a transient MediaError where the disk fails: what lies behind is not broken, only out of reach.
    """
    packets = container.demux(*streams)
    while True:
        try:
            packet = next(packets, None)
        except FFmpegError as error:
            if is_transient(error):
                raise system_fault(container.name, error) from error
            return
        if packet is None:
            return
        yield packet


def stream_duration_s(stream: Stream) -> Fraction | None:
    """What the header says of one stream: Matroska writes it into a tag."""
    if stream.duration is not None and stream.time_base is not None and stream.duration > 0:
        return stream.duration * stream.time_base
    for key, value in sorted(stream.metadata.items()):
        clock = _CLOCK_TAG.match(value)
        if key.upper().startswith("DURATION") and clock:
            return int(clock[1]) * 3600 + int(clock[2]) * 60 + Fraction(clock[3])
    return None


def _context(stream: Stream) -> object | None:
    """None where libavcodec has no decoder for the stream; stubs do not know of that."""
    return stream.codec_context


def _probe(container: InputContainer, path: str, digest: str) -> MediaInfo:
    stream = picture_stream(container)
    if stream is None or _context(stream) is None:
        raise no_picture(path)
    if container.format.name == "image2" or container.format.name.endswith("_pipe"):
        raise still_picture(path)
    first = _first_frame(container, stream)
    if first is None:
        raise nothing_decodes(path)
    duration_s = _header_duration_s(container, stream)
    frames = stream.frames
    if duration_s is None:
        duration_s, frames = _counted(path)
    sound = sound_stream(container)
    tags = {key.lower(): value for key, value in container.metadata.items()}
    return MediaInfo(
        path=path,
        digest=digest,
        size_bytes=os.path.getsize(path),
        container=container.format.name,
        duration_s=round_6(duration_s),
        video=_video_info(stream, first, duration_s, frames),
        audio=None if sound is None else _audio_info(sound),
        undecodable_sound=sound is None and len(container.streams.audio) > 0,
        created=tags.get("com.apple.quicktime.creationdate") or tags.get("creation_time"),
    )


def _first_frame(container: InputContainer, stream: VideoStream) -> VideoFrame | None:
    stream.thread_count = 1
    for count, packet in enumerate(good_packets(container, stream)):
        try:
            frames = packet.decode()
        except FFmpegError:
            frames = []
        for frame in frames:
            if isinstance(frame, VideoFrame) and not frame.is_corrupt:
                return frame
        if count > _PACKETS_TO_FIRST_FRAME:
            break
    return None


def _header_duration_s(container: InputContainer, stream: VideoStream) -> Fraction | None:
    of_stream = stream_duration_s(stream)
    if of_stream is not None:
        return of_stream
    if container.duration is not None and container.duration > 0:
        return Fraction(container.duration, av.time_base)
    return None


def _counted(path: str) -> tuple[Fraction, int]:
    """Duration and number of packets of the picture, read without decoding."""
    with open_media(path) as container:
        stream = picture_stream(container)
        assert stream is not None and stream.time_base is not None
        first: int | None = None
        end = count = longest = 0
        for packet in good_packets(container, stream):
            if packet.pts is None:
                continue
            first = packet.pts if first is None else min(first, packet.pts)
            longest = max(longest, packet.duration or 0)
            end = max(end, packet.pts + (packet.duration or 0))
            count += 1
        step_s = 1 / frame_rate(stream)
        shown_s = (end - (first or 0)) * stream.time_base
        return (shown_s if longest else shown_s + step_s), count


def frame_rate(stream: VideoStream) -> Fraction:
    """Average rate; containers that have none, or an absurd one, get the guess of the demuxer, else 30."""
    for rate in (stream.average_rate, stream.guessed_rate, stream.base_rate):
        if rate is not None and 0 < rate <= _MAX_RATE_FPS:
            return Fraction(rate)
    return _FALLBACK_RATE_FPS


def _video_info(stream: VideoStream, first: VideoFrame, duration_s: Fraction, frames: int) -> VideoInfo:
    rate = frame_rate(stream)
    turn = clockwise_deg(first)
    size = (first.height, first.width) if turn in (90, 270) else (first.width, first.height)
    assert stream.time_base is not None
    return VideoInfo(
        codec=stream.codec_context.name,
        width_px=size[0],
        height_px=size[1],
        rotation_deg=turn,
        rate_fps=rate,
        time_base=stream.time_base,
        start_pts=first.pts if first.pts is not None else (stream.start_time or 0),
        frame_count=frames or max(1, round(duration_s * rate)),
        bit_depth=max(component.bits for component in first.format.components),
        transfer=_transfer(first),
        pixel_format=first.format.name,
    )


def clockwise_deg(frame: VideoFrame) -> int:
    """Clockwise turn to show the frame upright, to the nearest right angle; PyAV counts the other way."""
    return round(-frame.rotation / 90) * 90 % 360


def _transfer(frame: VideoFrame) -> Transfer:
    if frame.color_trc == ColorTrc.ARIB_STD_B67:
        return "hlg"
    return "pq" if frame.color_trc == ColorTrc.SMPTE2084 else "sdr"


def _audio_info(stream: AudioStream) -> AudioInfo:
    assert stream.time_base is not None
    return AudioInfo(
        codec=stream.codec_context.name,
        rate_hz=stream.sample_rate,
        channels=stream.channels,
        time_base=stream.time_base,
        start_pts=stream.start_time or 0,
    )
