"""Rules replayed over histories whose answer is known by construction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ledger.domain.against import ACCEPTED_LESS, AS_IT_WAS, CANNOT_BE_TOLD, COSTS_MORE, WOULD_DO
from ledger.domain.backtest import NO_RULE, UNSUPPORTED, Replay, replay, whole_of
from ledger.domain.estimates import estimate
from ledger.domain.started import at_fallback
from tests.domain.starting import EASY, One, drawn, loops_on_feat, no_difference, under

MATCHED = "docs -> cheap; else -> strong"


def replayed(rules: str, changes: Sequence[One]) -> Replay:
    found, aims = under(rules, changes)
    return replay(found, aims)


def verdicts(found: Replay) -> dict[str, str]:
    return {cell.stratum.kind.task: cell.verdict for cell in found.cells}


def test_a_cheap_model_that_loops_on_features_would_do_for_docs() -> None:
    changes = drawn(1, 600, loops_on_feat)
    matched, cheap = replayed(MATCHED, changes), replayed("else -> cheap", changes)
    assert matched.whole
    assert cheap.whole
    assert matched.whole.against.verdict == WOULD_DO
    assert cheap.whole.against.verdict in (COSTS_MORE, f"{COSTS_MORE}, {ACCEPTED_LESS}")
    assert verdicts(matched)["docs"] == WOULD_DO
    assert verdicts(matched)["feat"] == WOULD_DO
    assert verdicts(matched)["fix"] == verdicts(matched)["test"] == CANNOT_BE_TOLD
    assert verdicts(cheap)["docs"] == WOULD_DO
    assert verdicts(cheap)["feat"].startswith(COSTS_MORE)
    assert [matched.covered, cheap.covered] == [1, 1]


def test_in_a_history_without_an_effect_one_of_twenty_claims_one() -> None:
    claimed = 0
    for seed in range(200):
        found = replayed(MATCHED, drawn(seed, 96, no_difference))
        told = [cell.against for cell in found.cells if cell.against]
        told += [found.whole.against] if found.whole else []
        claimed += any(against.verdict not in (CANNOT_BE_TOLD, AS_IT_WAS) for against in told)
    assert claimed <= 10


def simpson() -> list[One]:
    """On each kind of work the cheap model costs twice as much; it does nearly nothing but the easy ones."""
    found = []
    for task, each, cheap, strong in (("docs", 0.1, 90, 10), ("feat", 4.0, 10, 90)):
        for model, n, cost in (("cheap", cheap, 2 * each), ("strong", strong, each)):
            found += [One(task, model, cost * (0.8 + number % 5 / 10), number % 10 != 9) for number in range(n)]
    return found


def test_what_looks_cheaper_because_it_did_the_easy_work_is_said_to_mislead() -> None:
    cheap, strong = replayed("else -> cheap", simpson()).whole, replayed("else -> strong", simpson()).whole
    assert cheap
    assert strong
    assert (cheap.crude.ratio.point or 9) < 0.5
    assert (cheap.against.ratio.point or 0) > 1.5
    assert cheap.is_misleading
    assert (strong.crude.ratio.point or 0) > 1.3
    assert (strong.against.ratio.point or 9) < 1
    assert strong.is_misleading


def test_one_mix_for_all_misleads_nobody() -> None:
    changes = [
        One(task, model, cost * (1 if model == "strong" else 3), number % 4 != 3)
        for number in range(40)
        for task, cost in (("docs", 0.5), ("feat", 2.0))
        for model in ("strong", "cheap")
    ]
    found = replayed("else -> strong", changes).whole
    assert found
    assert found.crude.ratio.point == pytest.approx(found.against.ratio.point)
    assert not found.is_misleading


def several(task: str, model: str, n: int, cost: float = 1.0) -> list[One]:
    return [One(task, model, cost + number % 3 / 4, number % 4 != 3) for number in range(n)]


def test_what_no_rule_fits_and_what_its_model_hardly_tried_is_left_out_and_counted() -> None:
    changes = [
        *several("fix", "a", 20),
        *several("fix", "b", 20),
        *several("docs", "a", 4),
        *several("docs", "b", 16),
        *several("test", "a", 20),
    ]
    found = replayed("fix,docs -> a", changes)
    assert verdicts(found) == {"fix": CANNOT_BE_TOLD, "docs": UNSUPPORTED, "test": NO_RULE}
    assert found.covered == pytest.approx(0.5)
    assert [round(cell.share, 3) for cell in found.cells] == [0.5, 0.25, 0.25]
    assert found.told == {found.cells[0].stratum.kind}
    assert [cell.against is None for cell in found.cells] == [False, True, True]
    assert found.of(UNSUPPORTED) == (found.cells[1],)
    docs = found.cells[1]
    assert (docs.own.point, docs.happened.point) == (None, estimate(docs.stratum.whole).point)
    assert found.whole
    assert found.whole.rules.cost.point == pytest.approx(estimate(found.cells[0].stratum.own).point)


def test_below_half_of_the_work_nothing_is_claimed_of_the_whole() -> None:
    changes = [*several("fix", "a", 10), *several("fix", "b", 10), *several("docs", "b", 21)]
    found = replayed("else -> a", changes)
    assert (found.whole, round(found.covered, 2)) == (None, 0.49)
    assert verdicts(found) == {"fix": CANNOT_BE_TOLD, "docs": UNSUPPORTED}  # each kind stands on its own changes
    assert replayed("else -> a", changes[:-1]).whole


def test_nothing_decided_is_nothing() -> None:
    found = replayed("else -> a", [])
    assert (found.cells, found.covered, found.whole, found.idle) == ((), 0, None, found.aims)
    assert whole_of(()) is None


def test_a_rule_that_fits_no_change_is_idle() -> None:
    found = replayed("feat -> b; docs -> b; else -> a", [*several("fix", "a", 6), *several("docs", "b", 6)])
    assert [str(aim.rule) for aim in found.idle] == ["feat -> b"]


def test_too_few_accepted_in_all_is_nothing_to_compare() -> None:
    found = replayed("else -> a", [One("fix", "a", 1.0, number == 0) for number in range(9)] + several("fix", "b", 9))
    assert found.covered == 1
    assert found.whole is None


def test_kinds_share_one_half_of_the_error_and_the_whole_has_the_other() -> None:
    """With one kind both are as wide; with more, each kind is wider than the whole would be of the same changes."""
    one = replayed("else -> a", [*several("fix", "a", 30), *several("fix", "b", 30)])
    (cell,) = one.cells
    assert cell.against
    assert one.whole
    assert cell.against.ratio == one.whole.against.ratio
    more = replayed("else -> a", [One(task, m, c.cost, c.accepted) for task in ("fix", "docs", "test") for m in "ab"
                                  for c in several("fix", m, 30)])  # fmt: skip
    assert more.cells[0].against
    assert (more.cells[0].against.ratio.lo or 0) < (cell.against.ratio.lo or 0)
    assert more.cells[0].against.alone == cell.against.alone


def test_kinds_that_nobody_else_began_share_no_error() -> None:
    contested = [*several("fix", "a", 30), *several("fix", "b", 30)]
    alone = replayed("else -> a", contested)
    both = replayed("else -> a", [*contested, *several("docs", "a", 30)])
    assert verdicts(both)["docs"] == AS_IT_WAS
    assert both.cells[0].against == alone.cells[0].against


def test_a_rescued_change_is_the_first_ones_with_all_that_it_cost() -> None:
    """Of the cheap one's thirty, ten were rescued by the strong one, which is not credited with them."""
    changes = [*several("fix", "cheap", 20, 0.5), *[One("fix", "cheap", 6.0, True)] * 10, *several("fix", "strong", 30)]
    found = replayed("else -> cheap", changes)
    (cell,) = found.cells
    rescued = 60 + sum(one.cost for one in changes[:20])
    assert cell.own.point == pytest.approx(rescued / 25)
    assert cell.stratum.own.n == 30


