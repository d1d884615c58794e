"""Where an export may be written: never over the edit, its footage or its recipe, and over other files only if asked to."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from rushes.cli.edit_folder import EditFolder
from rushes.errors import Place, Problem, RecipeError

_OURS = re.compile(
    r"(timeline\b.*\.json|edits\b.*\.jsonl|\.edits\.lock|run\.json|ranking\.json|video\.mp4|report\.html)"
)
"""Files of an out folder, also those that repairs and new runs set aside."""

_HEAD_BYTES = 4000
_NAME = "name another file with --to"


def check_place(target: Path, edit: str) -> None:
    """Before anything is read. Raises RecipeError for folders, places in a file, and files of an out folder."""
    if target.is_dir():
        raise RecipeError(Problem(Place(str(target)), "is a folder", "name a file in it with --to"))
    above = next(folder for folder in target.absolute().parents if folder.exists())
    if not above.is_dir():
        what = f"cannot be made: {above} is a file, not a folder"
        raise RecipeError(Problem(Place(str(target)), what, _NAME))
    given = Path(edit)
    source = given / "timeline.json" if given.is_dir() else given
    is_in_out = _is_same(target.parent, source.parent) or (target.parent / "run.json").is_file()
    if _is_same(target, source) or (is_in_out and _OURS.fullmatch(_real(target).name.lower())):
        _refuse(target, "this is a file of the edit itself, which an export would destroy")


def make_folder(target: Path) -> None:
    """The folder of an export, with those above it. Raises RenderError where it cannot be made."""
    from rushes.run.whole_file import cannot_be_written

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_be_written(target.parent, error, "file with --to") from None


def check_content(
    target: Path, folder: EditFolder, footage: str | None, song: str | None, force: bool
) -> None:
    """Raises RecipeError for a clip, a song, a recipe, and where nobody asked to write over it for any other file that is
    there and is no export."""
    if not target.exists():
        return
    from rushes.media.find import VIDEO_SUFFIXES

    lies = footage or folder.footage
    if any(_is_same(target, Path(path)) for path in _sources(folder, song)):
        _refuse(target, "this edit was made from this file, which an export would destroy")
    ending = target.suffix.lower()
    if ending in VIDEO_SUFFIXES:
        _refuse(target, "this is a video, which exports never write over")
    if ending in (".yaml", ".yml", ".jsonl"):
        _refuse(target, "this is a recipe or a log, which exports never write over")
    if _is_export(target):
        return
    if lies and _real(target).is_relative_to(_real(Path(lies))):
        _refuse(target, "this file lies in the footage folder and is no export")
    if not force:
        what = "this file is there already and is no export for an editing program"
        raise RecipeError(Problem(Place(str(target)), what, f"{_NAME}, or write over it with --force"))


def _sources(folder: EditFolder, song: str | None) -> Iterator[str]:
    for path in (song, folder.song, folder.recipe):
        if path is not None and os.path.isfile(path):
            yield path


def _is_export(target: Path) -> bool:
    """Whether an export, or what another program made of one, may be written over: it is in one of the formats, or
    empty."""
    try:
        with target.open("rb") as file:
            head = file.read(_HEAD_BYTES).lstrip(b"\xef\xbb\xbf \t\r\n")
    except OSError as error:
        raise RecipeError(Problem(Place(str(target)), f"cannot be read: {error.strerror}", _NAME)) from None
    if head.startswith(b"{"):
        return b'"OTIO_SCHEMA"' in head
    return not head or head.startswith((b"TITLE:", b"FCM:")) or b"<xmeml" in head or b"<fcpxml" in head


def _refuse(target: Path, what: str) -> None:
    raise RecipeError(Problem(Place(str(target)), what, _NAME))


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _is_same(one: Path, other: Path) -> bool:
    """Also where one is a link to the other, or is called by another name."""
    if _real(one) == _real(other):
        return True
    return one.exists() and other.exists() and os.path.samefile(one, other)
