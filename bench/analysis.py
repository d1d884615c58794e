"""Cost of analysing 1080p30 footage, as ratios to decoding it and to four passes of ffmpeg, and the memory it takes.

    python bench/analysis.py ../shared/data [--rounds 3] [--clips 4] [--ffmpeg] [--long]

The clips are made once from real ones: enlarged, panned with a hand's tremor, with texture that moves along and grain
that does not, and encoded by x264 at 8 to 15 Mbit/s with sound, because decoding costs what the picture costs. All
contestants run over all clips with two processes, in turn; the ratio of each round is printed and their median taken.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import av
import cv2
import numpy as np
from av.container import OutputContainer
from rushes.analyze.clip_pass import analyze_clip
from rushes.analyze.table import ANALYZERS
from rushes.media.probe import probe

NAMES = ("quality", "motion", "shots", "keyframes", "loudness")
SOURCES = ("talking/example.mp4", "film/bikes.mp4", "intel/bottle-detection.mp4", "mdn/elf.mp4")
MBIT_S = (12, 10, 8, 15)
SIZE_PX = (1920, 1080)
RATE_FPS = 30
PASSES = (
    ["-vf", "scdet", "-an"],
    ["-vf", "signalstats,blurdetect", "-an"],
    ["-vf", "freezedetect,tblend=all_mode=difference,signalstats", "-an"],
    ["-vn", "-af", "ebur128=peak=true"],
)


def make_clip(source: Path, out: Path, seconds: float, mbit_s: int, seed: int) -> None:
    """A clip as a phone records it, from whatever source looks like."""
    rng = np.random.default_rng(seed)
    width, height = SIZE_PX
    big = (width * 115 // 100, height * 115 // 100)
    texture = cv2.GaussianBlur(rng.normal(0, 12, big[::-1]).astype(np.float32), (0, 0), 1.2)
    grain = [rng.normal(0, 1.5, (height, width)).astype(np.float32) for _ in range(8)]
    with av.open(str(source)) as container:
        pictures = [
            f.to_ndarray(format="rgb24") for f, _ in zip(container.decode(video=0), range(150), strict=False)
        ]
    with av.open(str(out), "w") as container:
        stream = container.add_stream("libx264", rate=RATE_FPS)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.bit_rate, stream.gop_size = mbit_s * 1_000_000, RATE_FPS
        stream.options = {"preset": "veryfast"}
        sound = container.add_stream("aac", rate=48000)
        sound.layout = "stereo"
        for i in range(round(seconds * RATE_FPS)):
            enlarged = cv2.resize(pictures[i % len(pictures)], big, interpolation=cv2.INTER_CUBIC)
            x = round((big[0] - width) * (0.5 + 0.45 * np.sin(i / 60)) + 2 * np.sin(i / 3))
            y = round((big[1] - height) * (0.5 + 0.45 * np.sin(i / 83)) + 2 * np.sin(i / 4))
            crop = enlarged[y : y + height, x : x + width].astype(np.float32)
            crop += (texture[y : y + height, x : x + width] + grain[i % 8])[..., None]
            frame = av.VideoFrame.from_ndarray(np.clip(crop, 0, 255).astype(np.uint8), "rgb24")
            container.mux(stream.encode(frame))
            _add_sound(container, sound, rng, i)
        container.mux(stream.encode())
        container.mux(sound.encode())


def _add_sound(container: OutputContainer, sound: av.AudioStream, rng: np.random.Generator, i: int) -> None:
    at_s = (np.arange(1600) + i * 1600) / 48000
    tone = 0.2 * np.sin(2 * np.pi * 220 * at_s) * (1 + np.sin(2 * np.pi * at_s)) + rng.normal(0, 0.03, 1600)
    frame = av.AudioFrame.from_ndarray(np.stack([tone, tone * 0.8]).astype(np.float32), "fltp", "stereo")
    frame.sample_rate, frame.pts = 48000, i * 1600
    container.mux(sound.encode(frame))


def decode_only(path: str) -> None:
    """The baseline: every frame decoded, by one thread, and let go."""
    with av.open(path) as container:
        container.streams.video[0].thread_count = 1
        for _ in container.decode(video=0):
            pass


def analyze_all(path: str) -> None:
    """All analyzers of clips."""
    wanted = {name: (ANALYZERS[name], ANALYZERS[name].params()) for name in NAMES}
    analyze_clip(probe(path), wanted)


def four_passes(path: str) -> None:
    """What a script around ffmpeg does: a pass for cuts, one for quality, one for motion, one for loudness."""
    for arguments in PASSES:
        command = [
            "ffmpeg",
            "-nostdin",
            "-v",
            "error",
            "-threads",
            "1",
            "-i",
            path,
            *arguments,
            "-f",
            "null",
            "-",
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def peak_mb(path: str) -> float:
    """Largest resident size of this process so far, after analysing one clip."""
    analyze_all(path)
    status = Path("/proc/self/status")
    if status.exists():
        # getrusage would tell of the parent's size before this process became its own.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def busy_s(work: Callable[[str], None], path: str) -> float:
    """Processor time of one clip, of this process and of those that it starts."""
    before = os.times()
    work(path)
    after = os.times()
    return sum(after[:4]) - sum(before[:4])


def took_s(
    pool: ProcessPoolExecutor, work: Callable[[str], None], paths: Sequence[str]
) -> tuple[float, float]:
    """Time until both processes have done all clips, and processor time of all: the latter tells when others were busy."""
    begin = time.perf_counter()
    busy = sum(pool.map(busy_s, [work] * len(paths), paths))
    return time.perf_counter() - begin, busy


def main() -> None:
    """Make the clips, run the rounds, print ratios and memory."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clips", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=12.0)
    parser.add_argument("--ffmpeg", action="store_true", help="also time the four passes")
    parser.add_argument("--long", action="store_true", help="also measure the memory of a 10 min clip")
    arguments = parser.parse_args()
    folder = Path(tempfile.gettempdir(), "rushes-bench-analysis")
    folder.mkdir(exist_ok=True)
    paths: list[str] = []
    for number in range(arguments.clips):
        path = folder / f"clip_{number}_{arguments.seconds:g}.mp4"
        if not path.exists():
            source = arguments.data / SOURCES[number % len(SOURCES)]
            part = path.with_suffix(".part.mp4")
            make_clip(source, part, arguments.seconds, MBIT_S[number % len(MBIT_S)], number)
            part.rename(path)
        paths.append(str(path))
    _compare(paths, arguments.rounds, arguments.ffmpeg)
    _memory(paths[0], folder, arguments.long)


