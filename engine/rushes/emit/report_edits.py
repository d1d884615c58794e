"""What a user did to an edit since it was made, for the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rushes.timeline.tree import Timeline

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
    files = {clip.id: clip.file for clip in timeline.clips}
    files |= {str(gone["clip_id"]): str(gone.get("file", "")) for gone in timeline.deleted_clips}
    return [
        {
            "when": str(edit["timestamp"]),
            "who": str(edit.get("by", "")),
            "which": files.get(str(edit.get("clip_id")), "") or _part(edit),
            "what": _what(edit),
        }
        for edit in timeline.user_edits
    ]


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


def _what(edit: Mapping[str, Any]) -> str:
    if edit["action"] == "regenerate_requested":
        asked = edit.get("instruction") or "another choice"
        return f"made anew: {asked}, {len(edit['clip_ids'])} shots"
    done = _DONE[edit["action"]].format_map({"place": edit.get("place"), "file": edit.get("file")})
    why = next((str(edit[name]) for name in _WHY if edit.get(name)), "")
    return f"{done}: {why}" if why else done
