"""What is said of two against each other, from their sums."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

import pytest

from ledger.domain.estimates import Sums
from ledger.domain.report import FORGE_UNHEARD, judge
from ledger.domain.sums import GroupSums
from ledger.domain.versus import Contest, Versus, at_one_mix, in_parts, pair
from tests.domain.building import START
from tests.domain.test_report import sums


def contest(*bases: Versus, on_trunk: int = 0) -> Contest:
    return Contest(
        as_of=START,
        dimension="model",
        one="a",
        other="b",
        by="task_type",
        cost="at list price",
        bases=bases,
        on_trunk=on_trunk,
    )


def against(one: GroupSums | None, other: GroupSums | None) -> Versus:
    first, second = (judge(row) if row else None for row in (one, other))
    return Versus("request", pair(None, first, second), (), None)


def headline(one: GroupSums | None, other: GroupSums | None) -> str:
    return contest(against(one, other)).headline


CHEAP, DEAR = sums("a"), sums("b", each=3, accepted=15)


def test_the_cheaper_one_is_named_whichever_comes_first() -> None:
    said = headline(CHEAP, DEAR)
    assert said.startswith("a costs less per accepted change than b: 0.17 times as much (0.1")
    assert said.endswith("), at list price.")
    turned = headline(replace(DEAR, model="a"), replace(CHEAP, model="b"))
    assert turned == said.replace("a costs", "b costs").replace("than b", "than a")


def test_what_is_open_or_close_or_too_little_is_said() -> None:
    assert headline(CHEAP, sums("b", each=1.1)).startswith(
        "a and b cannot be told apart by cost per accepted change (ratio 0.91, 0."
    )
    assert "decided changes of each would settle a difference of this size" in headline(CHEAP, sums("b", each=1.1))
    assert headline(CHEAP, sums("b", each=1.01)).endswith("they are so close that it hardly matters, at list price.")
    assert headline(CHEAP, sums("b", n=3, accepted=2)) == (
        "Too little to say: a has 40 decided changes of known cost and b 3; each needs at least 5, of which 2 were "
        "accepted, at list price."
    )
    assert "and b 0; each needs" in headline(CHEAP, None)


def test_what_may_not_be_shown_is_not_compared() -> None:
    unheard = sums("b", accepted=40, unheard=40, known=0)
    found = against(CHEAP, unheard)
    assert found.whole.hidden == FORGE_UNHEARD
    assert found.whole.comparison.ratio.point is None
    assert contest(found).headline == f"a and b cannot be compared: {FORGE_UNHEARD}, at list price."


def test_nothing_but_trunk_is_said() -> None:
    assert contest().headline == "a and b have no change to be compared by."
    assert contest(on_trunk=3).headline.endswith("commits on trunk, which are accepted by construction.")


def base(n: int, accepted: int, each: float) -> Sums:
    return judge(sums(n=n, accepted=accepted, each=each)).base


STRATA: tuple[dict[Hashable, Sums], dict[Hashable, Sums]] = (
    {"docs": base(60, 50, 0.2), "feat": base(10, 3, 3)},
    {"docs": base(10, 9, 0.1), "feat": base(60, 30, 2)},
)


def test_at_one_mix_the_order_may_turn_round() -> None:
    whole = pair(None, judge(sums("a", n=70, accepted=53, each=0.6)), judge(sums("b", n=70, accepted=39, each=1.7)))
    mix = at_one_mix(whole, *STRATA, {"docs": 70, "feat": 70})
    assert mix is not None
    found = Versus("request", whole, (), mix)
    assert found.is_reversed
    assert mix.ratio.point == pytest.approx(48 / 25.5, rel=0.01)
    assert mix.per_extra is None, "a is dearer and less of it is accepted: no price buys more"
    assert " At one mix of task types it is the other way round: $" in contest(found).headline
    assert not replace(found, mix=None).is_reversed


def test_no_mix_without_rank_several_strata_and_work_in_common() -> None:
    ranked = pair(None, judge(CHEAP), judge(DEAR))
    few = pair(None, judge(CHEAP), judge(sums("b", n=3, accepted=2)))
    mix: dict[Hashable, int] = {"docs": 70, "feat": 70}
    assert at_one_mix(few, *STRATA, mix) is None
    assert at_one_mix(pair(None, None, judge(DEAR)), *STRATA, mix) is None
    assert at_one_mix(ranked, *STRATA, {"docs": 70}) is None
    assert at_one_mix(ranked, {}, STRATA[1], mix) is None
    assert at_one_mix(ranked, {"docs": STRATA[0]["docs"]}, STRATA[1], {"docs": 10, "feat": 90}) is None


def test_the_part_with_the_most_changes_comes_first() -> None:
    rows = [("docs", 5), ("feat", 40), ("ci", 5)]
    pairs = [pair(name, judge(sums("a", n=n)), None) for name, n in rows]
    assert [each.part for each in in_parts(pairs)] == ["feat", "ci", "docs"]
