"""From recipe and footage to nodes: pure, nothing is opened here."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from rushes.analyze.spec import Analyzer
from rushes.graph.analysis import Analysis
from rushes.graph.node import FileInput, Graph, Node, NodeInput
from rushes.media.info import FootageFile
from rushes.models.installed import InstalledModels
from rushes.recipe.spec import AnalyzerSpec, Recipe, SongSpec
from rushes.timeline.tree import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file of the user's with the BLAKE3 of its bytes. `name` is how outputs call it; `path` never enters a key."""

    name: str
    path: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Everything that the graph reads from outside: clips sorted by name, with their metadata, and the song."""

    clips: tuple[SourceFile, ...]
    metadata: Mapping[str, tuple[tuple[str, str], ...]]
    song: SourceFile | None

    @staticmethod
    def of(clips: Sequence[tuple[FootageFile, str]], song: SourceFile | None) -> Sources:
        """From found files and their digests."""
        ordered = sorted(clips, key=lambda pair: pair[0].clip)
        return Sources(
            clips=tuple(SourceFile(name=f.clip, path=f.path, digest=digest) for f, digest in ordered),
            metadata={f.clip: f.metadata for f, _ in ordered},
            song=song,
        )


def _file(source: SourceFile) -> FileInput:
    return FileInput(path=source.path, digest=source.digest)


def probe_id(clip: str) -> str:
    """Node that reads a clip's header."""
    return f"probe/{clip}"


def analyze_id(analyzer: str, clip: str) -> str:
    """Node that holds one analyzer's tables of one clip."""
    return f"analyze/{analyzer}/{clip}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisTools:
    """What analyses are made with: rows of the table, installed versions of libraries, models and where they run."""

    analyzers: Mapping[str, Analyzer]
    versions: Mapping[str, str]
    """Of every library that an analyzer of the recipe names; they are part of its key."""
    models: InstalledModels = field(default_factory=InstalledModels)
    providers: tuple[str, ...] = ("cpu",)


def compile_edit_graph(
    recipe: Recipe, sources: Sources, analysis: Analysis, tools: AnalysisTools, facts: Mapping[str, Any]
) -> Graph:
    """All nodes up to the timeline. facts: provenance that every row of the library states."""
    nodes: list[Node] = []
    if sources.song is not None:
        nodes.append(_song_node(recipe, sources.song, tools.analyzers))
    for clip in sources.clips:
        nodes.append(_probe_node(clip))
        nodes.extend(_analyze_node(clip, spec, analysis, tools) for spec in analysis.wanted)
    nodes.append(_library_node(recipe, sources, analysis, facts))
    nodes.append(_score_node(recipe, analysis))
    if recipe.edit is not None:
        nodes.append(_edit_node(recipe, sources.song))
        edited = NodeInput(node="edit", output="timeline.json")
        nodes.append(reframe_node(recipe, sources, analysis, edited))
    return Graph(tuple(nodes))


def _probe_node(clip: SourceFile) -> Node:
    return Node(
        id=probe_id(clip.name),
        operation="probe",
        stage="analyze",
        inputs={"media": _file(clip)},
        outputs=("info.json",),
        subject=clip.name,
    )


def _analyze_node(clip: SourceFile, spec: AnalyzerSpec, analysis: Analysis, tools: AnalysisTools) -> Node:
    """One analyzer on one clip: fed from the clip's decode, or from what others wrote of it."""
    analyzer = tools.analyzers[spec.name]
    models = analysis.models[spec.name]
    params: dict[str, Any] = {
        "analyzer": spec.name,
        "version": analyzer.version,
        "params": dict(spec.params),
        "libraries": {name: tools.versions[name] for name in sorted(analyzer.libraries)},
    }
    if models:
        params |= {"manifest_b3": tools.models.manifest_b3, "providers": list(tools.providers)}
    inputs: dict[str, FileInput | NodeInput] = {
        f"model/{name}": FileInput(path=tools.models.files[name].path, digest=tools.models.files[name].digest)
        for name in models
    }
    inputs["info"] = NodeInput(node=probe_id(clip.name), output="info.json")
    may_read = [name for name in analyzer.may_read if name in analysis.models]
    if analyzer.source == "clip":
        inputs["media"] = _file(clip)
    for name in (*analyzer.reads, *may_read):
        inputs[f"tables/{name}"] = NodeInput(node=analyze_id(name, clip.name), output="tables.bin")
    return Node(
        id=analyze_id(spec.name, clip.name),
        operation="analyze" if analyzer.source == "clip" else "derive",
        stage="analyze",
        params=params,
        inputs=inputs,
        outputs=("tables.bin",),
        optional_inputs=frozenset(f"tables/{name}" for name in may_read),
        batch=clip.name,
        subject=clip.name,
    )


