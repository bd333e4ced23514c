"""Requests in tables."""

from __future__ import annotations

import pytest

from ledger.domain.amounts import Refused
from tests.domain.requesting import HEAD, MERGE, events, facts, request


def test_a_table_of_a_person_s_own() -> None:
    row = {"Number": "#7", "Opened": "2026-03-01", "Merged": "", "Closed": "2026-03-02 09:00", "Labels": "bug; docs"}
    found = request(row)
    assert (found.number, found.state, found.labels) == (7, "closed", ("bug", "docs"))
    assert events(row) == [("opened", 1, "", "", ""), ("closed", 2, "", "", "")]


def test_a_table_of_gh_s_own_names() -> None:
    row = {
        "number": "7",
        "createdAt": "2026-03-01T09:00:00Z",
        "mergedAt": "2026-03-02T09:00:00Z",
        "closedAt": "2026-03-02T09:00:00Z",
        "updatedAt": "2026-03-05T09:00:00Z",
        "headRefName": "topic",
        "headRefOid": HEAD,
        "mergeCommit": MERGE,
        "baseRefName": "main",
        "isDraft": "false",
        "author": "ann",
    }
    found = request(row)
    assert (found.state, found.merge_oid, found.head_oid, found.is_draft) == ("merged", MERGE, HEAD, False)
    assert (found.at.day, events(row)[0][2]) == (5, "#ann")


def test_the_table_that_gitlab_exports_has_states_and_the_last_update_alone() -> None:
    row = {
        "Title": "feat: x",
        "MR IID": "7",
        "URL": "https://gitlab.example.org/group/name/-/merge_requests/7",
        "State": "Closed",
        "Source Branch": "topic",
        "Target Branch": "main",
        "Author": "Ann Lee",
        "Author Username": "ann",
        "Created At (UTC)": "2026-03-01 09:00:00 UTC",
        "Updated At (UTC)": "2026-03-04 09:00:00 UTC",
    }
    found = request(row)
    assert (found.state, found.closed_at and found.closed_at.day, found.head_ref) == ("closed", 4, "topic")
    assert events(row)[0][2] == "#ann"


@pytest.mark.parametrize(
    ("state", "said"),
    [("OPEN", "open"), ("", "open"), ("Merged", "merged"), ("accepted", "merged"), ("declined", "closed")],
)
def test_states_in_the_words_of_several_forges(state: str, said: str) -> None:
    assert request({"number": "7", "opened": "2026-03-01", "state": state, "updated": "2026-03-02"}).state == said


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"number": "7", "opened": "2026-03-01"}, "no column merged and none closed"),
        ({"number": "7", "opened": "2026-03-01", "merged": ""}, "no column closed"),
        ({"number": "seven", "opened": "2026-03-01", "state": ""}, "no number of a request"),
        ({"number": "7", "opened": "soon", "state": ""}, "opened is no time"),
        ({"number": "7", "opened": "2026-03-01", "state": "closed"}, "closed and it is not said when"),
        ({"number": "7", "opened": "2026-03-01", "state": "lost"}, "none of open, closed and merged"),
        ({"what": "ever"}, "no column number and none opened"),
    ],
)
def test_a_close_is_never_guessed_away(row: dict[str, str], why: str) -> None:
    """A table without the dates of closes would call every rejection open."""
    with pytest.raises(Refused, match=why):
        facts(row)
