"""What makes short verbs shorter: Python spends a third of their time on methods that nobody calls and on looking for garbage."""

from __future__ import annotations

import dataclasses
import gc
from collections.abc import Callable
from typing import Any

_FEW_COLLECTIONS = (200_000, 20, 20)
"""Objects between two looks for circles of garbage; usually 700. Hardly anything of ours is in a circle."""


def start_quickly() -> None:
    """For the process of a command line, before it loads its verb. Nothing that a verb does or prints is another by it."""
    gc.set_threshold(*_FEW_COLLECTIONS)
    compile_methods_late()


def end_quickly() -> None:
    """For the process of a command line, when all is done: at its end Python looks for garbage among all that was ever loaded,
    which takes a tenth of a second. Frozen things are left alone, as all that a process holds goes with it anyway."""
    gc.freeze()


def compile_methods_late() -> None:
    """Let dataclasses that are made from now on compile each of their methods when it is first called.

    A frozen dataclass has six, each compiled by itself when its class is made: 1500 for a verb, of which it calls few. From
    Python 3.13 on a class compiles all of them at once, and nothing is done here.
    """
    create = getattr(dataclasses, "_create_fn", None)
    if create is not None and not isinstance(create, _Late):
        setattr(dataclasses, "_create_fn", _Late(create))  # noqa: B010  it is private, so mypy does not know it


class _Late:
    """In place of what compiles one method of a dataclass: gives one that is compiled when it is called."""

    def __init__(self, create: Callable[..., Callable[..., Any]]) -> None:
        self._create = create

    def __call__(self, name: str, *how: Any, **more: Any) -> Callable[..., Any]:
        compiled: Callable[..., Any] | None = None

        def method(*given: Any, **named: Any) -> Any:
            nonlocal compiled
            if compiled is None:
                compiled = self._create(name, *how, **more)
                compiled.__qualname__ = method.__qualname__
                _put_in_place(type(given[0]), name, method, compiled)
            return compiled(*given, **named)

        method.__name__ = name
        return method


def _put_in_place(kind: type, name: str, method: object, compiled: object) -> None:
    """The next call goes straight to what was compiled."""
    for owner in kind.__mro__:
        if owner.__dict__.get(name) is method:
            setattr(owner, name, compiled)
