"""What makes short verbs shorter: Python spends a third of their time on classes that are hardly used and on looking for garbage."""

from __future__ import annotations

import dataclasses
import gc
from collections.abc import Callable
from typing import Any

_RARE = frozenset({"__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__"})
_FEW_COLLECTIONS = (200_000, 20, 20)
"""Objects between two looks for circles of garbage; usually 700. Hardly anything of ours is in a circle."""


def start_quickly() -> None:
    """For the process of a command line, before it loads its verb. Nothing that a verb does or prints is another by it."""
    gc.set_threshold(*_FEW_COLLECTIONS)
    compile_rare_methods_late()


def compile_rare_methods_late() -> None:
    """Let dataclasses that are made from now on compile their rare methods when they are first called.

    A frozen dataclass has six methods, each compiled by itself when its class is made: 1500 for a verb, of which it calls few.
    From Python 3.13 on a class compiles all of them at once, and there is nothing to do.
    """
    create = getattr(dataclasses, "_create_fn", None)
    if create is not None and not isinstance(create, _Late):
        setattr(dataclasses, "_create_fn", _Late(create))  # noqa: B010  it is private, and mypy does not know it


class _Late:
    """In place of what compiles one method of a dataclass."""

    def __init__(self, create: Callable[..., Callable[..., Any]]) -> None:
        self._create = create

    def __call__(self, name: str, *rest: Any, **more: Any) -> Callable[..., Any]:
        if name not in _RARE:
            return self._create(name, *rest, **more)
        compiled: Callable[..., Any] | None = None

        def method(*given: Any) -> Any:
            nonlocal compiled
            if compiled is None:
                compiled = self._create(name, *rest, **more)
                _replace(type(given[0]), method, compiled)
            return compiled(*given)

        method.__name__ = name
        return method


def _replace(kind: type, method: object, compiled: Callable[..., Any]) -> None:
    """The next call goes straight to what was compiled."""
    for owner in kind.__mro__:
        for name in _RARE:
            if owner.__dict__.get(name) is method:
                compiled.__qualname__ = f"{owner.__qualname__}.{name}"
                setattr(owner, name, compiled)
