"""Which parts of clips are heard where in an edit: light, so that the graph can name them without loading a number library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from rushes.timeline.fades import fade_frames
from rushes.timeline.tree import Timeline, TimelineClip


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundPiece:
    """A run of a clip's sound at its place in the edit; exact seconds.

    It rises from silence over rise_s, which begins lead_s before record_start_s, and falls over fall_s, which ends tail_s after
    its end: what is heard there lies outside of the range that the shot shows. Where one piece falls, the next one rises.
    """

    clip: str
    source_start_s: Fraction
    record_start_s: Fraction
    duration_s: Fraction
    lead_s: Fraction = Fraction(0)
    rise_s: Fraction = Fraction(0)
    tail_s: Fraction = Fraction(0)
    fall_s: Fraction = Fraction(0)

    @property
    def record_end_s(self) -> Fraction:
        """Where it ends in the edit."""
        return self.record_start_s + self.duration_s

    @property
    def source_end_s(self) -> Fraction:
        """Where it ends in the clip."""
        return self.source_start_s + self.duration_s

    def to_json(self) -> dict[str, str]:
        """Exact: fractions as text."""
        return {name: str(value) for name, value in asdict(self).items()}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> SoundPiece:
        """What to_json wrote."""
        times = {name: Fraction(value) for name, value in data.items() if name != "clip"}
        return SoundPiece(clip=data["clip"], **times)


def sound_pieces(timeline: Timeline, crossfade_s: Fraction) -> tuple[SoundPiece, ...]:
    """The sound of all shots, in order. Shots that are not shown at the speed at which they were filmed are silent.

    At a hard cut the sounds cross over crossfade_s, at another transition over its length where that is longer, at the ends
    of the edit they rise and fall over half of it, or with the picture where that comes out of black or goes into it. Where the source runs on over a cut, its sound does so too.
    """
    rate = timeline.rate_fps
    lengths = {(one.from_clip, one.to_clip): one.duration_frames for one in timeline.transitions}
    whole: list[SoundPiece] = []
    spans: list[tuple[Fraction, Fraction]] = []
    before: TimelineClip | None = None
    for clip in timeline.clips:
        if clip.retime is not None:
            before = None
            continue
        piece = SoundPiece(
            clip=clip.file,
            source_start_s=clip.source_start_s(),
            record_start_s=clip.timeline_start_s(rate),
            duration_s=clip.duration_s(rate),
        )
        frames = lengths.get((before.id, clip.id), 0) if before else 0
        if before and not frames and _runs_on(whole[-1], piece):
            whole[-1] = replace(whole[-1], duration_s=whole[-1].duration_s + piece.duration_s)
        else:
            whole.append(piece)
            # As transitions lie around their cut.
            spans.append(((frames // 2) / rate, (frames - frames // 2) / rate))
        before = clip
    return _with_picture(timeline, _faded(whole, spans, crossfade_s / 2))


def _with_picture(timeline: Timeline, pieces: tuple[SoundPiece, ...]) -> tuple[SoundPiece, ...]:
    """The pieces, those at the ends of the edit as long in coming and going as its picture is."""
    found = list(pieces)
    opens_s, closes_s = (frames / timeline.rate_fps for frames in fade_frames(timeline))
    if found and not found[0].record_start_s:
        found[0] = replace(found[0], rise_s=max(found[0].rise_s, opens_s))
    if found and found[-1].record_end_s == timeline.duration_s():
        found[-1] = replace(found[-1], fall_s=max(found[-1].fall_s, closes_s))
    return tuple(found)


def _runs_on(before: SoundPiece, piece: SoundPiece) -> bool:
    return before.clip == piece.clip and before.source_end_s == piece.source_start_s


def _faded(
    pieces: Sequence[SoundPiece], spans: Sequence[tuple[Fraction, Fraction]], half_s: Fraction
) -> tuple[SoundPiece, ...]:
    """spans: how long the transition into each piece lasts before the cut and after it."""
    if not pieces:
        return ()
    edges = [
        _edge(before, piece, span, half_s)
        for (before, piece), span in zip(pairwise(pieces), spans[1:], strict=True)
    ]
    begins = [(Fraction(0), min(half_s, pieces[0].duration_s / 2)), *edges]
    ends = [*edges, (min(half_s, pieces[-1].duration_s / 2), Fraction(0))]
    return tuple(
        replace(
            piece,
            lead_s=lead,
            rise_s=lead + rest,
            tail_s=tail,
            fall_s=fore + tail,
        )
        for piece, (lead, rest), (fore, tail) in zip(pieces, begins, ends, strict=True)
    )


def _edge(
    before: SoundPiece, piece: SoundPiece, span: tuple[Fraction, Fraction], half_s: Fraction
) -> tuple[Fraction, Fraction]:
    """How long the sounds cross before a cut and after it: never beyond the middle of a piece."""
    if before.record_end_s != piece.record_start_s:
        short = min(half_s, before.duration_s / 2, piece.duration_s / 2)
        return short, short
    lead = min(max(span[0], half_s), before.duration_s / 2)
    rest = min(max(span[1], half_s), piece.duration_s / 2)
    return lead, rest
