"""A whole small edit with a ramp, a whip pan and a dip, from its timeline to the finished file."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path

import pytest
from made_clips import lumas, number_of, numbered, timeline_of, write_clip
from rushes.edit.ramps import Room, ramped
from rushes.emit.video import SegmentSpec, segment_plan
from rushes.emit.video_join import join
from rushes.emit.video_segment import render_segment
from rushes.media.info import MediaInfo
from rushes.recipe.outputs_spec import VideoSpec
from rushes.recipe.transition_spec import RampsSpec
from rushes.timeline.check import problems_of
from rushes.timeline.tree import Timeline

RATE = Fraction(30)
ACCENT = 90
"""The picture of the first clip at which it moves most, and the frame of the edit with the beat that it belongs on."""
BEAT = 40


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, MediaInfo]:
    folder = tmp_path_factory.mktemp("clips")
    pictures = [numbered(number, 320, 180) for number in range(200)]
    return {name: write_clip(folder / f"{name}.mp4", pictures) for name in "abc"}


@pytest.fixture(scope="module")
def edit() -> Timeline:
    """60 frames with a ramp, a whip pan of 9, 40 frames, a dip of 12, 40 frames."""
    made = timeline_of([("a", 50, 60), ("b", 30, 40), ("c", 60, 40)], dissolves={0: 9, 1: 12})
    room = Room(first_s=0.1, last_s=6.0, accents=((ACCENT / 30, 1.0),), beats=((10, 0), (BEAT, 1)))
    ramp = ramped(made.clips[0], room, RampsSpec(share=1.0, blend=False), RATE)
    assert ramp is not None
    whip, dip = made.transitions
    found = replace(
        made,
        clips=(ramp.clip, *made.clips[1:]),
        transitions=(
            replace(whip, type="whip_pan", direction="left"),
            replace(dip, type="dip_to_black"),
        ),
    )
    assert problems_of(found) == ()
    return found


def rendered(
    folder: Path, plan: Sequence[SegmentSpec], clips: dict[str, MediaInfo], workers: int
) -> list[Path]:
    folder.mkdir()
    paths = [folder / f"{place}.mp4" for place in range(len(plan))]
    if workers == 1:
        for spec, path in zip(plan, paths, strict=True):
            render_segment(spec, clips, path)
        return paths
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        list(pool.map(render_segment, plan, [clips] * len(plan), paths))
    return paths


def test_the_movement_is_on_its_beat_and_every_frame_is_there(
    tmp_path: Path, edit: Timeline, clips: dict[str, MediaInfo]
):
    plan = segment_plan(edit, VideoSpec())
    assert [(spec.kind, spec.frames) for spec in plan] == [
        *(("shot", 56), ("whip_pan", 9), ("shot", 29), ("dip_to_black", 12), ("shot", 34)),
    ]
    join(rendered(tmp_path / "one", plan, clips, 1), None, tmp_path / "out.mp4", frames=140, rate_fps=RATE)
    shown = lumas(tmp_path / "out.mp4")
    assert len(shown) == 140
    numbers = [number_of(luma) for luma in shown[:56]]
    assert numbers[BEAT] == ACCENT
    assert numbers == sorted(numbers)
    assert numbers[20] - numbers[10] == pytest.approx(20, abs=1)
    assert numbers[50] - numbers[BEAT] == pytest.approx(5, abs=1)
    assert [number_of(luma) for luma in shown[65:94]] == list(range(35, 64))
    assert [luma.mean() < 1 for luma in shown[94:106]] == [*[False] * 6, True, *[False] * 5]
    assert [number_of(luma) for luma in shown[106:]] == list(range(66, 100))


def test_any_number_of_workers_makes_the_same_bytes(
    tmp_path: Path, edit: Timeline, clips: dict[str, MediaInfo]
):
    plan = segment_plan(edit, VideoSpec())
    one, two = (rendered(tmp_path / str(workers), plan, clips, workers) for workers in (1, 2))
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
