import pytest
from command_line import rushes
from made_media import gray, write_clip
from rushes.analyze.table import ANALYZERS
from rushes.errors import MediaError
from rushes.media.info import FootageFile
from rushes.recipe.spec import AnalyzerSpec
from rushes.run.side_files import read_side_files, side_files, side_files_of
from rushes.store.digests import DigestIndex

TRANSCRIPT = (AnalyzerSpec(name="transcript", params={}),)
SRT = "1\n00:00:00,100 --> 00:00:00,900\nSo um\n"


@pytest.fixture
def folder(tmp_path):
    of_a = ("a.mp4", "a.srt", "a.en.VTT", "a.mp4.json")
    others = ("a.txt", "a.b1.srt", "ab.srt", "a.part-one-of-it.srt", "sub/a.mp4", "b.mov", "b.srt")
    names = (*of_a, *others)
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def found(folder, clips, specs=TRANSCRIPT):
    files = [(FootageFile(clip=clip, path=f"{folder}/{clip}"), "0") for clip in clips]
    sides = side_files(files, specs, ANALYZERS, DigestIndex(folder / "digests.index"))
    return {clip: [source.name for source in sources] for clip, sources in sides.items()}


def test_files_that_are_called_as_their_clip_belong_to_it(folder):
    assert found(folder, ["a.mp4", "b.mov", "sub/a.mp4"]) == {
        "a.mp4": ["a.en.VTT", "a.mp4.json", "a.srt"],
        "b.mov": ["b.srt"],
    }


def test_nothing_is_looked_for_where_no_analyzer_reads_any(folder):
    assert found(folder, ["a.mp4"], (AnalyzerSpec(name="quality", params={}),)) == {}


def test_they_are_read_in_the_order_of_the_suffixes(folder):
    paths = side_files_of(str(folder / "a.mp4"), (".json", ".vtt", ".srt"))
    assert list(read_side_files(paths, (".json", ".vtt", ".srt"))) == ["a.mp4.json", "a.en.VTT", "a.srt"]
    assert read_side_files(paths, (".srt", ".vtt", ".json"))["a.srt"] == b"a.srt"


def test_one_that_is_no_file_ends_the_run(folder):
    (folder / "b.json").mkdir()
    with pytest.raises(MediaError, match=r"b\.json"):
        found(folder, ["b.mov"])


def test_inspect_reads_the_transcript_beside_a_clip(tmp_path):
    write_clip(tmp_path / "a.mp4", [gray(90)] * 30)
    (tmp_path / "a.en.srt").write_text(SRT)
    ended = rushes("inspect", tmp_path / "a.mp4", "--analyzers", "transcript", "--json")
    assert ended.code == 0, ended.err
    assert (ended.json["language"], ended.json["word_count"]) == ("en", 2.0)
