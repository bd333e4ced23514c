"""Why calls have no price, and what to do about it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.domain.pricelist import Unpriced, model_keys, remedy, way_of, why_unpriced
from ledger.domain.pricing import PriceKey, Quote
from ledger.domain.session_facts import Price

ROW = Unpriced(
    model_raw="claude-opus-4-8", provider="anthropic", speed="", service_tier="", region="", match="missing", calls=2,
    first_on="2026-03-01", last_on="2026-03-05",
)  # fmt: skip
NOTHING = Price(
    **ROW.key()._asdict(), priced_as=None, match="missing", tiers=(), web_search_nusd=0, table_version="t"
)  # fmt: skip


def test_the_key_is_that_of_the_newest_call() -> None:
    assert ROW.key() == PriceKey("anthropic", "claude-opus-4-8", "2026-03-05", "", "", "")


def test_every_way_of_calling_has_a_key() -> None:
    keys = model_keys("gpt-5.5", "2026-03-01")
    assert {name: way_of(key) for name, key in keys.items()} == {
        "standard": "", "fast": "fast", "batch": "batch", "priority": "priority", "flex": "flex", "us": "us",
    }  # fmt: skip
    assert {key.provider for key in keys.values()} == {"openai"}


def test_a_model_without_a_name_can_be_given_no_price() -> None:
    row = replace(ROW, model_raw="", match="missing")
    assert "it names no model" in why_unpriced(row, Quote(NOTHING))
    assert "bring in a bill" in remedy(row, Quote(NOTHING))


@pytest.mark.parametrize(
    ("match", "now", "why", "what"),
    [
        ("untold", Quote(NOTHING), "tells neither all of the tokens nor a cost", "bring in a bill"),
        ("missing", Quote(NOTHING), "no price list has it", "put its price into the file"),
        ("fuzzy", Quote(NOTHING, similar="x/opus-4-1"), "only x/opus-4-1, which is another", "put its price"),
        ("missing", Quote(replace(NOTHING, priced_as="own/m")), "there was no price when", "there is one now"),
        ("searches", Quote(replace(NOTHING, priced_as="x/m")), "none for web searches", "put its price into the file"),
        ("searches", Quote(replace(NOTHING, priced_as="x/m", web_search_nusd=1)), "was no price when", "is one now"),
        ("searches", Quote(replace(NOTHING, priced_as="own/m", match="override")), "was no price when", "is one now"),
        ("mode", Quote(NOTHING, missing="fast", where="p.toml, line 3"), "none for fast", "factor at p.toml, line 3"),
        ("mode", Quote(NOTHING, missing="fast"), "none for fast", "give fast a factor in a price of yours"),
        ("mode", Quote(NOTHING, missing="scale", where="p.toml, line 3"), "none for scale", "bring in a bill"),
    ],
)
def test_the_reason_and_the_remedy(match: str, now: Quote, why: str, what: str) -> None:
    row = replace(ROW, match=match)
    assert why in why_unpriced(row, now)
    assert what in remedy(row, now)
