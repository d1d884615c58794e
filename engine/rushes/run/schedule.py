"""The order in which the nodes of one graph come to their end.

A node is *open* until it has one. An open node is resolved when all its inputs have ended: the store then answers it,
or it must run. What must run is grouped by batch, and a group is launched when no member is left that could still join.
"""

from __future__ import annotations

import heapq
import os
import time
from collections import Counter, defaultdict, deque
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import replace
from types import TracebackType
from typing import Self

from rushes.errors import MediaError, Place, Problem, RushesError
from rushes.graph.node import FileInput, Graph, Node, Operation
from rushes.run.operations.outcome import FIX_OF_BUG, bug_text
from rushes.run.perform import Done, Job, perform
from rushes.run.progress import ProgressEvent
from rushes.run.resolve import failed_action, gather
from rushes.run.stage_limits import StageLimits
from rushes.run.state import Bug, Context, Flight, Group, NodeState, Ready
from rushes.run.waiting import Waiting
from rushes.run.worker import TaskFault, WorkerDied
from rushes.store.action import Action

_CLAIM_POLL_S = 0.2
_CLAIM_PATIENCE_S = 120.0
"""How long another run may keep a node to itself: it may be stopped, and doing the work twice does no harm."""


class Schedule:
    """One graph on its way. On leaving, nothing runs and nothing half-made is left, however it was left."""

    def __init__(self, context: Context, graph: Graph) -> None:
        self._context = context
        self._states = context.states
        self._open = {node.id for node in graph.nodes}
        self._fresh = deque(node.id for node in graph.nodes)
        self._waiting = Waiting()
        self._joining: Counter[tuple[str, str]] = Counter()
        self._batches: defaultdict[tuple[str, str], list[Ready]] = defaultdict(list)
        self._queue: list[Group] = []
        self._claimed: list[Group] = []
        self._second_tries: deque[Group] = deque()
        self._flights: dict[Future[list[Done]], Flight] = {}
        self._groups = 0
        self._totals: Counter[str] = Counter(node.stage for node in graph.nodes)
        self._done: Counter[str] = Counter()
        self._limits = StageLimits(context.rules.stage_limits_s)
        for node in graph.nodes:
            self._joining[self._batch(node)] += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for future in self._flights:
            self._context.executor.end(future)
        wait(self._flights)
        for flight in self._flights.values():
            self._clear(flight)
        self._context.claims.release_all()

    def finish(self) -> None:
        """Run until no node is open."""
        while True:
            while self._fresh:
                self._resolve(self._states[self._fresh.popleft()])
            if not self._open:
                return
            self._launch()
            self._land()

    def _resolve(self, state: NodeState) -> None:
        node = state.node
        if state.ended is not None:
            return
        given = gather(node, self._ended_action)
        if given.waits_for:
            self._waiting.wait(node.id, given.waits_for)
        elif given.skipped_for:
            self._skip(state, self._states[given.skipped_for])
        else:
            found = self._context.resolver.look_up(node, given.contents)
            state.key = found.draft.key
            if found.stored is not None:
                self._end(state, found.stored, ran=False, stored=True)
            elif self._waiting.makes(state.key, node.id):
                state.reason = state.reason or self._context.resolver.reason(node, found)
                self._join(Ready(state, found))

    def _ended_action(self, node: str) -> Action | None:
        state = self._states[node]
        return state.action if state.ended is not None else None

    def _skip(self, state: NodeState, producer: NodeState) -> None:
        draft = producer.action
        if draft is None:
            raise ValueError(f"{producer.node.id} has not ended")
        state.key, state.failed_at, state.transient = "", producer.failed_at, producer.transient
        action = failed_action(draft, draft.failure, draft.fix)
        self._end(state, action, ran=False, stored=False)

    def _end(self, state: NodeState, action: Action, *, ran: bool, stored: bool) -> None:
        node = state.node
        state.action, state.ran, state.stored = action, state.ran or ran, stored
        state.ended = "failed" if action.failure else "ran" if state.ran else "cached"
        state.failed_at = (state.failed_at or node.id) if action.failure else ""
        self._open.discard(node.id)
        self._leave(node)
        self._fresh.extend(self._waiting.end(node.id))
        self._fresh.extend(self._waiting.give_up(state.key, node.id))
        self._done[node.stage] += 1
        self._tell("failed" if action.failure else state.ended, node)
        if action.failure and self._context.rules.on_error == "fail":
            raise MediaError(Problem(Place(node.subject or node.id), action.failure, action.fix))

    def _batch(self, node: Node) -> tuple[str, str]:
        batched = self._context.operations[node.operation].batched and node.batch
        return (node.operation, f"batch {node.batch}" if batched else f"node {node.id}")

    def _join(self, ready: Ready) -> None:
        self._batches[self._batch(ready.state.node)].append(ready)
        self._leave(ready.state.node)

    def _leave(self, node: Node) -> None:
        """One less that could still join its batch; the last one makes it a group."""
        batch = self._batch(node)
        self._joining[batch] -= 1
        if self._joining[batch] <= 0 and batch in self._batches:
            self._push(self._batches.pop(batch))

    def _push(self, members: list[Ready]) -> None:
        self._groups += 1
        size = max(_bytes_to_read(member.state.node) for member in members)
        heapq.heappush(self._queue, Group(-size, self._groups, members))

    def _reopen(self, producer: NodeState) -> None:
        """A blob that somebody needs is damaged: its node runs again, and what needs it waits."""
        if producer.ended is None:
            return
        self._context.store.forget(producer.key)
        producer.reopen("stored result is damaged")
        self._open.add(producer.node.id)
        self._joining[self._batch(producer.node)] += 1
        self._done[producer.node.stage] -= 1
        self._fresh.append(producer.node.id)

    def _launch(self) -> None:
        while len(self._flights) < self._context.executor.workers:
            group = self._next_group()
            if group is None:
                return
            self._start(group)

    def _next_group(self) -> Group | None:
        """The next call, or None if all that is left must wait. A second try runs alone: it may need all the memory."""
        if any(flight.second_try for flight in self._flights.values()):
            return None
        if self._queue:
            return heapq.heappop(self._queue)
        if self._flights or self._claimed or self._fresh:
            return None
        if self._second_tries:
            return self._second_tries.popleft()
        if self._batches:
            # Members that depend on members of their own batch: it runs in parts.
            self._push(self._batches.pop(next(iter(self._batches))))
            return heapq.heappop(self._queue)
        return None

    def _start(self, group: Group) -> None:
        self._limits.begin(group.members[0].state.node.stage)
        jobs = [(member, self._job(member)) for member in group.members]
        members = [member for member, job in jobs if job is not None]
        if not members:
            return
        if not self._claim(members) and self._must_wait(group):
            self._claimed.append(replace(group, members=members))
            return
        members = [member for member in members if not self._made_meanwhile(member)]
        if not members:
            return
        chosen = {id(member) for member in members}
        flight = Flight(members, self._context.store.scratch(), self._deadline_s(members), group.second_try)
        for member in members:
            self._tell("start", member.state.node)
        future = self._context.executor.submit(
            perform,
            str(self._context.store.root),
            self._operation(members).function,
            [job for member, job in jobs if job is not None and id(member) in chosen],
            str(flight.scratch),
        )
        self._flights[future] = flight

    def _job(self, ready: Ready) -> Job | None:
        """All that the call needs; None if the node cannot be called now (it was ended, or waits again)."""
        node = ready.state.node
        inputs: dict[str, str] = {}
        files: list[str] = []
        failed: dict[str, str] = {}
        damaged: list[NodeState] = []
        for name, source in node.inputs.items():
            if isinstance(source, FileInput):
                inputs[name] = source.path
                files.append(source.path)
                continue
            producer = self._states[source.node]
            action = self._ended_action(source.node)
            if action is not None and action.failure:
                failed[name] = action.failure
                continue
            path = self._context.store.verified(action.outputs[source.output].digest) if action else None
            if path is None:
                damaged.append(producer)
            else:
                inputs[name] = str(path)
        if damaged:
            self._wait_again(ready, damaged)
            return None
        if self._files_changed(node):
            self._fail(ready, "the file changed since the run began", "run again when nothing writes to it")
            return None
        draft = ready.found.draft
        return Job(
            node=node.id,
            action=draft,
            inputs=inputs,
            files=tuple(files),
            failed_inputs=failed,
            outputs=node.outputs,
        )

    def _files_changed(self, node: Node) -> bool:
        digests = self._context.digests
        if digests is None:
            return False
        sources = [source for source in node.inputs.values() if isinstance(source, FileInput)]
        try:
            return any(digests.digest(source.path) != source.digest for source in sources)
        except MediaError:
            return True

    def _wait_again(self, ready: Ready, damaged: list[NodeState]) -> None:
        for producer in damaged:
            self._reopen(producer)
        # A damaged input may be a twin of this very node, and would wait for it for ever.
        self._fresh.extend(self._waiting.give_up(ready.found.draft.key, ready.state.node.id))
        self._joining[self._batch(ready.state.node)] += 1
        self._fresh.append(ready.state.node.id)

    def _claim(self, members: list[Ready]) -> bool:
        claims, taken = self._context.claims, list[str]()
        for member in members:
            if not claims.take(member.found.draft.key):
                for key in taken:
                    claims.release(key)
                return False
            taken.append(member.found.draft.key)
        return True

    def _must_wait(self, group: Group) -> bool:
        now_s = time.monotonic()
        group.claimed_since_s = now_s if group.claimed_since_s is None else group.claimed_since_s
        return now_s - group.claimed_since_s < _CLAIM_PATIENCE_S

    def _made_meanwhile(self, ready: Ready) -> bool:
        """Another run on this store may have done the work between our look and our claim."""
        stored = self._context.resolver.whole(ready.state.node, ready.found.draft.key)
        if stored is None:
            return False
        self._context.claims.release(ready.found.draft.key)
        self._end(ready.state, stored, ran=False, stored=True)
        return True

    def _operation(self, members: list[Ready]) -> Operation:
        return self._context.operations[members[0].state.node.operation]

    def _deadline_s(self, members: list[Ready]) -> float | None:
        limit_s = self._context.rules.clip_limit_s
        if limit_s is None or not self._operation(members).per_clip:
            return None
        return time.monotonic() + limit_s

    def _land(self) -> None:
        """Wait for a call to end, and take what it brought."""
        if self._fresh or not self._open:
            return
        if not self._flights and not self._claimed:
            raise RuntimeError(f"nodes wait for each other: {', '.join(sorted(self._open))}")
        if not self._flights:
            time.sleep(_CLAIM_POLL_S)
        done, _ = wait(self._flights, timeout=self._patience_s(), return_when=FIRST_COMPLETED)
        for future in [future for future in self._flights if future in done]:
            self._take(future)
        self._end_overdue()
        self._limits.check(self._done, self._totals)
        for group in self._claimed:
            heapq.heappush(self._queue, group)
        self._claimed.clear()

    def _patience_s(self) -> float | None:
        ends_s = [flight.ends_s for flight in self._flights.values() if flight.ends_s is not None]
        until_s = [max(0.0, min(ends_s) - time.monotonic())] if ends_s else []
        stage_s = self._limits.left_s(self._done, self._totals)
        until_s += [stage_s] if stage_s is not None else []
        return min([*until_s, *([_CLAIM_POLL_S] if self._claimed else [])], default=None)

    def _end_overdue(self) -> None:
        for future, flight in self._flights.items():
            if flight.ends_s is not None and flight.ends_s <= time.monotonic():
                flight.overdue, flight.ends_s = True, None
                self._context.executor.end(future)

    def _take(self, future: Future[list[Done]]) -> None:
        flight = self._flights[future]
        error = future.exception()
        del self._flights[future]
        self._clear(flight)
        if isinstance(error, WorkerDied):
            self._died(flight, str(error))
        elif isinstance(error, RushesError):
            raise error
        elif error is not None:
            self._broke(flight, error)
        else:
            for member, done in zip(flight.members, future.result(), strict=True):
                if done.trace:
                    self._keep_bug([member], done.trace)
                member.state.transient = bool(done.action.failure) and not done.kept
                self._end(member.state, done.action, ran=True, stored=done.kept)

    def _broke(self, flight: Flight, error: BaseException) -> None:
        """An operation raised what it must not. Where it looks at one clip, that clip is left out and the rest goes on."""
        self._keep_bug(flight.members, str(error), error)
        said = error.summary if isinstance(error, TaskFault) else type(error).__name__
        for member in flight.members:
            self._fail(member, bug_text(said), FIX_OF_BUG, ran=True)

    def _keep_bug(self, members: list[Ready], trace: str, cause: BaseException | None = None) -> None:
        """For the log. Raises it where nothing may go on."""
        bug = Bug([member.state.node.id for member in members], trace)
        if self._context.rules.on_error == "fail" or not self._operation(members).per_clip:
            raise bug from cause
        self._context.bugs.append(bug)

    def _died(self, flight: Flight, how: str) -> None:
        """A worker that died may have been the victim of its neighbours: its nodes get one more try, alone."""
        if flight.overdue:
            what = f"gave up after {self._context.rules.clip_limit_s:g} s, the time limit of a clip"
            fix = "raise clip_limit_s in the recipe, or leave the clip out"
        elif flight.second_try:
            what = f"the process that worked on it {how}, twice"
            fix = "give it more memory or fewer --workers; if it happens again, leave the clip out"
        else:
            for member in flight.members:
                self._groups += 1
                self._second_tries.append(Group(0, self._groups, [member], second_try=True))
            return
        for member in flight.members:
            self._fail(member, what, fix, ran=True)

    def _fail(self, ready: Ready, what: str, fix: str, *, ran: bool = False) -> None:
        ready.state.transient = True
        self._end(ready.state, failed_action(ready.found.draft, what, fix), ran=ran, stored=False)

    def _clear(self, flight: Flight) -> None:
        self._context.store.clear(flight.scratch)
        for member in flight.members:
            self._context.claims.release(member.found.draft.key)

    def _tell(self, event: ProgressEvent, node: Node) -> None:
        stage = node.stage
        self._context.progress.tell(
            event, stage, self._done[stage], self._totals[stage], node.subject or node.id
        )


def _bytes_to_read(node: Node) -> int:
    """Size of the files outside the store that a node reads."""
    total = 0
    for source in node.inputs.values():
        if isinstance(source, FileInput):
            try:
                total += os.stat(source.path).st_size
            except OSError:
                continue
    return total
