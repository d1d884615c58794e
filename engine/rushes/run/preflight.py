"""A finished edit against the platforms it is meant for: what is measured, and what the last run knows of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from rushes.analyze.tables import unpack_tables
from rushes.emit.preflight import Finding, Shown, VideoFacts, findings
from rushes.emit.sound_level import Samples, loudness_lufs, true_peak_db
from rushes.emit.sound_song import read_part
from rushes.emit.title_layout import title_layout
from rushes.errors import MediaError, Place, Problem, RecipeError
from rushes.media.encode_sound import SOUND_RATE_HZ
from rushes.media.info import VideoInfo
from rushes.media.info_json import info_from_json
from rushes.media.probe import probe
from rushes.recipe.names import did_you_mean
from rushes.recipe.parse import parse_yaml
from rushes.recipe.shape import Shape
from rushes.recipe.tree import Branch, to_plain
from rushes.resources import shipped_file, shipped_schema
from rushes.run.provenance import read_record
from rushes.store.store import Store, hash_file
from rushes.timeline.crop_path import CropPath
from rushes.timeline.document import timeline_from_json
from rushes.timeline.titles import HASTY_FIX, hasty_titles
from rushes.timeline.tree import Reframe, ReframeKey, Timeline, TimelineClip

PLATFORMS_FILE = "platforms.yaml"
_VIDEO = "video.mp4"
_CONTAINERS = {"mov,mp4,m4a,3gp,3g2,mj2": "mp4", "matroska,webm": "webm"}
Platforms = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflight:
    """What was found. notes: what could not be checked, and why. checked: platform -> the day that its facts are of."""

    video: VideoFacts
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    checked: Mapping[str, str]

    @property
    def is_fine(self) -> bool:
        """Whether every platform takes it."""
        return not any(one.level == "problem" for one in self.findings)


def read_platforms(path: Path | None = None) -> Platforms:
    """Platforms by name: those that ship, or those of a file. Raises RecipeError with every fault and its place."""
    file = path or shipped_file("platforms", PLATFORMS_FILE)
    try:
        data = file.read_bytes()
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise RecipeError(Problem(Place(str(file)), what, "name a file like platforms.yaml")) from None
    schema = shipped_schema("platforms")
    tree, problems = parse_yaml(data, str(file), "platforms")
    if tree is not None and not problems:
        sound = Shape(schema, problems, subject="platforms file").sound(tree, schema)
        if isinstance(sound, Branch) and not problems:
            known: Platforms = to_plain(sound)["platforms"]
            return known
    raise RecipeError(problems)


def wanted_platforms(platforms: Platforms, name: str) -> Platforms:
    """The platforms that a name means; "all": every one. Raises RecipeError for an unknown one."""
    if name == "all":
        return platforms
    if name not in platforms:
        fix = did_you_mean(name, [*platforms, "all"], kind="platforms")
        raise RecipeError(Problem(None, f"there is no platform {name}", fix))
    return {name: platforms[name]}


def preflight(out: Path, platforms: Platforms, cache: Path | None = None) -> Preflight:
    """Check the video of an out folder. cache: the store in which faces are looked up.

    Raises RecipeError where there is no such folder or no edit in it, MediaError where its video cannot be read.
    """
    timeline_path, video_path = out / "timeline.json", out / _VIDEO
    _check_folder(out, timeline_path, video_path)
    timeline = timeline_from_json(timeline_path.read_bytes(), str(timeline_path))
    record = read_record(out / "run.json") if (out / "run.json").is_file() else None
    video = video_facts(video_path)
    titles, notes = _titles(timeline, record)
    faces, why = _faces(timeline, record, cache)
    found = [
        finding
        for name, platform in platforms.items()
        for finding in findings(name, platform, video, titles, faces)
    ]
    found += [finding for name in platforms for finding in _hasty(name, timeline)]
    stale = _stale(timeline_path, video_path, record)
    if stale is not None:
        found = [*(_earlier(name, stale, out) for name in platforms), *found]
    return Preflight(
        video=video,
        findings=tuple(found),
        notes=(*notes, *([why] if why else [])),
        checked={name: platform["as_of"] for name, platform in platforms.items()},
    )


def _check_folder(out: Path, timeline: Path, video: Path) -> None:
    if not out.is_dir():
        what = "is no folder" if out.exists() else "there is no such folder"
        raise RecipeError(Problem(Place(str(out)), what, "give the out folder of a run"))
    if not timeline.is_file():
        raise RecipeError(Problem(Place(str(out)), "holds no timeline.json", "give the out folder of a run"))
    if not video.is_file():
        what = f"holds no {_VIDEO}, so there is nothing to check"
        raise RecipeError(Problem(Place(str(out)), what, f"render it: rushes render {out}"))


def _earlier(platform: str, what: str, out: Path) -> Finding:
    fix = f"render it again: rushes render {out}"
    return Finding(platform=platform, level="problem", check="edit", what=what, fix=fix)


def _stale(timeline: Path, video: Path, record: Mapping[str, Any] | None) -> str | None:
    """What is wrong where the video is not that of the timeline."""
    made = {} if record is None else record["outputs"]
    now = {"timeline": timeline, "video": video}
    if any(name not in made for name in now):
        return None
    if hash_file(video) != made["video"]["b3"]:
        return None
    if hash_file(timeline) == made["timeline"]["b3"]:
        return None
    return "the edit was changed since the video was rendered"


def video_facts(path: Path) -> VideoFacts:
    """What is measured of a video file. Raises MediaError."""
    info = probe(str(path))
    picture = info.video
    if picture is None:
        raise MediaError(Problem(Place(str(path)), "it has no picture", "render it again: rushes render OUT"))
    sound = None if info.audio is None else _heard(path, info.duration_s)
    return VideoFacts(
        container=_CONTAINERS.get(info.container, info.container),
        size_bytes=info.size_bytes,
        duration_s=info.duration_s,
        width_px=picture.width_px,
        height_px=picture.height_px,
        rate_fps=float(picture.rate_fps),
        codec=picture.codec,
        pixel_format=picture.pixel_format,
        has_sound=info.audio is not None,
        sound_codec="" if info.audio is None else info.audio.codec,
        sound_rate_hz=0 if info.audio is None else info.audio.rate_hz,
        loudness_lufs=None if sound is None else loudness_lufs(sound),
        true_peak_db=None if sound is None else true_peak_db(sound),
    )


def _heard(path: Path, duration_s: float) -> Samples:
    return read_part(path, Fraction(0), max(1, round(duration_s * SOUND_RATE_HZ)))


def _titles(timeline: Timeline, record: Mapping[str, Any] | None) -> tuple[list[Shown], list[str]]:
    """Where titles are, and what is to be said of those whose font is not at hand."""
    fonts = dict(_fonts(record))
    found: list[Shown] = []
    notes: list[str] = []
    width, height = timeline.width_px, timeline.height_px
    for title in timeline.titles:
        font = fonts.get(title.look.font_digest)
        if title.look.font_digest and font is None:
            notes.append(
                f"the font of the title {title.name} is not where it was: its width is that of another font"
            )
        left, top, right, bottom = title_layout(title.look, width, height, font).box
        box = (left / width, top / height, right / width, bottom / height)
        start_s, end_s = (float(at / timeline.rate_fps) for at in (title.start_frames, title.end_frames))
        found.append(Shown(name=title.name, start_s=start_s, end_s=end_s, boxes=(box,)))
    return found, notes


def _hasty(platform: str, timeline: Timeline) -> Iterator[Finding]:
    for title, what in hasty_titles(timeline).values():
        start_s, end_s = (float(at / timeline.rate_fps) for at in (title.start_frames, title.end_frames))
        where = f"{start_s:.2f}-{end_s:.2f} s"
        yield Finding(
            platform=platform, level="warning", check="titles", what=what, fix=HASTY_FIX, where=where
        )


def _fonts(record: Mapping[str, Any] | None) -> Iterator[tuple[str, Path]]:
    edit = {} if record is None else record["recipe"].get("edit") or {}
    for title in (edit.get("titles") or {}).values():
        path = title.get("font")
        if path and Path(path).is_file():
            yield hash_file(Path(path)), Path(path)


def _faces(
    timeline: Timeline, record: Mapping[str, Any] | None, cache: Path | None
) -> tuple[list[Shown] | None, str]:
    """Faces in the finished frame, shot by shot, or why they are not known."""
    unknown = "faces were not checked: "
    if record is None:
        return None, f"{unknown}there is no run.json beside the video"
    made = {node["id"]: node["outputs"] for node in record["nodes"]}
    if not any(name.startswith("analyze/saliency/") for name in made):
        return None, f"{unknown}the recipe does not look for them (analyzers: saliency: {{}})"
    if cache is None or not cache.is_dir():
        return None, f"{unknown}the store of that run is not at hand (--cache DIR)"
    store = Store(cache)
    found: list[Shown] = []
    for place, clip in enumerate(timeline.clips, start=1):
        tables = _stored(store, made, f"analyze/saliency/{clip.file}", "tables.bin")
        info = _stored(store, made, f"probe/{clip.file}", "info.json")
        if tables is None or info is None:
            return None, f"{unknown}the store no longer holds what was seen of {clip.file} (run it again)"
        video = info_from_json(json.loads(info)).video
        assert video is not None
        start_s, end_s = (
            float(at / timeline.rate_fps) for at in (clip.timeline_start_frames, clip.timeline_end_frames())
        )
        boxes = tuple(_boxes(timeline, clip, video, tables))
        found.append(Shown(name=f"shot {place} ({clip.id})", start_s=start_s, end_s=end_s, boxes=boxes))
    return found, ""


def _stored(store: Store, made: Mapping[str, Mapping[str, str]], node: str, output: str) -> bytes | None:
    digest = made.get(node, {}).get(output)
    path = None if digest is None else store.verified(digest)
    return None if path is None else path.read_bytes()


def _boxes(
    timeline: Timeline, clip: TimelineClip, video: VideoInfo, tables: bytes
) -> Iterator[tuple[float, float, float, float]]:
    """Faces that saliency saw within the shot, in the frame; those that the crop leaves out are not shown."""
    rows = unpack_tables(tables)[0]["required"]
    first_s, last_s = float(clip.source_start_s()), float(clip.source_end_s(timeline.rate_fps))
    shape = (timeline.width_px / timeline.height_px) / (video.width_px / video.height_px)
    path = CropPath((clip.reframe or _middle(shape)).keys)
    for row in rows.sort("t_s", "x_01", "y_01").to_dicts():
        if row["what"] != "face" or not first_s <= row["t_s"] < last_s:
            continue
        x, y, width = path.at(row["t_s"])
        height = width / shape
        left, top = (
            (row[f"{a}_01"] - at) / size + 0.5 for a, at, size in (("x", x, width), ("y", y, height))
        )
        right, bottom = left + row["width_01"] / width, top + row["height_01"] / height
        if 0 < (left + right) / 2 < 1 and 0 < (top + bottom) / 2 < 1:
            yield left, top, right, bottom


def _middle(shape: float) -> Reframe:
    """shape: of the frame, in that of the picture."""
    key = ReframeKey(at_s=0.0, x_01=0.5, y_01=0.5, width_01=min(1.0, shape))
    return Reframe(mode="steady", keys=(key,))
