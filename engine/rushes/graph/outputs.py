"""From a timeline to nodes that make the video and the report: pure, nothing is opened here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from typing import Any

from rushes.emit.sound_pieces import sound_pieces
from rushes.graph.compile import analyze_id, probe_id
from rushes.graph.node import FileInput, Graph, Node, NodeInput
from rushes.graph.sources import SourceFile, Sources, file_input
from rushes.recipe.sound_spec import SoundSpec
from rushes.recipe.spec import Recipe, SongSpec
from rushes.timeline.tree import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentJob:
    """One part of the video to encode: the renderer's own JSON spec and the clips it shows."""

    spec: Mapping[str, Any]
    clips: tuple[str, ...]
    frames: int
    fonts: tuple[str, ...] = ()
    """Digests of the font files of its titles."""
    libraries: Mapping[str, str] = field(default_factory=dict[str, str])
    """Versions of what draws its titles; they are part of its key."""


def compile_video_graph(
    recipe: Recipe,
    sources: Sources,
    jobs: Sequence[SegmentJob],
    timeline: Timeline,
    listened: bool = False,
) -> Graph:
    """Nodes from the timeline to the video: a segment each, the sound, the join and the report's preview.

    listened: the analyzer `speech` is at hand, and may tell the song when to step back. The same shot at another place has the same spec, so its node has the same key and is not encoded again.
    """
    assert recipe.outputs.video is not None
    by_name = {clip.name: clip for clip in sources.clips}
    fonts = {font.digest: font for font in sources.fonts.values()}
    numbered = [
        (number, job, _segment_node(number, job, by_name, fonts)) for number, job in enumerate(jobs, 1)
    ]
    sound = _sound_node(recipe, sources, timeline, listened)
    # The longest first: two cores then end at nearly the same time.
    longest_first = sorted(numbered, key=lambda item: (-item[1].frames, item[0]))
    nodes = [node for _, _, node in longest_first] + [sound]
    nodes.append(
        _join_node("render/video", "video.mp4", recipe, timeline, [node for _, _, node in numbered], sound)
    )
    if recipe.outputs.report is not None and recipe.outputs.report.embed_video == "preview":
        small = [_preview_node(number, node) for number, _, node in numbered]
        nodes += small
        nodes.append(_join_node("render/preview", "preview.mp4", recipe, timeline, small, sound))
    return Graph(tuple(nodes))


def _join_node(
    name: str, output: str, recipe: Recipe, timeline: Timeline, segments: Sequence[Node], sound: Node
) -> Node:
    inputs: dict[str, FileInput | NodeInput] = {
        f"segment/{number:04d}": NodeInput(node=node.id, output=node.outputs[0])
        for number, node in enumerate(segments, 1)
    }
    inputs["sound"] = NodeInput(node=sound.id, output=sound.outputs[0])
    return Node(
        id=name,
        operation="join",
        stage="render",
        params={
            "frames": timeline.duration_frames,
            "rate_fps": str(timeline.rate_fps),
            "tags": {"title": recipe.name},
        },
        inputs=inputs,
        outputs=(output,),
    )


def _preview_node(number: int, segment: Node) -> Node:
    return Node(
        id=f"render/preview/{number:04d}",
        operation="preview",
        stage="render",
        inputs={"video": NodeInput(node=segment.id, output=segment.outputs[0])},
        outputs=("preview.mp4",),
        subject=segment.subject,
    )


def _segment_node(
    number: int, job: SegmentJob, by_name: Mapping[str, SourceFile], fonts: Mapping[str, SourceFile]
) -> Node:
    inputs: dict[str, FileInput | NodeInput] = {
        f"font/{digest}": file_input(fonts[digest]) for digest in job.fonts
    }
    for clip in job.clips:
        inputs[f"media/{clip}"] = file_input(by_name[clip])
        inputs[f"info/{clip}"] = NodeInput(node=probe_id(clip), output="info.json")
    return Node(
        id=f"render/segment/{number:04d}",
        operation="segment",
        stage="render",
        params={"spec": job.spec} | ({"libraries": dict(job.libraries)} if job.libraries else {}),
        inputs=inputs,
        outputs=("segment.mp4",),
        subject=job.clips[0],
    )


