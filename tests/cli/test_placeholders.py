"""Commands in messages can be typed as they stand."""

import pytest
from rushes.cli.placeholders import with_folder
from rushes.errors import Problem

FIX = "see `rushes history OUT`, then `rushes edit OUT unlock c01`; OUT stays OUT"


@pytest.mark.parametrize(
    ("arguments", "folder"),
    [
        (["edit", "my reel", "lock", "1"], "'my reel'"),
        (["undo", "reel/timeline.json"], "reel"),
        (["run", "beat_reel", "--out", "reel"], "reel"),
        (["run", "beat_reel", "--out=reel"], "reel"),
        (["history", "--json"], "OUT"),
        (["doctor"], "OUT"),
        ([], "OUT"),
    ],
)
def test_the_folder_that_was_named_stands_in_commands_alone(arguments, folder):
    (told,) = with_folder([Problem(None, "what", FIX)], arguments)
    assert told.fix == f"see `rushes history {folder}`, then `rushes edit {folder} unlock c01`; OUT stays OUT"
