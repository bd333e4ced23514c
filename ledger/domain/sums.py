"""What SQL adds up over conclusions: everything that a report says follows from these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ledger.domain.clusters import Spread
from ledger.domain.seats import SeatCost


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSums:
    """What SQL adds up for one group of changes; everything a report says of the group follows from it."""

    basis: str
    model: str | None
    """The model that is credited with the changes; under credit `lineup` the set of models."""
    part: str | None
    """What tells the row from the model's others: its task type, area, stakes, package or label; '' where a repository
    has no label; None in the row of all of them."""
    n: int
    accepted: int
    rejected: int
    abandoned: int
    open: int
    stale: int
    unknown: int
    n_cost_known: int
    base_n: int
    base_accepted: int
    base_nusd: int
    base_cost_sq: float
    """Sum of squared cost in USD²."""
    base_accepted_nusd: int
    unattributed_nusd: int
    """The model's calls that reached no change; 0 in rows of one part."""
    calls: int
    """All calls booked to the group's changes."""
    charged_nusd: int
    """All charges of the group's changes, decided or not."""
    verified: int
    durable: int
    pending: int
    """Accepted, not reverted, too young to be called durable."""
    reverted: int
    first_pass_yes: int
    first_pass_no: int
    first_pass_unknown: int
    attempts: int
    type_inferred_weakly: int
    without_forge: int
    """Changes of basis request about which the forge has not been heard."""
    spread: Spread | None = None
    """How the repositories differ that its changes are of; None where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buckets:
    """The reconciliation: every priced call in scope stands in exactly one bucket (metric.md §4). Nano-USD."""

    accepted: int
    rejected: int
    abandoned: int
    stale: int
    open: int
    unknown: int
    unattributed: int
    total: int
    """Summed from the calls, not from the buckets."""


@dataclass(frozen=True, slots=True)
class Spending:
    """What was spent on the changes of a report and, in their time, on none, where the reconciliation is of all time.

    Nano-USD.
    """

    total: int = 0
    lost: int = 0
    """Of it, what reached no change."""
    own: Mapping[str | None, int] = field(default_factory=dict)
    """Model → what its own calls cost; needed only where one model leads all changes."""
    per_call: Mapping[str | None, float] = field(default_factory=dict)
    """Whoever stands in a row → USD that a call of its own costs; without those of whom it is not told."""
    dearest: tuple[str, int] | None = None
    """The change that cost most: its title, and nano-USD."""


NO_SPENDING = Spending()


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What the report rests on and what it leaves out."""

    commits: int
    commits_without_line: int
    calls: int
    calls_unpriced: int
    calls_placeholder: int
    calls_duplicate: int
    """Rows left out because another source seems to tell of the same call."""
    calls_estimated: int = 0
    calls_aggregate: int = 0
    calls_rollup: int = 0
    calls_told: int = 0
    """Calls whose cost is only the agent's own word."""
    changes_cost_unknown: int
    changes_cost_partial: int
    changes_mixed: int = 0
    """Changes that no model leads, because a squash of several commits names one for some of them only."""
    changes: int = 0
    """Changes that a model had a part in."""
    drafts: int = 0
    """Of them, requests that are drafts."""
    type_inferred_weakly: int
    human_changes: int
    out_of_scope_sessions: int
    out_of_scope_calls: int
    """Calls of no session that name no repository of this ledger."""
    skipped: tuple[tuple[str, str, str], ...]
    """(what, where, why)"""
    unattributed: tuple[tuple[str, int], ...]
    """(reason, nano-USD), largest first."""
    inferred_nusd: int = 0
    """Booked by a file or a branch (ledger.domain.rules)."""
    weak_nusd: int = 0
    """Booked only by what came next."""
    ambiguous_nusd: int = 0
    """Split between equal claims; may be of any strength."""
    unpriced_models: tuple[tuple[str, int], ...]
    """(model, calls)"""
    logs_read_at: datetime | None
    posted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """The kinds of cost beside each other, over all calls in scope: never added up. Nano-USD, and nano-units."""

    list_nusd: int = 0
    """Calls with a price, at list price."""
    billed_nusd: int = 0
    """What bills and statements said."""
    proxy_nusd: int = 0
    """What gateways said."""
    told_nusd: int = 0
    """What agents themselves said."""
    nano_credits: int = 0
    """Billionths of the seller's credits: no money."""
    nano_premium: int = 0
    """Billionths of a premium request: no money."""
    seats: tuple[SeatCost, ...] = ()


NO_COSTS = Costs()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTotals:
    """Everything that a report asks of all calls in scope, whatever became of them; money in nano-USD."""

    calls: int = 0
    calls_unpriced: int = 0
    calls_placeholder: int = 0
    calls_duplicate: int = 0
    calls_estimated: int = 0
    calls_aggregate: int = 0
    calls_rollup: int = 0
    calls_told: int = 0
    calls_reported: int = 0
    """Their cost is what was paid."""
    nusd: int = 0
    """As it is counted: the report's total."""
    list_nusd: int = 0
    billed_nusd: int = 0
    proxy_nusd: int = 0
    told_nusd: int = 0
    nano_credits: int = 0
    nano_premium: int = 0

    @property
    def cost_kind(self) -> str:
        """`billed` when every priced call's cost is what was paid, else `list`."""
        priced = self.calls - self.calls_unpriced
        return "billed" if priced and priced == self.calls_reported else "list"

    @property
    def costs(self) -> Costs:
        """The kinds of cost beside each other; without the seats, which only settings tell."""
        return Costs(
            list_nusd=self.list_nusd,
            billed_nusd=self.billed_nusd,
            proxy_nusd=self.proxy_nusd,
            told_nusd=self.told_nusd,
            nano_credits=self.nano_credits,
            nano_premium=self.nano_premium,
        )
