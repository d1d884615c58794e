"""The best edit under all limits, with a proven bound.

Prices for scarce footage (relax), a lawful edit from every new path (repair), then a proof on the few choices that are
left (prove). Every limit of effort is a count, so the answer does not depend on the speed of the machine.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from rushes.edit.beam import Beam, Regrowth, grown, grown_whole, regrown
from rushes.edit.few import best_of_few, is_few
from rushes.edit.fill import filled_whole, furthest_place, is_plainly_impossible
from rushes.edit.grow_part import Ground
from rushes.edit.polish import Windows, polished
from rushes.edit.priced import Prices, no_prices
from rushes.edit.problem import IMPOSSIBLE, Choices, CutProblem, Floats, broken_limits, objective
from rushes.edit.prove import Kept, PathBounds, joined, keep, kept_size, path_bounds, settle
from rushes.edit.prune import pruned
from rushes.edit.relax import PathProgram
from rushes.edit.repair import better, reassigned
from rushes.edit.strike import struck

_ANYTHING = -1e300
"""A goal that every edit reaches."""
_BEAM = Beam(width=150, alike=4, of_kind=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How far to go. All are counts."""

    steps: int = 300
    """Price steps. 300 bring the bound within 1e-4 of its limit on 200 clips x 60 beats."""
    ruled_steps: int = 200
    """The same where rows or covers count: there the time is better spent on windows."""
    ruled_work: int = 40_000_000
    """Steps times the work of one: fewer steps, at least two fifths of them, for larger problems."""
    patience: int = 8
    """Steps without a better bound before the step size shrinks."""
    doubt: int = 20
    """Steps without a lawful edit after which counting decides whether there is one at all."""
    choices: int = 600
    """The largest rest that is given to the solver while there is a lawful edit already."""
    choices_without: int = 2000
    """The largest rest while there is none."""
    first_reach: float = 3e-4
    """How far below the bound the first goal lies, as a share of it."""
    nodes: int = 200
    """Branch-and-cut nodes of each call of the solver."""
    rounds: int = 12
    """Calls of the solver at most."""
    windows: tuple[Windows, ...] = (
        Windows(gap=5e-4, choices=250, rounds=2),
        Windows(gap=5e-3, choices=500, rounds=2),
        Windows(gap=5e-3, choices=2000, rounds=8),
    )
    """How an edit is bettered that is further from the bound than their gap."""
    beam: Beam = _BEAM
    """How many beginnings of edits grow side by side where rules count."""
    regrowth: tuple[Regrowth, ...] = (
        Regrowth(shots=30, stride=30, beam=Beam(width=400, alike=4, of_kind=6)),
        Regrowth(shots=10, stride=3, beam=Beam(width=60, alike=4, of_kind=6), prices=0.7),
        Regrowth(shots=10, stride=3, beam=Beam(width=100, alike=4, of_kind=6), prices=0.5),
        Regrowth(shots=16, stride=4, beam=Beam(width=150, alike=8, of_kind=8)),
    )
    """How parts of an edit are grown anew, if it is further from its bound than regrown_gap."""
    regrown_gap: float = 1e-3
    regrown_spans: int = 600
    """With more spans than these, the last regrowth is left out."""
    beam_spans: int = 400
    """With more spans than these, the fewer beginnings, at least a third."""
    ruled_windows: tuple[Windows, ...] = (Windows(gap=1e-3, choices=100, rounds=2, nodes=50, of_kind=3),)
    """The windows where rows and covers make the solver slow."""
    first_windows: tuple[Windows, ...] = (
        Windows(gap=0.0, choices=80, rounds=2, nodes=20, of_kind=3),
        Windows(gap=0.0, choices=200, rounds=1, nodes=20, of_kind=4, shots=40),
    )
    """How the path that breaks least is made lawful where rules count."""
    paths: int = 80
    """How many of the latest paths are looked at for the one that breaks least."""
    parts: tuple[tuple[int, int], ...] = ((20, 5), (40, 5), (80, 6))
    """Else, of how many of the latest paths a first edit is put together, and how many units may stand in for each other on
    their spans and kinds."""
    near: float = 0.03
    """How far from the best of these the first edit may be."""
    small: int = 400
    """A rest that the solver settles at once, whatever is known of it, with so many nodes:"""
    small_nodes: int = 2000
    whole: int = 200
    """Where no more choices than whole_size are left, all edits of them are followed side by side, so many at a place; the
    solver, which takes longer to load, is asked where they are more."""
    whole_size: int = 2000
    few: bool = True
    """Follow the uses of few clips exactly."""


