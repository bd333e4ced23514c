"""Credit: whom the cost of a change is counted under (metric.md §4). Each kind sums to the same total.

lead, first and lineup divide whole changes among models, so acceptance and cost per accepted change can be told of
each. own divides the charges themselves by model and role: a reviewer's cost has no accepted changes of its own, and is
divided by none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace

from ledger.domain.conclusions import OwnSpend
from ledger.domain.costing import Costing, Judged
from ledger.domain.money import shown, usd

CREDITS = {
    "lead": "all cost of a change, reviews, scouting and failed tries included, stands under the model that led it",
    "own": "each model's own calls, by role and by what became of the change they were made for; "
    "a role has no accepted changes of its own, so no cost per accepted change is told",
    "first": "all cost of a change stands under the model that tried first, whoever finished it",
    "lineup": "all cost of a change stands under the set of models that had a part in it",
}
"""Credit → what its columns mean, half a sentence."""

CODAS = {
    "lead": "",
    "own": "",
    "first": ", each change credited to the model that tried first",
    "lineup": ", each change credited to its line-up of models",
}
"""What a headline adds."""

_FATES = {"accepted": "accepted", "rejected": "failed", "abandoned": "failed"}
_KEYS = frozenset({"model", "role", "part"})
_MOST = 3


def in_whole(rows: Iterable[OwnSpend]) -> tuple[OwnSpend, ...]:
    """The rows by model and role over all parts, the dearest first."""
    whole: dict[tuple[str | None, str | None], OwnSpend] = {}
    for row in rows:
        key = (row.model, row.role)
        whole[key] = _added(whole[key], row) if key in whole else replace(row, part=None)
    return by_cost(whole.values())


def by_cost(rows: Iterable[OwnSpend]) -> tuple[OwnSpend, ...]:
    """The dearest first; equal ones by name."""
    return tuple(sorted(rows, key=lambda row: (-row.nusd, row.model or "~", row.role or "~", row.part or "")))


def revalued_spends(rows: Iterable[OwnSpend], judged: Iterable[Judged], cost: Costing) -> list[OwnSpend]:
    """The rows with one kind of cost in them; the counts of changes and calls stay as they are."""
    changes = {row.change_id: row for row in judged}
    spent: dict[tuple[str | None, str | None, str | None], Counter[str]] = {}
    for row, nusd, unknown in cost.rows:
        change = changes.get(row.change_id)
        if change or not (row.change_id or row.is_at_other_time):  # what is not in the slice has no row
            key = (row.model or None, row.role or None, change.part if change else None)
            fate = _FATES.get(change.outcome, "undecided") if change else "unattributed"
            spent.setdefault(key, Counter()).update({f"{fate}_nusd": nusd, "unknown": unknown})
    return [_revalued(row, spent.get((row.model, row.role, row.part), Counter())) for row in rows]


def _revalued(row: OwnSpend, spent: Counter[str]) -> OwnSpend:
    return replace(
        row,
        calls_unpriced=min(row.calls, spent["unknown"]),
        accepted_nusd=spent["accepted_nusd"],
        failed_nusd=spent["failed_nusd"],
        undecided_nusd=spent["undecided_nusd"],
        unattributed_nusd=spent["unattributed_nusd"],
    )


def _added(one: OwnSpend, other: OwnSpend) -> OwnSpend:
    names = [field.name for field in fields(OwnSpend) if field.name not in _KEYS]
    return replace(one, **{name: getattr(one, name) + getattr(other, name) for name in names})


def spend_headline(spends: Sequence[OwnSpend], coda: str) -> str:
    """Where the money went, in a sentence; `spends` are those in whole, the dearest first."""
    total = sum(row.nusd for row in spends)
    if not total:
        return "What was spent is not known."
    parts = [f"{row.nusd / total:.0%} {_who(row)}" for row in spends[:_MOST] if row.nusd]
    nowhere = sum(row.unattributed_nusd for row in spends)
    lost = f"; {nowhere / total:.0%} reached no change" if nowhere else ""
    return f"{shown(usd(total))} was spent: {', '.join(parts)}{lost}, {coda}."


def _who(row: OwnSpend) -> str:
    """`by claude-opus-4-8 (implement)`."""
    return f"by {row.model or 'an unknown model'} ({row.role or 'role unknown'})"
