"""From rules in text to what they would have cost: names, changes, figures, and what is refused."""

from __future__ import annotations

import io
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ledger.domain.backtest import Backtest
from ledger.domain.backtested import headline, notes
from ledger.domain.conclusions import Change
from ledger.domain.estimates import estimate
from ledger.domain.path_rules import Area
from ledger.domain.report import COST_UNKNOWN, FORGE_UNHEARD
from ledger.domain.static_rules import parse
from ledger.errors import LedgerError
from ledger.posting.backtesting import backtest, rules_text
from ledger.posting.reporting import make_report
from ledger.reports import backtest_json
from ledger.store.engine import Ledger, open_ledger
from ledger.store.figures import Slice
from tests.store.changing import NOW, change, fill

CHEAP, STRONG, OLD = "claude-haiku-4-5", "claude-opus-4-8", "claude-opus-4-1"
HOSTILE = "[red]x\x1b[31m\u202e::error::=1+1"


def made() -> list[Change]:
    """The cheap model loops on features, and does for docs; what it began the strong one may have ended."""
    chance = random.Random(2)
    plan = {
        (CHEAP, "docs", "none"): (40, 0.1, 0.9, 1),
        (STRONG, "docs", "none"): (20, 0.6, 0.9, 1),
        (CHEAP, "feat", "auth"): (20, 4.0, 0.5, 5),
        (STRONG, "feat", "auth"): (20, 1.5, 0.9, 1),
        (STRONG, "feat", "none"): (14, 1.5, 0.9, 1),
        (OLD, "feat", "none"): (6, 1.8, 0.9, 1),
        (HOSTILE, "fix", "web\x1b[2J"): (8, 2.0, 0.7, 1),
    }
    rows: list[Change] = []
    for (model, task, area), (n, each, rate, tries) in plan.items():
        for _ in range(n):
            cost, outcome = each * chance.uniform(0.6, 1.4), "accepted" if chance.random() < rate else "rejected"
            fields: dict[str, Any] = {"task_type": task, "area": area, "attempts": tries, "failed_runs": tries - 1}
            fields |= {"first_model": model, "lead_model": STRONG if task == "feat" else model}
            fields["stakes"] = "high" if area == "auth" else "normal"
            rows.append(change(len(rows), cost, outcome, **fields))
    rows.append(change(len(rows), 1, first_model=None, task_type="docs"))
    rows.append(change(len(rows), 1, first_model=CHEAP, task_type="docs", cost_known="partial"))
    return [*rows, change(len(rows), 1, basis="trunk", task_type="fix")]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    opened = open_ledger(str(tmp_path_factory.mktemp("ledger") / "ledger.db"))
    fill(opened, made())
    yield opened
    opened.close()


def found(ledger: Ledger, rules: str, part: Slice | None = None, **more: Any) -> Backtest:
    return backtest(ledger, NOW, parse(rules), part or Slice(), **more)


def verdicts(said: Backtest) -> dict[str, str]:
    return {cell.stratum.kind.task: cell.verdict for cell in said.rules.cells}


def test_the_answer_that_was_built_in_is_found(ledger: Ledger) -> None:
    matched = found(ledger, f"docs -> {CHEAP}; else -> {STRONG}")
    assert verdicts(matched) == {"docs": "would do", "feat": "would do", "fix": "unsupported"}
    assert matched.rules.whole
    assert matched.rules.whole.against.verdict == "would do"
    loops = found(ledger, f"else -> {CHEAP}")
    assert verdicts(loops)["feat"].startswith("costs more")
    assert verdicts(loops)["docs"] == "would do"
    assert loops.rules.whole
    assert loops.rules.whole.against.cost == "more"
    assert (loops.rules.whole.rules.attempts or 0) > 1.5 * (loops.rules.whole.happened.attempts or 9)


def test_who_began_is_credited_and_not_who_led(ledger: Ledger) -> None:
    """The report by first model has the same figures; the strong one led all features."""
    said = found(ledger, f"feat -> {CHEAP}")
    (cell,) = [each for each in said.rules.cells if each.stratum.rule == 0]
    report = make_report(ledger, NOW, credit="first")
    (group,) = [row for row in report.by_part if (row.sums.model, row.sums.part) == (CHEAP, "feat")]
    assert cell.own == group.estimate == estimate(cell.stratum.own)
    assert cell.stratum.own.n == 20


