"""What a run does with a graph."""

import pytest
from rushes.errors import ConstraintError, MediaError
from rushes.graph.node import Graph, NodeInput, Operation
from rushes.run.engine import Bug
from text_operations import HERE, OPERATIONS, leaf, node


def text(results, name):
    return results.path(name, "out.txt").read_text()


def log_of(path):
    return path.read_text().split() if path.exists() else []


def test_nodes_run_after_their_inputs_and_read_their_outputs(start):
    results = start().run(
        Graph((node("a", text="A"), node("b", text="B"), node("c", after=("a", "b"), text="C:")))
    )
    assert text(results, "c") == "C:AB"
    assert [result.state for result in results.values()] == ["ran"] * 3


def test_a_second_run_finds_everything_in_the_store(start):
    graph = Graph((node("a", text="A"), node("b", after=("a",))))
    first = start().run(graph)
    second = start().run(graph)
    assert second.counts() == {"total": 2, "ran": 0, "cached": 2, "failed": 0}
    assert {name: result.outputs for name, result in second.items()} == {
        name: result.outputs for name, result in first.items()
    }
    assert second["b"].seconds == first["b"].seconds


def test_a_node_that_writes_the_same_bytes_again_leaves_its_users_cached(start):
    first = Graph((node("a", text="A"), node("b", after=("a",))))
    start().run(first)
    changed = Graph((node("a", text="A", unused=1), node("b", after=("a",))))
    results = start().run(changed)
    assert (results["a"].state, results["b"].state) == ("ran", "cached")
    assert results["a"].reason == "param unused None→1"


def test_a_changed_input_file_runs_what_depends_on_it_and_nothing_else(start, tmp_path):
    clips = [tmp_path / "one.mp4", tmp_path / "two.mp4"]
    for clip in clips:
        clip.write_text(clip.name)

    def graph():
        reads = [node(clip.stem, inputs={"clip": leaf(clip)}) for clip in clips]
        return Graph((*reads, node("both", after=("one", "two"))))

    start().run(graph())
    clips[1].write_text("a new take")
    results = start().run(graph())
    assert [result.state for result in results.values()] == ["cached", "ran", "ran"]
    assert [result.reason for result in results.values()] == [
        "",
        "input two.mp4 changed",
        "input two changed",
    ]
    assert text(results, "both") == "one.mp4a new take"


def test_the_path_of_a_file_is_not_part_of_its_result(start, tmp_path):
    (tmp_path / "a").write_text("same")
    (tmp_path / "b").write_text("same")
    start().run(Graph((node("x", inputs={"clip": leaf(tmp_path / "a")}),)))
    results = start().run(Graph((node("x", inputs={"clip": leaf(tmp_path / "b")}),)))
    assert results["x"].state == "cached"


def test_a_later_graph_may_use_nodes_of_an_earlier_one(start):
    session = start()
    session.run(Graph((node("a", text="A"),)))
    results = session.run(Graph((node("b", after=("a",), text="B"),)))
    assert text(results, "b") == "BA"
    assert list(results) == ["b"]


def test_members_of_a_batch_that_must_run_are_called_once_together(start, tmp_path):
    log = tmp_path / "log"

    def graph(*names):
        shout = [
            node(
                name,
                "upper",
                batch="clip",
                log=str(log),
                inputs={"text": NodeInput(node="source", output="out.txt")},
            )
            for name in names
        ]
        return Graph((node("source", text="hello"), *shout))

    start().run(graph("x", "y"))
    results = start().run(graph("x", "y", "z", "w"))
    assert log_of(log) == ["x+y", "z+w"]
    assert text(results, "w") == "HELLO"
    assert [result.state for result in results.values()] == ["cached", "cached", "cached", "ran", "ran"]


def test_a_batch_whose_members_need_each_other_runs_in_parts(start, tmp_path):
    log = tmp_path / "log"

    def member(name, source):
        given = {"text": NodeInput(node=source, output="out.txt")}
        return node(name, "upper", batch="clip", log=str(log), inputs=given)

    results = start().run(Graph((node("source", text="hello"), member("x", "source"), member("y", "x"))))
    assert log_of(log) == ["x", "y"]
    assert text(results, "y") == "HELLO"


def test_a_failure_is_a_result_and_is_not_computed_again(start, tmp_path):
    log = tmp_path / "log"
    bad = node("bad", "misbehave", how="broken", log=str(log), subject="bad.mp4")
    graph = Graph((bad, node("user", after=("bad",)), node("other")))
    for ran in (True, False):
        results = start().run(graph)
        assert (results["bad"].state, results["bad"].ran) == ("failed", ran)
        assert (results["bad"].failure, results["bad"].fix) == ("the text is broken", "record it again")
        assert results["user"].state == "failed"
        assert results["user"].failure == "the text is broken"
        assert results["user"].failed_at == "bad"
        assert results["other"].state != "failed"
        assert [result.id for result in results.failures()] == ["bad"]
    assert log_of(log) == ["bad"]
    assert results.counts() == {"total": 3, "ran": 0, "cached": 2, "failed": 2}


