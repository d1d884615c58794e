"""How long a render takes, as ratios within one run: against one ffmpeg filter graph, MoviePy, and encoding alone.

python bench/render.py [--rounds N] [--moviepy PYTHON] [--work DIR]

A reel of 30 s with 18 cuts, 1080x1920, centre-cropped from 1080p30 H.264 clips made here. Every round runs each way once, so
that what else the machine does falls on all of them alike; the table gives medians of the rounds. MoviePy runs under
the Python that is named, from an environment of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from hashlib import sha256
from pathlib import Path

import av
import cv2
import numpy as np
from rushes.emit.sound import render_song
from rushes.emit.video import SegmentSource, SegmentSpec
from rushes.emit.video_join import join
from rushes.emit.video_picture import PictureFilter
from rushes.emit.video_segment import render_segment
from rushes.emit.video_source import open_clip, shown_pictures
from rushes.media.encode import PICTURE_CODING, PictureWriter, x264_options
from rushes.media.info import MediaInfo
from rushes.media.probe import probe

RATE_FPS = Fraction(30)
CLIPS, CLIP_S, CUTS, REEL_FRAMES = 6, 12, 18, 900
SIZE_PX = (1080, 1920)


def make_clip(path: Path, seed: int) -> None:
    """A slow pan over fine texture with things that move against it and some noise, as a phone would code it."""
    rng = np.random.default_rng(seed)
    soft = sum(
        cv2.resize(
            rng.random((1400 >> k, 2400 >> k), np.float32), (2400, 1400), interpolation=cv2.INTER_CUBIC
        )
        * 2**k
        for k in range(1, 7)
    )
    wall = cv2.normalize(soft, None, 20, 225, cv2.NORM_MINMAX).astype(np.uint8)
    colour = cv2.applyColorMap(wall, cv2.COLORMAP_TWILIGHT)
    grain = np.repeat(rng.normal(0, 3, (1080 + 64, 1920 + 64, 1)), 3, axis=2).astype(np.int8)
    with av.open(str(path), "w") as container:
        options = {"preset": "veryfast", "b": "12M", "maxrate": "15M", "bufsize": "15M", "g": "30"}
        stream = container.add_stream("libx264", rate=RATE_FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        for k in range(CLIP_S * 30):
            x, y = int(200 + 180 * np.sin(k / 40 + seed)), int(150 + 120 * np.cos(k / 55))
            picture = colour[y : y + 1080, x : x + 1920].copy()
            for ball in range(4):
                centre = (960 + int(500 * np.sin(k / 17 + ball)), 540 + int(400 * np.cos(k / 23 + 2 * ball)))
                cv2.circle(picture, centre, 90, (40 * ball, 200, 255 - 50 * ball), -1)
            gx, gy = rng.integers(0, 64, 2)
            picture = cv2.add(picture, grain[gy : gy + 1080, gx : gx + 1920], dtype=cv2.CV_8U)
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            container.mux(stream.encode(frame.reformat(format="yuv420p", dst_colorspace="ITU709")))
        container.mux(stream.encode(None))


def reel(seed: int = 1) -> list[SegmentSpec]:
    """Cuts of 1 to 2.5 s that fill 30 s, at in-points anywhere in the clips."""
    rng = random.Random(seed)
    cuts = sorted(rng.sample(range(30, REEL_FRAMES - 30, 15), CUTS - 1))
    lengths = [b - a for a, b in zip([0, *cuts], [*cuts, REEL_FRAMES], strict=True)]
    return [shot(rng, number % CLIPS, frames) for number, frames in enumerate(lengths)]


def shot(rng: random.Random, clip: int, frames: int) -> SegmentSpec:
    start = rng.randrange(0, CLIP_S * 30 - frames)
    return SegmentSpec(
        kind="shot",
        frames=frames,
        width_px=SIZE_PX[0],
        height_px=SIZE_PX[1],
        rate_fps=RATE_FPS,
        quality="high",
        sources=(SegmentSource(clip=f"{clip}.mp4", start_s=Fraction(start, 30)),),
    )


def _segment(job: tuple[SegmentSpec, dict[str, MediaInfo], Path]) -> Path:
    render_segment(*job)
    return job[2]


def render(workers: int, specs: Sequence[SegmentSpec], clips: dict[str, MediaInfo], out: Path) -> None:
    """As the engine does it: every segment a task of its own, the longest first, then the join."""
    jobs = [(spec, clips, out.with_name(f"{out.stem}.{n}.mp4")) for n, spec in enumerate(specs)]
    longest_first = sorted(jobs, key=lambda job: (-job[0].frames, job[2]))
    with ProcessPoolExecutor(workers) as pool:
        list(pool.map(_segment, longest_first))
    join([job[2] for job in jobs], None, out, frames=sum(spec.frames for spec in specs), rate_fps=RATE_FPS)


def encode_alone(specs: Sequence[SegmentSpec], clips: dict[str, MediaInfo], work: Path) -> Cost:
    """In two processes, each with half of the segments."""
    order = sorted(specs, key=lambda spec: -spec.frames)
    with ProcessPoolExecutor(2) as pool:
        halves = [([*order[n::4], *order[3 - n :: 4]], clips, work / f"enc{n}.mp4") for n in range(2)]
        costs = list(pool.map(encode_only, halves))
    return Cost(max(cost.wall_s for cost in costs), sum(cost.cpu_s for cost in costs))


def encode_only(job: tuple[Sequence[SegmentSpec], dict[str, MediaInfo], Path]) -> Cost:
    """What it takes to encode pictures that already lie fitted in memory."""
    specs, clips, out = job
    wall_s = cpu_s = 0.0
    for spec in specs:
        source = spec.sources[0]
        with open_clip(clips[source.clip]) as clip:
            fit = PictureFilter(clip.video, source.crop, *SIZE_PX)
            pictures = [
                (fit.apply(picture), times)
                for picture, times in shown_pictures(clip, source.start_s, spec.frames, RATE_FPS)
            ]
        cost = timed(partial(_encode, spec, pictures, out))
        wall_s, cpu_s = wall_s + cost.wall_s, cpu_s + cost.cpu_s
    return Cost(wall_s, cpu_s)


def _encode(spec: SegmentSpec, pictures: Sequence[tuple[av.VideoFrame, int]], out: Path) -> None:
    coding = PICTURE_CODING[spec.quality]
    with PictureWriter(
        out, width_px=SIZE_PX[0], height_px=SIZE_PX[1], rate_fps=RATE_FPS, coding=coding
    ) as writer:
        for picture, times in pictures:
            writer.write(picture, times)


def ffmpeg_command(specs: Sequence[SegmentSpec], clips: dict[str, MediaInfo], out: Path) -> list[str]:
    """One graph with input seeking, as many threads as ffmpeg likes, the same crop, scaler and x264 settings."""
    command = ["ffmpeg", "-v", "error", "-y"]
    chains: list[str] = []
    for number, spec in enumerate(specs):
        source = spec.sources[0]
        command += ["-ss", f"{float(source.start_s):.6f}", "-t", f"{spec.frames / 30:.6f}"]
        command += ["-i", clips[source.clip].path]
        chains.append(
            f"[{number}:v]crop=608:1080:656:0:exact=1,scale=1080:1920:flags=bicubic+accurate_rnd+bitexact,setsar=1,"
            f"fps=30[v{number}];"
        )
    inputs = "".join(f"[v{number}]" for number in range(len(specs)))
    graph = "".join(chains) + f"{inputs}concat=n={len(specs)}[v]"
    options = [
        part
        for name, value in x264_options(PICTURE_CODING["high"], RATE_FPS).items()
        for part in (f"-{name}", value)
    ]
    return [*command, "-filter_complex", graph, "-map", "[v]", "-c:v", "libx264", *options, str(out)]


MOVIEPY = """
import json, sys
from moviepy import VideoFileClip, concatenate_videoclips
job = json.load(open(sys.argv[1]))
parts = [
    VideoFileClip(path, audio=False).subclipped(start, start + length)
    .cropped(x_center=960, width=608).resized((1080, 1920))
    for path, start, length in job["shots"]
]
concatenate_videoclips(parts).write_videofile(
    job["out"], fps=30, codec="libx264", preset=job["preset"], ffmpeg_params=["-crf", job["crf"]], audio=False, logger=None
)
"""


def moviepy_command(
    python: str, specs: Sequence[SegmentSpec], clips: dict[str, MediaInfo], out: Path
) -> list[str]:
    coding = PICTURE_CODING["high"]
    job = out.with_suffix(".json")
    shots = [
        (clips[spec.sources[0].clip].path, float(spec.sources[0].start_s), spec.frames / 30) for spec in specs
    ]
    job.write_text(
        json.dumps({"shots": shots, "out": str(out), "preset": coding.preset, "crf": str(coding.crf)})
    )
    return [python, "-c", MOVIEPY, str(job)]


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall time, and processor time of all processes, of one way of doing something."""

    wall_s: float
    cpu_s: float


