"""One clip in trouble, with the operations of real runs: what is of the moment is forgotten by the next run."""

import errno
import os
from types import SimpleNamespace

import av
import pytest
from made_media import texture, write_clip
from rushes.analyze import clip_pass
from rushes.analyze.table import analyzer_named
from rushes.graph.node import Graph, Node, NodeInput
from rushes.run.engine import Session
from rushes.run.operations.table import OPERATIONS
from text_operations import leaf


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    return [
        write_clip(folder / f"{name}.mp4", [texture((64, 48), start + k) for k in range(20)])
        for name, start in (("good", 0), ("bad", 50))
    ]


def graph(clips):
    nodes = []
    quality = analyzer_named("quality")
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
        nodes.append(
            Node(
                id=f"analyze/{clip.name}",
                operation="analyze",
                stage="analyze",
                params={"analyzer": "quality", "version": quality.version, "params": {}},
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
