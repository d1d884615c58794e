"""What the report says of each shot and each clip, as plain data for the template."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rushes.emit.report_crop import crop_view
from rushes.emit.report_marks import clip_insights, clip_marks, clip_strip
from rushes.emit.report_thumbnails import Thumbnails
from rushes.emit.report_words import clock, decimal, level_of, percent, plain, seconds
from rushes.recipe.spec import ScoreSpec
from rushes.timeline.chosen import is_chosen_by_user
from rushes.timeline.decisions import speed_words
from rushes.timeline.tree import Timeline, TimelineClip, Transition

if TYPE_CHECKING:
    from rushes.emit.report import ReportData

View = dict[str, Any]


def shot_views(data: ReportData, thumbnails: Thumbnails) -> list[View]:
    """One view per shot of the edit, in record order."""
    if data.timeline is None:
        return []
    rows = {row["clip"]: row for row in data.clips}
    cuts = {transition.to_clip: transition for transition in data.timeline.transitions}
    return [
        _shot_view(place, clip, data.timeline, rows.get(clip.file, {}), cuts.get(clip.id), data, thumbnails)
        for place, clip in enumerate(data.timeline.clips, start=1)
    ]


def _shot_view(
    place: int,
    clip: TimelineClip,
    timeline: Timeline,
    row: Mapping[str, Any],
    cut: Transition | None,
    data: ReportData,
    thumbnails: Thumbnails,
) -> View:
    rate_fps = timeline.rate_fps
    start_s, end_s = float(clip.source_start_s()), float(clip.source_end_s(rate_fps))
    at_s, length_s = float(clip.timeline_start_s(rate_fps)), float(clip.duration_s(rate_fps))
    by_user = is_chosen_by_user(clip)
    confidence = None if by_user else clip.metadata.ai_confidence
    thumbnail = thumbnails.near(clip.file, (start_s + end_s) / 2)
    return {
        "place": place,
        "file": clip.file,
        "thumbnail": thumbnail,
        "crop": crop_view(clip, timeline, thumbnails.named(thumbnail)),
        "at_s": decimal(at_s, 3),
        "end_s": decimal(at_s + length_s, 3),
        "source": f"{clock(start_s)} – {clock(end_s)}",
        "record": f"{clock(at_s)} – {clock(at_s + length_s)}",
        "length": seconds(length_s) + ("" if clip.retime is None else f" at {speed_words(clip, rate_fps)}"),
        "cut": _cut_words(cut, to_a_song=data.timeline is not None and data.timeline.song is not None),
        "traits": [plain(name) for name in (clip.metadata.shot_type, clip.metadata.angle) if name],
        "quality": _share_or_none(clip.metadata.visual_quality),
        "motion": _share_or_none(clip.metadata.motion_intensity),
        "by_user": by_user,
        "is_changed": bool(clip.metadata.changed),
        "confidence": "chosen by you" if confidence is None else percent(confidence),
        "confidence_px": _bar_px(confidence or 0.0),
        "level": level_of(confidence, data.high_01, data.medium_01),
        "reason": clip.metadata.ai_reasoning,
        "runner_up": _runner_up_view(clip),
        "terms": _signed_bars(clip.metadata.terms),
        "locked": clip.locked,
        "breakdown": _breakdown(row, data),
    }


def _cut_words(cut: Transition | None, *, to_a_song: bool) -> str:
    if cut is None:
        return "opens the edit"
    how = plain(cut.type) + ("" if cut.type == "hard_cut" else f" of {cut.duration_frames} frames")
    if to_a_song:
        on_beat = cut.at_beat and cut.beat_index is not None
        how += f" on beat {cut.beat_index}" if on_beat else " between beats"
    return f"{how}: {cut.reason}" if cut.reason else how


_CLOSE = 0.005
"""Of the whole edit's objective: a choice by less than this is a close call, however sure the shot is by its own measures."""


def _runner_up_view(clip: TimelineClip) -> View | None:
    runner_up = clip.metadata.runner_up
    if runner_up is None:
        return None
    return {
        "file": runner_up.file,
        "source": f"{clock(runner_up.source_start_s)} – {clock(runner_up.source_end_s)}",
        "loss": decimal(runner_up.score_loss, 3),
        "is_close": runner_up.score_loss < _CLOSE,
        "reason": runner_up.reason,
    }


def _signed_bars(terms: Mapping[str, float]) -> list[View]:
    """Bars of 100 px around the middle; the longest term fills its half."""
    longest = max((abs(value) for value in terms.values()), default=0.0) or 1.0
    bars: list[View] = []
    for name, value in sorted(terms.items(), key=lambda pair: (-abs(pair[1]), pair[0])):
        bars.append({"name": plain(name), "value": f"{value:+.3f}", **_signed_bar(value / longest)})
    return bars


def _bar_px(value_01: float) -> str:
    """Width of a bar that is 100 px at 1."""
    return decimal(100 * min(1.0, max(0.0, value_01)), 1)


def _share_or_none(value_01: float | None) -> str | None:
    return None if value_01 is None else percent(value_01)


def _breakdown(row: Mapping[str, Any], data: ReportData) -> list[View]:
    """Per score its value and its terms, each with weight, value and what it adds."""
    return [
        {
            "name": plain(spec.name),
            "value": _score_text(row.get(spec.name)),
            "terms": [_term_view(row, spec, position) for position in range(len(spec.terms))],
        }
        for spec in data.scores
        if spec.name in row
    ]


