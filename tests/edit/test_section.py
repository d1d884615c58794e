from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import polars as pl
import pytest
import timeline_samples
from edit.made_library import make_clip, make_request, make_shoot, make_song
from edit.made_section import RATE, asked, section_of, sources_of, with_section
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.edit.request import AvoidedShot
from rushes.edit.section import edit_section, not_beside
from rushes.edit.solve import edit_timeline
from rushes.errors import ConstraintError
from rushes.recipe.constraint_spec import ConstraintSpec
from rushes.recipe.instruction_spec import DeleteReasonSpec
from rushes.timeline.check import problems_of


@pytest.fixture(scope="module")
def shoot():
    return make_request(make_shoot(30, 3), make_song(), duration_s=14.0, max_uses_per_clip=2)


@pytest.fixture(scope="module")
def timeline(shoot):
    return edit_timeline(shoot)


def test_nothing_changes_where_nothing_is_asked(shoot, timeline):
    section = section_of(timeline, 3, 7)
    made = edit_section(asked(shoot, timeline, section), timeline)
    assert made.clips == timeline.clips[3:8]
    assert made.transitions == timeline.transitions[2:8]


def test_what_a_constraint_finds_in_the_song_stays_as_the_plan_says_it():
    specs = (ConstraintSpec(name="whole", hold="section", before_s=0.6, after_s=0.6),)
    request = make_request(make_shoot(24), make_song(), song_start_s=26.0, duration_s=8.0, constraints=specs)
    plan = edit_timeline(request)
    section = section_of(plan, 0, 0)
    made = edit_section(asked(request, plan, section), plan)
    rows = [[row.get("at_s") for row in rows] for rows in (made.constraints, plan.ai_reasoning.constraints)]
    assert rows[0] == rows[1] and rows[0][-1] == [30.1]


def test_a_whole_edit_made_anew_is_the_same_edit(shoot, timeline):
    section = (0, timeline.duration_frames)
    made = edit_section(asked(shoot, timeline, section), timeline)
    assert made.clips == timeline.clips
    assert made.objective == pytest.approx(timeline.ai_reasoning.objective, abs=1e-5)


def test_nothing_changes_where_nothing_is_asked_though_movements_meet_beats(shoot):
    rows = [
        (f"clip_{at:03d}.mp4", 0.37 * step + 0.011 * at, 0.5 + step / 40)
        for at in range(30)
        for step in range(1, 18)
    ]
    accents = pl.DataFrame(rows, schema=["clip", "t_s", "strength_01"], orient="row")
    weights = {**shoot.edit.weights, "accent": 0.4, "clean": 0.3}
    request = replace(shoot, accents=accents, edit=replace(shoot.edit, weights=weights))
    timeline = edit_timeline(request)
    for first, last in ((0, 3), (3, 7), (5, 5)):
        made = edit_section(asked(request, timeline, section_of(timeline, first, last)), timeline)
        assert made.clips == timeline.clips[first : last + 1]


def test_a_new_transition_beside_one_that_stays_is_a_hard_cut():
    plain = timeline_samples.timeline((30,) * 6)
    soft = [replace(part, type="quick_dissolve", duration_frames=6) for part in plain.transitions]
    hard = list(plain.transitions)
    # c01-c02 lies outside of the section, c03-c04 stays in it.
    before = replace(plain, transitions=(soft[0], hard[1], soft[2], hard[3], hard[4]))
    made = not_beside((soft[1], soft[2], soft[3], soft[4]), before, (60, 150))
    assert made == (hard[1], soft[2], hard[3], soft[4])
    outside = replace(plain, transitions=(soft[0], *hard[1:]))
    assert not_beside((soft[1], hard[2]), outside, (60, 90)) == (hard[1], hard[2])
    assert not_beside((soft[1], hard[2]), plain, (60, 90)) == (soft[1], hard[2])


@settings(derandomize=True, deadline=None, max_examples=8)
@given(st.integers(0, 10), st.integers(0, 4), st.integers(1, 2), st.sampled_from(["beat", "half_beat"]))
def test_a_section_keeps_every_limit_over_the_whole_edit(first, longer, uses, grid):
    request = make_request(
        make_shoot(26, first), make_song(), duration_s=12.0, max_uses_per_clip=uses, grid=grid
    )
    timeline = edit_timeline(request)
    first = min(first, len(timeline.clips) - 1)
    section = section_of(timeline, first, min(first + longer, len(timeline.clips) - 1))
    faster = {"pacing_patterns": {"cuts_per_beat": 0.9}}
    made = edit_section(asked(replace(request, style=faster), timeline, section), timeline)
    after = with_section(timeline, made, section)
    assert problems_of(after) == ()
    files = [clip.file for clip in after.clips]
    assert max(files.count(file) for file in files) <= uses
    assert all(a != b for a, b in pairwise(files))
    shown = sources_of(after.clips)
    for at, (file, start_s, end_s) in enumerate(shown):
        assert not any(
            file == other and start_s < other_end_s and other_start_s < end_s
            for other, other_start_s, other_end_s in shown[:at]
        )
    assert made.objective <= made.bound + 1e-9


