"""Why a file cannot be a clip, in words that say what to do about it."""

from __future__ import annotations

import os
from pathlib import Path

from rushes.errors import MediaError, Place, Problem, is_transient

_HEAD_BYTES = 4096
_READ_BYTES = 1 << 20
_CUT_OFF = "copy it from the camera again, or repair it with the program that recorded it"
NO_SOUND_DECODES = "none of the sound can be decoded"
_NO_VIDEO = "give a video file, or leave it out with footage.exclude"


def media_fault(path: str, what: str, fix: str) -> MediaError:
    """A fault of one whole file."""
    return MediaError(Problem(Place(path), what, fix))


def system_fault(path: str, error: OSError) -> MediaError:
    """The system does not give the file now; nothing is known of what it holds."""
    if isinstance(error, PermissionError):
        return unreadable(path)
    what = f"the file cannot be read now ({error.strerror or error})"
    fix = "check the disk or the connection it lies on, then run again"
    return MediaError(Problem(Place(path), what, fix), transient=True)


def unreadable_media(path: str, error: Exception) -> MediaError:
    """What an error of FFmpeg or of the system, met while a file was read, means.

    FFmpeg searches on where a header cannot be read, and then calls the file invalid: only a file that can be read to
    its end is blamed itself.
    """
    if is_transient(error):
        return system_fault(path, error)
    try:
        _read_through(path)
        return not_media(path, getattr(error, "strerror", None) or "unknown format")
    except OSError as refusal:
        return system_fault(path, refusal)


def _read_through(path: str) -> None:
    buffer = bytearray(_READ_BYTES)
    with open(path, "rb", buffering=0) as file:
        while file.readinto(buffer):
            continue


def check_file(path: str) -> None:
    """Raise MediaError where there is no readable, non-empty file at path."""
    where = Path(path)
    if where.is_dir():
        raise media_fault(path, "this is a folder, not a clip", "name a file in it")
    if not where.exists():
        raise media_fault(path, "there is no such file", "check the path, and that the disk is connected")
    if not where.is_file():
        raise media_fault(path, "this is no ordinary file", "name a video file")
    if where.stat().st_size == 0:
        raise media_fault(path, "the file is empty (0 bytes)", "copy it from the camera again")
    if not os.access(path, os.R_OK):
        raise unreadable(path)


def unreadable(path: str) -> MediaError:
    """The system does not let us read it."""
    problem = Problem(Place(path), "the file may not be read", "give yourself permission to read it")
    return MediaError(problem, transient=True)


def not_media(path: str, reason: str) -> MediaError:
    """The container could not be opened: say why, as far as the first bytes tell."""
    if is_text(path):
        return media_fault(path, "this is a text file, not a video", _NO_VIDEO)
    if _lacks_index(path):
        return media_fault(path, "the recording was cut off before its index (moov) was written", _CUT_OFF)
    return media_fault(path, f"this cannot be read as a video ({reason})", _NO_VIDEO)


def no_picture(path: str) -> MediaError:
    """A container that opens, but holds no picture stream."""
    if is_text(path):
        return media_fault(path, "this is a text file, not a video", _NO_VIDEO)
    return media_fault(path, "the file has no picture, only sound or data", _NO_VIDEO)


def still_picture(path: str) -> MediaError:
    """A photo, whatever its name."""
    return media_fault(path, "this is a still picture, not a video", _NO_VIDEO)


def nothing_decodes(path: str) -> MediaError:
    """A picture stream of which no frame can be shown."""
    return media_fault(path, "no frame of the picture can be decoded", _CUT_OFF)


def is_text(path: str) -> bool:
    """Whether the first bytes are nothing but printable UTF-8."""
    with open(path, "rb") as file:
        head = file.read(_HEAD_BYTES)
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        # A character may be cut in two at the end of what was read.
        if error.start < len(head) - 4 or len(head) < _HEAD_BYTES:
            return False
        text = head[: error.start].decode("utf-8")
    return bool(text) and all(character.isprintable() or character in "\t\r\n\f" for character in text)


def _lacks_index(path: str) -> bool:
    """Whether this is a MOV/MP4 file (ISO/IEC 14496-12) whose boxes hold no `moov`."""
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        at = 0
        while at + 8 <= size:
            file.seek(at)
            head = file.read(16)
            length, kind = int.from_bytes(head[:4], "big"), head[4:8]
            if at == 0 and kind != b"ftyp":
                return False
            if kind == b"moov":
                return at + length > size
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            if length < 8:
                break
            at += length
    return at > 0
