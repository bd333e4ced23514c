"""Which commits a session made, by which rule, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ledger.domain.anchors import Anchors, Made
from ledger.domain.changes import identify
from ledger.domain.commit_commands import mark_of
from ledger.domain.git_facts import RepositoryCommit, Rewrite
from ledger.domain.history import History
from ledger.domain.owned import Owned
from ledger.domain.whereabouts import Branches
from tests.domain.building import HOME, at, branch, commit, commit_call, credit, diff, history, made_on, target

SECOND = 1 / 3600
LONG, OTHER = "abcdef0123", "abcdef0999"


def made(facts: History, session: str = "s1") -> Made:
    identities = identify(facts)
    worktrees = Branches(facts, identities).worktrees
    return Anchors(facts, Owned(facts, identities), worktrees).made(session)


def told(facts: History, session: str = "s1") -> list[tuple[str, str]]:
    """(changes, rule) of every anchor in time."""
    return [
        (" ".join(change.removeprefix("R/") for change in anchor.changes), anchor.rule)
        for anchor in made(facts, session).anchors
    ]


def rebased(*rows: tuple[float, str], **facts: object) -> History:
    """Commits that landed on trunk under other ids than git printed: (hours of authoring, subject) each."""
    commits = [commit("a")]
    for number, (hours, subject) in enumerate(rows):
        commits.append(commit(f"c{number}", commits[-1].oid, hours, subject))
    return history(*commits, tips=[target(commits[-1].oid)], **facts)


# -- the rules in their order -----------------------------------------------------------------------------------------


def test_a_hook_and_a_trailer_are_explicit() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 2),
        commit("y", "x", 4, sessions=("s1",)),
        tips=[target("a"), branch("x", "one"), branch("y", "two")],
        seen=[made_on("x", "one", "s1")],
    )
    assert told(facts) == [("branch:one@x", "explicit"), ("branch:two@y", "explicit")]


def test_a_reflog_names_no_session_so_the_printed_id_does() -> None:
    facts = history(
        commit("a"),
        commit(LONG, "a", 2),
        tips=[target("a"), branch(LONG, "one")],
        seen=[made_on(LONG, "one", evidence="reflog")],
        session_commits=[commit_call(1.99, 2.01, printed="abcdef0")],
    )
    assert told(facts) == [(f"branch:one@{LONG}", "printed-id")]


def test_a_printed_commit_that_is_in_no_change_is_found_by_its_patch() -> None:
    facts = history(
        commit("a"),
        commit(LONG, "a", 2, "wip"),
        commit("x", "a", 9, "feat: another date and subject"),
        tips=[target("x")],
        diffs=[diff(LONG, patch="p"), diff("x", patch="p")],
        session_commits=[commit_call(1.99, 2.01, printed="abcdef0", subject="wip")],
    )
    assert told(facts) == [("commit:x", "patch-id")]


def test_a_hooked_commit_that_is_in_no_change_is_found_by_its_patch() -> None:
    facts = history(
        commit("a"),
        commit(LONG, "a", 2, "wip"),
        commit("x", "a", 9, "feat: x"),
        tips=[target("x")],
        diffs=[diff(LONG, patch="p"), diff("x", patch="p")],
        seen=[made_on(LONG, "gone", "s1")],
    )
    assert told(facts) == [("commit:x", "patch-id")]


def test_the_printed_id_comes_before_time_and_subject() -> None:
    facts = history(
        commit("a"),
        commit(LONG, "a", 2, "wip"),
        commit("x", "a", 2, "wip"),
        tips=[target("a"), branch(LONG, "one"), branch("x", "two")],
        session_commits=[commit_call(1.99, 2.01, printed="abcdef0", subject="wip")],
    )
    assert told(facts) == [(f"branch:one@{LONG}", "printed-id")]


def test_an_id_that_begins_two_commits_is_told_by_the_subject() -> None:
    def facts(subject: str) -> History:
        return history(
            commit("a"),
            commit(LONG, "a", 2, "one"),
            commit(OTHER, "a", 3, "two"),
            tips=[target("a"), branch(LONG, "one"), branch(OTHER, "two")],
            session_commits=[commit_call(2.99, 3.01, printed="abcdef0", subject=subject)],
        )

    assert told(facts("two")) == [(f"branch:two@{OTHER}", "printed-id")]
    assert told(facts("neither")) == []


# -- rebased commits: author date and subject -------------------------------------------------------------------------


def test_commits_that_were_all_rebased_are_each_found_by_date_and_subject() -> None:
    rows = [commit_call(hour, hour + SECOND, printed=f"fffffff{hour}", subject=f"step {hour}") for hour in (1, 2, 3)]
    facts = rebased((1, "step 1"), (2, "step 2"), (3, "step 3"), session_commits=rows)
    assert told(facts) == [(f"commit:c{number}", "time-and-subject") for number in range(3)]


@pytest.mark.parametrize("skew", [-5, -4.5, -0.9, 0, 1, 5])
def test_a_clock_that_is_seconds_off_is_forgiven(skew: float) -> None:
    row = commit_call(2, 2 + SECOND, printed="fffffff", subject="x")
    hours = 2 + (skew if skew <= 0 else skew + 1) * SECOND
    assert told(rebased((hours, "x"), session_commits=[row])) == [("commit:c0", "time-and-subject")]


@pytest.mark.parametrize("skew", [-6.5, 7])
def test_a_clock_that_is_further_off_finds_nothing(skew: float) -> None:
    row = commit_call(2, 2 + SECOND, printed="fffffff", subject="x")
    facts = rebased((2 + skew * SECOND, "x"), session_commits=[row])
    assert (told(facts), [row.printed_id for row in made(facts).lost]) == ([], ["fffffff"])


def test_equal_subjects_within_a_minute_are_told_apart_by_the_second() -> None:
    rows = [commit_call(1, 1 + SECOND, subject="wip"), commit_call(1 + 4 * SECOND, 1 + 5 * SECOND, subject="wip")]
    facts = rebased((1, "wip"), (1 + 4 * SECOND, "wip"), session_commits=rows)
    assert told(facts) == [("commit:c0", "time-and-subject"), ("commit:c1", "time-and-subject")]


def test_equal_subjects_in_one_long_call_have_equal_claims() -> None:
    row = commit_call(1, 1 + 60 * SECOND, subject="wip")
    facts = rebased((1 + 9 * SECOND, "wip"), (1 + 30 * SECOND, "wip"), session_commits=[row])
    assert told(facts) == [("commit:c0 commit:c1", "time-and-subject")]


def test_a_fixup_follows_the_commit_that_it_was_folded_into() -> None:
    rows = [
        commit_call(1, 1 + SECOND, subject="feat: x"),
        commit_call(2, 2 + SECOND, subject="fixup! feat: x"),
        commit_call(3, 3 + SECOND, subject="squash! fixup! feat: x"),
    ]
    facts = rebased((1, "feat: x"), session_commits=rows)
    assert told(facts) == [("commit:c0", "time-and-subject")] * 3
    assert made(facts).anchors[-1].at == at(3 + SECOND)


def test_an_amend_under_the_same_subject_follows_the_first() -> None:
    rows = [commit_call(1, 1 + SECOND, subject="x"), commit_call(2, 2 + SECOND, subject="x")]
    assert len(told(rebased((1, "x"), session_commits=rows))) == 2


def test_a_reworded_commit_is_lost_and_not_guessed() -> None:
    facts = rebased(
        (1, "feat: better words"), session_commits=[commit_call(1, 1 + SECOND, printed="fffffff", subject="wip")]
    )
    assert (told(facts), len(made(facts).lost)) == ([], 1)


def test_a_fixup_of_a_lost_commit_is_lost_too() -> None:
    rows = [
        commit_call(1, 1 + SECOND, printed="fffffff", subject="wip"),
        commit_call(2, 2 + SECOND, printed="eeeeeee", subject="fixup! wip"),
    ]
    assert len(made(rebased((1, "better"), session_commits=rows)).lost) == 2


def test_a_cherry_picked_copy_is_no_second_claim() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 2, "fix: it"),
        commit("r", "a", 2, "fix: it"),
        tips=[target("x"), branch("r", "release")],
        rewrites=[Rewrite(repository_id="R", old="x", new="r", kind="cherry-pick", evidence="message")],
        session_commits=[commit_call(2, 2 + SECOND, printed="fffffff", subject="fix: it")],
    )
    assert told(facts) == [("commit:x", "time-and-subject")]


def test_a_call_of_days_or_without_a_subject_finds_nothing_by_time() -> None:
    assert told(rebased((1, "x"), session_commits=[commit_call(0, 30, subject="x")])) == []
    nameless = commit_call(1, 1 + SECOND, printed="fffffff", subject="")
    assert told(rebased((1, ""), session_commits=[nameless])) == []


# -- what git did not print -------------------------------------------------------------------------------------------


def test_a_silent_commit_is_found_by_time_and_subject() -> None:
    silent = commit_call(1, 1 + SECOND, subject=mark_of("x"))
    assert told(rebased((1, "x"), session_commits=[silent])) == [("commit:c0", "time-and-subject")]
    assert told(rebased((1, "another"), session_commits=[silent])) == []


def test_one_without_a_subject_is_the_only_commit_made_there_meanwhile() -> None:
    silent = commit_call(1 - SECOND, 1 + SECOND, subject="")
    assert told(rebased((1, "x"), session_commits=[silent])) == [("commit:c0", "next-commit")]
    assert told(rebased((1, "x"), (1 + SECOND, "y"), session_commits=[silent])) == []
    assert told(rebased((1 + 2 * SECOND, "x"), session_commits=[silent])) == []
    elsewhere = made_on("c0", "main", worktree="/other", evidence="reflog")
    assert told(rebased((1, "x"), session_commits=[silent], seen=[elsewhere])) == []
    assert told(rebased((1, "x"), session_commits=[commit_call(0, 30, subject="")])) == []


def test_a_silent_amend_is_found_by_when_it_was_committed() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1, committed=5),
        tips=[target("a"), branch("x", "one")],
        session_commits=[commit_call(5, 5 + SECOND, subject="")],
    )
    assert told(facts) == [("branch:one@x", "next-commit")]


def test_a_silent_commit_that_nothing_finds_claims_nothing_and_says_that_one_was_tried() -> None:
    found = made(rebased((1, "x"), session_commits=[commit_call(2, 2 + SECOND, subject="x, reworded")]))
    assert (found.anchors, found.lost, found.has_tried) == ((), (), True)
    two = [commit_call(2, 2 + SECOND, subject=""), commit_call(1, 1 + SECOND, subject="")]
    assert told(rebased((1, "x"), session_commits=two)) == [("commit:c0", "next-commit")]


# -- when, and who else -----------------------------------------------------------------------------------------------


def test_a_hook_tells_when_the_commit_was_made_to_the_second() -> None:
    facts = history(commit("a"), commit("x", "a", 2), tips=[target("x")], seen=[made_on("x", "main", "s1")])
    assert made(facts).anchors[0].at == at(2) + timedelta(seconds=1)


def test_a_hooked_commit_that_git_has_forgotten_is_dated_by_what_it_became() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 2),
        tips=[target("x")],
        seen=[made_on(LONG, "main", "s1")],
        rewrites=[Rewrite(repository_id="R", old=LONG, new="x", kind="amend", evidence="post-rewrite")],
    )
    (anchor,) = made(facts).anchors
    assert (anchor.at, anchor.changes) == (at(2) + timedelta(seconds=1), ("R/commit:x",))


def test_the_session_s_own_row_says_when_and_the_hook_that_it_is_sure() -> None:
    facts = history(
        commit("a"),
        commit(LONG, "a", 2),
        tips=[target(LONG)],
        seen=[made_on(LONG, "main", "s1")],
        session_commits=[commit_call(2, 2.01, printed="abcdef0")],
    )
    assert [(anchor.at, anchor.rule) for anchor in made(facts).anchors] == [(at(2.01), "explicit")]


def test_a_quiet_commit_beside_a_printed_one_is_its_own_anchor() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1),
        commit(LONG, "x", 2),
        commit("y", LONG, 5),
        tips=[target("y")],
        seen=[made_on(oid, "main", "s1") for oid in ("x", LONG, "y")],
        session_commits=[commit_call(2, 2.01, printed="abcdef0")],
    )
    assert [changes for changes, _ in told(facts)] == ["commit:x", f"commit:{LONG}", "commit:y"]


def test_what_was_committed_at_once_has_equal_claims() -> None:
    rows = [commit_call(2, 2.01, printed=oid, number=number) for number, oid in enumerate(("1111111", "2222222"))]
    facts = history(
        commit("a"),
        commit("1111111x", "a", 2),
        commit("2222222x", "a", 2),
        tips=[target("a"), branch("1111111x", "one"), branch("2222222x", "two")],
        session_commits=rows,
        seen=[made_on("1111111x", "one", "s1")],
    )
    assert told(facts) == [("branch:one@1111111x branch:two@2222222x", "printed-id")]


def test_a_commit_that_landed_in_two_changes_is_claimed_by_both() -> None:
    edges = [
        Rewrite(repository_id="R", old=LONG, new=new, kind="rebase", evidence="post-rewrite") for new in ("x", "y")
    ]
    facts = history(
        commit("a"),
        commit("x", "a", 2),
        commit("y", "a", 3),
        tips=[target("a"), branch("x", "one"), branch("y", "two")],
        rewrites=edges,
        session_commits=[commit_call(1, 1 + SECOND, printed="abcdef0")],
    )
    assert told(facts) == [("branch:one@x branch:two@y", "printed-id")]


def test_the_place_of_an_anchor_is_known_where_all_agree() -> None:
    rows = [
        commit_call(2, 2.01, printed="1111111", branch="one"),
        commit_call(2, 2.01, printed="1111111", branch="one", directory="/other", number=1),
    ]
    facts = history(
        commit("a"), commit("1111111x", "a", 2), tips=[target("a"), branch("1111111x", "one")],
        session_commits=rows, worktrees=(HOME, "/other"),
    )  # fmt: skip
    (anchor,) = made(facts).anchors
    assert (anchor.branch, anchor.worktree) == ("one", "")


def test_a_checkpoint_is_told_by_its_form() -> None:
    facts = rebased((1, "x"))
    assert made(facts, "0123456789ab").is_checkpoint
    assert not made(facts, "0123456789abc").is_checkpoint
    assert not made(facts, "ffffffff-0000").is_checkpoint


def test_a_commit_made_in_another_repository_is_lost_here() -> None:
    facts = rebased((1, "x"), session_commits=[commit_call(1.5, 1.6, printed="fffffff", subject="elsewhere")])
    lost = made(facts).lost_after(at(1))
    assert lost is not None
    assert lost.subject == "elsewhere"
    assert made(facts).lost_after(at(2)) is None


def test_every_session_that_commits_is_known() -> None:
    facts = rebased((1, "x"), session_commits=[commit_call(9, 9.1, session="s2")], seen=[made_on("c0", "main", "s3")])
    identities = identify(facts)
    assert Anchors(facts, Owned(facts, identities), {}).sessions == {"s2", "s3"}


def test_a_pull_ties_no_session_to_what_it_brought() -> None:
    pulled = made_on("c0", "main", "s1", evidence="merge")
    assert told(rebased((1, "theirs"), seen=[pulled])) == []


def test_a_session_that_a_note_names_is_tied_to_the_commit() -> None:
    note = replace(credit("c0"), sessions=("s1",))
    assert told(rebased((1, "x"), contributions=[note])) == [("commit:c0", "explicit")]


def test_a_sighting_without_a_session_ties_nothing() -> None:
    seen = [RepositoryCommit(repository_id="R", oid="c0", evidence="scan", branch="", session="", worktree="")]
    assert made(rebased((1, "x"), seen=seen), "") == Made()


def test_the_last_before_a_moment() -> None:
    rows = [commit_call(hour, hour + SECOND, subject=f"step {hour}") for hour in (1, 2)]
    found = made(rebased((1, "step 1"), (2, "step 2"), session_commits=rows))
    assert found.before(at(0.5)) is None
    assert [found.before(at(hours)) for hours in (1.5, 9)] == list(found.anchors)
    assert found.changes == ("R/commit:c0", "R/commit:c1")
