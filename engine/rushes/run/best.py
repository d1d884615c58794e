"""The best clips of a library by a recipe: scores are computed anew from what is stored, and nothing is analysed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rushes.analyze.spec import Column
from rushes.errors import Problem, RecipeError
from rushes.graph.compile import rank_by
from rushes.media.find import name_metadata
from rushes.recipe.expression import BUILT_IN_COLUMNS
from rushes.recipe.names_used import names_used
from rushes.recipe.spec import Recipe
from rushes.run.footage import found_clips
from rushes.run.standing import NOTHING, Judge, Results, ViewRequest, Wanted, wanted_by
from rushes.store.digests import DigestIndex
from rushes.store.library_file import LibraryFile, Overview

if TYPE_CHECKING:
    import polars as pl

_SHOWN = (
    *("heuristic_score", "ml_score", "combined_score", "personalized_boost"),
    *("face_frames_percent", "smile_frames_percent", "speech_percent"),
)
"""Columns that are fields of a row; None where the recipe has no such column."""
_FOUND = frozenset({"analysed", "stale"})
"""Standings with columns."""
_FACTS = tuple(name for name in BUILT_IN_COLUMNS if name not in ("clip", "partial"))


@dataclass(frozen=True, slots=True, kw_only=True)
class BestClip:
    """One clip. Scores 0..1, the boost -1..1; what is not known is None."""

    rank: int | None
    """From 1; None where it is not scored."""
    clip: str
    """Its name in the footage; without --footage as the last run called it."""
    digest: str
    path: str
    score: float | None
    badge: str | None
    """high, medium or low."""
    heuristic_score: float | None
    ml_score: float | None
    combined_score: float | None
    personalized_boost: float | None
    face_frames_percent: float | None
    smile_frames_percent: float | None
    speech_percent: float | None
    reasons: tuple[str, ...] = ()
    ml_score_reasons: tuple[str, ...] = ()
    """The same: others know them by this name."""
    lacks: tuple[str, ...] = ()
    """What is missing of its analyses, or was made with other settings, as "analyzer: reason"; () where it is complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """Clips by one recipe."""

    recipe: str
    score: str
    """The score that ranks."""
    clips: tuple[BestClip, ...]
    """The best first; rejected clips are not among them."""
    unscored: tuple[BestClip, ...]
    """Clips without a score that are not rejected, by name, those that were never analysed too; why is in `lacks`."""
    total: int
    """All clips looked at."""
    scored: int
    """Those with a score that are not rejected: `clips` without its limit and threshold."""
    above: int
    """Those of them that reach the threshold."""
    rejected: int


@dataclass(frozen=True, slots=True, eq=False)
class _Clip:
    """A clip as it is called today. row: in the overview of the library; None where it was never analysed."""

    name: str
    path: str
    digest: str
    metadata: Mapping[str, str]
    row: int | None
    results: Results


def best(
    requests: Sequence[ViewRequest], *, threshold_01: float | None = None, limit: int | None = None
) -> list[Best]:
    """Rank the clips of one library by several recipes. limit: so many of `clips` and of `unscored`; None: all.

    Raises RecipeError, also for a recipe without a score; MediaError where a footage folder holds no clip; ModelError for
    a damaged model; StoreError where there is no library or it cannot be read.
    """
    with LibraryFile(requests[0].library, read_only=True) as file:
        return [_Ranking(request, file).best(threshold_01, limit) for request in requests]


