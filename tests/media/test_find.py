from __future__ import annotations

from pathlib import Path

import pytest
from rushes.errors import MediaError
from rushes.media.find import find_footage, matches_any, name_metadata, unmatched_globs
from rushes.media.info import FootageFile
from rushes.recipe.spec import FootageSpec


def touch(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def found(root: Path, spec: FootageSpec | None = None) -> list[str]:
    return [file.clip for file in find_footage(root, spec or FootageSpec())]


def fault(root: Path, spec: FootageSpec | None = None) -> str:
    with pytest.raises(MediaError) as caught:
        find_footage(root, spec or FootageSpec())
    return str(caught.value).replace(str(root), root.name)


def test_clips_of_all_folders_are_found_in_order(tmp_path: Path):
    touch(tmp_path, "b.MP4", "a/z.mov", "a/b/c.mkv", "C.webm")
    assert found(tmp_path) == ["C.webm", "a/b/c.mkv", "a/z.mov", "b.MP4"]


def test_the_path_of_a_clip_is_where_it_lies(tmp_path: Path):
    touch(tmp_path, "a/z.mov")
    assert find_footage(tmp_path, FootageSpec()) == (
        FootageFile(clip="a/z.mov", path=str(tmp_path / "a/z.mov")),
    )


def test_pictures_sounds_and_hidden_files_are_no_clips(tmp_path: Path):
    touch(tmp_path, "a.mp4", "a.jpg", "a.mp3", "a.txt", "._a.mp4", ".trash/b.mp4", "no_suffix")
    assert found(tmp_path) == ["a.mp4"]


def test_links_that_go_in_circles_are_followed_once(tmp_path: Path):
    touch(tmp_path, "day/a.mp4")
    (tmp_path / "day" / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "gone.mp4").symlink_to(tmp_path / "nowhere.mp4")
    assert found(tmp_path) == ["day/a.mp4"]


def test_a_linked_folder_elsewhere_is_searched(tmp_path: Path):
    touch(tmp_path, "elsewhere/a.mp4")
    root = tmp_path / "root"
    root.mkdir()
    (root / "linked").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert found(root) == ["linked/a.mp4"]


def test_include_and_exclude_choose_by_path_or_bare_name(tmp_path: Path):
    touch(tmp_path, "day1/front.mp4", "day1/side.mp4", "day2/front.mp4", "day2/test_front.mp4")
    spec = FootageSpec(include=("day2/*", "side*"), exclude=("TEST_*",))
    assert found(tmp_path, spec) == ["day1/side.mp4", "day2/front.mp4"]


@pytest.mark.parametrize(
    ("glob", "clip", "fits"),
    [
        ("*.mp4", "a/b.mp4", True),
        ("**/*", "b.mp4", True),
        ("**/*.MOV", "x/y/b.mov", True),
        ("a/*.mp4", "a/b/c.mp4", False),
        ("a/**", "a/b/c.mp4", True),
        ("take_?.mp4", "take_7.mp4", True),
        ("take_?.mp4", "take_77.mp4", False),
        ("[!a-c]*", "d.mp4", True),
        ("[!a-c]*", "b.mp4", False),
        ("a[1].mp4", "a[1].mp4", False),
        ("a(1).mp4", "a(1).mp4", True),
    ],
)
def test_globs_match_as_they_do_in_a_shell_but_ignore_case(glob: str, clip: str, fits: bool):
    assert matches_any(clip, (glob,)) is fits


def test_the_first_value_whose_glob_matches_is_the_fact():
    rules = {
        "angle": {"front": ("front*",), "side": ("side*", "*_s.*"), "any": ("*",)},
        "day": {"1": ("day1/*",)},
    }
    assert name_metadata("day1/Front_side.mp4", rules) == (("angle", "front"), ("day", "1"))
    assert name_metadata("x/take_s.mp4", rules) == (("angle", "side"),)
    assert name_metadata("x/take.mp4", {"angle": {"front": ("front*",)}}) == ()
    by_path_and_name = {"day": {"none": (), "one": ("take*",), "two": ("x/*",)}}
    assert name_metadata("x/take.mp4", by_path_and_name) == (("day", "one"),)
    assert name_metadata("x/other.mp4", by_path_and_name) == (("day", "two"),)


def test_a_missing_folder_is_reported(tmp_path: Path):
    assert fault(tmp_path / "nope") == (
        "nope: there is no such folder\n    fix: check the path given by --footage"
    )


def test_a_file_instead_of_a_folder_is_reported(tmp_path: Path):
    touch(tmp_path, "a.mp4")
    assert fault(tmp_path / "a.mp4") == (
        "a.mp4: footage is a folder, but this is a file\n    fix: name the folder it lies in"
    )


def test_a_folder_without_clips_is_reported(tmp_path: Path):
    touch(tmp_path, "root/a.jpg")
    assert fault(tmp_path / "root") == (
        "root: no clips were found\n"
        "    fix: name the folder with the footage; video files end in .mp4, .mov, .mkv, .webm and the like"
    )


def test_globs_that_leave_nothing_are_reported(tmp_path: Path):
    touch(tmp_path, "root/a.mp4", "root/b.mp4")
    assert fault(tmp_path / "root", FootageSpec(include=("c*",))) == (
        "root: footage.include and footage.exclude leave none of 2 clips\n"
        "    fix: widen footage.include or narrow footage.exclude"
    )


@pytest.mark.parametrize(
    ("glob", "name", "fits"),
    [
        ("take[1-3].mp4", "take2.mp4", True),
        ("take[1-3].mp4", "take4.mp4", False),
        ("take[!1-3].mp4", "take4.mp4", True),
        ("take[!1-3].mp4", "take2.mp4", False),
        ("[z-a]*", "abc.mp4", False),
        ("[!z-a]*", "abc.mp4", True),
        ("[a&&b]*", "&.mp4", True),
        ("[a&&b]*", "c.mp4", False),
        ("[[]1].mp4", "[1].mp4", True),
        ("[]]x.mp4", "]x.mp4", True),
        ("[^a]*", "^.mp4", True),
    ],
)
def test_brackets_hold_characters_and_ranges_whatever_they_are(glob, name, fits):
    assert matches_any(name, (glob,)) is fits


def test_a_glob_that_matches_nothing_is_told_with_one_that_does() -> None:
    rules = {"shoot": {"creatures": ("*mdn*",), "film": ("film/*",), "talk": ("*talk*",)}}
    clips = ["mdn/cat.mp4", "film/bikes.mp4"]
    assert list(unmatched_globs(clips, rules)) == [
        ("shoot", "creatures", "*mdn*", "*mdn*/**"),
        ("shoot", "talk", "*talk*", None),
    ]
