"""What `run.json` says, and that it is read back or refused."""

import json
from datetime import UTC, datetime, timedelta, timezone

import jsonschema
import pytest
from rushes.errors import RecipeError, RenderError
from rushes.graph.node import Graph
from rushes.resources import shipped_file
from rushes.run.provenance import analysis_durations_ms, read_record, run_record, write_record
from rushes.run.results import NodeResult
from rushes.store.canonical import digest_bytes
from rushes.store.valid import sure_check
from text_operations import OPERATIONS, node

START = datetime(2026, 3, 1, 12, 0, 0, 500_000, tzinfo=timezone(timedelta(hours=1)))
ARGUMENTS = {
    "recipe": "reel",
    "recipe_text": "name: reel\n",
    "footage": "/clips",
    "song": None,
    "profile": None,
    "set": ["edit.duration_s=20"],
    "until": None,
}
SINCE_0_2_0 = {"model_manifest_b3", "clips"}


@pytest.fixture
def record(start, tmp_path):
    results = start().run(
        Graph((node("a", text="A"), node("bad", "misbehave", how="broken"), node("b", after=("a", "bad"))))
    )
    (tmp_path / "video.mp4").write_bytes(b"film")
    return run_record(
        recipe={"name": "reel", "edit": {"duration_s": 20.0}},
        arguments=ARGUMENTS,
        inputs={"front.mp4": "a" * 64},
        results=results,
        outputs={"video": tmp_path / "video.mp4"},
        libraries={"av": "18.1"},
        models={},
        model_manifest_b3="b" * 64,
        started_at=START,
        finished_at=START + timedelta(seconds=2.5),
    )


def test_a_record_fits_its_schema(record):
    schema = json.loads(shipped_file("schemas", "run.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.validate(record, schema)
    assert sure_check(schema)(record), "each command that reads a run would load jsonschema"
    assert set(record) == set(schema["properties"])
    assert set(record) - set(schema["required"]) == SINCE_0_2_0
    assert set(record["nodes"][0]) == set(schema["definitions"]["node"]["properties"])


def test_a_record_of_an_older_rushes_is_still_read(record, tmp_path):
    older = {name: value for name, value in record.items() if name not in SINCE_0_2_0}
    write_record(older, tmp_path / "run.json")
    assert read_record(tmp_path / "run.json") == older


def result(operation, subject, seconds):
    name = f"{operation}/{subject}/{seconds}"
    return NodeResult(
        id=name,
        operation=operation,
        stage="analyze",
        subject=subject,
        state="cached",
        ran=False,
        seconds=seconds,
    )


def test_what_a_clip_took_is_the_sum_of_its_analyses_cached_ones_too():
    found = analysis_durations_ms(
        [
            result("probe", "b.mp4", 0.01),
            result("song", "song.wav", 9.0),
            result("probe", "a.mp4", 0.02),
            result("analyze", "a.mp4", 1.25),
            result("derive", "a.mp4", 0.0304),
            result("segment", "a.mp4", 5.0),
            result("library", "", 7.0),
        ]
    )
    assert found == {"a.mp4": 1300, "b.mp4": 10}


def test_a_record_says_when_with_what_and_what_came_out(record):
    assert record["started_at"] == "2026-03-01T11:00:00.500Z"
    assert record["finished_at"] == "2026-03-01T11:00:03.000Z"
    assert record["wall_s"] == 2.5
    assert record["outputs"] == {"video": {"file": "video.mp4", "b3": digest_bytes(b"film"), "size_bytes": 4}}
    assert [(each["id"], each["state"], each["failed_at"]) for each in record["nodes"]] == [
        ("a", "ran", ""),
        ("bad", "failed", "bad"),
        ("b", "failed", "bad"),
    ]
    assert record["nodes"][0]["outputs"] == {"out.txt": digest_bytes(b"A")}


def test_a_record_is_read_as_it_was_written(record, tmp_path):
    write_record(record, tmp_path / "run.json")
    assert read_record(tmp_path / "run.json") == record
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_record_that_cannot_be_written_is_told_as_such(record, tmp_path):
    with pytest.raises(RenderError) as caught:
        write_record(record, tmp_path / "gone" / "run.json")
    assert str(caught.value) == (
        f"{tmp_path}/gone/run.json: cannot be written: No such file or directory\n"
        "    fix: choose another folder with --out"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            None,
            "{path}: cannot be read: No such file or directory\n    fix: give the run.json of an out folder",
        ),
        (b"\xff\xfe", "{path}: is not text\n    fix: give the run.json of an out folder"),
        (
            b"{\n  oops",
            "{path}:2:3: is not JSON: Expecting property name enclosed in double quotes\n    fix: run the recipe again",
        ),
    ],
)
def test_what_is_no_record_is_refused(tmp_path, content, message):
    path = tmp_path / "run.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RecipeError) as caught:
        read_record(path)
    assert str(caught.value) == message.format(path=path)


