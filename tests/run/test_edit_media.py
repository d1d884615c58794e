"""Files of an edit: those that the recipe takes for clips, under whatever name they lie."""

from __future__ import annotations

from pathlib import Path

import pytest
import timeline_samples as samples
from made_media import gray, write_clip
from rushes.errors import RecipeError
from rushes.recipe.spec import FootageSpec
from rushes.run.edit_media import EditMedia
from rushes.run.provenance import footage_of
from rushes.store.digests import DigestIndex
from rushes.timeline.edit_log import EditError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A clip, and another below `old`."""
    for name, level in (("one.mp4", 60), ("old/two.mp4", 120)):
        path = tmp_path / "clips" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_clip(path, [gray(level)] * 12)
    return tmp_path / "clips"


def media(folder: Path, *, exclude: tuple[str, ...] = (), include: tuple[str, ...] = ("**/*",)) -> EditMedia:
    index = DigestIndex(folder.parent / "digests.index")
    names = {"two.mp4": index.digest(folder / "old/two.mp4")}
    return EditMedia(names, folder, None, index, FootageSpec(include=include, exclude=exclude))


def test_a_clip_that_moved_is_found_by_its_content_but_not_where_the_recipe_leaves_files_out(folder: Path):
    clip = samples.clip(0, 0, file="two.mp4", digest=media(folder).names["two.mp4"])
    assert media(folder).path(clip.digest, "two.mp4") == folder / "old/two.mp4"
    assert media(folder).renamed() == {"old/two.mp4": "two.mp4"}
    for left_out in (
        media(folder, exclude=("old/**",)),
        media(folder, include=("*.mp4",), exclude=("old/*",)),
    ):
        assert left_out.path(clip.digest, "two.mp4") is None
        assert left_out.renamed() == {}
        assert left_out.length_s(clip) is None


@pytest.mark.parametrize("word", ["old/two.mp4", "path"])
def test_a_file_that_the_recipe_leaves_out_is_named_as_such(folder: Path, word: str):
    given = str(folder / "old/two.mp4") if word == "path" else word
    index = DigestIndex(folder.parent / "digests.index")
    found = EditMedia({}, folder, None, index, FootageSpec(exclude=("old/*",)))
    with pytest.raises(EditError) as raised:
        found.file(given)
    assert str(raised.value) == (
        "old/two.mp4 is no clip of this edit: footage.include and footage.exclude of its recipe leave it out\n"
        "    fix: name another clip, or let the recipe take it and run again"
    )


def test_a_file_outside_the_footage_is_named_as_such(folder: Path):
    outside = folder.parent / "else.mp4"
    write_clip(outside, [gray(10)] * 3)
    with pytest.raises(RecipeError, match="is none of the clips of this edit's footage"):
        media(folder).file(str(outside))


def test_a_record_says_which_files_were_clips():
    said = {"recipe": {"footage": {"dir": None, "include": ["**/*"], "exclude": ["b/*"], "metadata": {}}}}
    assert footage_of(said) == FootageSpec(exclude=("b/*",))
    assert footage_of({"recipe": {}}) == FootageSpec()
