"""A person drawn in code, shaded enough for face detectors to see one: the demo's footage may hold nobody real.

YuNet and BlazeFace find the face with a confidence above 0.9 from the front and turned by some 30 degrees.
"""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np

Array = np.ndarray[Any, Any]

SIDE_PX = 512
"""The portrait is drawn in a square of this side."""
_MIDDLE_PX = SIDE_PX / 2
_SKIN = (205.0, 160.0, 130.0)
_HAIR = (60.0, 42.0, 30.0)
_SHIRT = (70.0, 80.0, 120.0)
_Y, _X = np.mgrid[0:SIDE_PX, 0:SIDE_PX].astype(np.float32)


def portrait(*, smile_01: float, mouth_open_01: float, turn: float) -> Array:
    """Head and shoulders, looking at the camera: shape (512, 512, 4) uint8, RGB and how much it covers.

    turn: -1..1, the features shifted to one side as in a head turned by some 30 degrees.
    """
    canvas = _Canvas(40 * turn)
    canvas.body()
    canvas.head()
    for side in (-1, 1):
        canvas.eye(side)
    canvas.nose()
    canvas.mouth(smile_01, mouth_open_01)
    soft = cv2.GaussianBlur(canvas.picture, (0, 0), 2.0)
    drawn: Array = np.clip(soft * (1, 1, 1, 255), 0, 255).astype(np.uint8)
    return drawn


def put(picture: Array, person: Array, *, centre_px: tuple[float, float], side_px: float) -> None:
    """Draw a portrait into an RGB picture (h, w, 3) uint8, in place; what lies outside is cut off."""
    left, top = centre_px[0] - side_px / 2, centre_px[1] - side_px / 2
    height_px, width_px = picture.shape[:2]
    x_from, x_to = max(0, math.floor(left)), min(width_px, math.ceil(left + side_px))
    y_from, y_to = max(0, math.floor(top)), min(height_px, math.ceil(top + side_px))
    scale = side_px / SIDE_PX
    move = np.array([[scale, 0, left - x_from], [0, scale, top - y_from]], np.float32)
    laid = cv2.warpAffine(person, move, (x_to - x_from, y_to - y_from), flags=cv2.INTER_LINEAR)
    cover = laid[..., 3:].astype(np.uint16)
    there = picture[y_from:y_to, x_from:x_to]
    there[:] = (there * (255 - cover) + laid[..., :3] * cover) // 255


class MadePerson:
    """Somebody who sways before the camera and talks, or smiles.

    side_share_01: side of the portrait as a share of the picture's height. mouth_open_01: at per_s values a second.
    """

    def __init__(
        self,
        *,
        side_share_01: float,
        smile_01: float = 0.0,
        mouth_open_01: tuple[float, ...] = (),
        per_s: int = 1,
    ) -> None:
        self._side_share_01 = side_share_01
        self._smile_01 = smile_01
        self._mouth_open_01 = mouth_open_01
        self._per_s = per_s
        self._drawn: dict[tuple[int, int], Array] = {}

    def draw(self, picture: Array, at_s: float) -> None:
        """Draw the person as at a time into an RGB picture, in place."""
        height_px, width_px = picture.shape[:2]
        sway = math.sin(2 * math.pi * 0.25 * at_s)
        centre_px = (width_px * (0.5 + 0.03 * sway), height_px * 0.56)
        put(picture, self._pose(at_s, sway), centre_px=centre_px, side_px=height_px * self._side_share_01)

    def _pose(self, at_s: float, sway: float) -> Array:
        """One of a few drawings: each takes a tenth of a second to make."""
        number = min(len(self._mouth_open_01) - 1, int(at_s * self._per_s))
        mouth = round(4 * self._mouth_open_01[number]) if self._mouth_open_01 else 0
        turn = round(2 * sway)
        if (mouth, turn) not in self._drawn:
            drawn = portrait(smile_01=self._smile_01, mouth_open_01=mouth / 4, turn=turn / 6)
            self._drawn[mouth, turn] = drawn
        return self._drawn[mouth, turn]


