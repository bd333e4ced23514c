"""A team's policy: how models are to be used and how changes are to be made, as rules that `ledger check` applies.

A rule that is not written down, or is off, is None. Levels say what a breach is: warn tells, fail ends the check with
exit code 3. What a rule cannot judge is unknown, which is told and never a breach.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from ledger.domain.agent_names import ROLES

OFF, WARN, FAIL = "off", "warn", "fail"
UNKNOWN = "unknown"
LEVELS = (OFF, WARN, FAIL)
ANY = "any"
"""The band of cost for task types that have none of their own."""

OF_MODELS, OF_ALL = "models", "all"


@dataclass(frozen=True, slots=True)
class RoleRule:
    """Which roles a model or a family may have."""

    level: str
    allow: tuple[tuple[str, tuple[str, ...]], ...]
    """(pattern of a model's or family's name, roles), in the order of the file; the first that fits decides."""

    def roles_of(self, *names: str | None) -> tuple[str, ...]:
        """The roles that something of these names may have: all where no pattern speaks of it."""
        said = [name.lower() for name in names if name]
        fitting = (roles for pattern, roles in self.allow if any(fnmatchcase(name, pattern.lower()) for name in said))
        return next(fitting, ROLES)


@dataclass(frozen=True, slots=True)
class ReviewRule:
    """What touches an area of high stakes is reviewed by a model of another provider, after the last commit."""

    level: str


@dataclass(frozen=True, slots=True)
class TrailerRule:
    """Which trailers a commit must have."""

    level: str
    required: tuple[str, ...]
    of: str
    """models: commits that a model had a part in; all."""


@dataclass(frozen=True, slots=True)
class Band:
    """From which cost on a change is told of, and from which on the check fails; None: no such bound."""

    warn_nusd: int | None
    fail_nusd: int | None


@dataclass(frozen=True, slots=True)
class CostRule:
    """What a change may cost, by its task type."""

    level: str
    """warn: beyond the bound that fails is a warning too."""
    bands: tuple[tuple[str, Band], ...]
    """(task type or ANY, band)."""

    def band_of(self, task_type: str) -> Band | None:
        """The band of a task type: its own, else that of any."""
        bands = dict(self.bands)
        return bands.get(task_type, bands.get(ANY))


@dataclass(frozen=True, slots=True)
class SizeRule:
    """How large a change may be."""

    level: str
    files: int | None
    lines: int | None
    without: tuple[str, ...]
    """Patterns of paths that are not counted: lock files, generated ones."""


@dataclass(frozen=True, slots=True)
class SourceRule:
    """A change of the source touches the tests."""

    level: str
    source: tuple[str, ...] | None
    """Patterns of paths; None: what is neither test, documentation, CI nor build file."""
    tests: tuple[str, ...] | None
    """None: what is known as a test by its path."""
    not_for: tuple[str, ...]
    """Task types that need none."""


@dataclass(frozen=True, slots=True)
class PathRule:
    """Who changes these paths changes those too."""

    level: str
    when: tuple[str, ...]
    then: tuple[str, ...]
    because: str
    """Half a sentence for the person; ''."""


@dataclass(frozen=True, slots=True)
class Policy:
    """All rules that are on."""

    roles: RoleRule | None = None
    review: ReviewRule | None = None
    trailers: TrailerRule | None = None
    cost: CostRule | None = None
    size: SizeRule | None = None
    tests: SourceRule | None = None
    paths: tuple[PathRule, ...] = ()

    @property
    def rules(self) -> Sequence[str]:
        """The names of the rules that are on, in the order in which they are told."""
        return [name for name in RULES if getattr(self, name)]

    def without_off(self) -> Policy:
        """The same without the rules that are off."""
        off = [name for name in RULES if name != "paths" and getattr(self, name) and getattr(self, name).level == OFF]
        return replace(
            self,
            **dict.fromkeys(off),
            paths=tuple(rule for rule in self.paths if rule.level != OFF),
        )


RULES = ("roles", "review", "trailers", "cost", "size", "tests", "paths")
"""Every rule's name: its key in the configuration, and what a finding is called by."""
