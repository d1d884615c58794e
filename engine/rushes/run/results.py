"""How the nodes of a run ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

State = Literal["cached", "ran", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeResult:
    """One node's end."""

    id: str
    operation: str
    stage: str
    subject: str
    state: State
    """`failed` whether it failed now, failed earlier (the failure is stored) or was skipped."""
    ran: bool
    """Its operation was called in this run."""
    reason: str = ""
    """Why it had to run; "" where it did not."""
    key: str = ""
    """"" for a node that was skipped."""
    outputs: Mapping[str, str] = field(default_factory=dict[str, str])
    """Name -> digest; {} where it failed."""
    failure: str = ""
    fix: str = ""
    failed_at: str = ""
    """Id of the node at which the failure began: its own, or that of an input; "" where it did not fail."""
    transient: bool = False
    """The failure is one of this run alone (a bug, a time limit, a disk that did not answer): the next one tries again."""
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    """Its share of the call that made it, in this run or in the one that stored it."""


@dataclass(frozen=True, slots=True)
class Results(Mapping[str, NodeResult]):
    """The results of one graph, by node id, in the graph's order."""

    nodes: Mapping[str, NodeResult]
    find: Callable[[str, str], Path]

    def __getitem__(self, node: str) -> NodeResult:
        return self.nodes[node]

    def __iter__(self) -> Iterator[str]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    def path(self, node: str, output: str) -> Path:
        """A verified file in the store. A blob found damaged is made again first.

        Raises KeyError where the node failed or has no such output.
        """
        return self.find(node, output)

    def counts(self) -> dict[str, int]:
        """`total`; `ran` = called now; `cached` = answered from the store; `failed` = without outputs.

        Nodes skipped because an input failed are in `total` and `failed` only.
        """
        found = self.nodes.values()
        return {
            "total": len(self.nodes),
            "ran": sum(result.ran for result in found),
            "cached": sum(not result.ran and result.key != "" for result in found),
            "failed": sum(result.state == "failed" for result in found),
        }

    def failures(self) -> list[NodeResult]:
        """The nodes at which failures began, in the graph's order."""
        return [result for result in self.nodes.values() if result.failed_at == result.id]
