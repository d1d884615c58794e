"""The edit as an operation of a run."""

import json
from dataclasses import asdict, replace

import pytest
from edit.made_library import make_request, make_shoot, make_song
from rushes.graph.node import Call
from rushes.run.operations import edit as operation
from rushes.score.files import write_frame


def test_an_unsound_timeline_is_a_bug_and_reaches_no_file(tmp_path, monkeypatch):
    request = make_request(make_shoot(12), make_song(), duration_s=8.0)
    sound = operation.edit_timeline(request)
    monkeypatch.setattr(operation, "edit_timeline", lambda _: replace(sound, duration_frames=7))
    frames = {name: tmp_path / f"{name}.arrow" for name in ("segments", "samples", "clips")}
    for name, path in frames.items():
        write_frame(getattr(request, name), path)
    out = tmp_path / "timeline.json"
    call = Call(
        params={
            "edit": json.loads(json.dumps(asdict(request.edit))),
            "song": None,
            "song_spec": None,
            "style": {},
            "thresholds": {},
            "project_id": "p",
            "creator_id": "c",
        },
        inputs=frames,
        outputs={"timeline.json": out},
    )
    with pytest.raises(AssertionError, match="unsound timeline: .*duration_frames is 7, the clips end at"):
        operation.edit_timelines([call])
    assert not out.exists()
