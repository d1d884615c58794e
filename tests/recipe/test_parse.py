"""YAML is read as YAML 1.2, with places; what readers do not agree on is refused, and every fault says how to mend it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from rushes.errors import Place
from rushes.recipe import parse
from rushes.recipe.parse import MOST_BYTES, parse_value, parse_yaml
from rushes.recipe.tree import Branch, Items, Leaf, to_plain, walk


def read(text: str) -> Any:
    tree, problems = parse_yaml(text.encode(), "r.yaml", "recipe")
    assert tree is not None and problems == []
    return to_plain(tree)


def faults(text: str | bytes) -> str:
    data = text if isinstance(text, bytes) else text.encode()
    _, problems = parse_yaml(data, "r.yaml", "recipe")
    return "\n".join(str(problem) for problem in problems)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1", 1),
        ("-2", -2),
        ("+3", 3),
        ("0", 0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("-1.5E-2", -0.015),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("text", "text"),
        ("two words", "two words"),
        ('"1"', "1"),
        ("'on'", "on"),
        ("9:16", "9:16"),
        ("00:01:30", "00:01:30"),
        ("90s", "90s"),
        ("2024-01-31", "2024-01-31"),
        ("1.2.3", "1.2.3"),
        ("[1, a]", [1, "a"]),
        ("{b: 2}", {"b": 2}),
        ("{}", {}),
        ("[]", []),
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(written: str, value: Any) -> None:
    found = read(f"a: {written}\n")["a"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            "on",
            'r.yaml:1:4: on is true to some YAML readers and text to others\n    fix: write true, or "on" in quotes for the text',
        ),
        (
            "No",
            'r.yaml:1:4: No is false to some YAML readers and text to others\n    fix: write false, or "No" in quotes for the text',
        ),
        (
            "012",
            'r.yaml:1:4: 012 is octal to some YAML readers and decimal to others\n    fix: write 12, or "012" in quotes for the text',
        ),
        (
            "0x1F",
            'r.yaml:1:4: 0x1F is not a decimal number\n    fix: write it in decimal, or "0x1F" in quotes',
        ),
        (
            "1_000",
            'r.yaml:1:4: 1_000 is a number to some YAML readers and text to others\n    fix: write 1000, or "1_000" in quotes for the text',
        ),
        (".inf", "r.yaml:1:4: .inf is not a finite number\n    fix: write a finite number"),
        (".NaN", "r.yaml:1:4: .NaN is not a finite number\n    fix: write a finite number"),
        ("1e999", "r.yaml:1:4: 1e999 is too large for a number\n    fix: write a smaller number"),
        ("9" * 5000, "r.yaml:1:4: a number of 5000 digits is too large\n    fix: write a smaller number"),
        (
            "",
            "r.yaml:1:1: a has no value\n    fix: write a: {} for an empty section, a: null to take away what was inherited",
        ),
        (
            "*.mp4",
            'r.yaml:1:4: * begins an alias in YAML\n    fix: put a glob in quotes: "*.mp4"',
        ),
        (
            "*all",
            'r.yaml:1:4: *all is an alias\n    fix: write the value out; a glob that begins with * needs quotes, such as "*.mp4"',
        ),
        ("&x 1", "r.yaml:1:4: &x is an anchor\n    fix: write values out where needed"),
        ("!!python/name:os.system", "r.yaml:1:4: !!python/name:os.system is a tag\n    fix: take it away"),
        ("!mine 1", "r.yaml:1:4: !mine is a tag\n    fix: take it away"),
        ("b: c", 'r.yaml:1:5: a second `: ` in one value\n    fix: put a value that holds ": " in quotes'),
        (
            "[a, , b]",
            "r.yaml:1:8: not YAML: while parsing a flow node did not find expected node content\n    fix: check indentation, quotes and brackets up to here",
        ),
        ("{{x}}", "r.yaml:1:5: a key must be a name\n    fix: put a value that begins with { or [ in quotes"),
        (
            "{v: max(1, 2)}",
            "r.yaml:1:15: 2) has no value: a comma inside {} begins a new key\n    fix: if it belongs to the value before it, put that value in quotes; else write 2): value",
        ),
    ],
)
def test_a_trap_is_refused_with_its_fix(written: str, told: str) -> None:
    assert faults(f"a: {written}\n") == told


def test_every_fault_of_a_file_is_told_at_once() -> None:
    assert faults("a: on\nb: 012\na: 3\n") == (
        'r.yaml:1:4: on is true to some YAML readers and text to others\n    fix: write true, or "on" in quotes for the text\n'
        'r.yaml:2:4: 012 is octal to some YAML readers and decimal to others\n    fix: write 12, or "012" in quotes for the text\n'
        "r.yaml:3:1: a stands twice; the first is on line 1\n    fix: keep one of the two"
    )


@pytest.mark.parametrize("key", ["on", "yes", "012"])
def test_a_key_that_readers_take_for_something_else_is_refused(key: str) -> None:
    assert faults(f"{key}: 1\n").startswith(f"r.yaml:1:1: {key} is ")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "r.yaml: the file is empty\n    fix: begin with: schema: rushes/recipe@1"),
        (b" \n\n", "r.yaml: the file is empty\n    fix: begin with: schema: rushes/recipe@1"),
        (b"# a\n", "r.yaml:1:1: the file has only comments\n    fix: begin with: schema: rushes/recipe@1"),
        (
            b"- a\n",
            "r.yaml:1:1: the file holds a list, not keys with values\n    fix: write `key: value` lines",
        ),
        (
            b"word\n",
            "r.yaml:1:1: the file holds a single value, not keys with values\n    fix: write `key: value` lines",
        ),
        (b"a: 1\nb: \xff\n", "r.yaml:2:4: byte 0xff is not UTF-8 text\n    fix: save the file as UTF-8"),
        ("a: 1\n".encode("utf-16"), "r.yaml: the file is UTF-16 text\n    fix: save it as UTF-8"),
        (b"\x00\x01", "r.yaml: this is a binary file, not a text file\n    fix: name a recipe, a YAML file"),
        (
            b"a: 1\n---\nb: 2\n",
            "r.yaml:2:1: a second document begins here (---)\n    fix: keep one document in a file",
        ),
        (
            b"a:\n\tb: 1\n",
            "r.yaml:2:1: a tab indents this line\n    fix: indent with spaces, two for each level",
        ),
        (b"a: \x07\n", "r.yaml:1:4: character U+0007 is not allowed in YAML\n    fix: delete it"),
        (
            b"[" * 100_000,
            "r.yaml:1:34: nested more than 32 levels deep\n    fix: a recipe has at most 8 levels",
        ),
        (
            b"a" * (MOST_BYTES + 1),
            "r.yaml: the file has 1000001 bytes, more than 1000000\n    fix: a recipe is a short text file; is this the right one?",
        ),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_file_that_is_no_recipe_is_refused(data: bytes, told: str) -> None:
    assert faults(data) == told


def test_an_alias_bomb_is_refused_at_its_first_anchor() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{n}: &{n} [*{p}, *{p}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert faults(bomb) == "r.yaml:1:4: &a is an anchor\n    fix: write values out where needed"


def test_a_byte_order_mark_does_not_move_columns() -> None:
    tree, problems = parse_yaml(b"\xef\xbb\xbfa: 1\n", "r.yaml", "recipe")
    assert problems == []
    assert tree is not None and tree.entries["a"].place == Place("r.yaml", 1, 1)


def test_every_key_and_value_knows_its_place() -> None:
    tree, _ = parse_yaml(b"a: 1\nb:\n  c: [x, 'y']\n", "r.yaml", "recipe")
    assert tree is not None
    branch = tree.get("b")
    assert isinstance(branch, Branch)
    items = branch.get("c")
    assert isinstance(items, Items)
    assert str(branch.entries["c"].place) == "r.yaml:3:3"
    assert [str(node.place) for node in items.nodes] == ["r.yaml:3:7", "r.yaml:3:10"]


SCALARS = """plain: some words
single: 'quo ted'
double: "quo ted"
folded: >-
    fol ded
    more
