"""What a run would do, and why."""

from dataclasses import replace

import pytest
from rushes.graph.node import Graph, NodeInput, Operation
from rushes.run.plan import PlanRow, plan_graph
from rushes.store.store import Store
from text_operations import HERE, OPERATIONS, leaf, node


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / "front_01.mp4"
    path.write_text("frames")
    return path


def graph(clip, **params):
    """clip -> faces -> score -> edit"""
    return Graph(
        (
            node("faces", inputs={"clip": leaf(clip)}, **{"max_faces": 5, **params}),
            node("score", after=("faces",)),
            node("edit", after=("score", "faces")),
        )
    )


def reasons(start, graph, **options):
    return {row.id: row.reason for row in plan_graph(graph, start(**options)) if row.state == "run"}


def test_before_the_first_run_nothing_has_run(start, clip, store):
    assert plan_graph(graph(clip), start()) == [
        PlanRow("faces", "join", "run", "never run"),
        PlanRow("score", "join", "run", "never run"),
        PlanRow("edit", "join", "run", "never run"),
    ]
    assert not store.root.exists()


def test_after_a_run_everything_is_cached(start, clip):
    start().run(graph(clip))
    assert plan_graph(graph(clip), start()) == [
        PlanRow("faces", "join", "cached", ""),
        PlanRow("score", "join", "cached", ""),
        PlanRow("edit", "join", "cached", ""),
    ]


def test_planning_runs_nothing(start, clip):
    plan_graph(graph(clip), start())
    assert start().run(graph(clip)).counts()["ran"] == 3


def test_a_changed_parameter_is_named_with_both_values(start, clip):
    start().run(graph(clip))
    assert reasons(start, graph(clip, max_faces=8)) == {
        "faces": "param max_faces 5→8",
        "score": "depends on faces",
        "edit": "depends on faces and 1 more",
    }


def test_parameters_are_named_by_their_place(start, clip):
    start().run(graph(clip, faces={"min_px": 40, "model": "a"}))
    assert reasons(start, graph(clip, faces={"min_px": 40.0, "model": "b"}))["faces"] == (
        "param faces.min_px 40→40.0; param faces.model a→b"
    )


def test_a_long_value_is_cut_short(start, clip):
    start().run(graph(clip, note="a" * 100))
    assert reasons(start, graph(clip, note="b"))["faces"] == f"param note {'a' * 39}…→b"


def test_a_changed_file_is_named(start, clip):
    start().run(graph(clip))
    clip.write_text("other frames")
    assert reasons(start, graph(clip))["faces"] == "input front_01.mp4 changed"


def test_inputs_that_come_and_go_are_named(start, clip):
    start().run(graph(clip))
    faces, score, edit = graph(clip).nodes
    changed = Graph(
        (replace(faces, inputs={}), score, replace(edit, inputs={**edit.inputs, "clip": leaf(clip)}))
    )
    found = reasons(start, changed)
    assert found["faces"] == "input clip removed"
    assert found["edit"] == "input front_01.mp4 added; depends on faces and 1 more"


def test_of_many_inputs_that_come_and_go_only_the_first_are_named(start):
    leaves = [node(f"w{i}", text=str(i)) for i in range(9)]

    def library(count):
        return Graph((*leaves, node("all", after=tuple(f"w{i}" for i in range(count)))))

    start().run(library(2))
    start().run(Graph(tuple(leaves)))
    assert (
        reasons(start, library(9))["all"]
        == "input w2 added; input w3 added; input w4 added; and 4 more inputs"
    )


def test_of_many_changed_parameters_only_the_first_are_named(start, clip):
    start().run(graph(clip, options={f"p{i}": i for i in range(5)}))
    assert reasons(start, graph(clip, options={f"p{i}": -1 for i in range(5)}))["faces"] == (
        "param options.p0 0→-1; param options.p1 1→-1; param options.p2 2→-1; and 2 more params"
    )


def test_a_new_version_of_an_operation_is_named(start, clip):
    start().run(graph(clip))
    newer = {**OPERATIONS, "join": Operation(name="join", version=2, function=f"{HERE}:join_texts")}
    assert reasons(start, graph(clip), operations=newer)["score"] == "operation version 1→2; depends on faces"


def test_another_version_of_a_library_is_named(start, clip, monkeypatch):
    with_library = replace(OPERATIONS["join"], libraries=("av", "not-there"))
    operations = {**OPERATIONS, "join": with_library}
    versions = {"av": "18.0"}
    monkeypatch.setattr(
        "rushes.run.resolve.installed_version", lambda name: versions.get(name, "not installed")
    )
    start(operations=operations).run(graph(clip))
    versions["av"] = "18.1"
    assert reasons(start, graph(clip), operations=operations)["faces"] == "av 18.0→18.1"


def test_a_result_that_is_gone_is_told_from_one_that_changed(start, store, clip):
    first = start().run(graph(clip))
    store.drop(first["score"].outputs["out.txt"])
    store.forget(first["edit"].key)
    found = reasons(start, graph(clip))
    assert found["faces"] == "stored result is missing"
    store.put_bytes(clip.read_bytes())
    found = reasons(start, graph(clip))
    assert found == {"edit": "stored result is missing"}


def test_a_short_blob_is_called_damaged(start, store, clip):
    path = store.object_path(start().run(graph(clip))["faces"].outputs["out.txt"])
    path.chmod(0o644)
    path.write_text("fra")
    assert reasons(start, graph(clip))["faces"] == "stored result is damaged"


def test_where_the_earlier_result_was_collected_the_plan_says_that_it_cannot_say(start, store, clip):
    first = start().run(graph(clip))
    store.forget(first["faces"].key)
    assert reasons(start, graph(clip, max_faces=8))["faces"] == (
        "its earlier result is no longer stored, so what changed is not known"
    )


def test_stored_failures_and_what_they_stop_need_not_run(start):
    broken = Graph((node("bad", "misbehave", how="broken"), node("user", after=("bad",))))
    start().run(broken)
    assert plan_graph(broken, start()) == [
        PlanRow("bad", "misbehave", "cached", "failed before: the text is broken"),
        PlanRow("user", "join", "cached", "skipped: the text is broken"),
    ]


def test_projects_on_one_store_do_not_mix_their_reasons(start, clip):
    start(scope="reel").run(graph(clip))
    assert reasons(start, graph(clip, max_faces=8), scope="best clips")["faces"] == "never run"
    assert reasons(start, graph(clip, max_faces=8), scope="reel")["faces"] == "param max_faces 5→8"


def test_a_later_graph_is_planned_on_the_results_of_an_earlier_one(start, clip):
    render = Graph((node("render", inputs={"cut": NodeInput(node="edit", output="out.txt")}),))
    session = start()
    session.run(graph(clip))
    assert plan_graph(render, session) == [PlanRow("render", "join", "run", "never run")]


def test_keys_of_more_than_one_graph_are_kept(start, clip):
    render = Graph((node("render", after=("edit",), size="small"),))
    session = start()
    session.run(graph(clip))
    session.run(render)
    start().run(graph(clip))
    session = start()
    session.run(graph(clip))
    bigger = Graph((node("render", after=("edit",), size="big"),))
    assert [row.reason for row in plan_graph(bigger, session)] == ["param size small→big"]


def test_hints_that_cannot_be_kept_do_not_fail_a_run(start, clip, monkeypatch):
    from rushes.errors import Problem, StoreError

    def refuse(self, scope, keys):
        raise StoreError(Problem(None, "full"))

    monkeypatch.setattr(Store, "put_last_keys", refuse)
    assert start().run(graph(clip)).counts()["ran"] == 3
