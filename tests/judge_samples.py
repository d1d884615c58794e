"""Plans that say what they know of their footage, made in code: every truth is arithmetic."""

from __future__ import annotations

from dataclasses import replace

import timeline_samples as samples
from rushes.recipe.constraint_spec import ConstraintSpec
from rushes.timeline.judge_footage import Takes
from rushes.timeline.judge_kinds import KINDS
from rushes.timeline.judge_notes import shot_keys
from rushes.timeline.judge_shots import Shots
from rushes.timeline.tree import Chosen, Reason

COLUMNS = ["clip", "start_s", "end_s", "shot_type", "angle", "visual_quality_01", "motion_flow_score"]
COLUMNS += ["color_variance_01", "mark"]
BECAUSE = (
    Reason(says="score 0.82", of=("range",)),
    Reason(says="more movement for a loud part", of=("take", "part")),
    Reason(says="lands at 1.00 s", of=("range", "place")),
    Reason(says="change from front to side", of=("take", "before")),
)


def take(clip, start_s, end_s, shot_type="wide", angle="front", quality=0.9, mark=True):
    """A row of COLUMNS."""
    return [clip, start_s, end_s, shot_type, angle, quality, 0.5, 0.4, mark]


TAKES = (
    take("front_01.mp4", 0.0, 4.0, "close_up", "front", 0.9, True),
    take("overhead_03.mp4", 0.0, 4.0, "wide", "overhead", 0.6, True),
    take("side_02.mp4", 0.0, 3.0, "medium", "side", 0.5, False),
    take("side_02.mp4", 3.0, 6.0, "wide", "side", 0.8, True),
)


def plan(lengths_frames=(30, 30, 30), *, takes=TAKES, song=True, **known):
    """Shots of 30 fps from 1.2, 1.4 and 1.6 s of front_01, side_02 and overhead_03, chosen for BECAUSE."""
    made = samples.timeline(lengths_frames, song)
    angles = [None, *(clip.metadata.angle for clip in made.clips)]
    clips = tuple(chosen(clip, before) for clip, before in zip(made.clips, angles, strict=False))
    facts = {
        "columns": COLUMNS,
        "takes": list(takes),
        "speech": None,
        "shots": shot_keys(clips),
        "duration_frames": made.duration_frames,
        "notes": [],
        "warnings": [],
        "doubts": [],
        "energy_01": None,
        **known,
    }
    return replace(made, clips=clips, ai_reasoning=replace(made.ai_reasoning, for_edits=facts))


def chosen(clip, before, **changes):
    """The shot, said to be chosen as it stands."""
    as_it_is = Chosen(
        source_start_frames=clip.source_start_frames,
        duration_frames=clip.duration_frames,
        timeline_start_frames=clip.timeline_start_frames,
        part=None,
        before=before,
        because=BECAUSE,
    )
    terms = dict.fromkeys(("score", "energy", "shot_type", "sequence"), 0.1)
    says = "; ".join(reason.says for reason in BECAUSE)
    metadata = replace(clip.metadata, chosen=replace(as_it_is, **changes), ai_reasoning=says, terms=terms)
    return replace(clip, metadata=metadata)


def verdict(timeline, asked, *, seen=None, energy_01=None, **row):
    """How a timeline stands to a constraint. seen: key -> columns of the takes."""
    spec = ConstraintSpec(name="n", **asked)
    shots = Shots(timeline, Takes(timeline), seen or {}, {}, energy_01)
    return KINDS[spec.kind](spec, shots, {"text": False, "offered": [], **row})
