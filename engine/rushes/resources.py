"""Where the files that ship with rushes lie: recipes, schemas, profiles, the model manifest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_INSTALLED = Path(__file__).parent / "shipped"
_CHECKOUT = Path(__file__).parents[2]


def shipped_dir(kind: str) -> Path:
    """Folder of one kind: "recipes", "schemas", "profiles", "models" or "platforms".

    A wheel carries them inside the package; a checkout has them at its top level.
    """
    installed = _INSTALLED / kind
    return installed if installed.is_dir() else _CHECKOUT / kind


def shipped_file(kind: str, name: str) -> Path:
    """Path of one shipped file; it need not exist."""
    return shipped_dir(kind) / name


def shipped_schema(name: str) -> dict[str, Any]:
    """JSON Schema of one kind of file: what schemas/NAME.schema.json holds, read anew."""
    schema: dict[str, Any] = json.loads(
        shipped_file("schemas", f"{name}.schema.json").read_text(encoding="utf-8")
    )
    return schema
