"""The form of a song: sections of even energy between downbeats, and the drops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Times = NDArray[np.float64]

_SPLIT_COST = 0.35
_LOW_01, _HIGH_01 = 0.4, 0.7
_JUMP_01 = 0.15
"""Two neighbouring sections that differ by less than this in energy are of one kind."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a song, half-open. label: intro, verse, build, drop, break or outro. energy_01: its mean energy."""

    start_s: float
    end_s: float
    label: str
    energy_01: float


def find_sections(
    energy_01: Floats, step_s: float, duration_s: float, downbeats_s: Sequence[float], min_section_s: float
) -> tuple[Section, ...]:
    """Cut a song where its energy changes, so that the squared error of one mean per section is least.

    energy_01: shape (n,), one value every step_s. Borders lie on downbeats, or on a grid of one second where there are
    none; no section is shorter than min_section_s, except in a song that is.
    """
    if duration_s <= 0.0:
        return ()
    marks = downbeats_s if len(downbeats_s) >= 2 else np.arange(1.0, duration_s, 1.0)
    inner = [mark for mark in marks if min_section_s <= mark <= duration_s - min_section_s]
    borders = np.array([0.0, *inner, duration_s])
    chosen = _best_borders(energy_01, step_s, borders, min_section_s)
    means = [_mean_between(energy_01, step_s, start, end) for start, end in _pairs(chosen)]
    labels = _labels(means)
    return tuple(
        Section(start, end, label, mean)
        for (start, end), label, mean in zip(_pairs(chosen), labels, means, strict=True)
    )


def find_drops(sections: Sequence[Section]) -> tuple[float, ...]:
    """Where a section called drop begins."""
    return tuple(section.start_s for section in sections[1:] if section.label == "drop")


def _pairs(borders: Sequence[float]) -> list[tuple[float, float]]:
    return list(pairwise(borders))


def _mean_between(energy_01: Floats, step_s: float, start_s: float, end_s: float) -> float:
    low = min(round(start_s / step_s), energy_01.size - 1)
    return float(energy_01[low : max(low + 1, round(end_s / step_s))].mean())


def _best_borders(energy_01: Floats, step_s: float, borders: Times, min_section_s: float) -> list[float]:
    """Piecewise constant fit by dynamic programming over the possible borders."""
    at = np.minimum(np.round(borders / step_s).astype(np.int64), energy_01.size)
    first = np.concatenate([[0.0], np.cumsum(energy_01, dtype=np.float64)])[at]
    second = np.concatenate([[0.0], np.cumsum(energy_01.astype(np.float64) ** 2)])[at]
    cost = np.full(borders.size, np.inf)
    cost[0] = 0.0
    came = np.zeros(borders.size, np.int64)
    for end in range(1, borders.size):
        steps = np.maximum(at[end] - at[:end], 1)
        error = (second[end] - second[:end]) - (first[end] - first[:end]) ** 2 / steps
        total = cost[:end] + error * step_s + _SPLIT_COST
        # The whole song is always allowed, however short it is.
        allowed = borders[end] - borders[:end] >= min_section_s - 1e-9
        if end == borders.size - 1:
            allowed[0] = True
        total = np.where(allowed, total, np.inf)
        came[end] = int(total.argmin())
        cost[end] = total[came[end]]
    chosen = [borders.size - 1]
    while chosen[-1] > 0:
        chosen.append(int(came[chosen[-1]]))
    return [float(borders[index]) for index in reversed(chosen)]


def _labels(means: Sequence[float]) -> list[str]:
    """Name sections by their energy beside that of their neighbours."""
    labels = [_label(index, means) for index in range(len(means))]
    for index in range(len(labels) - 1):
        rises = index > 0 and means[index] > means[index - 1] + _JUMP_01 / 2
        if labels[index] == "verse" and labels[index + 1] == "drop" and rises:
            labels[index] = "build"
    return labels


def _label(index: int, means: Sequence[float]) -> str:
    mean = means[index]
    before = means[index - 1] if index > 0 else None
    after = means[index + 1] if index + 1 < len(means) else None
    if before is None and after is not None and mean < after - _JUMP_01:
        return "intro"
    if after is None and before is not None and mean < before - _JUMP_01:
        return "outro"
    if before is not None and mean >= _HIGH_01 and mean > before + _JUMP_01:
        return "drop"
    if before is not None and after is not None and mean < min(before, after) - _JUMP_01:
        return "break"
    return "verse"
