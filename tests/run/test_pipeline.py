"""What is checked before any media is decoded."""

from pathlib import Path

import pytest
from rushes.errors import MediaError, RecipeError
from rushes.run.pipeline import RunRequest, prepare


def request_of(shoot, folder, **changes):
    fields = {
        "recipe": "beat_reel",
        "footage": str(shoot.footage),
        "song": str(shoot.song),
        "cache": folder / "cache",
        "executor": "inline",
    }
    return RunRequest(**{**fields, **changes})


@pytest.mark.parametrize(
    ("until", "last"), [(None, "reframe"), ("edit", "reframe"), ("score", "score"), ("analyze", "library")]
)
def test_the_graph_ends_where_the_request_does(tiny_shoot, tmp_path, until, last):
    prepared = prepare(request_of(tiny_shoot, tmp_path, until=until))
    assert prepared.graph.nodes[-1].id == last
    assert prepared.makes_outputs is (until is None)


def test_what_is_asked_for_wins_over_what_the_recipe_says(tiny_shoot, tmp_path):
    overrides = ("+footage.dir=/gone", "song.file=/gone.wav")
    prepared = prepare(request_of(tiny_shoot, tmp_path, overrides=overrides))
    assert prepared.footage == str(tiny_shoot.footage)
    assert prepared.sources.song.path == str(tiny_shoot.song)


def test_the_song_is_known_by_its_name_and_bytes(tiny_shoot, tmp_path):
    song = prepare(request_of(tiny_shoot, tmp_path)).sources.song
    assert song.name == "song.wav"
    assert len(song.digest) == 64


def test_clips_carry_what_their_names_say(tiny_shoot, tmp_path):
    sources = prepare(request_of(tiny_shoot, tmp_path)).sources
    assert sources.metadata["side_01.mp4"] == (("angle", "side"),)
    assert [clip.name for clip in sources.clips] == sorted(sources.metadata)


def test_clips_that_cannot_be_named_are_kept_apart(tiny_shoot, tmp_path):
    shoot = tiny_shoot.copy_to(tmp_path / "shoot")
    bad = shoot.footage / "b\udcffd.mp4"
    try:
        bad.write_bytes(b"x")
    except (OSError, UnicodeEncodeError):
        pytest.skip("this disk keeps no names that are not text")
    prepared = prepare(request_of(shoot, tmp_path))
    assert [name for name in prepared.sources.metadata if "\udcff" in name] == []
    (problem,) = prepared.unreadable.values()
    assert (problem.what, problem.fix) == ("the name of the file is not text in UTF-8", "rename the file")


def test_wrong_words_are_found_before_the_store_is_touched(tiny_shoot, tmp_path):
    for changes in ({"until": "never"}, {"executor": "cluster"}, {"recipe": "nope"}, {"overrides": ("x",)}):
        with pytest.raises(RecipeError):
            prepare(request_of(tiny_shoot, tmp_path, **changes))
    assert not (tmp_path / "cache").exists()


def test_a_song_that_is_none_is_found_before_anything_runs(tiny_shoot, tmp_path):
    Path(tmp_path / "song.wav").write_text("words")
    with pytest.raises(MediaError) as caught:
        prepare(request_of(tiny_shoot, tmp_path, song=str(tmp_path / "song.wav")))
    assert caught.value.problems[0].what == "this is a text file, not a song"
