"""Status: how much of some footage is analysed as a recipe wants it."""

from dataclasses import replace

import pytest
from rushes.errors import MediaError, RecipeError, StoreError
from rushes.models.installed import InstalledModels, ModelFile
from rushes.run import tools
from rushes.run.views import status
from rushes.store.library_file import AnalyzerResult
from view_samples import MODEL, NOT_INSTALLED, RECIPE, Shoot

SPEECH = f"speech: {NOT_INSTALLED}"


@pytest.fixture
def shoot(tmp_path):
    return Shoot(tmp_path, "a.mp4", "b.mp4", "c.mp4")


def counts(found):
    return {
        one.name: (one.analysed, one.missing, one.stale, one.failed, one.unavailable)
        for one in found.analyzers
    }


def clips(found):
    return {one.clip: (one.state, *one.reasons) for one in found.clips}


def test_without_a_library_everything_is_missing(shoot):
    found = status(shoot.request)
    assert (found.recipe, found.footage) == ("picks", str(shoot.footage))
    assert counts(found) == {
        "quality": (0, 3, 0, 0, 0),
        "loudness": (0, 3, 0, 0, 0),
        "speech": (0, 0, 0, 0, 3),
    }
    assert clips(found) == dict.fromkeys(("a.mp4", "b.mp4", "c.mp4"), ("missing", "never analysed"))
    assert not shoot.request.library.exists()


def test_an_analyzer_without_its_model_makes_a_clip_partial_and_says_so(shoot):
    shoot.know("a.mp4")
    found = status(shoot.request)
    assert counts(found)["quality"] == (1, 2, 0, 0, 0)
    assert counts(found)["speech"] == (0, 0, 0, 0, 3)
    assert found.analyzers[2].reason == NOT_INSTALLED
    assert clips(found)["a.mp4"] == ("partial", SPEECH)
    assert clips(found)["b.mp4"] == ("missing", "never analysed")


def test_a_clip_is_complete_when_everything_ran_with_todays_settings(shoot):
    request = shoot.with_recipe(RECIPE.replace(", speech: {}", ""))
    for clip in ("a.mp4", "b.mp4", "c.mp4"):
        shoot.know(clip)
    found = status(request)
    assert clips(found) == dict.fromkeys(("a.mp4", "b.mp4", "c.mp4"), ("complete",))
    assert found.counts == {
        "total": 3,
        "complete": 3,
        "partial": 0,
        "failed": 0,
        "stale": 0,
        "missing": 0,
        "unreadable": 0,
    }
    assert found.commands == ()


def test_a_failure_is_told_with_its_reason_and_is_no_reason_to_run_again(shoot):
    request = shoot.with_recipe(RECIPE.replace(", speech: {}", ""))
    for clip in ("a.mp4", "c.mp4"):
        shoot.know(clip)
    shoot.know("b.mp4", loudness=shoot.failed("loudness", "the sound is damaged"))
    found = status(request)
    assert clips(found)["b.mp4"] == ("partial", "loudness: failed: the sound is damaged")
    assert counts(found)["loudness"] == (2, 0, 0, 1, 0)
    assert found.commands == ()


def test_a_failure_that_another_run_would_mend_is_a_reason_to_run(shoot):
    request = shoot.with_recipe(RECIPE.replace(", speech: {}", ""))
    for clip in ("a.mp4", "c.mp4"):
        shoot.know(clip)
    shoot.know("b.mp4", loudness=shoot.failed("loudness", "gave up after 5 s", "interrupted"))
    found = status(request)
    assert clips(found)["b.mp4"] == ("partial", "loudness: failed: gave up after 5 s")
    assert counts(found)["loudness"] == (2, 0, 0, 1, 0)
    assert found.commands == (f"rushes run {request.recipe} --footage {request.footage} --until score",)
    shoot.know("b.mp4")
    assert status(request).commands == ()


def test_a_changed_parameter_makes_its_analyzer_stale_and_says_what_changed(shoot):
    # Shots has a parameter of its own; the others stay as they were.
    shoot.with_recipe(RECIPE.replace("speech: {}", "keyframes: {max_frames: 8}"))
    prints = shoot.fingerprints()
    shoot.know(
        "a.mp4", keyframes=AnalyzerResult(fingerprint=prints["keyframes"].digest, state="ok"), speech=None
    )
    changed = shoot.with_recipe(RECIPE.replace("speech: {}", "keyframes: {max_frames: 5}"))
    found = status(changed)
    assert clips(found)["a.mp4"] == ("stale", "keyframes: stale: param max_frames 8→5")
    assert counts(found)["keyframes"] == (0, 2, 1, 0, 0)
    assert counts(found)["quality"] == (1, 2, 0, 0, 0)


