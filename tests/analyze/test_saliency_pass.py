from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from rushes.analyze.clip_pass import analyze_clip
from rushes.analyze.faces import Params as FaceParams
from rushes.analyze.faces_pass import start as start_faces
from rushes.analyze.saliency import ANALYZER, Params
from rushes.analyze.saliency_pass import center_and_spread, saliency, start
from rushes.analyze.saliency_regions import Region
from rushes.analyze.spec import ClipFacts
from rushes.analyze.table import ANALYZERS
from rushes.media.info import MediaInfo
from rushes.media.probe import probe
from rushes.models.session import Models

SHARED = Path(__file__).parents[2] / "../shared"
FACTS = ClipFacts(
    info=MediaInfo(
        path="", digest="0" * 64, size_bytes=1, container="mp4", duration_s=4.0, video=None, audio=None
    ),
    duration_s=4.0,
)
NOTHING = np.zeros((18, 32))


def grids(count: int, motion: np.ndarray | None = None) -> dict[str, pl.DataFrame]:
    """What `detail` writes of a flat picture, twice a second."""
    moving = np.zeros((18, 32), np.uint8) if motion is None else motion
    empty = bytes(18 * 32)
    rows = [(n * 15, n / 2, 32, 18, empty, moving.tobytes(), empty) for n in range(count)]
    schema = {name: getattr(pl, kind) for name, kind in ANALYZERS["detail"].tables["grids"]}
    return {"grids": pl.DataFrame(rows, schema=schema, orient="row")}


def with_faces(
    tables: dict[str, Any], *sightings: tuple[float, int, tuple[float, float, float, float]]
) -> None:
    """Add faces. sightings: t_s, track, left, top, width, height; the number of a face in its picture is its track."""
    boxes = [
        {
            "pts": round(t * 30),
            "t_s": t,
            "face": track,
            **dict(zip(("x_01", "y_01", "width_01", "height_01"), box, strict=True)),
        }
        for t, track, box in sightings
    ]
    schema = {name: getattr(pl, kind) for name, kind in ANALYZERS["face_detection"].tables["boxes"]}
    tables["face_detection"] = {"boxes": pl.DataFrame(boxes, schema=schema)}
    numbers = [(round(t * 30), track, track) for t, track, _ in sightings]
    tables["faces"] = {
        "tracks": pl.DataFrame(
            numbers, schema=dict.fromkeys(("pts", "face", "track"), pl.Int64), orient="row"
        )
    }


def with_people(tables: dict[str, Any], at_s: list[float], box: tuple[float, float, float, float]) -> None:
    rows = [
        {
            "pts": round(t * 30),
            "t_s": t,
            "body": 0,
            **dict(zip(("x_01", "y_01", "width_01", "height_01"), box, strict=True)),
        }
        for t in at_s
    ]
    schemas = {
        name: {column: getattr(pl, kind) for column, kind in columns}
        for name, columns in ANALYZERS["bodies"].tables.items()
    }
    tables["bodies"] = {name: pl.DataFrame(rows, schema=schemas[name]) for name in ("pictures", "boxes")}


def derived(tables: dict[str, Any], **params: Any) -> dict[str, pl.DataFrame]:
    found = dict(start(Params(**params), FACTS, tables, Models()))
    for name, columns in ANALYZER.tables.items():
        assert [(column, str(kind)) for column, kind in found[name].schema.items()] == list(columns)
    assert found["samples"].columns == ["t_s", *(column.name for column in ANALYZER.columns)]
    return found


def places(found: dict[str, pl.DataFrame], what: str) -> dict[float, float]:
    """t_s -> left edge of the first region of a kind."""
    mine = found["required"].filter(what=what).unique("t_s", keep="first", maintain_order=True)
    return {t: round(x, 6) for t, x in mine.select("t_s", "x_01").rows()}


