"""What analyses are made with: the package that reads a model counts where the model is used, and only there."""

import pytest
from rushes.analyze.table import known_analyzers
from rushes.graph.analysis import plan_analysis
from rushes.models.installed import InstalledModels, ModelFile
from rushes.run import tools
from rushes.run.fingerprints import analysis_fingerprints
from rushes.run.recipe import resolve_recipe
from rushes.store.digests import DigestIndex

RECIPE = """\
schema: rushes/recipe@1
name: picks
edit: null
outputs: {video: null}
analyzers: {clip_embedding: {}, shot_type: {zero_shot: ZERO_SHOT}}
"""


@pytest.fixture
def fingerprint(tmp_path, monkeypatch):
    """The fingerprint of shot_type, with a version of tokenizers."""
    everything = {
        name: ModelFile(path=f"/{name}", digest=name[0] * 64)
        for name in ("clip_image", "clip_text", "clip_tokenizer", "yunet", "blazeface")
    }
    monkeypatch.setattr(
        tools, "_installed", lambda *_: InstalledModels(manifest_b3="m" * 64, files=everything)
    )

    def made(zero_shot, version):
        versions = {"tokenizers": version}
        monkeypatch.setattr(tools, "installed_version", lambda name: versions.get(name, "1"))
        (tmp_path / "picks.yaml").write_text(RECIPE.replace("ZERO_SHOT", zero_shot))
        table = known_analyzers()
        recipe = resolve_recipe(str(tmp_path / "picks.yaml"), table).recipe
        found = tools.analysis_tools(recipe, table, tmp_path, DigestIndex(tmp_path / "digests"))
        analysis = plan_analysis(recipe.analyzers, table, found.models)
        assert analysis.unavailable == {}
        return analysis_fingerprints(analysis, found)["shot_type"]

    return made


def test_a_new_tokenizer_makes_shot_types_by_words_anew(fingerprint):
    one, two = fingerprint("true", "0.20"), fingerprint("true", "0.21")
    assert one.document["libraries"]["tokenizers"] == "0.20"
    assert one.digest != two.digest


def test_without_words_the_tokenizer_counts_for_nothing(fingerprint):
    one, two = fingerprint("false", "0.20"), fingerprint("false", "not installed")
    assert "tokenizers" not in one.document["libraries"]
    assert one.digest == two.digest