literal: |
  one
  two
wrapped: plain
   two
"""


def test_every_character_of_a_text_is_found_in_its_file() -> None:
    tree, _ = parse_yaml(SCALARS.encode(), "r.yaml", "recipe")
    assert tree is not None
    lines = SCALARS.split("\n")
    seen = 0
    for _, node in walk(tree):
        if isinstance(node, Leaf):
            assert isinstance(node.value, str)
            for offset, character in enumerate(node.value):
                if not character.isspace():
                    place = node.place_of(offset)
                    assert lines[place.line - 1][place.column - 1] == character
                    seen += 1
    assert seen == 45


@pytest.mark.parametrize("written", ['"a\\tb"', "'it''s'", "|\n  a\n\n  b", '"a\n  b"'])
def test_a_text_that_is_not_written_as_it_reads_has_one_place(written: str) -> None:
    tree, problems = parse_yaml(f"k: {written}\n".encode(), "r.yaml", "recipe")
    assert problems == [] and tree is not None
    leaf = tree.get("k")
    assert isinstance(leaf, Leaf)
    assert leaf.place_of(3) == Place("r.yaml", 1, 4)


def test_libyaml_and_pyyaml_give_the_same_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (SCALARS + "list: [1, {a: b}, [c]]\nmap: {k: 'v', n: null}\n").encode()
    fast = parse_yaml(text, "r.yaml", "recipe")
    monkeypatch.setattr(parse, "LOADER", yaml.SafeLoader)
    assert parse_yaml(text, "r.yaml", "recipe") == fast


def test_a_value_of_the_command_line_is_read_like_one_of_a_recipe() -> None:
    place = Place("--set x")
    read_values = [
        parse_value(text, place, "--set")[0]
        for text in ("20", " a b ", '"1"', "[1, {a: b}]", "*.mp4", "null")
    ]
    assert [to_plain(node) for node in read_values if node is not None] == [
        20,
        "a b",
        "1",
        [1, {"a": "b"}],
        "*.mp4",
        None,
    ]
