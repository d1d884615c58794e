"""Edits for the exchange formats, made in code: known ones, and random ones of all rates."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st
from rushes.emit.interchange import MediaFile
from rushes.emit.interchange_media import url_of
from rushes.emit.interchange_timecode import may_drop
from rushes.timeline.fades import fade_frames
from rushes.timeline.tree import Fades, Reframe, ReframeKey, Timeline, TimelineClip, Transition
from timeline_samples import clip, song_at_120_bpm, timeline

NTSC_24, NTSC_30, NTSC_60 = (Fraction(base * 1000, 1001) for base in (24, 30, 60))
RATES = (NTSC_24, Fraction(24), Fraction(25), NTSC_30, Fraction(30), Fraction(50), NTSC_60, Fraction(60))
NAMES = ("front 01.mp4", "Straße & Meer/übung #2 100%.mov", "a.mp4", "side.mp4")


def media(name: str = "front_01.mp4", rate_fps: Fraction = Fraction(30), **changes: object) -> MediaFile:
    """A clip of 1920x1080 with stereo sound, 10 000 frames long, below /footage."""
    made = MediaFile(
        name=name,
        path=f"/footage/{name}",
        url=url_of(f"/footage/{name}", None),
        rate_fps=rate_fps,
        frames=10_000,
        width_px=1920,
        height_px=1080,
        audio_rate_hz=48000,
        audio_channels=2,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def song_media(rate_fps: Fraction = Fraction(30), **changes: object) -> MediaFile:
    """A stereo song of 60 s."""
    made = MediaFile(
        name="my song.mp3",
        path="/music/my song.mp3",
        url="file:///music/my%20song.mp3",
        rate_fps=rate_fps,
        frames=int(60 * rate_fps),
        audio_rate_hz=44100,
        audio_channels=2,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def plain_edit() -> tuple[Timeline, dict[str, MediaFile]]:
    """Three clips of 30 frames at 30 fps from front_01, side_02 and overhead_03, cut hard, and their media."""
    edit = timeline()
    return edit, {shot.file: media(shot.file) for shot in edit.clips}


def reframed(shot: TimelineClip, *keys: tuple[float, float, float, float], mode: Any = "pan") -> TimelineClip:
    """The clip with keys (seconds since its first picture shown, x_01, y_01, width_01)."""
    start_s = float(shot.source_start_s())
    made = tuple(ReframeKey(at_s=start_s + a, x_01=x, y_01=y, width_01=w) for a, x, y, w in keys)
    return replace(shot, reframe=Reframe(mode=mode, keys=made))


def dissolved(edit: Timeline, place: int, frames: int) -> Timeline:
    """The edit with the cut after `place` (from 0) as a dissolve."""
    parts = list(edit.transitions)
    parts[place] = replace(parts[place], type="quick_dissolve", duration_frames=frames)
    return replace(edit, transitions=tuple(parts))


def soft_frames(edit: Timeline) -> list[tuple[int, int]]:
    """Frames before and after each place where something dissolves: out of black, around cuts, into black."""
    opens, closes = fade_frames(edit)
    wanted = [part.duration_frames for part in edit.transitions if part.duration_frames]
    around = [(frames // 2, frames - frames // 2) for frames in wanted]
    return [*([(0, opens)] if opens else []), *around, *([(closes, 0)] if closes else [])]


fades = st.sampled_from((0, 0, 1, 9, 200))


@st.composite
def edits(draw: st.DrawFn, mixed: bool = True, rates: tuple[Fraction, ...] = RATES):
    """(timeline, media by name): 1 to 6 clips with dissolves where there is room, some out of black
    or into it, of four files, some with timecode.

    mixed: files have rates of their own; otherwise that of the timeline.
    """
    rate = draw(st.sampled_from(rates))
    files = {name: draw(_files(name, st.sampled_from(RATES) if mixed else st.just(rate))) for name in NAMES}
    lengths = draw(st.lists(st.integers(24, 90), min_size=1, max_size=6))
    shots, at = [], 0
    for place, length in enumerate(lengths):
        file = files[draw(st.sampled_from(NAMES))]
        start = draw(st.integers(60, 5000))
        shots.append(
            clip(
                place,
                at,
                length,
                file=file.name,
                source_rate_fps=file.rate_fps,
                source_start_frames=start,
            )
        )
        at += length
    cuts = [
        Transition(
            from_clip=a.id,
            to_clip=b.id,
            type="quick_dissolve" if (frames := draw(st.sampled_from((0, 0, 1, 6, 11)))) else "hard_cut",
            at_frames=b.timeline_start_frames,
            duration_frames=frames,
            at_beat=False,
            beat_index=None,
        )
        for a, b in pairwise(shots)
    ]
    song = song_at_120_bpm(start_s=draw(st.sampled_from((0.0, 1.25, 3.141593))))
    made = replace(
        timeline(),
        rate_fps=rate,
        duration_frames=at,
        clips=tuple(shots),
        transitions=tuple(cuts),
        song=song,
        fades=Fades(in_frames=draw(fades), out_frames=draw(fades)),
    )
    return made, files


@st.composite
def _files(draw: st.DrawFn, name: str, rates: st.SearchStrategy[Fraction]) -> MediaFile:
    rate = draw(rates)
    has_timecode = draw(st.booleans())
    return media(
        name,
        rate,
        start_frames=draw(st.integers(0, 100_000)) if has_timecode else 0,
        has_timecode=has_timecode,
        drop=has_timecode and may_drop(rate) and draw(st.booleans()),
        audio_channels=draw(st.sampled_from((0, 1, 2))),
    )
