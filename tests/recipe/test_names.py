"""Unknown names: the nearest first."""

from rushes.recipe.names import did_you_mean, near_name


def test_the_nearest_name_is_offered_and_all_are_listed_nearest_first() -> None:
    assert did_you_mean("min_sht_s", ["grid", "max_shot_s", "min_shot_s"]) == (
        "did you mean min_shot_s? known here: min_shot_s, max_shot_s, grid"
    )


def test_nothing_is_offered_where_nothing_is_near() -> None:
    assert did_you_mean("zzz", ["grid", "edit"], kind="keys") == "keys: edit, grid"
    assert near_name("zzz", ["grid", "edit"]) is None


def test_a_long_list_is_cut() -> None:
    names = [f"name_{index:02d}" for index in range(20)]
    assert did_you_mean("x", names).endswith(" and 8 more")


def test_a_name_is_not_near_itself() -> None:
    assert near_name("dark", ["dark"]) is None
    assert near_name("drak", ["drak", "dark"]) == "dark"
