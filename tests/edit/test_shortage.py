from itertools import pairwise

import pytest
from edit.made_library import make_clip, make_request, make_shoot, make_song
from rushes.edit import attempt
from rushes.edit.feasible import LITTLE, lawful_edit
from rushes.edit.solve import edit_timeline
from rushes.errors import ConstraintError
from rushes.recipe.constraint_spec import ConstraintSpec


def refused(*arguments, **edit):
    with pytest.raises(ConstraintError) as caught:
        edit_timeline(make_request(*arguments, **edit))
    assert caught.value.exit_code == 4
    return str(caught.value)


def test_too_little_footage_is_told_in_numbers_with_what_would_help():
    clips = [make_clip(f"c{at}.mp4", 3.0, rejected=at >= 5) for at in range(8)]
    assert refused(clips, make_song(), duration_s=20.0) == (
        "the footage cannot fill 20.00 s: 5 clips of 8 may be used, for at most 12.50 s with 1 use per clip,"
        " shots of 0.5 to 4 s; left out: 3 too dark\n"
        "    fix: add 2 clips of at least 4.2 s, or --set edit.duration_s=12.5, or --set edit.if_short=shorten,"
        " or --set edit.if_short=repeat"
    )


def test_the_clips_that_it_asks_for_are_enough():
    clips = [make_clip(f"c{at}.mp4", 3.0) for at in range(5)]
    more = [make_clip(f"new{at}.mp4", 4.3) for at in range(2)]
    assert edit_timeline(make_request([*clips, *more], make_song(), duration_s=20.0)).duration_frames >= 585
    assert refused([*clips, more[0]], make_song(), duration_s=20.0).startswith(
        "the footage cannot fill 20.00 s"
    )


def test_a_streak_that_cannot_be_kept_is_named_with_one_that_can():
    clips = [make_clip(f"c{at:02d}.mp4", 6.0, angle="front" if at else "side") for at in range(20)]
    assert refused(clips, make_song(), duration_s=20.0, max_shot_s=2.0) == (
        "the footage cannot fill 20.00 s: 20 clips of 20 may be used, for at most 10.00 s with 1 use per clip,"
        " shots of 0.5 to 2 s, at most 2 shots of one angle in a row\n"
        "    fix: add 2 clips of at least 2.2 s, or --set edit.max_same_angle_streak=5, or --set edit.duration_s=10,"
        " or --set edit.if_short=shorten, or --set edit.if_short=repeat"
    )
    timeline = edit_timeline(
        make_request(clips, make_song(), duration_s=20.0, max_shot_s=2.0, max_same_angle_streak=5)
    )
    assert timeline.duration_frames == 600


def test_the_shorter_edit_that_it_names_keeps_the_constraints_too():
    clips = [make_clip(f"c{at}.mp4", 3.0, shot_type="wide" if at else "close_up") for at in range(6)]
    close_ups = ConstraintSpec(name="close_ups", share="shot_type == 'close_up'", min=0.4)
    asked = {"constraints": (close_ups,), "min_shot_s": 1.0}
    assert refused(clips, make_song(), duration_s=20.0, **asked) == (
        "the footage cannot fill 20.00 s: 6 clips of 6 may be used, for at most 15.00 s with 1 use per clip,"
        " shots of 1 to 4 s\n    fix: add at least 2 clips of at least 4.2 s, or --set edit.duration_s=6,"
        " or --set edit.if_short=shorten, or --set edit.if_short=repeat"
    )
    for way in ({"duration_s": 6.0}, {"if_short": "shorten"}, {"if_short": "repeat"}):
        assert edit_timeline(make_request(clips, make_song(), **{"duration_s": 20.0, **asked, **way})).clips