@dataclass(frozen=True, slots=True, eq=False)
class CutSolution:
    """choices: None where no lawful edit was found. bound: no lawful edit is worth more (-inf: there is none)."""

    choices: Choices | None
    objective: float
    bound: float
    prices: Prices
    """Those that gave the first bound: what a further use of each clip would be worth."""

    @property
    def gap(self) -> float:
        """(bound - objective) / bound, 0..1."""
        if self.choices is None or self.bound <= 0:
            return 0.0
        return min(1.0, max(0.0, (self.bound - self.objective) / self.bound))


@dataclass(frozen=True, slots=True, eq=False)
class _Priced:
    prices: Floats
    bound: float
    choices: Choices | None
    paths: tuple[Choices, ...]
    """The different paths on the way, the latest last."""
    is_best: bool = False
    """Whether the choices are proven to be the best, or that there are none; bound is their worth then."""


def solve_cut(problem: CutProblem, effort: Effort | None = None) -> CutSolution:
    """The best lawful edit of a problem, and a bound on all of them."""
    effort = effort or Effort()
    smaller = pruned(struck(problem))
    if smaller is None:
        return CutSolution(None, IMPOSSIBLE, IMPOSSIBLE, no_prices(problem))
    found = _solved(smaller.problem, effort)
    return found if found.choices is None else replace(found, choices=smaller.whole(found.choices))


def _solved(problem: CutProblem, effort: Effort) -> CutSolution:
    program = PathProgram(problem)
    if program.states.count == 0:
        return CutSolution(None, IMPOSSIBLE, IMPOSSIBLE, no_prices(problem))
    if effort.few and is_few(program):
        return _solve_few(program, effort)
    if program.limits.has_rules and is_plainly_impossible(problem):
        return CutSolution(None, IMPOSSIBLE, IMPOSSIBLE, no_prices(problem))
    priced = _price(program, effort)
    if priced is None:
        return CutSolution(None, IMPOSSIBLE, IMPOSSIBLE, no_prices(problem))
    bounds = path_bounds(program, priced.prices)
    priced = _followed(program, bounds, priced, effort)
    if not priced.is_best:
        priced = _bettered(program, bounds, priced, effort)
    if priced is None:
        return CutSolution(None, IMPOSSIBLE, IMPOSSIBLE, no_prices(problem))
    if priced.is_best:
        return CutSolution(priced.choices, priced.bound, priced.bound, program.limits.told(priced.prices))
    choices_found, bound = _close(program, bounds, priced, effort)
    told = program.limits.told(priced.prices)
    if choices_found is None:
        return CutSolution(None, IMPOSSIBLE, bound, told)
    if not program.limits.has_rules:
        choices_found = _polished(program, bounds, choices_found, bound, effort)
    worth = objective(problem, choices_found)
    return CutSolution(choices_found, worth, max(bound, worth), told)


def _followed(program: PathProgram, bounds: PathBounds, priced: _Priced, effort: Effort) -> _Priced:
    """The best of all edits, where so little is left that all of them can be followed; else as it is."""
    problem, found = program.problem, priced.choices
    low = objective(problem, found) if found else _ANYTHING
    if not effort.whole or kept_size(bounds, low) > effort.whole_size:
        return priced
    found, is_best = grown_whole(Ground(program, priced.prices), effort.whole, found)
    worth = objective(problem, found) if found else IMPOSSIBLE
    return replace(priced, choices=found, bound=worth if is_best else priced.bound, is_best=is_best)


