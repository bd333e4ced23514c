"""How many commits beside the trunk each head leads to.

Thousands of heads may stand along one line: a develop that waits for its release. To follow each of them down to the
trunk would take the square of the line's length. So the line is gone through once, from its beginning on, and a head
adds what it has besides the newest commit of the line that it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from operator import attrgetter

from ledger.domain.grouping import group
from ledger.domain.history import History


@dataclass(frozen=True, slots=True)
class _Place:
    """Where on which line a commit stands; the first commit of a line is at 0."""

    line: int
    at: int


def sizes(history: History, heads: Iterable[str]) -> dict[str, int]:
    """Head → how many commits that are not on the trunk it leads to, itself among them; all heads are known."""
    wanted = sorted(set(heads) - history.trunk)
    lines, places = _lines(history, wanted)
    standing = group(((_base(history, head, places), head) for head in wanted), lambda pair: pair[0].line)
    found: dict[str, int] = {}
    for line, pairs in standing.items():
        found.update(_along(history, lines[line], group(pairs, lambda pair: pair[0].at)))
    return found


def _lines(history: History, heads: Sequence[str]) -> tuple[list[list[str]], dict[str, _Place]]:
    """The first-parent lines that begin at the trunk, each up to its farthest head; and which commit stands where.

    A line that leaves another one is none: its heads stand on what they hold of the other.
    """
    lines, places = list[list[str]](), dict[str, _Place]()
    depths = _depths(history, heads)
    for head in sorted(heads, key=lambda oid: (-depths[oid], oid)):
        line = list(takewhile(lambda oid: oid not in places, history.first_parents(head, history.trunk)))
        if line and not any(parent in places for parent in history.commits[line[-1]].parents[:1]):
            places.update((oid, _Place(len(lines), at)) for at, oid in enumerate(reversed(line)))
            lines.append(line[::-1])
    return lines, places


def _depths(history: History, heads: Iterable[str]) -> dict[str, int]:
    """How long the first-parent line from each commit down to the trunk is, of all below the heads."""
    depths: dict[str, int] = {}
    for head in heads:
        line = list(takewhile(lambda oid: oid not in depths, history.first_parents(head, history.trunk)))
        below = history.commits[line[-1]].parents[:1] if line else ()
        start = depths.get(below[0], 0) if below else 0
        depths.update((oid, start + at) for at, oid in enumerate(reversed(line), 1))
    return depths


def _base(history: History, head: str, places: Mapping[str, _Place]) -> _Place:
    """Where a head stands: the newest place on a line that it holds."""
    if head in places:
        return places[head]
    above = history.walk([head], history.trunk, places.keys())
    met = (places[parent] for oid in above for parent in history.commits[oid].parents if parent in places)
    return max(met, key=attrgetter("at", "line"))


def _along(
    history: History, line: Sequence[str], standing: Mapping[int, Sequence[tuple[_Place, str]]]
) -> Iterator[tuple[str, int]]:
    """The sizes of the heads that stand on one line, by place; what leads to a commit of it leads to all before it."""
    seen = set[str]()
    for at, oid in enumerate(line):
        seen.update(list(history.walk([oid], history.trunk, seen)))
        for _, head in standing.get(at, ()):
            yield head, len(seen) + sum(1 for _ in history.walk([head], history.trunk, seen))
