"""Recipe and sources become nodes whose keys follow from content alone."""

from dataclasses import replace

import pytest
from rushes.analyze.table import ANALYZERS
from rushes.graph.analysis import models_wanted, plan_analysis
from rushes.graph.compile import AnalysisTools, compile_edit_graph
from rushes.graph.node import FileInput, NodeInput
from rushes.graph.outputs import compile_report_graph
from rushes.graph.sources import SourceFile, Sources
from rushes.media.info import FootageFile
from rushes.models.installed import InstalledModels, ModelFile
from rushes.recipe.load import load_recipe
from rushes.run.operations.table import OPERATIONS
from rushes.run.resolve import Resolver, gather
from rushes.store.store import Store


def recipe_of(*overrides):
    return load_recipe("beat_reel", analyzers=ANALYZERS, profile=None, overrides=list(overrides)).recipe


def sources_of(*names, folder="/footage", song="song.wav", metadata=()):
    clips = [
        (FootageFile(clip=name, path=f"{folder}/{name}", metadata=metadata), f"{name}-digest")
        for name in names
    ]
    given = None if song is None else SourceFile(name=song, path=f"{folder}/{song}", digest="song-digest")
    return Sources.of(clips, given)


def compiled(recipe=None, sources=None, models=None, **other_versions):
    recipe, sources = recipe or recipe_of(), sources or sources_of("b.mp4", "a.mp4")
    versions = {library: "1" for analyzer in ANALYZERS.values() for library in analyzer.libraries}
    assert set(other_versions) <= set(versions)
    versions |= other_versions
    tools = AnalysisTools(
        analyzers=ANALYZERS,
        versions=versions,
        models=models or InstalledModels(),
        providers=recipe.run.providers,
    )
    analysis = plan_analysis(recipe.analyzers, ANALYZERS, tools.models)
    return compile_edit_graph(recipe, sources, analysis, tools, {})


def _all_models():
    wanted = models_wanted(recipe_of().analyzers, ANALYZERS)
    files = {name: ModelFile(path=f"/models/{name}", digest=f"{name}-digest") for name in wanted}
    return InstalledModels(manifest_b3="manifest", files=files)


ALL_MODELS = _all_models()


def leaf_keys(graph, tmp_path):
    """Keys of the nodes that read files only."""
    resolver = Resolver(Store(tmp_path / "store"), OPERATIONS, "")
    found = {}
    for node in graph.nodes:
        if all(isinstance(source, FileInput) for source in node.inputs.values()):
            found[node.id] = resolver.draft(node, gather(node, lambda _: None).contents).key
    return found


def test_every_input_comes_before_its_user_and_ids_are_unique():
    seen = {}
    for node in compiled().nodes:
        assert node.id not in seen
        for source in node.inputs.values():
            if isinstance(source, NodeInput):
                assert source.output in seen[source.node].outputs
        seen[node.id] = node
    assert {node.operation for node in seen.values()} <= set(OPERATIONS)


def test_clips_stand_in_the_order_of_their_names_however_they_were_found():
    one, other = sources_of("b.mp4", "a.mp4", "c/a.mp4"), sources_of("c/a.mp4", "a.mp4", "b.mp4")
    assert [clip.name for clip in one.clips] == ["a.mp4", "b.mp4", "c/a.mp4"]
    assert compiled(sources=one) == compiled(sources=other)


def test_each_clip_is_probed_once_and_each_analyzer_looks_at_it_once_in_one_batch():
    recipe = recipe_of()
    wanted = [spec.name for spec in plan_analysis(recipe.analyzers, ANALYZERS, ALL_MODELS).wanted]
    nodes = [node for node in compiled(recipe, models=ALL_MODELS).nodes if node.id.startswith("analyze/")]
    assert [node.id for node in nodes] == [
        f"analyze/{name}/{clip}" for clip in ("a.mp4", "b.mp4") for name in wanted
    ]
    assert {(node.batch, node.subject) for node in nodes} == {("a.mp4", "a.mp4"), ("b.mp4", "b.mp4")}
    assert {node.operation for node in nodes if "media" in node.inputs} == {"analyze"}
    assert {node.operation for node in nodes if "media" not in node.inputs} == {"derive"}


def test_what_no_model_allows_has_no_node_and_the_library_says_why():
    graph = compiled()
    assert {node.id.split("/")[1] for node in graph.nodes if node.id.startswith("analyze/")} == {
        "quality",
        "motion",
        "shots",
        "keyframes",
        "loudness",
        "detail",
        "saliency",
    }
    (library,) = [node for node in graph.nodes if node.id == "library"]
    assert library.params["unavailable"]["emotion"] == "the model yunet is not installed"
    assert "emotion" in library.params["analyzers"]


