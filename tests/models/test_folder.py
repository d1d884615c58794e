"""What lies in a models folder, and whether it is right, before any session is made."""

import os

import pytest
from made_models import by_sha256, put, row, write_manifest
from rushes.errors import ModelError, Problem
from rushes.models.folder import installed_models, look_at_all
from rushes.models.installed import EXTRAS, PACKAGES
from rushes.models.manifest import read_manifest
from rushes.models.pins import Pin, write_pin
from rushes.store.canonical import digest_bytes
from rushes.store.digests import DigestIndex

FACES, VOICE, STRANGE, SUMMED = b"faces model", b"voice model", b"strange model", b"summed model"


@pytest.fixture
def manifest(tmp_path):
    """faces and voice are known, voice needs faces; of strange nothing is known, of summed its SHA-256."""
    rows = (
        row("faces", FACES, sources=[{"url": "https://example.org/faces"}]),
        row("voice", VOICE, needs=["faces"]),
        row("strange", None),
        by_sha256("summed", SUMMED),
    )
    return read_manifest(write_manifest(tmp_path / "manifest.json", *rows))


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "models"
    put(folder, "faces", FACES)
    put(folder, "voice", VOICE)
    return folder


def states(folder, manifest):
    return {found.entry.name: found.state for found in look_at_all(folder, manifest)}


def test_models_that_are_right_are_given_with_their_digests(folder, manifest):
    found = installed_models(folder, ["faces"], None, manifest)
    assert found.manifest_b3 == manifest.digest
    assert found.missing == {}
    (faces,) = found.files.values()
    assert (faces.path, faces.digest) == (str(folder / "faces/faces.onnx"), digest_bytes(FACES))


@pytest.mark.parametrize("there", [True, False])
def test_a_model_without_the_package_that_reads_it_is_missing(folder, manifest, monkeypatch, there):
    package = "onnxruntime" if there else "no-such-package"
    monkeypatch.setattr("rushes.models.folder.PACKAGES", {"faces": package})
    found = installed_models(folder, ["faces"], None, manifest)
    assert list(found.files) == (["faces"] if there else [])
    what = "the model faces needs the package no-such-package, which is not installed"
    assert found.missing == ({} if there else {"faces": Problem(None, what, "pip install no-such-package")})


def test_a_package_that_an_extra_of_ours_installs_is_told_with_the_extra(folder, manifest, monkeypatch):
    monkeypatch.setattr("rushes.models.folder.PACKAGES", {"faces": "no-such-package"})
    monkeypatch.setattr("rushes.models.folder.EXTRAS", {"no-such-package": "words"})
    found = installed_models(folder, ["faces"], None, manifest)
    assert found.missing["faces"].fix == "pip install 'rushes[words]'"
    assert EXTRAS["tokenizers"] == "words" and EXTRAS.keys() == {*PACKAGES.values()}


def test_what_a_model_needs_is_given_too(folder, manifest):
    assert list(installed_models(folder, ["voice"], None, manifest).files) == ["voice", "faces"]


def test_a_missing_model_is_named_with_the_command_that_installs_it(tmp_path, manifest):
    found = installed_models(tmp_path / "nowhere", ["faces"], None, manifest)
    assert found.files == {}
    assert found.missing == {
        "faces": Problem(None, "the model faces is not installed", "rushes models install faces")
    }


def test_the_command_names_the_folder_where_it_is_not_the_default_one(tmp_path, manifest):
    found = installed_models(tmp_path, ["voice", "faces"], None, manifest, option="--models m")
    assert found.missing["faces"].fix == "rushes models install faces --models m"
    assert found.missing["voice"].fix == "rushes models install voice --from DIR --models m"


def test_where_nobody_serves_a_model_the_command_says_so(tmp_path, manifest):
    (tmp_path / "faces").mkdir()
    put(tmp_path, "faces", FACES)
    found = installed_models(tmp_path, ["voice"], None, manifest)
    assert found.missing["voice"].fix == "rushes models install voice --from DIR"
    assert list(found.files) == ["faces"]


def test_a_model_is_missing_where_one_that_it_needs_is(folder, manifest):
    (folder / "faces/faces.onnx").unlink()
    found = installed_models(folder, ["voice"], None, manifest)
    assert found.files == {}
    assert found.missing["voice"] == found.missing["faces"]


