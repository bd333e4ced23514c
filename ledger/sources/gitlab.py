"""Merge requests as GitLab's REST interface tells them: a list, then commits, states, notes and pipelines of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from ledger.domain.amounts import Refused
from ledger.domain.fields import moment, record, records, text
from ledger.domain.forge_access import Access
from ledger.domain.gitlab_answers import Told, checked, contained, described
from ledger.domain.sync_course import Known, Page
from ledger.sources.forge_client import Answer, ForgeClient, ForgeFailed

NEEDS = (
    "the scope read_api, and the role Reporter in it; a job's own CI_JOB_TOKEN may not read merge requests everywhere, "
    "so set GITLAB_TOKEN"
)
_PER_PAGE = "100"
_AT_ONCE = 50
"""Requests that are asked for by number in one question."""
_MOST_PAGES = 100
"""GitLab counts no further than 50,000 rows; from the date of the last row it counts anew."""
_NEXT = re.compile(r'<([^<>]+)>\s*;[^,]*\brel="?next"?')
_TICK = timedelta(milliseconds=1)
"""GitLab tells times in milliseconds and compares them in finer steps."""

Row = dict[str, Any]


class GitLab:
    """One project, or one group of projects, on one GitLab."""

    def __init__(self, client: ForgeClient, asked: Access) -> None:
        self._client, self._asked = client, asked
        self._project = f"{asked.api}/projects/{quote(asked.path, safe='')}"
        self.notices: list[str] = []
        """What could not be told of any request, once each."""

    def known(self) -> Known:
        """The project as GitLab knows it; raises ForgeFailed."""
        return _known(self._asked.host, record(self._client.ask(self._asked.path, self._project).told))

    def owned(self) -> Iterator[Known]:
        """Every project of the group and of its subgroups; raises ForgeFailed."""
        group = f"{self._asked.api}/groups/{quote(self._asked.path, safe='')}/projects"
        asked = {"include_subgroups": "true", "order_by": "id", "sort": "asc", "pagination": "keyset"}
        for rows, _ in self._listed(f"group {self._asked.path}", group, asked):
            yield from (_known(self._asked.host, row) for row in rows)

    def pages(self, after: str, floor: datetime | None) -> Iterator[Page]:
        """The requests updated since the floor, the newest first, from where a page ended; raises ForgeFailed."""
        while True:
            asked = {"scope": "all", "state": "all", "order_by": "updated_at", "sort": "desc"}
            asked |= {"updated_after": _written(floor - _TICK)} if floor else {}
            asked |= {"updated_before": after} if after else {}
            before = after
            for count, (rows, is_last) in enumerate(self._listed("merge requests", self._merge_requests, asked), 1):
                page = self._page(rows)
                oldest = min(filter(None, (moment(row.get("updated_at")) for row in rows)), default=None)
                after = "" if is_last or oldest is None else _written(oldest + _TICK)
                yield replace(page, after=after)
                if count >= _MOST_PAGES and after and after != before:
                    break
            if not after:
                return

    def named(self, numbers: Iterable[int]) -> Iterator[Page]:
        """The requests of these numbers; raises ForgeFailed. One that GitLab does not know is told with ''."""
        wanted = list(numbers)
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            asked = {"scope": "all", "state": "all", "iids[]": part}
            rows = [row for page, _ in self._listed("merge requests", self._merge_requests, asked) for row in page]
            page = self._page(rows)
            found = {row.get("iid") for row in rows}
            yield replace(page, untold=(*page.untold, *((number, "") for number in part if number not in found)))

    @property
    def _merge_requests(self) -> str:
        return f"{self._project}/merge_requests"

    def _page(self, rows: Sequence[Row]) -> Page:
        told: list[Told] = []
        untold: list[tuple[int, str]] = []
        for row in rows:
            try:
                told += self._whole(row)
            except Refused as error:
                untold.append((number if isinstance(number := row.get("iid"), int) else 0, str(error)))
        newest = max(filter(None, (moment(row.get("updated_at")) for row in rows)), default=None)
        return Page(tuple(told), tuple(untold), newest)

    def _whole(self, row: Row) -> Iterator[Told]:
        """A request with what is asked about it alone. How its state changed matters only where it is not merged."""
        number = row.get("iid")
        if not isinstance(number, int):
            raise Refused("they have no number")
        is_merged = row.get("state") == "merged"
        states = [] if is_merged else self._beside(number, "resource_state_events")
        commits = self._beside(number, "commits")
        notes = self._beside(number, "notes", {"sort": "asc", "order_by": "created_at"})
        pipelines = self._beside(number, "pipelines")
        yield described(row, commits, states or [], notes or [])
        yield contained(row, commits or [])
        yield from checked(row, pipelines or [])

    def _beside(self, number: int, name: str, asked: Mapping[str, str] | None = None) -> list[Row] | None:
        """What belongs to a request; None where the token may not read it, or the project has it switched off."""
        try:
            found = self._listed(f"!{number}'s {name}", f"{self._merge_requests}/{number}/{name}", asked or {})
            return [row for rows, _ in found for row in rows]
        except ForgeFailed as error:
            if error.status not in (403, 404):
                raise
            sentence = f"{self._asked.host} left out {name.replace('_', ' ')}, which this token may not read."
            if sentence not in self.notices:
                self.notices.append(sentence)
            return None

    def _listed(self, what: str, url: str, asked: Mapping[str, Any]) -> Iterator[tuple[list[Row], bool]]:
        """The rows of each page, and whether it is the last; by the link to the next page, else by its number."""
        parameters: dict[str, Any] | None = {**asked, "per_page": _PER_PAGE}
        seen = set[str]()
        while True:
            answer = self._client.ask(what, url, parameters=parameters)
            if not isinstance(answer.told, list):
                raise ForgeFailed(f"{self._asked.host} answered with something else than a list of {what}.")
            following = _following(answer, url, asked)
            # A link that leads back would lead round for ever.
            is_last = following is None or str(following) in seen
            seen.add(str(following))
            yield records(answer.told), is_last
            if following is None or is_last:
                return
            url, parameters = following


def _following(answer: Answer, url: str, asked: Mapping[str, Any]) -> tuple[str, dict[str, Any] | None] | None:
    """Address and parameters of the next page; None on the last one."""
    link = _NEXT.search(answer.headers.get("link", ""))
    if link:
        return link[1], None
    number = answer.headers.get("x-next-page", "")
    return (url, {**asked, "per_page": _PER_PAGE, "page": number}) if number.isdecimal() else None


def _known(host: str, row: Row) -> Known:
    path = text(row.get("path_with_namespace"))
    return Known(id=str(row.get("id") or ""), alias=f"{host}/{path}", branch=text(row.get("default_branch")))


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