def timed(action: Callable[[], object]) -> Cost:
    wall, cpu = time.perf_counter(), _cpu_s()
    action()
    return Cost(time.perf_counter() - wall, _cpu_s() - cpu)


def _cpu_s() -> float:
    """Of this process and its children that have ended."""
    now = os.times()
    return now.user + now.system + now.children_user + now.children_system


def make_song(path: Path) -> None:
    """Forty seconds of chords and drums."""
    rate = 44100
    t = np.arange(40 * rate) / rate
    chord = sum(np.sin(2 * np.pi * hz * t) for hz in (220.0, 277.2, 329.6)) / 6
    drum = np.exp(-30 * (t % 0.5)) * np.sin(2 * np.pi * 60 * t)
    sound = (np.clip(chord + 0.6 * drum, -1, 1) * 20000).astype(np.int16)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(sound[None], format="s16", layout="mono")
        frame.sample_rate = rate
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def run(work: Path, rounds: int, moviepy: str | None) -> None:
    clips: dict[str, MediaInfo] = {}
    for number in range(CLIPS):
        path = work / f"{number}.mp4"
        if not path.exists():
            make_clip(path, number)
        clips[path.name] = probe(str(path))
    specs, song = reel(), work / "song.wav"
    make_song(song)
    changed = list(specs)
    changed[7] = shot(random.Random(99), 3, specs[7].frames)
    costs: dict[str, list[Cost]] = {}
    for _ in range(rounds):
        ways: dict[str, Callable[[], object]] = {
            "rushes": partial(render, 2, specs, clips, work / "two.mp4"),
            "one cut changed": partial(change, changed, clips, work),
            "sound": partial(sound, song, work),
            "ffmpeg graph": partial(_run, ffmpeg_command(specs, clips, work / "ffmpeg.mp4")),
        }
        if moviepy:
            ways["MoviePy"] = partial(_run, moviepy_command(moviepy, specs, clips, work / "moviepy.mp4"))
        for name, way in ways.items():
            costs.setdefault(name, []).append(timed(way))
        costs.setdefault("encoding alone", []).append(encode_alone(specs, clips, work))
    report(costs)
    same_bytes(specs, clips, work)
    qualities(specs, clips, work)


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True)