def _library_node(recipe: Recipe, sources: Sources, analysis: Analysis, facts: Mapping[str, Any]) -> Node:
    inputs: dict[str, FileInput | NodeInput] = {}
    at_hand = [name for name in analysis.named if name not in analysis.unavailable]
    for clip in sources.clips:
        inputs[f"info/{clip.name}"] = NodeInput(node=probe_id(clip.name), output="info.json")
        for name in at_hand:
            inputs[f"{name}/{clip.name}"] = NodeInput(node=analyze_id(name, clip.name), output="tables.bin")
    return Node(
        id="library",
        operation="library",
        stage="analyze",
        params={
            "clips": [
                {"clip": clip.name, "digest": clip.digest, "metadata": dict(sources.metadata[clip.name])}
                for clip in sources.clips
            ],
            "analyzers": list(analysis.named),
            "unavailable": {
                name: problem.what
                for name, problem in sorted(analysis.unavailable.items())
                if name in analysis.named
            },
            "metadata": sorted(recipe.footage.metadata),
            "segments": dataclasses.asdict(recipe.segments),
            "provenance": dict(facts),
        },
        inputs=inputs,
        outputs=("clips.arrow", "segments.arrow", "samples.arrow", "cuts.arrow", "seen.arrow"),
        optional_inputs=frozenset(inputs),
    )


def rank_by(recipe: Recipe) -> str | None:
    """The score that orders clips: the edit's, else the last, which may be made of those before it; None where the
    recipe has none."""
    if recipe.edit is not None and recipe.edit.score in {score.name for score in recipe.scores}:
        return recipe.edit.score
    return recipe.scores[-1].name if recipe.scores else None


def _score_node(recipe: Recipe, analysis: Analysis) -> Node:
    return Node(
        id="score",
        operation="score",
        stage="score",
        params={
            "analyzers": list(analysis.named),
            "features": [_plain(feature) for feature in recipe.features],
            "personal": None if recipe.personal is None else _plain(recipe.personal),
            "scores": [_plain(score) for score in recipe.scores],
            "rules": [_plain(rule) for rule in recipe.rules],
            "thresholds": dict(recipe.thresholds),
            "rank_by": rank_by(recipe),
            "max_reasons": recipe.outputs.max_reasons,
            "badges": {
                "high_01": recipe.outputs.badges.high_01,
                "medium_01": recipe.outputs.badges.medium_01,
            },
        },
        inputs={
            name: NodeInput(node="library", output=f"{name}.arrow")
            for name in ("clips", "segments", "samples", "cuts")
        },
        outputs=("clips.arrow", "segments.arrow", "counts.json", "ranking.json"),
    )


def _song_node(recipe: Recipe, song: SourceFile, analyzers: Mapping[str, Analyzer]) -> Node:
    specs = [spec for spec in recipe.analyzers if analyzers[spec.name].source == "song"]
    beats = next((spec for spec in specs if spec.name == "beats"), None)
    return Node(
        id="song",
        operation="song",
        stage="analyze",
        params={
            "version": analyzers["beats"].version,
            "params": dict(beats.params) if beats is not None else {},
        },
        inputs={"song": _file(song)},
        outputs=("grid.json",),
        subject=song.name,
    )


