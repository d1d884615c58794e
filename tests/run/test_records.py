"""Records: what a run found, as the library file keeps it."""

from dataclasses import dataclass

import polars as pl
from rushes.analyze.spec import Analyzer, Column, no_wishes
from rushes.graph.analysis import plan_analysis
from rushes.graph.sources import Sources
from rushes.media.faults import NO_SOUND_DECODES
from rushes.media.info import FootageFile
from rushes.media.wishes import SoundWish, Wishes
from rushes.models.installed import InstalledModels
from rushes.recipe.spec import AnalyzerSpec
from rushes.run.fingerprints import Fingerprint
from rushes.run.records import Failure, analysis_failures, clip_records, documents
from rushes.run.results import NodeResult
from rushes.store.library_file import AnalyzerResult, LibraryFile


@dataclass(frozen=True)
class NoParams:
    pass


def analyzer(name, *columns, models=(), wishes=no_wishes, source="clip", reads=(), may_read=()):
    return Analyzer(
        name=name,
        version=1,
        source=source,
        params=NoParams,
        wishes=wishes,
        reads=reads,
        may_read=may_read,
        start="x:y",
        columns=tuple(Column(name=column, type=kind, says="") for column, kind in columns),
        models=lambda params: models,
    )


TABLE = {
    one.name: one
    for one in (
        analyzer("quality", ("sharpness_01", "number"), ("kind", "text")),
        analyzer("speech", ("speech_percent", "number"), ("speech_ranges", "list")),
        analyzer("saliency"),
        analyzer("faces", ("face_count_max", "number"), models=("yunet",)),
    )
}
ANALYSIS = plan_analysis(
    [AnalyzerSpec(name=name, params={}) for name in TABLE], TABLE, InstalledModels(manifest_b3="m")
)
FINGERPRINTS = {
    name: Fingerprint(name[0] * 64, {"analyzer": name}) for name in ("quality", "speech", "saliency")
}
SOURCES = Sources.of(
    [
        (FootageFile(clip=name, path=f"/shoot/{name}", metadata=metadata), name[0] * 64)
        for name, metadata in (("b.mp4", (("angle", "side"),)), ("a.mp4", ()), ("c.mp4", ()))
    ],
    None,
)
SIZES = {"a.mp4": 10, "b.mp4": 20, "c.mp4": 30}
ROWS = {
    "clip": ["a.mp4", "b.mp4"],
    "digest": ["a" * 64, "b" * 64],
    "duration_s": [4.0, 5.5],
    "clip_duration_s": [4.0, 5.5],
    "width_px": [1080.0, None],
    "height_px": [1920.0, 720.0],
    "rate_fps": [29.97, 25.0],
    "has_audio": [True, False],
    "complete": [True, False],
    "partial": [True, True],
    "angle": [None, "side"],
    "sharpness_01": [0.5, None],
    "kind": ["static", None],
    "speech_percent": [None, 12.5],
    "speech_ranges": [None, [{"start_s": 0.5, "end_s": 1.25}]],
    "face_count_max": [None, None],
    "failures": [["speech: no sound could be read"], []],
}
FRAME = pl.DataFrame(ROWS, schema_overrides={"face_count_max": pl.Float64})
FAILURES = {
    "a.mp4": {"speech": Failure("no sound could be read")},
    "b.mp4": {"saliency": Failure("gave up after 5 s", transient=True)},
    "c.mp4": dict.fromkeys(FINGERPRINTS, Failure("the file is damaged")),
}


UNNAMED = FRAME.select("clip")


def records(frame=FRAME, seen=UNNAMED):
    return clip_records(frame, seen, SOURCES, SIZES, ANALYSIS, TABLE, FINGERPRINTS, FAILURES)


def test_every_clip_has_a_record_in_the_order_of_the_sources():
    assert [(one.digest[0], one.name, one.path, one.bytes) for one in records()] == [
        ("a", "a.mp4", "/shoot/a.mp4", 10),
        ("b", "b.mp4", "/shoot/b.mp4", 20),
        ("c", "c.mp4", "/shoot/c.mp4", 30),
    ]


def test_facts_are_the_built_in_columns_of_the_clip_itself():
    found = records()[1]
    assert found.facts == {
        "duration_s": 5.5,
        "clip_duration_s": 5.5,
        "width_px": None,
        "height_px": 720.0,
        "rate_fps": 25.0,
        "has_audio": False,
        "complete": False,
    }
    assert found.metadata == {"angle": "side"}


def test_each_analyzer_keeps_its_own_columns_lists_as_json():
    found = records()[1].results
    assert found["quality"].columns == {"sharpness_01": None, "kind": None}
    assert found["speech"] == AnalyzerResult(
        fingerprint="s" * 64,
        state="ok",
        columns={"speech_percent": 12.5, "speech_ranges": [{"start_s": 0.5, "end_s": 1.25}]},
    )


def test_an_analyzer_without_columns_is_known_to_have_run():
    assert records()[0].results["saliency"] == AnalyzerResult(fingerprint="s" * 64, state="ok")


