"""What a clip sounds like: what the analyzer `audio_events` takes and writes. The work is in audio_events_pass.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from rushes.analyze.spec import Analyzer, Column, SoundWish, Wishes
from rushes.recipe.limits import Limits, check_limits

MODEL = "yamnet"
RATE_HZ = 16000
WINDOW_SAMPLES = 15600
EVENTS = ("speech", "music", "laughter", "applause", "noise", "other", "silence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """hop_s: from one judged second to the next; half of it costs twice as much and times laughs better.
    floor_01: score below which a sound is `other`. quiet_share_01: a clip sounds like its most frequent event unless
    less than that share of it sounds like anything; then it is silent."""

    hop_s: Annotated[float, Limits(least=0.1, most=0.96)] = 0.96
    floor_01: Annotated[float, Limits(least=0, most=1)] = 0.2
    quiet_share_01: Annotated[float, Limits(least=0, most=1)] = 0.1

    def __post_init__(self) -> None:
        check_limits(self)


def wishes(params: Params) -> Wishes:
    """One channel at the model's rate."""
    return Wishes(sound=SoundWish(rate_hz=RATE_HZ, channels=1))


def models(params: Params) -> tuple[str, ...]:
    """YAMNet."""
    return (MODEL,)


def _score(name: str, says: str) -> Column:
    return Column(name=name, unit="01", per_sample=True, says=f"{says}; 0 without sound.")


COLUMNS = (
    _score("laughter_01", "How likely somebody laughs"),
    _score("music_01", "How likely music or singing is heard"),
    _score("applause_01", "How likely people clap, cheer or applaud"),
    _score(
        "background_noise_01",
        "How likely wind, rain, engines, fans, hum or hiss are heard, which spoil a voice",
    ),
    _score(
        "speech_event_01", "How likely a voice speaks, as one sound of many; speech_percent is more exact"
    ),
    Column(
        name="audio_event",
        type="text",
        choices=EVENTS,
        says="What is heard most often in the clip, pauses left out; silence without sound.",
    ),
)

ANALYZER = Analyzer(
    name="audio_events",
    version=2,
    source="clip",
    params=Params,
    wishes=wishes,
    start="rushes.analyze.audio_events_pass:start",
    columns=COLUMNS,
    libraries=("av", "numpy", "onnxruntime"),
    models=models,
)
