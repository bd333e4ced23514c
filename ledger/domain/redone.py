"""Work that was thrown away and done again under the same branch name (`git reset`, `git checkout -B`).

The redone commits share nothing with those that were dropped: another author date, another parent. What ties them is
the branch that hooks, reflogs or a kept range saw both made on. They are one change, whose first try failed, if one
author made them, if nothing of that name landed or was closed between them, and if the branch was not silent so long
that it was abandoned (metric.md §5): a name that is taken up again later is other work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from ledger.domain.git_facts import Commit

SILENCE = timedelta(days=14)
"""So long may a branch stand still; after that it was abandoned."""
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Use:
    """What a branch's name stood for during a time."""

    began: datetime
    last: datetime
    """When its last commit was made."""
    authors: frozenset[str]
    ended: datetime | None = None
    """When it landed or was closed; None while it was not."""

    def with_try(self, dropped: Use) -> Use:
        """This use, begun already with work that was dropped."""
        return replace(self, began=min(self.began, dropped.began), authors=self.authors | dropped.authors)


def use_of(commits: Iterable[Commit], ended: datetime | None = None) -> Use | None:
    """The use that these commits were one of; None without any."""
    rows = list(commits)
    if not rows:
        return None
    return Use(
        began=min(commit.authored_at for commit in rows),
        last=max(commit.committed_at for commit in rows),
        authors=frozenset(commit.author for commit in rows),
        ended=ended,
    )


def redone_in(dropped: Use, uses: Sequence[Use]) -> int | None:
    """The place of the use, among those of the same name, that dropped work was a try of; None where it was of none.

    Of several it is the one that ended first after the work was dropped.
    """
    fitting = [place for place, use in enumerate(uses) if _continues(dropped, use)]
    return min(fitting, key=lambda place: (uses[place].ended or _NEVER, uses[place].began, place), default=None)


def _continues(dropped: Use, use: Use) -> bool:
    if use.ended is not None and use.ended < dropped.last:
        return False
    return use.began - dropped.last <= SILENCE and not use.authors.isdisjoint(dropped.authors)
