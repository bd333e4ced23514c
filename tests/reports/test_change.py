"""A change on the screen: readable however long it is, and harmless whatever stands in it."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import pytest

from ledger.domain.explanation import Explanation
from ledger.domain.forge_facts import Event
from ledger.domain.git_facts import Rewrite
from ledger.reports import change, change_json
from tests.domain.building import at, call, commit, credit, diff, history, made_on, request, run, target
from tests.domain.explaining import explained

OTHER = replace(credit("a", "gpt"), evidence="journal")
REVIEW = Event(
    repository_id="R", subject="request:12", kind="reviewed", at=at(2.5), actor="k", verdict="approved", oid="b"
)
HOSTILE = "x\x1b[2J\u202e\x00\nA made up line | =1+1 `x` <b>"


def whole() -> Explanation:
    """A request of two commits, one of them rewritten, a run that failed and one that passed, two sessions."""
    facts = history(
        commit("0"),
        commit("a", "0", 1, "feat: a gate"),
        commit("b", "a", 2, "feat: its hinges"),
        commit("m", "0 b", 3, "Merge", number=12, merged="gate"),
        tips=[target("m")],
        rewrites=[Rewrite(repository_id="R", old="o", new="a", kind="amend", evidence="post-rewrite")],
        requests=[request(12, head="b", merged=3, merge_oid="m", head_ref="gate", title="A gate")],
        contributions=[credit("a"), OTHER, credit("request:12", "haiku", "review")],
        diffs=[diff("a"), diff("b")],
        calls=[call("x", 0.5, branch="gate"), call("y", 1.5, session="s2", branch="gate")],
        seen=[made_on("a", "gate", "s1"), made_on("b", "gate", "s2")],
        runs=[run("a", 1.2, "failed"), run("b", 2.2)],
        events=[REVIEW],
    )  # fmt: skip
    return explained(facts)


def section(text: str, title: str) -> list[str]:
    part = text.split(f"\n\n{title}\n")[1].split("\n\n")[0]
    return part.rstrip("\n").splitlines()


def test_the_verdict_comes_with_its_reason() -> None:
    text = change.render(whole())
    assert "accepted, basis request, opened 2026-03-01 09:00, landed 2026-03-01 12:00 by merge" in text
    assert "  because the merge m brought its commits to the target branch" in text


def test_commits_are_marked_as_what_they_are() -> None:
    lines = section(change.render(replace(whole(), asked="a")), "Commits")
    assert [line for line in lines if line.startswith("  > ")] == ["  > a feat: a gate"]
    assert any(line.endswith("feat: its hinges  [names no model]") for line in lines)
    assert any(line.endswith("[landed]") for line in lines)
    assert any("(rewritten away before it was read)  [earlier]" in line for line in lines)


def test_runs_say_what_their_reports_say_otherwise_and_when_they_tell_nothing() -> None:
    failing = replace(run("a", 1), tests=9, failures=1, errors=2, flaky=3, reported="failed")
    lines = section(change.render(replace(whole(), runs=(failing, replace(run("a", 1), is_dirty=True)))), "Runs")
    assert lines == [
        "  2026-03-01 10:00 tests: passed on a, attempt 1, 3 of 9 tests failed, 3 flaky, though its reports say failed",
        "  2026-03-01 10:00 tests: passed on a, attempt 1, with changes in the worktree: it tells nothing of this",
    ]


def test_rewrites_contributions_and_contradictions_say_how_it_is_known() -> None:
    text = change.render(whole())
    assert section(text, "Rewrites") == ["  o → a by amend, told by post-rewrite"]
    lines = section(text, "Who took part")
    assert "  haiku in claude-code as review, told by a trailer, on request:12" in lines
    assert any(line.startswith("  opus in claude-code") and line.endswith("on a: does not count") for line in lines)
    assert section(text, "Contradicted") == [
        "  implement of a: gpt by journal counts, opus by trailer does not; all is kept"
    ]


def test_a_former_commit_without_a_told_rewrite_says_so() -> None:
    lines = section(change.render(replace(whole(), rewrites=())), "Rewrites")
    assert lines == ["  o → this change, by author, date and subject or patch: no rewrite was told"]


def test_cost_is_told_by_session_with_its_rule() -> None:
    lines = section(change.render(whole()), "Cost, by session")
    assert lines[0] == "  session s1, claude-code, 2026-03-01 09:30 to 2026-03-01 09:30, attempt 1: $0.001"
    assert (
        lines[1] == "    $0.001 for 1 call by opus as scout (inferred), booked by the rule explicit; tokens 1,000 out"
    )
    assert lines[2].startswith("  session s2")


def test_attempts_runs_and_events_are_told() -> None:
    text = change.render(whole())
    assert section(text, "Attempts")[0].endswith(", ended by a failing run")
    found = whole()
    for by, said in (("other-model", ", taken over by another model"), ("end", "$0.002")):
        tries = tuple(replace(each, ended_by=by) for each in found.attempts)
        assert section(change.render(replace(found, attempts=tries)), "Attempts")[0].endswith(said)
    assert section(text, "Runs")[0] == "  2026-03-01 10:12 tests: failed on a, attempt 1"
    assert section(text, "Events") == ["  2026-03-01 11:30 reviewed approved"]


def test_what_is_uncertain_comes_with_its_remedy() -> None:
    lines = section(change.render(whole()), "Uncertain")
    assert any("is contradicted" in line and "ledger tag REV --model NAME" in line for line in lines)


def test_a_long_change_stays_readable_and_keeps_the_commit_that_was_asked_for() -> None:
    found = whole()
    ((row, one), *_) = found.commits
    assert one
    many = tuple((replace(row, oid=f"{n:040d}"), replace(one, oid=f"{n:040d}")) for n in range(1000))
    sums = tuple(replace(found.charges[0], session=f"session-{n:04d}") for n in range(10_000))
    rows = tuple(credit(f"{n:040d}") for n in range(1000))
    long = replace(found, commits=many, charges=sums, contributions=rows, asked=f"{900:040d}")
    text = change.render(long)
    assert len(text.splitlines()) < 120
    commits = section(text, "Commits")
    assert commits[-2].startswith(f"  > {900:040d}"[:14])
    assert commits[-1] == "  … and 979 more; --format json lists all"
    assert section(text, "Who took part") == [
        "  opus in claude-code as implement, told by a trailer, on 0000000000, 0000000000, 0000000000 and 997 more"
    ]
    assert len(json.loads(change_json.render(long))["commits"]) == 1000


def test_the_cost_of_none_is_not_shown_as_zero() -> None:
    found = whole()
    unknown = replace(found, change=replace(found.change, cost_known="none"))
    assert "cost unknown" in change.render(unknown)
    told = json.loads(change_json.render(unknown))
    assert told["change"]["cost_usd"] is None
    assert {each["cost_usd"] for each in told["attempts"]} == {None}


def test_calls_without_a_price_do_not_cost_zero() -> None:
    found = whole()
    rows = tuple(replace(row, nusd=0, calls_unpriced=row.calls) for row in found.charges)
    bare = replace(found, charges=rows)
    lines = section(change.render(bare), "Cost, by session")
    assert lines[0].endswith("attempt 1: cost unknown")
    assert lines[1].startswith("    cost unknown for 1 call, 1 without a price, by opus as scout")
    assert not any("$" in line for line in lines)
    assert {each["cost_usd"] for each in json.loads(change_json.render(bare))["sessions"]} == {None}


@pytest.mark.parametrize(
    ("evidence", "said"),
    [("contribution", "as its commits say"), ("explicit", "as was said"), ("name", "by the agent's name"), ("x", "x")],
)
def test_how_a_role_is_known_is_said_in_words(evidence: str, said: str) -> None:
    found = whole()
    rows = tuple(replace(row, role_evidence=evidence) for row in found.charges)
    assert f"as scout ({said}), booked" in change.render(replace(found, charges=rows))


def test_a_person_s_commit_is_no_change_in_either_form() -> None:
    one = commit("a" * 40, subject="docs: by hand")
    assert change.render_plain(one).startswith("aaaaaaaaaa docs: by hand\n  No change: no model is known")
    told = json.loads(change_json.render_plain(one))
    assert told["change"] is None
    assert told["commits"][0]["subject"] == "docs: by hand"


def test_the_json_has_all_keys_whatever_is_there() -> None:
    full = json.loads(change_json.render(whole()))
    bare = json.loads(
        change_json.render(explained(history(commit("a"), tips=[target("a")], contributions=[credit("a")])))
    )
    assert full.keys() == bare.keys()
    assert full["change"].keys() == bare["change"].keys()
    assert full["format"] == 1
    work = full["sessions"][0]["work"][0]
    assert (work["rule"], work["tokens"]["output"], work["cost_usd"]) == ("explicit", 1000, "0.001")
    assert sum(each["calls"] for each in full["sessions"]) == 2


def test_every_key_of_the_json_is_documented() -> None:
    from pathlib import Path

    page = (Path(__file__).parent.parent.parent / "docs" / "json.md").read_text()

    def keys(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set(value) | {key for part in value.values() for key in keys(part)}
        return {key for part in value for key in keys(part)} if isinstance(value, list) else set()

    assert {key for key in keys(json.loads(change_json.render(whole()))) if f"`{key}`" not in page} == set()


def hostile(value: Any) -> Any:
    """The record with every text in it replaced by a hostile one; what the code itself decides by stays."""
    own = {
        "basis",
        "state",
        "landed_by",
        "cost_known",
        "is_head",
        "change_id",
        "repository_id",
        "rule",
        "outcome",
        "asked",
    }
    if isinstance(value, tuple):
        return tuple(hostile(each) for each in value)
    if not hasattr(value, "__slots__"):
        return value
    texts = {
        field.name: HOSTILE
        for field in fields(value)
        if isinstance(getattr(value, field.name), str) and field.name not in own
    }
    deep = {
        field.name: hostile(getattr(value, field.name))
        for field in fields(value)
        if field.name
        in ("change", "commits", "rewrites", "contributions", "charges", "attempts", "runs", "events", "reverts")
        and not isinstance(getattr(value, field.name), int | str)
    }
    return replace(value, **{**texts, **deep})


@pytest.mark.parametrize("writer", [change, change_json])
def test_no_text_from_outside_steers_a_terminal_or_begins_a_line(writer: Any) -> None:
    found = whole()
    bad = replace(
        hostile(found), aliases=(HOSTILE,), outcome=found.outcome, reverts=(replace(commit("r"), subject=HOSTILE),)
    )
    text = writer.render(bad)
    assert not {"\x1b", "\u202e", "\x00"} & set(text)
    assert not [line for line in text.splitlines() if line.strip().startswith("A made up line")]
    plain = writer.render_plain(replace(commit("a" * 40), subject=HOSTILE))
    assert not {"\x1b", "\u202e", "\x00"} & set(plain)
