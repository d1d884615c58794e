"""Which shot a word means: of three, c01 of front_01.mp4, c02 of side_02.mp4 and c03 of overhead_03.mp4."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rushes.timeline.edit_log import EditError
from rushes.timeline.name_clip import called, clip_meant
from timeline_samples import timeline

EDIT = timeline()


def changed(**by_place):
    """The edit where clips, named by their place as p1, have other facts."""
    clips = [replace(clip, **by_place.get(f"p{at}", {})) for at, clip in enumerate(EDIT.clips, start=1)]
    return replace(EDIT, clips=tuple(clips))


@pytest.mark.parametrize(
    ("word", "place"),
    [
        ("1", 1),
        ("3", 3),
        ("03", 3),
        ("c02", 2),
        ("side_02.mp4", 2),
        ("side_02", 2),
    ],
)
def test_a_shot_is_meant_by_its_place_its_id_or_its_file(word, place):
    assert clip_meant(EDIT, word) == EDIT.clips[place - 1]


def test_the_beginning_of_an_id_is_enough_where_only_one_begins_so():
    edit = changed(p2={"id": "ab12"}, p3={"id": "ab34"})
    assert clip_meant(edit, "ab1").id == "ab12"
    assert clip_meant(edit, "c").id == "c01"


def test_a_whole_id_means_its_shot_though_another_id_begins_with_it():
    edit = changed(p1={"id": "ab1"}, p2={"id": "ab"})
    assert clip_meant(edit, "ab").id == "ab"


def test_an_id_comes_before_a_file_of_that_name():
    edit = changed(p1={"file": "c02.mp4"})
    assert clip_meant(edit, "c02").id == "c02"


@pytest.mark.parametrize("word", ["day 1/takes/a.b.mp4", "a.b.mp4", "a.b"])
def test_a_file_in_a_folder_is_known_by_its_path_and_by_its_name(word):
    assert clip_meant(changed(p2={"file": "day 1/takes/a.b.mp4"}), word).id == "c02"


def said(edit, word):
    with pytest.raises(EditError) as caught:
        clip_meant(edit, word)
    return str(caught.value)


@pytest.mark.parametrize("word", ["0", "4"])
def test_a_place_that_is_not_there_is_told_with_how_many_there_are(word):
    assert said(EDIT, word) == (
        f"there is no place {word}: the edit has 3 clips\n    fix: give a number from 1 to 3, or an id"
    )


def test_a_beginning_that_several_ids_have_is_told_with_all_of_them():
    assert said(EDIT, "c0") == (
        "c0 means 3 clips: c01 (place 1, front_01.mp4), c02 (place 2, side_02.mp4), c03 (place 3, overhead_03.mp4)\n"
        "    fix: give more of the id"
    )


def test_a_file_that_several_shots_show_is_told_with_their_places():
    edit = changed(p1={"file": "a/take.mp4"}, p3={"file": "b/take.mov"})
    assert said(edit, "take") == (
        "take means 2 clips: c01 (place 1, a/take.mp4), c03 (place 3, b/take.mov)\n    fix: give a place or an id"
    )


def test_a_deleted_shot_is_told_with_how_to_bring_it_back():
    gone = {"clip_id": "c09", "file": "lost.mp4", "deleted_at": "2026-05-01T12:00:00Z"}
    assert said(replace(EDIT, deleted_clips=(gone,)), "c09") == (
        "the clip c09 (lost.mp4) is deleted, since 2026-05-01T12:00:00Z\n"
        "    fix: bring it back with `rushes undo OUT`, or name another clip"
    )


ALL = "clips of this edit by place, id and file: 1 c01 front_01.mp4, 2 c02 side_02.mp4, 3 c03 overhead_03.mp4"


def test_a_word_that_means_nothing_is_told_with_the_nearest_name_and_all_there_are():
    assert said(EDIT, "side_03.mp4") == (
        f"there is no clip 'side_03.mp4'\n    fix: did you mean side_02.mp4? {ALL}"
    )


@pytest.mark.parametrize("word", ["", "zzzzzz", "²"])
def test_where_no_name_is_near_all_there_are_is_told(word):
    gone = {"clip_id": "c09", "file": "lost.mp4", "deleted_at": "2026-05-01T12:00:00Z"}
    assert said(replace(EDIT, deleted_clips=(gone,)), word) == f"there is no clip {word!r}\n    fix: {ALL}"


def test_of_many_shots_twenty_are_listed():
    many = timeline((30,) * 33)
    told = said(many, "nothing")
    assert told.endswith(" and 13 more") and told.count(".mp4") == 20
    assert "c means 33 clips: " in said(many, "c") and said(many, "c").count("(place ") == 20


def test_a_shot_is_called_by_its_place_its_id_and_its_file():
    assert called(EDIT, EDIT.clips[1]) == "clip 2 (c02, side_02.mp4)"


def test_a_shot_that_the_edit_has_no_more_is_called_by_its_id_and_its_file():
    assert called(replace(EDIT, clips=EDIT.clips[:1]), EDIT.clips[1]) == "c02 (side_02.mp4)"
    assert called(replace(EDIT, clips=()), EDIT.clips[0]) == "c01 (front_01.mp4)"
