"""How a run is counted, and what its outputs may tell."""

import json
from pathlib import Path

from made_media import texture, tone, write_clip
from rushes.cli.run import say_finished
from rushes.run.deliver import Finished, plan_recipe, run_recipe
from rushes.run.pipeline import RunRequest
from rushes.run.results import NodeResult
from rushes.run.standing import ViewRequest
from rushes.run.views import status


def result(name, *, ran=False, key="key", failure=""):
    return NodeResult(
        id=name, operation="o", stage="score", subject="", state="ran", ran=ran, key=key, failure=failure
    )


def test_skipped_steps_do_not_count():
    results = {
        "ran": result("ran", ran=True),
        "cached": result("cached"),
        "failed now": result("failed now", ran=True, failure="broken"),
        "failed before": result("failed before", failure="broken"),
        "skipped": result("skipped", key="", failure="broken"),
    }
    finished = Finished(results=results, outputs={}, warnings=(), notes=(), clips={})
    assert finished.nodes == {"total": 4, "ran": 2, "cached": 2}


def warm_request(shoot, warm_run, **changes):
    arguments = shoot.arguments()
    overrides = tuple(arguments[at + 1] for at, word in enumerate(arguments) if word == "--set")
    fields = {"footage": str(shoot.footage), "song": str(shoot.song), "overrides": overrides}
    given = {"models": Path("no models"), **fields, **changes}
    return RunRequest(recipe="beat_reel", cache=warm_run.cache, executor="inline", **given)


def test_the_plan_of_a_finished_run_names_the_nodes_of_its_record(tiny_shoot, warm_run):
    rows = plan_recipe(warm_request(tiny_shoot, warm_run))
    recorded = [node["id"] for node in warm_run.record()["nodes"]]
    assert sorted(row.id for row in rows) == sorted(recorded)


def test_the_record_holds_the_digest_of_every_output_and_input(tiny_shoot, warm_run, tmp_path):
    finished = run_recipe(warm_request(tiny_shoot, warm_run), tmp_path / "out")
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    assert set(record["outputs"]) == set(finished.outputs) - {"run"}
    assert record["outputs"] == warm_run.record()["outputs"]
    clips = {path.name for path in tiny_shoot.footage.iterdir()}
    assert set(record["inputs"]) == clips | {tiny_shoot.song.name}
    assert record["arguments"]["footage"] == str(tiny_shoot.footage)


def test_wall_clock_facts_are_in_the_record_alone(warm_run):
    year = warm_run.record()["started_at"][:10]
    for name in ("timeline.json", "report.html"):
        assert year.encode() not in warm_run.bytes_of(name)


def test_after_a_run_status_says_whose_sound_could_not_be_heard(tmp_path):
    (tmp_path / "footage").mkdir()
    paths = [tmp_path / "footage" / name for name in ("heard.mkv", "unheard.mkv")]
    for path in paths:
        write_clip(path, [texture((64, 48), k) for k in range(20)], sound=tone(0.7))
    paths[1].write_bytes(paths[1].read_bytes().replace(b"A_AAC", b"A_ZZZ"))
    asked = {
        "recipe": "best_clips",
        "footage": str(tmp_path / "footage"),
        "cache": tmp_path / "cache",
        "library": tmp_path / "library.sqlite",
    }
    run_recipe(RunRequest(**asked, executor="inline", until="score"), tmp_path / "out")
    heard, unheard = (clip.reasons for clip in status(ViewRequest(**asked)).clips)
    (reason,) = [reason for reason in unheard if reason not in heard]
    assert reason.startswith("loudness")
    assert reason.endswith(": partial: none of the sound can be decoded")


def test_one_clip_is_not_called_clips(capsys):
    for used, words in ((1, "1 clip used of 5 usable"), (0, "0 clips used"), (2, "2 clips used")):
        counts = {"used": used, "usable": 5, "rejected": 0, "failed": 0}
        say_finished(Finished(results={}, outputs={}, warnings=(), notes=(), clips=counts))
        assert capsys.readouterr().out.startswith(words)
