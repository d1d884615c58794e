"""What an analyzer's result follows from beside the clip: how the library file knows what is stale, and why.

The store knows nodes by keys, and keeps for each what it was made from. The library file outlives the store and knows
clips only, so every result there carries the digest of a document that says the same for one analyzer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rushes.graph.analysis import Analysis
from rushes.graph.compile import AnalysisTools
from rushes.graph.node import Json, Operation
from rushes.recipe.spec import AnalyzerSpec
from rushes.run.operations.table import OPERATIONS
from rushes.run.resolve import changed_params, first_few, installed_version
from rushes.store.canonical import canonical_json, digest_bytes, plain


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """digest: BLAKE3 (64 hex digits) of the canonical JSON of the document."""

    digest: str
    document: Mapping[str, Json]


def analysis_fingerprints(
    analysis: Analysis, tools: AnalysisTools, operations: Mapping[str, Operation] = OPERATIONS
) -> dict[str, Fingerprint]:
    """Of every analyzer that can run, by name, in the order of `analysis.wanted`."""
    found: dict[str, Fingerprint] = {}
    for spec in analysis.wanted:
        found[spec.name] = _fingerprint(spec, analysis.models[spec.name], tools, found, operations)
    return found


def _fingerprint(
    spec: AnalyzerSpec,
    models: Sequence[str],
    tools: AnalysisTools,
    known: Mapping[str, Fingerprint],
    operations: Mapping[str, Operation],
) -> Fingerprint:
    """known: of the analyzers before it, among them those that it reads."""
    analyzer = tools.analyzers[spec.name]
    steps = [operations["analyze" if analyzer.source == "clip" else "derive"], operations["library"]]
    libraries = {name: installed_version(name) for step in steps for name in step.libraries}
    libraries |= {name: tools.versions[name] for name in analyzer.libraries}
    document: dict[str, Json] = {
        "analyzer": spec.name,
        "version": analyzer.version,
        "params": dict(spec.params),
        "libraries": libraries,
        "operations": {step.name: step.version for step in steps},
        **_of_models(models, tools),
    }
    read = [name for name in (*analyzer.reads, *analyzer.may_read) if name in known]
    if read:
        document["reads"] = {name: known[name].document for name in read}
    return Fingerprint(digest_bytes(canonical_json(document)), plain(document))


def _of_models(models: Sequence[str], tools: AnalysisTools) -> dict[str, Json]:
    if not models:
        return {}
    return {
        "models": {name: tools.models.files[name].digest for name in models},
        "manifest_b3": tools.models.manifest_b3,
        "providers": list(tools.providers),
    }


def difference(old: Mapping[str, Json], new: Mapping[str, Json]) -> str:
    """What changed between two documents of one analyzer, in the words of `rushes plan`; "" where nothing did."""
    return "; ".join(dict.fromkeys(_differences(old, new)))


def _differences(old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[str]:
    if old.get("version") != new.get("version"):
        yield f"{new['analyzer']} v{old.get('version')}→v{new.get('version')}"
    yield from _changed_versions(old, new, "operations", "operation ")
    yield from _changed_versions(old, new, "libraries", "")
    yield from first_few(changed_params("", old.get("params"), new.get("params")), "params")
    yield from _changed_models(old, new)
    yield from _changed_reads(_part(old, "reads"), _part(new, "reads"))


def _part(document: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    found: Mapping[str, Json] = document.get(name, {})
    return found


def _changed_versions(
    old: Mapping[str, Json], new: Mapping[str, Json], part: str, before: str
) -> Iterator[str]:
    was, now = _part(old, part), _part(new, part)
    for name in sorted({*was, *now}):
        if was.get(name) != now.get(name):
            yield f"{before}{name} {was.get(name, 'unused')}→{now.get(name, 'unused')}"


def _changed_models(old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[str]:
    was, now = _part(old, "models"), _part(new, "models")
    for name in sorted({*was, *now}):
        if was.get(name) != now.get(name):
            verb = "added" if name not in was else "removed" if name not in now else "changed"
            yield f"model {name} {verb}"
    if old.get("manifest_b3") != new.get("manifest_b3") and was and now:
        yield "model manifest changed"
    if old.get("providers") != new.get("providers") and was and now:
        yield f"providers {', '.join(old['providers'])}→{', '.join(new['providers'])}"


def _changed_reads(was: Mapping[str, Json], now: Mapping[str, Json]) -> Iterator[str]:
    for name in sorted({*was, *now}):
        if name not in now or name not in was:
            yield f"{name} {'added' if name not in was else 'removed'}"
        else:
            # What says its own name already ("faces v1→v2") needs no other.
            yield from (
                text if text.startswith(f"{name} ") else f"{name}: {text}"
                for text in _differences(was[name], now[name])
            )
