from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from made_media import gray, write_clip
from rushes.analyze.bodies import ANALYZER, Params
from rushes.analyze.bodies_pass import PeopleFinder, measures, people
from rushes.analyze.clip_pass import analyze_clip
from rushes.analyze.spec import Picture, Seen
from rushes.errors import ModelError
from rushes.media.probe import probe
from rushes.models.session import Models

SHARED = Path(__file__).parents[2] / "../shared"
CELLS = 52 * 52 + 26 * 26 + 13 * 13


def raw_output(*bodies: tuple[float, float, float, float, float], class_index: int = 0) -> np.ndarray:
    """What the network gives for boxes (confidence, left, top, width, height in px of its input), from the last cell
    of the coarsest grid on backwards."""
    raw = np.zeros((1, CELLS, 85), np.float32)
    for number, (confidence, left, top, width, height) in enumerate(bodies):
        cell = 168 - number
        corner = np.array([cell % 13, cell // 13])
        centre = np.array([left + width / 2, top + height / 2])
        raw[0, CELLS - 1 - number, :2] = centre / 32 - corner
        raw[0, CELLS - 1 - number, 2:4] = np.log(np.array([width, height]) / 32)
        raw[0, CELLS - 1 - number, 4] = 1.0
        raw[0, CELLS - 1 - number, 5 + class_index] = confidence
    return raw


class Session:
    """Gives the same answer to every picture, and keeps what it was asked."""

    def __init__(self, answer: np.ndarray) -> None:
        self.answer = answer
        self.asked: list[np.ndarray] = []

    def get_inputs(self) -> list[Any]:
        return [SimpleNamespace(name="images")]

    def run(self, outputs: None, feeds: dict[str, np.ndarray]) -> list[np.ndarray]:
        self.asked.append(feeds["images"])
        return [self.answer]


def test_a_box_is_a_share_of_the_picture_and_not_of_the_square_around_it():
    found = people(raw_output((0.9, 104, 52, 104, 156)), 416, 208, Params())
    assert found[0].tolist() == pytest.approx([0.9, 0.25, 0.25, 0.25, 0.75], abs=1e-5)


def test_a_box_ends_at_the_border_of_the_picture():
    found = people(raw_output((0.9, -50, 104, 154, 400)), 416, 208, Params())
    assert found[0].tolist() == pytest.approx([0.9, 0, 0.5, 0.25, 0.5], abs=1e-5)


def test_a_box_beside_the_picture_is_nobody():
    assert len(people(raw_output((0.9, 10, 300, 50, 80)), 416, 208, Params())) == 0


def test_of_boxes_that_overlap_the_more_confident_is_the_person():
    raw = raw_output((0.6, 100, 100, 100, 100), (0.8, 110, 100, 100, 100), (0.7, 300, 100, 60, 100))
    found = people(raw, 416, 416, Params())
    assert found[:, 0].tolist() == pytest.approx([0.8, 0.7])
    assert len(people(raw, 416, 416, Params(nms_iou_01=0.9))) == 3


def test_who_is_not_sure_enough_and_who_is_a_bottle_is_left_out():
    assert len(people(raw_output((0.49, 100, 100, 100, 100)), 416, 416, Params())) == 0
    assert len(people(raw_output((0.9, 100, 100, 100, 100), class_index=39), 416, 416, Params())) == 0
    assert len(people(raw_output((0.49, 100, 100, 100, 100)), 416, 416, Params(confidence_01=0.4))) == 1


def test_no_more_people_than_asked_for_the_most_confident():
    raw = raw_output(*((0.6 + n / 100, 40 * n, 0, 30, 100) for n in range(10)))
    assert people(raw, 416, 416, Params(max_bodies=3))[:, 0].tolist() == pytest.approx([0.69, 0.68, 0.67])


def test_the_output_of_another_model_is_named_as_such():
    with pytest.raises(ModelError, match="yolox_nano: this is no YOLOX"):
        people(np.zeros((1, 1000), np.float32), 416, 416, Params())


def test_measures_count_people_and_the_ground_that_they_cover_once():
    boxes = np.array([[0.9, 0.0, 0.5, 0.5, 0.5], [0.8, 0.25, 0.25, 0.5, 0.75]])
    # A quarter and three eighths, of which an eighth is common.
    assert measures(boxes) == (2.0, 2.0, 100.0, 0.75, pytest.approx(0.5))
    assert measures(np.empty((0, 5))) == (0.0, 0.0, 0.0, None, 0.0)


def test_every_picture_that_was_searched_is_listed():
    session = Session(raw_output((0.9, 104, 52, 104, 156)))
    finder = PeopleFinder(Params(), session)
    finder.update(Picture(0, 0.0, np.zeros((208, 416, 3), np.uint8), 0))
    session.answer = raw_output()
    finder.update(Picture(60, 2.0, np.zeros((208, 416, 3), np.uint8), 0))
    tables = finder.finish(seen())
    assert tables["pictures"].rows() == [(0.0, 0, 416, 208), (2.0, 60, 416, 208)]
    assert tables["boxes"].select("pts", "t_s", "body").rows() == [(0, 0.0, 0)]
    assert tables["samples"]["person_count_avg"].to_list() == [1.0, 0.0]
    assert tables["samples"]["body_height_01"].to_list() == [pytest.approx(0.75, abs=1e-5), None]
    for name, columns in ANALYZER.tables.items():
        assert [(column, str(dtype)) for column, dtype in tables[name].schema.items()] == list(columns)


def seen() -> Seen:
    return None  # type: ignore[return-value]


def test_a_short_clip_is_searched_at_its_first_and_last_frame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    session = Session(raw_output())
    monkeypatch.setattr(Models, "onnx", lambda self, name: session)
    path = write_clip(tmp_path / "a.mp4", [gray(n, (64, 48)) for n in range(30)])
    tables = analyze_clip(probe(str(path)), {"bodies": (ANALYZER, Params())}, {"bodies": Models()})["bodies"]
    assert tables["pictures"]["t_s"].to_list() == pytest.approx([0, 29 / 30])


def found_in(clip: str) -> Any:
    model, path = SHARED / "models/yolox_nano/yolox_nano.onnx", SHARED / "data" / clip
    for needed in (model, path):
        if not needed.exists():
            pytest.skip(
                f"{needed.name} is not there: put the folder `shared` beside the repository to test on it"
            )
    models = {"bodies": Models({"yolox_nano": model})}
    return analyze_clip(probe(str(path)), {"bodies": (ANALYZER, Params())}, models)["bodies"]


def test_the_one_person_of_a_real_clip_is_found_all_the_time():
    samples = found_in("asl_shoot/book.mkv")["samples"]
    assert samples["person_count_avg"].to_list() == [1.0] * samples.height
    assert samples["body_height_01"].min() > 0.6


def test_toys_are_no_people():
    samples = found_in("mdn/frog.mp4")["samples"]
    assert samples.height >= 3
    assert samples["person_frames_percent"].to_list() == [0.0] * samples.height
