"""What is said of each shot after edits: only what is still true, and what was done."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import judge_samples as samples
import pytest
import timeline_samples
from edit_samples import delete, folded, four_seconds, log_of, move, swap, trim, undo
from rushes.timeline.fold import fold
from rushes.timeline.judge_reasons import part_words, reasons_as_they_are
from rushes.timeline.make_edit import File, note_edit, trim_edit


def clip_of(timeline, clip_id):
    return next(clip for clip in timeline.clips if clip.id == clip_id)


def said(timeline, clip_id):
    return clip_of(timeline, clip_id).metadata.ai_reasoning.split("; ")


def test_a_shot_that_stays_as_it_was_chosen_keeps_every_reason():
    plan = samples.plan()
    now = folded(plan, lambda timeline: note_edit(timeline.clips[0], "nice"))
    assert [clip.metadata for clip in now.clips] == [clip.metadata for clip in plan.clips]


def test_a_slipped_shot_keeps_what_is_true_of_its_take():
    # 1.5 instead of 1.4 s: still in the take that ends at 3 s, at the same place behind the same shot.
    now = folded(samples.plan(), trim(2, "1.5", "2.5"))
    assert said(now, "c02") == [
        "slipped by ann (chosen from 1.40 s of its file, for 1.00 s)",
        "more movement for a loud part",
        "change from front to side",
    ]
    metadata = clip_of(now, "c02").metadata
    assert metadata.changed == ("range",)
    assert set(metadata.terms) == {"shot_type", "sequence"}


def test_a_shot_of_another_take_is_told_as_that_is():
    plan = samples.plan()
    edit = trim_edit(plan, plan.clips[1], Fraction(4), Fraction(5), lambda _: Fraction(9))
    now = fold(plan, log_of([edit]).entries)
    metadata = clip_of(now, "c02").metadata
    assert metadata.changed == ("take", "range")
    assert (metadata.shot_type, metadata.visual_quality, metadata.angle) == ("wide", 0.8, "side")
    assert metadata.terms == {}
    assert said(now, "c02")[1:] == ["why it was chosen is no longer true of it"]


def test_a_shot_that_others_move_loses_what_is_of_its_place():
    now = folded(samples.plan(), delete(1))
    assert said(now, "c03") == [
        "moved since (chosen for 2.00 s of the edit)",
        "score 0.82",
        "more movement for a loud part",
        "change from front to side",
    ]
    assert clip_of(now, "c03").metadata.changed == ("place",)
    # c02 opens the edit now: nothing is before it.
    assert clip_of(now, "c02").metadata.changed == ("place", "before")
    assert "the shot before it is another now" in said(now, "c02")


def test_who_moved_a_shot_is_named():
    now = folded(samples.plan(), move(3, 1))
    assert said(now, "c03")[0] == "moved by ann (chosen for 2.00 s of the edit)"
    assert said(now, "c01")[0] == "moved since (chosen for 0.00 s of the edit)"


def test_a_neighbour_that_gave_time_was_trimmed_by_nobody():
    now = folded(samples.plan(), trim(1, "1.2", "2.4"))
    assert said(now, "c02")[0] == "made to fit beside an edit (chosen from 1.40 s of its file, for 1.00 s)"
    assert said(now, "c01")[0] == "trimmed by ann (chosen from 1.20 s of its file, for 1.00 s)"


def test_a_shot_that_is_put_back_has_all_its_reasons_again():
    plan = samples.plan()
    there_and_back = folded(plan, trim(2, "1.5", "2.5"), trim(2, "1.4", "2.4"))
    assert [clip.metadata for clip in there_and_back.clips] == [clip.metadata for clip in plan.clips]
    edit = trim(2, "1.5", "2.5")(plan)
    undone = fold(plan, log_of([edit, undo()]).entries)
    assert undone == plan


def test_a_quieter_part_of_the_song_takes_away_what_was_said_of_a_loud_one():
    plan = samples.plan((30, 30, 30), energy_01=[0.0, 1.0])
    song = replace(plan.song, energy_times=(0.0, 1.0, 2.0), energy_curve=(0.2, 0.8, 0.7))
    parts = ["a quiet part of the song", "a loud part of the song", "a loud part of the song"]
    clips = tuple(
        samples.chosen(clip, clip.metadata.chosen.before, part=part)
        for clip, part in zip(plan.clips, parts, strict=True)
    )
    now = folded(replace(plan, song=song, clips=clips), delete(1))
    # c03 lies where c02 lay, which is loud too; c02 lies where it is quiet.
    assert clip_of(now, "c03").metadata.changed == ("place",)
    assert "part" in clip_of(now, "c02").metadata.changed
    assert "more movement for a loud part" not in said(now, "c02")


@pytest.mark.parametrize(
    ("loud", "words"),
    [
        (1.0, "the loudest part of the song"),
        (0.7, "a loud part of the song"),
        (0.5, "a middling part of the song"),
        (0.3, "a quiet part of the song"),
        (0.0, "the quietest part of the song"),
    ],
)
def test_parts_of_the_song_have_names(loud, words):
    assert part_words(loud) == words


def test_a_shot_of_the_users_is_told_as_its_footage_is_known_to_be():
    known = File(name="overhead_03.mp4", digest="e" * 64, rate_fps=Fraction(30), length_s=Fraction(4))
    metadata = clip_of(folded(samples.plan(), swap(2, "0.5", known)), "c02").metadata
    assert (metadata.shot_type, metadata.angle, metadata.visual_quality) == ("wide", "overhead", 0.6)
    assert (metadata.ai_reasoning, metadata.ai_confidence) == ("chosen by hand (ann)", 0.0)
    unknown = clip_of(folded(samples.plan(), swap(2)), "c02").metadata
    assert (unknown.shot_type, unknown.visual_quality) == (None, None)


def test_an_angle_that_is_none_is_not_told():
    takes = (*samples.TAKES, samples.take("b.mp4", 0.0, 4.0, None, "other"))
    known = File(name="b.mp4", digest="e" * 64, rate_fps=Fraction(30), length_s=Fraction(4))
    now = folded(samples.plan(takes=takes), swap(2, "0.5", known))
    assert clip_of(now, "c02").metadata.angle is None


def test_shots_of_earlier_plans_stay_as_they_are():
    plan = timeline_samples.timeline()
    now = folded(plan, trim(2, "1.5", "2.5"))
    assert clip_of(now, "c02").metadata == plan.clips[1].metadata
    assert reasons_as_they_are(plan) == plan
    assert four_seconds(plan.clips[0]) == 4


def test_a_term_that_nobody_knows_goes_with_any_change():
    plan = samples.plan()
    metadata = replace(plan.clips[1].metadata, terms={"charm": 0.5, "shot_type": 0.1})
    clips = (plan.clips[0], replace(plan.clips[1], metadata=metadata), *plan.clips[2:])
    now = folded(replace(plan, clips=clips), trim(2, "1.5", "2.5"))
    assert clip_of(now, "c02").metadata.terms == {"shot_type": 0.1}
