"""Command-line tests leave the user's folders alone."""

import pytest


@pytest.fixture(autouse=True)
def _away_from_home(own_home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
