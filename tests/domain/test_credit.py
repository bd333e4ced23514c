"""Credit: every kind sums to the same total, and a role is divided by nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given

from ledger.domain.conclude import Conclusions, conclude
from ledger.domain.conclusions import OwnSpend
from ledger.domain.costing import Judged, Spent, costing
from ledger.domain.credit import CODAS, CREDITS, by_cost, in_whole, revalued_spends, spend_headline
from ledger.domain.history import History
from tests.domain.building import branch, call, commit, credit, history, made_on, target
from tests.domain.test_conclude import histories, small

NANO = 10**9


def spend(
    model: str | None = "opus", role: str | None = "implement", part: str | None = "fix", **nusd: int
) -> OwnSpend:
    sums = {name: nusd.get(name, 0) * NANO for name in ("accepted", "failed", "undecided", "unattributed")}
    return OwnSpend(
        model=model,
        role=role,
        part=part,
        changes=1,
        calls=2,
        calls_unpriced=1,
        **{f"{name}_nusd": amount for name, amount in sums.items()},
    )


def credited(found: Conclusions) -> dict[str, Counter[str | None]]:
    """The cost under each credit, as the report groups it."""
    sums = {name: Counter[str | None]() for name in CREDITS}
    for change in found.change:
        sums["lead"][change.lead_model] += change.nusd
        sums["first"][change.first_model] += change.nusd
        sums["lineup"][change.lineup] += change.nusd
    for row in found.change_spend:
        sums["own"][f"{row.model} {row.role}"] += row.nusd
    return sums


@given(histories())
def test_every_credit_sums_to_the_same_total(facts: History) -> None:
    found = conclude(facts)
    booked = sum(row.nusd for row in found.charge if row.change_id)
    assert {name: sum(sums.values()) for name, sums in credited(found).items()} == dict.fromkeys(CREDITS, booked)


def test_a_review_counts_under_the_lead_under_its_own_model_and_in_the_line_up() -> None:
    sums = credited(conclude(small()))
    assert +sums["lead"] == {"opus": 1_600_000}
    assert +sums["own"] == {"opus implement": 1_500_000, "gpt review": 100_000}
    assert +sums["lineup"] == {"opus + gpt review": 1_600_000}


def test_a_cheap_first_try_is_credited_with_what_it_led_to() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1, "x"),
        commit("y", "x", 3, "y"),
        tips=[target("a"), branch("y", "one")],
        contributions=[credit("x", "haiku"), credit("y", "opus")],
        seen=[made_on("x", "one", "s1"), made_on("y", "one", "s2")],
        calls=[
            call("c1", 0.5, branch="one", model="haiku", output=10),
            call("c2", 2.5, branch="one", session="s2", output=90),
        ],
    )
    sums = credited(conclude(facts))
    assert +sums["first"] == {"haiku": 100_000}
    assert +sums["lead"] == {"opus": 100_000}


def test_parts_add_up_to_the_whole_and_the_dearest_comes_first() -> None:
    rows = [
        spend(part="fix", accepted=1),
        spend(part="feat", accepted=2, failed=3),
        spend(part=None, unattributed=4),
        spend("gpt", "review", undecided=50),
        spend(None, None, accepted=1),
    ]
    whole = in_whole(rows)
    assert [(row.model, row.role, row.part, row.nusd // NANO) for row in whole] == [
        ("gpt", "review", None, 50),
        ("opus", "implement", None, 10),
        (None, None, None, 1),
    ]
    opus = whole[1]
    assert (opus.changes, opus.calls, opus.calls_unpriced) == (3, 6, 3)
    assert (opus.accepted_nusd, opus.failed_nusd, opus.unattributed_nusd) == (3 * NANO, 3 * NANO, 4 * NANO)
    assert in_whole([]) == ()
    assert by_cost(rows[::-1]) == by_cost(rows)


def test_own_spend_by_one_kind_of_cost_is_that_kind_s_and_sums_to_it() -> None:
    def spent(change: str, model: str, role: str, paid: int, unpaid: int = 0) -> Spent:
        return Spent(change, "" if change else "lost", model, "a", "2026-03", 99, paid * NANO, 0, unpaid, role)

    rows = [
        spent("a", "opus", "implement", 5),
        spent("b", "opus", "implement", 2, unpaid=1),
        spent("c", "opus", "implement", 1),
        spent("a", "gpt", "review", 0, unpaid=9),
        spent("", "opus", "implement", 4),
        spent("elsewhere", "opus", "implement", 100),
        replace(spent("", "opus", "implement", 50), is_at_other_time=True),
    ]
    fates = {"a": "accepted", "b": "abandoned", "c": "stale"}
    judged = [Judged(change, "request", None, "fix", fate, True, "known") for change, fate in fates.items()]
    counted = [spend(accepted=1), spend("gpt", "review", accepted=1), spend(part=None, unattributed=1)]
    opus, gpt, lost = revalued_spends(counted, judged, costing("billed", rows, {}))
    assert (opus.accepted_nusd, opus.failed_nusd, opus.undecided_nusd) == (5 * NANO, 2 * NANO, NANO)
    assert (opus.changes, opus.calls, opus.calls_unpriced) == (1, 2, 1)
    assert (gpt.nusd, gpt.calls, gpt.calls_unpriced) == (0, 2, 2)
    assert (lost.nusd, lost.unattributed_nusd, lost.calls_unpriced) == (4 * NANO, 4 * NANO, 0)


def test_the_headline_tells_where_the_money_went() -> None:
    made = [spend(accepted=2), spend("gpt", "review", accepted=3), spend(None, None, accepted=1)]
    lost = spend(part=None, unattributed=4)
    assert spend_headline(in_whole([*made, lost]), "at list price") == (
        "$10.00 was spent: 60% by opus (implement), 30% by gpt (review), 10% by an unknown model (role unknown); "
        "40% reached no change, at list price."
    )
    assert "reached no change" not in spend_headline(in_whole(made), "at list price")
    assert spend_headline((), "at list price") == "What was spent is not known."


def test_every_credit_is_said_in_words() -> None:
    assert CREDITS.keys() == CODAS.keys()
    assert all(words and not words.endswith(".") for words in CREDITS.values())
