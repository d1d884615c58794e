"""Clips that are missing, broken or strange: the run goes on and says why, or says what is missing."""

import json
import os
import shutil
import sys
from pathlib import Path

import av
import pytest
from command_line import rushes, rushes_apart
from rushes.run import pipeline
from rushes.store.digests import DigestIndex


def remuxed(source, target, kind="video", **options):
    """The first stream of a kind, in another container, without encoding again."""
    with av.open(str(source)) as given, av.open(str(target), "w", **options) as out:
        stream = getattr(given.streams, kind)[0]
        copy = out.add_stream_from_template(stream)
        for packet in given.demux(stream):
            if packet.dts is not None:
                packet.stream = copy
                out.mux(packet)
    return target


def half(path):
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def empty(path, _good):
    path.write_bytes(b"")


def text(path, _good):
    path.write_text("take 3, second camera\n" * 20)


def zeros(path, _good):
    path.write_bytes(bytes(6000))


def cut_with_index_first(path, good):
    shutil.copy(good, path)
    half(path)


def cut_with_index_last(path, good):
    half(remuxed(good, path))


def cut_matroska(path, good):
    half(remuxed(good, path, format="matroska"))


def sound_alone(path, good):
    remuxed(good, path, kind="audio")


FAILED = {
    empty: "the file is empty (0 bytes)",
    text: "this is a text file, not a video",
    zeros: "this cannot be read as a video (Invalid data found when processing input)",
    cut_with_index_last: "the recording was cut off before its index (moov) was written",
    sound_alone: "the file has no picture, only sound or data",
}


def run(shoot, cache, *more, until="edit"):
    words = shoot.arguments("--cache", cache, "--out", "out", "--executor", "inline", *more)
    return rushes("run", *words, *(("--until", until) if until else ()), "--json")


@pytest.fixture
def shoot(tiny_shoot, tmp_path):
    """A copy without the broken file that belongs to the shoot."""
    shoot = tiny_shoot.copy_to(tmp_path / "shoot")
    (shoot.footage / "front_06_broken.mp4").unlink()
    return shoot


@pytest.fixture
def cache(warm_run, tmp_path):
    return warm_run.copy_cache(tmp_path / "cache")


def test_each_broken_clip_is_left_out_with_its_reason_and_the_run_goes_on(shoot, cache):
    for damage in FAILED:
        damage(shoot.footage / f"{damage.__name__}.mp4", shoot.footage / "side_01.mp4")
    ended = run(shoot, cache)
    assert ended.code == 0, ended.err
    assert ended.json["clips"] == {
        "used": ended.json["clips"]["used"],
        "usable": 5,
        "rejected": 1,
        "failed": 5,
    }
    assert ended.json["warnings"] == [
        f"{damage.__name__}.mp4: left out: {reason}"
        for damage, reason in sorted(FAILED.items(), key=lambda pair: pair[0].__name__)
    ]


@pytest.mark.parametrize("damage", [cut_with_index_first, cut_matroska], ids=lambda damage: damage.__name__)
def test_what_can_be_decoded_of_a_clip_that_breaks_off_is_used(shoot, cache, damage):
    name = "side_03.mkv" if damage is cut_matroska else "side_03.mp4"
    damage(shoot.footage / name, shoot.footage / "side_01.mp4")
    ended = run(shoot, cache)
    assert ended.code == 0, ended.err
    assert (ended.json["clips"]["usable"], ended.json["clips"]["failed"]) == (6, 0)
    told = [warning for warning in ended.json["warnings"] if "breaks off" in warning]
    assert len(told) == 1
    assert told[0].startswith(f"{name}: breaks off: ")
    assert told[0].endswith(" s of 3.00 s could be decoded, only that part is used")


def test_a_recipe_may_refuse_broken_clips(shoot, cache):
    text(shoot.footage / "zz.mp4", None)
    ended = run(shoot, cache, "--set", "run.on_error=fail")
    assert ended.code == 1
    assert [one["what"] for one in ended.json["problems"]] == ["this is a text file, not a video"]
    assert ended.err == (
        "zz.mp4: this is a text file, not a video\n    fix: give a video file, or leave it out with footage.exclude\n"
    )


def test_broken_clips_stand_in_the_report_and_a_second_run_does_not_try_them_again(shoot, cache, tmp_path):
    text(shoot.footage / "zz.mp4", None)
    words = ("--set", "outputs.video=null")
    assert run(shoot, cache, *words, until=None).json["nodes"]["ran"] > 0
    again = run(shoot, cache, *words, until=None)
    assert again.json["nodes"]["ran"] == 0
    assert again.json["warnings"] == ["zz.mp4: left out: this is a text file, not a video"]
    page = (tmp_path / "out" / "report.html").read_text()
    assert "this is a text file, not a video" in page