def dependants(graph, changed):
    """Ids of the nodes that differ, and of those that read what they write."""
    other = {node.id: node for node in changed.nodes}
    stale = set()
    for node in graph.nodes:
        reads = {given.node for given in node.inputs.values() if isinstance(given, NodeInput)}
        if node != other[node.id] or reads & stale:
            stale.add(node.id)
    return {name.split("/")[1] for name in stale if name.startswith("analyze/") and name.endswith("/a.mp4")}


FACES = {"face_detection", "faces", "expressions", "emotion", "shot_type", "saliency"}
WITH_MODELS = {*FACES, "bodies", "voice_activity", "speech", "audio_events"}


def other_model(name):
    files = {**ALL_MODELS.files, name: ModelFile(path="", digest="other")}
    return replace(ALL_MODELS, files=files)


@pytest.mark.parametrize(
    ("models", "stale"),
    [
        (other_model("yunet"), FACES),
        (other_model("mini_xception"), {"expressions", "emotion"}),
        (other_model("silero_vad"), {"voice_activity", "speech"}),
        (other_model("yamnet"), {"audio_events"}),
        (other_model("yolox_nano"), {"bodies", "shot_type", "saliency"}),
        (replace(ALL_MODELS, manifest_b3="other"), WITH_MODELS),
    ],
    ids=["yunet", "mini_xception", "silero_vad", "yamnet", "yolox_nano", "the manifest"],
)
def test_a_model_makes_exactly_what_depends_on_it_stale(models, stale):
    assert dependants(compiled(models=ALL_MODELS), compiled(models=models)) == stale


PICTURES = {"quality", "motion", "shots", "keyframes", "detail"}


@pytest.mark.parametrize(
    ("library", "stale"),
    [
        ("onnxruntime", WITH_MODELS),
        ("opencv-python-headless", {*PICTURES, *FACES, "bodies"}),
        ("av", {*PICTURES, *WITH_MODELS, "loudness"}),
    ],
)
def test_a_version_of_a_library_makes_exactly_what_depends_on_it_stale(library, stale):
    other = compiled(models=ALL_MODELS, **{library: "2"})
    assert dependants(compiled(models=ALL_MODELS), other) == stale


def own_keys(graph, folder):
    """Keys of all nodes, as if nothing that others write had changed."""
    resolver = Resolver(Store(folder / "store"), OPERATIONS, "")
    found = {}
    for node in graph.nodes:
        given = {
            name: source.digest if isinstance(source, FileInput) else "as before"
            for name, source in node.inputs.items()
        }
        found[node.id] = resolver.draft(node, given).key
    return found


@pytest.mark.parametrize(
    ("library", "operations"),
    [
        ("onnxruntime", set()),
        ("opencv-python-headless", set()),
        ("av", {"song", "probe", "analyze"}),
        ("polars", {"analyze", "derive", "library", "score", "edit", "reframe"}),
    ],
)
def test_a_version_of_a_library_that_an_operation_uses_itself_enters_its_keys(
    library, operations, tmp_path, monkeypatch
):
    graph, versions = compiled(models=ALL_MODELS), {}
    monkeypatch.setattr("rushes.run.resolve.installed_version", lambda name: versions.get(name, "1"))
    before = own_keys(graph, tmp_path)
    versions[library] = "2"
    after = own_keys(graph, tmp_path)
    assert {node.operation for node in graph.nodes if before[node.id] != after[node.id]} == operations
    assert all(before[node.id] != after[node.id] for node in graph.nodes if node.operation in operations)


@pytest.mark.parametrize(
    ("change", "stale"),
    [
        ("+analyzers.emotion.smile_happiness_01=0.7", {"emotion"}),
        ("+analyzers.speech.threshold_01=0.6", {"speech"}),
        ("+analyzers.faces.min_confidence_01=0.8", {"faces", "emotion", "shot_type", "saliency"}),
        ("+analyzers.face_detection.rate_hz=2", FACES),
        ("+analyzers.motion.sample_hz=4", {"motion", "shot_type"}),
        ("run.providers=[cuda]", WITH_MODELS),
    ],
)
def test_a_parameter_makes_exactly_what_depends_on_it_stale(change, stale):
    before, after = (compiled(recipe_of(*sets), models=ALL_MODELS) for sets in ((), (change,)))
    assert dependants(before, after) == stale


