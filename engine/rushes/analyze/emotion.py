"""How people in a clip feel, by their faces: what the analyzer `emotion` reads and writes. The work is in emotion_pass.py.

It judges the numbers of `expressions` for the faces that `faces` accepts, so that a changed threshold runs no model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from rushes.analyze.expressions import NAMES
from rushes.analyze.spec import Analyzer, Column, no_wishes
from rushes.recipe.limits import Limits, check_limits

DETECTION, FACES, EXPRESSIONS = "face_detection", "faces", "expressions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """smile_happiness_01: a face smiles that is as happy as that. area_power: how much more a larger face counts in the
    mean of one picture: 1 by its area, 0.5 by its width, 0 not at all."""

    smile_happiness_01: Annotated[float, Limits(above=0, most=1)] = 0.6
    area_power: Annotated[float, Limits(least=0, most=2)] = 0.5

    def __post_init__(self) -> None:
        check_limits(self)


def _average(name: str) -> Column:
    return Column(
        name=f"emotion_{name}_avg",
        unit="01",
        per_sample=True,
        says=f"How much faces show {name}, on average over the pictures with a face. Missing without a face.",
    )


COLUMNS = (
    *(_average(name) for name in NAMES),
    Column(
        name="smile_frames_percent",
        unit="percent",
        per_sample=True,
        says="Share of the sampled pictures in which somebody smiles, in percent; pictures without a face count as 0.",
    ),
    Column(
        name="eyes_closed_01",
        unit="01",
        per_sample=True,
        says="How far faces have their eyes closed, 0 for open: a blink reaches 0.5 and more. Missing without a face, and "
        "without face_blendshapes among the models of `expressions`.",
    ),
    Column(
        name="emotion_dominant",
        type="text",
        choices=NAMES,
        says="What faces show most over the clip. Missing without a face.",
    ),
)

ANALYZER = Analyzer(
    name="emotion",
    version=2,
    source="tables",
    params=Params,
    wishes=no_wishes,
    start="rushes.analyze.emotion_pass:start",
    columns=COLUMNS,
    reads=(DETECTION, FACES, EXPRESSIONS),
)
