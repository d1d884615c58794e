"""What a face expresses: what the analyzer `expressions` takes and writes. The work is in expressions_pass.py.

It looks at the crops that `face_detection` stored, so nothing is decoded, and it judges nothing: `emotion` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from rushes.analyze.spec import Analyzer, no_wishes
from rushes.recipe.limits import Limits, check_limits

SOURCE = "face_detection"
NAMES = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt")
"""The eight of FER+, in the order of its outputs."""
EXPRESSIONS = (
    ("pts", "Int64"),
    ("t_s", "Float64"),
    ("face", "Int64"),
    *((f"{name}_01", "Float64") for name in NAMES),
    ("smile_01", "Float64"),
    ("eyes_closed_01", "Float64"),
)
Backend = Literal["mini_xception", "face_blendshapes", "emotion_ferplus"]
_LEAST_PADDING, _MOST_PADDING = -0.3, 0.5
"""The stored crop reaches half a box beyond the box on each side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """models: mini_xception and emotion_ferplus name expressions, and their mean counts; face_blendshapes corrects the
    smile of mini_xception by movements of the face, and sees closed eyes, at five times the cost. paddings: parts of the box added on each side
    of the crops that mini_xception sees; its answers are averaged, and the numbers of its smile were found with these.
    padding: the same for emotion_ferplus."""

    models: tuple[Backend, ...] = ("mini_xception",)
    paddings: tuple[float, ...] = (-0.1, 0.0, 0.1)
    padding: Annotated[float, Limits(least=_LEAST_PADDING, most=_MOST_PADDING)] = 0.2

    def __post_init__(self) -> None:
        check_limits(self)
        if not {"mini_xception", "emotion_ferplus"} & set(self.models):
            raise ValueError("models must name mini_xception or emotion_ferplus")
        if "face_blendshapes" in self.models and "mini_xception" not in self.models:
            raise ValueError("face_blendshapes in models needs mini_xception beside it")
        if len(set(self.models)) != len(self.models):
            raise ValueError("models names one twice")
        if not self.paddings or not all(_LEAST_PADDING <= one <= _MOST_PADDING for one in self.paddings):
            raise ValueError(f"paddings must be numbers of {_LEAST_PADDING} to {_MOST_PADDING}")


def models(params: Params) -> tuple[str, ...]:
    """The blendshapes read the points of another model."""
    points = ("face_landmarks",) if "face_blendshapes" in params.models else ()
    return (*params.models, *points)


ANALYZER = Analyzer(
    name="expressions",
    version=2,
    source="tables",
    params=Params,
    wishes=no_wishes,
    models=models,
    start="rushes.analyze.expressions_pass:start",
    columns=(),
    tables={"expressions": EXPRESSIONS},
    libraries=("numpy", "onnxruntime", "opencv-python-headless"),
    reads=(SOURCE,),
)
