from dataclasses import replace
from fractions import Fraction

import pytest
from edit.made_library import make_request, make_shoot, make_song
from rushes.edit.borders import section_between
from rushes.edit.solve import edit_timeline
from rushes.errors import RecipeError


@pytest.fixture(scope="module")
def timeline():
    """Shots of 1, 2, 1 and 2 s: cuts at 0, 1, 3, 4 and 6 s."""
    made = edit_timeline(make_request(make_shoot(12, 1), make_song(), duration_s=6.0))
    starts, lengths = (0, 30, 90, 120), (30, 60, 30, 60)
    clips = tuple(
        replace(made.clips[0], id=f"c{at}", timeline_start_frames=start, duration_frames=length)
        for at, (start, length) in enumerate(zip(starts, lengths, strict=True))
    )
    return replace(made, clips=clips, transitions=(), duration_frames=180)


@pytest.mark.parametrize(
    ("start_s", "end_s", "frames", "notes"),
    [
        (1, 4, (30, 120), ()),
        (None, 3, (0, 90), ()),
        (4, None, (120, 180), ()),
        (None, None, (0, 180), ()),
        (
            "0.8",
            "3.4",
            (30, 90),
            ("begins at 1s, the cut nearest to 0.8s", "ends at 3s, the cut nearest to 3.4s"),
        ),
        (2, "3.9", (30, 120), ("begins at 1s, the cut nearest to 2s", "ends at 4s, the cut nearest to 3.9s")),
        ("1.004", "3.996", (30, 120), ()),
    ],
)
def test_borders_are_the_nearest_cuts_of_two_the_earlier(timeline, start_s, end_s, frames, notes):
    start_s, end_s = (None if at is None else Fraction(at) for at in (start_s, end_s))
    section = section_between(timeline, start_s, end_s)
    assert (section.start_frames, section.end_frames) == frames
    assert section.notes == tuple(f"the section {note}" for note in notes)


@pytest.mark.parametrize(
    ("start_s", "end_s", "said"),
    [
        (3, 1, "--section 3s..1s is empty"),
        (6, 7, "--section 6s..7s is not inside the edit, which lasts 6s"),
        (2, 9, "--section 2s..9s is not inside the edit, which lasts 6s"),
        ("1.2", "1.9", "--section 1.2s..1.9s lies inside one shot or around one cut"),
        ("2.9", "3.1", "--section 2.9s..3.1s lies inside one shot or around one cut"),
    ],
)
def test_sections_that_hold_no_shot_are_told(timeline, start_s, end_s, said):
    with pytest.raises(RecipeError, match=said):
        section_between(timeline, Fraction(start_s), Fraction(end_s))


def test_inside_one_shot_the_section_that_holds_it_is_named(timeline):
    with pytest.raises(RecipeError) as told:
        section_between(timeline, Fraction("1.2"), Fraction("1.9"))
    assert told.value.problems[0].fix.startswith("--section 1s..3s makes clip 2 (c1, ")
