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
from rushes.emit.interchange_read import ImportFault, imported_timeline, read_edit
from rushes.timeline.changes import changes_between, speed_notes
from rushes.timeline.lay import with_range
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


def imported(edit: Timeline, files, text: str):
    return imported_timeline(read_edit(text.encode(), "e"), [*files], "e")


@pytest.mark.parametrize("write", [otio_text, fcp7_text])
@pytest.mark.parametrize("shot_of", [lambda shot: at_speed(shot, 0.4), ramp, lambda shot: shot])
def test_a_speed_that_comes_back_as_it_was_is_not_said_to_be_left_out(write, shot_of):
    edit, files = plain_edit()
    edit = replace(with_second(edit, shot_of(edit.clips[1])), song=None)
    back = imported(edit, files, write(plan_exchange(edit, files)))
    assert (back.notes, speed_notes(edit, back)) == ((), ())


@pytest.mark.parametrize("cut", [1, 5, 18])
def test_neither_is_that_of_a_ramp_that_lost_its_head(cut):
    edit, files = plain_edit()
    edit = replace(with_second(edit, ramp(edit.clips[1])), song=None)
    exchange = plan_exchange(edit, files)
    assert speed_notes(edit, imported(edit, files, trimmed(fcp7_text(exchange), cut))) == ()
    text = otio_trimmed(otio_text(exchange), cut, Fraction(5, 6))
    assert speed_notes(edit, imported(edit, files, text)) == ()


