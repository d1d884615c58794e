"""A failure that follows from a file's bytes must not name the file: the same bytes fail alike everywhere."""

from rushes.errors import MediaError, Place, Problem
from rushes.graph.node import Call
from rushes.run.operations.clips import probe_clips
from rushes.run.operations.outcome import failed
from rushes.run.operations.song import analyze_songs
from rushes.run.operations.video import render_segments


def test_the_place_is_left_out_and_what_and_fix_are_kept():
    outcome = failed(MediaError(Problem(Place("clip.mp4"), "it is empty", "copy it again")))
    assert (outcome.failure, outcome.fix, outcome.warnings) == ("it is empty", "copy it again", ())


def test_several_problems_become_one_sentence():
    outcome = failed(MediaError([Problem(None, "b"), Problem(None, "a", "mend a")]))
    assert (outcome.failure, outcome.fix) == ("a; b", "mend a")


def call_on(path, name, output, out, **params):
    return Call(params=params, inputs={name: path}, outputs={output: out})


def test_a_broken_clip_fails_alike_under_every_name(tmp_path):
    calls = []
    for name in ("a.mp4", "b.mp4"):
        (tmp_path / name).write_text("words")
        calls.append(call_on(tmp_path / name, "media", "info.json", tmp_path / f"{name}.json"))
    outcomes = probe_clips(calls)
    assert outcomes[0] == outcomes[1]
    assert outcomes[0].failure == "this is a text file, not a video"
    assert not list(tmp_path.glob("*.json"))


def test_one_broken_clip_of_many_leaves_the_others_whole(tmp_path, tiny_shoot):
    (tmp_path / "a.mp4").write_text("words")
    clips = (tmp_path / "a.mp4", tiny_shoot.footage / "side_01.mp4")
    outcomes = probe_clips(
        [call_on(clip, "media", "info.json", tmp_path / f"{clip.name}.json") for clip in clips]
    )
    assert [bool(outcome.failure) for outcome in outcomes] == [True, False]
    assert [path.name for path in tmp_path.glob("*.json")] == ["side_01.mp4.json"]
    assert str(tiny_shoot.footage) not in (tmp_path / "side_01.mp4.json").read_text()


def test_a_song_that_is_none_is_a_failure_of_its_node(tmp_path):
    (tmp_path / "song.wav").write_bytes(bytes(range(256)) * 40)
    grid = tmp_path / "grid.json"
    (outcome,) = analyze_songs([call_on(tmp_path / "song.wav", "song", "grid.json", grid, params={})])
    assert outcome.failure == "the file is not a song that can be read"
    assert not grid.exists()


def test_no_calls_are_no_outcomes():
    assert render_segments([]) == []
