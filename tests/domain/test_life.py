"""Retry loops and reviews of whole changes: each history with the numbers that it must come to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.conclude import Conclusions, conclude
from ledger.domain.conclusions import Change
from ledger.domain.forge_facts import Event, Run
from ledger.domain.git_facts import Commit, Rewrite
from ledger.domain.history import History
from ledger.domain.session_facts import SessionReview, SessionWrite
from tests.domain.building import (
    HOME,
    START,
    at,
    branch,
    call,
    commit,
    credit,
    diff,
    history,
    kept_range,
    made_on,
    request,
    run,
    target,
)

WROTE = [SessionWrite(session=name, path="p", at=START) for name in ("s1", "s2", "s3")]


def landed(*commits: Commit, **facts: Any) -> History:
    """A request of the branch `one` whose last commit is merged at hour 20."""
    head = commits[-1].oid
    told: dict[str, Any] = {"session_writes": WROTE, **facts}
    return history(
        commit("a"),
        *commits,
        commit("m", f"a {head}", 20, number=7),
        tips=[target("m")],
        requests=[request(7, head=head, merged=20, head_ref="one")],
        **told,
    )


def of(found: Conclusions) -> Change:
    return next(change for change in found.change if change.number == 7)


def tries(found: Conclusions) -> list[tuple[str, str, int]]:
    return [(row.model, row.ended_by, row.failed_runs) for row in found.attempt if row.change_id == of(found).id]


def test_a_cheap_model_that_fails_twice_and_a_dear_one_that_brings_it_home() -> None:
    found = conclude(
        landed(
            commit("x", "a", 1),
            commit("y", "x", 3),
            commit("z", "y", 5),
            calls=[
                call("c1", 0.5, model="haiku", branch="one", output=100),
                call("c2", 2.5, model="haiku", branch="one", output=200),
                call("c3", 4.5, branch="one", session="s2", output=4000),
            ],
            runs=[run("x", 2, "failed"), run("y", 4, "failed"), run("z", 6)],
        )
    )
    change = of(found)
    assert tries(found) == [("haiku", "failed-run", 1), ("haiku", "failed-run", 1), ("opus", "end", 0)]
    assert (change.attempts, change.failed_runs, change.first_pass) == (3, 2, False)
    assert (change.models_tried, change.first_model) == ("haiku → haiku → opus", "haiku")
    assert (change.started_by, change.started_model, change.started_role) == ("model", "haiku", "implement")
    assert [row.nusd for row in found.attempt] == [100_000, 200_000, 4_000_000]


def test_where_an_unknown_model_tried_first_the_next_one_did_not() -> None:
    two = credit("x"), credit("x", "gpt", agent="codex")
    calls = [call("c1", 4, branch="one", session="s2")]
    runs = [run("x", 2, "failed"), run("y", 6)]
    for said in (two, (credit("x", None, agent="copilot"),)):
        found = conclude(
            landed(commit("x", "a", 1), commit("y", "x", 5), contributions=[*said], calls=calls, runs=runs)
        )
        assert (of(found).models_tried, of(found).first_model) == ("? → opus", None)


def test_an_agent_s_calls_cover_its_contribution_by_each_of_its_names() -> None:
    def known(agent: str) -> str:
        calls = [replace(call("c1", 0.5, branch="one"), agent=agent)]
        return of(
            conclude(landed(commit("x", "a", 1), contributions=[credit("x", None, agent="copilot")], calls=calls))
        ).cost_known

    assert (known("copilot-cli"), known("codex")) == ("known", "partial")


def test_a_call_that_two_changes_share_is_one_call_in_their_attempts() -> None:
    commits = commit("x", "a", 1, sessions=("abcdef012345",)), commit("y", "x", 30, sessions=("abcdef012345",))
    facts = history(
        commit("a"), *commits, tips=[target("y")], calls=[call("c", 0.5, session="abcdef012345", branch="")]
    )
    found = conclude(facts)
    assert sorted((row.calls, row.nusd) for row in found.attempt) == [(0, 500_000), (1, 500_000)]
    assert sum(row.calls for row in found.attempt) == sum(row.calls for row in found.charge) == 1


def test_a_flaky_run_is_no_failing_run_and_ends_nothing() -> None:
    found = conclude(
        landed(
            commit("x", "a", 1),
            commit("y", "x", 3),
            contributions=[credit("x"), credit("y")],
            runs=[run("x", 2, "failed"), run("x", 2.5), run("y", 4)],
        )
    )
    assert (tries(found), of(found).failed_runs, of(found).first_pass) == ([("opus", "end", 0)], 0, True)


def amended(old: str, new: str) -> Rewrite:
    return Rewrite(repository_id="R", old=old, new=new, kind="amend", evidence="post-rewrite")


def test_a_try_that_failed_and_was_amended_is_two_attempts() -> None:
    new = replace(commit("y", "a", 1), committed_at=at(3))
    found = conclude(
        landed(
            new,
            contributions=[credit("x"), credit("y")],
            rewrites=[amended("x", "y")],
            runs=[run("x", 2, "failed"), run("y", 4)],
        )
    )
    assert tries(found) == [("opus", "failed-run", 1), ("opus", "end", 0)]
    assert of(found).failed_runs == 1


def test_an_amend_of_the_message_after_a_failing_run_is_no_attempt() -> None:
    facts = landed(
        replace(commit("y", "a", 1), committed_at=at(3)),
        contributions=[credit("x"), credit("y")],
        rewrites=[amended("x", "y")],
        runs=[run("x", 2, "failed")],
        diffs=[diff("x", patch="p"), diff("y", patch="p")],
    )
    known = replace(facts, commits={**facts.commits, "x": commit("x", "a", 1)})
    assert tries(conclude(known)) == [("opus", "failed-run", 1)]


def test_a_try_that_was_thrown_away_by_a_force_push_keeps_its_place_and_its_failing_run() -> None:
    """The branch was reset and written anew under another subject; a shared first commit makes it one change."""
    facts = history(
        commit("a"),
        commit("s", "a", 0.5, "start"),
        commit("x", "s", 1, "first try"),
        commit("y", "s", 3, "second try"),
        tips=[target("a"), branch("y", "one")],
        ranges=[kept_range("one", "x", hours=2), kept_range("one", "y", hours=4)],
        contributions=[credit("s", "haiku"), credit("x", "haiku"), credit("y")],
        runs=[run("x", 2, "failed"), run("y", 4)],
    )
    found = conclude(facts)
    (change,) = (change for change in found.change if change.branch == "one")
    assert [(row.model, row.ended_by, row.failed_runs) for row in found.attempt] == [
        ("haiku", "failed-run", 1),
        ("opus", "end", 0),
    ]
    assert (change.attempts, change.failed_runs) == (2, 1)


def test_what_was_rewritten_away_stays_the_work_that_it_was() -> None:
    """The commit `x` was reworded and amended into `y` by a rebase; its own trailer says who tried first."""
    facts = landed(
        commit("y", "a", 3, "another subject"),
        contributions=[credit("x", "haiku"), credit("y")],
        rewrites=[Rewrite(repository_id="R", old="x", new="y", kind="rebase", evidence="post-rewrite")],
        runs=[run("x", 2, "failed")],
    )
    known = replace(facts, commits={**facts.commits, "x": commit("x", "a", 1)})
    assert tries(conclude(known)) == [("haiku", "failed-run", 1), ("opus", "end", 0)]


def test_a_rebase_between_a_failing_run_and_a_pass_is_no_attempt() -> None:
    moved = replace(commit("y", "a", 1), committed_at=at(3))
    found = conclude(
        landed(
            moved,
            contributions=[credit("x"), credit("y")],
            rewrites=[Rewrite(repository_id="R", old="x", new="y", kind="rebase", evidence="post-rewrite")],
            runs=[run("x", 2, "failed"), run("y", 4)],
        )
    )
    assert tries(found) == [("opus", "failed-run", 1)]


def test_a_second_session_of_the_same_model_on_the_branch_is_the_same_attempt() -> None:
    calls = [call("c1", 0.5, branch="one"), call("c2", 2.5, branch="one", session="s2")]
    found = conclude(landed(commit("x", "a", 1), commit("y", "x", 3), calls=calls))
    assert (tries(found), of(found).attempts) == ([("opus", "end", 0)], 1)


def test_a_person_s_commit_in_between_is_neither_an_attempt_nor_ends_one() -> None:
    commits = commit("x", "a", 1), commit("p", "x", 2), commit("y", "p", 3)
    seen = [made_on("p", "one")]
    found = conclude(landed(*commits, contributions=[credit("x"), credit("y")], seen=seen))
    assert tries(found) == [("opus", "end", 0)]
    mended = conclude(
        landed(*commits[:2], contributions=[credit("x")], seen=seen, runs=[run("x", 1.5, "failed"), run("p", 2.5)])
    )
    assert tries(mended) == [("opus", "failed-run", 1)]
    assert of(mended).started_by == "model"


def test_a_run_that_failed_on_an_old_head_after_the_new_one_was_pushed_is_a_failing_run_and_no_attempt() -> None:
    found = conclude(
        landed(
            commit("x", "a", 1),
            commit("y", "x", 2),
            commit("z", "y", 5),
            contributions=[credit("x"), credit("y"), credit("z")],
            runs=[run("x", 3, "failed"), run("y", 4)],
        )
    )
    assert (tries(found), of(found).failed_runs, of(found).attempts) == ([("opus", "end", 1)], 1, 1)


def test_one_check_that_fails_beside_one_that_passes_is_a_failing_run() -> None:
    found = conclude(
        landed(
            commit("x", "a", 1),
            commit("y", "x", 3),
            contributions=[credit("x"), credit("y")],
            runs=[run("x", 1.5, name="lint"), run("x", 2, "failed"), run("y", 3.5, name="lint"), run("y", 4)],
        )
    )
    assert (of(found).attempts, of(found).failed_runs, of(found).first_pass) == (2, 1, False)


def test_a_squash_of_commits_that_nobody_knows_is_one_attempt_of_its_model() -> None:
    facts = history(
        commit("a"),
        commit("s", "a", 5, "feat: x (#7)", number=7),
        tips=[target("s")],
        requests=[request(7, merged=5, head="gone")],
        contributions=[credit("s"), credit("s", "gpt", "review", "codex")],
    )
    found = conclude(facts)
    assert (tries(found), of(found).second_review_when) == ([("opus", "end", 0)], "final")


def test_who_started_is_a_person_only_where_a_hook_saw_it() -> None:
    commits = commit("p", "a", 1), commit("x", "p", 3)
    unseen = of(conclude(landed(*commits, contributions=[credit("x")])))
    seen = of(conclude(landed(*commits, contributions=[credit("x")], seen=[made_on("p", "one")])))
    assert (unseen.started_by, seen.started_by) == ("", "person")
    assert (seen.started_model, seen.first_model) == (None, "opus")


def test_who_started_may_have_scouted() -> None:
    calls = [call("c0", 0.2, model="haiku", branch="one", session="read"), call("c1", 0.5, branch="one")]
    change = of(conclude(landed(commit("x", "a", 1), calls=calls)))
    assert (change.started_by, change.started_model, change.started_role) == ("model", "haiku", "scout")
    assert change.models_tried == "opus"


def reviewed(hours: float, **facts: Any) -> Change:
    """Opus commits at hours 1 and 4, and codex reviews on the branch."""
    calls = [
        call("c1", 0.5, branch="one"),
        call("c2", 3.5, branch="one"),
        replace(call("r1", hours, session="r", model="gpt", branch="one", output=300), agent_name="/review"),
    ]
    return of(conclude(landed(commit("x", "a", 1), commit("y", "x", 4), calls=calls, **facts)))


def test_a_session_that_reviewed_the_branch_and_made_no_commit_is_a_review_of_its_change() -> None:
    early, final, late = reviewed(2), reviewed(5), reviewed(21)
    assert [each.second_review_when for each in (early, final, late)] == ["early", "final", "late"]
    assert {(each.nusd_review, each.reviews, each.has_second_review) for each in (early, final, late)} == {
        (300_000, 1, True)
    }
    assert final.lineup == "opus + gpt review"


def test_a_verdict_from_another_branch_is_booked_to_the_request_it_names() -> None:
    verdict = SessionReview(id="v", session="r", subagent="", directory=HOME, at=at(6), request_number=7)
    calls = [call("c1", 0.5, branch="one"), call("r1", 5, session="r", model="gpt", branch="main", output=300)]
    facts = landed(commit("x", "a", 1), commit("y", "x", 4), calls=calls, session_reviews=[verdict])
    found = conclude(facts)
    assert (of(found).nusd_review, of(found).second_review_when) == (300_000, "final")
    assert [charge.rule for charge in found.charge if charge.session == "r"] == ["review"]
    wrote = replace(facts, session_writes=(*facts.session_writes, SessionWrite(session="r", path="q", at=START)))
    assert [charge.rule for charge in conclude(wrote).charge if charge.session == "r"] != ["review"]
    other = replace(facts, session_reviews=(replace(verdict, request_number=99),))
    assert [charge.rule for charge in conclude(other).charge if charge.session == "r"] != ["review"]


def test_a_bot_s_review_is_known_from_its_event() -> None:
    event = Event(
        repository_id="R", subject="request:7", kind="reviewed", at=at(6), actor="coderabbitai[bot]", verdict="", oid=""
    )
    change = of(conclude(landed(commit("x", "a", 1), contributions=[credit("x")], events=[event])))
    assert (change.reviews, change.has_second_review, change.second_review_when) == (1, False, "unknown")


MODELS = st.sampled_from(["opus", "haiku", "gpt"])
CALLS = st.lists(
    st.tuples(MODELS, st.integers(0, 24), st.sampled_from(["s1", "s2", "r"]), st.sampled_from(["", "/review", "plan"])),
    max_size=12,
)
RUNS = st.lists(st.tuples(st.sampled_from("xyz"), st.integers(0, 24), st.sampled_from(["passed", "failed"])))


@given(calls=CALLS, runs=RUNS)
def test_attempts_and_reviews_cost_what_the_change_costs(
    calls: list[tuple[str, int, str, str]], runs: list[tuple[str, int, str]]
) -> None:
    made = [
        replace(call(f"c{n}", hour, model=model, session=session, branch="one", output=n * 333 + 1), agent_name=name)
        for n, (model, hour, session, name) in enumerate(calls)
    ]
    ran = [replace(run(oid, hour, word), run=f"r{n}") for n, (oid, hour, word) in enumerate(runs)]
    commits = commit("x", "a", 1), commit("y", "x", 6), commit("z", "y", 12)
    found = conclude(landed(*commits, contributions=[credit("x")], calls=made, runs=ran))
    change = of(found)
    assert sum(row.nusd for row in found.attempt) == change.nusd == sum(row.nusd for row in found.charge)
    assert sum(row.calls for row in found.attempt) == len(made)
    assert sum(row.failed_runs for row in found.attempt) == change.failed_runs
    assert sum(row.nusd for row in found.review) == change.nusd_review
    assert change.attempts == len([row for row in found.attempt if row.change_id == change.id])
    by_attempt = {row.number: row.nusd for row in found.attempt}
    for number, nusd in by_attempt.items():
        assert nusd == sum(row.nusd for row in found.charge if row.attempt == number)


def test_a_run_with_changes_in_the_worktree_tells_nothing_of_the_commit() -> None:
    def judged(*runs: Run) -> Change:
        facts = history(commit("a"), tips=[target("a")], contributions=[credit("a")], runs=list(runs))
        return conclude(facts).change[0]

    dirty, failing = replace(run("a", 1), is_dirty=True), replace(run("a", 3, "failed"), is_dirty=True)
    alone = judged(dirty, failing)
    assert (alone.is_verified, alone.first_pass, alone.failed_runs, alone.attempts) == (None, None, 0, 1)
    clean = run("a", 2, "failed")
    assert judged(dirty, clean, failing) == judged(clean)
