"""What SQL says of an earlier day, or of another maturity, is what the rules say of each change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from ledger.domain.conclusions import Change, ChangeBefore
from ledger.domain.derivation import DERIVATION_VERSION
from ledger.domain.facts import Repository
from ledger.domain.forge_facts import Event
from ledger.domain.git_facts import RepositoryCommit
from ledger.domain.outcomes import outcome
from ledger.domain.standing import as_it_stood
from ledger.domain.sums import CallTotals
from ledger.posting.derive import derive
from ledger.store import changes, figures, reads
from ledger.store.coverage import coverage
from ledger.store.engine import Ledger, open_ledger
from tests.domain.building import at, branch, commit, credit, history, request, run, target

DAY = 24.0
NOW = at(400 * DAY)


def event(number: int, kind: str, hours: float) -> Event:
    return Event(repository_id="R", subject=f"request:{number}", kind=kind, at=at(hours), actor="", verdict="", oid="")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """Requests that were closed and reopened, reverted and restored, tested again; and a branch taken up again."""
    opened = open_ledger(str(tmp_path_factory.mktemp("stood") / "l.db"), create=True)
    facts = history(
        commit("a"), commit("x", "a", 1), commit("m", "a x", 5 * DAY, number=1), commit("y", "a", 2, "y"),
        commit("n", "m y", 6 * DAY, number=2), commit("r", "n", 10 * DAY, reverts=("n",)),
        commit("q", "r", 40 * DAY, reverts=("r",)), commit("z", "a", 3, "z"), commit("o", "q z", 41 * DAY, number=3),
        commit("s", "o", 61 * DAY, reverts=("o",)), commit("w", "a", 4, "w"), commit("v", "w", 30 * DAY, "v"),
        tips=[target("s"), branch("v", "feat")],
    )  # fmt: skip
    posted: list[Any] = [Repository(id="R", name="r"), *facts.commits.values(), *facts.tips]
    posted += [
        RepositoryCommit(repository_id="R", oid=oid, evidence="scan", branch="", session="", worktree="")
        for oid in facts.commits
    ]
    posted += [
        request(1, head="x", opened=1, merged=5 * DAY, merge_oid="m"),
        request(2, head="y", opened=2, merged=6 * DAY, merge_oid="n"),
        request(3, head="z", opened=3, merged=41 * DAY, merge_oid="o"),
        request(4, opened=5, described=20 * DAY),
        replace(request(5, opened=6), is_draft=True),
    ]
    posted += [event(1, "closed", 2 * DAY), event(1, "reopened", 3 * DAY), event(4, "closed", 9 * DAY)]
    posted += [run("x", 20, "failed"), run("x", 30, attempt=2), run("m", 7 * DAY, "failed"), run("m", 8 * DAY)]
    posted += [credit(oid) for oid in ("x", "y", "z", "w", "v", "r", "q", "s")]
    posted += [credit("request:4"), credit("request:5")]
    with opened.write() as writing:
        writing.post(posted)
        writing.set_time("posted_at", NOW)
    derive(opened, "R")
    with opened.write() as writing:
        writing.derived(DERIVATION_VERSION)
    yield opened
    opened.close()


def told(ledger: Ledger, day: datetime, maturity: int = 14) -> Counter[str]:
    part = figures.Slice(maturity=maturity)
    found = Counter[str]()
    names = ("n", "accepted", "rejected", "abandoned", "open", "stale", "unknown")
    with ledger.read() as connection:
        for row in figures.group_sums(connection, day, part):
            for name in (*names, "verified", "durable", "pending", "reverted", "first_pass_yes", "first_pass_no"):
                found[name] += getattr(row, name)
        words = Counter(figures.outcomes(connection, day, part).values())
    assert words["accepted"] >= found["accepted"]
    return +found


def by_rule(ledger: Ledger, day: datetime, maturity: int = 14) -> Counter[str]:
    """The same, change by change."""
    with ledger.read() as connection:
        rows: list[Change] = list(reads.derived(connection, "change", "R"))
        before: list[ChangeBefore] = list(reads.derived(connection, "change_before", "R"))
    later = timedelta(days=maturity - 14)
    found = Counter[str]()
    for change in rows:
        if not change.has_model or change.opened_at > day:
            continue
        stood = as_it_stood(change, [row for row in before if row.change_id == change.id], day)
        turned = _turning(stood, later)
        word = outcome(turned, day)
        found.update(["n", word])
        found.update([f"first_pass_{'yes' if stood.first_pass else 'no'}"] if stood.first_pass is not None else [])
        if word == "accepted":
            found.update(["verified"] if stood.is_verified else [])
            is_gone = stood.reverted_at and stood.reverted_at <= day and (stood.reverted_after or 0) < maturity
            is_old = turned.durable_at and turned.durable_at <= day
            found.update(["reverted" if is_gone else "durable" if is_old else "pending"])
    return +found


def _turning(change: Change, later: timedelta) -> Change:
    dates = {name: getattr(change, name) for name in ("stale_at", "abandoned_at", "durable_at")}
    moved: dict[str, Any] = {name: when + later if when else None for name, when in dates.items()}
    return replace(change, **moved)


DAYS = (0, 0.5, 1, 1.5, 2.5, 4, 7.5, 8.5, 9.5, 12, 16, 19, 21, 25, 35, 42, 55, 60, 62, 80, 399)


@pytest.mark.parametrize("maturity", [1, 14, 30])
def test_an_earlier_day_is_told_as_change_by_change(ledger: Ledger, maturity: int) -> None:
    for day in DAYS:
        assert told(ledger, at(day * DAY), maturity) == by_rule(ledger, at(day * DAY), maturity), day


def test_what_was_reverted_later_than_the_maturity_survived_it(ledger: Ledger) -> None:
    assert [(told(ledger, NOW, days)["reverted"], told(ledger, NOW, days)["durable"]) for days in (14, 30)] == [
        (0, 6),
        (1, 5),
    ]


def test_the_kept_parts_of_the_days_sum_to_the_changes(ledger: Ledger) -> None:
    for day in DAYS:
        found = told(ledger, at(day * DAY))
        assert found["accepted"] == found["durable"] + found["pending"] + found["reverted"]


def test_a_change_is_explained_as_it_stood(ledger: Ledger) -> None:
    with ledger.read() as connection:
        (change,) = changes.find_changes(connection, "#1")
        closed = changes.explain(connection, change, at(2.5 * DAY))
        whole = changes.explain(connection, change, NOW)
    assert (closed.outcome, closed.change.state, [row.kind for row in closed.events]) == (
        "rejected",
        "closed",
        ["closed"],
    )
    assert (whole.outcome, len(whole.events)) == ("accepted", 2)
    assert (len(closed.runs), len(whole.runs)) == (2, 4)


def test_drafts_are_in_or_out_of_the_groups_and_counted(ledger: Ledger) -> None:
    with ledger.read() as connection:
        whole = figures.group_sums(connection, NOW, figures.Slice())
        apart = figures.group_sums(connection, NOW, figures.Slice(has_drafts=False))
        counted = [
            coverage(connection, NOW, figures.Slice(has_drafts=kind), CallTotals()).drafts for kind in (True, False)
        ]
    assert sum(row.n for row in whole) - sum(row.n for row in apart) == 1
    assert sum(row.stale for row in whole) - sum(row.stale for row in apart) == 1
    assert counted == [1, 1]
