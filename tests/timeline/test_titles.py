"""When titles are shown, now and after edits."""

from __future__ import annotations

from dataclasses import replace

import pytest
import timeline_samples as samples
from rushes.timeline.check import problems_of
from rushes.timeline.document import timeline_from_json, timeline_to_json
from rushes.timeline.lay import laid
from rushes.timeline.titles import hasty_titles, placed
from rushes.timeline.tree import Section

EDIT = samples.timeline((60, 60, 60))


def spans(timeline):
    return {title.name: (title.start_frames, title.end_frames) for title in timeline.titles}


@pytest.mark.parametrize(
    ("kind", "place", "span"),
    [
        ("start", {}, (0, 90)),
        ("start", {"length_s": 1.0}, (0, 30)),
        ("start", {"length_s": 60.0}, (0, 180)),
        ("end", {}, (90, 180)),
        ("end", {"length_s": 1.5}, (135, 180)),
        ("whole", {}, (0, 180)),
        ("time", {"from_s": 1.5}, (45, 135)),
        ("time", {"from_s": 1.5, "until_s": 2.0}, (45, 60)),
        ("time", {"until_s": 2.0}, (0, 60)),
        ("time", {"from_s": 1.0, "until_s": 9.0, "length_s": 0.5}, (30, 45)),
        ("time", {"from_s": 5.0}, (150, 180)),
    ],
)
def test_a_title_is_shown_when_its_place_says(kind, place, span):
    assert spans(placed(EDIT, (samples.title("one", kind, **place),))) == {"one": span}


def test_a_title_over_a_shot_follows_it_and_goes_with_it():
    bound = samples.title("who", "clip", name=EDIT.clips[1].file)
    timeline = placed(EDIT, (bound,))
    assert spans(timeline) == {"who": (60, 120)}
    a, b, c = timeline.clips
    assert spans(laid(timeline, (b, a, c))) == {"who": (0, 60)}
    assert spans(laid(timeline, (a, c))) == {}
    short = placed(EDIT, (samples.title("who", "clip", name=b.file, length_s=0.5),))
    assert spans(short) == {"who": (60, 75)}


def told(timeline):
    return [text for _, text in hasty_titles(timeline).values()]


def test_a_title_whose_shot_got_too_short_to_read_it_is_told_with_how_long_it_stands():
    bound = samples.title("who", "clip", name=EDIT.clips[1].file)
    bound = replace(bound, look=replace(bound.look, text="chaplin\nfilmed by Ada", fade_s=0.25))
    assert told(placed(EDIT, (bound,))) == []
    a, b, c = EDIT.clips
    short = replace(EDIT, clips=(a, replace(b, duration_frames=22), c))
    assert told(placed(short, (bound,))) == [
        "the title who stands 0.73 s, too briefly to be read: 4 words take about 1.6 s"
    ]
    # A single word takes a second, too, and what nobody reads none.
    one = replace(bound, look=replace(bound.look, text="Ada –"))
    assert told(placed(short, (one,))) == [
        "the title who stands 0.73 s, too briefly to be read: 1 word takes about 1.0 s"
    ]
    assert told(placed(replace(EDIT, clips=(a, replace(b, duration_frames=30), c)), (one,))) == []


def test_a_title_that_is_as_short_as_the_recipe_asks_is_not_told():
    asked = (
        samples.title("a", "clip", name=EDIT.clips[1].file, length_s=0.5),
        samples.title("b", "start", length_s=0.5),
        samples.title("c", "time", from_s=1.0, until_s=1.5),
        samples.title("d", "whole"),
    )
    assert told(placed(EDIT, asked)) == []
    assert len(told(placed(EDIT, (samples.title("e", "time", from_s=5.6, until_s=8.0),)))) == 1


def test_a_title_over_a_section_begins_with_it():
    sections = (
        Section(start_s=0.0, end_s=3.0, label="verse", energy_01=0.1),
        Section(start_s=3.0, end_s=5.0, label="chorus", energy_01=0.9),
    )
    edit = replace(EDIT, song=replace(EDIT.song, sections=sections, start_s=1.0))
    found = placed(edit, (samples.title("sing", "section", name="chorus"),))
    assert spans(found) == {"sing": (60, 120)}
    verse = placed(edit, (samples.title("sing", "section", name="verse", length_s=1.0),))
    assert spans(verse) == {"sing": (0, 30)}


def test_what_is_never_heard_or_shown_has_no_title():
    wanted = (
        samples.title("a", "section", name="bridge"),
        samples.title("b", "clip", name="nobody*"),
        samples.title("c", "time", from_s=99.0),
    )
    assert placed(EDIT, wanted).titles == ()


def test_titles_stand_in_order_of_time_then_of_name():
    wanted = [samples.title(name, "time", from_s=at_s) for name, at_s in [("b", 1), ("c", 0), ("a", 1)]]
    assert [title.name for title in placed(EDIT, tuple(wanted)).titles] == ["c", "a", "b"]


def test_an_edit_without_titles_keeps_its_bytes_and_one_with_titles_comes_back():
    assert b'"titles"' not in timeline_to_json(EDIT)
    timeline = placed(EDIT, (samples.title("one"), samples.title("two", "end", length_s=1.0)))
    data = timeline_to_json(timeline)
    assert timeline_from_json(data) == timeline
    assert timeline_to_json(timeline_from_json(data)) == data


def test_titles_outside_the_edit_or_twice_are_unsound():
    title = replace(samples.title("one"), start_frames=170, end_frames=200)
    problems = problems_of(replace(EDIT, titles=(title, title)))
    assert [problem.what for problem in problems] == [
        "2 titles have the name 'one'",
        "the title 'one' is shown from frame 170 to 200",
        "the title 'one' is shown from frame 170 to 200",
    ]
