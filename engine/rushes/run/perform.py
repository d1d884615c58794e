"""One call of an operation, from verified inputs to recorded results: what a worker does."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from rushes.errors import MediaError, RenderError
from rushes.graph.node import Call, Outcome
from rushes.run.operations.outcome import BugOutcome, failed
from rushes.store.action import Action, Blob
from rushes.store.faults import DISK_FULL, store_error
from rushes.store.store import Store

Function = Callable[[list[Call]], Sequence[Outcome]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One node, ready to run."""

    node: str
    action: Action
    """What will be recorded, still without its end."""
    inputs: Mapping[str, str]
    """Name -> path of a verified file."""
    files: tuple[str, ...]
    """Those of the inputs that lie outside the store, and so may change under our hands."""
    failed_inputs: Mapping[str, str]
    outputs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How one job ended. Only what is `kept` was recorded; the rest is true of this run alone."""

    action: Action
    kept: bool
    trace: str = ""
    """Of a bug of ours in this job alone; "" where there was none."""


def perform(root: str, function: str, jobs: Sequence[Job], scratch: str) -> list[Done]:
    """Run jobs of one operation in one call, and record what they found.

    Raises the RushesErrors of the function (but a MediaError becomes the failure of the jobs), and StoreError.
    """
    store = Store(Path(root))
    began_s = time.perf_counter()
    before = [_stamps(job.files) for job in jobs]
    calls = [_call(job, Path(scratch, str(index))) for index, job in enumerate(jobs)]
    for call in calls:
        for path in call.outputs.values():
            path.parent.mkdir(parents=True, exist_ok=True)
    outcomes = _outcomes(store, load_function(function), calls)
    each_s = (time.perf_counter() - began_s) / len(jobs)
    return [
        _record(store, job, call, outcome, each_s, changed=stamps is None or stamps != _stamps(job.files))
        for job, call, outcome, stamps in zip(jobs, calls, outcomes, before, strict=True)
    ]


def load_function(name: str) -> Function:
    """The function behind "module:function"."""
    module, _, attribute = name.partition(":")
    return cast(Function, getattr(importlib.import_module(module), attribute))


def _call(job: Job, folder: Path) -> Call:
    return Call(
        params=job.action.params,
        inputs={name: Path(path) for name, path in job.inputs.items()},
        outputs={name: folder / name for name in job.outputs},
        failed_inputs=job.failed_inputs,
    )


def _outcomes(store: Store, function: Function, calls: list[Call]) -> list[Outcome]:
    try:
        return list(function(calls))
    except MediaError as error:
        return [failed(error)] * len(calls)
    except RenderError as error:
        # Operations write into the store's own folder: that is the disk to make room on.
        number = getattr(error.__cause__, "errno", None)
        if number in DISK_FULL:
            raise store_error(OSError(number, os.strerror(number)), store.root) from error
        raise
    except OSError as error:
        if error.errno in DISK_FULL:
            raise store_error(error, store.root) from error
        raise


def _stamps(files: Sequence[str]) -> tuple[tuple[int, int, int], ...] | None:
    """Size, time and inode of each file; None if one of them is gone."""
    found: list[tuple[int, int, int]] = []
    for path in files:
        try:
            stat = os.stat(path)
        except OSError:
            return None
        found.append((stat.st_size, stat.st_mtime_ns, stat.st_ino))
    return tuple(found)


def _record(store: Store, job: Job, call: Call, outcome: Outcome, seconds: float, *, changed: bool) -> Done:
    blobs: dict[str, Blob] = {}
    if not outcome.failure:
        for name, path in call.outputs.items():
            if not path.is_file():
                raise FileNotFoundError(f"{job.node} ended well but did not write its output {name!r}")
            if not changed:
                blobs[name] = store.put_file(path)
    draft = job.action
    action = Action(
        key=draft.key,
        operation=draft.operation,
        version=draft.version,
        params=draft.params,
        libraries=draft.libraries,
        inputs=draft.inputs,
        outputs=blobs,
        failure="the file changed while it was read" if changed else outcome.failure,
        fix="run again when nothing writes to it" if changed else outcome.fix,
        warnings=outcome.warnings,
        seconds=round(seconds, 6),
    )
    kept = not (changed or outcome.transient)
    if kept:
        store.put_action(action)
    return Done(action=action, kept=kept, trace=outcome.trace if isinstance(outcome, BugOutcome) else "")