def _compare(paths: Sequence[str], rounds: int, with_ffmpeg: bool) -> None:
    """Wall ratios and, in brackets, ratios of processor time."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        # Libraries are loaded and caches warm before the clock starts.
        took_s(pool, analyze_all, [*paths[:2]] * 2)
        analysis: list[tuple[float, float]] = []
        ffmpeg: list[tuple[float, float]] = []
        for _ in range(rounds):
            plain, ours, again = (
                took_s(pool, work, paths) for work in (decode_only, analyze_all, decode_only)
            )
            analysis.append((2 * ours[0] / (plain[0] + again[0]), 2 * ours[1] / (plain[1] + again[1])))
            print(
                f"decode {plain[0]:.2f} s, analysis {ours[0]:.2f} s, decode {again[0]:.2f} s: {_both(analysis[-1])}"
            )
            if with_ffmpeg:
                theirs = took_s(pool, four_passes, paths)
                ffmpeg.append((theirs[0] / ours[0], theirs[1] / ours[1]))
                print(f"four ffmpeg passes {theirs[0]:.2f} s: {_both(ffmpeg[-1])} times the analysis")
    print(f"analysis over decoding alone: {_median(analysis)} (target: at most 1.10)")
    if ffmpeg:
        print(f"four ffmpeg passes over analysis: {_median(ffmpeg)} (target: at least 4)")


def _both(ratios: tuple[float, float]) -> str:
    return f"{ratios[0]:.3f} ({ratios[1]:.3f})"


def _median(ratios: Sequence[tuple[float, float]]) -> str:
    return _both((statistics.median(r[0] for r in ratios), statistics.median(r[1] for r in ratios)))


def _memory(clip: str, folder: Path, with_long: bool) -> None:
    wanted = {"one clip": clip}
    if with_long:
        wanted["10 min clip"] = str(_repeated(clip, folder / "long.mp4", 600))
    for name, path in wanted.items():
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            print(f"memory, {name}: {pool.submit(peak_mb, path).result():.0f} MB (target: at most 350)")


def _repeated(clip: str, out: Path, seconds: float) -> Path:
    """The packets of a clip again and again, without encoding them anew."""
    if out.exists():
        return out
    part = out.with_suffix(".part.mp4")
    with av.open(clip) as source, av.open(str(part), "w") as sink:
        streams = {
            s.index: sink.add_stream_from_template(s)
            for s in (source.streams.video[0], source.streams.audio[0])
        }
        # Sound outlasts the picture by a little: without a gap the next turn would begin before it has ended.
        duration_s = source.duration / av.time_base + 0.1
        for turn in range(round(seconds / duration_s)):
            source.seek(0)
            for packet in source.demux(*source.streams.video[:1], *source.streams.audio[:1]):
                if packet.dts is None or packet.pts is None:
                    continue
                shift = round(turn * duration_s / packet.time_base)
                packet.pts += shift
                packet.dts += shift
                packet.stream = streams[packet.stream.index]
                sink.mux(packet)
    part.rename(out)
    return out


if __name__ == "__main__":
    sys.exit(main())
