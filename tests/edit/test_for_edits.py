"""What a plan says of itself so that its edits can be judged."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import polars as pl
import pytest
from edit.made_library import make_clip, make_request, make_shoot, make_song
from rushes.edit import for_edits as module
from rushes.edit.solve import edit_timeline
from rushes.recipe.constraint_spec import ConstraintSpec
from rushes.timeline.document import timeline_from_json, timeline_to_json
from rushes.timeline.judge_footage import Takes
from rushes.timeline.judge_notes import doubt_words, joined_words, shot_keys


def edited(clips=None, *, constraints=(), **settings):
    specs = tuple(ConstraintSpec(name=f"n{at}", **one) for at, one in enumerate(constraints))
    settings = {"duration_s": 8.0, "min_shot_s": 0.5, "constraints": specs, **settings}
    request = make_request(clips or make_shoot(14), make_song(), song_start_s=25.1, **settings)
    return edit_timeline(request)


@pytest.fixture(scope="module")
def plan():
    return edited()


def known_of(timeline):
    return timeline.ai_reasoning.for_edits


def test_every_shot_lies_in_a_take_that_is_like_it(plan):
    takes = Takes(plan)
    for clip in plan.clips:
        take = takes.of(clip)
        assert take["start_s"] - 1e-6 <= clip.source_start_s() <= take["end_s"]
        assert (take["shot_type"], take["angle"]) == (clip.metadata.shot_type, clip.metadata.angle)
        assert take["visual_quality_01"] == clip.metadata.visual_quality


def test_takes_of_a_clip_do_not_overlap(plan):
    for a, b in pairwise(known_of(plan)["takes"]):
        assert a[0] < b[0] or a[2] <= b[1] + 1e-6


def test_what_may_not_be_chosen_is_told_of_too():
    clips = [*make_shoot(12), make_clip("reject.mp4", rejected=True, shot_type="wide")]
    told = [take for take in known_of(edited(clips))["takes"] if take[0] == "reject.mp4"]
    assert [(take[1], take[2], take[3]) for take in told] == [(0.0, 6.0, "wide")]


def test_a_large_library_is_told_of_as_far_as_its_best_clips(monkeypatch, plan):
    monkeypatch.setattr(module, "_MOST_TAKES", 0)
    few = edited()
    second = {clip.metadata.runner_up.file for clip in few.clips if clip.metadata.runner_up}
    assert {take[0] for take in known_of(few)["takes"]} == {clip.file for clip in few.clips} | second
    assert len({take[0] for take in known_of(plan)["takes"]}) == 14


def test_the_shots_and_the_length_are_those_of_the_plan(plan):
    assert known_of(plan)["shots"] == shot_keys(plan.clips)
    assert known_of(plan)["duration_frames"] == plan.duration_frames


def test_notes_are_those_of_the_plan_each_with_what_it_is_of():
    rejects = [make_clip(f"low_{at}.mp4", score=0.2 + at / 100) for at in range(12)]
    timeline = edited(rejects, constraints=({"hold": "drop", "after_s": 1},), duration_s=4.0)
    notes = known_of(timeline)["notes"]
    assert tuple(note["says"] for note in notes) == timeline.ai_reasoning.notes
    of = {note["says"]: note["of"] for note in notes}
    assert of["edit.constraints.n0 limits nothing: the edit has no drop inside"] == "length"
    assert {of[says] for says in of if "style's visual quality" in says} == {"shots"}
    assert {of[says] for says in of if "takes no part" in says} <= {"always"}


def test_doubts_counted_from_the_takes_are_those_of_the_plan():
    timeline = edited([make_clip(f"c{at:02}.mp4", score=0.3 + at / 20) for at in range(14)])
    takes = Takes(timeline)
    counted = list(doubt_words(known_of(timeline)["doubts"], [takes.of(clip) for clip in timeline.clips]))
    assert counted == [note for note in timeline.ai_reasoning.notes if " shots are " in note]
    assert counted


def test_cuts_within_one_clip_are_told_as_they_are_told_of_an_edit():
    timeline = edited([make_clip("long.mp4", 40.0)], duration_s=4.0, max_uses_per_clip=9)
    told = list(joined_words([clip.digest for clip in timeline.clips]))
    assert told == [f"{len(timeline.clips) - 1} cuts stay within one clip"]
    assert [note for note in timeline.ai_reasoning.notes if "within one clip" in note] == told


def test_speech_is_told_where_a_constraint_asks_for_it():
    clips = make_shoot(14)
    request = make_request(clips, make_song(), song_start_s=25.1, duration_s=8.0, min_shot_s=0.5)
    heard = [[{"start_s": 0.5, "end_s": 1.5}], *([None] * 13)]
    kind = pl.List(pl.Struct({"start_s": pl.Float64, "end_s": pl.Float64}))
    frame = request.clips.with_columns(pl.Series("speech_segments", heard, dtype=kind))
    uncut = (ConstraintSpec(name="whole", uncut="speech"),)
    asked = replace(request, clips=frame, edit=replace(request.edit, constraints=uncut))
    speech = known_of(edit_timeline(asked))["speech"]
    assert speech["clip_000.mp4"] == [[0.5, 1.5]] and speech["clip_001.mp4"] == []
    assert known_of(edit_timeline(replace(request, clips=frame)))["speech"] is None


def test_every_shot_says_as_what_and_why_it_was_chosen(plan):
    for before, clip in zip([None, *plan.clips], plan.clips, strict=False):
        chosen = clip.metadata.chosen
        assert (chosen.source_start_frames, chosen.duration_frames, chosen.timeline_start_frames) == (
            clip.source_start_frames,
            clip.duration_frames,
            clip.timeline_start_frames,
        )
        assert chosen.before == (None if before is None else before.metadata.angle)
        if chosen.because:
            assert "; ".join(reason.says for reason in chosen.because) == clip.metadata.ai_reasoning


def test_a_plan_is_read_back_as_it_was_written(plan):
    data = timeline_to_json(plan)
    assert timeline_to_json(timeline_from_json(data)) == data
