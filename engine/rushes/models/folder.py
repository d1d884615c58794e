"""A models folder: which models of the manifest lie in it, and whether their bytes are right.

Size and BLAKE3 are compared before any session is made: what ONNX Runtime makes of a damaged file is anything from a
crash to wrong numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from rushes.errors import MediaError, ModelError, Place, Problem
from rushes.models.installed import EXTRAS, PACKAGES, InstalledModels, ModelFile
from rushes.models.manifest import Manifest, ModelEntry, read_manifest
from rushes.models.pins import Pin, read_pins
from rushes.packages import version_of
from rushes.store.digests import DigestIndex
from rushes.store.store import hash_file

State = Literal["installed", "missing", "corrupt", "unpinned"]
"""unpinned: there, but nobody has said yet what it should be."""

_SHOWN_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a model's file should be; None: not known."""

    bytes: int | None
    blake3: str | None
    sha256: str | None

    @property
    def known(self) -> bool:
        """Whether two files that fit are the same."""
        return self.blake3 is not None or self.sha256 is not None

    def fault(self, path: Path, blake3_of: Callable[[Path], str] = hash_file) -> str | None:
        """What is wrong with a file, such as "it has 3 bytes, expected 5"; None where it is right. Raises OSError."""
        size = path.stat().st_size
        if not path.is_file():
            return "it is no file"
        if self.bytes is not None and size != self.bytes:
            return f"it has {size} bytes, expected {self.bytes}"
        if self.blake3 is not None:
            return _difference("BLAKE3", blake3_of(path), self.blake3)
        return None if self.sha256 is None else _difference("SHA-256", _sha256(path), self.sha256)


def expected(entry: ModelEntry, pins: Mapping[str, Pin]) -> Expected:
    """What the manifest says of a model, else what its pin says."""
    pin = pins.get(entry.name)
    if entry.blake3 is None and pin is not None:
        return Expected(bytes=pin.bytes, blake3=pin.blake3, sha256=None)
    return Expected(bytes=entry.bytes, blake3=entry.blake3, sha256=entry.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What lies in the place of a model. digest: BLAKE3, "" where it is not installed. fault: of a corrupt one."""

    entry: ModelEntry
    path: Path
    state: State
    digest: str = ""
    fault: str = ""
    option: str = ""
    """How the command line names the folder, such as `--models DIR`; "" where it is the default one."""

    @property
    def problem(self) -> Problem | None:
        """Why it cannot be used, and the command that mends it."""
        name = self.entry.name
        from_folder = "" if self.entry.sources else "--from DIR"
        again = " ".join(filter(None, ("rushes models install", name, from_folder, self.option)))
        if self.state == "corrupt":
            what = f"Model bundle corrupted or incomplete: {name}: {self.fault}"
            return Problem(Place(str(self.path)), what, again)
        if self.state == "unpinned":
            what = f"the model {name} lies there, but nobody knows yet what it should be"
            pins = " ".join(filter(None, ("rushes models install", name, self.option, "pins it as it is")))
            return Problem(Place(str(self.path)), what, pins)
        return Problem(None, f"the model {name} is not installed", again) if self.state == "missing" else None


def look(
    folder: Path,
    entry: ModelEntry,
    pins: Mapping[str, Pin],
    digests: DigestIndex | None = None,
    option: str = "",
) -> Found:
    """Look at one model's place and check what is there. option: as in Found.

    Raises ModelError where the disk does not answer.
    """
    path = folder / entry.file
    found = partial(Found, entry=entry, path=path, option=option)
    blake3_of = hash_file if digests is None else digests.digest
    wanted = expected(entry, pins)
    try:
        fault = wanted.fault(path, blake3_of)
        if fault is not None:
            return found(state="corrupt", fault=fault)
        if not wanted.known:
            return found(state="unpinned")
        digest = wanted.blake3 or blake3_of(path)
        return found(state="installed", digest=digest)
    except (FileNotFoundError, NotADirectoryError):
        return found(state="missing")
    except OSError as error:
        what = f"the model {entry.name} cannot be read ({error.strerror})"
        raise ModelError(
            Problem(Place(str(path)), what, "check the disk and the file's permissions")
        ) from error
    except MediaError as error:
        raise ModelError(error.problems) from error


def look_at_all(folder: Path, manifest: Manifest, option: str = "") -> list[Found]:
    """Every model of the manifest, in its order, read anew. option: as in Found."""
    pins = read_pins(folder)
    return [look(folder, entry, pins, option=option) for entry in manifest.models.values()]


def installed_models(
    folder: Path,
    names: Sequence[str],
    digests: DigestIndex | None = None,
    manifest: Manifest | None = None,
    *,
    option: str = "",
) -> InstalledModels:
    """The models of those names that can be used, and why the others cannot.

    folder: need not exist where it is the default one. names: one that the manifest does not know is missing, too (a third party's analyzer may
    want it). A model is missing where one that it needs is, or the package that reads it (PACKAGES). option: how the
    command line names the folder, for the commands that mend things; "" where it is the default one.
    Raises ModelError where a folder that the command line names is not there, and, naming every damaged file, where one of
    them is not what it should be.
    """
    if option and not folder.is_dir():
        fix = f"correct --models, or make it: rushes models install --core {option}"
        raise ModelError(Problem(Place(str(folder)), "there is no such folder of models", fix))
    manifest = manifest or read_manifest()
    known = [name for name in names if name in manifest.models]
    pins = read_pins(folder)
    found = {entry.name: look(folder, entry, pins, digests, option) for entry in manifest.named(known)}
    corrupt = [each.problem for each in found.values() if each.state == "corrupt" and each.problem]
    if corrupt:
        raise ModelError(corrupt)
    missing = {name: _unknown(name) for name in names if name not in manifest.models}
    for name in found:
        problems = (found[entry.name].problem for entry in manifest.named([name]))
        problem = next((each for each in problems if each is not None), None)
        problem = problem or _unread(name)
        if problem is not None:
            missing[name] = problem
    return InstalledModels(
        manifest_b3=manifest.digest,
        files={
            name: ModelFile(path=str(each.path), digest=each.digest)
            for name, each in found.items()
            if name not in missing
        },
        missing=missing,
    )


def _unread(name: str) -> Problem | None:
    """What is missing where the package that reads a model is not installed."""
    package = PACKAGES.get(name)
    if package is None or version_of(package) is not None:
        return None
    what = f"the model {name} needs the package {package}, which is not installed"
    extra = EXTRAS.get(package)
    return Problem(None, what, f"pip install 'rushes[{extra}]'" if extra else f"pip install {package}")


def _unknown(name: str) -> Problem:
    what = f"the model {name} is not in the manifest of this rushes"
    return Problem(None, what, "see rushes models list, or ask the makers of the analyzer that wants it")


def _difference(kind: str, found: str, wanted: str) -> str | None:
    if found == wanted:
        return None
    return f"its {kind} is {found[:_SHOWN_DIGITS]}..., expected {wanted[:_SHOWN_DIGITS]}..."


def _sha256(path: Path) -> str:
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
