"""What segments look like as a whole: the mean of the vectors that the analyzer `clip_embedding` gave their pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

LOOK_VECTOR = "look_vector"
"""Column of segments: float32, little-endian, of length 1; null where no picture was embedded. No expression sees it."""

_Vectors = npt.NDArray[np.float32]


def with_looks(segments: pl.DataFrame, embeddings: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Segments with LOOK_VECTOR; unchanged where nothing was embedded.

    segments: clip, start_s, end_s. embeddings: clip -> t_s, vector. A segment without a picture of its own has none.
    """
    if not any(len(frame) for frame in embeddings.values()):
        return segments
    known = {clip: _read(frame) for clip, frame in embeddings.items() if len(frame)}
    spans = segments.select("clip", "start_s", "end_s").iter_rows()
    looks = [_mean(*known[clip], start_s, end_s) if clip in known else None for clip, start_s, end_s in spans]
    return segments.with_columns(pl.Series(LOOK_VECTOR, looks, dtype=pl.Binary))


def read_looks(looks: Sequence[bytes | None]) -> tuple[_Vectors, npt.NDArray[np.bool_]]:
    """(rows, numbers) vectors, and (rows,) which are known; unknown ones are 0."""
    known = np.array([look is not None for look in looks], dtype=bool)
    length = max((len(look) // 4 for look in looks if look is not None), default=0)
    vectors = np.zeros((len(looks), length), dtype=np.float32)
    for row, look in enumerate(looks):
        if look is not None:
            vectors[row] = np.frombuffer(look, dtype="<f4")
    return vectors, known


def _read(frame: pl.DataFrame) -> tuple[npt.NDArray[np.float64], _Vectors]:
    ordered = frame.sort("t_s", "pts")
    vectors = [np.frombuffer(vector, dtype="<f4") for vector in ordered["vector"].to_list()]
    return ordered["t_s"].to_numpy(), np.stack(vectors).astype(np.float32)


def _mean(t_s: npt.NDArray[np.float64], vectors: _Vectors, start_s: float, end_s: float) -> bytes | None:
    inside = vectors[(t_s >= start_s) & (t_s < end_s)]
    if len(inside) == 0:
        return None
    mean = inside.mean(axis=0, dtype=np.float64)
    length = float(np.linalg.norm(mean))
    return (mean / length).astype("<f4").tobytes() if length > 0 else None
