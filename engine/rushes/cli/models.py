"""rushes models: which models there are, getting them, whether they are sound, whose they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from rushes.cli.model_folder import Models, models_dir, models_option
from rushes.cli.options import AsJson, Exit, print_json, problem_to_json, say_problems
from rushes.errors import ModelError, Problem, RecipeError

if TYPE_CHECKING:
    from rushes.models.folder import Found
    from rushes.models.install import Outcome
    from rushes.models.manifest import Manifest, ModelEntry

app = typer.Typer(
    help="The models that analyzers use: list, install, verify, licences.", no_args_is_help=True
)


@app.command("list")
def list_models(models: Models = None, json: AsJson = False) -> int:
    """Say which models there are, which are installed, and what needs them."""
    from rushes.models.folder import look_at_all
    from rushes.models.manifest import read_manifest

    folder = models_dir(models)
    manifest = read_manifest()
    found = look_at_all(folder, manifest, models_option(models))
    needed = _needed_by(manifest)
    if json:
        print_json([_row(each, needed) for each in found])
        return Exit.DONE
    lines = [("name", "version", "size", "licence", "state", "needed by", "from"), *_lines(found, needed)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    for line in lines:
        print("  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip())
    there = sum(each.state == "installed" for each in found)
    print(f"{there} of {len(found)} installed in {folder}; * is the core set")
    return Exit.DONE


@app.command("install")
def install(
    names: Annotated[
        list[str] | None, typer.Argument(help="Models, as `rushes models list` calls them.", metavar="NAME")
    ] = None,
    core: Annotated[bool, typer.Option("--core", help="The small core set: speech and faces.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="All that can be fetched, or that the folder of --from has.")
    ] = False,
    from_folder: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="DIR",
            help="Take the files from this folder; no connection is opened.",
            show_default=False,
        ),
    ] = None,
    models: Models = None,
    json: AsJson = False,
) -> int:
    """Fetch models and what they need. What is there and right stays; what broke off goes on."""
    from rushes.cli.model_progress import InstallView
    from rushes.models.install import install_models
    from rushes.models.manifest import read_manifest

    folder = models_dir(models)
    manifest = read_manifest()
    source = _source_folder(from_folder)
    wanted = _wanted(manifest, names or [], core=core, everything=everything, from_folder=source)
    with InstallView() as view:
        outcomes = install_models(manifest, folder, wanted, view, from_folder=source)
    if json:
        print_json([_outcome(each) for each in outcomes])
    else:
        for each in outcomes:
            print(_outcome_line(each), end="")
        for entry in _left_out(manifest, outcomes) if everything else ():
            print(f"{entry.name}: " + (entry.how if source is None else f"not in {source}"))
    problems = [each.problem for each in outcomes if each.problem is not None]
    if problems and json:  # each outcome has its problem: there is one document, not two
        say_problems(problems)
        return Exit.FAILED
    if problems:
        raise ModelError(problems)
    return Exit.DONE


@app.command("verify")
def verify(models: Models = None, json: AsJson = False) -> int:
    """Read every installed model again and compare it with the manifest. Exit code 1 where one is damaged."""
    from rushes.models.folder import look_at_all
    from rushes.models.manifest import read_manifest

    folder = models_dir(models)
    found = look_at_all(folder, read_manifest(), models_option(models))
    damaged = [each for each in found if each.state == "corrupt"]
    if json:
        print_json({each.entry.name: _state(each) for each in found})
    else:
        for each in found:
            print(_verdict(each))
        there = len([each for each in found if each.state == "installed"])
        print(f"{folder}: {there} sound, {len(damaged)} damaged")
    return Exit.FAILED if damaged else Exit.DONE


@app.command("licences")
def licences(json: AsJson = False) -> int:
    """Say under which terms the models are given."""
    from rushes.models.manifest import read_manifest

    entries = list(read_manifest().models.values())
    if json:
        print_json([{"name": e.name, "licence": e.licence.name, "url": e.licence.url} for e in entries])
        return Exit.DONE
    width = max(len(entry.name) for entry in entries)
    for entry in entries:
        print(f"{entry.name:<{width}}  {entry.licence.name:<10}  {entry.licence.url}")
    return Exit.DONE


def _needed_by(manifest: Manifest) -> Mapping[str, list[str]]:
    """Model -> the analyzers that use it with their default parameters."""
    from rushes.analyze.table import known_analyzers

    needed: dict[str, list[str]] = {name: [] for name in manifest.models}
    for analyzer in known_analyzers().values():
        for entry in manifest.named(n for n in analyzer.models(analyzer.params()) if n in manifest.models):
            needed[entry.name].append(analyzer.name)
    return needed


def _lines(found: Sequence[Found], needed: Mapping[str, list[str]]) -> list[tuple[str, ...]]:
    return [
        (
            each.entry.name + ("*" if each.entry.core else ""),
            each.entry.version,
            _size(each.entry.bytes),
            each.entry.licence.name,
            each.state,
            ", ".join(needed[each.entry.name]) or "-",
            _from(each.entry),
        )
        for each in found
    ]


def _row(each: Found, needed: Mapping[str, list[str]]) -> Mapping[str, Any]:
    from rushes.models.install import source_text

    entry = each.entry
    return {
        "name": entry.name,
        "version": entry.version,
        "says": entry.says,
        "file": entry.file,
        "bytes": entry.bytes,
        "blake3": entry.blake3,
        "licence": entry.licence.name,
        "core": entry.core,
        "needed_by": needed[entry.name],
        "needs": list(entry.needs),
        "sources": [source_text(source) for source in entry.sources],
        "how": entry.how,
        **_state(each),
    }


def _state(each: Found) -> Mapping[str, Any]:
    problem = each.problem
    return {
        "state": each.state,
        "path": str(each.path),
        "installed_blake3": each.digest or None,
        "problem": problem_to_json(problem) if problem else None,
    }


def _from(entry: ModelEntry) -> str:
    """The first source in few words: of an address its host."""
    from rushes.models.install import source_text

    if not entry.sources:
        return "a folder (--from DIR)"
    text = source_text(entry.sources[0])
    return urlsplit(text).hostname or text


def _source_folder(named: str | None) -> Path | None:
    if named is None:
        return None
    if not Path(named).is_dir():
        raise RecipeError(
            Problem(None, f"--from is {named}, which is no folder", "name a folder with model files")
        )
    return Path(named)


def _wanted(
    manifest: Manifest, names: Sequence[str], *, core: bool, everything: bool, from_folder: Path | None
) -> list[str]:
    """Names to install. --all leaves out what nobody serves, and what the folder does not have."""
    from rushes.models.install import is_offered

    entries = manifest.models.values()
    wanted = list(names)
    wanted += [entry.name for entry in entries if core and entry.core]
    if everything and from_folder is None:
        wanted += [entry.name for entry in entries if entry.sources]
    elif everything and from_folder is not None:
        wanted += [entry.name for entry in entries if is_offered(entry, from_folder)]
    if not wanted and not everything:
        raise RecipeError(Problem(None, "no model is named", "name models, or give --core or --all"))
    return wanted


def _left_out(manifest: Manifest, outcomes: Sequence[Outcome]) -> list[ModelEntry]:
    tried = {each.entry.name for each in outcomes}
    return [entry for entry in manifest.models.values() if entry.name not in tried]


def _outcome(each: Outcome) -> Mapping[str, Any]:
    return {
        "name": each.entry.name,
        "installed": each.problem is None,
        "from": each.origin or None,
        "blake3": each.digest or None,
        "licence": each.entry.licence.name,
        "warning": each.warning or None,
        "problem": problem_to_json(each.problem) if each.problem else None,
    }


def _outcome_line(each: Outcome) -> str:
    if each.problem is not None:
        return ""
    came = f"installed from {each.origin}" if each.origin else "was there"
    return f"{each.entry.name}: {came} ({each.entry.licence.name})\n"


def _verdict(each: Found) -> str:
    words = {"installed": "ok", "missing": "--", "corrupt": "BAD", "unpinned": "??"}
    line = f"{words[each.state]:<4} {each.entry.name:<24}"
    if each.problem is None:
        return line.rstrip()
    if each.state == "missing":
        return f"{line} not installed"
    return f"{line} {each.fault or each.problem.what}\n     fix: {each.problem.fix}"


def _size(size_bytes: int | None) -> str:
    if size_bytes is None:
        return "?"
    return f"{size_bytes / 10**6:.1f} MB" if size_bytes >= 10**6 else f"{size_bytes / 10**3:.0f} kB"
