"""What is heard of an edit that is exported, and how loud."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rushes.cli.edit_folder import EditFolder
from rushes.cli.options import cache_dir
from rushes.recipe.sound_spec import SoundSpec

if TYPE_CHECKING:
    from rushes.emit.interchange import MediaFile, Mix


def heard_of(folder: EditFolder) -> SoundSpec:
    """What its run was asked for. Of a timeline alone: its song, or the clips where it has none."""
    from rushes.run.edit_sound import sound_of

    if folder.record is not None:
        return sound_of(folder.record)
    return SoundSpec(clips="none" if folder.timeline.song else "only")


def mix_of_edit(
    folder: EditFolder, sound: SoundSpec, media: Mapping[str, MediaFile], song: MediaFile | None
) -> Mix:
    """Levels, where both song and clips are heard: as the video has them. Raises MediaError where they cannot be read."""
    from rushes.emit.interchange import Mix

    if sound.clips != "under" or song is None or not any(file.audio_channels for file in media.values()):
        return Mix(clips=sound.clips)
    from rushes.emit.interchange_levels import mix_of
    from rushes.media.probe import probe
    from rushes.run.edit_sound import speech_of

    sources = {name: probe(file.path) for name, file in media.items()}
    speech = {} if folder.record is None else speech_of(folder.record, media, cache_dir(folder.cache))
    return mix_of(folder.timeline, sound, sources, Path(song.path), folder.song_fades_s, speech)
