"""Whether a finished video fits the platforms that it is meant for: facts against facts, nothing is opened here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

Level = Literal["problem", "warning"]

_FACES_IN_01 = 0.5
"""A shot of which a smaller share of faces lies in the safe part is told."""
_ROUNDING_01 = 0.002
"""Two pixels of a thousand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFacts:
    """A finished video. container: mp4, mov or webm, "" for another. Loudness and peak are None for silence."""

    container: str
    size_bytes: int
    duration_s: float
    width_px: int
    height_px: int
    rate_fps: float
    codec: str
    pixel_format: str
    has_sound: bool
    sound_codec: str
    sound_rate_hz: int
    loudness_lufs: float | None
    true_peak_db: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A text, or the faces of a shot, in the finished frame. boxes: left, top, right and bottom as shares of it."""

    name: str
    start_s: float
    end_s: float
    boxes: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What does not fit. where: the time in the edit, "" for the whole."""

    platform: str
    level: Level
    check: str
    what: str
    fix: str
    where: str = ""


def findings(
    name: str,
    platform: Mapping[str, Any],
    video: VideoFacts,
    titles: Sequence[Shown],
    faces: Sequence[Shown] | None,
) -> tuple[Finding, ...]:
    """All that a platform will not take or not show well; problems first. faces: None where they are not known.

    platform: one of a file that fits schemas/platforms.schema.json.
    """
    found = (
        *_duration(platform, video),
        *_frame(platform, video),
        *_coding(platform, video),
        *_sound(platform, video),
        *_titles(platform, [_on_screen(one, platform, video) for one in titles]),
        *_faces(platform, [_on_screen(one, platform, video) for one in faces or ()]),
    )
    made = [
        Finding(platform=name, level=level, check=check, what=what, fix=fix, where=where)
        for level, check, what, fix, where in found
    ]
    return tuple(sorted(made, key=lambda one: one.level == "warning"))


_Found = Iterator[tuple[Level, str, str, str, str]]


def _duration(platform: Mapping[str, Any], video: VideoFacts) -> _Found:
    limits = platform.get("duration_s", {})
    long_s = f"it lasts {video.duration_s:.1f} s"
    if video.duration_s < limits.get("least", 0):
        least = limits["least"]
        yield "problem", "duration", f"{long_s}, less than {least:g} s", "raise edit.duration_s", ""
    if video.duration_s > limits.get("most", video.duration_s):
        yield "problem", "duration", f"{long_s}, more than {limits['most']:g} s", "lower edit.duration_s", ""


def _frame(platform: Mapping[str, Any], video: VideoFacts) -> _Found:
    size = f"{video.width_px}x{video.height_px}"
    shape, widths = platform.get("shape", {}), platform.get("size_px", {})
    own = Fraction(video.width_px, video.height_px)
    if "widest" in shape and own > _ratio(shape["widest"]):
        wanted = shape.get("wanted", shape["widest"])
        yield (
            "problem",
            "shape",
            f"it is {size}, wider than {shape['widest']}",
            f"set edit.aspect to {wanted}",
            "",
        )
    elif "wanted" in shape and abs(own / _ratio(shape["wanted"]) - 1) > 0.01:
        what = f"it is {size}, not {shape['wanted']}: it is shown with bars or cut off"
        yield "warning", "shape", what, f"set edit.aspect to {shape['wanted']}", ""
    if video.width_px < widths.get("least_width", 0):
        least = widths["least_width"]
        yield "problem", "size", f"it is {video.width_px} px wide, less than {least}", "render it larger", ""
    elif video.width_px < widths.get("wanted_width", 0):
        what = f"it is {video.width_px} px wide, and is scaled up to {widths['wanted_width']}"
        yield "warning", "size", what, "render it larger", ""
    rates = platform.get("rate_fps", {})
    if not rates.get("least", 0) <= video.rate_fps <= rates.get("most", video.rate_fps):
        what = f"it has {video.rate_fps:.2f} pictures a second, not {rates.get('least', 0):g} to {rates['most']:g}"
        yield "problem", "rate", what, "set edit.rate_fps", ""


def _ratio(text: str) -> Fraction:
    width, height = text.split(":")
    return Fraction(int(width), int(height))


def _coding(platform: Mapping[str, Any], video: VideoFacts) -> _Found:
    file, picture = platform.get("file", {}), platform.get("picture", {})
    again = "render it with rushes, whose files are MP4 with H.264 and AAC"
    megabytes = video.size_bytes / 1e6
    if megabytes > file.get("most_mb", megabytes):
        what = f"the file has {megabytes:.0f} MB, more than {file['most_mb']:g}"
        yield "problem", "file", what, "lower outputs.video.quality, or make the edit shorter", ""
    for check, name, value, known in (
        ("file", "container", video.container, file.get("containers")),
        ("picture", "codec", video.codec, picture.get("codecs")),
        ("picture", "pixel format", video.pixel_format, picture.get("pixel_formats")),
    ):
        if known is not None and value not in known:
            yield "problem", check, f"its {name} is {value or 'unknown'}, not {' or '.join(known)}", again, ""


