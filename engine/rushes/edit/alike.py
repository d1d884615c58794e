"""Which footage is alike: what may stand in for each other is one class that is counted, not told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rushes.edit.problem import Bools, Choice, Choices, Cover, CutProblem, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Alike:
    """Classes of clips and, within them, of units. A letter is what the path must know of a class of units.

    Per class of units: fits (spans, classes); letter; clip_class; most, how often all of them together may be used; first,
    one unit of it; units, (clips, units of the class in one clip) by clip. Per class of clips: clip_most; wanted (groups,
    clip classes). Per letter: unit_of_letter, one unit that has it, and kind_of_letter.
    """

    fits: Bools
    letter: Ints
    clip_class: Ints
    most: Floats
    first: Ints
    units: tuple[Ints, ...]
    clip_most: Floats
    wanted: Bools
    unit_of_letter: Ints
    kind_of_letter: Ints
    letter_of_unit: Ints
    """(units,) -1 for those that fit nowhere."""
    is_timed: tuple[bool, ...]
    """Per row: whether what a shot counts depends on its span."""

    @property
    def letters(self) -> int:
        return len(self.unit_of_letter)

    def cover_limits(self, cover: Cover) -> list[tuple[Bools, int]]:
        """(letters,) and how many shots of them may touch one window: as many as there are groups among them."""
        limits: list[tuple[Bools, int]] = []
        single = np.zeros(self.letters, dtype=np.int64)
        for letter in range(self.letters):
            groups = cover.unit_group[self.letter_of_unit == letter]
            single[letter] = groups[0] if np.all(groups == groups[0]) else -1
            if groups.min() >= 0 and single[letter] < 0:
                limits.append((np.arange(self.letters) == letter, len(np.unique(groups))))
        limits += [(single == group, 1) for group in np.unique(single[single >= 0]).tolist()]
        used = cover.unit_group[self.letter_of_unit >= 0]
        if self.letters > 1 and used.min() >= 0:
            limits.append((np.ones(self.letters, dtype=bool), len(np.unique(used))))
        return limits

    def deal(self, shape: Choices, classes: Ints) -> Choices:
        """Units for the shots of a path, given the class of each: the clips of a class take turns."""
        units = [choice.unit for choice in shape]
        for clip_class in range(len(self.clip_most)):
            shots = np.flatnonzero(self.clip_class[classes] == clip_class)
            shots = shots[np.argsort(classes[shots], kind="stable")]
            uses: dict[tuple[int, int], int] = {}
            for turn, shot in enumerate(shots.tolist()):
                table = self.units[classes[shot]]
                clip = turn % len(table)
                again = uses.get((clip, int(classes[shot])), 0)
                uses[clip, int(classes[shot])] = again + 1
                units[shot] = int(table[clip, again % table.shape[1]])
        return tuple(Choice(choice.span, unit) for choice, unit in zip(shape, units, strict=True))


def counted(problem: CutProblem) -> Alike:
    """Everything alike in one class."""
    return _classed(problem, apart=False)


def all_apart(problem: CutProblem) -> Alike:
    """Every unit a class and a letter of its own: larger, and covers are seen whole."""
    return _classed(problem, apart=True)


def _classed(problem: CutProblem, *, apart: bool) -> Alike:
    fits = np.isfinite(problem.value)
    unit = np.flatnonzero(fits.any(axis=0))
    is_timed = tuple(bool(np.ptp(row.span_part) > 0) for row in problem.rows)
    letter = _numbers(unit) if apart else _letters(problem, unit, is_timed)
    signature = _signatures(problem, unit, fits, letter, is_timed)
    clip = problem.unit_clip[unit]
    order = np.lexsort((unit, signature, clip))
    keys: dict[tuple[object, ...], list[int]] = {}
    for one in np.unique(clip).tolist():
        has = tuple(signature[order[clip[order] == one]].tolist())
        key = (int(problem.clip_limit[one]), problem.wanted[:, one].tobytes(), has)
        keys.setdefault((*key, one) if apart else key, []).append(one)
    found: list[tuple[int, int, Ints]] = []
    for at, clips in enumerate(keys.values()):
        of_first = signature[clip == clips[0]]
        for one in np.unique(of_first).tolist():
            members = unit[np.isin(clip, clips) & (signature == one)]
            by_clip = members[np.lexsort((members, problem.unit_clip[members]))].reshape(len(clips), -1)
            found.append((at, int(by_clip[0, 0]), by_clip))
    first = np.array([one for _, one, _ in found], dtype=np.int64)
    letter_of_unit = np.full(fits.shape[1], -1)
    letter_of_unit[unit] = letter
    limit = np.minimum(problem.unit_limit, problem.clip_limit[problem.unit_clip])
    _, of_letter = np.unique(letter, return_index=True)
    return Alike(
        fits=fits[:, first],
        letter=letter_of_unit[first],
        clip_class=np.array([at for at, _, _ in found], dtype=np.int64),
        most=np.array([float(units.size * limit[one]) for _, one, units in found]),
        first=first,
        units=tuple(units for _, _, units in found),
        clip_most=np.array([float(len(clips) * problem.clip_limit[clips[0]]) for clips in keys.values()]),
        wanted=np.array(
            [[bool(members[clips[0]]) for clips in keys.values()] for members in problem.wanted], dtype=bool
        ).reshape(len(problem.wanted), len(keys)),
        unit_of_letter=unit[of_letter],
        kind_of_letter=problem.unit_kind[unit[of_letter]],
        letter_of_unit=letter_of_unit,
        is_timed=is_timed,
    )


def _letters(problem: CutProblem, unit: Ints, is_timed: tuple[bool, ...]) -> Ints:
    """Units are of one letter where no rule about what follows what, and no timed row, tells them apart."""
    kinds = [
        *(streak.class_of_kind[:, None] for streak in problem.streaks),
        *(np.stack([one.before, one.after], axis=1) for one in problem.sequences),
        *(np.concatenate([one.forbidden[:-1], one.forbidden.T], axis=1) for one in problem.follows),
    ]
    told = [np.zeros((len(unit), 1)), *(table[problem.unit_kind[unit]] for table in kinds)]
    told += [row.unit_part[unit, None] for row, timed in zip(problem.rows, is_timed, strict=True) if timed]
    return _numbers(np.concatenate(told, axis=1).astype(np.float64))


def _signatures(
    problem: CutProblem, unit: Ints, fits: Bools, letter: Ints, is_timed: tuple[bool, ...]
) -> Ints:
    """Units of one number are alike in every way but their clip."""
    limit = np.minimum(problem.unit_limit, problem.clip_limit[problem.unit_clip])[unit]
    told: list[Ints | Floats] = [letter, limit, _numbers(np.packbits(fits[:, unit], axis=0).T)]
    told += [row.unit_part[unit] for row, timed in zip(problem.rows, is_timed, strict=True) if not timed]
    return _numbers(np.stack([part.astype(np.float64) for part in told], axis=1))


def _numbers(rows: npt.NDArray[Any]) -> Ints:
    """A number for each row, the same for equal rows: 0, 1, ..."""
    return np.asarray(np.unique(rows, axis=0, return_inverse=True)[1], dtype=np.int64).reshape(-1)
