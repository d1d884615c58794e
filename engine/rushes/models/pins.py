"""pins.json of a models folder: digests of models whose BLAKE3 the manifest does not know, as first installed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rushes.errors import ModelError, Place, Problem
from rushes.models.faults import told_as_model_error
from rushes.store.temporary import temporary_name

SCHEMA = "rushes/model-pins@1"
PINS_NAME = "pins.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """What a model was when it was first installed."""

    bytes: int
    blake3: str


def read_pins(folder: Path) -> Mapping[str, Pin]:
    """Pins by model name; none where there is no file. Raises ModelError where the file is damaged."""
    path = folder / PINS_NAME
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        raise ModelError(Problem(Place(str(path)), what, "make it readable, or delete it")) from error
    try:
        return _decoded(json.loads(data))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        fix = "delete it and install the models that it pinned again"
        raise ModelError(Problem(Place(str(path)), "is no list of pins", fix)) from error


def write_pin(folder: Path, name: str, pin: Pin) -> None:
    """Add or replace a pin; the caller sees to it that nobody else writes. Raises ModelError."""
    pins = {**read_pins(folder), name: pin}
    rows = {key: asdict(pins[key]) for key in sorted(pins)}
    text = json.dumps({"schema": SCHEMA, "pins": rows}, indent=2) + "\n"
    fresh = folder / f".{PINS_NAME}.{temporary_name()}"
    with told_as_model_error(folder):
        try:
            with fresh.open("xb") as file:
                file.write(text.encode("ascii"))
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, folder / PINS_NAME)
        finally:
            fresh.unlink(missing_ok=True)


def _decoded(document: Any) -> dict[str, Pin]:
    if document["schema"] != SCHEMA:
        raise ValueError(document["schema"])
    return {
        name: Pin(bytes=int(row["bytes"]), blake3=str(row["blake3"]))
        for name, row in document["pins"].items()
    }
