"""Speech and sounds of real recordings: F1 against labels, pauses, false speech in songs, and the cost of listening.

    python bench/speech.py ../shared/data ../shared/models [--cost]

`speech/sample.wav` is compared with its RTTM in frames of 10 ms, also made quieter: a voice far from the microphone.
Songs hold no speech. The cost is the processor time on one thread for a second of sound, and with --cost over that of
decoding a second of 1080p30, of a clip made as in bench/analysis.py.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import polars as pl
from analysis import decode_only, make_clip
from rushes.analyze import audio_events, speech, voice_activity
from rushes.analyze.audio_events_pass import EventListener
from rushes.analyze.spec import Accumulator, ClipFacts, Seen, SoundBlock, SoundWish
from rushes.analyze.speech_pass import start as start_speech
from rushes.analyze.voice_activity_pass import VoiceListener
from rushes.media.audio import sound_frames
from rushes.media.info import AudioInfo, MediaInfo
from rushes.media.probe import open_media, sound_stream
from rushes.media.sound import SoundTap
from rushes.models.session import Models

FILES = {
    "silero": "silero_vad/silero_vad_16k_op15.onnx",
    "yamnet": "yamnet/yamnet.onnx",
}
SPOKEN = ("speech/sample.wav", "speech/jfk.flac", "speech/silero_test.wav", "talking/example.mp4")
UNSPOKEN = ("songs/*.ogg", "songs/*.mp3", "beats/*.ogg", "mdn/*.mp4", "film/chaplin.mp4", "film/*.webm")
FRAME_S = 0.01
QUIETER_DB = (0, -20, -30, -40)


def heard(path: Path) -> list[SoundBlock]:
    """The sound of a file as analyzers hear it."""
    blocks: list[SoundBlock] = []
    tap = SoundTap(
        "", SoundWish(rate_hz=16000, channels=1), Fraction(0), lambda _, block: blocks.append(block)
    )
    with open_media(str(path)) as container:
        stream = sound_stream(container)
        assert stream is not None
        for frame in sound_frames(container, stream):
            tap.hear(frame)
    tap.finish()
    return blocks


def facts_of(blocks: Sequence[SoundBlock]) -> ClipFacts:
    """A clip as long as its sound."""
    end_s = blocks[-1].t_s + len(blocks[-1].samples) / blocks[-1].rate_hz
    audio = AudioInfo(codec="pcm", rate_hz=16000, channels=1, time_base=Fraction(1, 16000), start_pts=0)
    info = MediaInfo(
        path="", digest="", size_bytes=0, container="", duration_s=end_s, video=None, audio=audio
    )
    return ClipFacts(info=info, duration_s=end_s)


def listen(listener: Accumulator, blocks: Sequence[SoundBlock]) -> tuple[dict[str, pl.DataFrame], float]:
    """Tables, and processor milliseconds for a second of sound."""
    facts = facts_of(blocks)
    seen = Seen(
        info=facts.info,
        decoded_duration_s=facts.duration_s,
        frame_count=0,
        rate_fps=Fraction(30),
        complete=True,
    )
    begin = time.process_time()
    for block in blocks:
        listener.hear(block)
    tables = dict(listener.finish(seen))
    return tables, (time.process_time() - begin) * 1000 / facts.duration_s


def segments(tables: dict[str, pl.DataFrame], facts: ClipFacts) -> list[tuple[float, float]]:
    """Stretches of speech with the default parameters."""
    written = start_speech(speech.Params(), facts, {"voice_activity": tables}, Models())
    return written["segments"].rows()


def labels(rttm: Path) -> list[tuple[float, float]]:
    """Turns of speakers: begin and end."""
    lines = [line.split() for line in rttm.read_text().splitlines()]
    return [(float(line[3]), float(line[3]) + float(line[4])) for line in lines]


def frames(spans: Sequence[tuple[float, float]], count: int) -> np.ndarray:
    """Which frames have their middle in a span."""
    middles_s = (np.arange(count) + 0.5) * FRAME_S
    inside = np.zeros(count, bool)
    for first, last in spans:
        inside |= (middles_s >= first) & (middles_s < last)
    return inside


def f1(found: np.ndarray, true: np.ndarray) -> float:
    """Of frames."""
    return float(2 * (found & true).sum() / (found.sum() + true.sum()))


def louder(blocks: Sequence[SoundBlock], by_db: float) -> list[SoundBlock]:
    """The same sound, louder or quieter."""
    gain = np.float32(10 ** (by_db / 20))
    return [SoundBlock(block.t_s, block.samples * gain, block.rate_hz) for block in blocks]


def decode_ms(source: Path, folder: Path) -> float:
    """Processor milliseconds of decoding a second of 1080p30 on one thread; the least of three."""
    path = folder / "a.mp4"
    make_clip(source, path, seconds=4, mbit_s=12, seed=1)
    took: list[float] = []
    for _ in range(3):
        begin = time.process_time()
        decode_only(str(path))
        took.append((time.process_time() - begin) * 1000 / 4)
    return min(took)


def main() -> None:
    """Print all numbers."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("models", type=Path)
    parser.add_argument("--cost", action="store_true", help="compare with decoding")
    arguments = parser.parse_args()
    data: Path = arguments.data
    paths = {name: arguments.models / file for name, file in FILES.items()}
    models = Models({voice_activity.MODEL: paths["silero"], audio_events.MODEL: paths["yamnet"]})
    costs: dict[str, list[float]] = {"voice_activity": [], "audio_events": []}

    def voice(blocks: Sequence[SoundBlock]) -> list[tuple[float, float]]:
        listener = VoiceListener(voice_activity.Params(), models.onnx(voice_activity.MODEL))
        tables, cost = listen(listener, blocks)
        costs["voice_activity"].append(cost)
        return segments(tables, facts_of(blocks))

    true = labels(data / "speech/sample.rttm")
    sample = heard(data / "speech/sample.wav")
    for by_db in QUIETER_DB:
        found = frames(voice(louder(sample, by_db)), 3000)
        print(f"sample.wav {by_db:+4} dB   frame F1 {f1(found, frames(true, 3000)):.4f}")
    names = [*SPOKEN, *(p.relative_to(data).as_posix() for g in UNSPOKEN for p in sorted(data.glob(g)))]
    for name in names:
        blocks = heard(data / name)
        spans = voice(blocks)
        facts = facts_of(blocks)
        share = sum(last - first for first, last in spans) / facts.duration_s
        listener = EventListener(audio_events.Params(), facts.info, models.onnx(audio_events.MODEL))
        tables, cost = listen(listener, blocks)
        costs["audio_events"].append(cost)
        means = tables["samples"].drop("t_s").mean().row(0, named=True)
        scores = "  ".join(f"{event.removesuffix('_01')} {mean:.2f}" for event, mean in means.items())
        print(f"{name:32} speech {share:6.1%}  {tables['clip'].item():8} {scores}")
        if name in SPOKEN[1:2]:
            print("   ", "  ".join(f"{first:.2f}-{last:.2f}" for first, last in spans))
    for name, each in costs.items():
        print(f"{name}: {np.median(each):.2f} ms for a second of sound")
    if arguments.cost:
        with tempfile.TemporaryDirectory() as folder:
            took = decode_ms(data / "talking/example.mp4", Path(folder))
        both = sum(float(np.median(each)) for each in costs.values())
        print(f"decoding a second of 1080p30: {took:.0f} ms; both are {both / took:.3f} of it")


if __name__ == "__main__":
    main()
