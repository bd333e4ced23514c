"""What a call costs, by whoever made it."""

from __future__ import annotations

from ledger.domain.calling import per_call

NANO = 10**9


def test_a_model_is_one_under_all_its_names_and_each_call_counts_alike() -> None:
    made = [("claude-opus-4-8", 1, 3 * NANO), ("anthropic/claude-opus-4-8", 3, NANO), ("claude-haiku-4-5", 4, NANO)]
    assert per_call(made, "model") == {"claude-opus-4-8": 1.0, "claude-haiku-4-5": 0.25}


def test_who_made_no_call_of_known_cost_has_no_price() -> None:
    assert per_call([("odd-model", 0, 0)], "model") == {}
    assert per_call([], "model") == {}


def test_nobody_known_is_told_apart_from_everybody_else() -> None:
    assert per_call([("", 2, NANO), ("<synthetic>", 2, NANO)], "model") == {None: 0.5}
    assert per_call([("claude-code", 2, NANO), ("", 1, NANO)], "agent") == {"claude-code": 0.5, None: 1.0}
