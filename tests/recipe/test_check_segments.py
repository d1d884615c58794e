"""A recipe that allows longer shots than any take is warned of."""

import pytest
from recipe_samples import CONSTRAINED_WITH_SONG, HEAD, Folder

DRUM = "{hold: drop, before_s: 3, after_s: 2}"
LONG = '{length: "position_01 > 0.5", min_s: 5}'


@pytest.fixture
def warnings(folder: Folder):
    def of(edit: str, segments: str = "{}", head: str = HEAD) -> list[str]:
        text = f"segments: {segments}\nedit: {{score: good, grid: free, {edit}}}\n"
        return [str(one) for one in folder.load(head + text).problems]

    return of


def test_shots_longer_than_takes_are_warned_of_with_both_places(warnings):
    (warning,) = warnings("max_uses_per_clip: 2, max_shot_s: 9")
    assert warning == (
        "r.yaml:6:67: edit.max_shot_s is 9, but no take is longer than 4 s"
        " (segments.max_s, which divides longer ones, is 4, built-in)\n"
        "    fix: raise segments.max_s to 9.2 or more, or lower edit.max_shot_s"
    )


@pytest.mark.parametrize(
    ("edit", "segments"),
    [
        ("max_uses_per_clip: 2, max_shot_s: 9", "{max_s: 9.2}"),
        ("max_uses_per_clip: 1, max_shot_s: 9", "{}"),
        ("max_uses_per_clip: 2, max_shot_s: 4", "{}"),
    ],
    ids=["divided into longer takes", "each clip once", "as built in"],
)
def test_shots_that_a_take_holds_are_not(warnings, edit, segments):
    assert warnings(edit, segments) == []


@pytest.mark.parametrize(
    ("constraint", "what"), [(DRUM, "holds a shot of 5 s"), (LONG, "wants shots of 5 s")]
)
def test_a_constraint_that_wants_a_longer_shot_than_any_take_is_warned_of(warnings, constraint, what):
    found = warnings(
        f"max_uses_per_clip: 2, max_shot_s: 9, constraints: {{x: {constraint}}}", head=CONSTRAINED_WITH_SONG
    )
    assert any(f"edit.constraints.x {what}, but no take is longer than 4 s" in one for one in found)
    assert len(found) == 2
