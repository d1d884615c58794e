import importlib.metadata
import re
import subprocess
import sys
import zipfile

import pytest
from rushes import packages
from rushes.packages import entry_points, version_of

SMILES = "Metadata-Version: 2.1\nName: smiles.of-all\nVersion: 1.2+local\nSummary: s\n\nVersion: 9 stands in its description\n"
POINTS = "[rushes.analyzers]\nsmiles = smiling:ANALYZER\nfrowns = smiling:OTHER\n\n[console_scripts]\nsmile = smiling:main\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder that Python imports from."""
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def install(folder, name="smiles_of_all-1.2+local.dist-info", facts=SMILES, points=POINTS):
    (folder / name).mkdir()
    (folder / name / "METADATA").write_text(facts)
    if points:
        (folder / name / "entry_points.txt").write_text(points)


def test_versions_are_those_that_python_itself_tells():
    known = {found.metadata["Name"]: found.version for found in importlib.metadata.distributions()}
    assert len(known) > 20
    assert {name: version_of(name) for name in known} == {
        name: importlib.metadata.version(name) for name in known
    }


def test_what_is_not_installed_has_no_version():
    assert version_of("no-such-package") is None


@pytest.mark.parametrize("name", ["smiles.of-all", "Smiles_of_all", "smiles--of.all"])
def test_a_package_is_found_however_its_name_is_written(folder, name):
    install(folder)
    assert version_of(name) == "1.2+local" == importlib.metadata.version(name)


def test_a_package_that_is_installed_meanwhile_is_found(folder):
    assert version_of("smiles-of-all") is None
    install(folder)
    assert version_of("smiles-of-all") == "1.2+local"


def test_what_other_packages_add_is_found(folder):
    install(folder)
    found = entry_points(group="rushes.analyzers")
    assert sorted((point.name, point.value) for point in found) == [
        ("frowns", "smiling:OTHER"),
        ("smiles", "smiling:ANALYZER"),
    ]
    assert [point.value for point in entry_points(group="rushes.analyzers", name="frowns")] == [
        "smiling:OTHER"
    ]
    assert entry_points(group="rushes") == ()


def test_a_group_in_another_spelling_of_the_file_is_found(folder):
    install(folder, points="[ rushes.analyzers ]\nsmiles = smiling:ANALYZER\n")
    there = importlib.metadata.entry_points(group="rushes.analyzers")
    assert [point.name for point in entry_points(group="rushes.analyzers")] == [point.name for point in there]


def test_a_package_in_a_zip_file_is_found(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as made:
        made.writestr("smiles_of_all-1.2.dist-info/METADATA", SMILES)
        made.writestr("smiles_of_all-1.2.dist-info/entry_points.txt", POINTS)
    monkeypatch.syspath_prepend(tmp_path / "all.zip")
    monkeypatch.setattr(sys, "path", [str(entry) for entry in sys.path])
    assert version_of("smiles-of-all") == "1.2+local"
    assert len(entry_points(group="rushes.analyzers")) == 2


def test_a_finder_of_its_own_is_asked(monkeypatch):
    class Finder(importlib.metadata.MetadataPathFinder):
        pass

    assert packages._all_is_in_folders()
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder])
    assert not packages._all_is_in_folders()
    assert version_of("no-such-package") is None


def test_a_description_without_a_version_says_what_python_says(folder):
    install(folder, facts="Metadata-Version: 2.1\nName: smiles\n\nVersion: 3\n", name="smiles-2.0.dist-info")
    assert version_of("smiles") == importlib.metadata.version("smiles")


def test_what_reads_whole_descriptions_is_not_loaded():
    code = (
        "import sys\nfrom rushes.packages import entry_points, version_of\n"
        "assert version_of('numpy') and version_of('nothing') is None and not entry_points(group='rushes.nothing')\n"
        "sys.exit('importlib.metadata' in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert re.match(r"\d", version_of("numpy"))
