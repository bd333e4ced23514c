"""`ledger db rebuild --reprice`: nothing changes until it, and it shows the difference first."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.running import process_environment, run
from tests.gitting import git
from tests.posting.calling import asked, made, post_calls

OWN = (
    '[[price]]\nmodel = "claude-opus-4-8"\ninput = 4\noutput = 20\n\n[[price]]\nmodel = "auto"\ninput = 1\noutput = 2\n'
)
AS_OF = ("--as-of", "2099-01-01")
"""After whatever is posted here: of an earlier day a report says that it is of an earlier day."""


@pytest.fixture
def priced(committed: Path) -> Path:
    """Three calls at the table's prices of that day, one of a model without a price."""
    post_calls(
        committed, made("a"), made("b", hours=1), made("c", "claude-haiku-4-5"), made("d", "auto", output=500_000)
    )
    return committed


def with_own(repository: Path, text: str = OWN) -> None:
    (repository / "prices.toml").write_text(text)
    git(repository, "config", "ledger.prices", "prices.toml")


def report(repository: Path) -> str:
    done = run("-C", str(repository), "report", "--format", "json", *AS_OF)
    assert done.code == 0, done.err
    return done.out


def total(repository: Path) -> int:
    ((nusd,),) = asked(repository, "SELECT SUM(nusd) FROM call_sum")
    return int(nusd)


def test_a_new_price_list_changes_nothing_until_it_is_asked_for(priced: Path) -> None:
    before = report(priced)
    with_own(priced)
    assert run("-C", str(priced), "update", "--source", "commits").code == 0
    assert run("-C", str(priced), "db", "rebuild").code == 0
    assert report(priced) == before


def test_the_difference_is_shown_per_model_and_then_kept(priced: Path) -> None:
    assert total(priced) == 2 * 25_000_000 + 5_000_000
    with_own(priced)
    done = run("-C", str(priced), "db", "rebuild", "--reprice", "--yes")
    assert done.code == 0, done.err
    assert "2 rates would change, from own prices " in done.out
    lines = [line.split() for line in done.out.splitlines()]
    assert ["auto", "1", "0.00", "1.00", "+1.00", "1", "0"] in lines
    assert ["claude-opus-4-8", "2", "0.05", "0.04", "-0.01", "0", "0"] in lines
    assert ["together", "3", "0.05", "1.04", "+0.99", "1", "0"] in lines
    assert "claude-haiku" not in done.out
    assert done.err == "Derived 1 repository anew from the facts.\n"
    assert total(priced) == 2 * 20_000_000 + 5_000_000 + 1_000_000_000
    assert asked(priced, "SELECT match FROM price ORDER BY model_raw") == [("override",), ("exact",), ("override",)]
    assert run("-C", str(priced), "db", "check").code == 0


def test_taking_the_file_away_brings_every_byte_back(priced: Path) -> None:
    before = report(priced)
    with_own(priced)
    run("-C", str(priced), "db", "rebuild", "--reprice", "--yes")
    assert report(priced) != before
    git(priced, "config", "--unset", "ledger.prices")
    run("-C", str(priced), "db", "rebuild", "--reprice", "--yes")
    assert report(priced) == before


def test_where_nothing_would_change_it_says_so_and_rebuilds(priced: Path) -> None:
    before = report(priced)
    done = run("-C", str(priced), "db", "rebuild", "--reprice")
    assert done.code == 0
    assert done.out == "The price lists say what the ledger keeps already; no rate changes.\n"
    assert "Derived 1 repository" in done.err
    assert report(priced) == before


def test_a_rate_that_no_call_needs_changes_no_sum(priced: Path) -> None:
    with_own(priced, OWN.replace("input = 4\noutput = 20", "input = 4\noutput = 25").replace('"auto"', '"never-used"'))
    done = run("-C", str(priced), "db", "rebuild", "--reprice", "--yes")
    assert "1 rate would change" in done.out
    assert "no sum does" in done.out


def test_without_anybody_to_ask_nothing_is_changed(priced: Path) -> None:
    before = report(priced)
    with_own(priced)
    done = run("-C", str(priced), "db", "rebuild", "--reprice")
    assert done.code == 1
    assert "together" in done.out
    assert done.err.endswith("nobody is there to ask; to keep these rates, add --yes.\n")
    assert report(priced) == before


@pytest.mark.parametrize(("answer", "changes"), [("y", True), ("n", False)])
def test_a_person_is_asked(priced: Path, answer: str, changes: bool) -> None:
    before = report(priced)
    with_own(priced)
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "wb", buffering=0) as keyboard:
        keyboard.write(f"{answer}\n".encode())
        done = subprocess.run(
            [sys.executable, "-m", "ledger", "db", "rebuild", "--reprice"],
            cwd=priced,
            env=process_environment(),
            stdin=theirs,
            capture_output=True,
            text=True,
            check=False,
        )
    os.close(theirs)
    assert done.returncode == 0, done.stderr
    assert "Keep these rates?" in done.stderr
    assert ("Nothing was changed." in done.stderr) is not changes
    assert (report(priced) != before) is changes


def test_an_answer_without_the_question_is_a_usage_error(priced: Path) -> None:
    assert run("-C", str(priced), "db", "rebuild", "--yes").code == 2


def test_a_file_that_cannot_be_used_changes_nothing(priced: Path) -> None:
    before = report(priced)
    with_own(priced, "[[price]]\n")
    done = run("-C", str(priced), "db", "rebuild", "--reprice", "--yes")
    assert (done.code, "line 1 (no model), input: Field required" in done.err) == (1, True)
    assert report(priced) == before
