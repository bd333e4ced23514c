"""Where a job's record goes: to a ledger that knows the repository, to a file, to the remote; all end in one ledger."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.ci_runs import Ending, runs_told
from ledger.domain.reading import Named
from ledger.domain.request_forms import read_request
from ledger.posting.ci_job import Job
from ledger.posting.forgetting import find_loss, forget
from ledger.posting.recording import Recorded, Wanted, record, wanted_places
from ledger.posting.update import update
from ledger.posting.workplace import Workplace, open_workplace
from ledger.store.engine import open_ledger
from tests.domain.triggering import NOW, REPOSITORY, job, merged, pulled
from tests.gitting import WHEN, commit, git

TELLS = "SELECT run, attempt, name, conclusion, request_number FROM run ORDER BY run, attempt"
EVENTS = "SELECT subject, kind FROM event GROUP BY subject, kind, at ORDER BY at, kind"
"""What happened; a telling with the actor and one without are two facts of one event (ledger.domain.events)."""


def a_job(payload: dict[str, Any] | None = None, outcome: str = "success", at: datetime = NOW, **changed: Any) -> Job:
    """A job that ended, and what its message says."""
    context = job(**changed)
    told = Job(context)
    told.facts += runs_told(context, Ending(outcome=outcome), told.placeholder, at)
    told.told += read_request(payload) if payload else []
    return told


def said(sentence: str) -> None:
    """Nobody listens."""


@pytest.fixture
def clone(repository: Path) -> Path:
    """A clone of the job's repository."""
    git(repository, "remote", "add", "origin", f"https://{REPOSITORY}.git")
    commit(repository, "begin", at=WHEN)
    return repository


@pytest.fixture
def database(clone: Path, tmp_path: Path) -> str:
    """A ledger that knows the repository."""
    path = str(tmp_path / "ledger.db")
    ledger = open_ledger(path)
    update(open_workplace(str(clone), database=path), ledger, now=NOW, sources=("commits",))
    ledger.close()
    return path


def put(told: Job, workplace: Workplace | None = None, **wanted: Any) -> Recorded:
    return record(told, workplace, Wanted(**wanted), NOW, said)


def rows(database: str, sql: str) -> list[tuple[Any, ...]]:
    ledger = open_ledger(database)
    with ledger.read() as connection:
        found = [tuple(row) for row in connection.exec_driver_sql(sql)]
    ledger.close()
    return found


def at(clone: Path, database: str | None = None) -> Workplace:
    return open_workplace(str(clone), {}, database)


def test_a_ledger_that_knows_the_repository_has_it_at_once(clone: Path, database: str) -> None:
    done = put(a_job(merged()), at(clone, database), database=database)
    assert (done.problems, done.places) == ([], [database])
    assert rows(database, TELLS) == [("github/1001/test/", 1, "CI / test", "passed", 7)]
    assert rows(database, EVENTS) == [("request:7", "opened"), ("request:7", "merged")]
    assert rows(database, "SELECT number, state FROM change") == [(7, "landed")]
    assert rows(database, "SELECT COUNT(*) FROM dirty") == [(0,)]


def test_recorded_twice_it_is_one_run_and_tried_again_another(clone: Path, database: str) -> None:
    for told in (a_job(outcome="failure"), a_job(outcome="failure", at=NOW + timedelta(hours=1))):
        put(told, at(clone, database), database=database)
    assert len(rows(database, TELLS)) == 1
    put(a_job(attempt=2), at(clone, database), database=database)
    assert [row[1:4] for row in rows(database, TELLS)] == [(1, "CI / test", "failed"), (2, "CI / test", "passed")]


