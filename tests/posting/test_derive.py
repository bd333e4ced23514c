"""What was loaded to complete the facts is concluded from, and only while nobody else posted or derived."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from ledger.domain.changes import Identity, identify
from ledger.domain.conclusions import DERIVED
from ledger.domain.history import History
from ledger.posting.derive import Held, derive, derive_dirty, supply
from ledger.posting.update import repository_here, update
from ledger.posting.workplace import Workplace, open_workplace
from ledger.store import reads
from ledger.store.engine import Ledger
from tests.gitting import WHEN, commit, git
from tests.posting.calling import NOW, made, opened

Begun = tuple[Workplace, Ledger, str]
Rows = dict[str, list[object]]


@pytest.fixture
def begun(repository: Path) -> Iterator[Begun]:
    """A repository with commits on two branches and calls whose prices and diffs are not known yet."""
    commit(repository, "feat: first\n\nAssisted-by: codex:gpt-5.4", at=WHEN)
    git(repository, "switch", "-q", "-c", "side")
    commit(repository, "fix: second\n\nAssisted-by: codex:gpt-5.4", at=WHEN)
    workplace = open_workplace(str(repository))
    with opened(repository) as ledger:
        update(workplace, ledger, now=NOW, sources=("commits",), concluding=False)
        post(ledger, repository, "a", "b")
        yield workplace, ledger, repository_here(workplace, ledger)


def post(ledger: Ledger, repository: Path, *keys: str) -> None:
    with ledger.write() as writing:
        writing.post([replace(made(key), directory=str(repository)) for key in keys])


def held(begun: Begun) -> Held:
    workplace, ledger, identity = begun
    found = supply(workplace, ledger, identity, NOW)
    assert found
    return found


def conclusions(ledger: Ledger, identity: str) -> Rows:
    with ledger.read() as connection:
        return {kind: sorted(reads.derived(connection, kind, identity), key=repr) for kind in DERIVED}


def rebuilt(ledger: Ledger, identity: str) -> Rows:
    derive(ledger, identity)
    return conclusions(ledger, identity)


@contextmanager
def statements(ledger: Ledger) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(ledger.engine, "before_cursor_execute", note)
    yield sent
    event.remove(ledger.engine, "before_cursor_execute", note)


def test_what_was_held_concludes_the_same_as_what_is_loaded_anew(begun: Begun) -> None:
    _, ledger, identity = begun
    derive(ledger, identity, held=held(begun))
    found = conclusions(ledger, identity)
    assert found["change"]
    assert found["charge"]
    assert [row.nusd for row in found["call_cost"]] == [25_000_000] * 2  # type: ignore[attr-defined]
    assert found == rebuilt(ledger, identity)


def test_the_calls_are_loaded_once(begun: Begun) -> None:
    workplace, ledger, identity = begun
    with statements(ledger) as sent:
        derive_dirty(ledger, identity, held=supply(workplace, ledger, identity, NOW))
    assert sum(statement.startswith("SELECT call.event_key, call.source") for statement in sent) == 1


def test_the_changes_are_drawn_once(begun: Begun, monkeypatch: pytest.MonkeyPatch) -> None:
    workplace, ledger, identity = begun
    drawn: list[History] = []

    def draw(history: History) -> tuple[Identity, ...]:
        drawn.append(history)
        return identify(history)

    for module in ("ledger.domain.conclude", "ledger.posting.derive"):
        monkeypatch.setattr(f"{module}.identify", draw)
    derive_dirty(ledger, identity, held=supply(workplace, ledger, identity, NOW))
    assert len(drawn) == 1
    assert drawn[0].diffs


def test_what_is_supplied_does_not_make_what_is_held_old(begun: Begun) -> None:
    _, ledger, identity = begun
    kept = held(begun)
    assert kept.own
    with ledger.read() as connection:
        assert kept.is_current(reads.marks(connection, identity))
        assert list(reads.facts(connection, "price"))


def test_a_call_that_is_posted_meanwhile_is_counted(begun: Begun, repository: Path) -> None:
    _, ledger, identity = begun
    kept = held(begun)
    post(ledger, repository, "c")
    derive(ledger, identity, held=kept)
    assert len(conclusions(ledger, identity)["call_cost"]) == 3


def test_what_somebody_else_derived_meanwhile_is_not_undone(begun: Begun, repository: Path) -> None:
    _, ledger, identity = begun
    kept = held(begun)
    post(ledger, repository, "c")
    derive(ledger, identity)
    derive(ledger, identity, held=kept)
    assert len(conclusions(ledger, identity)["call_cost"]) == 3


def test_what_is_held_is_old_once_somebody_derived_even_if_nothing_was_dirty_before(
    begun: Begun, repository: Path
) -> None:
    _, ledger, identity = begun
    derive(ledger, identity)
    with ledger.read() as connection:
        assert reads.marks(connection, identity) == set()
    kept = held(begun)
    post(ledger, repository, "c")
    derive(ledger, identity)
    with ledger.read() as connection:
        assert not kept.is_current(reads.marks(connection, identity))


def test_nothing_is_held_of_a_repository_without_a_trace(repository: Path) -> None:
    commit(repository, "first", at=WHEN)
    workplace = open_workplace(str(repository))
    with opened(repository) as ledger:
        update(workplace, ledger, now=NOW, sources=("commits",))
        assert supply(workplace, ledger, repository_here(workplace, ledger), NOW) is None


def test_a_program_that_ends_before_it_derives_leaves_that_to_the_next(begun: Begun) -> None:
    workplace, ledger, identity = begun
    held(begun)
    assert update(workplace, ledger, now=NOW, sources=("commits",)).is_derived
    assert len(conclusions(ledger, identity)["call_cost"]) == 2
