"""What changed in what is seen and heard, in the words of an editor. Shots, cuts and places are counted from 1; beats from 0,
as `beat_index` does. Where both timelines have a shot or cut, its number is the one it has in the first; where it has another in
the second, that is said too: `clip 5 (now 8)`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Any, Literal

from rushes.timeline.crop_path import largest_move
from rushes.timeline.fades import fade_frames
from rushes.timeline.locks import held_by_lock
from rushes.timeline.match import Pair
from rushes.timeline.moved import moved_pairs
from rushes.timeline.tree import Timeline, TimelineClip, Title, Transition

_MOVED_S = Fraction(1, 2000)
"""A cut that moved by less is where it was, as it is told in milliseconds."""
_SAME_PLACE_01 = 0.001
"""A crop that is no further off is the same: two pixels of a wide picture."""
ChangeKind = Literal[
    "picture", "song", "clip", "cut", "transition", "title", "total", "number", "fact", "text"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference. kind: what it concerns; place: the shot or cut, from 1, None where it concerns the whole; before,
    after: the values where there is one each; minor: numbers, facts and texts that explain the edit and are not seen in it."""

    kind: ChangeKind
    text: str
    place: int | None = None
    before: str | float | int | None = None
    after: str | float | int | None = None
    minor: bool = False


def diff_decisions(a: Timeline, b: Timeline, pairs: Sequence[Pair]) -> tuple[Change, ...]:
    """What is seen and heard: size, song, clips, cuts, transitions, total. pairs: of `match_clips`."""
    return (
        *_picture_changes(a, b),
        *_song_changes(a, b),
        *_clip_changes(a, b, pairs),
        *_cut_changes(a, b, pairs),
        *_title_changes(a, b),
        *_fade_changes(a, b),
        *_total_changes(a, b),
    )


def _title_changes(a: Timeline, b: Timeline) -> Iterator[Change]:
    before, after = ({title.name: title for title in timeline.titles} for timeline in (a, b))
    for name in dict.fromkeys((*before, *after)):
        x, y = before.get(name), after.get(name)
        if y is None:
            yield Change(kind="title", text=f"title {name} is gone")
        elif x is None:
            yield Change(kind="title", text=f"title {name} is new: {_span(y, b)}")
        else:
            spans = _span(x, a), _span(y, b)
            if spans[0] != spans[1]:
                text = f"title {name}: {spans[0]} → {spans[1]}"
                yield Change(kind="title", text=text, before=spans[0], after=spans[1])
            if x.look.text != y.look.text:
                text = f"title {name}: {x.look.text!r} → {y.look.text!r}"
                yield Change(kind="title", text=text, before=x.look.text, after=y.look.text)
            elif x.look != y.look:
                yield Change(kind="title", text=f"title {name} looks different")


def _span(title: Title, timeline: Timeline) -> str:
    first_s, last_s = (float(at / timeline.rate_fps) for at in (title.start_frames, title.end_frames))
    return f"{first_s:.2f}–{last_s:.2f} s"


def _fade_changes(a: Timeline, b: Timeline) -> Iterator[Change]:
    (opens_a, closes_a), (opens_b, closes_b) = fade_frames(a), fade_frames(b)
    for words, x, y in (
        ("picture from black", opens_a, opens_b),
        ("picture into black", closes_a, closes_b),
    ):
        before, after = (f"{float(frames / a.rate_fps):.2f} s" if frames else "no" for frames in (x, y))
        if before != after:
            yield Change(kind="transition", text=f"{words}: {before} → {after}", before=before, after=after)


def _picture_changes(a: Timeline, b: Timeline) -> Iterator[Change]:
    pairs = (
        ("picture", f"{a.width_px}×{a.height_px}", f"{b.width_px}×{b.height_px}"),
        ("rate", f"{a.rate_fps} fps", f"{b.rate_fps} fps"),
    )
    for name, before, after in pairs:
        if before != after:
            yield Change(kind="picture", text=f"{name}: {before} → {after}", before=before, after=after)


