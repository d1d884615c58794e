"""Events of a clip come to its tag, what was watched of it, and whether somebody was engaged."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.score.feedback import (
    KINDS,
    Engagement,
    FeedbackEvent,
    FeedbackState,
    creator_fault,
    event_fault,
    fold_feedback,
    uid_of,
    utc_text,
)

A, B = "a" * 64, "b" * 64


def at(minute):
    return f"2026-05-04T12:{minute:02d}:00.000000Z"


def event(kind, minute=0, clip=A, uid=None, **value):
    return FeedbackEvent(
        uid=uid or f"{clip[0]}{kind}{minute}",
        clip=clip,
        creator="anna",
        kind=kind,
        at=at(minute),
        value=value,
    )


def state(*events, rule=None):
    return fold_feedback(events, rule)[A]


def test_the_latest_tag_holds():
    assert state(event("favorite", 1), event("bad", 2)).tag == "bad"
    assert state(event("bad", 2), event("favorite", 1)).tag == "bad"


def test_of_tags_of_one_moment_the_one_that_was_given_later_holds():
    assert state(event("favorite", 1), event("bad", 1)).tag == "bad"
    assert state(event("bad", 1), event("favorite", 1)).tag == "favorite"


def test_untag_removes_the_tag_and_nothing_else():
    found = state(event("view", 0, watch_s=4.0), event("favorite", 1), event("untag", 2))
    assert found == FeedbackState(tag=None, views=1, watch_s=4.0)


def test_untag_before_a_tag_takes_nothing_back():
    assert state(event("favorite", 2), event("untag", 1)).tag == "favorite"


def test_views_skips_and_exports_are_counted():
    found = state(
        event("view", 1, watch_s=2.5, completion_01=0.25),
        event("view", 2, watch_s=5.0, completion_01=0.5, rewatch=True),
        event("skip", 3, position_s=3.0),
        event("export", 4),
    )
    assert found == FeedbackState(
        views=2, watch_s=7.5, completion_01=0.5, rewatches=1, exports=1, skips=1, engaged=True
    )


@pytest.mark.parametrize(
    ("events", "engaged"),
    [
        ([event("view", 1), event("view", 2)], False),
        ([event("view", 1), event("view", 2), event("view", 3)], True),
        ([event("view", 1, completion_01=0.79)], False),
        ([event("view", 1, completion_01=0.8)], True),
        ([event("view", 1, rewatch=False)], False),
        ([event("view", 1, rewatch=True)], True),
        ([event("export", 1)], True),
        ([event("skip", minute) for minute in range(9)], False),
    ],
)
def test_who_is_engaged(events, engaged):
    assert state(*events).engaged is engaged


def test_when_somebody_is_engaged_is_a_parameter():
    assert state(event("view", 1), rule=Engagement(min_views=1)).engaged
    assert not state(event("view", 1, completion_01=0.9), rule=Engagement(min_completion_01=0.95)).engaged


events_of_a = st.lists(
    st.builds(
        event,
        st.sampled_from(sorted(KINDS)),
        st.integers(0, 59),
        st.just(A),
        st.uuids().map(str),
    ),
    max_size=8,
)
events_of_b = st.lists(
    st.builds(event, st.sampled_from(sorted(KINDS)), st.integers(0, 59), st.just(B), st.uuids().map(str)),
    max_size=8,
)


@settings(derandomize=True, deadline=None)
@given(events_of_a, events_of_b, st.randoms())
def test_what_others_did_and_when_it_was_loaded_makes_no_difference_to_a_clip(own, others, chance):
    mixed = [*own, *others]
    order = list(range(len(mixed)))
    chance.shuffle(order)
    kept = iter(own)
    # Events of the clip keep their own order; those of the other clip lie anywhere between them.
    shuffled = [next(kept) if place < len(own) else mixed[place] for place in order]
    assert fold_feedback(shuffled).get(A) == fold_feedback(own).get(A)
    assert list(fold_feedback(shuffled)) == sorted(fold_feedback(mixed))


@settings(derandomize=True, deadline=None)
@given(events_of_a)
def test_events_that_come_twice_count_once(events):
    assert fold_feedback([*events, *events]) == fold_feedback(events)


@pytest.mark.parametrize(
    ("kind", "value", "fault"),
    [
        ("favorite", {}, ""),
        ("view", {"watch_s": 8, "completion_01": 1.0, "rewatch": True}, ""),
        ("skip", {"position_s": 0.0}, ""),
        (
            "like",
            {},
            "there is no feedback of kind 'like'; there are favorite, bad, untag, view, skip, export",
        ),
        ("bad", {"watch_s": 1.0}, "bad does not take watch_s: it takes nothing"),
        ("skip", {"watch_s": 1.0}, "skip does not take watch_s: it takes position_s"),
        ("view", {"watch_s": -1}, "watch_s is -1, which is no number from 0 on"),
        ("view", {"watch_s": True}, "watch_s is True, which is no number from 0 on"),
        ("view", {"watch_s": float("nan")}, "watch_s is nan, which is no number from 0 on"),
        ("view", {"completion_01": 1.5}, "completion_01 is 1.5, above 1 (the whole clip)"),
        ("view", {"rewatch": 1}, "rewatch is 1, which is neither true nor false"),
    ],
)
def test_what_is_wrong_with_an_event_is_said(kind, value, fault):
    assert event_fault(kind, value) == fault


@pytest.mark.parametrize("name", ["anna", "Anna Müller", "a.b-c_d", "x", "9"])
def test_names_of_creators(name):
    assert creator_fault(name) == ""


@pytest.mark.parametrize(
    "name", ["", "../x", ".hidden", "a/b", "a\\b", "con:", "x" * 65, "dot.", " a", "a\n"]
)
def test_names_that_could_be_no_file_are_refused(name):
    assert creator_fault(name).endswith(
        "is no name of a creator: letters, digits, blanks, - _ and ., a letter or digit first"
    )


def test_moments_are_said_in_utc_so_that_text_order_is_time_order():
    assert utc_text(datetime.fromisoformat("2026-05-04T14:30:00+02:00")) == "2026-05-04T12:30:00.000000Z"
    with pytest.raises(ValueError, match="has no time zone"):
        utc_text(datetime.fromisoformat("2026-05-04T14:30:00"))


def test_a_uid_follows_from_what_an_event_says():
    says = {"clip": A, "creator": "anna", "kind": "view", "value": {"watch_s": 1.0}, "at": at(1), "note": ""}
    assert uid_of(**says) == uid_of(**says)
    assert uid_of(**says) != uid_of(**{**says, "at": at(2)})