def test_what_would_not_help_is_not_named():
    clips = [make_clip(f"c{at}.mp4", 3.0) for at in range(5)]
    close_ups = ConstraintSpec(name="close_ups", share="shot_type == 'close_up'", min=0.4)
    assert refused(clips, make_song(), duration_s=20.0, constraints=(close_ups,)) == (
        "the footage cannot fill 20.00 s: 5 clips of 5 may be used, for at most 12.50 s with 1 use per clip,"
        " shots of 0.5 to 4 s\n    fix: add at least 2 clips of at least 4.2 s"
    )


def test_no_footage_and_only_rejected_footage_are_told_apart():
    assert refused([make_clip("c.mp4", 5.0, rejected=True)], make_song(), duration_s=10.0) == (
        "none of 1 clip may be used: 1 too dark\n"
        "    fix: lower the thresholds of the rules that reject, or add footage"
    )
    request = make_request([make_clip("c.mp4", 5.0)], make_song(), duration_s=10.0)
    fields = {name: getattr(request, name) for name in type(request).__slots__}
    for name in ("segments", "samples", "clips"):
        fields[name] = fields[name].clear()
    with pytest.raises(ConstraintError) as caught:
        edit_timeline(type(request)(**fields))
    assert str(caught.value) == (
        "there is no footage: no clip could be read\n    fix: put clips into the footage folder"
    )


def test_a_must_use_that_matches_nothing_and_one_that_is_rejected_are_both_reported():
    clips = [make_clip(f"c{at}.mp4", 5.0, rejected=at == 3) for at in range(9)]
    text = refused(clips, make_song(), duration_s=10.0, must_use=("hero*", "c3.mp4", "c4.mp4"))
    assert text == (
        "edit.must_use 'c3.mp4' cannot be used: c3.mp4 is left out (too dark)\n"
        "    fix: take it out of edit.must_use, or change what leaves it out\n"
        "edit.must_use 'hero*' cannot be used: no clip matches it\n"
        "    fix: name a clip, or take it out of edit.must_use"
    )


def test_more_must_use_clips_than_shots_conflict_with_each_other():
    clips = [make_clip(f"c{at}.mp4", 5.0) for at in range(9)]
    wanted = tuple(f"c{at}.mp4" for at in range(5))
    text = refused(clips, make_song(), duration_s=4.0, min_shot_s=1.0, must_use=wanted)
    lines = [
        line
        for at in range(5)
        for line in (
            f"edit.must_use.{at} asks for a clip that matches 'c{at}.mp4'",
            f"    fix: take 'c{at}.mp4' out of edit.must_use",
        )
    ]
    assert text == (
        "no edit of 4.00 s with shots of 1 to 4 s keeps these 5 together, though any 4 of them can be kept:"
        " edit.must_use.0, edit.must_use.1, edit.must_use.2, edit.must_use.3, edit.must_use.4\n"
        "    fix: loosen one of them, each as said below, or --set edit.min_shot_s=0.5\n" + "\n".join(lines)
    )


def test_must_use_and_never_use_are_kept():
    timeline = edit_timeline(
        make_request(
            make_shoot(20),
            make_song(),
            duration_s=12.0,
            must_use=("clip_003*", "clip_00[12]*"),
            never_use=("clip_01*",),
        )
    )
    used = {clip.file for clip in timeline.clips}
    assert "clip_003.mp4" in used
    assert used & {"clip_001.mp4", "clip_002.mp4"}
    assert not any(name.startswith("clip_01") for name in used)


def test_shorten_makes_the_longest_edit_that_there_is_and_says_so():
    clips = [make_clip(f"c{at}.mp4", 3.0) for at in range(5)]
    timeline = edit_timeline(make_request(clips, make_song(), duration_s=20.0, if_short="shorten"))
    assert timeline.duration_frames == 375
    warning = "the footage fills 12.50 s of 20.00 s: the edit is that short (edit.if_short=shorten)"
    assert warning in timeline.ai_reasoning.warnings


