"""Can the footage fill the song? Counted, without asking what anything is worth."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rushes.edit.alike import counted
from rushes.edit.conflict import STREAK
from rushes.edit.counting import Model
from rushes.edit.feasible import hard_only, lawful_edit
from rushes.edit.problem import Choices, CutProblem


def furthest_place(problem: CutProblem) -> int:
    """No lawful edit of this footage gets further than this place: a proven bound, by linear programming.

    Rules about the whole edit (rows, such as a share of the time) are meant for the whole edit: below the last place,
    the bound is one on edits that keep them as they stand.
    """
    hard = hard_only(problem)
    return Model(hard, counted(hard), open_end=True).furthest()


def reach_of_footage(problem: CutProblem) -> int:
    """How far the footage itself reaches, with the limits on uses and streaks only: a proven bound for every shorter edit
    too."""
    plain = replace(problem, wanted=problem.wanted[:0], apart=False, rows=(), covers=())
    streaks = tuple(rule for rule in problem.streaks if rule.name == STREAK)
    return furthest_place(replace(plain, streaks=streaks, sequences=(), follows=()))


def reach_in_any_order(problem: CutProblem) -> int:
    """How far the footage reaches with the limits on uses only: a bound that is found many times sooner, as streaks are not
    looked at."""
    return reach_of_footage(replace(problem, max_streak=None, streaks=()))


@dataclass(frozen=True, slots=True, eq=False)
class Filled:
    """A way to fill the whole edit. shape: a lawful edit, whatever it is worth; None: none was found.
    is_proof: there is none at all."""

    shape: Choices | None
    is_proof: bool = False


def filled_whole(problem: CutProblem) -> Filled:
    """A way with few shots, or the proof that there is none; neither where the search was given up."""
    hard = hard_only(problem)
    if is_plainly_impossible(problem) or _is_out_of_reach(hard):
        return Filled(None, is_proof=True)
    found = lawful_edit(problem, fewest=True)
    return Filled(found.choices, found.is_proof)


def is_plainly_impossible(problem: CutProblem) -> bool:
    """Whether linear programming proves at once that there is no lawful edit: without streaks and covers, which make it several
    times slower and are seldom the reason."""
    return _is_out_of_reach(replace(hard_only(problem), streaks=(), covers=()))


def _is_out_of_reach(hard: CutProblem) -> bool:
    """Whether not even a mixture of edits keeps all limits and rules."""
    model = Model(hard, counted(hard))
    return model.relaxed(np.zeros(model.width)) is None
