from __future__ import annotations

import polars as pl
import pytest
from faces_made import Row, face_at, judged, tables_of
from rushes.analyze.emotion import COLUMNS, Params
from rushes.analyze.emotion_pass import start
from rushes.analyze.expressions import EXPRESSIONS, NAMES
from rushes.analyze.spec import ClipFacts
from rushes.analyze.table import ANALYZERS
from rushes.media.info import MediaInfo
from rushes.models.session import Models


def said(row: Row, **shares: float) -> tuple[Row, dict[str, float | None]]:
    """A face and what it expresses; the rest is neutral, the smile is the happiness."""
    eight = {f"{name}_01": shares.get(name, 0.0) for name in NAMES}
    eight["neutral_01"] += 1 - sum(eight.values())
    return row, {**eight, "smile_01": eight["happiness_01"]}


def moods(times_s: list[float], faces: list[tuple[Row, dict[str, float | None]]], **params: float):
    raw = tables_of(times_s, [row for row, _ in faces])
    rows = [{"pts": row["pts"], "t_s": row["t_s"], "face": row["face"], **told} for row, told in faces]
    told = pl.DataFrame(rows, schema={name: getattr(pl, kind) for name, kind in EXPRESSIONS})
    tables = {"face_detection": raw, "faces": judged(raw), "expressions": {"expressions": told}}
    info = MediaInfo(path="", digest="", size_bytes=0, container="", duration_s=0.0, video=None, audio=None)
    return start(Params(**params), ClipFacts(info=info, duration_s=0.0), tables, Models())


def test_every_declared_column_is_written():
    tables = moods([0.0], [said(face_at(0.0))])
    assert tables["samples"].columns == ["t_s", *(c.name for c in COLUMNS if c.per_sample)]
    assert tables["clip"].columns == [c.name for c in COLUMNS if not c.per_sample]


def test_a_picture_without_a_face_has_no_mood_and_no_smile():
    tables = moods([0.0, 1.0], [said(face_at(0.0), happiness=0.8)])
    samples = tables["samples"]
    assert samples["emotion_happiness_avg"].to_list() == pytest.approx([0.8, None])
    assert samples["smile_frames_percent"].to_list() == [100.0, 0.0]


def test_closed_eyes_of_larger_faces_count_more_and_unknown_ones_not():
    near, far = said(face_at(0.0, size_01=0.4)), said(face_at(0.0, face=1, x_01=0.9, size_01=0.1))
    faces = [(near[0], {**near[1], "eyes_closed_01": 0.9}), (far[0], {**far[1], "eyes_closed_01": 0.4})]
    assert moods([0.0], faces)["samples"]["eyes_closed_01"].to_list() == pytest.approx([0.8])
    faces[1] = (far[0], {**far[1], "eyes_closed_01": None})
    assert moods([0.0], faces)["samples"]["eyes_closed_01"].to_list() == pytest.approx([0.9])
    assert moods([0.0], [near, far])["samples"]["eyes_closed_01"].to_list() == [None]


def test_nobody_in_the_clip_is_null_and_smiles_in_no_picture():
    tables = moods([0.0, 1.0], [])
    assert tables["clip"]["emotion_dominant"].to_list() == [None]
    assert tables["samples"]["emotion_neutral_avg"].to_list() == [None, None]
    assert tables["samples"]["smile_frames_percent"].to_list() == [0.0, 0.0]


def test_no_picture_gives_no_sample():
    tables = moods([], [])
    assert tables["samples"].height == 0
    assert tables["clip"]["emotion_dominant"].to_list() == [None]


def test_the_smile_threshold_is_reached_by_what_equals_it():
    faces = [said(face_at(0.0), happiness=0.6), said(face_at(1.0), happiness=0.599)]
    assert moods([0.0, 1.0], faces)["samples"]["smile_frames_percent"].to_list() == [100.0, 0.0]
    lower = moods([0.0, 1.0], faces, smile_happiness_01=0.5)
    assert lower["samples"]["smile_frames_percent"].to_list() == [100.0, 100.0]


def test_one_smile_among_several_makes_a_smiling_picture():
    faces = [said(face_at(0.0, 0.2)), said(face_at(0.0, 0.8, face=1), happiness=0.9)]
    assert moods([0.0], faces)["samples"]["smile_frames_percent"].item() == 100


def test_a_face_twice_as_wide_counts_twice():
    small = said(face_at(0.0, 0.2, size_01=0.1), happiness=0.9)
    large = said(face_at(0.0, 0.7, size_01=0.2, face=1), sadness=0.6)
    sample = moods([0.0], [small, large])["samples"].row(0, named=True)
    assert sample["emotion_happiness_avg"] == pytest.approx(0.9 / 3)
    assert sample["emotion_sadness_avg"] == pytest.approx(0.6 * 2 / 3)
    alike = moods([0.0], [small, large], area_power=0.0)["samples"]
    assert alike["emotion_happiness_avg"].item() == pytest.approx(0.45)


def test_faces_that_are_not_accepted_do_not_count():
    faces = [
        said(face_at(0.0)),
        said(face_at(0.0, 0.9, face=1, confidence_01=0.5, second_look_01=0.1), happiness=1.0),
    ]
    assert moods([0.0], faces)["samples"]["smile_frames_percent"].item() == 0


def test_a_face_without_an_expression_counts_as_none():
    raw = [said(face_at(0.0), happiness=1.0), said(face_at(1.0), happiness=1.0)]
    tables = moods([0.0, 1.0, 2.0], raw)
    assert tables["samples"]["emotion_happiness_avg"].to_list() == [1.0, 1.0, None]


def test_the_dominant_mood_is_that_of_the_pictures_and_not_of_the_crowd():
    crowd = [said(face_at(0.0, 0.1 + 0.2 * n, face=n), anger=0.9) for n in range(4)]
    others = [said(face_at(float(t)), sadness=0.9) for t in (1, 2)]
    tables = moods([0.0, 1.0, 2.0], [*crowd, *others])
    assert tables["clip"]["emotion_dominant"].item() == "sadness"


def test_of_equal_moods_the_first_in_order_is_dominant():
    tables = moods([0.0], [said(face_at(0.0), happiness=0.5)])
    assert tables["clip"]["emotion_dominant"].item() == "neutral"


def test_a_changed_threshold_is_a_parameter_of_this_analyzer_alone():
    assert ANALYZERS["emotion"].source == "tables"
    assert ANALYZERS["emotion"].models(Params()) == ()
    assert not hasattr(ANALYZERS["expressions"].params(), "smile_happiness_01")
