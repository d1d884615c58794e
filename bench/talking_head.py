"""The recipe talking_head on a real recording: speech lost, silences gone, sound in sync at the end, clicks at cuts.

    python bench/talking_head.py ../shared/data/talking ../shared/models [--json FILE]

The truth is Silero VAD on the sound as PyAV decodes it, at its authors' defaults and without any gain: a way of its own to
the times that the recipe finds. Sync is measured in the finished video: the sound of each shot is laid over that of the
source (cross correlation), and the last picture is looked for among the source's.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.resampler import AudioResampler
from rushes.analyze.speech import Params
from rushes.analyze.speech_pass import speech_spans
from rushes.models.session import Models
from rushes.run.deliver import run_recipe
from rushes.run.pipeline import RunRequest

Array = np.ndarray[Any, Any]
Span = tuple[float, float]
RATE_HZ = 48_000
VAD_HZ = 16_000
WINDOW, CONTEXT = 512, 64
LONG_S = 0.5
FRAME_S = 0.01
MODEL = "silero_vad/silero_vad_16k_op15.onnx"


def sound(path: Path, rate_hz: int) -> Array:
    """The mean of all channels, shape (n,)."""
    resampler = AudioResampler(format="fltp", layout="mono", rate=rate_hz)
    with av.open(str(path)) as container:
        blocks = [block for frame in container.decode(audio=0) for block in resampler.resample(frame)]
        blocks += resampler.resample(None)
    return np.concatenate([block.to_ndarray()[0] for block in blocks])


def voice(path: Path, models: Path) -> list[Span]:
    """Stretches of speech, at the defaults of the model's authors."""
    heard = sound(path, VAD_HZ)
    session = Models({"vad": models / MODEL}).onnx("vad")
    state, likely = np.zeros((2, 1, 128), np.float32), list[float]()
    padded = np.pad(heard, (CONTEXT, WINDOW)).astype(np.float32)
    for at in range(0, len(heard), WINDOW):
        fed = {
            "input": padded[None, at : at + CONTEXT + WINDOW],
            "state": state,
            "sr": np.array(VAD_HZ, np.int64),
        }
        found, state = session.run(None, fed)
        likely.append(float(found[0, 0]))
    begins = [n * WINDOW / VAD_HZ for n in range(len(likely))]
    return speech_spans(begins, likely, Params(), len(heard) / VAD_HZ)


def covered(spans: list[Span], length_s: float) -> Array:
    """Which frames of 10 ms have their middle in a span."""
    middles_s = (np.arange(round(length_s / FRAME_S)) + 0.5) * FRAME_S
    inside = np.zeros(len(middles_s), bool)
    for first, last in spans:
        inside |= (middles_s >= first) & (middles_s < last)
    return inside


def silences(speech: list[Span], length_s: float) -> list[float]:
    """Lengths of all silences of LONG_S and more, those at both ends too."""
    edges = [0.0, *(at for span in speech for at in span), length_s]
    gaps = [last - first for first, last in zip(edges[::2], edges[1::2], strict=True)]
    return [gap for gap in gaps if gap >= LONG_S]


def lag_ms(heard: Array, source: Array, record_s: float, source_s: float, length_s: float) -> float:
    """How much later a part of the edit sounds than it should, by the best match within 100 ms."""
    around = round(0.1 * RATE_HZ)
    part = heard[round(record_s * RATE_HZ) :][: round(length_s * RATE_HZ)]
    first = round(source_s * RATE_HZ) - around
    wide = np.pad(source, (max(0, -first), around + len(part)))[max(0, first) :][: len(part) + 2 * around]
    size = 1 << (len(wide) + len(part)).bit_length()
    spectrum = np.fft.rfft(wide, size) * np.conj(np.fft.rfft(part, size))
    match = np.fft.irfft(spectrum, size)[: 2 * around + 1]
    power = np.convolve(wide.astype(np.float64) ** 2, np.ones(len(part)), mode="valid")[: 2 * around + 1]
    at = int(np.argmax(match / np.sqrt(np.maximum(power, 1e-9))))
    return (around - at) * 1000 / RATE_HZ


