from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from made_media import gray, write_clip
from rushes.analyze.clip_embedding import ANALYZER, Params
from rushes.analyze.clip_embedding_pass import model_input, unit_vectors
from rushes.analyze.clip_pass import analyze_clip
from rushes.errors import ModelError
from rushes.media.probe import probe
from rushes.models.session import Models


class Session:
    """Projects the mean colour of a picture onto 512 numbers: red, green, blue, and 1, times three."""

    def get_inputs(self) -> list[Any]:
        return [SimpleNamespace(name="pixel_values")]

    def run(self, outputs: None, feeds: dict[str, np.ndarray]) -> list[np.ndarray]:
        colour = feeds["pixel_values"].mean(axis=(2, 3))
        vector = np.zeros((1, 512), np.float32)
        vector[:, :3], vector[:, 3] = colour, 1
        return [np.zeros((1, 50, 768), np.float32), 3 * vector]


def test_the_middle_square_goes_in_as_red_green_blue_normalised():
    rgb = np.zeros((224, 448, 3), np.uint8)
    rgb[:, 112:336] = (255, 0, 128)
    pixels = model_input(rgb)
    assert (pixels.shape, pixels.dtype) == ((1, 3, 224, 224), np.float32)
    red, green, blue = pixels[0, :, 100, 100].tolist()
    assert red == pytest.approx((1 - 0.48145466) / 0.26862954)
    assert green == pytest.approx(-0.4578275 / 0.26130258)
    assert blue == pytest.approx((128 / 255 - 0.40821073) / 0.27577711, rel=1e-5)
    assert pixels[0, 0].min() == pixels[0, 0].max()


@pytest.mark.parametrize("shape", [(100, 400, 3), (400, 100, 3), (224, 224, 3), (7, 9, 3)])
def test_every_shape_and_size_fits(shape: tuple[int, int, int]):
    assert model_input(np.zeros(shape, np.uint8)).shape == (1, 3, 224, 224)


def test_vectors_have_length_one_and_other_outputs_are_left_alone():
    given = [np.ones((2, 50, 768)), np.ones((2, 768)), np.array([[3.0, 4.0] + [0.0] * 510] * 2)]
    assert unit_vectors(given, "clip_image")[1, :2].tolist() == pytest.approx([0.6, 0.8])


@pytest.mark.parametrize(
    "given", [[np.ones((1, 1000))], [], [np.zeros((1, 512))], [np.full((1, 512), np.nan)]]
)
def test_a_model_that_gives_no_embedding_is_named(given: list[np.ndarray]):
    with pytest.raises(ModelError, match="clip_image: the model gives no embeddings of 512 numbers"):
        unit_vectors(given, "clip_image")


def test_a_picture_every_two_seconds_and_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Models, "onnx", lambda self, name: Session())
    path = write_clip(tmp_path / "a.mp4", [gray(100, (320, 180)) for _ in range(50)], rate_fps=10)
    models = {"clip_embedding": Models()}
    tables = analyze_clip(probe(str(path)), {"clip_embedding": (ANALYZER, Params())}, models)[
        "clip_embedding"
    ]
    found = tables["embeddings"]
    assert found["t_s"].to_list() == pytest.approx([0, 2, 4, 4.9])
    assert [(name, str(kind)) for name, kind in found.schema.items()] == list(ANALYZER.tables["embeddings"])
    vectors = [np.frombuffer(data, "<f4") for data in found["vector"]]
    assert [float(np.linalg.norm(vector)) for vector in vectors] == pytest.approx([1.0] * 4)
    expected = (100 / 255 - 0.48145466) / 0.26862954
    assert vectors[0][0] / vectors[0][3] == pytest.approx(expected, abs=0.06)
