"""From the sums that other clones tell of their sessions to booked calls: as many calls, which share what they cost.

Their clone has booked them by what only it knows (printed ids, written files, worktrees), so its booking is taken: to
the change of the commit that it names, whatever that became since. What a commit is not known of is unattributed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from ledger.domain.attribution import Booking
from ledger.domain.charges import Booked, Day
from ledger.domain.owned import Owned
from ledger.domain.reasons import UNKNOWN_SUBJECT
from ledger.domain.rules import AMBIGUOUS
from ledger.domain.session_facts import Call
from ledger.domain.shares import split
from ledger.domain.usage import PREFIX, Sum, Usage, sum_of

SOURCE = "share"


def booked_elsewhere(usages: Iterable[Usage], owned: Owned) -> Iterator[Booked]:
    """The calls of these sums, each with its part of them by largest remainder, so that they add up again."""
    for usage in usages:
        for place, row in enumerate(usage.sums):
            told = sum_of(row)
            yield from _parts(usage, place, told, _changes(told, owned))


def sums_elsewhere(usages: Iterable[Usage]) -> Iterator[tuple[Day, Mapping[str, int]]]:
    """What the sums add to those of their day, agent and model."""
    for told in (sum_of(row) for usage in usages for row in usage.sums):
        yield (
            (told.day, told.agent, told.model),
            {
                "calls": told.calls,
                "calls_shared": told.calls,
                "calls_unpriced": told.calls_unpriced,
                "calls_placeholder": told.calls_placeholder,
                "nusd": told.nusd,
                "shared_nusd": told.nusd,
                "list_nusd": told.list_nusd,
                "billed_nusd": told.paid_nusd,
            },
        )


def _changes(told: Sum, owned: Owned) -> tuple[str, ...]:
    """The change that the sum is of: by its commit, else by its request; one, since its clone divided it already."""
    subjects = [told.commit, f"request:{told.request}" if told.request else ""]
    return next((found[:1] for subject in subjects if subject and (found := owned.named(subject))), ())


def _parts(usage: Usage, place: int, told: Sum, changes: tuple[str, ...]) -> Iterator[Booked]:
    """As many parts as calls; one that counts as none where the calls are counted with another change."""
    number = max(told.calls, 1)
    nusd = _shares(told.nusd, number - told.calls_unpriced, number)
    listed = _shares(told.list_nusd, max(number - told.parts_unlisted, 0), number)
    paid, tokens = _shares(told.paid_nusd, max(number - told.parts_unpaid, 0), number), _tokens(told, number)
    reason = "" if changes else told.reason or UNKNOWN_SUBJECT
    rule = told.rule.removesuffix(AMBIGUOUS) if changes else ""
    # Of several claims the first counts the calls: one more stands for those that this one shares them with.
    claims = ("", *changes) if not told.calls else changes if rule == told.rule else (*changes, "")
    for each in range(number):
        call = _call(usage, f"{place}/{each}", told, tokens[each], paid[each], is_final=each >= told.calls_placeholder)
        booking = Booking(call, claims if changes else (), rule, reason)
        yield Booked(booking, (*changes, "")[0], told.role, told.role_evidence, nusd[each], listed[each], paid[each])


def _shares(whole: int, among: int, number: int) -> Sequence[int | None]:
    """The whole in `among` parts, and nothing known of the others."""
    return [*(split(whole, [1] * among) if among else ()), *([None] * (number - among))]


def _tokens(told: Sum, number: int) -> list[tuple[int | None, ...]]:
    buckets = (told.input, told.cache_read, told.cache_write_5m, told.cache_write_1h, told.output)
    columns = [[None] * number if whole is None else split(whole, [1] * number) for whole in buckets]
    return list(zip(*columns, strict=True))


def _call(
    usage: Usage, name: str, told: Sum, tokens: tuple[int | None, ...], paid: int | None, *, is_final: bool
) -> Call:
    key = f"{SOURCE}/{usage.clone_id}/{usage.session}/{name}"
    return Call(
        event_key=key,
        source=SOURCE,
        session=PREFIX + usage.session,
        directory="",
        branch="",
        at=datetime.fromisoformat(told.at),
        agent=told.agent,
        agent_version=None,
        model_raw=told.model,
        model=told.model or None,
        provider=told.provider or None,
        family=None,
        role=told.role,
        subject=told.commit,
        is_subagent=False,
        input=tokens[0],
        cache_read=tokens[1] or 0,
        cache_write_5m=tokens[2] or 0,
        cache_write_1h=tokens[3] or 0,
        output=tokens[4],
        reasoning=None,
        web_searches=0,
        speed="",
        service_tier="",
        region="",
        request_id="",
        reported_nusd=paid,
        reported_kind="" if paid is None else "billed",
        quality="final" if is_final else "placeholder",
        best_rank=(0, 0, "", ""),
        owner_rank=("", 0, ""),
    )