def test_a_changed_smile_decodes_nothing():
    before = compiled(recipe_of(), models=ALL_MODELS)
    after = compiled(recipe_of("+analyzers.emotion.smile_happiness_01=0.7"), models=ALL_MODELS)
    other = {node.id: node for node in after.nodes}
    changed = [node for node in before.nodes if node != other[node.id]]
    assert {node.operation for node in changed} == {"derive"}
    assert all("media" not in node.inputs for node in changed)


def test_a_clip_that_fails_does_not_fail_the_library():
    (library,) = [node for node in compiled().nodes if node.id == "library"]
    assert library.optional_inputs == frozenset(library.inputs)


def test_the_song_is_looked_at_first_so_that_it_is_done_when_the_clips_are():
    assert compiled().nodes[0].id == "song"
    assert "song" not in {node.id for node in compiled(sources=sources_of("a.mp4", song=None)).nodes}


def test_no_edit_means_no_edit_node():
    assert "edit" not in {node.id for node in compiled(recipe_of("edit=null", "outputs.video=null")).nodes}


def test_neither_path_nor_name_of_a_clip_is_part_of_its_keys(tmp_path):
    here = leaf_keys(compiled(sources=sources_of("a.mp4", folder="/here")), tmp_path)
    there = leaf_keys(compiled(sources=sources_of("a.mp4", folder="/there")), tmp_path)
    assert here == there
    other = sources_of("z.mp4")
    renamed = replace(other, clips=(replace(other.clips[0], digest="a.mp4-digest"),))
    assert leaf_keys(compiled(sources=renamed), tmp_path)["probe/z.mp4"] == here["probe/a.mp4"]


def test_other_bytes_or_another_song_give_other_keys(tmp_path):
    sources = sources_of("a.mp4")
    changed = replace(
        sources,
        clips=(replace(sources.clips[0], digest="other"),),
        song=replace(sources.song, digest="other"),
    )
    before, after = (
        leaf_keys(compiled(sources=sources), tmp_path),
        leaf_keys(compiled(sources=changed), tmp_path),
    )
    assert set(before) == set(after) == {"probe/a.mp4", "song"}
    assert all(before[name] != after[name] for name in before)


CHANGES = {
    "edit.duration_s=12": {"edit"},
    "edit.seed=4": {"edit"},
    "edit.fades.in_s=1": {"reframe"},
    "edit.fades.out_s=0.5": {"reframe"},
    "thresholds.usable_s=0.7": {"score"},
    "scores.heuristic_score.terms.motion.weight=0.5": {"score"},
    "outputs.video.quality=low": set(),
    "outputs.report.title=Sunday": set(),
    "run.clip_limit_s=9": set(),
    "song.fade_out_s=2": {"edit"},
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_setting_changes_the_nodes_that_it_is_about(change):
    before = {node.id: node for node in compiled().nodes}
    after = {node.id: node for node in compiled(recipe_of(change)).nodes}
    assert {name for name in before if before[name] != after[name]} == CHANGES[change]


def test_the_parameters_of_an_analyzer_change_that_analyzer_alone():
    before = {node.id: node for node in compiled().nodes}
    after = {node.id: node for node in compiled(recipe_of("+analyzers.shots.min_shot_s=0.4")).nodes}
    assert {name for name in before if before[name] != after[name]} == {
        "analyze/shots/a.mp4",
        "analyze/shots/b.mp4",
    }


def test_the_report_takes_thumbnails_where_there_are_key_frames():
    sources = sources_of("a.mp4")
    (node,) = compile_report_graph(recipe_of(), sources, facts={}, has_video=True).nodes
    assert node.optional_inputs == {"keyframes/a.mp4"}
    assert "preview" in node.inputs
    (node,) = compile_report_graph(recipe_of(), sources, facts={}, has_video=False).nodes
    assert "preview" not in node.inputs


def node_of(graph, name):
    return next(node for node in graph.nodes if node.id == name)


def test_the_crop_reads_what_was_seen_of_every_clip_and_the_edit_does_not_know_of_it():
    graph = compiled()
    node = node_of(graph, "reframe")
    assert set(node.inputs) == {
        "timeline",
        *(f"{name}/{clip}" for name in ("info", "saliency", "shots") for clip in ("a.mp4", "b.mp4")),
    }
    assert node.optional_inputs == set(node.inputs) - {"timeline"}
    slower = compiled(recipe_of("edit.reframe.max_speed_per_s=0.1"))
    assert node_of(slower, "edit") == node_of(graph, "edit")
    assert node_of(slower, "reframe") != node


def test_a_crop_in_the_middle_reads_the_timeline_alone():
    centre = compiled(recipe_of("edit.reframe.mode=centre"))
    assert set(node_of(centre, "reframe").inputs) == {"timeline"}
