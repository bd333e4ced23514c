"""Which of two rows of a call has its numbers, and what two rows of a subagent make together."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import reduce
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.facts import Contribution
from ledger.domain.merging import merge_calls, merge_contributions, merge_prices, merge_subagents
from ledger.domain.session_facts import Call, Price, Subagent
from tests.domain.building import START, at, call, credit, sure

_WORDS = st.sampled_from(["", "a", "b"])
_ROWS = st.builds(
    lambda rank, output, owner: replace(call("c", 0), best_rank=rank, output=output, owner_rank=(owner, 0, "")),
    st.tuples(st.integers(0, 1), st.integers(0, 1), _WORDS, _WORDS),
    st.integers(0, 3),
    _WORDS,
)


@given(_ROWS, _ROWS)
def test_the_quick_comparison_decides_as_the_whole_one(one: Call, other: Call) -> None:
    numbers = [name for name in Call.__slots__ if name not in ("session", "directory", "branch", "at", "owner_rank")]
    best = max(one, other, key=lambda row: (*row.best_rank, repr(tuple(getattr(row, name) for name in numbers))))
    merged = merge_calls(one, other)
    assert (merged.best_rank, merged.output) == (best.best_rank, best.output)


def test_a_row_that_is_best_and_earliest_stays_itself() -> None:
    first = replace(call("c", 0), best_rank=(1, 2, "", ""), owner_rank=("a", 0, ""))
    later = replace(first, best_rank=(1, 1, "", ""), owner_rank=("b", 0, ""), output=sure(first.output) + 1)
    assert merge_calls(later, first) is first


_CLAIMS = st.builds(
    lambda days, lines: replace(credit("x"), at=START + timedelta(days=days), lines=lines),
    st.integers(0, 3),
    st.integers(0, 2) | st.none(),
)


@given(_CLAIMS, _CLAIMS, _CLAIMS, st.sampled_from(["trailer", "note"]))
def test_contributions_merge_alike_in_any_order(
    one: Contribution, two: Contribution, three: Contribution, evidence: str
) -> None:
    one, two, three = (replace(row, evidence=evidence) for row in (one, two, three))
    merged = merge_contributions(merge_contributions(one, two), three)
    assert merged == merge_contributions(one, merge_contributions(three, two))
    dates = [row.at for row in (one, two, three)]
    assert merged.at == (max(dates) if evidence == "note" else min(dates))


def run_of(name: str, written: bool, hours: float) -> Subagent:
    return Subagent(session="s", id="a", name=name, has_written=written, at=at(hours))


_RUNS = st.lists(st.builds(run_of, _WORDS, st.booleans(), st.integers(0, 3)), min_size=2, max_size=4)


@given(_RUNS, st.randoms(use_true_random=False))
def test_a_subagent_is_what_any_row_knows_of_it_in_any_order(rows: list[Subagent], random: Random) -> None:
    merged = reduce(merge_subagents, rows)
    shuffled = random.sample(rows, len(rows))
    assert reduce(merge_subagents, shuffled) == merged
    assert merged.has_written == any(row.has_written for row in rows)
    assert bool(merged.name) == any(row.name for row in rows)
    assert merged.at == min(row.at for row in rows)
    assert merge_subagents(merged, merged) == merged


def test_who_was_at_work_comes_with_the_numbers_and_a_row_read_anew_adds_it() -> None:
    old = call("c", 0)
    new = replace(old, agent_name="code-reviewer", subagent="a1")
    assert merge_calls(old, new) == merge_calls(new, old) == new
    copied = replace(new, best_rank=(0, 1, "", ""), owner_rank=("0", 0, ""))
    assert (merge_calls(old, copied).subagent, merge_calls(copied, old).agent_name) == ("", "")


def rates(table: str, rate: int = 1, match: str = "exact", priced_as: str | None = "x") -> Price:
    return Price(
        provider="", model_raw="m", day="2026-03-01", speed="", service_tier="", region="", priced_as=priced_as,
        match=match, tiers=((0, rate, 0, 0, 0, 0),), web_search_nusd=0, table_version=table,
    )  # fmt: skip


RATES = [
    rates("genai-prices 9.9.9", priced_as=None),
    rates("genai-prices 0.2.3", 1),
    rates("genai-prices 0.2.3", 2),
    rates("genai-prices 0.2.10", 3),
    rates("prices.toml", 4, "override"),
]


@pytest.mark.parametrize("order", list(permutations(RATES)))
def test_rates_of_two_ledgers_end_alike_in_every_order(order: tuple[Price, ...]) -> None:
    assert reduce(merge_prices, order) == RATES[-1]
    assert reduce(merge_prices, [each for each in order if each.match == "exact" and each.priced_as]) == RATES[3]
