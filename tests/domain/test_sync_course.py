"""How far a sync has come: a pass that was stopped goes on, and the next one begins where the last began."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ledger.domain.sync_course import Course, Page, Pass, course_of
from tests.gitting import WHEN

LATER = WHEN + timedelta(days=1)


def page(hours: int | None, after: str = "") -> Page:
    return Page((), newest=None if hours is None else WHEN + timedelta(hours=hours), after=after)


def test_a_first_pass_goes_to_the_end_and_the_next_to_where_it_began() -> None:
    course = Course().begun()
    assert course.passing == Pass(None)
    course = course.past(page(9, "x"))
    assert course.passing == Pass(None, WHEN + timedelta(hours=9), "x")
    course = course.past(page(3)).ended(LATER)
    assert course == Course(WHEN + timedelta(hours=9), None, LATER), "not where it ended: what changed is newer"
    assert course.begun().passing == Pass(WHEN + timedelta(hours=9))


def test_a_stopped_pass_goes_on_with_its_own_floor() -> None:
    stopped = Course(WHEN).begun().past(page(9, "x"))
    assert course_of(stopped.text()) == stopped
    assert course_of(stopped.text()).begun(floor=LATER) == stopped
    assert stopped.begun(full=True).passing == Pass(None), "asked for everything, everything is asked"


def test_an_empty_pass_forgets_nothing() -> None:
    assert Course(WHEN).begun().past(page(None)).ended(LATER).since == WHEN
    assert Course().begun().past(page(None)).ended(LATER).since is None


def test_an_older_list_does_not_take_the_mark_back() -> None:
    assert Course(LATER).begun(full=True).past(page(1)).ended(LATER).since == LATER


def test_a_pass_that_began_somewhere_else_keeps_its_floor() -> None:
    assert Course().past(page(9, "x")).passing == Pass(None, WHEN + timedelta(hours=9), "x")
    assert Course(WHEN).begun(floor=LATER).passing == Pass(LATER)


@pytest.mark.parametrize("kept", [None, "", "{", "[]", '{"since": 5}', '{"since": "never", "passing": null}'])
def test_what_cannot_be_read_begins_anew(kept: str | None) -> None:
    assert course_of(kept).passing is None
    assert course_of(kept).at is None
