"""Levels for other programs: the numbers of the mix."""

from fractions import Fraction

import numpy as np
import pytest
from exported_edit import edit_on_disk
from rushes.emit.interchange import LevelKey
from rushes.emit.interchange_levels import level_keys, mix_of
from rushes.emit.sound_mix import ducking
from rushes.media.encode_sound import SOUND_RATE_HZ
from rushes.media.probe import probe
from rushes.recipe.sound_spec import DuckSpec, SoundSpec
from timeline_samples import timeline

RATE = Fraction(25)


def between(keys, frame):
    """The level at a frame, straight between keys."""
    return float(np.interp(frame, [key.at_frames for key in keys], [key.level_db for key in keys]))


def test_a_song_that_does_not_step_back_has_no_keys():
    assert level_keys(np.ones(SOUND_RATE_HZ, np.float32), 25, RATE) == ()


def test_keys_stay_within_a_quarter_of_a_decibel_of_the_mix_at_every_frame():
    duck = DuckSpec(by_db=10, attack_ms=150, release_ms=500, hold_ms=400)
    gain = ducking([(2.0, 4.0), (4.3, 5.0), (7.0, 7.5)], 10 * SOUND_RATE_HZ, duck)
    keys = level_keys(gain, 250, RATE)
    assert (keys[0], keys[-1]) == (LevelKey(0, 0.0), LevelKey(250, 0.0))
    assert len(keys) < 30
    for frame in range(250):
        wanted = 20 * np.log10(gain[frame * SOUND_RATE_HZ // 25])
        assert between(keys, frame) == pytest.approx(wanted, abs=0.26)


def test_a_song_is_down_from_the_first_frame_of_speech_to_the_last():
    gain = ducking([(2.0, 4.0)], 6 * SOUND_RATE_HZ, DuckSpec(by_db=12))
    keys = level_keys(gain, 150, RATE)
    assert {round(between(keys, frame), 2) for frame in range(50, 100)} == {-12.0}
    assert [between(keys, frame) for frame in (40, 130)] == pytest.approx([0, 0], abs=0.26)


def mixed(folder, spec, speech):
    """The mix of three clips with tones 14 dB below that of their song."""
    edit = timeline()
    made = edit_on_disk(folder, edit, heard=True)
    sources = {clip.file: probe(str(made.footage / clip.file)) for clip in edit.clips}
    return mix_of(edit, spec, sources, made.song, (0.0, 0.0), speech)


def test_clips_are_as_loud_beside_the_song_as_asked(tmp_path):
    mix = mixed(tmp_path, SoundSpec(clips="under", clip_gain_db=-6, duck=None), {})
    # 20 log 0.5 / 0.1 is 14 dB; what is left is how differently 440 and 1000 Hz are weighted, and the ends of the sounds.
    assert mix.clips_db == pytest.approx(14 - 6, abs=1.5)
    assert mix.song_keys == ()


def test_where_programs_have_no_more_volume_the_song_is_lowered_instead(tmp_path):
    usual = mixed(tmp_path, SoundSpec(clips="under", clip_gain_db=0, duck=None), {})
    assert usual.clips_db == 12
    (key,) = usual.song_keys
    assert (key.at_frames, key.level_db) == (0, pytest.approx(12 - 14, abs=1.5))


def test_the_song_steps_back_for_speech_where_the_shots_show_it(tmp_path):
    speech = {"front_01.mp4": [], "side_02.mp4": [(1.4, 2.4)], "overhead_03.mp4": []}
    duck = DuckSpec(by_db=10, attack_ms=200, release_ms=200)
    keys = mixed(tmp_path, SoundSpec(clips="under", clip_gain_db=-6, duck=duck), speech).song_keys
    # The second shot shows the clip from 1.4 s on, in the edit from 1 s to 2 s.
    assert [key.level_db for key in keys if 30 <= key.at_frames < 60] == [-10.0]
    assert (keys[0].level_db, keys[-1].level_db) == (0.0, 0.0)
    assert (between(keys, 24), between(keys, 66)) == (pytest.approx(0, abs=0.3), pytest.approx(0, abs=0.3))
