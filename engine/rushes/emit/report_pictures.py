"""Coordinates of the report's pictures. The template draws them; here is the arithmetic, in px of the view box."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from rushes.emit.report_words import decimal, level_of, percent, plain, seconds
from rushes.timeline.chosen import is_chosen_by_user
from rushes.timeline.fades import fade_frames
from rushes.timeline.tree import Timeline, TimelineSong

if TYPE_CHECKING:
    from rushes.emit.report import ReportData

View = dict[str, Any]

_MOST_ENERGY_POINTS = 600
_EDGE_PX = 10
_BINS = 20
_MARKS = MappingProxyType(
    {
        "quick_dissolve": "l9,9l-9,9l-9,-9z",
        "whip_pan": "m-9,1l8,8l-8,8zm9,0l8,8l-8,8z",
        "dip_to_black": "m-9,9a9,9 0 1,0 18,0a9,9 0 1,0 -18,0z",
    }
)
"""Shapes that mark transitions, 18 px high from the middle of their upper edge: a diamond, two arrow heads, a circle."""


def timeline_picture(timeline: Timeline, shots: Sequence[View]) -> View:
    """The edit over its song: sections, shots, cuts, energy, beats and a time axis."""
    width_px = max(1200, 44 * len(timeline.clips))
    scale = (width_px - 2 * _EDGE_PX) / float(timeline.duration_s())

    def x(at_s: float) -> float:
        return _EDGE_PX + at_s * scale

    return {
        "width": width_px,
        "least_width": round(width_px * 0.75),
        "edge": _EDGE_PX,
        "scale": decimal(scale, 6),
        "shots": [_shot_box(shot, x) for shot in shots],
        "cuts": _cut_lines(timeline, x),
        "marks": _marks(timeline),
        "fades": _fade_wedges(timeline, x),
        "seconds": _axis(float(timeline.duration_s()), x),
        "song": None
        if timeline.song is None
        else _song_shapes(timeline.song, float(timeline.duration_s()), x),
    }


def _shot_box(shot: View, x: Callable[[float], float]) -> View:
    left, right = x(float(shot["at_s"])), x(float(shot["end_s"]))
    return {
        **{name: shot[name] for name in ("place", "file", "thumbnail", "level", "at_s", "locked")},
        "label": f"Shot {shot['place']}: {shot['file']}, {shot['length']}, {_sure(shot)}",
        "x": decimal(left + 1, 1),
        "width": decimal(max(1.0, right - left - 2), 1),
        "confidence_width": decimal(max(1.0, (right - left - 2) * float(shot["confidence_px"]) / 100), 1),
        "is_wide": right - left > 26,
    }


def _sure(shot: View) -> str:
    return str(shot["confidence"]) if shot.get("by_user") else f"confidence {shot['confidence']}"


def _cut_lines(timeline: Timeline, x: Callable[[float], float]) -> list[View]:
    return [
        {
            "x": decimal(x(float(cut.at_frames / timeline.rate_fps)), 1),
            "at_beat": cut.at_beat,
            "kind": cut.type,
            "shape": _MARKS.get(cut.type, ""),
            "name": plain(cut.type),
        }
        for cut in timeline.transitions
    ]


def _marks(timeline: Timeline) -> list[View]:
    """What the legend says of marks, of those kinds that are there."""
    used = {cut.type for cut in timeline.transitions}
    return [
        {"kind": kind, "shape": shape, "name": plain(kind)} for kind, shape in _MARKS.items() if kind in used
    ]


def _fade_wedges(timeline: Timeline, x: Callable[[float], float]) -> list[View]:
    """Where the edit comes out of black and goes into it. from: the black end; to: from there on, or until there, all light
    is seen; mark: the shape in the legend."""
    opens_s, closes_s = (float(frames / timeline.rate_fps) for frames in fade_frames(timeline))
    end_s = float(timeline.duration_s())
    ways = (
        ("opens from black", "M0,0H16L0,12Z", 0.0, opens_s),
        ("ends in black", "M16,0H0L16,12Z", end_s, end_s - closes_s),
    )
    return [
        {
            "from": decimal(x(black_s), 1),
            "to": decimal(x(whole_s), 1),
            "mark": mark,
            "says": f"{says} over {seconds(abs(whole_s - black_s))}",
        }
        for says, mark, black_s, whole_s in ways
        if black_s != whole_s
    ]


def _axis(duration_s: float, x: Callable[[float], float]) -> list[View]:
    step_s = next((step for step in (1, 2, 5, 10, 15, 30, 60, 120, 300) if duration_s / step <= 16), 600)
    marks = range(0, int(duration_s) + 1, step_s)
    near_end_s = duration_s - step_s / 4
    return [
        {
            "x": decimal(x(at_s), 1),
            "text": f"{at_s // 60}:{at_s % 60:02}",
            "anchor": "start" if at_s == 0 else "end" if at_s >= near_end_s else "middle",
        }
        for at_s in marks
    ]


def _song_shapes(song: TimelineSong, duration_s: float, x: Callable[[float], float]) -> View:
    """Song times become timeline times; what lies outside the edit is left out."""

    def inside(times: Sequence[float]) -> list[str]:
        return [decimal(x(t - song.start_s), 1) for t in times if 0 <= t - song.start_s <= duration_s]

    downbeats = frozenset(song.downbeats)
    return {
        "beats": inside([beat for beat in song.beats if beat not in downbeats]),
        "downbeats": inside(song.downbeats),
        "drops": inside(song.drops),
        "energy": _energy_points(song, duration_s, x),
        "sections": _section_boxes(song, duration_s, x),
    }


def _energy_points(
    song: TimelineSong, duration_s: float, x: Callable[[float], float]
) -> list[tuple[str, float]]:
    points = [
        (t - song.start_s, level)
        for t, level in zip(song.energy_times, song.energy_curve, strict=False)
        if 0 <= t - song.start_s <= duration_s
    ]
    if not points:
        return []
    stride = -(-len(points) // _MOST_ENERGY_POINTS)
    shown = [(0.0, points[0][1]), *points[::stride], (duration_s, points[-1][1])]
    return [(decimal(x(at_s), 1), level) for at_s, level in shown]


def _section_boxes(song: TimelineSong, duration_s: float, x: Callable[[float], float]) -> list[View]:
    boxes: list[View] = []
    for section in song.sections:
        left = x(max(0.0, section.start_s - song.start_s))
        right = x(min(duration_s, section.end_s - song.start_s))
        if right > left:
            boxes.append(
                {
                    "x": decimal(left, 1),
                    "width": decimal(right - left - 1, 1),
                    "label": section.label if right - left > 9 * len(section.label) + 12 else "",
                    "says": f"{section.label}, energy {percent(section.energy_01)}",
                    "opacity": decimal(0.12 + 0.4 * section.energy_01, 2),
                }
            )
    return boxes


def pacing_picture(timeline: Timeline) -> View:
    """Shot lengths as bars over time with the song's energy as a line: short shots should meet high energy."""
    width_px, height_px = 600, 160
    lengths = [float(clip.duration_s(timeline.rate_fps)) for clip in timeline.clips]
    longest, total_s = max(lengths), float(timeline.duration_s())
    bars: list[View] = []
    for clip, length_s in zip(timeline.clips, lengths, strict=True):
        left = float(clip.timeline_start_s(timeline.rate_fps)) / total_s * width_px
        height = length_s / longest * (height_px - 20)
        bars.append(
            {
                "x": decimal(left + 0.5, 1),
                "width": decimal(max(0.8, length_s / total_s * width_px - 1), 1),
                "y": decimal(height_px - height, 1),
                "height": decimal(height, 1),
                "says": f"{clip.file}: {seconds(length_s)}",
            }
        )
    return {
        "bars": bars,
        "energy": _pacing_energy(timeline, width_px, height_px),
        "longest": seconds(longest),
        "shortest": seconds(min(lengths)),
        "mean": seconds(math.fsum(lengths) / len(lengths)),
    }


