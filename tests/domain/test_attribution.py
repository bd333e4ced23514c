"""To which change a call is booked, and by which rule."""

from __future__ import annotations

import pytest

from ledger.domain import attribution
from ledger.domain.attribution import Booking, book
from ledger.domain.changes import identify
from ledger.domain.facts import Place, Rewrite, SessionWrite, Use
from ledger.domain.history import History
from ledger.domain.roles import Roles
from tests.domain.building import HOME, at, branch, call, commit, commit_call, diff, history, made_on, request, target

BASE = (commit("a"), commit("x", "a", 2, "feat: x"), commit("y", "a", 5, "feat: y"))
TIPS = (target("a"), branch("x", "one"), branch("y", "two"))


def booked(facts: History) -> dict[str, tuple[str, str]]:
    """Call → (change, rule or reason)."""
    return {row.call.event_key: (_change(row), row.rule or row.reason) for row in book(facts, identify(facts))}


def _change(row: Booking) -> str:
    return " ".join(change.removeprefix("R/") for change in row.changes)


def test_a_hook_s_session_is_explicit() -> None:
    facts = history(*BASE, tips=TIPS, seen=[made_on("x", "one", "s1")], calls=[call("c", 1, branch="")])
    assert booked(facts) == {"c": ("branch:one@x", "explicit")}


def test_a_session_trailer_is_explicit() -> None:
    facts = history(
        commit("a"), commit("x", "a", 2, sessions=("s1",)), tips=[target("a"), branch("x", "one")], calls=[call("c", 1)]
    )
    assert booked(facts) == {"c": ("branch:one@x", "explicit")}


def test_a_source_that_books_itself_is_explicit() -> None:
    facts = history(commit("a"), tips=[target("a")], requests=[request(7)], calls=[call("c", 1, subject="request:7")])
    assert booked(facts) == {"c": ("request:7", "explicit")}


def test_the_printed_id_finds_the_commit() -> None:
    long = "abcdef0123"
    facts = history(
        commit("a"),
        commit(long, "a", 2),
        tips=[target("a"), branch(long, "one")],
        session_commits=[commit_call(1.9, 2, printed="abcdef0")],
        calls=[call("c", 1)],
    )
    assert booked(facts) == {"c": (f"branch:one@{long}", "printed-id")}


def test_a_printed_id_that_was_amended_finds_what_it_became() -> None:
    facts = history(
        commit("a"),
        commit("new", "a", 2),
        tips=[target("a"), branch("new", "one")],
        rewrites=[Rewrite(repository_id="R", old="abcdef0123", new="new", kind="amend", evidence="post-rewrite")],
        session_commits=[commit_call(1.9, 2, printed="abcdef0")],
        calls=[call("c", 1)],
    )
    assert booked(facts) == {"c": ("branch:one@new", "printed-id")}


def test_a_rebased_commit_is_found_by_author_date_and_subject() -> None:
    facts = history(
        *BASE,
        tips=TIPS,
        session_commits=[commit_call(1.999, 2.0005, printed="fffffff", subject="feat: x")],
        calls=[call("c", 1)],
    )
    assert booked(facts) == {"c": ("branch:one@x", "time-and-subject")}


@pytest.mark.parametrize(("hours", "subject"), [(2.1, "feat: x"), (2.0, "feat: other")])
def test_another_time_or_subject_is_another_commit(hours: float, subject: str) -> None:
    row = commit_call(hours, hours + 0.001, printed="fffffff", subject=subject)
    facts = history(*BASE, tips=TIPS, session_commits=[row], calls=[call("c", 1, branch="")])
    assert booked(facts)["c"] == ("", attribution.NO_BRANCH)


def test_calls_between_two_commits_belong_to_the_later_one() -> None:
    rows = [commit_call(1.999, 2.0, subject="feat: x"), commit_call(4.999, 5.0, subject="feat: y")]
    facts = history(
        *BASE, tips=TIPS, session_commits=rows, calls=[call("c", 1), call("d", 3), call("e", 6, branch="two")]
    )
    assert booked(facts) == {
        "c": ("branch:one@x", "time-and-subject"),
        "d": ("branch:two@y", "time-and-subject"),
        "e": ("branch:two@y", "branch"),
    }


