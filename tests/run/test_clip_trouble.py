"""One clip in trouble, with the operations of real runs: what is of the moment is forgotten by the next run."""

import errno
import os
from types import SimpleNamespace

import av
import pytest
from made_media import texture, tone, write_clip
from onnxruntime.capi.onnxruntime_pybind11_state import Fail
from rushes.analyze import clip_pass
from rushes.analyze.table import analyzer_named
from rushes.errors import ModelError, Problem
from rushes.graph.node import Graph, Node, NodeInput
from rushes.models.session import OnnxSession
from rushes.run.engine import Bug, Session
from rushes.run.operations.table import OPERATIONS
from text_operations import leaf

QUIET = {name: lambda *_: None for name in ("update", "hear")} | {"finish": lambda seen: {}}
"""Steps of an analyzer that finds nothing."""
TOLD = "onnxruntime.capi.onnxruntime_pybind11_state.Fail: the runtime gave up"


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    return [
        write_clip(folder / f"{name}.mp4", [texture((64, 48), start + k) for k in range(20)])
        for name, start in (("good", 0), ("bad", 50))
    ]


def graph(clips, *analyzers):
    """Every clip through quality, and through further analyzers in the same decode."""
    nodes = []
    for clip in clips:
        probe, media = f"probe/{clip.name}", leaf(clip)
        nodes.append(
            Node(
                id=probe,
                operation="probe",
                stage="analyze",
                inputs={"media": media},
                outputs=("info.json",),
                subject=clip.name,
            )
        )
        for name in ("quality", *analyzers):
            nodes.append(
                Node(
                    id=f"analyze/{clip.name}" if name == "quality" else f"analyze/{name}/{clip.name}",
                    operation="analyze",
                    stage="analyze",
                    params={"analyzer": name, "version": analyzer_named(name).version, "params": {}},
                    inputs={"media": media, "info": NodeInput(node=probe, output="info.json")},
                    outputs=("tables.bin",),
                    batch=clip.name,
                    subject=clip.name,
                )
            )
    return Graph(tuple(nodes))


def failures(results):
    return {result.id: result.failure for result in results.failures()}


@pytest.mark.parametrize("opens", [1, 2], ids=["probe", "analyze"])
def test_a_disk_that_fails_once_costs_the_clip_one_run(clips, store, monkeypatch, opens):
    real, opened = av.open, []

    def fail_once(path, *args, **options):
        opened.append(path)
        if path == str(clips[1]) and opened.count(path) == opens:
            raise av.error.OSError(errno.EIO, os.strerror(errno.EIO), path)
        return real(path, *args, **options)

    monkeypatch.setattr(av, "open", fail_once)
    first = Session(store, OPERATIONS).run(graph(clips))
    at = "probe/bad.mp4" if opens == 1 else "analyze/bad.mp4"
    assert failures(first) == {at: "the file cannot be read now (Input/output error)"}
    second = Session(store, OPERATIONS).run(graph(clips))
    assert failures(second) == {}
    assert [result.state for result in second.values()][:2] == ["cached", "cached"]
    assert second["analyze/bad.mp4"].state == "ran"


def test_an_analyzer_that_raises_costs_the_clip_one_run(clips, store, monkeypatch):
    import cv2

    real = clip_pass.load_function

    def start(params, info):
        if info.path == str(clips[1]):
            # As OpenCV does for an empty picture.
            return SimpleNamespace(update=lambda _: cv2.resize(None, (0, 0)))
        return real("rushes.analyze.quality_pass:start")(params, info)

    monkeypatch.setattr(clip_pass, "load_function", lambda _: start)
    session = Session(store, OPERATIONS)
    failed = failures(session.run(graph(clips)))
    assert list(failed) == ["analyze/bad.mp4"]
    assert failed["analyze/bad.mp4"].startswith("a bug of rushes while analysing: cv2.error: OpenCV(")
    assert "\n" not in failed["analyze/bad.mp4"]
    assert [bug.nodes for bug in session.bugs] == [("analyze/bad.mp4",)]
    monkeypatch.undo()
    second = Session(store, OPERATIONS).run(graph(clips))
    assert failures(second) == {}
    assert [result.state for result in second.values()] == ["cached", "cached", "cached", "ran"]


@pytest.mark.parametrize("step", ["start", "update", "hear", "finish"])
def test_an_analyzer_that_raises_fails_alone_and_the_others_of_the_decode_are_kept(
    tmp_path, store, monkeypatch, step
):
    clip = write_clip(tmp_path / "good.mp4", [texture((64, 48), k) for k in range(20)], sound=tone(0.7))
    bad, other = ("loudness", "motion") if step == "hear" else ("motion", "loudness")
    real = clip_pass.load_function

    def breaks(*_):
        raise Fail("the runtime gave up")

    def start(params, info):
        return breaks() if step == "start" else SimpleNamespace(**{**QUIET, step: breaks})

    monkeypatch.setattr(clip_pass, "load_function", lambda name: start if bad in name else real(name))
    session = Session(store, OPERATIONS)
    results = session.run(graph([clip], bad, other))
    assert failures(results) == {f"analyze/{bad}/good.mp4": f"a bug of rushes while analysing: {TOLD}"}
    assert results[f"analyze/{bad}/good.mp4"].transient
    (bug,) = session.bugs
    assert bug.nodes == (f"analyze/{bad}/good.mp4",)
    assert 'raise Fail("the runtime gave up")' in bug.trace
    monkeypatch.undo()
    again = Session(store, OPERATIONS).run(graph([clip], bad, other))
    assert [result.state for result in again.values()] == ["cached", "cached", "ran", "cached"]


def test_an_analyzer_that_raises_ends_a_run_that_shall_end_at_the_first_failure(clips, store, monkeypatch):
    real = clip_pass.load_function

    def start(params, info):
        raise Fail("the runtime gave up")

    monkeypatch.setattr(clip_pass, "load_function", lambda name: start if "motion" in name else real(name))
    with pytest.raises(Bug, match="the runtime gave up"):
        Session(store, OPERATIONS, on_error="fail").run(graph(clips[:1], "motion"))


def test_a_model_that_gives_up_on_one_clip_is_told_in_words_and_tried_again(clips, store, monkeypatch):
    real = clip_pass.load_function

    class GivesUp:
        def run(self, outputs, feeds):
            raise Fail("out of memory")

    def start(params, info):
        return SimpleNamespace(**{**QUIET, "update": lambda _: OnnxSession(GivesUp(), "net").run(None, {})})

    monkeypatch.setattr(clip_pass, "load_function", lambda name: start if "motion" in name else real(name))
    session = Session(store, OPERATIONS)
    results = session.run(graph(clips[:1], "motion"))
    assert failures(results) == {
        "analyze/motion/good.mp4": "the model net could not be computed (out of memory)"
    }
    assert session.bugs == []
    monkeypatch.undo()
    assert failures(Session(store, OPERATIONS).run(graph(clips[:1], "motion"))) == {}


def test_a_model_that_cannot_be_used_at_all_ends_the_run(clips, store, monkeypatch):
    def start(params, info):
        raise ModelError(Problem(None, "the model is damaged", "run rushes models verify"))

    monkeypatch.setattr(clip_pass, "load_function", lambda _: start)
    with pytest.raises(ModelError, match="the model is damaged"):
        Session(store, OPERATIONS).run(graph(clips[:1]))
