"""The timeline file: exact round trip, canonical bytes, and refusals that say where, what and how to fix."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
import timeline_samples as samples
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.timeline import tree
from rushes.timeline.document import timeline_from_json, timeline_to_json
from rushes.units import round_6

numbers = st.floats(-1e6, 1e6).map(round_6)


shares = st.floats(0, 1).map(round_6)


rates = st.builds(Fraction, st.integers(1, 240_000), st.integers(1, 1001))


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


free = st.dictionaries(texts, st.none() | st.booleans() | st.integers(-9, 9) | numbers | texts, max_size=3)


ascending = st.lists(st.integers(0, 10**8), max_size=6, unique=True).map(
    lambda values: tuple(round_6(value / 1e6) for value in sorted(values))
)


sections = st.builds(tree.Section, start_s=shares, end_s=shares, label=texts, energy_01=shares)


songs = st.builds(
    tree.TimelineSong,
    file=texts,
    digest=texts,
    bpm=shares,
    duration_s=shares,
    start_s=shares,
    beats=ascending,
    downbeats=ascending,
    energy_curve=st.lists(shares, max_size=4).map(tuple),
    energy_times=ascending,
    sections=st.lists(sections, max_size=2).map(tuple),
    drops=ascending,
)


runner_ups = st.builds(
    tree.RunnerUp,
    file=texts,
    source_start_s=shares,
    source_end_s=shares,
    score_loss=numbers,
    reason=texts,
)


metadata = st.builds(
    tree.ClipMetadata,
    shot_type=st.none() | texts,
    angle=st.none() | texts,
    motion_intensity=st.none() | shares,
    visual_quality=st.none() | shares,
    color_variance=st.none() | shares,
    ai_confidence=shares,
    ai_reasoning=texts,
    runner_up=st.none() | runner_ups,
    terms=st.dictionaries(texts, numbers, max_size=3),
)


retimes = st.builds(
    tree.Retime,
    keys=st.lists(st.integers(1, 500), min_size=1, max_size=4).map(
        lambda steps: tuple(
            tree.RetimeKey(at_frames=sum(steps[:at]), source_s=0.0) for at in range(len(steps) + 1)
        )
    ),
    blend=st.booleans(),
)


clips = st.builds(
    tree.TimelineClip,
    id=texts.filter(bool),
    file=texts.filter(bool),
    digest=texts,
    source_start_frames=st.integers(0, 10**7),
    source_rate_fps=rates,
    timeline_start_frames=st.integers(0, 10**6),
    duration_frames=st.integers(1, 10**5),
    locked=st.booleans(),
    lock_metadata=st.none() | free,
    retime=st.none() | retimes,
    metadata=metadata,
    edit_history=st.lists(free, max_size=2).map(tuple),
)


transitions = st.builds(
    tree.Transition,
    from_clip=texts,
    to_clip=texts,
    type=st.sampled_from(["hard_cut", "quick_dissolve", "whip_pan", "dip_to_black"]),
    direction=st.sampled_from([None, "left", "right", "up", "down"]),
    reason=texts,
    at_frames=st.integers(0, 10**6),
    duration_frames=st.integers(0, 99),
    at_beat=st.booleans(),
    beat_index=st.none() | st.integers(0, 999),
)


reasonings = st.builds(
    tree.Reasoning,
    pacing_target=texts,
    style_match_score=st.none() | shares,
    notes=st.lists(texts, max_size=2).map(tuple),
    warnings=st.lists(texts, max_size=2).map(tuple),
    objective=numbers,
    bound=numbers,
    gap=shares,
    constraints=st.lists(free, max_size=2).map(tuple),
)


colors = st.sampled_from(["#ffffff", "#00aaFF"])


titles = st.builds(
    tree.Title,
    name=texts,
    look=st.builds(
        tree.TitleLook,
        text=texts,
        style=st.sampled_from(["title", "lower_third", "caption"]),
        align=st.sampled_from(["left", "centre", "right"]),
        size_01=st.floats(0.01, 0.5).map(round_6),
        y_01=st.none() | shares,
        color=colors,
        box_color=colors,
        box_01=shares,
        font=texts,
        font_digest=texts,
        fade_s=shares,
    ),
    place=st.builds(
        tree.TitlePlace,
        kind=st.sampled_from(["start", "end", "whole", "time", "section", "clip"]),
        name=texts,
        from_s=st.none() | shares,
        until_s=st.none() | shares,
        length_s=st.none() | shares,
    ),
    start_frames=st.integers(0, 999),
    end_frames=st.integers(0, 999),
)


timelines = st.builds(
    tree.Timeline,
    version=st.integers(1, 99),
    project_id=texts,
    creator_id=texts,
    rate_fps=rates,
    width_px=st.integers(1, 8000),
    height_px=st.integers(1, 8000),
    duration_frames=st.integers(0, 10**6),
    song=st.none() | songs,
    clips=st.lists(clips, max_size=3).map(tuple),
    transitions=st.lists(transitions, max_size=2).map(tuple),
    ai_reasoning=reasonings,
    titles=st.lists(titles, max_size=2).map(tuple),
    fades=st.builds(tree.Fades, in_frames=st.integers(0, 99), out_frames=st.integers(0, 99)),
    deleted_clips=st.lists(free, max_size=2).map(tuple),
    user_edits=st.lists(free, max_size=2).map(tuple),
    final_status=st.fixed_dictionaries({}, optional={"exported": st.booleans(), "time_saved": numbers}),
)


def running(retime: tree.Retime, rate_fps: Fraction) -> tree.Retime:
    """Its keys at half speed, then at the clip's own, one and a half times and twice that."""
    found, run_s = [retime.keys[0]], 0.0
    for place, (a, b) in enumerate(pairwise(retime.keys)):
        run_s = round_6(run_s + (place + 1) / 2 * (b.at_frames - a.at_frames) / float(rate_fps))
        found.append(replace(b, source_s=run_s))
    return replace(retime, keys=tuple(found))


