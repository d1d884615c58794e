"""How the results in the library file stand to what a recipe wants of every clip today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeAlias

from rushes.analyze.spec import Analyzer
from rushes.analyze.table import known_analyzers
from rushes.graph.analysis import Analysis, plan_analysis
from rushes.recipe.spec import Recipe
from rushes.run.fingerprints import Fingerprint, analysis_fingerprints, difference
from rushes.run.recipe import resolve_recipe
from rushes.run.tools import analysis_tools
from rushes.store.digests import DigestIndex
from rushes.store.library_file import ClipRecord, Json, ResultState

Standing: TypeAlias = Literal["analysed", "missing", "stale", "failed", "unavailable"]
"""Of one analyzer and one clip. missing: it never ran. stale: it ran with other settings. unavailable: for want of a model."""

BREAKS_OFF = "the file breaks off before its end"
NEVER = "never analysed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewRequest:
    """What the command line asks for. Paths are as given; None: as the recipe says."""

    recipe: str
    footage: str | None = None
    profile: str | None = None
    overrides: tuple[str, ...] = ()
    cache: Path
    library: Path
    models: Path | None = None
    """The models folder; None: no model is at hand."""
    models_option: str = ""
    """What a command must say to mean the same models folder, such as "--models DIR"."""
    personal: Path | None = None
    """Folder of learned weights; None: the recipe's own count."""
    options: tuple[str, ...] = ()
    """What else a run must say to use the same folders and files, such as ("--cache", "DIR")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a recipe wants of every clip."""

    recipe: Recipe
    analyzers: Mapping[str, Analyzer]
    analysis: Analysis
    fingerprints: Mapping[str, Fingerprint]
    """Of the analyzers that can run."""

    @property
    def names(self) -> tuple[str, ...]:
        """Its analyzers of clips, those that cannot run too: in the order of the recipe, then those that they read."""
        return tuple(dict.fromkeys([*self.analysis.named, *(spec.name for spec in self.analysis.wanted)]))


def wanted_by(request: ViewRequest, digests: DigestIndex) -> Wanted:
    """Reads the recipe and looks which models are at hand. Raises RecipeError, ModelError for a damaged model."""
    analyzers = known_analyzers()
    recipe = resolve_recipe(
        request.recipe, analyzers, request.profile, request.overrides, request.personal
    ).recipe
    tools = analysis_tools(recipe, analyzers, request.models, digests, request.models_option)
    analysis = plan_analysis(recipe.analyzers, analyzers, tools.models)
    return Wanted(
        recipe=recipe,
        analyzers=analyzers,
        analysis=analysis,
        fingerprints=analysis_fingerprints(analysis, tools),
    )


Results: TypeAlias = Mapping[str, tuple[str, ResultState]]
"""Analyzer -> fingerprint and state, as `Overview.states` has them."""
NOTHING: Results = MappingProxyType({})
"""Of a clip that was never analysed."""
Standings: TypeAlias = Mapping[str, Standing]
"""Analyzer of the recipe -> how it stands."""


class Judge:
    """Compares what is known of clips with what is wanted.

    documents: of the library file, digest of a fingerprint -> document. now: an analyzer that cannot run today is
    unavailable whatever is known; else its results stay good.
    """

    def __init__(self, wanted: Wanted, documents: Mapping[str, Json], *, now: bool) -> None:
        self._documents = documents
        self._fingerprints = wanted.fingerprints
        self._unavailable = wanted.analysis.unavailable
        self._names = wanted.names
        self._now = now
        self._judged: dict[int, tuple[Results, Standings]] = {}
        self._whole: dict[int, bool] = {}
        """Of mappings that `_judged` keeps."""
        self._said: dict[tuple[str, str], str] = {}
        self._lacks: dict[tuple[int, bool], tuple[str, ...]] = {}
        """Of mappings that `_judged` keeps."""

    def standings(self, results: Results) -> Standings:
        """How the results of a clip stand; {} where nothing is known. Thousands of clips share one such mapping."""
        known = self._judged.get(id(results))
        if known is None:
            # Kept with its mapping, so that no other can take its place in memory.
            known = self._judged[id(results)] = (
                results,
                {n: self._standing(n, results) for n in self._names},
            )
        return known[1]

    def _standing(self, name: str, results: Results) -> Standing:
        fingerprint, state = results.get(name, ("", "unavailable"))
        if name in self._unavailable and (self._now or state == "unavailable"):
            return "unavailable"
        if state == "unavailable":
            return "missing"
        wanted = self._fingerprints.get(name)
        if wanted is not None and wanted.digest != fingerprint:
            return "stale"
        return "analysed" if state in ("ok", "partial") else "failed"

    def is_whole(self, results: Results) -> bool:
        """Whether every analyzer of the recipe has a result, today's or an older one, that was made without lacking anything."""
        known = self._whole.get(id(results))
        if known is None:
            standings = self.standings(results)
            partial = any(results[name][1] == "partial" for name in standings if name in results)
            known = self._whole[id(results)] = not partial and {*standings.values()} <= {"analysed", "stale"}
        return known

    def can_be_mended(self, results: Results) -> bool:
        """Whether something failed that another run would try again."""
        failed = (name for name, standing in self.standings(results).items() if standing == "failed")
        return any(results[name][1] == "interrupted" for name in failed)

    def reasons(self, results: Results, record: ClipRecord | None, *, complete: bool) -> tuple[str, ...]:
        """What a clip lacks, as "analyzers: reason", each reason once; "never analysed" alone where nothing is known of it.

        record: of the clip, needed where something failed or is partial. complete: False where the file breaks off.
        """
        if record is not None:
            return self._found_lacks(results, record, complete=complete)
        key = (id(results), complete)
        if key not in self._lacks:
            self._lacks[key] = self._found_lacks(results, None, complete=complete)
        return self._lacks[key]

    def _found_lacks(self, results: Results, record: ClipRecord | None, *, complete: bool) -> tuple[str, ...]:
        if not results:
            return (NEVER,)
        standings = self.standings(results)
        by_reason: dict[str, list[str]] = {}
        for name, standing in standings.items():
            if standing != "analysed" or results[name][1] == "partial":
                by_reason.setdefault(self._reason(name, results, record, standing), []).append(name)
        found = [
            f"{'everything' if len(names) == len(standings) > 1 else ', '.join(names)}: {reason}"
            for reason, names in by_reason.items()
        ]
        return (*found, *(() if complete else (BREAKS_OFF,)))

    def _reason(self, name: str, results: Results, record: ClipRecord | None, standing: Standing) -> str:
        if standing == "unavailable":
            return self._unavailable[name].what
        if standing == "missing":
            return NEVER
        if standing == "stale":
            return f"stale: {self._changes(name, results[name][0])}"
        result = record.results.get(name) if record else None
        kind = "failed" if standing == "failed" else "partial"
        return f"{kind}: {result.reason}" if result and result.reason else kind

    def _changes(self, name: str, fingerprint: str) -> str:
        key = (name, fingerprint)
        if key not in self._said:
            old, new = self._documents.get(fingerprint), self._fingerprints[name].document
            what = "" if old is None else difference(old, new)
            self._said[key] = what or "what changed is not known"
        return self._said[key]
