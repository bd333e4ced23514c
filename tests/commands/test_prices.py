"""`ledger prices`: the price that is used, where it is from, and what has none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands.running import run
from tests.gitting import git
from tests.posting.calling import made, post_calls

OWN = """[[price]]
model = "claude-opus-4-8"
input = 4
output = 20
batch = 0.5

[[price]]
model = "auto"
input = 1
output = 2
"""


def with_own(repository: Path, text: str = OWN) -> None:
    (repository / "prices.toml").write_text(text)
    git(repository, "config", "ledger.prices", "prices.toml")


def printed(repository: Path, *arguments: str) -> str:
    done = run("-C", str(repository), "prices", *arguments)
    assert (done.code, done.err) == (0, "")
    return done.out


def ways(repository: Path, *arguments: str) -> dict[str, dict[str, Any]]:
    found = json.loads(printed(repository, *arguments, "--json"))
    assert found["format"] == 1
    return {way["way"]: way for way in found["ways"]}


def test_a_price_is_shown_by_bucket_tier_and_way_with_its_table(committed: Path) -> None:
    text = printed(committed, "claude-sonnet-4-5-20250929", "--at", "2026-04-01")
    assert "priced as anthropic/claude-sonnet-4-5, the table's model of that name." in text
    assert "From genai-prices " in text
    lines = [line.split() for line in text.splitlines()]
    assert ["input", "3", "1.5", "3", "3.3"] in lines
    assert ["cache", "write,", "1", "h", "6", "3", "6", "6.6"] in lines
    assert ["above", "200,000", "input", "tokens"] in lines
    assert ["output", "22.5", "11.25", "22.5", "24.75"] in lines
    assert ["1,000", "web", "searches", "10", "10", "10", "10"] in lines
    assert "No price for fast, flex: such calls are unpriced." in text


def test_the_day_decides(committed: Path) -> None:
    august, september = (ways(committed, "gpt-5.6-sol", "--at", f"2026-0{month}-01") for month in (8, 9))
    assert august["standard"]["tiers"][0]["input_usd"] == "5.00"
    assert september["standard"]["tiers"][0]["input_usd"] == "4.00"


def test_a_similar_name_that_was_refused_is_told(committed: Path) -> None:
    text = printed(committed, "claude-opus-4-10", "--at", "2026-04-01")
    assert "no price, because the table has only anthropic/claude-opus-4-1, which is another model." in text
    assert "ledger.prices" in text
    standard = ways(committed, "claude-opus-4-10")["standard"]
    assert (standard["match"], standard["similar"], standard["tiers"]) == ("fuzzy", "anthropic/claude-opus-4-1", [])
    assert standard["web_search_usd"] is None


def test_the_user_s_own_price_is_shown_with_file_and_line(committed: Path) -> None:
    with_own(committed)
    text = printed(committed, "claude-opus-4-8")
    assert "priced as own/claude-opus-4-8, your own price." in text
    assert f"({committed / 'prices.toml'}, line 1)" in text
    assert "No price for fast, priority, flex, us" in text
    found = ways(committed, "claude-opus-4-8")
    assert found["standard"]["file"] == f"{committed / 'prices.toml'}, line 1"
    assert found["batch"]["tiers"][0]["output_usd"] == "10.00"
    assert found["fast"]["match"] == "mode"


def test_a_file_that_is_wrong_is_said_with_its_line(committed: Path) -> None:
    with_own(committed, OWN.replace("output = 20", "output = x"))
    done = run("-C", str(committed), "prices", "claude-opus-4-8")
    assert done.code == 1
    assert "prices.toml is not valid TOML" in done.err
    with_own(committed, OWN.replace("output = 2\n", "outptu = 2\n"))
    done = run("-C", str(committed), "prices", "claude-opus-4-8")
    assert (done.code, "prices.toml, line 7 (auto), output: Field required" in done.err) == (1, True)


def test_rates_that_are_kept_are_what_is_used_and_a_difference_is_told(committed: Path) -> None:
    post_calls(committed, made("k", "claude-opus-4-8-20260115"))
    same = printed(committed, "claude-opus-4-8", "--at", "2026-03-01")
    assert "kept in the ledger." in same
    assert "otherwise" not in same
    with_own(committed)
    text = printed(committed, "claude-opus-4-8", "--at", "2026-03-01")
    assert "priced as anthropic/claude-opus-4-8" in text
    assert "The price lists say otherwise now (standard); nothing changes until ledger db rebuild --reprice" in text
    found = ways(committed, "claude-opus-4-8", "--at", "2026-03-01")
    assert found["standard"]["is_kept"]
    assert found["standard"]["is_other_now"]
    assert not found["batch"]["is_kept"]
    assert not ways(committed, "claude-opus-4-8", "--at", "2026-03-02")["standard"]["is_kept"]


def test_looking_up_a_price_makes_no_ledger(committed: Path) -> None:
    printed(committed, "claude-opus-4-8")
    assert not (committed / ".git" / "ledger" / "ledger.db").exists()


def test_models_without_a_price_are_listed_with_calls_reason_and_remedy(committed: Path) -> None:
    post_calls(
        committed,
        *(made(f"a{number}", "claude-opus-4-10", 24 * number) for number in range(3)),
        made("b", "claude-sonnet-4-5", speed="fast"),
        made("c", "nobody-knows-1"),
        made("d", "auto"),
        made("e", "claude-opus-4-8"),
    )
    text = printed(committed, "--unpriced")
    assert text.startswith("6 calls whose cost is not known:\n\nclaude-opus-4-10: 3 calls, 2026-03-01 to 2026-03-03\n")
    assert "Why: the table has only anthropic/claude-opus-4-1, which is another model." in text
    assert "claude-sonnet-4-5 (fast): 1 call, 2026-03-01\n  Why: the model has a price, but none for fast." in text
    assert "nobody-knows-1: 1 call, 2026-03-01\n  Why: no price list has it." in text
    assert "auto: 1 call, 2026-03-01\n  Why: it names no model, and no price of yours has that name." in text
    assert text.count("Remedy: put its price into the file that ledger.prices names (docs/prices.md)") == 3
    assert "Remedy: give fast a factor in a price of yours" in text
    assert "claude-opus-4-8" not in text


def test_what_has_a_price_by_now_needs_only_repricing(committed: Path) -> None:
    post_calls(
        committed,
        made("d", "auto"),
        made("e", "claude-opus-4-8", speed="turbo"),
        made("f", "claude-opus-4-8", service_tier="flex"),
    )
    with_own(committed)
    rows = {
        row["model" if row["way"] == "standard" else "way"]: row
        for row in json.loads(printed(committed, "--unpriced", "--json"))["unpriced"]
    }
    assert rows["auto"]["why"] == "there was no price when the calls were posted"
    assert rows["auto"]["remedy"] == "there is one now: run ledger db rebuild --reprice"
    assert rows["turbo"]["remedy"] == "bring in a bill or a gateway's export that tells the cost"
    assert f"give flex a factor at {committed / 'prices.toml'}, line 1, then" in rows["flex"]["remedy"]


def test_where_everything_has_a_price_it_says_so(committed: Path) -> None:
    post_calls(committed, made("e", "claude-opus-4-8"))
    assert printed(committed, "--unpriced") == "Every call in the ledger has a price, or a cost that was told.\n"
    assert json.loads(printed(committed, "--unpriced", "--json")) == {"format": 1, "unpriced": []}


@pytest.mark.parametrize("arguments", [(), ("claude-opus-4-8", "--unpriced"), ("m", "--at", "soon")])
def test_what_cannot_be_meant_is_a_usage_error(committed: Path, arguments: tuple[str, ...]) -> None:
    assert run("-C", str(committed), "prices", *arguments).code == 2


def test_a_name_from_outside_is_made_harmless(committed: Path) -> None:
    post_calls(committed, made("x", "odd\x1b[31m-1"))
    assert "\x1b" not in printed(committed, "--unpriced")
    assert "\x1b" not in printed(committed, "odd\x1b[31m-1")
