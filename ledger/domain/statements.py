"""Statements: one row of a spreadsheet, as people have it, turned into facts.

A row names a change, who worked on it in which role, what it cost and what became of it. Several rows of one change
add up, equal ones too: `identity` says which row it is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from ledger.domain.claims import claim
from ledger.domain.facts import Contribution, Fact, Place
from ledger.domain.forge_facts import Event, Request
from ledger.domain.models import parse_model
from ledger.domain.session_facts import Call
from ledger.errors import EntryRefused

FIELDS = ("change", "model", "agent", "role", "task_type", "opened", "decided", "outcome", "cost")
_OUTCOMES = {"accepted": "merged", "rejected": "closed", "abandoned": "closed", "open": ""}
_ROLES = ("implement", "review", "scout")
_AMOUNT = re.compile(r"\$?(?:\d{1,30}|\d{1,3}(?:,\d{3}){1,9})?(?:\.\d{1,30})?(?:[eE]-\d{1,2})?(?<=\d)")
"""A plain amount; a comma only between thousands, since `2,40` would be taken for 240."""
_MOST_NUSD = 10**15


def statement_facts(body: Mapping[str, Any], repository_id: str, identity: str, where: str) -> list[Fact]:
    """A request, a contribution, an aggregate call where a cost is given, and an event; raises EntryRefused."""
    row = _checked(body, where)
    number = change_number(row["change"])
    opened = _time(row["opened"], "opened", where)
    decided = _time(row["decided"], "decided", where) if row["decided"] else None
    event = _OUTCOMES[row["outcome"]]
    if event and decided is None:
        raise EntryRefused(f'{where}: an {row["outcome"]} change needs "decided", the day it was.')
    facts: list[Fact] = [
        _request(row, repository_id, number, opened, decided if event else None),
        _contribution(row, repository_id, number, opened),
    ]
    if event and decided:
        facts.append(
            Event(
                repository_id=repository_id,
                subject=f"request:{number}",
                kind=event,
                at=decided,
                actor="",
                verdict="",
                oid="",
            )
        )
    if row["cost"] not in ("", None):
        facts += _spend(row, repository_id, number, opened, identity, where)
    return facts


def change_number(change: str) -> int:
    """A number as it is; any other name as a stable positive number above every forge's."""
    if change.isascii() and change.lstrip("#!").isdigit() and len(change) < 10:
        return int(change.lstrip("#!"))
    return 2**40 + int(hashlib.sha256(change.encode()).hexdigest()[:8], 16)


def _checked(body: Mapping[str, Any], where: str) -> dict[str, str]:
    unknown = sorted(set(body) - set(FIELDS))
    if unknown:
        raise EntryRefused(f"{where}: a statement has no field {unknown[0]!r}; it has {', '.join(FIELDS)}.")
    for name in FIELDS:
        if not isinstance(body.get(name), str | int | float | None) or isinstance(body.get(name), bool):
            raise EntryRefused(f"{where}: {name} must be a text or a number.")
    row = {name: "" if body.get(name) is None else str(body[name]).strip() for name in FIELDS}
    for name in ("change", "opened"):
        if not row[name]:
            raise EntryRefused(f"{where}: a statement needs the field {name!r}.")
    row["outcome"] = row["outcome"].lower() or "open"
    row["role"] = row["role"].lower() or "implement"
    if row["outcome"] not in _OUTCOMES:
        raise EntryRefused(f"{where}: outcome must be one of {', '.join(_OUTCOMES)}.")
    if row["role"] not in _ROLES:
        raise EntryRefused(f"{where}: role must be one of {', '.join(_ROLES)}.")
    return row


def _request(
    row: Mapping[str, str], repository_id: str, number: int, opened: datetime, decided: datetime | None
) -> Request:
    is_merged = row["outcome"] == "accepted"
    return Request(
        repository_id=repository_id,
        number=number,
        title=row["change"],
        state="open" if decided is None else "merged" if is_merged else "closed",
        head_ref="",
        head_oid="",
        base_ref="",
        merge_oid="",
        opened_at=opened,
        merged_at=decided if is_merged else None,
        closed_at=decided,
        labels=(row["task_type"],) if row["task_type"] else (),
        is_draft=False,
        commits=(),
        at=decided or opened,
    )


def _contribution(row: Mapping[str, str], repository_id: str, number: int, opened: datetime) -> Contribution:
    return claim(
        row["model"],
        repository_id=repository_id,
        subject=f"request:{number}",
        role=row["role"],
        agent=row["agent"],
        evidence="statement",
        at=opened,
    )


def _spend(
    row: Mapping[str, str], repository_id: str, number: int, opened: datetime, identity: str, where: str
) -> list[Fact]:
    if not _AMOUNT.fullmatch(row["cost"]):
        raise EntryRefused(f"{where}: cost {row['cost'][:40]!r} is not an amount in USD; write it like 1.25.")
    nusd = int((Decimal(row["cost"].lstrip("$").replace(",", "")) * 10**9).to_integral_value())
    if nusd > _MOST_NUSD:
        raise EntryRefused(f"{where}: cost {row['cost'][:40]!r} is more than a million USD for one row.")
    model = parse_model(row["model"])
    place = f"repository:{repository_id}"
    call = Call(
        event_key=f"statement/{identity}",
        source="statement",
        session="",
        directory=place,
        branch="",
        at=opened,
        agent=row["agent"],
        agent_version=None,
        model_raw=row["model"],
        model=model.name,
        provider=model.provider,
        family=model.family,
        role=row["role"],
        subject=f"request:{number}",
        is_subagent=False,
        input=None,
        cache_read=0,
        cache_write_5m=0,
        cache_write_1h=0,
        output=None,
        reasoning=None,
        web_searches=0,
        speed="",
        service_tier="",
        region="",
        request_id="",
        reported_nusd=nusd,
        reported_kind="billed",
        quality="aggregate",
        best_rank=(1, 0, opened.isoformat(), identity),
        owner_rank=(opened.isoformat(), 0, ""),
    )
    return [Place(directory=place, repository_id=repository_id, worktree=None), call]


def _time(text: str, name: str, where: str) -> datetime:
    """A day or a moment; a day begins at midnight UTC."""
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time(), UTC)
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise EntryRefused(f"{where}: {name} {text[:40]!r} is not a date; write it like 2026-03-01.") from error
