"""Ids by what git prints of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.short_ids import ShortIds

ONE, TWO, OTHER = "abcdef0" + "1" * 33, "abcdef0" + "2" * 33, "fedcba9" + "0" * 33


def test_a_beginning_names_what_begins_so() -> None:
    ids = ShortIds([TWO, OTHER, ONE])
    assert ids.named("fedcba9") == [OTHER]
    assert ids.named(ONE) == [ONE]
    assert ids.named("abcdef0") == [ONE, TWO]
    assert ids.named("abcdef9") == ids.named("fffffff") == []


def test_a_short_beginning_names_nothing() -> None:
    assert ShortIds([OTHER]).named("fedcba") == []
    assert ShortIds([OTHER]).named("") == []


def test_only_is_the_one_that_fits() -> None:
    ids = ShortIds([TWO, OTHER, ONE])
    assert (ids.only("fedcba9"), ids.only("abcdef0"), ids.only("1234567")) == (OTHER, "", "")


@given(st.sets(st.text("ab", min_size=9, max_size=9), max_size=30), st.text("ab", max_size=9))
def test_it_finds_what_a_search_through_all_finds(oids: set[str], short: str) -> None:
    wanted = sorted(oid for oid in oids if oid.startswith(short)) if len(short) >= 7 else []
    assert ShortIds(oids).named(short) == wanted[:2]
