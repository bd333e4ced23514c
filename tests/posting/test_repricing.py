"""New rates: proposed without touching anything, kept whole, and concluded from even when the program is killed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ledger.domain.pricing import price_key
from ledger.posting.repricing import keep, propose, rebuild
from ledger.posting.update import update
from ledger.posting.workplace import open_workplace
from ledger.sources.prices import read_prices
from tests.gitting import WHEN, commit, git
from tests.posting.calling import NOW, asked, made, opened, post_calls

OWN = '[[price]]\nmodel = "claude-opus-4-8"\ninput = 4\noutput = 20\n'
SUM = "SELECT SUM(nusd) FROM call_sum"


def begun(repository: Path) -> None:
    commit(repository, "first", at=WHEN)
    post_calls(repository, made("a"), made("b", "claude-haiku-4-5"))
    (repository / "prices.toml").write_text(OWN)
    git(repository, "config", "ledger.prices", "prices.toml")


def test_a_proposal_leaves_the_ledger_as_it_is(repository: Path) -> None:
    begun(repository)
    before = (repository / ".git" / "ledger" / "ledger.db").read_bytes()
    with opened(repository) as ledger:
        found = propose(open_workplace(str(repository)), ledger)
    assert [(row.model, row.old_nusd, row.new_nusd) for row in found.models] == [
        ("claude-opus-4-8", 25_000_000, 20_000_000)
    ]
    assert (repository / ".git" / "ledger" / "ledger.db").read_bytes() == before


def test_rates_kept_by_a_program_that_was_killed_are_concluded_from_by_the_next_update(repository: Path) -> None:
    begun(repository)
    workplace = open_workplace(str(repository))
    with opened(repository) as ledger:
        keep(ledger, propose(workplace, ledger))
    assert asked(repository, SUM) == [(30_000_000,)]
    with opened(repository) as ledger:
        update(workplace, ledger, now=NOW, sources=("commits",))
    assert asked(repository, SUM) == [(25_000_000,)]


def test_a_rebuild_after_it_says_the_same_as_an_update(repository: Path) -> None:
    begun(repository)
    with opened(repository) as ledger:
        keep(ledger, propose(open_workplace(str(repository)), ledger))
        assert rebuild(ledger) == 1
        assert propose(open_workplace(str(repository)), ledger).prices == ()
    assert asked(repository, SUM) == [(25_000_000,)]


def test_a_call_that_was_never_priced_is_proposed_too(repository: Path) -> None:
    begun(repository)
    with opened(repository) as ledger, ledger.write() as writing:
        late = made("late", "claude-sonnet-4-5", 30)
        writing.post([replace(late, directory=str(repository))])
    with opened(repository) as ledger:
        found = propose(open_workplace(str(repository)), ledger)
    assert {row.model: row.old_unpriced for row in found.models}["claude-sonnet-4-5"] == 1


def test_rates_that_another_ledger_s_entries_brought_are_replaced_too(repository: Path) -> None:
    commit(repository, "first", at=WHEN)
    with opened(repository) as ledger:
        update(open_workplace(str(repository)), ledger, now=NOW, sources=("commits",))
        call = replace(made("a"), directory=str(repository))
        (told,) = read_prices([price_key(call)])
        theirs = replace(told, tiers=((0, 0, 0, 0, 0, 1),), table_version="theirs 1", match="override")
        with ledger.write() as writing:
            writing.post([call, theirs])
        update(open_workplace(str(repository)), ledger, now=NOW, sources=("commits",))
        assert asked(repository, SUM) == [(0,)]
        keep(ledger, propose(open_workplace(str(repository)), ledger))
        update(open_workplace(str(repository)), ledger, now=NOW, sources=("commits",))
    assert asked(repository, SUM) == [(25_000_000,)]
    assert asked(repository, "SELECT table_version FROM price WHERE table_version LIKE 'theirs%'") == []
