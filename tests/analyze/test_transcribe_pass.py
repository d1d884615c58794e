from __future__ import annotations

import sys
from pathlib import Path
from types import MappingProxyType, ModuleType, SimpleNamespace

import numpy as np
import pytest
from command_line import rushes
from listened import facts_of
from made_media import gray, write_clip
from rushes.analyze import transcribe_pass
from rushes.analyze.spec import Seen, SoundBlock
from rushes.analyze.transcribe import ANALYZER, RATE_HZ, Params, models
from rushes.analyze.transcribe_pass import Writer, quietest, start
from rushes.analyze.transcript import Params as TranscriptParams
from rushes.analyze.transcript_pass import start as start_transcript
from rushes.errors import InferenceError, ModelError
from rushes.models.session import Models


class FakeWhisper:
    """Hears one word a second, in every sound that it is given. measures: of each reading, as Whisper has them."""

    supported_languages = ("de", "en")
    measures = MappingProxyType({"compression_ratio": 1.2, "avg_logprob": -0.2})
    model = SimpleNamespace(n_mels=80)
    feature_extractor = SimpleNamespace(mel_filters=range(80))

    def __init__(self, *given, **options):
        self.files = sorted(path.name for path in Path(given[0]).iterdir()) if given else []
        self.options = options
        self.asked = []

    def transcribe(self, sound, **options):
        self.asked.append((len(sound) / RATE_HZ, options))
        count = int(len(sound) / RATE_HZ)
        words = [SimpleNamespace(start=n, end=n + 0.5, word=f" w{n}", probability=0.75) for n in range(count)]
        rows = [SimpleNamespace(start=0.0, end=float(count), text=" said", words=words, **self.measures)]
        return iter(rows), SimpleNamespace(language="en")


def seen(duration_s: float) -> Seen:
    info = facts_of(duration_s).info
    return Seen(info=info, decoded_duration_s=duration_s, frame_count=0, rate_fps=25, complete=True)


def written(writer: Writer, seconds: float, begin_s: float = 0.0, block_s: float = 1.0):
    sound = np.full((round(seconds * RATE_HZ), 1), 0.1, np.float32)
    step = round(block_s * RATE_HZ)
    for at in range(0, len(sound), step):
        writer.hear(SoundBlock(begin_s + at / RATE_HZ, sound[at : at + step], RATE_HZ))
    return writer.finish(seen(begin_s + seconds))


def test_words_have_the_times_of_the_clip():
    tables = written(Writer(Params(), FakeWhisper()), 3.0, begin_s=0.5)
    assert tables["words"].rows() == [
        (1, 0.5, 1.0, "w0", 0.75),
        (1, 1.5, 2.0, "w1", 0.75),
        (1, 2.5, 3.0, "w2", 0.75),
    ]
    assert tables["source"].rows() == [("transcribe", "en")]
    assert set(tables) == set(ANALYZER.tables)


def test_nothing_is_left_to_chance():
    model = FakeWhisper()
    written(Writer(Params(language="de", beam=3), model), 2.0)
    ((_, options),) = model.asked
    assert (options["temperature"], options["beam_size"], options["language"]) == (0.0, 3, "de")
    assert options["word_timestamps"]


def test_the_manner_of_writing_is_told_anew_every_half_minute():
    model = FakeWhisper()
    written(Writer(Params(prompt="Uh."), model), 2.0)
    ((_, options),) = model.asked
    # What faster-whisper calls initial_prompt holds for the first half minute alone.
    assert options["hotwords"] == "Uh." and "initial_prompt" not in options


@pytest.mark.parametrize(
    "measures",
    [{"compression_ratio": 5.0, "avg_logprob": -0.2}, {"compression_ratio": 1.2, "avg_logprob": -1.2}],
)
def test_a_reading_that_whisper_would_call_failed_is_left_out(measures):
    model = FakeWhisper()
    model.measures = measures
    tables = written(Writer(Params(), model), 2.0)
    assert tables["words"].is_empty()
    # Nor does a language follow from it.
    assert tables["source"].rows() == [("transcribe", "")]


def test_the_words_of_a_clip_that_whisper_cannot_read_are_told_without_a_traceback():
    def give_up(sound, **options):
        raise RuntimeError("Invalid input features shape\nmore")

    model = FakeWhisper()
    model.transcribe = give_up
    with pytest.raises(InferenceError) as error:
        written(Writer(Params(), model), 2.0)
    assert str(error.value).startswith("Whisper gave up (Invalid input features shape)")


def test_long_sound_is_handed_over_in_parts_without_a_hole():
    model = FakeWhisper()
    tables = written(Writer(Params(), model), 500.0)
    lengths = [length for length, _ in model.asked]
    assert len(lengths) == 3
    assert sum(lengths) == pytest.approx(500.0)
    assert tables["words"]["start_s"].is_sorted()
    # The language of the first part is that of the others.
    assert [options["language"] for _, options in model.asked] == [None, "en", "en"]