def test_another_speed_is_said_to_be_left_out_whichever_of_both_edits_has_it():
    edit, files = plain_edit()
    fast = replace(with_second(edit, at_speed(edit.clips[1], 2.0)), song=None)
    texts = [otio_text(plan_exchange(one, files)) for one in (replace(edit, song=None), fast)]
    there, here = "clip 2 (c02, side_02.mp4): it runs at", "there instead of"
    assert speed_notes(edit, imported(edit, files, texts[1])) == (
        f"{there} 2.00× {here} 1.00×, which is left out",
    )
    assert speed_notes(fast, imported(fast, files, texts[0])) == (
        f"{there} 1.00× {here} 2.00×, which is left out",
    )
    less = replace(edit, clips=edit.clips[:1], transitions=())
    assert speed_notes(less, imported(less, files, texts[1])) == (
        "side_02.mp4: it runs at 2.00× there, which is left out",
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


def graph_of(item) -> list[tuple[int, float, list[str]]]:
    graph = next(part for part in item.iter("parameter") if part.findtext("parameterid") == "graphdict")
    return [
        (
            int(key.findtext("when")),
            float(key.findtext("value")),
            [part.tag for part in key if part.text == "TRUE" and part.tag != "speedvirtualkf"],
        )
        for key in graph.findall("keyframe")
    ]


def test_fcp7_has_the_whole_ramp_and_the_same_ends_at_its_mean_speed():
    """42 frames into its file, 20 of them in 10 frames, then 5 in 20: 25 frames in 30, so 42 count as 50.4 at that speed."""
    root = ElementTree.fromstring(fcp7_text(exchanged(ramp)))
    item = root.findall(".//video/track/clipitem")[1]
    assert [item.findtext(name) for name in ("start", "end", "in", "out")] == ["30", "60", "50", "80"]
    found = {part.findtext("parameterid"): part.findtext("value") for part in item.iter("parameter")}
    assert found["variablespeed"] == "1" and float(found["speed"]) == pytest.approx(100 * 5 / 6, abs=1e-4)
    whens = [(when, marks) for when, _, marks in graph_of(item)]
    assert whens == [
        (0, ["speedkfstart"]),
        (50, ["speedkfin"]),
        (60, []),
        (80, ["speedkfout"]),
        (12000, ["speedkfend"]),
    ]
    ran = [value for _, value, _ in graph_of(item)]
    assert ran == pytest.approx([0, 42, 62, 67, 10_000], abs=1e-4)


def test_fcp7_has_a_graph_of_one_line_for_one_speed_and_none_for_files_of_another_rate():
    exchange = exchanged(lambda shot: at_speed(shot, 2.0))
    item = ElementTree.fromstring(fcp7_text(exchange)).findall(".//video/track/clipitem")[1]
    points = [(when, value) for when, value, _ in graph_of(item)]
    assert points == [(0, 0), (21, 42), (51, 102), (5000, 10_000)]
    edit, files = plain_edit()
    edit = with_second(edit, ramp(edit.clips[1]))
    files["side_02.mp4"] = media("side_02.mp4", Fraction(25))
    other = fcp7_text(plan_exchange(replace(edit, song=None), files))
    assert "graphdict" not in other and "<value>1</value>" not in other


def trimmed(text: str, cut: int) -> str:
    """The FCP7 file with so many frames cut off the beginning of its second item, and the gap closed behind it."""
    root = ElementTree.fromstring(text)
    items = root.findall(".//video/track/clipitem")
    for item, names in ((items[1], ("end",)), (items[2], ("start", "end"))):
        for name in names:
            part = item.find(name)
            part.text = str(int(part.text) - cut)
    part = items[1].find("in")
    part.text = str(int(part.text) + cut)
    return ElementTree.tostring(root, encoding="unicode")


def otio_trimmed(text: str, cut: int, speed: Fraction) -> str:
    made = otio.adapters.read_from_string(text, "otio_json")
    item = list(made.find_clips())[1]
    start, length = item.source_range.start_time, item.source_range.duration
    item.source_range = otio.opentime.TimeRange(
        otio.opentime.RationalTime(start.value + float(cut * speed), start.rate),
        otio.opentime.RationalTime(length.value - cut, length.rate),
    )
    return otio.adapters.write_to_string(made, "otio_json")


@pytest.mark.parametrize("cut", [1, 5, 10, 18, 29])
@pytest.mark.parametrize("program", ["fcp7", "fcp7 by its mean", "otio"])
def test_a_ramp_that_lost_its_head_in_another_program_begins_where_the_ramp_has_run_to(program, cut):
    edit, files = plain_edit()
    edit = replace(with_second(edit, ramp(edit.clips[1])), song=None)
    exchange, old = plan_exchange(edit, files), edit.clips[1]
    text = fcp7_text(exchange) if program != "otio" else otio_text(exchange)
    if program == "fcp7 by its mean":
        text = text.replace("<value>1</value>", "<value>0</value>")
    text = otio_trimmed(text, cut, Fraction(5, 6)) if program == "otio" else trimmed(text, cut)
    (change,) = changes_between(edit, imported_timeline(read_edit(text.encode(), "e"), [*files], "e"))
    assert change.duration_frames == 30 - cut
    shown = with_range(old, change.source_start_frames, change.duration_frames, Fraction(30))
    wanted_s = old.source_at_s(cut, Fraction(30))
    # A frame of the file; where only the mean is told, one of the edit besides, as its frames were rounded.
    slack_s = Fraction(1, 60) if program == "fcp7" else Fraction(1, 60) + Fraction(2, 30)
    assert abs(shown.source_start_s() - wanted_s) <= slack_s
    assert abs(shown.source_end_s(Fraction(30)) - old.source_end_s(Fraction(30))) <= slack_s + Fraction(1, 30)


def test_a_ramp_that_was_slipped_keeps_its_speeds():
    edit, files = plain_edit()
    edit = replace(with_second(edit, ramp(edit.clips[1])), song=None)
    made = otio.adapters.read_from_string(otio_text(plan_exchange(edit, files)), "otio_json")
    item = list(made.find_clips())[1]
    start = item.source_range.start_time
    moved = otio.opentime.RationalTime(start.value + 7, start.rate)
    item.source_range = otio.opentime.TimeRange(moved, item.source_range.duration)
    read = read_edit(otio.adapters.write_to_string(made, "otio_json").encode(), "e")
    (change,) = changes_between(edit, imported_timeline(read, [*files], "e"))
    assert (change.source_start_frames, change.duration_frames) == (49, 30)


def test_numbers_that_mean_nothing_in_a_graph_of_premiere_are_passed_over():
    text = fcp7_text(exchanged(ramp))
    ran = next(
        part for part in ElementTree.fromstring(text).iter("value") if (part.text or "").startswith("66.99")
    )
    for junk in ("-1815255671", "", "nonsense"):
        other = trimmed(text.replace(f"<value>{ran.text}</value>", f"<value>{junk}</value>"), 5)
        if junk == "nonsense":
            with pytest.raises(ImportFault, match="a clip has no usable range"):
                read_edit(other.encode(), "e")
        else:
            second = read_edit(other.encode(), "e").clips[1]
            assert (second.source_start_frames, second.by_ramp) == (52, True)


def test_fcp7_knows_dips_by_their_own_name_and_whip_pans_as_dissolves():
    for kind, name in (("dip_to_black", "Dip to Color Dissolve"), ("whip_pan", "Cross Dissolve")):
        root = ElementTree.fromstring(fcp7_text(exchanged(lambda shot: shot, kind, 8)))
        effect = root.find(".//transitionitem/effect")
        assert effect is not None
        assert (effect.findtext("name"), effect.findtext("effectid")) == (name, name)


def test_fcpxml_has_the_whole_ramp_point_by_point_and_goes_on_as_far_as_the_file():
    root = ElementTree.fromstring(fcpx_text(exchanged(ramp, "quick_dissolve", 6)))
    item = root.findall(".//spine/asset-clip")[1]
    start_s = Fraction(item.get("start", "").rstrip("s"))
    assert start_s == Fraction(42, 30)
    points = [
        tuple(Fraction(point.get(name, "").rstrip("s")) - start_s for name in ("time", "value"))
        for point in item.findall("timeMap/timept")
    ]
    # 42 frames before it are 20 whole ones of the edit at nearly twice the speed; 9933 behind it are 39732 at a quarter.
    times_s = [-20 / 30, 0, 10 / 30, 1, 1 + 39_732 / 30]
    assert [float(time_s) for time_s, _ in points] == pytest.approx(times_s)
    assert [float(value_s) for _, value_s in points] == pytest.approx(
        [-40 / 30, 0, 20 / 30, 25 / 30, 25 / 30 + 9933 / 30], abs=2e-3
    )
    # The format has 32 bits for them.
    assert max(one.denominator for point in points for one in point) < 2**32
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
