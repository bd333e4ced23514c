"""What is forgotten counts nowhere, stays forgotten whatever is read again, and a session can be remembered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.facts import Contribution
from ledger.domain.forge_facts import Event
from ledger.domain.git_facts import RepositoryCommit
from ledger.domain.retractions import FORGOTTEN
from ledger.domain.seats import parse_seat
from ledger.domain.session_facts import Session, SessionCommit, SessionParent, SessionWrite
from ledger.entries import encode
from ledger.errors import LedgerError
from ledger.posting.forgetting import find_loss, forget, is_forgotten, remember
from ledger.posting.reporting import make_report
from ledger.posting.tagging import Said, find_target, tag
from ledger.posting.update import update
from ledger.posting.withdrawing import handed_on
from ledger.posting.workplace import Workplace, open_workplace
from ledger.reports import render
from ledger.store import checks, reads
from ledger.store.engine import Ledger, open_ledger
from ledger.store.views import VIEWS
from tests.domain.building import at
from tests.gitting import commit, git
from tests.posting.calling import NOW, made

BOB = {"GIT_AUTHOR_NAME": "Bob", "GIT_AUTHOR_EMAIL": "bob@example.org"}
CREDIT = "\n\nAssisted-by: claude-code:claude-opus-4-8"


@pytest.fixture
def place(repository: Path) -> Workplace:
    """Ann made two commits in session `ann-session`, and Bob one in `bob-session`."""
    commit(repository, "feat: first" + CREDIT, at=at(1))
    commit(repository, "feat: bob's" + CREDIT, {"b": "1"}, at=at(30), env=BOB)
    commit(repository, "feat: second" + CREDIT, {"a": "1"}, at=at(60))
    return open_workplace(str(repository))


@pytest.fixture
def ledger(place: Workplace, repository: Path) -> Iterator[Ledger]:
    ledger = open_ledger(place.database)
    update(place, ledger, now=NOW, sources=("commits",))
    second, bobs, first = git(repository, "rev-list", "HEAD").split()
    home = str(repository)
    sessions = {"ann-session": ((first, 0.5), (second, 59.5)), "bob-session": ((bobs, 29.5),)}
    facts: list[Any] = []
    for session, done in sessions.items():
        facts.append(Session(id=session, agent="claude-code", agent_version=None, started_at=at(0), ended_at=at(60)))
        for oid, hours in done:
            facts += [
                made(f"{session}-{hours}", hours=hours, session=session, directory=home),
                seen(ledger, oid, session),
                SessionCommit(
                    id=f"{session}-{hours}", session=session, directory=home, started_at=at(hours),
                    ended_at=at(hours + 1), printed_id=oid[:7], branch="main", subject="",
                ),
                SessionWrite(session=session, path=f"{session}-{hours}", at=at(hours)),
            ]  # fmt: skip
    facts.append(made("elsewhere", session="far-session", directory="/nowhere"))
    post(place, ledger, *facts)
    yield ledger
    ledger.close()


def seen(ledger: Ledger, oid: str, session: str) -> RepositoryCommit:
    with ledger.read() as connection:
        (identity,) = reads.repositories(connection)
    return RepositoryCommit(
        repository_id=identity, oid=oid, evidence="hook", branch="main", session=session, worktree=""
    )


def post(place: Workplace, ledger: Ledger, *facts: Any) -> None:
    with ledger.write() as writing:
        writing.post(facts)
    update(place, ledger, now=NOW, sources=("commits",))


def asked(ledger: Ledger, sql: str) -> list[tuple[Any, ...]]:
    with ledger.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def shown(ledger: Ledger) -> str:
    """The report and every view: all that a person is told."""
    said = [render(make_report(ledger, NOW), "json")]
    return "\n".join([*said, *(repr(asked(ledger, f"SELECT * FROM {view}")) for view in VIEWS)])  # noqa: S608


def total(ledger: Ledger) -> int:
    ((found,),) = asked(ledger, "SELECT nusd FROM reconciliation WHERE bucket = 'all calls'")
    with ledger.read() as connection:
        assert checks.sums(connection) == []
    return int(found)


def drop(place: Workplace, ledger: Ledger, name: str) -> None:
    assert forget(place, ledger, find_loss(place, ledger, name), NOW)


def test_it_is_said_what_a_session_comes_to(place: Workplace, ledger: Ledger) -> None:
    loss = find_loss(place, ledger, "ann-se")
    assert (loss.sessions, loss.weight.calls, loss.author) == (("ann-session",), 2, "")
    assert loss.weight.nusd == total(ledger) * 2 // 3


def test_a_forgotten_session_is_in_no_figure_and_the_rest_adds_up(place: Workplace, ledger: Ledger) -> None:
    before = total(ledger)
    drop(place, ledger, "ann-session")
    assert total(ledger) == before // 3
    assert asked(ledger, "SELECT DISTINCT session FROM charge") == [("bob-session",)]
    coverage = make_report(ledger, NOW).coverage
    assert (coverage.calls, coverage.out_of_scope_sessions) == (1, 1)
    assert is_forgotten(ledger, find_loss(place, ledger, "ann-session"))


def test_its_commits_stay_what_they_are(place: Workplace, ledger: Ledger) -> None:
    drop(place, ledger, "ann-session")
    assert asked(ledger, "SELECT lead_model, cost_known FROM change ORDER BY cost_known") == [
        ("claude-opus-4-8", "known"),
        ("claude-opus-4-8", "none"),
        ("claude-opus-4-8", "none"),
    ]


def test_what_is_read_of_it_later_counts_no_more_either(place: Workplace, ledger: Ledger) -> None:
    drop(place, ledger, "ann-session")
    before = shown(ledger)
    post(place, ledger, made("later", hours=61, session="ann-session", directory=str(place.git.worktree)))
    assert len(asked(ledger, "SELECT * FROM call WHERE session = 'ann-session'")) == 3
    assert shown(ledger) == before


def test_it_is_remembered_as_it_was_and_may_be_forgotten_again(place: Workplace, ledger: Ledger) -> None:
    before = shown(ledger)
    for _ in range(2):
        drop(place, ledger, "ann-session")
        assert shown(ledger) != before
        assert remember(place, ledger, find_loss(place, ledger, "ann-session"), NOW)
        assert shown(ledger) == before
    assert not remember(place, ledger, find_loss(place, ledger, "ann-session"), NOW)


def test_what_a_gateway_tells_of_the_same_call_goes_along(place: Workplace, ledger: Ledger) -> None:
    home = str(place.git.worktree)
    logged = made("claude-code/request-1", hours=0.2, session="ann-session", source="claude-code", directory=home)
    post(place, ledger, logged)
    drop(place, ledger, "ann-session")
    before = total(ledger)
    row = made("litellm/request-1", hours=0.2, session="", source="litellm", directory=home, request_id="request-1")
    post(place, ledger, replace(row, branch=""))
    assert total(ledger) == before


def test_a_session_elsewhere_is_not_counted_there_nor_in_a_seat(place: Workplace, ledger: Ledger) -> None:
    seats = [parse_seat("claude-code 200 from=2026-03 until=2026-04")]
    before = make_report(ledger, NOW, seats=seats)
    assert before.coverage.out_of_scope_sessions == 1
    drop(place, ledger, "far-session")
    after = make_report(ledger, NOW, seats=seats)
    assert after.coverage.out_of_scope_sessions == 0
    assert before.costs.seats[0].elsewhere > 0 == after.costs.seats[0].elsewhere


def test_nothing_of_it_is_handed_on_but_that_it_is_forgotten(place: Workplace, ledger: Ledger, tmp_path: Path) -> None:
    drop(place, ledger, "ann-session")
    lines = exported(ledger)
    assert [line for line in lines if "ann-session" in line and '"retract"' not in line] == []
    assert total(imported(place, lines, tmp_path / "there.db")) == total(ledger)


def test_it_stays_forgotten_where_another_ledger_tells_of_it(place: Workplace, ledger: Ledger, tmp_path: Path) -> None:
    lines = exported(ledger)
    drop(place, ledger, "ann-session")
    before = total(ledger)
    file = tmp_path / "old.jsonl"
    file.write_text("\n".join(lines) + "\n")
    read(place, ledger, file)
    assert total(ledger) == before
    (forgetting,) = [line for line in exported(ledger) if '"retract"' in line]
    for order in ([*lines, forgetting], [forgetting, *lines]):
        assert total(imported(place, order, tmp_path / f"{order[0] == forgetting}.db")) == before


def exported(ledger: Ledger) -> list[str]:
    from ledger.domain.facts import KINDS
    from ledger.domain.retractions import withdrawn

    with ledger.read() as connection:
        gone = withdrawn(reads.retractions(connection))
        (identity,) = reads.repositories(connection)
        names = reads.aliases(connection, identity)
        facts = [fact for kind in KINDS for fact in handed_on(reads.facts(connection, kind), gone)]
        return [encode(fact, names) for fact in facts]


def read(place: Workplace, ledger: Ledger, file: Path) -> None:
    from ledger.domain.reading import Named

    update(place, ledger, now=NOW, sources=("commits",), named={"entries": Named((str(file),))})


def imported(place: Workplace, lines: list[str], database: Path) -> Ledger:
    file = database.with_suffix(".jsonl")
    file.write_text("\n".join(lines) + "\n")
    ledger = open_ledger(str(database))
    there = open_workplace(str(place.git.worktree), database=str(database))
    update(there, ledger, now=NOW, sources=("commits",))
    read(there, ledger, file)
    return ledger


def test_subagents_go_along_and_so_do_those_that_are_read_later(place: Workplace, ledger: Ledger) -> None:
    home, before = str(place.git.worktree), total(ledger)
    for name in ("helper-1", "helper-2"):
        parent = SessionParent(session=name, parent="ann-session", kind="subagent")
        post(place, ledger, parent, made(f"codex/{name}/1", hours=0.3, session=name, directory=home, source="codex"))
        if name == "helper-1":
            assert find_loss(place, ledger, "ann-session").sessions == ("ann-session", "helper-1")
            drop(place, ledger, "ann-session")
        assert total(ledger) == before // 3


# -- authors -----------------------------------------------------------------------------------------------------------


def test_an_author_goes_with_what_hangs_on_the_name(place: Workplace, ledger: Ledger) -> None:
    loss = find_loss(place, ledger, "Ann <ANN@example.org>")
    assert (loss.commits, loss.sessions, loss.weight.calls) == (2, ("ann-session",), 2)
    before = total(ledger)
    assert forget(place, ledger, loss, NOW)
    assert total(ledger) == before // 3
    key = place.author_key()
    assert asked(ledger, "SELECT author, COUNT(*) FROM git_commit GROUP BY author ORDER BY 2") == [
        (key("bob@example.org"), 1),
        (FORGOTTEN, 2),
    ]
    assert asked(ledger, "SELECT title FROM change WHERE has_model") == [("feat: bob's",)]
    assert is_forgotten(ledger, find_loss(place, ledger, "ann@example.org"))


def test_nothing_in_the_ledger_or_an_export_tells_the_key_any_more(place: Workplace, ledger: Ledger) -> None:
    key = place.author_key()("ann@example.org")
    with ledger.read() as connection:
        (identity,) = reads.repositories(connection)
    event = Event(repository_id=identity, subject="request:1", kind="reviewed", at=at(2), actor=key, verdict="", oid="")
    merged = replace(event, kind="merged", oid="1" * 40)
    post(place, ledger, event, replace(event, actor="bob"), replace(event, actor="", verdict="approved"), merged)
    drop(place, ledger, "ann@example.org")
    assert asked(ledger, "SELECT kind, actor, verdict, oid FROM event ORDER BY kind, actor") == [
        ("merged", "", "", "1" * 40),
        ("reviewed", "", "approved", ""),
        ("reviewed", "bob", "", ""),
    ]
    with ledger.engine.connect() as connection:
        dump = "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    assert key not in dump
    assert "ann@example.org" not in dump
    assert not [line for line in exported(ledger) if key in line]


def test_an_author_s_later_commits_have_no_name_either(place: Workplace, ledger: Ledger, repository: Path) -> None:
    drop(place, ledger, "ann@example.org")
    commit(repository, "feat: third" + CREDIT, {"a": "3"}, at=at(90))
    update(place, ledger, now=NOW, sources=("commits",))
    assert asked(ledger, "SELECT COUNT(*) FROM git_commit WHERE author = 'forgotten'") == [(3,)]
    assert asked(ledger, "SELECT title FROM change WHERE has_model") == [("feat: bob's",)]


def test_a_lost_commit_of_the_author_that_is_tagged_has_no_name_either(
    place: Workplace, ledger: Ledger, repository: Path
) -> None:
    drop(place, ledger, "ann@example.org")
    lost = git(repository, "commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "feat: lost")
    tag(place, ledger, find_target(place, ledger, [lost], NOW), Said(model="claude-opus-4-8"), NOW)
    assert asked(ledger, f"SELECT author FROM git_commit WHERE oid = '{lost}'") == [(FORGOTTEN,)]  # noqa: S608


def test_an_author_whose_address_is_kept_is_forgotten_alike(repository: Path) -> None:
    git(repository, "config", "ledger.authors", "plain")
    commit(repository, "feat: first" + CREDIT, at=at(1))
    place = open_workplace(str(repository))
    ledger = open_ledger(place.database)
    update(place, ledger, now=NOW, sources=("commits",))
    drop(place, ledger, "ann@example.org")
    assert asked(ledger, "SELECT author FROM git_commit") == [(FORGOTTEN,)]
    ((text,),) = asked(ledger, "SELECT text FROM entry")
    assert "ann" not in text
    ledger.close()


def test_a_session_that_made_another_s_commits_too_is_kept(place: Workplace, ledger: Ledger, repository: Path) -> None:
    bobs = git(repository, "rev-parse", "HEAD~1")
    post(place, ledger, replace(seen(ledger, bobs, "ann-session"), evidence="reflog"))
    assert find_loss(place, ledger, "ann@example.org").sessions == ()


def test_an_author_cannot_be_remembered(place: Workplace, ledger: Ledger) -> None:
    loss = find_loss(place, ledger, "ann@example.org")
    forget(place, ledger, loss, NOW)
    with pytest.raises(LedgerError, match="cannot come back"):
        remember(place, ledger, loss, NOW)
    assert remember(place, ledger, find_loss(place, ledger, "ann-session"), NOW)


def test_other_words_about_the_author_s_commits_count_no_more(place: Workplace, ledger: Ledger) -> None:
    drop(place, ledger, "ann@example.org")
    with ledger.read() as connection:
        rows = [row for row in reads.facts(connection, "contribution") if isinstance(row, Contribution)]
    later = [replace(row, evidence="tag", role="review") for row in rows]
    post(place, ledger, *later)
    assert asked(ledger, "SELECT title FROM change WHERE has_model") == [("feat: bob's",)]


@pytest.mark.parametrize("name", ["nobody@example.org", "nothing", "", "ab", "\x1b[2J@", "ann", "forgotten", "%"])
def test_what_names_nobody_is_a_sentence(place: Workplace, ledger: Ledger, name: str) -> None:
    with pytest.raises(LedgerError, match="is no session and no author") as refused:
        find_loss(place, ledger, name)
    assert "\x1b" not in str(refused.value)


def test_the_beginning_of_several_sessions_is_not_enough(place: Workplace, ledger: Ledger) -> None:
    post(
        place, ledger, *(made(name, session=name, directory=str(place.git.worktree)) for name in ("twice-1", "twice-2"))
    )
    with pytest.raises(LedgerError, match="several sessions"):
        find_loss(place, ledger, "twice-")


def test_a_rebuild_says_the_same(place: Workplace, ledger: Ledger) -> None:
    from ledger.posting.derive import derive

    drop(place, ledger, "ann@example.org")
    before = shown(ledger)
    with ledger.read() as connection:
        (identity,) = reads.repositories(connection)
    derive(ledger, identity)
    assert shown(ledger) == before


def test_time_goes_on_after_forgetting(place: Workplace, ledger: Ledger) -> None:
    drop(place, ledger, "ann-session")
    update(place, ledger, now=NOW + timedelta(days=1), sources=("commits",))
    assert asked(ledger, "SELECT DISTINCT session FROM charge") == [("bob-session",)]
