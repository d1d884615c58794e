"""How much effort an edit is worth."""

from __future__ import annotations

from dataclasses import dataclass

from rushes.edit.beam import Beam, Regrowth
from rushes.edit.lower import Steps
from rushes.edit.polish import Windows

_BEAM = Beam(width=150, alike=4, of_kind=3)
_REMEMBERED = Steps(most=38, size=0.35, patience=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How far to go. All are counts."""

    steps: int = 300
    """Price steps. 300 bring the bound within 1e-4 of its limit on 200 clips x 60 beats."""
    ruled_steps: int = 200
    """The same where rows or covers count: there the time is better spent on windows."""
    ruled_work: int = 40_000_000
    """Steps times the work of one: fewer steps, at least two fifths of them, for larger problems."""
    first_steps: int = 60
    """The same, at least, where the bound is tightened by memory afterwards."""
    first_work: int = 7_000_000
    """Then so much is done: more steps for small problems."""
    remembered_steps: Steps = _REMEMBERED
    """Steps with memory."""
    remembered_work: int = 2_000_000
    """Nothing is remembered where one run of the program with memory would look at more arcs."""
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
        Regrowth(shots=30, stride=30, beam=Beam(width=300, alike=4, of_kind=6)),
        Regrowth(shots=10, stride=3, beam=Beam(width=60, alike=4, of_kind=6), prices=0.7),
        Regrowth(shots=30, stride=30, beam=Beam(width=300, alike=4, of_kind=6), remembered=True),
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
