"""A drawn person: what moves, and what is covered. That detectors see a face is tested where the detectors are."""

import numpy as np
from rushes.media.made_person import SIDE_PX, MadePerson, portrait, put


def plain(width_px=320, height_px=180, level=90):
    return np.full((height_px, width_px, 3), level, np.uint8)


def test_a_portrait_covers_the_face_and_leaves_the_corners_free():
    drawn = portrait(smile_01=0, mouth_open_01=0, turn=0)
    assert drawn.shape == (SIDE_PX, SIDE_PX, 4)
    assert drawn[265, 256, 3] == 255
    assert drawn[0, 0, 3] == drawn[0, -1, 3] == 0


def test_a_smile_shows_teeth_and_an_open_mouth_is_dark():
    closed, smile, opened = (
        portrait(smile_01=s, mouth_open_01=o, turn=0)[355:362, 246:266, :3].mean()
        for s, o in ((0, 0), (1, 0), (0, 1))
    )
    assert opened < closed < smile


def test_a_turned_head_moves_its_nose_and_keeps_its_shoulders():
    ahead, turned = (
        portrait(smile_01=0, mouth_open_01=0, turn=0),
        portrait(smile_01=0, mouth_open_01=0, turn=1),
    )
    assert np.array_equal(ahead[500:], turned[500:])
    assert not np.array_equal(ahead[300:330], turned[300:330])


def test_a_portrait_that_lies_partly_outside_is_cut_off():
    picture = plain()
    put(picture, portrait(smile_01=0, mouth_open_01=0, turn=0), centre_px=(0, 90), side_px=180)
    assert (picture[:, 100:] == 90).all()
    assert (picture[90, :20] != 90).any()


def test_somebody_who_talks_opens_the_mouth_when_the_voice_says_so():
    person = MadePerson(side_share_01=1.0, mouth_open_01=(0.0, 1.0), per_s=1)
    quiet, loud, after = plain(), plain(), plain()
    person.draw(quiet, 0.0)
    person.draw(loud, 1.0)
    person.draw(after, 9.0)
    assert not np.array_equal(quiet, loud)
    assert np.abs(after.astype(int) - loud).mean() < 20
