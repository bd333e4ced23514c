"""What a person names goes the whole way: placed by the repository's name, booked by the branch, in any order."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ledger.domain.reading import Named
from ledger.errors import LedgerError
from ledger.posting.reporting import make_report
from ledger.posting.update import update
from ledger.posting.workplace import open_workplace
from ledger.reports import render
from ledger.store import reads
from ledger.store.engine import open_ledger
from ledger.store.schema import tables
from tests.gitting import commit, git
from tests.naming import lines, written
from tests.posting.entering import NOW
from tests.sources.test_litellm import spend_log

TIME = "2026-03-01T10:00:00+00:00"


def log(key: str, *tags: str, **changed: Any) -> dict[str, Any]:
    return spend_log(key, request_tags=list(tags), startTime=TIME, session_id="", **changed)


@pytest.fixture
def shop(repository: Path) -> Path:
    """A repository with a remote and a branch that landed an hour after the calls."""
    git(repository, "remote", "add", "origin", "https://github.com/example/shop.git")
    commit(repository, "feat: begin", at=NOW.replace(year=2026, month=2, day=1))
    git(repository, "switch", "-q", "-c", "fix/login")
    commit(repository, "fix: login", {"login": "x"}, at=NOW.replace(month=3, day=1, hour=11))
    return repository


def post(where: Path, database: Path, source: str, *files: Path, tags: tuple[str, ...] = ()) -> None:
    ledger = open_ledger(str(database))
    update(
        open_workplace(str(where), database=str(database)),
        ledger,
        now=NOW,
        sources=("commits",),
        named={source: Named(tuple(map(str, files)), tags=tags)} if files else {},
    )
    ledger.close()


def charges(database: Path) -> list[tuple[str, str, str, int]]:
    """(change, rule, role, nano-USD) of everything in scope."""
    ledger = open_ledger(str(database))
    charge = tables["charge"].c
    with ledger.read() as connection:
        rows = connection.execute(select(charge.change_id, charge.rule, charge.role, charge.nusd).order_by(charge.id))
        found = [(row.change_id.partition("/")[2].partition("@")[0], row.rule, row.role, row.nusd) for row in rows]
    ledger.close()
    return sorted(found)


def test_a_call_is_placed_and_booked_by_its_tags_alone(shop: Path, tmp_path: Path) -> None:
    oid = git(shop, "rev-parse", "HEAD")
    rows = [
        log("by-branch", "repo:github.com/example/shop", "branch:fix/login", "role:implementer"),
        log("by-commit", "repo:git@github.com:example/shop.git", f"commit:{oid}", "role:reviewer"),
        log("by-short-id", "repo:example/shop", f"commit:{oid[:10]}", "role:scout"),
        log("elsewhere", "repo:github.com/example/other", "branch:fix/login"),
        log("nowhere", "branch:fix/login"),
    ]
    database = tmp_path / "ledger.db"
    post(shop, database, "litellm", written(tmp_path, "logs.jsonl", lines(rows)))
    found = charges(database)
    assert [(change, rule, role) for change, rule, role, _ in found] == [
        ("branch:fix/login", "explicit", "review"),
        ("branch:fix/login", "explicit", "scout"),
        ("branch:fix/login", "next-commit", "implement"),
    ]
    assert all(nusd > 0 for *_, nusd in found)


def test_a_gateway_that_tells_no_role_is_not_taken_for_a_scout(shop: Path, tmp_path: Path) -> None:
    row = log("k", "repo:github.com/example/shop", "branch:fix/login", "session:s-1")
    database = tmp_path / "ledger.db"
    post(shop, database, "litellm", written(tmp_path, "logs.jsonl", lines([row])))
    assert [role for _, _, role, _ in charges(database)] == [""]


def test_a_repository_that_becomes_known_later_gets_its_calls(shop: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q", "-b", "main")
    commit(other, "feat: begin", at=NOW.replace(month=3, day=1, hour=11))
    file = written(tmp_path, "logs.jsonl", lines([log("k", "repo:github.com/example/later", "branch:main")]))
    database = tmp_path / "ledger.db"
    post(shop, database, "litellm", file)
    assert charges(database) == []
    git(other, "remote", "add", "origin", "git@github.com:example/later.git")
    post(other, database, "litellm", file)
    assert [rule for _, rule, _, _ in charges(database)] == ["next-commit"]


def test_a_name_without_its_host_is_nobody_s_where_two_end_alike(shop: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q", "-b", "main")
    git(other, "remote", "add", "origin", "git@gitlab.com:example/shop.git")
    commit(other, "other: begin", at=NOW.replace(month=3, day=1, hour=11))
    database = tmp_path / "ledger.db"
    post(other, database, "litellm")
    post(shop, database, "litellm", written(tmp_path, "l.jsonl", lines([log("k", "repo:example/shop", "branch:main")])))
    assert charges(database) == []


def test_any_order_of_posting_ends_in_the_same_charges(shop: Path, tmp_path: Path) -> None:
    tags = ("repo:github.com/example/shop", "branch:fix/login")
    files = [
        written(tmp_path, "a.jsonl", lines([log("1", *tags), log("2", *tags)])),
        written(tmp_path, "b.json", [log("2", *tags), log("3", *tags)]),
    ]
    ends = []
    for number, order in enumerate(itertools.permutations([*files, None])):
        database = tmp_path / f"{number}.db"
        for file in order:
            post(shop, database, "litellm", *([file] if file else []))
        ends.append(charges(database))
        ledger = open_ledger(str(database))
        with ledger.read() as connection:
            assert len(list(reads.facts(connection, "call"))) == 3
        ledger.close()
    assert all(end == ends[0] for end in ends)


def test_tags_on_the_way_hold_for_calls_that_do_not_say_it_themselves(shop: Path, tmp_path: Path) -> None:
    rows = [log("1"), log("2", "role:scout"), log("3", "repo:github.com/example/other")]
    file = written(tmp_path, "logs.jsonl", lines(rows))
    database = tmp_path / "ledger.db"
    post(shop, database, "litellm", file)
    assert charges(database) == []
    tags = ("repo:github.com/example/shop", "branch:fix/login", "role:review")
    post(shop, database, "litellm", file, tags=tags)
    assert [(rule, role) for _, rule, role, _ in charges(database)] == [
        ("next-commit", "review"),
        ("next-commit", "scout"),
    ]
    before = charges(database)
    post(shop, database, "litellm", file)
    assert charges(database) == before


def test_a_tag_that_says_nothing_is_refused(shop: Path, tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="The tag 'role:planner' says nothing"):
        post(shop, tmp_path / "l.db", "litellm", written(tmp_path, "l.json", []), tags=("role:planner",))


def test_a_tag_says_what_kind_of_work_the_change_is(shop: Path, tmp_path: Path) -> None:
    database = tmp_path / "ledger.db"
    rows = [log("k", "repo:github.com/example/shop", "branch:fix/login", "task:docs")]
    post(shop, database, "litellm", written(tmp_path, "logs.jsonl", lines(rows)))
    ledger = open_ledger(str(database))
    with ledger.read() as connection:
        found = [(row.task_type, row.type_source) for row in reads.facts(connection, "change") if row.has_model]
    ledger.close()
    assert found == [("docs", "tag")]


def test_calls_that_belong_nowhere_are_counted_and_named(shop: Path, tmp_path: Path) -> None:
    database = tmp_path / "ledger.db"
    rows = [log("1"), log("2", "repo:github.com/example/other"), log("3", "session:s-9")]
    post(shop, database, "litellm", written(tmp_path, "logs.jsonl", lines(rows)))
    ledger = open_ledger(str(database))
    text = render(make_report(ledger, NOW), "table")
    ledger.close()
    assert "Out of scope: 1 agent session elsewhere." in text
    assert "Out of scope: 2 calls that name no repository of this ledger." in text
