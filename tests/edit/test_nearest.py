import re

import pytest
from edit.made_library import make_clip, make_request, make_shoot, make_song
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.edit.nearest import first_that
from rushes.edit.solve import edit_timeline
from rushes.errors import ConstraintError
from rushes.recipe.constraint_spec import ConstraintSpec

TYPES = ("close_up", "medium", "wide")


def shoot():
    """Two close-ups, five mediums and five wides of 3 s, of which 2.5 s can be shown."""
    types = ["close_up"] * 2 + ["medium"] * 5 + ["wide"] * 5
    return [make_clip(f"c{at:02d}.mp4", 3.0, shot_type=kind) for at, kind in enumerate(types)]


def edited(constraints, **edit):
    specs = tuple(ConstraintSpec(name=name, **one) for name, one in constraints.items())
    return edit_timeline(
        make_request(shoot(), make_song(), constraints=specs, **{"duration_s": 20.0, **edit})
    )


def refused(constraints, **edit):
    with pytest.raises(ConstraintError) as caught:
        edited(constraints, **edit)
    assert caught.value.exit_code == 4
    return caught.value


@given(st.integers(1, 60), st.integers(0, 70))
@settings(derandomize=True, deadline=None)
def test_the_first_value_that_holds_is_found_with_few_questions(count, first):
    asked = []

    def holds(value):
        asked.append(value)
        return value >= first

    assert first_that(holds, [float(at) for at in range(count)]) == (float(first) if first < count else None)
    assert len(asked) <= 14


def test_a_share_that_the_footage_cannot_give_says_how_many_clips_more_or_how_much_less_would_do():
    close_ups = {"share": "shot_type == 'close_up'", "min": 0.5}
    assert str(refused({"close_ups": close_ups})) == (
        "no edit of 20.00 s with shots of 0.5 to 4 s keeps edit.constraints.close_ups, whatever else the recipe asks for\n"
        "    fix: loosen it, or --set edit.duration_s=10\n"
        "edit.constraints.close_ups asks for at least 50 % of the time with shots of which shot_type == 'close_up'\n"
        "    fix: add 2 clips of which shot_type == 'close_up', or --set edit.constraints.close_ups.min=0.25,"
        " or --set edit.constraints.close_ups.weight=1 (only wished for),"
        " or --set ~edit.constraints.close_ups (left out)"
    )
    assert edited({"close_ups": {**close_ups, "min": 0.25}}).duration_frames == 600
    refused({"close_ups": {**close_ups, "min": 0.26}})
    edited({"close_ups": close_ups}, duration_s=10.0)


def test_more_uses_of_each_clip_are_offered_where_clips_have_more_to_show():
    clips = [make_clip(f"c{at}.mp4", 8.0, shot_type="wide" if at else "close_up") for at in range(9)]
    spec = ConstraintSpec(name="close_ups", count="shot_type == 'close_up'", min=2)
    with pytest.raises(ConstraintError) as caught:
        edit_timeline(make_request(clips, make_song(), constraints=(spec,), duration_s=20.0))
    assert [problem.path for problem in caught.value.problems] == ["", spec.rule, "edit.max_uses_per_clip"]
    assert str(caught.value).endswith(
        "edit.max_uses_per_clip allows 1 shot of each clip\n    fix: --set edit.max_uses_per_clip=2"
    )
    again = make_request(clips, make_song(), constraints=(spec,), duration_s=20.0, max_uses_per_clip=2)
    assert edit_timeline(again).duration_frames == 600


def test_each_member_of_a_conflict_says_which_part_of_the_recipe_it_is():
    error = refused(
        {
            "opens": {"first": "shot_type == 'wide'"},
            "calm": {"length": "shot_type == 'medium'", "min_s": 1.0},
            "no_wides": {"count": "shot_type == 'wide'", "max": 0},
        },
        duration_s=12.0,
    )
    assert [problem.path for problem in error.problems] == [
        "",
        "edit.constraints.no_wides",
        "edit.constraints.opens",
    ]
    assert "--set edit.constraints.no_wides.max=1" in error.problems[1].fix


def test_streaks_and_exact_counts_are_loosened_to_the_nearest_that_does():
    error = refused(
        {
            "wides": {"count": "shot_type == 'wide'", "min": 3},
            "two": {"count": "shot_type == 'wide'", "exactly": 2},
        }
    )
    text = str(error)
    assert "--set edit.constraints.wides.min=2" in text
    assert "--set edit.constraints.two.exactly=3" in text


def test_a_constraint_that_can_be_wished_for_is_no_conflict():
    close_ups = {"share": "shot_type == 'close_up'", "min": 0.5, "weight": 1.0}
    assert edited({"close_ups": close_ups}).duration_frames == 600


def test_a_conflict_among_many_clips_has_its_duration_told_where_uses_are_short():
    clips = [{**clip, "shot_type": "wide" if at else "close_up"} for at, clip in enumerate(make_shoot(60))]
    spec = ConstraintSpec(name="close_ups", share="shot_type == 'close_up'", min=0.2)
    with pytest.raises(ConstraintError) as caught:
        edit_timeline(make_request(clips, make_song(), constraints=(spec,), duration_s=24.0))
    assert "edit.max_uses_per_clip" in str(caught.value)
    assert "--set edit.duration_s=" in str(caught.value)


def test_what_is_printed_works_when_followed_to_the_letter():
    """Alone, a quarter of the time could be close-ups; two of at most 2 s are a fifth of 20 s."""
    wishes = {
        "close_ups": {"share": "shot_type == 'close_up'", "min": 0.3},
        "short": {"length": "shot_type == 'close_up'", "max_s": 2.0},
    }
    told = str(refused(wishes))
    shares = [float(one) for one in re.findall(r"--set edit.constraints.close_ups.min=(\S+?),", told)]
    lengths = [float(one) for one in re.findall(r"--set edit.duration_s=(\S+)", told)]
    assert shares and 0.15 < shares[0] <= 0.2
    assert lengths and 10 < lengths[0] <= 13.5
    edited(wishes | {"close_ups": {**wishes["close_ups"], "min": shares[0]}})
    edited(wishes, duration_s=lengths[0])


def test_where_others_conflict_besides_nothing_is_called_enough():
    wishes = {
        "close_ups": {"share": "shot_type == 'close_up'", "min": 0.5},
        "wides": {"count": "shot_type == 'wide'", "min": 7},
    }
    told = str(refused(wishes))
    assert "(left out; others conflict besides)" in told
    assert not re.search(r"--set edit\S*\.min=", told)


def test_one_that_need_not_be_the_nearest_is_found_by_doubling_the_steps_alone():
    asked = []

    def holds(value):
        asked.append(value)
        return value >= 5

    assert first_that(holds, [float(at) for at in range(40)], is_nearest=False) == 6.0
    assert asked == [0.0, 2.0, 6.0]
