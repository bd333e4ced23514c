"""Which changes a table holds, in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ledger.domain.asked import chosen, judged_line, moment, opened

JULY, AUGUST = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 8, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (JULY, "2026-07-01"),
        (JULY.replace(hour=9), "2026-07-01 09:00 UTC"),
        (JULY.replace(hour=9, second=5), "2026-07-01 09:00:05 UTC"),
    ],
)
def test_a_moment_is_a_day_unless_it_is_not_the_day_s_beginning(at: datetime, words: str) -> None:
    assert moment(at) == words


def test_a_time_has_up_to_two_ends() -> None:
    assert opened(None, None) == ""
    assert opened(JULY, None) == "opened since 2026-07-01"
    assert opened(None, AUGUST) == "opened before 2026-08-01"
    assert opened(JULY, AUGUST) == "opened since 2026-07-01 and before 2026-08-01"


def test_a_footer_has_a_sentence_of_what_was_chosen_and_none_of_all() -> None:
    assert judged_line(AUGUST, "as billed", "") == "As of 2026-08-01 00:00 UTC, costs as billed."
    told = judged_line(AUGUST, "as billed", chosen(JULY, None))
    assert told == "As of 2026-08-01 00:00 UTC, costs as billed. Only changes opened since 2026-07-01 are counted."


def test_what_was_chosen_follows_the_time_and_acts_on_no_terminal() -> None:
    only = (("task_type", ("fix", "")), ("model", ("a\x1b[31m",)))
    assert chosen(None, None) == ""
    assert chosen(JULY, None) == "opened since 2026-07-01"
    assert chosen(None, None, only[:1]) == "of task type fix or (unknown)"
    told = chosen(JULY, AUGUST, only)
    assert told.startswith("opened since 2026-07-01 and before 2026-08-01 of task type fix or (unknown); model a")
    assert "\x1b" not in told
