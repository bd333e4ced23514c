"""What `ledger report` can be asked: which repository, which changes, told by what, and whether a condition holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands.running import run, statements
from tests.gitting import WHEN, commit, git

DAY = ("--as-of", "2026-04-01")


@pytest.fixture
def two(posted: Path, tmp_path: Path) -> Path:
    """A repository whose ledger another one posts to as well."""
    entries, other, remote = tmp_path / "other.jsonl", tmp_path / "other", "github.com/example/other"
    entries.write_text(statements(12, remote))
    other.mkdir()
    git(other, "init", "-q", "-b", "main")
    git(other, "remote", "add", "origin", f"https://{remote}.git")
    commit(other, "feat: begin", at=WHEN)
    database = str(posted / ".git" / "ledger" / "ledger.db")
    done = run("-C", str(other), "--database", database, "update", "--source", "entries", str(entries))
    assert done.code == 0, done.err
    return posted


def asked(repository: Path, *arguments: str) -> dict[str, Any]:
    done = run("-C", str(repository), "report", "--format", "json", *DAY, *arguments)
    assert (done.code, done.err) == (0, "")
    found: dict[str, Any] = json.loads(done.out)
    return found


def n(found: dict[str, Any]) -> int:
    return sum(group["n"] for group in found["groups"] if group["key"]["task_type"] is None)


def test_this_repository_counts_unless_another_or_all_are_asked_for(two: Path) -> None:
    here, everything = asked(two), asked(two, "--all")
    assert (n(here), n(everything)) == (24, 36)
    assert {group["repositories"] for group in here["groups"]} == {None}
    assert {group["repositories"] for group in everything["groups"]} == {2}
    assert everything["reconciliation"]["difference_usd"] == "0.00"
    assert float(here["reconciliation"]["total_usd"]) < float(everything["reconciliation"]["total_usd"])
    names = {group["key"]["repository"] for group in asked(two, "--all", "--by", "repository")["groups"]} - {None}
    assert len(names) == 2
    other = next(name for name in names if "other" in name)
    assert n(asked(two, "--repository", other)) == 12
    said = run("-C", str(two), "report", "--repository", "othre").err
    assert "did you mean" in said
    both = run("-C", str(two), "report", "--all", "--repository", other)
    assert (both.code, both.out) == (1, "")
    assert "all-in" not in run("-C", str(two), "report", "--all").out
    assert run("-C", str(two)).out.startswith("claude-")


def test_changes_are_told_and_chosen_by_what_is_asked(posted: Path) -> None:
    chosen = asked(posted, "--model", "CLAUDE-OPUS-4-8", "--task", "fix")
    assert chosen["filters"]["only"] == {"model": ["claude-opus-4-8"], "task_type": ["fix"]}
    assert n(chosen) == 12
    assert chosen["headline"].startswith("claude-opus-4-8: $")
    assert {group["unattributed_usd"] for group in chosen["groups"]} == {None}
    agents = asked(posted, "--by", "agent", "--by", "month")
    assert {(group["key"]["agent"], group["key"]["model"], group["key"]["month"]) for group in agents["groups"]} == {
        ("claude-code", None, None),
        ("claude-code", None, "2026-03"),
    }
    assert {group["key"]["lineup"] for group in asked(posted, "--by", "line-up")["groups"]} == {
        "claude-opus-4-8",
        "claude-haiku-4-5",
    }
    roles = asked(posted, "--by", "role")
    assert (roles["filters"]["credit"], {row["key"]["role"] for row in roles["spend"]}) == ("own", {"implement"})
    table = run("-C", str(posted), "report", *DAY, "--by", "family", "--by", "month", "--fallback-cost", "20").out
    assert "month, family" in table
    assert "with $20.00 for each that was not accepted." in " ".join(table.split())
    for wrong, said in (
        (["--by", "area", "--by", "task"], "told by area or by task_type, not by both"),
        (["--by", "agent", "--credit", "first"], "Credit first is told by model"),
        (["--by", "author"], "keeps no author's name"),
        (["--model", "opus"], "did you mean claude-opus-4-8?"),
        (["--fallback-cost", "lots"], "is no amount; write USD"),
        (["--unattributed", "--all", "--model", "claude-opus-4-8"], "leave the other options out"),
    ):
        done = run("-C", str(posted), "report", *wrong)
        assert (done.code, done.out) == (1, "")
        assert said in done.err


def test_retries_and_reviews_stand_alone(posted: Path) -> None:
    retries = run("-C", str(posted), "report", *DAY, "--retries", "--by", "agent", "--until", "2026-04-01")
    assert (retries.code, retries.err) == (0, "")
    assert "task type, agent" in retries.out
    assert "Only changes opened before 2026-04-01 are counted." in " ".join(retries.out.split())
    reviews = run("-C", str(posted), "report", *DAY, "--reviews", "--format", "json")
    assert json.loads(reviews.out)["rows"][0]["alone"]["n"] == 24
    for wrong in (["--retries", "--reviews"], ["--reviews", "--cost", "list"], ["--retries", "--fail-if", "spend > 1"]):
        done = run("-C", str(posted), "report", *wrong)
        assert (done.code, done.out) == (1, "")
        assert "each stand alone" in done.err


def test_by_author_is_told_only_where_names_may_be_kept(posted: Path) -> None:
    git(posted, "config", "ledger.authors", "plain")
    assert {group["key"]["author"] for group in asked(posted, "--by", "author")["groups"]} == {None, ""}


def test_a_setting_says_what_a_refused_change_costs(posted: Path) -> None:
    assert asked(posted)["filters"]["fallback_cost_usd"] is None
    git(posted, "config", "ledger.fallbackCost", "12.50")
    found = asked(posted)
    assert found["filters"]["fallback_cost_usd"] == "12.50"
    for group in found["groups"]:
        base = group["base"]
        wanted = (float(base["cost_usd"]) + 12.5 * (base["n"] - base["accepted"])) / base["accepted"]
        assert float(group["with_fallback_cost"]["point"]) == pytest.approx(wanted, abs=1e-5)


def test_a_condition_that_holds_ends_with_3_and_says_for_whom(posted: Path) -> None:
    passed = run("-C", str(posted), "report", *DAY, "--fail-if", "cost_per_accepted > 100")
    assert (passed.code, passed.err) == (0, "")
    failed = run("-C", str(posted), "report", *DAY, "--fail-if", "cost_per_accepted > $1", "--on", "point")
    assert failed.code == 3
    assert failed.out == passed.out
    assert "cost_per_accepted > 1 (point) holds for claude-opus-4-8 (request)" in failed.err
    assert failed.err.endswith("ledger: Failed: cost_per_accepted > 1.\n")
    spent = ("report", *DAY, "--fail-if", "spend > 1")
    assert run("-C", str(posted), *spent).code == 3
    assert run("-C", str(posted), *spent, "--since", "2026-03-02").code == 0, (
        "nothing was spent on what was opened then"
    )
    unknown = run("-C", str(posted), "report", *DAY, "--until", "2026-03-01", "--fail-if", "acceptance < 50%")
    assert unknown.code == 3
    assert "could be judged of nothing" in unknown.err
    wrong = run("-C", str(posted), "report", "--fail-if", "1 + 1")
    assert (wrong.code, wrong.out) == (2, "")
    assert "is no condition; write a figure" in wrong.err
