"""The evidence before a choice, written down: the tables to the letter, and an object whose keys the page names."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.domain.advising import Advice
from ledger.reports import advice as table
from ledger.reports import advice_json
from tests.domain.test_advising import ALL, CELL, TASK, advice, row, simpson

PAGE = (Path(__file__).parents[2] / "docs" / "advice.md").read_text()
HOSTILE = "[red]x\x1b[31m\u202e::error::=1+1"


def told() -> Advice:
    """Two models, one of which nobody accepted anything of; and changes that nobody leads."""
    rows = [row("a", [(1.0, True), (1.2, True)] * 10), row(HOSTILE, [(4.0, False)] * 10), row(None, [(1.0, True)] * 2)]
    return advice(CELL, rows)


AS_PRINTED = """\
Of fix in auth, only a was tried often enough: $1.10 (1.05–1.35) per accepted
change over 20 changes, at list price. There is nothing to compare it with; 29
decided changes of another would show a threefold difference, 72 a twofold one.

such work    changes known comparable
────────────────────────────────────────────
fix in auth       32    32          1 ← told

model                  n acc           acc %     cost per accepted tries failing
────────────────────────────────────────────────────────────────────────────────
a                     20  20 100% (84%–100%)     $1.10 (1.05–1.35)     –       –
                                                             solid
[red]x·[31m·::error:: 10   0     0% (0%–28%)    ≥ $15.45 (0 of 10)     –       –
=1+1
(unknown)              2   2 100% (34%–100%)               too few     –       –

Observed, not an experiment: who was given which work is part of it. The choice
is yours, and acceptance counts beside cost.
As of 2026-03-01 09:00 UTC, costs at list price.
"""


def test_the_tables_are_as_they_were() -> None:
    assert table.render(told()) == AS_PRINTED
    text = " ".join(table.render(told(), width=120).split())
    assert "fix in auth 32 32 1 ← told" in text
    assert "a 20 20 100% (84%–100%) $1.10 (1.05–1.35) solid – –" in text
    assert "[red]x·[31m·::error::=1+1 10 0 0% (0%–28%) ≥ $15.45 (0 of 10) – –" in text
    assert "(unknown) 2 2 100% (34%–100%) too few – –" in text


@pytest.mark.parametrize("width", [20, 60, 200])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    assert max(map(len, table.render(told(), width=width).splitlines())) <= max(width, 60)


def test_the_object_says_what_the_page_says_that_it_says() -> None:
    said = json.loads(advice_json.render(told()))
    keys = PAGE.partition("## As JSON")[2]
    named = set(re.findall(r"`(\w+)`", keys))
    row_of = said["models"]["rows"][0]
    for part in (said, said["asked"], said["steps"][0], said["models"], row_of):
        assert part.keys() <= named, part.keys() - named
    assert {each["name"] for each in said["models"]["rows"]} == {"a", HOSTILE, None}
    assert row_of["ordered_by_usd"] == "1.100000"
    nobody = said["models"]["rows"][1]
    assert (nobody["cost_per_accepted"]["point"], nobody["ordered_by_usd"]) == (None, None)
    assert float(nobody["cost_per_accepted"]["lower_bound"]) == pytest.approx(40 / (10 * (1 - 0.05**0.1)))
    assert "\x1b" not in advice_json.render(told())


@pytest.mark.parametrize(
    ("found", "verdict", "order"),
    [
        (told(), "one", "crude"),
        (advice(CELL, []), "nothing", "crude"),
        (advice(TASK, simpson()), "best", "mix"),
        (advice(ALL, simpson()), "other", "mix"),
        (replace(advice(CELL, [row("a", [(1, True)] * 3)]), hidden="the forge is unheard"), "little", "crude"),
    ],
)
def test_all_keys_are_there_whatever_is_told(found: Advice, verdict: str, order: str) -> None:
    said = advice_json.as_object(found)
    assert said.keys() == advice_json.as_object(told()).keys()
    assert said["models"].keys() == advice_json.as_object(told())["models"].keys()
    assert (said["verdict"], said["models"]["order"]) == (verdict, order)
    assert said["hidden"] == (found.hidden or None)
    assert f"`{verdict}`" in PAGE
    assert f"`{order}`" in PAGE
