"""Copies between engines, there and back again, and what happens to one that is interrupted."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.domain.facts import KINDS
from ledger.errors import LedgerError
from ledger.posting.checking import check
from ledger.posting.concealing import Open
from ledger.posting.copying import SOURCE, copy
from ledger.posting.workplace import veil_of
from ledger.store import reads
from ledger.store.engine import open_ledger
from ledger.store.schema import tables
from tests.posting.worlds import World, wanted, world

__all__ = ["wanted", "world"]  # fixtures


def quiet(_kind: str, _count: int) -> None:
    """Nobody watches."""


def test_there_and_back_again_it_is_the_same_ledger(
    world: World, wanted: tuple[str, Path], server_url: str, tmp_path: Path, hermetic: Path
) -> None:
    here, server, back = open_ledger(str(wanted[1])), open_ledger(server_url), open_ledger(str(tmp_path / "back.db"))
    there = copy(here, server, veil_of(server, {"HOME": str(hermetic)}), quiet)
    assert sum(each.new for each in there) == sum(each.facts for each in there) > 500
    copy(server, back, Open(), quiet)
    assert world.report(server_url) == wanted[0] == world.report(tmp_path / "back.db")  # type: ignore[arg-type]
    for ledger in (server, back):
        assert [faults for _, faults in check(ledger, whole=True) if faults] == []


def test_copying_again_adds_nothing(wanted: tuple[str, Path], tmp_path: Path) -> None:
    here, to = open_ledger(str(wanted[1])), open_ledger(str(tmp_path / "to.db"))
    copy(here, to, Open(), quiet)
    assert sum(each.new for each in copy(here, to, Open(), quiet)) == 0


def test_an_interrupted_copy_goes_on_where_it_stopped(wanted: tuple[str, Path], tmp_path: Path) -> None:
    here, to = open_ledger(str(wanted[1])), open_ledger(str(tmp_path / "to.db"))

    def stop(kind: str, _count: int) -> None:
        if kind == "call":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy(here, to, Open(), stop)
    again = {each.kind: each for each in copy(here, to, Open(), quiet)}
    assert again["git_commit"].facts == 0
    assert again["run"].new == again["run"].facts > 0
    with to.read() as connection:
        assert reads.cursors(connection, SOURCE) == {}


def test_a_fact_that_did_not_arrive_is_noticed(
    wanted: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, to = open_ledger(str(wanted[1])), open_ledger(str(tmp_path / "to.db"))

    def lose(kind: str, _count: int) -> None:
        if kind == "run":
            with to.write() as writing:
                writing.connection.execute(tables["run"].delete().where(tables["run"].c.run.is_not(None)))

    with pytest.raises(LedgerError, match="facts of kind run did not arrive"):
        copy(here, to, Open(), lose)


@pytest.mark.parametrize("kind", KINDS)
def test_pages_of_facts_are_all_of_them(wanted: tuple[str, Path], kind: str) -> None:
    ledger = open_ledger(str(wanted[1]))
    with ledger.read() as connection:
        paged, after = [], None
        while page := reads.facts_after(connection, kind, after, 7):
            paged += page
            after = tuple(getattr(page[-1], name) for name in KINDS[kind].key)
        assert paged == list(reads.facts(connection, kind))
