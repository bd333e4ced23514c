"""`ledger report --cost`: a report by one kind of cost, from real calls, bills and seats; and its sums reconcile."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.derivation import DERIVATION_VERSION
from ledger.posting.update import update
from ledger.posting.workplace import open_workplace
from tests.commands.running import run
from tests.gitting import WHEN, commit, git
from tests.posting.calling import NOW, asked, made, opened, post_calls

AS_OF = ("--as-of", "2026-03-31")


@pytest.fixture
def branched(repository: Path) -> Path:
    """A branch merged into main whose commits have calls of two agents; `a` and `b` are billed, `c` is not."""
    commit(repository, "first", at=WHEN)
    git(repository, "switch", "-q", "-c", "feat/x")
    commit(repository, "feat: x\n\nAssisted-by: claude-code:claude-opus-4-8", {"x": "1"}, at=WHEN)
    git(repository, "switch", "-q", "main")
    git(repository, "merge", "-q", "--no-ff", "--no-edit", "feat/x", at=WHEN)
    head = git(repository, "rev-parse", "feat/x").strip()
    post_calls(
        repository,
        made("a", subject=head, branch="feat/x", reported_nusd=3_000_000_001, reported_kind="billed"),
        made("b", subject=head, branch="feat/x", reported_nusd=2, reported_kind="proxy", agent="codex"),
    )
    return repository


def report(repository: Path, *more: str) -> dict[str, Any]:
    done = run("-C", str(repository), "report", "--format", "json", *AS_OF, *more)
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def group(found: dict[str, Any]) -> dict[str, Any]:
    (only,) = (each for each in found["groups"] if each["key"].get("task_type") is None)
    base: dict[str, Any] = only
    return base


def test_as_billed_and_at_list_price_are_two_reports(branched: Path) -> None:
    billed, listed = report(branched, "--cost", "billed"), report(branched, "--cost", "list")
    assert (billed["cost_kind"], listed["cost_kind"]) == ("billed", "list")
    assert billed["headline"].endswith("as billed.")
    assert listed["headline"].endswith("at list price.")
    assert group(billed)["base"]["cost_usd"] == "3.000000003"
    assert group(listed)["base"]["cost_usd"] == "0.05"
    for found in (billed, listed):
        assert group(found)["base"]["n"] == 1
        assert found["reconciliation"]["difference_usd"] == "0.00"
        assert found["reconciliation"]["total_usd"] == group(found)["base"]["cost_usd"]


def test_a_call_without_a_bill_takes_its_change_out_of_the_ratio(branched: Path) -> None:
    head = git(branched, "rev-parse", "feat/x").strip()
    post_calls(branched, made("c", subject=head, branch="feat/x"))
    billed = report(branched, "--cost", "billed")
    assert group(billed)["n"] == 1
    assert (group(billed)["base"]["n"], group(billed)["n_cost_known"]) == (0, 0)
    assert billed["headline"].startswith("One model only")
    assert billed["reconciliation"]["total_usd"] == "3.000000003", "what is billed is still told"
    assert group(report(branched, "--cost", "list"))["base"]["n"] == 1
    text = run("-C", str(branched), "report", "--cost", "billed", *AS_OF).out
    assert "as billed" in text


def test_seats_are_what_was_paid_where_they_pay(branched: Path) -> None:
    git(branched, "config", "--add", "ledger.seats", "claude-code 100 from=2026-03")
    effective = report(branched, "--cost", "effective")
    assert effective["headline"].endswith("as paid for seats.")
    # All of March's seat fell to the one call of its agent; the other agent's call was billed.
    assert group(effective)["base"]["cost_usd"] == "100.000000002"
    assert effective["reconciliation"]["difference_usd"] == "0.00"
    with opened(branched) as ledger:
        with ledger.write() as writing:
            writing.post([replace(made("z"), directory="/somewhere/else")])
            writing.mark_dirty([asked(branched, "SELECT id FROM repository")[0][0]])
        update(open_workplace(str(branched)), ledger, now=NOW, sources=("commits",))
    assert group(report(branched, "--cost", "effective"))["base"]["cost_usd"] == "50.000000002"


def test_without_seats_or_bills_nothing_is_known_to_be_paid(repository: Path) -> None:
    commit(repository, "first", at=WHEN)
    post_calls(repository, made("a"))
    found = report(repository, "--cost", "effective")
    assert found["reconciliation"]["total_usd"] in ("0", "0.00")
    assert run("-C", str(repository), "report", "--cost", "guess").code == 2


def test_by_a_label_the_kinds_are_the_same(branched: Path) -> None:
    with opened(branched) as ledger, ledger.write() as writing:
        (row,) = asked(branched, "SELECT id FROM repository")
        writing.set_label(str(row[0]), "team", "core")
    found = report(branched, "--cost", "billed", "--by", "label:team")
    costs = {json.dumps(each["key"]): each["base"]["cost_usd"] for each in found["groups"]}
    assert {Decimal(cost) for cost in costs.values()} == {Decimal("3.000000003")}, costs


def test_charges_by_older_rules_tell_no_kind_of_cost_until_they_are_drawn_anew(branched: Path) -> None:
    with opened(branched) as ledger, ledger.write() as writing:
        writing.derived(DERIVATION_VERSION - 1)
    done = run("-C", str(branched), "report", *AS_OF, "--cost", "billed")
    assert done.code == 1
    assert "drawn by an earlier version's rules" in done.err
    assert "run ledger update" in done.err
    with opened(branched) as ledger:
        update(open_workplace(str(branched)), ledger, now=NOW, sources=())
    assert report(branched, "--cost", "billed")["cost_kind"] == "billed"
