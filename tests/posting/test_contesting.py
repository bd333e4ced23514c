"""Two of a kind against each other, from a ledger to the sentence, the table and the object."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ledger.domain.conclusions import Change, Charge
from ledger.domain.report import Group
from ledger.domain.seats import Seat
from ledger.domain.versus import Contest
from ledger.errors import LedgerError
from ledger.posting.choosing import choose
from ledger.posting.contesting import contest
from ledger.posting.reporting import make_report
from ledger.reports import versus, versus_json
from ledger.store.engine import Ledger, open_ledger
from ledger.store.figures import Slice
from tests.store.changing import NOW, change, charge, fill

HOSTILE = "[red]x\x1b[31m\u202e::error::=1+1"


def drawn() -> list[Change]:
    """easy does docs and looks cheap, hard does features; alike resembles easy; wild is called something hostile."""
    chance = random.Random(1)
    rows: list[Change] = []
    plan = {
        ("easy", "docs"): (60, 0.2, 0.85),
        ("easy", "feat"): (12, 3.0, 0.4),
        ("hard", "docs"): (12, 0.1, 0.95),
        ("hard", "feat"): (60, 2.0, 0.6),
        ("alike", "docs"): (20, 0.27, 0.85),
        ("alike", "feat"): (4, 3.0, 0.5),
        (HOSTILE, "feat"): (30, 8.0, 0.5),
        ("few", "feat"): (3, 1.0, 0.9),
    }
    for (model, task), (n, each, rate) in plan.items():
        for _ in range(n):
            cost, outcome = each * chance.uniform(0.5, 1.5), "accepted" if chance.random() < rate else "rejected"
            fields: dict[str, Any] = {"lead_model": model, "task_type": task, "lead_agent": f"{model}-agent"}
            rows.append(change(len(rows), cost, outcome, lineup=f"{model} + judge review", **fields))
    trunk = change(len(rows), 1, lead_model="direct", basis="trunk")
    return [*rows, trunk, replace(trunk, id="R/t2", lead_model="direct2")]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    opened = open_ledger(str(tmp_path_factory.mktemp("ledger") / "ledger.db"))
    fill(opened, drawn())
    yield opened
    opened.close()


def against(ledger: Ledger, one: str, other: str, **asked: Any) -> Contest:
    return contest(ledger, NOW, one, other, **{"part": Slice(), "by": "task_type", **asked})


def test_a_difference_is_told_with_its_ratio_and_turns_round_at_one_mix(ledger: Ledger) -> None:
    found = against(ledger, "EASY", "hard")
    assert (found.dimension, found.one, found.other) == ("model", "easy", "hard")
    assert found.headline.startswith("easy costs less per accepted change than hard: 0.")
    assert " times as much (0." in found.headline
    assert ", at list price. At one mix of task types it is the other way round: $" in found.headline
    (requests,) = found.bases
    assert requests.is_reversed
    assert requests.mix is not None
    assert requests.mix.covered == pytest.approx((72 + 72 + 24 + 30 + 3) / (72 + 72 + 24 + 30 + 3))
    assert (requests.mix.ratio.point or 0) > 1 > (requests.whole.comparison.ratio.point or 2)
    assert [each.part for each in requests.parts] == ["docs", "feat"]


def test_it_says_what_the_report_says(ledger: Ledger) -> None:
    report = make_report(ledger, NOW)
    (requests,) = against(ledger, "easy", "hard").bases
    told = {group.sums.model: group.estimate for group in report.groups}
    by_part = {(group.sums.model, group.sums.part): group.estimate for group in report.by_part}
    for name, side in (("easy", "one"), ("hard", "other")):
        assert getattr(requests.whole, side).estimate == told[name]
        for each in requests.parts:
            assert getattr(each, side).estimate == by_part[(name, each.part)]


def test_what_is_open_says_what_would_settle_it(ledger: Ledger) -> None:
    found = against(ledger, "easy", "alike")
    assert found.headline.startswith("easy and alike cannot be told apart by cost per accepted change (ratio ")
    needed = found.bases[0].whole.comparison.needed
    assert needed
    assert f"about {needed:,} decided changes of each would settle a difference of this size, at list price." in (
        found.headline
    )


def test_too_few_and_trunk_are_said(ledger: Ledger) -> None:
    assert against(ledger, "few", "easy").headline.startswith(
        "Too little to say: few has 3 decided changes of known cost and easy 72; each needs at least 5"
    )
    trunk = against(ledger, "direct", "direct2")
    assert (trunk.bases, trunk.on_trunk) == ((), 2)
    assert "but commits on trunk, which are accepted by construction" in trunk.headline
    assert "2 commits on trunk" in versus.render(trunk)


@pytest.mark.parametrize(
    ("one", "other", "dimension"),
    [("easy-agent", "hard-agent", "agent"), ("easy + judge review", "hard + judge review", "lineup")],
)
def test_other_names_are_found_where_both_are(ledger: Ledger, one: str, other: str, dimension: str) -> None:
    found = against(ledger, one, other)
    assert found.dimension == dimension
    assert found.bases[0].whole.comparison == against(ledger, "easy", "hard").bases[0].whole.comparison


@pytest.mark.parametrize(
    ("one", "other", "dimension", "said"),
    [
        ("easy", "hrad", "", "No model is called hrad here; did you mean hard"),
        ("eazy", "hrad", "model", "No model is called eazy here; did you mean easy?"),
        ("llama", "zzz", "", "No model, family, agent, provider or line-up is called llama here; there is "),
        ("easy", "hard-agent", "", "easy is the name of one model, hard-agent of one agent: compare two of a kind."),
        ("easy", "EASY", "", "easy cannot be compared with itself"),
        ("easy", "x\x1b[2J", "", "No model is called x·"),
    ],
)
def test_names_that_cannot_be_compared_are_refused_plainly(
    ledger: Ledger, one: str, other: str, dimension: str, said: str
) -> None:
    with pytest.raises(LedgerError) as refused:
        against(ledger, one, other, dimension=dimension)
    assert str(refused.value).startswith(said)
    assert str(refused.value).isprintable()


def test_chosen_changes_are_compared_alone(ledger: Ledger) -> None:
    only = choose(ledger, NOW, {"task_type": ["feat"], "model": ["easy", "hard", "alike"]})
    (requests,) = against(ledger, "easy", "hard", part=Slice(only=only)).bases
    assert requests.whole.one is not None
    assert requests.whole.one.sums.n == 12
    assert requests.mix is None


def test_of_what_was_not_chosen_it_is_said_that_there_is_nothing(ledger: Ledger) -> None:
    only = choose(ledger, NOW, {"task_type": ["docs"]})
    assert against(ledger, "few", "easy", part=Slice(only=only)).headline.startswith(
        "Too little to say: few has 0 decided changes of known cost and easy 60"
    )
    nothing = against(ledger, "few", "easy", part=Slice(until=NOW.replace(year=2020)))
    assert nothing.headline == "few and easy have no change to be compared by."


def test_the_table_has_parts_then_one_mix_then_all(ledger: Ledger) -> None:
    text = versus.render(against(ledger, "easy", "hard"))
    assert all(len(line) <= 80 for line in text.splitlines())
    first = [line.split()[0] for line in text.splitlines() if line.startswith(("docs", "feat", "at one", "all"))]
    assert first == ["docs", "feat", "at", "all"]
    whole = " ".join(text.split())
    assert "Accepted: easy 86% of 72, hard 64% of 72; +22 points (+8 to +35)." in whole
    assert (
        "Each further change that the more accepted one gets accepted costs $"
        in " ".join(versus.render(against(ledger, "alike", "hard")).split())
        or "points (" in whole
    )
    assert "Ratios are of easy to hard, with 95 % intervals" in whole
    assert "\x1b" in versus.render(against(ledger, "easy", "hard"), color=True)


def test_a_hostile_name_is_inert_in_both_formats(ledger: Ledger) -> None:
    found = against(ledger, "easy", HOSTILE)
    text = versus.render(found, width=200)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[red]x" in text
    said = versus_json.render(found)
    assert said.isascii()
    assert json.loads(said)["other"] == HOSTILE


def test_the_object_has_every_key_and_money_as_text(ledger: Ledger) -> None:
    found = json.loads(versus_json.render(against(ledger, "easy", "few")))
    assert set(found) == {"format", "as_of", "of", "one", "other", "by", "cost", "headline", "bases", "on_trunk"}
    (basis,) = found["bases"]
    assert set(basis) == {"basis", "whole", "parts", "at_one_mix", "is_reversed"}
    assert basis["whole"]["ratio"] == {"point": None, "lo": None, "hi": None}
    assert basis["whole"]["other"]["cost_per_accepted"]["point"] is None
    assert isinstance(basis["whole"]["one"]["cost_per_accepted"]["point"], str)
    docs = next(each for each in basis["parts"] if each["part"] == "docs")
    assert docs["other"] is None
    assert basis["at_one_mix"] is None
    mixed = json.loads(versus_json.render(against(ledger, "easy", "hard")))["bases"][0]["at_one_mix"]
    assert set(mixed) == {"covered", "one", "other", "ratio", "per_extra_accepted"}


def test_over_several_repositories_both_are_clusters_and_strata(tmp_path_factory: pytest.TempPathFactory) -> None:
    opened = open_ledger(str(tmp_path_factory.mktemp("several") / "ledger.db"))
    once = [row for row in drawn() if row.lead_model in ("easy", "hard")]
    rows = [
        replace(row, id=f"{name}/{row.number}", repository_id=name)
        for name in "ABC"
        for row in once[:: 1 + (name == "C")]
    ]
    fill(opened, rows)
    (requests,) = against(opened, "easy", "hard").bases
    assert requests.whole.one is not None
    assert requests.whole.one.sums.spread is not None
    assert requests.whole.one.sums.spread.repositories == 3
    assert requests.mix is not None
    assert requests.mix.covered == 1
    assert requests.mix.ratio.lo is not None
    (alone,) = against(opened, "easy", "hard", part=Slice(repository_id="A")).bases
    assert alone.whole.one is not None
    assert alone.whole.one.sums.spread is None
    opened.close()


def paid(of: Change) -> Charge:
    """Of easy's changes half was paid, of hard's all; of every seventh nobody told what was."""
    share = {"easy": of.nusd // 2, "hard": of.nusd}.get(of.lead_model or "", 0)
    is_told = (of.number or 0) % 7 > 0
    paid_nusd = share if is_told else 0
    return replace(charge(of), agent="claude-code", paid_nusd=paid_nusd, parts_unpaid=int(not is_told))


def _point(group: Group | None) -> float:
    assert group is not None
    assert group.estimate.point is not None
    return group.estimate.point


def per_accepted(rows: list[Change], share: float) -> float:
    """By hand, in USD."""
    return share * sum(row.nusd for row in rows) / 1e9 / sum(row.state == "landed" for row in rows)


@pytest.fixture(scope="module")
def billed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    opened = open_ledger(str(tmp_path_factory.mktemp("ledger") / "ledger.db"))
    rows = [row for row in drawn() if row.basis != "trunk"]
    fill(opened, [change_of(row, "RST"[number % 3]) for number, row in enumerate(rows)], booked=paid)
    yield opened
    opened.close()


def change_of(row: Change, repository: str) -> Change:
    return replace(row, repository_id=repository, id=f"{repository}/{row.number}")


def test_by_one_kind_of_cost_that_kind_alone_is_compared(billed: Ledger) -> None:
    told = {cost: against(billed, "easy", "hard", cost=cost) for cost in (None, "list", "billed")}
    mine = {name: [row for row in drawn() if row.lead_model == name] for name in ("easy", "hard")}
    wanted = [per_accepted(mine[name], 1) for name in ("easy", "hard")]
    for cost in (None, "list"):
        (requests,) = told[cost].bases
        assert [_point(side) for side in (requests.whole.one, requests.whole.other)] == pytest.approx(wanted)
        assert told[cost].cost == "at list price"
        assert requests.mix is not None
        docs, feat = strata_means(mine["easy"], 1)
        assert requests.mix.one.mean == pytest.approx(mixed(docs, feat))
    known = {name: [row for row in rows if (row.number or 0) % 7] for name, rows in mine.items()}
    (requests,) = told["billed"].bases
    bill = [per_accepted(known["easy"], 0.5), per_accepted(known["hard"], 1)]
    assert [_point(side) for side in (requests.whole.one, requests.whole.other)] == pytest.approx(bill)
    assert ", as billed." in told["billed"].headline
    assert requests.mix is not None
    docs, feat = strata_means(known["easy"], 0.5)
    assert requests.mix.one.mean == pytest.approx(mixed(docs, feat))
    assert requests.whole.one is not None
    assert requests.whole.one.base.spread is not None


def in_stratum(row: Change, repository: str, task: str) -> bool:
    """A change's repository goes by its place in the list, which is its number."""
    return row.task_type == task and "RST"[(row.number or 0) % 3] == repository


