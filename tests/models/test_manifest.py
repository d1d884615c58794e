"""The manifest: what it says holds, and faults are told with their place."""

import json
from dataclasses import fields
from pathlib import Path

import jsonschema
import pytest
from made_models import LICENCE, row, write_manifest
from rushes.errors import ModelError, RecipeError
from rushes.models.manifest import (
    Licence,
    ModelEntry,
    PackageSource,
    PartsSource,
    Tensor,
    UrlSource,
    WheelTags,
    read_manifest,
)
from rushes.resources import shipped_file, shipped_schema
from rushes.store.store import hash_file

SHARED = Path(__file__).parents[2] / "../shared/models"
MODELS = read_manifest().models


def refusal(path):
    with pytest.raises(ModelError) as caught:
        read_manifest(path)
    return str(caught.value).replace(str(path), "manifest.json")


def test_the_shipped_manifest_fits_its_schema():
    schema = shipped_schema("models")
    jsonschema.Draft7Validator.check_schema(schema)
    document = json.loads(shipped_file("models", "manifest.json").read_text(encoding="utf-8"))
    assert list(jsonschema.Draft7Validator(schema).iter_errors(document)) == []


@pytest.mark.parametrize(
    ("definition", "kinds"),
    [("model", [ModelEntry]), ("tensor", [Tensor])],
)
def test_the_keys_of_the_schema_are_the_fields_of_the_specs(definition, kinds):
    properties = shipped_schema("models")["definitions"][definition]["properties"]
    assert set(properties) == {field.name for kind in kinds for field in fields(kind)}


def test_the_sources_of_the_schema_are_those_of_the_specs():
    url, _, parts = shipped_schema("models")["definitions"]["source"]["oneOf"]
    package = shipped_schema("models")["definitions"]["packed"]
    assert set(parts["properties"]) == {field.name for field in fields(PartsSource)}
    assert set(url["properties"]) == {field.name for field in fields(UrlSource)}
    assert set(package["properties"]) == {field.name for field in fields(PackageSource)}
    assert set(package["properties"]["wheel"]["properties"]) == {field.name for field in fields(WheelTags)}
    licence = shipped_schema("models")["definitions"]["model"]["properties"]["licence"]["properties"]
    assert set(licence) == {field.name for field in fields(Licence)}


def test_the_models_that_analyzers_want_are_there():
    names = {
        "silero_vad", "yunet", "blazeface", "face_landmarks", "face_blendshapes", "mini_xception",
        "emotion_ferplus", "yamnet", "yolox_nano", "minilm", "clip_image", "clip_text",
    }  # fmt: skip
    assert names <= set(read_manifest().models)


def test_the_core_set_lies_in_packages():
    core = [entry for entry in read_manifest().models.values() if entry.core]
    assert [entry.name for entry in core] == ["silero_vad", "blazeface"]
    assert all(isinstance(entry.sources[0], PackageSource) for entry in core)


def test_every_file_can_be_known_again():
    unknown = {entry.name for entry in read_manifest().models.values() if not (entry.blake3 or entry.sha256)}
    # A Whisper of the user's choice: whichever it is, it is pinned when it is installed.
    assert unknown == {"whisper", "whisper_config", "whisper_tokenizer", "whisper_vocabulary"}


@pytest.mark.parametrize("name", MODELS)
def test_the_digests_are_those_of_the_files_at_hand(name):
    entry = MODELS[name]
    path = SHARED / entry.file
    if not path.exists():
        pytest.skip(f"{name}: no {entry.file} in ../shared/models to compare the manifest with")
    assert (path.stat().st_size, hash_file(path)) == (entry.bytes, entry.blake3)


@pytest.mark.parametrize("name", [entry.name for entry in MODELS.values() if entry.format == "onnx"])
def test_the_tensors_are_those_of_the_files_at_hand(name):
    entry = MODELS[name]
    path = SHARED / entry.file
    if not path.exists():
        pytest.skip(f"{name}: no {entry.file} in ../shared/models to compare the manifest with")
    from rushes.models.session import onnx_session

    session = onnx_session(path)
    types = {"tensor(float)": "float32", "tensor(int64)": "int64"}
    for written, found in ((entry.inputs, session.get_inputs()), (entry.outputs, session.get_outputs())):
        assert [(t.name, t.type) for t in written] == [(t.name, types[t.type]) for t in found]
        assert [len(t.shape) for t in written] == [len(t.shape) for t in found]
        for mine, theirs in zip(written, found, strict=True):
            for length, other in zip(mine.shape, theirs.shape, strict=True):
                # A file may leave free what only one length makes sense for.
                assert isinstance(length, str) or isinstance(other, str) or length == other


