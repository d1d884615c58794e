"""The edits of a run are found again as they were then, in a log that has more by now."""

from __future__ import annotations

import pytest
from rushes.errors import RecipeError
from rushes.run import repeat
from rushes.run.edits import LOG_FILE
from rushes.store.canonical import digest_bytes

LINES = [b"header\n", *(b'{"edit": %d}\n' % at for at in range(20)), b"no end"]


def edits_of(folder, wanted):
    (folder / LOG_FILE).write_bytes(b"".join(LINES))
    inputs = {} if wanted is None else {LOG_FILE: digest_bytes(wanted)}
    return repeat._edits(folder, {"inputs": inputs})


@pytest.mark.parametrize("lines", range(1, len(LINES) + 1))
def test_a_log_that_has_grown_is_taken_as_it_was(tmp_path, lines):
    then = b"".join(LINES[:lines])
    assert edits_of(tmp_path, then) == then


def test_where_the_record_does_not_say_the_log_is_taken_whole(tmp_path):
    assert edits_of(tmp_path, None) == b"".join(LINES)


@pytest.mark.parametrize("wanted", [b"header", b"others\n", b""])
def test_a_log_that_never_was_that_of_the_run_is_refused(tmp_path, wanted):
    with pytest.raises(RecipeError, match="these are not the edits of this run"):
        edits_of(tmp_path, wanted)


def test_no_line_is_digested_twice(tmp_path, monkeypatch):
    fed = []

    class Counted:
        def __init__(self):
            self.of = repeat_digest()

        def update(self, data):
            fed.append(len(data))
            self.of.update(data)

        def hexdigest(self):
            return self.of.hexdigest()

    repeat_digest = repeat.blake3
    monkeypatch.setattr(repeat, "blake3", Counted)
    assert edits_of(tmp_path, b"".join(LINES)) == b"".join(LINES)
    assert sum(fed) == len(b"".join(LINES))
