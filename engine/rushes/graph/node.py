"""Nodes of the graph: pure functions of (operation, version, parameters, digests of inputs)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Json = Any
Stage = Literal["analyze", "score", "edit", "render", "report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What a node does.

    function: "module:function", loaded where it runs. It takes a list of `Call` (more than one only where `batched`)
    and returns a list of `Outcome` in the same order.
    """

    name: str
    version: int
    function: str
    libraries: tuple[str, ...] = ()
    """Distributions whose installed version enters the key, such as "av"."""
    batched: bool = False
    """Nodes of this operation with the same `Node.batch` run in one call: one decode feeds many analyzers."""
    per_clip: bool = False
    """A call looks at one clip and nothing else: `clip_limit_s` holds for it, and a bug in it fails the clip alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileInput:
    """A leaf: a file outside the store, known by the digest of its content. The path is not part of the key."""

    path: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeInput:
    """An output of an earlier node."""

    node: str
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One node. `id` is for people and unique, such as "analyze/quality/day1/front_01.mp4"; it is not part of the key."""

    id: str
    operation: str
    stage: Stage
    params: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """Canonical JSON; enters the key."""
    inputs: Mapping[str, FileInput | NodeInput] = field(default_factory=dict[str, FileInput | NodeInput])
    outputs: tuple[str, ...] = ()
    """Names of the files it writes, such as "clip.arrow"."""
    batch: str = ""
    optional_inputs: frozenset[str] = frozenset()
    """Inputs that may have failed: the node then runs without them, and the failure's text enters the key instead."""
    subject: str = ""
    """What progress and warnings name: the clip's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One node to run: inputs are verified files; every output must be written to its path."""

    params: Mapping[str, Json]
    inputs: Mapping[str, Path]
    outputs: Mapping[str, Path]
    failed_inputs: Mapping[str, str] = field(default_factory=dict[str, str])
    """Optional inputs that failed, with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a call ended. A failure that follows from the content (a broken clip) is a result too, and is cached."""

    failure: str = ""
    """"" = all outputs written; else what is wrong, for people."""
    fix: str = ""
    warnings: tuple[str, ...] = ()
    transient: bool = False
    """The failure is true of this moment only, as where a disk did not answer: it ends the node in this run, uncached."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in an order in which every input comes before its user."""

    nodes: tuple[Node, ...]
