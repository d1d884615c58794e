"""Constraints of a recipe hold in the edit: judged from the shots of the timeline and the facts of the clips alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from edit.made_library import make_clip, make_request, make_shoot, make_song
from rushes.edit import attempt, terms
from rushes.edit.attempt import Scene, prepare
from rushes.edit.music import read_music
from rushes.edit.places import lay_places
from rushes.edit.problem import objective, offences
from rushes.edit.solve import edit_timeline
from rushes.errors import ConstraintError
from rushes.recipe.constraint_spec import ConstraintSpec
from rushes.style.profile import read_style

WIDE, CLOSE, MEDIUM = (f"shot_type == '{name}'" for name in ("wide", "close_up", "medium"))
FRAME_S = 1 / 30


def constrained(*specs, clips=None, song_start_s=25.1, **edit):
    """A request for 12 s around a drop at 4.9 s of the edit."""
    asked = {"duration_s": 12.0, "min_shot_s": 0.5, "constraints": specs, **edit}
    return make_request(clips or make_shoot(40), make_song(), song_start_s=song_start_s, **asked)


def spec(**said):
    return ConstraintSpec(name="a", **said)


def edited(*specs, **more):
    """The timeline and the row of the first constraint."""
    timeline = edit_timeline(constrained(*specs, **more))
    rows = {row["name"]: row for row in timeline.ai_reasoning.constraints}
    return timeline, rows["edit.constraints.a"]


def shots(timeline):
    """(shot type, length in s) of every shot."""
    return [(clip.metadata.shot_type, clip.duration_frames / 30) for clip in timeline.clips]


def share_of(timeline, kind):
    total = sum(length for _, length in shots(timeline))
    return sum(length for name, length in shots(timeline) if name == kind) / total


def starts_s(timeline):
    return [clip.timeline_start_frames / 30 for clip in timeline.clips]


def test_a_share_of_the_time_is_reached_and_kept_below():
    timeline, row = edited(spec(share=CLOSE, min=0.7, max=0.8))
    assert 0.7 <= share_of(timeline, "close_up") + 1e-6 <= 0.8 + 2e-6
    assert row["used"] == pytest.approx(share_of(timeline, "close_up"), abs=1e-6)
    assert (row["holds"], row["binds"], row["cost"]) == (True, True, None)
    assert row["limit"] == "0.7 to 0.8 of the time (shot_type == 'close_up')"


def test_a_share_may_be_one_of_shots_and_of_a_part_of_the_edit():
    timeline, row = edited(spec(share=WIDE, max=0.25, by="shots", where="position_01 > 0.5"))
    total_s = sum(length for _, length in shots(timeline))
    late = [
        name
        for (name, length), start in zip(shots(timeline), starts_s(timeline), strict=True)
        if start + length / 2 > total_s / 2
    ]
    assert late.count("wide") <= 0.25 * len(late)
    assert row["used"] == pytest.approx(late.count("wide") / len(late), abs=1e-6)


def test_exactly_one_wide_and_it_comes_first():
    timeline, _ = edited(spec(count=WIDE, exactly=1), ConstraintSpec(name="b", first=WIDE))
    assert [name == "wide" for name, _ in shots(timeline)] == [True] + [False] * (len(timeline.clips) - 1)


def test_the_last_shot_is_the_clip_that_is_named():
    timeline, row = edited(spec(last="clip == 'clip_007.mp4'"))
    assert timeline.clips[-1].file == "clip_007.mp4"
    assert row["used"] == "yes"


@pytest.mark.parametrize("column", ["shot_type", "angle"])
def test_no_two_shots_in_a_row_are_of_one_kind(column):
    timeline, row = edited(spec(streak=column, max=1))
    values = [getattr(clip.metadata, column) for clip in timeline.clips]
    assert all(a != b for a, b in pairwise(values))
    assert row["used"] == 1


def test_a_streak_of_a_condition_counts_the_shots_that_satisfy_it():
    timeline, _ = edited(spec(streak=f"{WIDE} or {CLOSE}", max=2))
    text = "".join("x" if name in ("wide", "close_up") else "-" for name, _ in shots(timeline))
    assert "xxx" not in text


def test_the_limit_on_one_angle_holds_where_kinds_tell_more_apart():
    timeline, _ = edited(spec(streak="shot_type", max=1), max_same_angle_streak=1)
    assert all(a.metadata.angle != b.metadata.angle for a, b in pairwise(timeline.clips))


def test_shots_come_in_the_order_that_is_asked():
    timeline, row = edited(spec(order=(MEDIUM, WIDE, CLOSE)), ConstraintSpec(name="b", count=MEDIUM, min=2))
    rank = [("medium", "wide", "close_up").index(name) for name, _ in shots(timeline)]
    assert rank == sorted(rank)
    assert rank.count(0) >= 2
    assert row["used"] == "in order"


def test_what_may_follow_what():
    timeline, _ = edited(spec(after=MEDIUM, only=WIDE), ConstraintSpec(name="b", after=WIDE, never=WIDE))
    pairs = [(a, b) for (a, _), (b, _) in pairwise(shots(timeline))]
    assert all(b == "wide" for a, b in pairs if a == "medium")
    assert ("wide", "wide") not in pairs


def test_neighbours_are_compared_column_by_column():
    said = spec(
        neighbours="shot_type != before_shot_type and abs(round(heuristic_score, 1) - round(before_heuristic_score, 1)) < 0.15"
    )
    request = constrained(said)
    score = dict(request.segments.select("clip", "heuristic_score").iter_rows())
    timeline = edit_timeline(request)
    for a, b in pairwise(timeline.clips):
        assert a.metadata.shot_type != b.metadata.shot_type
        assert abs(np.floor(score[a.file] * 10 + 0.5) - np.floor(score[b.file] * 10 + 0.5)) <= 1


def test_neighbours_that_tell_too_many_takes_apart_are_refused():
    said = spec(neighbours="heuristic_score > before_heuristic_score")
    clips = make_shoot(80)
    with pytest.raises(ConstraintError, match=r"edit.constraints.a tells \d+ kinds of takes apart") as caught:
        edit_timeline(constrained(said, clips=clips))
    assert [problem.path for problem in caught.value.problems] == ["edit.constraints.a"]


def test_takes_of_one_clip_are_apart():
    timeline, row = edited(spec(spacing="clip", min_s=4), clips=make_shoot(8), max_uses_per_clip=3)
    gaps = []
    last = {}
    for clip in timeline.clips:
        if clip.file in last:
            gaps.append(clip.timeline_start_frames - last[clip.file])
        last[clip.file] = clip.timeline_start_frames + clip.duration_frames
    assert gaps and min(gaps) >= 4 * 30 - 1e-6
    assert row["used"] == pytest.approx(min(gaps) / 30)


def test_uses_are_counted_per_clip_and_per_group():
    timeline, _ = edited(
        spec(uses="clip", max=2),
        ConstraintSpec(name="b", uses="shot_type", max=5, min=2),
        max_uses_per_clip=4,
    )
    files = [clip.file for clip in timeline.clips]
    kinds = [name for name, _ in shots(timeline)]
    assert max(map(files.count, files)) <= 2
    assert all(2 <= kinds.count(kind) <= 5 for kind in ("wide", "medium", "close_up"))


def test_lengths_follow_type_and_energy():
    timeline, row = edited(spec(length=f"{CLOSE} and energy_01 < 0.5", min_s=1.5, max_s=2))
    quiet = [
        length
        for (name, length), start in zip(shots(timeline), starts_s(timeline), strict=True)
        if name == "close_up" and start + length <= 4.9
    ]
    assert all(1.5 - FRAME_S <= length <= 2 + FRAME_S for length in quiet)
    assert row["holds"]


def test_cuts_lie_on_downbeats_where_it_is_asked():
    timeline, row = edited(spec(cuts="downbeat", where="record_s > 5"))
    late = [start for start in starts_s(timeline) if start > 5]
    downbeats = np.arange(0.1, 60, 2.0) - 25.1
    assert late and all(np.abs(downbeats - start).min() <= FRAME_S for start in late)
    assert row["used"] == f"{len(late)} of {len(late)} cuts"


def test_phrases_are_every_fourth_bar_of_a_section():
    timeline, _ = edited(spec(cuts="phrase"), max_shot_s=9.0)
    # Bars last 2 s from 0.1 s on; section B begins at 30 s, its first bar at 30.1 s, its next phrase at 38.1 s.
    phrases = [30.1 - 25.1]
    assert [round(start, 1) for start in starts_s(timeline)[1:]] == phrases


def test_a_shot_is_held_over_the_drop():
    timeline, row = edited(spec(hold="drop", before_s=1, after_s=1))
    moment = 30.1 - 25.1
    assert not [start for start in starts_s(timeline)[1:] if moment - 1 + 0.01 < start < moment + 1 - 0.01]
    assert row["limit"] == "no cut from 1 s before to 1 s after each drop"
    before = edited(spec(hold="drop", after_s=1.2))[0]
    assert not [start for start in starts_s(before)[1:] if moment + 0.01 < start < moment + 1.2 - 0.01]


def test_every_shot_keeps_a_floor_that_may_follow_the_music():
    said = spec(every="heuristic_score > 0.4 + 0.3 * energy_01")
    request = constrained(said)
    score = dict(request.segments.select("clip", "heuristic_score").iter_rows())
    timeline = edit_timeline(request)
    loud = [clip for clip in timeline.clips if clip.timeline_start_frames / 30 > 5]
    assert loud and all(score[clip.file] > 0.7 for clip in loud)


def test_what_is_not_known_does_not_hold():
    clips = [make_clip(f"{at}.mp4", shot_type=None if at < 6 else "wide") for at in range(24)]
    timeline, _ = edited(spec(every=WIDE), clips=clips)
    assert {name for name, _ in shots(timeline)} == {"wide"}


def test_a_threshold_is_a_number_of_the_recipe():
    request = constrained(spec(every="heuristic_score > enough_01"))
    with pytest.raises(ConstraintError, match="edit.constraints.a: nothing is known as enough_01"):
        edit_timeline(request)
    score = dict(request.segments.select("clip", "heuristic_score").iter_rows())

    timeline = edit_timeline(replace(request, thresholds={"enough_01": 0.6}))
    assert all(score[clip.file] > 0.6 for clip in timeline.clips)


def with_speech(request, stretches):
    """The request with stretches of speech, the same in every clip."""

    parts = [{"start_s": start, "end_s": end} for start, end in stretches]
    kind = pl.List(pl.Struct({"start_s": pl.Float64, "end_s": pl.Float64}))
    column = pl.Series("speech_segments", [parts] * len(request.clips), dtype=kind)
    return replace(request, clips=request.clips.with_columns(column))


def test_no_cut_falls_into_speech_and_the_in_point_moves_out_of_it():
    stretches = [(0.5, 1.4), (2.2, 2.9)]
    request = with_speech(constrained(spec(uncut="speech")), stretches)
    timeline = edit_timeline(request)
    for clip in timeline.clips:
        start = clip.source_start_frames / float(clip.source_rate_fps)
        for at in (start, start + clip.duration_frames / 30):
            assert not any(low + 0.1 + FRAME_S < at < high - 0.1 - FRAME_S for low, high in stretches)
    free = edit_timeline(with_speech(constrained(), stretches))
    assert timeline.ai_reasoning.objective <= free.ai_reasoning.objective + 1e-6


def test_a_constraint_that_finds_nothing_to_limit_says_so():
    timeline, row = edited(
        spec(uncut="speech"), ConstraintSpec(name="b", hold="drop", after_s=1), song_start_s=40.1
    )
    assert (row["used"], row["holds"]) == ("nobody listened for speech", True)
    notes = [note for note in timeline.ai_reasoning.notes if note.startswith("edit.constraints.")]
    assert notes == [
        "edit.constraints.a limits nothing: nobody listened for speech",
        "edit.constraints.b limits nothing: the edit has no drop inside",
    ]


def test_look_alikes_are_not_neighbours():
    clips = [make_clip(f"{at:02d}.mp4", shot_type="wide", angle="front") for at in range(24)]
    request = constrained(spec(distinct="look"), clips=clips, max_same_angle_streak=99)
    group = {clip["clip"]: at % 3 for at, clip in enumerate(clips)}
    exposure = pl.Series("exposure_01", [0.3 + 0.2 * group[clip] for clip in request.segments["clip"]])

    timeline = edit_timeline(replace(request, segments=request.segments.with_columns(exposure)))
    looks = [group[clip.file] for clip in timeline.clips]
    assert all(a != b for a, b in pairwise(looks))


def test_a_soft_constraint_costs_its_weight_and_is_broken_where_that_is_better():
    free = edit_timeline(constrained())
    dear, row = edited(spec(every=WIDE, weight=5.0))
    assert {name for name, _ in shots(dear)} == {"wide"}
    assert (row["holds"], row["cost"], row["binds"]) == (True, 0.0, False)
    cheap, row = edited(spec(every=WIDE, weight=1e-6))
    assert cheap.ai_reasoning.objective == pytest.approx(free.ai_reasoning.objective, abs=1e-3)
    assert (row["holds"], row["binds"]) == (False, row["cost"] > 0)


def test_the_cost_of_a_soft_constraint_is_its_share_of_the_weights():
    _, row = edited(spec(every="false", weight=0.5), weights={"score": 1.0, "pacing": 1.0})
    assert row["weight"] == pytest.approx(0.25)
    assert row["cost"] == pytest.approx(0.25)
    assert row["used"].startswith("0 of ")


def prepared(request):
    edit = request.edit

    music = read_music(request.song)
    places = lay_places(music, 25.1, edit)
    scene = Scene(request=request, style=read_style(request.style), music=music, places=places)
    return prepare(scene, edit.max_uses_per_clip, 1)


def test_offences_of_soft_rules_are_what_the_objective_loses():
    said = [
        spec(streak="shot_type", max=1, weight=0.3),
        ConstraintSpec(name="b", share=CLOSE, max=0.1, weight=1.0),
        ConstraintSpec(name="c", order=(CLOSE, WIDE), weight=0.2),
    ]
    free = prepared(constrained())
    soft = prepared(constrained(*said))
    answer = attempt._solved(soft, (), ())
    assert answer is not None
    problem = soft.built.problem
    broken = offences(problem, answer.choices)
    soft_rules = [rule for rule in (*problem.rows, *problem.streaks, *problem.sequences) if rule.weight]
    weights = {rule.name: rule.weight for rule in soft_rules}
    assert set(weights) == {f"edit.constraints.{name}" for name in "abc"}
    assert set(broken) <= set(weights)
    cost = sum(weights[name] * size for name, size in broken.items())
    taken = [(soft.built.piece_of(choice), choice.span) for choice in answer.choices]
    total = 0.0
    before = free.built.problem.kind_count
    at = {piece: column for column, piece in enumerate(free.shots.piece.tolist())}
    for piece, span in taken:
        kind = free.shots.kinds.of_piece[piece]
        weight = free.built.problem.span_weight[span]
        total += weight * (free.shots.value[span, at[piece]] + free.shots.pair[before, kind])
        before = kind
    assert objective(problem, answer.choices) == pytest.approx(total - cost)


SETS = {
    "share": (spec(share=CLOSE, min=0.6),),
    "count": (spec(count=WIDE, exactly=1), ConstraintSpec(name="b", first=WIDE)),
    "streak": (spec(streak="shot_type", max=1),),
    "groups": (
        spec(uses="shot_type", max=2, min=1),
        ConstraintSpec(name="b", spacing="shot_type", min_s=0.5),
    ),
    "order": (spec(order=(MEDIUM, WIDE)), ConstraintSpec(name="b", share=MEDIUM, min=0.3)),
    "soft": (spec(every=MEDIUM, weight=0.4), ConstraintSpec(name="b", share=WIDE, min=0.5, weight=2.0)),
    "takes": (spec(spacing="clip", min_s=2), ConstraintSpec(name="b", uses="clip", max=1)),
}


@pytest.mark.parametrize("name", SETS)
def test_the_best_edit_under_constraints_is_the_same_without_the_needless_pieces(monkeypatch, name):
    more = {"max_uses_per_clip": 2} if name == "takes" else {}
    request = constrained(*SETS[name], clips=make_shoot(70), duration_s=5.0, min_shot_s=1.0, **more)
    counted = []
    kept = terms.worth_keeping
    monkeypatch.setattr(terms, "worth_keeping", lambda *a: counted.append(kept(*a)) or counted[-1])
    pruned = edit_timeline(request).ai_reasoning
    pieces = len(prepared(request).footage.pieces)
    assert len(counted[0]) < pieces
    monkeypatch.setattr(terms, "worth_keeping", lambda value, piece, classes, most: np.arange(len(piece)))
    whole = edit_timeline(request).ai_reasoning
    slack = 1e-9 + max(whole.bound - whole.objective, pruned.bound - pruned.objective)
    assert pruned.objective == pytest.approx(whole.objective, abs=slack)


def test_without_constraints_nothing_changes():
    request = constrained()
    free = prepared(request).built.problem
    assert (free.rows, free.covers, free.streaks, free.sequences, free.follows) == ((),) * 5
    assert free.max_streak is not None


def test_more_kinds_than_a_solver_can_follow_are_refused_by_name():
    clips = [make_clip(f"{at:03d}.mp4", shot_type=f"t{at % 8}", angle=f"a{at % 9}") for at in range(80)]
    with pytest.raises(ConstraintError, match=r"tell 72 kinds of takes apart, above 48: a \(8\)"):
        edit_timeline(constrained(spec(streak="shot_type", max=2), clips=clips))


def test_a_streak_of_one_over_many_values_needs_no_kinds():
    clips = [make_clip(f"{at:03d}.mp4", shot_type=f"t{at % 10}", angle=f"a{at % 9}") for at in range(80)]
    request = constrained(spec(streak="shot_type", max=1), clips=clips)
    assert len(prepared(request).built.problem.covers) == 1
    values = [clip.metadata.shot_type for clip in edit_timeline(request).clips]
    assert all(a != b for a, b in pairwise(values))


def test_a_count_far_from_its_bounds_does_not_bind():
    row = edited(spec(count=WIDE, max=30), ConstraintSpec(name="b", count=WIDE, max=2))[1]
    assert (row["used"] <= 2, row["binds"]) == (True, False)
