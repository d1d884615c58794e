"""What is remembered of a node, and that no changed byte passes for it."""

from dataclasses import replace

import pytest
from rushes.store.action import Action, Blob, decode_action, encode_action

ACTION = Action(
    key="a" * 64,
    operation="quality",
    version=3,
    params={"rate_hz": 5, "wide": 1.0},
    libraries={"av": "18.1"},
    inputs={"clip": "b" * 64},
    outputs={"clip.arrow": Blob(digest="c" * 64, size_bytes=12)},
    warnings=("no sound: größer",),
    seconds=1.25,
)


@pytest.mark.parametrize("action", [ACTION, replace(ACTION, outputs={}, failure="broken", fix="mend it")])
def test_an_action_is_read_as_it_was_written(action):
    assert decode_action(encode_action(action), action.key) == action


def test_an_action_under_another_key_is_none():
    assert decode_action(encode_action(ACTION), "d" * 64) is None


def test_a_changed_byte_is_found_everywhere_but_in_the_time():
    data = encode_action(ACTION)
    for place in range(len(data)):
        damaged = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        found = decode_action(damaged, ACTION.key)
        assert found is None or replace(found, seconds=1.25) == ACTION


def test_a_cut_record_is_none():
    data = encode_action(ACTION)
    assert all(decode_action(data[:length], ACTION.key) is None for length in range(len(data)))


def test_the_time_is_not_part_of_what_is_checked():
    slower = replace(ACTION, seconds=9.0)
    checksums = {encode_action(each).split(b'"b3":"')[1][:64] for each in (ACTION, slower)}
    assert len(checksums) == 1
