"""Time limits of stages."""

import time
from collections import Counter

import pytest
from rushes.errors import RushesError, TimeLimitError
from rushes.graph.node import Graph
from rushes.run.stage_limits import StageLimits
from text_operations import node


def steps(count, sleep_s, stage="analyze"):
    return [
        node(f"{stage}{number}", sleep_s=sleep_s, text=str(number), stage=stage) for number in range(count)
    ]


def left_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_stage_over_its_limit_ends_the_run_and_says_what_is_kept(start, two_workers, store):
    graph = Graph((*steps(2, 0), node("hangs", "watch", how="hangs", stage="analyze")))
    began_s = time.monotonic()
    with (
        pytest.raises(TimeLimitError) as caught,
        start(executor=two_workers, stage_limits_s={"analyze": 1.0}) as session,
    ):
        session.run(graph)
    assert time.monotonic() - began_s < 10
    assert isinstance(caught.value, RushesError)
    assert caught.value.exit_code == 1
    assert str(caught.value) == (
        "gave up: analyze took longer than 1 s, the time limit of this stage; 2 of 3 steps are done and kept\n"
        "    fix: run again, it goes on from there; or allow more with --set run.stage_limits.analyze_s=2"
    )
    assert left_in(store.root / "tmp") == []


def test_no_worker_goes_on_after_the_limit(start, two_workers, tmp_path):
    mark = tmp_path / "pids"
    graph = Graph(tuple(steps(1, 0) + [node("hangs", "watch", how="hangs", log=str(mark), stage="analyze")]))
    with pytest.raises(TimeLimitError):
        start(executor=two_workers, stage_limits_s={"analyze": 0.8}).run(graph)
    assert mark.read_text() == "hangs\n"
    assert two_workers._running == {}


def test_the_next_run_goes_on_from_what_was_finished(start, two_workers):
    graph = Graph((*steps(2, 0), node("slow", sleep_s=1.5, stage="analyze")))
    with pytest.raises(TimeLimitError):
        start(executor=two_workers, stage_limits_s={"analyze": 0.9}).run(graph)
    results = start(executor=two_workers, stage_limits_s={"analyze": 30}).run(graph)
    assert [results[name].ran for name in ("analyze0", "analyze1", "slow")] == [False, False, True]


def test_a_limit_of_one_stage_does_not_hold_for_another(start, two_workers):
    graph = Graph((*steps(1, 0), node("later", sleep_s=0.8, stage="score", after=("analyze0",))))
    results = start(executor=two_workers, stage_limits_s={"analyze": 0.5}).run(graph)
    assert results["later"].state == "ran"


def test_the_time_of_a_stage_counts_from_its_own_first_call(start):
    graph = Graph((*steps(1, 0.6), node("later", sleep_s=0.3, stage="score", after=("analyze0",))))
    results = start(stage_limits_s={"score": 0.5}).run(graph)
    assert results["later"].state == "ran"


def test_each_graph_of_a_session_has_the_whole_limit(start):
    session = start(stage_limits_s={"render": 0.7})
    for number in range(2):
        graph = Graph((node(f"part{number}", sleep_s=0.4, text=str(number), stage="render"),))
        assert session.run(graph)[f"part{number}"].state == "ran"


def test_an_executor_that_cannot_end_a_call_gives_up_between_two(start, store):
    with pytest.raises(TimeLimitError, match=r"1 of 3 steps are done and kept"):
        start(stage_limits_s={"analyze": 0.2}).run(Graph(tuple(steps(3, 0.4))))


def test_a_stage_that_ends_late_but_whole_is_not_given_up(start):
    results = start(stage_limits_s={"analyze": 0.2}).run(Graph(tuple(steps(1, 0.4))))
    assert results["analyze0"].state == "ran"


def test_a_finished_run_is_answered_from_the_store_whatever_the_limit(start):
    graph = Graph(tuple(steps(3, 0.01)))
    start().run(graph)
    assert start(stage_limits_s={"analyze": 1e-9}).run(graph).counts()["cached"] == 3


def test_a_clip_that_hangs_is_given_up_before_the_stage(start, two_workers):
    graph = Graph((node("hangs", "watch", how="hangs", stage="analyze"), *steps(1, 0)))
    session = start(executor=two_workers, clip_limit_s=0.4, stage_limits_s={"analyze": 20})
    results = session.run(graph)
    assert results["hangs"].failure == "gave up after 0.4 s, the time limit of a clip"


def test_a_stage_without_a_limit_leaves_no_deadline():
    limits = StageLimits({"render": 10.0}, clock=lambda: 100.0)
    limits.begin("analyze")
    assert limits.left_s(Counter(), Counter(analyze=2)) is None
    limits.check(Counter(), Counter(analyze=2))


def test_the_time_left_is_that_of_the_first_limit_to_pass():
    now_s = [100.0]
    limits = StageLimits({"analyze": 10.0, "render": 4.0}, clock=lambda: now_s[0])
    limits.begin("analyze")
    now_s[0] = 103.0
    limits.begin("render")
    limits.begin("analyze")
    totals = Counter(analyze=2, render=1)
    assert limits.left_s(Counter(), totals) == 4.0
    assert limits.left_s(Counter(render=1), totals) == 7.0
    now_s[0] = 120.0
    assert limits.left_s(Counter(render=1), totals) == 0.0
