from __future__ import annotations

import pytest
from rushes.analyze.framing import NOT_KNOWN, Body, Face, Moment, Verdict, angle, shot_type, surer
from rushes.analyze.shot_type import Params, prompts_by_label

PARAMS = Params()


def face(height_01: float = 0.2, yaw_deg: float | None = 0.0, confidence_01: float = 1.0) -> Face:
    return Face(height_01, confidence_01, yaw_deg)


def body(height_01: float = 0.8, ratio: float = 1.5, bottom_01: float = 1.0) -> Body:
    return Body(height_01, ratio, bottom_01 - height_01, bottom_01, 1.0)


def kind(moment: Moment) -> str | None:
    return shot_type(moment, PARAMS).label


@pytest.mark.parametrize(
    ("height_01", "expected"),
    [
        (0.6, "close_up"),
        (0.27, "close_up"),
        (0.26, "medium"),
        (0.09, "medium"),
        (0.08, "wide"),
        (0.01, "wide"),
    ],
)
def test_the_larger_the_face_the_closer_the_shot(height_01: float, expected: str):
    assert kind(Moment(face(height_01))) == expected


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (body(0.3, ratio=2.5, bottom_01=0.8), "wide"),
        (body(0.3, ratio=1.0, bottom_01=1.0), "wide"),
        (body(0.95, ratio=2.6, bottom_01=0.98), "wide"),
        (body(0.8, ratio=1.5), "medium"),
        (body(0.9, ratio=0.8), "close_up"),
        (body(0.7, ratio=1.2, bottom_01=0.85), "medium"),
    ],
    ids=["far", "far and cut off", "whole", "waist up", "head and shoulders", "sitting"],
)
def test_without_a_face_the_body_says_how_close_the_shot_is(seen: Body, expected: str):
    found = shot_type(Moment(body=seen), PARAMS)
    assert (found.label, found.source) == (expected, "bodies")
    assert 0.3 <= found.confidence_01 <= 0.7


def test_a_hand_that_reaches_in_from_above_is_no_framing_of_a_person():
    hand = Moment(body=body(0.6, ratio=1.5, bottom_01=0.6))
    assert shot_type(hand, PARAMS) == NOT_KNOWN
    assert angle(hand, PARAMS) == NOT_KNOWN
    whole = Moment(body=body(0.9, ratio=2.4, bottom_01=0.9))
    assert (kind(whole), angle(whole, PARAMS).label) == ("wide", "other")


def test_nobody_and_a_still_camera_is_no_shot_type():
    assert shot_type(Moment(zoom_per_s=0.01), PARAMS) == NOT_KNOWN
    assert shot_type(Moment(), PARAMS) == NOT_KNOWN
    assert angle(Moment(), PARAMS) == NOT_KNOWN


def test_at_a_border_between_two_types_half_is_sure_and_far_from_it_all():
    assert shot_type(Moment(face(0.27)), PARAMS).confidence_01 == pytest.approx(0.5)
    assert shot_type(Moment(face(0.27 * 2)), PARAMS).confidence_01 == pytest.approx(1)
    assert shot_type(Moment(face(0.27 * 2, confidence_01=0.8)), PARAMS).confidence_01 == pytest.approx(0.8)


def test_face_and_body_that_disagree_are_less_sure():
    alone = shot_type(Moment(face(0.15)), PARAMS)
    assert shot_type(Moment(face(0.15), body()), PARAMS) == alone
    against = shot_type(Moment(face(0.15), body(0.95, ratio=2.8)), PARAMS)
    assert (against.label, against.source) == ("medium", "faces")
    assert against.confidence_01 < alone.confidence_01
    assert shot_type(Moment(face(0.09, confidence_01=0.8), body(0.95, ratio=3.5)), PARAMS).label == "wide"


def test_a_zoom_wins_whoever_is_in_the_picture():
    found = shot_type(Moment(face(), body(), zoom_per_s=0.09), PARAMS)
    assert found == Verdict("zoom", pytest.approx(0.75), "camera")
    assert kind(Moment(zoom_per_s=-0.2)) == "zoom"
    assert kind(Moment(face(), zoom_per_s=0.05)) == "medium"


def test_a_pan_that_grows_a_little_is_no_zoom():
    assert kind(Moment(zoom_per_s=0.08, pan_per_s=0.3)) is None


@pytest.mark.parametrize(
    ("yaw_deg", "label", "confidence_01"),
    [
        (0, "front", 1),
        (-12.5, "front", 0.75),
        (30, None, 0),
        (-65, "side", 0.75),
        (90, "side", 1),
        (None, None, 0),
    ],
)
def test_the_turn_of_the_face_is_the_angle(yaw_deg: float | None, label: str | None, confidence_01: float):
    found = angle(Moment(face(yaw_deg=yaw_deg)), PARAMS)
    assert (found.label, found.confidence_01) == (label, pytest.approx(confidence_01))


def test_a_large_person_without_a_face_is_turned_away_and_a_small_one_may_not_be():
    assert angle(Moment(body=body(0.8)), PARAMS) == Verdict("other", pytest.approx(0.4), "bodies")
    assert angle(Moment(body=body(0.3)), PARAMS) == NOT_KNOWN


def test_of_equally_sure_verdicts_the_first_counts():
    first, second = Verdict("wide", 0.5, "bodies"), Verdict("medium", 0.5, "words")
    assert surer(first, second) is first
    assert surer(NOT_KNOWN, second) is second


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"close_up_face_01": 0.05}, "wide_face_01=0.09 is above close_up_face_01=0.05"),
        ({"front_deg": 60.0}, "front_deg=60.0 is above side_deg=40.0"),
        ({"angle_prompts": ("above: a photo",)}, "'above: a photo' is not LABEL: SENTENCE"),
        ({"shot_type_prompts": ("wide:",)}, "'wide:' is not LABEL: SENTENCE"),
    ],
)
def test_parameters_that_make_no_sense_are_refused(fault: dict[str, object], said: str):
    with pytest.raises(ValueError, match=said):
        Params(**fault)  # type: ignore[arg-type]


def test_sentences_are_gathered_by_label_and_labels_without_one_are_left_out():
    found = prompts_by_label(("b: two", "a: one", "b : three: four"), ("a", "b", "c"))
    assert list(found.items()) == [("a", ("one",)), ("b", ("two", "three: four"))]


def test_somebody_without_a_head_in_the_picture_is_no_close_up():
    legs, shoulders = body(1.0, ratio=0.9), body(0.9, ratio=0.9)
    assert shot_type(Moment(body=shoulders), PARAMS).label == "close_up"
    unsure = shot_type(Moment(body=legs), PARAMS)
    assert unsure.label == "medium"
    assert unsure.confidence_01 < 0.3
    assert kind(Moment(face(0.5), legs)) == "close_up"
