"""Posting: once, in any order, in any number of goes."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.domain.conclusions import Attempt, CallCost, ChangeAlias, ChangeBefore, Review
from ledger.domain.facts import KINDS, Place, Repository
from ledger.domain.forge_facts import DETAILS
from ledger.domain.merging import MERGE, merge_calls
from ledger.domain.reading import Cursor, Skip
from ledger.domain.session_facts import Call, Session, SessionWrite
from ledger.store import bulk, omissions, reads
from ledger.store.engine import Ledger, open_ledger
from ledger.store.schema import tables
from tests.domain.building import at, call

words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
times = st.integers(0, 2 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
OVERRIDES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "price": {"tiers": st.tuples(st.tuples(*[st.integers(0, 10**12)] * 6))},
    "call": {
        "best_rank": st.tuples(st.integers(0, 1), st.integers(0, 9), words, words),
        "owner_rank": st.tuples(words, st.integers(0, 1), words),
    },
    "commit_area": {
        "areas": st.lists(st.tuples(words, st.integers(0, 9), words), max_size=2).map(tuple),
        "packages": st.lists(st.tuples(words, st.integers(0, 9)), max_size=2).map(tuple),
    },
    "request": {
        "earlier": st.sets(st.sampled_from(DETAILS)).flatmap(
            lambda names: st.tuples(
                *(st.tuples(st.just(n), st.sampled_from(["", "1969-01-01"])) for n in sorted(names))
            )
        ),
    },
    "repository_rules": {"labels": st.lists(st.tuples(words, words), max_size=2).map(tuple)},
    "usage": {
        "sums": st.lists(
            st.builds(
                lambda day, texts, calls, nusd: (
                    (day, f"{day}T09:00:00+00:00", *texts),
                    (calls, 0, 0, nusd, nusd, 0, 0, calls, None, 0, 0, 0, None),
                ),
                st.dates().map(str),
                st.tuples(*[words] * 9),
                st.integers(0, 9),
                st.integers(0, 10**9),
            ),
            max_size=2,
        ).map(tuple)
    },
    "commit_diff": {"kinds": st.lists(st.tuples(words, st.integers(0, 9)), max_size=2).map(tuple)},
}
_TYPES = {
    str: words,
    "str": words,
    "str | None": st.none() | words,
    "int": st.integers(0, 10**10),
    "int | None": st.none() | st.integers(0, 10**10),
    "bool": st.booleans(),
    "datetime": times,
    "datetime | None": st.none() | times,
    "tuple[str, ...]": st.lists(words, max_size=3).map(tuple),
}


def facts_of(kind: str) -> st.SearchStrategy[Any]:
    """Any record of a kind."""
    record = KINDS[kind]
    given = OVERRIDES.get(kind, {})
    parts = {
        name: given[name] if name in given else _TYPES[text]
        for name, text in record.__annotations__.items()
        if name != "key"
    }
    return st.builds(record, **parts)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return open_ledger(str(tmp_path / "ledger.db"))


def stored(ledger: Ledger, kind: str) -> list[Any]:
    with ledger.read() as connection:
        return list(reads.facts(connection, kind))


def post(ledger: Ledger, facts: list[Any]) -> tuple[int, int]:
    with ledger.write() as writing:
        done = writing.post(facts)
    return done.new, done.changed


@pytest.mark.parametrize("kind", sorted(KINDS))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.data())
def test_every_kind_comes_back_as_it_went_in(ledger: Ledger, kind: str, chosen: st.DataObject) -> None:
    fact = chosen.draw(facts_of(kind))
    with ledger.write() as writing:
        writing.connection.execute(tables[kind].delete())
    assert post(ledger, [fact]) == (1, 0)
    assert post(ledger, [fact, fact]) == (0, 0)
    assert stored(ledger, kind) == [fact]


calls = st.lists(
    st.builds(
        lambda key, main, output, hours, session, model: replace(
            call(key, hours, session=session, model=model, output=output),
            best_rank=(main, output, at(hours).isoformat(), key),
            owner_rank=(at(hours).isoformat(), 0, session),
        ),
        st.sampled_from(["a", "b"]),
        st.integers(0, 1),
        st.integers(0, 3),
        st.integers(0, 3),
        st.sampled_from(["s1", "s2"]),
        st.sampled_from(["opus", "haiku"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=calls, chance=st.randoms(use_true_random=False))
def test_any_order_and_any_pieces_end_in_the_same_calls(
    ledger: Ledger, rows: list[Call], chance: random.Random
) -> None:
    def posted(pieces: list[list[Call]]) -> list[Call]:
        with ledger.write() as writing:
            writing.connection.exec_driver_sql("DELETE FROM call")
        for piece in pieces:
            post(ledger, piece)
        return stored(ledger, "call")

    shuffled = chance.sample(rows, len(rows))
    cut = chance.randint(0, len(rows))
    assert posted([rows]) == posted([shuffled[:cut], shuffled[cut:]]) == posted([[row] for row in shuffled])


@given(rows=calls)
def test_merging_calls_is_associative_commutative_and_idempotent(rows: list[Call]) -> None:
    first = [row for row in rows if row.event_key == rows[0].event_key]
    a, b, c = first[0], first[len(first) // 2], first[-1]
    assert merge_calls(a, a) == a
    assert merge_calls(a, b) == merge_calls(b, a)
    assert merge_calls(merge_calls(a, b), c) == merge_calls(a, merge_calls(b, c))


@pytest.mark.parametrize("record", [kind for kind in MERGE if kind.__name__ not in ("Price", "Call")])
@settings(max_examples=25, deadline=None)
@given(chosen=st.data())
def test_every_merge_is_commutative(record: type[Any], chosen: st.DataObject) -> None:
    kind = next(name for name, known in KINDS.items() if known is record)
    one, other = chosen.draw(facts_of(kind)), chosen.draw(facts_of(kind))
    other = replace(other, **{name: getattr(one, name) for name in record.key})
    assert MERGE[record](one, other) == MERGE[record](other, one)


def test_the_best_copy_s_numbers_and_the_earliest_copy_s_owner(ledger: Ledger) -> None:
    early = replace(
        call("k", 1, session="first", output=5),
        is_subagent=True,
        best_rank=(0, 5, "", ""),
        owner_rank=("1", 0, "first"),
    )
    late = replace(call("k", 2, session="second", output=3), best_rank=(1, 3, "", ""), owner_rank=("2", 0, "second"))
    post(ledger, [late])
    assert post(ledger, [early]) == (0, 1)
    (row,) = stored(ledger, "call")
    assert (row.session, row.at, row.output, row.is_subagent) == ("first", at(1), 3, False)


def test_a_place_once_known_stays_known(ledger: Ledger) -> None:
    known = Place(directory="/d", repository_id="R", worktree="/d")
    post(ledger, [known])
    assert post(ledger, [Place(directory="/d", repository_id=None, worktree=None)]) == (0, 0)
    assert stored(ledger, "place") == [known]


def test_a_session_spans_all_its_rows(ledger: Ledger) -> None:
    def part(start: float, end: float) -> Session:
        return Session(id="s", agent="a", agent_version="1", started_at=at(start), ended_at=at(end))

    post(ledger, [part(2, 3)])
    post(ledger, [part(1, 2), part(3, 5)])
    assert stored(ledger, "session") == [part(1, 5)]


def behind(ledger: Ledger, version: int = 1) -> list[str]:
    with ledger.read() as connection:
        return reads.to_derive(connection, version)


def settle(ledger: Ledger) -> None:
    with ledger.write() as writing:
        for each in behind(ledger):
            writing.take_dirty(each)
        writing.derived(1)


@pytest.fixture
def settled(ledger: Ledger) -> Ledger:
    """A ledger of two repositories, R in /r and S in /s, in which every conclusion is drawn."""
    post(ledger, [Repository(id=name, name=name) for name in ("R", "S")])
    post(ledger, [Place(directory=f"/{name.lower()}", repository_id=name, worktree=None) for name in ("R", "S")])
    settle(ledger)
    assert behind(ledger) == []
    return ledger


def test_before_the_first_time_everything_is_to_derive(ledger: Ledger) -> None:
    with ledger.read() as connection:
        assert reads.is_stale(connection, 1)
    post(ledger, [Repository(id="R", name="R")])
    assert behind(ledger) == ["R"]


def test_facts_make_their_repository_dirty_and_no_other(settled: Ledger) -> None:
    post(settled, [call("k", 1, directory="/r")])
    assert behind(settled) == ["R"]
    settle(settled)
    post(settled, [call("k", 1, directory="/r")])
    assert behind(settled) == []
    post(settled, [call("j", 1, directory="/nobody's")])
    assert behind(settled) == []
    post(settled, [Place(directory="/nobody's", repository_id="S", worktree=None)])
    assert behind(settled) == ["S"]


def test_a_call_that_moves_makes_both_repositories_dirty(settled: Ledger) -> None:
    late = replace(call("k", 2, directory="/r"), owner_rank=("2", 0, ""))
    post(settled, [late])
    settle(settled)
    post(settled, [replace(late, directory="/s", owner_rank=("1", 0, ""))])
    assert behind(settled) == ["R", "S"]


def test_what_a_session_or_price_tells_makes_its_calls_repository_dirty(settled: Ledger) -> None:
    made = call("k", 1, session="s1", directory="/s")
    post(settled, [made])
    settle(settled)
    post(settled, [SessionWrite(session="s1", path="p", at=made.at)])
    assert behind(settled) == ["S"]


def test_newer_rules_derive_everything_and_older_ones_nothing(settled: Ledger) -> None:
    assert behind(settled, 2) == ["R", "S"]
    post(settled, [call("k", 1, directory="/r")])
    assert behind(settled, 0) == []
    assert behind(settled, 1) == ["R"]
    with settled.read() as connection:
        assert [reads.is_stale(connection, version) for version in (0, 1, 2)] == [True, True, True]
    settle(settled)
    with settled.read() as connection:
        assert [reads.is_stale(connection, version) for version in (0, 1, 2)] == [False, False, True]


def test_every_call_s_directory_is_a_place(ledger: Ledger) -> None:
    assert post(ledger, [call("k", 1, directory="/x"), call("j", 1, directory="")]) == (2, 0)
    assert [place.directory for place in stored(ledger, "place")] == ["", "/x"]


def test_cursors_and_skips_are_kept_once(ledger: Ledger) -> None:
    for text in ("1", "2"):
        with ledger.write() as writing:
            writing.set_cursor(Cursor("journal", "file", text))
            writing.note_skips("journal", [Skip("line", "file at 3", f"because {text}")])
    with ledger.read() as connection:
        assert reads.cursors(connection, "journal") == {"file": "2"}
        assert omissions.skips(connection) == [("line", "file at 3", "because 2")]


def test_conclusions_that_stay_the_same_are_not_written_again(ledger: Ledger) -> None:
    def attempt(number: int, model: str) -> Attempt:
        return Attempt(change_id="R/c", number=number, model=model, started_at=at(1), ended_by="end", nusd=1)

    def replace_all(*rows: Attempt) -> int:
        with ledger.write() as writing:
            before = int(writing.connection.exec_driver_sql("SELECT total_changes()").scalar_one())
            writing.replace_derived("attempt", "R", rows)
            return int(writing.connection.exec_driver_sql("SELECT total_changes()").scalar_one()) - before

    other = Attempt(change_id="R2/c", number=1, model="", started_at=at(1), ended_by="end", nusd=1)
    with ledger.write() as writing:
        writing.replace_derived("attempt", "R2", [other])
    assert replace_all(attempt(1, "a"), attempt(2, "b"), attempt(3, "c")) == 3
    assert replace_all(attempt(1, "a"), attempt(2, "b"), attempt(3, "c")) == 0
    assert replace_all(attempt(1, "a"), attempt(2, "x")) == 3
    assert stored(ledger, "attempt") == [attempt(1, "a"), attempt(2, "x"), other]


def check_that_stretches_are_replaced(ledger: Ledger) -> None:
    def stretch(hours: float) -> ChangeBefore:
        return ChangeBefore(
            change_id="R/c", until_at=at(hours), since_at=at(0), state="closed", decided_at=None, abandoned_at=None,
            reverted_at=None, reverted_after=None, is_verified=None, first_pass=None,
        )  # fmt: skip

    def until(row: ChangeBefore) -> datetime:
        return row.until_at

    for rows in ([stretch(1), stretch(2.5)], [stretch(3), stretch(2.5)], []):
        with ledger.write() as writing:
            writing.replace_derived("change_before", "R", rows)
        assert sorted(stored(ledger, "change_before"), key=until) == sorted(rows, key=until)
    ledger.close()


def test_conclusions_that_go_by_a_date_are_replaced_too(ledger: Ledger) -> None:
    check_that_stretches_are_replaced(ledger)


def test_so_they_are_on_a_server(server_url: str) -> None:
    check_that_stretches_are_replaced(open_ledger(server_url))


def test_conclusions_are_compared_as_they_are_kept_whatever_they_hold(ledger: Ledger) -> None:
    review = Review(
        change_id="R/c", number=1, agent="a\x00b", model="ü", evidence="calls", session="", reviewed_at=at(1.5),
        is_dated=True, is_second=None, is_after_last_commit=False, is_before_decision=True, verdict="",
        calls=2, nusd=10**15,
    )  # fmt: skip
    known = ChangeAlias(alias="x", change_id="R/c")

    def changes(*rows: Review) -> int:
        with ledger.write() as writing:
            count = partial(writing.connection.exec_driver_sql, "SELECT total_changes()")
            before = int(count().scalar_one())
            writing.replace_derived("review", "R", rows)
            writing.replace_derived("change_alias", "R", [known])
            return int(count().scalar_one()) - before

    assert [changes(review), changes(review)] == [2, 0]
    for changed in (
        replace(review, reviewed_at=at(1)),
        replace(review, is_second=False),
        replace(review, is_dated=False),
        replace(review, model="u"),
    ):
        assert [changes(changed), changes(changed), changes(review)] == [2, 0, 2]
    assert [changes(), changes()] == [1, 0]
    assert changes(replace(review, model="\udcff")) == 1
    assert [row.model for row in stored(ledger, "review")] == ["\ufffd"]
    changes(review)
    assert stored(ledger, "review") == [review]


def test_a_name_that_is_no_text_is_kept_as_well_as_can_be(ledger: Ledger) -> None:
    odd = "/home/\udcff/r"
    assert post(ledger, [Place(directory=odd, repository_id="R", worktree=odd)]) == (1, 0)
    assert post(ledger, [Repository(id="R", name=odd)]) == (1, 0)
    with ledger.write() as writing:
        writing.set_cursor(Cursor("journal", odd, "1"))
        writing.note_skips("journal", [Skip("line", odd, odd)])
    assert [place.directory for place in stored(ledger, "place")] == ["/home/\ufffd/r"]


def test_more_rows_than_are_sent_at_once_are_all_kept_and_counted_once(ledger: Ledger) -> None:
    rows = [SessionWrite(session=f"s{number}", path="p", at=at(number % 9)) for number in range(2 * bulk._AT_ONCE + 1)]
    with ledger.write() as writing:
        assert writing.post(rows).new == len(rows)
    with ledger.write() as writing:
        assert writing.post(rows[: bulk._AT_ONCE + 2]).new == 0


def test_pages_are_given_back_in_the_middle_of_a_transaction_without_a_loss(ledger: Ledger) -> None:
    with ledger.write() as writing:
        writing.post([call("a", 1)])
        before = writing.connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
        writing.keep_few_pages()
        after = writing.connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
        writing.post([call("b", 2)])
    assert before < after < 0  # negative: in KiB
    with ledger.read() as connection:
        assert [row.event_key for row in reads.facts(connection, "call")] == [
            call("a", 1).event_key,
            call("b", 2).event_key,
        ]


@pytest.mark.parametrize(("directory", "kept"), [("/elsewhere", []), ("/work", ["k"])])
def test_a_call_that_moved_away_leaves_no_cost_behind(ledger: Ledger, directory: str, kept: list[str]) -> None:
    row = call("k", 5)
    cost = CallCost(event_key="k", nusd=1, match="exact")
    earlier = replace(row, directory=directory, at=at(4), owner_rank=(at(4).isoformat(), 0, "s1"))
    with ledger.write() as writing:
        writing.post([Place(directory="/work", repository_id="R", worktree="/work"), row])
        writing.replace_derived("call_cost", "R", [cost])
        writing.post([earlier])
    with ledger.read() as connection:
        assert [cost.event_key for cost in reads.facts(connection, "call_cost")] == kept
    ledger.close()
