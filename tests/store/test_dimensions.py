"""Changes told by anything and chosen by anything: as the view `changes` tells them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ledger.domain.conclusions import ChangeCommit
from ledger.errors import LedgerError
from ledger.posting.choosing import choose, repository_named
from ledger.posting.reporting import make_report
from ledger.store import figures
from ledger.store.engine import Ledger, open_ledger
from ledger.store.figures import Only, Slice
from ledger.store.names import names
from tests.domain.building import commit
from tests.store.changing import NOW, OPENED, change, fill

VIEW = {"model": "lead_model", "family": "lead_family", "agent": "lead_agent", "provider": "lead_provider"}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """Sixty changes of three models in two agents, in two repositories and three months; some by nobody known."""
    opened = open_ledger(str(tmp_path_factory.mktemp("ledger") / "ledger.db"))
    who: list[dict[str, Any]] = [
        {"lead_model": "opus", "lead_agent": "claude-code", "lead_family": "claude", "lead_provider": "anthropic"},
        {"lead_model": "gpt", "lead_agent": "codex", "lead_family": "gpt", "lead_provider": "openai"},
        {"lead_model": "gpt", "lead_agent": "opencode", "lead_family": "gpt", "lead_provider": "openai"},
        {"lead_model": None, "lead_agent": None, "lead_family": None, "lead_provider": None, "lineup": ""},
    ]
    rows = [
        change(
            number,
            1 + number / 10,
            "accepted" if number % 3 else "rejected",
            repository_id="AB"[number % 2],
            opened_at=OPENED + timedelta(days=number),
            task_type=("feat", "fix")[number // 4 % 2],
            area=("auth", "")[number // 8 % 2],
            lineup=f"{who[number % 4]['lead_model']} + reviewer review" if number % 4 < 2 else "",
            **{name: text for name, text in who[number % 4].items() if name != "lineup"},
        )
        for number in range(60)
    ]
    fill(opened, rows)
    yield opened
    opened.close()


def changes(ledger: Ledger) -> list[dict[str, Any]]:
    with ledger.read() as connection:
        return [dict(row) for row in connection.exec_driver_sql("SELECT * FROM changes").mappings()]


def told(ledger: Ledger, part: Slice = Slice(), by: str = "task_type", whom: str = "model") -> Counter[Any]:  # noqa: B008 - frozen
    with ledger.read() as connection:
        rows = figures.group_sums(connection, NOW, part, by, "lead", whom)
    found = Counter[Any]()
    for row in rows:
        found[(row.model, row.part)] += row.charged_nusd
    return found


@pytest.mark.parametrize("whom", VIEW)
def test_who_led_is_told_as_the_view_tells_it(ledger: Ledger, whom: str) -> None:
    wanted = Counter[Any]()
    for row in changes(ledger):
        wanted[(row[VIEW[whom]], row["task_type"])] += round(row["cost_usd"] * 1e9)
    assert told(ledger, whom=whom) == wanted


@pytest.mark.parametrize("by", ["repository", "month"])
def test_a_part_is_told_as_the_view_tells_it(ledger: Ledger, by: str) -> None:
    wanted = Counter[Any]()
    for row in changes(ledger):
        part = row["opened_on"][:7] if by == "month" else row["repository"]
        wanted[(row["lead_model"], part)] += round(row["cost_usd"] * 1e9)
    assert told(ledger, by=by) == wanted
    assert {part for _, part in wanted} == ({"2026-03", "2026-04"} if by == "month" else {"owner/A", "owner/B"})


@pytest.mark.parametrize(
    ("only", "test"),
    [
        ((("model", ("gpt",)),), lambda row: row["lead_model"] == "gpt"),
        ((("agent", ("codex", "claude-code")),), lambda row: row["lead_agent"] in ("codex", "claude-code")),
        ((("model", ("",)),), lambda row: row["lead_model"] is None),
        (
            (("task_type", ("fix",)), ("family", ("gpt",))),
            lambda row: (row["task_type"], row["lead_family"]) == ("fix", "gpt"),
        ),
        ((("area", ("unknown",)),), lambda row: row["area"] is None),
        ((("lineup", ("opus + reviewer review",)),), lambda row: row["lineup"] == "opus + reviewer review"),
    ],
)  # fmt: skip
def test_chosen_changes_are_those_and_no_others(ledger: Ledger, only: Only, test: Any) -> None:
    wanted = sum(round(row["cost_usd"] * 1e9) for row in changes(ledger) if test(row))
    assert 0 < sum(told(ledger, Slice(only=only)).values()) == wanted
    report = make_report(ledger, NOW, only=only)
    assert sum(group.sums.charged_nusd for group in report.groups) == wanted
    assert report.groups == make_report(ledger, NOW, only=only, since=OPENED).groups


def test_an_author_is_that_of_all_it_landed_with(ledger: Ledger) -> None:
    landed = [("a1", "ann", 0, True), ("a2", "bob", 4, True), ("a3", "ann", 4, True), ("a4", "bob", 8, True)]
    told = [*landed, ("a5", "ann", 8, False)]
    rows = [
        ChangeCommit(repository_id="A", oid=oid, change_id=f"A/request:{number}", is_head=is_head)
        for oid, _, number, is_head in told
    ]
    with ledger.write() as writing:
        writing.post([commit(oid, author=author) for oid, author, _, _ in told])
        writing.replace_derived("change_commit", "A", rows)
    report = make_report(ledger, NOW, by="author")
    found = {group.sums.part: group.sums.n for group in report.by_part if group.sums.model == "opus"}
    assert found == {"ann": 1, "several": 1, "bob": 1, "": 12}
    assert sum(group.sums.n for group in report.by_part) == 60


def test_names_are_as_they_are_written_and_unknown_ones_are_refused_with_what_is_like_them(ledger: Ledger) -> None:
    assert choose(ledger, NOW, {"model": ["GPT"], "agent": [], "area": ["unknown"]}) == (
        ("model", ("gpt",)),
        ("area", ("unknown",)),
    )
    assert choose(ledger, NOW, {"model": ["unknown"]}) == (("model", ("",)),)
    with pytest.raises(LedgerError, match=r"No agent is called open-code here; did you mean opencode\?"):
        choose(ledger, NOW, {"agent": ["open-code"]})
    with pytest.raises(LedgerError, match="No model is called x·y here; there is gpt, opus"):
        choose(ledger, NOW, {"model": ["x\x1by"]})
    with ledger.read() as connection:
        assert names(connection, NOW, Slice(), "repository") == {"owner/A": 30, "owner/B": 30}


def test_a_repository_is_found_by_its_name(ledger: Ledger) -> None:
    assert repository_named(ledger, "owner/A") == "A"
    with pytest.raises(LedgerError, match="No repository is called owner here; did you mean owner/A or owner/B"):
        repository_named(ledger, "owner")


def test_repositories_of_one_name_are_told_apart_everywhere(tmp_path: Path) -> None:
    ids = ("aaaaaaaa11111111", "bbbbbbbb22222222", "cccccccc33333333")
    ledger = open_ledger(str(tmp_path / "ledger.db"))
    rows = [change(number, 1.0, repository_id=ids[number % 3]) for number in range(9)]
    fill(ledger, rows, called=lambda each: "other" if each == ids[2] else "repo")
    own = {"repo (aaaaaaaa)": ids[0], "repo (bbbbbbbb)": ids[1], "other": ids[2]}
    with ledger.read() as connection:
        assert names(connection, NOW, Slice(), "repository") == dict.fromkeys(own, 3)
        sums = connection.execute(text("SELECT repository, SUM(n) FROM change_sums GROUP BY repository"))
        assert {row[0]: row[1] for row in sums} == dict.fromkeys(own, 3)
    told = make_report(ledger, NOW, by="repository").by_part
    assert {group.sums.part: group.sums.n for group in told} == dict.fromkeys(own, 3)
    assert {name: repository_named(ledger, name) for name in own} == own
    with pytest.raises(LedgerError, match=r"2 repositories are called repo; .* as repo \(aaaaaaaa\) or repo"):
        repository_named(ledger, "repo")
    ledger.close()


def test_what_is_told_by_agent_says_so_in_its_first_line(ledger: Ledger) -> None:
    report = make_report(ledger, NOW, repository_id="B", whom="agent")
    assert report.headline.startswith("codex: $")
    assert "over 15 changes" in report.headline
    few = make_report(ledger, NOW, only=(("agent", ("codex",)), ("area", ("auth",))), until=OPENED + timedelta(days=9))
    assert few.headline.startswith("Too little to say: of these, the best known has 2 decided changes")
    none = make_report(ledger, NOW, only=(("agent", ("codex",)),), until=OPENED)
    assert none.headline == "No change fits what was asked for."


def test_what_does_not_go_together_is_said(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="Credit first is told by model"):
        make_report(ledger, NOW, whom="agent", credit="first")
    with pytest.raises(LedgerError, match="--by role --credit own"):
        make_report(ledger, NOW, by="role")
