"""What is checked before any media is decoded."""

from pathlib import Path

import pytest
from rushes.analyze.table import ANALYZERS
from rushes.errors import MediaError, RecipeError
from rushes.graph.analysis import models_wanted, plan_analysis
from rushes.models.installed import InstalledModels, ModelFile
from rushes.recipe.spec import AnalyzerSpec
from rushes.run.pipeline import RunRequest, prepare, sampling


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


def sampled(*names, **params):
    """As with all models at hand."""
    specs = [AnalyzerSpec(name=name, params=params.get(name, {})) for name in names]
    wanted = models_wanted(specs, ANALYZERS)
    installed = InstalledModels(files={name: ModelFile(path="", digest="") for name in wanted})
    found = sampling(plan_analysis(specs, ANALYZERS, installed), ANALYZERS)
    return found["frame_sample_fps"], found["audio_sample_rate_hz"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (sampled("quality", "motion", "loudness"), (None, None)),
        (sampled("emotion", "speech"), (1.0, 16000)),
        (sampled("face_detection", "bodies", face_detection={"rate_hz": 4.0}), (4.0, None)),
        (sampled("face_detection", "bodies", bodies={"rate_hz": 5.0}), (1.0, None)),
        (sampled("bodies"), (0.5, None)),
        (sampled("audio_events", "quality"), (None, 16000)),
    ],
    ids=["no model", "as agreed", "other rate", "faces before bodies", "bodies", "sound"],
)
def test_how_densely_models_look_and_listen_follows_from_what_they_wish_for(given, expected):
    assert given == expected


def test_where_no_model_is_installed_nobody_has_sampled(tiny_shoot, tmp_path):
    graph = prepare(request_of(tiny_shoot, tmp_path)).graph
    (library,) = [node for node in graph.nodes if node.id == "library"]
    facts = library.params["provenance"]
    assert (facts["frame_sample_fps"], facts["audio_sample_rate_hz"]) == (None, None)