def _song_changes(a: Timeline, b: Timeline) -> Iterator[Change]:
    before, after = (None if song is None else song.file for song in (a.song, b.song))
    if before != after:
        text = f"song: {before or 'none'} → {after or 'none'}"
        yield Change(kind="song", text=text, before=before, after=after)
    if a.song is None or b.song is None:
        return
    if before == after and a.song.digest != b.song.digest:
        yield Change(
            kind="song", text=f"song: {after} has other content", before=a.song.digest, after=b.song.digest
        )
    if abs(a.song.start_s - b.song.start_s) > 1e-6:
        x, y = a.song.start_s, b.song.start_s
        yield Change(kind="song", text=f"song: starts at {_arrow(x, y)} of the song", before=x, after=y)


def _clip_changes(a: Timeline, b: Timeline, pairs: Sequence[Pair]) -> Iterator[Change]:
    moved = moved_pairs(pairs)
    for pair in pairs:
        if pair.b is None and pair.a is not None:
            file = a.clips[pair.a].file
            yield Change(
                kind="clip", text=f"clip {pair.a + 1} removed ({file})", place=pair.a + 1, before=file
            )
        elif pair.a is None and pair.b is not None:
            file = b.clips[pair.b].file
            yield Change(
                kind="clip", text=f"added as clip {pair.b + 1} ({file})", place=pair.b + 1, after=file
            )
        elif pair.a is not None and pair.b is not None:
            if pair in moved:
                text = f"clip {pair.a + 1} moved from place {pair.a + 1} to {pair.b + 1}"
                if pair.a == pair.b:
                    text = f"clip {pair.a + 1} ({a.clips[pair.a].file}) stays at its place while those around it moved"
                yield Change(kind="clip", text=text, place=pair.a + 1, before=pair.a + 1, after=pair.b + 1)
            here = _Here(pair.a + 1, _number(pair.a, pair.b))
            yield from _one_clip(here, a.clips[pair.a], b.clips[pair.b], a.rate_fps, b.rate_fps)


@dataclass(frozen=True, slots=True)
class _Here:
    """Which clip is spoken of: its place in the first timeline, and how its number is said."""

    place: int
    number: str


def _number(a: int, b: int) -> str:
    return f"{a + 1}" if a == b else f"{a + 1} (now {b + 1})"


def _one_clip(
    here: _Here, x: TimelineClip, y: TimelineClip, a_fps: Fraction, b_fps: Fraction
) -> Iterator[Change]:
    if x.file != y.file:
        text = f"clip {here.number}: {x.file} replaced by {y.file}"
        yield Change(kind="clip", text=text, place=here.place, before=x.file, after=y.file)
    else:
        if x.digest != y.digest:
            text = f"clip {here.number}: {x.file} has other content"
            yield Change(kind="clip", text=text, place=here.place, before=x.digest, after=y.digest)
        yield from _trim(here, x, y, a_fps, b_fps)
        yield from _speed(here, x, y, a_fps, b_fps)
        yield from _crop(here, x, y, a_fps, b_fps)
    yield from _lock(here, x, y)
    known = [_note(record) for record in x.edit_history]
    for note in map(_note, y.edit_history):
        if note and note not in known:
            text = f"clip {here.number} noted: {note}"
            yield Change(kind="clip", text=text, place=here.place, after=note)


def _note(record: Mapping[str, Any]) -> str:
    return str(record.get("note") or "") if record.get("action") == "clip_noted" else ""


_HELD = {"position": "in position", "source": "in its source range", "both": "as it is"}


def _lock(here: _Here, x: TimelineClip, y: TimelineClip) -> Iterator[Change]:
    """What a lock holds, and why."""
    before, after = held_by_lock(x), held_by_lock(y)
    if before == after:
        return
    text = f"clip {here.number} unlocked"
    if after is not None:
        facts = y.lock_metadata or {}
        why = "; ".join(str(facts[name]) for name in ("reason", "note") if facts.get(name))
        text = f"clip {here.number} locked {_HELD[after]}{f': {why}' if why else ''}"
    yield Change(kind="clip", text=text, place=here.place, before=before, after=after)


