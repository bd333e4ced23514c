"""What the forge itself says became of a request: merged, closed unmerged, or still open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from ledger.domain.forge_facts import Event, Request
from ledger.domain.grouping import group


def last(events: Iterable[Event], kind: str) -> datetime | None:
    """When an event of this kind came last; None without one."""
    return max((event.at for event in events if event.kind == kind), default=None)


def closed_at(request: Request | None, events: Sequence[Event]) -> datetime | None:
    """When it was closed for good: a later reopening undoes a close, told as an event or by finding it open."""
    closes = [event.at for event in events if event.kind == "closed"]
    if request and request.closed_at and not request.merged_at:
        closes.append(request.closed_at)
    closed, reopened = max(closes, default=None), last(events, "reopened")
    is_found_open = closed and request and request.state == "open" and not request.closed_at and request.at > closed
    if is_found_open or (closed and reopened and reopened > closed):
        return None
    return closed


def denials(requests: Iterable[Request], events: Iterable[Event]) -> Mapping[int, datetime]:
    """Request → when the forge said last that it is not merged: closed unmerged, or open.

    What names it in a commit made before that is contradicted; a later commit is none of what the forge spoke of.
    """
    told = group(events, lambda event: event.subject)
    found: dict[int, datetime] = {}
    for request in requests:
        own = told.get(f"request:{request.number}", ())
        if not request.merged_at and last(own, "merged") is None:
            found[request.number] = max(request.at, *(event.at for event in own)) if own else request.at
    return found
