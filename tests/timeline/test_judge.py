"""Constraints after edits, judged from the shots as they stand: what the solver says of a plan, the judge says of it too."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from edit.made_library import make_request, make_shoot, make_song
from edit_samples import log_of, unknown_length
from rushes.edit.solve import edit_timeline
from rushes.recipe.constraint_spec import ConstraintSpec
from rushes.timeline.document import timeline_from_json, timeline_to_json
from rushes.timeline.fold import fold
from rushes.timeline.judge import broken, judged
from rushes.timeline.judge_footage import Takes
from rushes.timeline.make_edit import File, delete_edit, note_edit, replace_edit, trim_edit

OTHER = File(name="other.mp4", digest="f" * 64, rate_fps=Fraction(25), length_s=Fraction(60))
WIDE, CLOSE = "shot_type == 'wide'", "shot_type == 'close_up'"
EVERY_KIND = (
    {"share": CLOSE, "min": 0.3},
    {"share": WIDE, "max": 0.25, "by": "shots", "where": "position_01 > 0.5"},
    {"count": WIDE, "exactly": 1},
    {"uses": "clip", "max": 1},
    {"uses": "shot_type", "min": 1},
    {"first": WIDE},
    {"last": "clip != 'nothing.mp4'"},
    {"order": (WIDE, CLOSE)},
    {"streak": "shot_type", "max": 3},
    {"streak": CLOSE, "max": 2},
    {"after": WIDE, "never": WIDE},
    {"neighbours": "shot_type != 'wide' or before_shot_type != 'wide'"},
    {"spacing": "clip", "min_s": 1},
    {"every": "length_s < 6"},
    {"length": "energy_01 > 0.7", "max_s": 1.5},
    {"length": f"{CLOSE} and energy_01 > 0.5", "min_s": 0.5},
    {"cuts": "beat"},
    {"cuts": "downbeat", "where": "section == 'drop'"},
    {"cuts": "phrase"},
    {"cuts": "section", "where": "record_s > 1"},
    {"hold": "section", "before_s": 0.6, "after_s": 0.6},
    {"hold": "drop", "after_s": 2},
    {"uncut": "speech"},
    {"distinct": "look"},
)


def plan_of(*asked, **edit):
    specs = tuple(ConstraintSpec(name=f"n{at}", **one) for at, one in enumerate(asked))
    settings = {"duration_s": 12.0, "min_shot_s": 0.5, "constraints": specs, **edit}
    made = edit_timeline(make_request(make_shoot(40), make_song(), song_start_s=25.1, **settings))
    return timeline_from_json(timeline_to_json(made))


def rows(timeline):
    return {row["name"].split(".")[-1]: row for row in timeline.ai_reasoning.constraints}


def after(plan, *edits):
    return fold(plan, log_of(edits).entries)


@pytest.mark.parametrize("asked", EVERY_KIND, ids=lambda asked: " ".join(asked))
def test_an_edit_that_changes_no_shot_is_judged_as_the_solver_judged_it(asked):
    # Soft, so that what is broken is judged as well.
    plan = plan_of(asked | {"weight": 0.001})
    row = rows(after(plan, note_edit(plan.clips[0], "nice")))["n0"]
    assert row["of"] == "edit"
    assert (row["used"], row["holds"]) == (rows(plan)["n0"]["used"], rows(plan)["n0"]["holds"])


def test_a_plan_without_edits_stays_as_it_is():
    plan = plan_of({"count": WIDE, "exactly": 1})
    assert judged(plan) is plan
    assert broken(plan) == {}


def test_a_section_behind_the_plans_end_is_held_once_the_edit_reaches_it():
    # The section at 30 s counts as begun on the beat at 30.1 s; the plan ends at 29.1 s.
    plan = plan_of({"hold": "section", "before_s": 2.0}, duration_s=4.0)
    assert rows(plan)["n0"]["at_s"] == [30.1]
    assert rows(plan)["n0"]["used"] == "0 in the edit"
    last = plan.clips[-1]
    longer = trim_edit(plan, last, None, last.source_end_s(plan.rate_fps) + 2, lambda _: Fraction(90))
    row = rows(after(plan, longer))["n0"]
    begins_s = float(last.timeline_start_s(plan.rate_fps))
    assert (row["used"], row["holds"]) == ("1 in the edit", begins_s <= 5.0 - 2.0)


def test_the_only_wide_shot_taken_away_breaks_the_count():
    plan = plan_of({"count": WIDE, "exactly": 1})
    wide = next(clip for clip in plan.clips if clip.metadata.shot_type == "wide")
    now = after(plan, delete_edit(plan, wide, "", unknown_length))
    row = rows(now)["n0"]
    assert (row["used"], row["holds"], row["of"]) == (0, False, "edit")
    assert (
        "edit.constraints.n0 is broken by edits: asked is exactly 1 shot (shot_type == 'wide'), the edit has 0"
    ) in broken(now).values()


def test_numbers_of_broken_limits_are_told_to_a_hundredth_with_their_unit():
    rows = (
        {"name": "duration_s", "limit": 24.0, "used": 21.633333, "holds": False, "weight": None},
        {"name": "max_uses_per_clip", "limit": 1, "used": 2, "holds": False, "weight": None},
        {
            "name": "edit.constraints.a",
            "kind": "share",
            "limit": "at least 0.3",
            "used": 0.123456,
            "holds": False,
        },
    )
    plan = plan_of({"count": WIDE, "exactly": 1})
    said = replace(plan, user_edits=({},), ai_reasoning=replace(plan.ai_reasoning, constraints=rows))
    assert [*broken(said).values()] == [
        "duration_s is broken by edits: asked is 24 s, the edit has 21.63 s",
        "max_uses_per_clip is broken by edits: asked is 1, the edit has 2",
        "edit.constraints.a is broken by edits: asked is at least 0.3, the edit has 0.12",
    ]


def test_a_trim_beyond_the_longest_breaks_the_length():
    plan = plan_of({"length": "energy_01 >= 0", "max_s": 2.0})
    clip = plan.clips[1]
    end_s = clip.source_start_s() + Fraction(21, 10)
    now = after(plan, trim_edit(plan, clip, None, end_s, lambda _: Fraction(90), ripple=True))
    assert rows(now)["n0"]["holds"] is False
    assert rows(now)["n0"]["used"].endswith("to 2.10 s")


def test_the_limits_of_every_edit_are_counted_anew():
    plan = plan_of(must_use=("clip_00*",))
    edited = after(plan, *(delete_edit(plan, clip, "", unknown_length) for clip in plan.clips[:3]))
    now = rows(edited)
    assert now["must_use"]["of"] == now["duration_s"]["of"] == "edit"
    assert now["duration_s"]["used"] == pytest.approx(float(edited.duration_s()), abs=1e-5)
    assert now["duration_s"]["holds"] is (float(edited.duration_s()) >= 11.5)
    assert (now["never_use"]["of"], now["never_use"]["holds"]) == ("edit", True)


def test_a_shot_of_a_file_that_nobody_measured_is_named_where_a_constraint_looks_at_it():
    plan = plan_of({"count": WIDE, "exactly": 1}, {"uses": "clip", "max": 1})
    now = rows(after(plan, replace_edit(plan, plan.clips[1], OTHER, Fraction(2))))
    assert (now["n0"]["of"], now["n0"]["holds"]) == ("edit", None)
    assert now["n0"]["used"] == "not known: nobody measured what is shown of other.mp4"
    assert (now["n1"]["of"], now["n1"]["holds"]) == ("edit", True)


def test_angles_beside_an_unknown_one_hold_only_as_far_as_they_are_known():
    plan = plan_of(max_same_angle_streak=None)
    asks = {"max": len(plan.clips)}
    reasoning = plan.ai_reasoning
    rows_now = tuple(
        {**row, "asks": asks} if row["name"] == "max_same_angle_streak" else row
        for row in reasoning.constraints
    )
    plan = replace(plan, ai_reasoning=replace(reasoning, constraints=rows_now))
    edit = replace_edit(plan, plan.clips[1], OTHER, Fraction(2))
    assert rows(after(plan, edit))["max_same_angle_streak"]["holds"] is None
    asks["max"] = 0
    assert rows(after(plan, edit))["max_same_angle_streak"]["holds"] is False


def test_a_file_that_must_not_be_used_breaks_that_once_a_user_shows_it():
    plan = plan_of(never_use=("other*",))
    now = after(plan, replace_edit(plan, plan.clips[1], OTHER, Fraction(2)))
    assert (rows(now)["never_use"]["used"], rows(now)["never_use"]["holds"]) == ("other.mp4", False)
    assert broken(now)["never_use"] == (
        "never_use is broken by edits: asked is none of other*, the edit has other.mp4"
    )


def test_a_soft_constraint_on_single_shots_costs_its_weight_for_their_share_of_the_edit():
    plan = plan_of({"length": "energy_01 >= 0", "max_s": 6.0, "weight": 0.5})
    weight = rows(plan)["n0"]["weight"]
    clip = plan.clips[1]
    trim = trim_edit(
        plan, clip, None, clip.source_start_s() + Fraction(7), lambda _: Fraction(90), ripple=True
    )
    now = after(plan, trim)
    share = now.clips[1].duration_frames / now.duration_frames
    assert now.clips[1].duration_frames == 7 * 30
    assert rows(now)["n0"]["cost"] == pytest.approx(weight * share, abs=1e-6)
    assert rows(now)["n0"]["broken_by"] == [2]


def test_plans_of_an_earlier_version_fold_as_they_did():
    plan = plan_of({"count": WIDE, "exactly": 1})
    reasoning = plan.ai_reasoning
    old = tuple({k: v for k, v in row.items() if k != "asks"} for row in reasoning.constraints)
    plan = replace(plan, ai_reasoning=replace(reasoning, constraints=old))
    wide = next(clip for clip in plan.clips if clip.metadata.shot_type == "wide")
    now = after(plan, delete_edit(plan, wide, "", unknown_length))
    assert now.ai_reasoning.constraints == old


def as_of_an_earlier_version(plan):
    """Rows that say of each shot what was seen, and nothing that is of later."""
    takes = Takes(plan)

    def seen(row):
        return {
            key: [{clip.id: takes.of(clip)[column] for clip in plan.clips} for column in columns]
            for key, columns in row["seen"].items()
        }

    rows_then = tuple(
        {key: value for key, value in row.items() if key != "at_s"}
        | ({"seen": seen(row)} if "seen" in row else {})
        for row in plan.ai_reasoning.constraints
    )
    clips = tuple(replace(clip, metadata=replace(clip.metadata, chosen=None)) for clip in plan.clips)
    return replace(
        plan,
        clips=clips,
        ai_reasoning=replace(plan.ai_reasoning, constraints=rows_then, for_edits=None),
    )


def test_plans_that_say_what_was_seen_in_each_shot_are_judged_by_that():
    asked = (
        {"count": WIDE, "exactly": 1},
        {"hold": "section", "after_s": 1},
        {"cuts": "phrase", "weight": 0.1},
    )
    plan = as_of_an_earlier_version(plan_of(*asked, {"every": "length_s < 1", "weight": 0.1}))
    wide = next(clip for clip in plan.clips if clip.metadata.shot_type == "wide")
    now = after(plan, delete_edit(plan, wide, "", unknown_length))
    assert (rows(now)["n0"]["used"], rows(now)["n0"]["of"]) == (0, "edit")
    assert rows(now)["n1"] == {**rows(plan)["n1"], "of": "plan"}
    assert rows(now)["n2"] == {**rows(plan)["n2"], "of": "plan"}
    assert (rows(now)["n3"]["of"], rows(now)["n3"]["cost"]) == ("edit", None)
    assert now.ai_reasoning.notes == plan.ai_reasoning.notes
    assert all(clip.metadata in [one.metadata for one in plan.clips] for clip in now.clips)
