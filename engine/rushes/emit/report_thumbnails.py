"""Pictures of clips: each is written once into the file, as a symbol, and shown from there as often as needed."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG markers that carry the picture's size (ITU-T T.81, table B.1)."""


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A picture that the report shows: the symbol's name, its size and its data URI."""

    name: str
    width_px: int
    height_px: int
    uri: str


class Thumbnails:
    """Hands out pictures by clip and time, and remembers which ones were asked for."""

    def __init__(self, pictures: Mapping[str, Sequence[tuple[float, bytes]]]) -> None:
        self._pictures = pictures
        self._used: dict[tuple[str, float], Thumbnail] = {}

    def near(self, clip: str, at_s: float | None) -> str | None:
        """Name of the symbol whose time is nearest (None: the one in the middle); None where the clip has no picture."""
        found = [(t_s, jpeg) for t_s, jpeg in self._pictures.get(clip, ()) if jpeg_size_px(jpeg)]
        if not found:
            return None
        if at_s is None:
            t_s, jpeg = found[len(found) // 2]
        else:
            t_s, jpeg = min(found, key=lambda pair: (abs(pair[0] - at_s), pair[0]))
        return self._shown(clip, t_s, jpeg).name

    def named(self, name: str | None) -> Thumbnail | None:
        """A picture that was handed out, by its symbol."""
        return next((picture for picture in self._used.values() if picture.name == name), None)

    def used(self) -> list[Thumbnail]:
        """Every picture that was asked for, in the order of asking."""
        return list(self._used.values())

    def _shown(self, clip: str, t_s: float, jpeg: bytes) -> Thumbnail:
        key = (clip, t_s)
        if key not in self._used:
            width_px, height_px = jpeg_size_px(jpeg) or (1, 1)
            uri = "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
            self._used[key] = Thumbnail(f"t{len(self._used)}", width_px, height_px, uri)
        return self._used[key]


def jpeg_size_px(jpeg: bytes) -> tuple[int, int] | None:
    """Width and height of a JPEG, from its frame header; None where it is no JPEG."""
    at = 2
    while jpeg[:2] == b"\xff\xd8" and at + 9 <= len(jpeg) and jpeg[at] == 0xFF:
        if jpeg[at + 1] in _FRAME_HEADERS:
            height_px, width_px = (int.from_bytes(jpeg[at + n : at + n + 2]) for n in (5, 7))
            return (width_px, height_px) if width_px and height_px else None
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    return None
