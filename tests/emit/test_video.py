from __future__ import annotations

import json
from fractions import Fraction

import pytest
from made_clips import timeline_of
from rushes.emit.video import Crop, SegmentSource, SegmentSpec, segment_plan
from rushes.errors import RenderError
from rushes.recipe.spec import VideoSpec


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
        "clip c1 (b) is 4 frames long, too short for the dissolves at its ends\n"
        "    fix: make the shot longer, the dissolves shorter (edit.transitions.dissolve_s), or one of them a hard cut"
    )


def test_a_whip_pan_is_refused_by_name():
    timeline = timeline_of([("a", 0, 9), ("b", 9, 9)], dissolves={0: 4}, kind="whip_pan")
    with pytest.raises(RenderError) as caught:
        segment_plan(timeline, VideoSpec())
    assert str(caught.value) == (
        "the whip_pan from c0 to c1 cannot be rendered\n    fix: allow hard_cut and quick_dissolve only"
    )


def test_a_shot_that_moves_in_the_timeline_keeps_its_spec():
    before = segment_plan(timeline_of([("a", 10, 20), ("b", 50, 25)]), VideoSpec())
    after = segment_plan(timeline_of([("c", 0, 11), ("b", 50, 25), ("a", 10, 20)]), VideoSpec())
    assert before == (after[2], after[1])


def test_a_long_take_is_encoded_in_pieces_that_follow_each_other():
    plan = segment_plan(timeline_of([("a", 30, 500)]), VideoSpec())
    assert [shown(spec) for spec in plan] == [
        ("shot", 240, [("a", "1")]),
        ("shot", 240, [("a", "9")]),
        ("shot", 20, [("a", "17")]),
    ]


def test_a_spec_survives_json():
    plan = segment_plan(
        timeline_of([("a", 1, 20), ("b", 50, 25)], dissolves={0: 6}), VideoSpec(quality="low")
    )
    for spec in plan:
        assert SegmentSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec


def test_a_spec_that_cannot_be_encoded_cannot_be_made():
    good = timeline_of([("a", 1, 20)])
    spec = segment_plan(good, VideoSpec())[0].to_json()
    for wrong in ({"frames": 0}, {"width_px": 181}, {"kind": "dissolve"}):
        with pytest.raises(ValueError, match=r"cannot be encoded|not even|has 1 sources"):
            SegmentSpec.from_json(spec | wrong)
    with pytest.raises(ValueError, match=r"not within 0\.\.1"):
        SegmentSource(clip="a", start_s=Fraction(0), crop=Crop(x_01=1.5))
