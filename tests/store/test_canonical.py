"""One spelling for every value."""

from fractions import Fraction
from types import MappingProxyType

import pytest
from rushes.store.canonical import canonical_json, digest_bytes


def test_names_are_sorted_and_blanks_left_out():
    assert canonical_json({"b": [1, 2.5, None], "a": {"y": True, "x": "é"}}) == (
        b'{"a":{"x":"\\u00e9","y":true},"b":[1,2.5,null]}'
    )


def test_an_int_is_not_a_float_nor_a_bool_nor_a_text():
    assert len({canonical_json(value) for value in (1, 1.0, True, "1")}) == 4


def test_read_only_mappings_and_tuples_are_spelled_like_dicts_and_lists():
    assert canonical_json(MappingProxyType({"a": (1, 2)})) == canonical_json({"a": [1, 2]})


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ({"a": [1.0, float("inf")]}, ValueError, "value.a[1] is inf, which JSON cannot hold"),
        (
            {"rate": Fraction(30)},
            TypeError,
            "value.rate is a Fraction, which cannot be part of a key; write it as text",
        ),
        ({"a": {1: 2}}, TypeError, "value.a has the name 1, which is not text"),
        ({"a": {1, 2}}, TypeError, "value.a is a set, which cannot be part of a key; write it as text"),
        ({"a": b"x"}, TypeError, "value.a is a bytes, which cannot be part of a key; write it as text"),
    ],
)
def test_what_json_cannot_hold_is_refused_with_its_place(value, error, message):
    with pytest.raises(error) as caught:
        canonical_json(value)
    assert str(caught.value) == message


def test_digests_are_blake3():
    assert digest_bytes(b"") == "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
