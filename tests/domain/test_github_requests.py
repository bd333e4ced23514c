"""What GitHub's lists and webhooks say of pull requests."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.amounts import Refused
from ledger.domain.forge_facts import DETAILS, Request
from ledger.domain.github_requests import COMMAND, FIELDS
from ledger.domain.request_forms import read_request
from tests.domain.requesting import HEAD, MERGE, events, facts, gh, request, rest


def payload(action: str, **changed: Any) -> dict[str, Any]:
    return {
        "action": action,
        "number": 7,
        "pull_request": rest(**changed),
        "repository": {"html_url": "https://github.com/owner/name", "default_branch": "main"},
        "sender": {"login": "eve", "type": "User"},
    }


def test_a_merged_request_landed_with_its_merge_commit() -> None:
    row = gh(state="MERGED")
    found = request(row)
    assert (found.state, found.merge_oid, found.head_oid) == ("merged", MERGE, HEAD)
    assert found.closed_at is None, "that it was closed too is no second decision"
    assert events(row) == [("opened", 1, "#ann", "", ""), ("merged", 2, "#bob", "", MERGE)]
    assert (found.labels, found.base_ref, found.earlier) == (("bug",), "main", (("commits", ""),))


def test_a_request_closed_unmerged_has_no_merge_commit_though_its_last_test_merge_is_told() -> None:
    found = request(rest())
    assert (found.state, found.merge_oid, found.merged_at) == ("closed", "", None)
    assert events(rest()) == [("opened", 1, "#ann", "", ""), ("closed", 2, "", "", "")]


@pytest.mark.parametrize("row", [gh(state="OPEN"), rest(state="open", closed_at=None)])
def test_an_open_request_is_described_when_it_was_last_updated(row: dict[str, Any]) -> None:
    found = request(row)
    assert (found.state, found.closed_at, found.at.day) == ("open", None, 2 if "url" in row else 3)


def test_without_its_time_a_description_is_as_old_as_the_latest_date_in_it() -> None:
    review = {"author": {"login": "bob"}, "submittedAt": "2026-03-04T09:00:00Z", "state": "COMMENTED"}
    row = gh(reviews=[review])
    del row["updatedAt"]
    assert request(row).at.day == 4
    assert request(gh(state="CLOSED", updatedAt=None)).at.day == 2


def test_of_reviews_the_bots_are_named_and_people_are_not() -> None:
    def review(login: str, day: int, state: str, **extra: object) -> dict[str, object]:
        at = f"2026-03-{day:02}T09:00:00Z"
        return {"author": {"login": login} | extra, "submittedAt": at, "state": state, "commit": {"oid": HEAD}}

    told = [
        review("coderabbitai", 2, "COMMENTED"),
        review("bob", 3, "APPROVED"),
        review("app/some-bot", 4, "CHANGES_REQUESTED", is_bot=True),
        review("carl", 5, "DISMISSED"),
        {"author": {"login": "dora"}, "submittedAt": None, "state": "PENDING"},
        {"author": None, "submittedAt": "2026-03-06T09:00:00Z", "state": "APPROVED"},
    ]
    assert events(gh(reviews=told, latestReviews=told[1:2]))[1:] == [
        ("reviewed", 2, "coderabbitai", "commented", HEAD),
        ("reviewed", 3, "#bob", "approved", HEAD),
        ("reviewed", 4, "some-bot[bot]", "changes_requested", HEAD),
        ("reviewed", 5, "#carl", "", HEAD),
        ("reviewed", 6, "", "approved", ""),
    ]


def test_only_a_bot_that_the_forge_calls_one_is_named_where_people_have_such_names_too() -> None:
    assert events(rest(user={"login": "claude", "type": "User"}))[0][2] == "#claude"
    assert events(rest(user={"login": "claude[bot]", "type": "Bot"}))[0][2] == "claude[bot]"
    assert events(rest(user={"login": "ann:claude-opus-4-8"}))[0][2] == "#ann:claude-opus-4-8"
    assert events(rest(user=None))[0][2] == ""


def test_what_a_list_does_not_hold_is_not_told() -> None:
    row = {name: gh()[name] for name in ("number", "createdAt", "mergedAt", "closedAt")}
    found = request(row)
    assert [name for name, told in found.earlier if not told] == sorted(set(DETAILS) - {"merge_oid"})


@pytest.mark.parametrize("name", ["number", "createdAt", "mergedAt", "closedAt"])
def test_a_list_that_lacks_what_is_needed_is_told_what_to_ask_for(name: str) -> None:
    row = gh()
    del row[name]
    with pytest.raises(Refused, match=rf"they lack {name}, which gh pr list --state all .*{name}"):
        facts(row)


def test_the_command_asks_for_no_commits() -> None:
    """GitHub refuses that for more than some fifty requests."""
    assert "commits" not in FIELDS
    assert COMMAND.endswith(",".join(FIELDS))
    assert request(gh(commits=[{"oid": HEAD, "authors": [{"email": "ann@example.org"}]}])).commits == (HEAD,)


@pytest.mark.parametrize(
    "changed",
    [
        {"createdAt": None},
        {"createdAt": "yesterday"},
        {"closedAt": "x"},
        {"number": True},
        {"number": 0},
        {"number": 2**31},
        {"number": "7"},
        {"state": "LOST"},
        {"state": "MERGED", "mergedAt": None, "closedAt": None, "updatedAt": None},
    ],
)
def test_a_row_that_cannot_be_so_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        facts(gh(**changed))


def test_fields_of_another_form_tell_nothing_and_break_nothing() -> None:
    row = gh(title=None, labels=None, headRefOid="0" * 40, mergeCommit=[], author=7, reviews={"a": 1}, commits="x")
    found = request(row)
    assert (found.title, found.labels, found.head_oid, found.commits) == ("", (), "", ())


def test_a_webhook_tells_who_closed_and_who_merged() -> None:
    assert events(payload("closed"))[1] == ("closed", 2, "#eve", "", "")
    merged = payload("closed", merged=True, merged_at="2026-03-02T09:00:00Z")
    assert events(merged)[1] == ("merged", 2, "#eve", "", MERGE)
    named = payload("closed", merged_at="2026-03-02T09:00:00Z", merged_by={"login": "bob"})
    assert events(named)[1][2] == "#bob"


def test_a_webhook_tells_of_a_reopening_and_of_a_review() -> None:
    again = payload("reopened", state="open", closed_at=None)
    assert events(again)[1:] == [("reopened", 3, "#eve", "", "")]
    reviewed = payload("submitted", state="open", closed_at=None)
    reviewed["review"] = {
        "user": {"login": "Copilot", "type": "Bot"},
        "state": "approved",
        "submitted_at": "2026-03-05T09:00:00Z",
        "commit_id": HEAD,
    }
    assert events(reviewed)[1:] == [("reviewed", 5, "Copilot[bot]", "approved", HEAD)]
    assert request(reviewed).at.day == 5


@pytest.mark.parametrize("told", [None, {}, "x", []])
def test_a_webhook_without_its_request_is_refused(told: object) -> None:
    with pytest.raises(Refused, match=r"they (lack|are messages)"):
        facts(payload("closed") | {"pull_request": told})


def push(message: str, ref: str = "refs/heads/main", committer: str = "web-flow") -> dict[str, Any]:
    commit = {
        "id": MERGE,
        "message": message,
        "timestamp": "2026-03-02T10:00:00+01:00",
        "committer": {"name": "GitHub", "email": "noreply@github.com", "username": committer},
    }
    repository = {"html_url": "https://github.com/owner/name", "default_branch": "main"}
    return {"ref": ref, "after": MERGE, "before": HEAD, "commits": [commit], "repository": repository}


def test_a_push_tells_of_a_merge_by_the_forge_s_own_button() -> None:
    assert events(push("Merge pull request #7 from owner/topic\n\nfeat: x")) == [("merged", 2, "", "", MERGE)]
    (landed,) = read_request(push("Merge pull request #7 from owner/topic"))
    assert (landed.number, landed.repository) == (7, "github.com/owner/name")


@pytest.mark.parametrize(
    "record",
    [
        push("feat: x (#7)"),
        push("Merge pull request #7 from owner/topic", ref="refs/heads/other"),
        push("Merge pull request #7 from owner/topic", committer="ann"),
        push("x") | {"commits": []},
        push("x") | {"commits": None, "head_commit": None, "deleted": True},
    ],
)
def test_what_anybody_could_have_written_is_no_word_of_the_forge(record: dict[str, Any]) -> None:
    assert facts(record) == []


def test_every_payload_that_github_documents_is_read_or_refused_in_a_sentence(samples: Path) -> None:
    read = set[str]()
    for path in sorted((samples / "github_events").glob("*/*.json")):
        record = json.loads(path.read_text())
        try:
            told = facts(record)
        except Refused:
            continue
        read.add(path.parent.name)
        if path.parent.name != "push":
            row = next(fact for fact in told if isinstance(fact, Request))
            assert (row.number, row.merge_oid) == (2, ""), "an old test merge landed nowhere"
            assert row.state == ("closed" if path.name == "closed.payload.json" else "open")
            assert "@" not in repr(told)
    assert read == {"pull_request", "pull_request_review", "push"}


def test_payloads_that_were_mutilated_are_read_or_refused_and_nothing_else(samples: Path) -> None:
    stand_ins: list[Any] = [None, [], {}, "x", 7]
    for path in sorted((samples / "github_events").glob("pull_request*/*.json")):
        whole = json.loads(path.read_text())
        for gone in [*whole, *(f"pull_request.{name}" for name in whole["pull_request"])]:
            for stand_in in stand_ins:
                record = json.loads(path.read_text())
                place = record["pull_request"] if "." in gone else record
                place[gone.rpartition(".")[2]] = stand_in
                with suppress(Refused):
                    assert facts(record)
