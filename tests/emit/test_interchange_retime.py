"""Speeds, dips and whip pans in the formats of other programs, and back."""

from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from interchange_samples import NTSC_30, RATES, edits, media, plain_edit, reframed
from rushes.emit.interchange import plan_exchange
from rushes.emit.interchange_edl import edl_text
from rushes.emit.interchange_fcp7 import fcp7_text
from rushes.emit.interchange_fcpx import fcpx_text
from rushes.emit.interchange_motion import motion_of
from rushes.emit.interchange_otio import otio_text
from rushes.emit.interchange_read import imported_timeline, read_edit
from rushes.timeline.changes import changes_between
from rushes.timeline.tree import Retime, RetimeKey, Timeline, TimelineClip
from timeline_samples import clip


def at_speed(shot: TimelineClip, speed: float, rate_fps: Fraction = Fraction(30)) -> TimelineClip:
    """The clip at one speed."""
    run_s = round(float(shot.duration_frames / rate_fps) * speed, 6)
    keys = (RetimeKey(at_frames=0, source_s=0.0), RetimeKey(at_frames=shot.duration_frames, source_s=run_s))
    return replace(shot, retime=Retime(keys=keys))


def ramp(shot: TimelineClip) -> TimelineClip:
    """Twice the speed for a third of the shot, then a quarter of it."""
    third = shot.duration_frames // 3
    middle_s, end_s = third * 2 / 30, third * 2 / 30 + (shot.duration_frames - third) / 120
    keys = ((0, 0.0), (third, round(middle_s, 6)), (shot.duration_frames, round(end_s, 6)))
    made = tuple(RetimeKey(at_frames=at, source_s=run_s) for at, run_s in keys)
    return replace(shot, retime=Retime(keys=made, blend=False))


def with_second(edit: Timeline, shot: TimelineClip) -> Timeline:
    return replace(edit, clips=(edit.clips[0], shot, *edit.clips[2:]))


def softened(edit: Timeline, kind: str, frames: int) -> Timeline:
    first = replace(edit.transitions[0], type=kind, duration_frames=frames)
    return replace(edit, transitions=(first, *edit.transitions[1:]))


def exchanged(shot_of=ramp, kind: str = "hard_cut", frames: int = 0):
    """Three clips at 30 fps whose second starts 42 frames into its file, retimed."""
    edit, files = plain_edit()
    edit = softened(with_second(edit, shot_of(edit.clips[1])), kind, frames)
    return plan_exchange(replace(edit, song=None), files)


speeds = st.integers(30, 400).map(lambda percent: percent / 100)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(edits(), st.lists(speeds, min_size=6, max_size=6))
@pytest.mark.parametrize("write", [otio_text, fcp7_text])
def test_retimed_shots_come_back_where_they_were(write, edit, drawn):
    timeline, files = edit
    shots = [
        at_speed(shot, speed, timeline.rate_fps) for shot, speed in zip(timeline.clips, drawn, strict=False)
    ]
    timeline = replace(timeline, clips=tuple(shots))
    read = read_edit(write(plan_exchange(timeline, files)).encode(), "edit")
    imported = imported_timeline(read, [*files], "edit", "/footage")
    assert [(one.id, one.duration_frames) for one in imported.clips] == [
        (one.id, one.duration_frames) for one in shots
    ]
    if write is otio_text:
        assert changes_between(timeline, imported) == ()
    for new, old in zip(imported.clips, shots, strict=True):
        assert abs(new.source_start_s() - old.source_start_s()) <= 1 / new.source_rate_fps / 2


@settings(derandomize=True, max_examples=40, deadline=None)
@given(edits(mixed=False), speeds)
def test_an_fcp7_file_of_the_edits_rate_comes_back_without_a_change(edit, speed):
    timeline, files = edit
    timeline = replace(
        timeline, clips=tuple(at_speed(shot, speed, timeline.rate_fps) for shot in timeline.clips)
    )
    read = read_edit(fcp7_text(plan_exchange(timeline, files)).encode(), "edit")
    assert changes_between(timeline, imported_timeline(read, [*files], "edit", "/footage")) == ()


def test_opentimelineio_is_told_the_mean_speed_and_keeps_the_ramp():
    made = otio.adapters.read_from_string(otio_text(exchanged()), "otio_json")
    first, second, _ = made.find_clips()
    assert list(first.effects) == []
    assert second.effects[0].time_scalar == pytest.approx(5 / 6, abs=1e-6)
    assert [dict(key) for key in second.metadata["rushes"]["retime"]["keys"]] == [
        {"at_frames": 0, "source_s": 0.0},
        {"at_frames": 10, "source_s": 0.666667},
        {"at_frames": 30, "source_s": 0.833333},
    ]
    slow = otio.adapters.read_from_string(otio_text(exchanged(lambda shot: at_speed(shot, 0.4))), "otio_json")
    item = list(slow.find_clips())[1]
    assert (item.effects[0].time_scalar, item.source_range.duration.value) == (0.4, 30)


def test_a_speed_of_our_own_is_not_said_to_be_left_out_where_it_is_told_whole():
    made = exchanged(lambda shot: at_speed(shot, 0.4))
    assert read_edit(otio_text(made).encode(), "edit").notes == ()
    assert read_edit(fcp7_text(made).encode(), "edit").notes == (
        "side_02.mp4: its change of speed is left out",
    )