def test_parts_are_divided_where_it_is_quietest():
    sound = np.full(40 * RATE_HZ, 0.1, np.float32)
    sound[round(25.0 * RATE_HZ) : round(25.6 * RATE_HZ)] = 0
    assert quietest(sound) / RATE_HZ == pytest.approx(25.3, abs=0.3)


def test_a_clip_without_sound_has_no_transcript():
    tables = Writer(Params(), FakeWhisper()).finish(seen(3.0))
    assert tables["source"].is_empty() and tables["words"].is_empty()


def test_what_was_heard_is_the_transcript_of_a_clip_without_a_side_file():
    heard = written(Writer(Params(), FakeWhisper()), 3.0)
    found = start_transcript(TranscriptParams(), facts_of(3.0), {"transcribe": heard}, Models())
    assert found["words"].equals(heard["words"])
    assert found["clip"]["language"][0] == "en"


@pytest.fixture
def whisper_files(tmp_path):
    paths = {name: tmp_path / f"any_{name}" for name in models(Params())}
    for path in paths.values():
        path.write_bytes(b"x")
    transcribe_pass.whisper.cache_clear()
    yield Models(paths)
    transcribe_pass.whisper.cache_clear()


def installed(monkeypatch, whisper=FakeWhisper, tokenizer=lambda _data: None):
    """The packages, as far as they are asked for. tokenizer: what reads one."""
    for name, parts in {
        "faster_whisper": {"WhisperModel": whisper},
        "tokenizers": {"Tokenizer": SimpleNamespace(from_buffer=tokenizer)},
    }.items():
        module = ModuleType(name)
        vars(module).update(parts)
        monkeypatch.setitem(sys.modules, name, module)


def raising(error):
    def refuse(*_given, **_options):
        raise error

    return refuse


@pytest.mark.parametrize(
    "parts",
    [
        {"whisper": raising(RuntimeError("File model.bin is incomplete\nand more"))},
        {"tokenizer": raising(ValueError("File model.bin is incomplete"))},
    ],
)
def test_a_model_that_its_libraries_cannot_read_is_told(whisper_files, monkeypatch, parts):
    installed(monkeypatch, **parts)
    with pytest.raises(ModelError) as error:
        start(Params(), facts_of(1.0).info, whisper_files)
    path = next(iter(whisper_files.paths.values()))
    assert str(error.value) == (
        f"{path}: {path.parent.name} is no Whisper that can be used (File model.bin is incomplete)\n"
        "    fix: put its four files into a folder and rushes models install whisper --from DIR"
    )


@pytest.mark.parametrize("bug", [MemoryError, AttributeError])
def test_what_is_not_about_the_model_is_no_fault_of_its_files(whisper_files, monkeypatch, bug):
    installed(monkeypatch, raising(bug("nothing of the model's")))
    with pytest.raises(bug, match="nothing of the model's"):
        start(Params(), facts_of(1.0).info, whisper_files)


def test_the_model_is_read_from_its_four_files_on_one_thread_and_never_fetched(whisper_files, monkeypatch):
    installed(monkeypatch)
    writer = start(Params(), facts_of(1.0).info, whisper_files)
    model = writer._model
    assert model.files == ["config.json", "model.bin", "tokenizer.json", "vocabulary.txt"]
    assert model.options["local_files_only"] and model.options["cpu_threads"] == 1


def test_a_language_that_the_model_does_not_know_is_told(whisper_files, monkeypatch):
    installed(monkeypatch)
    with pytest.raises(ModelError) as error:
        start(Params(language="klingon"), facts_of(1.0).info, whisper_files)
    assert str(error.value) == (
        "the model whisper_base knows no language klingon\n    fix: analyzers.transcribe.language is one of de, en"
    )


def test_without_the_package_it_says_which_extra_to_install(whisper_files, monkeypatch):
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    with pytest.raises(ModelError) as error:
        start(Params(), facts_of(1.0).info, whisper_files)
    assert str(error.value) == (
        "writing down what is said needs the package faster-whisper, which is not installed\n"
        "    fix: pip install 'rushes[transcribe]'"
    )


def test_a_run_without_the_model_goes_on_and_says_what_is_left_out(tmp_path):
    (tmp_path / "footage").mkdir()
    (tmp_path / "models").mkdir()
    write_clip(tmp_path / "footage" / "a.mp4", [gray(90)] * 30)
    recipe = tmp_path / "r.yaml"
    recipe.write_text(
        "schema: rushes/recipe@1\nanalyzers: {transcript: {}, transcribe: {}}\nedit: null\n"
        "outputs: {video: null, report: null}\n"
    )
    ended = rushes(
        *(
            "run",
            recipe,
            "--footage",
            tmp_path / "footage",
            "--out",
            tmp_path / "out",
            "--executor",
            "inline",
        ),
        *(
            "--cache",
            tmp_path / "cache",
            "--library",
            tmp_path / "l.sqlite",
            "--models",
            tmp_path / "models",
            "--json",
        ),
    )
    assert ended.code == 0, ended.err
    (note,) = ended.json["notes"]
    assert note.startswith(
        "models are missing, so this was left out: transcribe (no whisper_base). To add it: "
    )
