from collections import Counter
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from edit.made_library import make_clip, make_request, make_shoot, make_song
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.edit.solve import edit_timeline
from rushes.errors import ConstraintError
from rushes.recipe.constraint_spec import ConstraintSpec
from rushes.timeline.check import problems_of
from rushes.timeline.document import timeline_from_json, timeline_to_json

FRAME_S = 1 / 30


def streak_of(timeline):
    longest = run = 0
    before = None
    for clip in timeline.clips:
        run = run + 1 if clip.metadata.angle == before else 1
        before = clip.metadata.angle
        longest = max(longest, run)
    return longest


def rows_of(timeline):
    return {row["name"]: row for row in timeline.ai_reasoning.constraints}


@settings(derandomize=True, deadline=None, max_examples=15)
@given(
    st.integers(0, 1000),
    st.sampled_from(["beat", "half_beat", "downbeat", "free"]),
    st.sampled_from([88.0, 120.0, 171.0]),
    st.integers(1, 2),
)
def test_every_edit_keeps_every_limit(seed, grid, bpm, uses):
    clips = make_shoot(24, seed)
    song = make_song(bpm=bpm)
    request = make_request(clips, song, duration_s=14.0, grid=grid, max_uses_per_clip=uses)
    timeline = edit_timeline(request)
    assert problems_of(timeline) == ()
    assert timeline_to_json(timeline_from_json(timeline_to_json(timeline))) == timeline_to_json(timeline)
    assert abs(float(timeline.duration_s()) - 14.0) <= 0.5 + FRAME_S
    length = {clip["clip"]: clip["duration_s"] for clip in clips}
    assert max(Counter(clip.file for clip in timeline.clips).values()) <= uses
    assert streak_of(timeline) <= 2
    for clip in timeline.clips:
        assert 15 <= clip.duration_frames <= 120
        assert clip.source_start_s() >= Fraction(1, 10) - Fraction(1, 10**5)
        assert float(clip.source_end_s(Fraction(30))) <= length[clip.file] - 0.1 + 1e-5
        assert 0.0 <= clip.metadata.ai_confidence <= 1.0
    for a, b in pairwise(timeline.clips):
        assert a.file != b.file
    for one in timeline.clips:
        for other in timeline.clips:
            if one is not other and one.file == other.file:
                assert (
                    one.source_end_s(Fraction(30)) <= other.source_start_s()
                    or other.source_end_s(Fraction(30)) <= one.source_start_s()
                )


@pytest.mark.parametrize("bpm", [88.0, 120.0, 171.0])
def test_every_cut_lies_within_one_frame_of_a_beat(bpm):
    song = make_song(bpm=bpm)
    timeline = edit_timeline(make_request(make_shoot(24), song, duration_s=15.0))
    assert timeline.song is not None
    beats = np.array(timeline.song.beats)
    for transition in timeline.transitions:
        at_s = transition.at_frames / 30 + timeline.song.start_s
        assert np.abs(beats - at_s).min() <= FRAME_S
        assert transition.at_beat
        assert beats[transition.beat_index] == pytest.approx(at_s, abs=FRAME_S)


def test_the_same_request_gives_the_same_bytes():
    one, other = (
        timeline_to_json(edit_timeline(make_request(make_shoot(20), make_song(), duration_s=12.0)))
        for _ in range(2)
    )
    assert one == other


def test_rows_in_another_order_give_the_same_edit():
    request = make_request(make_shoot(20), make_song(), duration_s=12.0)
    turned = type(request)(
        **{
            **{name: getattr(request, name) for name in type(request).__slots__},
            "segments": request.segments.reverse(),
            "clips": request.clips.reverse(),
            "samples": request.samples.reverse(),
        }
    )
    assert timeline_to_json(edit_timeline(turned)) == timeline_to_json(edit_timeline(request))


def test_the_objective_is_proven_and_stands_in_the_timeline():
    reasoning = edit_timeline(make_request(make_shoot(30), make_song(), duration_s=20.0)).ai_reasoning
    assert 0.0 < reasoning.objective <= reasoning.bound <= 1.0
    assert reasoning.gap <= 0.005


