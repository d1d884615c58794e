"""Faces as a model sees them: what the analyzer `face_detection` takes and writes. The work is in face_detection_pass.py.

It keeps what costs a decode and a model: low floors, no judgement. `faces` judges, from these tables alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from rushes.analyze.spec import Analyzer, PictureWish, Wishes
from rushes.recipe.limits import Limits, check_limits

LANDMARKS = (
    "right_eye",
    "left_eye",
    "nose",
    "mouth",
    "mouth_right",
    "mouth_left",
    "right_ear",
    "left_ear",
)
"""Points of a face, in order of the columns. Right is the person's own right, usually on the left of the picture."""
_OF_FACE = (("pts", "Int64"), ("t_s", "Float64"), ("face", "Int64"), ("confidence_01", "Float64"))
BOXES = (
    *_OF_FACE,
    *((name, "Float64") for name in ("x_01", "y_01", "width_01", "height_01")),
    *((f"{point}_{axis}_01", "Float64") for point in LANDMARKS for axis in ("x", "y")),
    ("second_look_01", "Float64"),
)
PICTURES = (("t_s", "Float64"), ("pts", "Int64"), ("width_px", "Int64"), ("height_px", "Int64"))
CROPS = (
    ("pts", "Int64"),
    ("face", "Int64"),
    ("left_px", "Float64"),
    ("top_px", "Float64"),
    ("side_px", "Float64"),
    ("jpeg", "Binary"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Where faces are looked for, and with what."""

    detector: Literal["yunet", "blazeface"] = "yunet"
    """Which model looks: yunet, also for small and turned faces, or blazeface, for faces close to the
    camera."""
    rate_hz: Annotated[float, Limits(above=0, most=60)] = 1.0
    """Pictures a second that are looked at."""
    long_side_px: Annotated[int, Limits(least=64, most=3840)] = 640
    """Longer side of these pictures; half of it misses two in five small faces at a third of the cost."""
    floor_confidence_01: Annotated[float, Limits(least=0.05, most=1)] = 0.5
    """Below it a box is not kept at all."""
    max_faces: Annotated[int, Limits(least=1, most=64)] = 8
    """Most confident faces kept of a picture."""

    def __post_init__(self) -> None:
        check_limits(self)


def wishes(params: Params) -> Wishes:
    """Colour now and then."""
    return Wishes(
        pictures=(PictureWish(form="rgb", long_side_px=params.long_side_px, rate_hz=params.rate_hz),)
    )


def models(params: Params) -> tuple[str, ...]:
    """The detector is the name of its model."""
    return (params.detector,)


ANALYZER = Analyzer(
    name="face_detection",
    version=1,
    source="clip",
    params=Params,
    wishes=wishes,
    models=models,
    start="rushes.analyze.face_detection_pass:start",
    columns=(),
    tables={"pictures": PICTURES, "boxes": BOXES, "crops": CROPS},
    libraries=("av", "numpy", "onnxruntime", "opencv-python-headless"),
)