def test_what_is_not_known_is_counted_and_left_out(ledger: Ledger) -> None:
    said = found(ledger, f"docs -> {CHEAP}; else -> {STRONG}")
    assert (said.decided, said.unknown_starter, said.unknown_cost, said.elsewhere) == (130, 1, 1, {"trunk": 1})
    assert (said.basis, said.cost) == ("request", "at list price")
    (docs,) = [cell for cell in said.rules.cells if cell.stratum.kind.task == "docs"]
    assert (docs.stratum.weight, docs.stratum.whole.n, docs.stratum.own_decided) == (62, 60, 41)
    assert any(line.startswith("Of 1 decided change nobody knows which model tried first") for line in notes(said))


def test_kinds_of_work_are_as_fine_as_the_rules(ledger: Ledger) -> None:
    said = found(ledger, f"feat area=AUTH stakes=high -> {STRONG}; else -> {CHEAP}")
    kinds = {cell.stratum.kind.known: cell.stratum.rule for cell in said.rules.cells}
    assert kinds[("task_type", "feat"), ("area", "auth"), ("stakes", "high")] == 0
    assert kinds[("task_type", "feat"), ("area", "none"), ("stakes", "normal")] == 1
    coarse = found(ledger, f"else -> {CHEAP}")
    assert [len(cell.stratum.kind.known) for cell in coarse.rules.cells] == [1, 1, 1]


def test_each_model_that_the_rules_name_stands_beside_them_for_all_work(ledger: Ledger) -> None:
    said = found(ledger, f"docs -> {CHEAP}; fix -> {CHEAP}; else -> {STRONG}")
    assert [str(each.aims[0].rule) for each in said.always] == [f"else -> {CHEAP}", f"else -> {STRONG}"]
    assert found(ledger, f"else -> {CHEAP}").always == ()
    twice = found(ledger, f"docs -> claude-haiku; fix -> {STRONG}; else -> {CHEAP}")
    assert [each.aims[0].name for each in twice.always] == ["claude-haiku", STRONG]
    assert said.always[0].whole == found(ledger, f"else -> {CHEAP}").rules.whole


def test_a_family_is_all_of_its_models_and_a_name_may_differ_in_case(ledger: Ledger) -> None:
    said = found(ledger, "feat -> Claude-Opus; else -> CLAUDE-HAIKU-4-5")
    assert [(aim.name, sorted(aim.models)) for aim in said.rules.aims] == [
        ("claude-opus", [OLD, STRONG]),
        (CHEAP, [CHEAP]),
    ]
    (feat,) = [cell for cell in said.rules.cells if cell.stratum.kind.task == "feat"]
    assert feat.stratum.own.n == 40


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ("docs -> claude-haiku-4-6", "is called claude-haiku-4-6 here; did you mean claude-haiku or claude-haiku-4-5"),
        ("docs -> zzz", "No model or family is called zzz here; there is "),
        (f"area=outh -> {CHEAP}", "No area is called outh here; did you mean auth?"),
        (f"package=packages/web -> {CHEAP}", "No package is called packages/web here; there is none"),
        ('area="\x1b]0;" -> x', "No area is called ·]0; here; there is "),
        (f"area=auth -> {CHEAP}; area=AUTH -> {STRONG}", "no change ever reaches area=auth -> claude-opus-4-8, s"),
    ],
)  # fmt: skip
def test_names_that_nobody_knows_are_refused_with_what_is_like_them(ledger: Ledger, rules: str, words: str) -> None:
    with pytest.raises(LedgerError) as error:
        found(ledger, rules)
    assert words in str(error.value)
    assert "\x1b" not in str(error.value)


def test_an_area_of_the_configuration_is_known_though_nothing_touched_it(ledger: Ledger) -> None:
    said = found(ledger, f"area=shop -> {CHEAP}; else -> {STRONG}", areas=[Area("shop", ("shop/",), "high")])
    assert [str(aim.rule) for aim in said.rules.idle] == [f"area=shop -> {CHEAP}"]