def _trim(
    here: _Here, x: TimelineClip, y: TimelineClip, a_fps: Fraction, b_fps: Fraction
) -> Iterator[Change]:
    points = (
        ("in", x.source_start_s(), y.source_start_s()),
        ("out", x.source_end_s(a_fps), y.source_end_s(b_fps)),
    )
    moved = [(name, before, after) for name, before, after in points if before != after]
    # Where a shot was trimmed at one end, the other one may be off by what rates round: nobody sees that.
    seen = [point for point in moved if abs(point[2] - point[1]) >= Fraction(1, 2) / max(a_fps, b_fps)]
    moved = seen or moved
    if moved:
        slipped = x.duration_s(a_fps) == y.duration_s(b_fps)
        words = ", ".join(f"{name} {_arrow(before, after)}" for name, before, after in moved)
        text = f"clip {here.number} {'slipped' if slipped else 'trimmed'}: {words}"
        yield Change(
            kind="clip",
            text=text,
            place=here.place,
            before=_seconds(moved[0][1]),
            after=_seconds(moved[0][2]),
        )


def _speed(
    here: _Here, x: TimelineClip, y: TimelineClip, a_fps: Fraction, b_fps: Fraction
) -> Iterator[Change]:
    """How fast the source runs, where it does not run so in both."""
    if x.retime == y.retime:
        return
    before, after = speed_words(x, a_fps), speed_words(y, b_fps)
    if before == after:
        text = f"speed of clip {here.number} changes at other moments"
        yield Change(kind="clip", text=text, place=here.place)
    else:
        text = f"speed of clip {here.number}: {before} → {after}"
        yield Change(kind="clip", text=text, place=here.place, before=before, after=after)


def speed_words(clip: TimelineClip, rate_fps: Fraction) -> str:
    """`1×`, `0.5×`, `2× to 0.5×`: speeds in the order of time, neighbours that are nearly the same once, and of a ramp only
    where it begins, turns and ends."""
    if clip.retime is None:
        return "1×"
    speeds = [
        (b.source_s - a.source_s) * float(rate_fps) / (b.at_frames - a.at_frames)
        for a, b in pairwise(clip.retime.keys)
    ]
    kept = speeds[:1]
    for before, speed, after in zip(speeds, speeds[1:], speeds[2:], strict=False):
        if (speed - before) * (after - speed) < 0:
            kept.append(speed)
    kept += speeds[1:][-1:]
    words = [f"{speed:.2g}×" for speed in kept]
    return " to ".join(word for place, word in enumerate(words) if place == 0 or word != words[place - 1])


def _crop(
    here: _Here, x: TimelineClip, y: TimelineClip, a_fps: Fraction, b_fps: Fraction
) -> Iterator[Change]:
    """How the window on the picture differs, in what both show of the source."""
    before, after = (clip.reframe.mode if clip.reframe else "centred" for clip in (x, y))
    if before != after:
        text = f"crop of clip {here.number}: {before} → {after}"
        yield Change(kind="clip", text=text, place=here.place, before=before, after=after)
    elif x.reframe is not None and y.reframe is not None:
        from_s = max(x.source_start_s(), y.source_start_s())
        until_s = min(x.source_end_s(a_fps), y.source_end_s(b_fps))
        moved_01 = largest_move(x.reframe, y.reframe, float(from_s), float(until_s))
        if moved_01 > _SAME_PLACE_01:
            text = f"crop of clip {here.number} moved by up to {100 * moved_01:.1f} % of the picture"
            yield Change(kind="clip", text=text, place=here.place)


@dataclass(frozen=True, slots=True)
class _Cut:
    """A cut between clips that follow each other in both timelines. shift_s: how far it moved beyond what removed, added and
    moved clips before it explain."""

    place: int
    number: str
    before: Transition | None
    after: Transition | None
    before_s: Fraction
    after_s: Fraction
    shift_s: Fraction


