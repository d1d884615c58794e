"""Titles through the command line: written, edited, and told where they cannot be."""

import json
import shutil
from pathlib import Path

import cv2
import pytest
from command_line import rushes
from made_clips import lumas

WHO = ("--by", "ann", "--at", "2026-05-01T12:00:00Z")
HELLO = "hello: {text: 'Grüße von {creator}', length_s: 1, fade_s: 0}"


def titles(*more: str) -> tuple[str, str]:
    return "--set", f"edit.titles={{{', '.join((HELLO, *more))}}}"


@pytest.fixture
def cache(warm_run, tmp_path):
    return warm_run.copy_cache(tmp_path / "cache")


@pytest.fixture
def run(tiny_shoot, cache, tmp_path):
    """Run the small shoot with options more; nothing is analysed again."""

    def made(*more):
        places = ("--cache", cache, "--out", tmp_path / "out", "--executor", "inline")
        return rushes("run", *tiny_shoot.arguments(*places), *more)

    return made


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def timeline(out: Path):
    return json.loads((out / "timeline.json").read_text())


def encoded(out: Path) -> list[str]:
    nodes = json.loads((out / "run.json").read_text())["nodes"]
    return [node["id"] for node in nodes if node["ran"] and node["id"].startswith("render/segment/")]


def test_only_the_segments_under_a_title_are_encoded_and_they_show_it(run, out, warm_run):
    ended = run(*titles())
    assert ended.code == 0, ended.err
    made = timeline(out)
    (title,) = made["titles"]
    assert title["look"]["text"] == f"Grüße von {made['creator_id']}"
    assert (title["start_frames"], title["end_frames"]) == (0, 30)
    assert {key: value for key, value in made.items() if key != "titles"} == json.loads(
        warm_run.bytes_of("timeline.json")
    )
    under = [clip for clip in made["clips"] if clip["timeline_start_frames"] < 30]
    assert len(encoded(out)) == len(under) < len(made["clips"])
    with_title, bare = lumas(out / "video.mp4"), lumas(warm_run.out / "video.mp4")
    assert len(with_title) == len(bare)
    apart = [cv2.absdiff(a, b).max() for a, b in zip(with_title, bare, strict=True)]
    assert min(apart[:30]) > 60
    last = under[-1]["timeline_start_frames"] + under[-1]["duration_frames"]
    assert max(apart[last:]) == 0
    assert "Grüße von" in (out / "report.html").read_text()


def test_after_an_edit_titles_are_where_they_belong_and_little_is_encoded(run, out, cache):
    assert run(*titles("who: {text: x, clip: '*', fade_s: 0}")).code == 0
    before = timeline(out)
    first, second = before["clips"][:2]
    assert [title["name"] for title in before["titles"]] == ["hello", "who"]
    assert before["titles"][1]["end_frames"] == first["duration_frames"]
    assert rushes("edit", out, "delete", first["id"], *WHO).code == 0
    assert timeline(out)["titles"][1]["end_frames"] == second["duration_frames"]
    ended = rushes("render", out, "--cache", cache, "--executor", "inline")
    assert ended.code == 0, ended.err
    after = timeline(out)
    assert after["titles"][1]["end_frames"] == second["duration_frames"]
    assert len(encoded(out)) <= 2
    assert rushes("undo", out, *WHO).code == 0
    assert timeline(out)["titles"] == before["titles"]
    assert rushes("render", out, "--cache", cache, "--executor", "inline").code == 0
    assert encoded(out) == []


def test_another_text_decides_nothing_anew(run, out):
    assert run(*titles()).code == 0
    before = timeline(out)
    assert run("--set", "edit.titles={hello: {text: Hallo, at: end, fade_s: 0}}").code == 0
    after = timeline(out)
    assert after["clips"] == before["clips"]
    ran = {node["id"] for node in json.loads((out / "run.json").read_text())["nodes"] if node["ran"]}
    assert "edit" not in ran and "score" not in ran
    ended = rushes("diff", out, out)
    assert ended.out == "no difference\n"


