"""Cuts inside a clip: what the analyzer `shots` takes and writes. The work is in shots_pass.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from rushes.analyze.spec import Analyzer, Column, PictureWish, Wishes
from rushes.recipe.limits import Limits, check_limits

SIDE_PX = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """min_strength_01: weaker cuts are not reported. min_shot_s: of two cuts that lie closer, the stronger stays."""

    min_strength_01: Annotated[float, Limits(least=0, most=1)] = 0.5
    min_shot_s: Annotated[float, Limits(least=0)] = 0.2

    def __post_init__(self) -> None:
        check_limits(self)


def wishes(params: Params) -> Wishes:
    """Every frame, small: a cut has no duration."""
    return Wishes(pictures=(PictureWish(form="gray", long_side_px=SIDE_PX, quick=True),))


COLUMNS = (Column(name="cut_count", says="Cuts inside the clip; 0 is a single take."),)

ANALYZER = Analyzer(
    name="shots",
    version=1,
    source="clip",
    params=Params,
    wishes=wishes,
    start="rushes.analyze.shots_pass:start",
    columns=COLUMNS,
    tables={"cuts": (("t_s", "Float64"), ("strength_01", "Float64"))},
    libraries=("av", "numpy", "opencv-python-headless"),
)
