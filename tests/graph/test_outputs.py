"""Nodes of the outputs: what the sound follows from."""

from dataclasses import asdict, replace
from fractions import Fraction

from rushes.graph.node import NodeInput
from rushes.graph.outputs import compile_video_graph
from rushes.graph.sources import SourceFile, Sources
from rushes.recipe.sound_spec import DuckSpec, SoundSpec
from rushes.recipe.spec import EditSpec, Recipe
from rushes.timeline.tree import ClipMetadata, Reasoning, Retime, RetimeKey, Timeline, TimelineClip

CLIPS = tuple(SourceFile(name=f"{name}.mp4", path=f"/x/{name}", digest=name * 64) for name in "ab")
SONG = SourceFile(name="song.mp3", path="/x/song", digest="5" * 64)
SOURCES = Sources(clips=CLIPS, metadata={"a.mp4": (), "b.mp4": ()}, song=SONG)


def shot(name: str, number: int, **changes) -> TimelineClip:
    plain = ClipMetadata(
        shot_type=None,
        angle=None,
        motion_intensity=None,
        visual_quality=None,
        color_variance=None,
        ai_confidence=0,
        ai_reasoning="",
        runner_up=None,
    )
    made = TimelineClip(
        id=f"c{number}",
        file=f"{name}.mp4",
        digest="",
        source_start_frames=0,
        source_rate_fps=Fraction(30),
        timeline_start_frames=number * 30,
        duration_frames=30,
        metadata=plain,
    )
    return replace(made, **changes)


def timeline(*shots: TimelineClip) -> Timeline:
    reasons = Reasoning(pacing_target="", style_match_score=None, notes=(), objective=0, bound=0, gap=0)
    return Timeline(
        version=1,
        project_id="r",
        creator_id="c",
        rate_fps=Fraction(30),
        width_px=1080,
        height_px=1920,
        duration_frames=30 * len(shots),
        song=None,
        clips=shots,
        transitions=(),
        ai_reasoning=reasons,
    )


TWO = timeline(shot("a", 0), shot("b", 1))


def sound(spec: SoundSpec, edit: Timeline = TWO, listened: bool = True):
    recipe = Recipe(name="r", edit=EditSpec(sound=spec))
    nodes = compile_video_graph(recipe, SOURCES, [], edit, listened).nodes
    return next(node for node in nodes if node.id == "render/sound")


def test_a_song_alone_follows_from_nothing_of_the_clips():
    node = sound(SoundSpec())
    assert set(node.inputs) == {"song"}
    assert "pieces" not in node.params and "duck" not in node.params
    assert sound(SoundSpec(duck=None, clip_gain_db=3.0)) == node


def test_clips_alone_follow_from_no_song():
    node = sound(SoundSpec(clips="only"))
    assert set(node.inputs) == {f"{kind}/{name}.mp4" for kind in ("media", "info") for name in "ab"}
    assert "fade_in_s" not in node.params and "duck" not in node.params


def test_under_the_song_speech_decides_where_somebody_listened():
    node = sound(SoundSpec(clips="under"))
    assert node.inputs["speech/a.mp4"] == NodeInput(node="analyze/speech/a.mp4", output="tables.bin")
    assert node.optional_inputs == {"speech/a.mp4", "speech/b.mp4"}
    assert node.params["duck"] == asdict(DuckSpec())
    for other in (
        sound(SoundSpec(clips="under"), listened=False),
        sound(SoundSpec(clips="under", duck=None)),
        sound(SoundSpec(clips="under", duck=DuckSpec(only_speech=False))),
    ):
        assert not any(name.startswith("speech/") for name in other.inputs)


def test_a_retimed_shot_is_silent():
    slow = Retime(keys=(RetimeKey(at_frames=0, source_s=0.0), RetimeKey(at_frames=30, source_s=0.5)))
    node = sound(SoundSpec(clips="under"), timeline(shot("a", 0, retime=slow), shot("b", 1)))
    assert [one["clip"] for one in node.params["pieces"]] == ["b.mp4"]
    assert "media/a.mp4" not in node.inputs
