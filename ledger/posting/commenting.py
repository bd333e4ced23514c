"""What a job tells of its request: the request's own line first, then the repository's report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ledger.domain.conclusions import Change
from ledger.domain.explanation import Explanation
from ledger.domain.report import Report
from ledger.domain.repositories import normalise_remote, remotes_first
from ledger.domain.sticky import Part, body_of, page
from ledger.posting.explaining import explain
from ledger.posting.reporting import make_report
from ledger.posting.workplace import Workplace
from ledger.reports import change_markdown, markdown
from ledger.store import reads
from ledger.store.changes import find_changes
from ledger.store.engine import Ledger


@dataclass(frozen=True, slots=True)
class Told:
    """A request and the repository that it is in, as they stand now."""

    report: Report
    request: Explanation | None
    """None where a job is for no request, or for one that no model had a part in."""

    @property
    def parts(self) -> list[Part]:
        """The page: what stands open before what is folded."""
        own = change_markdown.parts(self.request) if self.request else []
        found = [*own, *markdown.parts(self.report)]
        return sorted(found, key=lambda part: bool(part.summary))

    def comment(self, name: str, *, only_changes: bool) -> str:
        """The body of the comment of that name.

        Its news is what stands open; with `only_changes` the request's own line alone, so that other requests'
        outcomes do not write it anew.
        """
        parts = self.parts
        news = change_markdown.sentence(self.request) if self.request else ""
        return body_of(name, news if only_changes else page(each for each in parts if not each.summary), parts)


def tell(workplace: Workplace, ledger: Ledger, number: int | None, as_of: datetime) -> Told:
    """The report of the workplace's repository, and its request of that number; raises as `make_report` does."""
    with ledger.read() as connection:
        own = _repository(workplace, connection)
        change = _request(connection, own, number)
        request = explain(connection, change, as_of) if change else None
    seats = workplace.config.seats
    return Told(make_report(ledger, as_of, repository_id=own, seats=seats), request)


def _repository(workplace: Workplace, connection: Connection) -> str | None:
    """The repository's id in this ledger; None where it has not been posted, and then all of the ledger counts."""
    remotes = filter(None, map(normalise_remote, workplace.git.remotes().values()))
    return reads.repository_of_clone(connection, workplace.clone_id()) or reads.repository_by_alias(
        connection, remotes_first(remotes)
    )


def _request(connection: Connection, own: str | None, number: int | None) -> Change | None:
    found = find_changes(connection, str(number)) if number else []
    return next(
        (each for each in found if each.number == number and each.repository_id == own and each.has_model), None
    )
