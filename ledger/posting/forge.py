"""`sync`: what a forge knows of a repository's requests becomes facts, page by page.

Each page is posted in one transaction with the place where the next one begins, so that a sync that was killed goes on
there. Then every request is asked for by number that the ledger knows as undecided and no page told: a close that was
missed is mostly a rejection, and without it bad models look good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ledger.domain.forge_access import Access
from ledger.domain.forge_facts import SyncMark
from ledger.domain.reading import Cursor, Skip
from ledger.domain.requests import Person
from ledger.domain.sync_course import Course, Known, Page, course_of
from ledger.store import omissions, reads
from ledger.store.engine import Ledger
from ledger.store.undecided import undecided
from ledger.store.writes import Writing

SOURCE = "forge"

Step = Callable[[int], None]


class Forge(Protocol):
    """One repository on a forge that answers: a module of `ledger.sources` has one for each."""

    notices: list[str]
    """What could not be told of any request, as sentences."""

    def known(self) -> Known:
        """The repository itself."""

    def pages(self, after: str, floor: datetime | None) -> Iterator[Page]:
        """The requests that were updated since the floor, the newest first, from where a page ended."""

    def named(self, numbers: Iterable[int]) -> Iterator[Page]:
        """The requests of these numbers."""


@dataclass(slots=True)
class Synced:
    """What a sync learned."""

    is_first: bool
    """Nothing was known of the forge before."""
    told: set[int] = field(default_factory=set)
    """The requests that were described."""
    decided: set[int] = field(default_factory=set)
    """Those of them that were open, or unknown, in the ledger."""
    untold: set[int] = field(default_factory=set)
    """Those that could not be told; 0 for one without a number."""
    new: int = 0
    changed: int = 0


def sync(
    ledger: Ledger,
    repository_id: str,
    asked: Access,
    forge: Forge,
    person: Person,
    *,
    now: datetime,
    full: bool = False,
    since: datetime | None = None,
    step: Step = lambda _count: None,
) -> Synced:
    """Post what the forge tells that is new; the conclusions are left to an update. Raises LedgerError.

    `full` asks for everything once more, `since` for what was updated from then on; a pass that was stopped goes on
    first. `step` is told how many requests were described so far.
    """
    posting = _Posting(ledger, repository_id, asked, person, now, step)
    course = posting.course.begun(full=full, floor=since)
    is_resumed = course.passing == posting.course.passing
    posting.descend(forge, course)
    if is_resumed:  # what changed since it was stopped is newer than its beginning
        posting.descend(forge, posting.course.begun())
    posting.post_named(forge.named(sorted(posting.open - posting.done.told)))
    return posting.done


def last_synced(ledger: Ledger, repository_id: str) -> datetime | None:
    """When the forge was last asked for all that is new; None for never."""
    return _course(ledger, repository_id).at


def has_begun(ledger: Ledger, repository_id: str) -> bool:
    """The forge was asked before, to the end or not."""
    return _course(ledger, repository_id) != Course()


def mark_of(ledger: Ledger, repository_id: str, asked: Access) -> SyncMark | None:
    """How far this ledger has asked; None where it has not."""
    since = _course(ledger, repository_id).since
    return SyncMark(repository_id=repository_id, host=asked.host, at=since) if since else None


def _begun_elsewhere(ledger: Ledger, repository_id: str, asked: Access) -> Course:
    """From where others have asked, and told it; from the beginning where nobody has."""
    with ledger.read() as connection:
        marks = [row.at for row in reads.facts(connection, "sync_mark", repository_id) if row.host == asked.host]
    return Course(since=max(marks, default=None))


def _course(ledger: Ledger, repository_id: str) -> Course:
    with ledger.read() as connection:
        return course_of(reads.cursors(connection, SOURCE).get(repository_id))


class _Posting:
    """Posts pages, and keeps what is to be said of them."""

    def __init__(
        self, ledger: Ledger, repository_id: str, asked: Access, person: Person, now: datetime, step: Step
    ) -> None:
        self._ledger, self._repository_id, self._asked = ledger, repository_id, asked
        self._person, self._now, self._step = person, now, step
        self.course = _course(ledger, repository_id)
        if self.course == Course():
            self.course = _begun_elsewhere(ledger, repository_id, asked)
        with ledger.read() as connection:
            self.open = undecided(connection, repository_id)
            self._noted = {skip.where for skip, _ in omissions.skips_of(connection, SOURCE)}
        self.done = Synced(is_first=self.course == Course())

    def descend(self, forge: Forge, course: Course) -> None:
        """Post the pages of one pass, down to its end."""
        passing = course.passing
        if passing is None:
            return
        for page in forge.pages(passing.after, passing.floor):
            course = course.past(page)
            self._post(page, course if page.after else course.ended(self._now))
        self.course = course.ended(self._now)

    def post_named(self, pages: Iterable[Page]) -> None:
        """Post what was asked for by number."""
        for page in pages:
            self._post(page, None)

    def _post(self, page: Page, course: Course | None) -> None:
        with self._ledger.write() as writing:
            facts = (fact for each in page.told for fact in each.facts(self._repository_id, self._person))
            done = writing.post(facts)
            self._note(writing, page)
            if course is not None:
                writing.set_cursor(Cursor(SOURCE, self._repository_id, course.text()))
        self._count(page, done.new, done.changed)

    def _note(self, writing: Writing, page: Page) -> None:
        """Name what could not be told, until it is."""
        skips = [
            Skip("request", self._where(number), f"It was left out because {why}.")
            for number, why in page.untold
            if why
        ]
        writing.note_skips(SOURCE, skips, at=self._now)
        again = [self._where(each.number) for each in page.described]
        writing.drop_skips(SOURCE, [Skip("request", where, "") for where in again if where in self._noted])

    def _where(self, number: int) -> str:
        return f"{self._asked.alias} request {number or 'without a number'}"

    def _count(self, page: Page, new: int, changed: int) -> None:
        done = self.done
        done.new += new
        done.changed += changed
        for each in page.described:
            done.told.add(each.number)
            done.untold.discard(each.number)
            if each.number in self.open and (each.merged_at or each.closed_at):
                done.decided.add(each.number)
        done.untold |= {number for number, _ in page.untold}
        self._step(len(done.told))
