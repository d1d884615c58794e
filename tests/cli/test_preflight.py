"""rushes preflight: whether a finished video fits the platforms it is meant for."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from command_line import rushes
from jsonschema import Draft7Validator
from rushes.emit.title_layout import title_layout
from rushes.resources import shipped_file
from rushes.run.preflight import read_platforms
from rushes.timeline.document import timeline_from_json, timeline_to_json
from rushes.timeline.titles import placed
from timeline_samples import title


@pytest.fixture
def out(warm_run, tmp_path):
    """A copy of a finished run."""
    folder = tmp_path / "finished"
    shutil.copytree(warm_run.out, folder)
    return folder


def with_title(out: Path, made):
    path = out / "timeline.json"
    timeline = placed(timeline_from_json(path.read_bytes()), (made,))
    path.write_bytes(timeline_to_json(timeline))


def test_a_finished_reel_is_measured_and_told(out):
    ended = rushes("preflight", out, "--json")
    video = ended.json["video"]
    assert (video["codec"], video["pixel_format"], video["container"]) == ("h264", "yuv420p", "mp4")
    assert video["sound_codec"] == "aac"
    assert set(ended.json["checked"]) == {"reels", "tiktok", "shorts"}
    problems = [one for one in ended.json["findings"] if one["level"] == "problem"]
    assert ended.json["is_fine"] == (not problems)
    assert ended.code == (1 if problems else 0)


def test_every_fact_that_ships_is_dated_and_has_a_source():
    file = shipped_file("platforms", "platforms.yaml")
    schema = json.loads(shipped_file("schemas", "platforms.schema.json").read_text())
    document = yaml.safe_load(file.read_text())
    assert not list(Draft7Validator(schema).iter_errors(document))
    known = read_platforms()
    assert list(known) == ["reels", "tiktok", "shorts"]
    assert all(one["as_of"] == "2026-11-21" and len(one["source"]) > 50 for one in known.values())


@pytest.mark.parametrize("style", ["title", "lower_third", "caption"])
@pytest.mark.parametrize("text", ["Hi", "A day at the lake with all of us and nobody else"])
def test_titles_in_their_styles_places_fit_every_platform(style, text):
    look = replace(title("x").look, text=text, style=style, size_01=0.042, box_01=0.5)
    for align in ("left", "centre", "right"):
        left, top, right, bottom = title_layout(replace(look, align=align), 1080, 1920).box
        for platform in read_platforms().values():
            margins = platform["margins"]
            assert margins["left_01"] <= left / 1080 and right / 1080 <= 1 - margins["right_01"]
            assert margins["top_01"] <= top / 1920 and bottom / 1920 <= 1 - margins["bottom_01"]


def test_a_title_below_the_captions_is_a_problem_and_an_edit_after_the_video_too(out):
    low = title("low")
    with_title(out, replace(low, look=replace(low.look, y_01=0.9)))
    ended = rushes("preflight", out, "--for", "tiktok")
    assert ended.code == 1
    assert (
        "problem: 0.00-" in ended.out and "the title low reaches into what the app covers: below" in ended.out
    )
    assert "the edit was changed since the video was rendered" in ended.out


def test_facts_of_your_own_count(out, tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text(
        "schema: rushes/platforms@1\nplatforms:\n  wall: {name: Our wall, as_of: '2026-01-02', source: us,"
        " duration_s: {most: 1}}\n"
    )
    ended = rushes("preflight", out, "--platforms", own)
    assert ended.code == 1
    assert "Our wall (as known on 2026-01-02): 1 problem\n" in ended.out
    assert "more than 1 s\n    fix: lower edit.duration_s" in ended.out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("schema: rushes/platforms@1\nplatforms: {a: {name: A}}\n", "platforms.a has no as_of and source"),
        (
            "schema: rushes/platforms@1\nplatforms: {a: {nmae: A, as_of: '2026-01-02', source: x}}\n",
            "did you mean name",
        ),
        ("platforms: [", "own.yaml:2:1: not YAML"),
    ],
)
def test_facts_that_cannot_be_read_are_told_with_their_place(out, tmp_path, text, said):
    own = tmp_path / "own.yaml"
    own.write_text(text)
    ended = rushes("preflight", out, "--platforms", own)
    assert ended.code == 2
    assert said in ended.err


def test_bad_arguments_are_told_in_words(out, tmp_path):
    ended = rushes("preflight", out, "--for", "reel")
    assert ended.code == 2
    assert ended.err.startswith("there is no platform reel\n    fix: did you mean reels?")
    (out / "video.mp4").unlink()
    ended = rushes("preflight", out)
    assert ended.code == 2
    assert "holds no video.mp4, so there is nothing to check\n    fix: render it: rushes render" in ended.err
    for wrong in (tmp_path / "nowhere", tmp_path):
        ended = rushes("preflight", wrong)
        assert (ended.code, ended.out) == (2, "")
        assert "fix: give the out folder of a run" in ended.err
    assert rushes("preflight", out, "--platforms", tmp_path / "no.yaml").code == 2


def test_a_video_that_is_none_is_told(out):
    (out / "video.mp4").write_bytes(b"no video" * 100)
    ended = rushes("preflight", out)
    assert ended.code == 1
    assert "video.mp4" in ended.err and "Traceback" not in ended.err


def test_faces_that_are_not_known_are_said_not_to_be(out, tmp_path):
    ended = rushes("preflight", out, "--cache", tmp_path / "none")
    assert "note: faces were not checked: " in ended.out
    (out / "run.json").unlink()
    assert "there is no run.json beside the video" in rushes("preflight", out).out