def test_a_commit_that_fails_and_then_passes_is_flaky_and_a_cancelled_run_is_no_failure(
    clone: Path, database: str
) -> None:
    git(clone, "checkout", "-q", "-b", "topic")
    head = commit(clone, "work")
    for number, outcome in enumerate(("cancelled", "failure", "success"), 1):
        told = a_job(pulled(head={"ref": "topic", "sha": head}), outcome, change_oid=head, attempt=number)
        put(told, at(clone, database), database=database)
    assert rows(database, "SELECT first_pass, failed_runs FROM change WHERE number = 7") == [(1, 0)]
    assert [row[3] for row in rows(database, TELLS)] == ["cancelled", "failed", "passed"]


def test_who_was_forgotten_stays_so(clone: Path, database: str) -> None:
    workplace = at(clone, database)
    put(a_job(merged()), workplace, database=database)
    ((actor,),) = rows(database, "SELECT actor FROM event WHERE kind = 'merged'")
    ledger = open_ledger(database)
    assert actor == workplace.author_key()("eve")
    forget(workplace, ledger, find_loss(workplace, ledger, actor), NOW)
    ledger.close()
    put(a_job(merged(), run_id="1002"), workplace, database=database)
    assert rows(database, "SELECT actor FROM event WHERE kind = 'merged'") == [("",)]


def test_without_a_clone_a_ledger_is_told_by_the_repository_s_names(database: str) -> None:
    assert put(a_job(merged(), repository=REPOSITORY.upper()), database=database).problems == []
    assert len(rows(database, TELLS)) == 1
    assert rows(database, "SELECT alias FROM repository_alias WHERE kind = 'forge'") == [("github.com/#42",)]
    assert rows(database, "SELECT COUNT(*) FROM dirty") != [(0,)], "conclusions are left to the next update"


def test_a_repository_that_was_renamed_is_known_by_the_forge_s_id(database: str) -> None:
    put(a_job(), database=database)
    done = put(a_job(repository="github.com/owner/renamed", run_id="1002"), database=database)
    assert done.problems == []
    assert len({row[0] for row in rows(database, "SELECT repository_id FROM run")}) == 1
    assert len(rows(database, TELLS)) == 2


def test_of_a_repository_that_the_ledger_does_not_know_nothing_is_guessed(clone: Path, database: str) -> None:
    other = a_job(repository="github.com/other/one", forge_id="")
    for workplace in (None, at(clone, database)):
        done = put(other, workplace, database=database)
        assert (done.facts, done.places) == ([], [])
        assert "knows no repository github.com/other/one; run ledger update once in a clone" in done.problems[0]
    assert rows(database, TELLS) == []


def test_the_first_record_makes_the_ledger_that_was_named(clone: Path, tmp_path: Path) -> None:
    new = str(tmp_path / "new.db")
    assert put(a_job(), at(clone, new), database=new).problems == []
    assert len(rows(new, TELLS)) == 1
    done = put(a_job(), None, database=str(tmp_path / "other.db"))
    assert "does not exist" in done.problems[0]


def test_a_shallow_clone_makes_no_id_for_a_repository(clone: Path, tmp_path: Path) -> None:
    commit(clone, "more")
    shallow = tmp_path / "shallow"
    git(clone, "clone", "-q", "--depth=1", f"file://{clone}", str(shallow))
    git(shallow, "remote", "set-url", "origin", f"https://{REPOSITORY}.git")
    done = put(a_job(), at(shallow, str(tmp_path / "new.db")), database=str(tmp_path / "new.db"))
    assert "is a shallow clone" in done.problems[0]
    assert done.places == []


