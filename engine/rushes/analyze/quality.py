"""How good a picture looks, measured: what the analyzer `quality` takes and writes. The work is in quality_pass.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from rushes.analyze.spec import Analyzer, Column, PictureWish, Wishes
from rushes.recipe.limits import Limits, check_limits

LUMA_SIDE_PX = 640
COLOR_SIDE_PX = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """How good single pictures are."""

    sample_hz: Annotated[float, Limits(above=0, most=60)] = 5.0
    """Pictures a second that are looked at."""
    black_level: Annotated[int, Limits(least=0, most=127)] = 4
    """Luma of 0..255 at or below which a pixel has lost its detail."""
    white_level: Annotated[int, Limits(least=128, most=255)] = 251
    """Luma of 0..255 at or above which a pixel has lost its detail."""

    def __post_init__(self) -> None:
        check_limits(self)


def wishes(params: Params) -> Wishes:
    """Luma for detail and exposure, a smaller picture for colour."""
    return Wishes(
        pictures=(
            PictureWish(form="gray", long_side_px=LUMA_SIDE_PX, rate_hz=params.sample_hz, quick=True),
            PictureWish(form="rgb", long_side_px=COLOR_SIDE_PX, rate_hz=params.sample_hz, quick=True),
        )
    )


COLUMNS = (
    Column(
        name="sharpness_01",
        unit="01",
        per_sample=True,
        says="How crisp the sharpest edges are, whatever their contrast: above 0.6 is in focus, below 0.3 is blurred.",
    ),
    Column(
        name="exposure_01",
        unit="01",
        per_sample=True,
        says="Mean brightness: 0 is black, 1 is white; well exposed pictures lie around 0.35 to 0.65.",
    ),
    Column(
        name="clipping_01",
        unit="01",
        per_sample=True,
        says="Share of pixels that are pure black or pure white; lower is better.",
    ),
    Column(
        name="contrast_01",
        unit="01",
        per_sample=True,
        says="Span from the darkest to the brightest parts, without the extreme 2 % on either side; flat is near 0.",
    ),
    Column(
        name="colorfulness_01",
        unit="01",
        per_sample=True,
        says="How vivid the colours look: 0 is grey, 0.33 moderately colourful, 1 extremely colourful.",
    ),
    Column(
        name="color_variance_01",
        unit="01",
        per_sample=True,
        says="How much the colours differ within the picture: 0 is one flat colour, 1 the most that can be.",
    ),
    Column(
        name="noise_01",
        unit="01",
        per_sample=True,
        says="Grain in flat areas: 0 is clean, 1 is as bad as a phone at night; lower is better.",
    ),
)

ANALYZER = Analyzer(
    name="quality",
    version=1,
    source="clip",
    params=Params,
    wishes=wishes,
    start="rushes.analyze.quality_pass:start",
    columns=COLUMNS,
    libraries=("av", "numpy", "opencv-python-headless"),
)
