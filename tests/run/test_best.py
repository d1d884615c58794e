"""Best: clips ranked from what the library knows, with the recipe of today."""

from dataclasses import replace

import pytest
from rushes.errors import RecipeError, StoreError
from rushes.run.best import best
from rushes.store.library_file import AnalyzerResult
from view_samples import NOT_INSTALLED, RECIPE, Shoot, without_footage

SPEECH = f"speech: {NOT_INSTALLED}"


@pytest.fixture
def shoot(tmp_path):
    shoot = Shoot(tmp_path, "a.mp4", "b.mp4", "c.mp4", "dark.mp4", "front_d.mp4", "new.mp4")
    shoot.know("a.mp4", {"sharpness_01": 0.4, "silence_share_01": 0.2})
    shoot.know("b.mp4", {"sharpness_01": 0.9, "silence_share_01": 0.7})
    shoot.know("c.mp4", {"sharpness_01": 0.2, "silence_share_01": 0.0})
    shoot.know("dark.mp4", {"sharpness_01": 1.0, "exposure_01": 0.05})
    shoot.know("front_d.mp4", {"sharpness_01": 0.7, "silence_share_01": 0.3})
    return shoot


def ranks(found):
    return [(one.rank, one.clip, round(one.score, 9), one.badge) for one in found.clips]


def one(request, **options):
    return best([request], **options)[0]


def test_clips_are_ranked_by_todays_score_without_the_rejected_ones(shoot):
    found = one(shoot.request)
    assert (found.recipe, found.score) == ("picks", "heuristic_score")
    assert ranks(found) == [
        (1, "b.mp4", 0.8, "high"),
        (2, "front_d.mp4", 0.5, "medium"),
        (3, "a.mp4", 0.3, "low"),
        (4, "c.mp4", 0.1, "low"),
    ]
    assert (found.total, found.scored, found.above, found.rejected) == (6, 4, 4, 1)


def test_reasons_come_from_the_rules_and_names_are_read_as_they_are_today(shoot):
    found = {row.clip: row.reasons for row in one(shoot.request).clips}
    assert found["b.mp4"] == ("sharp picture",)
    assert found["front_d.mp4"] == ("sharp picture", "from the front")
    (shoot.footage / "b.mp4").rename(shoot.footage / "front_b.mp4")
    found = {row.clip: row.reasons for row in one(shoot.request).clips}
    assert found["front_b.mp4"] == ("sharp picture", "from the front")


def test_a_changed_weight_counts_at_once(shoot):
    changed = shoot.with_recipe(
        RECIPE.replace("value: silence_share_01, weight: 1", "value: silence_share_01, weight: 0")
    )
    assert [row.score for row in one(changed).clips] == [0.9, 0.7, 0.4, 0.2]


def test_equal_scores_are_in_the_order_of_the_names(shoot):
    shoot.know("c.mp4", {"sharpness_01": 0.3, "silence_share_01": 0.3})
    assert [row.clip for row in one(shoot.request).clips[2:]] == ["a.mp4", "c.mp4"]


def test_a_threshold_and_a_limit_shorten_the_list_and_leave_the_ranks(shoot):
    found = one(shoot.request, threshold_01=0.3, limit=2)
    assert [(row.rank, row.clip) for row in found.clips] == [(1, "b.mp4"), (2, "front_d.mp4")]
    assert (found.scored, found.above) == (4, 3)


def test_every_row_says_what_its_analyses_lack(shoot):
    shoot.know("a.mp4", loudness=shoot.failed("loudness", "no sound could be read"))
    shoot.know("c.mp4", complete=False)
    found = {row.clip: row.lacks for row in one(shoot.request).clips}
    assert found["b.mp4"] == (SPEECH,)
    assert found["a.mp4"] == ("loudness: failed: no sound could be read", SPEECH)
    assert found["c.mp4"] == (SPEECH, "the file breaks off before its end")


