"""The footage that may be used: pieces of clips, and what is known of them along their length."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl

from rushes.edit.constraint_marks import PREFIX, marked
from rushes.edit.footage_bins import BIN_S, bins_of, column_of, quality_of, sample_bins, score_bins
from rushes.edit.in_points_bins import Moments, moments_of
from rushes.edit.kept import TOUCH_S
from rushes.edit.problem import Floats, Ints
from rushes.edit.request import KeptShot
from rushes.edit.speech_cuts import Speech, speech_of
from rushes.errors import ConstraintError, Problem
from rushes.media.find import matches_any
from rushes.recipe.spec import EditSpec

NO_ANGLE = "other"
_NEUTRAL = 0.5
_NTSC = 1001
"""Denominator of the television rates: 30000/1001 comes back exactly from its float."""
_MOTION = "motion_flow_score"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """An unbroken run of one shot with one angle, shot type and kind of motion, that a shot of the edit may lie in."""

    clip: str
    digest: str
    rate_fps: Fraction
    start_s: float
    end_s: float
    angle: str
    shot_type: str | None
    motion_kind: str | None
    first_bin: int
    """Where the clip's bins begin in the arrays of Footage."""
    facts: Mapping[str, float | None]
    """Means over the piece of columns that the timeline shows."""
    reasons: tuple[str, ...]
    rank: int = 0
    """Which piece by clip and time this is, or lies in, among all that would be offered without kept shots."""
    kept: str = ""
    """Id of the kept shot that this is, with its handles; "": new shots may lie in it."""
    marks: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What the constraints read of it, by the names of Footage.marks: equal in all segments that it is made of."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Footage:
    """All usable pieces, by clip and time.

    score, quality, motion: one value per bin of BIN_S of all clips, one clip after the other; 0..1.
    """

    pieces: tuple[Piece, ...]
    score: Floats
    quality: Floats
    motion: Floats
    has_score: bool
    has_motion: bool
    clip_count: int
    """Clips that were offered."""
    left_out: Mapping[str, str]
    """Clips without a usable piece -> the commonest reason."""
    copies: Mapping[str, str]
    """Clips with the bytes of another -> that other, which stands for both."""
    kept: tuple[KeptShot, ...] = ()
    """Shots that stand already, by the names of `pieces`."""
    marks: Mapping[str, pl.DataType] = field(default_factory=dict[str, pl.DataType])
    """Names and types of the marks of pieces (constraint_marks.py)."""
    thresholds: Mapping[str, float] = field(default_factory=dict[str, float])
    """Numbers that the recipe's expressions use by name."""
    speech: Speech | None = None
    """Where somebody speaks; None: no constraint asks, or nobody listened."""
    moments: Moments = field(default_factory=Moments)
    """What else is known of their moments: flaws, actions, accents."""
    offered: tuple[Piece, ...] = ()
    """All usable pieces as they are without kept shots: what counts as much motion depends on them."""
    unusable: tuple[Piece, ...] = ()
    """What may not be chosen, in such pieces too: a user may still put it into the edit."""

    def names_of(self, clip: str) -> tuple[str, ...]:
        """All names of the clip: its own, then those of its copies."""
        return (clip, *sorted(copy for copy, kept in self.copies.items() if kept == clip))


FACTS = (
    "visual_quality_01",
    "motion_flow_score",
    "color_variance_01",
    "sharpness_01",
    "shake_01",
    "exposure_01",
)


def gather_footage(
    segments: pl.DataFrame,
    samples: pl.DataFrame,
    clips: pl.DataFrame,
    edit: EditSpec,
    *,
    joined: bool,
    kept: Sequence[KeptShot] = (),
    shared: bool = False,
    thresholds: Mapping[str, float] = MappingProxyType({}),
    accents: pl.DataFrame | None = None,
) -> Footage:
    """Usable pieces of a library.

    joined: neighbouring segments of one shot that no constraint tells apart make one piece, so that a shot may lie across
    their border; else every segment is a piece of its own, which keeps the uses of one clip apart. Copies of one clip are
    one clip: only one of them is offered. kept: shots that stand already; each is a piece, and what it shows is in no other
    unless `shared`.
    """
    copies = _copies(segments, clips, edit)
    segments, marks = marked(segments, edit, thresholds)
    rows = _known(segments, clips, edit)
    never = _never_used(clips, edit)
    faults = [_fault(row, edit, never, copies) for row in rows]
    usable = [row for row, fault in zip(rows, faults, strict=True) if fault is None]
    others = [row for row, fault in zip(rows, faults, strict=True) if fault is not None]
    offsets, bins = bins_of(clips)
    grid = {
        "score": score_bins(usable, offsets, bins),
        "quality": sample_bins(samples, offsets, bins, quality_of(samples)),
        "motion": sample_bins(samples, offsets, bins, column_of(samples, _MOTION)),
    }
    has_motion = bool(np.isfinite(grid["motion"]).any())
    runs = _runs(usable) if joined else [[row] for row in usable]
    offered = tuple(replace(_piece(run, offsets), rank=rank) for rank, run in enumerate(runs))
    shots = tuple(replace(shot, clip=copies.get(shot.clip, shot.clip)) for shot in kept)
    known = {name: np.where(np.isfinite(values), values, _NEUTRAL) for name, values in grid.items()}
    return Footage(
        pieces=_with_kept(offered, shots, rows, offsets, edit, shared=shared),
        offered=offered,
        unusable=tuple(_piece(run, offsets) for run in _runs(others)),
        **known,
        has_score=any(row["score"] is not None for row in usable),
        has_motion=has_motion,
        clip_count=len(clips),
        left_out=_left_out(clips, rows, faults),
        copies=copies,
        kept=shots,
        marks=marks,
        thresholds=thresholds,
        speech=_speech(clips, edit, offsets),
        moments=moments_of(samples, accents, rows, offsets, bins),
    )


