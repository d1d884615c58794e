"""Timelines made in code: small ones for arithmetic, a long one that looks like a real reel."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

from rushes.timeline.tree import (
    ClipMetadata,
    Reasoning,
    RunnerUp,
    Section,
    Timeline,
    TimelineClip,
    TimelineSong,
    Title,
    TitleLook,
    TitlePlace,
    TitlePlaceKind,
    Transition,
)

RATE = Fraction(30)
ANGLES = ("front", "side", "overhead")
SHOT_TYPES = ("close_up", "medium", "wide")


def song_at_120_bpm(duration_s: float = 60.0, start_s: float = 0.0) -> TimelineSong:
    """Beats every half second from 0, so beat n lies on timeline frame 15 n."""
    beats = tuple(at / 2 for at in range(int(duration_s * 2)))
    times = tuple(at / 4 for at in range(int(duration_s * 4)))
    cuts = (0.0, duration_s * 0.2, duration_s * 0.5, duration_s * 0.8, duration_s)
    names = (("intro", 0.25), ("low", 0.45), ("high", 0.9), ("outro", 0.3))
    return TimelineSong(
        file="song.ogg",
        digest="5" * 64,
        bpm=120.0,
        duration_s=duration_s,
        start_s=start_s,
        beats=beats,
        downbeats=beats[::4],
        energy_curve=tuple(round(_energy(at / duration_s), 6) for at in times),
        energy_times=times,
        sections=tuple(
            Section(start_s=a, end_s=b, label=label, energy_01=energy)
            for a, b, (label, energy) in zip(cuts, cuts[1:], names, strict=False)
        ),
        drops=(duration_s * 0.5,),
    )


def _energy(position_01: float) -> float:
    base = 0.25 + 0.2 * (position_01 > 0.2) + 0.45 * (position_01 > 0.5) - 0.5 * (position_01 > 0.8)
    return min(1.0, max(0.0, base + 0.1 * math.sin(position_01 * 80)))


def clip(place: int, start_frames: int, duration_frames: int = 30, **changes: object) -> TimelineClip:
    """The clip at a place (from 0): c01 from front_01.mp4, c02 from side_02.mp4, ..."""
    angle = ANGLES[place % 3]
    made = TimelineClip(
        id=f"c{place + 1:02}",
        file=f"{angle}_{place + 1:02}.mp4",
        digest=f"{place:064x}",
        source_start_frames=36 + 6 * place,
        source_rate_fps=RATE,
        timeline_start_frames=start_frames,
        duration_frames=duration_frames,
        metadata=ClipMetadata(
            shot_type=SHOT_TYPES[place % 3],
            angle=angle,
            motion_intensity=round(0.2 + 0.07 * (place % 9), 6),
            visual_quality=round(0.6 + 0.03 * (place % 12), 6),
            color_variance=0.4,
            ai_confidence=round(0.45 + 0.5 * abs(math.sin(place * 1.3)), 6),
            ai_reasoning="steady and sharp; its motion fits the energy of this part",
            runner_up=RunnerUp(
                file=f"unused_{place + 1:02}.mp4",
                source_start_s=2.0,
                source_end_s=3.0,
                score_loss=round(0.01 + 0.013 * (place % 7), 6),
                reason="same angle as the shot before",
            ),
            terms={
                "score": 0.82,
                "energy": round(0.3 + 0.05 * (place % 10), 6),
                "shot_type": 0.5,
                "pacing": 0.2,
                "sequence": round(0.1 * (place % 3) - 0.1, 6),
            },
        ),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def timeline(lengths_frames: tuple[int, ...] = (30, 30, 30), song: bool = True) -> Timeline:
    """Clips one after another with hard cuts, 1080x1920 at 30 fps, to a song of 120 BPM."""
    starts = [sum(lengths_frames[:at]) for at in range(len(lengths_frames))]
    clips = tuple(clip(at, starts[at], length) for at, length in enumerate(lengths_frames))
    return Timeline(
        version=1,
        project_id="summer",
        creator_id="default",
        rate_fps=RATE,
        width_px=1080,
        height_px=1920,
        duration_frames=sum(lengths_frames),
        song=song_at_120_bpm() if song else None,
        clips=clips,
        transitions=tuple(
            Transition(
                from_clip=a.id,
                to_clip=b.id,
                type="hard_cut",
                at_frames=b.timeline_start_frames,
                duration_frames=0,
                at_beat=song and b.timeline_start_frames % 15 == 0,
                beat_index=b.timeline_start_frames // 15
                if song and b.timeline_start_frames % 15 == 0
                else None,
            )
            for a, b in itertools.pairwise(clips)
        ),
        ai_reasoning=Reasoning(
            pacing_target="a cut every 2 beats, every beat where the song is loud",
            style_match_score=0.81,
            notes=("the song is used from its beginning",),
            objective=41.25,
            bound=41.3,
            gap=0.001211,
            constraints=(
                {"name": "max_uses_per_clip", "limit": 1, "used": 1, "binds": True},
                {"name": "duration_s", "limit": "30.0 ± 0.5", "used": 30.0, "binds": False},
                {"name": "max_same_angle_streak", "limit": 2, "used": 2, "binds": True},
            ),
        ),
    )


def reel() -> Timeline:
    """A reel of 20 clips in 30 s: long shots first, short ones where the song is loud, two dissolves."""
    lengths = (75, 60, 60, 60, 45, 60, 45, 45, 30, 30, 30, 30, 30, 30, 30, 30, 45, 45, 60, 60)
    made = timeline(lengths)
    softened = [
        replace(part, type="quick_dissolve", duration_frames=6) if at in (0, 17) else part
        for at, part in enumerate(made.transitions)
    ]
    return replace(made, song=song_at_120_bpm(sum(lengths) / 30 + 4), transitions=tuple(softened))


def title(name: str, kind: TitlePlaceKind = "start", /, **place: Any) -> Title:
    """A title that is not placed yet."""
    look = TitleLook(
        text=f"The {name}",
        style="title",
        align="centre",
        size_01=0.05,
        y_01=None,
        color="#ffffff",
        box_color="#000000",
        box_01=0.0,
        font="",
        font_digest="",
        fade_s=0.0,
    )
    return Title(name=name, look=look, place=TitlePlace(kind=kind, **place), start_frames=0, end_frames=1)
