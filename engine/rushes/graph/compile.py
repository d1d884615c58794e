"""From recipe and footage to nodes: pure, nothing is opened here."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from os.path import splitext
from typing import Any

from rushes.analyze.spec import Analyzer
from rushes.graph.analysis import Analysis
from rushes.graph.node import FileInput, Graph, Node, NodeInput
from rushes.graph.sources import SourceFile, Sources, file_input
from rushes.graph.talk import WORDS, talk_node
from rushes.models.installed import InstalledModels
from rushes.recipe.names_used import names_used_by_edit
from rushes.recipe.spec import AnalyzerSpec, Recipe

TIMELINE = "reframe"
"""Node that gives the final timeline."""
PLAN = "reframe/plan"
"""Node that gives the timeline as the engine made it, where a user has edited it since."""
FOLD = "fold"
"""Node that folds a user's edits into that."""


_AFTER_EDIT = ("fades", "reframe", "sound", "talk", "titles", "instructions", "delete_reasons")
"""Of the section edit: what does not change which shots are chosen."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Iteration:
    """What a user made of an edit. plan: the timeline that is edited, None: the one that this graph makes. edits: the
    log of the edits; None: there are none."""

    plan: FileInput | None = None
    edits: FileInput | None = None


def compile_edit_graph(
    recipe: Recipe,
    sources: Sources,
    analysis: Analysis,
    tools: AnalysisTools,
    facts: Mapping[str, Any],
    iteration: Iteration | None = None,
) -> Graph:
    """All nodes up to the timeline, whose node is TIMELINE. facts: provenance that every row of the library states."""
    nodes: list[Node] = []
    if sources.song is not None:
        nodes.append(_song_node(recipe, sources.song, tools.analyzers))
    params = {spec.name: _analyzer_params(spec, analysis, tools) for spec in analysis.wanted}
    for clip in sources.clips:
        nodes.append(_probe_node(clip))
        beside = sources.sides.get(clip.name, ())
        nodes.extend(
            _analyze_node(clip, spec, params[spec.name], analysis, tools, beside) for spec in analysis.wanted
        )
    nodes.append(_library_node(recipe, sources, analysis, facts))
    nodes.append(_score_node(recipe, analysis))
    if recipe.edit is not None:
        nodes += _timeline_nodes(recipe, sources, analysis, iteration or Iteration())
    return Graph(tuple(nodes))


def _timeline_nodes(
    recipe: Recipe, sources: Sources, analysis: Analysis, iteration: Iteration
) -> Iterator[Node]:
    """The plan, the user's edits of it, and a crop for every shot that has none."""
    made = NodeInput(node="edit", output="timeline.json")
    if iteration.plan is None:
        yield _edit_node(recipe, sources, analysis)
    if iteration.edits is None:
        yield reframe_node(recipe, sources, analysis, iteration.plan or made)
        return
    plan: FileInput | NodeInput
    if iteration.plan is None:
        yield reframe_node(recipe, sources, analysis, made, node_id=PLAN)
        plan = NodeInput(node=PLAN, output="timeline.json")
    else:
        plan = iteration.plan
    yield Node(
        id=FOLD,
        operation="fold",
        stage="edit",
        inputs={"plan": plan, "edits": iteration.edits},
        outputs=("timeline.json",),
    )
    yield reframe_node(recipe, sources, analysis, NodeInput(node=FOLD, output="timeline.json"))


def _probe_node(clip: SourceFile) -> Node:
    return Node(
        id=probe_id(clip.name),
        operation="probe",
        stage="analyze",
        inputs={"media": file_input(clip)},
        outputs=("info.json",),
        subject=clip.name,
    )


def _analyzer_params(spec: AnalyzerSpec, analysis: Analysis, tools: AnalysisTools) -> dict[str, Any]:
    """Parameters of an analyzer's nodes: the same ones for every clip."""
    analyzer = tools.analyzers[spec.name]
    params: dict[str, Any] = {
        "analyzer": spec.name,
        "version": analyzer.version,
        "params": dict(spec.params),
        "libraries": {name: tools.versions[name] for name in sorted(analyzer.libraries)},
    }
    if analysis.models[spec.name]:
        params |= {"manifest_b3": tools.models.manifest_b3, "providers": list(tools.providers)}
    return params


