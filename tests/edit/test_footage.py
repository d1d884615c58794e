"""Which footage counts as the same."""

from edit.made_library import make_clip, make_request, make_song
from rushes.edit.solve import edit_timeline

COPY = [make_clip(name, 5.0, score=0.9, digest="same") for name in ("a.mp4", "a_copy.mp4")]
OTHERS = [make_clip(f"c{at}.mp4", 5.0, score=0.4) for at in range(4)]


def files_of(clips, **edit):
    timeline = edit_timeline(make_request(clips, make_song(), duration_s=9.0, **edit))
    return [clip.file for clip in timeline.clips], timeline


def test_a_copy_of_a_clip_is_not_further_footage():
    files, timeline = files_of([*COPY, *OTHERS])
    assert "a.mp4" in files
    assert "a_copy.mp4" not in files
    assert "a_copy.mp4 is a copy of a.mp4: they count as one clip" in timeline.ai_reasoning.notes


def test_uses_of_copies_are_counted_together_and_do_not_share_source():
    _, timeline = files_of([*COPY, *OTHERS[:2]], max_uses_per_clip=2, max_shot_s=2.5)
    ranges = sorted(
        (clip.source_start_frames, clip.source_start_frames + clip.duration_frames)
        for clip in timeline.clips
        if clip.digest == "same"
    )
    assert len(ranges) == 2
    assert ranges[0][1] <= ranges[1][0]


def test_a_copy_that_must_be_used_stands_for_both():
    files, _ = files_of([*COPY, *OTHERS], must_use=("a_copy.mp4",))
    assert "a_copy.mp4" in files
    assert "a.mp4" not in files
    both, _ = files_of([*COPY, *OTHERS], must_use=("a_copy.mp4", "a.mp4"))
    assert both.count("a.mp4") + both.count("a_copy.mp4") == 1


def test_a_clip_that_is_never_used_is_not_used_as_its_copy_either():
    files, _ = files_of([*COPY, *OTHERS], never_use=("a.mp4",))
    assert set(files) <= {clip["clip"] for clip in OTHERS}
