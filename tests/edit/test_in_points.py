"""Inside a shot: what an in-point puts on a beat, what it leaves out, and what it shows to its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from edit.made_library import make_clip, make_request, make_song
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.edit.request import EditRequest
from rushes.edit.solve import edit_timeline
from rushes.recipe.constraint_spec import ConstraintSpec
from rushes.timeline.tree import Timeline, TimelineClip

Curve = Callable[[float], float]
STEADY: Mapping[str, Curve] = {
    "sharpness_01": lambda t: 0.8,
    "shake_01": lambda t: 0.05,
    "motion_flow_score": lambda t: 0.5,
}
HANDLE_S = 0.1


def accents_of(rows: Sequence[tuple[str, float, float]]) -> pl.DataFrame:
    schema = {"clip": pl.String, "t_s": pl.Float64, "strength_01": pl.Float64}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def one_shot(
    clip_s: float,
    shot_s: float,
    accents: Sequence[tuple[float, float]] | None = None,
    weights: Mapping[str, float] | None = None,
    rate_fps: float = 30.0,
    curves: Mapping[str, Curve] | None = None,
    **edit: Any,
) -> EditRequest:
    """One clip for one shot from the first beat of a song on; beats lie 0.5 s apart. curves: what is known over time."""
    request = make_request(
        [make_clip("a.mp4", clip_s, rate_fps=rate_fps)],
        make_song(),
        song_start_s=0.1,
        duration_s=shot_s,
        min_shot_s=shot_s,
        max_shot_s=shot_s,
        tolerance_s=0.1,
        weights=weights or {"score": 0.1, "accent": 0.4, "clean": 0.4},
        **edit,
    )
    times = request.samples["t_s"].to_list()
    columns = {name: [curve(t + 0.1) for t in times] for name, curve in {**STEADY, **(curves or {})}.items()}
    samples = request.samples.select("clip", "t_s").with_columns(
        pl.Series(name, values, dtype=pl.Float64) for name, values in columns.items()
    )
    told = None if accents is None else accents_of([("a.mp4", *row) for row in accents])
    return replace(request, samples=samples, accents=told)


def shot_of(request: EditRequest) -> TimelineClip:
    timeline = edit_timeline(request)
    assert len(timeline.clips) == 1
    return timeline.clips[0]


def shown_s(request: EditRequest) -> tuple[float, float]:
    """Source range of the one shot."""
    shot = shot_of(request)
    start_s = float(shot.source_start_s())
    return start_s, start_s + shot.duration_frames / 30


def bad_between(start_s: float, end_s: float, bad: float, good: float) -> Curve:
    return lambda t: bad if start_s <= t < end_s else good


def test_a_movement_falls_on_a_beat_to_the_frame():
    shot = shot_of(one_shot(8.0, 1.0, [(101 / 30, 1.0)]))
    assert shot.source_start_frames + 15 == 101


@pytest.mark.parametrize("rate_fps", [24.0, 25.0, 30.0, 30000 / 1001, 60.0])
@pytest.mark.parametrize("at_s", [2.93, 4.08, 5.555])
def test_at_every_frame_rate_a_movement_falls_on_a_beat_within_half_a_source_frame(
    rate_fps: float, at_s: float
):
    start_s, _ = shown_s(one_shot(9.0, 2.0, [(at_s, 1.0)], rate_fps=rate_fps))
    assert min(abs(at_s - start_s - beat_s) for beat_s in (0.5, 1.0, 1.5)) <= 0.5 / rate_fps + 1e-6


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.floats(1.0, 7.0), st.floats(0.5, 1.0)), min_size=1, max_size=6))
def test_whatever_the_movements_are_one_of_them_falls_on_a_beat(accents: list[tuple[float, float]]):
    start_s, _ = shown_s(one_shot(8.0, 1.0, accents))
    assert min(abs(at_s - start_s - 0.5) for at_s, _ in accents) <= 1 / 30 + 1e-6


def test_of_two_movements_the_stronger_falls_on_the_beat():
    start_s, _ = shown_s(one_shot(8.0, 1.0, [(2.0, 0.5), (5.0, 1.0)]))
    assert start_s == pytest.approx(4.5, abs=1 / 60)


def test_a_movement_that_no_handle_is_left_for_stays_where_it_is():
    """At 0.3 s it could meet the beat at 0.5 s only if the shot began before the clip."""
    start_s, end_s = shown_s(one_shot(1.5, 1.0, [(0.3, 1.0)]))
    assert start_s >= HANDLE_S - 1e-6
    assert end_s <= 1.5 - HANDLE_S + 1e-6


def test_the_term_accent_says_how_much_falls_on_a_beat():
    lands = shot_of(one_shot(8.0, 1.0, [(3.0, 0.8)], weights={"accent": 1.0})).metadata.terms["accent"]
    misses = shot_of(one_shot(8.0, 1.0, [], weights={"accent": 1.0})).metadata.terms["accent"]
    assert lands - misses == pytest.approx(0.5 * 0.8, abs=1e-6)


def test_where_nobody_looked_for_accents_peaks_of_the_motion_meet_beats():
    curves = {"motion_flow_score": bad_between(4.0, 4.2, 1.0, 0.2)}
    start_s, end_s = shown_s(one_shot(8.0, 1.0, None, curves=curves))
    assert start_s <= 4.1 - 0.3 and end_s >= 4.1 + 0.3


FLAWS = {
    "blur": ("sharpness_01", 0.2, 0.8),
    "shake": ("shake_01", 0.9, 0.05),
    "closed eyes": ("eyes_closed_01", 0.9, 0.1),
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_spoilt_stretch_is_left_out_where_another_as_good_is_there(flaw: str):
    name, bad, good = FLAWS[flaw]
    curves = {name: bad_between(0.0, 2.8, bad, good)}
    start_s, _ = shown_s(one_shot(4.2, 1.0, curves=curves, weights={"clean": 1.0}))
    assert start_s >= 2.8 - 0.05


@pytest.mark.parametrize("flaw", FLAWS)
def test_one_bad_fifth_of_a_second_spoils_a_shot(flaw: str):
    """Only from 4.4 to 5.6 s is there a second without a bad moment; the rest is better on average."""
    name, bad, good = FLAWS[flaw]
    moments = (0.6, 1.4, 2.2, 3.0, 3.8, 4.2, 5.6, 6.4, 7.2)

    def curve(t: float) -> float:
        return bad if any(at <= t < at + 0.2 for at in moments) else good

    start_s, end_s = shown_s(one_shot(8.0, 1.0, curves={name: curve}, weights={"clean": 1.0}))
    assert start_s >= 4.4 - 0.05
    assert end_s <= 5.6 + 0.05


def test_the_shove_of_pressing_record_is_left_out():
    curves = {
        "pan_per_s": bad_between(0.0, 0.6, 0.6, 0.0),
        "tilt_per_s": lambda t: 0.0,
        "zoom_per_s": lambda t: 0.0,
    }
    request = one_shot(2.2, 1.0, curves=curves, weights={"clean": 1.0})
    assert shown_s(request)[0] >= 0.6 - 0.05
    assert "the shaky start is left out" in shot_of(request).metadata.ai_reasoning


def test_the_shove_of_putting_the_camera_down_is_left_out():
    curves = {"shake_01": bad_between(1.6, 9.0, 0.8, 0.05)}
    request = one_shot(2.2, 1.0, curves=curves, weights={"clean": 1.0})
    assert shown_s(request)[1] <= 1.6 + 0.05
    assert "the shaky end is left out" in shot_of(request).metadata.ai_reasoning


def wave(start_s: float, peak_s: float, end_s: float) -> Curve:
    """A movement that rises to 0.5 and falls."""

    def curve(t: float) -> float:
        rise = (t - start_s) / (peak_s - start_s)
        fall = (end_s - t) / (end_s - peak_s)
        return 0.02 + 0.48 * max(0.0, min(rise, fall))

    return curve


def test_an_action_that_has_begun_is_shown_to_its_end():
    """Every shot of 2 s shows the rise at 1.8 s; those that end from 3.2 s on show the fall too."""
    request = one_shot(4.0, 2.0, curves={"subject_motion_01": wave(1.6, 2.4, 3.2)}, weights={"clean": 1.0})
    assert shown_s(request)[1] >= 3.0
    assert "the action is shown to its end" in shot_of(request).metadata.ai_reasoning


def test_or_the_shot_ends_before_the_action_begins():
    request = one_shot(4.0, 2.0, curves={"subject_motion_01": wave(3.0, 3.6, 4.4)}, weights={"clean": 1.0})
    assert shown_s(request)[1] <= 3.1


def test_a_pan_is_shown_to_its_end():
    curves: dict[str, Curve] = {
        "subject_motion_01": lambda t: 0.0,
        "pan_per_s": bad_between(1.0, 2.8, 0.5, 0.0),
        "tilt_per_s": lambda t: 0.0,
        "zoom_per_s": lambda t: 0.0,
    }
    assert shown_s(one_shot(4.0, 2.0, curves=curves, weights={"clean": 1.0}))[1] >= 2.8


def test_no_movement_is_worth_a_cut_in_speech():
    request = one_shot(8.0, 1.0, [(3.0, 1.0)], constraints=(ConstraintSpec(name="speech", uncut="speech"),))
    spoken = [{"start_s": 2.0, "end_s": 3.0}, {"start_s": 3.2, "end_s": 6.0}]
    clips = request.clips.with_columns(speech_segments=pl.Series([spoken]))
    start_s, end_s = shown_s(replace(request, clips=clips))
    for part in spoken:
        for cut_s in (start_s, end_s):
            assert not part["start_s"] + 0.1 < cut_s < part["end_s"] - 0.1


def test_the_reason_names_the_beat_that_a_movement_lands_on():
    reason = shot_of(one_shot(8.0, 1.0, [(3.0, 1.0)], weights={"accent": 1.0})).metadata.ai_reasoning
    assert "a movement lands on the beat at 0.50 s" in reason


def many(timeline: Timeline) -> list[tuple[str, int]]:
    return [(clip.file, clip.source_start_frames) for clip in timeline.clips]


def test_rows_of_accents_in_another_order_give_the_same_edit():
    clips = [make_clip(f"c{at}.mp4", 5.0, score=0.5 + at / 50) for at in range(12)]
    rows = [(f"c{at}.mp4", 0.7 + 0.31 * step, 0.4 + 0.05 * step) for at in range(12) for step in range(10)]
    request = make_request(clips, make_song(), duration_s=8.0)
    one = edit_timeline(replace(request, accents=accents_of(rows)))
    other = edit_timeline(replace(request, accents=accents_of(rows[::-1])))
    assert many(one) == many(other)


def test_most_shots_of_an_edit_have_a_movement_on_a_beat_and_all_keep_their_handles():
    clips = [make_clip(f"c{at:02d}.mp4", 6.0, score=0.5 + at / 50) for at in range(16)]
    rows = [(f"c{at:02d}.mp4", 0.6 + 0.83 * step, 1.0) for at in range(16) for step in range(6)]
    weights = {"score": 0.4, "energy": 0.2, "pacing": 0.2, "accent": 0.4}
    plain = make_request(clips, make_song(), duration_s=10.0, weights=weights)
    request = replace(plain, accents=accents_of(rows))
    timeline = edit_timeline(request)
    assert timeline.song is not None
    beats = [beat_s - timeline.song.start_s for beat_s in timeline.song.beats]
    on_beat = 0
    for clip in timeline.clips:
        start_s, record_s = float(clip.source_start_s()), clip.timeline_start_frames / 30
        assert HANDLE_S - 1e-6 <= start_s
        assert start_s + clip.duration_frames / 30 <= 6.0 - HANDLE_S + 1e-6
        times = [at_s - start_s + record_s for name, at_s, _ in rows if name == clip.file]
        shown = [at_s for at_s in times if record_s <= at_s < record_s + clip.duration_frames / 30]
        on_beat += any(abs(at_s - beat_s) <= 1.01 / 30 for at_s in shown for beat_s in beats)
    assert on_beat >= 0.9 * len(timeline.clips)
