"""The best edit under all limits, with a proven bound.

Prices for scarce footage (relax), a lawful edit from every new path (repair), then a proof on the few choices that are
left (prove). Every limit of effort is a count, so the answer does not depend on the speed of the machine.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from rushes.edit.beam import Beam, grown, grown_whole, regrown
from rushes.edit.effort import Effort
from rushes.edit.few import best_of_few, is_few
from rushes.edit.fill import filled_whole, furthest_place, is_plainly_impossible
from rushes.edit.grow_part import Ground
from rushes.edit.lower import Steps, lowered
from rushes.edit.memory import is_rememberable, remembered
from rushes.edit.polish import polished
from rushes.edit.priced import Prices, no_prices
from rushes.edit.problem import IMPOSSIBLE, Choices, CutProblem, Floats, broken_limits, objective
from rushes.edit.prove import Kept, PathBounds, joined, keep, kept_size, path_bounds, settle
from rushes.edit.prune import pruned
from rushes.edit.relax import PathProgram, Relaxed
from rushes.edit.repair import better, reassigned
from rushes.edit.strike import struck

_ANYTHING = -1e300
"""A goal that every edit reaches."""


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
    remembered: Floats | None = None
    """The prices that gave the bound with memory."""
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
        tighter = _tightened(program, found, found.choices, effort)
        found = replace(tighter, choices=_regrown(program, tighter, found.choices, effort))
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
        prices = priced.remembered if plan.remembered else priced.prices
        if prices is None:
            continue
        ground = Ground(program, prices * plan.prices)
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
    problem, limits = program.problem, program.limits
    found: Choices | None = None
    tried: set[tuple[tuple[int, int], ...]] = set()
    paths: dict[Choices, None] = {}

    def is_hopeless(step: int, relaxed: Relaxed) -> bool:
        nonlocal found
        if step == effort.doubt and found is None and _is_short(program):
            return True
        paths.pop(relaxed.choices, None)
        paths[relaxed.choices] = None
        shape = tuple((one.span, int(problem.unit_kind[one.unit])) for one in relaxed.choices)
        if shape not in tried and not limits.has_rules:
            tried.add(shape)
            lawful = reassigned(problem, relaxed.choices)
            found = lawful if better(problem, lawful, found) else found
        return False

    def goal(bound: float) -> float:
        return max(objective(problem, found), bound * 0.98) if found else bound * 0.99

    steps = Steps(most=_steps(program, effort), size=1.0, patience=effort.patience)
    at_best = lowered(program, limits, limits.free(), steps, goal, is_hopeless)
    return None if at_best is None else _Priced(*at_best, found, tuple(paths))


def _steps(program: PathProgram, effort: Effort) -> int:
    if not program.limits.has_rules:
        return effort.steps
    most = min(effort.ruled_steps, max(2 * effort.ruled_steps // 5, effort.ruled_work // program.work))
    if is_rememberable(program, effort.remembered_work):
        return min(most, max(effort.first_steps, effort.first_work // program.work))
    return most


def _tightened(program: PathProgram, priced: _Priced, choices: Choices, effort: Effort) -> _Priced:
    """With a lower bound, where a limit on windows is worth remembering. The prices stay: edits grow, and are struck out, by
    what lies ahead without memory."""
    worth = objective(program.problem, choices)
    if priced.bound - worth <= effort.regrown_gap * abs(priced.bound):
        return priced
    relaxed = program.solve(priced.prices)
    memory = None if relaxed is None else remembered(program, relaxed.choices, effort.remembered_work)
    if memory is None:
        return priced
    at_best = lowered(
        memory,
        program.limits,
        priced.prices,
        effort.remembered_steps,
        lambda bound: max(worth, bound * 0.98),
        lambda _, __: False,
    )
    if at_best is None or at_best[1] >= priced.bound:
        return priced
    return replace(priced, bound=max(at_best[1], worth), remembered=at_best[0])


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
