"""Where whip pans, dips and dissolves go, in an edit of a made library."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from made_library import make_request, make_shoot, make_song
from rushes.edit.solve import edit_timeline
from rushes.recipe.transition_spec import RampsSpec, TransitionsSpec
from rushes.timeline.check import problems_of
from rushes.timeline.tree import Timeline, Transition

ALL = ("hard_cut", "quick_dissolve", "whip_pan", "dip_to_black")


def edited(
    shares: dict[str, Any], *, pan: pl.Expr | None = None, start_s: float = 20.1, **edit: Any
) -> Timeline:
    """20 s of a song that is quiet until 30 s and drops there; cuts on beats of half a second."""
    spec = TransitionsSpec(allow=ALL, dip_s=0.4)
    request = make_request(
        make_shoot(40),
        make_song(),
        duration_s=20.0,
        song_start_s=start_s,
        style={"transition_preferences": {"quick_dissolve": 0.0, **shares}},
        **{"transitions": spec, **edit},
    )
    if pan is not None:
        request = replace(
            request, samples=request.samples.with_columns(pan_per_s=pan, tilt_per_s=pl.lit(0.0))
        )
    made = edit_timeline(request)
    assert problems_of(made) == ()
    return made


def soft(made: Timeline) -> list[Transition]:
    return [part for part in made.transitions if part.type != "hard_cut"]


def by_number(way: str) -> pl.Expr:
    """Clips with even numbers turn to the right, those with odd ones to the right or left."""
    even = pl.col("clip").str.extract(r"(\d+)").cast(pl.Int64) % 2 == 0
    return pl.when(even).then(0.8).otherwise(0.5 if way == "alike" else -0.5)


def test_whip_pans_go_to_loud_cuts_between_shots_that_turn_alike():
    made = edited({"whip_pan": 0.2}, pan=by_number("alike"))
    whips = soft(made)
    assert 0 < len(whips) <= 0.2 * len(made.transitions)
    assert {(part.type, part.direction, part.duration_frames) for part in whips} == {("whip_pan", "right", 9)}
    assert all(part.at_frames >= 290 for part in whips)
    assert whips[0].reason == "both shots turn to the right, at up to 0.80 of the picture a second"


def test_shots_that_turn_against_each_other_get_no_whip_pan():
    made = edited({"whip_pan": 1.0}, pan=by_number("against"))
    files = {part.id: int(part.file[5:8]) for part in made.clips}
    whips = soft(made)
    assert whips
    for part in whips:
        numbers = files[part.from_clip] % 2, files[part.to_clip] % 2
        assert numbers == ((0, 0) if part.direction == "right" else (1, 1))


@pytest.mark.parametrize("pan", [None, pl.lit(0.1), pl.lit(None, dtype=pl.Float64)])
def test_without_fast_turns_there_are_no_whip_pans(pan: pl.Expr | None):
    assert soft(edited({"whip_pan": 1.0}, pan=pan)) == []


def test_soft_transitions_never_follow_each_other_and_have_their_source():
    made = edited({"whip_pan": 0.5, "quick_dissolve": 0.5, "dip_to_black": 0.2}, pan=pl.lit(-0.7))
    kinds = [part.type for part in made.transitions]
    assert {"whip_pan", "quick_dissolve"} <= set(kinds)
    assert all("hard_cut" in pair for pair in pairwise(kinds))
    rate = Fraction(30)
    for part, (before, after) in zip(made.transitions, pairwise(made.clips), strict=True):
        if part.type == "whip_pan":
            assert before.source_at_s(before.duration_frames, rate) >= 0
            assert after.source_at_s(-(part.duration_frames // 2), rate) >= 0
            assert min(before.duration_frames, after.duration_frames) >= 2 * part.duration_frames


def test_a_dip_goes_to_the_last_cut_before_a_drop_or_where_a_part_begins_but_never_to_the_drop():
    before = soft(edited({"dip_to_black": 1.0, "dip_at": ["before_drop"]}, max_shot_s=2.0))
    drop_frames = round((30.0 - 20.1) * 30)
    assert [(part.type, part.reason) for part in before] == [("dip_to_black", "the last cut before the drop")]
    dip = before[0]
    assert drop_frames - 60 <= dip.at_frames
    assert dip.at_frames - dip.duration_frames // 2 + dip.duration_frames <= drop_frames
    at_part = soft(edited({"dip_to_black": 1.0, "dip_at": ["section_boundary"]}))
    assert all(abs(part.at_frames - drop_frames) > 6 for part in at_part)


def test_a_song_that_changes_without_a_drop_gets_its_dip_there():
    song = make_song() | {"drops_s": []}
    request = make_request(
        make_shoot(40),
        song,
        duration_s=20.0,
        song_start_s=20.1,
        style={"transition_preferences": {"quick_dissolve": 0.0, "dip_to_black": 0.1}},
        transitions=TransitionsSpec(allow=ALL, dip_s=0.4),
        max_shot_s=2.0,
    )
    made = edit_timeline(request)
    assert [(part.type, part.at_frames, part.reason) for part in soft(made)] == [
        ("dip_to_black", pytest.approx(297, abs=8), "a part of the song begins")
    ]


def test_nothing_is_softened_that_the_recipe_does_not_allow_whatever_the_style_says():
    spec = TransitionsSpec(allow=("hard_cut",))
    shares = {"whip_pan": 1.0, "dip_to_black": 1.0, "quick_dissolve": 1.0}
    assert soft(edited(shares, pan=pl.lit(0.9), transitions=spec)) == []


def test_a_transition_at_a_ramp_asks_for_the_source_that_it_runs_through():
    accents = pl.DataFrame(
        [(f"clip_{at:03d}.mp4", t / 2 + 0.13, 1.0) for at in range(40) for t in range(1, 18)],
        schema=["clip", "t_s", "strength_01"],
        orient="row",
    )
    request = make_request(
        make_shoot(40),
        make_song(),
        duration_s=20.0,
        song_start_s=20.1,
        style={"transition_preferences": {"quick_dissolve": 0.5}},
        ramps=RampsSpec(share=1.0),
    )
    made = edit_timeline(replace(request, accents=accents))
    durations = {f"clip_{at:03d}.mp4": clip["duration_s"] for at, clip in enumerate(make_shoot(40))}
    for part, (before, after) in zip(made.transitions, pairwise(made.clips), strict=True):
        if part.type == "quick_dissolve":
            tail = part.duration_frames - part.duration_frames // 2
            shown_s = before.source_at_s(before.duration_frames + tail, Fraction(30))
            assert shown_s <= Fraction(durations[before.file]) + Fraction(1, 10**6)
            assert after.source_at_s(-(part.duration_frames // 2), Fraction(30)) >= 0


def test_what_is_allowed_and_in_no_place_is_told_with_its_reason():
    notes = edited({"whip_pan": 0.0, "dip_to_black": 0.3, "dip_at": []}).ai_reasoning.notes
    assert "there is no whip pan: transition_preferences.whip_pan of the style is 0" in notes
    dips = [
        note for note in notes if note.startswith("there is no dip to black: no cut that suits lies where")
    ]
    assert len(dips) == 1
    assert not any(
        "there is no" in note for note in edited({}, transitions=TransitionsSpec()).ai_reasoning.notes
    )


def test_ramps_that_could_not_be_are_told_with_their_reason():
    request = make_request(make_shoot(40), make_song(), duration_s=20.0, ramps=RampsSpec(share=0.5))
    nobody = edit_timeline(request).ai_reasoning.notes
    assert "there is no speed ramp: nobody looked for movement" in nobody
    still = pl.DataFrame(schema={"clip": pl.String, "t_s": pl.Float64, "strength_01": pl.Float64})
    assert any(
        note.startswith("there is no speed ramp: no shot that is long enough shows")
        for note in edit_timeline(replace(request, accents=still)).ai_reasoning.notes
    )
    few = replace(request, accents=still, edit=replace(request.edit, ramps=RampsSpec(share=0.01)))
    assert any("is less than one" in note for note in edit_timeline(few).ai_reasoning.notes)
