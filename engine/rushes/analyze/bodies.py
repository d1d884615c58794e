"""People in the picture, seen or unseen their faces: what the analyzer `bodies` takes and writes. The work is in
bodies_pass.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from rushes.analyze.spec import Analyzer, Column, PictureWish, Wishes
from rushes.recipe.limits import Limits, check_limits

MODEL = "yolox_nano"
INPUT_SIDE_PX = 416


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """rate_hz: pictures a second that are searched; each costs as much as decoding three frames of 1080p.
    confidence_01: least confidence of a person. nms_iou_01: overlap (intersection over union) above which the less
    confident of two boxes is the same person. max_bodies: people a picture at most."""

    rate_hz: Annotated[float, Limits(above=0, most=5)] = 0.5
    confidence_01: Annotated[float, Limits(above=0, most=1)] = 0.5
    nms_iou_01: Annotated[float, Limits(least=0, most=1)] = 0.45
    max_bodies: Annotated[int, Limits(least=1, most=100)] = 16

    def __post_init__(self) -> None:
        check_limits(self)


def wishes(params: Params) -> Wishes:
    """Colour now and then, in the size of the model's input, and the last frame: short clips have no other."""
    return Wishes(
        pictures=(PictureWish(form="rgb", long_side_px=INPUT_SIDE_PX, rate_hz=params.rate_hz, and_last=True),)
    )


def models(params: Params) -> tuple[str, ...]:
    """The detector."""
    return (MODEL,)


COLUMNS = (
    Column(
        name="person_count_avg",
        per_sample=True,
        says="People in the picture, on average over the pictures that were searched.",
    ),
    Column(
        name="person_count_max",
        per_sample=True,
        aggregate="max",
        says="Most people in one picture.",
    ),
    Column(
        name="person_frames_percent",
        unit="percent",
        per_sample=True,
        says="Share of pictures with a person, in percent.",
    ),
    Column(
        name="body_height_01",
        unit="01",
        per_sample=True,
        says="Height of the tallest person as a share of the picture's; missing where there is none.",
    ),
    Column(
        name="body_area_01",
        unit="01",
        per_sample=True,
        says="Share of the picture that the boxes around people cover, each overlap once.",
    ),
)

_BOX = ("confidence_01", "x_01", "y_01", "width_01", "height_01")

ANALYZER = Analyzer(
    name="bodies",
    version=1,
    source="clip",
    params=Params,
    wishes=wishes,
    start="rushes.analyze.bodies_pass:start",
    columns=COLUMNS,
    tables={
        "pictures": (("t_s", "Float64"), ("pts", "Int64"), ("width_px", "Int64"), ("height_px", "Int64")),
        "boxes": (
            ("pts", "Int64"),
            ("t_s", "Float64"),
            ("body", "Int64"),
            *((name, "Float64") for name in _BOX),
        ),
    },
    libraries=("av", "numpy", "onnxruntime", "opencv-python-headless"),
    models=models,
)
