"""Where in the picture something is to be seen: what the analyzer `detail` takes and writes, for `saliency`. The work is
in detail_pass.py."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated

from rushes.analyze.spec import Analyzer, PictureWish, Wishes
from rushes.recipe.limits import Limits, check_limits

SIDE_PX = 160
"""As `motion` has its path: pictures of the same size are scaled once for both."""
_STEPS_HZ = 10
"""Motion is measured over a tenth of a second, or less: over half a second too much has moved too far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """rate_hz: grids a second. cells: cells along the longer side; those along the shorter one follow from the shape
    of the picture."""

    rate_hz: Annotated[float, Limits(above=0, most=6)] = 5.0
    cells: Annotated[int, Limits(least=4, most=80)] = 32

    def __post_init__(self) -> None:
        check_limits(self)

    @property
    def steps_a_sample(self) -> int:
        """Pictures that are seen for one sample."""
        return max(2, math.ceil(_STEPS_HZ / self.rate_hz))


def wishes(params: Params) -> Wishes:
    """Small pictures, in pairs as it were: each sample and the one just before it."""
    rate_hz = params.rate_hz * params.steps_a_sample
    return Wishes(pictures=(PictureWish(form="gray", long_side_px=SIDE_PX, rate_hz=rate_hz, quick=True),))


ANALYZER = Analyzer(
    name="detail",
    version=2,
    source="clip",
    params=Params,
    wishes=wishes,
    start="rushes.analyze.detail_pass:start",
    columns=(),
    tables={
        "grids": (
            ("pts", "Int64"),
            ("t_s", "Float64"),
            ("columns_n", "Int64"),
            ("rows_n", "Int64"),
            ("detail", "Binary"),
            ("motion", "Binary"),
            ("standout", "Binary"),
        )
    },
    libraries=("av", "numpy", "opencv-python-headless"),
)
