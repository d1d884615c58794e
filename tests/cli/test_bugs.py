"""Our own bug in one clip: the run goes on, and the traceback is in the log."""

import cv2
from command_line import rushes
from rushes.analyze import clip_pass


def test_a_bug_in_one_clip_leaves_that_clip_out_and_its_traceback_in_the_log(
    tiny_shoot, tmp_path, monkeypatch, own_home
):
    whole = clip_pass.analyze_seen_clip

    def breaks_on_one(info, wanted, models):
        if info.path.endswith("side_02.mp4"):
            raise cv2.error("a made fault")
        return whole(info, wanted, models)

    monkeypatch.setattr("rushes.run.operations.clips.analyze_seen_clip", breaks_on_one)
    ended = rushes(
        "run",
        *tiny_shoot.arguments("--executor", "inline", "--until", "score"),
        *("--out", tmp_path / "out", "--cache", tmp_path / "cache"),
    )
    assert ended.code == 0
    assert "side_02.mp4: left out: a bug of rushes while analysing: cv2.error: a made fault" in ended.err
    log = next(own_home.rglob("bug.log"))
    assert f"the details are in {log}" in ended.err
    assert "breaks_on_one" in log.read_text()


def test_a_bug_in_one_analyzer_leaves_the_clip_in_with_what_the_others_found(
    tiny_shoot, tmp_path, monkeypatch, own_home
):
    class BrokenEar:
        def hear(self, block):
            raise ArithmeticError("a made fault")

        def update(self, picture):
            pass

    monkeypatch.setattr("rushes.analyze.loudness_pass.start", lambda params, info: BrokenEar())
    ended = rushes(
        "run",
        *tiny_shoot.arguments("--executor", "inline", "--until", "score"),
        *("--out", tmp_path / "out", "--cache", tmp_path / "cache"),
    )
    assert ended.code == 0
    assert "front_01.mp4: left out" not in ended.err
    told = "front_01.mp4: analyze/loudness/front_01.mp4: a bug of rushes while analysing: ArithmeticError"
    assert told in ended.err
    assert 'raise ArithmeticError("a made fault")' in next(own_home.rglob("bug.log")).read_text()