def test_a_title_for_what_is_never_shown_is_a_warning(run, out):
    ended = run(*titles("who: {text: x, clip: 'nobody*'}"))
    assert ended.code == 0
    assert "the title who is not shown: no shot is of a clip that matches nobody*" in ended.err
    assert [title["name"] for title in timeline(out)["titles"]] == ["hello"]


def test_a_title_that_flashes_after_an_edit_is_warned_of_by_edit_render_report_and_preflight(
    run, out, cache, tiny_shoot
):
    footage = tiny_shoot.footage
    ended = run(*titles("who: {text: 'by Ada', clip: 'side_01*', fade_s: 0}"))
    assert ended.code == 0 and "warning: the title who stands 0.50 s, too briefly" in ended.err

    def trim(length_s):
        place, clip = next(
            (at, clip) for at, clip in enumerate(timeline(out)["clips"], 1) if clip["file"] == "side_01.mp4"
        )
        end = f"{clip['source_start_s'] + length_s:.3f}s"
        return rushes(
            "edit", out, "trim", str(place), "--end", end, "--ripple", *WHO, "--footage", footage
        ).err

    assert "the title who" not in trim(1.4)
    said = "the title who stands 0.30 s, too briefly to be read: 2 words take about 1.0 s"
    assert f"warning: {said}\n" in trim(0.3)
    assert rushes("edit", out, "note", "1", "hers", *WHO).err == ""
    ended = rushes("render", out, "--cache", cache, "--executor", "inline")
    assert ended.code == 0 and f"warning: {said}\n" in ended.err
    assert said in (out / "report.html").read_text()
    assert f"s: {said}" in rushes("preflight", out).out


@pytest.mark.parametrize(
    ("title", "what"),
    [
        (
            "{text: 'so 😀 it goes'}",
            "the font that ships has nothing for 😀 (U+1F600)\n    fix: leave them out",
        ),
        ("{text: x, font: none.ttf}", "there is no font file none.ttf\n    fix: correct the path"),
        (
            "{text: x, font: bad.ttf}",
            "bad.ttf is no font that can be read\n    fix: name a .ttf or .otf file",
        ),
    ],
)
def test_what_cannot_be_written_is_told_before_anything_runs(run, out, tmp_path, title, what):
    (tmp_path / "bad.ttf").write_text("no font")
    ended = run("--set", f"edit.titles={{t: {title}}}")
    assert ended.code == 2
    assert what in ended.err
    assert not (out / "video.mp4").exists()


def test_a_video_with_titles_is_the_same_however_often_it_is_made(run, out, tmp_path):
    assert run(*titles()).code == 0
    first = (out / "video.mp4").read_bytes()
    shutil.rmtree(out)
    assert run(*titles()).code == 0
    assert (out / "video.mp4").read_bytes() == first


def test_clips_are_heard_under_the_song(run, out, warm_run):
    ended = run("--set", "edit.sound={clips: under, duck: {by_db: 6}}")
    assert ended.code == 0, ended.err
    assert timeline(out) == json.loads(warm_run.bytes_of("timeline.json"))
    assert encoded(out) == []
    assert (out / "video.mp4").read_bytes() != warm_run.bytes_of("video.mp4")


def test_another_text_is_no_other_plan_so_edits_go_on(run, out):
    assert run(*titles()).code == 0
    assert rushes("edit", out, "note", "1", "the best", *WHO).code == 0
    assert run("--set", "edit.titles={hello: {text: Another, at: start}}").code == 0
    now = timeline(out)
    assert [title["look"]["text"] for title in now["titles"]] == ["Another"] and len(now["user_edits"]) == 1
    assert rushes("history", out).code == 0
    assert rushes("undo", out, *WHO).code == 0
