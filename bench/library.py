"""Verbs on a library of 10,000 clips: `best`, `status`. No media is opened; the clips are 10,000 tiny files.

Each figure is the wall time of a whole process, Python's start included; as yardstick stands `python -c pass` in the
same minute. The split is processor time of one more call inside this process.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rushes.analyze.spec import Column
from rushes.analyze.table import known_analyzers
from rushes.recipe.load import load_recipe
from rushes.recipe.names_used import names_used
from rushes.run import views
from rushes.run.best import best
from rushes.run.fingerprints import Fingerprint
from rushes.run.footage import found_clips
from rushes.run.records import documents
from rushes.run.standing import ViewRequest, Wanted, wanted_by
from rushes.store.canonical import canonical_json, digest_bytes
from rushes.store.digests import DigestIndex
from rushes.store.library_file import AnalyzerResult, ClipRecord, LibraryFile

RECIPE = "best_clips"
PAST_S = 1_700_000_000
"""Files that were written just now are never remembered by their time."""


def make(folder: Path, clips: int, models: Path | None = None) -> ViewRequest:
    """Footage, a warm index of digests, and a library that knows every clip: one of 50 failed, one of 50 is stale."""
    footage = folder / "footage"
    footage.mkdir(parents=True, exist_ok=True)
    for number in range(clips):
        path = footage / f"clip_{number:05d}.mp4"
        path.write_bytes(b"clip %d" % number)
        os.utime(path, (PAST_S, PAST_S))
    request = ViewRequest(
        recipe=RECIPE,
        overrides=everything(),
        footage=str(footage),
        cache=folder / "cache",
        library=folder / "library.sqlite",
        models=models,
    )
    digests = DigestIndex(request.cache / "digests.index")
    wanted = wanted_by(request, digests)
    found, _ = found_clips(str(footage), wanted.recipe.footage, digests)
    old = {name: _older(fingerprint) for name, fingerprint in wanted.fingerprints.items()}
    records = [
        _record(number, file.clip, file.path, digest, wanted, old)
        for number, (file, digest) in enumerate(found)
    ]
    with LibraryFile(request.library) as library:
        library.record(records, {**documents(wanted.fingerprints), **documents(old)})
    return request


def everything() -> tuple[str, ...]:
    """Overrides that switch on every analyzer of clips."""
    table = known_analyzers()
    names = [name for name, analyzer in table.items() if analyzer.source != "song"]
    recipe = load_recipe(RECIPE, analyzers=table).recipe
    named = {spec.name for spec in recipe.analyzers}
    return tuple(f"+analyzers.{name}={{}}" for name in names if name not in named)


def _older(fingerprint: Fingerprint) -> Fingerprint:
    document = {**fingerprint.document, "version": 0}
    return Fingerprint(digest_bytes(canonical_json(document)), document)


def _record(
    number: int, clip: str, path: str, digest: str, wanted: Wanted, old: Mapping[str, Fingerprint]
) -> ClipRecord:
    chance = random.Random(number)
    results: dict[str, AnalyzerResult] = {}
    for name, fingerprint in wanted.fingerprints.items():
        columns = {column.name: _value(column, chance) for column in wanted.analyzers[name].columns}
        if number % 50 == 1:
            results[name] = AnalyzerResult(fingerprint=fingerprint.digest, state="failed", reason="broken")
        else:
            then = old[name] if number % 50 == 2 else fingerprint
            results[name] = AnalyzerResult(fingerprint=then.digest, state="ok", columns=columns)
    facts = {"duration_s": 5.0, "clip_duration_s": 5.0, "width_px": 1080.0, "height_px": 1920.0}
    return ClipRecord(
        digest=digest,
        name=clip,
        path=path,
        bytes=10,
        facts={**facts, "rate_fps": 30.0, "has_audio": True, "complete": True},
        metadata={"angle": chance.choice(("front", "side"))},
        results=results,
    )


def _value(column: Column, chance: random.Random) -> Any:
    if column.type == "text":
        return chance.choice(column.choices) if column.choices else "text"
    if column.type == "list":
        return [round(chance.random() * 5, 3) for _ in range(3)]
    if column.type == "bool" and not column.per_sample:
        return chance.random() < 0.5
    return chance.random() * (100.0 if column.unit == "percent" else 1.0)


@dataclass(frozen=True)
class Took:
    """Seconds of one process: on the wall, and of the processor, which a busy machine does not stretch as much."""

    wall_s: float
    cpu_s: float


def timed(repeat: int, *arguments: str) -> Took:
    """The quickest of several processes, by wall and by processor."""
    runs = [_once(arguments) for _ in range(repeat)]
    return Took(min(run.wall_s for run in runs), min(run.cpu_s for run in runs))


def _once(arguments: Sequence[str]) -> Took:
    before, began_s = _children_cpu_s(), time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return Took(time.perf_counter() - began_s, _children_cpu_s() - before)


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(request: ViewRequest) -> list[tuple[str, Took, float | None]]:
    """Rows: what, how long, target in seconds."""
    base = ["-m", "rushes"]
    shared = ["--library", str(request.library), "--cache", str(request.cache)]
    for override in request.overrides:
        shared += ["--set", override]
    shared += ["--models", str(request.models)] if request.models else []
    footage = ["--footage", str(request.footage)]
    return [
        ("python -c pass", timed(3, "-c", "pass"), None),
        ("rushes --help", timed(3, *base, "--help"), None),
        ("rushes best, the whole library", timed(3, *base, "best", RECIPE, *shared), 1.0),
        ("rushes best, a folder", timed(3, *base, "best", RECIPE, *footage, *shared), 1.0),
        ("rushes status", timed(3, *base, "status", RECIPE, *footage, *shared), 1.0),
    ]


def split(request: ViewRequest) -> Mapping[str, float]:
    """Processor seconds of the parts of `best` and `status`, in this process, after one call that loads everything."""

    def seconds(call: Callable[[], object]) -> float:
        call()
        began_s = time.process_time()
        call()
        return time.process_time() - began_s

    digests = DigestIndex(request.cache / "digests.index")
    wanted = wanted_by(request, digests)
    folder = str(request.footage)
    columns = [*names_used(wanted.recipe)]

    def overview(names: Sequence[str]) -> object:
        with LibraryFile(request.library, read_only=True) as library:
            return library.overview(names)

    def walk() -> object:
        return found_clips(folder, wanted.recipe.footage, DigestIndex(request.cache / "digests.index"))

    return {
        "recipe, models, fingerprints": seconds(lambda: wanted_by(request, digests)),
        "footage and digests": seconds(walk),
        "status: reading the library": seconds(lambda: overview(["complete"])),
        "status in all": seconds(lambda: views.status(request)),
        "best: reading the library": seconds(lambda: overview(columns)),
        "best in all, whole library": seconds(lambda: best([replace(request, footage=None)], limit=20)),
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=10_000)
    parser.add_argument("--models", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        request = make(Path(folder), asked.clips, asked.models)
        for what, took, target in measure(request):
            goal = f"   target {target:g} s" if target else ""
            print(f"{what:<40} {took.wall_s:6.2f} s   processor {took.cpu_s:5.2f} s{goal}")
        for what, seconds in split(request).items():
            print(f"    {what:<36} {seconds:6.2f} s")


if __name__ == "__main__":
    main()
