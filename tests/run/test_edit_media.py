"""Files of an edit: those that the recipe takes for clips, under whatever name they lie."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
import timeline_samples as samples
from library_records import CLIP, record
from made_media import gray, write_clip
from rushes.errors import RecipeError
from rushes.recipe.spec import FootageSpec
from rushes.run.edit_media import EditMedia
from rushes.run.provenance import footage_of
from rushes.store.digests import DigestIndex
from rushes.timeline.edit_log import EditError
from rushes.timeline.make_edit import File


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


RATE, LENGTH_S = Fraction(30), Fraction(12, 30)
"""Of every clip that is written here."""


def digest_of(path: Path) -> str:
    return DigestIndex(path.parent / "other.index").digest(path)


def known(folder: Path | None, library: Path | None = None, /, *, at: Path, **names: str) -> EditMedia:
    """names: what stands for a name -> its digest; `a` is a.mp4."""
    index = DigestIndex(at / "digests.index")
    return EditMedia({f"{name}.mp4": digest for name, digest in names.items()}, folder, library, index)


def library_of(path: Path, digest: str, **facts: object) -> Path:
    record(path / "library.sqlite", replace(CLIP, digest=digest, facts=facts))
    return path / "library.sqlite"


@pytest.mark.parametrize("word", ["one.mp4", "one", "path"])
def test_a_clip_is_meant_by_its_name_without_its_suffix_or_by_its_path(folder: Path, word: str):
    given = str(folder / "one.mp4") if word == "path" else word
    assert media(folder).file(given) == File(
        name="one.mp4", digest=digest_of(folder / "one.mp4"), rate_fps=RATE, length_s=LENGTH_S
    )


def test_a_clip_below_a_folder_is_meant_by_its_own_name(folder: Path):
    assert known(folder, at=folder.parent).file("two").name == "old/two.mp4"
    assert known(folder, at=folder.parent).file("two.mp4").name == "old/two.mp4"


def test_a_name_of_the_footage_goes_before_a_file_where_the_command_is_given(folder: Path, monkeypatch):
    write_clip(folder.parent / "one.mp4", [gray(10)] * 3)
    monkeypatch.chdir(folder.parent)
    assert media(folder).file("one.mp4").digest == digest_of(folder / "one.mp4")


def test_a_copy_of_a_clip_of_the_edit_means_that_clip(folder: Path):
    copy = folder.parent / "copy.mp4"
    copy.write_bytes((folder / "old/two.mp4").read_bytes())
    assert media(folder).file(str(copy)).name == "two.mp4"


def test_a_clip_that_moved_is_meant_by_both_its_names_and_by_what_they_share(folder: Path):
    found = media(folder)
    assert found.file("two.mp4").length_s == LENGTH_S
    assert found.file("old/two.mp4").length_s == LENGTH_S
    assert found.file("two").name == "old/two.mp4"


def test_a_word_that_means_several_clips_is_told_with_all_of_them(folder: Path):
    write_clip(folder / "one.mkv", [gray(10)] * 3)
    with pytest.raises(EditError) as raised:
        media(folder).file("one")
    assert str(raised.value) == "one means 2 clips: one.mkv, one.mp4\n    fix: give the whole name"


def test_a_word_that_means_several_clips_which_all_moved_is_told_with_the_names_they_had(folder: Path):
    digests = digest_of(folder / "one.mp4"), digest_of(folder / "old/two.mp4")
    names = dict(zip(("a/x.mp4", "b/x.mp4"), digests, strict=True))
    found = EditMedia(names, folder, None, DigestIndex(folder.parent / "digests.index"))
    assert set(found.renamed().values()) == set(names)
    with pytest.raises(EditError) as raised:
        found.file("x")
    assert str(raised.value) == "x means 2 clips: a/x.mp4, b/x.mp4\n    fix: give the whole name"


def test_a_word_that_means_no_clip_is_told_with_the_nearest(folder: Path):
    with pytest.raises(EditError) as raised:
        known(folder, at=folder.parent).file("onee.mp4")
    assert str(raised.value) == (
        "there is no clip 'onee.mp4' in the footage\n"
        "    fix: did you mean one.mp4? clips of the footage: one.mp4, old/two.mp4"
    )


def test_a_clip_that_is_gone_and_that_no_library_knows_is_told(folder: Path):
    with pytest.raises(EditError) as raised:
        known(folder, at=folder.parent, gone="f" * 64).file("gone")
    assert str(raised.value) == (
        "gone.mp4 is not in the footage folder any more, and the library does not know it\n"
        "    fix: say where it lies with --footage"
    )


def test_of_a_clip_that_is_gone_the_library_knows_length_and_rate(tmp_path: Path):
    library = library_of(tmp_path, "f" * 64, rate_fps=30000 / 1001, duration_s=2.5)
    found = known(None, library, at=tmp_path, gone="f" * 64)
    assert found.file("gone") == File(
        name="gone.mp4", digest="f" * 64, rate_fps=Fraction(30000, 1001), length_s=Fraction(5, 2)
    )
    assert found.length_s(samples.clip(0, 0, digest="f" * 64)) == Fraction(5, 2)
    assert found.length_s(samples.clip(0, 0, digest="e" * 64)) is None


@pytest.mark.parametrize(
    "facts", [{}, {"rate_fps": 30.0}, {"duration_s": 9.0}, {"rate_fps": 0.0, "duration_s": 9.0}]
)
def test_where_the_library_does_not_know_enough_the_file_itself_is_asked(folder: Path, facts):
    digest = digest_of(folder / "one.mp4")
    library = library_of(folder.parent, digest, **facts)
    found = known(folder, library, at=folder.parent, one=digest)
    assert found.length_s(samples.clip(0, 0, file="one.mp4", digest=digest)) == LENGTH_S


def test_what_the_library_knows_goes_before_the_file(folder: Path):
    digest = digest_of(folder / "one.mp4")
    library = library_of(folder.parent, digest, rate_fps=25.0, duration_s=9.0)
    found = known(folder, library, at=folder.parent, one=digest)
    assert found.length_s(samples.clip(0, 0, file="one.mp4", digest=digest)) == 9


def test_without_footage_and_library_nothing_is_known(tmp_path: Path):
    found = known(tmp_path / "gone", tmp_path / "gone.sqlite", at=tmp_path, one="f" * 64)
    assert found.length_s(samples.clip(0, 0, digest="f" * 64)) is None
    assert found.path("f" * 64, "one.mp4") is None
    assert found.renamed() == {}
    with pytest.raises(EditError, match="there is no clip 'two' in the footage"):
        found.file("two")


def test_a_file_of_the_name_with_other_content_is_not_the_clip(folder: Path):
    digest = digest_of(folder / "old/two.mp4")
    found = known(folder, at=folder.parent, one=digest)
    assert found.path(digest, "one.mp4") == folder / "old/two.mp4"
    assert found.path(digest_of(folder / "one.mp4"), "one.mp4") == folder / "one.mp4"
    assert found.renamed() == {}


def test_a_record_says_which_files_were_clips():
    said = {"recipe": {"footage": {"dir": None, "include": ["**/*"], "exclude": ["b/*"], "metadata": {}}}}
    assert footage_of(said) == FootageSpec(exclude=("b/*",))
    assert footage_of({"recipe": {}}) == FootageSpec()
