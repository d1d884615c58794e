"""Where the nodes of a run stand, and what is on its way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from rushes.graph.node import Node, Operation
from rushes.run.executors import TaskExecutor
from rushes.run.progress import Progress
from rushes.run.resolve import Lookup, Resolver
from rushes.run.results import NodeResult, State
from rushes.store.action import Action
from rushes.store.claims import Claims
from rushes.store.digests import DigestIndex
from rushes.store.store import Store


class Bug(Exception):
    """An operation did what it must not: our fault, not the user's. The text is the original traceback."""

    def __init__(self, nodes: Sequence[str], trace: str) -> None:
        super().__init__(f"{', '.join(nodes)}\n{trace}")
        self.nodes = tuple(nodes)
        self.trace = trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How a run treats trouble."""

    on_error: Literal["skip", "fail"]
    clip_limit_s: float | None
    stage_limits_s: Mapping[str, float] = field(default_factory=dict[str, float])
    """Stage -> how long it may take in one graph."""


@dataclass(slots=True)
class NodeState:
    """Where one node stands."""

    node: Node
    ended: State | None = None
    ran: bool = False
    stored: bool = False
    """The store has its action: the failures of this run alone are not stored."""
    key: str = ""
    reason: str = ""
    action: Action | None = None
    failed_at: str = ""
    transient: bool = False
    """Its failure is not remembered: the next run tries again."""

    def reopen(self, reason: str) -> None:
        """Forget its end: its blob turned out to be damaged."""
        self.ended, self.reason, self.transient = None, reason, False

    def result(self) -> NodeResult:
        """Its end, as users see it."""
        node, action = self.node, self.action
        if self.ended is None or action is None:
            raise ValueError(f"{node.id} has not ended")
        return NodeResult(
            id=node.id,
            operation=node.operation,
            stage=node.stage,
            subject=node.subject,
            state=self.ended,
            ran=self.ran,
            reason=self.reason,
            key=self.key,
            outputs={} if action.failure else {name: blob.digest for name, blob in action.outputs.items()},
            failure=action.failure,
            fix=action.fix,
            failed_at=self.failed_at,
            transient=self.transient,
            warnings=action.warnings,
            seconds=action.seconds,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the graphs of one session share."""

    store: Store
    operations: Mapping[str, Operation]
    executor: TaskExecutor
    progress: Progress
    rules: Rules
    digests: DigestIndex | None
    claims: Claims
    resolver: Resolver
    states: dict[str, NodeState]
    """Every node of every graph so far, by id."""
    bugs: list[Bug]
    """Those that the run survived."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A node that must run."""

    state: NodeState
    found: Lookup


@dataclass(slots=True)
class Flight:
    """A call that runs."""

    members: list[Ready]
    scratch: Path
    ends_s: float | None
    second_try: bool
    overdue: bool = False


@dataclass(order=True, slots=True)
class Group:
    """Nodes for one call. The one with the most bytes to read goes first, so that no worker ends long after the rest."""

    bytes_first: int
    order: int
    members: list[Ready] = field(compare=False)
    second_try: bool = field(default=False, compare=False)
    claimed_since_s: float | None = field(default=None, compare=False)
    """When another run was first found to work on it."""
