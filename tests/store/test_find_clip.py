"""A clip is meant by its file, by its name or by its digest; what means none or several is told."""

import os

import pytest
from rushes.errors import RecipeError
from rushes.store.canonical import digest_bytes
from rushes.store.digests import DigestIndex
from rushes.store.find_clip import find_clips
from rushes.store.library_records import SeenClip

FRONT, SIDE = digest_bytes(b"front"), digest_bytes(b"side")
SEEN = [
    SeenClip(digest=FRONT, name="day 1/front_01.mp4", path="/footage/day 1/front_01.mp4"),
    SeenClip(digest=SIDE, name="day 1/side_01.mp4", path="/footage/day 1/side_01.mp4"),
    SeenClip(digest=f"{SIDE[:8]}{'0' * 56}", name="day 2/side_01.mp4", path="/footage/day 2/side_01.mp4"),
]


@pytest.fixture
def find(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *words: find_clips(words, SEEN, DigestIndex(tmp_path / "digests.index"))


def told(find, *words):
    with pytest.raises(RecipeError) as caught:
        find(*words)
    return [(problem.what, problem.fix) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "word", ["day 1/front_01.mp4", "front_01.mp4", "front_01", FRONT, FRONT[:8], FRONT[:20].upper()]
)
def test_a_clip_is_found_by_name_and_by_digest(find, word):
    (found,) = find(word)
    assert (found.digest, found.name, found.known) == (FRONT, "day 1/front_01.mp4", True)


def test_a_file_is_known_by_its_content_whatever_it_is_called(find, tmp_path):
    (tmp_path / "copy of it.mp4").write_bytes(b"front")
    (found,) = find("copy of it.mp4")
    assert (found.digest, found.name) == (FRONT, "day 1/front_01.mp4")


def test_a_file_that_the_library_has_not_seen_is_a_clip_too(find, tmp_path):
    (tmp_path / "new.MOV").write_bytes(b"new")
    (found,) = find("new.MOV")
    assert (found.digest, found.name, found.known) == (digest_bytes(b"new"), "new.MOV", False)


def test_a_file_is_meant_before_a_name(find, tmp_path):
    (tmp_path / "front_01.mp4").write_bytes(b"another")
    assert find("front_01.mp4")[0].digest == digest_bytes(b"another")


def test_a_name_that_several_clips_have_is_told_with_their_digests(find):
    assert told(find, "side_01.mp4") == [
        (
            f"side_01.mp4 means 2 clips: day 1/side_01.mp4 ({SIDE[:12]}), day 2/side_01.mp4 ({SIDE[:8]}0000)",
            "give the digest in brackets, or the file's path",
        )
    ]
    assert find("day 2/side_01.mp4")[0].name == "day 2/side_01.mp4"


def test_a_beginning_that_several_digests_have_is_told(find):
    assert told(find, SIDE[:8])[0][0].startswith(f"{SIDE[:8]} means 2 clips")
    assert find(SIDE[:12])[0].name == "day 1/side_01.mp4"


def test_too_few_digits_are_no_digest(find):
    assert (
        told(find, FRONT[:7])[0][0] == f"there is no clip {FRONT[:7]}: no such file, and none in the library"
    )


def test_every_unknown_clip_is_told_with_the_nearest_names(find):
    what, fix = told(find, "day 1/frnt_01.mp4", "front_01", "nope")[0]
    assert what == "there is no clip day 1/frnt_01.mp4: no such file, and none in the library"
    assert fix.startswith("did you mean day 1/front_01.mp4? clips of the library: ")
    assert len(told(find, "frnt", "front_01", "nope")) == 2


def test_without_any_known_clip_a_file_is_asked_for(tmp_path):
    with pytest.raises(RecipeError, match="give the path of a clip; names are known once a recipe has run"):
        find_clips(["front"], [], DigestIndex(tmp_path / "digests.index"))


def test_folders_and_other_files_are_no_clips(find, tmp_path):
    (tmp_path / "footage").mkdir()
    (tmp_path / "notes.txt").write_text("notes")
    assert told(find, "footage", "notes.txt") == [
        ("footage is a folder, not a clip", f"name clips in it, such as footage{os.sep}*"),
        ("notes.txt is no video file", "clips end in .mp4, .mov, .mkv and the like"),
    ]