def _pacing_energy(timeline: Timeline, width_px: int, height_px: int) -> str:
    if timeline.song is None:
        return ""
    total_s = float(timeline.duration_s())
    points = _energy_points(timeline.song, total_s, lambda at_s: at_s / total_s * width_px)
    return " ".join(f"{x},{decimal(height_px - level * (height_px - 20), 1)}" for x, level in points)


def confidence_picture(data: ReportData, timeline: Timeline) -> View:
    """One stem per shot, its height the confidence."""
    step = 600 / len(timeline.clips)
    stems: list[View] = []
    for at, clip in enumerate(timeline.clips):
        value = clip.metadata.ai_confidence
        if is_chosen_by_user(clip):
            continue
        stems.append(
            {
                "x": decimal((at + 0.5) * step, 1),
                "y": decimal(150 - 140 * value, 1),
                "level": level_of(value, data.high_01, data.medium_01),
                "says": f"shot {at + 1}, {clip.file}: {percent(value)}",
            }
        )
    values = [clip.metadata.ai_confidence for clip in timeline.clips if not is_chosen_by_user(clip)]
    return {
        "stems": stems,
        "radius": decimal(min(5.0, step * 0.4), 1),
        "high_y": decimal(150 - 140 * data.high_01, 1),
        "medium_y": decimal(150 - 140 * data.medium_01, 1),
        "mean": percent(math.fsum(values) / len(values)) if values else "",
        "least": percent(min(values)) if values else "",
        "by_user": len(timeline.clips) - len(values),
        "changed": sum(bool(clip.metadata.changed) for clip in timeline.clips),
        "low": sum(1 for value in values if value < data.medium_01),
    }