def _speech(clips: pl.DataFrame, edit: EditSpec, offsets: Mapping[str, int]) -> Speech | None:
    if not any(spec.uncut for spec in edit.constraints):
        return None
    return speech_of(clips, {clip: first * BIN_S for clip, first in offsets.items()})


def _with_kept(
    pieces: tuple[Piece, ...],
    shots: Sequence[KeptShot],
    rows: list[dict[str, Any]],
    offsets: Mapping[str, int],
    edit: EditSpec,
    *,
    shared: bool,
) -> tuple[Piece, ...]:
    """The pieces that no kept shot shows, and a piece for each kept shot whose source must stay."""
    if not shots:
        return pieces
    held = [shot for shot in shots if not _may_be_chosen(shot, pieces, edit)]
    taken = [] if shared else held
    free = [piece for piece in pieces if not _is_shown(piece, taken)]
    own = [_ranked(_kept_piece(shot, rows, offsets, edit), pieces) for shot in held]
    return tuple(sorted([*free, *own], key=lambda one: (one.clip, one.start_s, one.end_s, one.kept)))


def _may_be_chosen(shot: KeptShot, pieces: Sequence[Piece], edit: EditSpec) -> bool:
    """Whether another part of its clip may stand in its place, and there is one that is long enough."""
    least_s = shot.duration_frames / edit.frames_per_s + 2 * edit.handle_s
    return shot.hold == "position" and any(
        piece.clip == shot.clip and piece.end_s - piece.start_s >= least_s + 0.1 for piece in pieces
    )


def _is_shown(piece: Piece, shots: Sequence[KeptShot]) -> bool:
    """Whether kept shots show some of a piece: every piece is shown once."""
    return any(
        shot.clip == piece.clip
        and min(float(shot.source_end_s), piece.end_s) - max(float(shot.source_start_s), piece.start_s)
        > TOUCH_S
        for shot in shots
    )


def _ranked(piece: Piece, offered: Sequence[Piece]) -> Piece:
    """With the rank of the last offered piece that does not begin after its middle."""
    middle = (piece.clip, (piece.start_s + piece.end_s) / 2)
    return replace(piece, rank=max(0, sum((one.clip, one.start_s) <= middle for one in offered) - 1))


def _kept_piece(
    shot: KeptShot, rows: list[dict[str, Any]], offsets: Mapping[str, int], edit: EditSpec
) -> Piece:
    """The source of a kept shot with its handles. What is known of it is what is known of the segments that it shows, or
    of the nearest one, whether new shots may come from there or not."""
    start_s, end_s = float(shot.source_start_s), float(shot.source_end_s)
    own = [row for row in rows if row["clip"] == shot.clip]
    shown = [row for row in own if row["start_s"] < end_s - 1e-6 and row["end_s"] > start_s + 1e-6]
    run = shown or own[:1]
    if not run:
        raise ConstraintError(
            Problem(
                None,
                f"{shot.clip} stands in the edit, but nothing is known of it in the footage",
                "take the shot out of the edit first: `rushes edit OUT delete " + shot.id + "`",
            )
        )
    middle_s = (start_s + end_s) / 2
    best = min(run, key=lambda row: (abs((row["start_s"] + row["end_s"]) / 2 - middle_s), row["segment"]))
    return replace(
        _piece([best], offsets),
        start_s=start_s - edit.handle_s,
        end_s=end_s + edit.handle_s,
        kept=shot.id,
    )


def _copies(segments: pl.DataFrame, clips: pl.DataFrame, edit: EditSpec) -> dict[str, str]:
    """Clips with the bytes of another -> the one that is offered for them: one that must be used, then the first by name."""
    seen = set(segments["clip"].to_list())
    alike: dict[str, list[str]] = {}
    for clip, digest in clips.select("clip", "digest").sort("clip").iter_rows():
        if digest and clip in seen:
            alike.setdefault(digest, []).append(clip)
    copies: dict[str, str] = {}
    for names in alike.values():
        kept = min(names, key=lambda name: (not matches_any(name, edit.must_use), name))
        copies |= {name: kept for name in names if name != kept}
    return dict(sorted(copies.items()))


