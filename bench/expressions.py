"""Expressions: what `expressions` says of labelled faces, against the targets, how its numbers were found, what it costs.

    python bench/expressions.py ../shared/data --models ../shared/models [--fit]

Faces are those of faces/labelled that face_detection finds, one a picture. Held out means: the numbers of the smile were
fitted on four fifths of the faces and measured on the last, in turn, over twenty ways to divide them. Crops, models and
which movements count were not chosen within the folds; the crops of mini-Xception were compared on these faces.
Smiling is smile_01 of at least 0.6; --fit prints the numbers that stand in expressions_pass.py.
"""

from __future__ import annotations

import argparse
import csv
import math
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from faces import models_of, still_tables
from numpy.typing import NDArray
from rushes.analyze import expression_models as networks
from rushes.analyze import expressions_pass as ours
from rushes.analyze.expressions import NAMES, Params
from rushes.media.probe import probe
from rushes.models.session import Models
from scipy.stats import rankdata

FILES = {
    "mini_xception": "emotion_mini_xception/fer2013_mini_xception_119.onnx",
    "face_landmarks": "mediapipe/face_landmarks_detector.onnx",
    "face_blendshapes": "mediapipe/face_blendshapes.onnx",
}
SMILES_AT = 0.6
MOST_FALSE_01 = 0.0275
"""Share of the other faces that may smile where the numbers are fitted: a little below what is allowed."""
FOLDS, ROUNDS = 5, 20
Array = NDArray[Any]


class Faces:
    """Crops with their label and tilt."""

    def __init__(self, data: Path, folder: Path) -> None:
        info = probe(str(data / "asl_shoot/book.mkv"))
        tables = still_tables(data / "faces/labelled", info, models_of(folder, "yunet"), "yunet", 640)
        with (data / "faces/labelled/labels.csv").open() as lines:
            labels = [row["expression"] for row in csv.DictReader(lines)]
        sizes = {row["pts"]: (row["width_px"], row["height_px"]) for row in tables["pictures"].to_dicts()}
        jpegs = {(row["pts"], row["face"]): row["jpeg"] for row in tables["crops"].to_dicts()}
        boxes = [row for row in tables["boxes"].sort("pts", "face").to_dicts() if row["face"] == 0]
        self.crops = [networks.crop_of(jpegs[row["pts"], 0]) for row in boxes]
        self.rolls = [ours.roll_rad(row, sizes[row["pts"]]) for row in boxes]
        self.labels = np.array([labels[row["pts"]] for row in boxes])
        self.happy = self.labels == "happiness"
        self.happy_or_neutral = self.happy | (self.labels == "neutral")


def auc(true: Array, score: Array) -> float:
    """Share of pairs in the right order."""
    ranks, hits = rankdata(score), int(true.sum())
    return float((ranks[true].sum() - hits * (hits + 1) / 2) / (hits * (len(true) - hits)))


def fit(features: Array, faces: Faces, chosen: Array) -> Array:
    """Intercept and weights: logistic regression; then the intercept is moved to where as many of the other faces as
    MOST_FALSE_01 smile. The first feature is held lightly, movements are held near 0 unless they help. Neutral faces
    count 1.5 times: they are the most frequent in footage."""
    x, happy = features[chosen], faces.happy[chosen].astype(float)
    weight = np.where(faces.labels[chosen] == "neutral", 1.5, 1.0)
    mean, deviation = x.mean(0), x.std(0)
    z = np.c_[(x - mean) / deviation, np.ones(len(x))]
    penalty = np.diag(np.r_[2.0, np.full(x.shape[1] - 1, 60.0), 0.0])
    beta = np.zeros(z.shape[1])
    for _ in range(20):
        p = 1 / (1 + np.exp(-z @ beta))
        slope = z.T @ (weight * (p - happy)) + penalty @ beta
        beta -= np.linalg.solve((z * (weight * p * (1 - p))[:, None]).T @ z + penalty, slope)
    weights = beta[:-1] / deviation
    others = np.quantile((x @ weights)[happy == 0], 1 - MOST_FALSE_01)
    return np.r_[math.log(SMILES_AT / (1 - SMILES_AT)) - others, weights]


def divided(faces: Faces, seed: int) -> Array:
    """Fold of each face, every label spread evenly."""
    rng, folds = np.random.default_rng(seed), np.zeros(len(faces.labels), int)
    for label in sorted(set(faces.labels)):
        mine = rng.permutation(np.flatnonzero(faces.labels == label))
        folds[mine] = (np.arange(len(mine)) + rng.integers(FOLDS)) % FOLDS
    return folds


