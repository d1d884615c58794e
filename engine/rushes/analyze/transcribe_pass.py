"""What is said, written down by Whisper (through faster-whisper) while a clip streams past.

Sound is handed over a few minutes at a time, divided where it is quietest, so that memory does not grow with the clip. One
thread, no sampling: the same sound gives the same words.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rushes.analyze.spec import Picture, Seen, SoundBlock
from rushes.analyze.transcribe import MODELS, RATE_HZ, Params
from rushes.analyze.transcript_pass import transcript_tables
from rushes.analyze.transcript_read import Segment, Transcript, Word
from rushes.errors import ModelError, Problem
from rushes.media.info import MediaInfo
from rushes.models.session import Models

_PART_S = 240
_DIVIDED_WITHIN_S = 30
"""The quietest moment of so much of the end of a part is where the next one begins."""
_QUIET_S = 0.2
_FILES = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")
"""What faster-whisper calls the models of MODELS."""


def start(params: Params, info: MediaInfo, models: Models) -> Writer:
    """A writer for one clip. Raises ModelError where faster-whisper is not installed or cannot read the model."""
    return Writer(params, whisper(tuple(models.paths[name] for name in MODELS)))


@lru_cache(maxsize=1)
def whisper(paths: tuple[Path, ...]) -> Any:
    """The model, made once per process. paths: of MODELS."""
    try:
        from faster_whisper import WhisperModel
    except ImportError as error:
        what = "writing down what is said needs the package faster-whisper, which is not installed"
        raise ModelError(Problem(None, what, "pip install 'rushes[transcribe]'")) from error
    with tempfile.TemporaryDirectory(prefix="rushes-whisper-") as folder:
        for name, path in zip(_FILES, paths, strict=True):
            Path(folder, name).symlink_to(path.resolve())
        try:
            return WhisperModel(
                folder, device="cpu", compute_type="int8", cpu_threads=1, num_workers=1, local_files_only=True
            )
        except (RuntimeError, ValueError, OSError) as error:
            what = f"the model whisper cannot be used: {error}"
            raise ModelError(Problem(None, what, "rushes models install whisper")) from error


class Writer:
    """Keeps a few minutes of sound, and all words."""

    def __init__(self, params: Params, model: Any) -> None:
        self._params = params
        self._model = model
        self._language = params.language
        self._begin_s: float | None = None
        self._waiting: list[NDArray[np.float32]] = []
        self._count = 0
        self._segments: list[Segment] = []

    def update(self, picture: Picture) -> None:
        """Pictures say nothing."""

    def hear(self, block: SoundBlock) -> None:
        """Keep one block, and write down what is complete."""
        if self._begin_s is None:
            self._begin_s = block.t_s
        self._waiting.append(block.samples[:, 0])
        self._count += len(block.samples)
        if self._count >= _PART_S * RATE_HZ:
            self._write(whole=False)

    def finish(self, seen: Seen) -> Mapping[str, pl.DataFrame]:
        """The tables of a transcript; no source where there is no sound."""
        if self._count:
            self._write(whole=True)
        if self._begin_s is None:
            return _tables(None, "", seen)
        return _tables(Transcript(tuple(self._segments)), self._language, seen)

    def _write(self, *, whole: bool) -> None:
        sound = np.concatenate(self._waiting)
        end = len(sound) if whole else quietest(sound)
        found, about = self._model.transcribe(
            sound[:end],
            language=self._language or None,
            beam_size=self._params.beam,
            temperature=0.0,
            condition_on_previous_text=False,
            initial_prompt=self._params.prompt or None,
            word_timestamps=True,
        )
        assert self._begin_s is not None
        self._segments += [_segment(one, self._begin_s) for one in found]
        self._language = self._language or about.language
        self._begin_s += end / RATE_HZ
        self._waiting, self._count = [sound[end:]], len(sound) - end


def quietest(sound: NDArray[np.float32]) -> int:
    """The middle of the quietest fifth of a second of the end of a part, in samples."""
    step = round(_QUIET_S * RATE_HZ)
    first = max(0, len(sound) - _DIVIDED_WITHIN_S * RATE_HZ)
    steps = (len(sound) - first) // step
    power = np.square(sound[first : first + steps * step].reshape(steps, step)).mean(axis=1)
    return first + int(np.argmin(power)) * step + step // 2


def _segment(one: Any, begin_s: float) -> Segment:
    """Times of the part become times of the clip; what is heard before the picture starts begins with it."""

    def at(moment_s: float) -> float:
        return max(0.0, begin_s + float(moment_s))

    words = tuple(
        Word(at(word.start), at(word.end), word.word.strip(), float(word.probability))
        for word in one.words or ()
    )
    return Segment(at(one.start), at(one.end), one.text.strip(), words)


def _tables(transcript: Transcript | None, language: str, seen: Seen) -> dict[str, pl.DataFrame]:
    tables = transcript_tables(transcript, language, "transcribe", seen.decoded_duration_s)
    return {name: table for name, table in tables.items() if name != "clip"}