def test_every_fault_of_a_record_is_told(record, tmp_path):
    path = tmp_path / "run.json"
    path.write_text(json.dumps({**record, "wall_s": "long", "schema": "rushes/run@0"}))
    with pytest.raises(RecipeError) as caught:
        read_record(path)
    assert str(caught.value) == (
        f"{path}: $.schema: 'rushes/run@1' was expected\n    fix: give a run.json that was written as rushes/run@1\n"
        f"{path}: $.wall_s: 'long' is not of type 'number'\n    fix: give a run.json that was written as rushes/run@1"
    )


def test_a_session_knows_the_libraries_its_nodes_depend_on(start, monkeypatch):
    from dataclasses import replace

    operations = {**OPERATIONS, "join": replace(OPERATIONS["join"], libraries=("blake3", "not-there"))}
    session = start(operations=operations)
    session.run(Graph((node("a"), node("x", "misbehave", how="fine"))))
    found = session.libraries()
    assert set(found) == {"blake3", "not-there"}
    assert found["not-there"] == "not installed"


def test_times_need_no_zone_of_the_machine(record):
    assert datetime.fromisoformat(record["started_at"]) == START.astimezone(UTC)


@pytest.mark.parametrize("missing", sorted(ARGUMENTS))
def test_arguments_without_what_a_run_is_made_again_from_are_told(record, tmp_path, missing):
    said = {name: value for name, value in ARGUMENTS.items() if name != missing}
    write_record({**record, "arguments": said}, tmp_path / "run.json")
    with pytest.raises(RecipeError, match=rf"\$\.arguments: '{missing}' is a required property"):
        read_record(tmp_path / "run.json")


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"recipe_warnings": [{}]}, r"recipe_warnings\[0\]: 'place' is a required"),
        ({"recipe_warnings": [{"place": [], "what": "a", "fix": "b"}]}, r"recipe_warnings\[0\]\.place"),
        ({"recipe_warnings": None}, "recipe_warnings"),
        ({"recipe_places": {"edit.never_use": "a.yaml"}}, r"recipe_places\['?.*never_use"),
        ({"render_set": "edit.duration_s=20"}, "render_set"),
        ({"folder": 3}, "folder"),
        ({"cache": ["/cache"]}, "cache"),
    ],
)
def test_arguments_of_another_form_are_told_with_their_place(record, tmp_path, said, place):
    write_record({**record, "arguments": ARGUMENTS | said}, tmp_path / "run.json")
    with pytest.raises(RecipeError, match=rf"\$\.arguments\.{place}"):
        read_record(tmp_path / "run.json")


@pytest.mark.parametrize(
    "said",
    [
        {"recipe_warnings": [{"place": ["a.yaml", 3, 1], "what": "a", "fix": ""}]},
        {"recipe_warnings": [{"place": None, "what": "a", "fix": "b"}]},
        {"recipe_places": {"edit.never_use": ["a.yaml", 3, 1]}, "folder": None, "later": 1},
    ],
)
def test_arguments_as_runs_write_them_are_read(record, tmp_path, said):
    write_record({**record, "arguments": ARGUMENTS | said}, tmp_path / "run.json")
    assert read_record(tmp_path / "run.json")["arguments"] == ARGUMENTS | said
