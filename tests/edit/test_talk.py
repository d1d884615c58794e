from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from rushes.edit.talk import TalkClip, TalkRequest, talk_timeline
from rushes.edit.talk_words import Said
from rushes.errors import ConstraintError
from rushes.recipe.spec import EditSpec
from rushes.recipe.talk_spec import TalkSpec
from rushes.timeline.check import problems_of

TALK = TalkSpec(pad_before_s=0.1, pad_after_s=0.2, min_silence_s=0.5, fillers={"en": ("um",)})
ONE = TalkClip(
    file="a.mp4",
    digest="a" * 64,
    duration_s=10.0,
    rate_fps=Fraction(30),
    has_sound=True,
    speech=((1.0, 3.0), (5.0, 6.0), (6.2, 8.0)),
)
TWO = replace(ONE, file="b.mp4", digest="b" * 64, speech=((0.0, 2.0),))


def edited(*clips, talk=TALK, **edit):
    spec = EditSpec(talk=talk, min_shot_s=0.1, aspect="16:9", **edit)
    timeline = talk_timeline(TalkRequest(clips=clips, edit=spec, project_id="p", creator_id="c"))
    assert problems_of(timeline) == ()
    return timeline


def ranges(timeline):
    return [
        (shot.file, float(shot.source_start_s()), round(float(shot.source_end_s(timeline.rate_fps)), 6))
        for shot in timeline.clips
    ]


def word(text, start_s, end_s):
    return Said(start_s=start_s, end_s=end_s, text=text)


def test_clips_follow_each_other_without_their_silences():
    timeline = edited(ONE, TWO)
    assert ranges(timeline) == [("a.mp4", 0.9, 3.2), ("a.mp4", 4.9, 8.2), ("b.mp4", 0.0, 2.2)]
    assert [shot.timeline_start_frames for shot in timeline.clips] == [0, 69, 168]
    assert timeline.duration_frames == 234
    assert [one.type for one in timeline.transitions] == ["hard_cut", "hard_cut"]


def test_each_shot_says_what_was_cut_beside_it():
    first, second = edited(ONE).clips
    assert first.metadata.ai_reasoning == (
        "speech; 0.90 s of silence cut before it, 1.70 s of silence cut after it"
    )
    assert second.metadata.ai_reasoning.endswith("1.80 s of silence cut after it")


def test_the_notes_sum_up_each_clip():
    timeline = edited(ONE, TWO)
    assert timeline.ai_reasoning.notes == (
        "a.mp4: 5.60 s of 10.00 s stay; cut: 3 silences",
        "b.mp4: 2.20 s of 10.00 s stay; cut: 1 silence",
    )


def test_a_filler_is_cut_between_its_neighbours_and_named():
    said = (word("so", 1.0, 1.5), word("Um,", 1.5, 2.0), word("yes", 2.0, 3.0))
    timeline = edited(replace(ONE, speech=((1.0, 3.0),), said=said, language="en"))
    assert ranges(timeline) == [("a.mp4", 0.9, 1.5), ("a.mp4", 2.0, 3.2)]
    assert "filler Um (0.50 s) cut after it" in timeline.clips[0].metadata.ai_reasoning
    assert timeline.ai_reasoning.notes == (
        "a.mp4: 1.80 s of 10.00 s stay; cut: 2 silences and fillers (Um 1x)",
    )


def test_silence_around_a_filler_is_not_counted_as_the_filler():
    said = (word("so", 1.0, 1.5), word("Um,", 2.0, 2.4), word("yes", 3.0, 3.5))
    heard = ((1.0, 1.5), (2.0, 2.4), (3.0, 3.5))
    timeline = edited(replace(ONE, speech=heard, said=said, language="en"))
    reason = timeline.clips[0].metadata.ai_reasoning
    assert "filler Um with silence (1." in reason and reason.endswith("s) cut after it")


def test_words_stay_where_no_voice_was_heard():
    said = (word("whispered", 9.0, 9.5),)
    timeline = edited(replace(ONE, speech=((1.0, 3.0),), said=said, language="en"))
    assert ranges(timeline)[-1] == ("a.mp4", 8.9, 9.7)


