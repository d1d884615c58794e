from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from rushes.analyze import zero_shot
from rushes.analyze.zero_shot import chances_01, label_vectors
from rushes.errors import ModelError
from rushes.models.session import Models


def axis(number: int) -> np.ndarray:
    vector = np.zeros(512, np.float32)
    vector[number] = 1
    return vector


class Words:
    """A tokenizer that knows the length of words, between a start and an end mark."""

    @staticmethod
    def from_file(path: str) -> Words:
        return Words()

    def encode(self, sentence: str) -> Any:
        return SimpleNamespace(ids=[900, *(len(word) for word in sentence.split()), 901])


class TextModel:
    """Points along the axis of a sentence's longest word, twice as far."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    def get_inputs(self) -> list[Any]:
        return [SimpleNamespace(name="input_ids")]

    def run(self, outputs: None, feeds: dict[str, np.ndarray]) -> list[np.ndarray]:
        assert feeds["input_ids"].dtype == np.int64
        tokens = feeds["input_ids"][0].tolist()
        self.asked.append(tokens)
        return [2 * axis(max(tokens[1:-1]))[None]]


@pytest.fixture
def text_model(monkeypatch: pytest.MonkeyPatch) -> TextModel:
    model = TextModel()
    monkeypatch.setitem(sys.modules, "tokenizers", SimpleNamespace(Tokenizer=Words))
    monkeypatch.setattr(zero_shot, "onnx_session", lambda path, providers: model)
    zero_shot._label_vectors.cache_clear()
    return model


MODELS = Models({"clip_text": Path("clip_text.onnx"), "clip_tokenizer": Path("tokenizer.json")})


def test_a_label_points_to_the_middle_of_its_sentences(text_model: TextModel):
    found = label_vectors({"near": ("a bbb", "a bbbb"), "far": ("a bbbbb",)}, MODELS)
    assert found.shape == (2, 512)
    assert found[0, 3:5].tolist() == pytest.approx([0.5**0.5, 0.5**0.5])
    assert found[1, 5] == pytest.approx(1)
    assert text_model.asked == [[900, 1, 3, 901], [900, 1, 4, 901], [900, 1, 5, 901]]


def test_sentences_are_read_once_a_process(text_model: TextModel):
    for _ in range(3):
        label_vectors({"near": ("a bbb",)}, MODELS)
    assert len(text_model.asked) == 1


def test_a_sentence_that_is_too_long_keeps_its_end_mark(text_model: TextModel):
    label_vectors({"near": ("a " * 200,)}, MODELS)
    assert text_model.asked == [[900, *[1] * 75, 901]]


def test_without_the_package_the_fix_is_said(text_model: TextModel, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(ModelError) as caught:
        label_vectors({"near": ("a bbb",)}, MODELS)
    assert str(caught.value) == (
        "naming pictures by words needs the package tokenizers, which is not installed\n"
        "    fix: pip install rushes[words], or set zero_shot: false"
    )


def test_chances_are_the_softmax_of_a_hundred_times_the_cosine():
    labels = np.stack([axis(0), axis(1)])
    turned = np.sqrt(np.array([[0.5, 0.5], [0.5, 0.5]], np.float32))
    turned[1] = (np.cos(np.pi / 4 - 0.01), np.sin(np.pi / 4 - 0.01))
    vectors = np.pad(turned, ((0, 0), (0, 510)))
    found = chances_01(vectors, labels)
    apart = 100 * float(turned[1, 0] - turned[1, 1])
    assert found[0].tolist() == pytest.approx([0.5, 0.5])
    assert found[1, 0] == pytest.approx(1 / (1 + np.exp(-apart)), rel=1e-4)
