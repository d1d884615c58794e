"""What went wrong, where, and how to mend it: the only errors that users see."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, TypeGuard


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A point in a text file, or a whole file when line is 0. Lines and columns count from 1, as editors do."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: where it is (None when it has no place), what is wrong and how to fix it.

    path: the dotted path in the recipe of what it is about, where the place is not known yet; "" for none. It is not shown.
    """

    place: Place | None
    what: str
    fix: str = ""
    path: str = ""

    def __str__(self) -> str:
        head = f"{self.place}: {self.what}" if self.place else self.what
        return f"{head}\n    fix: {self.fix}" if self.fix else head


_OF_THE_MOMENT = frozenset(
    {
        errno.EIO,
        errno.EACCES,
        errno.EPERM,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.ESTALE,
        errno.ETIMEDOUT,
        errno.ENXIO,
        errno.ENODEV,
    }
)


def is_transient(error: BaseException | None) -> TypeGuard[OSError]:
    """Whether the system refused for a reason that lies in no file's content, so that the same call may succeed later.

    The errors of FFmpeg that carry a number of the system's are OSErrors too.
    """
    return isinstance(error, OSError) and error.errno in _OF_THE_MOMENT


class RushesError(Exception):
    """A failure that the user can act on. Carries every problem found, sorted by place."""

    exit_code: ClassVar[int] = 1

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        found = (problems,) if isinstance(problems, Problem) else tuple(problems)
        nowhere = Place("")
        self.problems: tuple[Problem, ...] = tuple(
            sorted(
                found, key=lambda problem: (problem.place or nowhere, problem.path, problem.what, problem.fix)
            )
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[RushesError], tuple[tuple[Problem, ...]], dict[str, object]]:
        """Errors cross process borders whole."""
        return type(self), (self.problems,), vars(self)


class RecipeError(RushesError):
    """A recipe, profile, override or argument is wrong."""

    exit_code = 2


class MediaError(RushesError):
    """A media file cannot be read as what it should be.

    transient: not the content is at fault but this moment (a card that fell out, a folder without permission), so the
    next run must try again.
    """

    def __init__(self, problems: Problem | Iterable[Problem], *, transient: bool = False) -> None:
        super().__init__(problems)
        self.transient = transient


class StoreError(RushesError):
    """The store cannot hold or give back a result."""


class ModelError(RushesError):
    """A model is missing, damaged or does not fit its manifest."""


class InferenceError(ModelError):
    """A model could not be computed on what one clip gave it: that clip goes without, the others go on."""


class RenderError(RushesError):
    """An output could not be written."""


class TimeLimitError(RushesError):
    """A stage of a run took longer than it may. What it had finished is kept."""


class GoldenMismatch(RushesError):
    """A run differs from its golden output."""

    exit_code = 3


class ConstraintError(RushesError):
    """The constraints of an edit cannot all hold, or the footage cannot fill the song."""

    exit_code = 4
