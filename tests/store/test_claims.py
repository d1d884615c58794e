"""Claims keep two runs from doing the same work, and vanish with their holder."""

import subprocess
import sys

import pytest
from rushes.store.claims import Claims

pytest.importorskip("fcntl", reason="this system has no file locks, so there are no claims to test")

HOLD = """
import sys, time
from pathlib import Path
from rushes.store.claims import Claims
print(Claims(Path(sys.argv[1])).take("key"), flush=True)
time.sleep(60)
"""


def test_a_claim_is_held_until_it_is_released(tmp_path):
    first, second = Claims(tmp_path), Claims(tmp_path)
    assert first.take("key")
    assert not second.take("key")
    assert second.take("other")
    first.release("key")
    assert second.take("key")


def test_a_claim_is_held_against_its_own_holder_too(tmp_path):
    claims = Claims(tmp_path)
    assert claims.take("key")
    assert not claims.take("key")
    claims.release_all()
    assert Claims(tmp_path).take("key")


def test_a_claim_ends_with_its_process_even_by_kill_9(tmp_path):
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout.readline() == "True\n"
        assert not Claims(tmp_path).take("key")
    finally:
        holder.kill()
        holder.communicate()
    assert Claims(tmp_path).take("key")


def test_where_claims_cannot_be_written_all_are_granted(tmp_path):
    (tmp_path / "file").write_text("")
    claims = Claims(tmp_path / "file")
    assert claims.take("key")
    claims.release("key")
