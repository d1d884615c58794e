"""Operations on small texts: enough to show every rule of the engine. Every call leaves a line in a log beside the store."""

from __future__ import annotations

import errno
import os
import signal
import time
from pathlib import Path

from rushes.errors import ConstraintError, MediaError, Problem
from rushes.graph.node import Call, FileInput, Graph, Node, NodeInput, Operation, Outcome

HERE = __name__


def _log(call: Call) -> None:
    if "log" in call.params:
        with open(call.params["log"], "a") as file:
            file.write(call.params.get("name", "?") + "\n")


def join_texts(calls: list[Call]) -> list[Outcome]:
    """Joins its inputs, in the order of their names, around the parameter `text`; says which inputs failed."""
    outcomes: list[Outcome] = []
    for call in calls:
        _log(call)
        parts = [call.inputs[name].read_text() for name in sorted(call.inputs)]
        parts += [f"<no {name}: {why}>" for name, why in sorted(call.failed_inputs.items())]
        time.sleep(call.params.get("sleep_s", 0))
        for path in call.outputs.values():
            path.write_text(str(call.params.get("text", "")) + "".join(parts))
        outcomes.append(Outcome(warnings=tuple(call.params.get("warnings", ()))))
    return outcomes


def upper_batch(calls: list[Call]) -> list[Outcome]:
    """Upper case; one line in the log for each call of the function."""
    log = calls[0].params.get("log")
    if log:
        with open(log, "a") as file:
            file.write("+".join(call.params.get("name", "?") for call in calls) + "\n")
    outcomes: list[Outcome] = []
    for call in calls:
        text = call.inputs["text"].read_text()
        if call.params.get("name") == text:
            outcomes.append(Outcome(failure=f"{text} cannot be shouted", fix="write something else"))
            continue
        for path in call.outputs.values():
            path.write_text(text.upper())
        outcomes.append(Outcome())
    return outcomes


def misbehave(calls: list[Call]) -> list[Outcome]:
    """Does what the text of its input, or its parameter `how`, says."""
    for call in calls:
        _log(call)
        how = call.params.get("how") or call.inputs["text"].read_text()
        if how == "broken":
            raise MediaError(Problem(None, "the text is broken", "record it again"))
        if how == "transient" and not Path(call.params["mark"]).exists():
            Path(call.params["mark"]).touch()
            raise MediaError(Problem(None, "the disk is away", "connect it"), transient=True)
        if how == "caused" and not Path(call.params["mark"]).exists():
            Path(call.params["mark"]).touch()
            try:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            except OSError as error:
                raise MediaError(Problem(None, "the song cannot be opened")) from error
        if how == "constraints":
            raise ConstraintError([Problem(None, "too long"), Problem(None, "too short")])
        if how == "bug":
            raise ZeroDivisionError("a bug of ours")
        if how == "memory":
            raise MemoryError
        if how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if how == "killed once" and not Path(call.params["mark"]).exists():
            Path(call.params["mark"]).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if how == "hangs":
            time.sleep(600)
        if how == "no output":
            continue
        if how == "overwrites":
            Path(call.inputs["text"]).write_text("changed meanwhile")
        for path in call.outputs.values():
            path.write_text(f"fine: {how}")
    return [Outcome()] * len(calls)


OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation(name="join", version=1, function=f"{HERE}:join_texts"),
        Operation(name="upper", version=1, function=f"{HERE}:upper_batch", batched=True),
        Operation(name="misbehave", version=1, function=f"{HERE}:misbehave", batched=True),
        Operation(name="watch", version=1, function=f"{HERE}:misbehave", batched=True, per_clip=True),
    )
}


def node(name: str, operation: str = "join", *, after: tuple[str, ...] = (), **extra: object) -> Node:
    """A node with one output "out.txt"; `after` names the nodes it reads, the rest are fields of Node or parameters."""
    fields = {
        key: extra.pop(key)
        for key in ("batch", "optional_inputs", "subject", "inputs", "stage")
        if key in extra
    }
    inputs = {f"in{index}": NodeInput(node=source, output="out.txt") for index, source in enumerate(after)}
    inputs |= fields.pop("inputs", {})
    params = {"name": name, **extra}
    return Node(
        id=name,
        operation=operation,
        params=params,
        inputs=inputs,
        outputs=("out.txt",),
        **{"stage": "score", **fields},
    )


def leaf(path: Path) -> FileInput:
    """A file outside the store."""
    from rushes.store.store import hash_file

    return FileInput(path=str(path), digest=hash_file(path))


def chain(length=3, **params):
    """n0 -> n1 -> ..., each adding its number."""
    return Graph(
        tuple(node(f"n{i}", after=(f"n{i - 1}",) if i else (), text=str(i), **params) for i in range(length))
    )