@pytest.mark.parametrize("seed", [0, 5])
def test_the_terms_of_all_shots_add_up_to_the_objective(seed):
    timeline = edit_timeline(make_request(make_shoot(30), make_song(), duration_s=20.0, seed=seed))
    total = sum(
        clip.duration_frames / timeline.duration_frames * sum(clip.metadata.terms.values())
        for clip in timeline.clips
    )
    assert total == pytest.approx(timeline.ai_reasoning.objective, abs=1e-5)


def test_the_best_clips_are_chosen_when_only_the_score_counts():
    clips = [make_clip(f"c{at}.mp4", 5.0, score=at / 20) for at in range(20)]
    timeline = edit_timeline(
        make_request(
            clips,
            make_song(),
            duration_s=8.0,
            min_shot_s=2.0,
            max_shot_s=2.0,
            grid="free",
            weights={"score": 1.0},
        )
    )
    assert sorted(clip.file for clip in timeline.clips) == ["c16.mp4", "c17.mp4", "c18.mp4", "c19.mp4"]


def test_movement_goes_where_the_song_is_loud():
    clips = [make_clip(f"c{at:02d}.mp4", 5.0, motion=0.1 if at % 2 else 0.9) for at in range(24)]
    timeline = edit_timeline(
        make_request(
            clips, make_song(quiet_until_s=30.0), duration_s=16.0, song_start_s=22.1, weights={"energy": 1.0}
        )
    )
    quiet = [clip.metadata.motion_intensity for clip in timeline.clips if clip.timeline_start_frames < 200]
    loud = [clip.metadata.motion_intensity for clip in timeline.clips if clip.timeline_start_frames > 250]
    assert set(quiet) == {0.1}
    assert set(loud) == {0.9}


def test_shots_are_shorter_where_the_song_is_loud():
    timeline = edit_timeline(
        make_request(make_shoot(40), make_song(), duration_s=20.0, song_start_s=20.1, weights={"pacing": 1.0})
    )
    quiet = [clip.duration_frames for clip in timeline.clips if clip.timeline_start_frames < 270]
    loud = [clip.duration_frames for clip in timeline.clips if clip.timeline_start_frames > 330]
    assert np.mean(quiet) > 1.5 * np.mean(loud)


def test_the_runner_up_is_of_another_clip_and_loses_something():
    timeline = edit_timeline(make_request(make_shoot(30), make_song(), duration_s=12.0))
    used = {clip.file for clip in timeline.clips}
    for clip in timeline.clips:
        second = clip.metadata.runner_up
        assert second is not None
        assert second.file not in used
        assert second.score_loss >= 0.0
        assert second.source_end_s - second.source_start_s == pytest.approx(
            clip.duration_frames / 30, abs=1e-5
        )
        assert second.reason


def test_a_better_take_is_chosen_with_more_confidence():
    clips = [make_clip(f"c{at}.mp4", 5.0, score=0.9 if at < 4 else 0.2) for at in range(8)]
    timeline = edit_timeline(
        make_request(clips, make_song(), duration_s=12.0, min_shot_s=2.0, max_shot_s=2.0)
    )
    confidence = {clip.file: clip.metadata.ai_confidence for clip in timeline.clips}
    good = [value for name, value in confidence.items() if name in ("c0.mp4", "c1.mp4", "c2.mp4", "c3.mp4")]
    others = [value for name, value in confidence.items() if name > "c3.mp4"]
    assert min(good) > 0.75 > max(others)


def test_reasons_name_the_angle_that_changes_and_the_numbers():
    timeline = edit_timeline(
        make_request(
            make_shoot(30, angles=("front", "side")),
            make_song(),
            duration_s=12.0,
            weights={"score": 0.2, "angle_change": 1.0},
        )
    )
    texts = [clip.metadata.ai_reasoning for clip in timeline.clips]
    assert any("change from front to side" in text for text in texts)
    assert any("change from side to front" in text for text in texts)


def test_reasons_speak_of_parts_of_the_song_and_not_of_relative_energies():
    clips = [make_clip(f"c{at:02d}.mp4", 5.0, motion=0.1 if at % 2 else 0.9) for at in range(24)]
    timeline = edit_timeline(
        make_request(clips, make_song(), duration_s=16.0, song_start_s=22.1, weights={"energy": 1.0})
    )
    said = [clip.metadata.ai_reasoning for clip in timeline.clips]
    assert said[0] == "less movement than in most takes for the quietest part of the song"
    assert said[-1] == "more movement than in most takes for the loudest part of the song"
    assert not any("energy" in text for text in said)