def strata_means(rows: list[Change], share: float) -> tuple[list[float], list[float]]:
    """Mean cost of a change of docs and of features, repository by repository."""
    found = []
    for task in ("docs", "feat"):
        strata = [[row.nusd for row in rows if in_stratum(row, name, task)] for name in "RST"]
        found.append([share * sum(costs) / 1e9 / len(costs) for costs in strata])
    return found[0], found[1]


def mixed(docs: list[float], feat: list[float]) -> float:
    """At the mix of all changes, stratum by stratum."""
    strata = [("docs", name, mean) for name, mean in zip("RST", docs, strict=True)]
    strata += [("feat", name, mean) for name, mean in zip("RST", feat, strict=True)]
    rows = [row for row in drawn() if row.basis != "trunk"]
    sizes = [sum(in_stratum(row, name, task) for row in rows) for task, name, _ in strata]
    return sum(n * mean for n, (*_, mean) in zip(sizes, strata, strict=True)) / sum(sizes)


def test_as_paid_for_seats_each_side_pays_its_share_of_them(billed: Ledger) -> None:
    """All calls were made by one agent in one month: its seat is spread over them by list cost."""
    seats = [Seat("claude-code", 30 * 10**9, "2026-03", "2026-04")]
    found = against(billed, "easy", "hard", cost="effective", seats=seats)
    whole = sum(row.nusd for row in drawn() if row.basis != "trunk")
    for name, side in (("easy", found.bases[0].whole.one), ("hard", found.bases[0].whole.other)):
        rows = [row for row in drawn() if row.lead_model == name]
        assert _point(side) == pytest.approx(per_accepted(rows, 30 * 10**9 / whole))
    assert ", as paid for seats." in found.headline
    text = " ".join(versus.render(found).split())
    assert "depends on how busy their month was, so it compares no models." in text
    assert "how busy" not in versus.render(against(billed, "easy", "hard", cost="billed"))