def test_a_faster_style_gives_more_shots_in_the_section_alone(shoot, timeline):
    section = section_of(timeline, 2, 9)
    faster = {"pacing_patterns": {"cuts_per_beat": 2.0}, "shot_patterns": {"shot_length_std_s": 0.1}}
    slower = {"pacing_patterns": {"cuts_per_beat": 0.2}, "shot_patterns": {"shot_length_std_s": 0.1}}
    weights = {**shoot.edit.weights, "pacing": 2.0}
    many, few = (
        edit_section(
            asked(replace(shoot, style=style, edit=replace(shoot.edit, weights=weights)), timeline, section),
            timeline,
        )
        for style in (faster, slower)
    )
    assert len(many.clips) > 8 > len(few.clips)
    for made in (many, few):
        assert made.clips[0].timeline_start_frames == section[0]
        assert made.clips[-1].timeline_end_frames() == section[1]


def test_deleted_takes_do_not_come_again(shoot, timeline):
    section = section_of(timeline, 3, 7)
    gone = [
        AvoidedShot(
            clip=clip.file, start_s=float(clip.source_start_s()), end_s=float(clip.source_end_s(RATE))
        )
        for clip in timeline.clips[3:5]
    ]
    made = edit_section(asked(shoot, timeline, section, avoid=tuple(gone)), timeline)
    for shot in gone:
        for file, start_s, end_s in sources_of(made.clips):
            assert file != shot.clip or end_s <= shot.start_s or start_s >= shot.end_s
    assert "2 takes that were deleted are not offered again" in made.notes


def test_takes_that_are_worth_less_give_way_to_others_as_good(shoot, timeline):
    section = section_of(timeline, 3, 7)
    lowered = tuple(
        AvoidedShot(
            clip=clip.file,
            start_s=float(clip.source_start_s()),
            end_s=float(clip.source_end_s(RATE)),
            less_01=0.9,
        )
        for clip in timeline.clips[3:8]
    )
    made = edit_section(asked(shoot, timeline, section, avoid=lowered), timeline)
    assert not set(sources_of(made.clips)) & set(sources_of(timeline.clips[3:8]))


def test_a_reason_lowers_takes_that_have_it():
    """Two takes are alike but for their motion; the one that was worth a little more is boring."""
    clips = [
        make_clip("kept.mp4", 4.0, score=0.95),
        make_clip("lively.mp4", 4.0, score=0.60, motion=0.9),
        make_clip("still.mp4", 4.0, score=0.61, motion=0.0),
        make_clip("gone.mp4", 4.0, score=0.9, motion=0.0),
    ]
    request = make_request(
        clips, duration_s=4.0, grid="free", min_shot_s=2.0, max_shot_s=2.0, weights={"score": 1.0}
    )
    boring = DeleteReasonSpec(name="boring", lower="1 - clip(motion_flow_score * 2, 0, 1)", by=0.5)
    request = replace(request, edit=replace(request.edit, delete_reasons=(boring,)))
    timeline = edit_timeline(request)
    place = next(at for at, clip in enumerate(timeline.clips) if clip.file == "gone.mp4")
    section = section_of(timeline, place, place)
    without = AvoidedShot(clip="gone.mp4", start_s=0.0, end_s=4.0)
    assert {clip.file for clip in timeline.clips} == {"kept.mp4", "gone.mp4"}

    def chosen(reason):
        avoid = (replace(without, reason=reason),)
        made = edit_section(asked(request, timeline, section, avoid=avoid), timeline)
        return {clip.file for clip in made.clips}, made.notes

    assert chosen("")[0] == {"still.mp4"}
    assert chosen("boring")[0] == {"lively.mp4"}
    said = (
        "deleted as boring: takes that are so too are worth up to 50% less, other takes of the same clips 25%"
    )
    assert said in chosen("boring")[1]
    said = 'the reason "my aunt" is kept, but teaches nothing: edit.delete_reasons does not name it'
    assert said in chosen("my aunt")[1]


