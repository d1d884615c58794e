"""What is shipped: a wheel that works anywhere, and nothing of the machine it was made on."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from rushes import __version__
from rushes.resources import shipped_dir, shipped_file

ROOT = Path(__file__).parents[1]
KINDS = ("recipes", "schemas", "profiles", "models", "platforms")


def tracked():
    """Files of the repository, as git knows them."""
    try:
        done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip(f"{ROOT} is no git checkout")
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def data_files(kind):
    folder = ROOT / kind
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".") and "__pycache__" not in path.parts
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The package unpacked from a wheel, as a user has it."""
    folder = tmp_path_factory.mktemp("wheel")
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = (folder / "dist").glob("*.whl")
    assert built.name == f"rushes-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def installed(wheel, *words, folder):
    """Run the unpacked package away from the checkout."""
    environment = {**os.environ, "PYTHONPATH": str(wheel)}
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_wheel_carries_all_data_files(wheel, kind):
    shipped = wheel / "rushes" / "shipped" / kind
    found = sorted(path.relative_to(shipped).as_posix() for path in shipped.rglob("*") if path.is_file())
    assert [name for name in found if not name.startswith(".")] == data_files(kind)


def test_the_wheel_carries_every_module_and_template(wheel):
    sources = ROOT / "engine" / "rushes"
    ours = {
        path.relative_to(sources).as_posix()
        for path in sources.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    found = {
        path.relative_to(wheel / "rushes").as_posix()
        for path in (wheel / "rushes").rglob("*")
        if path.is_file()
    }
    assert {name for name in found if not name.startswith("shipped/")} == ours
    assert any(name.endswith((".html", ".jinja", ".j2")) for name in ours)


def test_the_wheel_works_away_from_the_checkout(wheel, tmp_path):
    where = installed(wheel, "-c", "import rushes; print(rushes.__file__)", folder=tmp_path)
    assert where.stdout.strip() == str(wheel / "rushes" / "__init__.py"), where.stderr
    done = installed(wheel, "-m", "rushes", "validate", "beat_reel", "best_clips", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "beat_reel: valid\nbest_clips: valid\n"), done.stderr
    done = installed(wheel, "-m", "rushes", "schema", "path", folder=tmp_path)
    assert done.stdout.strip() == str(wheel / "rushes" / "shipped" / "schemas")
    done = installed(wheel, "-m", "rushes", "init", "project", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    done = installed(wheel, "-m", "rushes", "validate", "project/reel.yaml", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "project/reel.yaml: valid\n"), done.stderr


def test_the_console_script_is_named(wheel):
    (entry_points,) = wheel.glob("rushes-*.dist-info/entry_points.txt")
    assert entry_points.read_text() == "[console_scripts]\nrushes = rushes.cli.main:entry\n"


def test_the_python_versions_are_those_that_doctor_and_makefile_name():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">=3.11,<3.14"
    assert "(3, 11) <= sys.version_info[:2] <= (3, 13)" in (ROOT / "Makefile").read_text()
    doctor = (ROOT / "engine" / "rushes" / "cli" / "doctor.py").read_text()
    assert "(3, 11) <= sys.version_info[:2] <= (3, 13)" in doctor


def test_in_a_checkout_the_data_lie_at_the_top():
    assert shipped_dir("recipes") == ROOT / "recipes"
    assert shipped_file("schemas", "recipe.schema.json").is_file()


PRIVATE = re.compile(
    r"(?<![\w.$~/-])/(?:home|root|Users|work|mnt|srv)/[\w.-]+/|"
    r"https?://(?:localhost|127\.0\.0\.1|10\.|192\.168\.|[\w.-]*(?:artifact|nexus|devpi|registry|mirror)[\w.-]*)|"
    r"--(?:extra-)?index-url|--trusted-host"
)


def test_no_tracked_file_names_a_folder_of_some_machine_or_a_private_registry():
    found = []
    for path in tracked():
        if path == Path(__file__):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in PRIVATE.finditer(text)]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "see " + "/ro" + "ot/data/x",
        "open('/ho" + "me/me/clip.mp4')",
        "--index-url https://x",
        "http://10.0.0.3/simple",
    ],
)
def test_what_is_private_is_recognised(text):
    assert PRIVATE.search(text)


def test_no_media_and_no_weights_are_tracked():
    heavy = {".mp4", ".mov", ".mkv", ".webm", ".wav", ".mp3", ".ogg", ".flac", ".onnx", ".pt", ".bin"}
    assert [path for path in tracked() if path.suffix.lower() in heavy] == []
    assert [path for path in tracked() if path.stat().st_size > 1_000_000] == []


def test_every_locked_package_has_a_hash():
    for lock in sorted((ROOT / "locks").glob("*.txt")):
        text = lock.read_text().replace("\\\n", " ")
        lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        assert lines, lock
        assert [line for line in lines if "--hash=sha256:" not in line] == [], lock
