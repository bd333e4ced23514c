"""The sums that rules are replayed over, beside the changes counted one by one."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.conclusions import Change
from ledger.domain.outcomes import outcome
from ledger.domain.started import Started
from ledger.store.backtests import started, starters
from ledger.store.engine import Ledger, open_ledger
from ledger.store.figures import Slice
from tests.store.changing import NOW, OPENED, change, fill

KEYS = ("area", "stakes", "package")


def drawn() -> list[Change]:
    """Three hundred changes of all that a change can be: undecided, unheard, of unknown cost, of nobody known."""
    chance, rows = random.Random(4), []
    for number in range(300):
        fields: dict[str, Any] = {
            "lead_model": "strong",
            "first_model": chance.choice(("cheap", "strong", None)),
            "task_type": chance.choice(("fix", "docs")),
            "area": chance.choice(("auth", "none", "")),
            "stakes": chance.choice(("high", "normal", "")),
            "package": chance.choice(("packages/web", "none", "")),
            "repository_id": chance.choice("AB"),
            "basis": chance.choice(("request", "request", "branch", "trunk")),
            "is_forge_known": chance.random() < 0.8,
            "cost_known": chance.choice(("known", "known", "partial", "none")),
            "attempts": chance.randint(1, 4),
            "failed_runs": chance.randint(0, 3),
            "opened_at": OPENED + timedelta(days=number % 60),
        }
        outcomes = ("accepted", "accepted", "rejected", "open")
        rows.append(change(number, round(chance.uniform(0.1, 3), 2), chance.choice(outcomes), **fields))
    return rows


ROWS = drawn()


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    opened = open_ledger(str(tmp_path_factory.mktemp("ledger") / "ledger.db"))
    fill(opened, ROWS)
    yield opened
    opened.close()


def by_hand(
    rows: list[Change], keys: tuple[str, ...], *, is_several: bool
) -> dict[tuple[object, ...], tuple[Any, ...]]:
    groups: dict[tuple[object, ...], list[Change]] = defaultdict(list)
    for row in rows:
        known = tuple(getattr(row, key) or "unknown" for key in keys)
        place = row.repository_id if is_several else ""
        groups[row.basis, row.first_model, row.task_type, *known, place].append(row)
    return {key: _counted(mine) for key, mine in groups.items()}


def _counted(rows: list[Change]) -> tuple[Any, ...]:
    heard = [row for row in rows if row.basis != "request" or row.is_forge_known]
    decided = [row for row in heard if outcome(row, NOW) in ("accepted", "rejected", "abandoned")]
    base = [row for row in decided if row.cost_known == "known"]
    paid = [row for row in base if outcome(row, NOW) == "accepted"]
    return (
        len(rows),
        sum(row.basis == "request" and not row.is_forge_known for row in rows),
        len(decided),
        len(base),
        len(paid),
        sum(row.nusd for row in base),
        round(sum(row.cost_sq for row in base), 6),
        sum(row.nusd for row in paid),
        sum(row.attempts for row in base),
        sum(row.failed_runs for row in base),
    )


def told(found: list[Started]) -> dict[tuple[object, ...], tuple[Any, ...]]:
    return {
        (row.basis, row.model, *(name for _, name in row.kind.known), row.kind.repository): (
            row.n,
            row.unheard,
            row.decided,
            row.sums.n,
            row.sums.accepted,
            row.sums.cost_nusd,
            round(row.sums.cost_sq, 6),
            row.sums.accepted_nusd,
            row.attempts,
            row.failed_runs,
        )
        for row in found
    }


@pytest.mark.parametrize("is_several", [True, False])
@pytest.mark.parametrize("keys", [(), ("area",), KEYS])
def test_the_sums_are_those_of_the_changes(ledger: Ledger, keys: tuple[str, ...], is_several: bool) -> None:
    with ledger.read() as connection:
        found = started(connection, NOW, Slice(), ("task_type", *keys), is_over_several=is_several)
    assert told(found) == by_hand(ROWS, keys, is_several=is_several)


def test_a_slice_is_of_a_time_and_a_repository(ledger: Ledger) -> None:
    part = Slice(since=OPENED + timedelta(days=10), until=OPENED + timedelta(days=40), repository_id="A")
    mine = [row for row in ROWS if row.repository_id == "A" and 10 <= (row.opened_at - OPENED).days < 40]
    with ledger.read() as connection:
        found = started(connection, NOW, part, (), is_over_several=False)
    assert told(found) == by_hand(mine, (), is_several=False)


def test_as_of_an_earlier_day_nothing_later_is_known(ledger: Ledger) -> None:
    day = OPENED + timedelta(days=20, hours=12)
    with ledger.read() as connection:
        found = started(connection, day, Slice(), (), is_over_several=False)
    opened = [row for row in ROWS if row.opened_at <= day]
    assert sum(row.n for row in found) == len(opened)
    decided = [row for row in opened if outcome(row, day) in ("accepted", "rejected", "abandoned")]
    assert sum(row.decided for row in found if row.basis == "branch") == sum(row.basis == "branch" for row in decided)


def test_who_began_is_counted_most_first(ledger: Ledger) -> None:
    with ledger.read() as connection:
        found = starters(connection, NOW, Slice())
        alone = starters(connection, NOW, Slice(repository_id="B"))
    counts = {name: sum(row.first_model == name for row in ROWS) for name in ("cheap", "strong")}
    assert found == counts
    assert list(found) == sorted(counts, key=lambda name: -counts[name])
    assert sum(alone.values()) == sum(row.repository_id == "B" and row.first_model is not None for row in ROWS)


def test_an_empty_ledger_has_nothing(tmp_path: Path) -> None:
    opened = open_ledger(str(tmp_path / "empty.db"))
    with opened.read() as connection:
        assert started(connection, NOW, Slice(), KEYS, is_over_several=True) == []
        assert starters(connection, NOW, Slice()) == {}
    opened.close()
