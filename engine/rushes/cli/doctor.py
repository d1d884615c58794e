"""rushes doctor: does this machine have what rushes needs?"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rushes import __version__
from rushes.cli.options import AsJson, Cache, Exit, cache_dir, print_json
from rushes.packages import version_of
from rushes.resources import shipped_dir

_LIBRARIES = (
    "av",
    "blake3",
    "jinja2",
    "jsonschema",
    "numpy",
    "onnxruntime",
    "opencv-python-headless",
    "polars",
    "pyyaml",
    "scipy",
)
_ENCODERS = ("libx264", "aac")
_FILTERS = ("alimiter", "blend", "crop", "ebur128", "loudnorm", "lut3d", "scale", "transpose")
_ENOUGH_FREE_BYTES = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. fix: what to do where it is not well."""

    name: str
    well: bool
    found: str
    fix: str = ""


def doctor(cache: Cache = None, json: AsJson = False) -> int:
    """Look at Python, libraries, codecs, folders and free space, and say what is missing."""
    findings = list(_findings(cache_dir(cache)))
    if json:
        print_json([{"name": f.name, "well": f.well, "found": f.found, "fix": f.fix} for f in findings])
    else:
        for finding in findings:
            print(f"{'ok  ' if finding.well else 'BAD '} {finding.name:<26} {finding.found}")
            if not finding.well:
                print(f"     fix: {finding.fix}")
    return Exit.DONE if all(finding.well for finding in findings) else Exit.FAILED


def _findings(cache: Path) -> Iterator[Finding]:
    yield Finding("rushes", True, __version__)
    right = (3, 11) <= sys.version_info[:2] <= (3, 13)
    yield Finding("python", right, platform.python_version(), "use Python 3.11, 3.12 or 3.13")
    yield Finding("cores", True, str(os.cpu_count()))
    for library in _LIBRARIES:
        yield _library(library)
    yield from _codecs()
    for kind in ("recipes", "schemas", "profiles"):
        folder = shipped_dir(kind)
        yield Finding(kind, folder.is_dir(), str(folder), "install rushes again")
    yield _store(cache)
    yield _space(cache)


def _library(name: str) -> Finding:
    version = version_of(name)
    if version is None:
        return Finding(name, False, "not installed", f"python -m pip install {name}")
    return Finding(name, True, version)


def _codecs() -> Iterator[Finding]:
    try:
        import av
        import av.filter
    except ImportError as error:
        yield Finding("codecs", False, str(error), "python -m pip install av")
        return
    missing = [name for name in _ENCODERS if name not in av.codecs_available]
    missing += [name for name in _FILTERS if name not in av.filter.filters_available]
    found = "missing: " + ", ".join(missing) if missing else ", ".join(_ENCODERS)
    yield Finding(
        "encoders and filters", not missing, found, "install the binary wheel of av, not a build of your own"
    )


def _store(cache: Path) -> Finding:
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=cache):
            return Finding("store", True, str(cache))
    except OSError as error:
        return Finding("store", False, f"{cache}: {error.strerror}", "choose another folder with --cache")


def _space(cache: Path) -> Finding:
    folder = next((parent for parent in (cache, *cache.parents) if parent.exists()), Path("/"))
    free = shutil.disk_usage(folder).free
    fix = "free some space, or choose another folder with --cache"
    return Finding("free space for the store", free >= _ENOUGH_FREE_BYTES, f"{free / 1e9:.1f} GB", fix)
