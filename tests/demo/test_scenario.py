"""The plan: repeatable, and with the counts and costs that the report is to find again."""

from collections import Counter
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.demo.cast import CAST, HAIKU, OPUS, PERSON, SONNET
from ledger.demo.plan import PlannedChange, Scenario
from ledger.demo.scenario import deal, draw_scenario
from ledger.domain.estimates import Sums, best_of, estimate


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return draw_scenario(seed=1, changes=200)


def test_the_same_seed_gives_the_same_plan_and_another_seed_another_one(scenario: Scenario) -> None:
    assert draw_scenario(seed=1, changes=200) == scenario
    assert draw_scenario(seed=2, changes=200) != scenario


def test_two_hundred_changes_of_three_models_and_people_over_three_kinds(scenario: Scenario) -> None:
    assert len(scenario.changes) == 200
    assert {change.model for change in scenario.changes} == {OPUS, SONNET, HAIKU, PERSON}
    assert {change.kind for change in scenario.changes} == {"feat", "fix", "docs"}
    assert {turn.role for change in scenario.changes for turn in change.turns} == {"implement", "review", "scout"}
    assert [change.number for change in scenario.changes] == list(range(1, 201))


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_pair_that_matters_has_fifty_decided_changes_each(seed: int) -> None:
    led = Counter(_last_model(change) for change in draw_scenario(seed).changes if change.outcome != "open")
    assert led[OPUS] >= 50
    assert led[HAIKU] >= 50


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_cheapest_call_makes_the_dearest_accepted_change(seed: int) -> None:
    changes = [change for change in draw_scenario(seed).changes if change.model and change.outcome != "open"]
    per_call, per_accepted = {}, {}
    for model in CAST:
        own = [change for change in changes if _last_model(change) == model]
        usd = sum(_usd(change) for change in own)
        per_call[model] = usd / sum(len(turn.calls) for change in own for turn in change.turns)
        per_accepted[model] = usd / sum(change.outcome == "accepted" for change in own)
    assert per_call[HAIKU] < per_call[SONNET] < per_call[OPUS]
    assert per_accepted[OPUS] * 1.8 < per_accepted[HAIKU]


def test_the_evidence_suffices_to_name_the_best(scenario: Scenario) -> None:
    groups: dict[str, Sums] = {}
    for change in scenario.changes:
        if change.model and change.outcome != "open":
            is_accepted, usd = change.outcome == "accepted", _usd(change)
            nusd = round(usd * 1e9)
            one = Sums(1, int(is_accepted), nusd, usd * usd, nusd * is_accepted)
            model = _last_model(change)
            groups[model] = groups[model] + one if model in groups else one
    assert best_of(groups) == [OPUS]
    assert {estimate(sums).strength for sums in groups.values()} <= {"solid", "indicative"}


def test_changes_fail_loop_are_closed_reverted_and_left_open(scenario: Scenario) -> None:
    outcomes = Counter(change.outcome for change in scenario.changes)
    assert outcomes["accepted"] > 100
    assert outcomes["rejected"] > 30
    assert outcomes["open"] >= 7
    assert sum(change.reverted_at is not None for change in scenario.changes) >= 5
    attempts = Counter(sum(turn.role == "implement" for turn in change.turns) for change in scenario.changes)
    assert attempts[3] + attempts[4] >= 20
    assert any(turn.is_elsewhere for turn in scenario.strays)
    assert all(turn.commit is None for turn in scenario.strays)


@given(seed=st.integers(0, 10_000), changes=st.integers(1, 60))
@settings(max_examples=25, deadline=None)
def test_time_runs_forward_in_every_plan(seed: int, changes: int) -> None:
    plan = draw_scenario(seed, changes)
    assert len(plan.changes) == changes
    for change in plan.changes:
        commits = [turn.commit.at for turn in change.turns if turn.commit]
        assert commits == sorted(set(commits))
        assert commits[0] < change.opened_at
        assert (change.decided_at is None) == (change.outcome == "open")
        if change.decided_at:
            assert commits[-1] < change.decided_at < plan.as_of
        if change.reverted_at:
            assert change.outcome == "accepted"
            assert change.decided_at is not None
            assert change.decided_at < change.reverted_at < plan.as_of
        for turn in change.turns:
            assert [call.at for call in turn.calls] == sorted(call.at for call in turn.calls)
            assert turn.commit is None or all(call.at < turn.commit.at for call in turn.calls)
    assert plan.started_at == datetime(2026, 6, 1, tzinfo=UTC)


@given(
    shares=st.dictionaries(st.text(max_size=3), st.floats(0.01, 1), min_size=1, max_size=5),
    count=st.integers(0, 300),
)
def test_a_deck_has_as_many_cards_of_each_kind_as_its_share_says(shares: dict[str, float], count: int) -> None:
    dealt = Counter(deal(Random(1), shares, count))
    assert dealt.total() == count
    for card, share in shares.items():
        assert abs(dealt[card] - count * share / sum(shares.values())) < 1 + 1e-6


def _last_model(change: PlannedChange) -> str:
    return [turn.model for turn in change.turns if turn.role == "implement"][-1]


def _usd(change: PlannedChange) -> float:
    """At the rates that the plan itself assumes."""
    usd = 0.0
    for turn in change.turns:
        write = 2.0 if turn.has_long_cache else 1.25
        for call in turn.calls:
            tokens = call.input + 0.1 * call.cache_read + write * call.cache_write + 5 * call.output
            usd += CAST[call.model].rate * tokens / 1e6
    return usd
