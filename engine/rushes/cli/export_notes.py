"""What an export cannot say of an edit."""

from __future__ import annotations

from rushes.cli.export_format import Format
from rushes.emit.interchange import Exchange, Shot


def _tells_ramp(shot: Shot, exchange: Exchange, format: Format) -> bool:
    """Whether the format has the ramp point by point."""
    if format == Format.FCP7XML:
        return shot.media.rate_fps == exchange.rate_fps
    return format == Format.FCPXML


def notes_of(exchange: Exchange, format: Format) -> list[str]:
    """What the file says otherwise than the edit, a line each."""
    from rushes.emit.interchange_motion import is_padded

    wanted = {part.to_clip: part for part in exchange.timeline.transitions}
    found: list[str] = []
    for shot in exchange.shots:
        part = wanted.get(shot.clip.id)
        if part is None or part.type == "hard_cut":
            continue
        length = 0 if shot.dissolve is None else shot.dissolve.before_frames + shot.dissolve.after_frames
        is_itself = part.type == "quick_dissolve" or (part.type, format) == ("dip_to_black", Format.FCP7XML)
        if not is_itself and length:
            found.append(f"the {part.type} into {shot.clip.id} is written as a dissolve")
        if length != part.duration_frames:
            found.append(
                f"the transition into {shot.clip.id} lasts {length} frames instead of {part.duration_frames}: "
                "the media around the cut is no longer"
            )
    ramps = [
        shot.clip.id for shot in exchange.shots if shot.is_ramp() and not _tells_ramp(shot, exchange, format)
    ]
    if ramps:
        found.append(f"speed ramps are written as their mean speed: {', '.join(ramps)}")
    padded = [shot.clip.id for shot in exchange.shots if is_padded(shot)]
    if padded and format in (Format.FCP7XML, Format.FCPXML):
        found.append(f"the edges that rushes fills with a blurred copy are black: {', '.join(padded)}")
    titles = [title.name for title in exchange.timeline.titles]
    if titles:
        found.append(f"titles are written as markers, with their text: {', '.join(titles)}")
    found += _sound_notes(exchange, format)
    if format == Format.EDL and len(exchange.shots) > 998:
        found.append("some programs read no more than 999 events of an EDL")
    return found


def _sound_notes(exchange: Exchange, format: Format) -> list[str]:
    """One at most."""
    if not any(shot.heard for shot in exchange.shots):
        return []
    what = (
        "the clips' own sound goes along: cut straight where the video crosses it within milliseconds, "
        "and not brought to the loudness of the video"
    )
    levels = {
        Format.OTIO: "; levels of clips and song are in metadata.rushes alone",
        Format.EDL: "; levels of clips and song are comments",
    }
    has_levels = exchange.clips_db or (exchange.sound is not None and exchange.sound.level_keys)
    return [what + (levels.get(format, "") if has_levels else "")]
