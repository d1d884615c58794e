"""What is seen and heard of a difference, as an editor would tell it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import timeline_samples as samples
from diff_samples import laid, told
from rushes.timeline.decisions import speed_words
from rushes.timeline.diff import changes_to_text, diff_timelines
from rushes.timeline.tree import (
    Fades,
    Reframe,
    ReframeKey,
    ReframeMode,
    Retime,
    RetimeKey,
    Timeline,
)


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
    assert told(later, again) == "speed of clip 1: 0.6× to 0.4× → 0.6× to 0.39×"


def speed(*keys: tuple[int, float]) -> str:
    return speed_words(retimed(samples.timeline((40,)), *keys).clips[0], Fraction(30))


def test_of_a_ramp_the_speeds_are_told_at_which_it_begins_turns_and_ends() -> None:
    assert speed_words(samples.clip(0, 0), Fraction(30)) == "1×"
    assert speed((0, 0.0), (40, 40 / 30)) == "1×"
    assert speed((0, 0.0), (40, 2 / 3)) == "0.5×"
    assert speed((0, 0.0), (10, 0.5), (40, 2.0)) == "1.5×"
    assert speed((0, 0.0), (10, 1.0), (20, 1.5), (30, 1.75)) == "3× to 0.75×"
    assert speed((0, 0.0), (10, 1.0), (20, 1.25), (30, 2.0)) == "3× to 0.75× to 2.2×"
    assert speed((0, 0.0), (10, 1.0), (20, 1.5), (30, 2.0)) == "3× to 1.5×"
    assert speed((0, 0.0), (10, 0.5), (20, 1.5), (30, 2.0), (40, 2.1)) == "1.5× to 3× to 0.3×"


def test_the_same_speeds_at_other_moments_are_told_as_such() -> None:
    a = samples.timeline((40, 30))
    one = retimed(a, (0, 0.0), (20, 1.0), (40, 1.5))
    other = retimed(a, (0, 0.0), (10, 0.5), (20, 1.0), (40, 1.5))
    assert told(one, other) == "speed of clip 1 changes at other moments"


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


def starting(start_s: float) -> Timeline:
    a = samples.timeline((30, 30))
    assert a.song is not None
    return replace(a, song=replace(a.song, start_s=start_s))


def test_a_song_that_starts_elsewhere_is_told_with_as_many_digits_as_it_takes() -> None:
    assert told(starting(5.0), starting(2.5)) == "song: starts at 5.00 s → 2.50 s of the song"
    assert told(starting(1.0), starting(1.0001)) == "song: starts at 1.0000 s → 1.0001 s of the song"
    assert told(starting(1.0), starting(1.0000005)) == "no difference"


def test_what_went_and_what_came_are_told_with_their_places_for_programs() -> None:
    a = samples.timeline((30,) * 3)
    b = laid(a, [a.clips[0], a.clips[2]])
    (gone, *_), (came, *_) = diff_timelines(a, b), diff_timelines(b, a)
    assert (gone.text, gone.place, gone.before, gone.after) == (
        "clip 2 removed (side_02.mp4)",
        2,
        "side_02.mp4",
        None,
    )
    assert (came.text, came.place, came.before, came.after) == (
        "added as clip 2 (side_02.mp4)",
        2,
        None,
        "side_02.mp4",
    )


def test_a_moved_clip_is_told_with_its_places_for_programs() -> None:
    a = samples.timeline((30,) * 4)
    (change,) = diff_timelines(a, laid(a, [*a.clips[1:], a.clips[0]]))
    assert (change.text, change.place, change.before, change.after) == (
        "clip 1 moved from place 1 to 4",
        1,
        1,
        4,
    )


def test_cuts_that_ripple_are_told_once_with_how_many_there_are() -> None:
    def rippled(count: int) -> str:
        a = samples.timeline((30,) * count)
        return told(a, samples.timeline((45, *(30,) * (count - 1)))).splitlines()[1]

    assert rippled(2) == "cut 1 moved from beat 2 to beat 3 (+0.500 s)"
    assert rippled(3) == "cut 1 moved from beat 2 to beat 3 (+0.500 s), and the one after it"
    assert rippled(4) == "cut 1 moved from beat 2 to beat 3 (+0.500 s), and the 2 after it"


def test_a_cut_that_is_on_a_beat_in_one_alone_is_told_in_seconds() -> None:
    a, b = samples.timeline((30, 30)), samples.timeline((40, 30))
    assert told(a, b).splitlines()[1] == "cut 1 moved from 1.000 s to 1.333 s (+0.333 s)"


def test_a_transition_that_is_told_nowhere_is_none() -> None:
    a = samples.timeline((30, 30))
    assert told(a, replace(a, transitions=())) == "transition after clip 1: hard cut → none"


def test_a_note_is_told_once_and_only_where_it_is_new() -> None:
    a = samples.timeline((30, 30))
    record = {"action": "clip_noted", "note": "see her"}

    def noted(*records: dict[str, str]) -> Timeline:
        return replace(a, clips=(replace(a.clips[0], edit_history=records), a.clips[1]))

    assert told(noted(), noted(record)).splitlines()[0] == "clip 1 noted: see her"
    assert "noted" not in told(noted(record), noted(record, {"action": "clip_locked", "note": "x"}))
    assert "noted" not in told(noted(record), noted(record, {"action": "clip_noted", "note": ""}))


def test_a_crop_is_compared_only_in_what_both_show() -> None:
    def jumping(start_frames: int, aside_01: float) -> Timeline:
        """Its first clip has its window aside before 1.4 s and after 2.4 s of its file."""
        made = samples.timeline((30, 30))
        ways = ((1.2, aside_01), (1.4, aside_01), (1.4, 0.3), (2.4, 0.3), (2.4, aside_01))
        keys = tuple(ReframeKey(at_s=at_s, x_01=x_01, y_01=0.5, width_01=0.3) for at_s, x_01 in ways)
        crop = Reframe(mode="pan", keys=keys)
        clip = replace(made.clips[0], source_start_frames=start_frames, reframe=crop)
        return replace(made, clips=(clip, made.clips[1]))

    told_of = "crop of clip 1 moved by up to 50.0 % of the picture"
    assert told_of in told(jumping(36, 0.3), jumping(36, 0.8))  # 1.2 to 2.2 s
    assert told_of in told(jumping(48, 0.3), jumping(48, 0.8))  # 1.6 to 2.6 s
    assert "crop" not in told(jumping(36, 0.3), jumping(48, 0.8))
    assert "crop" not in told(jumping(48, 0.3), jumping(36, 0.8))


def test_a_clip_that_only_passed_others_is_told_with_its_number_now() -> None:
    a = samples.timeline((30,) * 4)
    first, second, third, fourth = a.clips
    assert told(a, laid(a, [second, third, fourth, first])) == "clip 1 moved from place 1 to 4"
    assert told(a, laid(a, [fourth, first, second, third])) == "clip 4 moved from place 4 to 1"
    assert told(a, laid(a, [second, first, fourth, third])).splitlines() == [
        "clip 1 moved from place 1 to 2",
        "clip 3 moved from place 3 to 4",
    ]


def with_title(first_frame: int | None, text: str = "Hello", size_01: float = 0.05) -> Timeline:
    made = samples.timeline((60, 60))
    if first_frame is None:
        return made
    title = samples.title("one")
    look = replace(title.look, text=text, size_01=size_01)
    return replace(
        made, titles=(replace(title, look=look, start_frames=first_frame, end_frames=first_frame + 45),)
    )


def test_titles_are_told_with_when_they_are_shown_and_what_they_say() -> None:
    assert told(with_title(None), with_title(30)) == "title one is new: 1.00–2.50 s"
    assert told(with_title(30), with_title(None)) == "title one is gone"
    assert told(with_title(30), with_title(45)) == "title one: 1.00–2.50 s → 1.50–3.00 s"
    assert told(with_title(30), with_title(30, "Bye")) == "title one: 'Hello' → 'Bye'"
    assert told(with_title(30), with_title(30, size_01=0.1)) == "title one looks different"
    assert told(with_title(30), with_title(30)) == "no difference"
    both = told(with_title(30), with_title(45, "Bye"))
    assert both.splitlines() == ["title one: 1.00–2.50 s → 1.50–3.00 s", "title one: 'Hello' → 'Bye'"]


def test_fades_are_told_in_seconds() -> None:
    a = samples.timeline((60, 60))
    b = replace(a, fades=Fades(in_frames=15, out_frames=30))
    assert told(a, b).splitlines() == ["picture from black: no → 0.50 s", "picture into black: no → 1.00 s"]
    assert told(b, a).splitlines() == ["picture from black: 0.50 s → no", "picture into black: 1.00 s → no"]


def test_a_shot_trimmed_at_one_end_is_not_told_of_what_rates_round_at_the_other():
    a = samples.timeline((30, 30))
    film = replace(a.clips[0], source_start_frames=24, source_rate_fps=Fraction(24000, 1001))
    # 10 frames of the edit are 7.992 of the film: cut off as 8, the end is off by a third of a millisecond.
    short = replace(film, source_start_frames=32, duration_frames=20)
    a, b = laid(a, [film, a.clips[1]]), laid(a, [short, a.clips[1]])
    assert told(a, b).splitlines()[0] == "clip 1 trimmed: in 1.00 s → 1.33 s"
    # Alone it is told: the two are not the same.
    c = laid(a, [replace(film, source_start_frames=48, source_rate_fps=Fraction(48001, 1001)), a.clips[1]])
    assert told(a, c).startswith("clip 1 ")
