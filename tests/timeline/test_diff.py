"""The difference of two timelines as an editor would tell it."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import timeline_samples as samples
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.timeline.diff import changes_to_json, changes_to_text, diff_timelines
from rushes.timeline.document import timeline_from_json, timeline_to_json
from rushes.timeline.tree import (
    Reframe,
    ReframeKey,
    ReframeMode,
    Retime,
    RetimeKey,
    Timeline,
    TimelineClip,
)


def told(a: Timeline, b: Timeline, tolerance: float = 1e-6) -> str:
    return changes_to_text(diff_timelines(a, b, tolerance))


def laid(timeline: Timeline, clips: list[TimelineClip]) -> Timeline:
    """The same timeline with these clips one after another and hard cuts between them."""
    starts = [sum(clip.duration_frames for clip in clips[:at]) for at in range(len(clips) + 1)]
    placed = tuple(
        replace(clip, timeline_start_frames=at) for clip, at in zip(clips, starts[:-1], strict=True)
    )
    model = samples.timeline(tuple(clip.duration_frames for clip in clips))
    joined = tuple(
        replace(part, from_clip=placed[at].id, to_clip=placed[at + 1].id)
        for at, part in enumerate(model.transitions)
    )
    return replace(timeline, clips=placed, transitions=joined, duration_frames=starts[-1])


def test_a_timeline_does_not_differ_from_itself_and_its_file():
    made = samples.reel()
    assert told(made, made) == "no difference"
    assert told(made, timeline_from_json(timeline_to_json(made))) == "no difference"


def test_a_cut_that_moves_by_a_beat_is_told_with_both_beats():
    a = samples.timeline((30, 30, 30, 30, 45, 30))
    b = samples.timeline((30, 30, 30, 45, 30, 30))
    b = replace(b, clips=(*b.clips[:4], replace(b.clips[4], source_start_frames=75), b.clips[5]))
    assert told(a, b) == (
        "clip 4 trimmed: out 2.80 s → 3.30 s\n"
        "clip 5 trimmed: in 2.00 s → 2.50 s\n"
        "cut 4 moved from beat 8 to beat 9 (+0.500 s)"
    )


def test_cuts_that_ripple_are_told_once():
    a, b = samples.timeline((30, 30, 30, 30, 30)), samples.timeline((30, 45, 30, 30, 30))
    assert told(a, b) == (
        "clip 2 trimmed: out 2.40 s → 2.90 s\n"
        "cut 2 moved from beat 4 to beat 5 (+0.500 s), and the 2 after it\n"
        "total 5.0 s → 5.5 s"
    )


def test_a_cut_that_stays_where_a_clip_before_it_went_is_not_told_to_move():
    a = samples.timeline((30, 30, 30, 30, 30, 30))
    longer = replace(a.clips[0], duration_frames=60)
    b = laid(a, [longer, *a.clips[2:]])
    words = told(a, b)
    assert words.splitlines()[:2] == ["clip 1 trimmed: out 2.20 s → 3.20 s", "clip 2 removed (side_02.mp4)"]
    assert "cut" not in words and "+0.000 s" not in words


def test_the_clip_that_went_far_is_told_to_move_and_not_the_one_it_passed():
    a = samples.timeline((30,) * 6)
    c = a.clips
    b = laid(a, [c[0], c[4], c[1], c[5]])
    assert "clip 5 moved from place 5 to 2" in told(a, b)
    assert "clip 2 moved" not in told(a, b)


def test_a_cut_off_the_beat_is_told_in_seconds():
    a, b = samples.timeline((30, 30)), samples.timeline((31, 29))
    assert "cut 1 moved from 1.000 s to 1.033 s (+0.033 s)" in told(a, b).splitlines()


def test_a_replaced_clip_is_told_with_both_files_whether_its_id_stays_or_not():
    a = samples.timeline((30, 30, 30))
    other = replace(a.clips[1], file="front_09.mp4")
    for clip_id in ("c02", "new"):
        b = laid(a, [a.clips[0], replace(other, id=clip_id), a.clips[2]])
        assert told(a, b).splitlines()[0] == "clip 2: side_02.mp4 replaced by front_09.mp4"
        assert len(told(a, b).splitlines()) == 1


def test_a_trimmed_in_point_is_told_in_source_time():
    a = samples.timeline((30, 30))
    b = laid(a, [replace(a.clips[0], source_start_frames=42, duration_frames=24), a.clips[1]])
    assert told(a, b).splitlines()[0] == "clip 1 trimmed: in 1.20 s → 1.40 s"


def test_a_slipped_clip_shows_other_source_for_the_same_time():
    a = samples.timeline((30, 30))
    b = laid(a, [replace(a.clips[0], source_start_frames=37), a.clips[1]])
    assert told(a, b) == "clip 1 slipped: in 1.20 s → 1.23 s, out 2.20 s → 2.23 s"


def test_a_removed_clip_takes_its_time_and_the_others_do_not_seem_to_move():
    a = samples.timeline((30,) * 8)
    b = laid(a, [clip for clip in a.clips if clip.id != "c07"])
    assert told(a, b) == "clip 7 removed (front_07.mp4)\ntotal 8.0 s → 7.0 s"


def test_an_added_clip_is_told_with_its_place():
    a = samples.timeline((30,) * 3)
    b = laid(a, [a.clips[0], samples.clip(8, 0, 45), a.clips[1], a.clips[2]])
    assert told(a, b) == "added as clip 2 (overhead_09.mp4)\ntotal 3.0 s → 4.5 s"


def test_a_moved_clip_is_told_with_both_places_and_nothing_else():
    a = samples.timeline((30,) * 5)
    c = a.clips
    b = laid(a, [c[0], c[2], c[3], c[1], c[4]])
    assert told(a, b) == "clip 2 moved from place 2 to 4"


def test_no_clip_is_told_to_move_to_the_place_where_it_was():
    a = samples.timeline((30,) * 3)
    words = told(a, laid(a, a.clips[::-1]))
    assert "moved from place" in words
    assert not any(f"from place {place} to {place}" in words for place in (1, 2, 3))


def test_clips_with_new_ids_are_known_by_their_source():
    a = samples.timeline((30,) * 4)
    b = laid(a, [replace(clip, id=f"x{at}") for at, clip in enumerate(a.clips)])
    assert told(a, b) == "no difference"


def test_a_transition_is_told_by_its_kind_and_length():
    a = samples.timeline((30,) * 4)
    soft = replace(a.transitions[2], type="quick_dissolve", duration_frames=6)
    b = replace(a, transitions=(*a.transitions[:2], soft))
    assert told(a, b) == "transition after clip 3: hard cut → quick dissolve of 6 frames"


def test_a_whip_pan_is_told_with_its_direction():
    a = samples.timeline((30,) * 2)
    whip = replace(a.transitions[0], type="whip_pan", duration_frames=8, direction="left")
    b = replace(a, transitions=(whip,))
    assert told(a, b) == "transition after clip 1: hard cut → whip pan to the left of 8 frames"
    up = replace(b, transitions=(replace(whip, direction="up"),))
    assert told(b, up) == (
        "transition after clip 1: whip pan to the left of 8 frames → whip pan up of 8 frames"
    )


def retimed(timeline: Timeline, *keys: tuple[int, float]) -> Timeline:
    """The timeline whose first clip has these keys."""
    made = Retime(keys=tuple(RetimeKey(at_frames=at, source_s=run_s) for at, run_s in keys))
    return replace(timeline, clips=(replace(timeline.clips[0], retime=made), *timeline.clips[1:]))


def test_a_change_of_speed_is_told_with_where_it_turns():
    a = samples.timeline((40, 30))
    ramp = retimed(a, (0, 0.0), (15, 1.0), (18, 1.12), (30, 1.32), (33, 1.4), (40, 1.4 + 7 / 30))
    assert told(a, ramp) == ("clip 1 slipped: out 2.53 s → 2.83 s\nspeed of clip 1: 1× → 2× to 0.5× to 1×")
    half = retimed(a, (0, 0.0), (40, 2 / 3))
    assert told(half, half) == "no difference"
    assert told(a, half) == "clip 1 slipped: out 2.53 s → 1.87 s\nspeed of clip 1: 1× → 0.5×"
    later = retimed(a, (0, 0.0), (20, 0.4), (40, 2 / 3))
    again = retimed(a, (0, 0.0), (21, 0.42), (40, 2 / 3))
    assert told(later, again) in (
        "speed of clip 1 changes at other moments",
        "speed of clip 1: 0.6× to 0.4× → 0.6× to 0.39×",
    )


def test_song_size_rate_and_total_are_told():
    a = samples.timeline((30, 30))
    song = replace(a.song, file="other.ogg", start_s=12.0)
    b = replace(a, song=song, width_px=1920, height_px=1080)
    assert told(a, b) == (
        "picture: 1080×1920 → 1920×1080\n"
        "song: song.ogg → other.ogg\n"
        "song: starts at 0.00 s → 12.00 s of the song"
    )
    assert told(a, replace(a, song=None)).splitlines()[0] == "song: song.ogg → none"
    assert "rate: 30 fps → 25 fps" in told(a, replace(a, rate_fps=Fraction(25)))
    assert told(a, replace(a, song=replace(a.song, digest="6"))) == "song: song.ogg has other content"


def test_a_lock_and_other_content_of_the_same_name_are_told():
    a = samples.timeline((30, 30))
    b = laid(a, [replace(a.clips[0], locked=True), replace(a.clips[1], digest="new")])
    assert told(a, b) == "clip 1 locked as it is\nclip 2: side_02.mp4 has other content"


def less_sure(timeline: Timeline, by: float) -> Timeline:
    clip = timeline.clips[1]
    metadata = replace(clip.metadata, ai_confidence=clip.metadata.ai_confidence - by)
    return replace(timeline, clips=(timeline.clips[0], replace(clip, metadata=metadata), *timeline.clips[2:]))


def test_numbers_that_nobody_sees_are_minor_and_have_a_tolerance():
    a = samples.timeline((30, 30))
    b = less_sure(a, 0.1)
    assert told(a, b) == "(clip 2 metadata ai_confidence: 0.931779 → 0.831779)"
    assert told(a, b, tolerance=0.11) == "no difference"
    (change,) = diff_timelines(a, b)
    assert (change.kind, change.minor, change.place) == ("number", True, 2)


def test_a_tolerance_may_be_given_by_the_name_of_the_number():
    a = samples.timeline((30, 30))
    b = replace(less_sure(a, 0.1), ai_reasoning=replace(a.ai_reasoning, objective=41.2))
    loose = {"clips.metadata.ai_confidence": 0.2}
    changes = diff_timelines(a, b, lambda name: loose.get(name, 0.0))
    assert changes_to_text(changes) == "(ai_reasoning objective: 41.25 → 41.2)"


def test_beats_that_shift_are_counted_not_listed():
    a = samples.timeline((30, 30))
    beats = tuple(beat + 0.01 if beat > 50 else beat for beat in a.song.beats)
    assert told(a, replace(a, song=replace(a.song, beats=beats))) == (
        "(song beats: 19 of 120 differ, by at most 0.010000)"
    )
    assert told(a, replace(a, song=replace(a.song, beats=a.song.beats[:-3]))) == (
        "(song beats: 120 → 117 of them)"
    )


def test_reasons_and_notes_are_minor():
    a = samples.timeline((30, 30))
    b = replace(a, ai_reasoning=replace(a.ai_reasoning, notes=("all is well",)))
    assert told(a, b) == "(ai_reasoning notes 1: the song is used from its beginning → all is well)"


def test_changes_are_plain_data_for_programs():
    a, b = samples.timeline((30, 30)), samples.timeline((30, 45))
    assert json.loads(json.dumps(changes_to_json(diff_timelines(a, b)))) == [
        {
            "kind": "clip",
            "text": "clip 2 trimmed: out 2.40 s → 2.90 s",
            "place": 2,
            "before": 2.4,
            "after": 2.9,
            "minor": False,
        },
        {
            "kind": "total",
            "text": "total 2.0 s → 2.5 s",
            "place": None,
            "before": 2.0,
            "after": 2.5,
            "minor": False,
        },
    ]


shuffles = st.permutations(range(7)).map(lambda order: order[: 1 + order[0]])


@settings(max_examples=80, deadline=None)
@given(shuffles, shuffles)
def test_two_edits_differ_unless_they_show_the_same_clips_in_the_same_order(first, second):
    whole = samples.timeline((30,) * 7)
    a, b = (laid(whole, [whole.clips[at] for at in order]) for order in (first, second))
    assert (told(a, b) == "no difference") == (first == second)


def cropped(x_01: float, mode: ReframeMode = "steady") -> Timeline:
    made = samples.timeline()
    key = ReframeKey(at_s=0.0, x_01=x_01, y_01=0.5, width_01=0.3)
    clips = (*made.clips[:2], replace(made.clips[2], reframe=Reframe(mode=mode, keys=(key,))))
    return replace(made, clips=clips)


def test_a_crop_that_moved_is_told_once_and_one_that_is_as_good_as_the_same_is_not():
    assert told(cropped(0.4), cropped(0.45)) == "crop of clip 3 moved by up to 5.0 % of the picture"
    assert told(cropped(0.4), cropped(0.4005)) == "no difference"


def test_a_crop_of_another_kind_is_told_by_its_name():
    assert told(samples.timeline(), cropped(0.4)) == "crop of clip 3: centred → steady"
    assert told(cropped(0.4), cropped(0.4, "fit")) == "crop of clip 3: steady → fit"


def test_a_clip_whose_number_is_another_now_is_told_with_both():
    a = samples.timeline((30,) * 4)
    c = a.clips
    b = laid(a, [c[0], c[2], replace(c[3], source_start_frames=c[3].source_start_frames + 1)])
    first, second, *_ = told(a, b).splitlines()
    assert first == "clip 2 removed (side_02.mp4)"
    assert second.startswith("clip 4 (now 3) slipped: in ")


def test_notes_are_told_with_their_text_and_locks_with_what_they_hold():
    a = samples.timeline((30, 30))
    first, second = a.clips
    lock = {"what": "position", "reason": "the logo", "note": None}
    noted = replace(first, edit_history=({"action": "clip_noted", "note": "wait for her smile"},))
    b = replace(a, clips=(noted, replace(second, locked=True, lock_metadata=lock)))
    assert changes_to_text(diff_timelines(a, b), whole=False).splitlines()[:2] == [
        "clip 1 noted: wait for her smile",
        "clip 2 locked in position: the logo",
    ]
    c = replace(a, clips=(first, replace(second, locked=True, lock_metadata={"what": "both"})))
    assert told(b, c).splitlines()[0] == "clip 2 locked as it is"
    assert told(c, a).splitlines()[0] == "clip 2 unlocked"


def test_what_explains_an_edit_is_counted_in_one_line_where_not_all_is_asked_for():
    a = samples.timeline((30, 30))
    b = replace(less_sure(a, 0.1), ai_reasoning=replace(a.ai_reasoning, notes=("all is well",)))
    assert changes_to_text(diff_timelines(a, b), whole=False) == (
        "(2 differences in numbers and reasons behind it: --all shows them)"
    )
    assert changes_to_text(diff_timelines(a, a), whole=False) == "no difference"
