"""What is known of a media file, as plain data and back; without what reads media, which takes a while to load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from rushes.media.info import AudioInfo, MediaInfo, VideoInfo


def info_to_json(info: MediaInfo) -> dict[str, Any]:
    """All facts that follow from the bytes: without path and digest, so that equal files give equal JSON."""
    facts = _plain(asdict(info))
    return {key: value for key, value in facts.items() if key not in ("path", "digest")}


def info_from_json(data: Mapping[str, Any], path: str = "", digest: str = "") -> MediaInfo:
    """The inverse of info_to_json, for a file that lies at path."""
    video, audio = data["video"], data["audio"]
    return MediaInfo(
        **{**data, "path": path, "digest": digest}
        | {
            "video": None if video is None else VideoInfo(**_with_fractions(video)),
            "audio": None if audio is None else AudioInfo(**_with_fractions(audio)),
        }
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return str(value) if isinstance(value, Fraction) else value


def _with_fractions(data: Mapping[str, Any]) -> dict[str, Any]:
    fractions = ("rate_fps", "time_base")
    return {key: Fraction(value) if key in fractions else value for key, value in data.items()}