def sequence_picture(timeline: Timeline) -> View | None:
    """Angle and shot type of every shot as coloured squares; None where neither is known."""
    rows: list[View] = []
    for title, values in (
        ("angle", [clip.metadata.angle for clip in timeline.clips]),
        ("shot type", [clip.metadata.shot_type for clip in timeline.clips]),
    ):
        names = sorted({value for value in values if value})
        if names:
            rows.append(_sequence_row(title, values, names))
    return None if not rows else {"rows": rows}


def _sequence_row(title: str, values: Sequence[str | None], names: Sequence[str]) -> View:
    step = 600 / len(values)
    squares = [
        {
            "x": decimal(at * step + 0.5, 1),
            "width": decimal(max(0.8, step - 1), 1),
            "middle": decimal((at + 0.5) * step, 1),
            "colour": "k-none" if value is None else f"k{names.index(value) % 8}",
            "letter": (value or "–")[0].upper() if step >= 14 else "",
            "says": f"shot {at + 1}: {plain(value or 'not known')}",
        }
        for at, value in enumerate(values)
    ]
    streak = longest = 1
    for a, b in pairwise(values):
        streak = streak + 1 if a is not None and a == b else 1
        longest = max(longest, streak)
    legend = [
        {"colour": f"k{at % 8}", "name": plain(name), "count": sum(1 for value in values if value == name)}
        for at, name in enumerate(names)
    ]
    return {"title": title, "squares": squares, "legend": legend, "streak": longest}


def histogram_picture(data: ReportData) -> View | None:
    """Scores of all clips in 20 bins: used, usable and rejected stacked; None where nothing is scored."""
    used = {clip.file for clip in data.timeline.clips} if data.timeline else set[str]()
    bins = [{"used": 0, "usable": 0, "rejected": 0} for _ in range(_BINS)]
    for row in data.clips:
        value = row.get(data.rank_by)
        if value is not None:
            kind = "used" if row["clip"] in used else "rejected" if row.get("rejected") else "usable"
            bins[min(_BINS - 1, int(value * _BINS))][kind] += 1
    tallest = max(sum(counts.values()) for counts in bins)
    if not tallest:
        return None
    return {
        "bars": [_stack(at, counts, tallest) for at, counts in enumerate(bins)],
        "totals": {kind: sum(counts[kind] for counts in bins) for kind in ("used", "usable", "rejected")},
        "tallest": tallest,
        "high_x": decimal(600 * data.high_01, 1),
        "medium_x": decimal(600 * data.medium_01, 1),
        "score": plain(data.rank_by),
    }


def _stack(at: int, counts: Mapping[str, int], tallest: int) -> View:
    width = 600 / _BINS
    parts: list[View] = []
    base = 150.0
    for kind in ("used", "usable", "rejected"):
        height = 140 * counts[kind] / tallest
        base -= height
        if counts[kind]:
            parts.append({"kind": kind, "y": decimal(base, 1), "height": decimal(height, 1)})
    words = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    return {
        "x": decimal(at * width + 1, 1),
        "width": decimal(width - 2, 1),
        "parts": parts,
        "says": f"{at / _BINS:.2f} to {(at + 1) / _BINS:.2f}: {words or 'none'}",
    }
