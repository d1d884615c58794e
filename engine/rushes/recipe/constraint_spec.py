"""One constraint of an edit, as a recipe says it, and what its expressions may look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from rushes.recipe.expression_tree import ColumnFacts
from rushes.recipe.limits import Limits, check_limits

SECTIONS = ("intro", "verse", "build", "drop", "break", "outro")
"""Labels of a song's sections, as the song analyzer gives them; a test holds them equal."""

PLACE_COLUMNS: Mapping[str, ColumnFacts] = MappingProxyType(
    {
        "record_s": ColumnFacts("number", "s"),
        "position_01": ColumnFacts("number", "01"),
        "length_s": ColumnFacts("number", "s"),
        "energy_01": ColumnFacts("number", "01"),
        "section": ColumnFacts("text", "", SECTIONS),
    }
)
"""What is known of the place of a shot in the edit: when it begins, its middle as a share of the edit, its length, the energy
of the song under it against the part that is used (0: its quiet fifth, 1: its loud fifth), and the section that it begins in."""

BEFORE = "before_"
"""In `neighbours`, a column with this prefix is that of the shot before."""

KINDS = (
    *("share", "count", "uses", "first", "last", "order", "streak", "after", "neighbours"),
    *("spacing", "distinct", "every", "length", "cuts", "hold", "uncut"),
)
"""Keys of which a constraint has exactly one: what it is about."""

OPTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "share": ("min", "max", "by", "where"),
        "count": ("min", "max", "exactly", "where"),
        "uses": ("min", "max", "where"),
        "first": (),
        "last": (),
        "order": (),
        "streak": ("max",),
        "after": ("never", "only"),
        "neighbours": (),
        "spacing": ("min_s",),
        "distinct": ("likeness_01",),
        "every": ("where",),
        "length": ("min_s", "max_s"),
        "cuts": ("where",),
        "hold": ("before_s", "after_s"),
        "uncut": (),
    }
)
"""Which further keys each kind takes, beside weight and says."""

_EXPRESSIONS = (
    *("share", "count", "uses", "first", "last", "streak", "after", "neighbours", "spacing", "every"),
    *("length", "where", "never", "only"),
)

_Seconds = Annotated[float | None, Limits(above=0, most=3600)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstraintSpec:
    """What an edit must do, or with a weight: should do. Exactly one key says what it is about: share, count, uses, first,
    last, order, streak, after, neighbours, spacing, distinct, every, length, cuts, hold or uncut (docs/constraints.md)."""

    name: str
    share: str | None = None
    """The share of the edit's time with shots of which this condition holds; with min, max."""
    count: str | None = None
    """The number of shots of which this condition holds; with min, max or exactly."""
    uses: str | None = None
    """A text column: for each of its values, how many shots have it; with min, max."""
    first: str | None = None
    """The first shot: this condition holds of it."""
    last: str | None = None
    """The last shot: this condition holds of it."""
    order: tuple[str, ...] | None = None
    """Conditions: every shot of the first comes before every shot of the second, and so on."""
    streak: str | None = None
    """A text column, or a condition: how many shots in a row have one value of it, or satisfy it; with max."""
    after: str | None = None
    """After a shot of which this condition holds; with never or only."""
    neighbours: str | None = None
    """A condition on every shot and the one before it, whose columns begin with before_."""
    spacing: str | None = None
    """A text column: the time between two shots with one value of it; with min_s. clip: between takes of one clip."""
    distinct: Literal["look"] | None = None
    """look: no two shots in a row look alike."""
    every: str | None = None
    """A condition that holds of every shot (there where `where` holds)."""
    length: str | None = None
    """The length of the shots of which this condition holds; with min_s, max_s."""
    cuts: Literal["beat", "downbeat", "phrase", "section"] | None = None
    """Where cuts lie (there where `where` holds). phrase: every fourth bar of a section."""
    hold: Literal["drop", "section"] | None = None
    """Nothing is cut around each drop of the song, or around each section's beginning; with before_s, after_s."""
    uncut: Literal["speech"] | None = None
    """speech: no shot begins or ends while somebody speaks in it."""
    min: Annotated[float | None, Limits(least=0)] = None
    """At least so much: of share 0..1, else a number of shots."""
    max: Annotated[float | None, Limits(least=0)] = None
    """At most so much."""
    exactly: Annotated[int | None, Limits(least=0)] = None
    """So many shots, no more and no fewer."""
    min_s: _Seconds = None
    """At least so long."""
    max_s: _Seconds = None
    """At most so long."""
    before_s: _Seconds = None
    """So long before it nothing is cut."""
    after_s: _Seconds = None
    """So long after it nothing is cut."""
    by: Literal["time", "shots"] = "time"
    """What a share is of: the edit's time, or the number of its shots."""
    where: str | None = None
    """A condition on the place in the edit: the constraint looks only there."""
    never: str | None = None
    """Of the next shot, this condition never holds."""
    only: str | None = None
    """Of the next shot, this condition always holds."""
    likeness_01: Annotated[float, Limits(least=0, most=1)] = 0.8
    """Shots that are this alike, or more, look alike; 1: only those with equal measures do."""
    weight: Annotated[float | None, Limits(above=0)] = None
    """null: it must hold. A number: breaking it costs so much, on the scale of edit.weights."""
    says: str = ""
    """What it is for, in words of the report."""

    def __post_init__(self) -> None:
        check_limits(self)
        if len(given := [kind for kind in KINDS if getattr(self, kind) is not None]) != 1:
            raise ValueError(f"constraint {self.name} is about {' and '.join(given) or 'nothing'}")

    @property
    def kind(self) -> str:
        """Which of KINDS it is."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

    @property
    def rule(self) -> str:
        """Its dotted path in the recipe, as reports and messages name it."""
        return f"edit.constraints.{self.name}"

    @property
    def expressions(self) -> Mapping[str, str]:
        """Its expressions by key; those of an order by `order.0`, `order.1`, ..."""
        single = {key: text for key in _EXPRESSIONS if (text := getattr(self, key)) is not None}
        return single | {f"order.{at}": text for at, text in enumerate(self.order or ())}