def test_each_part_counts_by_its_weight():
    params = Params()
    detail, motion, standout = NOTHING.copy(), NOTHING.copy(), NOTHING.copy()
    detail[:, 16:], motion[9:, 18:], standout[:9, 24:] = 1.0, 1.0, 1.0
    regions = [Region((0, 0, 0.5, 0.5), "face", 1.0), Region((0.5, 0, 0.5, 1), "person", 0.5)]
    found = saliency(detail, motion, standout, regions, params)
    middle = saliency(NOTHING, NOTHING, NOTHING, [], params)
    own = (found - middle) * params.total_weight
    inside = slice(2, 9), slice(3, 16)
    assert own[inside] == pytest.approx(np.full((7, 13), params.face_weight))
    assert own[2:9, 16:24] == pytest.approx(np.full((7, 8), params.person_weight + params.detail_weight))
    assert own[2:9, 24:29] - own[2:9, 19:24] == pytest.approx(np.full((7, 5), params.standout_weight))
    assert own[9:16, 19:24] - own[2:9, 19:24] == pytest.approx(np.full((7, 5), params.motion_weight))
    assert 0 <= found.min() <= found.max() <= 1
    assert middle.max() == pytest.approx(params.center_weight / params.total_weight, rel=0.01)


def test_detail_at_the_border_of_the_picture_counts_less():
    full = np.ones((18, 32))
    found = saliency(full, NOTHING, full, [], Params(center_weight=0.0))
    assert found[9, 0] < 0.5 * found[9, 16]
    assert found[0, 16] < 0.6 * found[9, 16]
    assert found[9, 3] == found[9, 16]


def test_what_moves_and_is_hardly_to_be_seen_counts_less():
    detail, motion = NOTHING.copy(), NOTHING.copy()
    motion[4:8, 6:10] = motion[4:8, 20:24] = 1.0
    detail[4:8, 20:24] = 0.6
    found = saliency(detail, motion, NOTHING, [], Params(center_weight=0.0, detail_weight=0.0))
    assert found[6, 8] == pytest.approx(0.2 * found[6, 22])


def test_a_face_wins_over_a_hand_that_moves_before_the_body():
    hand = NOTHING.copy()
    hand[10:12, 20:22] = 1.0
    regions = [Region((0.4, 0.1, 0.2, 0.2), "face", 1.0), Region((0.3, 0.1, 0.4, 0.9), "person", 0.5)]
    found = saliency(hand, hand, hand, regions, Params())
    assert found[2:5, 13:19].min() > found[10:12, 20:22].max()


def test_a_box_covers_parts_of_cells():
    others = ("center", "detail", "standout", "motion", "person")
    params = Params(**{f"{part}_weight": 0.0 for part in others})
    regions = [Region((1.5 / 32, 2 / 18, 2 / 32, 0.5 / 18), "face", 1.0)]
    found = saliency(NOTHING, NOTHING, NOTHING, regions, params)
    assert found[2, 1:4].tolist() == pytest.approx([0.25, 0.5, 0.25])
    assert found.sum() == pytest.approx(1.0)


def test_the_grain_of_a_flat_picture_draws_no_eye():
    grain = np.full((18, 32), 0.02)
    found = saliency(grain, grain, NOTHING, [], Params(center_weight=0.0))
    assert found.max() < 0.25


def test_one_point_has_no_spread_and_half_a_picture_a_known_one():
    one = NOTHING.copy()
    one[4, 24] = 1.0
    assert center_and_spread(one) == pytest.approx((24.5 / 32, 4.5 / 18, 0.0))
    # The right half: variances (1/2)^2 / 12 and 1 / 12, less those of the cells; the even map has 1 / 12 twice.
    half = NOTHING.copy()
    half[:, 16:] = 1.0
    x, y, spread = center_and_spread(half)
    assert (x, y) == pytest.approx((0.75, 0.5))
    assert spread == pytest.approx(((1 / 48 + 1 / 12) / (1 / 6)) ** 0.5, rel=0.01)


def test_where_nothing_stands_out_the_whole_picture_counts():
    assert center_and_spread(np.full((18, 32), 0.3)) == (0.5, 0.5, 1.0)


def test_a_face_moves_on_a_straight_line_between_two_sightings():
    tables: dict[str, Any] = {"detail": grids(8)}
    with_faces(tables, (1.0, 0, (0.2, 0.1, 0.1, 0.2)), (2.0, 0, (0.4, 0.1, 0.1, 0.2)))
    assert places(derived(tables), "face") == {0.5: 0.2, 1.0: 0.2, 1.5: 0.3, 2.0: 0.4, 2.5: 0.4}


def test_over_a_long_gap_a_face_is_held_and_not_moved():
    tables: dict[str, Any] = {"detail": grids(8)}
    with_faces(tables, (0.0, 0, (0.2, 0.1, 0.1, 0.2)), (3.0, 0, (0.4, 0.1, 0.1, 0.2)))
    assert places(derived(tables), "face") == {0.0: 0.2, 0.5: 0.2, 2.5: 0.4, 3.0: 0.4, 3.5: 0.4}
    assert len(places(derived(tables, bridge_s=3.0), "face")) == 8


