"""Shot type and angle of one moment, from what is known of its people and its camera. Field practice: a close-up shows
head and shoulders, a medium shot a person from the waist or the knees up, a wide shot whole people."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rushes.analyze.shot_type import Params

_SURE_OCTAVES = 0.6
"""Distance from a border, in powers of two, at which a size leaves no doubt."""
_BODY_TRUST_01 = 0.7
"""A body says less of the framing than a face: people sit, bend and stand behind tables."""
_AWAY_TRUST_01 = 0.4
"""Where no face is found the person may look away, or the detector may have failed."""
_AT_BORDER_01 = 0.97


@dataclass(frozen=True, slots=True)
class Verdict:
    """A label, how sure it is (0..1) and what says so; none: not known."""

    label: str | None = None
    confidence_01: float = 0.0
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Face:
    """The largest face. yaw_deg: turn to either side, 0 is towards the camera; None: not known."""

    height_01: float
    confidence_01: float
    yaw_deg: float | None


@dataclass(frozen=True, slots=True)
class Body:
    """The tallest person. ratio: height over width in pixels; top_01, bottom_01: its ends, 0 and 1 are the borders of the
    picture."""

    height_01: float
    ratio: float
    top_01: float
    bottom_01: float
    confidence_01: float

    @property
    def is_cut_above(self) -> bool:
        """Whether it reaches the upper border, so that the head may be outside."""
        return self.top_01 <= 1 - _AT_BORDER_01

    def is_part(self, whole_body_ratio: float) -> bool:
        """Whether it comes in from above and ends in the picture, as hands and arms do: that is no framing of a person."""
        return self.is_cut_above and self.bottom_01 < _AT_BORDER_01 and self.ratio < whole_body_ratio


@dataclass(frozen=True, slots=True)
class Moment:
    """What is known of one moment. zoom_per_s: growth; pan_per_s: how far the camera turns, in frame sizes."""

    face: Face | None = None
    body: Body | None = None
    zoom_per_s: float | None = None
    pan_per_s: float = 0.0


NOT_KNOWN = Verdict()


def shot_type(moment: Moment, params: Params) -> Verdict:
    """A zoom wins; then the face and the body, and where they disagree the surer one, less sure."""
    zoom = by_camera(moment, params)
    if zoom.label is not None:
        return zoom
    face = by_face(moment.face, params) if moment.face else NOT_KNOWN
    body = by_body(moment.body, params) if moment.body else NOT_KNOWN
    if body.label == "close_up" and moment.body and moment.face is None and moment.body.is_cut_above:
        # A close-up shows a head. Legs that stride fill a picture as broadly.
        body = Verdict("medium", body.confidence_01 / 2, "bodies")
    first, second = (face, body) if face.confidence_01 >= body.confidence_01 else (body, face)
    if second.label is None or second.label == first.label:
        return first
    return Verdict(first.label, first.confidence_01 - second.confidence_01 / 2, first.source)


def by_camera(moment: Moment, params: Params) -> Verdict:
    """A zoom moves the border of the picture at least as far as the camera turns."""
    growth = abs(moment.zoom_per_s or 0.0)
    if growth < params.zoom_per_s or growth / 2 < moment.pan_per_s:
        return NOT_KNOWN
    return Verdict("zoom", min(1.0, growth / params.zoom_per_s / 2), "camera")


def by_face(face: Face, params: Params) -> Verdict:
    """The larger the face, the closer the camera."""
    label, sure = _by_size(face.height_01, params.wide_face_01, params.close_up_face_01)
    return Verdict(label, sure * face.confidence_01, "faces")


def by_body(body: Body, params: Params) -> Verdict:
    """Small or whole people are a wide shot; of the others the shape of what is seen of them says how close they are: a
    head with shoulders is as wide as high."""
    if body.is_part(params.whole_body_ratio):
        return NOT_KNOWN
    trust = _BODY_TRUST_01 * body.confidence_01
    if body.height_01 < params.wide_body_01:
        return Verdict("wide", trust * _sure(params.wide_body_01 / body.height_01), "bodies")
    if body.ratio >= params.whole_body_ratio:
        return Verdict("wide", trust * _sure(body.ratio / params.whole_body_ratio), "bodies")
    if body.bottom_01 < _AT_BORDER_01:
        # Broad, high and whole: somebody who sits, or two people in one box.
        return Verdict("medium", trust / 2, "bodies")
    label, sure = _by_size(1 / body.ratio, 1 / params.whole_body_ratio, 1.0)
    return Verdict(label, sure * trust, "bodies")


def angle(moment: Moment, params: Params) -> Verdict:
    """The turn of the face; a person that is large enough to have a face and shows none is turned away. A camera above
    people sees neither: that is beyond what boxes can say."""
    if moment.face is not None:
        return _by_yaw(moment.face, params)
    body = moment.body
    if body is None or body.height_01 < params.away_body_01 or body.is_part(params.whole_body_ratio):
        return NOT_KNOWN
    return Verdict("other", _AWAY_TRUST_01 * body.confidence_01, "bodies")


def surer(first: Verdict, second: Verdict) -> Verdict:
    """The more confident of two; of equals the first."""
    return second if second.confidence_01 > first.confidence_01 else first


def _by_yaw(face: Face, params: Params) -> Verdict:
    if face.yaw_deg is None:
        return NOT_KNOWN
    turn = abs(face.yaw_deg)
    if turn < params.front_deg:
        return Verdict("front", face.confidence_01 * (1 - turn / params.front_deg / 2), "faces")
    if turn > params.side_deg:
        beyond = min(1.0, (turn - params.side_deg) / max(1.0, 90 - params.side_deg))
        return Verdict("side", face.confidence_01 * (0.5 + beyond / 2), "faces")
    return NOT_KNOWN


def _by_size(size: float, wide_below: float, close_from: float) -> tuple[str, float]:
    """Label and certainty, 0.5 at a border between two labels."""
    if size < wide_below:
        return "wide", _sure(wide_below / max(size, 1e-6))
    if size >= close_from:
        return "close_up", _sure(size / close_from)
    return "medium", min(_sure(size / wide_below), _sure(close_from / size))


def _sure(ratio: float) -> float:
    """0.5 for 1, 1 from a ratio that is far enough from it. ratio: at least 1."""
    return 0.5 + 0.5 * min(1.0, math.log2(ratio) / _SURE_OCTAVES)
