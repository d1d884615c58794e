"""Cost of faces, expressions, speech and sounds together, as a ratio to decoding 1080p30 footage.

    python bench/seeing.py ../shared/data ../shared/models [--rounds 3] [--bodies]

The clips are those of bench/analysis.py, made from footage with one face, with several small ones and with none. The
usual analyzers run with and without those that use models, in turn and in two processes: the difference is what seeing
and hearing cost on top of a pass that decodes anyway. Processor time is printed in brackets.
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from analysis import MBIT_S, NAMES, decode_only, make_clip, took_s
from rushes.analyze.clip_pass import analyze_seen_clip, derive_tables
from rushes.analyze.spec import ClipFacts
from rushes.analyze.table import ANALYZERS
from rushes.graph.analysis import models_wanted, plan_analysis
from rushes.media.probe import probe
from rushes.models.folder import installed_models
from rushes.models.session import Models
from rushes.recipe.spec import AnalyzerSpec

SOURCES = (
    "asl_shoot/again.mkv",
    "film/chaplin.mp4",
    "talking/example.mp4",
    "asl_shoot/book.mkv",
)
SEEING = ("faces", "emotion", "speech", "audio_events")


def look(path: str, folder: str, names: Sequence[str]) -> None:
    """One decode for all analyzers that look at pictures and sound, then those that read their tables."""
    specs = [AnalyzerSpec(name=name, params=dataclasses.asdict(ANALYZERS[name].params())) for name in names]
    installed = installed_models(Path(folder), models_wanted(specs, ANALYZERS))
    wanted = {
        spec.name: (ANALYZERS[spec.name], ANALYZERS[spec.name].params(**spec.params))
        for spec in plan_analysis(specs, ANALYZERS, installed).wanted
    }
    models = {
        name: Models({model: Path(installed.files[model].path) for model in analyzer.models(params)})
        for name, (analyzer, params) in wanted.items()
        if analyzer.models(params)
    }
    info = probe(path)
    fed = {name: pair for name, pair in wanted.items() if pair[0].source == "clip"}
    passed, seen = analyze_seen_clip(info, fed, {name: models[name] for name in fed if name in models})
    tables = dict(passed)
    facts = ClipFacts(info=info, duration_s=seen.decoded_duration_s)
    for name, (analyzer, params) in wanted.items():
        if analyzer.source == "tables":
            tables[name] = derive_tables(analyzer, params, facts, tables, models.get(name, Models()))


def main() -> None:
    """Make the clips, run the rounds, print the ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("models", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=12.0)
    parser.add_argument("--bodies", action="store_true", help="people by YOLOX and shot types as well")
    arguments = parser.parse_args()
    folder = Path(tempfile.gettempdir(), "rushes-bench-seeing")
    folder.mkdir(exist_ok=True)
    paths: list[str] = []
    for number, source in enumerate(SOURCES):
        path = folder / f"clip_{number}_{arguments.seconds:g}.mp4"
        if not path.exists():
            part = path.with_suffix(".part.mp4")
            make_clip(arguments.data / source, part, arguments.seconds, MBIT_S[number], number)
            part.rename(path)
        paths.append(str(path))
    names = (*NAMES, *SEEING, *(("bodies", "shot_type") if arguments.bodies else ()))
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        folder_name = str(arguments.models)
        blind, seeing = (partial(look, folder=folder_name, names=chosen) for chosen in (NAMES, names))
        took_s(pool, seeing, [*paths[:2]] * 2)
        ratios: list[tuple[float, float]] = []
        for _ in range(arguments.rounds):
            plain, without, with_all, again = (
                took_s(pool, work, paths) for work in (decode_only, blind, seeing, decode_only)
            )
            decode = [(one + other) / 2 for one, other in zip(plain, again, strict=True)]
            ratios.append(
                (
                    (with_all[0] - without[0]) / decode[0],
                    (with_all[1] - without[1]) / decode[1],
                )
            )
            print(f"decode {decode[0]:.2f} s, without {without[0]:.2f} s, with {with_all[0]:.2f} s")
    wall, busy = (statistics.median(ratio[at] for ratio in ratios) for at in (0, 1))
    print(f"{', '.join(names[len(NAMES) :])}: {wall:.3f} ({busy:.3f}) of decoding (target: at most 0.25)")


if __name__ == "__main__":
    main()
