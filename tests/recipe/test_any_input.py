"""Whatever stands in a file or on the command line: a recipe, or problems with places, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recipe_samples import GOOD, TABLE
from rushes.errors import RecipeError
from rushes.recipe.load import load_recipe

RICH = GOOD + (
    "extends: base/clips\nsong: {start_s: 3s}\nthresholds: {x_01: 0.5}\nfeatures: {f: sharp_01 + x_01}\n"
    "rules: {r: {when: f > 1, say: '{f:.2f}'}}\nfootage: {metadata: {angle: {front: 'a*'}}}\nstyle: {version: 2}\n"
)
PIECES = st.sampled_from(
    [
        "{",
        "}",
        "[",
        "]",
        ":",
        ": ",
        "- ",
        "\n",
        "  ",
        "\t",
        "*",
        "&a ",
        "!!x ",
        "'",
        '"',
        "null",
        "on",
        "1e3",
        "9:16",
    ]
    + [
        "edit",
        "scores",
        "rules",
        "look",
        "{}",
        "[]",
        "-1",
        "~",
        "#",
        "|",
        ">-",
        "%",
        "@",
        "\x00",
        "\ufeff",
        "é",
        "1:30",
    ]
)
SETTINGS = settings(
    deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def load(path: Path, *overrides: str) -> None:
    try:
        load_recipe(path, analyzers=TABLE, overrides=overrides)
    except RecipeError as error:
        assert error.problems
        assert all(problem.place is not None and problem.what and problem.fix for problem in error.problems)


@SETTINGS
@given(cut=st.integers(0, len(RICH)), drop=st.integers(0, 12), pieces=st.lists(PIECES, max_size=3))
def test_a_damaged_recipe_gives_problems(tmp_path: Path, cut: int, drop: int, pieces: list[str]) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(RICH[:cut] + "".join(pieces) + RICH[cut + drop :], encoding="utf-8")
    load(path)


@SETTINGS
@given(data=st.binary(max_size=60))
def test_any_bytes_give_problems(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "r.yaml"
    path.write_bytes(data)
    load(path)


@SETTINGS
@given(
    pieces=st.lists(
        st.one_of(PIECES, st.sampled_from(["edit.seed", "rules.r", "+", "~", "=", "."])), max_size=5
    )
)
def test_any_override_gives_problems(tmp_path: Path, pieces: list[str]) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(RICH.replace("extends: base/clips\n", ""), encoding="utf-8")
    load(path, "".join(pieces))


@pytest.mark.parametrize(
    "section", ["edit", "scores", "rules", "style", "song", "footage", "features", "analyzers", "run"]
)
@pytest.mark.parametrize(
    "value", ["1", "x", "[1]", "{a: 1}", "{a: {b: c}}", "null", "[[]]", "true", "{terms: 1}"]
)
def test_a_section_of_another_kind_gives_problems(tmp_path: Path, section: str, value: str) -> None:
    path = tmp_path / "r.yaml"
    lines = [
        line
        for line in GOOD.split("\n")
        if not line.startswith((section, "  good" if section == "scores" else section))
    ]
    path.write_text("\n".join(lines) + f"\n{section}: {value}\n", encoding="utf-8")
    load(path)
