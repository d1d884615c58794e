"""Edits that come back from another program: which format a file has, and which of our files its media are."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from rushes.errors import Place, Problem, RecipeError
from rushes.recipe.listed import listed
from rushes.timeline.changes import ImportedClip, ImportedTimeline

_FIX = "export it as OpenTimelineIO (.otio) or FCP7 XML (.xml) from the editing program"
_SHOWN = 10


class ImportFault(RecipeError):
    """A file is no edit that can be imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadClip:
    """A clip as a file has it. media: url or path, or the name where it has neither. start_frames: record position in
    frames of the edit; the source is counted in frames of the file since its first picture. by_ramp: the beginning is
    where a change of speed on the way puts it, not where the mean speed would. speed: on the mean, 1 as it was filmed."""

    id: str | None
    media: str
    source_start_frames: int
    source_rate_fps: Fraction
    start_frames: int
    duration_frames: int
    by_ramp: bool = False
    speed: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadEdit:
    """The first picture track of a file, in record order. notes: what is not taken over."""

    rate_fps: Fraction
    clips: tuple[ReadClip, ...]
    notes: tuple[str, ...] = ()


def fault(path: str, what: str, fix: str = _FIX) -> ImportFault:
    """The error to raise for a file."""
    return ImportFault(Problem(Place(path), what, fix))


def read_edit(data: bytes, path: str) -> ReadEdit:
    """Read an OTIO or FCP7 XML file; `path` is what errors call it. Raises ImportFault where it is neither or damaged."""
    head = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:4000]
    if head.startswith(b"{"):
        from rushes.emit.interchange_read_otio import read_otio

        return read_otio(data, path)
    if b"<fcpxml" in head:
        raise fault(path, "FCPXML can be written but not imported")
    if head.startswith(b"<"):
        from rushes.emit.interchange_read_fcp7 import read_fcp7

        return read_fcp7(data, path)
    if head.startswith((b"TITLE:", b"FCM:")):
        raise fault(path, "an EDL says too little of its media to be imported")
    raise fault(path, "this is neither OpenTimelineIO nor FCP7 XML")


def imported_timeline(
    edit: ReadEdit,
    names: Collection[str],
    path: str,
    footage: str | None = None,
    renamed: Mapping[str, str] | None = None,
) -> ImportedTimeline:
    """The edit with its media called as we call them. names: every clip of the footage. footage: the folder that they
    lie in, where it is known. renamed: what a clip is called there now -> its name.

    Raises ImportFault that lists all media which are none of them.
    """
    called = {**(renamed or {}), **{name: name for name in names}}
    known = {clip.media: known_name(clip.media, called, footage) for clip in edit.clips}
    found = {media: None if name is None else called[name] for media, name in known.items()}
    unknown = [media_path(media) for media, name in found.items() if name is None]
    if unknown:
        files = f"{len(unknown)} file{'s' * (len(unknown) > 1)}"
        what = f"it shows {files} that this edit never had: {listed(unknown, _SHOWN)}"
        raise fault(
            path, what, "put them into the footage folder and run again, or take them out of the edit"
        )
    clips = tuple(
        ImportedClip(
            id=clip.id,
            file=found[clip.media] or clip.media,
            source_start_frames=clip.source_start_frames,
            source_rate_fps=clip.source_rate_fps,
            duration_frames=clip.duration_frames,
            by_ramp=clip.by_ramp,
            speed=clip.speed,
        )
        for clip in edit.clips
    )
    return ImportedTimeline(rate_fps=edit.rate_fps, clips=clips, notes=(*edit.notes, *_gaps(edit)))


def sound_notes(pictures: Iterable[ReadClip], sounds: Iterable[ReadClip]) -> Iterator[str]:
    """What is to be said of sound of the pictures' files that lies elsewhere than its picture: it stays with that."""
    shown: dict[tuple[str, int], list[ReadClip]] = {}
    media: set[str] = set()
    for clip in pictures:
        media.add(clip.media)
        shown.setdefault((clip.media, clip.start_frames), []).append(clip)
    apart = {
        sound.start_frames
        for sound in sounds
        if sound.media in media and not any(_is_together(sound, clip) for clip in _about(sound, shown))
    }
    if apart:
        what = (
            f"the sound at {len(apart)} place{'s' * (len(apart) > 1)} does not lie with its picture any more"
        )
        yield f"{what}: sound is not taken over, it stays with the pictures"


def _about(sound: ReadClip, shown: Mapping[tuple[str, int], Sequence[ReadClip]]) -> Iterator[ReadClip]:
    """Pictures of the same file that begin with a sound, or next to it."""
    for start in range(sound.start_frames - 1, sound.start_frames + 2):
        yield from shown.get((sound.media, start), ())


def _is_together(sound: ReadClip, picture: ReadClip) -> bool:
    """Programs round both by themselves."""
    pairs = (
        (sound.start_frames, picture.start_frames),
        (sound.duration_frames, picture.duration_frames),
        (sound.source_start_frames, picture.source_start_frames),
    )
    return all(abs(one - other) <= 1 for one, other in pairs)


def media_path(media: str) -> str:
    """The path that a url names, or the path itself, with forward slashes."""
    parts = urlsplit(media)
    text = unquote(parts.path) if parts.scheme == "file" else media if ":" in media[:3] else unquote(media)
    return text.replace("\\", "/")


def known_name(media: str, names: Collection[str], footage: str | None = None) -> str | None:
    """Which of our clips a url or path means, None: none of them.

    By its place below the footage folder; elsewhere by as much of the end of the path as a name has, the longest first;
    then by the file name alone, where only one clip has it.
    """
    path = PurePosixPath(_plain(media_path(media)))
    by_plain = {_plain(name): name for name in sorted(names)}
    if footage is not None and path.is_relative_to(_plain(footage)):
        return by_plain.get(str(path.relative_to(_plain(footage))))
    tails = ["/".join(path.parts[at:]) for at in range(len(path.parts))]
    whole = next((by_plain[tail] for tail in tails if tail in by_plain), None)
    if whole is not None:
        return whole
    alike = [name for plain, name in by_plain.items() if PurePosixPath(plain).name == path.name]
    return alike[0] if len(alike) == 1 else None


def _plain(path: str) -> str:
    """macOS spells umlauts in file names as two characters."""
    return unicodedata.normalize("NFC", path)


def _gaps(edit: ReadEdit) -> Iterator[str]:
    at = gaps = 0
    for clip in edit.clips:
        gaps += clip.start_frames > at
        at = max(at, clip.start_frames + clip.duration_frames)
    if gaps:
        yield f"{gaps} gap{'s' * (gaps > 1)} between clips {'are' if gaps > 1 else 'is'} closed"
