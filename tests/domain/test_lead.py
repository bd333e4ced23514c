"""Who led a change."""

from __future__ import annotations

from ledger.domain.changes import Identity
from ledger.domain.facts import Commit, Contribution
from ledger.domain.lead import Spend, lead
from tests.domain.building import commit, credit, diff

COMMITS = {row.oid: row for row in (commit("x"), commit("y", "x"), commit("s", "a"), commit("m", "a y"))}


def change(*oids: str, landed: str | None = None) -> Identity:
    return Identity(
        id="R/x",
        basis="branch",
        number=None,
        branch="b",
        title="t",
        landed_oid=landed,
        landed_by=None,
        landed_at=None,
        commits=oids,
    )


def led(
    rows: list[Contribution],
    *oids: str,
    landed: str | None = None,
    lines: dict[str, int] | None = None,
    spends: list[Spend] | None = None,
    commits: dict[str, Commit] | None = None,
) -> tuple[str | None, str | None]:
    diffs = {oid: diff(oid, count) for oid, count in (lines or {}).items()}
    found = lead(change(*oids, landed=landed), commits or COMMITS, diffs, rows, spends or [])
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
