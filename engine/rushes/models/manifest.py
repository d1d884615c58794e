"""The model manifest: every model file that analyzers may use, how it is known again and where it comes from.

models/manifest.json follows schemas/models.schema.json. Its digest is part of the key of whatever a model computes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from rushes.errors import ModelError, Place, Problem, RecipeError
from rushes.recipe.names import did_you_mean
from rushes.resources import shipped_file, shipped_schema
from rushes.store.canonical import canonical_json, digest_bytes

SCHEMA = "rushes/models@1"
ModelFormat = Literal["onnx", "tflite", "ctranslate2", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """Under which terms weights are given. name: SPDX where there is one."""

    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlSource:
    """The very file at an address."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelTags:
    """Which wheel of a package to ask for."""

    python: str
    abi: str
    platform: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSource:
    """A file inside a wheel of a package index. wheel: None takes the one for this Python."""

    package: str
    version: str
    path: str
    wheel: WheelTags | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsSource:
    """A file that is too large for one package: its parts lie in several, and one behind the other they are the file."""

    parts: tuple[PackageSource, ...]


Source = UrlSource | PackageSource | PartsSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensor:
    """An input or output. shape: lengths, or names of those that are free."""

    name: str
    type: str
    shape: tuple[int | str, ...]
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntry:
    """One file of the models folder."""

    name: str
    version: str
    says: str
    file: str
    """Path in the models folder, with slashes."""
    bytes: int | None
    """Size; None: not known."""
    blake3: str | None
    """None: the first install pins it (pins.json)."""
    sha256: str | None = None
    """As others publish it; held against the first install where blake3 is None."""
    licence: Licence
    core: bool
    format: ModelFormat
    sources: tuple[Source, ...]
    how: str = ""
    """What else a person must know to get it."""
    needs: tuple[str, ...] = ()
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    preprocessing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All models by name, in the file's order."""

    models: Mapping[str, ModelEntry]
    digest: str
    """BLAKE3 of the canonical JSON of the whole file."""

    def named(self, names: Iterable[str]) -> tuple[ModelEntry, ...]:
        """Entries of some models, each followed by those that it needs, none twice. Raises RecipeError where a name is
        unknown."""
        found: dict[str, ModelEntry] = {}
        open_names = list(names)[::-1]
        while open_names:
            name = open_names.pop()
            if name not in self.models:
                fix = did_you_mean(name, self.models, kind="known")
                raise RecipeError(Problem(None, f"there is no model called {name}", fix))
            if name not in found:
                found[name] = self.models[name]
                open_names += self.models[name].needs[::-1]
        return tuple(found.values())


def read_manifest(path: Path | None = None) -> Manifest:
    """The manifest that ships with rushes, or the one of a file. Raises ModelError with every fault found.

    The shipped one is not held against its schema each time, which a test does: loading jsonschema takes longer than all
    else that a command does before it answers.
    """
    shipped = shipped_file("models", "manifest.json")
    document = _document(path or shipped)
    if path is not None:
        _check(document, path)
    path = path or shipped
    models = tuple(_entry(row) for row in document["models"])
    problems = [Problem(Place(str(path)), what, fix) for what, fix in _contradictions(models)]
    if problems:
        raise ModelError(problems)
    return Manifest(
        models=MappingProxyType({model.name: model for model in models}),
        digest=digest_bytes(canonical_json(document)),
    )


def _document(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        what = f"the model manifest cannot be read ({error.strerror})"
        raise ModelError(Problem(Place(str(path)), what, "install rushes again")) from error
    except json.JSONDecodeError as error:
        place = Place(str(path), error.lineno, error.colno)
        raise ModelError(Problem(place, f"is no JSON: {error.msg}", "install rushes again")) from error
    except UnicodeDecodeError as error:
        raise ModelError(Problem(Place(str(path)), "is no UTF-8 text", "install rushes again")) from error


def _check(document: Any, path: Path) -> None:
    from jsonschema import Draft7Validator

    errors = sorted(
        Draft7Validator(shipped_schema("models")).iter_errors(document),
        key=lambda error: (error.json_path, error.message),
    )
    if errors:
        fix = "see schemas/models.schema.json for what belongs there"
        found = (f"{error.json_path.removeprefix('$').lstrip('.')}: {error.message}" for error in errors)
        raise ModelError([Problem(Place(str(path)), what.removeprefix(": "), fix) for what in found])


def _entry(row: Mapping[str, Any]) -> ModelEntry:
    return ModelEntry(
        **{
            **row,
            "licence": Licence(**row["licence"]),
            "sources": tuple(map(_source, row["sources"])),
            "needs": tuple(row.get("needs", ())),
            "inputs": _tensors(row["inputs"]),
            "outputs": _tensors(row["outputs"]),
        }
    )


def _source(row: Mapping[str, Any]) -> Source:
    if "url" in row:
        return UrlSource(**row)
    return PartsSource(parts=tuple(map(_package, row["parts"]))) if "parts" in row else _package(row)


def _package(row: Mapping[str, Any]) -> PackageSource:
    wheel = row.get("wheel")
    return PackageSource(**{**row, "wheel": WheelTags(**wheel) if wheel else None})


def _tensors(rows: Sequence[Mapping[str, Any]]) -> tuple[Tensor, ...]:
    return tuple(Tensor(**{**row, "shape": tuple(row["shape"])}) for row in rows)


def _contradictions(models: Sequence[ModelEntry]) -> list[tuple[str, str]]:
    """(what, fix) of each fault that a schema cannot see."""
    found: list[tuple[str, str]] = []
    for key in ("name", "file"):
        times = Counter(getattr(model, key) for model in models)
        found += [
            (f"the {key} {value} stands there {count} times", "give each model its own")
            for value, count in times.items()
            if count > 1
        ]
    names = {model.name for model in models}
    found += [
        (f"{model.name} needs {name}, which is not in the manifest", f"add {name}, or drop it from needs")
        for model in models
        for name in model.needs
        if name not in names
    ]
    found += [
        (f"{model.name} has neither a source nor a word on how to get it", "add sources or how")
        for model in models
        if not model.sources and not model.how
    ]
    return found
