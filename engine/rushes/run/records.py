"""What a run found, as the library file keeps it: a record per clip, with each analyzer's columns or why it has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rushes.analyze.spec import Analyzer
from rushes.graph.analysis import Analysis
from rushes.graph.compile import Sources, analyze_id
from rushes.recipe.expression import BUILT_IN_COLUMNS
from rushes.run.fingerprints import Fingerprint
from rushes.run.results import NodeResult
from rushes.store.library_file import AnalyzerResult, ClipRecord, Json

if TYPE_CHECKING:
    import polars as pl

_OF_THE_RUN = ("clip", "partial")
"""Built-in columns that are no facts of the clip: its name, and what this very run could not look at."""


def clip_records(
    clips: pl.DataFrame,
    seen: pl.DataFrame,
    sources: Sources,
    sizes_bytes: Mapping[str, int],
    analysis: Analysis,
    analyzers: Mapping[str, Analyzer],
    fingerprints: Mapping[str, Fingerprint],
    failures: Mapping[str, Mapping[str, str]],
) -> list[ClipRecord]:
    """A record for every clip of the footage that could be opened, in the order of the sources.

    clips: the library's frame `clips`; a clip of which nothing could be read has no row there. seen: its frame of that
    name: where metadata decides a column of an analyzer, the record keeps what was seen. sizes_bytes: by name of
    the clip. fingerprints: of `analysis.wanted`. failures: clip -> analyzer -> reason, as `analysis_failures` gives.
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
        row, failed = rows.get(source.name, {}), failures.get(source.name, {})
        found = {
            name: _result(fingerprints[name], failed.get(name, ""), row, columns[name]) for name in columns
        }
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
    fingerprint: Fingerprint, failure: str, row: Mapping[str, Json], columns: Sequence[str]
) -> AnalyzerResult:
    if failure:
        return AnalyzerResult(fingerprint=fingerprint.digest, state="failed", reason=failure)
    values = {name: row[name] for name in columns} if row else {}
    return AnalyzerResult(fingerprint=fingerprint.digest, state="ok", columns=values)


def analysis_failures(
    results: Mapping[str, NodeResult], sources: Sources, analysis: Analysis
) -> dict[str, dict[str, str]]:
    """Clip -> analyzer -> why it has no result in this run, of the clips that have such an analyzer."""
    found: dict[str, dict[str, str]] = {}
    for source in sources.clips:
        for spec in analysis.wanted:
            node = results.get(analyze_id(spec.name, source.name))
            if node is not None and node.failure:
                found.setdefault(source.name, {})[spec.name] = node.failure
    return found


def documents(fingerprints: Mapping[str, Fingerprint]) -> dict[str, Any]:
    """Digest -> document, as the library file keeps them beside the records."""
    return {fingerprint.digest: fingerprint.document for fingerprint in fingerprints.values()}
