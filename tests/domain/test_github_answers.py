"""GitHub's GraphQL: what a node tells, whole or in part, and in which facts it ends."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.domain.amounts import Refused
from ledger.domain.forge_facts import Run
from ledger.domain.github_answers import checked, described, joined, rest
from tests.domain.requesting import events, facts, request
from tests.forges import HEAD, MERGE, Asked, World, node, oid, when

EVERY = dict.fromkeys(("labels", "reviews", "timelineItems", "commits", "checks"), 0)


def told(asked: Asked | None = None, **changed: Any) -> dict[str, Any]:
    """A node with all of its lists."""
    return node(World(), asked or Asked(7, "MERGED", minutes=1440), EVERY) | changed


def answer(*nodes: Any) -> dict[str, Any]:
    """What a question for a list prints when it is saved to a file."""
    return {"data": {"repository": {"pullRequests": {"nodes": list(nodes)}}}}


def test_a_saved_answer_is_a_request_with_all_its_details() -> None:
    found = request(answer(told()))
    assert (found.number, found.state, found.head_ref, found.base_ref) == (7, "merged", "topic-7", "main")
    assert (found.head_oid, found.merge_oid) == (oid(HEAD, 7), oid(MERGE, 7))
    assert (found.labels, found.commits, found.earlier) == (("label-0",), (oid(HEAD, 7),), ())


def test_a_request_by_number_is_read_too() -> None:
    assert request({"data": {"repository": {"pullRequest": told()}}}).number == 7
    assert request({"data": {"repository": {"r7": told(), "r8": None}}}).number == 7


@pytest.mark.parametrize("data", [{}, {"repository": None}, {"repository": {"issues": {"nodes": []}}}])
def test_an_answer_without_requests_is_refused(data: Any) -> None:
    with pytest.raises(Refused, match="tells of no pull request"):
        facts({"data": data})


def test_what_was_not_asked_for_is_not_empty() -> None:
    bare = node(World(), Asked(7), {})
    assert dict(request(answer(bare)).earlier) == {"labels": "", "commits": ""}


def test_a_list_that_goes_on_is_not_told_whole() -> None:
    goes_on = {"nodes": [{"name": "a"}], "pageInfo": {"hasNextPage": True, "endCursor": "x"}}
    assert "labels" not in described(told(labels=goes_on)).details


def test_the_close_of_a_merge_is_no_close() -> None:
    assert [kind for kind, *_ in events(answer(told()))] == ["opened", "merged"]


def test_closes_that_were_taken_back_are_kept_with_who_took_them_back() -> None:
    turns = (("ClosedEvent", 60), ("ReopenedEvent", 120))
    found = events(answer(told(Asked(7, "CLOSED", minutes=1440, closes=turns))))
    assert [(kind, actor) for kind, _, actor, *_ in found] == [
        *(("opened", "#ann"), ("closed", "#bob"), ("closed", "#bob"), ("reopened", "#bob")),
    ]
    still_open = events(answer(told(Asked(7, minutes=1440, closes=turns))))
    assert [kind for kind, *_ in still_open] == ["opened", "closed", "reopened"]


def test_bots_are_told_by_login_and_people_by_a_hash() -> None:
    bot = {"__typename": "Bot", "login": "dependabot"}
    found = events(answer(told(Asked(7, reviews=1), author=bot)))
    assert [actor for _, _, actor, *_ in found] == ["dependabot[bot]", "coderabbitai[bot]"]
    assert events(answer(told(Asked(7), author=None)))[0][2] == "", "an account that is gone"


def checks(*contexts: dict[str, Any]) -> dict[str, Any]:
    rollup = {"contexts": {"nodes": list(contexts), "pageInfo": {"hasNextPage": False}}}
    return told(checks={"nodes": [{"commit": {"oid": oid(HEAD, 7), "statusCheckRollup": rollup}}]})


def check(**changed: Any) -> dict[str, Any]:
    return {
        "__typename": "CheckRun",
        "databaseId": 5,
        "name": "test (3.11)",
        "conclusion": "FAILURE",
        "startedAt": when(1),
        "completedAt": when(3),
        "isRequired": True,
        "checkSuite": {"workflowRun": {"databaseId": 31, "workflow": {"name": "CI"}}},
    } | changed


def runs(*contexts: dict[str, Any]) -> list[Run]:
    return [each for each in facts(answer(checks(*contexts))) if isinstance(each, Run)]


def test_a_check_is_a_run_on_the_head() -> None:
    (run,) = runs(check())
    assert (run.run, run.oid, run.name, run.conclusion) == ("github/31/5", oid(HEAD, 7), "CI / test (3.11)", "failed")
    assert (run.evidence, run.is_required, run.request_number, run.duration_ms) == ("api", True, 7, 120_000)


@pytest.mark.parametrize(
    ("word", "conclusion"),
    [
        *(("SUCCESS", "passed"), ("TIMED_OUT", "failed"), ("STARTUP_FAILURE", "failed"), ("CANCELLED", "cancelled")),
        *(("NEUTRAL", "skipped"), ("SKIPPED", "skipped"), ("ACTION_REQUIRED", "unknown"), ("STALE", "unknown")),
    ],
)
def test_each_of_githubs_words_for_an_end(word: str, conclusion: str) -> None:
    assert runs(check(conclusion=word))[0].conclusion == conclusion


def test_a_check_that_still_runs_is_no_run_yet() -> None:
    assert runs(check(completedAt=None), check(databaseId=None)) == []


def test_a_status_is_a_run_once_it_has_ended() -> None:
    status = {"id": "SC_1", "context": "ci/deploy", "state": "ERROR", "createdAt": when(2), "isRequired": False}
    (run,) = runs(status, status | {"state": "PENDING"}, status | {"state": "EXPECTED"})
    assert (run.run, run.name, run.conclusion) == ("github/status/SC_1", "ci/deploy", "failed")


def test_a_check_of_another_app_has_no_workflow() -> None:
    (run,) = runs(check(checkSuite={"workflowRun": None}, name="ask ann@example.org"))
    assert (run.run, run.name) == ("github/check/5", "ask …")


def test_a_head_without_checks_has_none() -> None:
    bare = {"nodes": [{"commit": {"oid": oid(HEAD, 7), "statusCheckRollup": None}}]}
    assert list(checked(told(checks=bare))) == []
    assert list(checked(told(checks=None))) == []


def test_pages_of_a_list_are_joined_in_their_order() -> None:
    whole = {
        "commits": {"nodes": [{"commit": {"oid": oid("1", 1)}}], "pageInfo": {"hasNextPage": True, "endCursor": "1"}}
    }
    assert rest(whole, "commits") == "1"
    joined(whole, {"commits": None})
    assert rest(whole, "commits") == "1", "an answer without the list says nothing of its end"
    joined(whole, {"commits": {"nodes": [{"commit": {"oid": oid("2", 2)}}], "pageInfo": {"hasNextPage": False}}})
    assert rest(whole, "commits") == ""
    assert described(told() | whole).details["commits"] == (oid("1", 1), oid("2", 2))
