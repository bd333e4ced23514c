"""GitLab's answers about one merge request."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.domain.gitlab_answers import checked, contained, described
from ledger.domain.requests import Who
from tests.domain.requesting import HEAD, gitlab

PIPELINE = {"id": 5, "sha": "e" * 40, "ref": "topic", "status": "success", "updated_at": "2026-03-02T09:10:00Z"}


def state(kind: str, hour: int) -> dict[str, Any]:
    return {"state": kind, "created_at": f"2026-03-02T{hour:02}:00:00Z", "user": {"username": "bob"}}


def note(**changed: Any) -> dict[str, Any]:
    return {
        "system": False,
        "type": "DiffNote",
        "body": "text that nobody keeps",
        "created_at": "2026-03-02T08:00:00Z",
        "author": {"username": "bob"},
    } | changed


def reviews(*notes: dict[str, Any]) -> list[tuple[str, str]]:
    found = described(gitlab(), [], [], notes).happened
    return [(each.who.login, each.verdict) for each in found if each.kind == "reviewed"]


def test_commits_are_told_the_oldest_first() -> None:
    rows = [{"id": HEAD}, {"id": "a" * 40}, {"id": "no id"}]
    assert described(gitlab(), rows, [], []).details["commits"] == ("a" * 40, HEAD)
    assert "commits" not in described(gitlab(), None, [], []).details, "what may not be read is not empty"


def test_a_commit_that_is_told_in_part_is_left_out() -> None:
    whole = {
        "id": HEAD,
        "parent_ids": ["a" * 40],
        "message": "feat: x\n\nwhy",
        **{f"{who}_{what}": "Ann" for who in ("author", "committer") for what in ("name", "email")},
        "authored_date": "2026-03-01T09:00:00.000+01:00",
        "committed_date": "2026-03-01T09:00:00.000+01:00",
    }
    found = contained(gitlab(), [whole, whole | {"message": None}, {"id": HEAD}]).written
    assert [(each.subject, each.body, each.authored_at.hour) for each in found] == [("feat: x", "why", 8)]


def test_a_reopening_is_kept_with_the_close_it_took_back() -> None:
    row = gitlab(state="closed", merged_at=None, closed_at="2026-03-02T12:00:00Z", closed_by={"username": "x"})
    found = described(row, [], [state("closed", 9), state("reopened", 10), state("closed", 12)], [])
    assert [(each.kind, each.at.hour) for each in found.happened] == [("closed", 9), ("reopened", 10)]
    assert found.closer == Who("bob")
    assert described(row, [], [], []).closer == Who("x"), "as its list says, where its states may not be read"


def test_verdicts_are_gitlabs_own_notes() -> None:
    approved = note(system=True, type=None, body="approved this merge request")
    assert reviews(approved) == [("bob", "approved")]
    assert reviews(note(system=True, body="requested changes")) == [("bob", "changes_requested")]
    assert reviews(note(system=True, body="added 1 commit")) == []
    assert reviews(note(system=False, type=None, body="approved this merge request")) == [], "anybody can write that"


def test_comments_on_lines_are_reviews_and_talk_is_not() -> None:
    assert reviews(note()) == [("bob", "commented")]
    assert reviews(note(type=None), note(type="DiscussionNote")) == []
    assert reviews(note(author={"username": "ann"})) == [], "the author answers"
    assert reviews(note(type=None, author={"username": "coderabbitai"})) == [("coderabbitai", "commented")]


def test_a_pipeline_is_a_run_on_its_commit() -> None:
    (run,) = checked(gitlab(), [PIPELINE])
    assert (run.run, run.oid, run.conclusion) == ("gitlab/5", "e" * 40, "passed")


@pytest.mark.parametrize("status", ["running", "pending", "manual", "created", "preparing"])
def test_a_pipeline_that_has_not_ended_is_no_run(status: str) -> None:
    assert list(checked(gitlab(), [PIPELINE | {"status": status}])) == []


def test_a_pipeline_on_the_merged_result_tells_of_the_head_it_tested_last() -> None:
    trial = PIPELINE | {"ref": "refs/merge-requests/7/merge"}
    newest = trial | {"id": 9, "sha": "f" * 40, "status": "failed"}
    assert [(run.run, run.oid) for run in checked(gitlab(), [newest, trial])] == [("gitlab/9", HEAD)]
