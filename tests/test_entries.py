"""The codec of the portable facts: there and back, stable ids, and a plain sentence for what does not fit."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ledger.domain.facts import KINDS, Contribution, Entry, Fact, Place, Repository, Tag
from ledger.domain.forge_facts import Event, Request, Run
from ledger.domain.retractions import withdrawn
from ledger.entries import decode, encode, fact_id, retraction, schema
from ledger.errors import EntryRefused
from tests.domain.building import call, request, run
from tests.store.test_writes import facts_of

SESSION = hashlib.sha256(b"session\0s1").hexdigest()
NAMES = ["github.com/owner/name", "f" * 40]
PORTABLE = sorted(set(KINDS) - {"entry"})
WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "run": {
        "conclusion": ("passed", "failed", "cancelled", "skipped", "unknown"),
        "evidence": ("outcome", "exit-code", "api", "report", ""),
        "reported": ("passed", "failed", "skipped", "unknown", ""),
    },
    "event": {"kind": ("opened", "merged", "closed", "reopened", "reviewed", "reverted", "restored")},
    "request": {"state": ("open", "closed", "merged")},
    "role_rule": {"role": ("implement", "review", "scout", "")},
    "call": {"role": ("implement", "review", "scout", "")},
    "use_period": {"role": ("implement", "review", "scout", "")},
    "tag": {"name": ("change",)},
    "contribution": {"role": ("implement", "review", "scout", ""), "evidence": ("trailer", "tag", "statement")},
}
"""Fields that hold one of a few words; the others take any text."""


def portable(kind: str) -> st.SearchStrategy[Any]:
    """Any record of a kind, of the repository R where it has one."""
    fixed = {name: st.sampled_from(words) for name, words in WORDS.get(kind, {}).items()}
    if "repository_id" in {field.name for field in fields(KINDS[kind])}:
        fixed["repository_id"] = st.just("R")
    return st.tuples(facts_of(kind), st.fixed_dictionaries(fixed)).map(lambda drawn: replace(drawn[0], **drawn[1]))


def known(names: tuple[str, ...]) -> str | None:
    return "R" if set(names) & set(NAMES) else None


def read(kind: str, body: object, **line: object) -> list[Fact]:
    whole = {"v": 1, "kind": kind, "repository": NAMES[:1], "body": body, **line}
    return decode(json.dumps(whole), "rows.jsonl line 7", known)


def refusal(line: str) -> str:
    with pytest.raises(EntryRefused) as refused:
        decode(line, "rows.jsonl line 7", known)
    return str(refused.value)


def refusal_of(kind: str, body: object, **line: object) -> str:
    whole = {"v": 1, "kind": kind, "repository": NAMES[:1], "body": body, **line}
    return refusal(json.dumps(whole))


@pytest.mark.parametrize("kind", PORTABLE)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_every_kind_comes_back_as_it_was(kind: str, data: st.DataObject) -> None:
    fact = data.draw(portable(kind))
    assert decode(encode(fact, NAMES, "clone"), "here", known) == [fact]


@pytest.mark.parametrize("kind", PORTABLE)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_line_is_one_ascii_line_with_sorted_keys_and_fits_the_schema(kind: str, data: st.DataObject) -> None:
    line = encode(data.draw(portable(kind)), NAMES, "clone")
    assert line.isascii()
    assert line.splitlines() == [line]
    parsed = json.loads(line)
    assert json.dumps(parsed, sort_keys=True, separators=(",", ":")) == line
    VALIDATOR.validate(parsed)


SCHEMA = schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def test_the_schema_is_one_and_has_every_kind() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert sorted(SCHEMA["$defs"]) == PORTABLE


@pytest.mark.parametrize(
    "broken",
    [
        {"kind": "nonsense"},
        {"id": "12"},
        {"v": 2},
        {"repository": "github.com/owner/name"},
        {"body": {}},
    ],
)
def test_the_schema_refuses_what_is_broken(broken: dict[str, object]) -> None:
    line = json.loads(encode(request(1), NAMES))
    VALIDATOR.validate(line)
    assert not VALIDATOR.is_valid({**line, **broken})


def test_the_schema_refuses_a_field_that_the_kind_does_not_have() -> None:
    line = json.loads(encode(request(1), NAMES))
    line["body"]["repository_id"] = "R"
    assert not VALIDATOR.is_valid(line)


def test_the_ids_are_these_for_ever() -> None:
    at = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    event = Event(repository_id="R", subject="request:12", kind="merged", at=at, actor="", verdict="", oid="")
    assert {type(fact).__name__: fact_id(fact) for fact in (request(12), event, Repository(id="R", name="x"))} == {
        "Request": "f4a3edab813f6e86fe089c838cd1c789d918df4d4ef96dbff08f03c5f6570af0",
        "Event": "69d49472d3453d7e6000e05d08ccdbf0eae9787fe164ea152aae49398ba1ea6a",
        "Repository": "a83c3d4a5f30184655623ce4c9cc59c7603b57d9d72ef98fed5559a6ca3adff7",
    }
    ids = {fact_id(replace(event, actor=actor)) for actor in ("", "ann", "bob")}
    assert len(ids) == 3


def test_an_id_is_the_hash_of_kind_and_natural_key() -> None:
    expected = hashlib.sha256(b"run\0R\0tests-a-0\x001").hexdigest()
    assert fact_id(run("a", 0)) == expected


@settings(max_examples=40, deadline=None)
@given(data=st.data(), kind=st.sampled_from(PORTABLE))
def test_ids_are_equal_where_kind_and_key_are(data: st.DataObject, kind: str) -> None:
    one, other = data.draw(portable(kind)), data.draw(portable(kind))
    same = all(getattr(one, name) == getattr(other, name) for name in one.key)
    assert (fact_id(one) == fact_id(other)) == same


def test_an_id_does_not_depend_on_the_zone_a_time_is_written_in() -> None:
    body = {"subject": "request:12", "kind": "merged"}
    east = read("event", {**body, "at": "2026-03-01T14:00:00+05:00"})
    utc = read("event", {**body, "at": "2026-03-01T09:00:00Z"})
    assert east == utc
    assert [fact_id(fact) for fact in east] == [fact_id(fact) for fact in utc]
    (event,) = utc
    assert isinstance(event, Event)
    elsewhere = replace(event, at=datetime(2026, 3, 1, 14, tzinfo=timezone(timedelta(hours=5))))
    assert fact_id(elsewhere) == fact_id(event)


def test_times_are_utc_with_a_z_and_the_line_says_when_and_by_whom() -> None:
    line = json.loads(encode(request(12, closed=2), reversed(NAMES), "clone"))  # type: ignore[arg-type]
    assert line["body"]["opened_at"] == "2026-03-01T09:00:00Z"
    assert line["at"] == line["body"]["at"]
    assert line["by"] == "clone"
    assert line["repository"] == sorted(NAMES)
    assert "repository_id" not in line["body"]


def test_a_short_request_is_enough() -> None:
    assert read("request", {"number": 12, "opened_at": "2026-03-01T09:00:00Z"}) == [
        replace(request(12), title="", base_ref="", at=datetime(2026, 3, 1, 9, tzinfo=UTC))
    ]


@pytest.mark.parametrize(
    ("dates", "state"),
    [
        ({}, "open"),
        ({"closed_at": "2026-03-02T09:00:00Z"}, "closed"),
        ({"closed_at": "2026-03-02T09:00:00Z", "merged_at": "2026-03-02T09:00:00Z"}, "merged"),
        ({"merged_at": "2026-03-02T09:00:00Z"}, "merged"),
    ],
)
def test_the_state_of_a_short_request_follows_from_its_dates(dates: dict[str, str], state: str) -> None:
    (found,) = read("request", {"number": 12, "opened_at": "2026-03-01T09:00:00Z", **dates})
    assert isinstance(found, Request)
    assert found.state == state
    assert found.at == datetime(2026, 3, 2 if dates else 1, 9, tzinfo=UTC)


def test_a_short_run_is_enough_and_may_take_its_time_from_the_line() -> None:
    body = {"run": "77", "oid": "a" * 40, "conclusion": "failed"}
    (found,) = read("run", body, at="2026-03-01T09:00:00Z")
    assert [found] == read("run", {**body, "at": "2026-03-01T09:00:00Z"})
    assert isinstance(found, Run)
    assert (found.attempt, found.is_required, found.tests, found.request_number) == (1, False, None, None)


def test_a_short_event_names_its_request_by_number_or_by_subject() -> None:
    body = {"kind": "merged", "at": "2026-03-01T09:00:00Z"}
    (found,) = read("event", {**body, "number": 12})
    assert [found] == read("event", {**body, "subject": "request:12"})
    assert isinstance(found, Event)
    assert found.subject == "request:12"


def test_a_short_contribution_gets_its_model_from_what_was_written() -> None:
    body = {"subject": "request:12", "model_raw": "Claude Opus 4.6 (1M context)", "at": "2026-03-01T09:00:00Z"}
    (found,) = read("contribution", body)
    assert isinstance(found, Contribution)
    assert (found.model, found.provider, found.family) == ("claude-opus-4-6", "anthropic", "claude-opus")
    assert (found.role, found.agent, found.evidence) == ("implement", "", "tag")


def test_a_contribution_of_an_earlier_version_has_no_lines_and_one_of_now_keeps_them() -> None:
    body = {"subject": "a" * 40, "at": "2026-03-01T12:00:00Z", "model_raw": "Claude Opus 4.8 (1M context)"}
    (fact,) = read("contribution", body)
    assert isinstance(fact, Contribution)
    assert (fact.lines, fact.scope, fact.task_type, fact.sessions, fact.variant) == (None, "", "", (), "1m")
    noted = replace(fact, evidence="note", lines=7, scope="mixed", task_type="fix", sessions=("s1", "s2"))
    assert decode(encode(noted, NAMES), "line 1", lambda _: "R") == [noted]


def test_a_place_need_not_belong_to_a_repository() -> None:
    place = Place(directory="/somewhere", repository_id=None, worktree=None)
    line = encode(place, [])
    assert json.loads(line)["repository"] == []
    assert decode(line, "here", known) == [place]


REQUEST = {"number": 12, "opened_at": "2026-03-01T09:00:00Z"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"v": 1, "kind": "req', "this is not JSON; write one object a line."),
        ("[1]", "an entry is a JSON object."),
        ('{"kind": "request"}', 'an entry needs "v" (a number) and "kind" (a text).'),
        ('{"v": "1", "kind": "request"}', 'an entry needs "v" (a number) and "kind" (a text).'),
        ('{"v": 1}', 'an entry needs "v" (a number) and "kind" (a text).'),
        ('{"v": 1, "kind": "request"}', '"body" must be an object.'),
        ('{"v": 1, "kind": "request", "body": [1]}', '"body" must be an object.'),
        ('{"v": 1, "kind": "request", "body": {}}', 'a request needs "repository", a list with one of its names.'),
        ("[" * 200_000, "this is not JSON; write one object a line."),
        ("9" * 5_000, "this is not JSON; write one object a line."),
    ],
)
def test_a_line_that_is_no_entry_is_refused_in_a_sentence(line: str, said: str) -> None:
    assert refusal(line) == f"rows.jsonl line 7: {said}"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"titel": "x"}, "a request has no field 'titel'."),
        ({"number": "12"}, "request.number: input should be a valid integer."),
        ({"number": True}, "request.number: input should be a valid integer."),
        ({"number": 12.0}, "request.number: input should be a valid integer."),
        ({"number": 10**30}, "request.number is too large a number."),
        ({"labels": ["a", 1]}, "request.labels.1: input should be a valid string."),
        ({"labels": "bug"}, "request.labels: input should be a valid array."),
        ({"is_draft": 1}, "request.is_draft: input should be a valid boolean."),
        ({"title": None}, "request.title: input should be a valid string."),
        ({"opened_at": 1_772_000_000}, "request.opened_at: input should be a valid datetime."),
        (
            {"opened_at": "2026-03-01T09:00:00"},
            'request.opened_at needs a zone; write it like "2026-03-01T12:00:00Z".',
        ),
    ],
)
def test_a_field_that_does_not_fit_is_named(change: dict[str, object], said: str) -> None:
    assert refusal_of("request", {**REQUEST, **change}) == f"rows.jsonl line 7: {said}"


@pytest.mark.parametrize("name", ["number", "opened_at"])
def test_a_missing_field_is_named(name: str) -> None:
    body = {key: value for key, value in REQUEST.items() if key != name}
    assert refusal_of("request", body) == f"rows.jsonl line 7: a request needs the field '{name}'."


def test_a_repository_that_nobody_knows_is_named() -> None:
    said = refusal_of("request", REQUEST, repository=["github.com/a/b", "github.com/c/d"])
    assert said.endswith("no repository of this ledger is known as github.com/a/b or github.com/c/d.")


@pytest.mark.parametrize("names", ["github.com/owner/name", [12], None, {}])
def test_names_of_a_repository_are_a_list_of_texts(names: object) -> None:
    assert '"repository" must be a list of names' in refusal_of("request", REQUEST, repository=names)


@pytest.mark.parametrize("wrong", ["0" * 64, "", 5, fact_id(request(13)).upper()])
def test_an_id_that_is_not_the_facts_own_is_refused(wrong: object) -> None:
    assert '"id" is not that of this request' in refusal_of("request", REQUEST, id=wrong)


def test_the_right_id_is_accepted() -> None:
    (found,) = read("request", REQUEST)
    assert read("request", REQUEST, id=fact_id(found)) == [found]


@pytest.mark.parametrize(
    "line",
    ['{"v": 1, "kind": "weather", "body": {"rain": true}}', '{"v": 2, "kind": "request", "id": "x", "mood": [1]}'],
)
def test_unknown_kinds_and_later_versions_are_kept_word_for_word(line: str) -> None:
    (kept,) = decode(line, "here", known)
    assert isinstance(kept, Entry)
    assert kept.text == line
    assert kept.kind == json.loads(line)["kind"]
    assert encode(kept, []) == line
    assert decode(encode(kept, []), "there", known) == [kept]


def test_kept_entries_of_one_kind_are_told_apart_by_their_text() -> None:
    one, other = (decode(f'{{"v": 1, "kind": "weather", "body": {n}}}', "here", known)[0] for n in (1, 2))
    assert fact_id(one) != fact_id(other)


def test_a_retraction_names_the_id_and_survives_the_journey() -> None:
    gone = fact_id(request(12))
    line = json.dumps({"v": 1, "kind": "retract", "body": {"id": gone}})
    (kept,) = decode(line, "here", known)
    assert isinstance(kept, Entry)
    again = decode(encode(kept, []), "there", known)
    assert again == [kept]
    assert withdrawn([kept]).ids == {gone}
    assert not withdrawn([])


def test_a_retraction_of_a_session_takes_all_of_it_and_says_which() -> None:
    (kept,) = decode(retraction(SESSION, "s1", at="2026-03-01T12:00:00+00:00", by="me").text, "here", known)
    assert kept == retraction(SESSION, "s1", at="2026-03-01T12:00:00+00:00", by="me")
    assert isinstance(kept, Entry)
    assert withdrawn([kept]).sessions == {"s1"}


@pytest.mark.parametrize("session", ["s2", 12, ["s1"]])
def test_a_retraction_of_a_session_by_another_ones_id_is_refused(session: object) -> None:
    line = json.dumps({"v": 1, "kind": "retract", "body": {"id": SESSION, "session": session}})
    with pytest.raises(EntryRefused, match="is not the one whose"):
        decode(line, "here", known)


@pytest.mark.parametrize("wrong", [None, 12, "abc", "G" * 64, "0" * 65])
def test_a_retraction_without_an_id_is_refused(wrong: object) -> None:
    assert "the 64 hex digits of the entry it takes back" in refusal_of("retract", {"id": wrong})


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_line_is_refused_or_read_but_never_breaks(seed: int) -> None:
    chance = random.Random(seed)
    line = encode(request(12, merged=3, title="ä \u2028 <b>"), NAMES, "clone")
    for _ in range(200):
        start, end = sorted((chance.randrange(len(line)), chance.randrange(len(line))))
        damaged = line[:start] + chance.choice(["", '"', "null", "[", "}", "\\", "9" * 30]) + line[end:]
        assert outcome_of(damaged)


def outcome_of(line: str) -> list[Fact] | str:
    """The facts of a line, or the sentence that refuses it; anything else that is raised fails the test."""
    try:
        return decode(line, "here", known)
    except EntryRefused as refused:
        return str(refused)


def test_a_call_that_an_older_version_wrote_lacks_who_was_at_work() -> None:
    (line,) = (json.loads(encode(call("test/1", 0), NAMES)) for _ in range(1))
    for name in ("agent_name", "subagent", "task_type"):
        del line["body"][name]
    (found,) = decode(json.dumps(line), "rows.jsonl line 7", known)
    assert found == call("test/1", 0)


def test_who_was_at_work_goes_out_and_comes_in_again() -> None:
    told = replace(call("test/1", 0), agent_name="code-reviewer", subagent="a1")
    assert decode(encode(told, NAMES), "rows.jsonl line 7", known) == [told]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("task", "magic", "the text of a tag for the task must be one of feat, fix"),
        ("task", "", "the text of a tag for the task must be one of feat, fix"),
        ("role", "boss", "the text of a tag for the role must be one of implement, review, scout"),
        ("mood", "good", "tag.name must be one of task, role, change"),
    ],
)
def test_a_tag_says_what_reports_know_to_count(name: str, text: str, said: str) -> None:
    body = {"subject": "session:s1", "name": name, "text": text, "at": "2026-03-01T00:00:00Z"}
    assert said in refusal_of("tag", body)


@pytest.mark.parametrize(("name", "text"), [("task", "fix"), ("role", "review")])
def test_a_tag_s_word_comes_back(name: str, text: str) -> None:
    tag = Tag(repository_id="R", subject="session:s1", name=name, text=text, at=datetime(2026, 3, 1, tzinfo=UTC))
    assert decode(encode(tag, NAMES), "here", known) == [tag]


def test_a_call_s_role_is_one_of_the_roles() -> None:
    line = json.loads(encode(call("k", 1), NAMES))
    line["body"]["role"] = "boss"
    assert "call.role must be one of implement, review, scout" in refusal(json.dumps(line))


def test_a_rule_for_roles_names_a_role() -> None:
    body = {"clone_id": "c", "pattern": "qa", "role": "reviewer", "at": "2026-03-01T00:00:00Z"}
    assert "role_rule.role must be one of implement, review, scout" in refusal_of("role_rule", body)
