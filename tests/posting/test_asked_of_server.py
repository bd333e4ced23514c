"""What is asked of a ledger in a file and of one on a server has one answer."""

from __future__ import annotations

from pathlib import Path

from ledger.domain.conclusions import Change
from ledger.domain.static_rules import parse
from ledger.posting.backtesting import backtest
from ledger.posting.contesting import contest
from ledger.posting.loops import find_retries, find_reviews
from ledger.posting.reporting import make_report
from ledger.reports import backtest_json, render, versus_json
from ledger.reports.loops import render_retries, render_reviews
from ledger.store.engine import Ledger, open_ledger
from ledger.store.figures import Only, Slice
from tests.store.changing import NOW, OPENED, attempt, change, fill

ONLY: Only = (("model", ("opus", "haiku")), ("task_type", ("feat", "fix")), ("month", ("2026-03",)))


def drawn() -> list[Change]:
    return [
        change(
            number,
            1 + number / 8,
            "accepted" if number % 3 else "rejected",
            repository_id="ABC"[number % 3 - number % 2],
            lead_model=("opus", "haiku", None)[number % 5 % 3],
            lead_family="claude",
            task_type=("feat", "fix", "docs")[number % 4 % 3],
            area=("", "auth")[number % 2],
            second_review_when=("", "final", "late")[number % 7 % 3],
            nusd_review=10**8,
        )
        for number in range(64)
    ]


def answers(ledger: Ledger) -> list[str]:
    reports = [
        make_report(ledger, NOW),
        make_report(ledger, NOW, repository_id="A", whom="family", by="month", fallback_nusd=5 * 10**9),
        make_report(ledger, NOW, by="repository", only=ONLY),
        make_report(ledger, NOW, cost="list", by="label:team"),
        make_report(ledger, NOW, by="role", credit="own"),
        *(
            make_report(ledger, NOW, since=OPENED, until=NOW, cost=cost, credit=credit)
            for cost, credit in ((None, "own"), ("list", "lead"))
        ),
    ]
    return [
        *(render(report, "json") for report in reports),
        *(
            versus_json.render(contest(ledger, NOW, "opus", "Haiku", part=Slice(), by="area", cost=cost))
            for cost in (None, "list")
        ),
        backtest_json.render(
            backtest(ledger, NOW, parse("feat area=auth -> OPUS; docs -> haiku; else -> opus"), Slice())
        ),
        render_retries(find_retries(ledger, NOW, Slice(only=ONLY), "repository", "agent"), "json"),
        render_reviews(find_reviews(ledger, NOW, Slice(), "label:team"), "json"),
    ]


def test_every_answer_is_the_same_on_a_server(tmp_path: Path, server_url: str) -> None:
    told = []
    for place in (str(tmp_path / "ledger.db"), server_url):
        ledger = open_ledger(place)
        rows = drawn()
        fill(ledger, rows, [attempt(row, 1, 1, "end") for row in rows])
        told.append(answers(ledger))
        ledger.close()
    for one, other in zip(*told, strict=True):
        assert one == other
