"""A team's ledger on PostgreSQL: opened, upgraded, granted, asked, and posted to by many."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest
from sqlalchemy import create_engine

from ledger.domain.facts import Place, Repository
from ledger.errors import DatabaseUnusable, LedgerError
from ledger.store.engine import open_ledger, upgrade_ledger
from ledger.store.query import query
from ledger.store.views import VIEWS
from tests import postgres
from tests.domain.building import call
from tests.starting import ended, starting


def run(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def name_of(url: str) -> str:
    return url.split("@/")[1].split("?")[0]


def test_it_is_made_where_nothing_is(bare_url: str) -> None:
    said: list[str] = []
    with pytest.raises(DatabaseUnusable, match="holds no ledger yet; make it with ledger db upgrade"):
        open_ledger(bare_url, create=False)
    open_ledger(bare_url, say=said.append)
    assert len(said) == 1
    assert said[0].startswith("Making a ledger in postgresql+psycopg://")
    open_ledger(bare_url, create=False)
    open_ledger(bare_url.replace("postgresql+psycopg://", "postgresql://"), create=False)


def test_rows_go_in_once(server_url: str) -> None:
    ledger = open_ledger(server_url)
    for count in (3, 2500):
        calls = [call(f"k{count}/{n}", n / 100, directory="/r") for n in range(count)]
        for new in (count, 0):
            with ledger.write() as writing:
                assert writing.post(calls).new == new


def test_text_that_the_server_cannot_hold_is_held_without_it(server_url: str) -> None:
    ledger = open_ledger(server_url)
    with ledger.write() as writing:
        writing.post([call("k", 1, session="a\0b")])
    with ledger.read() as connection:
        assert connection.exec_driver_sql("SELECT session FROM call").scalar() == "ab"


def test_another_application_s_database_is_left_alone(bare_url: str) -> None:
    run(bare_url, "CREATE TABLE alembic_version (version_num text)", "INSERT INTO alembic_version VALUES ('9f')")
    with pytest.raises(DatabaseUnusable, match="belongs to another application"):
        open_ledger(bare_url)


def test_a_newer_ledger_is_left_alone(server_url: str) -> None:
    open_ledger(server_url)
    run(server_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseUnusable, match="was written by a newer ledger"):
        open_ledger(server_url)


def test_a_server_that_is_not_there_is_a_sentence_without_the_password(server: postgres.Server) -> None:
    with pytest.raises(DatabaseUnusable, match="cannot be reached") as refused:
        open_ledger(f"postgresql://ann:sesame@/nothing?host={server.socket}/elsewhere")
    assert "sesame" not in str(refused.value)


def test_other_kinds_of_database_are_refused() -> None:
    with pytest.raises(DatabaseUnusable, match="SQLite and PostgreSQL are"):
        open_ledger("mysql://ann@localhost/ledger")


def test_grants_on_views_survive_an_upgrade(server: postgres.Server, server_url: str) -> None:
    open_ledger(server_url)
    reader = f"reader_{name_of(server_url)}"
    run(
        server_url,
        f"CREATE ROLE {reader} LOGIN",
        f"GRANT SELECT ON changes TO {reader}",
        "GRANT SELECT ON spend TO PUBLIC",
    )
    run(server_url, "UPDATE ledger_meta SET text = 'older' WHERE name = 'views_hash'")
    upgrade_ledger(server_url)
    database = name_of(server_url)
    for view in ("changes", "spend"):
        assert server.run(f"SELECT COUNT(*) FROM {view}", database=database, user=reader) == [(0,)]  # noqa: S608
    with pytest.raises(Exception, match="permission denied"):
        server.run("SELECT COUNT(*) FROM reviews", database=database, user=reader)


def test_what_others_built_on_a_view_is_named_and_kept(server: postgres.Server, server_url: str) -> None:
    open_ledger(server_url)
    run(server_url, "CREATE VIEW theirs AS SELECT model FROM spend")
    with pytest.raises(DatabaseUnusable, match="view theirs depends on view spend"):
        upgrade_ledger(server_url)
    database = name_of(server_url)
    assert server.run("SELECT COUNT(*) FROM theirs", database=database) == [(0,)]
    assert all(server.run(f"SELECT COUNT(*) FROM {view}", database=database) for view in VIEWS)  # noqa: S608


def test_a_reader_may_read_and_is_told_why_it_may_not_write(server: postgres.Server, server_url: str) -> None:
    open_ledger(server_url)
    reader = f"reader_{name_of(server_url)}"
    run(server_url, f"CREATE ROLE {reader} LOGIN", f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}")
    ledger = open_ledger(server.url(name_of(server_url), reader))
    assert query(ledger, "SELECT COUNT(*) AS n FROM changes").rows == ((0,),)
    with pytest.raises(DatabaseUnusable, match=r"refuses this user .*docs/postgresql\.md"), ledger.write() as writing:
        writing.post([call("k", 1)])


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM call",
        "SELECT 1; DROP TABLE call",
        "COMMIT",
        "SET TRANSACTION READ WRITE",
        "COPY (SELECT 1) TO '/tmp/out'",
        "WITH d AS (DELETE FROM dirty RETURNING 1) SELECT * FROM d",
        "nonsense",
    ],
)
def test_a_user_s_sql_only_reads(server_url: str, sql: str) -> None:
    ledger = open_ledger(server_url)
    with pytest.raises(LedgerError, match="The query is not valid"):
        query(ledger, sql)
    with ledger.read() as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM call").scalar() == 0


def test_what_a_function_writes_in_a_user_s_sql_is_taken_back(server_url: str) -> None:
    ledger = open_ledger(server_url)
    with suppress(LedgerError):  # newer servers refuse it
        query(ledger, "SELECT lo_create(0)")
    assert query(ledger, "SELECT COUNT(*) FROM pg_largeobject_metadata").rows == ((0,),)


def test_a_user_s_sql_has_values_and_a_time_limit(server_url: str) -> None:
    ledger = open_ledger(server_url)
    assert query(ledger, "SELECT CAST(:a AS text) || '%' AS b, '::' AS c", {"a": "x:y"}).rows == (("x:y%", "::"),)
    with pytest.raises(LedgerError, match="took longer than"):
        query(ledger, "SELECT pg_sleep(20)", seconds=0.2)


def post_shared(url: str, who: int) -> None:
    """The same calls by everybody, in another order each, and some of one's own."""
    ledger = open_ledger(url)
    for n in range(10):
        numbers = [*range(n * 20, n * 20 + 20)]
        with ledger.write() as writing:
            writing.post([Repository(id="R", name="R"), Place(directory="/r", repository_id="R", worktree=None)])
            shared = [call(f"shared{m}", m / 100, directory="/r", output=1 + who) for m in numbers]
            own = call(f"own{who}/{n}", n / 100, directory="/r")
            writing.post([*shared[:: 1 if who % 2 else -1], own])


def test_twenty_processes_post_at_once_and_nothing_is_lost_or_doubled(server_url: str) -> None:
    open_ledger(server_url)
    assert ended(*(starting(post_shared, server_url, who) for who in range(20))) == [0] * 20
    ledger = open_ledger(server_url)
    found = query(ledger, "SELECT COUNT(*), COUNT(DISTINCT event_key), SUM(output) FROM call").rows
    assert [tuple(map(int, row)) for row in found] == [(400, 400, 200 * 20 + 200 * 1000)]


def test_programs_that_make_a_ledger_at_once_agree(bare_url: str) -> None:
    failed: list[BaseException] = []

    def make() -> None:
        try:
            upgrade_ledger(bare_url).close()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
