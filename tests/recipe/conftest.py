"""Recipes are written and loaded in a folder of their own, which is the working folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from recipe_samples import Folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return Folder(tmp_path)
