"""Segments and sound joined to the finished file by copying, and its small preview."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import av
import av.filter
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from rushes.errors import Place, Problem, RenderError
from rushes.media.encode import PICTURE_CODING, REORDER_FRAMES, PictureWriter, packet_frame, whole_file

_AnyPacket: TypeAlias = "Packet[VideoStream] | Packet[AudioStream]"
_MP4 = {"movflags": "+faststart", "fflags": "+bitexact"}


def join(
    segments: Sequence[Path],
    sound: Path | None,
    out: Path,
    *,
    frames: int,
    rate_fps: Fraction,
    tags: Mapping[str, str] | None = None,
) -> None:
    """Put segments one after the other, with the sound of `render_song`, into an MP4 that plays from its first bytes.

    Nothing is encoded again. frames: how many pictures the result must have. tags: such as title and comment. The same
    segments, sound and tags give the same bytes. Raises RenderError where the segments do not fit together, do not
    have so many pictures, or `out` cannot be written.
    """
    with whole_file(out) as part:
        with av.open(str(part), "w", format="mp4", container_options=_MP4) as container:
            container.metadata.update(dict(sorted((tags or {}).items())))
            written = _copy(segments, sound, container, rate_fps)
        if written != frames:
            raise _misfit(out, f"the segments have {written} pictures, but the timeline has {frames}")


def _misfit(path: Path, what: str) -> RenderError:
    return RenderError(Problem(Place(str(path)), what, "render again with an empty cache"))


def _copy(
    segments: Sequence[Path], sound: Path | None, container: OutputContainer, rate_fps: Fraction
) -> int:
    with av.open(str(segments[0])) as first:
        video = container.add_stream_from_template(first.streams.video[0])
        headers = first.streams.video[0].codec_context.extradata
    video.time_base = 1 / rate_fps
    if sound is None:
        return _mux(container, _pictures(segments, video, headers, rate_fps), video)
    with av.open(str(sound)) as heard:
        audio = container.add_stream_from_template(heard.streams.audio[0])
        pictures: Iterator[_AnyPacket] = _pictures(segments, video, headers, rate_fps)
        sounds: Iterator[_AnyPacket] = _sounds(heard, audio)
        return _mux(container, heapq.merge(pictures, sounds, key=_decode_time_s), video)


def _mux(container: OutputContainer, packets: Iterator[_AnyPacket], video: VideoStream) -> int:
    pictures = 0
    for packet in packets:
        pictures += packet.stream is video
        container.mux(packet)
    return pictures


def _decode_time_s(packet: _AnyPacket) -> Fraction:
    assert packet.dts is not None
    return packet.dts * packet.time_base


def _pictures(
    segments: Sequence[Path], video: VideoStream, headers: bytes | None, rate_fps: Fraction
) -> Iterator[Packet[VideoStream]]:
    """Packets stamped in frames. A short segment carries no reorder delay of its own, so the decoding stamps are
    counted anew: one packet a frame, REORDER_FRAMES ahead."""
    position = 0
    for path in segments:
        start = position
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            if stream.codec_context.extradata != headers:
                raise _misfit(path, "the segment was encoded with other settings than the first one")
            for packet in container.demux(stream):
                if packet.size == 0:
                    continue
                shown = start + packet_frame(packet, rate_fps)
                packet.stream = video
                packet.time_base = 1 / rate_fps
                packet.pts, packet.dts, packet.duration = shown, position - REORDER_FRAMES, 1
                position += 1
                yield packet


def _sounds(heard: InputContainer, audio: AudioStream) -> Iterator[Packet[AudioStream]]:
    for packet in heard.demux(heard.streams.audio[0]):
        if packet.size:
            packet.stream = audio
            yield packet


def preview(video: Path, out: Path, long_side_px: int = 640) -> None:
    """A small copy for a page: the picture scaled so that its longer side has `long_side_px`, the sound as it is.

    Raises RenderError where `out` cannot be written.
    """
    pictures = out.with_name(f".{out.name}.pictures")
    try:
        with av.open(str(video)) as source:
            frames = _write_small(source, pictures, long_side_px)
            rate_fps = _rate(source.streams.video[0])
            has_sound = bool(source.streams.audio)
        join([pictures], video if has_sound else None, out, frames=frames, rate_fps=rate_fps)
    finally:
        pictures.unlink(missing_ok=True)


def _rate(stream: VideoStream) -> Fraction:
    return stream.average_rate or Fraction(30)


def _write_small(source: InputContainer, out: Path, long_side_px: int) -> int:
    stream = source.streams.video[0]
    stream.thread_type = "AUTO"
    scale = Fraction(long_side_px, max(stream.width, stream.height))
    width, height = (2 * max(1, round(side * scale / 2)) for side in (stream.width, stream.height))
    graph = av.filter.Graph()
    graph.threads = 1
    graph.link_nodes(
        graph.add_buffer(template=stream),
        graph.add("scale", w=str(width), h=str(height), flags="bilinear+accurate_rnd+bitexact"),
        graph.add("format", pix_fmts="yuv420p"),
        graph.add("buffersink"),
    ).configure()
    with (
        whole_file(out) as part,
        PictureWriter(
            part, width_px=width, height_px=height, rate_fps=_rate(stream), coding=PICTURE_CODING["preview"]
        ) as writer,
    ):
        for picture in source.decode(stream):
            graph.vpush(picture)
            writer.write(graph.vpull())
    return writer.frames