def made_sound(made: tree.Timeline) -> tree.Timeline:
    """The same values where nothing speaks against them: clips end to end, a transition for every cut or none."""
    laid, at = [], 0
    for place, clip in enumerate(made.clips):
        lock = clip.lock_metadata if clip.locked else None
        clip = replace(clip, id=f"{clip.id}{place}", timeline_start_frames=at, lock_metadata=lock)
        if clip.retime is not None:
            retime = running(clip.retime, made.rate_fps)
            clip = replace(clip, retime=retime, duration_frames=retime.keys[-1].at_frames)
        laid.append(clip)
        at += clip.duration_frames
    song = made.song
    if song is not None:
        known = min(len(song.energy_curve), len(song.energy_times))
        song = replace(song, energy_curve=song.energy_curve[:known], energy_times=song.energy_times[:known])
    beats = len(song.beats) if song else 1000
    joined = [
        replace(
            drawn,
            from_clip=a.id,
            to_clip=b.id,
            at_frames=b.timeline_start_frames,
            direction=drawn.direction if drawn.type == "whip_pan" else None,
            duration_frames=0 if drawn.type == "hard_cut" else drawn.duration_frames,
            beat_index=min(drawn.beat_index or 0, beats - 1) if drawn.at_beat and beats else None,
            at_beat=drawn.at_beat and beats > 0,
        )
        for drawn, (a, b) in zip(made.transitions, pairwise(laid), strict=False)
    ]
    whole = len(joined) == len(laid) - 1
    return replace(
        made,
        song=song,
        clips=tuple(laid),
        duration_frames=at,
        transitions=tuple(joined) if whole else (),
        titles=tuple(
            replace(
                title,
                name=f"{title.name}{place}",
                look=replace(title.look, text=f"x{title.look.text}"),
                start_frames=0,
                end_frames=at,
            )
            for place, title in enumerate(made.titles)
            if at
        ),
    )


