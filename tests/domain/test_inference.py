"""Whose a call was that no commit of its session claims: by files, by what came next, by its branch, or nobody's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.domain import reasons
from ledger.domain.anchors import Anchor, Anchors
from ledger.domain.changes import identify
from ledger.domain.history import History
from ledger.domain.inference import Inference, _first
from ledger.domain.owned import Owned
from ledger.domain.session_facts import Call, SessionReview, SessionWrite
from ledger.domain.whereabouts import Branches
from tests.domain.building import (
    HOME,
    at,
    branch,
    call,
    commit,
    commit_call,
    diff,
    history,
    made_on,
    request,
    target,
)
from tests.domain.watching import Watched

LONG = "abcdef0123"


def inferred(facts: History, row: Call) -> tuple[str, str]:
    """(changes, rule), or ('', reason)."""
    identities = identify(facts)
    owned, branches = Owned(facts, identities), Branches(facts, identities)
    anchors = Anchors(facts, owned, branches.worktrees)
    inference, made = Inference(facts, owned, branches, anchors), anchors.made(row.session)
    changes, rule = inference.find(row, made)
    return " ".join(each.removeprefix("R/") for each in changes), rule or inference.reason(row, made)


def wrote(path: str, hours: float, session: str = "s1") -> SessionWrite:
    return SessionWrite(session=session, path=path, at=at(hours))


def trunk(**facts: object) -> History:
    """Direct commits of a person at hours 2 (touching `theirs`), 3 (`mine`) and 40."""
    return history(
        commit("a"),
        commit("b", "a", 2),
        commit("c", "b", 3),
        commit("d", "c", 40),
        tips=[target("d")],
        diffs=[diff("b", paths=("theirs",)), diff("c", paths=("mine",)), diff("d", paths=("mine",))],
        **facts,
    )


# -- by file ----------------------------------------------------------------------------------------------------------


def test_the_first_commit_that_touches_a_written_file_is_taken() -> None:
    assert inferred(trunk(session_writes=[wrote("mine", 1)]), call("k", 1)) == ("commit:c", "file")


def test_a_file_written_after_the_commit_says_nothing_of_it() -> None:
    assert inferred(trunk(session_writes=[wrote("mine", 3.5)]), call("k", 1)) == ("commit:b", "next-commit")


def test_a_commit_beyond_the_window_is_not_looked_at() -> None:
    facts = trunk(session_writes=[wrote("mine", 4)])
    assert inferred(facts, call("k", 4)) == ("", reasons.NO_COMMIT_ON_TARGET)
    assert inferred(facts, call("k", 16)) == ("commit:d", "file")


def test_a_file_points_into_the_worktree_where_the_branch_was_made_later() -> None:
    facts = history(
        commit("a"), commit("x", "a", 2), tips=[target("a"), branch("x", "one")], diffs=[diff("x", paths=("mine",))],
        seen=[made_on("x", "one")], session_writes=[wrote("mine", 1)],
    )  # fmt: skip
    assert inferred(facts, call("k", 1, branch="main")) == ("branch:one@x", "file")
    elsewhere = replace(facts, seen=(made_on("x", "one", worktree="/theirs"),))
    assert inferred(elsewhere, call("k", 1, branch="main")) == ("", reasons.NO_COMMIT_ON_TARGET)


def test_after_its_own_commit_only_files_written_since_count() -> None:
    facts = history(
        commit("a"), commit(LONG, "a", 2), commit("c", LONG, 5), tips=[target("c")],
        diffs=[diff("c", paths=("old", "new"))], session_commits=[commit_call(1.99, 2.01, printed="abcdef0")],
    )  # fmt: skip
    late = call("k", 3)
    old, new = [wrote("old", 1)], [wrote("new", 4)]
    assert inferred(replace(facts, session_writes=tuple(old)), late) == ("", reasons.AFTER_LAST_COMMIT)
    assert inferred(replace(facts, session_writes=tuple(new)), late) == ("commit:c", "file")


# -- by what it judged -----------------------------------------------------------------------------------------------


def judged(number: int, hours: float) -> SessionReview:
    return SessionReview(
        id=f"{number}@{hours}", session="s1", directory=HOME, at=at(hours), request_number=number, subagent=""
    )


def test_a_session_that_wrote_nothing_goes_to_the_request_that_it_judged_next() -> None:
    asked = [request(1, opened=0), request(2, opened=0)]
    facts = trunk(requests=asked, session_reviews=[judged(1, 2), judged(2, 4), judged(9, 5)])
    assert [inferred(facts, call("k", hours)) for hours in (1, 3, 6)] == [
        ("request:1", "review"),
        ("request:2", "review"),
        ("request:2", "review"),
    ]
    wrote_too = replace(facts, session_writes=(wrote("p", 0.5),))
    assert inferred(wrote_too, call("k", 1)) == ("commit:b", "next-commit")


def test_a_verdict_that_names_a_branch_is_on_its_change_and_not_on_the_branch_checked_out() -> None:
    facts = history(
        commit("a"), commit("x", "a", 2), commit("y", "a", 2),
        tips=[target("a"), branch("x", "mine"), branch("y", "theirs")],
        seen=[made_on("x", "mine"), made_on("y", "theirs")],
    )  # fmt: skip
    named = replace(judged(1, 3), request_number=None, branch="theirs")
    bare = replace(named, branch="")
    assert inferred(replace(facts, session_reviews=(named,)), call("k", 2.5, branch="mine")) == (
        "branch:theirs@y",
        "review",
    )
    assert inferred(replace(facts, session_reviews=(bare,)), call("k", 2.5, branch="mine"))[1] != "review"


# -- by what came next ------------------------------------------------------------------------------------------------


def test_a_session_that_wrote_takes_the_next_commit_within_a_day() -> None:
    facts = trunk(session_writes=[wrote("nobody committed it", 1)])
    assert inferred(facts, call("k", 2.5)) == ("commit:c", "next-commit")
    assert inferred(facts, call("k", 3.1)) == ("", reasons.NO_COMMIT_ON_TARGET)


def test_who_cannot_tell_what_it_wrote_takes_the_next_commit_too() -> None:
    assert inferred(trunk(), call("k", 1, session="")) == ("commit:b", "next-commit")
    for source in ("litellm", "aider", "antigravity"):
        assert inferred(trunk(), replace(call("k", 1), source=source)) == ("commit:b", "next-commit")


def test_who_tried_to_commit_did_not_only_read() -> None:
    tried = commit_call(1.5, 1.6, subject="in other words")
    assert inferred(trunk(session_commits=[tried]), call("k", 2.5)) == ("commit:c", "next-commit")


def test_commits_of_one_second_are_equally_near() -> None:
    facts = history(
        commit("a"), commit("x", "a", 2), commit("y", "a", 2),
        tips=[target("a"), branch("x", "one"), branch("y", "two")],
        seen=[made_on("x", "one"), made_on("y", "two")],
    )  # fmt: skip
    assert inferred(facts, call("k", 1, session="", branch="")) == ("branch:one@x branch:two@y", "next-commit")


def test_what_became_of_a_lost_commit_was_made_while_it_was_committed() -> None:
    reworded = commit_call(2.99, 3.001, printed="fffffff", subject="wip")
    assert inferred(trunk(session_commits=[reworded]), call("k", 2.5)) == ("commit:c", "next-commit")
    dropped = commit_call(2.1, 2.2, printed="fffffff", subject="wip")
    assert inferred(trunk(session_commits=[dropped]), call("k", 2.05)) == ("", reasons.LOST_COMMIT)


# -- what it fed ------------------------------------------------------------------------------------------------------


def scouted(hours: float, **facts: object) -> History:
    """Session s2 commits on branch one, so many hours after the start."""
    row = commit_call(hours - 0.01, hours + 0.01, session="s2", printed="abcdef0", branch="one")
    return history(
        commit("a"), commit(LONG, "a", hours), tips=[target("a"), branch(LONG, "one")], session_commits=[row], **facts
    )


def test_a_session_that_only_read_goes_to_what_the_next_session_there_committed() -> None:
    assert inferred(scouted(3), call("k", 1)) == (f"branch:one@{LONG}", "fed")
    assert inferred(scouted(3), call("k", 1, branch="")) == (f"branch:one@{LONG}", "fed")


@pytest.mark.parametrize(("hours", "is_fed"), [(24.9, True), (25.1, False)])
def test_what_came_a_day_later_was_not_fed(hours: float, *, is_fed: bool) -> None:
    found = inferred(scouted(hours), call("k", 1))
    assert found == ((f"branch:one@{LONG}", "fed") if is_fed else ("", reasons.FED_NOTHING))


def test_a_commit_before_the_reading_was_not_fed() -> None:
    assert inferred(scouted(3), call("k", 4)) == ("", reasons.FED_NOTHING)


def test_a_person_s_commit_does_not_say_that_a_reading_fed_it() -> None:
    assert inferred(trunk(), call("k", 1)) == ("", reasons.FED_NOTHING)


def test_a_session_in_another_worktree_was_not_fed_unless_the_branch_is_the_same() -> None:
    facts = scouted(3, worktrees=(HOME, "/theirs"))
    there = call("k", 1, directory="/theirs")
    assert inferred(facts, there) == ("", reasons.FED_NOTHING)
    assert inferred(facts, replace(there, branch="one")) == (f"branch:one@{LONG}", "fed")


def test_reading_on_a_branch_with_a_change_feeds_that_branch_only() -> None:
    facts = history(
        commit("a"), commit(LONG, "a", 3), commit("y", "a", 0.5),
        tips=[target("a"), branch(LONG, "one"), branch("y", "two")],
        session_commits=[commit_call(2.99, 3.01, session="s2", printed="abcdef0", branch="one")],
    )  # fmt: skip
    assert inferred(facts, call("k", 1, branch="two")) == ("branch:two@y", "branch")


def test_two_sessions_that_commit_at_once_were_fed_alike() -> None:
    rows = [
        commit_call(2.99, 3, session=session, printed=oid, branch=name)
        for session, oid, name in (("s2", "1111111", "one"), ("s3", "2222222", "two"))
    ]
    facts = history(
        commit("a"), commit("1111111x", "a", 3), commit("2222222x", "a", 3),
        tips=[target("a"), branch("1111111x", "one"), branch("2222222x", "two")], session_commits=rows,
    )  # fmt: skip
    assert inferred(facts, call("k", 1)) == ("branch:one@1111111x branch:two@2222222x", "fed")


def test_a_session_that_wrote_is_no_scout() -> None:
    facts = scouted(3, session_writes=[wrote("p", 1)])
    assert inferred(facts, call("k", 1)) == ("", reasons.NO_COMMIT_ON_TARGET)


# -- by its branch, and by nothing ------------------------------------------------------------------------------------


def test_work_on_a_branch_without_a_commit_near_goes_to_its_change() -> None:
    facts = history(commit("a"), commit("x", "a", 2), tips=[target("a"), branch("x", "one")])
    assert inferred(facts, call("k", 90, branch="one")) == ("branch:one@x", "branch")


def test_a_branch_s_name_that_two_requests_have_is_split() -> None:
    facts = history(
        commit("a"), tips=[target("a")],
        requests=[request(1, head_ref="fix", merged=5), request(2, head_ref="fix", merged=5)],
    )  # fmt: skip
    assert inferred(facts, call("k", 3, branch="fix")) == ("request:1 request:2", "branch")


def committed(name: str, tips: tuple[str, ...] = ("one",)) -> History:
    row = commit_call(1.99, 2.01, printed="abcdef0", branch=name)
    heads = [branch(LONG, tip) for tip in tips] or []
    return history(
        commit("a"), commit(LONG, "a", 2), tips=[target("a" if heads else LONG), *heads], session_commits=[row]
    )


def test_after_the_last_commit_an_unlogged_branch_is_that_of_the_commit() -> None:
    for name in ("one", ""):
        for logged in ("", "HEAD"):
            assert inferred(committed(name), call("k", 5, branch=logged)) == (f"branch:one@{LONG}", "branch")


def test_after_the_last_commit_a_branch_of_another_name_is_that_of_the_commit() -> None:
    assert inferred(committed("one", ("renamed",)), call("k", 5, branch="one")) == (f"branch:renamed@{LONG}", "branch")
    assert inferred(committed("one"), call("k", 5, branch="two")) == ("", reasons.NO_CHANGE_OF_BRANCH)


def test_after_the_last_commit_nothing_goes_to_the_target() -> None:
    for name, logged in (("main", "main"), ("main", ""), ("", "HEAD")):
        assert inferred(committed(name, ()), call("k", 5, branch=logged)) == ("", reasons.AFTER_LAST_COMMIT)


def test_what_nothing_finds_has_its_reason() -> None:
    facts = history(commit("a"), tips=[target("a")], session_writes=[wrote("p", 1)])
    assert inferred(facts, call("k", 1, branch="gone"))[1] == reasons.NO_CHANGE_OF_BRANCH
    assert inferred(facts, call("k", 1, branch=""))[1] == reasons.NO_BRANCH
    assert inferred(facts, call("k", 1, branch="", session=""))[1] == reasons.NO_SESSION
    assert inferred(facts, call("k", 1, session=""))[1] == reasons.NO_COMMIT_ON_TARGET
    assert inferred(facts, call("k", 1, session="s9"))[1] == reasons.FED_NOTHING


def test_what_was_read_does_not_look_at_the_commits_of_other_days() -> None:
    rows = [Anchor(at(hours // 2 / 50), (f"R/{hours}",), "explicit", "", "") for hours in range(2000)]
    line = Watched(rows)
    assert _first(line, at(15)) == rows[1500:1502]
    assert line.looks < 60


def test_each_call_of_a_session_asks_for_the_files_written_since_its_own_last_commit() -> None:
    facts = trunk(
        calls=[call("a", 1), call("b", 1, session="s2"), call("c", 2.5)],
        session_writes=[wrote("theirs", 1), wrote("mine", 1, "s2"), wrote("mine", 2.4)],
        session_commits=[commit_call(1.9, 2)],
    )
    identities = identify(facts)
    owned, branches = Owned(facts, identities), Branches(facts, identities)
    anchors = Anchors(facts, owned, branches.worktrees)
    inference = Inference(facts, owned, branches, anchors)
    asked = [inference.find(row, anchors.made(row.session)) for row in (*facts.calls, *facts.calls)]
    alone = [Inference(facts, owned, branches, anchors).find(row, anchors.made(row.session)) for row in facts.calls]
    assert asked == alone * 2
    assert alone == [(("R/commit:b",), "file"), (("R/commit:c",), "file"), (("R/commit:c",), "file")]