def _edit_node(recipe: Recipe, song: SourceFile | None) -> Node:
    assert recipe.edit is not None
    inputs: dict[str, FileInput | NodeInput] = {
        "segments": NodeInput(node="score", output="segments.arrow"),
        "clips": NodeInput(node="score", output="clips.arrow"),
        "samples": NodeInput(node="library", output="samples.arrow"),
    }
    if song is not None:
        inputs["grid"] = NodeInput(node="song", output="grid.json")
    return Node(
        id="edit",
        operation="edit",
        stage="edit",
        params={
            # The crop is chosen after the edit.
            "edit": {name: value for name, value in _plain(recipe.edit).items() if name != "reframe"},
            "song_spec": None if recipe.song is None else _plain(recipe.song) | {"file": None},
            "song": None if song is None else {"name": song.name, "digest": song.digest},
            "style": recipe.style,
            "project_id": recipe.name,
            "creator_id": recipe.creator_id,
        },
        inputs=inputs,
        outputs=("timeline.json",),
    )


def reframe_node(
    recipe: Recipe, sources: Sources, analysis: Analysis, timeline: FileInput | NodeInput
) -> Node:
    """The final timeline: a given one, and where the crop of each of its shots is. A clip that `saliency` did not look at
    keeps the middle."""
    assert recipe.edit is not None
    at_hand = [name for name in ("saliency", "shots") if name in {one.name for one in analysis.wanted}]
    looked: dict[str, FileInput | NodeInput] = {}
    if recipe.edit.reframe.mode != "centre":
        for clip in sources.clips:
            looked[f"info/{clip.name}"] = NodeInput(node=probe_id(clip.name), output="info.json")
            for name in at_hand:
                looked[f"{name}/{clip.name}"] = NodeInput(
                    node=analyze_id(name, clip.name), output="tables.bin"
                )
    return Node(
        id="reframe",
        operation="reframe",
        stage="edit",
        params={"reframe": _plain(recipe.edit.reframe)},
        inputs={"timeline": timeline, **looked},
        outputs=("timeline.json",),
        optional_inputs=frozenset(looked),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentJob:
    """One part of the video to encode: the renderer's own JSON spec and the clips it shows."""

    spec: Mapping[str, Any]
    clips: tuple[str, ...]
    frames: int


def compile_video_graph(
    recipe: Recipe, sources: Sources, jobs: Sequence[SegmentJob], timeline: Timeline
) -> Graph:
    """Nodes from the timeline to the video: a segment each, the sound, the join and the report's preview.

    The same shot at another place has the same spec, so its node has the same key and is not encoded again.
    """
    assert recipe.outputs.video is not None
    by_name = {clip.name: clip for clip in sources.clips}
    numbered = [(number, job, _segment_node(number, job, by_name)) for number, job in enumerate(jobs, 1)]
    sound = _sound_node(recipe, sources.song, timeline)
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


def _segment_node(number: int, job: SegmentJob, by_name: Mapping[str, SourceFile]) -> Node:
    inputs: dict[str, FileInput | NodeInput] = {}
    for clip in job.clips:
        inputs[f"media/{clip}"] = _file(by_name[clip])
        inputs[f"info/{clip}"] = NodeInput(node=probe_id(clip), output="info.json")
    return Node(
        id=f"render/segment/{number:04d}",
        operation="segment",
        stage="render",
        params={"spec": job.spec},
        inputs=inputs,
        outputs=("segment.mp4",),
        subject=job.clips[0],
    )


def _sound_node(recipe: Recipe, song: SourceFile | None, timeline: Timeline) -> Node:
    video, spec = recipe.outputs.video, recipe.song or SongSpec()
    assert video is not None
    return Node(
        id="render/sound",
        operation="sound",
        stage="render",
        params={
            "start_s": str(Fraction(str(timeline.song.start_s))) if timeline.song else "0",
            "duration_s": str(timeline.duration_frames / timeline.rate_fps),
            "fade_in_s": spec.fade_in_s,
            "fade_out_s": spec.fade_out_s,
            "loudness_lufs": video.loudness_lufs,
            "true_peak_db": video.true_peak_db,
        },
        inputs={} if song is None else {"song": _file(song)},
        outputs=("sound.m4a",),
        subject="" if song is None else song.name,
    )


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


def _plain(spec: Any) -> dict[str, Any]:
    return dataclasses.asdict(spec)
