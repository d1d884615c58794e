"""Which analyzers a run needs."""

from dataclasses import dataclass
from types import MappingProxyType

import pytest
from rushes.analyze.spec import Analyzer, Column, no_wishes
from rushes.errors import Problem
from rushes.graph.analysis import models_wanted, plan_analysis
from rushes.models.installed import InstalledModels, ModelFile
from rushes.recipe.spec import AnalyzerSpec


@dataclass(frozen=True)
class Params:
    """No parameters."""


def row(name, *, reads=(), may_read=(), models=(), columns=(), source="tables"):
    return Analyzer(
        name=name,
        version=1,
        source=source,
        params=Params,
        wishes=no_wishes,
        start="",
        columns=tuple(Column(name=column, says="") for column in columns),
        models=lambda params: models,
        reads=reads,
        may_read=may_read,
    )


TABLE = MappingProxyType(
    {
        analyzer.name: analyzer
        for analyzer in (
            row("boxes", models=("net",), source="clip"),
            row("faces", reads=("boxes",), columns=("face_count_avg",)),
            row("motion", source="clip", columns=("shake_01",)),
            row("shot_type", reads=("faces", "motion"), may_read=("bodies",), columns=("shot_type",)),
            row("bodies", models=("people",), source="clip", columns=("person_count_avg",)),
            row("beats", source="song"),
        )
    }
)
BOTH = InstalledModels(
    files={name: ModelFile(path=f"/models/{name}", digest=f"{name}-digest") for name in ("net", "people")}
)


def plan(*names, installed=BOTH):
    return plan_analysis([AnalyzerSpec(name=name, params={}) for name in names], TABLE, installed)


def test_what_an_analyzer_reads_is_switched_on_before_it():
    assert [spec.name for spec in plan("shot_type").wanted] == ["boxes", "faces", "motion", "shot_type"]


def test_what_an_analyzer_may_read_comes_before_it_only_where_the_recipe_names_it():
    assert [spec.name for spec in plan("shot_type", "bodies").wanted][-2:] == ["bodies", "shot_type"]
    assert "bodies" not in {spec.name for spec in plan("shot_type").wanted}


def test_the_library_has_the_columns_of_the_recipes_analyzers_first_and_none_of_songs():
    found = plan("beats", "shot_type")
    assert found.named == ("shot_type", "faces", "motion")


def test_an_analyzer_without_its_model_is_unavailable_and_so_is_what_reads_it():
    missing = Problem(None, "the model net is not installed", "rushes models install net")
    installed = InstalledModels(files={"people": BOTH.files["people"]}, missing={"net": missing})
    found = plan("shot_type", "bodies", installed=installed)
    assert found.unavailable == {"boxes": missing, "faces": missing, "shot_type": missing}
    assert [spec.name for spec in found.wanted] == ["motion", "bodies"]


def test_an_optional_reading_without_its_model_is_left_out():
    installed = InstalledModels(files={"net": BOTH.files["net"]})
    found = plan("shot_type", "bodies", installed=installed)
    assert set(found.unavailable) == {"bodies"}
    assert "shot_type" in {spec.name for spec in found.wanted}


def test_models_of_analyzers_that_are_only_read_are_wanted_too():
    assert models_wanted([AnalyzerSpec(name="shot_type", params={})], TABLE) == ("net",)


def test_analyzers_that_read_each_other_are_our_bug():
    table = {"a": row("a", reads=("b",)), "b": row("b", reads=("a",))}
    with pytest.raises(ValueError, match="analyzers read each other: a -> b -> a"):
        plan_analysis([AnalyzerSpec(name="a", params={})], table, InstalledModels())
