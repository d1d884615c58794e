"""Naming what a picture shows by comparing it with sentences: no training, only words (CLIP, arXiv 2103.00020).

The tokenizer is the optional package `tokenizers`: it is loaded only where a recipe asks for this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rushes.analyze.clip_embedding_pass import unit_vectors
from rushes.errors import ModelError, Problem
from rushes.models.session import Models, onnx_session

Floats = NDArray[np.float32]

TEXT_MODEL, TOKENIZER = "clip_text", "clip_tokenizer"
_MOST_TOKENS = 77
_SCALE = 100.0
"""By which CLIP's training multiplied cosines before the softmax."""


def label_vectors(prompts: Mapping[str, Sequence[str]], models: Models) -> Floats:
    """One unit vector a label, in the order of prompts: the mean direction of its sentences; shape (labels, 512).

    Made once per process. Raises ModelError where the package `tokenizers` is missing or a model unfit.
    """
    said = tuple((label, tuple(sentences)) for label, sentences in prompts.items())
    return _label_vectors(said, models.paths[TEXT_MODEL], models.paths[TOKENIZER], models.providers)


@lru_cache(maxsize=8)
def _label_vectors(
    said: tuple[tuple[str, tuple[str, ...]], ...], model: Path, tokenizer: Path, providers: tuple[str, ...]
) -> Floats:
    session, encode = onnx_session(model, providers), _encoder(tokenizer)
    name = session.get_inputs()[0].name
    means: list[Floats] = []
    for _, sentences in said:
        # One at a time: sentences of one length need no padding, of which exports disagree.
        outputs = [session.run(None, {name: encode(sentence)}) for sentence in sentences]
        vectors = np.concatenate([unit_vectors(list(output), TEXT_MODEL) for output in outputs])
        means.append(vectors.mean(axis=0))
    return unit_vectors([np.stack(means)], TEXT_MODEL)


def _encoder(path: Path) -> Any:
    """A function from a sentence to its tokens, shape (1, n) int64."""
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        what = "naming pictures by words needs the package tokenizers, which is not installed"
        raise ModelError(Problem(None, what, "pip install rushes[words], or set zero_shot: false")) from error
    tokenizer = Tokenizer.from_file(str(path))

    def encode(sentence: str) -> NDArray[np.int64]:
        tokens = tokenizer.encode(sentence).ids
        # Of a sentence that is too long the end mark stays: that is where the model reads its vector.
        return np.array([[*tokens[: _MOST_TOKENS - 1], *tokens[_MOST_TOKENS - 1 :][-1:]]], np.int64)

    return encode


def chances_01(vectors: Floats, labels: Floats) -> NDArray[np.float64]:
    """How well each label fits each picture: shape (pictures, labels), each row sums to 1.

    vectors: shape (pictures, 512); labels: shape (labels, 512); all of length 1.
    """
    closeness = _SCALE * (vectors @ labels.T).astype(np.float64)
    odds = np.exp(closeness - closeness.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))
