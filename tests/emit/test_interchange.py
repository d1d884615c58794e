"""What all formats say: conversions of rates, handles of dissolves, markers."""

from dataclasses import replace
from fractions import Fraction

import pytest
from interchange_samples import NTSC_24, NTSC_30, dissolved, media, plain_edit, song_media
from rushes.emit.interchange import Dissolve, Mark, as_text, plan_exchange
from rushes.emit.interchange_edl import edl_text
from rushes.emit.interchange_fcp7 import fcp7_text
from rushes.emit.interchange_fcpx import fcpx_text
from rushes.emit.interchange_otio import otio_text
from rushes.errors import RenderError
from rushes.timeline.titles import placed
from timeline_samples import title


def test_source_positions_are_counted_in_frames_of_the_file_each_from_its_exact_time():
    edit, files = plain_edit()
    rate = Fraction(2991, 100)
    shots = tuple(replace(clip, source_rate_fps=rate, source_start_frames=29910) for clip in edit.clips)
    files = {name: media(name, NTSC_30) for name in files}
    for shot in plan_exchange(replace(edit, clips=shots), files).shots:
        # 29910 pictures of a file that averages 29.91 are 1000 s, which programs count as 29970 of 29.97.
        assert shot.source_frames == 29970


def test_positions_far_into_a_file_do_not_drift():
    edit, files = plain_edit()
    files["front_01.mp4"] = media(rate_fps=NTSC_24, frames=1_000_000)
    first = replace(edit.clips[0], source_rate_fps=NTSC_24)
    at = [replace(first, source_start_frames=frames) for frames in (0, 1, 99_999, 123_457)]
    for clip in at:
        shot = plan_exchange(replace(edit, clips=(clip,), transitions=()), files).shots[0]
        assert shot.source_frames == clip.source_start_frames


@pytest.mark.parametrize(
    ("before_in", "after_out", "length", "found"),
    [
        (36, 1000, 6, Dissolve(3, 3)),
        (36, 1000, 7, Dissolve(3, 4)),
        (36, 1000, 1, Dissolve(0, 1)),
        (2, 1000, 6, Dissolve(2, 3)),
        (0, 1000, 6, Dissolve(0, 1)),
        (36, 2, 6, Dissolve(2, 2)),
        (36, 0, 6, None),
    ],
)
def test_a_dissolve_is_no_longer_than_the_media_on_both_sides(before_in, after_out, length, found):
    edit, files = plain_edit()
    files["front_01.mp4"] = media(frames=36 + 30 + after_out)
    clips = (edit.clips[0], replace(edit.clips[1], source_start_frames=before_in), edit.clips[2])
    exchange = plan_exchange(dissolved(replace(edit, clips=clips), 0, length), files)
    assert exchange.shots[1].dissolve == found


def test_a_hard_cut_is_no_dissolve():
    edit, files = plain_edit()
    assert [shot.dissolve for shot in plan_exchange(edit, files).shots] == [None, None, None]


def test_one_marker_a_frame_and_the_weightiest_wins():
    edit, files = plain_edit()
    song = replace(edit.song, start_s=0.25, beats=(0.0, 0.5, 1.0), downbeats=(1.0,), drops=(0.5, 2.0, 9.0))
    marks = plan_exchange(replace(edit, song=song), files, song_media()).marks
    assert marks == (Mark(8, "drop", "drop"), Mark(23, "downbeat", "beat 2"), Mark(53, "drop", "drop"))


def test_the_song_ends_where_its_file_does():
    edit, files = plain_edit()
    song = replace(edit.song, start_s=1.0)
    sound = plan_exchange(replace(edit, song=song), files, song_media(frames=75)).sound
    assert (sound.start_s, sound.frames) == (1, 45)


def test_each_file_is_listed_once_in_order_of_use_and_the_song_last():
    edit, files = plain_edit()
    clips = (edit.clips[1], edit.clips[0], replace(edit.clips[2], file=edit.clips[1].file))
    exchange = plan_exchange(replace(edit, clips=clips), files, song_media())
    assert [file.name for file in exchange.media] == ["side_02.mp4", "front_01.mp4", "my song.mp3"]


def test_a_rate_that_no_program_has_is_refused():
    edit, files = plain_edit()
    with pytest.raises(RenderError, match=r"29\.910 frames per second, which editing programs do not know"):
        plan_exchange(replace(edit, rate_fps=Fraction(2991, 100)), files)


def test_drop_frame_is_the_rule_where_it_exists_and_refused_elsewhere():
    edit, files = plain_edit()
    at_ntsc = replace(edit, rate_fps=NTSC_30)
    assert plan_exchange(at_ntsc, files).drop
    assert not plan_exchange(at_ntsc, files, timecode="non-drop").drop
    assert not plan_exchange(edit, files).drop
    with pytest.raises(RenderError, match="no drop-frame timecode at 30 frames per second"):
        plan_exchange(edit, files, timecode="drop")


def test_names_lose_what_no_text_can_hold():
    assert as_text("a\nb\x00c\udcff ü & <x>") == "a\ufffdb\ufffdc\ufffd ü & <x>"


def test_titles_are_marks_with_their_text_and_length_in_every_format():
    edit, files = plain_edit()
    two = title("hello", "time", from_s=1.0, until_s=2.0)
    edit = placed(
        replace(edit, song=None), (replace(two, look=replace(two.look, text="Grüße\nfrom <Rome>")),)
    )
    made = plan_exchange(edit, files)
    assert made.marks == (Mark(30, "title", "title hello: Grüße / from <Rome>", 30),)
    assert "title hello: Grüße / from <Rome>" in otio_text(made)
    for write in (fcp7_text, fcpx_text):
        assert "title hello: Grüße / from &lt;Rome&gt;" in write(made)
    assert "* LOC: 01:00:01:00 CYAN    title hello: Grüße / from <Rome>" in edl_text(made)


def test_an_edit_without_a_song_has_no_marks():
    edit, files = plain_edit()
    assert plan_exchange(replace(edit, song=None), files).marks == ()