def test_what_would_settle_a_kind_is_told_in_changes_of_its_model() -> None:
    changes = [*several("fix", "a", 30, 1.0), *several("fix", "b", 30, 1.3)]
    (cell,) = replayed("else -> a", changes).cells
    assert cell.verdict == CANNOT_BE_TOLD
    assert cell.against
    assert cell.against.times
    assert cell.needed
    assert cell.needed == pytest.approx(30 * cell.against.times, abs=1)
    (settled,) = replayed("else -> a", changes * (cell.needed // 30 + 1)).cells
    assert (settled.verdict, settled.needed) == (WOULD_DO, None)


def test_each_further_accepted_change_has_a_price() -> None:
    dearer = [*[One("fix", "a", 3.0, number % 10 != 0) for number in range(40)],
              *[One("fix", "b", 1.0, number % 2 == 0) for number in range(40)]]  # fmt: skip
    found = replayed("else -> a", dearer).whole
    assert found
    assert found.per_extra == pytest.approx((3.0 - 2.0) / (0.9 - 0.7))
    fewer = replayed("else -> b", dearer).whole
    assert fewer
    assert fewer.per_extra == pytest.approx((2.0 - 1.0) / (0.7 - 0.5))
    better = [One(one.task, one.model, 1.0 if one.model == "a" else 3.0, one.accepted) for one in dearer]
    cheaper = replayed("else -> a", better).whole
    assert cheaper
    assert cheaper.per_extra is None
    same = replayed("else -> a", dearer[:40]).whole
    assert same
    assert (same.against.verdict, same.per_extra) == (AS_IT_WAS, None)


def test_what_a_refused_change_costs_a_person_turns_an_answer() -> None:
    """The careless one is cheaper by its calls; at ten dollars for each that is refused it is not."""
    changes = [*[One("fix", "careless", 0.4, number % 3 != 0) for number in range(60)],
               *[One("fix", "careful", 1.0, number % 12 != 0) for number in range(60)]]  # fmt: skip
    rows, aims = under("else -> careless", changes)
    plain, dear = replay(rows, aims).whole, whole_of([at_fallback(row, 10 * 10**9) for row in rows])
    assert plain
    assert dear
    assert (plain.against.ratio.point or 9) < 0.8
    assert (dear.against.ratio.point or 0) > 1.3
    assert whole_of([at_fallback(row, 0) for row in rows]) == plain


def test_figures_do_not_depend_on_the_order_of_changes() -> None:
    changes = drawn(5, 150, loops_on_feat)
    one, other = replayed(MATCHED, changes), replayed(MATCHED, changes[::-1])
    assert [cell.stratum.kind for cell in one.cells] == [cell.stratum.kind for cell in other.cells]
    assert one.whole
    assert other.whole
    assert one.whole.against.ratio.lo == pytest.approx(other.whole.against.ratio.lo)


def test_repositories_are_kinds_of_their_own() -> None:
    changes = [replace(one, repository=name) for name in ("A", "B") for one in drawn(3, 120, loops_on_feat)]
    found = replayed(MATCHED, changes)
    assert len(found.cells) == 2 * len(EASY)
    assert {cell.stratum.kind.repository for cell in found.cells} == {"A", "B"}
    whole = replayed(MATCHED, [replace(one, repository="") for one in changes]).whole
    assert whole
    assert found.whole
    assert found.whole.against.ratio.point == pytest.approx(whole.against.ratio.point)
