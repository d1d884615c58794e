"""Which constraints cannot hold together: a smallest set of them, by asking about few sets of constraints.

A set of constraints is in conflict when no edit keeps all of them. Sets are asked about by size, smallest first, so the
first conflict is a smallest one. Each edit that answers a question keeps more constraints than were asked for, often
most; no set within what it keeps is asked about again. So what is asked next always hits all that the edits so far
break: the implicit hitting set method (Ignatiev, Previti, Liffiton, Marques-Silva 2015), for conflicts of few members.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from rushes.edit.feasible import lawful_edit
from rushes.edit.problem import Choices, CutProblem, broken_limits, rules_of

MAX_USES = "edit.max_uses_per_clip"
STREAK = "edit.max_same_angle_streak"
MUST_USE = "edit.must_use"
APART = "neighbours"
"""Two shots in a row come from two clips: no key of the recipe says so."""

QUESTIONS = 160
"""How many edits are looked for at most."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a set of constraints. kept: those that an edit keeps, at least the ones asked for; None: no edit was
    found. is_proof: there is none."""

    kept: frozenset[str] | None
    is_proof: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """members: constraints that cannot hold together, in the order of the recipe. is_smallest: proven that fewer never
    conflict."""

    members: tuple[str, ...]
    is_smallest: bool


Ask = Callable[[frozenset[str]], Verdict]
ProblemsWith = Callable[[frozenset[str]], tuple[CutProblem, ...]]


def smallest_conflict(
    names: Sequence[str], ask: Ask, *, easy: frozenset[str] = frozenset(), questions: int = QUESTIONS
) -> Conflict | None:
    """A smallest set of constraints that no edit keeps; the first in the order of `names` among the smallest.

    easy: constraints that are asked about along with others first, for most edits keep them. None: all can be kept, or the
    questions were used up.
    """
    search = _Search(names, ask, questions)
    for size in range(len(names) + 1):
        for members in search.open_sets(size):
            if search.is_conflict(members, easy):
                return Conflict(members, search.is_sure)
            if search.left <= 0:
                return None
    return None


class _Search:
    """What was asked so far."""

    def __init__(self, names: Sequence[str], ask: Ask, questions: int) -> None:
        self._names, self._ask = tuple(names), ask
        self._known: list[frozenset[str]] = []
        self.left = questions
        self.is_sure = True

    def open_sets(self, size: int) -> Iterator[tuple[str, ...]]:
        """Sets of a size of which no edit is known that keeps them."""
        for members in combinations(self._names, size):
            asked = frozenset(members)
            if not any(asked <= known for known in self._known):
                yield members

    def is_conflict(self, members: tuple[str, ...], easy: frozenset[str]) -> bool:
        """Ask about a set; remember what the edit keeps. A set of which nothing is found out counts as kept, unsurely."""
        asked = frozenset(members)
        if not easy <= asked and self._verdict(asked | easy).kept is not None:
            return False
        verdict = self._verdict(asked)
        if verdict.kept is None and not verdict.is_proof:
            self.is_sure = False
            self._known.append(asked)
        return verdict.is_proof

    def _verdict(self, asked: frozenset[str]) -> Verdict:
        self.left -= 1
        verdict = self._ask(asked)
        if verdict.kept is not None:
            self._known.append(verdict.kept)
        return verdict


def names_in(problem: CutProblem) -> tuple[str, ...]:
    """Names of all that can be switched off in a problem, in a fixed order."""
    named = [MAX_USES]
    named += [STREAK] if problem.max_streak is not None else []
    named += [APART] if problem.apart else []
    named += [f"{MUST_USE}.{at}" for at in range(len(problem.wanted))]
    named += [rule.name for rule in rules_of(problem) if rule.weight is None]
    return tuple(dict.fromkeys(named))


def only(problem: CutProblem, names: frozenset[str]) -> CutProblem:
    """The problem without the limits and hard rules that are not named, and without soft rules. The uses of clips stay limited:
    what more of them there are depends on how the footage is divided."""
    wanted = [at for at in range(len(problem.wanted)) if f"{MUST_USE}.{at}" in names]
    return replace(
        problem,
        max_streak=problem.max_streak if STREAK in names else None,
        apart=problem.apart and APART in names,
        wanted=problem.wanted[wanted],
        rows=tuple(rule for rule in problem.rows if rule.weight is None and rule.name in names),
        covers=tuple(rule for rule in problem.covers if rule.weight is None and rule.name in names),
        streaks=tuple(rule for rule in problem.streaks if rule.weight is None and rule.name in names),
        sequences=tuple(rule for rule in problem.sequences if rule.weight is None and rule.name in names),
        follows=tuple(rule for rule in problem.follows if rule.weight is None and rule.name in names),
    )


def kept_by(problem: CutProblem, choices: Choices) -> frozenset[str]:
    """The limits and hard rules of a problem that an edit keeps."""
    broken = frozenset(broken_limits(problem, choices))
    clips = problem.unit_clip[[choice.unit for choice in choices]]
    missing = {f"{MUST_USE}.{at}" for at, members in enumerate(problem.wanted) if not members[clips].any()}
    built_in = {"clip_limit": MAX_USES, "apart": APART, "streak": STREAK}
    lost = {built_in.get(name, name) for name in broken} | missing
    return frozenset(name for name in names_in(problem) if name not in lost)


def asker(problems_with: ProblemsWith, anew: frozenset[str]) -> Ask:
    """Answers about the constraints of a recipe.

    problems_with: problems with the named constraints only, an edit of any of which will do; none where no footage is left.
    What they carry beyond the named is told from what an edit keeps, but for `anew`: those shape the problem itself.
    """

    def ask(names: frozenset[str]) -> Verdict:
        is_proof = True
        for problem in problems_with(names):
            found = lawful_edit(only(problem, names))
            if found.choices is not None:
                return Verdict((kept_by(problem, found.choices) - anew) | names)
            is_proof &= found.is_proof
        return Verdict(None, is_proof)

    return ask
