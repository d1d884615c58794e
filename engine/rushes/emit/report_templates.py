"""The report's template files."""

from __future__ import annotations

from pathlib import Path

from blake3 import blake3

FOLDER = Path(__file__).parent / "templates"


def template_digest() -> str:
    """BLAKE3 of all template files, by name: a changed page is a changed report."""
    digest = blake3()
    for path in sorted(FOLDER.iterdir()):
        data = path.read_bytes()
        digest.update(f"{path.name} {len(data)} ".encode())
        digest.update(data)
    return digest.hexdigest()