def _never_used(clips: pl.DataFrame, edit: EditSpec) -> frozenset[str]:
    """Clips that edit.never_use names, and all copies of them."""
    named = {clip for clip in clips["clip"].to_list() if matches_any(clip, edit.never_use)}
    digests = set(clips.filter(pl.col("clip").is_in(sorted(named)))["digest"].drop_nulls().to_list()) - {""}
    alike = clips.filter(pl.col("digest").is_in(sorted(digests)))["clip"].to_list()
    return frozenset(named | set(alike))


def _known(segments: pl.DataFrame, clips: pl.DataFrame, edit: EditSpec) -> list[dict[str, Any]]:
    """Segments as rows with the columns that the edit reads; absent ones are None."""
    wanted = {
        "score": edit.score,
        **{name: name for name in ("angle", "shot_type", "motion_kind", "reasons", "reject_reasons")},
        **{name: name for name in FACTS},
    }
    shown = [
        (pl.col(column) if column in segments.columns else pl.lit(None)).alias(name)
        for name, column in wanted.items()
    ]
    rejected = pl.col("rejected") if "rejected" in segments.columns else pl.lit(False)
    rates = clips.select("clip", "digest", "rate_fps", clip_rejected=_clip_rejected(clips))
    return (
        segments.select(
            "segment",
            "clip",
            "shot_index",
            "start_s",
            "end_s",
            rejected.alias("rejected"),
            *shown,
            pl.col(f"^{PREFIX}.*$"),
        )
        .join(rates, on="clip", how="inner")
        .sort("clip", "start_s", "segment")
        .to_dicts()
    )


def _clip_rejected(clips: pl.DataFrame) -> pl.Expr:
    return pl.col("rejected") if "rejected" in clips.columns else pl.lit(False)


def _fault(
    row: Mapping[str, Any], edit: EditSpec, never: frozenset[str], copies: Mapping[str, str]
) -> str | None:
    """Why a segment may not be used; None if it may."""
    if row["clip"] in never:
        return "never_use"
    if row["clip"] in copies:
        return "copy of another clip"
    if row["rejected"] or row["clip_rejected"]:
        reasons: list[str] = row["reject_reasons"] or []
        return reasons[0] if reasons else "rejected"
    if not row["rate_fps"]:
        return "no frame rate"
    if row["score"] is not None and row["score"] < edit.min_score_01:
        return f"score below {edit.min_score_01:g}"
    return None


def _left_out(clips: pl.DataFrame, rows: list[dict[str, Any]], faults: list[str | None]) -> dict[str, str]:
    found: dict[str, Counter[str]] = {}
    usable: set[str] = set()
    for row, fault in zip(rows, faults, strict=True):
        if fault is None:
            usable.add(row["clip"])
        else:
            found.setdefault(row["clip"], Counter())[fault] += 1
    left: dict[str, str] = {}
    for clip in sorted(set(clips["clip"].to_list()) - usable):
        counted = found.get(clip, Counter({"no segment": 1}))
        left[clip] = min(counted, key=lambda reason: (-counted[reason], reason))
    return left


def _runs(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Rows that follow each other within one shot and look alike, to the constraints too, joined."""
    runs: list[list[dict[str, Any]]] = []
    same = ["clip", "shot_index", "angle", "shot_type", "motion_kind"]
    same += [name for name in (rows[0] if rows else ()) if name.startswith(PREFIX)]
    for row in rows:
        last = runs[-1][-1] if runs else None
        alike = last is not None and all(last[name] == row[name] for name in same)
        if last is not None and alike and abs(last["end_s"] - row["start_s"]) < 1e-3:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _piece(run: list[dict[str, Any]], offsets: Mapping[str, int]) -> Piece:
    first = run[0]
    lengths = np.array([row["end_s"] - row["start_s"] for row in run])
    return Piece(
        clip=first["clip"],
        digest=first["digest"],
        rate_fps=Fraction(first["rate_fps"] or 0).limit_denominator(_NTSC),
        start_s=first["start_s"],
        end_s=run[-1]["end_s"],
        angle=first["angle"] or NO_ANGLE,
        shot_type=first["shot_type"],
        motion_kind=first["motion_kind"],
        first_bin=offsets[first["clip"]],
        facts={name: _mean([row[name] for row in run], lengths) for name in FACTS},
        reasons=tuple(dict.fromkeys(reason for row in run for reason in row["reasons"] or ())),
        marks={name: value for name, value in first.items() if name.startswith(PREFIX)},
    )


def _mean(values: list[float | None], lengths: Floats) -> float | None:
    known = [(value, length) for value, length in zip(values, lengths, strict=True) if value is not None]
    total = math.fsum(length for _, length in known)
    return float(math.fsum(value * length for value, length in known) / total) if total > 0 else None


def clip_indices(footage: Footage) -> tuple[tuple[str, ...], Ints]:
    """Names of the clips that have pieces, sorted, and the clip of each piece as an index."""
    names = tuple(sorted({piece.clip for piece in footage.pieces}))
    index = {name: at for at, name in enumerate(names)}
    return names, np.array([index[piece.clip] for piece in footage.pieces], dtype=np.int64)
