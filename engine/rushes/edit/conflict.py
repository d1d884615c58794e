"""Which constraints cannot hold together: a smallest set of them, by asking about few sets of constraints.

A set of constraints is in conflict when no edit keeps all of them. Sets are asked about by size, smallest first. Each edit
that answers a question keeps more constraints than were asked for, often most; no set within what it keeps is asked about
again. So what is asked next always hits all that the edits so far break: the implicit hitting set method (Ignatiev,
Previti, Liffiton, Marques-Silva 2015), for conflicts of few members. A conflict met on the way is a smallest one as soon as
all smaller sets are known to be kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
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
ProblemsWith = Callable[[frozenset[str]], Iterable[CutProblem]]


def smallest_conflict(
    names: Sequence[str], ask: Ask, *, easy: frozenset[str] = frozenset(), questions: int = QUESTIONS
) -> Conflict | None:
    """A smallest set of constraints that no edit keeps. None: all can be kept, or the questions were used up.

    easy: constraints that are asked about along with others, for most edits keep them.
    """
    search = _Search(names, ask, easy, questions)
    for size in range(len(names) + 1):
        for members in search.open_sets(size):
            if search.best is not None and len(search.best) <= size:
                break
            search.settle(frozenset(members))
            if search.left <= 0:
                return search.found(is_smallest=False)
        if search.best is not None and len(search.best) <= size:
            return search.found(is_smallest=search.is_sure)
    return search.found(is_smallest=search.is_sure)


class _Search:
    """What was asked so far. best: the smallest conflict found; is_sure: every question was answered."""

    def __init__(self, names: Sequence[str], ask: Ask, easy: frozenset[str], questions: int) -> None:
        self._names, self._ask, self._easy = tuple(names), ask, easy
        self._known: list[frozenset[str]] = []
        self._conflicts: list[frozenset[str]] = []
        self._refuted: list[frozenset[str]] = []
        self.left = questions
        self.is_sure = True

    @property
    def best(self) -> frozenset[str] | None:
        return min(self._conflicts, key=len, default=None)

    def found(self, *, is_smallest: bool) -> Conflict | None:
        """The smallest conflict found, in the order of the names."""
        if self.best is None:
            return None
        return Conflict(tuple(name for name in self._names if name in self.best), is_smallest)

    def open_sets(self, size: int) -> Iterator[tuple[str, ...]]:
        """Sets of a size of which no edit is known that keeps them."""
        for members in combinations(self._names, size):
            asked = frozenset(members)
            if not any(asked <= known for known in self._known):
                yield members

    def settle(self, asked: frozenset[str]) -> None:
        """Find an edit that keeps a set, or the proof that there is none.

        The easy ones are asked about along with it; where they cannot all be kept, the conflict is narrowed down and what
        completes it is left out of the next question.
        """
        while self.left > 0:
            beside = self._beside(asked)
            kept = self._is_kept(asked | beside)
            if kept is None and beside:
                kept = self._is_kept(asked)
                beside = frozenset()
            if kept is None:
                # Nothing was found out: it counts as kept, unsurely.
                self.is_sure = False
                self._known.append(asked)
            if kept is not False:
                return
            self._conflicts.append(self._narrowed(asked, self._ordered(beside)))
            if self._conflicts[-1] <= asked:
                return

    def _beside(self, asked: frozenset[str]) -> frozenset[str]:
        """The easy ones, without one of every conflict that is known."""
        beside = self._easy - asked
        for conflict in self._conflicts:
            if conflict <= asked | beside:
                beside -= {max(conflict - asked, key=self._names.index)}
        return beside

    def _ordered(self, names: frozenset[str]) -> tuple[str, ...]:
        return tuple(name for name in self._names if name in names)

    def _narrowed(self, asked: frozenset[str], beside: tuple[str, ...]) -> frozenset[str]:
        """A conflict within a set and what is beside it, of which nothing can be left out (Junker's QuickXplain, 2004)."""
        needed = self._explained(asked, bool(asked), beside) if beside else frozenset[str]()
        return needed | self._explained(needed, bool(needed), self._ordered(asked))

    def _explained(self, given: frozenset[str], is_new: bool, names: tuple[str, ...]) -> frozenset[str]:
        """The names that a conflict needs beside those that are given."""
        if (is_new and self._is_kept(given) is False) or not names:
            return frozenset()
        if len(names) == 1:
            return frozenset(names)
        half = len(names) // 2
        first, second = names[:half], names[half:]
        of_second = self._explained(given | frozenset(first), True, second)
        of_first = self._explained(given | of_second, bool(of_second), first)
        return of_first | of_second

    def _is_kept(self, asked: frozenset[str]) -> bool | None:
        """Whether an edit keeps a set; None where that is not found out."""
        if any(asked <= known for known in self._known):
            return True
        if any(refuted <= asked for refuted in self._refuted):
            return False
        self.left -= 1
        verdict = self._ask(asked)
        if verdict.kept is not None:
            self._known.append(verdict.kept)
            return True
        if not verdict.is_proof:
            return None
        self._refuted.append(asked)
        return False


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
