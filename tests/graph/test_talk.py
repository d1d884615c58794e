"""Which nodes an edit of talk has, and what their keys follow from."""

from dataclasses import replace

import pytest
from rushes.analyze.table import ANALYZERS
from rushes.graph.analysis import plan_analysis
from rushes.graph.compile import AnalysisTools, compile_edit_graph
from rushes.graph.sources import SourceFile, Sources
from rushes.models.installed import InstalledModels, ModelFile
from rushes.recipe.spec import AnalyzerSpec, EditSpec, Recipe
from rushes.recipe.talk_spec import TalkSpec

CLIP = SourceFile(name="a.mp4", path="/x/a.mp4", digest="1" * 64)
SIDE = SourceFile(name="a.srt", path="/x/a.srt", digest="2" * 64)
MODELS = InstalledModels(files={"silero_vad": ModelFile(path="/m/vad", digest="3" * 64)})


class Versions(dict):
    def __missing__(self, key):
        return "1"


def graph(edit, *sides):
    specs = tuple(AnalyzerSpec(name=name, params={}) for name in ("speech", "transcript"))
    recipe = Recipe(name="r", analyzers=specs, edit=edit)
    analysis = plan_analysis(specs, ANALYZERS, MODELS)
    sources = Sources(
        clips=(CLIP,), metadata={"a.mp4": ()}, song=None, sides={"a.mp4": sides} if sides else {}
    )
    tools = AnalysisTools(analyzers=ANALYZERS, versions=Versions(), models=MODELS)
    return {node.id: node for node in compile_edit_graph(recipe, sources, analysis, tools, {}).nodes}


def test_talk_is_edited_from_clips_and_words():
    node = graph(EditSpec(talk=TalkSpec()))["edit"]
    assert (node.operation, node.outputs) == ("talk", ("timeline.json",))
    assert set(node.inputs) == {"clips", "transcript/a.mp4"}
    assert node.optional_inputs == {"transcript/a.mp4"}


def test_a_transcript_is_made_from_the_file_beside_its_clip():
    assert (
        graph(EditSpec(talk=TalkSpec()), SIDE)["analyze/transcript/a.mp4"].inputs["side/a.srt"].digest
        == SIDE.digest
    )
    assert "side/a.srt" not in graph(EditSpec(talk=TalkSpec()), SIDE)["analyze/speech/a.mp4"].inputs


@pytest.mark.parametrize("edit", [EditSpec(talk=TalkSpec()), EditSpec()])
def test_what_is_heard_and_how_jumps_are_hidden_do_not_change_which_shots_there_are(edit):
    before = graph(edit)["edit"]
    louder = replace(edit, sound=replace(edit.sound, clips="only", crossfade_s=0.1))
    assert graph(louder)["edit"] == before
    if edit.talk is not None:
        assert graph(replace(edit, talk=replace(edit.talk, punch_in=None)))["edit"] == before
        assert graph(replace(edit, talk=replace(edit.talk, pad_after_s=0.3)))["edit"] != before


def test_the_crop_node_knows_of_punch_in_only_where_talk_is_cut():
    assert "punch_in_scale" not in graph(EditSpec())["reframe"].params
    assert graph(EditSpec(talk=TalkSpec()))["reframe"].params["punch_in_scale"] == 1.12
    assert "punch_in_scale" not in graph(EditSpec(talk=TalkSpec(punch_in=None)))["reframe"].params