def test_a_failure_has_its_reason_and_no_columns():
    assert records()[0].results["speech"] == AnalyzerResult(
        fingerprint="s" * 64, state="failed", reason="no sound could be read"
    )


def test_a_failure_of_the_moment_is_known_as_one():
    assert records()[1].results["saliency"] == AnalyzerResult(
        fingerprint="s" * 64, state="interrupted", reason="gave up after 5 s"
    )


def test_what_cannot_run_for_want_of_a_model_is_unavailable():
    for one in records():
        assert one.results["faces"] == AnalyzerResult(
            fingerprint="", state="unavailable", reason="the model yunet is not installed"
        )


def test_a_clip_of_which_nothing_could_be_read_has_its_reasons_and_no_facts():
    found = records()[2]
    assert found.facts == {}
    assert {name: one.state for name, one in found.results.items()} == {
        "quality": "failed",
        "speech": "failed",
        "saliency": "failed",
        "faces": "unavailable",
    }


def test_a_column_that_the_frame_does_not_have_is_left_out():
    assert records(FRAME.drop("kind"))[0].results["quality"].columns == {"sharpness_01": 0.5}


def test_what_a_file_is_named_is_not_kept_as_what_was_seen():
    named = FRAME.with_columns(kind=pl.Series(["wide", "wide"]))
    seen = pl.DataFrame({"clip": ["a.mp4", "b.mp4"], "kind": ["static", None]})
    assert [one.results["quality"].columns["kind"] for one in records(named, seen)[:2]] == ["static", None]


def test_failures_are_read_from_the_nodes_of_the_run():
    def node(name, failure, *, transient=False):
        return NodeResult(
            id=name,
            operation="analyze",
            stage="analyze",
            subject="",
            state="failed",
            ran=True,
            failure=failure,
            transient=transient,
        )

    nodes = [
        node("probe/c.mp4", "the file is damaged"),
        node("analyze/quality/a.mp4", ""),
        node("analyze/speech/a.mp4", "no sound could be read"),
        node("analyze/saliency/b.mp4", "gave up after 5 s", transient=True),
        *(node(f"analyze/{name}/c.mp4", "the file is damaged") for name in FINGERPRINTS),
    ]
    assert analysis_failures({one.id: one for one in nodes}, SOURCES, ANALYSIS, TABLE) == FAILURES


def test_records_come_back_whole_from_the_library_file(tmp_path):
    path = tmp_path / "library.sqlite"
    with LibraryFile(path) as library:
        library.record(records(), documents(FINGERPRINTS))
    with LibraryFile(path, read_only=True) as library:
        assert library.clips() == records()
        assert library.fingerprints()["q" * 64] == {"analyzer": "quality"}


def hears(params):
    return Wishes(sound=SoundWish())


READERS = {
    one.name: one
    for one in (
        analyzer("bodies"),
        analyzer("hearing", wishes=hears),
        analyzer("speech", ("speech_percent", "number"), source="tables", reads=("hearing",)),
        analyzer("shot_type", ("shot_type", "text"), source="tables", may_read=("bodies",)),
        analyzer("framing", source="tables", reads=("shot_type",)),
    )
}
READING = plan_analysis(
    [AnalyzerSpec(name=name, params={}) for name in READERS], READERS, InstalledModels(manifest_b3="m")
)
READ_PRINTS = {name: Fingerprint(name[0] * 64, {"analyzer": name}) for name in READERS}


def of_readers(frame, failures):
    rows = frame.with_columns(speech_percent=pl.Series([None, 40.0]), shot_type=pl.Series(["wide", "wide"]))
    return clip_records(rows, UNNAMED, SOURCES, SIZES, READING, READERS, READ_PRINTS, failures)[0].results


def test_what_was_made_without_an_interrupted_analyzer_is_partial_and_keeps_what_it_found():
    def node(name, failure=""):
        return NodeResult(
            id=f"analyze/{name}/a.mp4",
            operation="analyze",
            stage="analyze",
            subject="",
            state="failed" if failure else "ran",
            ran=True,
            failure=failure,
            transient=bool(failure),
        )

    nodes = [node("bodies", "gave up after 5 s"), *(node(name) for name in READERS if name != "bodies")]
    failures = analysis_failures({one.id: one for one in nodes}, SOURCES, READING, READERS)
    results = of_readers(FRAME, failures)
    assert {name: result.state for name, result in results.items()} == {
        "bodies": "interrupted",
        "hearing": "ok",
        "speech": "ok",
        "shot_type": "partial",
        "framing": "partial",
    }
    assert (
        results["shot_type"].reason == results["framing"].reason == "made without bodies: gave up after 5 s"
    )
    assert results["shot_type"].columns == {"shot_type": "wide"}


def test_of_a_clip_whose_sound_cannot_be_decoded_all_that_hears_is_partial():
    silent = FRAME.with_columns(failures=pl.Series([[f"sound: {NO_SOUND_DECODES}"], []]))
    results = of_readers(silent, {})
    partial = {name: result.reason for name, result in results.items() if result.state == "partial"}
    assert partial == {"hearing": NO_SOUND_DECODES, "speech": NO_SOUND_DECODES}
    assert results["speech"].columns == {"speech_percent": None}