class _Ranking:
    """One recipe's clips from best to worst."""

    def __init__(self, request: ViewRequest, file: LibraryFile) -> None:
        digests = DigestIndex(request.cache / "digests.index")
        self._file = file
        self._wanted = wanted_by(request, digests)
        self._score = _score_of(self._wanted.recipe)
        self._columns = _columns(self._wanted)
        self._view = file.overview([*_FACTS, *(column.name for column in self._columns)])
        self._judge = Judge(self._wanted, file.fingerprints(), now=False)
        self._clips = _clips(request, self._wanted, self._view, digests)

    def best(self, threshold_01: float | None, limit: int | None) -> Best:
        """The answer."""
        import polars as pl

        known = [clip for clip in self._clips if self._is_known(clip)]
        rows = self._scored(known).with_columns(row=pl.int_range(0, pl.len()))
        value, usable = pl.col(self._score), ~pl.col("rejected")
        ranked = rows.filter(usable & value.is_not_null()).sort(
            [self._score, "row"], descending=[True, False]
        )
        above = ranked if threshold_01 is None else ranked.filter(value >= threshold_01)
        most = len(self._clips) if limit is None else limit
        top = [(known[row["row"]], row) for row in above.head(most).iter_rows(named=True)]
        blank = {
            known[row["row"]]: row for row in rows.filter(usable & value.is_null()).iter_rows(named=True)
        }
        rest = [
            (clip, blank.get(clip, {})) for clip in self._clips if clip in blank or not self._is_known(clip)
        ]
        lacks = self._lacks([clip for clip, _ in (*top, *rest[:most])])
        return Best(
            recipe=self._wanted.recipe.name,
            score=self._score,
            clips=tuple(self._row(clip, row, lacks, rank) for rank, (clip, row) in enumerate(top, 1)),
            unscored=tuple(self._row(clip, row, lacks, None) for clip, row in rest[:most]),
            total=len(self._clips),
            scored=ranked.height,
            above=above.height,
            rejected=rows.height - rows.filter(usable).height,
        )

    def _is_known(self, clip: _Clip) -> bool:
        """Whether anything at all was found in it: a run leaves out clips of which nothing could be read."""
        return not _FOUND.isdisjoint(self._judge.standings(clip.results).values())

    def _scored(self, clips: Sequence[_Clip]) -> pl.DataFrame:
        """A row per clip, in their order: the stored columns, and what the recipe makes of them today."""
        from rushes.score.evaluate import score_clips

        recipe = self._wanted.recipe
        return score_clips(
            self._frame(clips),
            recipe.features,
            recipe.personal,
            recipe.scores,
            recipe.rules,
            recipe.thresholds,
            self._columns,
            max_reasons=recipe.outputs.max_reasons,
        )

    def _frame(self, clips: Sequence[_Clip]) -> pl.DataFrame:
        """As the library's frame `clips`, without lists and without what is known of a run only."""
        import polars as pl

        from rushes.score.stack import DTYPES, dtype_of

        types = {name: DTYPES[BUILT_IN_COLUMNS[name].type] for name in _FACTS}
        types |= {column.name: dtype_of(column) for column in self._columns}
        at = pl.Series([clip.row for clip in clips], dtype=pl.UInt32)
        stored = pl.DataFrame(
            {
                name: pl.Series(self._view.columns[name], dtype=dtype, strict=False).gather(at)
                for name, dtype in types.items()
            }
        )
        whole = [self._is_whole(clip) for clip in clips]
        frame = stored.select(
            pl.Series("clip", [clip.name for clip in clips], dtype=pl.String),
            pl.Series("digest", [clip.digest for clip in clips], dtype=pl.String),
            pl.all(),
            ~pl.Series("partial", whole, dtype=pl.Boolean),
        )
        return _with_metadata(frame, self._wanted, clips)

    def _is_whole(self, clip: _Clip) -> bool:
        return self._is_complete(clip) and self._judge.is_whole(clip.results)

    def _is_complete(self, clip: _Clip) -> bool:
        return clip.row is None or self._view.columns["complete"][clip.row] is not False

    def _lacks(self, clips: Sequence[_Clip]) -> dict[str, tuple[str, ...]]:
        records = {record.digest: record for record in self._file.clips([clip.digest for clip in clips])}
        return {
            clip.digest: self._judge.reasons(
                clip.results, records.get(clip.digest), complete=self._is_complete(clip)
            )
            for clip in clips
        }

    def _row(
        self, clip: _Clip, row: Mapping[str, Any], lacks: Mapping[str, tuple[str, ...]], rank: int | None
    ) -> BestClip:
        score = row.get(self._score)
        why = () if score is not None or lacks[clip.digest] else (f"no term of {self._score} has a value",)
        return BestClip(
            rank=rank,
            clip=clip.name,
            digest=clip.digest,
            path=clip.path,
            score=score,
            badge=_badge(self._wanted.recipe, score),
            **{name: row.get(name) for name in _SHOWN},
            reasons=tuple(row.get("reasons", ())),
            ml_score_reasons=tuple(row.get("ml_score_reasons", ())),
            lacks=(*lacks[clip.digest], *why),
        )


def _score_of(recipe: Recipe) -> str:
    score = rank_by(recipe)
    if score is None:
        what = f"the recipe {recipe.name} has no score to rank clips by"
        raise RecipeError(Problem(None, what, "give it one under scores"))
    return score


def _columns(wanted: Wanted) -> tuple[Column, ...]:
    """Those that the recipe's expressions use, or that are shown: to read all of them takes twice as long."""
    used = names_used(wanted.recipe) | {*_SHOWN}
    return tuple(
        column
        for name in wanted.analysis.named
        for column in wanted.analyzers[name].columns
        if column.name in used
    )


def _clips(request: ViewRequest, wanted: Wanted, view: Overview, digests: DigestIndex) -> list[_Clip]:
    """Sorted by name, then digest. With a footage folder its clips, else all that the library knows."""
    rules = wanted.recipe.footage.metadata
    if request.footage is None:
        ordered = sorted(zip(view.names, view.digests, range(len(view.names)), strict=True))
        return [
            _Clip(name, view.paths[row], digest, dict(name_metadata(name, rules)), row, view.states[row])
            for name, digest, row in ordered
        ]
    rows = {digest: row for row, digest in enumerate(view.digests)}
    found, _ = found_clips(request.footage, wanted.recipe.footage, digests, (request.cache,))
    clips = []
    for file, digest in found:
        row = rows.get(digest)
        results = NOTHING if row is None else view.states[row]
        clips.append(_Clip(file.clip, file.path, digest, dict(file.metadata), row, results))
    return clips


def _with_metadata(frame: pl.DataFrame, wanted: Wanted, clips: Sequence[_Clip]) -> pl.DataFrame:
    """What today's names say. It stands before what was seen, and is then sure, as in `score.library.gather`."""
    import polars as pl

    for name in sorted(wanted.recipe.footage.metadata):
        said = pl.Series([clip.metadata.get(name) for clip in clips], dtype=pl.String)
        sure = f"{name}_confidence_01"
        if sure in frame.columns:
            one = pl.when(said.is_not_null()).then(1.0).otherwise(pl.col(sure))
            frame = frame.with_columns(one.alias(sure))
        seen = pl.col(name) if name in frame.columns else pl.lit(None, pl.String)
        frame = frame.with_columns(pl.coalesce(said, seen).alias(name))
    return frame


def _badge(recipe: Recipe, score: float | None) -> str | None:
    badges = recipe.outputs.badges
    if score is None:
        return None
    return "high" if score >= badges.high_01 else "medium" if score >= badges.medium_01 else "low"