def test_a_clip_that_may_not_be_read_is_left_out(shoot, cache, monkeypatch):
    class Guarded(DigestIndex):
        """As a system that forbids one file; root may read everything, so permissions would show nothing."""

        def _read(self, path):
            if path.endswith("secret.mp4"):
                raise PermissionError(13, "Permission denied", path)
            return super()._read(path)

    monkeypatch.setattr(pipeline, "DigestIndex", Guarded)
    shutil.copy(shoot.footage / "side_02.mp4", shoot.footage / "secret.mp4")
    ended = run(shoot, cache)
    assert ended.code == 0, ended.err
    assert ended.json["warnings"] == ["secret.mp4: left out: cannot be read (Permission denied)"]
    assert ended.json["clips"]["failed"] == 1


def test_a_clip_whose_permissions_forbid_reading_is_left_out(shoot, cache, tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root may read every file: run the tests as another user to see this one")
    (shoot.footage / "side_02.mp4").chmod(0)
    ended = run(shoot, cache)
    assert ended.json["warnings"] == ["side_02.mp4: left out: cannot be read (Permission denied)"]


def test_a_link_that_leads_nowhere_is_no_clip(shoot, cache):
    (shoot.footage / "gone.mp4").symlink_to("nowhere.mp4")
    ended = run(shoot, cache)
    assert (ended.code, ended.json["warnings"], ended.json["clips"]["failed"]) == (0, [], 0)


def test_two_names_of_the_same_bytes_are_two_clips_decoded_once(shoot, cache, tmp_path):
    shutil.copy(shoot.footage / "side_01.mp4", shoot.footage / "side_09_copy.mp4")
    ended = run(shoot, cache)
    assert ended.code == 0, ended.err
    assert ended.json["clips"]["usable"] == 6
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    assert [node["id"] for node in record["nodes"] if node["ran"]] == ["library", "score", "edit", "reframe"]


ODD_NAMES = (
    "front one.mp4",
    "Ünïcødé 映画.mp4",
    "quote'\"s.mp4",
    "-dash.mp4",
    "{0} {name} {}.mp4",
    "line\nbreak.mp4",
    "per%cent %s.mp4",
    "[bold]x[/bold].mp4",
    "<b>&amp;.mp4",
    "sub folder/deep/side.mp4",
    "UPPER.MP4",
)


def test_names_may_hold_any_character(tiny_shoot, warm_run, tmp_path):
    footage = tmp_path / "foo [1] {x}"
    footage.mkdir()
    takes = sorted(
        path for path in tiny_shoot.footage.iterdir() if "dark" not in path.name and "broken" not in path.name
    )
    for number, name in enumerate(ODD_NAMES):
        path = footage / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # A few bytes at the end: other content, so that each is decoded and rendered under its own name.
        path.write_bytes(takes[number % len(takes)].read_bytes() + b"\0\0\0\x08free" * (number + 1))
    song = tmp_path / "-så\n{}ng '\"<i>.wav"
    shutil.copy(tiny_shoot.song, song)
    cache = warm_run.copy_cache(tmp_path / "cache")
    words = ("--footage", footage, "--song", song, "--out", "o u {t}", "--cache", cache, "--workers", 2)
    words += (
        "--set",
        "edit.duration_s=3",
        "--set",
        "edit.max_shot_s=0.5",
        "--set",
        "edit.max_uses_per_clip=1",
    )
    words += ("--set", "edit.aspect=1:1", "--set", "outputs.video.quality=low", "--json")
    words += ("--set", "outputs.report.embed_video=none")
    ended = rushes("run", "beat_reel", *words)
    assert ended.code == 0, ended.err
    assert ended.json["clips"] == {
        "used": ended.json["clips"]["used"],
        "usable": 11,
        "rejected": 0,
        "failed": 0,
    }
    assert ended.json["clips"]["used"] >= 6
    timeline = json.loads(Path("o u {t}", "timeline.json").read_text())
    assert {clip["file"] for clip in timeline["clips"]} <= set(ODD_NAMES)
    page = Path("o u {t}", "report.html").read_text()
    assert "<b>&amp;.mp4" not in page
    assert "&lt;b&gt;&amp;amp;.mp4" in page
    again = rushes("run", "beat_reel", *words)
    assert again.json["nodes"]["ran"] == 0
    assert rushes("diff", "o u {t}", "o u {t}").out == "no difference\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps names that are no text")
def test_a_name_that_is_no_text_is_left_out(shoot, cache):
    name = os.fsencode(shoot.footage) + b"/bad\xff.mp4"
    shutil.copy(shoot.footage / "side_02.mp4", name)
    ended = rushes_apart(
        "run", *shoot.arguments("--cache", cache, "--out", "out", "--executor", "inline", "--until", "edit")
    )
    assert ended.code == 0, ended.err
    assert "warning: bad\\udcff.mp4: left out: the name of the file is not text in UTF-8\n" in ended.err
