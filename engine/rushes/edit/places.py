"""Where cuts may lie: the grid of the song, in whole frames of the timeline."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from rushes.edit.music import Music
from rushes.edit.problem import Bools, Floats, Ints
from rushes.edit.request import KeptShot
from rushes.errors import ConstraintError, Problem
from rushes.recipe.spec import EditSpec
from rushes.units import seconds_to_frames

_NO_BEAT_STEP_S = 0.5
_FREE_STEP_S = 0.25
_STRENGTH = {"turn": 1.0, "downbeat": 0.8, "beat": 0.5, "between": 0.2}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Places:
    """Cut positions in order, the first at frame 0 and the last at the end of the edit.

    frames: (places,). time_s: (places,) the same in song time. beat: (places,) index of the song's beat, -1 for none.
    strength_01: (places,) how much the music asks for a cut there. turn: (places,) a drop or a section begins there.
    """

    frames: Ints
    time_s: Floats
    beat: Ints
    strength_01: Floats
    turn: Ints
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    grid_s: Floats | None = None
    """Song times of the whole grid, where only some of its places are offered; None: all are."""

    @property
    def total_frames(self) -> int:
        return int(self.frames[-1])

    def until(self, place: int) -> Places:
        """The same grid, ending at an earlier place."""
        upto = slice(0, place + 1)
        return Places(
            frames=self.frames[upto],
            time_s=self.time_s[upto],
            beat=self.beat[upto],
            strength_01=self.strength_01[upto],
            turn=self.turn[upto],
            notes=self.notes,
            warnings=self.warnings,
        )


@dataclass(frozen=True, slots=True)
class _Remarks:
    """Said while the grid is laid. warnings: where it is not as asked."""

    notes: list[str] = field(default_factory=list[str])
    warnings: list[str] = field(default_factory=list[str])


def song_length_problem(song_s: float, start_s: float, edit: EditSpec) -> Problem:
    """The song is too short for the edit."""
    left = song_s - start_s
    since = f" after {start_s:g} s" if start_s else ""
    return Problem(
        None,
        f"the song lasts {left:.2f} s{since}, the edit needs {edit.duration_s:g} s (edit.tolerance_s {edit.tolerance_s:g})",
        f"use a longer song, --set edit.duration_s={math.floor(left * 10) / 10:g}, or --set edit.if_short=shorten",
    )


def lay_places(music: Music | None, start_s: float, edit: EditSpec) -> Places:
    """The grid of an edit: places from 0 to its end.

    The edit ends on the grid place nearest to edit.duration_s within edit.tolerance_s, a downbeat before others; else
    exactly at edit.duration_s, and a note says so. Raises ConstraintError where the song is too short (unless
    edit.if_short allows less) or its bars are longer than any shot may be.
    """
    rate = edit.rate
    if music is None:
        grid = start_s + np.arange(0.0, edit.duration_s + edit.tolerance_s + _FREE_STEP_S, _FREE_STEP_S)
        return _placed(grid, start_s, start_s + edit.duration_s, None, edit, _Remarks())
    said = _Remarks()
    grid = _grid(music, start_s, edit, said)
    end_s = _end(music, grid, start_s, edit, said)
    filled = _without_holes(music, grid, start_s, end_s, edit, said)
    places = _placed(filled, start_s, end_s, music, edit, said)
    if places.total_frames < seconds_to_frames(edit.min_shot_s, rate) - 1:
        raise ConstraintError(song_length_problem(music.duration_s, start_s, edit))
    return places


def _grid(music: Music, start_s: float, edit: EditSpec, said: _Remarks) -> Floats:
    if edit.grid == "free":
        return np.arange(start_s, music.duration_s + _FREE_STEP_S, _FREE_STEP_S)
    if len(music.beats_s) < 2:
        said.warnings.append("the song has no beat that could be found: cuts lie every 0.5 s")
        return np.arange(start_s, music.duration_s + _NO_BEAT_STEP_S, _NO_BEAT_STEP_S)
    grid = _beat_grid(music, edit)
    step_s = float(np.median(np.diff(grid))) if len(grid) > 1 else 0.0
    if step_s > edit.max_shot_s + 1 / edit.frames_per_s:
        raise ConstraintError(
            Problem(
                None,
                f"edit.grid is {edit.grid}, one every {step_s:.2f} s of the song, above edit.max_shot_s ({edit.max_shot_s:g} s)",
                f"--set edit.max_shot_s={math.ceil(step_s * 10) / 10:g} or a finer edit.grid",
            )
        )
    return grid


def _beat_grid(music: Music, edit: EditSpec) -> Floats:
    if edit.grid == "half_beat":
        return np.sort(np.concatenate([music.beats_s, (music.beats_s[:-1] + music.beats_s[1:]) / 2]))
    if edit.grid == "downbeat" and len(music.downbeats_s):
        return music.downbeats_s
    return music.beats_s


def _end(music: Music, grid: Floats, start_s: float, edit: EditSpec, said: _Remarks) -> float:
    """Song time of the end of the edit."""
    wanted = start_s + edit.duration_s
    inside = grid[(grid > start_s) & (grid <= music.duration_s)]
    near = inside[np.abs(inside - wanted) <= edit.tolerance_s]
    if len(near):
        on_bar = np.array(
            [len(music.downbeats_s) and np.abs(music.downbeats_s - at).min() < 1e-3 for at in near]
        )
        return float(near[np.argmin(np.abs(near - wanted) - 0.5 * edit.tolerance_s * on_bar)])
    if wanted <= music.duration_s + 1e-6:
        said.notes.append(
            f"no place of the grid lies near the end: the edit ends at exactly {edit.duration_s:g} s"
        )
        return wanted
    if music.duration_s >= wanted - edit.tolerance_s:
        return music.duration_s
    if edit.if_short == "fail":
        raise ConstraintError(song_length_problem(music.duration_s, start_s, edit))
    end_s = float(inside[-1]) if len(inside) else music.duration_s
    how = "a song is not repeated, so the edit is" if edit.if_short == "repeat" else "the edit is"
    said.warnings.append(
        f"the song is too short for {edit.duration_s:g} s: {how} {end_s - start_s:.2f} s long (edit.if_short={edit.if_short})"
    )
    return end_s


def _without_holes(
    music: Music, grid: Floats, start_s: float, end_s: float, edit: EditSpec, said: _Remarks
) -> Floats:
    """The grid between start and end, with regular places where it leaves more room than a shot may fill."""
    inner = grid[(grid > start_s) & (grid < end_s)]
    edges = np.concatenate([[start_s], inner, [end_s]])
    added: list[Floats] = []
    for before, after in pairwise(edges.tolist()):
        if after - before <= _longest_frames(edit) / edit.frames_per_s + 1e-6:
            continue
        beats = music.beats_s[(music.beats_s > before) & (music.beats_s < after)]
        on_beats = edit.grid == "downbeat" and len(beats) > 0
        added.append(
            beats
            if on_beats
            else np.arange(before + _NO_BEAT_STEP_S, after - _NO_BEAT_STEP_S / 2, _NO_BEAT_STEP_S)
        )
        where = f"the grid has a hole from {before - start_s:.2f} to {after - start_s:.2f} s of the edit"
        remarks = said.notes if on_beats else said.warnings
        remarks.append(f"{where}: cuts lie {'on beats' if on_beats else 'every 0.5 s'} there")
    return np.sort(np.concatenate([inner, *added]))


def _placed(
    grid: Floats, start_s: float, end_s: float, music: Music | None, edit: EditSpec, said: _Remarks
) -> Places:
    rate = edit.rate
    total = seconds_to_frames(end_s - start_s, rate)
    inner = grid[(grid > start_s) & (grid < end_s)]
    frames = {seconds_to_frames(float(at - start_s), rate): float(at) for at in inner[::-1]}
    times = {frame: at for frame, at in frames.items() if 0 < frame < total}
    times |= {0: start_s, total: end_s}
    ordered = np.array(sorted(times), dtype=np.int64)
    time_s = np.array([times[int(frame)] for frame in ordered])
    beat, strength, turn = _marks(time_s, music, 1.0 / edit.frames_per_s)
    return Places(
        frames=ordered,
        time_s=time_s,
        beat=beat,
        strength_01=strength,
        turn=turn,
        notes=tuple(said.notes),
        warnings=tuple(said.warnings),
    )


def _marks(time_s: Floats, music: Music | None, frame_s: float) -> tuple[Ints, Floats, Ints]:
    """Beat index, strength and turn of places; beats within a frame of a place are at it, turns within half a beat."""
    beat = np.full(len(time_s), -1, dtype=np.int64)
    strength = np.full(len(time_s), _STRENGTH["between"])
    turn = np.zeros(len(time_s), dtype=np.int64)
    if music is None:
        return beat, strength, turn
    beat = _at(time_s, music.beats_s, frame_s)
    strength[beat >= 0] = _STRENGTH["beat"]
    strength[_at(time_s, music.downbeats_s, frame_s) >= 0] = _STRENGTH["downbeat"]
    for mark in music.turns_s():
        nearest = int(np.abs(time_s - mark).argmin())
        if abs(time_s[nearest] - mark) <= 0.5 * (music.beat_s or 0.5):
            turn[nearest] = 1
    strength[turn == 1] = _STRENGTH["turn"]
    return beat, strength, turn


def _at(time_s: Floats, marks: Floats, tolerance: float) -> Ints:
    """Index of the mark at each time, -1 where none is within the tolerance."""
    if len(marks) == 0:
        return np.full(len(time_s), -1, dtype=np.int64)
    distance = np.abs(time_s[:, None] - marks[None, :])
    nearest = distance.argmin(axis=1)
    return np.where(distance[np.arange(len(time_s)), nearest] <= tolerance, nearest, -1)


def _longest_frames(edit: EditSpec) -> int:
    return math.floor(edit.max_shot_s * edit.frames_per_s + 1e-6)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spans:
    """Every pair of places that a shot may fill, sorted by (end, start). All arrays (spans,)."""

    start: Ints
    end: Ints
    length_frames: Ints
    held: Ints | None = None
    """Index of the kept shot that stands still there, -1: none. None: there are no kept shots."""
    free: Bools | None = None
    """Whether new shots may be so long."""


def lay_spans(places: Places, edit: EditSpec) -> Spans:
    """Spans within the shot lengths, in whole frames, that lie on a way from the first place to the last.

    Raises ConstraintError where there is no such way.
    """
    length = places.frames[None, :] - places.frames[:, None]
    kept = connected(_in_bounds(length, edit))
    if kept is None:
        raise ConstraintError(
            Problem(
                None,
                f"no row of shots of {edit.min_shot_s:g} to {edit.max_shot_s:g} s fills {places.total_frames / edit.frames_per_s:.2f} s"
                f" with cuts on the {edit.grid} grid",
                "widen edit.min_shot_s and edit.max_shot_s, or --set edit.grid=half_beat",
            )
        )
    end, start = np.nonzero(kept.T)
    return Spans(start=start, end=end, length_frames=length[start, end])


def _in_bounds(length: Ints, edit: EditSpec) -> Bools:
    """Which lengths in frames a new shot may have."""
    shortest = max(1, math.ceil(edit.min_shot_s * edit.frames_per_s - 1e-6))
    return (length >= shortest) & (length <= _longest_frames(edit))


def connected(fits: Bools) -> Bools | None:
    """Of steps from place to place, (places, places), those on a way from the first place to the last; None: no way."""
    count = len(fits)
    ahead, back = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    ahead[0] = back[-1] = True
    for place in range(1, count):
        ahead[place] = bool((fits[:, place] & ahead).any())
    for place in range(count - 2, -1, -1):
        back[place] = bool((fits[place] & back).any())
    return fits & ahead[:, None] & back[None, :] if ahead[-1] else None


def lay_section(
    music: Music | None,
    start_s: float,
    edit: EditSpec,
    section_frames: tuple[int, int],
    kept: Sequence[KeptShot],
) -> Places:
    """The grid of an edit of which one section is chosen anew: inside it every place of the song's grid, and everywhere the
    cuts of the shots that stay."""
    cuts = {0, *section_frames}
    cuts |= {frame for shot in kept for frame in (shot.record_start_frames, shot.record_end_frames)}
    total = max(cuts)
    end_s = start_s + total / edit.frames_per_s
    said = _Remarks()
    if music is None:
        grid = np.arange(start_s, end_s + _FREE_STEP_S, _FREE_STEP_S)
    else:
        grid = _without_holes(music, _grid(music, start_s, edit, said), start_s, end_s, edit, said)
    whole = _placed(grid, start_s, end_s, music, edit, said)
    offered = {
        frame: at_s
        for frame, at_s in zip(whole.frames.tolist(), whole.time_s.tolist(), strict=True)
        if frame in cuts or section_frames[0] < frame < section_frames[1]
    }
    offered |= {frame: start_s + frame / edit.frames_per_s for frame in sorted(cuts - set(offered))}
    frames = np.array(sorted(offered), dtype=np.int64)
    time_s = np.array([offered[frame] for frame in frames.tolist()])
    beat, strength, turn = _marks(time_s, music, 1 / edit.frames_per_s)
    return Places(
        frames=frames,
        time_s=time_s,
        beat=beat,
        strength_01=strength,
        turn=turn,
        notes=(),
        warnings=tuple(said.warnings),
        grid_s=whole.time_s,
    )


def lay_section_spans(
    places: Places, edit: EditSpec, section_frames: tuple[int, int], kept: Sequence[KeptShot]
) -> Spans:
    """Spans of a section between the shots that stand still, one for each of those, and none across them.

    Raises ConstraintError where new shots cannot fill what is left.
    """
    frames = places.frames
    at = {frame: place for place, frame in enumerate(frames.tolist())}
    length = frames[None, :] - frames[:, None]
    free = _in_bounds(length, edit)
    fits = free | np.isin(length, [shot.duration_frames for shot in kept if shot.hold == "source"])
    inside = (frames >= section_frames[0]) & (frames <= section_frames[1])
    fits &= inside[:, None] & inside[None, :]
    held = np.full(fits.shape, -1, dtype=np.int64)
    still = [(index, shot) for index, shot in enumerate(kept) if shot.hold != "source"]
    for _, shot in still:
        over = (frames[:, None] < shot.record_end_frames) & (frames[None, :] > shot.record_start_frames)
        fits &= ~over
    for index, shot in still:
        own = at[shot.record_start_frames], at[shot.record_end_frames]
        fits[own], held[own] = True, index
    offered = connected(fits)
    if offered is None:
        raise ConstraintError(_section_problem(places, edit, section_frames, len(still)))
    end, start = np.nonzero(offered.T)
    return Spans(
        start=start,
        end=end,
        length_frames=length[start, end],
        held=held[start, end],
        free=free[start, end],
    )


def _section_problem(places: Places, edit: EditSpec, section_frames: tuple[int, int], still: int) -> Problem:
    begin_s, end_s = (frame / edit.frames_per_s for frame in section_frames)
    inner = (places.frames > section_frames[0]) & (places.frames < section_frames[1])
    where = f"the section from {begin_s:.2f} to {end_s:.2f} s"
    if not inner.any():
        what = f"{where} holds no place of the {edit.grid} grid, and one shot cannot fill it"
    else:
        around = " around the locked shots" if still else ""
        what = f"no row of shots fills {where} with cuts on the {edit.grid} grid{around}"
    bounds = f"shots last {edit.min_shot_s:g} to {edit.max_shot_s:g} s"
    return Problem(None, f"{what}: {bounds}", "widen --section, or unlock a shot in it")
