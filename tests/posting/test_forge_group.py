"""Repositories without clones are judged by the forge's word; a clone that comes later is the same repository."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.sync_course import Known
from ledger.posting.derive import derive_dirty
from ledger.posting.forge import sync
from ledger.posting.forge_group import ledger_key, members, post_known
from ledger.posting.update import update
from ledger.posting.workplace import open_workplace
from ledger.store.engine import Ledger, open_ledger
from tests.forges import MERGE, Asked, World, oid, serving
from tests.gitting import WHEN, commit, git
from tests.posting.syncing import NOW, asked_of, asking

NAME = Known("1000", "github.com/owner/name", "main", oid("a", 1))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(str(tmp_path / "org.db"), create=True)
    yield opened
    opened.close()


def column(ledger: Ledger, sql: str) -> list[Any]:
    with ledger.read() as connection:
        return [row[0] if len(row) == 1 else tuple(row) for row in connection.exec_driver_sql(sql)]


def synced(ledger: Ledger, world: World) -> list[str]:
    """The repositories of the owner, after a sync of each."""
    with asking(world, "github") as forge:
        found = list(members(ledger, asked_of(world, "github"), [NAME]))
        for member in found:
            sync(ledger, member.repository_id, member.asked, forge, ledger_key(ledger), now=NOW)
    derive_dirty(ledger, "")
    return [member.repository_id for member in found]


def fates() -> World:
    return World().add(
        Asked(1, "MERGED", minutes=10),
        Asked(2, "CLOSED", minutes=20),
        Asked(3, minutes=30),
        Asked(4, "MERGED", minutes=40, changed={"baseRefName": "release-1"}),
    )


def test_without_a_clone_the_forges_word_decides(ledger: Ledger) -> None:
    with serving(fates()) as world:
        (repository,) = synced(ledger, world)
    assert column(ledger, "SELECT number, state FROM change ORDER BY 1") == [
        *((1, "landed"), (2, "closed"), (3, "undecided"), (4, "undecided")),
    ], "what went into another branch than the default one has not landed"
    assert column(ledger, "SELECT DISTINCT lead_model FROM change") == ["claude-opus-4-8"], (
        "told by the commits' trailers"
    )
    assert column(ledger, "SELECT DISTINCT is_verified FROM change WHERE number = 1") == [1]
    assert column(ledger, "SELECT id, name FROM repository") == [(repository, "owner/name")]


@pytest.mark.parametrize("spelling", ["owner/name", "Owner/Name"])
def test_a_clone_that_comes_later_is_the_same_repository(
    spelling: str, ledger: Ledger, repository: Path, tmp_path: Path
) -> None:
    commit(repository, "root", at=WHEN)
    landed = commit(repository, "feat: x (#1)", {"a": "1"}, at=WHEN)
    git(repository, "remote", "add", "origin", f"git@github.com:{spelling}.git")
    world = fates()
    world.requests[1].changed = {"mergeCommit": {"oid": landed}}
    with serving(world):
        (known,) = synced(ledger, world)
        workplace = open_workplace(str(repository), database=str(tmp_path / "org.db"))
        posted = update(workplace, ledger, now=NOW, sources=("commits",))
        assert posted.repository_id == known
        assert column(ledger, "SELECT COUNT(*) FROM repository") == [1]
        assert column(ledger, "SELECT state, landed_oid FROM change WHERE number = 1") == [("landed", landed)]
        assert column(ledger, "SELECT COUNT(*) FROM repository_alias WHERE kind = 'root'") == [1]
        assert synced(ledger, world) == [known]
        targets = column(ledger, "SELECT clone_id FROM tip WHERE is_target = 1")
        assert "forge" not in targets, "the clone tells of the branches itself"


def test_a_clone_that_was_there_first_keeps_its_id(ledger: Ledger, repository: Path, tmp_path: Path) -> None:
    commit(repository, "root", at=WHEN)
    git(repository, "remote", "add", "origin", "https://github.com/owner/name.git")
    workplace = open_workplace(str(repository), database=str(tmp_path / "org.db"))
    posted = update(workplace, ledger, now=NOW, sources=("commits",))
    with serving(fates()) as world:
        assert synced(ledger, world) == [posted.repository_id]
    assert column(ledger, "SELECT repository_id, COUNT(*) FROM request GROUP BY 1") == [(posted.repository_id, 4)]


def test_a_repository_that_is_renamed_stays_the_same(ledger: Ledger) -> None:
    first = post_known(ledger, "github.com", NAME, has_clone=False)
    renamed = Known("1000", "github.com/owner/renamed", "trunk")
    assert post_known(ledger, "github.com", renamed, has_clone=False) == first
    assert column(ledger, "SELECT alias FROM repository_alias ORDER BY 1") == [
        *("github.com/#1000", "github.com/owner/name", "github.com/owner/renamed"),
    ]
    assert column(ledger, "SELECT ref FROM tip") == ["refs/heads/trunk"]


def test_two_repositories_are_two_and_one_without_a_branch_has_no_target(ledger: Ledger) -> None:
    first = post_known(ledger, "github.com", NAME, has_clone=False)
    second = post_known(ledger, "github.com", Known("1001", "github.com/owner/second", ""), has_clone=False)
    elsewhere = post_known(ledger, "ghe.example.org", Known("1000", "ghe.example.org/owner/name", "main"))
    assert len({first, second, elsewhere}) == 3, "a number is one forge's"
    assert column(ledger, "SELECT repository_id FROM tip") == [first]


def test_the_id_follows_from_the_forge_alone(ledger: Ledger, tmp_path: Path) -> None:
    other = open_ledger(str(tmp_path / "other.db"), create=True)
    assert post_known(ledger, "github.com", NAME) == post_known(other, "github.com", NAME)
    other.close()


def test_a_row_without_number_or_name_is_no_repository(ledger: Ledger) -> None:
    rows = [Known("", "github.com/owner/name", ""), Known("5", "github.com/", "")]
    assert list(members(ledger, asked_of(World(), "github"), rows)) == []


def test_people_are_hashes_by_the_ledgers_own_secret(ledger: Ledger) -> None:
    key = ledger_key(ledger)
    assert key("Ann") == key("ann") != key("bob")
    assert ledger_key(ledger)("ann") == key("ann")
    assert len(key("ann")) == 16


def test_what_landed_is_named_by_the_forge(ledger: Ledger) -> None:
    with serving(fates()) as world:
        synced(ledger, world)
    assert column(ledger, "SELECT oid FROM event WHERE kind = 'merged' ORDER BY 1") == [oid(MERGE, 1), oid(MERGE, 4)]
