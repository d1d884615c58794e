"""How loud a clip is (EBU R 128): what the analyzer `loudness` takes and writes. The work is in loudness_pass.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from rushes.analyze.spec import Analyzer, Column, SoundWish, Wishes
from rushes.recipe.limits import Limits, check_limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """silence_lufs: momentary loudness below which a moment counts as silent."""

    silence_lufs: Annotated[float, Limits(least=-120, most=0)] = -50.0

    def __post_init__(self) -> None:
        check_limits(self)


def wishes(params: Params) -> Wishes:
    """The sound as recorded."""
    return Wishes(sound=SoundWish())


COLUMNS = (
    Column(
        name="momentary_lufs",
        unit="lufs",
        per_sample=True,
        says="Loudness of 0.4 s around each moment; speech close to the microphone lies around -25.",
    ),
    Column(
        name="integrated_lufs",
        unit="lufs",
        says="Loudness of the whole clip by EBU R 128, silences left out; -70 is silence. Missing without sound.",
    ),
    Column(
        name="true_peak_db",
        unit="db",
        says="Highest peak between the samples, in dB of full scale; above -1 may distort. Missing without sound.",
    ),
    Column(
        name="loudness_range_lu",
        unit="lu",
        says="How much loudness varies, in loudness units; music 5 to 10, films above 15. Missing without sound.",
    ),
    Column(
        name="silence_share_01",
        unit="01",
        says="Share of the sound that is silent. Missing without sound.",
    ),
)

ANALYZER = Analyzer(
    name="loudness",
    version=2,
    source="clip",
    params=Params,
    wishes=wishes,
    start="rushes.analyze.loudness_pass:start",
    columns=COLUMNS,
    libraries=("av",),
)