def test_a_result_of_unknown_settings_is_stale(shoot):
    shoot.know("a.mp4", quality=AnalyzerResult(fingerprint="f" * 64, state="ok"))
    assert clips(status(shoot.request))["a.mp4"][1] == "quality: stale: what changed is not known"


def test_an_analyzer_that_the_recipe_has_now_is_missing_alone(shoot):
    shoot.know("a.mp4", loudness=None, speech=None)
    found = clips(status(shoot.request))["a.mp4"]
    assert found == ("partial", "loudness: never analysed", SPEECH)


def test_a_file_that_breaks_off_is_partial(shoot):
    request = shoot.with_recipe(RECIPE.replace(", speech: {}", ""))
    shoot.know("a.mp4", complete=False)
    assert clips(status(request))["a.mp4"] == ("partial", "the file breaks off before its end")


def test_a_model_that_came_makes_what_was_unavailable_missing(shoot, monkeypatch):
    shoot.know("a.mp4")
    installed = InstalledModels(manifest_b3="m", files={MODEL: ModelFile(path="/m.onnx", digest="d" * 64)})
    monkeypatch.setattr(tools, "_installed", lambda *_: installed)
    found = status(shoot.request)
    assert counts(found)["speech"] == (0, 3, 0, 0, 0)
    assert clips(found)["a.mp4"] == ("partial", "speech, voice_activity: never analysed")


def test_a_clip_that_was_renamed_is_known_and_a_changed_one_is_not(shoot):
    shoot.know("a.mp4")
    shoot.know("b.mp4")
    (shoot.footage / "a.mp4").rename(shoot.footage / "z.mp4")
    (shoot.footage / "b.mp4").write_text("other content")
    found = clips(status(shoot.request))
    assert found["z.mp4"] == ("partial", SPEECH)
    assert found["b.mp4"] == ("missing", "never analysed")


def test_a_file_that_cannot_be_opened_is_unreadable_with_the_reason(shoot):
    (shoot.footage / "gone.mp4").symlink_to(shoot.footage / "nowhere.mp4")
    bad = shoot.footage / b"bad\xff.mp4".decode("utf-8", "surrogateescape")
    try:
        bad.write_text("x")
    except OSError:
        pytest.skip("this file system takes names in UTF-8 only")
    found = status(shoot.request)
    assert clips(found)["bad\\udcff.mp4"] == ("unreadable", "the name of the file is not text in UTF-8")
    assert found.counts["unreadable"] == 1


def test_the_commands_install_models_first_and_run_what_is_missing(shoot):
    request = replace(
        shoot.request, overrides=("edit.duration_s=4 s",), profile=None, options=("--cache", "my cache")
    )
    assert status(replace(request, overrides=())).commands == (
        f"rushes models install {MODEL}",
        f"rushes run {request.recipe} --footage {request.footage} --cache 'my cache' --until score",
    )


def test_a_recipe_that_cuts_to_a_song_needs_one_to_run(shoot):
    commands = status(replace(shoot.request, recipe="beat_reel")).commands
    assert commands[-1] == f"rushes run beat_reel --footage {shoot.footage} --song FILE --until score"


def test_nothing_is_hashed_twice(shoot, monkeypatch):
    import os

    from rushes.store import digests

    for path in shoot.footage.iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000))
    first = status(shoot.request)
    monkeypatch.setattr(digests, "hash_file", lambda path: pytest.fail(f"{path} is read again"))
    assert status(shoot.request) == first


def test_what_is_wrong_is_said_in_words(shoot, tmp_path):
    with pytest.raises(RecipeError, match="no footage is named"):
        status(replace(shoot.request, footage=None))
    with pytest.raises(MediaError, match="there is no such folder"):
        status(replace(shoot.request, footage=str(tmp_path / "nowhere")))
    shoot.request.library.write_text("no database")
    with pytest.raises(StoreError):
        status(shoot.request)


def test_a_clip_of_which_everything_failed_for_one_reason_says_it_once(shoot):
    broken = {name: shoot.failed(name, "the file is damaged") for name in ("quality", "loudness")}
    shoot.know("b.mp4", **broken)
    found = clips(status(shoot.request))["b.mp4"]
    assert found == ("failed", "quality, loudness: failed: the file is damaged", SPEECH)


def test_what_was_made_without_something_counts_as_analysed_and_its_clip_as_partial(shoot):
    request = shoot.with_recipe(RECIPE.replace(", speech: {}", ""))
    for clip in ("a.mp4", "c.mp4"):
        shoot.know(clip)
    shoot.know("b.mp4", loudness=shoot.failed("loudness", "none of the sound can be decoded", "partial"))
    found = status(request)
    assert clips(found)["b.mp4"] == ("partial", "loudness: partial: none of the sound can be decoded")
    assert counts(found)["loudness"] == (3, 0, 0, 0, 0)
    assert found.commands == ()
