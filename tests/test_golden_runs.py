"""The golden runs of this repository, on the made shoot."""

from pathlib import Path

from command_line import rushes

ROOT = Path(__file__).parents[1]


def test_what_the_demo_makes_is_as_expected(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    ended = rushes("golden", "check", "--cache", tmp_path / "cache")
    assert (
        ended.out == "constrained_reel: as expected\ndemo_best_clips: as expected\ndemo_reel: as expected\n"
    )
    assert ended.code == 0
