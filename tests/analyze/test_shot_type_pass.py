from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from rushes.analyze import zero_shot
from rushes.analyze.bodies import ANALYZER as BODIES
from rushes.analyze.clip_embedding import ANALYZER as CLIP
from rushes.analyze.clip_pass import analyze_clip
from rushes.analyze.face_detection import ANALYZER as FACE_DETECTION
from rushes.analyze.faces import Params as FaceParams
from rushes.analyze.faces_pass import start as start_faces
from rushes.analyze.framing import NOT_KNOWN, Verdict
from rushes.analyze.shot_times import ShotTimes
from rushes.analyze.shot_type import ANALYZER, Params, models
from rushes.analyze.shot_type_pass import start, steadied
from rushes.analyze.spec import Analyzer, ClipFacts
from rushes.analyze.table import ANALYZERS
from rushes.media.info import MediaInfo
from rushes.media.probe import probe
from rushes.models.session import Models

FACTS = ClipFacts(
    info=MediaInfo(
        path="", digest="0" * 64, size_bytes=1, container="mp4", duration_s=10.0, video=None, audio=None
    ),
    duration_s=10.0,
)


UNCUT = ShotTimes({})


def table(analyzer: Analyzer, name: str, rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """A table of an analyzer; columns that a row does not name are null."""
    return pl.DataFrame(rows, schema={column: getattr(pl, kind) for column, kind in analyzer.tables[name]})


def tables(
    faces: dict[int, tuple[float, float]] | None = None,
    refused: Sequence[int] = (),
    zoom_per_s: float = 0.0,
    seconds: int = 5,
) -> dict[str, dict[str, pl.DataFrame]]:
    """A clip of one picture a second. faces: second -> height and yaw of its face; refused: seconds whose face the
    analyzer faces did not accept."""
    known = faces or {}
    pictures = [{"t_s": float(n), "pts": n, "width_px": 640, "height_px": 360} for n in range(seconds)]
    boxes = [
        {
            "pts": n,
            "t_s": float(n),
            "face": 0,
            "confidence_01": 1.0,
            "x_01": 0.4,
            "y_01": 0.3,
            "width_01": height / 2,
            "height_01": height,
        }
        for n, (height, _) in known.items()
    ]
    accepted = {n: yaw for n, (_, yaw) in known.items() if n not in refused}
    samples = {
        "t_s": [float(n) for n in range(seconds)],
        "face_yaw_deg": [accepted.get(n) for n in range(seconds)],
    }
    at_s = np.arange(0, seconds, 0.2)
    return {
        "face_detection": {
            "pictures": table(FACE_DETECTION, "pictures", pictures),
            "boxes": table(FACE_DETECTION, "boxes", boxes),
        },
        "faces": {
            "tracks": pl.DataFrame(
                {"pts": list(accepted), "face": [0] * len(accepted), "track": [0] * len(accepted)},
                schema=dict.fromkeys(("pts", "face", "track"), pl.Int64),
            ),
            "samples": pl.DataFrame(samples, schema=dict.fromkeys(("t_s", "face_yaw_deg"), pl.Float64)),
        },
        "motion": {
            "samples": pl.DataFrame(
                {"t_s": at_s, "zoom_per_s": zoom_per_s, "pan_per_s": 0.0, "tilt_per_s": 0.0}
            )
        },
    }


def with_people(found: dict[str, Any], people: dict[float, tuple[float, float, float, float] | None]) -> None:
    """Add the tables of bodies. people: second -> left, top, width, height of the one person, None: nobody."""
    pictures = [{"t_s": t, "pts": round(t * 10), "width_px": 416, "height_px": 234} for t in people]
    boxes = [
        {
            "pts": round(t * 10),
            "t_s": t,
            "body": 0,
            "confidence_01": 1.0,
            **dict(zip(("x_01", "y_01", "width_01", "height_01"), box, strict=True)),
        }
        for t, box in people.items()
        if box is not None
    ]
    found["bodies"] = {
        "pictures": table(BODIES, "pictures", pictures),
        "boxes": table(BODIES, "boxes", boxes),
    }


def samples(found: dict[str, Any], **params: Any) -> pl.DataFrame:
    frame = start(Params(**params), FACTS, found, Models())["samples"]
    assert frame.columns == ["t_s", *(column.name for column in ANALYZER.columns)]
    return frame


def test_every_picture_in_which_faces_were_looked_for_has_a_row():
    found = samples(tables({1: (0.4, 0.0), 2: (0.4, 10.0)}))
    assert found["t_s"].to_list() == [0, 1, 2, 3, 4]
    assert found["shot_type"].to_list() == [None, "close_up", "close_up", None, None]
    assert found["shot_type_from"].to_list() == [None, "faces", "faces", None, None]
    assert found["angle"].to_list() == [None, "front", "front", None, None]
    assert found["angle_confidence_01"].to_list() == pytest.approx([0, 1, 0.8, 0, 0])


def test_a_face_that_was_not_accepted_does_not_count():
    found = samples(tables({1: (0.4, 0.0)}, refused=(1,)))
    assert found["shot_type"].to_list() == [None] * 5
    assert found["angle"].to_list() == [None] * 5


def test_a_clip_without_a_picture_has_no_samples():
    assert samples(tables(seconds=0)).height == 0


def test_a_camera_that_zooms_is_a_zoom_shot():
    found = samples(tables({1: (0.4, 0.0)}, zoom_per_s=0.2))
    assert found["shot_type"].to_list() == ["zoom"] * 5
    assert set(found["shot_type_from"]) == {"camera"}
    assert found["angle"].to_list()[1] == "front"


def test_what_grows_for_less_than_a_second_is_no_zoom():
    clip = tables(seconds=6)
    t_s = clip["motion"]["samples"]["t_s"].to_numpy()
    for begin_s, end_s, zooms in [(2.5, 3.4, 0), (5.2, 6.0, 0), (0.0, 6.0, 6), (2.5, 5.0, 3)]:
        growth = np.where((t_s >= begin_s) & (t_s < end_s), 0.2, 0.0)
        clip["motion"]["samples"] = clip["motion"]["samples"].with_columns(zoom_per_s=growth)
        assert samples(clip)["shot_type"].to_list().count("zoom") == zooms


def test_people_count_until_the_next_search_and_not_longer():
    clip = tables(seconds=7)
    # 0.4 of 416 px wide and 0.8 of 234 px high: seen from the waist up.
    with_people(clip, {0.0: None, 2.0: (0.3, 0.2, 0.4, 0.8)})
    found = samples(clip, whole_body_ratio=2.0)
    assert found["shot_type"].to_list() == [None, None, "medium", "medium", None, None, None]
    assert found["angle"].to_list() == [None, None, "other", "other", None, None, None]


def test_the_shape_of_a_body_is_measured_in_pixels():
    clip = tables(seconds=1)
    # As shares 4 : 1, in pixels 2.25 : 1: a whole person.
    with_people(clip, {0.0: (0.4, 0.1, 0.2, 0.8)})
    assert samples(clip)["shot_type"].to_list() == ["wide"]
    with_people(clip, {0.0: (0.4, 0.2, 0.25, 0.8)})
    assert samples(clip)["shot_type"].to_list() == ["medium"]


def test_a_verdict_that_changes_from_moment_to_moment_is_less_sure():
    steady = [Verdict("wide", 0.8, "faces")] * 5
    at_s = [0.0, 1.0, 2.0, 3.0, 4.0]
    assert steadied(steady, at_s, UNCUT) == steady
    mixed = [*steady[:2], Verdict("medium", 0.8, "faces"), *steady[3:]]
    assert [round(v.confidence_01, 6) for v in steadied(mixed, at_s, UNCUT)] == pytest.approx(
        [0.8 * 2 / 3, 0.8 * 3 / 4, 0.8 / 5, 0.8 * 3 / 4, 0.8 * 2 / 3], abs=1e-6
    )
    assert steadied([NOT_KNOWN, *steady[1:]], at_s, UNCUT)[1] == steady[1]


def test_nothing_is_carried_over_a_cut():
    clip = tables(seconds=5)
    with_people(clip, {2.0: (0.3, 0.2, 0.4, 0.8)})
    assert samples(clip)["shot_type"].to_list() == [None, "medium", "medium", "medium", None]
    clip["shots"] = {"cuts": pl.DataFrame({"t_s": [1.5], "strength_01": [1.0]})}
    assert samples(clip)["shot_type"].to_list() == [None, None, "medium", "medium", None]
    cut = ShotTimes(clip)
    halves = [Verdict("wide", 0.8, "faces")] * 2 + [Verdict("medium", 0.8, "faces")] * 3
    assert steadied(halves, [0.0, 1.0, 2.0, 3.0, 4.0], cut) == halves


def axis(number: int) -> np.ndarray:
    vector = np.zeros(512, np.float32)
    vector[number] = 1
    return vector


def with_vectors(found: dict[str, Any], vectors: dict[float, np.ndarray]) -> None:
    rows = [
        {"pts": round(t * 10), "t_s": t, "vector": vector.astype("<f4").tobytes()}
        for t, vector in vectors.items()
    ]
    found["clip_embedding"] = {"embeddings": table(CLIP, "embeddings", rows)}


def test_words_say_what_faces_and_people_leave_open(monkeypatch: pytest.MonkeyPatch):
    labels = {"close_up": 0, "medium": 1, "wide": 2, "front": 3, "side": 4, "overhead": 5, "other": 6}
    monkeypatch.setattr(
        zero_shot, "label_vectors", lambda said, models: np.stack([axis(labels[label]) for label in said])
    )
    clip = tables({0: (0.4, 0.0)}, seconds=5)
    with_vectors(clip, {0.0: axis(2), 2.0: np.sqrt((axis(2) + axis(5)) / 2)})
    found = samples(clip, zero_shot=True)
    assert found["shot_type"].to_list() == ["close_up", "wide", "wide", "wide", None]
    assert found["shot_type_from"].to_list() == ["faces", "words", "words", "words", None]
    assert found["angle"].to_list()[2:] == ["overhead", "overhead", None]
    assert found["shot_type_confidence_01"][2] == pytest.approx(0.6 * 3 / 4, rel=1e-3)
    assert samples(clip)["shot_type"].to_list() == ["close_up", None, None, None, None]
    del clip["clip_embedding"]
    assert samples(clip, zero_shot=True)["shot_type"].to_list() == ["close_up", None, None, None, None]


def test_only_words_need_models():
    assert models(Params()) == ()
    assert models(Params(zero_shot=True)) == ("clip_text", "clip_tokenizer")
    assert (Params().needs, Params(zero_shot=True).needs) == ({}, {"clip_embedding": "zero_shot"})


def judged(clip: str) -> pl.DataFrame:
    """What is said of a real clip."""
    shared = Path(__file__).parents[2] / "../shared"
    files = {
        "yunet": shared / "models/yunet/yunet_n_dynamic.onnx",
        "yolox_nano": shared / "models/yolox_nano/yolox_nano.onnx",
    }
    path = shared / "data" / clip
    for needed in (*files.values(), path):
        if not needed.exists():
            pytest.skip(
                f"{needed.name} is not there: put the folder `shared` beside the repository to test on it"
            )
    at_hand = Models(files)
    names = ("motion", "face_detection", "bodies")
    wanted = {name: (ANALYZERS[name], ANALYZERS[name].params()) for name in names}
    info = probe(str(path))
    found = dict(analyze_clip(info, wanted, {"face_detection": at_hand, "bodies": at_hand}))
    facts = ClipFacts(info=info, duration_s=info.duration_s)
    found["faces"] = start_faces(FaceParams(), facts, found, at_hand)
    return samples(found)


@pytest.mark.parametrize("clip", ["asl_shoot/book.mkv", "asl_shoot/eat.mkv"])
def test_a_person_who_signs_is_a_medium_shot_from_the_front(clip: str):
    found = judged(clip)
    assert set(found["shot_type"]) == {"medium"}
    assert set(found["angle"]) == {"front"}
    assert found["shot_type_confidence_01"].min() > 0.8
    assert found["angle_confidence_01"].min() > 0.5


def test_of_a_crystal_flower_nothing_is_said():
    found = judged("mdn/crystal.mp4")
    assert found["shot_type"].to_list() == [None] * found.height
    assert found["angle"].to_list() == [None] * found.height
