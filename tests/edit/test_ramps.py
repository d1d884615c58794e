"""Speed ramps: by arithmetic on one shot, and in an edit of a made library."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_library import make_request, make_shoot, make_song
from rushes.edit.ramps import Room, ramped
from rushes.edit.solve import edit_timeline
from rushes.recipe.transition_spec import RampsSpec
from rushes.timeline.check import problems_of
from rushes.timeline.tree import TimelineClip
from timeline_samples import clip

RATE = Fraction(30)
SPEC = RampsSpec(share=1.0, fast=2.0, slow=0.5, slow_s=0.4, ease_s=0.2)


def shot(start_s: float = 4.0, length_s: float = 3.0, rate_fps: Fraction = RATE) -> TimelineClip:
    start = round(start_s * rate_fps)
    return clip(0, 0, round(length_s * 30), source_rate_fps=rate_fps, source_start_frames=start)


def room(accent_s: float, first_s: float = 0.0, last_s: float = 20.0, beats: tuple[int, ...] = ()) -> Room:
    return Room(
        first_s=first_s,
        last_s=last_s,
        accents=((accent_s, 1.0),),
        beats=tuple((frame, 7 + at) for at, frame in enumerate(beats)),
    )


def speeds(made: TimelineClip) -> list[float]:
    """Source seconds a second, frame by frame."""
    at = [float(made.source_at_s(frame, RATE)) for frame in range(made.duration_frames + 1)]
    return [(b - a) * 30 for a, b in pairwise(at)]


def test_the_movement_falls_on_the_nearest_beat_and_the_shot_keeps_its_place():
    made = ramped(shot(), room(5.3, beats=(15, 30, 45, 60)), SPEC, RATE)
    assert made is not None
    assert float(made.clip.source_at_s(45, RATE)) == pytest.approx(5.3, abs=1e-6)
    assert (made.clip.timeline_start_frames, made.clip.duration_frames) == (0, 90)
    assert made.clip.id == shot().id
    assert made.clip.metadata.ai_reasoning.endswith(
        "it runs at 2× to its movement on beat 9 and at 0.5× from there"
    )


def test_it_runs_fast_eases_is_slow_and_comes_back_to_its_own_speed():
    made = ramped(shot(), room(5.3, beats=(45,)), SPEC, RATE)
    assert made is not None
    found = speeds(made.clip)
    assert found[:39] == pytest.approx([found[0]] * 39, abs=1e-4)
    assert 1.9 < found[0] <= 2.0 + 1e-4
    assert all(a > b for a, b in pairwise(found[38:45]))
    assert found[45:57] == pytest.approx([0.5] * 12, abs=1e-4)
    assert all(a < b for a, b in pairwise(found[56:63]))
    assert found[63:] == pytest.approx([1.0] * 27, abs=1e-4)


def test_without_a_song_the_movement_stays_where_it_is():
    made = ramped(shot(), room(5.3), SPEC, RATE)
    assert made is not None
    assert float(made.clip.source_at_s(39, RATE)) == pytest.approx(5.3, abs=1e-6)
    assert made.clip.metadata.ai_reasoning.endswith("at 1.30 s and at 0.5× from there")


def test_where_the_source_before_is_short_it_runs_less_fast_and_where_it_is_shorter_there_is_no_ramp():
    less = ramped(shot(), room(5.3, first_s=3.5, beats=(45,)), SPEC, RATE)
    assert less is not None
    assert 3.5 <= less.clip.source_start_s() < 3.5 + 1 / 29
    assert 1.0 <= speeds(less.clip)[0] < 1.3
    assert ramped(shot(), room(5.3, first_s=4.3, beats=(45,)), SPEC, RATE) is None


def test_where_the_source_after_is_short_another_beat_is_taken_or_none():
    ends = float(ramped(shot(), room(5.3, beats=(45,)), SPEC, RATE).clip.source_end_s(RATE))  # type: ignore[union-attr]
    assert ramped(shot(), room(5.3, last_s=ends - 0.05, beats=(45,)), SPEC, RATE) is None
    later = ramped(shot(), room(5.3, last_s=ends - 0.05, beats=(45, 60)), SPEC, RATE)
    assert later is not None
    assert float(later.clip.source_at_s(60, RATE)) == pytest.approx(5.3, abs=1e-6)


@pytest.mark.parametrize(
    ("length_s", "accent_s", "strength_01"),
    [(0.9, 4.4, 1.0), (3.0, 4.4 + 3, 1.0), (3.0, 3.9, 1.0), (3.0, 5.3, 0.4)],
    ids=["too short", "movement after the shot", "movement before it", "movement too weak"],
)
def test_there_is_no_ramp_without_cause(length_s: float, accent_s: float, strength_01: float):
    known = replace(room(accent_s), accents=((accent_s, strength_01),))
    assert ramped(shot(length_s=length_s), known, SPEC, RATE) is None


@given(
    accent_s=st.floats(4.0, 7.9),
    length_s=st.floats(1.0, 4.0),
    first_s=st.floats(0.0, 4.0),
    beats=st.lists(st.integers(1, 118), max_size=6, unique=True).map(sorted),
    fast=st.floats(1.0, 6.0),
    slow=st.floats(0.1, 0.66),
    ease_s=st.floats(0.0, 1.0),
    rate_fps=st.sampled_from([Fraction(24000, 1001), Fraction(25), RATE, Fraction(60)]),
)
def test_every_ramp_is_sound_keeps_its_limits_and_meets_its_beat(
    accent_s, length_s, first_s, beats, fast, slow, ease_s, rate_fps
):
    spec = replace(SPEC, fast=fast, slow=slow, ease_s=ease_s, least_change=1.2)
    given_shot = shot(4.0, length_s, rate_fps)
    inside = tuple(beat for beat in beats if beat < given_shot.duration_frames)
    known = room(accent_s, first_s=first_s, last_s=9.0, beats=inside)
    made = ramped(given_shot, known, spec, RATE)
    if made is None:
        return
    landed = inside or range(given_shot.duration_frames)
    assert min(abs(float(made.clip.source_at_s(frame, RATE)) - accent_s) for frame in landed) < 2e-6
    assert first_s - 1e-6 <= float(made.clip.source_start_s())
    assert float(made.clip.source_end_s(RATE)) <= 9.0 + 2e-6
    assert slow - 1e-3 <= min(speeds(made.clip)) and max(speeds(made.clip)) <= fast + 1e-3
    assert made.clip.retime is not None
    assert made.clip.retime.keys[-1].at_frames == given_shot.duration_frames


def ramped_edit(share: float, accents: pl.DataFrame | None):
    request = make_request(
        make_shoot(40), make_song(), duration_s=20.0, ramps=RampsSpec(share=share, min_shot_s=1.0)
    )
    return edit_timeline(replace(request, accents=accents))


def accents_everywhere() -> pl.DataFrame:
    rows = [(f"clip_{at:03d}.mp4", t / 2 + 0.13, 0.6 + 0.01 * at) for at in range(40) for t in range(1, 18)]
    return pl.DataFrame(rows, schema=["clip", "t_s", "strength_01"], orient="row")


def test_an_edit_has_no_ramp_unless_it_is_asked_for():
    plain = ramped_edit(0.0, accents_everywhere())
    assert all(part.retime is None for part in plain.clips)
    assert ramped_edit(0.0, None).clips == ramped_edit(1.0, None).clips


def test_ramps_of_an_edit_meet_beats_and_leave_everything_else_where_it_was():
    plain, made = (ramped_edit(share, accents_everywhere()) for share in (0.0, 0.4))
    assert problems_of(made) == ()
    ramps = [part for part in made.clips if part.retime is not None]
    assert 0 < len(ramps) <= 0.4 * len(made.clips)
    assert [part.id for part in made.clips] == [part.id for part in plain.clips]
    assert [part.timeline_start_frames for part in made.clips] == [
        part.timeline_start_frames for part in plain.clips
    ]
    song = made.song
    assert song is not None
    for part in ramps:
        beat = int(part.metadata.ai_reasoning.split("on beat ")[1].split(" ")[0])
        frame = round((song.beats[beat] - song.start_s) * 30) - part.timeline_start_frames
        accent_s = float(part.source_at_s(frame, RATE))
        assert (accent_s - 0.13) % 0.5 == pytest.approx(0.0, abs=1e-5) or (
            accent_s - 0.13
        ) % 0.5 == pytest.approx(0.5, abs=1e-5)
