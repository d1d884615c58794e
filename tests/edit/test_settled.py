"""Sections whose neighbours and locked shots stay: what these break by themselves is excused, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from edit.made_library import make_clip, make_request, make_shoot, make_song
from edit.made_section import RATE, asked, section_of, sources_of, with_section
from hypothesis import given, settings
from hypothesis import strategies as st
from rushes.edit.attempt import Scene, prepare
from rushes.edit.music import read_music
from rushes.edit.places import lay_section
from rushes.edit.problem import Choice, broken_limits, objective
from rushes.edit.request import AvoidedShot
from rushes.edit.section import edit_section
from rushes.edit.settled import ANGLE_STREAK, APART
from rushes.edit.solve import edit_timeline
from rushes.errors import ConstraintError
from rushes.recipe.constraint_spec import ConstraintSpec
from rushes.style.profile import read_style
from rushes.timeline.check import problems_of


@pytest.fixture(scope="module")
def shoot():
    return make_request(make_shoot(30, 3), make_song(), duration_s=14.0, max_uses_per_clip=2)


@pytest.fixture(scope="module")
def timeline(shoot):
    return edit_timeline(shoot)


def test_a_bound_that_dear_excused_rules_make_is_not_told(shoot, timeline):
    section = section_of(timeline, 3, 4)
    hard = ConstraintSpec(name="hard", first="clip == 'nothing.mp4'")
    share = ConstraintSpec(name="share", share="clip == 'nothing.mp4'", min=0.9)
    for spec in (hard, share):
        request = replace(shoot, edit=replace(shoot.edit, constraints=(spec,)))
        made = edit_section(asked(request, timeline, section), timeline)
        assert made.bound is None or made.objective <= made.bound <= 1.5


def test_a_shot_whose_place_and_source_are_locked_stays_as_it_is(shoot, timeline):
    section = section_of(timeline, 2, 8)
    locked = timeline.clips[5]
    style = {"pacing_patterns": {"cuts_per_beat": 2.0}}
    request = asked(replace(shoot, style=style), timeline, section, {locked.id: "both"})
    made = edit_section(request, timeline)
    assert locked in made.clips
    assert problems_of(with_section(timeline, made, section)) == ()


def test_a_locked_place_may_show_another_part_of_its_clip(shoot, timeline):
    long = {clip["clip"] for clip in make_shoot(30, 3) if clip["duration_s"] > 5}
    files = [clip.file for clip in timeline.clips]
    place = next(at for at, file in enumerate(files) if files.count(file) == 1 and file in long)
    section = section_of(timeline, max(0, place - 2), place)
    locked = timeline.clips[place]
    poor = AvoidedShot(
        clip=locked.file,
        start_s=float(locked.source_start_s()),
        end_s=float(locked.source_end_s(RATE)),
        less_01=0.9,
    )
    request = asked(shoot, timeline, section, {locked.id: "position"}, avoid=(poor,))
    made = edit_section(request, timeline)
    found = next(clip for clip in made.clips if clip.id == locked.id)
    assert (found.file, found.timeline_start_frames, found.duration_frames) == (
        locked.file,
        locked.timeline_start_frames,
        locked.duration_frames,
    )
    assert found.source_start_frames != locked.source_start_frames


def test_a_locked_source_is_shown_once_and_may_stand_elsewhere(shoot, timeline):
    section = section_of(timeline, 2, 8)
    locked = timeline.clips[5]
    style = {"pacing_patterns": {"cuts_per_beat": 1.5}}
    request = asked(replace(shoot, style=style), timeline, section, {locked.id: "source"})
    made = edit_section(request, timeline)
    found = [clip for clip in made.clips if clip.id == locked.id]
    assert len(found) == 1
    assert sources_of(found) == sources_of([locked])
    assert problems_of(with_section(timeline, made, section)) == ()


def test_what_kept_shots_break_by_themselves_is_excused_with_a_warning(shoot, timeline):
    """A user put two takes of one clip side by side, and one of another angle less than the limit asks for."""
    section = section_of(timeline, 6, 9)
    first, second = timeline.clips[0], timeline.clips[1]
    twin = replace(
        second,
        file=first.file,
        digest=first.digest,
        source_start_frames=first.source_start_frames,
        source_rate_fps=first.source_rate_fps,
    )
    edited = replace(timeline, clips=(first, twin, *timeline.clips[2:]))
    made = edit_section(asked(shoot, edited, section), edited)
    assert any(APART in warning for warning in made.warnings)
    assert len(made.clips) >= 1


def test_a_streak_of_kept_shots_is_excused_and_not_made_longer():
    clips = [
        make_clip(f"{angle}_{at}.mp4", 4.0, angle=angle, score=0.5 + 0.01 * at)
        for at in range(6)
        for angle in ("front", "side")
    ]
    request = make_request(clips, make_song(), duration_s=6.0, max_same_angle_streak=2, max_shot_s=1.5)
    timeline = edit_timeline(request)
    fronts = iter(sorted({clip["clip"] for clip in clips if clip["angle"] == "front"}))
    edited = replace(
        timeline,
        clips=tuple(
            replace(clip, file=(name := next(fronts)), digest=f"digest of {name}", source_start_frames=3)
            if at < 3
            else clip
            for at, clip in enumerate(timeline.clips)
        ),
    )
    section = section_of(edited, 3, len(edited.clips) - 1)
    made = edit_section(asked(request, edited, section), edited)
    assert any(ANGLE_STREAK in warning for warning in made.warnings)
    assert made.clips[0].metadata.angle == "side"


@pytest.mark.parametrize(
    ("asks", "kept"),
    [
        ({"share": "shot_type == 'wide'", "min": 0.6}, False),
        ({"share": "shot_type == 'medium'", "max": 0.4}, False),
        ({"count": "shot_type == 'medium'", "max": 1}, False),
        ({"share": "shot_type == 'medium'", "max": 0.9}, True),
    ],
)
def test_a_count_that_is_out_of_reach_is_brought_as_near_as_it_can_be(asks, kept):
    """A quarter of the edit is made anew, and all of it becomes wide: still less than the share that is asked for."""
    clips = [
        make_clip(f"{kind}_{at}.mp4", 4.0, shot_type=kind, score=0.9 if kind == "medium" else 0.3)
        for at in range(8)
        for kind in ("medium", "wide")
    ]
    request = make_request(clips, make_song(), duration_s=8.0, max_shot_s=2.0)
    timeline = edit_timeline(request)
    section = section_of(timeline, len(timeline.clips) - 1, len(timeline.clips) - 1)
    wides = ConstraintSpec(name="wides", **asks)
    wish = replace(request, edit=replace(request.edit, constraints=(wides,)))
    made = edit_section(asked(wish, timeline, section), timeline)
    assert {clip.metadata.shot_type for clip in timeline.clips} == {"medium"}
    assert {clip.metadata.shot_type for clip in made.clips} == {"wide"}
    assert any("edit.constraints.wides cannot be kept" in warning for warning in made.warnings) != kept
    assert 0 < made.objective <= made.bound + 1e-9


@settings(derandomize=True, deadline=None, max_examples=20)
@given(
    st.integers(0, 1000),
    st.integers(1, 2),
    st.booleans(),
    st.sampled_from([None, "position", "source", "both"]),
)
def test_the_best_section_is_found_where_all_can_be_tried(seed, uses, apart_angles, hold):
    """All shots of a section of two shots, one of them perhaps locked, are enumerated with the kept ones around it."""
    angles = ("front", "side") if apart_angles else ()
    request = make_request(
        make_shoot(7, seed, angles),
        make_song(),
        duration_s=5.0,
        max_uses_per_clip=uses,
        min_shot_s=0.9,
        max_shot_s=2.1,
        max_same_angle_streak=2 if apart_angles else None,
    )
    try:
        timeline = edit_timeline(request)
    except ConstraintError:
        return
    first = len(timeline.clips) // 2
    section = section_of(timeline, first - 1, first)
    locks = {} if hold is None else {timeline.clips[first].id: hold}
    faster = replace(request, style={"pacing_patterns": {"cuts_per_beat": 0.9}})
    wish = asked(faster, timeline, section, locks)
    made = edit_section(wish, timeline)
    music = read_music(wish.song)
    places = lay_section(music, timeline.song.start_s, wish.edit, section, wish.kept)
    scene = Scene(request=wish, style=read_style(wish.style), music=music, places=places)
    problem = prepare(scene, uses, 1).built.problem
    best = max(objective(problem, choices) for choices in lawful(problem))
    assert made.objective == pytest.approx(best, abs=1e-9)


def lawful(problem):
    """Every lawful edit: all paths of spans, all units on them."""

    def ways(place):
        if place == problem.place_count - 1:
            yield ()
        for span in range(len(problem.span_start)):
            if problem.span_start[span] == place:
                for rest in ways(int(problem.span_end[span])):
                    yield (span, *rest)

    for way in ways(0):
        able = [
            [unit for unit in range(problem.value.shape[1]) if problem.value[span, unit] > -1e9]
            for span in way
        ]
        for units in product(*able):
            choices = tuple(Choice(span, unit) for span, unit in zip(way, units, strict=True))
            if not broken_limits(problem, choices):
                yield choices
