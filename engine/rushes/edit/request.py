"""What the edit is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import polars as pl

    from rushes.recipe.spec import EditSpec, SongSpec

VARIATION_01 = 0.002
"""What a seed of the recipe may change the worth of a take by: it decides between near equals."""
Hold = Literal["position", "source", "both"]
"""What of a shot must stay: where it stands and how long (its source may be another part of the same clip), which source
it shows and how long (it may stand elsewhere), or both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptShot:
    """A shot of the edit that stands already and must stay. clip: its name in the footage as it lies now."""

    id: str
    clip: str
    source_start_s: Fraction
    source_end_s: Fraction
    record_start_frames: int
    duration_frames: int
    hold: Hold = "both"

    @property
    def record_end_frames(self) -> int:
        """Record frame just after its last picture."""
        return self.record_start_frames + self.duration_frames


@dataclass(frozen=True, slots=True, kw_only=True)
class AvoidedShot:
    """Source that should not come again.

    reason: why its user deleted it; "": not said. less_01: by how much the worth of its takes is lowered; 1: they are not
    offered at all.
    """

    clip: str
    start_s: float
    end_s: float
    reason: str = ""
    less_01: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EditRequest:
    """Ranked footage, a song and the wishes of a recipe.

    segments: segment (unique), clip, shot_index, start_s, end_s; text columns angle, shot_type and motion_kind where
        they are known; rejected, reject_reasons, reasons; the score named by edit.score; columns of the analyzers.
    samples: clip, t_s (0.2 s bins from 0, without holes), the per-sample columns.
    clips: clip (unique), digest, duration_s, rate_fps, rejected.
    song: the song analyzer's JSON, None for an edit without a song.
    style: a mapping that holds to schemas/style.schema.json; what it does not say is as its defaults have it.
    section_frames: the part of the edit that is chosen anew, half-open; None: all of it, from nothing. What `kept` does
        not fill lies inside. An instruction is already part of `edit` and `style`.
    accents: clip, t_s, strength_01 (1: the strongest of its clip) of the moments at which motion peaks; None: nobody looked.
    standing: the other shots of the section as they are now; of edits that are equally good, one with most of them is taken.
    thresholds: numbers that expressions use by name.
    variation_01: the weight of what edit.seed draws for each take, where it is not 0.
    """

    segments: pl.DataFrame
    samples: pl.DataFrame
    clips: pl.DataFrame
    song: Mapping[str, Any] | None
    song_file: str | None
    song_digest: str | None
    edit: EditSpec
    song_spec: SongSpec | None
    style: Mapping[str, Any]
    project_id: str
    creator_id: str
    section_frames: tuple[int, int] | None = None
    kept: tuple[KeptShot, ...] = ()
    standing: tuple[KeptShot, ...] = ()
    avoid: tuple[AvoidedShot, ...] = ()
    accents: pl.DataFrame | None = None
    thresholds: Mapping[str, float] = field(default_factory=dict[str, float])
    variation_01: float = VARIATION_01
