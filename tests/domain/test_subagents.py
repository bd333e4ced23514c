"""What a subagent did is its session's."""

from __future__ import annotations

from dataclasses import replace

from ledger.domain.conclude import conclude
from ledger.domain.session_facts import SessionParent, SessionReview, SessionWrite, Subagent
from ledger.domain.subagents import working_for
from tests.domain.building import HOME, at, call, commit, commit_call, history, target


def worked(session: str, parent: str, kind: str = "subagent") -> SessionParent:
    return SessionParent(session=session, parent=parent, kind=kind)


def test_calls_commits_and_files_go_to_the_session_at_the_top() -> None:
    told = history(
        calls=[call("a", 0, session="sub"), call("b", 0, session="fork")],
        session_commits=[commit_call(0, 1, session="subsub")],
        session_writes=[SessionWrite(session="sub", path="p", at=at(0))],
        session_reviews=[
            SessionReview(id="r", session="sub", subagent="sub", directory=HOME, at=at(1), request_number=7)
        ],
        subagents=[Subagent(session="subsub", id="subsub", name="", has_written=True, at=at(0))],
        session_parents=[worked("subsub", "sub", "apart"), worked("sub", "s"), worked("fork", "s", "fork")],
    )
    moved = working_for(told)
    assert [row.session for row in moved.calls] == ["s", "fork"]
    assert [row.session for row in moved.session_commits] == ["s"]
    assert [row.session for row in moved.session_writes] == ["s"]
    assert [(row.session, row.subagent) for row in moved.session_reviews] == [("s", "sub")]
    assert [(row.session, row.id) for row in moved.subagents] == [("s", "subsub")]


def test_without_subagents_the_history_is_as_it_was() -> None:
    told = history(calls=[call("a", 0)], session_parents=[worked("fork", "s", "fork")])
    assert working_for(told) is told


def test_a_charge_names_the_session_at_the_top() -> None:
    told = history(
        commit("c1", hours=1),
        tips=[target("c1")],
        calls=[call("a", 0, session="sub")],
        session_parents=[worked("sub", "s1")],
        session_commits=[commit_call(0.9, 1.1, printed="c1", branch="main")],
    )
    assert [(charge.session, bool(charge.change_id)) for charge in conclude(told).charge] == [("s1", True)]


def test_a_subagent_in_a_file_of_its_own_implements_if_it_wrote() -> None:
    told = history(
        commit("c1", hours=1),
        tips=[target("c1")],
        calls=[replace(call("a", 0, session="sub", subagent=True), subagent="sub")],
        session_parents=[worked("sub", "s1")],
        subagents=[Subagent(session="sub", id="sub", name="", has_written=True, at=at(0))],
        session_commits=[commit_call(0.9, 1.1, printed="c1", branch="main")],
    )
    assert [(charge.role, charge.role_evidence) for charge in conclude(told).charge] == [("implement", "inferred")]
