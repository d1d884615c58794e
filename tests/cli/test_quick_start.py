import dataclasses
import gc
import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError, dataclass

import pytest
from rushes.cli.quick_start import compile_methods_late

pytestmark = pytest.mark.skipif(
    not hasattr(dataclasses, "_create_fn"), reason="from Python 3.13 on a class compiles its methods at once"
)
RARE = ("__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__")


@pytest.fixture
def late(monkeypatch):
    """Dataclasses of a test compile their rare methods late."""
    monkeypatch.setattr(dataclasses, "_create_fn", dataclasses._create_fn)
    compile_methods_late()


def made(slots):
    """A frozen class, made just now."""

    @dataclass(frozen=True, slots=slots)
    class Point:
        """A point."""

        x: int
        y: int = 2

    return Point


@pytest.mark.parametrize("slots", [False, True])
def test_late_methods_do_what_those_of_other_classes_do(late, slots):
    kind = made(slots)
    one, two, other = kind(1), kind(1, 2), kind(3)
    assert one == two and one != other and one != 1
    assert hash(one) == hash(two) == hash((1, 2)) and {one, two, other} == {one, other}
    assert repr(one) == str(one) == "made.<locals>.Point(x=1, y=2)"
    assert dataclasses.replace(one, x=3) == other
    assert dataclasses.asdict(one) == {"x": 1, "y": 2}
    with pytest.raises((FrozenInstanceError, TypeError)):
        one.x = 5
    with pytest.raises((FrozenInstanceError, TypeError)):
        del one.x
    assert one == two


def test_a_method_is_compiled_when_it_is_first_called_and_takes_its_own_place_then(late):
    kind = made(True)
    before = {name: vars(kind)[name] for name in RARE}
    assert kind(1) == kind(1)
    after = {name: vars(kind)[name] for name in RARE}
    assert [name for name in RARE if after[name] is not before[name]] == ["__eq__"]
    assert after["__eq__"].__qualname__ == "made.<locals>.Point.__eq__"


def test_classes_below_have_their_own_and_their_parents_methods(late):
    @dataclass(frozen=True)
    class Above:
        x: int

    @dataclass(frozen=True, eq=False)
    class Below(Above):
        y: int

        def __repr__(self):
            return "below"

    assert (
        Below(1, 2) != Below(2, 3) and repr(Below(1, 2)) == "below" and repr(Above(1)).endswith("Above(x=1)")
    )
    assert Above(1) == Above(1) and Above(1) != Below(1, 2)


def test_a_class_whose_equality_cannot_be_hashed_stays_so(late):
    @dataclass
    class Loose:
        x: int

    with pytest.raises(TypeError, match="unhashable"):
        hash(Loose(1))
    loose = Loose(1)
    loose.x = 2
    assert loose == Loose(2)


def test_it_is_done_once(late):
    first = dataclasses._create_fn
    compile_methods_late()
    assert dataclasses._create_fn is first


def test_from_python_3_13_on_there_is_nothing_to_do(monkeypatch):
    monkeypatch.delattr(dataclasses, "_create_fn")
    compile_methods_late()
    assert not hasattr(dataclasses, "_create_fn")


def test_what_a_verb_makes_can_be_sent_to_a_process_that_did_not_start_quickly():
    code = (
        "import pickle, sys\nfrom rushes.cli.quick_start import start_quickly\nstart_quickly()\n"
        "from rushes.errors import Place, Problem\nfrom rushes.timeline.tree import Section\n"
        "made = Section(start_s=0.0, end_s=1.0, label='a', energy_01=0.5)\n"
        "assert pickle.loads(pickle.dumps(made)) == made and hash(made)\n"
        "sys.stdout.buffer.write(pickle.dumps(made))\n"
    )
    sent = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout
    assert repr(pickle.loads(sent)) == "Section(start_s=0.0, end_s=1.0, label='a', energy_01=0.5)"


def test_garbage_is_still_collected_but_seldom():
    code = "import gc\nfrom rushes.cli.quick_start import start_quickly\nstart_quickly()\nprint(gc.isenabled(), *gc.get_threshold())"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    enabled, first, *_ = said.split()
    assert enabled == "True" and int(first) > gc.get_threshold()[0]