def _sound(platform: Mapping[str, Any], video: VideoFacts) -> _Found:
    wanted = platform.get("sound", {})
    if not video.has_sound:
        yield (
            "warning",
            "sound",
            "it has no sound",
            "render it with a song, or with edit.sound.clips: only",
            "",
        )
        return
    if "codecs" in wanted and video.sound_codec not in wanted["codecs"]:
        what = f"its sound is {video.sound_codec}, not {' or '.join(wanted['codecs'])}"
        yield "problem", "sound", what, "render it with rushes, whose sound is AAC", ""
    if video.sound_rate_hz > wanted.get("most_rate_hz", video.sound_rate_hz):
        what = f"its sound has {video.sound_rate_hz} Hz, more than {wanted['most_rate_hz']}"
        yield "problem", "sound", what, "render it with rushes, which writes 48000 Hz", ""
    if video.loudness_lufs is None:
        yield "warning", "loudness", "it is silent", "check the song and edit.sound", ""
        return
    if "loudness_lufs" in wanted:
        target, tolerance = wanted["loudness_lufs"], wanted.get("tolerance_lu", 1.0)
        if abs(video.loudness_lufs - target) > tolerance:
            what = f"its loudness is {video.loudness_lufs:.1f} LUFS, not within {tolerance:g} of {target:g}"
            yield "warning", "loudness", what, f"set outputs.video.loudness_lufs to {target:g}", ""
    # Two digits: what is measured of a decoded file.
    if video.true_peak_db is not None and video.true_peak_db > wanted.get("true_peak_db", 99.0) + 0.005:
        what = f"its true peak is {video.true_peak_db:.2f} dBTP, above {wanted['true_peak_db']:g}"
        yield "warning", "loudness", what, f"set outputs.video.true_peak_db to {wanted['true_peak_db']:g}", ""


def _titles(platform: Mapping[str, Any], titles: Sequence[Shown]) -> _Found:
    margins = platform.get("margins")
    for title in titles if margins else ():
        assert margins is not None
        sides = sorted({side for box in title.boxes for side in _beyond(box, margins)})
        if sides:
            what = f"the title {title.name} reaches into what the app covers: {', '.join(sides)}"
            fix = _TITLE_FIXES[sides[0]]
            yield "problem", "titles", what, fix, _time(title)


def _on_screen(shown: Shown, platform: Mapping[str, Any], video: VideoFacts) -> Shown:
    """Where it is on the screen, of which a video of another shape fills only the width or the height."""
    screen = platform.get("shape", {}).get("wanted")
    if screen is None:
        return shown
    wide = video.width_px / video.height_px / float(_ratio(screen))
    across, down = min(1.0, wide), min(1.0, 1 / wide)
    boxes = tuple(
        (
            0.5 + (left - 0.5) * across,
            0.5 + (top - 0.5) * down,
            0.5 + (right - 0.5) * across,
            0.5 + (bottom - 0.5) * down,
        )
        for left, top, right, bottom in shown.boxes
    )
    return replace(shown, boxes=boxes)


_TITLE_FIXES = {
    "above": "raise its y_01, or make it smaller with size_01",
    "below": "lower its y_01, or make it smaller with size_01",
    "to the left": "align it to the centre, or make it smaller with size_01",
    "to the right": "align it to the left, or make it smaller with size_01",
}


def _beyond(box: tuple[float, float, float, float], margins: Mapping[str, float]) -> Iterator[str]:
    left, top, right, bottom = box
    if top < margins["top_01"] - _ROUNDING_01:
        yield "above"
    if bottom > 1 - margins["bottom_01"] + _ROUNDING_01:
        yield "below"
    if left < margins["left_01"] - _ROUNDING_01:
        yield "to the left"
    if right > 1 - margins["right_01"] + _ROUNDING_01:
        yield "to the right"


def _faces(platform: Mapping[str, Any], faces: Sequence[Shown]) -> _Found:
    margins = platform.get("margins")
    for shot in faces if margins else ():
        assert margins is not None
        inside = [box for box in shot.boxes if not list(_beyond(_middle(box), margins))]
        share = len(inside) / len(shot.boxes) if shot.boxes else 1.0
        if share < _FACES_IN_01:
            what = (
                f"faces in {shot.name} lie under what the app covers in {1 - share:.0%} of what was looked at"
            )
            fix = "trim or replace the shot, or show the whole picture with edit.reframe.mode: fit"
            yield "warning", "faces", what, fix, _time(shot)


def _middle(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    return (left + right) / 2, (top + bottom) / 2, (left + right) / 2, (top + bottom) / 2


def _time(shown: Shown) -> str:
    return f"{shown.start_s:.2f}-{shown.end_s:.2f} s"
