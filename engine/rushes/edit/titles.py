"""The titles of a recipe, as the timeline has them: every choice of a style made, the facts filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from os.path import basename, splitext
from types import MappingProxyType
from typing import Any

from rushes.media.find import matches_any
from rushes.recipe.build import spec_from_plain
from rushes.recipe.title_spec import TitleAlign, TitleSpec, TitleStyle, with_facts
from rushes.timeline.titles import placed
from rushes.timeline.tree import Timeline, Title, TitleLook, TitlePlace
from rushes.units import round_6


@dataclass(frozen=True, slots=True)
class _Style:
    """size_01: of the frame's shorter side."""

    align: TitleAlign
    size_01: float
    box_01: float


_STYLES: Mapping[TitleStyle, _Style] = MappingProxyType(
    {
        "title": _Style("centre", 0.075, 0.0),
        "lower_third": _Style("left", 0.044, 0.6),
        "caption": _Style("centre", 0.048, 0.0),
    }
)


def with_titles(
    timeline: Timeline, titles: list[Mapping[str, Any]], facts: Mapping[str, str]
) -> tuple[Timeline, tuple[str, ...]]:
    """The timeline with the titles of a recipe and no others, and what is to be said of those that are never shown.

    titles: fields of TitleSpec, with the name of the font's file as `font` and its digest as `font_digest`.
    """
    specs = [(spec_from_plain(TitleSpec, title), title["font_digest"]) for title in titles]
    wanted = tuple(_title(timeline, spec, digest, facts) for spec, digest in specs)
    found = placed(timeline, wanted)
    shown = {title.name for title in found.titles}
    return found, tuple(_never(title) for title in wanted if title.name not in shown)


def _title(timeline: Timeline, spec: TitleSpec, digest: str, facts: Mapping[str, str]) -> Title:
    style = _STYLES[spec.style]
    shorter = min(timeline.width_px, timeline.height_px) / timeline.height_px
    look = TitleLook(
        text=with_facts(spec.text, {**facts, **_clip_fact(timeline, spec)}),
        style=spec.style,
        align=spec.align or style.align,
        size_01=spec.size_01 if spec.size_01 is not None else round_6(style.size_01 * shorter),
        y_01=spec.y_01,
        color=spec.color,
        box_color=spec.box_color,
        box_01=spec.box_01 if spec.box_01 is not None else style.box_01,
        font=spec.font or "",
        font_digest=digest,
        fade_s=spec.fade_s,
    )
    return Title(name=spec.name, look=look, place=_place(spec), start_frames=0, end_frames=0)


def _clip_fact(timeline: Timeline, spec: TitleSpec) -> dict[str, str]:
    if spec.clip is None:
        return {}
    shown = next((clip.file for clip in timeline.clips if matches_any(clip.file, (spec.clip,))), None)
    return {} if shown is None else {"clip": splitext(basename(shown))[0]}


def _place(spec: TitleSpec) -> TitlePlace:
    place = TitlePlace(kind=spec.at or "start", length_s=spec.length_s)
    if spec.section is not None:
        return replace(place, kind="section", name=spec.section)
    if spec.clip is not None:
        return replace(place, kind="clip", name=spec.clip)
    if spec.from_s is not None or spec.until_s is not None:
        return replace(place, kind="time", from_s=spec.from_s, until_s=spec.until_s)
    return place


def _never(title: Title) -> str:
    why = {
        "section": f"no section {title.place.name} of the song is heard in the edit",
        "clip": f"no shot is of a clip that matches {title.place.name}",
    }.get(title.place.kind, "the edit ends before it begins")
    return f"the title {title.name} is not shown: {why}"