def test_repeat_takes_other_parts_of_a_clip_before_the_same_part():
    clips = [make_clip(f"c{at}.mp4", 8.0) for at in range(3)]
    timeline = edit_timeline(make_request(clips, make_song(), duration_s=18.0, if_short="repeat"))
    assert timeline.duration_frames == 540
    warning = "the footage is short: a clip is used up to 2 times, each time another part of it (edit.if_short=repeat)"
    assert warning in timeline.ai_reasoning.warnings
    ranges = sorted((clip.file, clip.source_start_frames, clip.duration_frames) for clip in timeline.clips)
    for (file, start, length), (other, next_start, _) in pairwise(ranges):
        assert file != other or start + length <= next_start


def test_repeat_shows_one_clip_again_and_again_where_there_is_no_other():
    timeline = edit_timeline(
        make_request([make_clip("only.mp4", 3.0)], make_song(), duration_s=10.0, if_short="repeat")
    )
    assert {clip.file for clip in timeline.clips} == {"only.mp4"}
    assert timeline.duration_frames == 300
    assert any("within one clip" in note for note in timeline.ai_reasoning.notes)


def test_a_song_of_three_seconds_is_too_short_unless_the_edit_may_be():
    song = make_song(3.0, quiet_until_s=9.0)
    assert refused(make_shoot(9), song, duration_s=15.0) == (
        "the song lasts 3.00 s, the edit needs 15 s (edit.tolerance_s 0.5)\n"
        "    fix: use a longer song, --set edit.duration_s=3, or --set edit.if_short=shorten"
    )
    timeline = edit_timeline(make_request(make_shoot(9), song, duration_s=15.0, if_short="shorten"))
    assert timeline.duration_frames == 78
    warning = "the song is too short for 15 s: the edit is 2.60 s long (edit.if_short=shorten)"
    assert warning in timeline.ai_reasoning.warnings


def test_only_one_known_angle_lifts_the_limit_on_streaks():
    clips = [make_clip(f"c{at}.mp4", 5.0, angle="front") for at in range(12)]
    timeline = edit_timeline(make_request(clips, make_song(), duration_s=12.0))
    note = "only the angle front is known in the footage: the limit on streaks of one angle does not apply"
    assert note in timeline.ai_reasoning.notes


def test_bars_longer_than_any_shot_are_refused():
    assert refused(make_shoot(20), make_song(bpm=50.0), duration_s=20.0, grid="downbeat") == (
        "edit.grid is downbeat, one every 4.80 s of the song, above edit.max_shot_s (4 s)\n"
        "    fix: --set edit.max_shot_s=4.9 or a finer edit.grid"
    )


def test_shots_that_fit_no_grid_are_refused():
    assert refused(make_shoot(20), make_song(), duration_s=20.0, min_shot_s=0.6, max_shot_s=0.8) == (
        "no row of shots of 0.6 to 0.8 s fills 20.00 s with cuts on the beat grid\n"
        "    fix: widen edit.min_shot_s and edit.max_shot_s, or --set edit.grid=half_beat"
    )


def test_a_start_behind_the_end_of_the_song_is_refused():
    assert refused(make_shoot(9), make_song(), duration_s=15.0, song_start_s=75.0) == (
        "song.start_s is 75 s, but the song lasts 60.00 s\n    fix: set it to an earlier time, or leave it out"
    )


def test_of_a_large_shortage_few_ways_out_are_tried_and_with_little_effort(monkeypatch):
    efforts = []

    def counted(problem, **said):
        efforts.append(said["effort"])
        return lawful_edit(problem, **said)

    monkeypatch.setattr(attempt, "lawful_edit", counted)
    clips = [make_clip(f"c{at:02d}.mp4", 2.4) for at in range(28)]
    text = refused(clips, make_song(), duration_s=59.0)
    assert text.startswith("the footage cannot fill 59.00 s: 28 clips of 28 may be used, for at most 56.00 s")
    assert "--set edit.duration_s=42, or --set edit.if_short=shorten" in text
    assert LITTLE in efforts
    assert len(efforts) <= 4
    assert edit_timeline(make_request(clips, make_song(), duration_s=42.0)).clips
