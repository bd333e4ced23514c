"""Who led a change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.changes import Identity
from ledger.domain.facts import Contribution
from ledger.domain.git_facts import Commit
from ledger.domain.lead import Spend, lead
from tests.domain.building import commit, credit, diff

COMMITS = {row.oid: row for row in (commit("x"), commit("y", "x"), commit("s", "a"), commit("m", "a y"))}


def change(*oids: str, landed: str | None = None, by: str | None = None) -> Identity:
    return Identity(
        id="R/x",
        basis="branch",
        number=None,
        branch="b",
        title="t",
        landed_oid=landed,
        landed_by=by,
        landed_at=None,
        commits=oids,
        landing=(landed,) if landed else (),
    )


def led(
    rows: list[Contribution],
    *oids: str,
    landed: str | None = None,
    lines: dict[str, int] | None = None,
    spends: list[Spend] | None = None,
    commits: dict[str, Commit] | None = None,
    by: str | None = None,
) -> tuple[str | None, str | None]:
    diffs = {oid: diff(oid, count) for oid, count in (lines or {}).items()}
    found = lead(change(*oids, landed=landed, by=by), commits or COMMITS, diffs, rows, spends or [])
    return found.model, found.evidence


def test_the_most_changed_lines_lead() -> None:
    assert led([credit("x", "opus"), credit("y", "haiku")], "x", "y", lines={"x": 5, "y": 6}) == ("haiku", "lines")


def test_lines_that_were_rewritten_away_do_not_count() -> None:
    assert led([credit("x", "opus"), credit("y", "haiku")], "y", lines={"x": 50, "y": 6}) == ("haiku", "lines")


def test_a_squash_counts_only_where_its_sources_say_nothing() -> None:
    rows = [credit("s", "opus"), credit("x", "haiku")]
    assert led(rows, "s", "x", landed="s", lines={"s": 50, "x": 6}) == ("haiku", "lines")
    assert led(rows[:1], "s", "x", landed="s", lines={"s": 50, "x": 6}) == ("opus", "lines")


def test_reviewers_and_merges_do_not_lead() -> None:
    assert led([credit("x", "gpt", "review"), credit("m", "opus")], "x", "m", lines={"x": 5, "m": 500}) == (
        "opus",
        "only",
    )


def test_without_lines_the_largest_charge_leads_and_ties_go_by_name() -> None:
    spends = [
        Spend("haiku", "a", None, None, 5),
        Spend("opus", "a", None, None, 5),
        Spend("sonnet", "a", None, None, 4),
    ]
    assert led([], "x", spends=spends) == ("haiku", "charges")


def test_equal_lines_are_decided_by_cost() -> None:
    rows = [credit("x", "haiku"), credit("x", "opus")]
    spends = [Spend("haiku", "a", None, None, 1), Spend("opus", "a", None, None, 5)]
    assert led(rows, "x", lines={"x": 10}, spends=spends) == ("opus", "lines")


def test_no_evidence_no_lead() -> None:
    assert led([credit("x", None)], "x", lines={"x": 5}) == (None, None)


def noted(subject: str, model: str | None, lines: int | None) -> Contribution:
    return replace(credit(subject, model), evidence="note", lines=lines)


def test_the_lines_of_a_note_count_and_the_rest_of_the_commit_is_nobody_s() -> None:
    rows = [noted("x", "opus", 5), noted("x", "haiku", 1), credit("y", "haiku")]
    assert led(rows, "x", "y", lines={"x": 100, "y": 3}) == ("opus", "lines")
    assert led(rows, "x", "y", lines={"x": 100, "y": 5}) == ("haiku", "lines")


def test_a_note_counts_no_more_lines_than_the_commit_has() -> None:
    """Notes that were carried over a squash have claimed more lines than were added."""
    rows = [noted("x", "opus", 5_000), noted("x", None, 5_000), credit("y", "haiku")]
    assert led(rows, "x", "y", lines={"x": 10, "y": 6}) == ("haiku", "lines")


def test_a_note_s_lines_are_lines_where_the_diff_is_not_known() -> None:
    assert led([noted("x", "opus", 3), noted("x", "haiku", 4)], "x") == ("haiku", "lines")


def test_a_note_without_lines_is_as_any_other_claim() -> None:
    assert led([noted("x", "opus", 0)], "x", lines={"x": 9}) == ("opus", "lines")


SQUASH = ("s", "x", "y")


@pytest.mark.parametrize("evidence", ["trailer", "coauthor", "author", "footer"])
def test_one_trailer_leads_no_squash_of_several_commits(evidence: str) -> None:
    row = replace(credit("s", "opus"), evidence=evidence)
    lines = {"s": 50, "x": 25, "y": 25}
    assert led([row], *SQUASH, landed="s", by="squash", lines=lines) == (None, "mixed")
    assert led([row], "s", "x", landed="s", by="squash", lines=lines) == ("opus", "lines")
    assert led([row], *SQUASH, landed="s", by="rebase", lines=lines) == ("opus", "lines")


def test_what_a_squash_s_message_says_of_some_leads_it_no_more_where_the_commits_are_gone() -> None:
    row = replace(credit("s", "opus"), scope="mixed")
    assert led([row], "s", landed="s", by="squash", lines={"s": 50}) == (None, "mixed")


@pytest.mark.parametrize("evidence", ["tag", "journal", "note"])
def test_surer_evidence_leads_a_squash(evidence: str) -> None:
    row = replace(credit("s", "opus"), evidence=evidence)
    assert led([row], *SQUASH, landed="s", by="squash", lines={"s": 50}) == ("opus", "lines")


def test_evidence_for_one_of_the_squashed_commits_leads() -> None:
    rows = [credit("s", "opus"), credit("y", "haiku")]
    assert led(rows, *SQUASH, landed="s", by="squash", lines={"s": 50, "y": 1}) == ("haiku", "lines")


def test_what_was_paid_leads_a_mixed_squash() -> None:
    spends = [Spend("haiku", "a", None, None, 5)]
    assert led([credit("s", "opus")], *SQUASH, landed="s", by="squash", spends=spends) == ("haiku", "charges")


def test_a_squash_without_a_model_is_not_mixed() -> None:
    assert led([credit("s", None)], *SQUASH, landed="s", by="squash") == (None, None)


NOTES = st.builds(noted, st.just("x"), st.sampled_from(["opus", "haiku", None]), st.integers(-5, 2**62) | st.none())


@given(st.lists(NOTES, max_size=6), st.integers(0, 1_000))
def test_any_note_is_taken(rows: list[Contribution], added: int) -> None:
    model, evidence = led(rows, "x", lines={"x": added})
    assert (model is None) == (evidence is None)
    assert model in {None, *(row.model for row in rows)}