def change(changed: Sequence[SegmentSpec], clips: dict[str, MediaInfo], work: Path) -> None:
    """What a run does after one cut was changed: that segment and the join; the sound is still in the store."""
    render_segment(changed[7], clips, work / "changed.mp4")
    parts = [work / f"two.{n}.mp4" for n in range(len(changed))]
    parts[7] = work / "changed.mp4"
    join(parts, None, work / "again.mp4", frames=REEL_FRAMES, rate_fps=RATE_FPS)


def sound(song: Path, work: Path) -> None:
    render_song(song, start_s=Fraction(3), duration_s=Fraction(30), out=work / "sound.m4a")


def report(costs: dict[str, list[Cost]]) -> None:
    print(f"{os.cpu_count()} cores, {len(costs['rushes'])} rounds; ratios are medians of the rounds' own")
    print("| what | wall s | processor s | rushes / it, wall | rushes / it, processor |")
    print("|---|---|---|---|---|")
    for name, values in costs.items():
        pairs = list(zip(costs["rushes"], values, strict=True))
        wall = statistics.median(ours.wall_s / other.wall_s for ours, other in pairs)
        cpu = statistics.median(ours.cpu_s / other.cpu_s for ours, other in pairs)
        wall_s, cpu_s = (
            statistics.median(getattr(cost, field) for cost in values) for field in ("wall_s", "cpu_s")
        )
        print(f"| {name} | {wall_s:.2f} | {cpu_s:.2f} | {wall:.2f} | {cpu:.2f} |")
    again = statistics.median(
        (changed.wall_s + heard.wall_s) / whole.wall_s
        for changed, heard, whole in zip(
            costs["one cut changed"], costs["sound"], costs["rushes"], strict=True
        )
    )
    print(f"one cut changed, and the sound made again: {again:.3f} of the render")


