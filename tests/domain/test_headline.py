"""The first line of a report: which answer it is, and what it may claim."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ledger.domain.credit import CODAS
from ledger.domain.estimates import best_of
from ledger.domain.headline import asked_time, headline, needed
from ledger.domain.report import Filters, judge, ordered
from ledger.domain.sums import Coverage, GroupSums, Spending
from tests.domain.test_report import COVERAGE, NANO, sums

DEAREST = ("feat: the dearest", 2 * NANO)
SPENDING = Spending(10 * NANO, 4 * NANO, {"opus": 10 * NANO}, {}, DEAREST)
NOTHING = Spending()


def said(
    *rows: GroupSums,
    coverage: Coverage = COVERAGE,
    spending: Spending = SPENDING,
    kind: str = "list",
    time: str = "",
) -> tuple[str, str]:
    return headline(ordered(rows), spending, coverage, kind, time=time)


def test_a_best_one_is_named_with_its_interval_and_the_next() -> None:
    sentence, step = said(sums("opus"), sums("haiku", each=3, accepted=15))
    assert sentence.startswith("opus costs least per accepted change: $1.33 (")
    assert "over 40 changes, against $8.00 for haiku, at list price." in sentence
    assert step == ""


def test_cheap_by_the_call_and_dear_by_the_change_is_said() -> None:
    rows = [sums("opus"), sums("haiku", each=3, accepted=15), sums("sonnet", each=5, accepted=15)]
    paid = Spending(per_call={"opus": 0.17, "haiku": 0.05, "sonnet": 0.04, "scout": 0.01, None: 0.001})
    sentence, _ = said(*rows, spending=paid)
    assert sentence.endswith(
        "sonnet is cheaper by the call ($0.04 against $0.17), but costs $13.33 per accepted change."
    )
    hardly = Spending(per_call={"opus": 0.17, "haiku": 0.09, "sonnet": 0.1})
    assert "by the call" not in said(*rows, spending=hardly)[0]
    assert "by the call" not in said(*rows, spending=NOTHING)[0], "what calls cost is not told of this kind of cost"
    assert "by the call" not in said(*rows, spending=Spending(per_call={"haiku": 0.01}))[0]


def test_the_price_by_the_call_is_none_of_a_change_s_other_calls() -> None:
    cheap_scouts = sums("opus", calls=40_000)
    paid = Spending(per_call={"opus": 0.17, "haiku": 0.05})
    sentence, _ = said(cheap_scouts, sums("haiku", each=3, accepted=15), spending=paid)
    assert "($0.05 against $0.17)" in sentence


def test_what_cannot_be_told_apart_is_not_ranked() -> None:
    sentence, _ = said(sums("opus"), sums("sonnet", each=1.1))
    assert sentence.startswith("opus and sonnet cannot be told apart by cost per accepted change ($1.33 and $1.47)")
    assert "changes of each would settle" in sentence


def test_of_several_it_is_the_cheapest_that_cannot_be_told_from_the_others() -> None:
    few = replace(sums("few", n=7, accepted=6), base_cost_sq=40.0)
    rows = [few, sums("opus", n=60, accepted=51, each=1.3), sums("haiku", n=60, accepted=26, each=1.6)]
    assert best_of({str(row.model): judge(row).base for row in rows[1:]}) == ["opus"], (
        "these two differ from each other"
    )
    sentence, _ = said(*rows)
    assert sentence.startswith(
        "few ($1.04) looks cheapest per accepted change, but cannot be told from opus ($1.53) and haiku ($3.69); about "
    )
    assert sentence.endswith(" changes of each would tell it from the dearest of these, haiku, at list price.")
    more, _ = said(*rows, *(sums(name, n=6, accepted=2) for name in "abc"))
    assert "cannot be told from opus ($1.53), a ($2.75), b ($2.75) and 2 more; " in more


def test_a_difference_takes_more_changes_where_more_models_are_looked_at() -> None:
    def count(*others: GroupSums) -> int:
        sentence, _ = said(sums("opus"), sums("sonnet", each=1.1), *others)
        return int(sentence.partition("about ")[2].split()[0].replace(",", ""))

    assert count() < count(sums("haiku", each=30)) < count(sums("haiku", each=30), sums("gpt", each=40))


def test_one_model_tells_spend_waste_and_the_dearest_change() -> None:
    sentence, _ = said(sums("opus"), kind="billed")
    assert sentence.startswith("One model only, opus: $10.00 spent, $1.33 (")
    assert sentence.endswith(
        "40% of the spend reached no change; the dearest change cost $2.00 (feat: the dearest), as billed."
    )


def test_a_model_that_led_all_is_not_the_only_one_where_others_were_paid() -> None:
    own: dict[str | None, int] = {"opus": NANO, "haiku": 6 * NANO, None: 2 * NANO, "free": 0}
    sentence, _ = said(sums("opus"), spending=replace(SPENDING, own=own))
    assert sentence.startswith("opus alone led changes: $10.00 spent, of it $8.00 by haiku and no known model, $1.33 (")
    first, _ = headline(ordered([sums("opus")]), replace(SPENDING, own=own), COVERAGE, "list", credited=CODAS["first"])
    assert first.startswith("opus alone began changes: $10.00 spent, of it $8.00 by haiku")
    both, _ = headline(
        ordered([sums("a + b review")]), replace(SPENDING, own={}), COVERAGE, "list", credited=CODAS["lineup"]
    )
    assert both.startswith("One line-up only, a + b review: $10.00 spent, $1.33 (")
    many = replace(SPENDING, own={"opus": NANO, **dict.fromkeys("edcba", NANO)})
    assert "of it $5.00 by a, b, c and 2 more, $1.33" in said(sums("opus"), spending=many)[0]


@pytest.mark.parametrize(
    ("since", "until", "as_of", "posted", "words"),
    [
        (None, None, 9, 8, ""),
        (None, None, 9, None, ""),
        (None, None, 9, 10, "opened by 2026-03-09"),
        (5, None, 9, 10, "opened since 2026-03-05"),
        (5, 7, 9, 8, "opened since 2026-03-05 and before 2026-03-07"),
    ],
)
def test_a_time_is_told_where_it_was_asked_for(
    since: int | None, until: int | None, as_of: int, posted: int | None, words: str
) -> None:
    one, two, now, then = (day and datetime(2026, 3, day, tzinfo=UTC) for day in (since, until, as_of, posted))
    assert now
    assert asked_time(Filters(since=one or None, until=two or None), now, then or None) == words


def test_a_time_in_which_nothing_was_opened_is_no_lack_of_models() -> None:
    then = "opened since 2026-10-01"
    assert said(spending=NOTHING, time=then) == (
        "No change in which a model had a part was opened since 2026-10-01.",
        "",
    )
    sentence, step = said(spending=Spending(4 * NANO, 4 * NANO), coverage=replace(COVERAGE, calls=0), time=then)
    assert sentence.endswith("was opened since 2026-10-01; $4.00 was spent on no change, at list price.")
    assert step == ""
    assert said(sums("opus"), time=then)[0].startswith("One model only, opus: $10.00 spent")


def test_too_little_says_what_would_be_enough() -> None:
    sentence, _ = said(sums("opus", n=3, accepted=2), sums("haiku", n=2, accepted=1))
    assert sentence.startswith(
        "Too little to say: the best-known model has 3 decided changes of known cost; 29 of each would show a threefold"
    )
    assert (needed(3), needed(2), needed(1.5)) == (29, 72, 209)


def test_nothing_seen_tells_the_next_step() -> None:
    sentence, step = said(coverage=replace(COVERAGE, calls=0, out_of_scope_sessions=3), spending=NOTHING)
    assert (
        sentence == "No model was seen in 10 commits, and no agent's calls were made here. Agent sessions elsewhere: 3."
    )
    assert "ledger use" in step
    assert said(coverage=replace(COVERAGE, calls=0, commits=0))[1].startswith("Run ledger update")


def test_models_without_calls_lead_to_the_logs() -> None:
    rows = [
        replace(sums(name), base_n=0, base_accepted=0, base_nusd=0, n_cost_known=0, charged_nusd=0)
        for name in ("a", "b")
    ]
    _, step = said(*rows, coverage=replace(COVERAGE, calls=0), spending=NOTHING)
    assert "Claude Code logs" in step


def unknown(name: str) -> GroupSums:
    return replace(sums(name, known=0), base_n=0, base_accepted=0, base_nusd=0, charged_nusd=0)


def test_what_has_no_price_is_not_looked_for_in_other_logs() -> None:
    unpriced = replace(COVERAGE, calls_unpriced=2, unpriced_models=(("odd", 2),))
    _, step = said(sums("opus", n=3, accepted=2), unknown("odd"), coverage=unpriced)
    assert step == (
        "Most changes of odd have no known cost, for want of a price: ledger prices --unpriced says what to do."
    )


def test_the_next_step_names_whose_cost_is_not_known_unless_it_is_everybody_s() -> None:
    _, step = said(sums("opus", n=3, accepted=2), *(unknown(name) for name in "abcd"))
    assert step.startswith("Most changes of a, b, c and 1 more have no known cost: post on every machine")
    assert said(unknown("a"), unknown("b"))[1].startswith("Most changes have no known cost: post on every machine")


def test_unheard_requests_lead_to_the_way_to_bring_them_in() -> None:
    rows = [sums(name, accepted=40, unheard=40, known=0) for name in ("opus", "haiku")]
    assert "ledger ci import" in said(*rows)[1]
