"""What a user did to an edit since it was made, for the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from rushes.emit.report_words import seconds
from rushes.timeline.tree import Timeline, TimelineClip

_DONE = {
    "clip_deleted": "deleted",
    "clip_reordered": "moved to place {place}",
    "clip_trimmed": "trimmed",
    "clip_replaced": "replaced by {file}",
    "clip_added": "added",
    "clip_locked": "locked",
    "clip_unlocked": "unlocked",
    "clip_noted": "noted",
}
_WHY = ("reason", "note")


def edit_rows(timeline: Timeline) -> list[dict[str, str]]:
    """Rows of the table of edits, the oldest first: when, who, which, what."""
    shown = {clip.id: clip for clip in timeline.clips}
    gone = {str(shot["clip_id"]): str(shot.get("file", "")) for shot in timeline.deleted_clips}
    return [
        {
            "when": str(edit["timestamp"]),
            "who": str(edit.get("by", "")),
            "which": _file_then(shown.get(str(edit.get("clip_id"))), edit)
            or gone.get(str(edit.get("clip_id")))
            or _part(edit),
            "what": _what(edit, timeline.rate_fps),
        }
        for edit in timeline.user_edits
    ]


def _file_then(clip: TimelineClip | None, edit: Mapping[str, Any]) -> str:
    """The file that a shot showed when it was edited: it may have been replaced then or since."""
    if clip is None:
        return ""
    later = (
        str(record["before"]["file"])
        for record in clip.edit_history
        if record.get("action") == "clip_replaced" and record.get("edit", 0) >= edit.get("edit", 0)
    )
    return next(later, clip.file)


def gone_files(timeline: Timeline) -> dict[str, str]:
    """Clips that the plan showed and no shot shows any more -> what became of them."""
    used = {clip.file for clip in timeline.clips}
    known = timeline.ai_reasoning.for_edits or {}
    gone = {str(file): "in the plan, until its part was made anew" for _, file, *_ in known.get("shots", ())}
    gone |= dict(_replaced(timeline))
    for shot in timeline.deleted_clips:
        if shot.get("file"):
            gone[str(shot["file"])] = "deleted" + (
                f": {shot['user_reason']}" if shot.get("user_reason") else ""
            )
    return {file: why for file, why in gone.items() if file not in used}


def _replaced(timeline: Timeline) -> Iterator[tuple[str, str]]:
    for clip in timeline.clips:
        for record in clip.edit_history:
            if record.get("action") == "clip_replaced":
                yield str(record["before"]["file"]), f"replaced by {record['file']}"


def _part(edit: Mapping[str, Any]) -> str:
    if "section_start" not in edit:
        return str(edit.get("clip_id") or "")
    return f"{edit['section_start']:.2f}–{edit['section_end']:.2f} s"


def _what(edit: Mapping[str, Any], rate_fps: Fraction) -> str:
    if edit["action"] == "regenerate_requested":
        asked = edit.get("instruction") or "another choice"
        return f"made anew: {asked}, {len(edit['clip_ids'])} shots"
    done = _DONE[edit["action"]].format_map({"place": edit.get("place"), "file": edit.get("file")})
    if "duration_frames" in edit and edit["action"] == "clip_trimmed":
        done += f" to {seconds(float(edit['duration_frames'] / rate_fps))}"
    why = next((str(edit[name]) for name in _WHY if edit.get(name)), "")
    return f"{done}: {why}" if why else done
