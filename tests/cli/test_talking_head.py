"""The recipe talking_head as a whole, on media made here and on a real recording."""

import json
from pathlib import Path

import av
import numpy as np
import pytest
from command_line import rushes
from made_media import write_clip
from rushes.media.made_voice import babble
from rushes.timeline.document import timeline_from_json

SHARED = Path(__file__).parents[2] / "../shared"
RATE_HZ = 48000
RATE_FPS = 30
TALK = ((0.6, 2.4), (4.0, 5.5), (5.7, 6.6), (9.0, 11.0))
"""When the made speaker speaks."""
SEEDS = (3, 0, 1, 6)
"""Of babble that does not end in the hiss with which a syllable begins: that is no voice."""
LENGTH_S = 12.0
SMALL = ("--set", "outputs.video.quality=low", "--executor", "inline")


@pytest.fixture(scope="module")
def models():
    folder = SHARED / "models"
    if not (folder / "silero_vad").is_dir():
        pytest.skip(
            "there is no folder ../shared/models/silero_vad: talk is not cut by a real voice detector"
        )
    return folder


def talking(path, *, sound=True, counts=True):
    """A clip whose sound is babble at TALK. counts: its pictures say which they are, which looks like cuts."""
    heard = np.zeros(round(LENGTH_S * RATE_HZ), np.float32)
    for seed, (first, last) in zip(SEEDS, TALK, strict=True):
        voice, _ = babble(last - first + 0.35, seed=seed, rate_hz=RATE_HZ)
        begin = round(first * RATE_HZ)
        spoken = voice[round(0.35 * RATE_HZ) :][: round((last - first) * RATE_HZ)]
        heard[begin : begin + len(spoken)] = spoken
    pictures = [shade(n if counts else 0) for n in range(round(LENGTH_S * RATE_FPS))]
    return write_clip(path, pictures, sound=heard[None] if sound else None)


