"""From stored crops to expressions: every model looks at each face, and one set of numbers comes out.

The smile's numbers were found by bench/expressions.py --fit on 373 labelled faces; see SMILE.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
import polars as pl

from rushes.analyze import expression_models as networks
from rushes.analyze.expression_models import MINI_XCEPTION, Floats, Rgb
from rushes.analyze.expressions import EXPRESSIONS, NAMES, SOURCE, Params
from rushes.analyze.spec import ClipFacts, TablesByAnalyzer
from rushes.models.session import Models

Row = Mapping[str, Any]
_HAPPY = MINI_XCEPTION.index("happiness")
SMILE = (1.556, 1.268)
"""Intercept, and weight of mini-Xception's logarithm of happy: logistic regression on 373 labelled faces, 60 of them
happy, the intercept set so that 0.6 is reached by 2.75 % of the others. Held out (5 folds, 20 divisions) 0.69 of the happy
faces and 0.030 of the others reach 0.6. The order of faces is the network's own: no fit can change it."""
SMILE_MOVED = (1.447, 1.208, 0.201, -0.674, -0.099, -0.552)
"""The same with the movements of MOVEMENTS behind it, held near 0 by the fit. Held out 0.70 and 0.030: no more than chance
better. Movements searched for on the same faces looked far better (AUC of happy against the others 0.97), and fell to 0.94
when the search was made within the folds: they are not used."""


def start(
    params: Params, facts: ClipFacts, tables: TablesByAnalyzer, models: Models
) -> Mapping[str, pl.DataFrame]:
    """`expressions`: a row per face whose crop can be read. Raises ModelError where a model cannot be read."""
    cv2.setNumThreads(1)
    found = tables[SOURCE]
    sizes = {row["pts"]: (row["width_px"], row["height_px"]) for row in found["pictures"].rows(named=True)}
    jpegs = {
        (pts, face): jpeg for pts, face, jpeg in found["crops"].select("pts", "face", "jpeg").iter_rows()
    }
    rows = []
    for box in found["boxes"].sort("pts", "face").iter_rows(named=True):
        crop = networks.crop_of(jpegs.get((box["pts"], box["face"]), b""))
        if crop is not None:
            roll = roll_rad(box, sizes[box["pts"]])
            shapes = read_shapes(crop, roll, params, models)
            said, smile = _read_face(crop, roll, params, models, shapes)
            shut = None if shapes is None else float(shapes[list(networks.EYES_SHUT)].mean())
            rows.append((box["pts"], box["t_s"], box["face"], *said.tolist(), smile, shut))
    schema = {name: getattr(pl, kind) for name, kind in EXPRESSIONS}
    return {"expressions": pl.DataFrame(rows, schema=schema, orient="row")}


def read_face(crop: Rgb, roll: float, params: Params, models: Models) -> tuple[Floats, float]:
    """The eight expressions (shape (8,), sum 1) and how likely the face smiles, 0..1.

    Models that name expressions count alike. The happiness of mini-Xception is its calibrated smile, so that one number
    cannot contradict the other.
    """
    return _read_face(crop, roll, params, models, read_shapes(crop, roll, params, models))


def read_shapes(crop: Rgb, roll: float, params: Params, models: Models) -> Floats | None:
    """The 52 blendshapes of a face; None without their model, or where no face is seen."""
    if "face_blendshapes" not in params.models:
        return None
    sessions = models.onnx("face_landmarks"), models.onnx("face_blendshapes")
    return networks.blendshapes_01(*sessions, crop, roll)


def _read_face(
    crop: Rgb, roll: float, params: Params, models: Models, shapes: Floats | None
) -> tuple[Floats, float]:
    gray = np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    said = []
    if "mini_xception" in params.models:
        logs = networks.mini_xception_log(models.onnx("mini_xception"), gray, params.paddings, roll)
        movements = None if shapes is None else networks.moved_01(shapes)
        said.append(eight_of_seven(logs, smile_01(logs, movements)))
    if "emotion_ferplus" in params.models:
        said.append(networks.ferplus_01(models.onnx("emotion_ferplus"), gray, params.padding, roll))
    mean = np.mean(said, axis=0)
    shares = mean / mean.sum()
    return shares, float(shares[NAMES.index("happiness")])


def eight_of_seven(logs: Floats, smile: float) -> Floats:
    """The eight from logarithms of mini-Xception's seven: happiness is the smile, the others share the rest; no contempt.

    Returns shape (8,), sum 1.
    """
    raised = np.exp(logs)
    raised[_HAPPY] = 0.0
    rest = raised / raised.sum() * (1 - smile)
    rest[_HAPPY] = smile
    shares = dict(zip(MINI_XCEPTION, rest.tolist(), strict=True))
    return np.array([shares.get(name, 0.0) for name in NAMES], np.float64)


def smile_01(logs: Floats, movements: Floats | None) -> float:
    """How likely a viewer says "smiles", from mini-Xception's logarithms and, where there are, movements of the face."""
    if movements is None:
        score = SMILE[0] + SMILE[1] * float(logs[_HAPPY])
    else:
        weights = np.array(SMILE_MOVED[1:], np.float64)
        score = SMILE_MOVED[0] + float(weights @ np.concatenate((logs[_HAPPY : _HAPPY + 1], movements)))
    return 1 / (1 + math.exp(-score))


def roll_rad(box: Row, size_px: tuple[int, int]) -> float:
    """Angle of the eyes against the picture, clockwise; 0 where an eye is missing."""
    eyes = [box[f"{side}_eye_{axis}_01"] for side in ("right", "left") for axis in ("x", "y")]
    if any(value is None for value in eyes):
        return 0.0
    width, height = size_px
    return math.atan2((eyes[3] - eyes[1]) * height, (eyes[2] - eyes[0]) * width)
