"""What runs and users tell a library, and what it tells of them."""

from __future__ import annotations

import pytest
from rushes.errors import StoreError
from rushes.store.library_file import AnalyzerResult, ClipRecord, FeedbackEvent, LibraryFile

A, B = "a" * 64, "b" * 64


QUALITY = AnalyzerResult(fingerprint="q1", state="ok", columns={"sharpness_01": 0.25, "exposure_01": None})


FACES = AnalyzerResult(
    fingerprint="f1",
    state="ok",
    columns={"face_count_avg": 1.5, "emotion_dominant": "happiness", "face_timestamps": [0.5, 1.0]},
)


CLIP = ClipRecord(
    digest=A,
    name="day 1/front.mp4",
    path="/footage/day 1/front.mp4",
    bytes=1234,
    facts={"duration_s": 2.5, "has_audio": True, "width_px": None},
    metadata={"angle": "front"},
    results={"quality": QUALITY, "faces": FACES},
)


def record(path, *clips, fingerprints=None):
    with LibraryFile(path) as library:
        library.record(clips, fingerprints or {})


def clips(path, digests=None):
    with LibraryFile(path, read_only=True) as library:
        return library.clips(digests)


def event(uid, kind="favorite", clip=A, creator="anna", at="2026-05-04T12:00:00.000000Z", **more):
    return FeedbackEvent(uid=uid, clip=clip, creator=creator, kind=kind, at=at, **more)


def told(path, *, read_only=False):
    """What opening and reading says, and the fix."""
    with pytest.raises(StoreError) as caught, LibraryFile(path, read_only=read_only) as library:
        library.clips()
    problem = caught.value.problems[0]
    assert str(problem.place) == str(path)
    return problem.what, problem.fix
