"""Edits made elsewhere, told apart by what they do."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.timeline.changes import (
    ClipAdded,
    ClipDeleted,
    ClipReordered,
    ClipReplaced,
    ClipTrimmed,
    ImportedClip,
    ImportedTimeline,
    change_to_json,
    changes_between,
    changes_to_lines,
)
from timeline_samples import timeline

EDIT = timeline((30, 45, 30, 60))
NTSC_24 = Fraction(24000, 1001)


def as_imported(edit=EDIT, ids=True):
    """The edit as another program would give it back untouched."""
    clips = tuple(
        ImportedClip(
            id=clip.id if ids else None,
            file=clip.file,
            source_start_frames=clip.source_start_frames,
            source_rate_fps=clip.source_rate_fps,
            duration_frames=clip.duration_frames,
        )
        for clip in edit.clips
    )
    return ImportedTimeline(rate_fps=edit.rate_fps, clips=clips)


def with_clips(*clips):
    return ImportedTimeline(rate_fps=EDIT.rate_fps, clips=clips)


def applied(edit, changes):
    """(id, file, source start, duration) of every clip after the changes, applied one after another."""
    facts = {
        clip.id: (clip.file, clip.source_start_s(), clip.duration_frames, clip.source_rate_fps)
        for clip in edit.clips
    }
    order = [clip.id for clip in edit.clips]
    for change in changes:
        if isinstance(change, ClipDeleted):
            order.remove(change.clip_id)
        elif isinstance(change, ClipTrimmed):
            file, _, _, rate = facts[change.clip_id]
            start_s = change.source_start_frames / rate
            facts[change.clip_id] = (file, start_s, change.duration_frames, rate)
        elif isinstance(change, ClipReordered):
            order.remove(change.clip_id)
            order.insert(order.index(change.after) + 1 if change.after else 0, change.clip_id)
        else:
            start_s = change.source_start_frames / change.source_rate_fps
            facts[change.clip_id] = (change.file, start_s, change.duration_frames, change.source_rate_fps)
            if isinstance(change, ClipAdded):
                order.insert(order.index(change.after) + 1 if change.after else 0, change.clip_id)
    return [facts[clip_id][:3] for clip_id in order]


@pytest.mark.parametrize("ids", [True, False])
def test_an_edit_that_comes_back_untouched_has_no_changes(ids):
    assert changes_between(EDIT, as_imported(ids=ids)) == ()


@pytest.mark.parametrize("ids", [True, False])
def test_a_clip_that_is_gone_was_deleted_and_nothing_else(ids):
    a, _, c, d = as_imported(ids=ids).clips
    assert changes_between(EDIT, with_clips(a, c, d)) == (ClipDeleted(clip_id="c02"),)


@pytest.mark.parametrize("ids", [True, False])
def test_a_clip_at_another_place_was_moved_and_nothing_else(ids):
    a, b, c, d = as_imported(ids=ids).clips
    moved = changes_between(EDIT, with_clips(b, c, d, a))
    assert moved == (ClipReordered(clip_id="c01", after="c04", place=4),)
    assert changes_between(EDIT, with_clips(d, a, b, c)) == (
        ClipReordered(clip_id="c04", after=None, place=1),
    )


@pytest.mark.parametrize("ids", [True, False])
def test_another_in_point_or_length_is_a_trim_and_nothing_else(ids):
    a, b, c, d = as_imported(ids=ids).clips
    later = replace(b, source_start_frames=b.source_start_frames + 1, duration_frames=44)
    assert changes_between(EDIT, with_clips(a, later, c, d)) == (
        ClipTrimmed(clip_id="c02", source_start_frames=43, duration_frames=44),
    )
    shorter = replace(c, duration_frames=29)
    assert changes_between(EDIT, with_clips(a, b, shorter, d)) == (
        ClipTrimmed(clip_id="c03", source_start_frames=48, duration_frames=29),
    )


def test_another_file_in_the_same_place_is_a_replacement():
    a, b, c, d = as_imported(ids=False).clips
    other = replace(b, file="unused.mp4", source_start_frames=7)
    wanted = ClipReplaced(
        clip_id="c02",
        file="unused.mp4",
        source_start_frames=7,
        source_rate_fps=Fraction(30),
        duration_frames=45,
    )
    assert changes_between(EDIT, with_clips(a, other, c, d)) == (wanted,)
    with_id = replace(other, id="c02")
    assert changes_between(EDIT, with_clips(a, with_id, c, d)) == (wanted,)


def test_our_id_with_another_file_is_a_replacement_wherever_it_stands():
    a, b, c, d = as_imported().clips
    other = replace(b, file="unused.mp4")
    kinds = [change.action for change in changes_between(EDIT, with_clips(a, c, d, other))]
    assert kinds == ["clip_replaced", "clip_reordered"]


def test_a_clip_cut_in_two_keeps_its_id_in_the_half_that_begins_as_it_did():
    a, b, c, d = as_imported().clips
    head = replace(b, duration_frames=20)
    tail = replace(b, source_start_frames=b.source_start_frames + 20, duration_frames=25)
    assert changes_between(EDIT, with_clips(a, head, tail, c, d)) == (
        ClipTrimmed(clip_id="c02", source_start_frames=42, duration_frames=20),
        ClipAdded(
            clip_id="added_01",
            file="side_02.mp4",
            source_start_frames=62,
            source_rate_fps=Fraction(30),
            duration_frames=25,
            after="c02",
            place=3,
        ),
    )


def test_without_ids_the_nearest_source_range_of_the_file_is_the_clip():
    same_file = replace(
        EDIT,
        clips=tuple(
            replace(clip, file="one.mp4", source_start_frames=at)
            for clip, at in zip(EDIT.clips, (0, 100, 200, 300), strict=True)
        ),
    )
    a, b, c, d = as_imported(same_file, ids=False).clips
    trimmed = replace(c, source_start_frames=210)
    assert changes_between(same_file, with_clips(a, trimmed, b, d)) == (
        ClipTrimmed(clip_id="c03", source_start_frames=210, duration_frames=30),
        ClipReordered(clip_id="c02", after="c03", place=3),
    )


def test_everything_gone_is_a_deletion_of_each():
    assert changes_between(EDIT, with_clips()) == tuple(ClipDeleted(clip_id=clip.id) for clip in EDIT.clips)


@pytest.mark.parametrize("rate", [Fraction(24), NTSC_24, Fraction(25), Fraction(60)])
def test_a_program_that_counts_source_frames_at_another_rate_changes_nothing(rate):
    clips = tuple(
        replace(clip, source_start_frames=int(clip.source_start_s() * rate), source_rate_fps=rate)
        for clip in as_imported().clips
    )
    assert changes_between(EDIT, with_clips(*clips)) == ()


def test_a_timeline_of_another_rate_is_converted():
    doubled = tuple(replace(clip, duration_frames=clip.duration_frames * 2) for clip in as_imported().clips)
    assert changes_between(EDIT, ImportedTimeline(rate_fps=Fraction(60), clips=doubled)) == ()


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.data())
def test_the_changes_applied_one_after_another_give_the_imported_edit(data):
    edit = timeline(tuple(data.draw(st.lists(st.integers(10, 60), min_size=1, max_size=7))))
    ids = data.draw(st.booleans())
    clips = list(data.draw(st.permutations(as_imported(edit, ids).clips)))
    clips = clips[: data.draw(st.integers(0, len(clips)))]
    for at in range(len(clips)):
        kind = data.draw(st.sampled_from(("keep", "keep", "trim", "replace", "double")))
        if kind == "trim":
            clips[at] = replace(clips[at], duration_frames=data.draw(st.integers(1, 80)))
        elif kind == "replace":
            clips[at] = replace(
                clips[at], file="other.mp4", source_start_frames=data.draw(st.integers(0, 90))
            )
        elif kind == "double":
            clips.append(clips[at])
    imported = with_clips(*clips)
    found = applied(edit, changes_between(edit, imported))
    assert found == [(clip.file, clip.source_start_s(), clip.duration_frames) for clip in clips]
    assert changes_between(edit, imported) == changes_between(edit, imported)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.permutations(range(6)))
def test_no_more_clips_move_than_must(order):
    edit = timeline((30,) * 6)
    clips = as_imported(edit).clips
    moves = changes_between(edit, with_clips(*(clips[at] for at in order)))
    longest = [1] * 6
    for at in range(6):
        longest[at] = 1 + max((longest[b] for b in range(at) if order[b] < order[at]), default=0)
    assert len(moves) == 6 - max(longest)


def test_changes_are_said_in_an_editors_words_and_as_data():
    a, b, c, _ = as_imported().clips
    trimmed = replace(b, source_start_frames=b.source_start_frames + 15, duration_frames=30)
    other = replace(c, id=None, file="unused.mp4", source_start_frames=60)
    new = replace(c, id=None, file="extra.mp4")
    changes = changes_between(EDIT, with_clips(trimmed, a, other, new, new))
    assert changes_to_lines(changes, EDIT) == [
        "clip 3 (c03, overhead_03.mp4) deleted",
        "clip 4 (c04, front_04.mp4) deleted",
        "clip 2 (c02, side_02.mp4) trimmed: 1.40-2.90 s → 1.90-2.90 s of its file",
        "clip 1 (c01, front_01.mp4) moved to place 2",
        "added_01 (unused.mp4) added as clip 3, 1.00 s long",
        "added_02 (extra.mp4) added as clip 4, 1.00 s long",
        "added_03 (extra.mp4) added as clip 5, 1.00 s long",
    ]
    assert change_to_json(changes[4]) == {
        "action": "clip_added",
        "clip_id": "added_01",
        "file": "unused.mp4",
        "source_start_frames": 60,
        "source_rate_fps": "30",
        "duration_frames": 30,
        "after": "c01",
        "place": 3,
    }


def test_a_slip_and_a_replacement_have_words_of_their_own():
    a, b, c, d = as_imported().clips
    slipped = replace(a, source_start_frames=66)
    other = replace(c, file="unused.mp4", source_start_frames=60)
    texts = changes_to_lines(changes_between(EDIT, with_clips(slipped, b, other, d)), EDIT)
    assert texts == [
        "clip 3 (c03, overhead_03.mp4) replaced by unused.mp4 from 2.00 s",
        "clip 1 (c01, front_01.mp4) slipped: 1.20-2.20 s → 2.20-3.20 s of its file",
    ]


def test_a_clip_that_moves_beside_a_deleted_one_is_told_with_both_its_numbers():
    edit = timeline((30,) * 5)
    a, _, c, d, e = as_imported(edit).clips
    lines = changes_to_lines(changes_between(edit, with_clips(a, c, e, d)), edit)
    assert lines[0] == "clip 2 (c02, side_02.mp4) deleted"
    assert lines[1] in (
        "clip 5, now 4 (c05, side_05.mp4) moved to place 3",
        "clip 4, now 3 (c04, front_04.mp4) moved to place 4",
    )
