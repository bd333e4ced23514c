"""The figures of a report under every credit and by every part: they sum to the same, and the views say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from ledger.domain.credit import CREDITS
from ledger.domain.derivation import DERIVATION_VERSION
from ledger.domain.facts import ForgeRule, Repository
from ledger.domain.git_facts import CommitArea, RepositoryCommit
from ledger.domain.seats import Seat
from ledger.domain.sums import GroupSums
from ledger.posting.derive import derive
from ledger.posting.reporting import make_report
from ledger.reports import render
from ledger.store import figures
from ledger.store.engine import Ledger, open_ledger
from tests.domain.building import at, branch, call, commit, credit, diff, history, made_on, request, target

NOW = datetime(2026, 4, 30, tzinfo=UTC)
ALL = figures.Slice()
TYPES = ("feat", "fix", "docs", "chore")
AREAS = ((("auth", 3, "high"),), (("web", 4, "normal"), ("auth", 1, "high")), (), None)
"""By the number of the request, over and over; None: not read."""


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """Forty requests of two models, some begun by a third or reviewed; an abandoned branch, and a lost call."""
    opened = open_ledger(str(tmp_path_factory.mktemp("ledger") / "ledger.db"), create=True)
    facts = history(
        commit("a"),
        *(commit(f"{n:08x}", "a", n + 0.5, f"{TYPES[n % 4]}: it") for n in range(40)),
        commit("ffffffff", "a", 60, "left"),
        tips=[target("a"), branch("ffffffff", "left")],
    )
    heads = [oid for oid in facts.commits if oid not in ("a", "ffffffff")]
    calls = [call("lost", 70, branch="main", session="s", output=12345), call("odd", 2, branch="main", model=None)]
    posted: list[Any] = [Repository(id="R", name="r"), *facts.commits.values(), *facts.tips, *facts.places]
    posted += [ForgeRule(repository_id="R", clone_id="c", forge="none", at=NOW)]
    for n, oid in enumerate(heads):
        model = ("opus", "haiku")[n % 2]
        merged, closed = (n + 2.0 if n % 3 else None), (n + 2.0 if n % 3 == 0 and n % 2 else None)
        told = request(n + 1, head=oid, opened=n, merged=merged, closed=closed, title=f"{TYPES[n % 4]}: it")
        posted += [replace(told, head_ref=f"b{n}")]
        posted += [made_on(oid, f"b{n}", f"s{n}"), credit(oid, model), diff(oid, n + 1)]
        calls += [call(f"c{n}", n + 0.4, branch=f"b{n}", session=f"s{n}", model=model, output=1000 + 7 * n)]
        if n % 4 == 1:
            posted += [credit(oid, "cheap")]
            calls += [call(f"f{n}", n + 0.1, branch=f"b{n}", session=f"s{n}", model="cheap", output=11 * n)]
        if n % 5 == 0:
            posted += [credit(oid, "gpt", "review", "codex")]
            calls += [call(f"r{n}", n + 0.6, branch=f"b{n}", session=f"r{n}", model="gpt", output=333)]
        touched = AREAS[n % 4]
        if touched is not None:
            packages = ((f"packages/p{n % 3}", n + 1),) if n % 2 else ()
            posted += [CommitArea(oid=oid, rules="r", areas=touched, packages=packages)]
    posted += [made_on("ffffffff", "left", "left"), credit("ffffffff", "haiku")]
    calls += [call("left", 59.9, branch="left", session="left", model="haiku", output=777)]
    posted += [
        RepositoryCommit(repository_id="R", oid=oid, evidence="scan", branch="", session="", worktree="")
        for oid in facts.commits
    ]
    with opened.write() as writing:
        writing.post([*posted, *calls, *history(calls=calls).prices])
        writing.set_time("posted_at", NOW)
    derive(opened, "R")
    with opened.write() as writing:
        writing.derived(DERIVATION_VERSION)
    yield opened
    opened.close()


def asked(ledger: Ledger, sql: str) -> list[tuple[Any, ...]]:
    with ledger.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def changes(ledger: Ledger) -> list[dict[str, Any]]:
    with ledger.read() as connection:
        return [dict(row) for row in connection.exec_driver_sql("SELECT * FROM changes").mappings()]


def grouped(
    ledger: Ledger, by: str = "task_type", credited: str = "lead", part: figures.Slice = ALL
) -> list[GroupSums]:
    with ledger.read() as connection:
        return figures.group_sums(connection, NOW, part, by, credited)


def cents(rows: dict[Any, float | None]) -> dict[Any, int]:
    return {key: round(usd * 1e9) for key, usd in rows.items() if usd and round(usd * 1e9)}


def test_every_credit_sums_to_what_was_charged_to_changes(ledger: Ledger) -> None:
    ((charged, changes),) = asked(
        ledger, "SELECT SUM(nusd), COUNT(DISTINCT change_id) FROM charge WHERE change_id <> ''"
    )
    assert charged > 0
    for name in figures.CREDITED:
        rows = grouped(ledger, credited=name)
        assert (sum(row.charged_nusd for row in rows), sum(row.n for row in rows)) == (charged, changes), name
    with ledger.read() as connection:
        own = figures.own_spends(connection, NOW, ALL)
    booked = sum(row.nusd for row in own if row.part is not None)
    stray = sum(row.nusd for row in own if row.part is None)
    ((total,),) = asked(ledger, "SELECT nusd FROM reconciliation WHERE bucket = 'all calls'")
    assert (booked, booked + stray) == (charged, total)
    assert stray == 12_345_000


@pytest.mark.parametrize(("name", "column"), [("lead", "lead_model"), ("first", "first_model"), ("lineup", "lineup")])
def test_a_credit_says_what_the_view_of_changes_says(ledger: Ledger, name: str, column: str) -> None:
    wanted: dict[str | None, Counter[str]] = {}
    for row in changes(ledger):
        mine = wanted.setdefault(row[column], Counter())
        mine.update(n=1, accepted=row["outcome"] == "accepted", nusd=round(row["cost_usd"] * 1e9))
    found: dict[str | None, Counter[str]] = {}
    for sums in grouped(ledger, credited=name):
        found.setdefault(sums.model, Counter()).update(n=sums.n, accepted=sums.accepted, nusd=sums.charged_nusd)
    assert len(found) > 1
    assert found == wanted


def test_the_credits_tell_different_stories(ledger: Ledger) -> None:
    models = {name: {row.model for row in grouped(ledger, credited=name)} for name in figures.CREDITED}
    assert models["lead"] == {"opus", "haiku"}
    assert models["first"] == {"opus", "haiku", "cheap"}
    assert "opus + gpt review" in models["lineup"]


def test_own_spend_is_the_view_s_by_model_and_role(ledger: Ledger) -> None:
    with ledger.read() as connection:
        rows = figures.own_spends(connection, NOW, ALL)
    found = Counter[tuple[str | None, str | None]]()
    for row in rows:
        found[(row.model, row.role)] += row.nusd
    view = {
        (model, role): usd
        for model, role, usd in asked(ledger, "SELECT model, role, SUM(cost_usd) FROM spend GROUP BY model, role")
    }
    assert dict(+found) == cents(view)
    assert (None, "scout") in {(row.model, row.role) for row in rows}
    gpt = [row for row in rows if row.model == "gpt"]
    assert {row.role for row in gpt} == {"review"}
    assert sum(row.changes for row in gpt) == 8
    assert all(row.unattributed_nusd == 0 for row in gpt)


def test_own_spend_is_told_by_what_became_of_the_changes(ledger: Ledger) -> None:
    with ledger.read() as connection:
        rows = figures.own_spends(connection, NOW, ALL, "area")
    view = {
        bucket: usd * 1e9
        for bucket, usd in asked(ledger, "SELECT outcome, SUM(cost_usd) FROM changes GROUP BY outcome")
    }
    assert sum(row.accepted_nusd for row in rows) == round(view["accepted"])
    assert sum(row.failed_nusd for row in rows) == round(view["rejected"] + view["abandoned"])
    assert sum(row.undecided_nusd for row in rows) == round(view["stale"])


@pytest.mark.parametrize("by", ["task_type", "area", "stakes", "package"])
def test_a_part_says_what_the_view_of_changes_says(ledger: Ledger, by: str) -> None:
    wanted = Counter[tuple[str | None, str]]()
    for row in changes(ledger):
        wanted[(row["lead_model"], row[by] or "unknown")] += round(row["cost_usd"] * 1e9)
    rows = grouped(ledger, by)
    found = Counter[tuple[str | None, str | None]]()
    for sums in rows:
        found[(sums.model, sums.part)] += sums.charged_nusd
    assert found == wanted
    assert sum(sums.n for sums in rows) == len(changes(ledger))
    assert len({row.part for row in rows}) > 2


def test_what_was_not_read_is_unknown_and_what_touches_nothing_is_none(ledger: Ledger) -> None:
    sizes = Counter[str | None]()
    for row in grouped(ledger, "area"):
        sizes[row.part] += row.n
    assert sizes == {"auth": 10, "web": 10, "none": 10, "unknown": 11}
    stakes = {row.part for row in grouped(ledger, "stakes")}
    assert stakes == {"high", "normal", "unknown"}
    assert asked(ledger, "SELECT COUNT(*) FROM changes WHERE area IS NULL AND stakes IS NULL AND package IS NULL") == [
        (11,)
    ]


def test_a_slice_holds_for_every_credit(ledger: Ledger) -> None:
    part = figures.Slice(since=at(10), until=at(20), repository_id="R")
    totals = {
        name: sum(row.charged_nusd for row in grouped(ledger, credited=name, part=part)) for name in figures.CREDITED
    }
    with ledger.read() as connection:
        own = figures.own_spends(connection, NOW, part)
    totals["own"] = sum(row.nusd for row in own if row.part is not None)
    assert len(set(totals.values())) == 1
    assert 0 < totals["own"] < sum(row.charged_nusd for row in grouped(ledger))
    with ledger.read() as connection:
        assert figures.own_spends(connection, NOW, figures.Slice(repository_id="other")) == []


@pytest.mark.parametrize("cost", ["list", "billed", "effective"])
def test_every_credit_sums_alike_by_every_kind_of_cost(ledger: Ledger, cost: str) -> None:
    seats = [Seat("claude-code", 20 * 10**9, "2026-03")] if cost == "effective" else []
    told = {name: make_report(ledger, NOW, credit=name, by="area", cost=cost, seats=seats) for name in CREDITS}
    totals = {name: sum(group.sums.charged_nusd for group in report.groups) for name, report in told.items()}
    totals["own"] = sum(row.nusd for row in told["own"].spends_by_part)
    assert len(set(totals.values())) == 1, totals
    assert sum(row.nusd for row in told["own"].spends) == told["own"].buckets.total
    assert (totals["own"] > 0) == (cost != "billed")


def test_a_label_tells_repositories_apart_under_any_credit(ledger: Ledger) -> None:
    with ledger.read() as connection:
        own = figures.own_spends(connection, NOW, ALL, "label:team")
    assert {row.part for row in own} == {"", None}
    assert {row.part for row in grouped(ledger, "label:team", "first")} == {""}


def test_a_line_up_is_not_blamed_for_a_model_s_calls_that_reached_no_change(ledger: Ledger) -> None:
    lead, first, lineup = (make_report(ledger, NOW, credit=name) for name in ("lead", "first", "lineup"))
    assert sum(group.sums.unattributed_nusd for group in lead.groups) == 12_345_000
    assert sum(group.sums.unattributed_nusd for group in first.groups) == 12_345_000
    assert sum(group.sums.unattributed_nusd for group in lineup.groups) == 0


@pytest.mark.parametrize("credited", ["lead", "first", "lineup", "own"])
@pytest.mark.parametrize("form", ["table", "json"])
def test_every_report_is_written_down(ledger: Ledger, credited: str, form: str) -> None:
    text = render(make_report(ledger, NOW, credit=credited, by="area"), form)
    assert "auth" in text
    assert "haiku" in text


@pytest.mark.parametrize("cost", [None, "list"])
@pytest.mark.parametrize(
    ("since", "until", "lost"),
    [(60, None, 12_345_000), (71, None, 0), (None, 70, 0), (None, 71, 12_345_000), (69, 71, 12_345_000)],
)
def test_what_reached_no_change_counts_in_the_time_in_which_it_was_spent(
    ledger: Ledger, since: float | None, until: float | None, lost: int, cost: str | None
) -> None:
    """The lost call was made in hour 70; all cost is told below the tables whenever it was."""
    begin, end = (None if each is None else at(each) for each in (since, until))
    lead, own = (make_report(ledger, NOW, since=begin, until=end, cost=cost, credit=name) for name in ("lead", "own"))
    mine = [group.sums for group in lead.groups if group.sums.model == "opus"]
    assert sum(row.unattributed_nusd for row in mine) == (lost if mine else 0)
    assert sum(row.unattributed_nusd for row in own.spends) == lost
    assert lead.buckets.unattributed == own.buckets.unattributed == 12_345_000


@pytest.mark.parametrize("whom", ["model", "agent"])
def test_all_in_rests_on_the_same_time_as_the_changes(ledger: Ledger, whom: str) -> None:
    early, late = (make_report(ledger, NOW, until=at(hours), whom=whom) for hours in (40, 80))
    for report, lost in ((early, 0), (late, 12_345_000)):
        name = "opus" if whom == "model" else "claude-code"
        (group,) = [each for each in report.groups if (each.sums.model, each.sums.basis) == (name, "request")]
        wanted = (group.sums.base_nusd + lost) / 1e9 / group.sums.base_accepted
        assert group.all_in == pytest.approx(wanted)
