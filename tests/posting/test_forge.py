"""A sync of a repository's requests: complete, resumable, the same in any number of goes, with either forge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.forge_facts import SyncMark
from ledger.domain.request_forms import read_request
from ledger.domain.sync_course import Page
from ledger.errors import LedgerError
from ledger.posting.forge import last_synced
from ledger.sources.forge_client import Busy
from ledger.store import omissions
from tests import forges
from tests.forges import Asked, World, serving
from tests.posting.syncing import HERE, NOW, asked_of, asking, empty, everything, synced, synced_from

FORGES = pytest.mark.parametrize("forge", ["github", "gitlab"])


def history(count: int = 12) -> World:
    """Requests of every fate, each updated a minute after the one before."""
    fates = ("MERGED", "CLOSED", "OPEN")
    return World(largest=5).add(
        *(Asked(number, fates[number % 3], minutes=number * 10, commits=2, reviews=1) for number in range(1, count + 1))
    )


class Killed(Exception):
    """The process ended here."""


class Dying:
    """A forge that is asked until the process ends, which is after so many pages."""

    def __init__(self, forge: Any, pages: int) -> None:
        self._forge, self._left = forge, pages
        self.notices: list[str] = []

    def pages(self, after: str, floor: datetime | None) -> Iterator[Page]:
        """Its pages, until the end."""
        for page in self._forge.pages(after, floor):
            yield page
            self._left -= 1
            if not self._left:
                raise Killed

    def named(self, numbers: Any) -> Iterator[Page]:
        """Its requests by number."""
        return self._forge.named(numbers)  # type: ignore[no-any-return]

    def known(self) -> Any:
        """Its name."""
        return self._forge.known()


def column(ledger: Any, sql: str) -> list[Any]:
    with ledger.read() as connection:
        return [row[0] if len(row) == 1 else tuple(row) for row in connection.exec_driver_sql(sql)]


@FORGES
def test_the_first_sync_brings_in_all_of_history(forge: str, tmp_path: Path) -> None:
    ledger = empty(str(tmp_path / "a.db"))
    with serving(history()) as world:
        done = synced(world, forge, ledger)
    assert (done.is_first, len(done.told), done.decided, done.untold) == (True, 12, set(), set())
    states = column(ledger, "SELECT state, COUNT(*) FROM request GROUP BY state ORDER BY 1")
    assert states == [("closed", 4), ("merged", 4), ("open", 4)]
    assert len(column(ledger, "SELECT commits FROM request WHERE commits LIKE '%,%'")) == 12, "two commits of each"
    assert column(ledger, "SELECT COUNT(*) FROM run WHERE evidence = 'api' AND conclusion = 'passed'") == [12]
    assert column(ledger, "SELECT COUNT(*) FROM event WHERE kind = 'reviewed' AND verdict = 'approved'") == [12]
    assert column(ledger, "SELECT DISTINCT model FROM contribution") == ["claude-opus-4-8"], "by the commits' trailers"
    assert last_synced(ledger, HERE) == NOW


@FORGES
def test_two_syncs_are_one_and_ask_for_little(forge: str, tmp_path: Path) -> None:
    ledger = empty(str(tmp_path / "a.db"))
    with serving(history()) as world:
        synced(world, forge, ledger)
        before, first = everything(ledger), len(world.asked)
        again = synced(world, forge, ledger)
        assert everything(ledger) == before
        assert (again.new, again.changed, again.is_first) == (0, 0, False)
        assert len(world.asked) - first <= first / 2, "only the newest, and those that are open"


@FORGES
@pytest.mark.parametrize("page", [1, 2, 3])
def test_a_sync_that_was_killed_goes_on_and_ends_in_the_same_ledger(forge: str, page: int, tmp_path: Path) -> None:
    with serving(history()) as world:
        whole = empty(str(tmp_path / "whole.db"))
        synced(world, forge, whole)
        ledger = empty(str(tmp_path / "killed.db"))
        with asking(world, forge) as found, pytest.raises(Killed):
            synced_from(Dying(found, page), asked_of(world, forge), ledger)
        told = column(ledger, "SELECT COUNT(*) FROM request")[0]
        assert told >= 5 * page or page == 3, "each page is kept when it is read"
        done = synced(world, forge, ledger)
        assert everything(ledger) == everything(whole)
        assert page == 3 or len(done.told) < 12, "what was read was not asked for again"


@FORGES
def test_what_changed_while_a_sync_lay_killed_is_met(forge: str, tmp_path: Path) -> None:
    with serving(history()) as world:
        ledger = empty(str(tmp_path / "killed.db"))
        with asking(world, forge) as found, pytest.raises(Killed):
            synced_from(Dying(found, 1), asked_of(world, forge), ledger)
        world.requests[11].state, world.requests[11].minutes = "CLOSED", 900
        world.add(Asked(13, "MERGED", minutes=901))
        synced(world, forge, ledger)
        fresh = empty(str(tmp_path / "fresh.db"))
        synced(world, forge, fresh)
    latest = "SELECT number, state, at FROM request ORDER BY 1"
    assert column(ledger, latest) == column(fresh, latest)


@FORGES
def test_a_close_that_no_list_told_is_found_by_number(forge: str, tmp_path: Path) -> None:
    ledger = empty(str(tmp_path / "a.db"))
    with serving(history()) as world:
        synced(world, forge, ledger)
        # As it is where a list lagged behind: the date says that it was told already.
        world.requests[2].state = "CLOSED"
        done = synced(world, forge, ledger)
    assert done.decided == {2}
    assert column(ledger, "SELECT state FROM request WHERE number = 2") == ["closed"]


@FORGES
def test_a_request_that_the_forge_does_not_know_any_more_is_named(forge: str, tmp_path: Path) -> None:
    ledger = empty(str(tmp_path / "a.db"))
    with serving(history()) as world:
        synced(world, forge, ledger)
        del world.requests[2]
        done = synced(world, forge, ledger)
    assert done.untold == {2}
    assert column(ledger, "SELECT state FROM request WHERE number = 2") == ["open"], "nothing is made up"


@FORGES
def test_full_asks_for_everything_and_since_for_what_is_newer(forge: str, tmp_path: Path) -> None:
    ledger = empty(str(tmp_path / "a.db"))
    with serving(history()) as world:
        floor = forges.START.replace(hour=10)  # the sixth request is updated then
        assert synced(world, forge, ledger, since=floor).told == set(range(6, 13))
        later = synced(world, forge, ledger)
        assert len(later.told) < 12
        assert len(synced(world, forge, ledger, full=True).told) == 12


@FORGES
def test_what_cannot_be_read_is_named_until_it_can(forge: str, tmp_path: Path) -> None:
    ledger = empty(str(tmp_path / "a.db"))
    with serving(history(3)) as world:
        broken = {"createdAt": "yesterday", "created_at": "yesterday"}
        world.requests[1].changed = broken
        done = synced(world, forge, ledger)
        assert (done.told, done.untold) == ({2, 3}, {1})
        with ledger.read() as connection:
            ((skip, _),) = omissions.skips_of(connection, "forge")
        assert skip.where == f"{forge}.com/owner/name request 1"
        assert "is no time" in skip.why
        world.requests[1].changed = {}
        synced(world, forge, ledger, full=True)
        with ledger.read() as connection:
            assert omissions.skips_of(connection, "forge") == []


def test_sync_after_import_is_sync_alone(tmp_path: Path) -> None:
    with serving(history()) as world:
        alone = empty(str(tmp_path / "alone.db"))
        synced(world, "github", alone)
        both = empty(str(tmp_path / "both.db"))
        rows = [
            {
                **forges.node(world, each, {}),
                "labels": [{"name": "label-0"}],
                "author": {"login": "ann"},
                "mergedBy": {"login": "bob"} if each.state == "MERGED" else None,
            }
            for each in world.requests.values()
        ]
        with both.write() as writing:
            for row in rows:
                writing.post(f for each in read_request(row) for f in each.facts(HERE, lambda login: f"#{login}"))
        synced(world, "github", both)
    told, whole = everything(both), everything(alone)
    assert told | {"event": []} == whole | {"event": []}
    # A list does not say who closed a request: it may stand there once more, as closed by nobody in particular.
    known = "SELECT subject, kind, at, actor, verdict, oid FROM event WHERE actor <> '' ORDER BY 1, 2, 3, 4"
    assert column(both, known) == column(alone, known)


def test_a_busy_forge_ends_it_in_a_sentence_and_what_was_read_stays(tmp_path: Path) -> None:
    ledger = empty(str(tmp_path / "a.db"))
    with serving(history()) as world:
        limit = forges.status(403, x_ratelimit_remaining="0", x_ratelimit_reset="1003600")
        world.faults = [None, None, limit]
        with asking(world, "github", patience=60) as found, pytest.raises(Busy, match=r"until about 14:46 UTC"):
            synced_from(found, asked_of(world, "github"), ledger)
        assert column(ledger, "SELECT COUNT(*) FROM request") == [5]
        done = synced(world, "github", ledger)
        assert done.told >= set(range(1, 8))
        assert 10 not in done.told, "it was decided, and read before"
        whole = empty(str(tmp_path / "whole.db"))
        synced(world, "github", whole)
    assert everything(ledger) == everything(whole)


def test_a_repository_that_the_token_may_not_see_is_one_sentence(tmp_path: Path) -> None:
    ledger = empty(str(tmp_path / "a.db"))
    with serving(World(name="owner/name")) as world:
        asked = asked_of(world, "github")
        world.name = "owner/other"
        with asking(world, "github") as found:
            found._asked = asked
            with pytest.raises(LedgerError, match=r"github.com knows of no owner/name, .* pull-requests"):
                synced_from(found, asked, ledger)


def test_five_thousand_requests(tmp_path: Path) -> None:
    ledger = empty(str(tmp_path / "a.db"))
    world = World().add(*(Asked(number, "MERGED", minutes=number, checks=0) for number in range(1, 5001)))
    with serving(world):
        done = synced(world, "github", ledger)
    assert len(done.told) == 5000
    assert column(ledger, "SELECT COUNT(*) FROM request WHERE state = 'merged'") == [5000]
    assert len(world.asked) == 200, "fifty requests a page, and as many at a time by number"


@FORGES
def test_what_others_asked_for_and_told_is_not_asked_for_again(forge: str, tmp_path: Path) -> None:
    ledger = empty(str(tmp_path / "a.db"))
    with serving(history()) as world:
        mark = SyncMark(repository_id=HERE, host=f"{forge}.com", at=forges.START + timedelta(minutes=100))
        with ledger.write() as writing:
            writing.post([mark, replace(mark, host="elsewhere.example", at=mark.at + timedelta(days=1))])
        done = synced(world, forge, ledger)
        assert done.told == {10, 11, 12}
        assert not done.is_first
        assert synced(world, forge, ledger, full=True).told == set(range(1, 13))
