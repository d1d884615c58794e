"""The analyzer `transcribe` with the real faster-whisper, where it is installed: nothing stands for it here."""

import inspect
import os
import socket
from pathlib import Path

import numpy as np
import pytest
from command_line import rushes
from listened import in_blocks, info_of, recording, seen_of
from made_media import gray, write_clip
from made_whisper import SAYS, write_whisper
from rushes.analyze.tables import unpack_tables
from rushes.analyze.transcribe import PARTS, RATE_HZ, Params, models
from rushes.analyze.transcribe_pass import start, whisper
from rushes.errors import ModelError
from rushes.models.session import Models

pytest.importorskip(
    "faster_whisper",
    reason="faster-whisper is not installed (pip install 'rushes[transcribe]'): transcripts are tested with a fake alone",
)
SAID = [token.removeprefix("Ġ") for token in SAYS if "<|" not in token]
PARAMS = Params(model="whisper", prompt="")
INSTALLED = Path(os.environ.get("RUSHES_MODELS", "no models folder"))
"""Looked up while this file is read: in a test the variable is not set."""
FILES = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """No connection can be opened, and no model is left over from another test."""

    def refused(*_):
        raise AssertionError("a connection was asked for")

    monkeypatch.setattr(socket, "getaddrinfo", refused)
    whisper.cache_clear()
    yield
    whisper.cache_clear()


def made(folder: Path, **how) -> Path:
    """A folder with the four files under the names that the manifest has for them."""
    write_whisper(folder, **how)
    (folder / "vocabulary.json").rename(folder / "vocabulary.txt")
    return folder


def models_in(folder: Path) -> Models:
    return Models({"whisper" + part: folder / file for part, file in zip(PARTS, FILES, strict=True)})


def speech() -> np.ndarray:
    return np.concatenate([block.samples[:, 0] for block in recording("speech/jfk.flac")])


def tables_of(folder: Path, sound: np.ndarray, params: Params = PARAMS):
    duration_s = len(sound) / RATE_HZ
    writer = start(params, info_of(duration_s), models_in(folder))
    for block in in_blocks(sound):
        writer.hear(block)
    return writer.finish(seen_of(duration_s))


def test_faster_whisper_takes_all_that_it_is_given(tmp_path):
    from faster_whisper import WhisperModel

    asked = {"language", "beam_size", "temperature", "condition_on_previous_text", "hotwords"}
    asked |= {"word_timestamps", "vad_filter", "vad_parameters"}
    assert asked <= set(inspect.signature(WhisperModel.transcribe).parameters)
    asked = {"device", "compute_type", "cpu_threads", "num_workers", "local_files_only"}
    assert asked <= set(inspect.signature(WhisperModel).parameters)
    assert start(PARAMS, info_of(1.0), models_in(made(tmp_path / "whisper")))._model.model.n_mels == 80


def test_what_whisper_says_becomes_words_with_times_the_same_each_time(tmp_path):
    folder, sound = made(tmp_path / "whisper"), speech()
    tables = tables_of(folder, sound)
    words = tables["words"]
    assert words["word"].to_list() == SAID
    assert words["start_s"].is_sorted() and (words["end_s"] >= words["start_s"]).all()
    assert words["end_s"].max() <= len(sound) / RATE_HZ
    assert tables["source"].rows() == [("transcribe", "en")]
    again = tables_of(folder, sound)
    assert all(tables[name].equals(again[name]) for name in tables)


def test_every_half_minute_is_read(tmp_path):
    sound = np.tile(speech(), 6)
    words = tables_of(made(tmp_path / "whisper"), sound)["words"]
    assert words["word"].to_list()[:3] == SAID and len(words) >= 2 * len(SAID)
    assert words["start_s"].max() > 30


def test_where_nobody_speaks_nothing_is_written_and_no_language_found(tmp_path):
    silence = np.zeros(RATE_HZ * 5, np.float32)
    tables = tables_of(made(tmp_path / "whisper"), silence)
    assert tables["words"].is_empty() and tables["segments"].is_empty()
    assert tables["source"].rows() == [("transcribe", "")]


def test_a_large_whisper_that_hears_more_bands_is_read(tmp_path):
    words = tables_of(made(tmp_path / "whisper", bands=128), speech())["words"]
    assert words["word"].to_list() == SAID


@pytest.mark.parametrize("file", FILES[:3])
def test_a_file_that_is_none_of_whisper_is_told_in_words(tmp_path, file):
    folder = made(tmp_path / "whisper")
    (folder / file).write_bytes(b"no such thing")
    with pytest.raises(ModelError) as error:
        start(PARAMS, info_of(1.0), models_in(folder))
    assert "whisper is no Whisper that can be used (" in str(error.value)
    assert "rushes-whisper-" not in str(error.value)


def test_a_whisper_of_english_alone_knows_no_other_language(tmp_path):
    with pytest.raises(ModelError, match="the model whisper knows no language de"):
        start(Params(model="whisper", language="de"), info_of(1.0), models_in(made(tmp_path / "whisper")))


def test_a_run_writes_words_down_and_keeps_them(tmp_path):
    """From the files of a user's own Whisper to the words in the store."""
    for name in ("footage", "shelf", "models"):
        (tmp_path / name).mkdir()
    made(tmp_path / "shelf" / "whisper")
    sound = np.repeat(speech(), 3)[None]
    frames = [gray(90)] * (len(speech()) * 10 // RATE_HZ)
    write_clip(tmp_path / "footage" / "a.mp4", frames, rate_fps=10, sound=sound)
    recipe = tmp_path / "r.yaml"
    recipe.write_text(
        "schema: rushes/recipe@1\nanalyzers: {transcript: {}, transcribe: {model: whisper, prompt: ''}}\n"
        "edit: null\noutputs: {video: null, report: null}\n"
    )
    options = ("--models", tmp_path / "models")
    assert rushes("models", "install", "whisper", "--from", tmp_path / "shelf", *options).code == 0
    options += ("--footage", tmp_path / "footage", "--cache", tmp_path / "cache")
    options += ("--library", tmp_path / "l.sqlite", "--executor", "inline", "--json")
    first = rushes("run", recipe, "--out", tmp_path / "out", *options)
    assert first.code == 0, first.err
    again = rushes("run", recipe, "--out", tmp_path / "again", *options)
    assert again.json["nodes"]["ran"] == 0
    (words,) = {tuple(found) for found in _words(tmp_path / "cache")}
    assert list(words) == SAID


def _words(cache: Path):
    for path in sorted(cache.rglob("*")):
        if path.is_file() and path.read_bytes().startswith(b"RUSHTAB"):
            tables, _ = unpack_tables(path.read_bytes())
            if "words" in tables:
                yield tables["words"]["word"].to_list()


def test_whisper_base_understands_a_president():
    """The weights of the manifest themselves."""
    paths = [INSTALLED / "whisper_base" / file for file in FILES]
    if not all(path.exists() for path in paths):
        pytest.skip("no whisper_base in $RUSHES_MODELS: what is said is not compared with what is written")
    params = Params(language="en")
    sound = speech()
    writer = start(params, info_of(11.0), Models(dict(zip(models(params), paths, strict=True))))
    for block in in_blocks(sound):
        writer.hear(block)
    text = " ".join(writer.finish(seen_of(len(sound) / RATE_HZ))["words"]["word"]).lower()
    for phrase in (
        "my fellow americans",
        "what your country can do for you",
        "what you can do for your country",
    ):
        assert phrase in text.replace(",", "")
