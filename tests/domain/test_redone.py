"""Which work that was dropped is a try of what was made later under the same branch name."""

from __future__ import annotations

import pytest

from ledger.domain.redone import SILENCE, Use, redone_in, use_of
from tests.domain.building import at, commit

DAYS = SILENCE.days * 24


def use(began: float, last: float, ended: float | None = None, author: str = "ann") -> Use:
    return Use(at(began), at(last), frozenset({author}), None if ended is None else at(ended))


@pytest.mark.parametrize(
    ("later", "is_redone"),
    [
        (use(2, 3), True),
        (use(2, 3, ended=4), True),
        (use(0, 1, ended=4), True),
        (use(1 + DAYS, 2 + DAYS), True),
        (use(1.1 + DAYS, 2 + DAYS), False),
        (use(0, 0.5, ended=0.9), False),
        (use(2, 3, author="bob"), False),
    ],
    ids=["soon after", "and landed", "under way then", "just not abandoned", "abandoned", "landed before", "another's"],
)
def test_a_drop_is_a_try_of_what_came_next(later: Use, *, is_redone: bool) -> None:
    assert redone_in(use(1, 1), [later]) == (0 if is_redone else None)


def test_of_several_it_is_the_one_that_ended_first() -> None:
    later, closed, still = use(2, 9, ended=20), use(2, 5, ended=6), use(2, 9)
    assert redone_in(use(1, 1), [still, later, closed]) == 2
    assert redone_in(use(8, 8), [still, later, closed]) == 1
    assert redone_in(use(30, 30), [still, later, closed]) == 0


def test_of_two_that_are_open_it_is_the_one_that_began_first() -> None:
    assert redone_in(use(1, 1), [use(3, 9), use(2, 9)]) == 1
    assert redone_in(use(1, 1), []) is None


def test_a_try_begins_the_use_earlier() -> None:
    tried = use(20, 30).with_try(use(1, 2, author="ann"))
    assert (tried.began, tried.last) == (at(1), at(30))


def test_a_use_spans_from_the_first_authored_to_the_last_made() -> None:
    found = use_of([commit("x", hours=1, committed=5), commit("y", hours=2, author="bob")], at(9))
    assert found == Use(at(1), at(5), frozenset({"ann", "bob"}), at(9))
    assert use_of([]) is None
