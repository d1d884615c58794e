"""Where a viewer looks: what the analyzer `saliency` takes and writes, for reframing. The work is in saliency_pass.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from rushes.analyze.spec import Analyzer, Column, no_wishes
from rushes.recipe.limits import Limits, check_limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Where the eye goes: what counts how much, and how long what was seen holds. The six weights are used as shares of
    their sum."""

    face_weight: Annotated[float, Limits(least=0)] = 1.0
    """How much faces count."""
    person_weight: Annotated[float, Limits(least=0)] = 0.5
    """How much people count."""
    motion_weight: Annotated[float, Limits(least=0)] = 0.4
    """How much motion of the subject counts, without that of the camera."""
    detail_weight: Annotated[float, Limits(least=0)] = 0.25
    """How much fine detail counts."""
    standout_weight: Annotated[float, Limits(least=0)] = 0.3
    """How much that counts which is unlike the rest of the picture."""
    center_weight: Annotated[float, Limits(least=0)] = 0.1
    """How much the middle of the picture counts."""
    bridge_s: Annotated[float, Limits(least=0)] = 2.5
    """Longest time between two sightings of a face over which its place is interpolated."""
    hold_s: Annotated[float, Limits(least=0)] = 0.75
    """How long before its first and after its last sighting a face is still there: where it was, or, with nobody else
    about, where its person takes it."""
    person_hold_s: Annotated[float, Limits(least=0)] = 1.25
    """How far off in time people that were found still count, the less the further; between two searches
    that found them they go on a straight line. Nothing is carried over a cut where `shots` is switched on."""

    def __post_init__(self) -> None:
        check_limits(self)
        if not self.total_weight > 0:
            raise ValueError("all weights are 0")

    @property
    def total_weight(self) -> float:
        """Of all that counts."""
        return (
            self.face_weight
            + self.person_weight
            + self.motion_weight
            + self.detail_weight
            + self.standout_weight
            + self.center_weight
        )


COLUMNS = (
    Column(
        name="saliency_center_x_01",
        unit="01",
        per_sample=True,
        says="Where what draws the eye lies across the picture: 0 left, 1 right.",
    ),
    Column(
        name="saliency_center_y_01",
        unit="01",
        per_sample=True,
        says="Where what draws the eye lies down the picture: 0 top, 1 bottom.",
    ),
    Column(
        name="saliency_spread_01",
        unit="01",
        per_sample=True,
        says="How far it is scattered: 0 is one point, 1 the whole picture; a narrow crop needs a small one.",
    ),
)

ANALYZER = Analyzer(
    name="saliency",
    version=3,
    source="tables",
    params=Params,
    wishes=no_wishes,
    start="rushes.analyze.saliency_pass:start",
    columns=COLUMNS,
    tables={
        "maps": (
            ("pts", "Int64"),
            ("t_s", "Float64"),
            ("columns_n", "Int64"),
            ("rows_n", "Int64"),
            ("map", "Binary"),
        ),
        "required": (
            ("pts", "Int64"),
            ("t_s", "Float64"),
            ("x_01", "Float64"),
            ("y_01", "Float64"),
            ("width_01", "Float64"),
            ("height_01", "Float64"),
            ("what", "String"),
            ("weight_01", "Float64"),
        ),
    },
    libraries=("numpy",),
    reads=("detail",),
    may_read=("faces", "face_detection", "bodies", "shots"),
)