def held_out(happy: Array, features: Array, seen: Array, faces: Faces) -> tuple[Array, Array]:
    """AUC (happy against neutral, against all) and shares smiling (happy, others, fear and surprise): mean, deviation.

    features: of the faces that are seen; the others are judged by happy alone.
    """
    rows = []
    for seed in range(ROUNDS):
        folds, score = divided(faces, seed), np.zeros(len(faces.labels))
        for fold in range(FOLDS):
            for shown, among in ((happy, np.ones(len(seen), bool)), (features, seen)):
                numbers, mine = fit(shown, faces, (folds != fold) & among), (folds == fold) & among
                score[mine] = numbers[0] + shown[mine] @ numbers[1:]
        rows.append(measured(1 / (1 + np.exp(-score)), faces))
    return np.mean(rows, axis=0), np.std(rows, axis=0)


def measured(smile: Array, faces: Faces) -> list[float]:
    """The five numbers of one set of smiles."""
    both, smiles = faces.happy_or_neutral, smile >= SMILES_AT
    startled = np.isin(faces.labels, ("fear", "surprise"))
    return [
        auc(faces.happy[both], smile[both]),
        auc(faces.happy, smile),
        float(smiles[faces.happy].mean()),
        float(smiles[~faces.happy].mean()),
        float(smiles[startled].mean()),
    ]


def said(name: str, numbers: Any) -> str:
    """One line."""
    neutral, everybody, hits, false, startled = numbers
    return (
        f"{name:34} AUC happy/neutral {neutral:.4f}, happy/all {everybody:.4f}; smiling: happy {hits:.3f}, "
        f"others {false:.3f}, fear and surprise {startled:.3f}"
    )


def cost_ms(faces: Faces, params: Params, models: Models) -> float:
    """Milliseconds of processor time a face, decoding its crop included; least of three rounds."""
    jpegs = [cv2.imencode(".jpg", crop[..., ::-1])[1].tobytes() for crop in faces.crops[:40]]
    spent = []
    for _ in range(3):
        begin = time.process_time()
        for jpeg, roll in zip(jpegs, faces.rolls, strict=False):
            ours.read_face(networks.crop_of(jpeg), roll, params, models)
        spent.append((time.process_time() - begin) * 1000 / len(jpegs))
    return min(spent)


def main() -> None:
    """Print the numbers."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--fit", action="store_true")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    faces = Faces(arguments.data, arguments.models)
    models = Models({name: arguments.models / file for name, file in FILES.items()})
    alone, moved = Params(), Params(models=("mini_xception", "face_blendshapes"))
    print(f"{len(faces.labels)} faces, {int(faces.happy.sum())} happy")
    logs, movements = [], []
    for crop, roll in zip(faces.crops, faces.rolls, strict=True):
        gray = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
        logs.append(networks.mini_xception_log(models.onnx("mini_xception"), gray, alone.paddings, roll))
        sessions = models.onnx("face_landmarks"), models.onnx("face_blendshapes")
        movements.append(networks.movements_01(*sessions, crop, roll))
    happy = np.array(logs)[:, [networks.MINI_XCEPTION.index("happiness")]]
    seen = np.array([one is not None for one in movements])
    filled = np.array([one if one is not None else np.zeros(len(networks.MOVEMENTS)) for one in movements])
    print(f"landmarks see a face in {int(seen.sum())}")
    for name, params, features in (
        ("mini_xception", alone, happy),
        ("mini_xception, face_blendshapes", moved, np.c_[happy, filled]),
    ):
        mean, deviation = held_out(happy, features, seen, faces)
        print(said(f"{name}, held out", mean))
        print(said("  deviation over the divisions", deviation))
        if arguments.fit:
            among = seen if features.shape[1] > 1 else np.ones(len(seen), bool)
            print("  numbers:", [round(float(number), 3) for number in fit(features, faces, among)])
        read = [ours.read_face(*face, params, models) for face in zip(faces.crops, faces.rolls, strict=True)]
        print(said("  as shipped (fitted on these)", measured(np.array([smile for _, smile in read]), faces)))
        named = np.array([NAMES[int(np.argmax(eight))] for eight, _ in read])
        print(
            f"  right of all eight: {np.mean(named == faces.labels):.3f}; {cost_ms(faces, params, models):.2f} ms a face"
        )


if __name__ == "__main__":
    main()
