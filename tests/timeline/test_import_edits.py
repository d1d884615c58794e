"""Changes of another program as edits, which come out of the fold as that program has them.

Clips of 30 frames at 30 fps and files of 4 s; clip n (from 1) shows its file from source frame 36 + 6 (n - 1).
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from edit_samples import four_seconds, log_of, ramped, shots, sources, unknown_length
from rushes.timeline.changes import ClipAdded, ClipDeleted, ClipReordered, ClipReplaced, ClipTrimmed
from rushes.timeline.check import problems_of
from rushes.timeline.edit_log import EditError
from rushes.timeline.fold import fold
from rushes.timeline.import_edits import edits_of_changes
from rushes.timeline.tree import Chosen, Reason, Reframe, ReframeKey
from timeline_samples import timeline

PLAN = timeline()
DIGESTS = {clip.file: clip.digest for clip in PLAN.clips} | {"new.mp4": "e" * 64}


def edits(*changes, plan=PLAN, step=1, media=four_seconds):
    return edits_of_changes(plan, changes, DIGESTS, step, media)


def imported(*changes, plan=PLAN, **options):
    """The plan after these changes, made as one step."""
    got = fold(plan, log_of([edits(*changes, plan=plan, **options)]).entries)
    assert problems_of(got) == ()
    return got


def added(file="new.mp4", start=10, after=None, duration=30, clip_id="new", **facts):
    said = {"source_rate_fps": Fraction(30), "place": 1} | facts
    return ClipAdded(
        clip_id=clip_id, file=file, source_start_frames=start, duration_frames=duration, after=after, **said
    )


def test_no_change_is_no_edit():
    assert edits() == ()


def test_a_deleted_clip_goes_and_the_gap_closes_without_anybody_giving_time():
    got = imported(ClipDeleted(clip_id="c02"))
    assert shots(got) == [("c01", 0, 30), ("c03", 30, 30)]
    assert [gone["clip_id"] for gone in got.deleted_clips] == ["c02"]


def test_a_trimmed_clip_has_its_new_range_and_its_neighbours_theirs():
    got = imported(ClipTrimmed(clip_id="c02", source_start_frames=45, duration_frames=50))
    assert shots(got) == [("c01", 0, 30), ("c02", 30, 50), ("c03", 80, 30)]
    assert sources(got) == {"c01": 36, "c02": 45, "c03": 48}


def test_a_replaced_clip_shows_the_other_file_at_its_place():
    change = ClipReplaced(
        clip_id="c02",
        file="new.mp4",
        source_start_frames=20,
        source_rate_fps=Fraction(25),
        duration_frames=40,
    )
    got = imported(change)
    clip = got.clips[1]
    assert shots(got) == [("c01", 0, 30), ("c02", 30, 40), ("c03", 70, 30)]
    assert (clip.file, clip.digest, clip.source_rate_fps) == ("new.mp4", "e" * 64, 25)


def test_a_replaced_clip_runs_as_it_was_filmed():

    plan = ramped(timeline((30, 45, 30)))
    change = ClipReplaced(
        clip_id="c02",
        file="new.mp4",
        source_start_frames=0,
        source_rate_fps=Fraction(30),
        duration_frames=45,
    )
    assert imported(change, plan=plan).clips[1].retime is None


@pytest.mark.parametrize(
    ("after", "order"),
    [(None, ["c02", "c01", "c03"]), ("c03", ["c01", "c03", "c02"]), ("c01", ["c01", "c02", "c03"])],
)
def test_a_moved_clip_goes_right_behind_the_one_that_is_named(after, order):
    got = imported(ClipReordered(clip_id="c02", after=after, place=1))
    assert [clip.id for clip in got.clips] == order
    assert sources(got) == sources(PLAN)


def test_changes_are_made_one_after_another():
    got = imported(
        ClipDeleted(clip_id="c01"),
        ClipReordered(clip_id="c03", after=None, place=1),
        added(after="c03"),
        added(after="new", start=50, clip_id="newer"),
    )
    assert [clip.file for clip in got.clips] == ["overhead_03.mp4", "new.mp4", "new.mp4", "side_02.mp4"]
    assert [clip.source_start_frames for clip in got.clips] == [48, 10, 50, 42]


def test_a_place_is_counted_without_what_is_deleted():
    changes = (ClipDeleted(clip_id="c01"), ClipReordered(clip_id="c02", after="c03", place=2))
    assert edits(*changes)[1].payload["place"] == 2
    assert [clip.id for clip in imported(*changes).clips] == ["c03", "c02"]


@pytest.mark.parametrize(("after", "place"), [(None, 0), ("c01", 1), ("c03", 3)])
def test_an_added_clip_stands_behind_the_one_that_is_named(after, place):
    got = imported(added(after=after))
    assert got.clips[place].file == "new.mp4"
    assert [clip.timeline_start_frames for clip in got.clips] == [0, 30, 60, 90]


def test_added_clips_have_names_that_no_other_ever_has_and_the_same_in_the_same_step():
    def names(*changes, step=1):
        return [edit.payload["clip"]["id"] for edit in edits(*changes, step=step)]

    twice = (added(), added(clip_id="again"))
    assert len({*names(*twice), *names(*twice, step=7), *names(added(start=11))}) == 5
    assert names(*twice) == names(*twice)
    assert all(name.startswith("c") and len(name) == 13 for name in names(*twice))


def test_of_an_added_file_that_the_edit_does_not_show_nothing_is_known():
    clip = imported(added()).clips[0]
    facts = clip.metadata
    assert (facts.angle, facts.shot_type, facts.visual_quality) == (None, None, None)
    assert (facts.ai_confidence, facts.ai_reasoning, facts.runner_up) == (
        0.0,
        "added in another program",
        None,
    )


CROP = Reframe(mode="steady", keys=(ReframeKey(at_s=1.4, x_01=0.7, y_01=0.5, width_01=0.3),))
CHOSEN = Chosen(
    source_start_frames=42,
    duration_frames=30,
    timeline_start_frames=30,
    before="front",
    part=None,
    because=(Reason(says="steady", of=("take",)),),
)


def with_second(**facts):
    """The plan whose second clip has other facts."""
    first, second, third = PLAN.clips
    metadata = replace(second.metadata, **facts.pop("metadata", {}))
    return replace(PLAN, clips=(first, replace(second, metadata=metadata, **facts), third))


def test_what_is_known_of_a_clip_holds_for_a_part_of_it_but_not_why_it_was_chosen():
    plan = with_second(reframe=CROP, metadata={"chosen": CHOSEN, "changed": ("range",)})
    clip = imported(added("side_02.mp4", 50, "c02", 20), plan=plan).clips[2]
    facts, near = clip.metadata, plan.clips[1].metadata
    assert (facts.angle, facts.shot_type, facts.visual_quality) == (
        near.angle,
        near.shot_type,
        near.visual_quality,
    )
    assert (facts.ai_confidence, facts.ai_reasoning) == (0.0, "added in another program")
    assert (facts.runner_up, facts.terms, facts.chosen, facts.changed) == (None, {}, None, ())
    assert clip.reframe == CROP


@pytest.mark.parametrize(
    ("start", "duration", "keeps"),
    [(42, 30, True), (50, 22, True), (50, 23, False), (41, 20, False), (72, 10, False)],
)
def test_a_crop_is_taken_over_where_nothing_is_shown_that_it_was_not_made_for(start, duration, keeps):
    plan = with_second(reframe=CROP)
    clip = imported(added("side_02.mp4", start, "c02", duration), plan=plan).clips[2]
    assert clip.reframe == (CROP if keeps else None)


def test_of_several_shots_of_a_file_the_one_that_begins_nearest_is_alike():
    first, second, third = PLAN.clips
    late = replace(third, file=second.file, digest=second.digest, source_start_frames=80)
    plan = replace(PLAN, clips=(first, second, late))
    for start, angle in ((60, "side"), (62, "overhead")):
        assert imported(added("side_02.mp4", start), plan=plan).clips[0].metadata.angle == angle


@pytest.mark.parametrize("change", ["trimmed", "replaced", "added"])
def test_what_is_shown_beyond_the_end_of_its_file_is_told(change):
    def ending(duration):
        """It begins at frame 90 of the 120 frames of its file."""
        if change == "trimmed":
            return ClipTrimmed(clip_id="c02", source_start_frames=90, duration_frames=duration)
        if change == "added":
            return added(start=90, duration=duration)
        return ClipReplaced(
            clip_id="c02",
            file="new.mp4",
            source_start_frames=90,
            source_rate_fps=Fraction(30),
            duration_frames=duration,
        )

    imported(ending(30))
    imported(ending(31))  # programs round to frames of their own
    imported(ending(99), media=unknown_length)
    with pytest.raises(EditError) as caught:
        edits(ending(32))
    file = "side_02.mp4" if change == "trimmed" else "new.mp4"
    assert str(caught.value) == (
        f"{file} is 4.00 s long, but is shown until 4.07 s\n    fix: let it end earlier in the other program"
    )


def test_all_that_is_shown_beyond_the_end_of_its_file_is_told_at_once():
    with pytest.raises(EditError) as caught:
        edits(
            ClipTrimmed(clip_id="c02", source_start_frames=90, duration_frames=60),
            added(start=90, duration=90),
        )
    assert [problem.what for problem in caught.value.problems] == [
        "new.mp4 is 4.00 s long, but is shown until 6.00 s",
        "side_02.mp4 is 4.00 s long, but is shown until 5.00 s",
    ]


def test_the_frame_that_is_allowed_beyond_the_end_is_the_longer_one_of_file_and_edit():
    # From 3.0 s for 1.066 s: 0.066 s beyond the end, less than a frame of 15 fps.
    slow = added(start=45, duration=32, source_rate_fps=Fraction(15))
    assert imported(slow).clips[0].source_end_s(PLAN.rate_fps) == 3 + Fraction(32, 30)
    with pytest.raises(EditError):
        edits(added(start=180, duration=32, source_rate_fps=Fraction(60)))
