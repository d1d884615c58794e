from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from made_clips import timeline_of
from rushes.emit.video import Crop, Run, SegmentFade, SegmentSource, SegmentSpec, segment_plan
from rushes.errors import RenderError
from rushes.recipe.outputs_spec import VideoSpec
from rushes.timeline.tree import Fades, Retime, RetimeKey, Timeline


def shown(spec: SegmentSpec) -> tuple[str, int, list[tuple[str, str]]]:
    return spec.kind, spec.frames, [(source.clip, str(source.start_s)) for source in spec.sources]


def test_hard_cuts_give_one_segment_a_shot():
    plan = segment_plan(timeline_of([("a", 10, 20), ("b", 50, 25)]), VideoSpec())
    assert [shown(spec) for spec in plan] == [
        ("shot", 20, [("a", "1/3")]),
        ("shot", 25, [("b", "5/3")]),
    ]


def test_a_dissolve_lies_around_its_cut_and_takes_from_both_shots():
    plan = segment_plan(timeline_of([("a", 30, 20), ("b", 60, 25)], dissolves={0: 5}), VideoSpec())
    assert [shown(spec) for spec in plan] == [
        ("shot", 18, [("a", "1")]),
        ("dissolve", 5, [("a", "8/5"), ("b", "29/15")]),
        ("shot", 22, [("b", "21/10")]),
    ]


def test_the_frames_of_all_segments_are_those_of_the_timeline():
    shots = [("a", 0, 13), ("b", 9, 40), ("c", 7, 1), ("d", 0, 700)]
    timeline = timeline_of(shots, dissolves={0: 6, 2: 1})
    assert sum(spec.frames for spec in segment_plan(timeline, VideoSpec())) == timeline.duration_frames


def test_a_shot_between_two_dissolves_that_meet_has_no_segment_of_its_own():
    plan = segment_plan(
        timeline_of([("a", 0, 9), ("b", 9, 6), ("c", 9, 9)], dissolves={0: 6, 1: 6}), VideoSpec()
    )
    assert [spec.kind for spec in plan] == ["shot", "dissolve", "dissolve", "shot"]


def test_dissolves_that_overlap_are_refused():
    timeline = timeline_of([("a", 0, 9), ("b", 9, 4), ("c", 9, 9)], dissolves={0: 6, 1: 6})
    with pytest.raises(RenderError) as caught:
        segment_plan(timeline, VideoSpec())
    assert str(caught.value) == (
        "clip c1 (b) is 4 frames long, too short for the transitions at its ends\n"
        "    fix: make the shot longer, the transitions shorter (edit.transitions), or one of them a hard cut"
    )


def test_a_whip_pan_takes_from_both_shots_as_a_dissolve_does_and_has_a_direction():
    timeline = timeline_of([("a", 30, 20), ("b", 60, 25)], dissolves={0: 5}, kind="whip_pan")
    plan = segment_plan(timeline, VideoSpec())
    assert shown(plan[1]) == ("whip_pan", 5, [("a", "8/5"), ("b", "29/15")])
    assert [spec.direction for spec in plan] == [None, "right", None]


def test_a_dip_takes_from_each_shot_what_lies_on_its_side_of_the_cut():
    timeline = timeline_of([("a", 30, 20), ("b", 60, 25)], dissolves={0: 5}, kind="dip_to_black")
    plan = segment_plan(timeline, VideoSpec())
    assert shown(plan[1]) == ("dip_to_black", 5, [("a", "8/5"), ("b", "2")])
    assert sum(spec.frames for spec in plan) == timeline.duration_frames


def retimed(timeline: Timeline, place: int, *keys: tuple[int, float]) -> Timeline:
    """The timeline with keys (frame, seconds of source) for one clip."""
    clips = list(timeline.clips)
    made = Retime(keys=tuple(RetimeKey(at_frames=at, source_s=run_s) for at, run_s in keys))
    clips[place] = replace(clips[place], retime=made)
    return replace(timeline, clips=tuple(clips))


def test_a_retimed_shot_tells_its_segment_how_its_source_runs():
    timeline = retimed(timeline_of([("a", 30, 20), ("b", 60, 25)]), 0, (0, 0.0), (10, 1.0), (20, 1.1))
    first, second = segment_plan(timeline, VideoSpec())
    assert first.sources[0].run == Run(
        keys=((0, Fraction(0)), (10, Fraction(1)), (20, Fraction(11, 10))), blend=True
    )
    assert second.sources[0].run is None


