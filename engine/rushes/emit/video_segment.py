"""One segment of the video, decoded, fitted and encoded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import cast

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from rushes.emit.video import Crop, SegmentSource, SegmentSpec, Window
from rushes.emit.video_picture import PictureFilter
from rushes.emit.video_source import OpenClip, open_clip, shown_at_s, shown_pictures
from rushes.emit.video_window import WindowFilter
from rushes.media.encode import PICTURE_CODING, PictureWriter, whole_file
from rushes.media.info import MediaInfo


def render_segment(spec: SegmentSpec, sources: Mapping[str, MediaInfo], out: Path) -> None:
    """Write a segment: an MP4 of exactly `spec.frames` pictures, without sound, ready for `join`.

    sources: by clip name. The same spec and sources give the same bytes. Raises MediaError for a source that cannot
    be shown as asked, RenderError where `out` cannot be written; no part of a file is left then.
    """
    pictures = _mixed(spec, sources) if spec.kind == "dissolve" else _fitted(spec, sources, spec.sources[0])
    with (
        whole_file(out) as part,
        PictureWriter(
            part,
            width_px=spec.width_px,
            height_px=spec.height_px,
            rate_fps=spec.rate_fps,
            coding=PICTURE_CODING[spec.quality],
        ) as writer,
    ):
        for picture, times in pictures:
            writer.write(picture, times)


def _fitted(
    spec: SegmentSpec, sources: Mapping[str, MediaInfo], source: SegmentSource
) -> Iterator[tuple[VideoFrame, int]]:
    """Output pictures, each with the number of frames it stays."""
    with open_clip(sources[source.clip]) as clip:
        fit = _fit(source.crop, clip, spec)
        for picture, times in shown_pictures(clip, source.start_s, spec.frames, spec.rate_fps):
            yield fit(picture), times


def _fit(crop: Crop | Window, clip: OpenClip, spec: SegmentSpec) -> Callable[[VideoFrame], VideoFrame]:
    """What makes output pictures of a clip's."""
    if isinstance(crop, Crop):
        return PictureFilter(clip.video, crop, spec.width_px, spec.height_px, clip.pixel_aspect).apply
    window = WindowFilter(clip.video, crop, spec.width_px, spec.height_px, clip.pixel_aspect)
    return lambda picture: window.apply(picture, shown_at_s(clip, picture))


def _mixed(spec: SegmentSpec, sources: Mapping[str, MediaInfo]) -> Iterator[tuple[VideoFrame, int]]:
    outgoing, incoming = (_one_by_one(_fitted(spec, sources, source)) for source in spec.sources)
    for i, (before, after) in enumerate(zip(outgoing, incoming, strict=True)):
        yield _mix(before, after, i + 1, spec.frames + 1), 1


def _one_by_one(pictures: Iterator[tuple[VideoFrame, int]]) -> Iterator[VideoFrame]:
    for picture, times in pictures:
        for _ in range(times):
            yield picture


def _mix(before: VideoFrame, after: VideoFrame, part: int, whole: int) -> VideoFrame:
    """part / whole of `after`, the rest of `before`, rounded to nearest."""
    first, second = (
        cast(NDArray[np.uint8], frame.to_ndarray()).astype(np.uint32) for frame in (before, after)
    )
    mixed = (first * (whole - part) + second * part + whole // 2) // whole
    return VideoFrame.from_ndarray(mixed.astype(np.uint8), format="yuv420p")
