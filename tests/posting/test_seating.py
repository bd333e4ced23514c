"""Seats, credits and qualities, from the settings and the calls to the report."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger.posting.update import update
from ledger.posting.workplace import open_workplace
from tests.commands.running import run
from tests.gitting import WHEN, commit, git
from tests.posting.calling import NOW, asked, made, opened, post_calls

AS_OF = ("--as-of", "2026-03-31")


@pytest.fixture
def begun(repository: Path) -> Path:
    commit(repository, "first", at=WHEN)
    return repository


def report(repository: Path) -> dict[str, Any]:
    done = run("-C", str(repository), "report", "--format", "json", *AS_OF)
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def text(repository: Path) -> str:
    return " ".join(run("-C", str(repository), "report", *AS_OF).out.split())


def post_elsewhere(repository: Path, *keys: str) -> None:
    """Calls in a directory that no repository owns."""
    with opened(repository) as ledger:
        with ledger.write() as writing:
            writing.post([replace(made(key), directory="/somewhere/else") for key in keys])
            writing.mark_dirty([asked(repository, "SELECT id FROM repository")[0][0]])
        update(open_workplace(str(repository)), ledger, now=NOW, sources=("commits",))


def test_seats_are_spread_over_the_calls_here_and_elsewhere_and_the_headline_says_so(begun: Path) -> None:
    git(begun, "config", "--add", "ledger.seats", "claude-code 100 seats=2 from=2026-02")
    git(begun, "config", "--add", "ledger.seats", "codex 20 from=2026-03")
    post_calls(begun, made("a"), made("b"), made("c"))
    post_elsewhere(begun, "d")
    found = report(begun)
    assert found["cost_kind"] == "list"
    assert "at list price, a value and not a bill: claude-code has flat seats." in found["headline"]
    assert found["costs"]["list_usd"] == "0.075"
    claude, codex = found["costs"]["seats"]
    assert claude == {
        "agent": "claude-code", "paid_usd": "400.00", "effective_usd": "150.00", "elsewhere_usd": "50.00",
        "idle_usd": "200.00", "list_usd": "0.075",
    }  # fmt: skip
    assert (codex["paid_usd"], codex["idle_usd"]) == ("20.00", "20.00")
    assert "Seats for claude-code cost $400.00: $150.00 fell to calls here" in text(begun)


def test_without_seats_nothing_is_said_of_bills(begun: Path) -> None:
    post_calls(begun, made("a"))
    found = report(begun)
    assert found["headline"].endswith(", at list price.")
    assert found["costs"]["seats"] == []
    assert "Seats" not in text(begun)


def test_a_seat_that_cannot_be_read_is_a_sentence(begun: Path) -> None:
    git(begun, "config", "ledger.seats", "claude-code lots")
    done = run("-C", str(begun), "update")
    assert (done.code, "ledger.seats of claude-code has no readable price" in done.err) == (1, True)


def test_credits_are_shown_as_what_they_are(begun: Path) -> None:
    told: dict[str, Any] = {"reported_nusd": 2_500_000_000, "reported_kind": "credits"}
    post_calls(begun, made("a", **told), made("b", "nobody-knows-1", **told))
    found = report(begun)
    assert (found["costs"]["credits"], found["costs"]["premium_requests"]) == ("5.00", "0.00")
    assert found["reconciliation"]["total_usd"] == "0.025"
    assert found["coverage"]["calls_unpriced"] == 1
    assert "Credits used: 5. They are the seller's unit and no money here." in text(begun)


def test_what_an_agent_said_counts_where_nobody_has_a_price_and_is_told(begun: Path) -> None:
    word: dict[str, Any] = {"reported_nusd": 300_000_000, "reported_kind": "list"}
    post_calls(begun, made("a", "nobody-knows-1", **word), made("b", **word))
    found = report(begun)
    assert found["reconciliation"]["total_usd"] == "0.325"
    assert (found["costs"]["reported_usd"], found["costs"]["list_usd"]) == ("0.60", "0.025")
    assert (found["coverage"]["calls_told"], found["coverage"]["calls_unpriced"]) == (1, 0)
    assert "1 call without a known price at the cost that their agent told" in text(begun)
    assert asked(begun, "SELECT cost_source FROM call_cost ORDER BY event_key") == [("reported",), ("list",)]


def test_every_quality_is_carried_to_the_report(begun: Path) -> None:
    words = ["placeholder", "placeholder", "estimated", "rollup", *["final"] * 6]
    post_calls(begun, *(made(f"k{number}", quality=word) for number, word in enumerate(words)))
    coverage = report(begun)["coverage"]
    names = ("calls", "calls_placeholder", "calls_estimated", "calls_rollup", "calls_aggregate")
    assert [coverage[name] for name in names] == [10, 2, 1, 1, 0]
    said = text(begun)
    assert "20% of calls have placeholder output: cost is a lower bound." in said
    assert "10% of calls are estimated: their logs round or leave out tokens" in said
    assert "1 row is a sum over a session's calls" in said


def test_rebuilding_with_seats_gives_the_same_bytes(begun: Path) -> None:
    git(begun, "config", "ledger.seats", "claude-code 100 from=2026-02")
    post_calls(begun, made("a"), made("b"))
    before = run("-C", str(begun), "report", "--format", "json", *AS_OF).out
    assert run("-C", str(begun), "db", "rebuild").code == 0
    assert run("-C", str(begun), "report", "--format", "json", *AS_OF).out == before


def test_the_view_has_the_kinds_beside_each_other_and_counts_what_the_report_counts(begun: Path) -> None:
    post_calls(
        begun,
        made("a", reported_nusd=30_000_000, reported_kind="proxy"),
        made("b", "nobody-knows-1", reported_nusd=5_000_000, reported_kind="billed"),
        made("c", "nobody-knows-1", quality="rollup", reported_nusd=2_000_000_000, reported_kind="premium"),
    )
    names = (
        "model_raw, calls, calls_unpriced, calls_rollup, cost_usd, list_usd, billed_usd, proxy_usd, premium_requests"
    )
    found = asked(begun, f"SELECT {names} FROM costs ORDER BY model_raw")  # noqa: S608 - names of ours
    assert found == [
        ("claude-opus-4-8", 1, 0, 0, 0.025, 0.025, 0, 0.03, 0),
        ("nobody-knows-1", 2, 1, 1, 0.005, 0, 0.005, 0, 2),
    ]
    assert report(begun)["reconciliation"]["total_usd"] == "0.03"