def test_calls_after_the_last_commit_are_never_booked_to_the_target() -> None:
    rows = [commit_call(1.999, 2.0, subject="feat: x")]
    facts = history(*BASE, tips=TIPS, session_commits=rows, calls=[call("e", 6, branch="main")])
    assert booked(facts)["e"] == ("", attribution.NO_COMMIT_ON_TARGET)


def test_work_on_one_branch_is_not_booked_to_a_later_commit_on_another() -> None:
    rows = [commit_call(4.999, 5.0, subject="feat: y", branch="two")]
    facts = history(*BASE, tips=TIPS, session_commits=rows, calls=[call("c", 3, branch="one")])
    assert booked(facts)["c"] == ("branch:one@x", "branch")


def test_a_written_file_points_at_the_commit_that_touches_it() -> None:
    facts = history(
        commit("a"),
        commit("b", "a", 2),
        commit("c", "b", 3),
        tips=[target("c")],
        diffs=[diff("b", paths=("other",)), diff("c", paths=("mine",))],
        session_writes=[SessionWrite(session="s1", path="mine", at=at(1))],
        calls=[call("k", 1)],
    )
    assert booked(facts)["k"] == ("commit:c", "file")


def test_without_a_file_the_next_commit_within_a_day_is_taken() -> None:
    facts = history(
        commit("a"),
        commit("b", "a", 2),
        tips=[target("b")],
        calls=[call("k", 1), call("late", 2.1), call("early", -30)],
    )
    assert booked(facts) == {
        "k": ("commit:b", "next-commit"),
        "late": ("", attribution.NO_COMMIT_ON_TARGET),
        "early": ("", attribution.NO_COMMIT_ON_TARGET),
    }


def test_a_branch_name_used_twice_takes_the_change_alive_at_the_time() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 2),
        commit("m", "a x", 3, merged="fix"),
        commit("y", "m", 100),
        tips=[target("m"), branch("y", "fix")],
        calls=[call("early", 2.5, branch="fix"), call("late", 101, branch="fix")],
    )
    assert booked(facts) == {"early": ("commit:m", "next-commit"), "late": ("branch:fix@y", "branch")}


def test_equal_claims_are_split() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 2, "fix: it"),
        commit("y", "a", 2, "fix: it"),
        tips=[target("a"), branch("x", "one"), branch("y", "two")],
        session_commits=[commit_call(1.999, 2.0, subject="fix: it")],
        calls=[call("c", 1)],
    )
    assert booked(facts)["c"] == ("branch:one@x branch:two@y", "time-and-subject")


def test_the_last_declaration_in_force_in_the_worktree_tells_the_role() -> None:
    def use(start: float, end: float, role: str, worktree: str = HOME) -> Use:
        return Use(
            repository_id="R", worktree=worktree, started_at=at(start), until=at(end), branch="main", agent="",
            model_raw="opus", role=role, task_type="",
        )  # fmt: skip

    declared = [use(1, 9, "scout"), use(3, 4, "review"), use(2, 9, "implement", "/elsewhere")]
    history = History(
        repository_id="R",
        is_forge=False,
        commits={},
        uses=tuple(declared[::-1]),
        places=(
            Place(directory=HOME, repository_id="R", worktree=HOME),
            Place(directory="/no", repository_id="R", worktree=None),
        ),
    )
    roles = Roles(history, {})

    def role(hours: float, directory: str = HOME) -> tuple[str, str]:
        return roles.role(Booking(call("k", hours, directory=directory, session=""), (), ""))

    assert [role(hours) for hours in (0.5, 2, 3, 3.5)] == [
        ("", ""),
        ("scout", "explicit"),
        ("review", "explicit"),
        ("review", "explicit"),
    ]
    assert role(5) == ("", ""), "a declaration ends the one before it"
    assert role(2, "/no") == ("", "")
