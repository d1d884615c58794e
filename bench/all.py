"""Every benchmark, one after the other. Run it alone on the machine.

    python bench/all.py [--data ../shared/data]

What needs footage or songs that are not in this repository is left out where the data folder is missing, and said so.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent


def run(script: str, *arguments: str) -> None:
    """One benchmark as its own process, with the time it took."""
    print(f"\n== {script} {' '.join(arguments)}", flush=True)
    began = time.perf_counter()
    done = subprocess.run([sys.executable, str(HERE / script), *arguments], check=False)
    print(f"-- exit {done.returncode} after {time.perf_counter() - began:.0f} s", flush=True)


def main() -> None:
    """Run all that can be run here."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "data")
    data = parser.parse_args().data
    ffmpeg = ["--ffmpeg"] if shutil.which("ffmpeg") else []
    moviepy = ["--moviepy", sys.executable] if importlib.util.find_spec("moviepy") else []
    run("warm.py")
    run("edit.py")
    run("conflicts.py")
    run("regenerate.py")
    run("library.py")
    run("feedback.py")
    run("render.py", *moviepy)
    if data.is_dir():
        run("analysis.py", str(data), "--long", *ffmpeg)
        run("shots.py", str(data))
        if (data.parent / "models").is_dir():
            models = str(data.parent / "models")
            run("faces.py", str(data), "--models", models)
            run("expressions.py", str(data), models)
            run("speech.py", str(data), models, "--cost")
            run("talking_head.py", str(data / "talking"), models)
            run("seeing.py", str(data), models)
            run("seeing.py", str(data), models, "--bodies")
        run("beats.py", "--data", str(data / "beats"))
    else:
        print(f"\nleft out: analysis, shots and songs with known beats; there is no {data}")
        run("beats.py")


if __name__ == "__main__":
    main()