def test_the_runner_up_is_told_with_numbers_only_where_the_score_decides():
    timeline = edit_timeline(make_request(make_shoot(30), make_song(), duration_s=20.0))
    reasons = [clip.metadata.runner_up.reason for clip in timeline.clips if clip.metadata.runner_up]
    assert len(set(reasons)) > 3
    for reason in reasons:
        assert ("against" in reason) == reason.startswith("its score is lower (")


def test_ids_are_unique_and_stay_when_nothing_changes():
    request = make_request(make_shoot(20), make_song(), duration_s=12.0, max_uses_per_clip=2)
    ids = [clip.id for clip in edit_timeline(request).clips]
    assert len(set(ids)) == len(ids)
    assert ids == [clip.id for clip in edit_timeline(request).clips]


def test_an_edit_without_a_song_is_cut_freely():
    timeline = edit_timeline(make_request(make_shoot(20), None, duration_s=12.0, grid="free"))
    assert timeline.song is None
    assert timeline.duration_frames == 360
    assert "the term energy takes no part: there is no song" in timeline.ai_reasoning.notes
    assert not any(transition.at_beat for transition in timeline.transitions)


def test_a_song_without_a_beat_is_cut_every_half_second():
    song = {**make_song(), "bpm": 0.0, "beats_s": [], "downbeats_s": [], "beat_strength_01": []}
    timeline = edit_timeline(make_request(make_shoot(20), song, duration_s=12.0))
    assert "the song has no beat that could be found: cuts lie every 0.5 s" in timeline.ai_reasoning.warnings
    assert all(transition.at_frames % 15 == 0 for transition in timeline.transitions)


def test_cuts_on_beats_of_a_song_without_any_are_a_conflict_that_says_so():
    song = {**make_song(), "bpm": 0.0, "beats_s": [], "downbeats_s": [], "beat_strength_01": []}
    asked = (ConstraintSpec(name="beats", cuts="beat"),)
    with pytest.raises(ConstraintError) as raised:
        edit_timeline(make_request(make_shoot(20), song, duration_s=12.0, constraints=asked))
    told = [problem.what for problem in raised.value.problems if problem.path == "edit.constraints.beats"]
    assert told == [
        "edit.constraints.beats asks for cuts on a beat only: the part of the song that is used has none"
    ]


def test_a_silent_song_is_as_good_as_any_other():
    song = make_song()
    silent = {**song, "bpm": 0.0, "beats_s": [], "downbeats_s": [], "drops_s": [], "sections": []}
    silent["energy_curve_01"] = [0.0] * len(song["energy_times_s"])
    timeline = edit_timeline(make_request(make_shoot(20), silent, duration_s=12.0))
    assert problems_of(timeline) == ()
    assert timeline.duration_frames == 360


def test_a_clip_of_a_television_rate_starts_on_its_own_frames():
    clips = [make_clip(f"c{at}.mp4", 6.0, rate_fps=30000 / 1001) for at in range(12)]
    timeline = edit_timeline(make_request(clips, make_song(), duration_s=8.0))
    assert {clip.source_rate_fps for clip in timeline.clips} == {Fraction(30000, 1001)}


def test_shots_avoid_the_blurred_part_of_a_clip():
    request = make_request([make_clip(f"c{at}.mp4", 8.0) for at in range(8)], make_song(), duration_s=8.0)
    import polars as pl

    blurred = request.samples.with_columns(
        sharpness_01=pl.when(pl.col("t_s") < 4.0).then(0.05).otherwise(0.9),
        visual_quality_01=pl.when(pl.col("t_s") < 4.0).then(0.1).otherwise(0.8),
    )
    fields = {name: getattr(request, name) for name in type(request).__slots__}
    timeline = edit_timeline(type(request)(**{**fields, "samples": blurred}))
    assert all(clip.source_start_s() >= Fraction(39, 10) for clip in timeline.clips)


