"""Pictures as points among words: what the analyzer `clip_embedding` takes and writes. The work is in
clip_embedding_pass.py. Method: CLIP (Radford et al., arXiv 2103.00020), ViT-B/32."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from rushes.analyze.spec import Analyzer, PictureWish, Wishes
from rushes.recipe.limits import Limits, check_limits

MODEL = "clip_image"
SIDE_PX = 224
LENGTH = 512
LONG_SIDE_PX = 416
"""Its shorter side is at least 224 px up to 1.86:1; `bodies` looks at pictures of the same size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """rate_hz: pictures a second that are embedded."""

    rate_hz: Annotated[float, Limits(above=0, most=5)] = 0.5

    def __post_init__(self) -> None:
        check_limits(self)


def wishes(params: Params) -> Wishes:
    """Colour now and then, and the last frame."""
    return Wishes(
        pictures=(PictureWish(form="rgb", long_side_px=LONG_SIDE_PX, rate_hz=params.rate_hz, and_last=True),)
    )


def models(params: Params) -> tuple[str, ...]:
    """The image half of CLIP."""
    return (MODEL,)


ANALYZER = Analyzer(
    name="clip_embedding",
    version=1,
    source="clip",
    params=Params,
    wishes=wishes,
    start="rushes.analyze.clip_embedding_pass:start",
    columns=(),
    tables={"embeddings": (("pts", "Int64"), ("t_s", "Float64"), ("vector", "Binary"))},
    libraries=("av", "numpy", "onnxruntime", "opencv-python-headless"),
    models=models,
)
