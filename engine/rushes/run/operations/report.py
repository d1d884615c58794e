"""Operation: the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from rushes.analyze.tables import unpack_tables
from rushes.emit.report import ReportData, render_report
from rushes.emit.report_edits import gone_files
from rushes.graph.node import Call, Outcome
from rushes.media.find import matches_any
from rushes.run.operations.score import score_spec
from rushes.score.files import read_frame
from rushes.timeline.document import timeline_from_json
from rushes.timeline.titles import hasty_titles

_KEYFRAMES = "keyframes/"


def render_reports(calls: Sequence[Call]) -> list[Outcome]:
    """report.html: one file that explains the run, offline."""
    return [_report(call) for call in calls]


def _report(call: Call) -> Outcome:
    facts = call.params
    timeline = call.inputs.get("timeline")
    preview = call.inputs.get("preview")
    segments = read_frame(call.inputs["segments"])
    shown = None if timeline is None else timeline_from_json(timeline.read_bytes())
    hasty = {} if shown is None else hasty_titles(shown)
    gone = {} if shown is None else gone_files(shown)
    clips = read_frame(call.inputs["clips"]).to_dicts()
    data = ReportData(
        title=facts["title"],
        timeline=shown,
        clips=clips,
        segments=segments.select("segment", "clip", "rejected").to_dicts(),
        thumbnails=_thumbnails(call),
        preview=None if preview is None else preview.read_bytes(),
        video_file=facts["video_file"],
        warnings=[*facts["warnings"], *(text for _, text in hasty.values())],
        failed=[(clip, reason) for clip, reason in facts["failed"]],
        provenance=facts["provenance"],
        recipe_yaml=facts["recipe_yaml"],
        scores=[score_spec(score) for score in facts["scores"]],
        thresholds=facts["thresholds"],
        rank_by=facts["rank_by"],
        why_unused={
            **_too_short(segments, facts["least_shot_s"]),
            **gone,
            **never_used(clips, facts["never_use"]),
        },
        max_unused=facts["max_unused"],
        **facts["badges"],
    )
    call.outputs["report.html"].write_text(render_report(data), encoding="utf-8")
    return Outcome()


def never_used(clips: Sequence[Mapping[str, Any]], never: Mapping[str, Any]) -> dict[str, str]:
    """Clips that the recipe leaves out, and files with the same content, each with the line that says so."""
    where = f" ({never['place']})" if never["place"] else ""
    named = {
        row["clip"]: glob
        for row in clips
        for glob in reversed(never["globs"])
        if matches_any(row["clip"], (glob,))
    }
    alike = {row["digest"]: row["clip"] for row in reversed(clips) if row["clip"] in named and row["digest"]}
    found = {
        row["clip"]: f"the same file as {alike[row['digest']]}, which edit.never_use leaves out{where}"
        for row in clips
        if row["digest"] in alike
    }
    return found | {clip: f'left out by edit.never_use: "{glob}"{where}' for clip, glob in named.items()}


def _too_short(segments: pl.DataFrame, least_shot_s: float | None) -> dict[str, str]:
    """Clips of which no usable shot is as long as the shortest of the edit with its handles."""
    if least_shot_s is None:
        return {}
    usable = segments.filter(~pl.col("rejected"))
    shots = usable.group_by("clip", "shot_index", maintain_order=True).agg(
        pl.col("end_s").max() - pl.col("start_s").min()
    )
    longest = shots.group_by("clip", maintain_order=True).agg(pl.col("end_s").max()).sort("clip")
    return {
        clip: f"too short: {length_s:.2f} s without a cut, and a shot takes {least_shot_s:.2f} s with its handles"
        for clip, length_s in longest.iter_rows()
        if length_s < least_shot_s
    }


def _thumbnails(call: Call) -> dict[str, list[tuple[float, bytes]]]:
    found: dict[str, list[tuple[float, bytes]]] = {}
    for name in sorted(call.inputs):
        if name.startswith(_KEYFRAMES):
            tables, _ = unpack_tables(call.inputs[name].read_bytes())
            frames = tables["keyframes"]
            found[name.removeprefix(_KEYFRAMES)] = list(zip(frames["t_s"], frames["jpeg"], strict=True))
    return found
