"""What was seen and heard in a clip, as marks, sentences and a strip over its length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rushes.emit.report_words import decimal, plain, seconds

View = dict[str, Any]
Row = Mapping[str, Any]

_FACE_PX = 2.0
"""Width of a moment with a face, in a strip of 100 px."""
_SURE_01 = 0.5
"""A face is said to look so from this share on: below it the models are guessing."""
_EVENTS = {"music": "music", "laughter": "laughter", "applause": "applause", "noise": "noise"}


def clip_marks(row: Row) -> list[View]:
    """What to see at a glance: faces, smiles, speech and what else is heard. icon: name of a symbol of the page."""
    return list(_marks(row))


def _marks(row: Row) -> Iterator[View]:
    faces, smiles, speech = (
        row.get(name) or 0.0 for name in ("face_frames_percent", "smile_frames_percent", "speech_percent")
    )
    if faces:
        yield {"icon": "face", "text": _whole(faces), "label": f"a face in {_whole(faces)} of the pictures"}
    if smiles:
        yield {
            "icon": "smile",
            "text": _whole(smiles),
            "label": f"a smile in {_whole(smiles)} of the pictures",
        }
    if speech:
        yield {"icon": "speech", "text": _whole(speech), "label": f"speech for {_whole(speech)} of the time"}
    event = row.get("audio_event")
    if event in _EVENTS:
        yield {"icon": "sound", "text": _EVENTS[event], "label": f"mostly {_EVENTS[event]} in the sound"}


def clip_insights(row: Row) -> list[str]:
    """Sentences on who is seen, how, and what is heard; what is not known is not said."""
    return [text for text in (_who(row), _mood(row), _talk(row)) if text]


def _who(row: Row) -> str:
    people, faces = row.get("people_count"), row.get("face_frames_percent")
    parts = [_people(people)] if people is not None and faces else []
    if faces == 0:
        parts.append("no face")
    for name in ("shot_type", "angle"):
        if row.get(name):
            parts.append(_how_sure(row.get(f"{name}_confidence_01")) + plain(row[name]))
    return ", ".join(parts)


def _people(count: float) -> str:
    return "1 person" if round(count) == 1 else f"{round(count)} people in all"


def _how_sure(confidence_01: float | None) -> str:
    """Only doubt is worth a word."""
    return "perhaps " if confidence_01 is not None and confidence_01 < 0.5 else ""


def _mood(row: Row) -> str:
    dominant = row.get("emotion_dominant")
    if not dominant:
        return ""
    share_01 = row.get(f"emotion_{dominant}_avg")
    return f"mostly {dominant} ({_whole(100 * share_01)})" if share_01 and share_01 >= _SURE_01 else ""


def _talk(row: Row) -> str:
    spoken = row.get("speech_segments")
    if not spoken:
        return ""
    duration_ms = row.get("speech_duration_ms")
    parts = "1 part" if len(spoken) == 1 else f"{len(spoken)} parts"
    return f"speech in {parts}" + (
        f", {seconds(duration_ms / 1000)} in all" if duration_ms is not None else ""
    )


def clip_strip(row: Row) -> View | None:
    """Where in the clip a face is seen and somebody speaks: places in a strip of 100 px. None where nothing is known."""
    duration_s = row.get("duration_s")
    faces, speech = row.get("face_timestamps") or (), row.get("speech_segments") or ()
    if not duration_s or not (faces or speech):
        return None
    scale = 100 / duration_s
    return {
        "faces": [decimal(min(100 - _FACE_PX, at_s * scale), 1) for at_s in faces],
        "face_width": decimal(_FACE_PX, 1),
        "speech": [
            (decimal(part["start_s"] * scale, 1), decimal((part["end_s"] - part["start_s"]) * scale, 1))
            for part in speech
        ],
        "label": f"{len(faces)} moments with a face, {len(speech)} parts with speech",
    }


def _whole(value_percent: float) -> str:
    """`1 %` for a little: what is there is never shown as nothing."""
    return f"{max(1, round(value_percent)) if value_percent else 0} %"
