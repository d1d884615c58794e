"""Run a golden case: its footage, or the made shoot, through its recipe."""

from __future__ import annotations

import tempfile
from pathlib import Path

from rushes.media.made_shoot import Shoot, made_shoot
from rushes.run.deliver import run_prepared
from rushes.run.golden import RunOutputs
from rushes.run.golden_case import DEMO, GoldenCase
from rushes.run.golden_recipe import kept_recipe
from rushes.run.pipeline import RunRequest, prepare
from rushes.run.progress import Progress
from rushes.score.files import read_frame


def run_case(
    case: GoldenCase,
    *,
    cache: Path,
    executor: str = "processes",
    workers: int | None = None,
    models: Path | None = None,
    models_option: str = "",
    progress: Progress | None = None,
) -> RunOutputs:
    """What the case makes now, without models where no folder is given. The made shoot lies in the store's folder and is made once. Raises RushesErrors."""
    shoot = made_shoot(cache / "made-shoot") if DEMO in (case.footage, case.song) else None
    request = RunRequest(
        recipe=case.recipe,
        footage=_footage(case, shoot),
        song=_song(case, shoot),
        profile=case.profile,
        overrides=case.overrides,
        cache=cache,
        executor=executor,
        workers=workers,
        models=models,
        models_option=models_option,
    )
    prepared = prepare(request, progress)
    with tempfile.TemporaryDirectory(prefix="rushes-") as out, prepared.session as session:
        outputs = run_prepared(prepared, Path(out)).outputs
        return RunOutputs(
            timeline=session.path("reframe", "timeline.json").read_bytes() if "timeline" in outputs else None,
            clips=read_frame(session.path("score", "clips.arrow")).to_dicts(),
            scores=[score.name for score in prepared.recipe.scores],
            recipe=kept_recipe(prepared.resolved),
            video=session.path("render/video", "video.mp4") if "video" in outputs else None,
        )


def _footage(case: GoldenCase, shoot: Shoot | None) -> str:
    return str(shoot.footage) if shoot and case.footage == DEMO else case.footage


def _song(case: GoldenCase, shoot: Shoot | None) -> str | None:
    return str(shoot.song) if shoot and case.song == DEMO else case.song