def _analyze_node(
    clip: SourceFile,
    spec: AnalyzerSpec,
    params: Mapping[str, Any],
    analysis: Analysis,
    tools: AnalysisTools,
    beside: Sequence[SourceFile],
) -> Node:
    """One analyzer on one clip: fed from the clip's decode, or from what others wrote of it and what lies beside it."""
    analyzer = tools.analyzers[spec.name]
    models = analysis.models[spec.name]
    inputs: dict[str, FileInput | NodeInput] = {
        f"model/{name}": FileInput(path=tools.models.files[name].path, digest=tools.models.files[name].digest)
        for name in models
    }
    inputs["info"] = NodeInput(node=probe_id(clip.name), output="info.json")
    may_read = [name for name in analyzer.may_read if name in analysis.models]
    if analyzer.source == "clip":
        inputs["media"] = file_input(clip)
    for side in beside:
        if side.name.lower().endswith(analyzer.side_suffixes):
            inputs[f"side/{side.name}"] = file_input(side)
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
        outputs=(
            "clips.arrow",
            "segments.arrow",
            "samples.arrow",
            "cuts.arrow",
            "seen.arrow",
            "accents.arrow",
        ),
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
        inputs={"song": file_input(song)},
        outputs=("grid.json",),
        subject=song.name,
    )


def _edit_node(recipe: Recipe, sources: Sources, analysis: Analysis) -> Node:
    assert recipe.edit is not None
    if recipe.edit.talk is not None:
        return talk_node(recipe, "edit", _words(sources, analysis))
    song = sources.song
    inputs: dict[str, FileInput | NodeInput] = {
        "segments": NodeInput(node="score", output="segments.arrow"),
        "clips": NodeInput(node="score", output="clips.arrow"),
        "samples": NodeInput(node="library", output="samples.arrow"),
    }
    if any(one.name == "motion" for one in analysis.wanted):
        inputs["accents"] = NodeInput(node="library", output="accents.arrow")
    if song is not None:
        inputs["grid"] = NodeInput(node="song", output="grid.json")
    used = names_used_by_edit(recipe.edit)
    return Node(
        id="edit",
        operation="edit",
        stage="edit",
        params={
            "edit": {name: value for name, value in _plain(recipe.edit).items() if name not in _AFTER_EDIT},
            "song_spec": None if recipe.song is None else _plain(recipe.song) | {"file": None},
            "song": None if song is None else {"name": song.name, "digest": song.digest},
            "style": recipe.style,
            "thresholds": {name: value for name, value in recipe.thresholds.items() if name in used},
            "project_id": recipe.name,
            "creator_id": recipe.creator_id,
        },
        inputs=inputs,
        outputs=("timeline.json",),
    )


def _words(sources: Sources, analysis: Analysis) -> dict[str, NodeInput]:
    at_hand = [spec.name for spec in analysis.wanted if spec.name in WORDS]
    return {
        f"{name}/{clip.name}": NodeInput(node=analyze_id(name, clip.name), output="tables.bin")
        for clip in sources.clips
        for name in at_hand
    }


def reframe_node(
    recipe: Recipe,
    sources: Sources,
    analysis: Analysis,
    timeline: FileInput | NodeInput,
    node_id: str = TIMELINE,
) -> Node:
    """The final timeline: a given one, and where the crop of each of its shots is. A clip that `saliency` did not look at
    keeps the middle."""
    assert recipe.edit is not None
    at_hand = [name for name in ("saliency", "shots") if name in {one.name for one in analysis.wanted}]
    looked: dict[str, FileInput | NodeInput] = {}
    params: dict[str, Any] = {"reframe": _plain(recipe.edit.reframe)}
    if recipe.edit.talk is not None and recipe.edit.talk.punch_in is not None:
        params["punch_in_scale"] = recipe.edit.talk.punch_in.scale
    if recipe.edit.titles:
        params |= {"titles": titles_to_place(recipe, sources), "title_facts": _title_facts(recipe, sources)}
    if recipe.edit.fades.in_s or recipe.edit.fades.out_s:
        params["fades"] = _plain(recipe.edit.fades)
    if recipe.edit.reframe.mode != "centre" or "punch_in_scale" in params:
        for clip in sources.clips:
            looked[f"info/{clip.name}"] = NodeInput(node=probe_id(clip.name), output="info.json")
            for name in at_hand:
                looked[f"{name}/{clip.name}"] = NodeInput(
                    node=analyze_id(name, clip.name), output="tables.bin"
                )
    return Node(
        id=node_id,
        operation="reframe",
        stage="edit",
        params=params,
        inputs={"timeline": timeline, **looked},
        outputs=("timeline.json",),
        optional_inputs=frozenset(looked),
    )


def titles_to_place(recipe: Recipe, sources: Sources) -> list[dict[str, Any]]:
    """Titles of a recipe, each font as its name and digest: its path is no part of any key."""
    assert recipe.edit is not None
    found: list[dict[str, Any]] = []
    for title in recipe.edit.titles:
        font = None if title.font is None else sources.fonts[title.font]
        name, digest = ("", "") if font is None else (font.name, font.digest)
        found.append(_plain(title) | {"font": name, "font_digest": digest})
    return found


def _title_facts(recipe: Recipe, sources: Sources) -> dict[str, str]:
    facts = {"creator": recipe.creator_id, "recipe": recipe.name}
    return facts if sources.song is None else facts | {"song": splitext(sources.song.name)[0]}


def _plain(spec: Any) -> dict[str, Any]:
    return dataclasses.asdict(spec)