def _cuts(a: Timeline, b: Timeline, pairs: Sequence[Pair]) -> Iterator[_Cut]:
    of_b = {pair.b: pair.a for pair in pairs if pair.b is not None}
    expected_s = Fraction(0)
    for place, (left, right) in enumerate(pairwise(b.clips)):
        here, following = of_b[place], of_b[place + 1]
        if here is None:
            expected_s += left.duration_s(b.rate_fps)
            continue
        expected_s += a.clips[here].duration_s(a.rate_fps)
        if following is None or following != here + 1:
            continue
        before_s = a.clips[following].timeline_start_s(a.rate_fps)
        after_s = right.timeline_start_s(b.rate_fps)
        yield _Cut(
            place=here + 1,
            number=_number(here, place),
            before=_transition(a, a.clips[here].id, a.clips[following].id),
            after=_transition(b, left.id, right.id),
            before_s=before_s,
            after_s=after_s,
            shift_s=after_s - expected_s,
        )


def _transition(timeline: Timeline, from_clip: str, to_clip: str) -> Transition | None:
    found = (t for t in timeline.transitions if (t.from_clip, t.to_clip) == (from_clip, to_clip))
    return next(found, None)


def _cut_changes(a: Timeline, b: Timeline, pairs: Sequence[Pair]) -> Iterator[Change]:
    cuts = list(_cuts(a, b, pairs))
    for _, group in groupby(cuts, lambda cut: cut.shift_s):
        # A cut that stays where clips went before it has a shift, too.
        moved = [cut for cut in group if cut.shift_s and abs(cut.after_s - cut.before_s) >= _MOVED_S]
        if moved:
            yield _cut_moved(moved[0], len(moved) - 1)
    for cut in cuts:
        before, after = _transition_words(cut.before), _transition_words(cut.after)
        if before != after:
            text = f"transition after clip {cut.number}: {before} → {after}"
            yield Change(kind="transition", text=text, place=cut.place, before=before, after=after)


def _cut_moved(cut: _Cut, followers: int) -> Change:
    delta = f"({float(cut.after_s - cut.before_s):+.3f} s)"
    x, y = _beat(cut.before), _beat(cut.after)
    if x is not None and y is not None and x != y:
        where = f"from beat {x} to beat {y}"
    else:
        where = f"from {_seconds_text(cut.before_s, 3)} to {_seconds_text(cut.after_s, 3)}"
    text = f"cut {cut.number} moved {where} {delta}"
    if followers:
        text += f", and the {followers} after it" if followers > 1 else ", and the one after it"
    before, after = _seconds(cut.before_s), _seconds(cut.after_s)
    return Change(kind="cut", text=text, place=cut.place, before=before, after=after)


def _beat(transition: Transition | None) -> int | None:
    return transition.beat_index if transition is not None and transition.at_beat else None


def _transition_words(transition: Transition | None) -> str:
    if transition is None:
        return "none"
    name = transition.type.replace("_", " ")
    if transition.direction is not None:
        name += (
            f" to the {transition.direction}"
            if transition.direction in ("left", "right")
            else f" {transition.direction}"
        )
    return name if not transition.duration_frames else f"{name} of {transition.duration_frames} frames"


def _total_changes(a: Timeline, b: Timeline) -> Iterator[Change]:
    x, y = a.duration_s(), b.duration_s()
    if x != y:
        text = f"total {_arrow(x, y, least_digits=1)}"
        yield Change(kind="total", text=text, before=_seconds(x), after=_seconds(y))


def _arrow(x: Fraction | float, y: Fraction | float, least_digits: int = 2) -> str:
    """Both times with as many digits as it takes to tell them apart."""
    told = ((_seconds_text(x, digits), _seconds_text(y, digits)) for digits in range(least_digits, 7))
    before, after = next((pair for pair in told if pair[0] != pair[1]), (str(x), str(y)))
    return f"{before} → {after}"


def _seconds(at_s: Fraction) -> float:
    return round(float(at_s), 6)


def _seconds_text(at_s: Fraction | float, digits: int) -> str:
    return f"{float(at_s):.{digits}f} s"
