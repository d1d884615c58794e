"""Which names the expressions of a recipe use."""

from rushes.recipe.names_used import names_used
from rushes.recipe.spec import (
    FeatureSpec,
    PersonalFeatureSpec,
    PersonalSpec,
    Recipe,
    RuleSpec,
    ScoreSpec,
    TermSpec,
)


def test_names_come_from_every_kind_of_expression_and_from_texts():
    recipe = Recipe(
        name="r",
        features=(FeatureSpec(name="f", value="1 - exposure_01"),),
        personal=PersonalSpec(features=(PersonalFeatureSpec(name="p", value="2 * faces - 1"),)),
        scores=(ScoreSpec(name="s", terms=(TermSpec(name="t", value="clip(f, 0, 1)", weight=1),)),),
        rules=(
            RuleSpec(name="a", when="s > high", reject="only {duration_s:.2f} s long"),
            RuleSpec(name="b", when='kind == "static"', say="steady"),
        ),
    )
    assert names_used(recipe) == {"exposure_01", "faces", "f", "s", "high", "duration_s", "kind"}


def test_a_recipe_without_expressions_uses_none():
    assert names_used(Recipe(name="r")) == frozenset()