def walker() -> dict[str, Any]:
    """Somebody who is at 0.3 + 0.4 t of the picture's width, found at 0 s and no more at 2 s; their face is seen at 0.8 s."""
    across = (np.arange(32) + 0.5) / 32
    rows = []
    for n in range(11):
        moving = np.where(np.abs(across - 0.3 - 0.08 * n) <= 0.08, 200, 0).astype(np.uint8)
        rows.append((n * 6, n / 5, 32, 18, bytes(576), np.tile(moving, (18, 1)).tobytes(), bytes(576)))
    schema = {name: getattr(pl, kind) for name, kind in ANALYZERS["detail"].tables["grids"]}
    tables: dict[str, Any] = {"detail": {"grids": pl.DataFrame(rows, schema=schema, orient="row")}}
    with_people(tables, [0.0, 2.0], (0.2, 0.05, 0.2, 0.9))
    tables["bodies"]["boxes"] = tables["bodies"]["boxes"].filter(pl.col("t_s") == 0)
    with_faces(tables, (0.8, 0, (0.6, 0.1, 0.04, 0.1)))
    return tables


def test_a_face_that_is_seen_once_goes_on_with_its_person():
    found = places(derived(walker()), "face")
    assert found[0.8] == 0.6
    for t_s, left in found.items():
        assert left == pytest.approx(0.28 + 0.4 * t_s, abs=0.06), t_s
    assert {0.4, 1.2} <= set(found)


def test_somebody_whose_face_is_seen_later_is_followed_from_there():
    found = derived(walker())
    assert places(found, "person")[0.8] == pytest.approx(0.52, abs=0.03)
    (sure,) = found["required"].filter(what="person", t_s=0.8)["weight_01"]
    assert sure == pytest.approx(0.5)


def test_a_face_of_nobody_who_was_found_stays_where_it_was_seen():
    tables = walker()
    with_faces(tables, (0.8, 0, (0.6, 0.6, 0.04, 0.1)))
    assert set(places(derived(tables), "face").values()) == {0.6}


def test_where_two_people_are_about_a_face_stays_where_it_was_seen():
    tables = walker()
    one = tables["bodies"]["boxes"]
    other = one.with_columns(pl.lit(1).cast(one.schema["body"]).alias("body"), pl.col("x_01") + 0.4)
    tables["bodies"]["boxes"] = pl.concat([one, other])
    assert set(places(derived(tables), "face").values()) == {0.6}


def test_nothing_is_carried_over_a_cut():
    tables: dict[str, Any] = {"detail": grids(8)}
    with_faces(tables, (1.0, 0, (0.2, 0.1, 0.1, 0.2)), (2.0, 0, (0.4, 0.1, 0.1, 0.2)))
    with_people(tables, [1.0, 3.0], (0.3, 0.1, 0.2, 0.9))
    tables["shots"] = {"cuts": pl.DataFrame({"t_s": [1.4], "strength_01": [1.0]})}
    found = derived(tables)
    assert places(found, "face") == {0.5: 0.2, 1.0: 0.2, 1.5: 0.4, 2.0: 0.4, 2.5: 0.4}
    assert list(places(found, "person")) == [0.0, 0.5, 1.0, 2.0, 2.5, 3.0, 3.5]


def test_somebody_goes_on_a_straight_line_between_two_searches():
    tables: dict[str, Any] = {"detail": grids(5)}
    with_people(tables, [0.0, 2.0], (0.3, 0.1, 0.2, 0.9))
    tables["bodies"]["boxes"] = tables["bodies"]["boxes"].with_columns(x_01=pl.Series([0.3, 0.5]))
    found = derived(tables)
    assert places(found, "person") == {0.0: 0.3, 0.5: 0.35, 1.0: 0.4, 1.5: 0.45, 2.0: 0.5}
    assert found["required"]["weight_01"].to_list() == [0.5] * 5


