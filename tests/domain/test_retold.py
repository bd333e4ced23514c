"""What an agent's logs tell twice counts once, whatever is met first."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.retold import is_leg, is_stored, metered_key, retold, thread_of
from ledger.domain.session_facts import Call, SessionParent
from tests.domain.building import call


def metered(thread: str, step: str, hours: float = 0) -> Call:
    """A row of a Codex thread's running total."""
    return replace(call(f"codex/{metered_key(thread, step)}", hours, session=thread), source="codex")


def copilot(key: str, session: str = "s") -> Call:
    return replace(call(f"copilot-cli/{session}/{key}", 0, session=session), source="copilot-cli")


def opencode(key: str, whole: int = 10, hours: float = 0, **changed: object) -> Call:
    plain = replace(call(f"opencode/{key}", hours), source="opencode", input=whole)
    return replace(plain, **changed)  # type: ignore[arg-type]


def forked(session: str, parent: str) -> SessionParent:
    return SessionParent(session=session, parent=parent, kind="fork")


FAMILY = [
    *(metered("p", f"{each}", 9) for each in range(3)),
    *(metered("c", f"{each}", 1) for each in range(5)),
    *(metered("g", f"{each}", 0) for each in range(6)),
]
PARENTS = (forked("c", "p"), forked("g", "c"))


@pytest.mark.parametrize("parents", list(permutations(PARENTS)))
def test_the_earliest_generation_owns_a_row_whatever_the_times_say(parents: tuple[SessionParent, ...]) -> None:
    kept = {row.event_key for row in FAMILY} - retold(FAMILY, parents)
    assert kept == {"codex/p#0", "codex/p#1", "codex/p#2", "codex/c#3", "codex/c#4", "codex/g#5"}


@given(st.randoms(use_true_random=False))
def test_no_order_of_the_rows_matters(chance: random.Random) -> None:
    assert retold(chance.sample(FAMILY, len(FAMILY)), PARENTS) == retold(FAMILY, PARENTS)


def test_of_siblings_without_their_parent_the_earlier_owns() -> None:
    rows = [metered("c1", "0", 2), metered("c2", "0", 1), metered("c2", "1", 1)]
    assert retold(rows, [forked("c1", "p"), forked("c2", "p")]) == {"codex/c1#0"}


def test_sessions_of_no_family_may_have_equal_totals() -> None:
    assert retold([metered("a", "0"), metered("b", "0")], PARENTS) == frozenset()


def test_a_record_of_its_own_is_no_running_total() -> None:
    record = replace(call("codex/p/resp_1", 0), source="codex")
    assert (thread_of(record), thread_of(metered("p", "x")), thread_of(call("test/p#x", 0))) == ("", "p", "")


def test_sums_of_a_session_count_only_where_its_requests_are_not_known() -> None:
    rows = [copilot("0"), copilot("0/gpt"), copilot("event/1"), copilot("event/2"), copilot("0", "other")]
    assert retold(rows) == {"copilot-cli/s/0", "copilot-cli/s/0/gpt"}
    assert [is_leg(row) for row in rows] == [not is_stored(row) for row in rows] == [True, True, False, False, True]


def test_an_unfinished_message_gives_way_to_what_it_became() -> None:
    rows = [opencode("id/m1", 5), opencode("abc", 10)]
    assert retold(rows) == retold(rows[::-1]) == {"opencode/id/m1"}


@pytest.mark.parametrize(
    "other",
    [
        opencode("abc", 4),
        opencode("abc", hours=0.001),
        opencode("abc", model_raw="another"),
        opencode("abc", directory="/elsewhere"),
        opencode("abc", output=1),
    ],
)
def test_what_is_not_the_same_message_leaves_it(other: Call) -> None:
    assert retold([opencode("id/m1", 5), other]) == frozenset()


def test_of_unfinished_copies_one_counts() -> None:
    rows = [opencode("id/m1", 5), opencode("id/m2", 6), opencode("id/m3", 6)]
    for order in permutations(rows):
        assert retold(order) == {"opencode/id/m1", "opencode/id/m3"}


def test_finished_messages_are_never_taken_for_each_other() -> None:
    assert retold([opencode("abc", 5), opencode("abd", 6)]) == frozenset()