@pytest.mark.parametrize("speed", [0.5, 2.0])
def test_an_edl_has_a_motion_effect_that_opentimelineio_reads(speed: float):
    text = edl_text(exchanged(lambda shot: at_speed(shot, speed)))
    lines = text.split("\r\n")
    at = next(place for place, line in enumerate(lines) if line.startswith("002"))
    out = {0.5: "00:00:01:27", 2.0: "00:00:03:12"}[speed]
    assert lines[at].endswith(f"00:00:01:12 {out} 01:00:01:00 01:00:02:00")
    assert lines[at + 1] == f"M2   SIDE_02  {30 * speed:07.3f}                00:00:01:12"
    item = list(otio.adapters.read_from_string(text, "cmx_3600", rate=30.0).find_clips())[1]
    assert [effect.time_scalar for effect in item.effects] == [speed]


@pytest.mark.parametrize("rate", RATES)
def test_record_times_of_an_edl_do_not_depend_on_speeds(rate: Fraction):
    shots = [at_speed(clip(n, 30 * n, source_rate_fps=rate), 0.3 + n, rate) for n in range(3)]
    edit, _ = plain_edit()
    edit = replace(edit, song=None, rate_fps=rate, clips=tuple(shots))
    files = {shot.file: media(shot.file, rate) for shot in shots}
    made = otio.adapters.read_from_string(edl_text(plan_exchange(edit, files)), "cmx_3600", rate=float(rate))
    track = made.tracks[0]
    places = [track.range_of_child(item).start_time.value for item in track.find_clips()]
    assert places == [0, 30, 60]


def test_fcp7_counts_a_retimed_file_as_it_is_at_that_speed():
    root = ElementTree.fromstring(fcp7_text(exchanged(lambda shot: at_speed(shot, 2.0))))
    item = root.findall(".//video/track/clipitem")[1]
    assert [item.findtext(name) for name in ("start", "end", "in", "out")] == ["30", "60", "21", "51"]
    found = {part.findtext("parameterid"): part.findtext("value") for part in item.iter("parameter")}
    assert found["speed"] == "200"
    assert (found["variablespeed"], found["reverse"], found["frameblending"]) == ("0", "FALSE", "TRUE")


def test_fcp7_knows_dips_by_their_own_name_and_whip_pans_as_dissolves():
    for kind, name in (("dip_to_black", "Dip to Color Dissolve"), ("whip_pan", "Cross Dissolve")):
        root = ElementTree.fromstring(fcp7_text(exchanged(lambda shot: shot, kind, 8)))
        effect = root.find(".//transitionitem/effect")
        assert effect is not None
        assert (effect.findtext("name"), effect.findtext("effectid")) == (name, name)


def test_fcpxml_has_the_whole_ramp_point_by_point_and_its_handles():
    root = ElementTree.fromstring(fcpx_text(exchanged(ramp, "quick_dissolve", 6)))
    item = root.findall(".//spine/asset-clip")[1]
    start_s = Fraction(item.get("start", "").rstrip("s"))
    assert start_s == Fraction(42, 30)
    points = [
        tuple(Fraction(point.get(name, "").rstrip("s")) - start_s for name in ("time", "value"))
        for point in item.findall("timeMap/timept")
    ]
    assert [float(time_s) for time_s, _ in points] == pytest.approx([-3 / 30, 0, 10 / 30, 1])
    assert [float(value_s) for _, value_s in points] == pytest.approx(
        [-6 / 30, 0, 20 / 30, 25 / 30], abs=1e-5
    )
    names = [child.tag for child in item]
    assert names.index("note") < names.index("timeMap") < names.index("adjust-conform")
    assert root.findall(".//spine/asset-clip")[0].find("timeMap") is None


def test_a_dissolve_at_a_fast_end_has_half_the_room():
    """99 frames of file are left after the shot that shows 36 to 96 of 195 at twice the speed: 49 of the edit's."""
    edit, files = plain_edit()
    fast = at_speed(edit.clips[0], 2.0)
    edit = softened(replace(edit, clips=(fast, *edit.clips[1:])), "quick_dissolve", 140)
    files[fast.file] = replace(files[fast.file], frames=195)
    dissolve = plan_exchange(edit, files).shots[1].dissolve
    assert dissolve is not None
    assert (dissolve.before_frames, dissolve.after_frames) == (42, 43)
    files[fast.file] = replace(files[fast.file], frames=96 + 21)
    short = plan_exchange(edit, files).shots[1].dissolve
    assert short is not None
    assert (short.before_frames, short.after_frames) == (10, 10)


def test_the_crop_is_looked_up_where_the_ramp_has_run_to():
    """A pan over one second of source, of which the ramp shows two thirds in its first ten frames."""
    edit, files = plain_edit()
    moving = reframed(ramp(edit.clips[1]), (0.0, 0.3, 0.5, 0.3164), (1.0, 0.7, 0.5, 0.3164))
    exchange = plan_exchange(with_second(edit, moving), files)
    keys = motion_of(exchange.shots[1], exchange)
    scale = keys[0].scale
    share = 2 / 3
    eased = share * share * (3 - 2 * share)
    at_ten = next(key for key in keys if key.at_frames == 10)
    assert 0.5 - at_ten.right_01 / scale == pytest.approx(0.3 + 0.4 * eased, abs=1e-3)


def test_ntsc_edits_are_retimed_to_the_frame():
    edit, files = plain_edit()
    files = {name: replace(file, rate_fps=NTSC_30) for name, file in files.items()}
    shots = tuple(at_speed(replace(shot, source_rate_fps=NTSC_30), 2.0, NTSC_30) for shot in edit.clips)
    exchange = plan_exchange(replace(edit, rate_fps=NTSC_30, clips=shots, song=None), files)
    lines = [line for line in edl_text(exchange).split("\r\n") if line.startswith("M2")]
    assert [line.split()[2] for line in lines] == ["059.940"] * 3