def shade(number):
    """A picture of four bands that count frames in base 8."""
    digits = [number // 8**place % 8 for place in range(4)]
    rows = np.repeat(np.array([30 + 28 * digit for digit in digits], np.uint8), 45)
    return np.repeat(np.repeat(rows[:, None], 320, axis=1)[..., None], 3, axis=2)


def number_of(luma):
    """Which picture this is."""
    bands = [luma[45 * band + 20 : 45 * band + 25, 100:220].mean() for band in range(4)]
    return sum(round((level - 30) / 28) * 8**place for place, level in enumerate(bands))


def run(footage, out, models, *more):
    return rushes(
        *("run", "talking_head", "--footage", footage, "--out", out, "--cache", out.parent / "cache"),
        *("--library", out.parent / "library.sqlite", "--models", models, *SMALL, *more, "--json"),
    )


def sound_of(path):
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


def timeline_in(out):
    return timeline_from_json((out / "timeline.json").read_bytes())


def ranges(timeline):
    return [
        (float(shot.source_start_s()), float(shot.source_end_s(timeline.rate_fps))) for shot in timeline.clips
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory, models):
    """A whole run without punch-in, so that pictures can be read."""
    folder = tmp_path_factory.mktemp("talk")
    (folder / "footage").mkdir()
    talking(folder / "footage" / "a.mp4")
    ended = run(folder / "footage", folder / "out", models, "--set", "edit.talk.punch_in=null")
    assert ended.code == 0, ended.err
    return folder


def test_silences_go_and_no_speech_is_lost(made):
    kept = ranges(timeline_in(made / "out"))
    source = np.abs(sound_of(made / "footage" / "a.mp4"))
    for first, last in TALK:
        # Babble may end in a pause.
        heard = (
            np.flatnonzero(source[round(first * RATE_HZ) : round(last * RATE_HZ)] > 0.02) / RATE_HZ + first
        )
        assert any(begin <= heard[0] and heard[-1] <= end for begin, end in kept), (heard[[0, -1]], kept)
    assert len(kept) == 3
    assert sum(end - begin for begin, end in kept) < sum(b - a for a, b in TALK) + 1.6


def test_picture_and_sound_are_together_at_the_end(made):
    timeline = timeline_in(made / "out")
    with av.open(str(made / "out" / "video.mp4")) as container:
        pictures = [frame.to_ndarray(format="gray8") for frame in container.decode(video=0)]
    assert len(pictures) == timeline.duration_frames
    pictures = [picture[::6, ::6][:180, :320] for picture in pictures]
    for shot in timeline.clips:
        last = shot.timeline_end_frames() - 1
        assert number_of(pictures[last]) == shot.source_start_frames + shot.duration_frames - 1
    heard, source = sound_of(made / "out" / "video.mp4"), sound_of(made / "footage" / "a.mp4")
    shot = timeline.clips[-1]
    at, length = round(shot.timeline_start_s(timeline.rate_fps) * RATE_HZ), RATE_HZ
    part = heard[at + 9600 : at + 9600 + length]
    begin = round(shot.source_start_s() * RATE_HZ) + 9600
    lags = range(-2000, 2001, 8)
    match = [float(part @ source[begin + lag : begin + lag + length]) for lag in lags]
    assert abs(lags[int(np.argmax(match))]) < RATE_HZ / RATE_FPS / 10


def test_cuts_make_no_click(made):
    timeline = timeline_in(made / "out")
    steps = np.abs(np.diff(sound_of(made / "out" / "video.mp4")))
    for shot in timeline.clips[1:]:
        at = round(shot.timeline_start_s(timeline.rate_fps) * RATE_HZ)
        assert steps[at - 960 : at + 960].max() < 0.3 * steps.max()


def test_the_report_tells_what_was_cut(made):
    page = (made / "out" / "report.html").read_text()
    assert "of silence cut before it" in page


def test_fillers_are_cut_where_a_transcript_says_them(made, models, tmp_path):
    footage = tmp_path / "footage"
    footage.mkdir()
    (footage / "a.mp4").write_bytes((made / "footage" / "a.mp4").read_bytes())
    words = [("so", 4.0, 4.5), ("um", 4.5, 5.0), ("yes", 5.0, 5.5), ("sir", 5.7, 6.6)]
    rows = [{"word": text, "start": first, "end": last} for text, first, last in words]
    tree = {
        "language": "en",
        "segments": [{"start": 4.0, "end": 6.6, "text": "so um yes sir", "words": rows}],
    }
    (footage / "a.json").write_text(json.dumps(tree))
    ended = run(footage, tmp_path / "out", models, "--until", "edit")
    assert ended.code == 0, ended.err
    kept = ranges(timeline_in(tmp_path / "out"))
    assert any(end == pytest.approx(4.5) for _, end in kept)
    assert any(begin == pytest.approx(5.0) for begin, _ in kept)
    assert any("um 1x" in note for note in ended.json["notes"])

    # The bytes of the transcript are part of the key: another one is another edit.
    (footage / "a.json").write_text(json.dumps({**tree, "language": "de"}))
    ended = run(footage, tmp_path / "out", models, "--until", "edit")
    assert not any(end == pytest.approx(4.5) for _, end in ranges(timeline_in(tmp_path / "out")))

    (footage / "a.json").write_text('{"segments": [')
    ended = run(footage, tmp_path / "out", models, "--until", "edit")
    assert ended.code == 0
    assert any("a.json:1:1: this is no JSON" in warning for warning in ended.json["warnings"])


def test_a_shot_within_a_take_is_seen_from_nearer(models, tmp_path):
    (tmp_path / "footage").mkdir()
    talking(tmp_path / "footage" / "a.mp4", counts=False)
    ended = run(
        tmp_path / "footage",
        tmp_path / "out",
        models,
        "--until",
        "edit",
        "--set",
        "edit.talk.punch_in.scale=1.25",
    )
    assert ended.code == 0, ended.err
    near = [
        None if shot.reframe is None else shot.reframe.keys[0].width_01
        for shot in timeline_in(tmp_path / "out").clips
    ]
    assert near == [None, 0.8, None]


def test_footage_in_which_nobody_speaks_ends_with_the_reason(models, tmp_path):
    (tmp_path / "footage").mkdir()
    talking(tmp_path / "footage" / "a.mp4", sound=False)
    ended = run(tmp_path / "footage", tmp_path / "out", models)
    assert ended.code == 4
    assert "nobody is heard, so there is nothing to cut: a.mp4: it has no sound" in ended.err


def test_without_the_voice_model_the_run_says_how_to_install_it(tmp_path):
    (tmp_path / "footage").mkdir()
    (tmp_path / "models").mkdir()
    talking(tmp_path / "footage" / "a.mp4")
    ended = run(tmp_path / "footage", tmp_path / "out", tmp_path / "models")
    assert ended.code == 1
    assert "analyzers.speech is not available: the model silero_vad is not installed" in ended.err


def test_a_real_recording_loses_its_silences_and_no_word(models, tmp_path):
    footage = SHARED / "data" / "talking"
    if not footage.is_dir():
        pytest.skip("there is no folder ../shared/data/talking: no real recording is cut")
    ended = run(footage, tmp_path / "out", models, "--until", "edit")
    assert ended.code == 0, ended.err
    kept = ranges(timeline_in(tmp_path / "out"))
    # Silero VAD at its authors' defaults, on the sound as it is; bench/talking_head.py measures the rest.
    truth = [
        (0.224, 0.704),
        (1.312, 4.832),
        (5.088, 10.464),
        (10.72, 13.088),
        (13.856, 17.312),
        (40.096, 40.608),
    ]
    for first, last in truth:
        assert any(begin <= first and last <= end for begin, end in kept)
    assert sum(end - begin for begin, end in kept) < 18.0
