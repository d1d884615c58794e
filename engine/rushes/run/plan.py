"""What a run would do, and why, without doing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rushes.graph.node import Graph, Node
from rushes.run.engine import Session
from rushes.run.resolve import Given, gather
from rushes.store.action import Action


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One node. reason: why it must run; for a cached one "", or the failure that is stored."""

    id: str
    operation: str
    state: Literal["cached", "run"]
    reason: str


def plan_graph(graph: Graph, session: Session) -> list[PlanRow]:
    """One row per node, in the graph's order. Runs nothing and reads no blob.

    A blob that is damaged but has the right size is found only when it is read, so a run may do more than its plan.
    Nodes of graphs that the session ran before are known by their results.
    """
    session.check(graph)
    ended = {name: state.action for name, state in session.states.items() if state.ended is not None}
    for node in graph.nodes:
        ended.pop(node.id, None)
    rows: list[PlanRow] = []
    for node in graph.nodes:
        given = gather(node, ended.get)
        if given.skipped_for:
            action = ended[given.skipped_for]
            ended[node.id] = action
            failure = action.failure if action else ""
            rows.append(PlanRow(node.id, node.operation, "cached", f"skipped: {failure}"))
        elif given.waits_for:
            rows.append(PlanRow(node.id, node.operation, "run", session.resolver.reason_to_wait(node, given)))
        else:
            rows.append(_row(session, node, given, ended))
    return rows


def _row(session: Session, node: Node, given: Given, ended: dict[str, Action | None]) -> PlanRow:
    found = session.resolver.look_up(node, given.contents)
    if found.stored is None:
        return PlanRow(node.id, node.operation, "run", session.resolver.reason(node, found))
    ended[node.id] = found.stored
    failure = found.stored.failure
    return PlanRow(node.id, node.operation, "cached", f"failed before: {failure}" if failure else "")
