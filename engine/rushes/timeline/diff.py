"""The whole difference of two timelines: decisions, and the numbers and reasons that explain them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rushes.timeline.decisions import Change, diff_decisions
from rushes.timeline.document import timeline_to_document
from rushes.timeline.match import is_edited_from, match_clips
from rushes.timeline.tree import Timeline

PRECISION = 1e-6
"""Six digits are written to the file; what lies closer is the same number."""

Tolerance = Callable[[str], float]
"""How far a number may be off, by its dotted name without places, such as "clips.metadata.ai_confidence"."""

_FOR_EDITS = frozenset({"for_edits", "chosen", "changed"})
"""Keys of what edits are judged with. Of a timeline and its edit they say why the rest differs, and are no difference of their
own."""
_PROSE = frozenset(
    {"ai_reasoning", "limit", "notes", "pacing_target", "part", "reason", "says", "used", "warnings"}
)
"""Keys of reasons and notes; other texts are names of what was found."""
_RULES = "ai_reasoning.constraints"
_DECISIONS = frozenset(
    {"file", "digest", "start_s", "locked", "schema", "rate_fps", "width_px", "height_px", "source_rate_fps"}
    | {"duration_frames", "source_start_frames", "source_end_frames", "timeline_start_frames", "at_frames"}
    | {"source_start_s", "source_end_s", "timeline_start_s", "at_s", "id", "type", "from_clip", "to_clip"}
    | {"reframe", "retime"}
)
"""Keys that `diff_decisions` speaks of; directly in the timeline, its song, clips and transitions."""


def diff_timelines(a: Timeline, b: Timeline, tolerance: float | Tolerance = PRECISION) -> tuple[Change, ...]:
    """Every difference between two timelines, what is seen first and minor ones last; empty where nothing differs.

    tolerance: how far the minor numbers may be apart, for all alike or by name. Where one was edited from the other, what edits
    are judged with is not compared.
    """
    tolerance_of = tolerance if callable(tolerance) else (lambda _name: tolerance)
    pairs = match_clips(a, b)
    is_edit = is_edited_from(a, b) or is_edited_from(b, a)
    x, y = (
        _without_for_edits(part) if is_edit else _with_takes_named(part)
        for part in map(timeline_to_document, (a, b))
    )
    minor = list(_minor_of_whole(x, y, tolerance_of))
    for pair in pairs:
        if pair.a is not None and pair.b is not None:
            clips = _without_decisions(x["clips"][pair.a]), _without_decisions(y["clips"][pair.b])
            if a.clips[pair.a].file == b.clips[pair.b].file:
                minor += _compared(*clips, f"clip {pair.a + 1}", "clips", tolerance_of, pair.a + 1)
    return (*diff_decisions(a, b, pairs), *minor)


def changes_to_text(changes: Sequence[Change], *, whole: bool = True) -> str:
    """A line per change, minor ones last and in brackets; "no difference" where there is none.

    whole: False: what is seen and heard, and a line that counts the minor ones.
    """
    return "\n".join(change_lines(changes, whole=whole)) or "no difference"


def change_lines(changes: Sequence[Change], *, whole: bool) -> list[str]:
    """The lines of `changes_to_text`."""
    seen = [change.text for change in changes if not change.minor]
    minor = [f"({change.text})" for change in changes if change.minor]
    if minor and not whole:
        count = "1 difference" if len(minor) == 1 else f"{len(minor)} differences"
        minor = [f"({count} in numbers and reasons behind it: --all shows them)"]
    return [*seen, *minor]


def changes_to_json(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """The changes as plain data for `--json`."""
    return [asdict(change) for change in changes]


def _minor_of_whole(x: dict[str, Any], y: dict[str, Any], tolerance_of: Tolerance) -> Iterator[Change]:
    for key, before in x.items():
        if key in ("clips", "transitions", "duration_s", "titles", "fades") or key in _DECISIONS:
            continue
        after = y[key]
        if key != "song":
            yield from _compared(before, after, key, key, tolerance_of, None)
        elif before is not None and after is not None:
            song = _without_decisions(before), _without_decisions(after)
            yield from _compared(song[0], song[1], key, key, tolerance_of, None)
    if x["clips"] and len(x["transitions"]) == len(y["transitions"]):
        for place, (s, t) in enumerate(zip(x["transitions"], y["transitions"], strict=True), start=1):
            if s["at_s"] == t["at_s"]:
                beats = [{key: part[key] for key in ("at_beat", "beat_index", "reason")} for part in (s, t)]
                yield from _compared(beats[0], beats[1], f"cut {place}", "transitions", tolerance_of, place)


def _without_for_edits(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _without_for_edits(value) for key, value in part.items() if key not in _FOR_EDITS}
    return [_without_for_edits(value) for value in part] if isinstance(part, list) else part


def _with_takes_named(document: dict[str, Any]) -> dict[str, Any]:
    """The document with each number of a take under its own name, as it is told and as tolerances name it."""
    known = document["ai_reasoning"].get("for_edits")
    if known is None or "takes" not in known:
        return document
    takes = [dict(zip(known["columns"], take, strict=False)) for take in known["takes"]]
    reasoning = {**document["ai_reasoning"], "for_edits": {**known, "takes": takes}}
    return {**document, "ai_reasoning": reasoning}


def _without_decisions(part: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in part.items() if key not in _DECISIONS | {"duration_s"}}


def _compared(
    x: Any, y: Any, words: str, name: str, tolerance_of: Tolerance, place: int | None
) -> Iterator[Change]:
    """Walk two documents side by side. words: what the change is called; name: what tolerances go by."""
    if isinstance(x, dict) and isinstance(y, dict):
        for key in (*x, *(key for key in y if key not in x)):
            parts = (x.get(key), y.get(key))
            yield from _compared(*parts, f"{words} {key}", f"{name}.{key}", tolerance_of, place)
    elif isinstance(x, list) and isinstance(y, list):
        yield from _lists(x, y, words, name, tolerance_of, place)
    elif _is_number(x) and _is_number(y):
        if abs(x - y) > tolerance_of(name) + PRECISION / 1000:
            yield _change("number", words, x, y, place)
    elif x != y:
        yield _change("text" if name.rpartition(".")[2] in _PROSE else "fact", words, x, y, place)


def _lists(
    x: Sequence[Any], y: Sequence[Any], words: str, name: str, tolerance_of: Tolerance, place: int | None
) -> Iterator[Change]:
    if name == _RULES:
        yield from _rules(x, y, name, tolerance_of)
    elif len(x) != len(y):
        text = f"{words}: {len(x)} → {len(y)} of them"
        yield Change(kind="number", text=text, place=place, before=len(x), after=len(y), minor=True)
    elif all(map(_is_number, [*x, *y])):
        apart = [
            abs(s - t)
            for s, t in zip(x, y, strict=True)
            if abs(s - t) > tolerance_of(name) + PRECISION / 1000
        ]
        if apart:
            text = f"{words}: {len(apart)} of {len(x)} differ, by at most {max(apart):.6f}"
            yield Change(kind="number", text=text, place=place, minor=True)
    else:
        for at, (s, t) in enumerate(zip(x, y, strict=True), start=1):
            yield from _compared(s, t, f"{words} {at}", name, tolerance_of, place)


def _rules(x: Sequence[Any], y: Sequence[Any], name: str, tolerance_of: Tolerance) -> Iterator[Change]:
    """How the rules that an edit obeys differ: each is known by its name, wherever it stands."""
    before, after = ({(row.get("of"), row["name"]): row for row in rows} for rows in (x, y))
    for rule in dict.fromkeys((*before, *after)):
        words = f"constraint {rule[1]}"
        if rule in before and rule in after:
            yield from _compared(before[rule], after[rule], words, name, tolerance_of, None)
        else:
            text = f"{words} is {'new' if rule in after else 'gone'}"
            yield Change(kind="number", text=text, minor=True)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _change(kind: Any, words: str, x: Any, y: Any, place: int | None) -> Change:
    before, after = _shown(x), _shown(y)
    return Change(
        kind=kind, text=f"{words}: {before} → {after}", place=place, before=before, after=after, minor=True
    )


def _shown(value: Any) -> str | float | int | None:
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ", ".join(value) or "nothing"
    if isinstance(value, dict | list):
        return "something else"
    return round(value, 6) if isinstance(value, float) else value
