"""How an edit stands to its constraints, counted again from the shots of its timeline: constraints of hardly any weight change
nothing and are told all the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from edit.made_library import make_request, make_shoot, make_song
from rushes.edit.solve import edit_timeline
from rushes.recipe.constraint_spec import ConstraintSpec

WIDE, CLOSE, MEDIUM = (f"shot_type == '{name}'" for name in ("wide", "close_up", "medium"))
BEAT_S, FIRST_BEAT_S, SONG_START_S, RATE_FPS = 0.5, 0.1, 25.1, 30
HARDLY = 1e-6


def asked(**constraints):
    """A request for 12 s around a drop at 4.9 s of the edit."""
    specs = tuple(
        ConstraintSpec(name=name, **{"weight": HARDLY, **what}) for name, what in constraints.items()
    )
    edit = {"duration_s": 12.0, "min_shot_s": 0.5, "max_uses_per_clip": 2, "constraints": specs}
    return make_request(make_shoot(24), make_song(), song_start_s=SONG_START_S, **edit)


def rows_of(timeline):
    """The row of each constraint by its own name."""
    return {
        row["name"].removeprefix("edit.constraints."): row
        for row in timeline.ai_reasoning.constraints
        if row["name"].startswith("edit.constraints.")
    }


OF_TAKES = {
    "share": {"share": CLOSE, "min": 0.01},
    "share_of_shots": {"share": CLOSE, "max": 0.99, "by": "shots", "where": "position_01 > 0.5"},
    "share_nowhere": {"share": CLOSE, "max": 0.99, "where": "record_s > 99"},
    "count": {"count": WIDE, "max": 99, "where": "record_s < 6"},
    "uses": {"uses": "angle", "max": 99},
    "least_uses": {"uses": "shot_type", "min": 1},
    "streak": {"streak": "angle", "max": 99},
    "streak_of": {"streak": f"{WIDE} or {CLOSE}", "max": 99},
    "spacing": {"spacing": "angle", "min_s": 0.01},
    "order": {"order": (WIDE, CLOSE)},
    "first": {"first": WIDE},
    "last": {"last": CLOSE},
    "after": {"after": WIDE, "never": WIDE},
}
OF_SPANS = {
    "neighbours": {"neighbours": "angle != before_angle"},
    "length": {"length": MEDIUM, "min_s": 0.01},
    "no_length": {"length": "shot_type == 'drone'", "min_s": 0.01},
    "hold": {"hold": "drop", "before_s": 0.1},
    "every": {"every": "visual_quality_01 > enough_01", "where": "record_s < 6"},
    "cuts": {"cuts": "downbeat"},
    "uncut": {"uncut": "speech"},
    "loud": {"every": "energy_01 > 0.5 or visual_quality_01 > 0.5", "says": "good where it is quiet"},
}


@pytest.fixture(scope="module")
def of_takes():
    return edit_timeline(asked(**OF_TAKES))


@pytest.fixture(scope="module")
def of_spans():
    return edit_timeline(replace(asked(**OF_SPANS), thresholds={"enough_01": 0.6}))


def kinds(timeline):
    return [clip.metadata.shot_type for clip in timeline.clips]


def angles(timeline):
    return [clip.metadata.angle for clip in timeline.clips]


def longest_run(values):
    longest = run = 1
    for before, now in pairwise(values):
        run = run + 1 if now == before else 1
        longest = max(longest, run)
    return longest


def test_shares_are_those_of_time_or_of_shots_there_where_is_asked(of_takes):
    rows, clips, whole = rows_of(of_takes), of_takes.clips, of_takes.duration_frames
    close = sum(clip.duration_frames for clip in clips if clip.metadata.shot_type == "close_up")
    assert rows["share"]["used"] == pytest.approx(close / whole, abs=1e-6)
    late = [clip for clip in clips if clip.timeline_start_frames + clip.duration_frames / 2 > whole / 2]
    of_late = sum(clip.metadata.shot_type == "close_up" for clip in late) / len(late)
    assert rows["share_of_shots"]["used"] == pytest.approx(of_late, abs=1e-6)
    assert rows["share_nowhere"]["used"] == "no shot there"


def test_shots_are_counted_there_where_is_asked(of_takes):
    early = [clip for clip in of_takes.clips if clip.timeline_start_frames < 6 * RATE_FPS]
    assert rows_of(of_takes)["count"]["used"] == sum(clip.metadata.shot_type == "wide" for clip in early)


def test_uses_are_those_of_the_value_that_is_nearest_to_the_bound(of_takes):
    rows = rows_of(of_takes)
    assert rows["uses"]["used"] == max(Counter(angles(of_takes)).values())
    counts = Counter(kinds(of_takes))
    assert rows["least_uses"]["used"] == min(counts[kind] for kind in ("close_up", "medium", "wide"))
    assert rows["least_uses"]["offered"] == ["close_up", "medium", "wide"]
    assert rows["uses"]["offered"] == []


def test_the_longest_run_is_counted(of_takes):
    rows = rows_of(of_takes)
    assert rows["streak"]["used"] == longest_run(angles(of_takes))
    held = "".join("x" if kind in ("wide", "close_up") else " " for kind in kinds(of_takes))
    assert rows["streak_of"]["used"] == max(map(len, held.split()), default=0)
    assert (rows["streak"]["text"], rows["streak_of"]["text"]) == (True, False)


def test_the_least_time_between_two_of_one_group_is_told(of_takes):
    gaps, last = [], {}
    for clip in of_takes.clips:
        if clip.metadata.angle in last:
            gaps.append(clip.timeline_start_frames - last[clip.metadata.angle])
        last[clip.metadata.angle] = clip.timeline_end_frames()
    row = rows_of(of_takes)["spacing"]
    assert row["used"] == pytest.approx(min(gaps) / RATE_FPS, abs=1e-6)
    assert row["holds"] == (min(gaps) >= 1)


def test_order_and_ends_are_kept_or_not(of_takes):
    rows, found = rows_of(of_takes), kinds(of_takes)
    ranks = [("wide", "close_up").index(kind) for kind in found if kind != "medium"]
    in_order = ranks == sorted(ranks)
    assert (rows["order"]["used"], rows["order"]["holds"]) == (
        ("in order", True) if in_order else ("not in order", False)
    )
    assert rows["first"]["used"] == ("yes" if found[0] == "wide" else "no")
    assert rows["last"]["used"] == ("yes" if found[-1] == "close_up" else "no")


def test_cuts_that_keep_a_rule_are_counted(of_takes, of_spans):
    cuts = list(pairwise(kinds(of_takes)))
    assert rows_of(of_takes)["after"]["used"] == (
        f"{sum(cut != ('wide', 'wide') for cut in cuts)} of {len(cuts)} cuts"
    )
    cuts = list(pairwise(angles(of_spans)))
    assert rows_of(of_spans)["neighbours"]["used"] == f"{sum(a != b for a, b in cuts)} of {len(cuts)} cuts"


def test_lengths_are_told_from_the_shortest_to_the_longest(of_spans):
    lengths = [clip.duration_frames for clip in of_spans.clips if clip.metadata.shot_type == "medium"]
    rows = rows_of(of_spans)
    told = "no such shot"
    if lengths:
        told = f"{min(lengths) / RATE_FPS:.2f} to {max(lengths) / RATE_FPS:.2f} s"
    assert rows["length"]["used"] == told
    assert rows["no_length"]["used"] == "no such shot"


def test_what_is_held_is_counted_as_moments_in_the_edit(of_spans):
    row = rows_of(of_spans)["hold"]
    assert row["used"] == "1 in the edit"
    # The drop of 30 s lies on no beat: the nearest one is 30.1 s.
    assert row["at_s"] == [30.1]


def test_shots_and_cuts_that_keep_a_rule_are_counted(of_spans):
    rows = rows_of(of_spans)
    early = [clip for clip in of_spans.clips if clip.timeline_start_frames < 6 * RATE_FPS]
    assert rows["every"]["used"].endswith(f" of {len(early)} shots")
    starts = [clip.timeline_start_frames / RATE_FPS for clip in of_spans.clips[1:]]
    bars = [(SONG_START_S - FIRST_BEAT_S + start) / (4 * BEAT_S) for start in starts]
    on_bars = sum(abs(bar - round(bar)) * 4 * BEAT_S <= 1 / RATE_FPS + 1e-6 for bar in bars)
    assert rows["cuts"]["used"] == f"{on_bars} of {len(starts)} cuts"
    assert rows["uncut"]["used"] == "nobody listened for speech"


def test_a_soft_constraint_has_a_weight_and_costs_something_where_it_is_broken(of_takes, of_spans):
    for row in (*rows_of(of_takes).values(), *rows_of(of_spans).values()):
        assert row["weight"] is not None
        assert row["binds"] == (row["cost"] > 0)
        assert row["cost"] == 0 or not row["holds"]


def test_a_row_has_what_it_takes_to_judge_the_constraint_again(of_spans):
    rows = rows_of(of_spans)
    assert rows["every"]["asks"] == {
        "every": "visual_quality_01 > enough_01",
        "where": "record_s < 6",
        "by": "time",
        "likeness_01": 0.8,
        "weight": HARDLY,
    }
    assert rows["every"]["numbers"] == {"enough_01": 0.6}
    assert rows["cuts"]["numbers"] == {}
    assert (rows["loud"]["says"], rows["loud"]["kind"], rows["loud"]["of"]) == (
        "good where it is quiet",
        "every",
        "edit",
    )
    assert rows["loud"]["energy_01"] is not None and rows["every"]["energy_01"] is None
    assert "at_s" not in rows["cuts"] and "at_s" not in rows["every"]
    assert list(rows) == list(OF_SPANS)


def test_a_hard_constraint_has_no_price():
    rows = rows_of(
        edit_timeline(
            asked(a={"first": WIDE, "weight": None}, b={"streak": "angle", "max": 99, "weight": None})
        )
    )
    for row in rows.values():
        assert (row["weight"], row["cost"], row["holds"]) == (None, None, True)
    assert rows["a"]["used"] == "yes"
    assert rows["b"]["binds"] is False
