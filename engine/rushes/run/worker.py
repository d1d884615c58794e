"""A worker process: reads tasks from its standard input until that closes, writes replies to its standard output.

Nothing heavy is imported here: a worker stands in the time that Python starts, and operations import what they need.
The pipe is also the leash: when the parent dies, even by kill -9, it closes, and the worker ends itself at once.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import struct
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from rushes.errors import RushesError

_LENGTH = struct.Struct("<Q")
_SUMMARY_CHARACTERS = 200


class TaskFault(Exception):
    """A task raised what it must not raise. The text is the traceback, as the worker saw it.

    summary: type and message of the exception, in one line.
    """

    def __init__(self, trace: str, summary: str) -> None:
        super().__init__(trace, summary)
        self.summary = summary

    def __str__(self) -> str:
        return str(self.args[0])


class WorkerDied(Exception):
    """A worker ended in the middle of a task: killed, out of memory, or crashed in native code."""


@dataclass(frozen=True, slots=True)
class Reply:
    """How a task ended: with a value, or with an error to raise."""

    value: Any = None
    error: RushesError | TaskFault | WorkerDied | None = None


def attempt(function: Callable[..., Any], args: tuple[Any, ...]) -> Reply:
    """Call a function; whatever it raises becomes something that crosses a process border whole."""
    try:
        return Reply(value=function(*args))
    except RushesError as error:
        return Reply(error=error)
    except MemoryError:
        return Reply(error=WorkerDied("ran out of memory"))
    except Exception as error:  # noqa: BLE001  The border of a task: any exception must cross it, and as text all can.
        return Reply(error=TaskFault(traceback.format_exc(), summary(error)))


def summary(error: Exception) -> str:
    """Type and message in one line. OpenCV's messages have several lines, and some have hundreds of characters."""
    text = " ".join("".join(traceback.format_exception_only(error)).split())
    return text if len(text) <= _SUMMARY_CHARACTERS else f"{text[: _SUMMARY_CHARACTERS - 1]}…"


def send_bytes(stream: BinaryIO, data: bytes) -> None:
    """Write one message, already pickled."""
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: BinaryIO) -> bytes | None:
    """Read one message, still pickled; None when the other side has gone."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    return data if len(data) == length else None


def serve() -> None:
    """Work until the parent closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _offer_to_the_oom_killer()
    tasks, replies = _take_over_pipes()
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(tasks, waiting), daemon=True).start()
    while True:
        send_bytes(replies, _packed(_answer(waiting.get())))


def _answer(message: bytes) -> Reply:
    loaded = attempt(pickle.loads, (message,))
    if loaded.error is not None:
        return loaded
    function, args = loaded.value
    return attempt(function, args)


def _packed(reply: Reply) -> bytes:
    packed = attempt(pickle.dumps, (reply, pickle.HIGHEST_PROTOCOL))
    return packed.value if packed.error is None else pickle.dumps(packed)


def _listen(tasks: BinaryIO, waiting: queue.SimpleQueue[bytes]) -> None:
    while (message := receive(tasks)) is not None:
        waiting.put(message)
    os._exit(0)


def _take_over_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the pipes to ourselves: what an operation prints goes to standard error, what it reads is empty."""
    tasks, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return tasks, replies


def _offer_to_the_oom_killer() -> None:
    """Where memory runs out, Linux shall end a worker, which is reported and replaced, not the run itself."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500", "ascii")
