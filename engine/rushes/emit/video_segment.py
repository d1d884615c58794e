"""One segment of the video, decoded, fitted and encoded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from av.video.frame import VideoFrame

from rushes.emit.video import Crop, SegmentSpec, Window
from rushes.emit.video_picture import PictureFilter
from rushes.emit.video_retime import retimed
from rushes.emit.video_source import OpenClip, open_clip, shown_at_s, shown_pictures
from rushes.emit.video_transition import dipped, dissolved, faded, whipped
from rushes.emit.video_window import WindowFilter
from rushes.media.encode import PICTURE_CODING, PictureWriter, whole_file
from rushes.media.info import MediaInfo


def render_segment(
    spec: SegmentSpec, sources: Mapping[str, MediaInfo], out: Path, fonts: Mapping[str, Path] | None = None
) -> None:
    """Write a segment: an MP4 of exactly `spec.frames` pictures, without sound, ready for `join`.

    sources: by clip name. fonts: digest -> file of the fonts of its titles. The same spec and sources give the same bytes. Raises MediaError for a source that cannot
    be shown as asked, RenderError where `out` cannot be written; no part of a file is left then.
    """
    pictures = _fitted(spec, sources, 0, spec.frames) if spec.kind == "shot" else _joined(spec, sources)
    if spec.fades:
        pictures = faded(pictures, spec.fades)
    if spec.titles:
        # Most segments have none, and need no text renderer.
        from rushes.emit.title_draw import with_titles

        pictures = with_titles(pictures, spec.titles, spec.width_px, spec.height_px, fonts or {})
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
    spec: SegmentSpec, sources: Mapping[str, MediaInfo], which: int, frames: int
) -> Iterator[tuple[VideoFrame, int]]:
    """Output pictures of one source, each with the number of frames it stays."""
    source = spec.sources[which]
    if not frames:
        return
    with open_clip(sources[source.clip]) as clip:
        fit = _fit(source.crop, clip, spec)
        if source.run is not None:
            moments_s = [source.start_s + moment_s for moment_s in source.run.moments_s(frames)]
            yield from retimed(clip, moments_s, fit, source.run.blend)
            return
        for picture, times in shown_pictures(clip, source.start_s, frames, spec.rate_fps):
            yield fit(picture), times


def _fit(crop: Crop | Window, clip: OpenClip, spec: SegmentSpec) -> Callable[[VideoFrame], VideoFrame]:
    """What makes output pictures of a clip's."""
    if isinstance(crop, Crop):
        return PictureFilter(clip.video, crop, spec.width_px, spec.height_px, clip.pixel_aspect).apply
    window = WindowFilter(clip.video, crop, spec.width_px, spec.height_px, clip.pixel_aspect)
    return lambda picture: window.apply(picture, shown_at_s(clip, picture))


def _joined(spec: SegmentSpec, sources: Mapping[str, MediaInfo]) -> Iterator[tuple[VideoFrame, int]]:
    """Output pictures of a transition."""
    dips = spec.kind == "dip_to_black"
    first = spec.frames // 2 if dips else spec.frames
    second = spec.frames - first if dips else spec.frames
    outgoing = _one_by_one(_fitted(spec, sources, 0, first))
    incoming = _one_by_one(_fitted(spec, sources, 1, second))
    if dips:
        pictures = dipped(outgoing, incoming, spec.frames)
    elif spec.kind == "whip_pan":
        pictures = whipped(outgoing, incoming, spec.frames, spec.direction or "right")
    else:
        pictures = dissolved(outgoing, incoming, spec.frames)
    for picture in pictures:
        yield picture, 1


def _one_by_one(pictures: Iterator[tuple[VideoFrame, int]]) -> Iterator[VideoFrame]:
    for picture, times in pictures:
        for _ in range(times):
            yield picture
