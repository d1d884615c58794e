"""A Whisper that says the same of whatever it hears: as small as CTranslate2 reads them, and made without weights from
anywhere. It needs ctranslate2 and tokenizers, which come with faster-whisper."""

from __future__ import annotations

from pathlib import Path

import numpy as np

SAYS = ("<|0.00|>", "Ġred", "Ġgreen", "Ġblue", "<|2.00|>", "<|endoftext|>")
"""Token by token, of every half minute. Ġ is the space before a word."""
_SPECIAL = (
    "<|endoftext|>",
    "<|startoftranscript|>",
    "<|en|>",
    "<|translate|>",
    "<|transcribe|>",
    "<|startoflm|>",
    "<|startofprev|>",
    "<|nospeech|>",
    "<|notimestamps|>",
)
_WIDTH = 32
_BANDS = 80
_HEARD = 1500
_WRITTEN = 448


def write_whisper(folder: Path, says: tuple[str, ...] = SAYS, bands: int = _BANDS) -> Path:
    """model.bin, config.json, vocabulary.json and tokenizer.json."""
    from ctranslate2.specs import WhisperSpec
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    folder.mkdir(parents=True)
    text = [*sorted(pre_tokenizers.ByteLevel.alphabet()), *(t for t in dict.fromkeys(says) if "<|" not in t)]
    tokenizer = Tokenizer(models.BPE({token: n for n, token in enumerate(text)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(list(_SPECIAL))
    tokenizer.save(str(folder / "tokenizer.json"))
    tokens = [*text, *_SPECIAL, *(f"<|{n * 0.02:.2f}|>" for n in range(_HEARD + 1))]
    spec = WhisperSpec(1, 1, 1, 1)
    spec.register_vocabulary(tokens)
    spec.config.alignment_heads = [[0, 0]]
    spec.config.lang_ids = [tokens.index("<|en|>")]
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = []
    _fill(spec, [tokens.index(token) for token in says], len(tokens), bands)
    spec.validate()
    spec.save(str(folder))
    return folder


def _fill(spec, said: list[int], count: int, bands: int) -> None:
    """What it writes depends on the place in the text alone: the place's vector is the row of the token to write there."""
    chance = np.random.default_rng(7)

    def small(*shape: int) -> np.ndarray:
        return (0.1 * chance.standard_normal(shape)).astype(np.float32)

    def zeros(*shape: int) -> np.ndarray:
        return np.zeros(shape, np.float32)

    places = chance.standard_normal((_WRITTEN, _WIDTH)).astype(np.float32)
    places -= places.mean(axis=1, keepdims=True)
    places /= places.std(axis=1, keepdims=True)
    rows = zeros(count, _WIDTH)
    for place, token in enumerate(said):
        rows[token] += places[place]
    for norm in _norms(spec):
        norm.gamma, norm.beta = np.ones(_WIDTH, np.float32), zeros(_WIDTH)
    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = small(_WIDTH, bands, 3), zeros(_WIDTH)
    encoder.conv2.weight, encoder.conv2.bias = small(_WIDTH, _WIDTH, 3), zeros(_WIDTH)
    encoder.position_encodings.encodings = small(_HEARD, _WIDTH)
    decoder.position_encodings.encodings = places
    decoder.embeddings.weight = zeros(count, _WIDTH)
    decoder.projection.weight = rows
    for layer in (encoder.layer[0], decoder.layer[0]):
        layer.self_attention.linear[0].weight = small(3 * _WIDTH, _WIDTH)
        layer.self_attention.linear[1].weight = zeros(_WIDTH, _WIDTH)
        layer.ffn.linear_0.weight, layer.ffn.linear_1.weight = small(_WIDTH, _WIDTH), zeros(_WIDTH, _WIDTH)
    heard = decoder.layer[0].attention.linear
    heard[0].weight, heard[1].weight = small(_WIDTH, _WIDTH), small(2 * _WIDTH, _WIDTH)
    heard[2].weight = zeros(_WIDTH, _WIDTH)


def _norms(spec):
    for layer in (spec.encoder.layer[0], spec.decoder.layer[0]):
        yield layer.self_attention.layer_norm
        yield layer.ffn.layer_norm
    yield from (spec.encoder.layer_norm, spec.decoder.layer_norm, spec.decoder.layer[0].attention.layer_norm)