def pictures(path: Path) -> list[Array]:
    """Luma of all pictures, small."""
    with av.open(str(path)) as container:
        return [
            f.reformat(320, 180, "gray8").to_ndarray().astype(np.int16) for f in container.decode(video=0)
        ]


def off_by_frames(edit: Path, source: Path, source_frame: int) -> int:
    """By how many frames the last picture of the edit is not the one that it should be; the nearest within five."""
    last, all_pictures = pictures(edit)[-1], pictures(source)
    near = range(max(0, source_frame - 5), min(len(all_pictures), source_frame + 6))
    return min(near, key=lambda at: (np.abs(all_pictures[at] - last).mean(), at)) - source_frame


def jump_ratio(heard: Array, cuts_s: list[float]) -> float:
    """Largest step from sample to sample within 20 ms of a cut, over the largest elsewhere."""
    steps = np.abs(np.diff(heard))
    near = np.zeros(len(steps), bool)
    for cut_s in cuts_s:
        near[round((cut_s - 0.02) * RATE_HZ) : round((cut_s + 0.02) * RATE_HZ)] = True
    return float(steps[near].max() / steps[~near].max())


def run(footage: Path, models: Path, out: Path, *settings: str) -> dict[str, Any]:
    """The timeline of a whole run of the recipe."""
    request = RunRequest(
        recipe="talking_head",
        footage=str(footage),
        overrides=settings,
        cache=out.parent / "cache",
        executor="inline",
        models=models,
    )
    run_recipe(request, out)
    found: dict[str, Any] = json.loads((out / "timeline.json").read_text())
    return found


def measured(footage: Path, models: Path, folder: Path) -> dict[str, Any]:
    """Everything, as a flat mapping."""
    clip = next(path for path in sorted(footage.iterdir()) if path.suffix == ".mp4")
    timeline = run(footage, models, folder / "out")
    run(footage, models, folder / "plain", "edit.talk.punch_in=null")
    video = folder / "out" / "video.mp4"
    source, heard = sound(clip, RATE_HZ), sound(video, RATE_HZ)
    length_s = len(source) / RATE_HZ
    truth, after = voice(clip, models), voice(video, models)
    shots = timeline["clips"]
    kept = covered([(shot["source_start_s"], shot["source_end_s"]) for shot in shots], length_s)
    spoken = covered(truth, length_s)
    before_silences, after_silences = silences(truth, length_s), silences(after, len(heard) / RATE_HZ)
    lags = [
        lag_ms(
            heard,
            source,
            shot["timeline_start_s"] + 0.05,
            shot["source_start_s"] + 0.05,
            shot["duration_s"] - 0.1,
        )
        for shot in shots
    ]
    last = shots[-1]
    last_frame = last["source_start_frames"] + round(
        (last["duration_frames"] - 1) * Fraction(last["source_rate_fps"]) / 30
    )
    return {
        "length_s": round(length_s, 3),
        "edit_s": round(len(heard) / RATE_HZ, 3),
        "shots": len(shots),
        "speech_frames_10ms": int(spoken.sum()),
        "speech_frames_lost": int((spoken & ~kept).sum()),
        "spoken_in_source_s": round(sum(b - a for a, b in truth), 3),
        "spoken_in_edit_s": round(sum(b - a for a, b in after), 3),
        "silences_over_0.5_s": len(before_silences),
        "silences_left": len(after_silences),
        "silence_gone_share": round(1 - sum(after_silences) / sum(before_silences), 4),
        "sound_lag_at_end_ms": round(lags[-1], 3),
        "sound_lag_worst_ms": round(max(lags, key=abs), 3),
        "picture_off_at_end_frames": off_by_frames(folder / "plain" / "video.mp4", clip, last_frame),
        "picture_and_sound_end_apart_ms": round(
            1000 * abs(len(heard) / RATE_HZ - sum(shot["duration_frames"] for shot in shots) / 30), 3
        ),
        "jump_at_cuts_over_elsewhere": round(
            jump_ratio(heard, [shot["timeline_start_s"] for shot in shots[1:]]), 4
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("footage", type=Path)
    parser.add_argument("models", type=Path)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measured(given.footage, given.models, Path(folder))
    for name, value in found.items():
        print(f"{name:34} {value}")
    if given.json:
        given.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
