"""What is shown of each band, at one mix of task types."""

from __future__ import annotations

import pytest

from ledger.domain.estimates import Interval, Sums
from ledger.domain.habit_figures import NOTHING, crude_cost, figures
from ledger.domain.habits import Band, Found, Tally


def tally(n: int, accepted: int, attempts: int | None = None, cost: float = 1.0, known: int | None = None) -> Tally:
    """Changes that cost the same each, and were tried once unless told."""
    paid = n if known is None else known
    tries = n if attempts is None else attempts
    sums = Sums(paid, min(accepted, paid), round(paid * cost * 1e9), paid * cost * cost, round(accepted * cost * 1e9))
    return Tally(n, accepted, tries, tries * tries // n, sums)


def found(*bands: dict[str, Tally]) -> Found:
    empty = Band("unknown", None, None, {})
    made = [Band("", place, place, by_type) for place, by_type in enumerate(bands)]
    return Found(None, made, empty, empty, ())


def test_bands_are_shown_at_one_mix() -> None:
    """Both do alike in each type; the second did what seldom lands more often."""
    easy, hard = {"docs": tally(30, 30), "feat": tally(10, 5)}, {"docs": tally(10, 10), "feat": tally(30, 15)}
    one, other = figures(found(easy, hard), {"docs": 40, "feat": 40})
    assert one.acceptance.point == other.acceptance.point == 0.75
    assert one.cost.point == other.cost.point == pytest.approx(1 / 0.75)
    assert one.crude.point == pytest.approx(40 / 35)
    assert other.crude.point == pytest.approx(40 / 25)


def test_intervals_hold_their_points_and_stay_in_bounds() -> None:
    for figure in figures(found({"fix": tally(6, 6, 12)}, {"fix": tally(6, 0)}), {"fix": 12}):
        for shown in (figure.acceptance, figure.attempts):
            assert shown.point is not None
            assert 0 <= (shown.lo or 0) <= shown.point <= (shown.hi or 0)
        assert (figure.acceptance.hi or 0) <= 1


def test_a_change_of_many_weights_is_worth_less() -> None:
    alike, apart = {"a": tally(10, 5), "b": tally(10, 5)}, {"a": tally(19, 10), "b": tally(1, 1)}
    even, odd = figures(found(alike, apart), {"a": 1, "b": 1})
    widths = [(each.acceptance.hi or 0) - (each.acceptance.lo or 0) for each in (even, odd)]
    assert widths[0] < widths[1]


def test_attempts_have_bounds_where_they_can_scatter() -> None:
    (many,) = figures(found({"fix": Tally(4, 4, 8, 20, tally(4, 4).sums)}), {"fix": 4})
    assert many.attempts.point == 2
    assert (many.attempts.lo or 0) == pytest.approx(2 - 3.182446 * (4 / 3) ** 0.5 / 2, abs=1e-5)
    (single,) = figures(found({"fix": tally(1, 1, 3)}), {"fix": 1})
    assert single.attempts == Interval(3, None, None)


def test_bands_without_a_common_type_are_not_brought_to_a_mix() -> None:
    one, _ = figures(found({"docs": tally(9, 9)}, {"feat": tally(9, 9)}), {"docs": 9, "feat": 9})
    assert (one.acceptance, one.attempts, one.cost) == (NOTHING, NOTHING, NOTHING)
    assert one.crude.point == 1


@pytest.mark.parametrize("few", [tally(4, 4), tally(9, 1), tally(20, 20, known=9)])
def test_too_little_known_is_no_cost(few: Tally) -> None:
    (figure,) = figures(found({"fix": few}), {"fix": few.n})
    assert figure.cost == NOTHING
    assert figure.crude.point is None
    assert crude_cost(Band("", None, None, {})).point is None
