"""Conditions that nothing satisfies are told with the values that there are."""

from __future__ import annotations

import pytest
from edit.made_library import make_clip, make_request, make_shoot, make_song
from rushes.edit import attempt
from rushes.edit.solve import edit_timeline
from rushes.edit.unmatched import unmatched
from rushes.errors import ConstraintError
from rushes.recipe.constraint_spec import ConstraintSpec


def hints(clips, **asked):
    request = make_request(clips, None, duration_s=4.0, grid="free")
    found = unmatched([ConstraintSpec(name="a", **asked)], request.segments, {})
    return {miss.path: miss.what for miss in found}


def test_the_values_of_a_column_are_told():
    clips = [make_clip("a.mp4", 4.0, shot_type="wide"), make_clip("b.mp4", 4.0, shot_type="medium")]
    said = "no take that may be used has shot_type == 'wider'; did you mean 'wide'? values of shot_type: medium, wide"
    assert hints(clips, count="shot_type == 'wider'", min=1) == {"edit.constraints.a": said}


def test_a_bare_name_is_told_where_its_file_lies():
    said = hints([make_clip("film/bikes.mp4", 4.0)], first="clip == 'bikes.mp4'")["edit.constraints.a"]
    assert said.endswith("; did you mean 'film/bikes.mp4'? values of clip: film/bikes.mp4")


def test_what_holds_somewhere_or_looks_at_places_is_not_told():
    clips = [make_clip("a.mp4", 4.0)]
    assert hints(clips, count="clip == 'a.mp4'", min=1) == {}
    assert hints(clips, length="energy_01 > 2", max_s=1) == {}
    assert hints(clips, uses="clip", max=1) == {}


def test_a_conflict_says_it_and_an_edit_notes_it():
    def request(**more):
        spec = ConstraintSpec(name="a", count="shot_type == 'creatures'", min=1, **more)
        return make_request(make_shoot(20), make_song(), duration_s=12.0, constraints=(spec,))

    with pytest.raises(ConstraintError) as caught:
        edit_timeline(request())
    whats = [problem.what for problem in caught.value.problems]
    assert any(
        "no take that may be used has shot_type == 'creatures'; values of shot_type: " in what
        for what in whats
    )
    notes = edit_timeline(request(weight=0.1)).ai_reasoning.notes
    assert any(note.startswith("edit.constraints.a: no take that may be used has") for note in notes)


@pytest.mark.parametrize("if_short", ["fail", "shorten", "repeat"])
def test_it_is_looked_for_once_however_often_an_edit_is_tried(monkeypatch, if_short):
    asked = []
    monkeypatch.setattr(attempt, "unmatched", lambda *given: asked.append(given) or unmatched(*given))
    spec = ConstraintSpec(name="a", count="shot_type == 'creatures'", min=1, weight=0.1)
    few = make_request(
        make_shoot(6),
        make_song(),
        duration_s=24.0,
        max_uses_per_clip=1,
        constraints=(spec,),
        if_short=if_short,
    )
    if if_short == "fail":
        with pytest.raises(ConstraintError):
            edit_timeline(few)
    else:
        notes = edit_timeline(few).ai_reasoning.notes
        assert sum("no take that may be used has shot_type" in note for note in notes) == 1
    assert len(asked) == 1


def of_folders(**constraints):
    """An edit of clips in folders."""
    clips = [make_clip(f"toys/c{at}.mp4", 4.0) for at in range(6)]
    specs = tuple(ConstraintSpec(name=name, **one) for name, one in constraints.items())
    return edit_timeline(make_request(clips, make_song(), duration_s=8.0, constraints=specs))


def test_the_name_that_was_meant_is_the_first_way_out():
    with pytest.raises(ConstraintError) as caught:
        of_folders(frog={"count": "clip == 'c3.mp4'", "min": 1}, short={"length": "true", "max_s": 3})
    summary, frog = caught.value.problems
    assert summary.what.endswith("keeps edit.constraints.frog, whatever else the recipe asks for")
    assert summary.fix == "correct or loosen it"
    assert frog.fix == (
        "write 'toys/c3.mp4' for 'c3.mp4', or --set edit.constraints.frog.weight=1 (only wished for),"
        " or --set ~edit.constraints.frog (left out)"
    )


def test_a_clip_that_is_not_there_is_warned_of_where_nothing_conflicts():
    slip = of_folders(toys={"order": ["clip == 'c3.mp4'", "clip == 'toys/c4.mp4'"]}).ai_reasoning
    (warned,) = slip.warnings
    assert warned.startswith(
        "edit.constraints.toys: no take that may be used has clip == 'c3.mp4'; did you mean 'toys/c3.mp4'? values"
    )
    assert not any("edit.constraints.toys" in note for note in slip.notes)
