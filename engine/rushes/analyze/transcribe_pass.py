"""What is said, written down by Whisper (through faster-whisper) while a clip streams past.

Sound is handed over a few minutes at a time, divided where it is quietest, so that memory does not grow with the clip. One
thread, no sampling: the same sound gives the same words. Whisper invents words where nobody speaks, so long silences are not
shown to it, and what it writes there all the same is known by its own measures of a failed reading (A. Radford et al.,
"Robust Speech Recognition via Large-Scale Weak Supervision", 2022, section 4.5).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rushes.analyze.spec import Picture, Seen, SoundBlock
from rushes.analyze.transcribe import RATE_HZ, Params
from rushes.analyze.transcribe import models as models_of
from rushes.analyze.transcript_pass import transcript_tables
from rushes.analyze.transcript_read import Segment, Transcript, Word
from rushes.errors import InferenceError, ModelError, Place, Problem
from rushes.media.info import MediaInfo
from rushes.models.session import Models

_PART_S = 240
_DIVIDED_WITHIN_S = 30
"""The quietest moment of so much of the end of a part is where the next one begins."""
_QUIET_S = 0.2
_FILES = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")
"""What faster-whisper calls the four models, in the order of transcribe.PARTS."""
_SPEECH = {"min_silence_duration_ms": 500, "speech_pad_ms": 250}
"""Silences that talking_head would cut are not shown to Whisper."""
_MOST_COMPRESSION = 2.4
"""A text that zlib makes smaller by more says the same again and again."""
_LEAST_MEAN_LOG_PROBABILITY = -1.0
_HOW = "put its four files into a folder and rushes models install whisper --from DIR"


def start(params: Params, info: MediaInfo, models: Models) -> Writer:
    """A writer for one clip. Raises ModelError where faster-whisper is not installed, cannot read the model, or the model
    does not know the language."""
    model = whisper(tuple(models.paths[name] for name in models_of(params)))
    if params.language and params.language not in model.supported_languages:
        what = f"the model {params.model} knows no language {params.language}"
        known = ", ".join(sorted(model.supported_languages))
        raise ModelError(Problem(None, what, f"analyzers.transcribe.language is one of {known}"))
    return Writer(params, model)


@lru_cache(maxsize=1)
def whisper(paths: tuple[Path, ...]) -> Any:
    """The model, made once per process. paths: of its four files."""
    try:
        from faster_whisper import WhisperModel
        from tokenizers import Tokenizer
    except ImportError as error:
        what = "writing down what is said needs the package faster-whisper, which is not installed"
        raise ModelError(Problem(None, what, "pip install 'rushes[transcribe]'")) from error
    with tempfile.TemporaryDirectory(prefix="rushes-whisper-") as folder:
        # A folder of its own: a file that lies beside them, and that no digest vouches for, is not read.
        for name, path in zip(_FILES, paths, strict=True):
            _lay(path.resolve(), Path(folder, _file_name(name, path)))
        try:
            # Read alone first: from a file, its library raises plain Exception where it cannot.
            Tokenizer.from_buffer(Path(folder, "tokenizer.json").read_bytes())
            model = WhisperModel(
                folder, device="cpu", compute_type="int8", cpu_threads=1, num_workers=1, local_files_only=True
            )
        # CTranslate2 raises both, the tokenizer's library the latter.
        except (RuntimeError, ValueError) as error:
            what = f"{paths[0].parent.name} is no Whisper that can be used ({_line(error, folder)})"
            raise ModelError(Problem(Place(str(paths[0])), what, _HOW)) from error
    return _with_bands(model)


def _file_name(name: str, path: Path) -> str:
    """Newer conversions have their vocabulary as JSON, and CTranslate2 tells the two by their names."""
    if name != "vocabulary.txt":
        return name
    with path.open("rb") as file:
        return "vocabulary.json" if file.read(16).lstrip().startswith(b"[") else name


def _lay(path: Path, target: Path) -> None:
    try:
        target.symlink_to(path)
    except OSError:
        # Windows lets few users make links.
        shutil.copyfile(path, target)


def _with_bands(model: Any) -> Any:
    """Large models hear more bands than faster-whisper takes where nothing tells it."""
    if model.model.n_mels != len(model.feature_extractor.mel_filters):
        from faster_whisper.feature_extractor import FeatureExtractor

        model.feature_extractor = FeatureExtractor(feature_size=model.model.n_mels)
    return model


def _line(error: Exception, folder: str) -> str:
    """The first line of what a library says, without the path of a folder that is gone by then."""
    text = next(iter(str(error).splitlines()), type(error).__name__)
    return text.replace(folder, "").replace("'/", "'")


@contextmanager
def _told() -> Generator[None]:
    try:
        yield
    except RuntimeError as error:
        what = f"Whisper gave up ({next(iter(str(error).splitlines()), 'it does not say why')})"
        fix = "run again; if it happens again, switch transcribe off or run rushes models verify"
        raise InferenceError(Problem(None, what, fix)) from error


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
        assert self._begin_s is not None
        with _told():
            segments, about = self._model.transcribe(
                sound[:end],
                language=self._language or None,
                beam_size=self._params.beam,
                temperature=0.0,
                condition_on_previous_text=False,
                # Not initial_prompt: that is forgotten after half a minute, and with it how fillers are written.
                hotwords=self._params.prompt or None,
                word_timestamps=True,
                vad_filter=True,
                vad_parameters=_SPEECH,
            )
            found = [_segment(one, self._begin_s) for one in segments if _is_read(one)]
        self._segments += found
        if found:
            # Of silence it would say any language.
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


def _is_read(one: Any) -> bool:
    """Whether Whisper itself would not call it a failed reading."""
    return bool(one.compression_ratio <= _MOST_COMPRESSION and one.avg_logprob >= _LEAST_MEAN_LOG_PROBABILITY)


def _segment(one: Any, begin_s: float) -> Segment:
    """Times of the part become times of the clip; what is heard before the picture starts begins with it."""

    def at(moment_s: float) -> float:
        return max(0.0, begin_s + float(moment_s))

    words = tuple(
        Word(at(word.start), at(word.end), word.word.strip(), float(word.probability))
        for word in one.words or ()
        if word.word.strip()
    )
    return Segment(at(one.start), at(one.end), one.text.strip(), words)


def _tables(transcript: Transcript | None, language: str, seen: Seen) -> dict[str, pl.DataFrame]:
    tables = transcript_tables(transcript, language, "transcribe", seen.decoded_duration_s)
    return {name: table for name, table in tables.items() if name != "clip"}
