"""How camera and subject move: what the analyzer `motion` takes and writes. The work is in motion_pass.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from rushes.analyze.spec import Analyzer, Column, PictureWish, Wishes
from rushes.recipe.limits import Limits, check_limits

FLOW_SIDE_PX = 160
SAMPLE_SIDE_PX = 640
"""Four times the size that is used: `quality` asks for the same pictures, and quartering them costs next to nothing."""
PATH_SIDE_PX = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """How the picture moves, and what kind of camera motion that is."""

    sample_hz: Annotated[float, Limits(above=0, most=15)] = 5.0
    """Flow fields a second."""
    high_diff: Annotated[float, Limits(least=0, most=255)] = 20.0
    """Mean difference of consecutive frames, of 255, above which activity is high."""
    medium_diff: Annotated[float, Limits(least=0, most=255)] = 5.0
    """Mean difference of consecutive frames, of 255, above which activity is medium."""
    pan_per_s: Annotated[float, Limits(above=0)] = 0.03
    """Frame sizes a second from which the camera pans or tilts."""
    fast_pan_per_s: Annotated[float, Limits(above=0)] = 0.35
    """Frame sizes a second from which a pan is a fast one."""
    zoom_per_s: Annotated[float, Limits(above=0)] = 0.04
    """Growth a second from which the camera zooms."""
    handheld_shake_01: Annotated[float, Limits(least=0, most=1)] = 0.2
    """Shake from which a camera that does not pan or zoom is hand-held."""

    def __post_init__(self) -> None:
        check_limits(self)
        if self.medium_diff > self.high_diff:
            raise ValueError(f"medium_diff={self.medium_diff} is above high_diff={self.high_diff}")
        if self.pan_per_s > self.fast_pan_per_s:
            raise ValueError(f"pan_per_s={self.pan_per_s} is above fast_pan_per_s={self.fast_pan_per_s}")


def wishes(params: Params) -> Wishes:
    """Pictures for dense flow now and then; every frame, small, for the camera's path and repeated frames."""
    return Wishes(
        pictures=(
            PictureWish(form="gray", long_side_px=PATH_SIDE_PX, quick=True),
            PictureWish(form="gray", long_side_px=SAMPLE_SIDE_PX, rate_hz=params.sample_hz, quick=True),
        )
    )


COLUMNS = (
    Column(
        name="motion_flow_score",
        unit="01",
        per_sample=True,
        says="How fast the picture moves on the whole: 1 is half the longer side of the frame a second or more.",
    ),
    Column(
        name="pan_per_s",
        unit="widths_per_s",
        per_sample=True,
        says="Camera turning sideways, in frame widths a second; right is positive.",
    ),
    Column(
        name="tilt_per_s",
        unit="heights_per_s",
        per_sample=True,
        says="Camera tilting, in frame heights a second; up is positive.",
    ),
    Column(
        name="zoom_per_s",
        unit="per_s",
        per_sample=True,
        says="Growth of the picture a second by zooming or moving in; 0.1 is 10 % larger after a second.",
    ),
    Column(
        name="roll_deg_per_s",
        unit="deg_per_s",
        per_sample=True,
        says="Camera rolling about its axis, in degrees a second; clockwise is positive.",
    ),
    Column(
        name="subject_motion_01",
        unit="01",
        per_sample=True,
        says="Motion within the picture that the camera does not explain: 0 is a still scene.",
    ),
    Column(
        name="shake_01",
        unit="01",
        per_sample=True,
        says="Unsteadiness of the camera: 0 is a tripod or a smooth pan, 1 cannot be watched; lower is better.",
    ),
    Column(
        name="motion_stability_score",
        unit="01",
        per_sample=True,
        says="How steady the camera is: above 0.7 is stable, below 0.3 is shaky.",
    ),
    Column(
        name="motion_activity_level",
        type="text",
        choices=("low", "medium", "high"),
        says="How much changes from frame to frame.",
    ),
    Column(
        name="motion_kind",
        type="text",
        choices=("static", "slow_pan", "fast_pan", "handheld", "zoom_in", "zoom_out"),
        says="What the camera does in most of the clip.",
    ),
    Column(
        name="duplicate_frame_percent",
        unit="percent",
        says="Share of frames that repeat the one before, in percent; many mean a frozen or converted clip.",
    ),
)

ANALYZER = Analyzer(
    name="motion",
    version=2,
    source="clip",
    params=Params,
    wishes=wishes,
    start="rushes.analyze.motion_pass:start",
    columns=COLUMNS,
    tables={"motion_accents": (("t_s", "Float64"), ("strength_01", "Float64"))},
    libraries=("av", "numpy", "opencv-python-headless"),
)