def test_limits_say_whether_they_bind():
    few = [{**clip, "duration_s": 3.0} for clip in make_shoot(10)]
    rows = rows_of(edit_timeline(make_request(few, make_song(), duration_s=15.0, min_shot_s=1.0)))
    assert rows["max_uses_per_clip"] == {
        "name": "max_uses_per_clip",
        "limit": 1,
        "used": 1,
        "binds": True,
        "of": "edit",
        "asks": {"max": 1},
    }
    assert rows["never_use"]["binds"] is False
    alike = [make_clip(f"c{at}.mp4", 5.0) for at in range(40)]
    rows = rows_of(edit_timeline(make_request(alike, make_song(), duration_s=15.0, weights={"pacing": 1.0})))
    assert rows["max_uses_per_clip"]["binds"] is False


def test_the_table_of_limits_names_wishes_and_not_what_was_rejected():
    clips = [*make_shoot(12), make_clip("dark.mp4", rejected=True)]
    assert list(rows_of(edit_timeline(make_request(clips, make_song(), duration_s=8.0)))) == [
        *("duration_s", "min_shot_s", "max_shot_s", "max_uses_per_clip", "max_same_angle_streak"),
        *("must_use", "never_use"),
    ]


def test_shots_beyond_the_quality_that_the_style_wants_are_counted_in_notes():
    style = {"quality_thresholds": {"max_motion_blur": 0.1, "min_exposure": 0.3, "max_exposure": 0.9}}
    request = make_request(make_shoot(20), make_song(), duration_s=8.0, style=style)
    import polars as pl

    fields = {name: getattr(request, name) for name in type(request).__slots__}
    dark = request.segments.with_columns(exposure_01=pl.lit(0.2))
    timeline = edit_timeline(type(request)(**{**fields, "segments": dark}))
    shots = len(timeline.clips)
    assert f"{shots} of {shots} shots are more blurred than the style's 0.1" in timeline.ai_reasoning.notes
    assert (
        f"{shots} of {shots} shots are darker or brighter than the style's exposure of 0.3 to 0.9"
        in timeline.ai_reasoning.notes
    )


def test_a_style_that_stays_on_an_angle_makes_the_edit_stay_more_often():
    def stays(rate):
        style = {"sequencing_patterns": {"same_angle_repeat_rate": rate, "max_same_angle_streak": 9}}
        weights = {"score": 0.1, "angle_change": 1.0}
        made = edit_timeline(
            make_request(make_shoot(30), make_song(), duration_s=12.0, weights=weights, style=style)
        )
        return sum(a.metadata.angle == b.metadata.angle for a, b in pairwise(made.clips))

    assert stays(0.0) == 0
    assert stays(0.9) >= 3


def test_another_seed_may_only_decide_between_near_equals():
    plain = edit_timeline(make_request(make_shoot(30), make_song(), duration_s=20.0))
    other = edit_timeline(make_request(make_shoot(30), make_song(), duration_s=20.0, seed=5))
    own = sum(
        clip.duration_frames / other.duration_frames * (sum(terms.values()) - terms["variation"]) / 0.998
        for clip in other.clips
        for terms in [clip.metadata.terms]
    )
    assert plain.ai_reasoning.objective - 0.002 <= own <= plain.ai_reasoning.objective + 1e-6


def test_dissolves_lie_in_the_quiet_part_and_have_source_on_both_sides():
    style = {"transition_preferences": {"quick_dissolve": 0.5}}
    timeline = edit_timeline(
        make_request(make_shoot(40), make_song(), duration_s=20.0, song_start_s=20.1, style=style)
    )
    dissolves = [part for part in timeline.transitions if part.type == "quick_dissolve"]
    assert dissolves
    assert all(part.at_frames <= 300 and part.duration_frames == 6 for part in dissolves)
    assert not any(a.type == b.type == "quick_dissolve" for a, b in pairwise(timeline.transitions))


def test_dissolves_that_the_recipe_does_not_allow_are_not_made():
    from rushes.recipe.spec import TransitionsSpec

    timeline = edit_timeline(
        make_request(
            make_shoot(40), make_song(), duration_s=20.0, transitions=TransitionsSpec(allow=("hard_cut",))
        )
    )
    assert {part.type for part in timeline.transitions} == {"hard_cut"}
