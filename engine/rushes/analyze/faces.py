"""Who shows their face, how large and which way: what the analyzer `faces` takes and writes. The work is in faces_pass.py.

It judges the boxes of `face_detection`, follows faces from sample to sample, and counts people instead of boxes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from rushes.analyze.spec import Analyzer, Column, no_wishes
from rushes.recipe.limits import Limits, check_limits

SOURCE = "face_detection"
CUTS = "shots"
"""Where it is there, a face on the other side of a cut is not near where it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Which found faces count, and which of them are one person."""

    min_confidence_01: Annotated[float, Limits(least=0, most=1)] = 0.7
    """What the better of the two looks at a face must reach."""
    min_second_look_01: Annotated[float, Limits(least=0, most=1)] = 0.3
    """What the second one must reach: toys, petals and sleeves look like faces at one size only."""
    nms_iou_01: Annotated[float, Limits(least=0, most=1)] = 0.3
    """Overlap above which the less sure of two boxes is the same face; the detector has removed above 0.5
    (yunet) or 0.3 (blazeface) already."""
    min_area_01: Annotated[float, Limits(least=0, most=1)] = 0.0005
    """Share of the picture below which a face does not count."""
    max_gap_s: Annotated[float, Limits(above=0)] = 2.5
    """A face is near where it was only if it was seen within so many seconds, with no cut between."""
    max_move: Annotated[float, Limits(least=0)] = 1.5
    """And only if it has moved by no more than so many of its own sizes."""
    same_look_01: Annotated[float, Limits(least=0, most=1)] = 0.25
    """Difference in looks, 0..1, up to which a face is the same person anywhere in the picture."""
    near_look_01: Annotated[float, Limits(least=0, most=1)] = 0.33
    """Difference in looks, 0..1, up to which a face near where one was is the same person."""
    min_people_share_01: Annotated[float, Limits(least=0, most=1)] = 0.05
    """Who shows in less than this share of the samples with a face is not counted among the people."""

    def __post_init__(self) -> None:
        check_limits(self)
        if self.same_look_01 > self.near_look_01:
            raise ValueError(f"same_look_01={self.same_look_01} is above near_look_01={self.near_look_01}")


COLUMNS = (
    Column(
        name="face_frames_percent",
        unit="percent",
        per_sample=True,
        says="Share of the sampled pictures that show a face, in percent; above 10 the clip has faces.",
    ),
    Column(
        name="face_count_avg",
        per_sample=True,
        says="Faces in a picture on average, pictures without one counted as 0.",
    ),
    Column(
        name="face_count_max",
        per_sample=True,
        aggregate="max",
        says="Most faces in one picture.",
    ),
    Column(
        name="face_area_01",
        unit="01",
        per_sample=True,
        says="Share of the picture that its largest face fills: 0.1 is a close-up. Missing without a face.",
    ),
    Column(
        name="face_center_x_01",
        unit="01",
        per_sample=True,
        says="Where the largest face is across the picture: 0 left, 1 right. Missing without a face.",
    ),
    Column(
        name="face_center_y_01",
        unit="01",
        per_sample=True,
        says="Where the largest face is down the picture: 0 top, 1 bottom. Missing without a face.",
    ),
    Column(
        name="face_yaw_deg",
        unit="deg",
        per_sample=True,
        says="Which way the largest face looks: 0 to the camera, positive to the right edge of the picture, "
        "negative to the left; rough beyond 30. Missing without a face.",
    ),
    Column(
        name="face_yaw_abs_deg",
        unit="deg",
        per_sample=True,
        says="How far the largest face is turned from the camera: 0 frontal; above 40 it may be a profile. "
        "Missing without a face.",
    ),
    Column(
        name="people_count",
        says="People who show their face in the clip: one who leaves and comes back counts once.",
    ),
    Column(
        name="face_timestamps",
        type="list",
        unit="s",
        says="Sampled moments that show a face, in seconds from the start of the clip.",
    ),
)

ANALYZER = Analyzer(
    name="faces",
    version=1,
    source="tables",
    params=Params,
    wishes=no_wishes,
    start="rushes.analyze.faces_pass:start",
    columns=COLUMNS,
    tables={"tracks": (("pts", "Int64"), ("face", "Int64"), ("track", "Int64"))},
    libraries=("numpy", "opencv-python-headless"),
    reads=(SOURCE,),
    may_read=(CUTS,),
)