def test_a_manifest_becomes_entries_in_its_order(tmp_path):
    wheel = {"python": "3.12", "abi": "cp312", "platform": "win_amd64"}
    package = {"package": "p", "version": "1", "path": "p/b.onnx", "wheel": wheel}
    tensor = {"name": "x", "type": "float32", "shape": ["n", 3], "says": "numbers"}
    rows = (
        row("b", b"bb", sources=[package, {"url": "https://example.org/b"}], inputs=[tensor]),
        row("a", None, needs=["b"]),
    )
    manifest = read_manifest(write_manifest(tmp_path / "m.json", *rows))
    assert list(manifest.models) == ["b", "a"]
    b = manifest.models["b"]
    assert b.sources == (
        PackageSource(package="p", version="1", path="p/b.onnx", wheel=WheelTags(**wheel)),
        UrlSource(url="https://example.org/b"),
    )
    assert b.inputs == (Tensor(name="x", type="float32", shape=("n", 3), says="numbers"),)
    assert b.licence == Licence(**LICENCE)
    assert (manifest.models["a"].bytes, manifest.models["a"].blake3, manifest.models["a"].needs) == (
        None,
        None,
        ("b",),
    )


def test_the_digest_is_of_what_the_manifest_says_not_of_how_it_is_written(tmp_path):
    pretty = write_manifest(tmp_path / "pretty.json", row("a", b"a"))
    flat = tmp_path / "flat.json"
    flat.write_text(json.dumps(json.loads(pretty.read_text()), sort_keys=True))
    other = write_manifest(tmp_path / "other.json", row("a", b"b"))
    assert read_manifest(pretty).digest == read_manifest(flat).digest != read_manifest(other).digest


def test_a_model_brings_what_it_needs(tmp_path):
    rows = (row("a", b"a"), row("b", b"b", needs=["a", "c"]), row("c", b"c", needs=["b"]))
    manifest = read_manifest(write_manifest(tmp_path / "m.json", *rows))
    assert [entry.name for entry in manifest.named(["b"])] == ["b", "a", "c"]
    assert [entry.name for entry in manifest.named(["a", "b", "a"])] == ["a", "b", "c"]


def test_an_unknown_name_is_answered_with_the_nearest(tmp_path):
    manifest = read_manifest(write_manifest(tmp_path / "m.json", row("yunet", b"a"), row("yamnet", b"b")))
    with pytest.raises(RecipeError) as caught:
        manifest.named(["yunett"])
    assert str(caught.value) == (
        "there is no model called yunett\n    fix: did you mean yunet? known: yunet, yamnet"
    )


def test_a_manifest_that_is_not_there_is_told(tmp_path):
    assert refusal(tmp_path / "m.json") == (
        "manifest.json: the model manifest cannot be read (No such file or directory)\n"
        "    fix: install rushes again"
    )


def test_a_manifest_that_is_no_json_is_told_with_its_line(tmp_path):
    path = tmp_path / "m.json"
    path.write_text('{"schema": "rushes/models@1",\n "models": [}')
    assert refusal(path) == "manifest.json:2:13: is no JSON: Expecting value\n    fix: install rushes again"
    path.write_bytes(b'{"schema": "\xff\xff"}')
    assert refusal(path) == "manifest.json: is no UTF-8 text\n    fix: install rushes again"


def test_every_fault_against_the_schema_is_told(tmp_path):
    rows = (row("a", b"a", file="../a.onnx"), row("b", b"b", blake3="12"))
    assert refusal(write_manifest(tmp_path / "m.json", *rows)) == (
        "manifest.json: models[0].file: '../a.onnx' does not match "
        "'^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$'\n"
        "    fix: see schemas/models.schema.json for what belongs there\n"
        "manifest.json: models[1].blake3: '12' does not match '^[0-9a-f]{64}$'\n"
        "    fix: see schemas/models.schema.json for what belongs there"
    )


@pytest.mark.parametrize("file", ["/a", "a/../b", "a//b", "a\\b", "", ".a", "a/.b", "c:/a"])
def test_no_model_lies_outside_the_models_folder(tmp_path, file):
    assert "models[0].file" in refusal(write_manifest(tmp_path / "m.json", row("a", b"a", file=file)))


def test_contradictions_are_told(tmp_path):
    rows = (
        row("a", b"a", needs=["nothing"]),
        row("a", b"b", file="a/b.onnx"),
        row("c", b"c", file="a/b.onnx", how=""),
    )
    del rows[2]["how"]
    text = refusal(write_manifest(tmp_path / "m.json", *rows))
    assert [line for line in text.splitlines() if "fix" not in line] == [
        "manifest.json: a needs nothing, which is not in the manifest",
        "manifest.json: c has neither a source nor a word on how to get it",
        "manifest.json: the file a/b.onnx stands there 2 times",
        "manifest.json: the name a stands there 2 times",
    ]