@pytest.mark.parametrize(("same_clip_by", "file"), [(None, "other.mp4"), (0.0, "gone.mp4")])
def test_a_reason_weighs_on_other_takes_of_the_clip_too(same_clip_by, file):
    """0.9 by half of 0.5 less is 0.675: below 0.7, and above it where the clip does not count."""
    clips = [
        make_clip("kept.mp4", 4.0, score=0.95),
        make_clip("other.mp4", 4.0, score=0.7),
        make_clip("gone.mp4", 6.0, score=0.9, motion=0.9),
    ]
    settings = {"grid": "free", "min_shot_s": 2.0, "max_shot_s": 2.0, "weights": {"score": 1.0}}
    request = make_request(clips, duration_s=4.0, max_uses_per_clip=2, **settings)
    reason = DeleteReasonSpec(name="dull", lower="0 * motion_flow_score", by=0.5, same_clip_by=same_clip_by)
    request = replace(request, edit=replace(request.edit, delete_reasons=(reason,)))
    takes = [
        request.segments.filter(pl.col("clip") == "gone.mp4").with_columns(
            segment=pl.lit(f"gone/{at}"), start_s=pl.lit(3.0 * at), end_s=pl.lit(3.0 * at + 2.5)
        )
        for at in range(2)
    ]
    rest = request.segments.filter(pl.col("clip") != "gone.mp4")
    request = replace(request, segments=pl.concat([rest, *takes]))
    timeline = edit_timeline(request)
    place = next(at for at, clip in enumerate(timeline.clips) if clip.file == "gone.mp4")
    start_s = float(timeline.clips[place].source_start_s())
    gone = AvoidedShot(clip="gone.mp4", start_s=start_s, end_s=start_s + 2, reason="dull")
    made = edit_section(asked(request, timeline, section_of(timeline, place, place), avoid=(gone,)), timeline)
    assert [clip.file for clip in made.clips] == [file]


def test_a_seed_that_counts_gives_other_shots_nearly_as_good(shoot, timeline):
    section = section_of(timeline, 3, 7)
    shown = tuple(
        AvoidedShot(
            clip=clip.file,
            start_s=float(clip.source_start_s()),
            end_s=float(clip.source_end_s(RATE)),
            less_01=0.15,
        )
        for clip in timeline.clips[3:8]
    )
    best = edit_section(asked(shoot, timeline, section), timeline)
    found = []
    for seed in (1, 2, 3):
        request = replace(shoot, edit=replace(shoot.edit, seed=seed), variation_01=0.03)
        made = edit_section(asked(request, timeline, section, avoid=shown), timeline)
        assert made.clips == edit_section(asked(request, timeline, section, avoid=shown), timeline).clips
        assert made.objective > best.objective - 0.05
        found.append(tuple(sources_of(made.clips)))
    assert len({*found, tuple(sources_of(best.clips))}) == 4


def test_a_wish_for_a_shot_type_that_is_not_there_changes_nothing(shoot, timeline):
    section = section_of(timeline, 3, 7)
    wish = ConstraintSpec(name="wish", share="shot_type == 'nowhere'", min=1, weight=0.5)
    request = replace(shoot, edit=replace(shoot.edit, constraints=(wish,)))
    made = edit_section(asked(request, timeline, section), timeline)
    assert made.clips == timeline.clips[3:8]
    assert made.constraints == edit_section(asked(shoot, timeline, section), timeline).constraints
    said = "edit.constraints.wish: no take that may be used has shot_type == 'nowhere'"
    assert any(note.startswith(said) for note in made.notes)


def test_a_section_that_no_shot_can_fill_is_told(shoot, timeline):
    section = section_of(timeline, 3, 3)
    short = replace(shoot, edit=replace(shoot.edit, min_shot_s=3.5, max_shot_s=4.0))
    with pytest.raises(ConstraintError) as told:
        edit_section(asked(short, timeline, section), timeline)
    length_s = (section[1] - section[0]) / 30
    assert length_s < 3.5
    assert "the section from" in str(told.value)
    assert "3.5 to 4 s" in str(told.value)


def test_new_shots_never_have_the_name_of_a_deleted_one(shoot, timeline):
    section = section_of(timeline, 3, 7)
    slower = replace(shoot, style={"pacing_patterns": {"cuts_per_beat": 0.25}})
    fresh = edit_section(asked(slower, timeline, section), timeline)
    new = [clip for clip in fresh.clips if clip not in timeline.clips]
    assert new
    gone = tuple({"clip_id": clip.id} for clip in new)
    again = edit_section(asked(slower, timeline, section), replace(timeline, deleted_clips=gone))
    old = {clip.id for clip in timeline.clips}
    assert not {clip.id for clip in again.clips} & ({clip.id for clip in new} - old)
    assert sources_of(again.clips) == sources_of(fresh.clips)
