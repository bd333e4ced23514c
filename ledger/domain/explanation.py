"""What `ledger show` tells of one change: every figure with what is behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime

from ledger.domain.conclusions import Attempt, Change, ChangeCommit, Charge
from ledger.domain.evidence import TAG, Weighed, tagged_roles, weigh
from ledger.domain.evidence import contradictions as contradicting
from ledger.domain.facts import Contribution
from ledger.domain.forge_facts import Event, Request, Run
from ledger.domain.git_facts import Commit, Rewrite
from ledger.domain.grouping import group


@dataclass(frozen=True, slots=True)
class Tokens:
    """Disjoint buckets; `output` includes reasoning. None where one of the calls does not tell it."""

    input: int | None = 0
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    output: int | None = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one model did in a session in one role, as far as one rule booked it to the change."""

    model: str
    """'' when unknown."""
    role: str
    role_evidence: str
    rule: str
    calls: int
    calls_unpriced: int
    calls_placeholder: int
    tokens: Tokens
    nusd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionWork:
    """What one session did for the change."""

    session: str
    """'' for calls that name none."""
    agent: str
    agent_version: str | None
    first_at: datetime
    last_at: datetime
    attempts: tuple[int, ...]
    calls: int
    calls_unpriced: int
    nusd: int
    work: tuple[Work, ...]
    """The dearest first."""


@dataclass(frozen=True, slots=True)
class Said:
    """One side of a contradiction."""

    model: str
    """As written where it is not known otherwise; '' where only an agent is named."""
    agent: str
    evidence: str
    counts: bool


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Witnesses name different models, or agents, for one role in the same commits; all are kept, the surest count."""

    role: str
    said: tuple[Said, ...]
    """The surest first."""
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A change with everything behind it."""

    change: Change
    outcome: str
    as_of: datetime
    asked: str
    """The commit of the change that was asked about; ''."""
    aliases: tuple[str, ...]
    commits: tuple[tuple[ChangeCommit, Commit | None], ...]
    """Commits of the change; None for one that was rewritten away before it was read."""
    rewrites: tuple[Rewrite, ...]
    """Those that lead from or to a commit of the change."""
    contributions: tuple[Contribution, ...]
    charges: tuple[Charge, ...]
    versions: Mapping[str, str | None]
    """Session → version of its agent."""
    attempts: tuple[Attempt, ...]
    runs: tuple[Run, ...]
    request: Request | None
    events: tuple[Event, ...]
    reverts: tuple[Commit, ...]
    """Commits that say that they revert one of the change's."""
    named: tuple[Commit, ...] = ()
    """Commits on other changes, or on none, whose message names the change's request as their own."""

    @property
    def sessions(self) -> tuple[SessionWork, ...]:
        """The charges by session, in the order in which they began."""
        return by_session(self.charges, self.versions)

    @property
    def weighed(self) -> tuple[Weighed, ...]:
        """The contributions, each with whether it counts and why."""
        return weighed(self.contributions)

    @property
    def contradictions(self) -> tuple[Contradiction, ...]:
        """Where the contributions contradict each other."""
        return contradictions(self.contributions)


def by_session(charges: Iterable[Charge], versions: Mapping[str, str | None]) -> tuple[SessionWork, ...]:
    """The charges added up by session and agent; within it by model, role and rule."""
    found = group(charges, lambda row: (row.session, row.agent))
    works = (_session(session, agent, rows, versions.get(session)) for (session, agent), rows in found.items())
    return tuple(sorted(works, key=lambda work: (work.first_at, work.session, work.agent)))


def _session(session: str, agent: str, rows: list[Charge], version: str | None) -> SessionWork:
    parts = group(rows, lambda row: (row.model, row.role, row.role_evidence, row.rule))
    work = [_work(*told, part) for told, part in parts.items()]
    return SessionWork(
        session=session,
        agent=agent,
        agent_version=version,
        first_at=min(row.first_at for row in rows),
        last_at=max(row.last_at for row in rows),
        attempts=tuple(sorted({row.attempt for row in rows})),
        calls=sum(row.calls for row in rows),
        calls_unpriced=sum(row.calls_unpriced for row in rows),
        nusd=sum(row.nusd for row in rows),
        work=tuple(sorted(work, key=lambda each: (-each.nusd, -each.calls, each.model, each.role, each.rule))),
    )


def _work(model: str, role: str, role_evidence: str, rule: str, rows: list[Charge]) -> Work:
    return Work(
        model=model,
        role=role,
        role_evidence=role_evidence,
        rule=rule,
        calls=sum(row.calls for row in rows),
        calls_unpriced=sum(row.calls_unpriced for row in rows),
        calls_placeholder=sum(row.calls_placeholder for row in rows),
        tokens=_tokens(rows),
        nusd=sum(row.nusd for row in rows),
    )


def _tokens(rows: list[Charge]) -> Tokens:
    sums: dict[str, int | None] = {}
    for name in Tokens.__slots__:
        counts = [getattr(row, name) for row in rows]
        sums[name] = None if None in counts else sum(counts)
    return Tokens(**sums)  # type: ignore[arg-type]


def weighed(rows: Iterable[Contribution]) -> tuple[Weighed, ...]:
    """Every contribution with whether it counts and why, subject by subject; a tag of the request goes before all."""
    claims = list(rows)
    tagged = tagged_roles(claims)
    models = {row.model for row in claims if row.evidence == TAG and row.model}
    found = (each for told in group(claims, lambda row: row.subject).values() for each in weigh(told))
    return tuple(_beside_tag(each, models) if (each.row.role or "implement") in tagged else each for each in found)


def _beside_tag(each: Weighed, tagged: AbstractSet[str]) -> Weighed:
    if each.row.evidence == TAG or not each.counts:
        return each
    is_other = bool(each.row.model) and each.row.model not in tagged
    return replace(each, counts=False, why=f"{each.why}, less sure than the tag of its request", contradicts=is_other)


def contradictions(rows: Iterable[Contribution]) -> tuple[Contradiction, ...]:
    """Where contributions contradict each other; what is said alike of several subjects stands once."""
    met: dict[tuple[str, tuple[Said, ...]], list[str]] = {}
    for claims in contradicting(rows):
        role, said = claims[0].row.role or "implement", tuple(dict.fromkeys(map(_said, claims)))
        met.setdefault((role, said), []).append(claims[0].row.subject)
    return tuple(Contradiction(role, said, tuple(subjects)) for (role, said), subjects in met.items())


def _said(each: Weighed) -> Said:
    return Said(each.row.model or each.row.model_raw, each.row.agent, each.row.evidence, each.counts)
