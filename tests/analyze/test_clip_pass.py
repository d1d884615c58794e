from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from made_media import texture, tone, write_clip
from rushes.analyze.clip_pass import AnalyzersBroke, analyze_clip, analyze_seen_clip
from rushes.analyze.table import ANALYZERS
from rushes.errors import MediaError
from rushes.media.probe import probe

CLIP_NAMES = tuple(
    name
    for name, analyzer in ANALYZERS.items()
    # Those with models have the same tests in their own files, where the models are.
    if analyzer.source == "clip" and not analyzer.models(analyzer.params())
)


def wanted(*names: str):
    return {name: (ANALYZERS[name], ANALYZERS[name].params()) for name in names}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    wide = texture((400, 180), 1, grain_px=16)
    frames = [wide[:, n : n + 320] for n in range(70)]
    return write_clip(tmp_path_factory.mktemp("clip") / "a.mp4", frames, sound=tone(2.3))


def test_every_analyzer_writes_the_tables_and_columns_that_it_declares(clip: Path):
    tables = analyze_clip(probe(str(clip)), wanted(*CLIP_NAMES))
    for name in CLIP_NAMES:
        columns = ANALYZERS[name].columns
        of_clip = [column.name for column in columns if not column.per_sample]
        of_samples = [column.name for column in columns if column.per_sample]
        found = dict(tables[name])
        assert found.pop("clip", pl.DataFrame()).columns == of_clip
        assert found.pop("samples", pl.DataFrame({"t_s": []})).columns == ["t_s", *of_samples]
        assert {
            table: [(column, str(kind)) for column, kind in frame.schema.items()]
            for table, frame in found.items()
        } == {table: list(columns) for table, columns in ANALYZERS[name].tables.items()}


def test_an_analyzer_finds_the_same_alone_as_among_others(clip: Path):
    info = probe(str(clip))
    together = analyze_clip(info, wanted(*CLIP_NAMES))
    for name in CLIP_NAMES:
        alone = analyze_clip(info, wanted(name))[name]
        assert all(alone[table].equals(together[name][table]) for table in alone)


def test_an_analyzer_that_breaks_costs_the_others_nothing(clip: Path, monkeypatch: pytest.MonkeyPatch):
    info, both = probe(str(clip)), wanted("shots", "quality")
    alone = analyze_clip(info, wanted("quality"))["quality"]
    monkeypatch.setattr("rushes.analyze.shots_pass.start", lambda params, info: None)
    with pytest.raises(AnalyzersBroke) as caught:
        analyze_seen_clip(info, both)
    assert [(name, type(error)) for name, error in caught.value.raised.items()] == [("shots", AttributeError)]
    assert all(alone[table].equals(frame) for table, frame in caught.value.tables["quality"].items())
    assert caught.value.seen.frame_count == 70
    with pytest.raises(AttributeError):
        analyze_clip(info, both)


def test_what_the_decode_found_out_comes_along(clip: Path):
    _, seen = analyze_seen_clip(probe(str(clip)), wanted("shots"))
    assert (seen.frame_count, seen.complete) == (70, True)


def test_a_clip_that_breaks_off_is_analysed_up_to_there(tmp_path: Path):
    frames = [texture((320, 180), n) for n in range(60)]
    path = write_clip(tmp_path / "a.mp4", frames, options={"movflags": "faststart"})
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    tables, seen = analyze_seen_clip(probe(str(path)), wanted(*CLIP_NAMES))
    assert not seen.complete
    assert tables["quality"]["samples"]["t_s"].max() < seen.decoded_duration_s < 1.7


@pytest.mark.parametrize("size_px", [(2, 2), (16, 900), (34, 18)])
def test_tiny_and_narrow_pictures_are_analysed(tmp_path: Path, size_px: tuple[int, int]):
    rng = np.random.default_rng(1)
    frames = [rng.integers(0, 256, (size_px[1], size_px[0], 3), np.uint8) for _ in range(12)]
    path = write_clip(tmp_path / "a.mkv", frames, codec="ffv1", pixel_format="yuv444p")
    tables = analyze_clip(probe(str(path)), wanted(*CLIP_NAMES))
    assert tables["quality"]["samples"].height == 2
    assert tables["keyframes"]["keyframes"].height >= 2


def test_a_clip_that_cannot_be_decoded_is_an_error(tmp_path: Path, clip: Path):
    info = probe(str(clip))
    gone = type(info)(**{**{f: getattr(info, f) for f in info.__slots__}, "path": str(tmp_path / "gone.mp4")})
    with pytest.raises(MediaError, match="there is no such file"):
        analyze_clip(gone, wanted("shots"))
