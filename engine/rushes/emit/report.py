"""The report: one HTML file that opens anywhere, asks no network for anything, and explains every decision of a run."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from rushes.emit.report_clips import ranked_clips, score_views, shot_views, unused_clips
from rushes.emit.report_constraints import constraint_table
from rushes.emit.report_edits import edit_rows
from rushes.emit.report_pictures import (
    confidence_picture,
    histogram_picture,
    pacing_picture,
    sequence_picture,
    timeline_picture,
)
from rushes.emit.report_templates import FOLDER
from rushes.emit.report_thumbnails import Thumbnails
from rushes.emit.report_words import clock, decimal, fields_of, quantity
from rushes.recipe.spec import ScoreSpec
from rushes.timeline.tree import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportData:
    """Everything that a report shows.

    clips: rows of the scored `clips` frame: clip, duration_s, rejected, reject_reasons, tags, reasons, per score
    "<score>", "<score>.<term>", "<score>.<term>.share" (0..1, None = not scored); other keys are left alone, missing
    ones are shown as unknown. segments: rows of the scored `segments` frame, for their number only.
    """

    title: str
    timeline: Timeline | None = None
    clips: Sequence[Mapping[str, Any]] = ()
    segments: Sequence[Mapping[str, Any]] = ()
    thumbnails: Mapping[str, Sequence[tuple[float, bytes]]] = field(
        default_factory=dict[str, Sequence[tuple[float, bytes]]]
    )
    """Per clip its key frames: source time in seconds, JPEG bytes."""
    preview: bytes | None = None
    """A small MP4 that is embedded."""
    video_file: str | None = None
    """Path of the full video relative to the report; played from there where there is no preview."""
    warnings: Sequence[str] = ()
    failed: Sequence[tuple[str, str]] = ()
    """Clips that could not be analysed, each with its reason."""
    provenance: Mapping[str, Any] = field(default_factory=dict[str, Any])
    recipe_yaml: str = ""
    scores: Sequence[ScoreSpec] = ()
    thresholds: Mapping[str, float] = field(default_factory=dict[str, float])
    rank_by: str = "heuristic_score"
    """The score that orders clips."""
    why_unused: Mapping[str, str] = field(default_factory=dict[str, str])
    """What the run knows better than the report: clip -> why it is not in the edit."""
    max_unused: int = 200
    high_01: float = 0.7
    medium_01: float = 0.4
    """Where the badges "high" and "medium" begin."""


def render_report(data: ReportData) -> str:
    """The whole HTML text: same data, same text."""
    css, js = (_template_text(name) for name in ("report.css", "report.js"))
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            **_contents(data),
            css=Markup(css),
            js=Markup(js),
            js_digest=base64.b64encode(hashlib.sha256(js.encode()).digest()).decode(),
        )
    )


def _contents(data: ReportData) -> dict[str, Any]:
    thumbnails = Thumbnails(data.thumbnails)
    shots = shot_views(data, thumbnails)
    timeline = data.timeline if data.timeline and data.timeline.clips else None
    # Without a song the ranking is what matters; to a song, what was left out.
    ranked = [] if timeline and timeline.song else ranked_clips(data, thumbnails)
    unused = [] if ranked or not timeline else unused_clips(data, thumbnails)
    return {
        "data": data,
        "timeline": timeline,
        "facts": _facts(data),
        "video": _video(data),
        "shots": shots,
        "ranked": ranked[: data.max_unused],
        "unused": unused[: data.max_unused],
        "left_out": max(0, len(ranked) + len(unused) - data.max_unused),
        "scores": score_views(data.scores),
        "constraints": [] if timeline is None else constraint_table(timeline),
        "edits": [] if timeline is None else edit_rows(timeline),
        "titles": [] if timeline is None else _titles(timeline),
        "thresholds": [(quantity(name), decimal(value, 6)) for name, value in data.thresholds.items()],
        "picture": None if timeline is None else timeline_picture(timeline, shots),
        "pacing": None if timeline is None else pacing_picture(timeline),
        "confidence": None if timeline is None else confidence_picture(data, timeline),
        "sequence": None if timeline is None else sequence_picture(timeline),
        "histogram": histogram_picture(data),
        "provenance": fields_of(data.provenance),
        "thumbnails": thumbnails.used(),
    }


def _facts(data: ReportData) -> list[tuple[str, str]]:
    """The line of numbers below the title."""
    facts: list[tuple[str, str]] = []
    timeline = data.timeline
    if timeline is not None and timeline.clips:
        facts.append((clock(float(timeline.duration_s())), "long"))
        facts.append((str(len(timeline.clips)), "shots"))
        facts.append((f"{timeline.width_px}×{timeline.height_px}", f"at {decimal(timeline.rate_fps, 2)} fps"))
        if timeline.song is not None:
            facts.append((decimal(timeline.song.bpm, 1), "BPM"))
    used = {clip.file for clip in timeline.clips} if timeline else set[str]()
    facts.append((str(len(data.clips)), f"clips, {len(used)} used" if used else "clips"))
    rejected = sum(1 for row in data.clips if row.get("rejected"))
    facts.append((str(rejected), "rejected"))
    if data.failed:
        facts.append((str(len(data.failed)), "failed"))
    return facts


def _titles(timeline: Timeline) -> list[dict[str, str]]:
    """Rows of the table of what is written over the picture."""
    return [
        {
            "name": title.name,
            "text": title.look.text,
            "when": " – ".join(
                clock(float(at / timeline.rate_fps)) for at in (title.start_frames, title.end_frames)
            ),
            "style": quantity(title.look.style),
        }
        for title in timeline.titles
    ]


def _video(data: ReportData) -> dict[str, str | None] | None:
    if data.timeline is None or not data.timeline.clips:
        return None
    link = None if data.video_file is None else quote(data.video_file)
    if data.preview is not None:
        return {
            "src": "data:video/mp4;base64," + base64.b64encode(data.preview).decode(),
            "link": link,
            "preload": "auto",
        }
    return None if link is None else {"src": link, "link": link, "preload": "metadata"}


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


def _template_text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
