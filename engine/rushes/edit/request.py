"""What the edit is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from rushes.recipe.spec import EditSpec, SongSpec


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EditRequest:
    """Ranked footage, a song and the wishes of a recipe.

    segments: segment (unique), clip, shot_index, start_s, end_s; text columns angle, shot_type and motion_kind where
        they are known; rejected, reject_reasons, reasons; the score named by edit.score; columns of the analyzers.
    samples: clip, t_s (0.2 s bins from 0, without holes), the per-sample columns.
    clips: clip (unique), digest, duration_s, rate_fps, rejected.
    song: the song analyzer's JSON, None for an edit without a song.
    style: a mapping that holds to schemas/style.schema.json; what it does not say is as its defaults have it.
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
