"""Past changes by what was known of them before they were tried and by the model that tried first, and who should have.

A kind of work is a task type with whatever else the rules go by, and its repository where there are several. The model
that tried first is credited with the change, whoever finished it, at all that it cost (metric.md §4): that is what a
rule chooses. What a cheap model began and a strong one rescued is the cheap one's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ledger.domain.estimates import FEWEST, Sums
from ledger.domain.fallback import with_fallback
from ledger.domain.static_rules import TASK, Rule
from ledger.domain.tasks import GROUPED, MAINT

NOTHING = Sums(0, 0, 0, 0.0, 0)


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of a change before it is tried."""

    known: tuple[tuple[str, str], ...]
    """Key (ledger.domain.static_rules.KEYS) and name, the task type first."""
    repository: str = ""
    """Its id where several are told of; ''."""

    @property
    def task(self) -> str:
        """The task type."""
        return self.known[0][1]


@dataclass(frozen=True, slots=True)
class Started:
    """What SQL adds up over changes of one kind that one model tried first."""

    basis: str
    model: str | None
    kind: Kind
    n: int
    """All changes."""
    unheard: int
    """Of them requests about which the forge has not been heard."""
    decided: int
    sums: Sums
    """Of the decided ones of known cost, as are attempts and failed runs."""
    attempts: int
    failed_runs: int


@dataclass(frozen=True, slots=True)
class Aim:
    """A rule with the models that its name stands for in a ledger."""

    rule: Rule
    models: frozenset[str]
    """One, or the members of a family."""

    @property
    def name(self) -> str:
        """The model's or the family's."""
        return self.rule.model


@dataclass(frozen=True, slots=True)
class Tries:
    """Over decided changes of known cost: their sum, or for each accepted one."""

    attempts: float
    failed_runs: float

    def __add__(self, other: Tries) -> Tries:
        return Tries(self.attempts + other.attempts, self.failed_runs + other.failed_runs)

    def __truediv__(self, n: int) -> Tries:
        return Tries(self.attempts / n, self.failed_runs / n)


@dataclass(frozen=True, slots=True)
class Stratum:
    """The changes of one kind under one rule: those that its model tried first, and those that others did."""

    kind: Kind
    rule: int | None
    """Its place among the rules; None where none fits."""
    weight: int
    """Decided changes of the kind, whoever began them and whatever is known of their cost."""
    own_decided: int
    """Of them, those that the rule's model tried first."""
    others_decided: int
    """And those that others did."""
    own: Sums
    """Of the decided ones of known cost."""
    others: Sums
    own_tries: Tries
    other_tries: Tries

    @property
    def whole(self) -> Sums:
        """Both."""
        return self.own + self.others

    @property
    def whole_tries(self) -> Tries:
        """Both."""
        return self.own_tries + self.other_tries

    @property
    def per_accepted(self) -> tuple[Tries, Tries] | None:
        """Tries and failing runs for each accepted change, of its own and of all; None where one has none accepted."""
        if not self.own.accepted:
            return None
        return self.own_tries / self.own.accepted, self.whole_tries / self.whole.accepted

    @property
    def is_cost_known(self) -> bool:
        """For at least half of the rule's own changes and of all: else what is known may be the cheap ones."""
        all_decided = self.own_decided + self.others_decided
        return 2 * self.own.n >= self.own_decided and 2 * self.whole.n >= all_decided

    @property
    def is_supported(self) -> bool:
        """The rule's model tried such work often enough to say what it does there."""
        return self.rule is not None and self.own.n >= FEWEST and self.is_cost_known

    @property
    def is_as_it_was(self) -> bool:
        """Nobody else ever began such work."""
        return self.is_supported and not self.others.n


def together(rows: Sequence[Started], rules: Iterable[Rule]) -> list[Started]:
    """The rows with the task types that keep things in order told as one where one of them is too rare.

    As in a report, that is where no model began as many of it as an estimate needs. Where a rule tells these
    types apart, they stay so.
    """
    asked = {name for rule in rules for name in rule.wanted.get(TASK, ())}
    most: dict[str, int] = {}
    for row in rows:
        if row.kind.task in GROUPED:
            most[row.kind.task] = max(most.get(row.kind.task, 0), row.sums.n)
    is_asked = bool(asked.intersection(GROUPED)) and not asked.issuperset(GROUPED)
    if len(most) < 2 or min(most.values()) >= FEWEST or is_asked:
        return list(rows)
    return [_as_maint(row) if row.kind.task in GROUPED else row for row in rows]


def _as_maint(row: Started) -> Started:
    return replace(row, kind=replace(row.kind, known=((TASK, MAINT), *row.kind.known[1:])))


def strata(rows: Iterable[Started], aims: Sequence[Aim]) -> tuple[Stratum, ...]:
    """Each kind of work with a decided change under the first rule that fits it, most changes first.

    Changes of which nobody knows who began them count in the weight alone.
    """
    kinds: dict[Kind, list[Started]] = defaultdict(list)
    for row in rows:
        kinds[row.kind].append(row)
    found = (_stratum(kind, mine, aims) for kind, mine in kinds.items())
    return tuple(sorted((each for each in found if each.weight), key=lambda each: (-each.weight, _order(each.kind))))


def _order(kind: Kind) -> tuple[object, ...]:
    return (kind.known, kind.repository)


def _stratum(kind: Kind, rows: Sequence[Started], aims: Sequence[Aim]) -> Stratum:
    known: Mapping[str, str] = dict(kind.known)
    place = next((place for place, aim in enumerate(aims) if aim.rule.fits(known)), None)
    models = aims[place].models if place is not None else frozenset[str]()
    own = [row for row in rows if row.model in models]
    others = [row for row in rows if row.model and row.model not in models]
    return Stratum(
        kind,
        place,
        sum(row.decided for row in rows),
        sum(row.decided for row in own),
        sum(row.decided for row in others),
        sum((row.sums for row in own), NOTHING),
        sum((row.sums for row in others), NOTHING),
        _tries(own),
        _tries(others),
    )


def _tries(rows: Sequence[Started]) -> Tries:
    return Tries(sum(row.attempts for row in rows), sum(row.failed_runs for row in rows))


def at_fallback(row: Stratum, nusd: int) -> Stratum:
    """The same as if each change that was not accepted had cost a person so many nano-USD besides."""
    return replace(row, own=with_fallback(row.own, nusd), others=with_fallback(row.others, nusd))
