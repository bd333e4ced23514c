"""Seven thousand changes told as statements: the report says what a table says that was counted apart from it."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ledger.domain.tasks import TYPES
from ledger.posting.reporting import make_report
from ledger.reports import render
from ledger.store.engine import Ledger
from tests.posting.entering import NOW, Post, statement

MODELS = ("claude-opus-4-8", "claude-haiku-4-5", "gpt-5.4", "gemini-3-pro", "qwen3-coder")
CHANGES = 7000


def drawn() -> list[dict[str, Any]]:
    """Changes of every outcome, model and type, of which some have no cost that anybody knows."""
    chance, found = random.Random(7), []
    for number in range(1, CHANGES + 1):
        opened = date(2025, 6, 1) + timedelta(days=chance.randrange(300))
        outcome = chance.choices(("accepted", "rejected", "abandoned", "open"), (60, 25, 10, 5))[0]
        decided = "" if outcome == "open" else min(opened + timedelta(days=chance.randrange(9)), date(2026, 3, 31))
        cost = "" if chance.random() < 0.07 else f"{chance.lognormvariate(0, 1):.4f}"
        found.append({
            "change": str(number), "model": chance.choice(MODELS), "task_type": chance.choice(TYPES), "cost": cost,
            "opened": opened.isoformat(), "decided": str(decided), "outcome": outcome,
        })  # fmt: skip
    return found


def counted(changes: list[dict[str, Any]], *keys: str) -> dict[tuple[str, ...], Counter[str]]:
    """The table: per key how many of each outcome; of the decided ones of known cost how many, and what they cost."""
    table: dict[tuple[str, ...], Counter[str]] = {}
    for row in changes:
        cell = table.setdefault(tuple(row[key] for key in keys), Counter())
        word = "rejected" if row["outcome"] == "abandoned" else row["outcome"]
        cell["undecided" if word == "open" else word] += 1
        if word != "open" and row["cost"]:
            cell["base_n"] += 1
            cell["base_accepted"] += word == "accepted"
            cell["base_nusd"] += int(Decimal(row["cost"]) * 10**9)
    return table


def test_seven_thousand_statements_give_what_a_table_gives_that_was_counted_apart(post: Post, ledger: Ledger) -> None:
    changes = drawn()
    post(*(statement(**row) for row in changes))
    report = json.loads(render(make_report(ledger, NOW), "json"))
    told: dict[tuple[str, ...], dict[str, Any]] = {}
    for group in report["groups"]:
        kind = group["key"]["task_type"]
        told[(group["key"]["model"], *([kind] if kind else []))] = group
    table = counted(changes, "model") | counted(changes, "model", "task_type")
    assert told.keys() == table.keys()
    for key, cell in table.items():
        group, decided = told[key], cell["accepted"] + cell["rejected"]
        found = (group["accepted"], group["rejected"] + group["abandoned"], group["open"] + group["stale"])
        assert found == (cell["accepted"], cell["rejected"], cell["undecided"]), key
        assert group["acceptance"]["point"] == cell["accepted"] / decided
        base = (group["base"]["n"], group["base"]["accepted"], int(Decimal(group["base"]["cost_usd"]) * 10**9))
        assert base == (cell["base_n"], cell["base_accepted"], cell["base_nusd"]), key
        point = group["cost_per_accepted"]["point"]
        assert abs(Decimal(point) * cell["base_accepted"] - Decimal(cell["base_nusd"]) / 10**9) < Decimal("0.001"), key
    assert sum(group["n"] for key, group in told.items() if len(key) == 1) == CHANGES
    assert report["reconciliation"]["difference_usd"] == "0.00"
