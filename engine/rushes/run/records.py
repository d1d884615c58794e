"""What a run found, as the library file keeps it: a record per clip, with each analyzer's columns or why it has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rushes.analyze.spec import Analyzer
from rushes.graph.analysis import Analysis
from rushes.graph.compile import analyze_id
from rushes.graph.sources import Sources
from rushes.media.faults import NO_SOUND_DECODES
from rushes.recipe.expression import BUILT_IN_COLUMNS
from rushes.run.fingerprints import Fingerprint
from rushes.run.results import NodeResult
from rushes.store.library_file import AnalyzerResult, ClipRecord, Json, ResultState

if TYPE_CHECKING:
    import polars as pl

_OF_THE_RUN = ("clip", "partial")
"""Built-in columns that are no facts of the clip: its name, and what this very run could not look at."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an analyzer has no result of a clip, or what it was made without. transient: in this run, and the next one tries
    again. partial: there is a result all the same."""

    reason: str
    transient: bool = False
    partial: bool = False


def clip_records(
    clips: pl.DataFrame,
    seen: pl.DataFrame,
    sources: Sources,
    sizes_bytes: Mapping[str, int],
    analysis: Analysis,
    analyzers: Mapping[str, Analyzer],
    fingerprints: Mapping[str, Fingerprint],
    failures: Mapping[str, Mapping[str, Failure]],
) -> list[ClipRecord]:
    """A record for every clip of the footage that could be opened, in the order of the sources.

    What hears a clip of whose sound nothing could be decoded is partial, and so is what reads something partial.

    clips: the library's frame `clips`; a clip of which nothing could be read has no row there. seen: its frame of that
    name: where metadata decides a column of an analyzer, the record keeps what was seen. sizes_bytes: by name of
    the clip. fingerprints: of `analysis.wanted`. failures: clip -> analyzer -> why, as `analysis_failures` gives.
    """
    rows: dict[str, dict[str, Json]] = {row["clip"]: row for row in clips.iter_rows(named=True)}
    for row in seen.iter_rows(named=True):
        rows[row["clip"]] |= row
    facts = [name for name in BUILT_IN_COLUMNS if name in clips.columns and name not in _OF_THE_RUN]
    columns = {
        spec.name: [column.name for column in analyzers[spec.name].columns if column.name in clips.columns]
        for spec in analysis.wanted
    }
    missing = {
        name: AnalyzerResult(fingerprint="", state="unavailable", reason=problem.what)
        for name, problem in analysis.unavailable.items()
    }
    records: list[ClipRecord] = []
    for source in sources.clips:
        row = rows.get(source.name, {})
        failed = _spread(
            {**_unheard(row, analysis, analyzers), **failures.get(source.name, {})}, analysis, analyzers
        )
        found = {name: _result(fingerprints[name], failed.get(name), row, columns[name]) for name in columns}
        records.append(
            ClipRecord(
                digest=source.digest,
                name=source.name,
                path=source.path,
                bytes=sizes_bytes[source.name],
                facts={name: row[name] for name in facts} if row else {},
                metadata=dict(sources.metadata[source.name]),
                results={**found, **missing},
            )
        )
    return records


def _result(
    fingerprint: Fingerprint, failure: Failure | None, row: Mapping[str, Json], columns: Sequence[str]
) -> AnalyzerResult:
    if failure is not None and not failure.partial:
        state: ResultState = "interrupted" if failure.transient else "failed"
        return AnalyzerResult(fingerprint=fingerprint.digest, state=state, reason=failure.reason)
    return AnalyzerResult(
        fingerprint=fingerprint.digest,
        state="ok" if failure is None else "partial",
        reason="" if failure is None else failure.reason,
        columns={name: row[name] for name in columns} if row else {},
    )


def _unheard(
    row: Mapping[str, Json], analysis: Analysis, analyzers: Mapping[str, Analyzer]
) -> dict[str, Failure]:
    """Analyzers that listened to a clip of whose sound nothing could be decoded."""
    if f"sound: {NO_SOUND_DECODES}" not in (row.get("failures") or ()):
        return {}
    heard = (spec.name for spec in analysis.wanted if _listens(analyzers[spec.name], spec.params))
    return dict.fromkeys(heard, Failure(NO_SOUND_DECODES, partial=True))


def _listens(analyzer: Analyzer, params: Mapping[str, Any]) -> bool:
    return analyzer.source == "clip" and analyzer.wishes(analyzer.params(**params)).sound is not None


def _spread(
    failures: Mapping[str, Failure], analysis: Analysis, analyzers: Mapping[str, Analyzer]
) -> dict[str, Failure]:
    """Also those that were made from something partial: `wanted` names each after what it reads."""
    found = dict(failures)
    for spec in analysis.wanted:
        read = (found[name] for name in analyzers[spec.name].reads if name in found)
        lack = next((failure for failure in read if failure.partial), None)
        if lack is not None:
            found.setdefault(spec.name, lack)
    return found


def analysis_failures(
    results: Mapping[str, NodeResult],
    sources: Sources,
    analysis: Analysis,
    analyzers: Mapping[str, Analyzer],
) -> dict[str, dict[str, Failure]]:
    """Clip -> analyzer -> why it has no result in this run, or was made without another that it would have used."""
    found: dict[str, dict[str, Failure]] = {}
    for source in sources.clips:
        failed: dict[str, Failure] = {}
        for spec in analysis.wanted:
            node = results.get(analyze_id(spec.name, source.name))
            if node is None:
                continue
            without = [
                name for name in analyzers[spec.name].may_read if name in failed and not failed[name].partial
            ]
            if node.failure:
                failed[spec.name] = Failure(node.failure, node.transient)
            elif without:
                reasons = "; ".join(f"{name}: {failed[name].reason}" for name in without)
                failed[spec.name] = Failure(f"made without {reasons}", partial=True)
        if failed:
            found[source.name] = failed
    return found


def documents(fingerprints: Mapping[str, Fingerprint]) -> dict[str, Any]:
    """Digest -> document, as the library file keeps them beside the records."""
    return {fingerprint.digest: fingerprint.document for fingerprint in fingerprints.values()}
