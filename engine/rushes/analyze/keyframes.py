"""Pictures that stand for a clip: what the analyzer `keyframes` takes and writes. The work is in keyframes_pass.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from rushes.analyze.spec import Analyzer, Column, PictureWish, Wishes
from rushes.recipe.limits import Limits, check_limits

SAMPLE_HZ = 1.0
"""The fixed times 2, 4 and 6 s lie on this grid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Pictures that stand for a clip."""

    max_frames: Annotated[int, Limits(least=1, most=64)] = 8
    """Key frames a clip at most; the fixed ones (first, 2 s, 4 s, 6 s, last) come first."""
    changed_share_01: Annotated[float, Limits(above=0, most=1)] = 0.15
    """Share of pixels changed since the previous key frame above which a frame becomes one."""
    changed_level: Annotated[int, Limits(least=0, most=255)] = 30
    """Difference of 0..255 above which a pixel counts as changed."""
    long_side_px: Annotated[int, Limits(least=32, most=1920)] = 256
    """Longer side of the pictures kept."""
    jpeg_quality: Annotated[int, Limits(least=1, most=100)] = 80
    """JPEG quality of the pictures kept."""

    def __post_init__(self) -> None:
        check_limits(self)


def wishes(params: Params) -> Wishes:
    """Colour once a second, and the last frame."""
    return Wishes(
        pictures=(
            PictureWish(form="rgb", long_side_px=params.long_side_px, rate_hz=SAMPLE_HZ, and_last=True),
        )
    )


COLUMNS = (Column(name="keyframe_count", says="Key frames kept of the clip; more mean more change."),)

ANALYZER = Analyzer(
    name="keyframes",
    version=1,
    source="clip",
    params=Params,
    wishes=wishes,
    start="rushes.analyze.keyframes_pass:start",
    columns=COLUMNS,
    tables={"keyframes": (("t_s", "Float64"), ("pts", "Int64"), ("why", "String"), ("jpeg", "Binary"))},
    libraries=("av", "numpy", "opencv-python-headless"),
)
