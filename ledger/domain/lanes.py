"""When each commit came onto its target branch, though clocks are wrong: so that several targets can be walked in step.

A chain of commits tells its own order. The fewest commits that stand against it had a wrong clock, and came with what
they follow: a date far ahead delays nothing behind it, and one set back holds nothing up. A cherry-pick that says what
it was picked from came after that, whatever the clocks say.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

_START = datetime(1, 1, 1, tzinfo=UTC)
_NEXT = timedelta(microseconds=1)


def came_at(lanes: Sequence[Sequence[tuple[str, datetime]]], picks: Iterable[tuple[str, str]]) -> dict[str, datetime]:
    """Commit → when it came: never before the one that it follows on its lane, nor before what it was picked from.

    A lane is (commit, when it says it was committed), oldest first; a pick is (source, copy).
    """
    times = {oid: at for lane in lanes for oid, at in _in_order(lane)}
    known = [(old, new) for old, new in picks if old in times and new in times]
    for _ in lanes:  # a pick of a pick of a pick needs as many rounds; a circle, which is forged, ends with them
        late = [(old, new) for old, new in known if times[new] <= times[old]]
        if not late:
            break
        for old, new in late:
            times[new] = max(times[new], times[old] + _NEXT)
        for lane in lanes:
            _push(lane, times)
    return times


def _in_order(lane: Sequence[tuple[str, datetime]]) -> Iterable[tuple[str, datetime]]:
    right, before = _rightly_dated([at for _, at in lane]), _START
    for place, (oid, at) in enumerate(lane):
        before = at if place in right else before
        yield oid, before


def _rightly_dated(dates: Sequence[datetime]) -> set[int]:
    """The places of the longest part of the dates that is in order."""
    last: list[datetime] = []
    ends: list[int] = []
    before: list[int] = []
    for place, at in enumerate(dates):
        length = bisect_right(last, at)
        before.append(ends[length - 1] if length else -1)
        last[length : length + 1] = [at]
        ends[length : length + 1] = [place]
    found, place = set[int](), ends[-1] if ends else -1
    while place >= 0:
        found.add(place)
        place = before[place]
    return found


def _push(lane: Sequence[tuple[str, datetime]], times: dict[str, datetime]) -> None:
    """Let nothing come before what it follows."""
    before = _START
    for oid, _ in lane:
        before = times[oid] = max(times[oid], before)