def _sound_node(recipe: Recipe, sources: Sources, timeline: Timeline, listened: bool) -> Node:
    video, own = recipe.outputs.video, SoundSpec() if recipe.edit is None else recipe.edit.sound
    assert video is not None
    params: dict[str, Any] = {
        "duration_s": str(timeline.duration_frames / timeline.rate_fps),
        "loudness_lufs": video.loudness_lufs,
        "true_peak_db": video.true_peak_db,
    }
    inputs: dict[str, FileInput | NodeInput] = {}
    song = None if own.clips == "only" else sources.song
    if own.clips != "only":
        spec = recipe.song or SongSpec()
        params |= {
            "start_s": str(Fraction(str(timeline.song.start_s))) if timeline.song else "0",
            "fade_in_s": spec.fade_in_s,
            "fade_out_s": spec.fade_out_s,
        }
    if song is not None:
        inputs["song"] = file_input(song)
    heard = set[str]()
    if own.clips != "none":
        pieces = sound_pieces(timeline, Fraction(str(own.crossfade_s)))
        clips = sorted({piece.clip for piece in pieces})
        params["pieces"] = [piece.to_json() for piece in pieces]
        inputs |= _clip_inputs(clips, sources)
        if own.clips == "under":
            params |= {
                "clip_gain_db": own.clip_gain_db,
                "duck": None if own.duck is None else asdict(own.duck),
            }
            if own.duck is not None and own.duck.only_speech and listened:
                heard = {f"speech/{clip}" for clip in clips}
                inputs |= {
                    f"speech/{clip}": NodeInput(node=analyze_id("speech", clip), output="tables.bin")
                    for clip in clips
                }
    return Node(
        id="render/sound",
        operation="sound",
        stage="render",
        params=params,
        inputs=inputs,
        outputs=("sound.m4a",),
        optional_inputs=frozenset(heard),
        subject="" if song is None else song.name,
    )


def _clip_inputs(clips: Sequence[str], sources: Sources) -> dict[str, FileInput | NodeInput]:
    """What else the shots of these clips look like does not matter to their sound."""
    by_name = {clip.name: clip for clip in sources.clips}
    inputs: dict[str, FileInput | NodeInput] = {}
    for clip in clips:
        inputs[f"media/{clip}"] = file_input(by_name[clip])
        inputs[f"info/{clip}"] = NodeInput(node=probe_id(clip), output="info.json")
    return inputs


def compile_report_graph(
    recipe: Recipe, sources: Sources, *, facts: Mapping[str, Any], has_video: bool
) -> Graph:
    """The report, from everything before it. facts: what the run knows and no node holds (warnings, failures, ...)."""
    assert recipe.outputs.report is not None
    inputs: dict[str, FileInput | NodeInput] = {
        "clips": NodeInput(node="score", output="clips.arrow"),
        "segments": NodeInput(node="score", output="segments.arrow"),
    }
    if recipe.edit is not None:
        inputs["timeline"] = NodeInput(node="reframe", output="timeline.json")
    if has_video and recipe.outputs.report.embed_video == "preview":
        inputs["preview"] = NodeInput(node="render/preview", output="preview.mp4")
    pictures = frozenset[str]()
    if any(spec.name == "keyframes" for spec in recipe.analyzers):
        for clip in sources.clips:
            inputs[f"keyframes/{clip.name}"] = NodeInput(
                node=analyze_id("keyframes", clip.name), output="tables.bin"
            )
        pictures = frozenset(name for name in inputs if name.startswith("keyframes/"))
    return Graph(
        (
            Node(
                id="report",
                operation="report",
                stage="report",
                params=facts,
                inputs=inputs,
                outputs=("report.html",),
                optional_inputs=pictures,
            ),
        )
    )
