"""A stage over its limit, as the command line tells it."""

import re

from command_line import rushes


def run(tiny_shoot, tmp_path, *words):
    folders = ("--footage", tiny_shoot.footage, "--cache", tmp_path / "cache", "--out", tmp_path / "out")
    places = (*folders, "--library", tmp_path / "library.sqlite", "--executor", "inline")
    return rushes("run", "best_clips", *places, "--until", "analyze", *words)


def test_a_stage_over_its_limit_ends_the_run_in_words_and_the_next_run_goes_on(tiny_shoot, tmp_path):
    ended = run(tiny_shoot, tmp_path, "--set", "run.stage_limits.analyze_s=1ms")
    assert (ended.code, ended.out) == (1, "")
    told = re.search(
        r"^gave up: analyze took longer than 0.001 s, the time limit of this stage; (\d+) of (\d+) steps are done "
        r"and kept\n    fix: .* --set run\.stage_limits\.analyze_s=0\.002$",
        ended.err,
        re.MULTILINE,
    )
    assert told
    kept, total = int(told[1]), int(told[2])
    assert 1 <= kept < total
    goes_on = run(tiny_shoot, tmp_path, "--json")
    assert goes_on.code == 0
    assert goes_on.json["nodes"]["cached"] >= kept
