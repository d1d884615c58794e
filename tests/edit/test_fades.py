"""Fades of a recipe in a timeline."""

import pytest
import timeline_samples as samples
from rushes.edit.fades import with_fades
from rushes.recipe.transition_spec import FadesSpec
from rushes.timeline.tree import Fades


def test_a_recipe_s_fades_are_counted_in_frames_of_the_edit():
    made, said = with_fades(samples.timeline((30, 60)), FadesSpec(in_s=0.5, out_s=1.01))
    assert (made.fades, said) == (Fades(in_frames=15, out_frames=30), ())
    assert with_fades(made, FadesSpec())[0].fades == Fades()


@pytest.mark.parametrize("place", ["first", "last"])
def test_a_fade_that_is_longer_than_its_shot_is_told(place: str):
    spec = FadesSpec(in_s=2.0) if place == "first" else FadesSpec(out_s=2.0)
    _, said = with_fades(samples.timeline((30, 60, 30)), spec)
    way = "opens from black" if place == "first" else "ends in black"
    assert said == (
        f"the edit {way} over 1.00 s instead of 2.00 s: its {place} shot is seen alone no longer",
    )
