"""What a policy asks of a ledger: the commits of a range, and past changes with all that tells whether they kept it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ledger.domain.facts import Repository
from ledger.domain.git_facts import RepositoryCommit
from ledger.domain.policy import Band, CostRule, ReviewRule
from ledger.domain.policy_evidence import KEPT, OPEN, kept_review
from ledger.domain.policy_reviews import check_review
from ledger.domain.policy_rules import check_cost
from ledger.posting.derive import derive
from ledger.store.engine import Ledger, open_ledger
from ledger.store.policing import read_kept, read_past
from tests.domain.building import branch, call, commit, credit, diff, history, made_on, request, target
from tests.domain.policing import GPT, HAIKU, OPUS, claim, made, policed

OIDS = [f"{number:040x}" for number in range(1, 8)]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """Requests that were made, reviewed and tested by models, one that nothing is known of, and a person's."""
    opened = open_ledger(str(tmp_path_factory.mktemp("ledger") / "ledger.db"), create=True)
    root, one, two, three = OIDS[:4]
    facts = history(
        commit(root),
        *(commit(oid, root, hours) for hours, oid in enumerate((one, two, three), 1)),
        tips=[target(root), *(branch(oid, f"b{number}") for number, oid in enumerate((one, two, three), 1))],
    )
    posted: list[Any] = [Repository(id="R", name="r"), *facts.commits.values(), *facts.tips, *facts.places]
    for number, oid in enumerate((one, two, three), 1):
        posted += [request(number, head=oid, opened=number, closed=number + 5.0, head_ref=f"b{number}")]
        posted += [made_on(oid, f"b{number}", f"s{number}")]
    posted += [credit(one, OPUS), diff(one, 7), credit(two, HAIKU)]
    posted += [
        RepositoryCommit(repository_id="R", oid=oid, evidence="scan", branch="", session="", worktree="")
        for oid in facts.commits
    ]
    calls = [
        call("make", 0.9, branch="b1", session="s1", model=OPUS),
        call("review", 1.5, branch="b1", session="r1", model=GPT),
    ]
    posted += [credit(one, GPT, "review", "codex")]
    with opened.write() as writing:
        writing.post([*posted, *calls, *history(calls=calls).prices])
    derive(opened, "R")
    yield opened
    opened.close()


def test_a_range_has_its_changes_and_what_was_not_posted_has_none(ledger: Ledger) -> None:
    with ledger.read() as connection:
        kept = read_kept(connection, "R", [OIDS[1], OIDS[6]])
        elsewhere = read_kept(connection, "S", OIDS)
    assert kept.books.owners == {OIDS[1]: "R/request:1"}
    assert [change.id for change in kept.books.changes] == ["R/request:1"]
    assert {(row.model, row.role) for row in kept.books.spends} == {(OPUS, "implement"), (GPT, "review")}
    assert [row.model for row in kept.books.reviews] == [GPT]
    assert {(row.subject, row.model) for row in kept.contributions} == {(OIDS[1], OPUS), (OIDS[1], GPT)}
    assert (elsewhere.books.owners, elsewhere.books.changes, elsewhere.contributions) == ({}, (), ())


def test_a_review_that_only_calls_tell_of_is_enough(ledger: Ledger) -> None:
    """The commit names who implemented it; that another provider's model reviewed it afterwards is in its log."""
    with ledger.read() as connection:
        kept = read_kept(connection, "R", OIDS[1:2])
    found = policed(made(OIDS[1], claim(OPUS)), books=kept.books)
    assert [review.evidence for review in kept.books.reviews] == ["calls"]
    assert list(check_review(ReviewRule("fail"), found)) == []
    assert [each.level for each in check_review(ReviewRule("fail"), replace(found, books=None))] == ["fail"]
    later = policed(made(OIDS[1], claim(OPUS)), made(OIDS[6], claim(OPUS), parents=OIDS[1]), books=kept.books)
    assert [each.level for each in check_review(ReviewRule("fail"), later)] == ["unknown"]


def test_what_calls_cost_is_held_against_the_bands(ledger: Ledger) -> None:
    with ledger.read() as connection:
        kept = read_kept(connection, "R", OIDS[1:2])
    found = policed(made(OIDS[1], claim(OPUS)), books=kept.books)
    (cost,) = {change.nusd for change in kept.books.changes}
    assert cost == 2 * 1000 * 1000, "two calls of a thousand tokens at a dollar a million"
    for most, levels in ((cost, []), (cost - 1, ["fail"])):
        rule = CostRule("fail", (("any", Band(None, most)),))
        assert [each.level for each in check_cost(rule, found)] == levels


def test_the_past_is_judged_by_the_same_review(ledger: Ledger) -> None:
    """Its stakes were not read, so whether the rule is about it is open; with them it kept it."""
    with ledger.read() as connection:
        past = next(each for each in read_past(connection, "R") if each.change.number == 1)
    assert kept_review(ReviewRule("warn"), past) == OPEN
    assert kept_review(ReviewRule("warn"), replace(past, change=replace(past.change, stakes="high"))) == KEPT


def test_the_past_is_what_models_had_a_part_in(ledger: Ledger) -> None:
    with ledger.read() as connection:
        past = {each.change.number or 0: each for each in read_past(connection, "R")}
        assert list(read_past(connection, "S")) == []
    assert sorted(past) == [1, 2], "the third is a person's"
    assert past[1].kinds == frozenset({"source"})
    assert [row.model for row in past[1].reviews] == [GPT]
    assert len(past[1].spends) == 2
    assert (past[2].kinds, past[2].reviews, past[2].spends) == (None, (), ()), "its diff was not read"