def same_bytes(specs: Sequence[SegmentSpec], clips: dict[str, MediaInfo], work: Path) -> None:
    render(1, specs, clips, work / "one.mp4")
    one, two = (sha256((work / name).read_bytes()).hexdigest() for name in ("one.mp4", "two.mp4"))
    print(f"same bytes for one and two workers: {'yes' if one == two else 'NO'}")


def qualities(specs: Sequence[SegmentSpec], clips: dict[str, MediaInfo], work: Path) -> None:
    """What each quality costs and gives, on two shots of the reel."""
    print("| quality | preset | crf | processor ms a frame | Mbit/s | PSNR of luma, dB |")
    print("|---|---|---|---|---|---|")
    for quality in ("low", "high", "maximum"):
        cost_s, size_bytes, frames, faults = 0.0, 0, 0, list[float]()
        for spec in (replace(specs[0], quality=quality), replace(specs[2], quality=quality)):
            source, out = spec.sources[0], work / "quality.mp4"
            with open_clip(clips[source.clip]) as clip:
                fit = PictureFilter(clip.video, source.crop, *SIZE_PX)
                shown = shown_pictures(clip, source.start_s, spec.frames, RATE_FPS)
                pictures = [(fit.apply(picture), times) for picture, times in shown]
            cost_s += timed(partial(_encode, spec, pictures, out)).cpu_s
            size_bytes, frames = size_bytes + out.stat().st_size, frames + spec.frames
            with av.open(str(out)) as container:
                for (wanted, _), got in zip(pictures, container.decode(video=0), strict=True):
                    faults.append(float(np.square(_luma(wanted) - _luma(got)).mean()))
        coding, psnr_db = PICTURE_CODING[quality], 10 * np.log10(255**2 / np.mean(faults))
        rate = size_bytes * 8 / (frames / 30) / 1e6
        cost_ms = cost_s / frames * 1000
        print(
            f"| {quality} | {coding.preset} | {coding.crf:g} | {cost_ms:.0f} | {rate:.1f} | {psnr_db:.1f} |"
        )


def _luma(frame: av.VideoFrame) -> np.ndarray:
    return frame.to_ndarray()[: SIZE_PX[1]].astype(np.float32)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--moviepy", default=None, help="a Python that has MoviePy 2")
    parser.add_argument("--work", type=Path, default=None, help="where clips are kept between runs")
    chosen = parser.parse_args(arguments)
    if chosen.work:
        chosen.work.mkdir(parents=True, exist_ok=True)
        run(chosen.work, chosen.rounds, chosen.moviepy)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), chosen.rounds, chosen.moviepy)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