@settings(max_examples=60, deadline=None)
@given(timelines.map(made_sound))
def test_any_timeline_comes_back_from_its_file_as_it_was(timeline):
    data = timeline_to_json(timeline)
    assert timeline_from_json(data) == timeline
    assert timeline_to_json(timeline_from_json(data)) == data


def test_the_file_has_the_public_names_in_their_order():
    document = json.loads(timeline_to_json(samples.timeline()))
    assert list(document) == [
        *("schema", "version", "project_id", "creator_id", "rate_fps", "width_px", "height_px"),
        *("duration_s", "duration_frames", "song", "clips", "deleted_clips", "transitions"),
        *("user_edits", "ai_reasoning", "final_status"),
    ]
    second = document["clips"][1]
    assert {name: second[name] for name in list(second)[:12]} == {
        "id": "c02",
        "file": "side_02.mp4",
        "digest": f"{1:064x}",
        "source_start_s": 1.4,
        "source_end_s": 2.4,
        "timeline_start_s": 1.0,
        "duration_s": 1.0,
        "source_start_frames": 42,
        "source_end_frames": 72,
        "source_rate_fps": "30/1",
        "timeline_start_frames": 30,
        "duration_frames": 30,
    }
    assert document["transitions"][0] == {
        "from_clip": "c01",
        "to_clip": "c02",
        "type": "hard_cut",
        "at_beat": True,
        "beat_index": 2,
        "at_s": 1.0,
        "at_frames": 30,
        "duration_frames": 0,
        "direction": None,
        "reason": "",
    }
    assert document["final_status"] == dict.fromkeys(tree.FINAL_STATUS)


def test_source_frames_are_counted_at_the_rate_of_the_clip():
    ntsc = samples.clip(0, 0, 30, source_rate_fps=Fraction(60000, 1001), source_start_frames=60)
    assert ntsc.source_end_frames(Fraction(30)) == 120
    assert ntsc.source_end_s(Fraction(30)) == Fraction(1001, 1000) + 1


def test_the_bytes_do_not_depend_on_the_order_of_foreign_keys():
    a, b = ({"action": "clip_locked", "clip_id": "c01"}, {"clip_id": "c01", "action": "clip_locked"})
    made = samples.timeline()
    assert timeline_to_json(replace(made, user_edits=(a,))) == timeline_to_json(
        replace(made, user_edits=(b,))
    )


def test_the_file_ends_with_a_newline_and_keeps_lists_of_numbers_on_one_line():
    text = timeline_to_json(samples.timeline()).decode()
    assert text.endswith("}\n")
    assert '    "downbeats": [0.0, 2.0, 4.0,' in text


def test_a_number_that_is_none_is_refused_before_it_reaches_a_file():
    broken = replace(samples.timeline().ai_reasoning, objective=float("nan"))
    with pytest.raises(ValueError, match="nan has no place in JSON"):
        timeline_to_json(replace(samples.timeline(), ai_reasoning=broken))


def test_a_crop_is_read_back_and_a_document_from_before_there_were_crops_has_none():
    keys = tuple(tree.ReframeKey(at_s=t, x_01=0.25 + t / 8, y_01=0.5, width_01=0.3) for t in (0.5, 1.0))
    made = samples.timeline()
    crop = tree.Reframe(mode="pan", keys=keys, pad_blur_01=0.05)
    made = replace(made, clips=(replace(made.clips[0], reframe=crop), *made.clips[1:]))
    assert timeline_from_json(timeline_to_json(made)) == made
    document = json.loads(timeline_to_json(made))
    for clip in document["clips"]:
        del clip["reframe"]
    assert [clip.reframe for clip in timeline_from_json(json.dumps(document).encode()).clips] == [None] * 3