def test_somebody_who_is_not_found_again_matters_less_and_less():
    tables: dict[str, Any] = {"detail": grids(5)}
    with_people(tables, [0.0, 2.0], (0.3, 0.1, 0.2, 0.9))
    tables["bodies"]["boxes"] = tables["bodies"]["boxes"].head(1)
    required = derived(tables)["required"]
    assert required["t_s"].to_list() == [0.0, 0.5, 1.0]
    assert required["x_01"].to_list() == [0.3] * 3
    # Of 1.25 s.
    assert required["weight_01"].to_list() == pytest.approx(
        [0.5, 0.5 * (1 - 0.6 * 0.4), 0.5 * (1 - 0.6 * 0.8)]
    )


def test_who_is_not_accepted_as_a_face_is_none():
    tables: dict[str, Any] = {"detail": grids(2)}
    with_faces(tables, (0.0, 0, (0.2, 0.1, 0.1, 0.2)))
    tables["faces"]["tracks"] = tables["faces"]["tracks"].clear()
    assert derived(tables)["required"].is_empty()


def test_what_a_crop_should_keep_comes_faces_first_and_the_largest_of_them():
    tables: dict[str, Any] = {"detail": grids(1)}
    with_faces(tables, (0.0, 0, (0.1, 0.1, 0.1, 0.2)), (0.0, 1, (0.6, 0.1, 0.2, 0.4)))
    with_people(tables, [0.0], (0.8, 0.5, 0.4, 0.8))
    rows = derived(tables)["required"].select("what", "x_01", "width_01", "weight_01").rows()
    assert [row[0] for row in rows] == ["face", "face", "person"]
    assert [row[1:] for row in rows] == [
        pytest.approx((0.6, 0.2, 1.0)),
        pytest.approx((0.1, 0.1, 0.5)),
        pytest.approx((0.8, 0.2, 0.5)),
    ]


def test_the_centre_goes_to_the_face():
    tables: dict[str, Any] = {"detail": grids(1)}
    with_faces(tables, (0.0, 0, (0.7, 0.1, 0.1, 0.2)))
    x, y, spread = derived(tables, center_weight=0.0)["samples"].drop("t_s").row(0)
    assert (x, y) == pytest.approx((0.75, 0.2), abs=0.005)
    assert spread < 0.2


def test_without_faces_and_people_the_centre_goes_to_what_moves():
    moving = np.zeros((18, 32), np.uint8)
    moving[9:12, 4:8] = 200
    found = derived({"detail": grids(3, moving)}, center_weight=0.0)
    assert found["samples"]["saliency_center_x_01"].to_list() == pytest.approx([6 / 32] * 3)
    assert found["samples"]["saliency_center_y_01"].to_list() == pytest.approx([10.5 / 18] * 3)
    assert found["maps"].select("columns_n", "rows_n").rows() == [(32, 18)] * 3
    assert np.frombuffer(found["maps"]["map"][0], np.uint8).reshape(18, 32)[10, 5] > 0


def test_a_clip_without_pictures_has_no_maps():
    found = derived({"detail": grids(0)})
    assert all(frame.is_empty() for frame in found.values())


def test_weights_must_leave_something_to_look_at():
    parts = ("face", "person", "motion", "detail", "standout", "center")
    nothing = dict.fromkeys((f"{part}_weight" for part in parts), 0.0)
    with pytest.raises(ValueError, match="all weights are 0"):
        Params(**nothing)


def test_on_a_real_clip_the_eye_goes_to_the_face():
    model, path = SHARED / "models/yunet/yunet_n_dynamic.onnx", SHARED / "data/asl_shoot/book.mkv"
    for needed in (model, path):
        if not needed.exists():
            pytest.skip(
                f"{needed.name} is not there: put the folder `shared` beside the repository to test on it"
            )
    models = Models({"yunet": model})
    wanted = {name: (ANALYZERS[name], ANALYZERS[name].params()) for name in ("detail", "face_detection")}
    tables = dict(analyze_clip(probe(str(path)), wanted, {"face_detection": models}))
    tables["faces"] = start_faces(FaceParams(), FACTS, tables, models)
    found = derived(tables)
    assert found["samples"].height == found["required"].filter(what="face")["t_s"].n_unique()
    face = found["required"].row(0, named=True)
    peak = np.frombuffer(found["maps"]["map"][0], np.uint8).reshape(-1, found["maps"]["columns_n"][0])
    row, column = np.unravel_index(int(peak.argmax()), peak.shape)
    assert face["x_01"] <= (column + 0.5) / peak.shape[1] <= face["x_01"] + face["width_01"]
    assert face["y_01"] <= (row + 0.5) / peak.shape[0] <= face["y_01"] + face["height_01"]
