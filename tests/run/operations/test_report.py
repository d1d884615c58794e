"""What the report operation knows of clips that are not in the edit."""

from rushes.run.operations.report import never_used

CLIPS = [
    {"clip": "a/bottle.mp4", "digest": "1"},
    {"clip": "a/cup.mp4", "digest": "2"},
    {"clip": "b/copy.mp4", "digest": "1"},
    {"clip": "b/empty.mp4", "digest": ""},
    {"clip": "b/nothing.mp4", "digest": ""},
]


def test_clips_that_the_recipe_leaves_out_and_their_copies_say_so():
    found = never_used(CLIPS, {"globs": ["bottle*"], "place": "reel.yaml:4:3"})
    assert found == {
        "a/bottle.mp4": 'left out by edit.never_use: "bottle*" (reel.yaml:4:3)',
        "b/copy.mp4": "the same file as a/bottle.mp4, which edit.never_use leaves out (reel.yaml:4:3)",
    }


def test_the_first_glob_that_names_a_clip_is_told_and_empty_files_are_no_copies():
    found = never_used(CLIPS, {"globs": ["empty*", "b/*"], "place": ""})
    assert found == {
        "b/empty.mp4": 'left out by edit.never_use: "empty*"',
        "b/copy.mp4": 'left out by edit.never_use: "b/*"',
        "b/nothing.mp4": 'left out by edit.never_use: "b/*"',
        "a/bottle.mp4": "the same file as b/copy.mp4, which edit.never_use leaves out",
    }
