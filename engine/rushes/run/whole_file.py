"""Files of the out folder, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rushes.errors import Place, Problem, RenderError
from rushes.store.faults import DISK_FULL, READ_ONLY

_ELSEWHERE = "folder with --out"


@contextmanager
def whole_file(target: Path, elsewhere: str = _ELSEWHERE) -> Iterator[Path]:
    """Gives an empty file beside the target; what is written to it takes the target's place at the end.

    Raises RenderError where it cannot be written, within the block too; the target is then as it was.
    elsewhere: what to choose another one of, for the fix.
    """
    part: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".rushes-", delete=False) as temporary:
            part = Path(temporary.name)
        yield part
        part.chmod(0o644)
        os.replace(part, target)
        part = None
    except OSError as error:
        raise cannot_be_written(target, error, elsewhere) from None
    finally:
        if part is not None:
            with suppress(OSError):
                part.unlink()


def cannot_be_written(target: Path, error: OSError, elsewhere: str = _ELSEWHERE) -> RenderError:
    """The error to raise for what the system says."""
    what = f"cannot be written: {error.strerror}"
    choose = f"choose another {elsewhere}"
    if error.errno in DISK_FULL:
        fix = f"free some space or {choose}"
    elif error.errno in READ_ONLY:
        fix = f"allow writing there or {choose}"
    else:
        fix = choose
    return RenderError(Problem(Place(str(target)), what, fix))