def test_a_refused_change_may_cost_a_person(ledger: Ledger) -> None:
    plain = found(ledger, f"else -> {STRONG}")
    dear = found(ledger, f"else -> {STRONG}", fallback_nusd=20 * 10**9)
    assert (plain.at_fallback, dear.fallback_nusd) == (None, 20 * 10**9)
    assert dear.rules == plain.rules
    assert dear.at_fallback
    assert plain.rules.whole
    assert (dear.at_fallback.rules.cost.point or 0) > (plain.rules.whole.rules.cost.point or 0)


def test_nothing_outside_is_obeyed_and_every_key_is_always_there(ledger: Ledger, tmp_path: Path) -> None:
    said = json.loads(backtest_json.render(found(ledger, f'fix -> "{HOSTILE}"; else -> {CHEAP}')))
    empty = open_ledger(str(tmp_path / "empty.db"))
    fill(empty, [change(1, 1, first_model=CHEAP, basis="trunk")])
    nothing = found(empty, f"else -> {CHEAP}")
    assert headline(nothing).endswith("nothing to replay: commits on trunk are accepted by construction.")
    assert said.keys() == json.loads(backtest_json.render(nothing)).keys()
    assert [line for line in (headline(nothing), *notes(nothing)) if "\x1b" in line] == []
    empty.close()


def test_an_empty_ledger_knows_no_model(tmp_path: Path) -> None:
    empty = open_ledger(str(tmp_path / "empty.db"))
    with pytest.raises(LedgerError, match="No model or family is called x here: no change of this ledger names any"):
        found(empty, "else -> x")
    empty.close()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"is_forge_known": False}, FORGE_UNHEARD),
        ({"cost_known": "none"}, COST_UNKNOWN),
        ({"outcome": "open"}, "none of these changes is decided yet"),
    ],
)
def test_where_nothing_may_be_said_it_is_not(tmp_path: Path, fields: dict[str, Any], why: str) -> None:
    opened = open_ledger(str(tmp_path / "ledger.db"))
    fill(opened, [change(number, 1, first_model=CHEAP, **fields) for number in range(8)])
    said = found(opened, f"else -> {CHEAP}")
    assert (said.hidden, headline(said)) == (why, f"Nothing can be told of these rules: {why}.")
    assert json.loads(backtest_json.render(said))["replay"] is None
    opened.close()


def test_several_repositories_are_told_apart_and_one_is_not(tmp_path: Path) -> None:
    chance = random.Random(5)
    rows = [
        change(number, chance.uniform(1, 2), "accepted" if number % 4 else "rejected", task_type="fix",
               first_model=(CHEAP, STRONG)[number % 2], repository_id="RQ"[number % 3 % 2])
        for number in range(90)
    ]  # fmt: skip
    opened = open_ledger(str(tmp_path / "several.db"))
    fill(opened, rows)
    said = found(opened, f"else -> {CHEAP}")
    assert [cell.stratum.kind.repository for cell in said.rules.cells] == ["R", "Q"]
    assert said.repositories == {"R": "owner/R", "Q": "owner/Q"}
    alone = found(opened, f"else -> {CHEAP}", Slice(repository_id="R"))
    assert [cell.stratum.kind.repository for cell in alone.rules.cells] == [""]
    assert alone.repositories == {}
    opened.close()


def test_rules_are_what_is_said_a_file_or_the_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "rules.txt"
    file.write_bytes(b"\xef\xbb\xbfdocs -> a\n")
    assert rules_text("docs -> a") == "docs -> a"
    assert rules_text("docs → a") == "docs → a"
    assert rules_text(str(file)) == "docs -> a\n"
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"fix -> b")))
    assert rules_text("-") == "fix -> b"


@pytest.mark.parametrize("said", ["missing.txt", ".", "a\0b", "docs", ""])
def test_what_is_neither_rules_nor_a_file_is_refused_with_how_to_write_them(
    said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        LedgerError, match=r"is no rule and cannot be read as a file .*; write rules like 'docs -> MODEL;"
    ):
        rules_text(said)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rules").write_bytes(b"\xff\xfe\x00docs")
    with pytest.raises(LedgerError, match=r"rules is no text in UTF-8; write rules like"):
        rules_text(str(tmp_path / "rules"))
