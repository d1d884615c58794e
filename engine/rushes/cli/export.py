"""rushes export: the edit as a file that another editing program opens."""

from __future__ import annotations

import enum
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rushes.cli.edit_folder import EditArgument, EditFolder, read_edit_folder
from rushes.cli.export_format import Format
from rushes.cli.export_sound import heard_of, mix_of_edit
from rushes.cli.export_target import check_content, check_place, make_folder
from rushes.cli.options import AsJson, Exit, Footage, Song, cache_dir, print_json
from rushes.errors import MediaError, Place, Problem, RecipeError

if TYPE_CHECKING:
    from rushes.emit.interchange import Exchange, MediaFile


class Paths(enum.StrEnum):
    """How media is referred to."""

    ABSOLUTE = "absolute"
    RELATIVE = "relative"


class Timecode(enum.StrEnum):
    """How the timecode of the edit is counted."""

    AUTO = "auto"
    DROP = "drop"
    NON_DROP = "non-drop"


def export(
    edit: EditArgument,
    format: Annotated[
        Format,
        typer.Option(
            "--format",
            help="otio; fcp7xml for Premiere and Resolve; fcpxml for Final Cut Pro; edl (CMX3600).",
        ),
    ],
    to: Annotated[str, typer.Option("--to", metavar="FILE", help="File to write.")],
    footage: Footage = None,
    song: Song = None,
    paths: Annotated[
        Paths, typer.Option("--paths", help="How media is referred to; relative is seen from FILE.")
    ] = Paths.ABSOLUTE,
    timecode: Annotated[
        Timecode,
        typer.Option("--timecode", help="Of the edit; auto counts drop-frame at 29.97 and 59.94."),
    ] = Timecode.AUTO,
    force: Annotated[
        bool, typer.Option("--force", help="Write over a file that is there and is no export.")
    ] = False,
    json: AsJson = False,
) -> int:
    """Write an edit for Premiere, Resolve, Final Cut Pro or any program that reads OpenTimelineIO or an EDL."""
    from rushes.emit.interchange import plan_exchange
    from rushes.run.whole_file import whole_file

    target = Path(to)
    check_place(target, edit)
    folder = read_edit_folder(edit)
    check_content(target, folder, footage, song, force)
    relative_to = target.parent if paths == Paths.RELATIVE else None
    media = _media(folder, footage, relative_to)
    sound = heard_of(folder)
    song_media = None if sound.clips == "only" else _song(folder, song, relative_to)
    mix = mix_of_edit(folder, sound, media, song_media)
    exchange = plan_exchange(folder.timeline, media, song_media, timecode.value, folder.song_fades_s, mix)
    text = _writer(format)(exchange)
    make_folder(target)
    with whole_file(target, "file with --to") as part:
        part.write_bytes(text.encode())
    _say(exchange, format, target, json)
    return Exit.DONE


def _writer(format: Format) -> Callable[[Exchange], str]:
    if format == Format.OTIO:
        from rushes.emit.interchange_otio import otio_text

        return otio_text
    if format == Format.FCP7XML:
        from rushes.emit.interchange_fcp7 import fcp7_text

        return fcp7_text
    if format == Format.FCPXML:
        from rushes.emit.interchange_fcpx import fcpx_text

        return fcpx_text
    from rushes.emit.interchange_edl import edl_text

    return edl_text


def _media(folder: EditFolder, given: str | None, relative_to: Path | None) -> Mapping[str, MediaFile]:
    """Facts of every clip that is shown. Raises MediaError that lists all clips that cannot be read."""
    from rushes.emit.interchange_media import picture_file
    from rushes.run.edit_media import EditMedia
    from rushes.store.digests import DigestIndex

    footage = given or folder.footage
    if footage is None:
        what = "there is no run.json beside it that says where the footage lies"
        raise RecipeError(Problem(Place(str(folder.timeline_path)), what, "name its folder with --footage"))
    if not Path(footage).is_dir():
        lay = "the footage of the run lay here, and the folder is not there any more"
        what = "there is no such folder" if given else lay
        fix = "check the path given by --footage" if given else "say where it lies now with --footage DIR"
        raise MediaError(Problem(Place(footage), what, fix))
    digests = {clip.file: clip.digest for clip in folder.timeline.clips}
    index = DigestIndex(cache_dir(folder.cache) / "digests.index")
    media = EditMedia(digests, Path(footage), None, index, folder.chosen)
    found: dict[str, MediaFile] = {}
    problems: list[Problem] = []
    for name, digest in sorted(digests.items()):
        path = media.path(digest, name) or Path(footage) / name
        if not path.exists():
            what = "this clip is not in the footage folder, nor is its content under another name"
            problems.append(
                Problem(Place(str(path)), what, "put it back, or say where it lies with --footage")
            )
            continue
        try:
            found[name] = picture_file(name, str(path), relative_to)
        except MediaError as error:
            problems += error.problems
    if problems:
        raise MediaError(problems)
    return found


def _song(folder: EditFolder, given: str | None, relative_to: Path | None) -> MediaFile | None:
    from rushes.emit.interchange_media import song_file

    song = folder.timeline.song
    if song is None:
        return None
    path = given or folder.song
    if path is None:
        what = "there is no run.json beside it that says where the song lies"
        raise RecipeError(Problem(Place(str(folder.timeline_path)), what, "name the song with --song"))
    if not Path(path).exists():
        raise MediaError(Problem(Place(path), "the song is not there any more", "name it with --song"))
    return song_file(song.file, path, folder.timeline.rate_fps, relative_to)


def _say(exchange: Exchange, format: Format, target: Path, json: bool) -> None:
    from rushes.cli.export_notes import notes_of

    notes = notes_of(exchange, format)
    if json:
        print_json(
            {
                "format": format.value,
                "file": str(target),
                "clips": len(exchange.shots),
                "media": [file.path for file in exchange.media],
                "markers": len(exchange.marks),
                "notes": notes,
            }
        )
        return
    for note in notes:
        print(f"note: {note}", file=sys.stderr)
    clips, files = (
        _counted(len(some), word) for some, word in ((exchange.shots, "clip"), (exchange.media, "file"))
    )
    print(f"{clips} of {files} written to {target}")


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'s' * (count != 1)}"
