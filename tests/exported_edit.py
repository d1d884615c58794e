"""A small edit on disk, without a run: three clips, a song, a timeline."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import opentimelineio as otio
import soundfile
from command_line import rushes
from made_media import gray, tone, write_clip
from rushes.timeline.document import timeline_to_json
from rushes.timeline.tree import Timeline
from timeline_samples import timeline


@dataclass(frozen=True)
class OnDisk:
    """Where it lies."""

    timeline: Path
    footage: Path
    song: Path

    def where(self) -> tuple[object, ...]:
        """Options that say where the media lie."""
        return ("--footage", self.footage, "--song", self.song)


def edit_on_disk(folder: Path, edit: Timeline | None = None, heard: bool = False) -> OnDisk:
    """Clips of 100 grey pictures at 30 fps for every file of the edit, a song of 5 s, and the timeline. heard: clips and song are
    tones; else clips have no sound, and the song is silent."""
    edit = edit or timeline()
    footage = folder / "my clips"
    for name in sorted({clip.file for clip in edit.clips}):
        (footage / name).parent.mkdir(parents=True, exist_ok=True)
        write_clip(footage / name, [gray(90)] * 100, sound=tone(100 / 30, 0.1) if heard else None)
    song = folder / "my song.wav"
    soundfile.write(song, tone(5, 0.5 * heard, hz=440, rate_hz=8000).T, 8000)
    (folder / "timeline.json").write_bytes(timeline_to_json(edit))
    return OnDisk(folder / "timeline.json", footage, song)


def exported(made: OnDisk, name: str, file: str) -> str:
    """The edit written for another program; the file's name."""
    assert rushes("export", made.timeline, "--format", name, "--to", file, *made.where()).code == 0
    return file


def reworked(made: OnDisk, rework: Callable[[otio.schema.Track], object]) -> str:
    """The edit as OTIO after `rework(track)`."""
    exported(made, "otio", "a.otio")
    edit = otio.core.deserialize_json_from_file("a.otio")
    rework(edit.tracks[0])
    edit.to_json_file("b.otio")
    return "b.otio"
