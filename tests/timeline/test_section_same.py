"""Whether a section that took long to make fits what was edited meanwhile."""

from dataclasses import replace
from fractions import Fraction

from rushes.timeline.parts_document import clip_document
from rushes.timeline.section_same import section_fits
from timeline_samples import timeline

RATE = Fraction(30)
THEN = timeline((30,) * 5)


def payload(clip):
    """The third of five shots made anew."""
    return {"section_start_frames": 60, "section_end_frames": 90, "clips": [clip_document(clip, RATE)]}


def with_clip(place, **facts):
    clips = list(THEN.clips)
    clips[place] = replace(clips[place], **facts)
    return replace(THEN, clips=tuple(clips))


NEW = replace(THEN.clips[2], id="new", digest="f" * 64, file="other.mp4", source_start_frames=0)


def test_a_section_fits_where_nothing_or_something_far_away_changed():
    assert section_fits(payload(NEW), THEN, THEN)
    assert section_fits(payload(NEW), THEN, with_clip(0, source_start_frames=3))
    assert section_fits(payload(NEW), THEN, with_clip(1, locked=True))


def test_a_section_does_not_fit_where_something_in_it_or_beside_it_changed():
    assert not section_fits(payload(NEW), THEN, with_clip(2, locked=True))
    for place in (1, 3):
        assert not section_fits(payload(NEW), THEN, with_clip(place, source_start_frames=3))
    cut = replace(THEN.transitions[1], type="quick_dissolve", duration_frames=4)
    assert not section_fits(payload(NEW), THEN, replace(THEN, transitions=(THEN.transitions[0], cut)))


def test_a_section_does_not_fit_where_its_new_shot_is_shown_or_deleted_elsewhere_since():
    shown = {"digest": NEW.digest, "file": NEW.file, "source_start_frames": 20}
    assert not section_fits(payload(NEW), THEN, with_clip(0, **shown))
    assert section_fits(payload(NEW), THEN, with_clip(0, **(shown | {"source_start_frames": 30})))
    gone = {"digest": NEW.digest, "source_start_frames": 0, "source_end_frames": 9, "source_rate_fps": "30"}
    assert not section_fits(payload(NEW), THEN, replace(THEN, deleted_clips=(gone,)))