def _bettered(program: PathProgram, bounds: PathBounds, priced: _Priced, effort: Effort) -> _Priced | None:
    """With an edit where there was none, and a better one where rules count; None: there is none at all."""
    found = priced
    if found.choices is None:
        started = _started(program, bounds, found, effort)
        if started is None:
            return None
        found = started
    has_rules = program.limits.has_rules
    if has_rules and found.choices is not None:
        found = replace(found, choices=_regrown(program, found, found.choices, effort))
    if found.choices is not priced.choices:
        found = _followed(program, bounds, found, effort)
    if has_rules and found.choices is not None and not found.is_best:
        found = replace(found, choices=_polished(program, bounds, found.choices, found.bound, effort))
    return found


def _polished(
    program: PathProgram, bounds: PathBounds, choices: Choices, bound: float, effort: Effort
) -> Choices:
    """Better where it is not near its bound; with larger windows where it is far from it, as an edit is that was
    found by counting alone."""
    for windows in effort.ruled_windows if program.limits.has_rules else effort.windows:
        if bound - objective(program.problem, choices) > windows.gap * abs(bound):
            choices = polished(program, bounds, choices, windows)
    return choices


def _regrown(program: PathProgram, priced: _Priced, choices: Choices, effort: Effort) -> Choices:
    """Part after part grown anew, and units exchanged between places that lie apart."""
    problem, found = program.problem, choices
    is_large = len(problem.span_start) > effort.regrown_spans
    for plan in effort.regrowth[: -1 if is_large else None]:
        ground = Ground(program, priced.prices * plan.prices)
        beam = _scaled(plan.beam, program, effort)
        for first in range(0, max(1, len(found) - plan.shots + plan.stride), plan.stride):
            if priced.bound - objective(problem, found) <= effort.regrown_gap * abs(priced.bound):
                return found
            found = regrown(ground, found, first, plan.shots, beam)
        exchanged = reassigned(problem, found)
        found = exchanged if exchanged and better(problem, exchanged, found) else found
    return found


def _scaled(beam: Beam, program: PathProgram, effort: Effort) -> Beam:
    share = max(1 / 3, min(1.0, effort.beam_spans / len(program.problem.span_start)))
    return replace(beam, width=int(beam.width * share))


def _started(program: PathProgram, bounds: PathBounds, priced: _Priced, effort: Effort) -> _Priced | None:
    """With a lawful edit to start from: put together from parts of the latest paths, or found by counting; None where
    counting proves that there is none."""
    problem = program.problem
    if program.limits.has_rules and (made := _made_lawful(program, bounds, priced, effort)) is not None:
        return replace(priced, choices=made)
    filled = filled_whole(problem)
    if filled.is_proof:
        return None
    found = filled.shape
    if found is not None and not _is_lawful(problem, found):
        found = reassigned(problem, found)
    return replace(priced, choices=found)


def _made_lawful(program: PathProgram, bounds: PathBounds, priced: _Priced, effort: Effort) -> Choices | None:
    """The best edit that grows at the prices; else the latest path that breaks least, made lawful in windows; else parts of
    the latest paths, put together."""
    edit = grown(Ground(program, priced.prices), _scaled(effort.beam, program, effort))
    if edit is not None:
        return edit
    latest = priced.paths[-effort.paths :]
    least = min(range(len(latest)), key=lambda at: (program.limits.excess(latest[at]), -at))
    found = latest[least]
    for windows in effort.first_windows:
        found = polished(program, bounds, found, windows)
        if _is_lawful(program.problem, found):
            return found
    worth = program.limits.value_under_soft_covers(priced.prices)
    for paths, more in effort.parts:
        kept = joined(program, bounds, latest[-paths:], more)
        settled = settle(program, kept, effort.nodes, worth=worth, near=effort.near).choices
        if _is_lawful(program.problem, settled):
            return settled
    return None


def _solve_few(program: PathProgram, effort: Effort) -> CutSolution:
    """The best edit itself; prices only say what a further use of each clip would be worth."""
    problem = program.problem
    choices = best_of_few(program)
    if choices is None:
        return CutSolution(None, IMPOSSIBLE, IMPOSSIBLE, no_prices(problem))
    priced = _price(program, effort)
    worth = objective(problem, choices)
    return CutSolution(
        choices, worth, worth, program.limits.told(priced.prices) if priced else no_prices(problem)
    )


