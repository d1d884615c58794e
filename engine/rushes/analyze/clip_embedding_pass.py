"""Embedding pictures by CLIP while a clip streams past."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import cv2
import numpy as np
import polars as pl
from numpy.typing import NDArray

from rushes.analyze.clip_embedding import LENGTH, MODEL, SIDE_PX, Params
from rushes.analyze.spec import Picture, Seen, SoundBlock
from rushes.errors import ModelError, Place, Problem
from rushes.media.info import MediaInfo
from rushes.models.session import Models

Floats = NDArray[np.float32]

_MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
_SPREAD = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)
"""Of the pictures that CLIP was trained on: red, green, blue, 0..1."""
_EMBEDDINGS: dict[str, Any] = {"pts": pl.Int64, "t_s": pl.Float64, "vector": pl.Binary}


def start(params: Params, info: MediaInfo, models: Models) -> PictureEmbedder:
    """An embedder for one clip. Raises ModelError where the model cannot be read."""
    # One clip, one core: threads of OpenCV would fight with the other clips.
    cv2.setNumThreads(1)
    return PictureEmbedder(models.onnx(MODEL))


class PictureEmbedder:
    """Keeps a vector a picture."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._rows: list[tuple[int, float, bytes]] = []

    def update(self, picture: Picture) -> None:
        """Embed one picture in colour."""
        name = self._session.get_inputs()[0].name
        given = self._session.run(None, {name: model_input(picture.pixels)})
        vector = unit_vectors(given, MODEL)[0]
        self._rows.append((picture.pts, picture.t_s, vector.astype("<f4").tobytes()))

    def hear(self, block: SoundBlock) -> None:
        """Sound has no picture."""

    def finish(self, seen: Seen) -> Mapping[str, pl.DataFrame]:
        """`embeddings`: vector is 512 float32, little-endian, of length 1."""
        return {"embeddings": pl.DataFrame(self._rows, schema=_EMBEDDINGS, orient="row")}


def model_input(rgb: NDArray[np.uint8]) -> Floats:
    """What the model takes of a picture: its middle square, normalised; shape (1, 3, 224, 224)."""
    height, width = rgb.shape[:2]
    scale = SIDE_PX / min(height, width)
    size = (max(SIDE_PX, round(width * scale)), max(SIDE_PX, round(height * scale)))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    fitted = cv2.resize(rgb, size, interpolation=kind)
    left, top = (size[0] - SIDE_PX) // 2, (size[1] - SIDE_PX) // 2
    square = fitted[top : top + SIDE_PX, left : left + SIDE_PX].astype(np.float32) / 255
    return np.ascontiguousarray(((square - _MEAN) / _SPREAD).transpose(2, 0, 1)[None], np.float32)


def unit_vectors(outputs: list[Any], model: str) -> Floats:
    """The embeddings among a model's outputs, each of length 1: shape (n, 512).

    Exports of CLIP also give the states before the projection: the embeddings are the only rows of 512 numbers.
    Raises ModelError where there are none, or none that has a direction.
    """
    found = [
        out for each in outputs if (out := np.asarray(each, np.float32)).ndim == 2 and out.shape[1] == LENGTH
    ]
    lengths = np.linalg.norm(found[0], axis=1, keepdims=True) if found else np.zeros((1, 1))
    if not found or not (np.isfinite(lengths) & (lengths > 0)).all():
        what = f"the model gives no embeddings of {LENGTH} numbers"
        raise ModelError(Problem(Place(model), what, "run rushes models verify"))
    return cast(Floats, found[0] / lengths)