def test_a_part_that_is_missing_leaves_the_score_to_the_rest(shoot):
    shoot.know("a.mp4", {"sharpness_01": 0.9}, loudness=shoot.failed("loudness", "no sound"))
    assert {row.clip: row.score for row in one(shoot.request).clips}["a.mp4"] == 0.9


def test_clips_that_were_never_analysed_are_not_scored(shoot):
    found = one(shoot.request)
    assert [(row.rank, row.clip, row.score, row.badge, row.lacks) for row in found.unscored] == [
        (None, "new.mp4", None, None, ("never analysed",))
    ]


def test_clips_of_which_nothing_could_be_read_are_not_scored(shoot):
    broken = {name: shoot.failed(name, "the file is damaged") for name in ("quality", "loudness")}
    shoot.know("b.mp4", **broken)
    found = {row.clip: row.lacks for row in one(shoot.request).unscored}
    assert found["b.mp4"] == (
        "quality, loudness: failed: the file is damaged",
        SPEECH,
    )


def test_a_clip_without_any_term_says_so(shoot):
    shoot.know("b.mp4", {"sharpness_01": None, "silence_share_01": None})
    without_speech = shoot.with_recipe(RECIPE.replace(", speech: {}", ""))
    found = {row.clip: row.lacks for row in one(without_speech).unscored}
    assert found["b.mp4"] == ("no term of heuristic_score has a value",)


def test_without_footage_every_clip_of_the_library_is_ranked(shoot):
    (shoot.footage / "b.mp4").unlink()
    found = one(without_footage(shoot.request))
    assert [row.clip for row in found.clips] == ["b.mp4", "front_d.mp4", "a.mp4", "c.mp4"]
    assert (found.total, found.unscored) == (5, ())
    assert [row.clip for row in one(shoot.request).clips] == ["front_d.mp4", "a.mp4", "c.mp4"]


def test_results_of_other_settings_are_used_and_told(shoot):
    shoot.know(
        "b.mp4", quality=AnalyzerResult(fingerprint="f" * 64, state="ok", columns={"sharpness_01": 0.9})
    )
    row = one(shoot.request).clips[0]
    assert (row.clip, row.score) == ("b.mp4", 0.7)
    assert row.lacks == ("quality: stale: what changed is not known", SPEECH)


def test_what_a_model_found_stays_when_the_model_is_gone(shoot):
    speech = AnalyzerResult(fingerprint="f" * 64, state="ok", columns={"speech_percent": 62.5})
    shoot.know("b.mp4", speech=speech)
    row = one(shoot.request).clips[0]
    assert (row.speech_percent, row.lacks) == (62.5, ())


def test_several_recipes_rank_the_same_clips_each_its_way(shoot):
    other = shoot.footage.parent / "other.yaml"
    other.write_text(
        RECIPE.replace("name: picks", "name: quiet").replace("value: sharpness_01", "value: 1 - sharpness_01")
    )
    found = best([shoot.request, replace(shoot.request, recipe=str(other))])
    assert [(table.recipe, table.clips[0].clip) for table in found] == [
        ("picks", "b.mp4"),
        ("quiet", "a.mp4"),
    ]


def test_learned_weights_lift_and_lower_clips(shoot):
    text = RECIPE + "personal:\n  features: {sharp: 2 * sharpness_01 - 1}\n  weights: {sharp: -0.5}\n"
    found = one(shoot.with_recipe(text))
    assert found.clips[0].personalized_boost == pytest.approx(-0.4)


def test_a_recipe_without_a_score_cannot_rank(shoot):
    text = RECIPE[: RECIPE.index("scores:")]
    with pytest.raises(RecipeError, match="the recipe picks has no score to rank clips by"):
        one(shoot.with_recipe(text))


def test_without_a_library_there_is_nothing_to_rank(shoot):
    with pytest.raises(StoreError, match="there is no library yet"):
        one(replace(shoot.request, library=shoot.footage.parent / "none.sqlite"))
