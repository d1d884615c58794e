"""What a section that is made anew leaves behind: an entry that needs no solver, crops of new shots, shots that stay."""

import shutil
from dataclasses import replace
from fractions import Fraction

import pytest
from regenerable import folder_bytes, regenerable_run
from rushes.errors import RecipeError
from rushes.run.again import Again
from rushes.run.edits import append_edit, edited
from rushes.run.regenerate import Asked, regenerate
from rushes.timeline.document import timeline_from_json, timeline_to_json
from rushes.timeline.edit_log import read_log
from rushes.timeline.fold import fold

NOW = "2026-05-01T12:00:00Z"
ASKED = Asked(start_s=Fraction(1), end_s=Fraction(4), instruction="other_shots")


@pytest.fixture(scope="session")
def made_run(tiny_shoot, warm_run, once_for_all):
    return regenerable_run(tiny_shoot, warm_run, once_for_all)


@pytest.fixture
def out(made_run, tmp_path):
    return shutil.copytree(made_run, tmp_path / "out")


@pytest.fixture
def again(tmp_path):
    return Again(default_cache=tmp_path / "cache", default_models=tmp_path / "models", executor="inline")


def test_the_entry_is_replayed_without_footage_or_solver(out, again):
    folder = edited(out)
    found = regenerate(folder, ASKED, again)
    append_edit(folder, found.edit, by="ann", timestamp=NOW)
    plan = timeline_from_json((out / "timeline.plan.json").read_bytes())
    log = read_log((out / "edits.jsonl").read_bytes())
    assert timeline_to_json(fold(plan, log.entries)) == (out / "timeline.json").read_bytes()
    assert _bare(edited(out).timeline) == _bare(found.timeline)


def _bare(timeline):
    """The shots without what is said of them: of one behind the section another angle may come before now."""
    nothing = {"ai_reasoning": "", "terms": {}, "changed": ()}
    return [replace(clip, metadata=replace(clip.metadata, **nothing)) for clip in timeline.clips]


def test_nothing_is_written_before_the_entry_is_appended(out, again):
    before = folder_bytes(out)
    assert regenerate(edited(out), ASKED, again).edit is not None
    assert folder_bytes(out) == before


def test_new_shots_have_crops_and_old_ones_keep_theirs(out, again):
    folder = edited(out)
    found = regenerate(folder, ASKED, again)
    old = {clip.id: clip for clip in folder.timeline.clips}
    assert any(clip.id not in old for clip in found.after)
    assert all(clip.reframe is not None for clip in (*folder.timeline.clips, *found.after))
    for clip in found.timeline.clips:
        if clip.id in old and old[clip.id] not in found.before:
            assert clip == old[clip.id]


def test_a_shot_that_comes_out_the_same_keeps_crop_and_history(out, again):
    folder = edited(out)
    marked = {"action": "clip_noted", "timestamp": NOW, "version": 1}
    noted = tuple(replace(clip, edit_history=(marked,)) for clip in folder.timeline.clips)
    folder = replace(folder, timeline=replace(folder.timeline, clips=noted))
    found = regenerate(folder, replace(ASKED, instruction=None), again)
    assert found.edit is None
    assert found.after == found.before


def test_an_edit_whose_recipe_has_another_rate_is_told(out, again):
    folder = edited(out)
    other = replace(folder.timeline, rate_fps=Fraction(25))
    with pytest.raises(RecipeError, match="the edit has 25 fps, the recipe 30"):
        regenerate(replace(folder, timeline=other), Asked(start_s=None, end_s=None), again)
