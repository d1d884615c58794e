"""The only place that schedules: a graph, a store and an executor give results."""

from __future__ import annotations

import signal
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, TracebackType
from typing import Literal, Self

from rushes.errors import Problem, StoreError
from rushes.graph.node import Graph, NodeInput, Operation
from rushes.run.executors import InlineExecutor, TaskExecutor
from rushes.run.progress import Progress, Silence
from rushes.run.resolve import Resolver
from rushes.run.results import NodeResult, Results
from rushes.run.schedule import Schedule
from rushes.run.state import Bug, Context, NodeState, Rules
from rushes.store.claims import Claims
from rushes.store.digests import DigestIndex
from rushes.store.store import Store

__all__ = ["Bug", "NodeResult", "Results", "Session"]

_KEEP_STRANGE_HINTS = 4000


class Session:
    """Runs graphs on one store. Later graphs may take inputs from nodes of earlier ones.

    scope: which project this is, so that `plan` can say what changed since it last ran.
    on_error: "skip" reports failed nodes and goes on, "fail" raises MediaError at the first.
    clip_limit_s: how long a call of an operation `per_clip` may take; it is then given up and its process ended.
    stage_limits_s: stage -> seconds that it may take, counted from its first call; stages without an entry have no limit.
        An executor that cannot end a call finds out between two calls.
    digests: where the digests of `FileInput`s came from; a file that changed since is then noticed before it is used.
    """

    def __init__(
        self,
        store: Store,
        operations: Mapping[str, Operation],
        executor: TaskExecutor | None = None,
        *,
        progress: Progress | None = None,
        on_error: Literal["skip", "fail"] = "skip",
        clip_limit_s: float | None = None,
        stage_limits_s: Mapping[str, float] | None = None,
        scope: str = "",
        digests: DigestIndex | None = None,
    ) -> None:
        self.store = store
        self.operations = operations
        self.scope = scope
        self.resolver = Resolver(store, operations, scope)
        self.states: dict[str, NodeState] = {}
        self.bugs: list[Bug] = []
        """Bugs in operations that look at one clip: the clips failed, the run went on. To be logged and told."""
        self._context = Context(
            store=store,
            operations=operations,
            executor=executor or InlineExecutor(),
            progress=progress or Silence(),
            rules=Rules(on_error=on_error, clip_limit_s=clip_limit_s, stage_limits_s=stage_limits_s or {}),
            digests=digests,
            claims=Claims(store.root),
            resolver=self.resolver,
            states=self.states,
            bugs=self.bugs,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the workers, whatever they do."""
        self._context.executor.end_all()
        self._context.executor.shutdown(wait=True, cancel_futures=True)

    def run(self, graph: Graph) -> Results:
        """Bring every node of the graph to its end, from the store where it can.

        Raises the RushesErrors of operations (a MediaError fails only its node, unless on_error is "fail"), StoreError,
        TimeLimitError for a stage over its limit, `Bug` for anything else that an operation raises (one `per_clip` only if on_error is "fail", see `bugs`), and KeyboardInterrupt, also for SIGTERM. Whatever is raised,
        finished results are stored and no worker goes on.
        """
        self.check(graph)
        for node in graph.nodes:
            self.states[node.id] = NodeState(node)
        try:
            self._finish(graph)
        finally:
            self._remember_keys()
        return Results({node.id: self.states[node.id].result() for node in graph.nodes}, self.path)

    def path(self, node: str, output: str) -> Path:
        """A verified output of a node that ran or was found; made again if its blob is damaged."""
        digest = self.states[node].result().outputs[output]
        found = self.store.verified(digest)
        if found is None:
            self.states[node].reopen("stored result is damaged")
            self._finish(Graph((self.states[node].node,)))
            found = self.store.verified(self.states[node].result().outputs[output])
        if found is None:
            what = f"{output} of {node} is damaged again right after it was made"
            raise StoreError(
                Problem(None, what, "check the disk of the cache, or choose another with --cache DIR")
            )
        return found

    def libraries(self) -> dict[str, str]:
        """Distribution -> installed version, of all that the nodes so far depend on."""
        used = {state.node.operation for state in self.states.values()}
        found: dict[str, str] = {}
        for name in sorted(used):
            found.update(self.resolver.versions(self.operations[name]))
        return found

    def check(self, graph: Graph) -> None:
        """Raises ValueError for a graph that is not one: our bug, found before anything runs."""
        known = {name: set(state.node.outputs) for name, state in self.states.items()}
        seen: set[str] = set()
        for node in graph.nodes:
            if node.id in seen:
                raise ValueError(f"two nodes are called {node.id!r}")
            if node.operation not in self.operations:
                raise ValueError(f"{node.id}: there is no operation {node.operation!r}")
            for name, given in node.inputs.items():
                if isinstance(given, NodeInput) and given.output not in known.get(given.node, set()):
                    raise ValueError(
                        f"{node.id}: no earlier node gives {given.node!r}, {given.output!r} for {name!r}"
                    )
            seen.add(node.id)
            known[node.id] = set(node.outputs)

    def _finish(self, graph: Graph) -> None:
        with _sigterm_as_interrupt(), Schedule(self._context, graph) as schedule:
            schedule.finish()

    def _remember_keys(self) -> None:
        """Keep the keys for the next plan's reasons. These are hints: a store that cannot take them is no error."""
        now = {name: state.key for name, state in self.states.items() if state.stored}
        last = self.resolver.last
        if all(last.get(name) == key for name, key in now.items()):
            return
        strange = {} if len(last) > 4 * len(self.states) + _KEEP_STRANGE_HINTS else last
        try:
            self.store.put_last_keys(self.scope, {**strange, **now})
        except StoreError:
            return


@contextmanager
def _sigterm_as_interrupt() -> Generator[None]:
    """A polite request to end is an interrupt, whoever sends it. Only the main thread can listen."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
