"""The spec of the song analyzer: what a recipe may say about finding beats. The work is done in beats_pass.py."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """How the beat of a song is looked for."""

    min_bpm: float = 55.0
    """Slowest tempo, beats a minute, from 30."""
    max_bpm: float = 200.0
    """Fastest tempo, beats a minute, up to 300 and at least twice min_bpm, so that every song has a beat
    between them."""
    prior_bpm: float = 110.0
    """The tempo that is preferred where several fit equally well."""
    min_confidence_01: float = 0.15
    """Below this a song counts as having no beat. Measured: speech, noise and drones 0.0, strokes at
    random 0.0..0.3, music 0.3..1.0."""
    energy_smooth_s: float = 1.0
    """Width of the smoothing of the energy curve, seconds, above 0."""
    min_section_s: float = 6.0
    """The shortest section, seconds, above 0."""

    def __post_init__(self) -> None:
        if not 30.0 <= self.min_bpm <= self.max_bpm / 2 <= 150.0:
            raise ValueError(
                f"min_bpm={self.min_bpm} and max_bpm={self.max_bpm} are not in 30..300 with a factor of 2 between"
            )
        if not self.min_bpm <= self.prior_bpm <= self.max_bpm:
            raise ValueError(f"prior_bpm={self.prior_bpm} is not in {self.min_bpm}..{self.max_bpm}")
        if not 0.0 <= self.min_confidence_01 <= 1.0:
            raise ValueError(f"min_confidence_01={self.min_confidence_01} is not in 0..1")
        if self.energy_smooth_s <= 0.0 or self.min_section_s <= 0.0:
            raise ValueError(
                f"energy_smooth_s={self.energy_smooth_s} and min_section_s={self.min_section_s} must be above 0"
            )
