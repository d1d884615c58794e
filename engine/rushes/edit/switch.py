"""The constraints of a recipe as switches: the problem of an edit with some of them and without the others.

Limits and rules of a problem are left out of it by name. What forbids footage or takes on spans has left its mark in the
values: without it, footage and values are prepared anew, once for each set of those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from rushes.edit.conflict import APART, MAX_USES, MUST_USE, STREAK, names_in
from rushes.edit.problem import CutProblem, rules_of
from rushes.errors import ConstraintError
from rushes.recipe.constraint_spec import ConstraintSpec
from rushes.recipe.spec import EditSpec

NEVER_USE = "edit.never_use"
MIN_SCORE = "edit.min_score_01"

Prepare = Callable[[EditSpec], CutProblem]
"""The problem of a recipe's edit. Raises ConstraintError where no footage is left."""


@dataclass(frozen=True, eq=False)
class Switches:
    """edit: as the recipe has it; whole: its problem; most_uses: more uses of a clip than any edit has shots."""

    edit: EditSpec
    whole: CutProblem
    prepare: Prepare
    most_uses: int
    may_be_shorter: bool = True
    """Whether the length of the whole edit may be looked at, too."""
    _made: dict[str, CutProblem | None] = field(default_factory=dict[str, CutProblem | None])

    @property
    def hard(self) -> Mapping[str, ConstraintSpec]:
        """The hard constraints by dotted path, in the order of the recipe."""
        return {spec.rule: spec for spec in self.edit.constraints if spec.weight is None}

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that can be switched: the constraints, then the limits."""
        limits = [name for name in names_in(self.whole) if name not in self.hard]
        if self.edit.never_use:
            limits.append(NEVER_USE)
        if self.edit.min_score_01 > 0:
            limits.append(MIN_SCORE)
        return (*self.hard, *limits)

    @property
    def anew(self) -> frozenset[str]:
        """Those without which footage and values are prepared anew."""
        ruled = {rule.name for rule in rules_of(self.whole)}
        forbids = {name for name in self.hard if name not in ruled}
        return frozenset(forbids | ({MAX_USES, NEVER_USE, MIN_SCORE} & set(self.names)))

    @property
    def streak(self) -> int:
        """How many shots of one angle may follow each other."""
        named = [rule.most for rule in self.whole.streaks if rule.name == STREAK]
        return self.whole.max_streak or (named[0] if named else self.most_uses)

    @property
    def easy(self) -> frozenset[str]:
        """Those that cost nothing to ask about along with others."""
        named = {name for name in self.names if name == APART or name.startswith(MUST_USE)}
        return self.anew | frozenset(named)

    def problems_with(self, names: frozenset[str]) -> Iterator[CutProblem]:
        """Problems with at least the named constraints, without those of the others that forbid; none: no footage.

        Without a limit on uses, footage is divided as for many uses, or left whole as for one: either will do.
        """
        dropped = self.anew - names
        if not dropped:
            yield self.whole
            return
        edits = [without(self.edit, dropped, self.most_uses)]
        if MAX_USES in dropped:
            edits.insert(0, replace(edits[0], max_uses_per_clip=self.edit.max_uses_per_clip))
        for edit in edits:
            problem = self.prepared(edit)
            if problem is not None:
                yield problem

    def prepared(self, edit: EditSpec) -> CutProblem | None:
        """The problem of a changed edit section, made once."""
        key = str(edit)
        if key not in self._made:
            try:
                self._made[key] = self.prepare(edit)
            except ConstraintError:
                self._made[key] = None
        return self._made[key]


def without(edit: EditSpec, names: frozenset[str], most_uses: int) -> EditSpec:
    """The edit section without some of its constraints; MUST_USE and rules of the problem are not looked at."""
    kept = tuple(spec for spec in edit.constraints if spec.rule not in names)
    changed = replace(edit, constraints=kept)
    if MAX_USES in names:
        changed = replace(changed, max_uses_per_clip=most_uses)
    if NEVER_USE in names:
        changed = replace(changed, never_use=())
    return replace(changed, min_score_01=0.0) if MIN_SCORE in names else changed


def limited_to(edit: EditSpec, names: frozenset[str], most_uses: int) -> EditSpec:
    """The edit section with the named constraints only, and without soft ones; the uses of clips stay as they are."""
    dropped = {spec.rule for spec in edit.constraints} | {NEVER_USE, MIN_SCORE}
    changed = without(edit, frozenset(dropped - names), most_uses)
    if STREAK not in names:
        changed = replace(changed, max_same_angle_streak=most_uses)
    return changed
