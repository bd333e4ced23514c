"""Which of two rows of a call has its numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.facts import Call, Contribution
from ledger.domain.merging import _best, merge_calls, merge_contributions
from tests.domain.building import START, call, credit, sure

_WORDS = st.sampled_from(["", "a", "b"])
_ROWS = st.builds(
    lambda rank, output, owner: replace(call("c", 0), best_rank=rank, output=output, owner_rank=(owner, 0, "")),
    st.tuples(st.integers(0, 1), st.integers(0, 1), _WORDS, _WORDS),
    st.integers(0, 3),
    _WORDS,
)


@given(_ROWS, _ROWS)
def test_the_quick_comparison_decides_as_the_whole_one(one: Call, other: Call) -> None:
    best = max(one, other, key=_best)
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
