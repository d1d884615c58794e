"""Fingerprints: what a stored analysis followed from, and what has changed since."""

from dataclasses import dataclass, replace

import pytest
from rushes.analyze.spec import Analyzer, no_wishes
from rushes.graph.analysis import plan_analysis
from rushes.graph.compile import AnalysisTools
from rushes.models.installed import InstalledModels, ModelFile
from rushes.recipe.spec import AnalyzerSpec
from rushes.run.fingerprints import analysis_fingerprints, difference
from rushes.run.operations.table import OPERATIONS
from rushes.store.canonical import canonical_json, digest_bytes


@dataclass(frozen=True)
class FaceParams:
    min_confidence_01: float = 0.7
    rate_hz: float = 1.0


@dataclass(frozen=True)
class NoParams:
    pass


def analyzer(name, **fields):
    given = {
        "version": 1,
        "source": "clip",
        "params": NoParams,
        "wishes": no_wishes,
        "start": "x:y",
        "columns": (),
    }
    return Analyzer(name=name, **{**given, **fields})


TABLE = {
    one.name: one
    for one in (
        analyzer("quality", libraries=("numpy",)),
        analyzer("faces", params=FaceParams, libraries=("onnxruntime",), models=lambda params: ("yunet",)),
        analyzer("emotion", source="tables", reads=("faces",), may_read=("quality",)),
        analyzer("angle", source="tables", reads=("emotion",)),
    )
}
NAMES = ("quality", "faces", "emotion", "angle")
TOOLS = AnalysisTools(
    analyzers=TABLE,
    versions={"numpy": "2.0", "onnxruntime": "1.20"},
    models=InstalledModels(manifest_b3="m1", files={"yunet": ModelFile(path="/a/yunet.onnx", digest="y1")}),
)


def made(names=NAMES, tools=TOOLS, operations=OPERATIONS, **params):
    specs = [AnalyzerSpec(name=name, params=params.get(name, {})) for name in names]
    return analysis_fingerprints(plan_analysis(specs, tools.analyzers, tools.models), tools, operations)


def changed(now, before=None):
    """Which analyzers have another fingerprint, and the words for it."""
    before = before or made()
    return {
        name: difference(before[name].document, now[name].document)
        for name in now
        if now[name].digest != before[name].digest
    }


def with_analyzer(name, **fields):
    return replace(TOOLS, analyzers={**TABLE, name: replace(TABLE[name], **fields)})


def with_models(**fields):
    return replace(TOOLS, models=replace(TOOLS.models, **fields))


def test_the_digest_is_that_of_the_document():
    for fingerprint in made().values():
        assert fingerprint.digest == digest_bytes(canonical_json(fingerprint.document))


def test_the_same_settings_give_the_same_fingerprints():
    assert made() == made()


def test_where_a_model_lies_is_no_matter():
    moved = with_models(files={"yunet": ModelFile(path="/b/yunet.onnx", digest="y1")})
    assert changed(made(tools=moved)) == {}


def test_a_parameter_changes_its_analyzer_and_all_that_read_it():
    assert changed(made(faces={"min_confidence_01": 0.8}), made(faces={"min_confidence_01": 0.7})) == {
        "faces": "param min_confidence_01 0.7→0.8",
        "emotion": "faces: param min_confidence_01 0.7→0.8",
        "angle": "emotion: faces: param min_confidence_01 0.7→0.8",
    }


def test_a_version_changes_its_analyzer_and_all_that_read_it():
    assert changed(made(tools=with_analyzer("faces", version=2))) == {
        "faces": "faces v1→v2",
        "emotion": "faces v1→v2",
        "angle": "emotion: faces v1→v2",
    }


def test_a_model_of_other_bytes_changes_who_uses_it():
    other = with_models(files={"yunet": ModelFile(path="/a/yunet.onnx", digest="y2")})
    assert changed(made(tools=other))["faces"] == "model yunet changed"
    assert "quality" not in changed(made(tools=other))


def test_a_manifest_or_a_provider_changes_those_with_models_only():
    assert changed(made(tools=with_models(manifest_b3="m2")))["faces"] == "model manifest changed"
    on_a_card = made(tools=replace(TOOLS, providers=("cuda", "cpu")))
    assert changed(on_a_card)["faces"] == "providers cpu→cuda, cpu"
    assert "quality" not in changed(on_a_card)


def test_a_library_changes_those_that_name_it():
    newer = replace(TOOLS, versions={"numpy": "2.1", "onnxruntime": "1.20"})
    assert changed(made(("quality", "faces"), newer), made(("quality", "faces"))) == {
        "quality": "numpy 2.0→2.1"
    }
    newer = replace(TOOLS, versions={"numpy": "2.0", "onnxruntime": "1.21"})
    assert changed(made(("quality", "faces"), newer), made(("quality", "faces"))) == {
        "faces": "onnxruntime 1.20→1.21"
    }


def test_the_decode_pass_changes_what_it_feeds_and_all_that_read_that():
    newer = {**OPERATIONS, "analyze": replace(OPERATIONS["analyze"], version=99)}
    before = OPERATIONS["analyze"].version
    found = changed(made(operations=newer))
    assert found["quality"] == found["faces"] == f"operation analyze {before}→99"
    assert found["emotion"].startswith(f"faces: operation analyze {before}→99")


def test_what_may_be_read_counts_only_where_it_is_switched_on():
    without = made(("faces", "emotion"))
    assert changed({"emotion": made()["emotion"]}, without) == {"emotion": "quality added"}
    assert changed({"emotion": without["emotion"]}) == {"emotion": "quality removed"}


def test_an_analyzer_that_cannot_run_has_no_fingerprint():
    assert sorted(made(tools=replace(TOOLS, models=InstalledModels()))) == ["quality"]


def test_models_that_come_and_go_are_told_as_such():
    with_another = with_analyzer("faces", models=lambda params: ("yunet", "blazeface"))
    both = replace(
        with_another,
        models=replace(
            TOOLS.models,
            files={**TOOLS.models.files, "blazeface": ModelFile(path="", digest="b1")},
        ),
    )
    assert changed(made(("faces",), both), made(("faces",))) == {"faces": "model blazeface added"}
    assert difference(made(("faces",), both)["faces"].document, made()["faces"].document) == (
        "model blazeface removed"
    )


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_said_of_what_is_the_same(name):
    assert difference(made()[name].document, made()[name].document) == ""
