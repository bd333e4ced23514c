"""The conclusions: what is derived from the facts, dropped and recomputed at will.

One record per derived table; a field is a column of the same name. Money is integer nano-USD, times aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from ledger.domain.keys import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The unit of acceptance (DESIGN "Words"; metric.md §5). What depends on the clock is kept as the date it turns."""

    key: ClassVar[Key] = ("id",)
    id: str
    """`REPOSITORY/request:12`, `REPOSITORY/commit:OID` (landed) or `REPOSITORY/branch:NAME@FIRST-OID`."""
    repository_id: str
    basis: str
    """request | branch | trunk"""
    number: int | None
    branch: str | None
    title: str
    opened_at: datetime
    state: str
    """landed | closed | undecided"""
    landed_oid: str | None
    landed_by: str | None
    """merge | squash | rebase | fast-forward | direct"""
    decided_at: datetime | None
    """When it landed or was closed."""
    stale_at: datetime
    """From then on an undecided request is stale."""
    abandoned_at: datetime | None
    """From then on an undecided branch is abandoned; None where git alone cannot know (a forge's repository)."""
    durable_at: datetime | None
    """When a landed change is old enough to be called durable."""
    reverted_at: datetime | None
    """The revert on the target branch that stands at the end of the chain; a revert of a revert clears it."""
    reverted_after: int | None = None
    """Whole days from landing to that revert."""
    is_forge_known: bool
    """The forge's word on this change is in the ledger, so a missing close is no rejection unseen."""
    is_draft: bool
    is_verified: bool | None
    first_pass: bool | None
    """The first test run on the change passed; None without runs."""
    task_type: str
    type_source: str
    """trailer | tag | title | label | branch | paths | commits | keywords | none"""
    area: str
    """The area with the most changed lines (ledger.domain.areas); `none`, or '' where its diff is not known."""
    areas: str
    """All areas that it is known to touch, the most changed lines first, ` + ` between."""
    stakes: str
    """high | normal; '' where its diff is not known."""
    stakes_by: str
    """The areas that say high, ` + ` between."""
    package: str
    """Directory of the package with the most changed lines; `none`, or '' where its diff is not known."""
    packages: str
    has_second_review: bool
    """A model other than the leading one reviewed it."""
    second_review_when: str = ""
    """final: after the last implementing commit and before it was decided · early: before that commit · late: after it
    was decided · undated; of several the first of these. unknown: a review whose model, or a lead, is not known. ''"""
    reviews: int = 0
    """Reviews by models, the lead's own included."""
    has_model: bool
    """A model contributed or a charge was booked: only such changes stand in groups."""
    lead_model: str | None
    lead_agent: str | None
    lead_provider: str | None
    lead_family: str | None
    lead_evidence: str | None
    """lines | charges (inferred) | only | mixed: none leads, since the squash of several commits names it for some"""
    first_model: str | None
    """The model that tried first (credit `first`)."""
    models_tried: str = ""
    """The models of its attempts in their order, ` → ` between; an unknown one is `?`."""
    started_by: str = ""
    """model | person (a hook saw its first commit made without a model) | '' when unknown"""
    started_model: str | None = None
    """The model of the first call or commit."""
    started_role: str = ""
    """In which role that model began."""
    lineup: str
    """Every model on the change with its role, sorted, ` + ` between."""
    cost_known: str
    """known | partial | none"""
    nusd: int
    """Sum of its priced charges: exact when cost is known, a lower bound when partial, 0 and meaningless when none."""
    cost_sq: float
    """Its cost in USD, squared."""
    nusd_implement: int
    nusd_review: int
    nusd_scout: int
    calls: int
    calls_unpriced: int
    attempts: int
    failed_runs: int
    """Failing runs before the first pass."""
    added: int | None
    deleted: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeBefore:
    """A stretch of time in which a change stood otherwise than its own dates tell (ledger.domain.standing)."""

    key: ClassVar[Key] = ("change_id", "until_at")
    change_id: str
    until_at: datetime
    """It stood so until then, not then."""
    since_at: datetime
    state: str
    """landed | closed | undecided"""
    decided_at: datetime | None
    abandoned_at: datetime | None
    reverted_at: datetime | None
    reverted_after: int | None
    is_verified: bool | None
    first_pass: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAlias:
    """An id under which a change was known earlier, or a name a person would type."""

    key: ClassVar[Key] = ("alias", "change_id")
    alias: str
    change_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCommit:
    """A commit belongs to exactly one change."""

    key: ClassVar[Key] = ("repository_id", "oid")
    repository_id: str
    oid: str
    change_id: str
    is_head: bool
    """In what landed or in the last head; False for commits that were rewritten away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCost:
    """The cost of a call that reports count: at list price from the rates kept in `price`, else what was told of it."""

    key: ClassVar[Key] = ("event_key",)
    event_key: str
    nusd: int | None
    """None: neither a price is known nor a cost."""
    match: str
    """exact | override: priced; reported: told; fuzzy | mode | searches | missing | untold: unknown, and why;
    joined | possible duplicate: another row counts for it"""
    cost_source: str = ""
    """list | billed | proxy | reported (the agent's own word) | '' when unknown"""
    list_nusd: int | None = None
    """Its cost at list price, also where another one is counted; None: no price is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A part of a session's cost, booked to one change and attempt or to none, with the rule that did it."""

    key: ClassVar[Key] = ("id",)
    id: str
    """Hash of everything below but the sums and times."""
    repository_id: str
    change_id: str
    """'' when unattributed."""
    attempt: int
    """0 when unattributed."""
    session: str
    agent: str
    model: str
    """'' when unknown."""
    provider: str
    role: str
    role_evidence: str
    """contribution | explicit | name | inferred | ''"""
    rule: str
    """One of ledger.domain.rules, with ` (ambiguous)` behind it where equal claims were split; '' when unattributed."""
    reason: str
    """Why it is unattributed, one of ledger.domain.reasons; ''."""
    branch: str
    """As the agent logged it; ''."""
    occurred_on: str
    """YYYY-MM-DD, UTC."""
    calls: int
    """A call that several changes share is counted in the first of them, with its tokens."""
    calls_unpriced: int
    calls_placeholder: int
    nusd: int
    list_nusd: int = 0
    """What of it is known at list price."""
    paid_nusd: int = 0
    """What of it a bill or a gateway told."""
    parts_unlisted: int = 0
    """Calls, and parts of calls that were split, without a list price."""
    parts_unpaid: int = 0
    """Calls, and parts of calls that were split, whose cost neither a bill nor a gateway told."""
    first_at: datetime
    last_at: datetime
    input: int | None
    """None where one of the calls does not tell it."""
    cache_read: int
    cache_write_5m: int
    cache_write_1h: int
    output: int | None
    """None where one of the calls does not tell it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A try at a change by one model, until a run fails or another model takes over."""

    key: ClassVar[Key] = ("change_id", "number")
    change_id: str
    number: int
    model: str
    """'' when unknown."""
    started_at: datetime
    ended_by: str
    """failed-run | other-model | end"""
    models: str = ""
    """Every model that worked in it, the attempt's own first, ` + ` between."""
    failed_runs: int = 0
    """Failing runs before the first pass that fell into it."""
    calls: int = 0
    nusd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A model's review of a change: one session's calls between two implementing commits, a trailer, or an event."""

    key: ClassVar[Key] = ("change_id", "number")
    change_id: str
    number: int
    """In their order in time."""
    agent: str
    model: str
    """'' when unknown."""
    evidence: str
    """calls | contribution | event"""
    session: str
    """'' where no call is known."""
    reviewed_at: datetime
    """When it began."""
    is_dated: bool
    """False where `reviewed_at` only says when it was told."""
    is_second: bool | None
    """By another model than the lead's; None where either is unknown."""
    is_after_last_commit: bool | None
    """It began after the last implementing commit; None where it has no date, or no such commit is known."""
    is_before_decision: bool | None
    """It began before the change landed or was closed, or nothing is decided yet; None where it has no date."""
    verdict: str
    """approved | changes_requested | commented; '' when unknown."""
    calls: int
    nusd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSpend:
    """Rollup: change × model × agent × role."""

    key: ClassVar[Key] = ("change_id", "model", "agent", "role")
    change_id: str
    model: str
    agent: str
    role: str
    calls: int
    calls_unpriced: int
    nusd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSum:
    """Rollup of the calls themselves, whatever they were booked to: day × agent × model as written."""

    key: ClassVar[Key] = ("repository_id", "occurred_on", "agent", "model_raw")
    repository_id: str
    occurred_on: str
    """YYYY-MM-DD, UTC."""
    agent: str
    model_raw: str
    calls: int
    calls_unpriced: int
    calls_placeholder: int
    calls_reported: int
    """Calls whose cost is what a bill, a proxy or a statement said."""
    calls_duplicate: int
    """Beside the calls: rows left out because another source seems to tell of the same call."""
    nusd: int
    calls_told: int = 0
    """Calls whose cost is only the agent's own word."""
    calls_estimated: int = 0
    """Calls whose log tells a part of their tokens, so cost is a lower bound."""
    calls_aggregate: int = 0
    """Rows that are a sum over calls, told by a bill or a statement."""
    calls_rollup: int = 0
    """Rows that are a sum over a session's calls, as its agent keeps it."""
    list_nusd: int = 0
    billed_nusd: int = 0
    proxy_nusd: int = 0
    told_nusd: int = 0
    nano_credits: int = 0
    nano_premium: int = 0
    calls_shared: int = 0
    """Of `calls`, those that only another clone's sums are known of."""
    shared_nusd: int = 0


DERIVED: dict[str, type[Any]] = {
    "change": Change,
    "change_before": ChangeBefore,
    "change_alias": ChangeAlias,
    "change_commit": ChangeCommit,
    "call_cost": CallCost,
    "charge": Charge,
    "attempt": Attempt,
    "review": Review,
    "change_spend": ChangeSpend,
    "call_sum": CallSum,
}
"""Derived table → record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSpend:
    """Credit `own`: what one model cost in one role, by what became of the changes. Nano-USD.

    It has no acceptance of its own: the changes that it worked on are not its alone.
    """

    model: str | None
    role: str | None
    part: str | None
    """As in GroupSums."""
    changes: int
    """Changes that it had a charge on."""
    calls: int
    calls_unpriced: int
    accepted_nusd: int
    failed_nusd: int
    """On changes that were rejected or abandoned."""
    undecided_nusd: int
    unattributed_nusd: int
    """Calls that reached no change; 0 in rows of one part."""

    @property
    def nusd(self) -> int:
        """All of it."""
        return self.accepted_nusd + self.failed_nusd + self.undecided_nusd + self.unattributed_nusd
