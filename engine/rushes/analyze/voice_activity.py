"""Where somebody speaks: what the analyzer `voice_activity` takes and writes. The work is in voice_activity_pass.py.

It runs the model and judges nothing: `speech` reads its table, so a changed threshold decodes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from rushes.analyze.spec import Analyzer, SoundWish, Wishes
from rushes.recipe.limits import Limits, check_limits

MODEL = "silero_vad"
RATE_HZ = 16000
WINDOW_SAMPLES = 512
WINDOW_S = WINDOW_SAMPLES / RATE_HZ


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """quiet_peak_01: sound whose peaks of the last ten seconds stay below it is amplified to it before it is judged, so
    that a voice far from the microphone is found. most_gain_db: but by no more than that; 0 amplifies nothing."""

    quiet_peak_01: Annotated[float, Limits(above=0, most=1)] = 0.1
    most_gain_db: Annotated[float, Limits(least=0, most=60)] = 30.0

    def __post_init__(self) -> None:
        check_limits(self)


def wishes(params: Params) -> Wishes:
    """One channel at the model's rate."""
    return Wishes(sound=SoundWish(rate_hz=RATE_HZ, channels=1))


def models(params: Params) -> tuple[str, ...]:
    """Silero VAD."""
    return (MODEL,)


ANALYZER = Analyzer(
    name="voice_activity",
    version=2,
    source="clip",
    params=Params,
    wishes=wishes,
    start="rushes.analyze.voice_activity_pass:start",
    columns=(),
    tables={"speech": (("t_s", "Float64"), ("speech_01", "Float64"))},
    libraries=("av", "numpy", "onnxruntime"),
    models=models,
)