def _price(program: PathProgram, effort: Effort) -> _Priced | None:
    """Lower the bound by moving prices; try to turn every new path into a lawful edit on the way."""
    problem = program.problem
    limits = program.limits
    prices, way, size = limits.free(), limits.free(), 1.0
    best_prices, bound, found, stalled = prices, float("inf"), None, 0
    tried: set[tuple[tuple[int, int], ...]] = set()
    paths: dict[Choices, None] = {}
    for step in range(_steps(program, effort)):
        relaxed = program.solve(prices)
        if relaxed is None or (step == effort.doubt and found is None and _is_short(program)):
            return None
        paths.pop(relaxed.choices, None)
        paths[relaxed.choices] = None
        if relaxed.bound < bound - 1e-7:
            best_prices, bound, stalled = prices, relaxed.bound, 0
        else:
            stalled += 1
            size, stalled = (size * 0.7, 0) if stalled >= effort.patience else (size, stalled)
        shape = tuple((one.span, int(problem.unit_kind[one.unit])) for one in relaxed.choices)
        if shape not in tried and not limits.has_rules:
            tried.add(shape)
            lawful = reassigned(problem, relaxed.choices)
            found = lawful if better(problem, lawful, found) else found
        over = limits.over_use(relaxed.choices, prices)
        if not over.any():
            break
        way = over + 0.6 * way
        goal = max(objective(problem, found), bound * 0.98) if found else bound * 0.99
        prices = limits.moved(prices, way, size * (relaxed.bound - goal + 1e-5))
    return _Priced(best_prices, bound, found, tuple(paths))


def _steps(program: PathProgram, effort: Effort) -> int:
    if not program.limits.has_rules:
        return effort.steps
    return min(effort.ruled_steps, max(2 * effort.ruled_steps // 5, effort.ruled_work // program.work))


def _is_short(program: PathProgram) -> bool:
    """Whether footage is missing. Where rules count, they are the likelier reason, and it is asked later."""
    problem = program.problem
    return not program.limits.has_rules and furthest_place(problem) < problem.place_count - 1


def _close(
    program: PathProgram, bounds: PathBounds, priced: _Priced, effort: Effort
) -> tuple[Choices | None, float]:
    """Guess a goal below the bound and let the solver find an edit that reaches it, or prove that there is none.

    Once the solver has bettered the edit, that edit is the goal: the rest only has to be proven. Where the rest is too
    large for the solver, it is given as much as it can take, once: that may still better the edit.
    """
    problem, found, bound = program.problem, priced.choices, priced.bound
    low = objective(problem, found) if found else IMPOSSIBLE
    if effort.rounds and kept_size(bounds, max(low, _ANYTHING)) <= effort.small:
        settled = settle(program, keep(bounds, max(low, _ANYTHING)), effort.small_nodes)
        if _is_lawful(problem, settled.choices) and better(problem, settled.choices, found):
            found = settled.choices
        low = objective(problem, found) if found else IMPOSSIBLE
        return found, max(low, min(bound, settled.bound))
    reach, prove_low = max(abs(bound), 1e-3) * effort.first_reach, False
    for _ in range(effort.rounds):
        if bound - low <= 1e-9:
            break
        goal = low if prove_low else max(low, bound - reach)
        most = effort.choices if found else effort.choices_without
        kept = keep(bounds, goal)
        last = kept.size > most
        if last and program.limits.has_rules and found:
            break
        if last:
            goal, kept = _as_much_as(bounds, goal, bound, most)
        settled = settle(program, kept, effort.nodes)
        if _is_lawful(problem, settled.choices) and better(problem, settled.choices, found):
            found, prove_low = settled.choices, True
            low = objective(problem, found) if found else low
        bound = min(bound, max(settled.bound, goal))
        if last or settled.bound > max(goal, low + 1e-6):
            break
        reach *= 2
    return found, max(bound, low)


def _as_much_as(bounds: PathBounds, low: float, high: float, most: int) -> tuple[float, Kept]:
    """The lowest goal between two that leaves at most so many choices, by halving, and what it leaves."""
    for _ in range(12):
        middle = (low + high) / 2
        low, high = (low, middle) if kept_size(bounds, middle) <= most else (middle, high)
    return high, keep(bounds, high)


def _is_lawful(problem: CutProblem, choices: Choices | None) -> bool:
    return choices is not None and not broken_limits(problem, choices)
