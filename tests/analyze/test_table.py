from __future__ import annotations

import dataclasses
import subprocess
import sys
from importlib.metadata import EntryPoint, EntryPoints

import polars as pl
import pytest
from rushes.analyze import table
from rushes.analyze.clip_pass import load_function
from rushes.analyze.spec import Analyzer
from rushes.analyze.table import ANALYZERS, analyzer_named, analyzer_names
from rushes.errors import RecipeError

ADDED = dataclasses.replace(ANALYZERS["shots"], name="smiles")
IMPOSTOR = dataclasses.replace(ANALYZERS["shots"], name="frowns")
NUMBER = 7


def install(monkeypatch: pytest.MonkeyPatch, *points: tuple[str, str]) -> None:
    """Pretend that packages with these entry points are installed. `__name__` of this file is not importable as such."""
    monkeypatch.setitem(sys.modules, "smiling", sys.modules[__name__])
    known = EntryPoints(EntryPoint(name, value, table.GROUP) for name, value in points)
    monkeypatch.setattr(table, "entry_points", lambda **wanted: known.select(**wanted))


def fault(name: str) -> str:
    with pytest.raises(RecipeError) as caught:
        analyzer_named(name)
    return str(caught.value)


def test_reading_the_table_loads_no_media_or_number_library():
    heavy = ("numpy", "polars", "cv2", "av", "scipy", "librosa", "xgboost", "onnxruntime")
    code = f"import sys, rushes.analyze.table; print([m for m in {heavy} if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_names_and_keys_agree_and_column_names_are_unique():
    columns = [column.name for analyzer in ANALYZERS.values() for column in analyzer.columns]
    assert [analyzer.name for analyzer in ANALYZERS.values()] == list(ANALYZERS)
    assert len(columns) == len(set(columns))


@pytest.mark.parametrize("analyzer", ANALYZERS.values(), ids=lambda analyzer: analyzer.name)
def test_defaults_are_valid_and_wishes_follow_from_them(analyzer: Analyzer):
    wishes = analyzer.wishes(analyzer.params())
    asks = bool(wishes.pictures) or wishes.sound is not None
    assert asks == (analyzer.source == "clip")


@pytest.mark.parametrize(
    "analyzer", [a for a in ANALYZERS.values() if a.source == "clip"], ids=lambda analyzer: analyzer.name
)
def test_what_an_analyzer_starts_can_be_loaded_and_its_tables_name_real_types(analyzer: Analyzer):
    assert callable(load_function(analyzer.start))
    for columns in analyzer.tables.values():
        assert all(hasattr(pl, kind) for _, kind in columns)


def test_an_unknown_name_is_answered_with_the_nearest():
    assert fault("qualty") == (
        "there is no analyzer called qualty\n"
        f"    fix: did you mean quality? known: {', '.join(sorted(ANALYZERS))}"
    )


def test_an_installed_package_adds_an_analyzer(monkeypatch: pytest.MonkeyPatch):
    install(monkeypatch, ("smiles", "smiling:ADDED"))
    assert analyzer_named("smiles") is ADDED
    assert "smiles" in analyzer_names()


def test_other_packages_are_not_loaded_for_built_in_names(monkeypatch: pytest.MonkeyPatch):
    install(monkeypatch, ("smiles", "nowhere:ADDED"))
    assert analyzer_named("shots") is ANALYZERS["shots"]


def test_two_packages_with_one_name_are_an_error(monkeypatch: pytest.MonkeyPatch):
    install(monkeypatch, ("smiles", "smiling:ADDED"), ("smiles", "other:ADDED"))
    assert fault("smiles") == (
        "two packages add an analyzer called smiles: other:ADDED and smiling:ADDED\n    fix: uninstall one of them"
    )


def test_a_package_may_not_take_a_built_in_name(monkeypatch: pytest.MonkeyPatch):
    install(monkeypatch, ("shots", "smiling:ADDED"))
    with pytest.raises(RecipeError, match="adds an analyzer called shots, which rushes has already"):
        analyzer_names()


def test_a_package_that_cannot_be_loaded_is_an_error(monkeypatch: pytest.MonkeyPatch):
    install(monkeypatch, ("smiles", "smiling:MISSING"))
    assert fault("smiles").startswith("the analyzer smiles of smiling:MISSING cannot be loaded: ")


@pytest.mark.parametrize("value", ["smiling:NUMBER", "smiling:IMPOSTOR"])
def test_what_is_no_analyzer_of_that_name_is_an_error(monkeypatch: pytest.MonkeyPatch, value: str):
    install(monkeypatch, ("smiles", value))
    assert fault("smiles") == (
        f"{value} is not an analyzer called smiles\n    fix: update or uninstall the package"
    )
