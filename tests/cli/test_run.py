"""A whole run as a user calls it: what is written, what is told, what a second run does."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import rushes, rushes_apart
from rushes.media.made_shoot import BROKEN_NAME

OUTPUTS = ("timeline.json", "report.html", "video.mp4")
BROKEN = f"{BROKEN_NAME}: left out: the recording was cut off before its index (moov) was written"


def test_a_run_writes_timeline_report_video_and_record(warm_run):
    told = {name: Path(path) for name, path in warm_run.ended.json["outputs"].items()}
    assert sorted(told.values()) == sorted(warm_run.out.iterdir())
    assert {name: told[name].name for name in ("timeline", "report", "video", "run")} == {
        "timeline": "timeline.json",
        "report": "report.html",
        "video": "video.mp4",
        "run": "run.json",
    }


def test_the_json_of_a_cold_run_tells_nodes_clips_warnings_and_notes(warm_run):
    told = warm_run.ended.json
    assert sorted(told) == ["clips", "nodes", "notes", "outputs", "warnings"]
    assert told["nodes"]["ran"] == told["nodes"]["total"] > 40
    assert told["nodes"]["cached"] == 0
    assert told["clips"]["usable"] == 5
    assert 2 <= told["clips"]["used"] <= 5
    assert (told["clips"]["rejected"], told["clips"]["failed"]) == (1, 1)
    assert told["warnings"] == [BROKEN]
    assert any(note.startswith("the song starts at ") for note in told["notes"])


def test_progress_is_a_line_a_stage_where_nobody_watches(warm_run):
    lines = warm_run.ended.err.splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "analysing",
        "scoring",
        "editing",
        "rendering",
        "reporting",
    ]
    assert lines[0] == "analysing: 58 steps, 0 cached, 1 failed"
    assert lines[1] == "scoring: 1 step, 0 cached"


def test_a_second_run_runs_nothing_loads_no_decoder_and_keeps_every_byte(tiny_shoot, warm_run, tmp_path):
    out = tmp_path / "out"
    script = (
        "import json, sys\n"
        "from rushes.cli.main import answer\n"
        "code = answer(sys.argv[1:])\n"
        "heavy = ('av', 'cv2', 'jinja2', 'numpy', 'polars', 'scipy')\n"
        "print(json.dumps([code, [name for name in heavy if name in sys.modules]]), file=sys.stderr)\n"
    )
    places = ("--cache", warm_run.cache, "--library", warm_run.library, "--out", out)
    words = ["run", *tiny_shoot.arguments(*places, "--json")]
    ended = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=True)
    assert json.loads(ended.stderr.splitlines()[-1]) == [0, []]
    nodes = json.loads(ended.stdout)["nodes"]
    assert nodes == {"total": nodes["total"], "ran": 0, "cached": nodes["total"]}
    assert nodes["total"] == warm_run.ended.json["nodes"]["total"]
    assert [(out / name).read_bytes() for name in OUTPUTS] == [warm_run.bytes_of(name) for name in OUTPUTS]


def test_an_output_that_is_right_already_is_not_written_again(tiny_shoot, warm_run, tmp_path):
    words = ("run", *tiny_shoot.arguments("--cache", warm_run.cache, "--out", tmp_path / "out"))
    rushes(*words)
    for name in OUTPUTS:
        os.utime(tmp_path / "out" / name, (1, 1))
    (tmp_path / "out" / "report.html").write_text("scribbled over")
    assert rushes(*words).code == 0
    assert [(tmp_path / "out" / name).stat().st_mtime == 1 for name in OUTPUTS] == [True, False, True]
    assert (tmp_path / "out" / "report.html").read_bytes() == warm_run.bytes_of("report.html")


def test_people_are_told_the_end_in_one_line_and_where_the_outputs_lie(tiny_shoot, warm_run, tmp_path):
    ended = rushes("run", *tiny_shoot.arguments("--cache", warm_run.cache, "--out", "my out"))
    used, total = warm_run.ended.json["clips"]["used"], warm_run.ended.json["nodes"]["total"]
    lines = ended.out.splitlines()
    assert lines[0] == (
        f"{used} clips used of 5 usable; 1 rejected, 1 failed; 0 of {total} steps ran, {total} were cached"
    )
    assert {
        "  timeline  my out/timeline.json",
        "  video     my out/video.mp4",
        "  report    my out/report.html",
        "  run       my out/run.json",
    } <= set(lines[1:])
    assert f"warning: {BROKEN}\n" in ended.err
    assert "\nnote: the song starts at " in ended.err


@pytest.mark.parametrize(
    ("until", "last", "files"),
    [
        ("analyze", "library", {"run.json"}),
        ("score", "score", {"run.json"}),
        ("edit", "reframe", {"run.json", "timeline.json"}),
    ],
)
def test_until_stops_after_its_stage(tiny_shoot, warm_run, tmp_path, until, last, files):
    ended = rushes(
        "run", *tiny_shoot.arguments("--cache", warm_run.cache, "--out", "out", "--until", until, "--json")
    )
    assert ended.code == 0
    made = {path.name for path in (tmp_path / "out").iterdir()}
    assert made & {"timeline.json", "report.html", "video.mp4", "run.json"} == files
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    assert record["nodes"][-1]["id"] == last
    usable = 0 if until == "analyze" else 5
    assert ended.json["clips"]["usable"] == usable


def test_a_partial_run_says_that_video_and_report_in_its_folder_are_of_an_earlier_edit(
    tiny_shoot, warm_run, tmp_path
):
    cache, out = warm_run.copy_cache(tmp_path / "cache"), shutil.copytree(warm_run.out, tmp_path / "an out")
    words = tiny_shoot.arguments("--cache", cache, "--out", out, "--executor", "inline", "--until", "edit")
    said = f"warning: video.mp4 and report.html are of an earlier edit; `rushes render '{out}'` makes them anew\n"
    assert said not in rushes("run", *words).err
    other = ("--set", "edit.duration_s=3")
    assert said in rushes("run", *words, *other).err
    # Still so when the same is run again.
    assert said in rushes("run", *words, *other).err
    assert rushes("render", out, "--cache", cache, "--executor", "inline").code == 0
    assert said not in rushes("run", *words, *other).err


def test_another_weight_runs_only_what_follows_from_the_score(tiny_shoot, warm_run, tmp_path):
    cache = warm_run.copy_cache(tmp_path / "cache")
    weight = ("--set", "scores.heuristic_score.terms.stability.weight=0.9", "--until", "edit")
    words = ("run", *tiny_shoot.arguments("--cache", cache, "--out", "out", "--executor", "inline", *weight))
    assert rushes(*words).code == 0
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    assert [node["id"] for node in record["nodes"] if node["ran"]] == ["score", "edit", "reframe"]
    reasons = [node["reason"] for node in record["nodes"] if node["ran"]]
    assert reasons == [
        "param scores.heuristic_score.terms.stability.weight 0.25→0.9",
        "input score changed",
        "input edit changed",
    ]


def test_a_changed_duration_runs_the_edit_and_keeps_the_shots_that_stay(tiny_shoot, warm_run, tmp_path):
    cache = warm_run.copy_cache(tmp_path / "cache")
    longer = ("--cache", cache, "--out", "out", "--set", "edit.duration_s=4.5", "--until", "edit")
    ended = rushes("run", *tiny_shoot.arguments(*longer, "--executor", "inline", "--json"))
    assert ended.json["nodes"]["ran"] == 2  # the edit, and the crops of its shots


def test_a_run_without_a_video_writes_timeline_and_report(tiny_shoot, warm_run, tmp_path):
    cache = warm_run.copy_cache(tmp_path / "cache")
    words = tiny_shoot.arguments("--cache", cache, "--out", "out", "--executor", "inline")
    ended = rushes("run", *words, "--set", "outputs.video=null", "--json")
    assert ended.code == 0, ended.err
    assert {"report", "run", "timeline"} <= set(ended.json["outputs"])
    assert "video" not in ended.json["outputs"]
    assert ended.json["nodes"]["ran"] == 1


def test_best_clips_makes_a_reel_without_a_song(tiny_shoot, warm_run, tmp_path):
    cache = warm_run.copy_cache(tmp_path / "cache")
    ended = rushes(
        *("run", "best_clips", "--footage", tiny_shoot.footage, "--cache", cache, "--out", "out"),
        *("--executor", "inline", "--until", "edit", "--json"),
    )
    assert ended.code == 0, ended.err
    timeline = json.loads((tmp_path / "out" / "timeline.json").read_text())
    assert timeline["song"] is None
    assert len(timeline["clips"]) >= 2
    assert any("edit.if_short=shorten" in warning for warning in ended.json["warnings"])


@pytest.mark.release
def test_a_terminal_gets_bars_and_no_colour_where_none_is_wanted(tiny_shoot, warm_run, tmp_path):
    pty = pytest.importorskip("pty")
    words = ("run", *tiny_shoot.arguments("--cache", warm_run.cache, "--out", tmp_path / "out"))
    for no_color in (False, True):
        ours, theirs = pty.openpty()
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120"}
        environment |= {"NO_COLOR": "1"} if no_color else {}
        child = subprocess.Popen(
            [sys.executable, "-m", "rushes", *words],
            stderr=theirs,
            stdout=subprocess.DEVNULL,
            env=environment,
        )
        os.close(theirs)
        seen = bytearray()
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:
                break
            if not part:
                break
            seen += part
        os.close(ours)
        assert child.wait() == 0
        assert b"analysing" in seen and b"58/58" in seen
        assert (b"\x1b[3" in seen) is not no_color


def test_paths_may_be_relative_and_the_folder_may_have_a_space(tiny_shoot, warm_run, tmp_path):
    there = tmp_path / "a folder with space"
    shoot = tiny_shoot.copy_to(there / "shoot")
    assert shoot.footage == there / "shoot" / "footage"
    words = ("--footage", "shoot/footage", "--song", "./shoot/song.wav", "--cache", warm_run.cache)
    ended = rushes_apart("run", "beat_reel", *words, *tiny_shoot.arguments()[5:], "--out", "out", cwd=there)
    assert ended.code == 0, ended.err
    for name in OUTPUTS:
        assert (there / "out" / name).read_bytes() == warm_run.bytes_of(name)
    assert " 0 of " in ended.out


def test_the_record_says_what_each_clip_took_and_no_other_file_does(warm_run):
    clips = warm_run.record()["clips"]
    assert set(clips) == set(warm_run.record()["inputs"]) - {"song.wav"}
    assert all(clip["analysis_duration_ms"] > 0 for name, clip in clips.items() if name != BROKEN_NAME)
    for name in ("timeline.json", "ranking.json", "report.html"):
        assert b"analysis_duration" not in warm_run.bytes_of(name)


def test_the_record_names_the_libraries_of_operations_and_of_analyzers(warm_run):
    libraries = warm_run.record()["libraries"]
    assert {"av", "numpy", "polars", "onnxruntime", "opencv-python-headless"} <= set(libraries)
    assert "not installed" not in libraries.values()