def test_a_model_that_the_manifest_does_not_know_is_missing(folder, manifest):
    found = installed_models(folder, ["faces", "elsewhere"], None, manifest)
    assert list(found.files) == ["faces"]
    assert found.missing["elsewhere"].what == "the model elsewhere is not in the manifest of this rushes"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (FACES[:4], "it has 4 bytes, expected 11"),
        (b"", "it has 0 bytes, expected 11"),
        (
            b"Faces model",
            f"its BLAKE3 is {digest_bytes(b'Faces model')[:12]}..., expected {digest_bytes(FACES)[:12]}...",
        ),
    ],
    ids=["truncated", "empty", "one letter"],
)
def test_a_damaged_model_is_a_hard_error_that_names_the_file(folder, manifest, content, fault):
    path = put(folder, "faces", content)
    with pytest.raises(ModelError) as caught:
        installed_models(folder, ["voice"], None, manifest)
    assert str(caught.value) == (
        f"{path}: Model bundle corrupted or incomplete: faces: {fault}\n    fix: rushes models install faces"
    )


def test_all_damaged_models_are_told_at_once(folder, manifest):
    put(folder, "faces", b"x")
    put(folder, "voice", b"y")
    with pytest.raises(ModelError) as caught:
        installed_models(folder, ["voice", "faces"], None, manifest)
    assert [problem.what.split(": ")[1] for problem in caught.value.problems] == ["faces", "voice"]


def test_a_damaged_model_that_nobody_asked_for_is_not_looked_at(folder, manifest):
    put(folder, "voice", b"y")
    assert list(installed_models(folder, ["faces"], None, manifest).files) == ["faces"]


def test_a_folder_in_place_of_a_model_is_damage(folder, manifest):
    (folder / "faces/faces.onnx").unlink()
    (folder / "faces/faces.onnx").mkdir()
    assert states(folder, manifest)["faces"] == "corrupt"


def test_a_file_in_place_of_a_folder_means_missing(tmp_path, manifest):
    (tmp_path / "faces").write_text("no folder")
    assert states(tmp_path, manifest)["faces"] == "missing"


def test_a_model_of_which_nothing_is_known_is_not_used_before_it_is_pinned(folder, manifest):
    put(folder, "strange", STRANGE)
    found = installed_models(folder, ["strange"], None, manifest)
    assert found.files == {}
    assert found.missing["strange"].fix == "rushes models install strange pins it as it is"
    write_pin(folder, "strange", Pin(bytes=len(STRANGE), blake3=digest_bytes(STRANGE)))
    assert installed_models(folder, ["strange"], None, manifest).files["strange"].digest == digest_bytes(
        STRANGE
    )
    put(folder, "strange", b"Strange model")
    with pytest.raises(ModelError, match="corrupted or incomplete: strange: its BLAKE3 is"):
        installed_models(folder, ["strange"], None, manifest)


def test_a_pin_says_nothing_of_a_model_that_the_manifest_knows(folder, manifest):
    write_pin(folder, "faces", Pin(bytes=1, blake3=digest_bytes(b"x")))
    assert states(folder, manifest)["faces"] == "installed"


def test_a_model_is_held_against_its_sha256_where_no_blake3_is_known(folder, manifest):
    put(folder, "summed", SUMMED)
    assert installed_models(folder, ["summed"], None, manifest).files["summed"].digest == digest_bytes(SUMMED)
    put(folder, "summed", b"Summed model")
    with pytest.raises(ModelError, match="corrupted or incomplete: summed: its SHA-256 is"):
        installed_models(folder, ["summed"], None, manifest)


def test_a_model_that_did_not_change_is_read_once(folder, manifest, tmp_path):
    long_ago_ns = 1_600_000_000_000_000_000
    os.utime(folder / "faces/faces.onnx", ns=(long_ago_ns, long_ago_ns))
    for reads in (1, 0):
        digests = DigestIndex(tmp_path / "digests.log")
        installed_models(folder, ["faces"], digests, manifest)
        assert digests.hashed == reads


def test_a_file_that_cannot_be_read_is_told(folder, manifest, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("rushes.models.folder.hash_file", refuse)
    with pytest.raises(ModelError) as caught:
        installed_models(folder, ["faces"], None, manifest)
    assert "the model faces cannot be read (Permission denied)" in str(caught.value)
