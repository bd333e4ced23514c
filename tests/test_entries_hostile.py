"""Lines that a broken or unfriendly writer could send: refused in a sentence or read right, never an accident."""

from __future__ import annotations

import json

import pytest

from ledger.domain.facts import Entry
from ledger.domain.forge_facts import Request
from ledger.domain.git_facts import CommitDiff
from ledger.domain.repositories import repository_id
from ledger.domain.retractions import withdrawn
from ledger.entries import decode, encode, schema
from ledger.errors import EntryRefused
from tests.domain.building import diff, request
from tests.test_entries import NAMES, known, read, refusal, refusal_of

REQUEST = {"number": 12, "opened_at": "2026-03-01T09:00:00Z"}
ROW = {"change": "41", "opened": "2026-03-01", "model": "gpt-5.4"}


@pytest.mark.parametrize("title", ["no \\u0000 please", "\\u0000", "\\\\u0000"])
def test_a_text_that_spells_an_escape_is_left_as_it_is(title: str) -> None:
    (found,) = decode(encode(request(12, title=title), NAMES), "here", known)
    assert isinstance(found, Request)
    assert found.title == title


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_outside_the_calendar_is_refused(date: str) -> None:
    assert "opened_at" in refusal_of("request", {**REQUEST, "opened_at": date})


def test_a_statements_time_outside_the_calendar_is_refused() -> None:
    assert "opened" in refusal_of("statement", {**ROW, "opened": "0001-01-01T00:00:00+14:00"})


def test_a_bare_number_of_seconds_is_no_date() -> None:
    assert "opened_at" in refusal_of("request", {**REQUEST, "opened_at": "1772000000"})


@pytest.mark.parametrize("name", ["change", "model", "agent", "task_type"])
def test_half_a_surrogate_in_a_statement_is_refused(name: str) -> None:
    assert refusal_of("statement", {**ROW, name: "\ud800"})


def test_half_a_surrogate_in_a_repositorys_name_is_refused() -> None:
    assert refusal_of("request", REQUEST, repository=["\ud800", NAMES[0]])


@pytest.mark.parametrize("line", ['{"v":1,"kind":"later","id":"\\ud800"}', '{"v":1,"kind":"\\ud800"}'])
def test_half_a_surrogate_in_what_is_kept_is_refused_or_can_be_stored(line: str) -> None:
    try:
        (kept,) = decode(line, "here", known)
    except EntryRefused:
        return
    assert isinstance(kept, Entry)
    assert (kept.id + kept.kind + kept.text).encode()


def test_a_later_versions_retraction_is_kept_and_takes_nothing_back() -> None:
    for body in ("[]", '{"id": 5}', f'{{"id": "{"0" * 64}"}}'):
        (kept,) = decode(f'{{"v":2,"kind":"retract","body":{body}}}', "here", known)
        assert isinstance(kept, Entry)
        assert not withdrawn([kept])


def test_an_entry_of_kind_entry_cannot_pose_as_a_retraction() -> None:
    line = json.dumps({"v": 1, "kind": "entry", "body": {"id": "x", "kind": "retract", "text": "not JSON"}})
    try:
        facts = decode(line, "here", known)
    except EntryRefused:
        return
    assert not withdrawn([fact for fact in facts if isinstance(fact, Entry)])


@pytest.mark.parametrize("version", [True, 0, -1])
def test_a_version_that_never_was_is_refused(version: object) -> None:
    line = json.dumps({"v": version, "kind": "request", "repository": NAMES[:1], "body": REQUEST})
    assert '"v"' in refusal(line)


def test_a_repository_inside_the_body_is_refused() -> None:
    assert "has no field 'repository_id'" in refusal_of("request", {**REQUEST, "repository_id": "another"})


def test_the_conclusion_of_a_run_is_one_of_the_words() -> None:
    body = {"run": "1", "oid": "a" * 40, "conclusion": "success", "at": "2026-03-01T09:00:00Z"}
    assert "passed" in refusal_of("run", body)


def test_the_kind_of_an_event_is_one_of_the_words() -> None:
    assert "merged" in refusal_of("event", {"number": 12, "kind": "merge", "at": "2026-03-01T09:00:00Z"})


def test_the_state_of_a_request_is_one_of_the_words() -> None:
    assert "merged" in refusal_of("request", {**REQUEST, "state": "MERGED"})


def test_the_role_of_a_contribution_is_one_of_the_words() -> None:
    body = {"subject": "request:12", "role": "janitor", "at": "2026-03-01T09:00:00Z"}
    assert "implement" in refusal_of("contribution", body)


@pytest.mark.parametrize("number", [None, "twelve", [12], 12.5, True])
def test_the_number_of_an_event_is_a_number(number: object) -> None:
    assert "number" in refusal_of("event", {"number": number, "kind": "merged", "at": "2026-03-01T09:00:00Z"})


def test_the_latest_of_a_requests_dates_is_found_whatever_their_zones() -> None:
    body = {**REQUEST, "merged_at": "2026-03-01T23:00:00-08:00", "closed_at": "2026-03-02T01:00:00Z"}
    (found,) = read("request", body)
    assert isinstance(found, Request)
    assert found.at == found.merged_at


def test_the_largest_diff_that_can_be_written_can_be_read() -> None:
    vendored = diff("a" * 40, paths=tuple(f"{number:016x}" for number in range(60_000)))
    found = decode(encode(vendored, []), "here", known)
    assert found == [vendored]
    assert isinstance(found[0], CommitDiff)


def test_a_retraction_fits_the_schema_since_export_writes_it() -> None:
    assert "retract" in schema()["properties"]["kind"]["enum"]


def test_a_fact_made_in_a_clone_with_another_remote_is_taken_here() -> None:
    """The same history, cloned once from the forge and once from a directory, has two surrogate ids."""
    root = "f" * 40
    there, here = repository_id([root], "github.com/owner/name"), repository_id([root], None)
    made = Request(**{name: getattr(request(12), name) for name in Request.__slots__} | {"repository_id": there})
    (found,) = decode(encode(made, [root, "github.com/owner/name"]), "here", lambda _: here)
    assert isinstance(found, Request)
    assert found.repository_id == here
