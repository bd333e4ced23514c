"""To which change a call is booked, and by which rule."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from ledger.domain import reasons
from ledger.domain.anchors import Anchor, Made
from ledger.domain.attribution import Booking, _Books, book
from ledger.domain.changes import identify
from ledger.domain.conclude import conclude
from ledger.domain.facts import Place, Use
from ledger.domain.git_facts import Rewrite
from ledger.domain.history import History
from ledger.domain.outcomes import outcome
from ledger.domain.roles import Roles
from ledger.domain.session_facts import Call, SessionWrite
from tests.domain.building import HOME, at, branch, call, commit, commit_call, diff, history, made_on, request, target
from tests.domain.watching import Watched

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
    assert booked(facts)["c"] == ("", reasons.LOST_COMMIT)


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
    assert booked(facts)["e"] == ("", reasons.AFTER_LAST_COMMIT)


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
        session_writes=[SessionWrite(session="s1", path="never committed", at=at(1))],
        calls=[call("k", 1), call("late", 2.1), call("early", -30)],
    )
    assert booked(facts) == {
        "k": ("commit:b", "next-commit"),
        "late": ("", reasons.NO_COMMIT_ON_TARGET),
        "early": ("", reasons.NO_COMMIT_ON_TARGET),
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
    assert booked(facts) == {"early": ("commit:m", "branch"), "late": ("branch:fix@y", "branch")}


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


def test_a_source_that_books_itself_to_nothing_known_waits_for_it() -> None:
    facts = history(*BASE, tips=TIPS, seen=[made_on("x", "one", "s1")], calls=[call("c", 1, subject="request:9")])
    assert booked(facts)["c"] == ("", reasons.UNKNOWN_SUBJECT)


def test_a_named_commit_that_landed_in_two_changes_is_split() -> None:
    edges = [
        Rewrite(repository_id="R", old="abcdef0123", new=new, kind="rebase", evidence="post-rewrite")
        for new in ("x", "y")
    ]
    facts = history(*BASE, tips=TIPS, rewrites=edges, calls=[call("c", 1, subject="abcdef0123")])
    assert booked(facts)["c"] == ("branch:one@x branch:two@y", "explicit")


def test_a_commit_that_git_rebased_with_another_date_and_subject_is_found_by_its_patch() -> None:
    facts = history(
        commit("a"),
        commit("abcdef0123", "a", 2, "wip"),
        commit("z", "a", 70, "feat: z"),
        tips=[target("z")],
        diffs=[diff("abcdef0123", patch="p"), diff("z", patch="p")],
        session_commits=[commit_call(1.99, 2.01, printed="abcdef0", subject="wip")],
        calls=[call("c", 1)],
    )
    assert booked(facts)["c"] == ("commit:z", "patch-id")


# -- one session in several places ------------------------------------------------------------------------------------

THERE = "/there"
ROWS = (
    commit_call(1.999, 2.0005, subject="feat: x", branch="one"),
    commit_call(4.999, 5.0005, subject="feat: y", branch="two", directory=THERE),
)


def in_two_worktrees(*calls: Call) -> dict[str, str]:
    """Session s1 commits x here at 2 and y there at 5; call → change."""
    facts = history(*BASE, tips=TIPS, session_commits=ROWS, calls=calls, worktrees=(HOME, THERE))
    return {key: change for key, (change, _) in booked(facts).items()}


def test_a_session_on_two_branches_is_divided_by_them() -> None:
    found = in_two_worktrees(
        call("one", 1, branch="one"),
        call("two, early", 1, branch="two"),
        call("two", 3, branch="two"),
        call("one, late", 3, branch="one"),
        call("neither", 3, branch="main"),
    )
    assert found == {
        "one": "branch:one@x",
        "two, early": "branch:two@y",
        "two": "branch:two@y",
        "one, late": "branch:one@x",
        "neither": "branch:two@y",
    }


def test_a_session_in_two_worktrees_is_divided_by_them_where_no_branch_is_logged() -> None:
    found = in_two_worktrees(
        call("here", 1, branch=""),
        call("there", 1, branch="", directory=THERE),
        call("here, late", 3, branch=""),
        call("elsewhere", 1, branch="", directory="/unknown"),
    )
    assert found == {
        "here": "branch:one@x",
        "there": "branch:two@y",
        "here, late": "branch:two@y",  # nothing more is committed here
        "elsewhere": "branch:one@x",
    }


def test_a_commit_in_the_own_worktree_days_later_is_not_waited_for() -> None:
    rows = (ROWS[1], commit_call(99.999, 100.0005, subject="feat: z", branch="three"))
    facts = history(
        *BASE,
        commit("z", "a", 100, "feat: z"),
        tips=(*TIPS, branch("z", "three")),
        session_commits=rows,
        calls=[call("soon", 80, branch=""), call("far", 3, branch="")],
        worktrees=(HOME, THERE),
    )
    assert {key: change for key, (change, _) in booked(facts).items()} == {
        "soon": "branch:three@z",
        "far": "branch:two@y",
    }


def test_a_subagent_s_calls_follow_its_parent_session() -> None:
    facts = history(
        *BASE, tips=TIPS, session_commits=ROWS[:1], calls=[call("c", 1, subagent=True, branch=""), call("d", 1)]
    )
    assert set(booked(facts).values()) == {("branch:one@x", "time-and-subject")}


def test_what_a_session_read_before_its_branch_was_made_belongs_to_the_branch() -> None:
    facts = history(*BASE, tips=TIPS, session_commits=ROWS[:1], calls=[call("c", -20, branch="main"), call("d", 1.5)])
    assert {change for change, _ in booked(facts).values()} == {"branch:one@x"}


def test_work_on_a_branch_that_was_renamed_before_the_commit_belongs_to_it() -> None:
    facts = history(*BASE, tips=TIPS, session_commits=ROWS[:1], calls=[call("c", 1, branch="old-name")])
    assert booked(facts)["c"] == ("branch:one@x", "time-and-subject")


def test_work_on_a_branch_that_had_landed_belongs_to_the_next_commit() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1),
        commit("m", "a x", 2, merged="one"),
        commit("y", "m", 5, "feat: y"),
        tips=[target("m"), branch("y", "two")],
        session_commits=[commit_call(4.999, 5.0005, subject="feat: y", branch="two")],
        calls=[call("before", 1.5, branch="one"), call("after", 3, branch="one")],
    )
    assert booked(facts) == {
        "before": ("commit:m", "branch"),
        "after": ("branch:two@y", "time-and-subject"),
    }


def test_work_that_was_lost_on_one_branch_is_not_booked_to_the_next_on_another() -> None:
    rows = [commit_call(3, 3.1, printed="fffffff", subject="dropped", branch="gone"), ROWS[1]]
    facts = history(*BASE, tips=TIPS, session_commits=rows, calls=[call("c", 2.5, branch="gone")])
    assert booked(facts)["c"] == ("", reasons.LOST_COMMIT)


def test_detached_work_belongs_to_the_commit_that_was_printed_without_a_branch() -> None:
    row = commit_call(1.999, 2.0005, subject="feat: x")
    facts = history(*BASE, tips=TIPS, session_commits=[row], calls=[call("c", 1, branch="HEAD")])
    assert booked(facts)["c"] == ("branch:one@x", "time-and-subject")


def test_detached_work_that_somebody_else_committed_is_found_by_the_worktree() -> None:
    facts = history(
        *BASE, tips=TIPS, seen=[made_on("x", "")], calls=[call("c", 1, branch="HEAD")],
        session_writes=[SessionWrite(session="s1", path="p", at=at(1))],
    )  # fmt: skip
    assert booked(facts)["c"] == ("branch:one@x", "next-commit")


def test_a_branch_that_never_landed_keeps_its_cost() -> None:
    facts = history(commit("a"), commit("x", "a", 2), tips=[target("a"), branch("x", "one")], calls=[call("c", 1)])
    facts = replace(facts, seen=(made_on("x", "one", "s1"),))
    (change,) = [change for change in conclude(facts).change if change.basis == "branch"]
    assert (change.nusd, outcome(change, at(24 * 20))) == (1_000_000, "abandoned")


# -- one cost and several claims --------------------------------------------------------------------------------------


def six(session: str, **facts: object) -> History:
    """One id in the trailers of six commits on six branches."""
    commits = [commit(f"k{number}", "a", number + 1, f"step {number}", sessions=(session,)) for number in range(6)]
    tips = [branch(row.oid, f"b{number}") for number, row in enumerate(commits)]
    return history(commit("a"), *commits, tips=[target("a"), *tips], **facts)


def test_a_checkpoint_on_six_commits_is_one_cost_in_equal_shares() -> None:
    session = "0123456789ab"
    found = conclude(six(session, calls=[call("c", 0, session=session, output=1000), call("d", 9, session=session)]))
    assert sorted(row.nusd for row in found.charge) == [333_332] * 2 + [333_334] * 4
    assert {row.rule for row in found.charge} == {"explicit (ambiguous)"}
    assert sum(row.calls for row in found.charge) == 2


def test_a_session_that_made_six_commits_made_them_one_after_the_other() -> None:
    facts = six("s1", calls=[call(f"c{number}", number + 0.5) for number in range(6)])
    assert [change for change, _ in booked(facts).values()] == [f"branch:b{number}@k{number}" for number in range(6)]


def test_a_sum_over_a_session_belongs_to_all_that_it_committed_meanwhile() -> None:
    sums = [
        replace(call("leg 1", 3.5, branch=""), quality="rollup"),
        replace(call("leg 2", 9, branch=""), quality="rollup"),
        replace(call("leg 3", 10, branch=""), quality="rollup"),
    ]
    facts = six("s1", calls=sums)
    assert booked(facts) == {
        "leg 1": ("branch:b0@k0 branch:b1@k1 branch:b2@k2", "explicit"),
        "leg 2": ("branch:b3@k3 branch:b4@k4 branch:b5@k5", "explicit"),
        "leg 3": ("branch:b5@k5", "branch"),
    }


def test_two_sessions_that_made_one_change_each_keep_their_cost() -> None:
    rows = [commit_call(1.999, 2.0005, subject="feat: x", session=session) for session in ("s1", "s2")]
    facts = history(*BASE, tips=TIPS, session_commits=rows, calls=[call("c", 1), call("d", 1, session="s2")])
    assert booked(facts) == dict.fromkeys("cd", ("branch:one@x", "time-and-subject"))


def test_work_elsewhere_is_not_looked_at_twice() -> None:
    """A commit in another repository of the same session: its calls here are only those made here."""
    row = commit_call(2, 2.01, printed="fffffff", subject="elsewhere", branch="main")
    facts = history(*BASE, tips=TIPS, session_commits=[row], calls=[call("c", 1.5)])
    assert booked(facts)["c"] == ("", reasons.LOST_COMMIT)


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


def test_a_call_in_a_long_session_does_not_look_at_the_commits_before_it() -> None:
    facts = history(commit("a"), tips=[target("a")])
    rows = [Anchor(at(hours / 100), (f"R/{hours}",), "explicit", "", "") for hours in range(2000)]
    anchors = Watched(rows)
    found = _Books(facts, identify(facts))._next_anchor(call("k", 15), Made(cast("tuple[Anchor, ...]", anchors)))
    assert found == rows[1500]
    assert anchors.looks < 50
