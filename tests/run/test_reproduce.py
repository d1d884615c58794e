"""Comparing two runs."""

import copy

import pytest
from rushes.run.reproduce import compare_runs

A, B, C = "a" * 64, "b" * 64, "c" * 64


def node(name, key, digest, failure=""):
    return {
        "id": name,
        "operation": f"op_{name}",
        "key": key,
        "outputs": {} if failure else {"out": digest},
        "failure": failure,
        "state": "ran",
        "seconds": 1.0,
    }


@pytest.fixture
def run():
    return {
        "rushes": "0.1.0",
        "recipe": {"edit": {"duration_s": 20.0, "grid": "beat"}},
        "inputs": {"front.mp4": A},
        "libraries": {"av": "18.0"},
        "models": {},
        "model_manifest_b3": A,
        "nodes": [node("clip", A, A), node("edit", B, B), node("video", C, C)],
        "outputs": {"video": {"b3": A}, "timeline": {"b3": B}},
        "wall_s": 3.0,
    }


@pytest.fixture
def again(run):
    return copy.deepcopy(run)


def test_runs_with_the_same_outputs_do_not_differ(run, again):
    again["nodes"][0] |= {"state": "cached", "seconds": 0.5}
    again["wall_s"] = 0.1
    again["libraries"]["av"] = "18.1"
    assert compare_runs(run, again) == []


def test_a_changed_input_is_followed_to_the_outputs(run, again):
    again["inputs"]["front.mp4"] = C
    again["nodes"][1] = node("edit", C, C)
    again["nodes"][2] = node("video", A, A)
    again["outputs"]["video"]["b3"] = C
    assert compare_runs(run, again) == [
        "output video differs: aaaaaaaa → cccccccc",
        "first node that differs: edit (1 more after it)",
        "input front.mp4: aaaaaaaa → cccccccc",
    ]


def test_an_operation_that_does_not_repeat_is_named(run, again):
    again["nodes"][2] = node("video", C, A)
    again["outputs"]["video"]["b3"] = C
    assert compare_runs(run, again) == [
        "output video differs: aaaaaaaa → cccccccc",
        "first node that differs: video",
        "video gave other bytes for the same key: its operation op_video does not repeat",
    ]


def test_versions_and_recipe_are_offered_as_causes(run, again):
    again |= {"rushes": "0.2.0", "libraries": {"av": "18.1", "scipy": "1.0"}, "models": {"faces": B}}
    again["model_manifest_b3"] = B
    again["recipe"]["edit"] |= {"duration_s": 30.0, "seed": 1}
    again["outputs"]["timeline"]["b3"] = C
    assert compare_runs(run, again) == [
        "output timeline differs: bbbbbbbb → cccccccc",
        "rushes 0.1.0 → 0.2.0",
        "av: 18.0 → 18.1",
        "scipy: none → 1.0",
        "model faces: none → bbbbbbbb",
        "model manifest: aaaaaaaa → bbbbbbbb",
        "recipe: edit.duration_s, edit.seed",
    ]


def test_outputs_and_nodes_that_come_and_go_are_named(run, again):
    del again["outputs"]["video"]
    again["outputs"]["report"] = {"b3": A}
    again["nodes"] = [again["nodes"][0] | {"outputs": {}, "failure": "no picture"}, again["nodes"][1]]
    assert compare_runs(run, again) == [
        "output report is new in the second run",
        "output video is missing in the second run",
        "first node that differs: clip, no failure → no picture (1 more after it)",
        "clip gave other bytes for the same key: its operation op_clip does not repeat",
    ]


def test_a_first_difference_may_be_a_node_that_only_one_run_has(run, again):
    again["nodes"].pop()
    assert compare_runs(run, again) == ["first node that differs: video, missing in the second run"]
    assert compare_runs(again, run) == ["first node that differs: video, new in the second run"]


def test_a_record_that_does_not_say_its_manifest_blames_no_other(run, again):
    del run["model_manifest_b3"]
    again["outputs"]["timeline"]["b3"] = C
    assert compare_runs(run, again) == ["output timeline differs: bbbbbbbb → cccccccc"]
