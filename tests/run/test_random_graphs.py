"""Whatever the graph, a warm run gives what a cold one gave, and a change costs what it must and no more."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.graph.node import Graph, NodeInput
from rushes.run.engine import Session
from rushes.run.plan import plan_graph
from rushes.store.store import Store
from text_operations import OPERATIONS, node


@st.composite
def graphs(draw):
    """Up to 8 nodes; each reads some earlier ones, some of them as optional; some are batched, some fail."""
    nodes = []
    for index in range(draw(st.integers(1, 8))):
        earlier = [each.id for each in nodes]
        name = f"n{index}"
        kind = draw(st.sampled_from(["join", "join", "upper", "bad"] if earlier else ["join", "bad"]))
        if kind == "upper":
            source = NodeInput(node=draw(st.sampled_from(earlier)), output="out.txt")
            nodes.append(node(name, "upper", batch=draw(st.sampled_from("xy")), inputs={"text": source}))
        elif kind == "bad":
            nodes.append(node(name, "misbehave", how="broken"))
        else:
            after = (
                tuple(draw(st.lists(st.sampled_from(earlier), max_size=3, unique=True))) if earlier else ()
            )
            optional = (
                draw(st.sets(st.sampled_from([f"in{i}" for i in range(len(after))]))) if after else set()
            )
            text = draw(st.sampled_from("abc"))
            nodes.append(node(name, after=after, text=text, optional_inputs=frozenset(optional)))
    return Graph(tuple(nodes))


def ends(results):
    return {
        name: (dict(result.outputs), result.failure, result.failed_at) for name, result in results.items()
    }


@pytest.fixture(scope="module")
def fresh_store(tmp_path_factory):
    """Makes empty stores; of the module, because hypothesis calls a test many times."""
    return lambda: Store(tmp_path_factory.mktemp("store"))


@given(graph=graphs())
@settings(deadline=None, max_examples=15)
def test_a_warm_run_gives_what_the_cold_run_gave_and_runs_nothing(fresh_store, graph):
    store = fresh_store()
    cold = Session(store, OPERATIONS).run(graph)
    warm = Session(store, OPERATIONS).run(graph)
    assert ends(warm) == ends(cold) == ends(Session(fresh_store(), OPERATIONS).run(graph))
    assert warm.counts()["ran"] == 0
    assert [row.state for row in plan_graph(graph, Session(store, OPERATIONS))] == ["cached"] * len(
        graph.nodes
    )


@given(graph=graphs(), data=st.data())
@settings(deadline=None, max_examples=15)
def test_after_a_change_a_run_on_the_old_store_gives_what_a_fresh_one_gives(fresh_store, graph, data):
    store = fresh_store()
    before = Session(store, OPERATIONS).run(graph)
    index = data.draw(st.integers(0, len(graph.nodes) - 1))
    old = graph.nodes[index]
    new = dataclasses.replace(
        old, params={**old.params, "text": data.draw(st.sampled_from("abc")), "touched": 1}
    )
    changed = Graph((*graph.nodes[:index], new, *graph.nodes[index + 1 :]))
    planned = {row.id for row in plan_graph(changed, Session(store, OPERATIONS)) if row.state == "run"}
    after = Session(store, OPERATIONS).run(changed)
    ran = {name for name, result in after.items() if result.ran}
    assert ends(after) == ends(Session(fresh_store(), OPERATIONS).run(changed))
    assert ran <= planned
    if after[old.id].outputs == before[old.id].outputs:
        # Early cut-off: the node runs again (unless it was skipped), and nothing after it does.
        assert ran <= {old.id}


@given(graph=graphs(), data=st.data())
@settings(deadline=None, max_examples=15)
def test_a_missing_blob_is_made_again(fresh_store, graph, data):
    store = fresh_store()
    first = Session(store, OPERATIONS).run(graph)
    made = [name for name, result in first.items() if result.outputs]
    if made:
        name = data.draw(st.sampled_from(made))
        digest = first[name].outputs["out.txt"]
        store.drop(digest)
        again = Session(store, OPERATIONS).run(graph)
        assert ends(again) == ends(first)
        # Equal contents share one blob; who makes it first mends it for those that come later.
        sharers = {each for each in first if first[each].outputs.get("out.txt") == digest}
        ran = {each for each in again if again[each].ran}
        assert ran
        assert ran <= sharers
        assert again.path(name, "out.txt").is_file()