def _term_view(row: Mapping[str, Any], spec: ScoreSpec, position: int) -> View:
    term = spec.terms[position]
    value = row.get(f"{spec.name}.{term.name}")
    share = row.get(f"{spec.name}.{term.name}.share")
    return {
        "name": plain(term.name),
        "value": "–" if value is None else f"{value:+.2f}" if term.signed else f"{value:.2f}",
        "adds": _adds(value, share),
        "signed": term.signed,
        **(_signed_bar(value or 0.0) if term.signed else _bar(value or 0.0)),
    }


def _adds(value: float | None, share: float | None) -> str:
    """What a term does to its score. A value without a share is that of a score for which too little is at hand."""
    if value is None:
        return "not at hand"
    if share is None:
        return "does not count"
    return f"{'takes off' if value < 0 else 'adds'} {abs(value * share):.3f}"


def _bar(value_01: float) -> View:
    return {"x": "0", "px": _bar_px(value_01), "sign": "plus"}


def _signed_bar(value: float) -> View:
    """A bar from the middle: 50 px to the right at 1, to the left at -1."""
    width = 50 * min(1.0, abs(value))
    x = 50.0 if value >= 0 else 50 - width
    return {"x": decimal(x, 1), "px": decimal(width, 1), "sign": "plus" if value >= 0 else "minus"}


def _score_text(value: float | None) -> str:
    return "not scored" if value is None else f"{value:.2f}"


def score_views(scores: Sequence[ScoreSpec]) -> list[View]:
    """How each score is made."""
    views: list[View] = []
    for spec in scores:
        total = math.fsum(term.weight for term in spec.terms) or 1.0
        terms = [
            {
                "name": plain(term.name),
                "says": term.says,
                "value": term.value,
                "share": f"{'± ' if term.signed else ''}{percent(term.weight / total)}",
                "px": _bar_px(term.weight / total),
            }
            for term in spec.terms
        ]
        views.append({"name": plain(spec.name), "says": spec.says, "terms": terms})
    return views


def ranked_clips(data: ReportData, thumbnails: Thumbnails) -> list[View]:
    """All clips, the best first: for a run that ranks. Where it cuts as well, each says as which shots it is used, or why
    it is not."""
    if data.timeline is None or not data.timeline.clips:
        return [_clip_view(row, "", data, thumbnails) for row in _best_first(data.clips, data.rank_by)]
    second = _second_places(data.timeline)
    used: dict[str, list[int]] = {}
    for place, clip in enumerate(data.timeline.clips, start=1):
        used.setdefault(clip.file, []).append(place)
    views: list[View] = []
    for row in _best_first(data.clips, data.rank_by):
        view = _clip_view(row, "", data, thumbnails) | {"shots": used.get(row["clip"], [])}
        if not view["shots"] and not row.get("rejected"):
            view["why"] = "not in the edit: " + (data.why_unused.get(row["clip"]) or _why_not(row, second))
        views.append(view)
    return views


def unused_clips(data: ReportData, thumbnails: Thumbnails) -> list[View]:
    """Clips that are not in the edit, each with the reason, the best first and the rejected last."""
    if data.timeline is None:
        return []
    used = {clip.file for clip in data.timeline.clips}
    second = _second_places(data.timeline)
    return [
        _clip_view(row, data.why_unused.get(row["clip"]) or _why_not(row, second), data, thumbnails)
        for row in _best_first(data.clips, data.rank_by)
        if row["clip"] not in used
    ]


def _best_first(rows: Sequence[Mapping[str, Any]], score: str) -> list[Mapping[str, Any]]:
    def order(row: Mapping[str, Any]) -> tuple[bool, float, str]:
        value = row.get(score)
        return bool(row.get("rejected")), 1.0 if value is None else -value, row["clip"]

    return sorted(rows, key=order)


def _second_places(timeline: Timeline) -> dict[str, tuple[float, int]]:
    """Clips that nearly were chosen: the least loss and the shot where it would occur."""
    best: dict[str, tuple[float, int]] = {}
    for place, clip in enumerate(timeline.clips, start=1):
        runner_up = clip.metadata.runner_up
        if runner_up is not None:
            found = (runner_up.score_loss, place)
            best[runner_up.file] = min(best.get(runner_up.file, found), found)
    return best


def _why_not(row: Mapping[str, Any], second: Mapping[str, tuple[float, int]]) -> str:
    if row.get("rejected"):
        return "; ".join(row.get("reject_reasons") or ()) or "rejected by a rule"
    if row["clip"] in second:
        loss, place = second[row["clip"]]
        return f"nearly chosen: runner-up of shot {place}, {decimal(loss, 3)} behind"
    if row.get("usable_segment_count") == 0:
        return "none of its segments is usable"
    return "other clips fit better at every place"


def _clip_view(row: Mapping[str, Any], why: str, data: ReportData, thumbnails: Thumbnails) -> View:
    score = row.get(data.rank_by)
    rejected = bool(row.get("rejected"))
    duration_s = row.get("duration_s")
    return {
        "file": row["clip"],
        "thumbnail": thumbnails.near(row["clip"], None),
        "score": _score_text(score),
        "score_key": "-1" if score is None else decimal(score, 6),
        "score_px": "0" if score is None else _bar_px(score),
        "level": level_of(score, data.high_01, data.medium_01),
        "length": "unknown length" if duration_s is None else seconds(duration_s),
        "length_key": "0" if duration_s is None else decimal(duration_s, 3),
        "state": "rejected" if rejected else "unused" if why else "ranked",
        "why": why or ("; ".join(row.get("reject_reasons") or ()) if rejected else ""),
        "reasons": list(row.get("reasons") or ()),
        "tags": list(row.get("tags") or ()),
        "shots": [],
        "marks": clip_marks(row),
        "insights": clip_insights(row),
        "strip": clip_strip(row),
        "missing": list(row.get("missing_parts") or ()),
        "breakdown": _breakdown(row, data),
    }
