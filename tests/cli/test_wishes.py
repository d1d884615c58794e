"""What a recipe wants of named clips, and the ranking that every run writes."""

import json

from command_line import rushes


def test_a_wish_that_no_clip_can_fulfil_is_refused_before_anything_is_analysed(tiny_shoot, tmp_path):
    wishes = ("--set", "edit.must_use=[zebra*, front_01*]", "--set", "edit.never_use=[front*]")
    ended = rushes(
        "run", *tiny_shoot.arguments(*wishes), "--out", tmp_path / "out", "--cache", tmp_path / "cache"
    )
    assert ended.code == 4
    assert ended.err == (
        "edit.must_use wants 'front_01*', but edit.never_use forbids every clip that matches it\n"
        "    fix: take one of them away; it is about front_01.mp4\n"
        "edit.must_use: no clip matches 'zebra*'\n"
        "    fix: correct the glob; there are: "
        "front_01.mp4, front_02.mp4, front_06_broken.mp4, overhead_01.mp4, overhead_02_dark.mp4 and 2 more\n"
    )
    assert not (tmp_path / "cache" / "actions").exists()


def test_the_ranking_lists_usable_clips_from_best_to_worst_then_rejected_ones_without_a_rank(warm_run):
    document = json.loads(warm_run.bytes_of("ranking.json"))
    assert document["score"] == "combined_score"
    rows = document["clips"]
    scores = [row["score"] for row in rows if not row["rejected"]]
    assert scores == sorted(scores, reverse=True)
    assert [row["rank"] for row in rows] == [*range(1, len(scores) + 1), *[None] * (len(rows) - len(scores))]
    assert [row["clip"] for row in rows if row["rejected"]] == ["overhead_02_dark.mp4"]