class _Canvas:
    """Soft shapes laid over each other. shift_px: how far a turned head moves its features."""

    def __init__(self, shift_px: float) -> None:
        self.picture = np.zeros((SIDE_PX, SIDE_PX, 4), np.float32)
        self.middle_px = _MIDDLE_PX
        self.shift_px = shift_px

    def body(self) -> None:
        self._paint(_oval(self.middle_px, 560, 230, 130), _SHIRT)
        neck = np.maximum(np.abs(_X - self.middle_px) / 55, np.abs(_Y - 410) / 80)
        self._paint(neck, _darker(_SKIN, 0.75), 0.1)

    def head(self) -> None:
        back = self.middle_px - self.shift_px * 0.3
        self._paint(_oval(back, 225, 140, 175), _HAIR)
        for side in (-1, 1):
            self._paint(_oval(back + 122 * side, 255, 18, 34), _darker(_SKIN, 0.85))
        self._paint(_oval(self.middle_px, 265, 118, 155), _SKIN, 0.05)
        on_the_face = np.clip((1 - _oval(self.middle_px, 265, 118, 155)) / 0.05, 0, 1)
        light = 0.06 - 0.30 * np.clip(_oval(self.middle_px + self.shift_px * 0.4 - 15, 240, 150, 190), 0, 1.3)
        self._shade(light * on_the_face)
        for side in (-1, 1):
            self._tint(_spot(self.middle_px + 62 * side + self.shift_px, 300, 38, 30), (14, -4, -2))
        fringe = np.clip((190 - 12 * np.cos((_X - self.middle_px) / 40) - _Y) / 10, 0, 1)
        self._cover(np.clip((1 - _oval(self.middle_px, 175, 128, 85)) / 0.08, 0, 1) * fringe, _HAIR)

    def eye(self, side: int) -> None:
        x, y = self.middle_px + 50 * side + self.shift_px, 242.0
        self._shade(-0.28 * _spot(x, y - 6, 40, 26))
        self._paint(_oval(x, y, 25, 11.5), (235, 232, 228), 0.25)
        iris_x = x + self.shift_px * 0.1
        self._paint(_oval(iris_x, y, 10.5, 10.5), (70, 50, 35), 0.2)
        self._paint(_oval(iris_x, y, 5, 5), (10, 8, 8), 0.3)
        self._paint(_oval(x + 3, y - 4, 2.5, 2.5), (255, 255, 255), 0.5)
        lid = np.abs(_oval(x, y + 2, 28, 15) - 1) / 0.22 + np.clip((_Y - y + 1) / 3, 0, 9)
        self._paint(lid, (60, 40, 32), 0.5)
        arch = y - 32 + (_X - x) * side * 0.10 + ((_X - x) / 30) ** 2 * 5
        brow = np.abs(_Y - arch) / 6.5 + np.clip((np.abs(_X - x) - 34) / 3, 0, 9)
        self._paint(brow, (62, 44, 34), 0.5)

    def nose(self) -> None:
        x = self.middle_px + self.shift_px * 1.35
        self._shade(-0.14 * _spot(x + 10, 285, 9, 45))
        self._tint(_spot(x - 3, 275, 8, 45), (16, 16, 16))
        self._tint(_spot(x, 308, 24, 13), (8, 8, 8))
        for side in (-1, 1):
            self._shade(-0.5 * _spot(x + 13 * side, 319, 7.5, 5))
        self._shade(-0.18 * _spot(x, 328, 20, 5))

    def mouth(self, smile_01: float, open_01: float) -> None:
        x, half_width = self.middle_px + self.shift_px * 1.1, 44 + 10 * smile_01
        along = ((_X - x) / half_width) ** 2
        inside = np.clip(1 - along, 0, 1)
        line = 356 - smile_01 * 13 * along
        self._paint(_band(line - 5, 7 * np.sqrt(inside), inside), (165, 85, 80), 0.4)
        self._paint(_band(line + 7 + 9 * open_01, 9 * np.sqrt(inside), inside), (180, 98, 92), 0.4)
        if smile_01 > 0.3:
            self._paint(_band(line + 1, (3 + 6 * smile_01) * inside, inside), (238, 234, 228), 0.5)
        if open_01 > 0:
            self._paint(_band(line + 3, (2 + 12 * open_01) * inside, inside), (60, 20, 20), 0.5)
        if smile_01 <= 0.3 and open_01 == 0:
            self._paint(_band(line, 2.2 * inside, inside), (95, 40, 38), 0.6)
        self._shade(-0.12 * _spot(x, 388, 28, 6))
        for side in (-1, 1):
            fold = np.abs(_X - (x + side * (58 + 0.25 * (_Y - 320)))) / 3
            fold += np.clip(np.abs(_Y - 335) / 28, 0, 9)
            self._shade(-np.clip(1 - fold, 0, 1) * (0.10 + 0.25 * smile_01))

    def _paint(self, edge: Array, colour: tuple[float, float, float], softness: float = 0.06) -> None:
        """Cover where edge < 1, fading out over `softness` inside of it."""
        self._cover(np.clip((1 - edge) / softness, 0, 1), colour)

    def _cover(self, cover_01: Array, colour: tuple[float, float, float]) -> None:
        above = cover_01[..., None]
        self.picture = self.picture * (1 - above) + np.array((*colour, 1.0), np.float32) * above

    def _shade(self, change: Array) -> None:
        self.picture[..., :3] *= 1 + change[..., None]

    def _tint(self, strength_01: Array, colour: tuple[float, float, float]) -> None:
        self.picture[..., :3] += strength_01[..., None] * np.array(colour, np.float32)


def _oval(x: float, y: float, radius_x: float, radius_y: float) -> Array:
    """1 on the edge of an ellipse, below 1 inside it."""
    oval: Array = ((_X - x) / radius_x) ** 2 + ((_Y - y) / radius_y) ** 2
    return oval


def _spot(x: float, y: float, radius_x: float, radius_y: float) -> Array:
    spot: Array = np.exp(-1.2 * _oval(x, y, radius_x, radius_y))
    return spot


def _band(line: Array, half_height: Array, inside: Array) -> Array:
    """Below 1 within half_height of a line, and nowhere outside."""
    return np.where(inside > 0, np.abs(_Y - line) / (half_height + 0.01), 9.0)


def _darker(colour: tuple[float, float, float], share: float) -> tuple[float, float, float]:
    return colour[0] * share, colour[1] * share, colour[2] * share
