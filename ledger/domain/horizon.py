"""How far back a repository's history matters: long before the first trace of a model there is nothing to judge.

Years of people's commits would otherwise be read and sorted anew after every post.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

MARGIN = timedelta(days=180)
"""A branch that a model joined may have begun so long before."""


def beyond(dated_before: Iterable[tuple[str, Sequence[str]]]) -> frozenset[str]:
    """Of the (object id, parents) of commits that say they are old, those that need not be looked at.

    They and all of their ancestors are old. One that only claims to be, with younger ones behind it, is none of them:
    no path between commits that are looked at leads through one that is not.
    """
    parents = dict(dated_before)
    children: dict[str, list[str]] = {}
    waiting = dict.fromkeys(parents, 0)
    for oid, above in parents.items():
        for parent in above:
            children.setdefault(parent, []).append(oid)
            waiting[oid] += 1
    # A parent that is young, or not known at all, never lets its children go.
    ready = [oid for oid, count in waiting.items() if not count]
    gone = set[str]()
    while ready:
        oid = ready.pop()
        gone.add(oid)
        for child in children.get(oid, ()):
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
    return frozenset(gone)
