"""The edit of talk as an operation: what it is told of each clip."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import polars as pl
import pytest
from rushes.analyze.tables import pack_tables
from rushes.errors import ConstraintError
from rushes.graph.node import Call, Outcome
from rushes.recipe.spec import EditSpec
from rushes.recipe.talk_spec import TalkSpec
from rushes.run.operations.talk import talk_timelines
from rushes.score.files import write_frame
from rushes.timeline.document import timeline_from_json

TALK = TalkSpec(pad_before_s=0.1, pad_after_s=0.2, min_silence_s=0.5, fillers={"en": ("um",)})
SPOKEN = {
    "digest": "a" * 64,
    "duration_s": 10.0,
    "rate_fps": 30.0,
    "has_audio": True,
    "rejected": False,
    "reject_reasons": [],
    "speech_segments": [{"start_s": 1.0, "end_s": 3.0}],
    "width_px": 1920.0,
    "height_px": 1080.0,
    "shot_type": "medium",
    "angle": "front",
    "motion_flow_score": 0.1,
    "visual_quality_01": 0.9,
    "color_variance_01": 0.4,
}
TEXTS = {"segment": pl.Int64, "start_s": pl.Float64, "end_s": pl.Float64, "text": pl.String}
WORDS = {"segment": pl.Int64, "start_s": pl.Float64, "end_s": pl.Float64, "word": pl.String}


def transcript(cues=(), words=(), language="en", is_there=True):
    """The tables of a transcript; cues and words: (number of the cue, start, end, text)."""
    return pack_tables(
        {
            "segments": pl.DataFrame(list(cues), schema=TEXTS, orient="row"),
            "words": pl.DataFrame(list(words), schema=WORDS, orient="row"),
            "source": pl.DataFrame(
                {"file": ["a.json"] * is_there, "language": [language] * is_there},
                schema={"file": pl.String, "language": pl.String},
            ),
        },
        {},
    )


def edited(folder, *rows, transcripts=None, without=(), **edit):
    """The edit of these clips. transcripts: clip -> the bytes of its tables. without: columns that nobody made."""
    spec = EditSpec(talk=TALK, min_shot_s=0.1, aspect="16:9", **edit)
    names = [row.get("clip", "a.mp4") for row in rows]
    frame = pl.DataFrame([{"clip": name, **SPOKEN, **row} for name, row in zip(names, rows, strict=True)])
    write_frame(frame.drop(list(without)), folder / "clips")
    inputs = {"clips": folder / "clips"}
    for at, (clip, data) in enumerate((transcripts or {}).items()):
        inputs[f"transcript/{clip}"] = folder / f"transcript{at}"
        inputs[f"transcript/{clip}"].write_bytes(data)
    params: dict[str, Any] = {"edit": asdict(spec), "project_id": "p", "creator_id": "c"}
    call = Call(params=params, inputs=inputs, outputs={"timeline.json": folder / "timeline.json"})
    assert talk_timelines([call]) == [Outcome()]
    return timeline_from_json((folder / "timeline.json").read_bytes())


def ranges(timeline):
    return [
        (shot.file, float(shot.source_start_s()), round(float(shot.source_end_s(timeline.rate_fps)), 6))
        for shot in timeline.clips
    ]


def test_what_is_said_stays_with_the_silence_around_it_that_the_recipe_asks_for(tmp_path):
    timeline = edited(tmp_path, {})
    assert ranges(timeline) == [("a.mp4", 0.9, 3.2)]
    assert (timeline.project_id, timeline.creator_id) == ("p", "c")
    shot = timeline.clips[0]
    assert (shot.digest, shot.source_rate_fps) == ("a" * 64, 30)
    facts = shot.metadata
    assert (facts.shot_type, facts.angle) == ("medium", "front")
    assert (facts.motion_intensity, facts.visual_quality, facts.color_variance) == (0.1, 0.9, 0.4)


def test_clips_come_in_the_order_of_their_names(tmp_path):
    timeline = edited(tmp_path, {"clip": "b.mp4"}, {"clip": "c.mp4"}, {"clip": "a.mp4"})
    assert [shot.file for shot in timeline.clips] == ["a.mp4", "b.mp4", "c.mp4"]


def test_a_clip_that_is_never_used_or_rejected_or_shows_nothing_is_left_out_and_that_is_said(tmp_path):
    timeline = edited(
        tmp_path,
        {"clip": "a.mp4"},
        {"clip": "outtake.mp4"},
        {"clip": "dark.mp4", "rejected": True, "reject_reasons": ["too dark", "too short"]},
        {"clip": "sound.wav", "rate_fps": None},
        never_use=("out*",),
    )
    assert [shot.file for shot in timeline.clips] == ["a.mp4"]
    notes = "\n".join(timeline.ai_reasoning.notes)
    for words in (
        "outtake.mp4 is not used: edit.never_use names it",
        "dark.mp4 is not used: too dark, too short",
        "sound.wav is not used: it shows no picture",
    ):
        assert words in notes


def test_where_nobody_speaks_that_is_an_error(tmp_path):
    with pytest.raises(ConstraintError):
        edited(tmp_path, {"speech_segments": []})
    assert not (tmp_path / "timeline.json").exists()


def test_a_clip_without_words_about_its_picture_is_edited_all_the_same(tmp_path):
    facts = ("width_px", "height_px", "shot_type", "angle", "motion_flow_score", "visual_quality_01")
    timeline = edited(tmp_path, {}, without=(*facts, "color_variance_01"))
    assert ranges(timeline) == [("a.mp4", 0.9, 3.2)]
    assert timeline.clips[0].metadata.angle is None


@pytest.mark.parametrize(
    ("size_px", "is_told"), [((960.0, 540.0), True), ((1920.0, 1080.0), False), ((None, 1080.0), False)]
)
def test_a_picture_that_must_be_enlarged_is_told_where_its_size_is_known(tmp_path, size_px, is_told):
    sizes = pl.Schema({"width_px": pl.Float64, "height_px": pl.Float64})
    made = edited(tmp_path, dict(zip(sizes, size_px, strict=True)))
    assert any("enlarged" in note for note in made.ai_reasoning.notes) == is_told


def test_fillers_among_the_words_are_cut(tmp_path):
    # um lies between 1.6 and 2.2, and the words beside it end and begin there.
    words = [(1, 1.0, 1.6, "so"), (1, 1.6, 2.2, "um,"), (1, 2.2, 3.0, "yes")]
    got = ranges(
        edited(tmp_path, {}, transcripts={"a.mp4": transcript([(1, 1.0, 3.0, "so um, yes")], words)})
    )
    assert len(got) == 2
    assert got[0][1] == 0.9 and got[0][2] == pytest.approx(1.6, abs=0.05)
    assert got[1][1] == pytest.approx(2.2, abs=0.05) and got[1][2] == 3.2


def test_fillers_of_another_language_or_of_another_clip_stay(tmp_path):
    words = [(1, 1.0, 1.6, "so"), (1, 1.6, 2.2, "um,"), (1, 2.2, 3.0, "yes")]
    german = transcript([(1, 1.0, 3.0, "so um, yes")], words, "de")
    english = transcript([(1, 1.0, 3.0, "so um, yes")], words)
    assert len(ranges(edited(tmp_path, {}, transcripts={"a.mp4": german}))) == 1
    assert len(ranges(edited(tmp_path, {}, transcripts={"b.mp4": english}))) == 1


def test_a_cue_without_times_for_its_words_is_cut_where_it_is_a_filler_as_a_whole(tmp_path):
    cues = [(1, 1.0, 1.6, "so"), (2, 1.6, 2.2, "Um."), (3, 2.2, 3.0, "yes")]
    assert len(ranges(edited(tmp_path, {}, transcripts={"a.mp4": transcript(cues)}))) == 2
    # With words the cue itself counts no more.
    words = [(at, start, end, "yes") for at, start, end, _ in cues]
    assert len(ranges(edited(tmp_path, {}, transcripts={"a.mp4": transcript(cues, words)}))) == 1


def test_a_clip_that_has_no_transcript_is_cut_by_its_voice_alone(tmp_path):
    empty = transcript(is_there=False)
    assert ranges(edited(tmp_path, {}, transcripts={"a.mp4": empty})) == [("a.mp4", 0.9, 3.2)]


def test_a_rate_that_no_camera_has_is_told_as_the_nearest_fraction(tmp_path):
    timeline = edited(tmp_path, {"rate_fps": 30000 / 1001})
    assert timeline.clips[0].source_rate_fps.as_integer_ratio() == (30000, 1001)