def test_a_file_of_entries_ends_in_the_same_ledger(clone: Path, database: str, tmp_path: Path) -> None:
    entries = tmp_path / "record.jsonl"
    for told in (a_job(merged()), a_job(outcome="failure", attempt=2)):
        assert put(told, entries=entries).places == [str(entries)]
    lines = [json.loads(line) for line in entries.read_text().splitlines()]
    assert [line["kind"] for line in lines] == ["run", "request", "event", "event", "run"]
    assert {tuple(line["repository"]) for line in lines} == {("github.com/#42", REPOSITORY)}
    assert {line["by"] for line in lines} == {"ci/github/1001-1", "ci/github/1001-2"}
    assert all("repository_id" not in line["body"] for line in lines)
    assert {line["body"].get("actor", "") for line in lines} == {""}, "a key made in CI would tell nobody apart"
    ledger = open_ledger(database)
    named = {"entries": Named((str(entries),))}
    posted = update(at(clone, database), ledger, now=NOW, sources=("commits",), named=named)
    ledger.close()
    assert posted.skipped == 0
    through_entries = [rows(database, sql) for sql in (TELLS, EVENTS)]
    for told in (a_job(merged()), a_job(outcome="failure", attempt=2)):
        put(told, at(clone, database), database=database)
    assert [rows(database, sql) for sql in (TELLS, EVENTS)] == through_entries


def test_entries_need_a_name_that_others_know(tmp_path: Path) -> None:
    done = put(a_job(repository="", forge_id=""), entries=tmp_path / "a.jsonl")
    assert "say it with --repository" in done.problems[0]
    assert not (tmp_path / "a.jsonl").exists()
    done = put(a_job(), entries=tmp_path / "gone" / "a.jsonl")
    assert "cannot be written" in done.problems[0]


