from __future__ import annotations

import resource
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from rushes.errors import RenderError
from rushes.media.encode import PICTURE_CODING, PictureWriter, whole_file

NOISE = np.random.default_rng(5).integers(0, 256, (30, 480, 320), dtype=np.uint8)


def write(path: Path, count: int, quality: str = "high", *, rate_fps: Fraction = Fraction(30)) -> Path:
    with PictureWriter(
        path, width_px=320, height_px=320, rate_fps=rate_fps, coding=PICTURE_CODING[quality]
    ) as writer:
        for number in range(count):
            writer.write(av.VideoFrame.from_ndarray(NOISE[number], format="yuv420p"))
    return path


@pytest.mark.parametrize("quality", PICTURE_CODING)
@pytest.mark.parametrize(
    "rate_fps", [Fraction(30), Fraction(30000, 1001), Fraction(25), Fraction(60)], ids=str
)
def test_stream_headers_do_not_depend_on_the_pictures(tmp_path: Path, quality: str, rate_fps: Fraction):
    headers = set[bytes | None]()
    for count in (1, 2, 3, 20):
        with av.open(str(write(tmp_path / "a.mp4", count, quality, rate_fps=rate_fps))) as container:
            headers.add(container.streams.video[0].codec_context.extradata)
            assert container.streams.video[0].frames == count
    assert len(headers) == 1


def test_a_picture_may_stay_for_many_frames(tmp_path: Path):
    frame = av.VideoFrame.from_ndarray(np.full((480, 320), 90, np.uint8), format="yuv420p")
    with PictureWriter(
        tmp_path / "a.mp4", width_px=320, height_px=320, rate_fps=Fraction(30), coding=PICTURE_CODING["low"]
    ) as writer:
        writer.write(frame, 70)
    assert writer.frames == 70
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == 70


def test_a_better_quality_is_nearer_to_the_picture_and_larger(tmp_path: Path):
    sizes, faults = list[int](), list[float]()
    for quality in ("low", "high", "maximum"):
        path = write(tmp_path / f"{quality}.mp4", 10, quality)
        with av.open(str(path)) as container:
            luma = next(container.decode(video=0)).to_ndarray()[:320].astype(float)
        sizes.append(path.stat().st_size)
        faults.append(float(np.square(luma - NOISE[0, :320]).mean()))
    assert sizes == sorted(sizes)
    assert faults == sorted(faults, reverse=True)


def test_a_file_appears_only_when_it_is_whole(tmp_path: Path):
    out = tmp_path / "out.bin"
    with pytest.raises(ZeroDivisionError), whole_file(out) as part:
        part.write_bytes(b"half")
        raise ZeroDivisionError
    assert not list(tmp_path.iterdir())
    with whole_file(out) as part:
        part.write_bytes(b"whole")
        assert not out.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["out.bin"]


@pytest.mark.parametrize(
    ("number", "what", "fix"),
    [
        (28, "the disk is full", "free some space, or choose a folder on another disk"),
        (30, "the folder is read-only", "allow writing there, or choose another folder"),
        (13, "the folder is read-only", "allow writing there, or choose another folder"),
        (20, "its folder is a file", "choose another folder"),
    ],
)
def test_what_the_system_refuses_is_said_in_words(tmp_path: Path, number: int, what: str, fix: str):
    out = tmp_path / "out.mp4"
    with pytest.raises(RenderError) as caught, whole_file(out):
        raise OSError(number, "refused")
    assert str(caught.value) == f"{out}: cannot be written: {what}\n    fix: {fix}"


def test_a_file_that_may_grow_no_further_leaves_nothing_behind(tmp_path: Path):
    """A limit on the size of files stands in for a full disk: the system refuses the same call in the same place."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path; import test_encode as t; from rushes.errors import RenderError\n"
        "t.resource.setrlimit(t.resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "try:\n"
        "    with t.whole_file(Path(sys.argv[2])) as part: t.write(part, 30, 'maximum')\n"
        "except RenderError as error: print(error)\n"
    )
    arguments = [str(Path(__file__).parent), str(tmp_path / "out.mp4")]
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stdout == (
        f"{tmp_path / 'out.mp4'}: cannot be written: files of that size are not allowed here\n"
        "    fix: raise the limit on file sizes\n"
    )
    assert done.stderr == ""
    assert not list(tmp_path.iterdir())
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 200_000
