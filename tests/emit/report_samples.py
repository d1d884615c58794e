"""A run that looks real: 20 shots, 40 clips that were not used, key frames painted in code."""

from __future__ import annotations

import math
from functools import cache

import cv2
import numpy as np
import timeline_samples as samples
from rushes.emit.report import ReportData
from rushes.recipe.spec import ScoreSpec, TermSpec

SCORE = ScoreSpec(
    name="heuristic_score",
    says="How good a clip or segment is on its own.",
    terms=(
        TermSpec(name="picture", value="visual_quality_01", weight=0.5, says="quality of the picture"),
        TermSpec(
            name="stability", value="motion_stability_score", weight=0.3, says="steadiness of the camera"
        ),
        TermSpec(name="fresh", value="fresh_frames_01", weight=0.2, says="no frozen pictures"),
    ),
)


@cache
def painted_jpeg(seed: int, width_px: int = 256, height_px: int = 144) -> bytes:
    """A landscape: sky, sun, hills and a figure, in colours that follow the seed."""
    random = np.random.default_rng(seed)
    hue = seed * 37 % 180
    rows = np.linspace(0, 1, height_px)[:, None, None]
    top, low = _colour(hue, 120, 235), _colour(hue + 25, 60, 255)
    picture = np.broadcast_to(top * (1 - rows) + low * rows, (height_px, width_px, 3)).astype(np.uint8).copy()
    sun = (int(random.integers(width_px)), int(height_px * random.uniform(0.15, 0.4)))
    cv2.circle(picture, sun, 16, _colour(hue + 15, 40, 255).tolist(), -1, cv2.LINE_AA)
    across = np.arange(width_px)
    for layer in range(3):
        ridge = height_px * (0.5 + 0.15 * layer) + 12 * np.sin(
            across / (14 + 9 * layer) + random.uniform(0, 6)
        )
        outline = np.stack([np.r_[across, width_px, 0], np.r_[ridge, height_px, height_px]], 1).astype(
            np.int32
        )
        cv2.fillPoly(picture, [outline], _colour(hue + 60, 110, 150 - 40 * layer).tolist(), cv2.LINE_AA)
    at = int(width_px * random.uniform(0.3, 0.7))
    cv2.ellipse(picture, (at, height_px - 20), (14, 38), 0, 0, 360, (40, 30, 30), -1, cv2.LINE_AA)
    cv2.circle(picture, (at, height_px - 66), 11, (120, 150, 205), -1, cv2.LINE_AA)
    picture = cv2.GaussianBlur(picture, (3, 3), 0)
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()


def _colour(hue: int, saturation: int, value: int) -> np.ndarray:
    pixel = np.uint8([[[hue % 180, saturation, value]]])
    return cv2.cvtColor(pixel, cv2.COLOR_HSV2BGR)[0, 0].astype(float)


def clip_row(name: str, quality_01: float, rejected: str = "") -> dict:
    """A row of the scored clips frame; the terms agree with the score."""
    values = {"picture": quality_01, "stability": min(1.0, quality_01 + 0.1), "fresh": 1.0}
    row: dict = {"clip": name, "duration_s": 4.0 + 6 * quality_01, "usable_segment_count": 3}
    for term in SCORE.terms:
        row[f"heuristic_score.{term.name}"] = values[term.name]
        row[f"heuristic_score.{term.name}.share"] = term.weight
    row["heuristic_score"] = sum(values[term.name] * term.weight for term in SCORE.terms)
    row["rejected"] = bool(rejected)
    row["reject_reasons"] = [rejected] if rejected else []
    row["tags"] = ["golden hour"] if quality_01 > 0.85 else []
    row["reasons"] = ["stable camera", "sharp picture"] if quality_01 > 0.6 else []
    return row


def real_looking() -> ReportData:
    """20 shots to a song, 40 clips not used (14 of them rejected), one failed."""
    edit = samples.reel()
    rows = [clip_row(clip.file, 0.6 + 0.35 * abs(math.sin(at * 2.1))) for at, clip in enumerate(edit.clips)]
    faults = ("too dark (brightness 4 %)", "blurred (sharpness 3 %)", "too shaky (stability 8 %)")
    for at in range(40):
        fault = faults[at % 3] if at % 3 == 2 or at > 38 else ""
        rows.append(clip_row(f"unused_{at + 1:02}.mp4", 0.1 + 0.02 * at % 0.6, fault))
    pictures = {
        row["clip"]: [(float(t), painted_jpeg(at * 3 + t // 2)) for t in (0, 2)]
        for at, row in enumerate(rows)
    }
    return ReportData(
        title="Summer in the hills",
        timeline=edit,
        clips=rows,
        thumbnails=pictures,
        video_file="video.mp4",
        warnings=("the song is 4.0 s longer than the edit and fades out",),
        failed=(("IMG_0042.MOV", "not a video: moov atom not found"),),
        provenance={
            "recipe": "beat_reel",
            "profile": "default@1",
            "rushes": "0.1.0",
            "libraries": {"av": "18.1.0", "polars": "2.1.0"},
            "digests": {"song.ogg": "5" * 64},
            "objective": edit.ai_reasoning.objective,
        },
        recipe_yaml="schema: rushes/recipe@1\nname: beat_reel\nedit:\n  duration_s: 30.0\n",
        scores=(SCORE,),
        thresholds={"dark_exposure_01": 0.06, "shaky_stability_01": 0.1},
    )