@pytest.fixture
def remote(clone: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A bare repository, and a shallow clone of it as CI makes one."""
    commit(clone, "more")
    bare, shallow = tmp_path / "server.git", tmp_path / "shallow"
    git(clone, "clone", "-q", "--bare", str(clone), str(bare))
    git(clone, "clone", "-q", "--depth=1", f"file://{bare}", str(shallow))
    return bare, shallow


def refs(bare: Path) -> list[str]:
    return git(bare, "for-each-ref", "--format=%(refname)", "refs/ledger/").splitlines()


def test_with_no_place_named_it_is_pushed_as_a_ref_of_its_own(remote: tuple[Path, Path]) -> None:
    bare, shallow = remote
    done = put(a_job(merged(), leg="3.12"), at(shallow))
    (name,) = refs(bare)
    assert (done.problems, done.places) == ([], [f"{name} of origin"])
    assert name == "refs/ledger/ci/202603/1001-1-test-3.12"
    lines = [json.loads(line) for line in git(bare, "show", f"{name}:entries.jsonl").splitlines()]
    assert [line["kind"] for line in lines] == ["run", "request", "event", "event"]
    put(a_job(merged(), leg="3.12"), at(shallow))
    assert refs(bare) == [name]
    assert not (shallow / ".git" / "ledger").exists(), "a clone that only records keeps nothing"


def test_what_a_clone_s_own_ledger_is_told_is_pushed_too_for_the_clone_is_gone_with_the_job(
    clone: Path, remote: tuple[Path, Path], database: str
) -> None:
    bare, _ = remote
    git(clone, "remote", "set-url", "--push", "origin", str(bare))
    done = put(a_job(), at(clone, database), database=database, is_named=False)
    assert (done.problems, len(done.places), len(refs(bare))) == ([], 2, 1)
    assert len(put(a_job(), at(clone, database), database=database, is_named=False, push=False).places) == 1
    assert put(a_job(provider=""), at(clone, database), database=database, is_named=False).places == [database]


def test_a_remote_that_refuses_is_a_sentence_with_the_right_that_is_missing(remote: tuple[Path, Path]) -> None:
    bare, shallow = remote
    hook = bare / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho ::error::no; exit 1\n")
    hook.chmod(0o755)
    done = put(a_job(), at(shallow))
    assert (done.places, refs(bare)) == ([], [])
    assert done.problems[0].startswith("The record was not pushed: ")
    assert "contents: write" in done.problems[0]


@pytest.mark.parametrize(
    ("changed", "wanted", "why"),
    [({"is_fork": True, "event": "pull_request"}, {}, "may not push"), ({"provider": ""}, {}, "nowhere to record")],
)
def test_what_is_not_pushed_unasked(
    remote: tuple[Path, Path], changed: dict[str, Any], wanted: dict[str, Any], why: str
) -> None:
    bare, shallow = remote
    done = put(a_job(**changed), at(shallow), **wanted)
    assert (refs(bare), done.places) == ([], [])
    assert why in done.problems[0]
    assert put(a_job(**changed), at(shallow), push=True).problems == []
    assert len(refs(bare)) == 1


def test_there_must_be_a_clone_and_a_remote_to_push_from(clone: Path) -> None:
    assert "no clone here" in put(a_job()).problems[0]
    assert "nowhere to record" in put(a_job(), push=False).problems[0]
    git(clone, "remote", "remove", "origin")
    assert "has no remote to push to" in put(a_job(), at(clone), push=True).problems[0]


def test_one_place_that_fails_does_not_keep_it_from_another(tmp_path: Path) -> None:
    done = put(a_job(), database=str(tmp_path / "none.db"), entries=tmp_path / "a.jsonl", push=True)
    assert done.places == [str(tmp_path / "a.jsonl")]
    assert len(done.problems) == 2
    assert len(done.facts) == 1


def test_what_could_not_be_told_is_handed_on_and_nothing_is_written_without_facts(tmp_path: Path) -> None:
    told = Job(job(), problems=["It is broken."])
    done = put(told, entries=tmp_path / "a.jsonl")
    assert (done.problems, done.places, (tmp_path / "a.jsonl").exists()) == (["It is broken."], [], False)


def test_the_place_is_what_was_named_last_by_whom_it_concerns(clone: Path) -> None:
    def wanted(environ: dict[str, str], database: str | None = None) -> Wanted:
        return wanted_places(open_workplace(str(clone), environ, database), environ, database, None, None)

    def named(environ: dict[str, str], database: str | None = None) -> str | None:
        found = wanted(environ, database)
        assert found.is_named == (found.database is not None)
        return found.database

    assert named({}) is None
    git(clone, "config", "ledger.database", "/srv/ledger.db")
    assert named({}) == "/srv/ledger.db"
    assert named({"LEDGER_DATABASE_URL": "/srv/url.db"}) == "/srv/url.db"
    assert named({"LEDGER_DATABASE_URL": "/srv/url.db"}, "/srv/own.db") == "/srv/own.db"
    git(clone, "config", "--unset", "ledger.database")
    open_ledger(str(clone / ".git" / "ledger" / "ledger.db")).close()
    own = wanted({})
    assert (own.database, own.is_named) == (str(clone / ".git" / "ledger" / "ledger.db"), False)
    assert wanted_places(None, {"LEDGER_DATABASE_URL": "/srv/url.db"}, None, None, True).database == "/srv/url.db"


def test_a_server_keeps_the_facts_and_is_never_changed_otherwise(
    clone: Path, server_url: str, tmp_path: Path, break_schema: Callable[[str], None]
) -> None:
    ledger = open_ledger(server_url)
    assert "knows no repository" in put(a_job(), at(clone, server_url), database=server_url).problems[0]
    update(at(clone, server_url), ledger, now=NOW, sources=("commits",))
    before = rows(server_url, "SELECT COUNT(*) FROM tip")
    assert put(a_job(merged()), at(clone, server_url), database=server_url).problems == []
    assert rows(server_url, TELLS) == [("github/1001/test/", 1, "CI / test", "passed", 7)]
    assert rows(server_url, "SELECT COUNT(*) FROM tip") == before, "the branches of a job's clone are nobody's"
    assert all(actor for (actor,) in rows(server_url, "SELECT actor FROM event"))
    ledger.close()
    break_schema(server_url)
    assert (
        "whoever owns it runs ledger db upgrade" in put(a_job(), at(clone, server_url), database=server_url).problems[0]
    )


@pytest.fixture
def break_schema() -> Callable[[str], None]:
    """Lets a server's ledger be of an earlier schema."""
    from sqlalchemy import create_engine, text

    def broken(url: str) -> None:
        engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        engine.dispose()

    return broken
