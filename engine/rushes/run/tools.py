"""What the analyses of a recipe are made with, on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from rushes.analyze.spec import Analyzer
from rushes.graph.analysis import models_wanted, plan_analysis
from rushes.graph.compile import AnalysisTools
from rushes.models.installed import PACKAGES, InstalledModels, ModelFile
from rushes.recipe.spec import Recipe
from rushes.run.resolve import installed_version
from rushes.store.digests import DigestIndex


def analysis_tools(
    recipe: Recipe,
    analyzers: Mapping[str, Analyzer],
    models: Path | None,
    digests: DigestIndex,
    models_option: str = "",
) -> AnalysisTools:
    """models: the models folder; None: no model is at hand. models_option: what a command must say to mean that folder.

    Raises ModelError where the folder that a command names is not there, a wanted model is damaged, or no wanted provider is
    there.
    """
    names = models_wanted(recipe.analyzers, analyzers)
    analyzers = _with_packages(recipe, analyzers)
    return AnalysisTools(
        analyzers=analyzers,
        versions=_library_versions(recipe, analyzers, names),
        models=_installed(models, names, digests, models_option),
        providers=_providers(recipe.run.providers) if names else ("cpu",),
    )


def _with_packages(recipe: Recipe, analyzers: Mapping[str, Analyzer]) -> dict[str, Analyzer]:
    """The table, where each analyzer also depends on the packages that read its models, with the recipe's parameters."""
    given = {spec.name: spec.params for spec in recipe.analyzers}
    found: dict[str, Analyzer] = {}
    for name, analyzer in analyzers.items():
        models = analyzer.models(analyzer.params(**given.get(name, {})))
        packages = sorted({PACKAGES[model] for model in models if model in PACKAGES})
        found[name] = replace(analyzer, libraries=(*analyzer.libraries, *packages))
    return found


def _library_versions(
    recipe: Recipe, analyzers: Mapping[str, Analyzer], models: tuple[str, ...]
) -> dict[str, str]:
    """Of all analyzers that the recipe names and that those read, whether they can run or not."""
    everything = InstalledModels(files={name: ModelFile(path="", digest="") for name in models})
    read = plan_analysis(recipe.analyzers, analyzers, everything).wanted
    names = {spec.name for spec in (*read, *recipe.analyzers)}
    used = {library for name in names for library in analyzers[name].libraries}
    return {name: installed_version(name) for name in sorted(used)}


def _providers(wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Those that this machine has: a result computed elsewhere must not pass for one of a provider that was not there."""
    if wanted == ("cpu",):
        return wanted
    from rushes.models.session import usable_providers

    return usable_providers(wanted)


def _installed(
    folder: Path | None, names: tuple[str, ...], digests: DigestIndex, option: str
) -> InstalledModels:
    if not names or folder is None:
        return InstalledModels()
    from rushes.models.folder import installed_models

    return installed_models(folder, names, digests, option=option)
