"""Where tasks run: in this process, or in worker processes. Both are `concurrent.futures.Executor`s."""

from __future__ import annotations

import json
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from typing import Any, BinaryIO, TypeVar, cast

from rushes.errors import Problem, RecipeError
from rushes.run.worker import Reply, WorkerDied, attempt, receive, send_bytes

Result = TypeVar("Result")

ONE_THREAD = {
    name: "1"
    for name in (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
        "NUMEXPR_NUM_THREADS",
        "NUMBA_NUM_THREADS",
        "OPENCV_FOR_THREADS_NUM",
        "POLARS_MAX_THREADS",
    )
}
"""Each worker has one core; libraries that start a thread per core would make workers fight for them."""

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv.pop()); from rushes.run.worker import serve; serve()"
)


class TaskExecutor(Executor):
    """An Executor that says how many tasks it runs at once, and can end one that runs."""

    workers: int = 1

    def end(self, future: Future[Any]) -> None:
        """Stop a running task by force; its future then raises WorkerDied. Does nothing where that is impossible."""

    def end_all(self) -> None:
        """Stop all running tasks by force."""


class InlineExecutor(TaskExecutor):
    """Runs each task when it is submitted, in the calling thread. Time limits do not hold here."""

    def submit(self, fn: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Future[Result]:
        """Run now; the future that comes back is done."""
        if kwargs:
            raise TypeError("tasks take positional arguments only")
        future: Future[Result] = Future()
        future.set_running_or_notify_cancel()
        _settle(future, attempt(fn, args))
        return future


class ProcessExecutor(TaskExecutor):
    """Runs each task in one of `workers` processes, started when first needed.

    A process that dies takes only its own task with it and is replaced, so the culprit is known. (The standard
    library's pool breaks as a whole, imports the main script again in every worker, and forks or spawns through
    helpers that outlive a killed parent.)
    """

    def __init__(self, workers: int) -> None:
        if workers < 1:
            raise ValueError(f"workers={workers} is below 1")
        self.workers = workers
        self._tasks: queue.SimpleQueue[tuple[Future[Any], bytes] | None] = queue.SimpleQueue()
        self._lanes: list[threading.Thread] = []
        self._running: dict[Future[Any], subprocess.Popen[bytes]] = {}
        self._ended: set[Future[Any]] = set()
        self._unfinished = 0
        self._lock = threading.Lock()
        self._closed = False

    def submit(self, fn: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Future[Result]:
        """Queue a task. Function and arguments must survive pickling; the function must be importable."""
        if kwargs:
            raise TypeError("tasks take positional arguments only")
        message = pickle.dumps((fn, args), protocol=pickle.HIGHEST_PROTOCOL)
        future: Future[Result] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("the executor is shut down")
            self._unfinished += 1
            if self._unfinished > len(self._lanes) < self.workers:
                lane = threading.Thread(target=self._drive, name="rushes-worker", daemon=True)
                self._lanes.append(lane)
                lane.start()
        self._tasks.put((future, message))
        return future

    def end(self, future: Future[Any]) -> None:
        """Kill the process that runs this task; its future raises WorkerDied."""
        with self._lock:
            self._ended.add(future)
            process = self._running.get(future)
            if process is not None:
                process.kill()

    def end_all(self) -> None:
        """Kill every process that runs a task."""
        with self._lock:
            running = list(self._running)
        for future in running:
            self.end(future)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the workers finish what is queued (or cancel it), then end them."""
        with self._lock:
            self._closed = True
            lanes = list(self._lanes)
        if cancel_futures:
            with suppress(queue.Empty):
                while (task := self._tasks.get_nowait()) is not None:
                    task[0].cancel()
        for _ in lanes:
            self._tasks.put(None)
        if wait:
            for lane in lanes:
                lane.join()

    def _drive(self) -> None:
        """The life of one lane: a thread here, and the process that it feeds."""
        process: subprocess.Popen[bytes] | None = None
        while (task := self._tasks.get()) is not None:
            future, message = task
            if future.set_running_or_notify_cancel():
                process, reply = self._run(process, future, message)
                with self._lock:
                    self._unfinished -= 1
                _settle(future, reply)
            else:
                with self._lock:
                    self._unfinished -= 1
        if process is not None:
            _close(process)

    def _run(
        self, process: subprocess.Popen[bytes] | None, future: Future[Any], message: bytes
    ) -> tuple[subprocess.Popen[bytes] | None, Reply]:
        if process is not None and process.poll() is not None:
            _close(process)
            process = None
        try:
            process = process or start_worker()
        except OSError as error:
            return None, Reply(error=WorkerDied(f"could not be started: {error.strerror}"))
        with self._lock:
            self._running[future] = process
            if future in self._ended:
                process.kill()
        reply = _exchange(process, message)
        with self._lock:
            del self._running[future]
            self._ended.discard(future)
        if reply is not None:
            return process, reply
        _close(process)
        return None, Reply(error=WorkerDied(_how_it_ended(process.returncode)))


def start_worker() -> subprocess.Popen[bytes]:
    """A new worker process, in a session of its own so that Ctrl-C reaches the parent alone."""
    return subprocess.Popen(
        [sys.executable, "-c", _START, json.dumps(sys.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **ONE_THREAD},
        start_new_session=True,
    )


def _exchange(process: subprocess.Popen[bytes], message: bytes) -> Reply | None:
    """Send a task and wait for its reply; None if the worker died."""
    try:
        send_bytes(cast(BinaryIO, process.stdin), message)
    except OSError:
        return None
    answer = receive(cast(BinaryIO, process.stdout))
    return None if answer is None else cast(Reply, pickle.loads(answer))


def _close(process: subprocess.Popen[bytes]) -> None:
    """End a worker that is idle or dead. Closing its input is enough; a stuck one is killed."""
    with suppress(OSError):
        cast(BinaryIO, process.stdin).close()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    cast(BinaryIO, process.stdout).close()


def _how_it_ended(code: int | None) -> str:
    return f"was ended by signal {-code}" if code is not None and code < 0 else f"ended with code {code}"


def _settle(future: Future[Any], reply: Reply) -> None:
    if reply.error is None:
        future.set_result(reply.value)
    else:
        future.set_exception(reply.error)


EXECUTORS = ("processes", "inline")


def make_executor(name: str, workers: int | None = None) -> TaskExecutor:
    """The executor that the command line names; it starts nothing before its first task.

    workers: processes at once, the number of usable cores if None. Raises RecipeError for a name that is not in
    `EXECUTORS` and for a number below 1.
    """
    if workers is not None and workers < 1:
        raise RecipeError(Problem(None, f"--workers is {workers}", "give 1 or more"))
    if name == "inline":
        return InlineExecutor()
    if name == "processes":
        return ProcessExecutor(workers or usable_cores())
    fix = f"use one of: {', '.join(EXECUTORS)}"
    raise RecipeError(Problem(None, f"there is no executor {name!r}", fix))


def usable_cores() -> int:
    """Cores that this process may use; containers and `taskset` give fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1
