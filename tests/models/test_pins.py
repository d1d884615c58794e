"""Pins: what a model was when it was first installed."""

import json

import pytest
from rushes.errors import ModelError
from rushes.models.pins import Pin, read_pins, write_pin

PIN = Pin(bytes=3, blake3="ab" * 32)


def test_a_folder_without_pins_has_none(tmp_path):
    assert read_pins(tmp_path) == read_pins(tmp_path / "not there") == {}


def test_pins_are_added_and_replaced(tmp_path):
    write_pin(tmp_path, "b", Pin(bytes=1, blake3="cd" * 32))
    write_pin(tmp_path, "a", PIN)
    write_pin(tmp_path, "b", PIN)
    assert read_pins(tmp_path) == {"a": PIN, "b": PIN}
    assert [path.name for path in tmp_path.iterdir()] == ["pins.json"]
    assert list(json.loads((tmp_path / "pins.json").read_text())["pins"]) == ["a", "b"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"schema": "rushes/model-pins@2", "pins": {}}',
        '{"schema": "rushes/model-pins@1", "pins": {"a": 1}}',
    ],
)
def test_damaged_pins_are_told_and_never_guessed(tmp_path, text):
    (tmp_path / "pins.json").write_text(text)
    with pytest.raises(ModelError) as caught:
        read_pins(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path / 'pins.json'}: is no list of pins\n"
        "    fix: delete it and install the models that it pinned again"
    )
