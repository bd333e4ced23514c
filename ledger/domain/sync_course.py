"""How far asking a forge has come: it goes from the newest request to the oldest, and where it was stopped it goes on.

A pass begins with the newest request that there is and ends where the pass before it began. What changes while it goes
on is newer than its beginning, so the next pass meets it; nothing falls between two of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from ledger.domain.commit_facts import Contained
from ledger.domain.fields import moment, record, text
from ledger.domain.requests import Checked, Described


@dataclass(frozen=True, slots=True)
class Known:
    """A repository as its forge knows it."""

    id: str
    """The forge's number of it, which a new name does not change."""
    alias: str
    """`host/owner/name`, as it is called now."""
    branch: str
    """Its default branch; '' for none."""
    tip: str = ""
    """The commit that the branch leads to; '' where it was not asked for."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a forge to the question for its requests."""

    told: tuple[Described | Contained | Checked, ...]
    untold: tuple[tuple[int, str], ...] = ()
    """(number, why as a sentence; '' where the forge knows no such request) of what could not be told."""
    newest: datetime | None = None
    """When the latest of them was updated; None for an empty page."""
    after: str = ""
    """The forge's own word for where the next page begins; '' on the last one."""

    @property
    def described(self) -> Iterable[Described]:
        """The requests on it."""
        return (each for each in self.told if isinstance(each, Described))


@dataclass(frozen=True, slots=True)
class Pass:
    """One way down the list, begun and not ended."""

    floor: datetime | None
    """What was not updated since then is not asked for; None: everything is."""
    mark: datetime | None = None
    """Where it began; None before the first answer."""
    after: str = ""
    """Where the next page begins."""

    def past(self, page: Page) -> Pass:
        """The same, one page further down."""
        return replace(self, mark=self.mark or page.newest, after=page.after)


@dataclass(frozen=True, slots=True)
class Course:
    """What is known of a repository's requests: all that was updated until `since`, and what a pass is about to add."""

    since: datetime | None = None
    passing: Pass | None = None
    at: datetime | None = None
    """When the last pass ended."""

    def begun(self, *, full: bool = False, floor: datetime | None = None) -> Course:
        """With a pass: the one that was stopped, else a new one, down to the floor, or if `full` to the end."""
        if self.passing and not full:
            return self
        return replace(self, passing=Pass(None if full else floor or self.since))

    def past(self, page: Page) -> Course:
        """With the pass one page further down."""
        return replace(self, passing=(self.passing or Pass(self.since)).past(page))

    def ended(self, at: datetime) -> Course:
        """The pass went all the way down."""
        mark = self.passing.mark if self.passing else None
        return Course(max(filter(None, (mark, self.since)), default=None), None, at)

    def text(self) -> str:
        """As it is kept between two syncs."""
        now = self.passing
        return json.dumps(
            {
                "since": _written(self.since),
                "at": _written(self.at),
                "passing": now and {"floor": _written(now.floor), "mark": _written(now.mark), "after": now.after},
            }
        )


def course_of(kept: str | None) -> Course:
    """What was kept; from the beginning where nothing was, or nothing that can be read."""
    try:
        told = record(json.loads(kept or "{}"))
    except ValueError:
        return Course()
    now = told.get("passing")
    passing = Pass(moment(now.get("floor")), moment(now.get("mark")), text(now.get("after"))) if now else None
    return Course(moment(told.get("since")), passing, moment(told.get("at")))


def _written(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