def test_a_member_of_a_batch_fails_alone(start):
    shared = {"inputs": {"text": NodeInput(node="source", output="out.txt")}, "batch": "clip"}
    graph = Graph((node("source", text="x"), node("x", "upper", **shared), node("y", "upper", **shared)))
    results = start().run(graph)
    assert results["x"].failure == "x cannot be shouted"
    assert text(results, "y") == "X"


def test_an_optional_input_that_failed_is_told_to_the_node(start):
    graph = Graph(
        (
            node("good", text="good"),
            node("bad", "misbehave", how="broken"),
            node("all", after=("good", "bad"), optional_inputs=frozenset({"in1"})),
        )
    )
    assert text(start().run(graph), "all") == "good<no in1: the text is broken>"
    assert start().run(graph)["all"].state == "cached"


def test_warnings_are_told_again_by_a_run_that_computes_nothing(start):
    graph = Graph((node("a", warnings=["no sound"]),))
    start().run(graph)
    assert start().run(graph)["a"].warnings == ("no sound",)


def test_on_error_fail_ends_the_run_at_the_first_failure(start):
    graph = Graph((node("bad", "misbehave", how="broken", subject="day1/bad.mp4"),))
    for _ in range(2):
        with pytest.raises(MediaError) as caught:
            start(on_error="fail").run(graph)
        assert str(caught.value) == "day1/bad.mp4: the text is broken\n    fix: record it again"


def test_errors_that_users_can_act_on_come_through_whole(start, two_workers):
    for executor in (None, two_workers):
        with pytest.raises(ConstraintError) as caught:
            start(executor=executor).run(Graph((node("edit", "misbehave", how="constraints"),)))
        assert [problem.what for problem in caught.value.problems] == ["too long", "too short"]


def test_any_other_exception_is_our_bug_and_keeps_its_traceback(start, two_workers):
    for executor in (None, two_workers):
        with pytest.raises(Bug) as caught:
            start(executor=executor).run(Graph((node("sum", "misbehave", how="bug"),)))
        assert caught.value.nodes == ("sum",)
        assert 'raise ZeroDivisionError("a bug of ours")' in caught.value.trace


def test_an_output_that_was_not_written_is_our_bug(start):
    with pytest.raises(Bug, match="lazy ended well but did not write its output 'out.txt'"):
        start().run(Graph((node("lazy", "misbehave", how="no output"),)))


def test_a_file_that_changes_while_it_is_read_gives_no_stored_result(start, tmp_path):
    clip = tmp_path / "clip.mp4"
    clip.write_text("first")
    graph = Graph((node("x", "misbehave", how="overwrites", inputs={"text": leaf(clip)}),))
    result = start().run(graph)["x"]
    assert result.failure == "the file changed while it was read"
    assert start().store.action(result.key) is None


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        ((node("a"), node("a")), "two nodes are called 'a'"),
        ((node("a", "dance"),), "a: there is no operation 'dance'"),
        ((node("b", after=("a",)), node("a")), "b: no earlier node gives 'a', 'out.txt' for 'in0'"),
    ],
)
def test_a_graph_that_is_none_is_refused(start, nodes, message):
    with pytest.raises(ValueError) as caught:
        start().run(Graph(nodes))
    assert str(caught.value) == message


def test_a_parameter_that_json_cannot_hold_is_refused_by_name(start):
    with pytest.raises(ValueError) as caught:
        start().run(Graph((node("a", limit=float("nan")),)))
    assert str(caught.value) == "a: value.params.limit is nan, which JSON cannot hold"


def test_a_new_version_of_an_operation_runs_again(start):
    graph = Graph((node("a", text="A"), node("b", after=("a",))))
    start().run(graph)
    newer = {**OPERATIONS, "join": Operation(name="join", version=2, function=f"{HERE}:join_texts")}
    assert [result.reason for result in start(operations=newer).run(graph).values()] == [
        "operation version 1→2"
    ] * 2


def test_progress_counts_each_stage_to_its_end(start):
    heard = []

    class Listener:
        def tell(self, event, stage, done, total, subject):
            heard.append((event, stage, done, total, subject))

    graph = Graph((node("a", stage="analyze", subject="a.mp4"), node("b", after=("a",))))
    start(progress=Listener()).run(graph)
    start(progress=Listener()).run(graph)
    assert heard == [
        ("start", "analyze", 0, 1, "a.mp4"),
        ("ran", "analyze", 1, 1, "a.mp4"),
        ("start", "score", 0, 1, "b"),
        ("ran", "score", 1, 1, "b"),
        ("cached", "analyze", 1, 1, "a.mp4"),
        ("cached", "score", 1, 1, "b"),
    ]
