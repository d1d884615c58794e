"""Which open nodes wait for which."""

from rushes.run.waiting import Waiting


def test_a_node_is_free_when_the_last_of_its_inputs_has_ended():
    waiting = Waiting()
    waiting.wait("user", ["a", "b", "a"])
    waiting.wait("other", ["b"])
    assert waiting.end("a") == []
    assert waiting.end("b") == ["user", "other"]
    assert waiting.end("b") == []


def test_a_node_may_wait_again():
    waiting = Waiting()
    waiting.wait("user", ["a"])
    assert waiting.end("a") == ["user"]
    waiting.wait("user", ["a"])
    assert waiting.end("a") == ["user"]


def test_the_first_of_a_key_makes_it_and_its_twins_are_free_when_it_gives_up():
    waiting = Waiting()
    assert waiting.makes("key", "a")
    assert not waiting.makes("key", "b")
    assert not waiting.makes("key", "c")
    assert waiting.give_up("key", "b") == []
    assert waiting.give_up("key", "a") == ["b", "c"]
    assert waiting.makes("key", "c")