def test_a_cue_without_word_times_is_cut_where_it_is_nothing_but_fillers():
    cues = (
        Said(start_s=1.0, end_s=1.6, text="so um", is_word=False),
        Said(start_s=1.5, end_s=2.0, text="Um... um", is_word=False),
        Said(start_s=2.0, end_s=3.0, text="yes", is_word=False),
    )
    timeline = edited(replace(ONE, speech=((1.0, 3.0),), said=cues, language="en"))
    # What another cue says at the same time stays.
    assert ranges(timeline) == [("a.mp4", 0.9, 1.6), ("a.mp4", 2.0, 3.2)]


def test_fillers_of_an_unknown_language_stay_and_the_fix_is_told():
    said = (word("um", 1.0, 1.5), word("dia", 1.5, 3.0))
    timeline = edited(replace(ONE, speech=((1.0, 3.0),), said=said))
    assert ranges(timeline) == [("a.mp4", 0.9, 3.2)]
    (warning,) = timeline.ai_reasoning.warnings
    assert warning == (
        "a.mp4: no filler was cut: the language of its transcript is not known; say it with "
        "analyzers.transcript.language (en)"
    )
    timeline = edited(replace(ONE, speech=((1.0, 3.0),), said=said, language="pt"))
    assert timeline.ai_reasoning.warnings == (
        "a.mp4: no filler was cut: edit.talk.fillers has none for pt (it has en)",
    )


def test_the_edit_ends_before_the_stretch_that_would_make_it_too_long():
    timeline = edited(ONE, TWO, talk=replace(TALK, max_duration_s=6.0))
    assert timeline.duration_s() == Fraction(168, 30)
    assert timeline.ai_reasoning.warnings == (
        "the edit ends after 5.60 s, as edit.talk.max_duration_s asks: 2.20 s of talk are left out",
    )
    assert timeline.ai_reasoning.gap > 0


def test_a_longest_length_below_the_first_stretch_is_refused():
    with pytest.raises(ConstraintError) as refused:
        edited(ONE, talk=replace(TALK, max_duration_s=1.0))
    assert str(refused.value) == (
        "edit.talk.max_duration_s is 1, but the first stretch of speech takes 2.30 s\n    fix: raise it to 2.30 or more"
    )


def test_footage_in_which_nobody_speaks_is_refused_with_the_reason_of_every_clip():
    clips = (
        replace(ONE, speech=()),
        replace(TWO, has_sound=False, speech=()),
        replace(ONE, file="c.mp4", speech=None),
        replace(ONE, file="d.mp4", left_out="too dark"),
    )
    with pytest.raises(ConstraintError) as refused:
        edited(*clips)
    assert str(refused.value).startswith(
        "nobody is heard, so there is nothing to cut: a.mp4: no voice was found in its sound; b.mp4: it has no sound; "
        "c.mp4: where somebody speaks is not known: its sound was not analysed; d.mp4: too dark\n    fix: "
    )


def test_a_clip_without_a_voice_is_left_out_and_named():
    timeline = edited(ONE, replace(TWO, speech=()))
    assert {shot.file for shot in timeline.clips} == {"a.mp4"}
    assert timeline.ai_reasoning.notes[-1] == "b.mp4 is not used: no voice was found in its sound"


def test_ids_are_stable_and_unique():
    assert edited(ONE, TWO) == edited(ONE, TWO)
    ids = [shot.id for shot in edited(ONE, TWO).clips]
    assert len(set(ids)) == len(ids)


def test_a_clip_with_fewer_pixels_than_the_frame_is_told():
    small, exact = replace(ONE, size_px=(1280, 720)), replace(TWO, size_px=(1920, 1080))
    notes = [note for note in edited(small, exact).ai_reasoning.notes if "enlarged" in note]
    assert notes == ["a.mp4 is enlarged 1.5 times to fill the frame: 1280x720 in 1920x1080"]