def test_pieces_and_transitions_of_a_retimed_shot_go_on_where_the_one_before_ended():
    """At three times its speed until frame 300, then at half of it: frame n shows source 10 s + n / 10, then n / 60 more."""
    timeline = retimed(
        timeline_of([("a", 300, 500), ("b", 60, 25)], dissolves={0: 10}),
        0,
        (0, 0.0),
        (300, 30.0),
        (500, 30 + 10 / 3),
    )
    plan = segment_plan(timeline, VideoSpec())
    assert [spec.kind for spec in plan] == ["shot", "shot", "shot", "dissolve", "shot"]
    starts_s = [float(spec.sources[0].start_s) for spec in plan[:4]]
    assert starts_s == pytest.approx([10, 34, 40 + 180 / 60, 40 + 195 / 60], abs=1e-5)
    ramp = plan[1].sources[0].run
    assert ramp is not None
    assert [(at, float(run_s)) for at, run_s in ramp.keys] == [
        (0, 0.0),
        (60, pytest.approx(6)),
        (240, pytest.approx(9, abs=1e-5)),
    ]
    assert [spec.sources[-1].run for spec in plan[3:]] == [None, None]


def test_a_shot_that_is_not_retimed_has_the_spec_that_it_always_had():
    plan = segment_plan(timeline_of([("a", 30, 20), ("b", 60, 25)], dissolves={0: 5}), VideoSpec())
    for spec in plan:
        assert set(spec.to_json()) == {
            *("kind", "frames", "width_px", "height_px", "rate_fps", "quality", "sources"),
        }
        assert all(set(source) == {"clip", "start_s", "crop"} for source in spec.to_json()["sources"])


def test_a_shot_that_moves_in_the_timeline_keeps_its_spec():
    before = segment_plan(timeline_of([("a", 10, 20), ("b", 50, 25)]), VideoSpec())
    after = segment_plan(timeline_of([("c", 0, 11), ("b", 50, 25), ("a", 10, 20)]), VideoSpec())
    assert before == (after[2], after[1])


def test_fades_are_the_matter_of_the_first_and_the_last_shot_alone():
    bare = timeline_of([("a", 10, 20), ("b", 50, 25), ("c", 0, 30)], dissolves={0: 4})
    before = segment_plan(bare, VideoSpec())
    after = segment_plan(replace(bare, fades=Fades(in_frames=9, out_frames=12)), VideoSpec())
    assert [spec.fades for spec in after] == [
        (SegmentFade(begins=0, frames=9, into_black=False),),
        (),
        (),
        (SegmentFade(begins=18, frames=12, into_black=True),),
    ]
    assert after[1:3] == before[1:3]
    assert tuple(replace(spec, fades=()) for spec in after) == before


def test_a_fade_goes_on_in_the_next_piece_of_a_long_take():
    take = replace(timeline_of([("a", 30, 500)]), fades=Fades(in_frames=250, out_frames=30))
    opens, both, closes = (spec.fades for spec in segment_plan(take, VideoSpec()))
    assert [(fade.begins, fade.frames) for fade in (*opens, *both, *closes)] == [
        (0, 250),
        (-240, 250),
        (230, 30),
        (-10, 30),
    ]
    assert [fade.light(239) for fade in opens] + [fade.light(0) for fade in both] == [239, 240, 30]


def test_a_long_take_is_encoded_in_pieces_that_follow_each_other():
    plan = segment_plan(timeline_of([("a", 30, 500)]), VideoSpec())
    assert [shown(spec) for spec in plan] == [
        ("shot", 240, [("a", "1")]),
        ("shot", 240, [("a", "9")]),
        ("shot", 20, [("a", "17")]),
    ]


def test_a_spec_survives_json():
    shots = [("a", 1, 20), ("b", 50, 25)]
    for kind in ("quick_dissolve", "whip_pan", "dip_to_black"):
        timeline = timeline_of(shots, dissolves={0: 6}, kind=kind)
        plan = segment_plan(retimed(timeline, 0, (0, 0.0), (7, 0.3), (20, 0.5)), VideoSpec(quality="low"))
        assert [SegmentSpec.from_json(json.loads(json.dumps(spec.to_json()))) for spec in plan] == list(plan)
    for spec in segment_plan(replace(timeline_of(shots), fades=Fades(in_frames=4)), VideoSpec(quality="low")):
        assert SegmentSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec


def test_a_spec_that_cannot_be_encoded_cannot_be_made():
    good = timeline_of([("a", 1, 20)])
    spec = segment_plan(good, VideoSpec())[0].to_json()
    for wrong in ({"frames": 0}, {"width_px": 181}, {"kind": "dissolve"}, {"direction": "left"}):
        with pytest.raises(
            ValueError, match=r"cannot be encoded|not even|has 1 sources|has the direction left"
        ):
            SegmentSpec.from_json(spec | wrong)
    with pytest.raises(ValueError, match=r"not within 0\.\.1"):
        SegmentSource(clip="a", start_s=Fraction(0), crop=Crop(x_01=1.5))
