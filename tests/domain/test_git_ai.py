"""git-ai's notes: every form of key, lines counted once, nothing kept of what was said."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.git_ai import Note, Part, note_facts, parse_note
from tests.domain.building import START

ONE, TWO = "s_0123456789abcd", "s_fedcba98765432"
TRACE = "::t_00000000000001"


def agent(model: str = "claude-opus-4-5-20251101", tool: str = "claude", session: str = "0b1c", **more: Any) -> Any:
    return {"agent_id": {"tool": tool, "id": session, "model": model}, **more}


def note(attestation: str, sessions: Any = None, prompts: Any = None, **more: Any) -> bytes:
    metadata = {
        "schema_version": "authorship/3.0.0",
        "base_commit_sha": "f" * 40,
        "prompts": prompts if prompts is not None else {},
        **({"sessions": sessions} if sessions is not None else {}),
        **more,
    }
    return f"{attestation}---\n{json.dumps(metadata, indent=2)}\n".encode()


def parsed(text: bytes) -> Note:
    found = parse_note(text)
    assert found is not None
    return found


def lines(found: Note) -> dict[str, int]:
    return {part.model_raw or part.agent: part.lines for part in found.parts}


def test_a_session_s_lines_over_all_files() -> None:
    text = note(f'src/a.py\n  {ONE}{TRACE} 1,2,19-222\n"b c.py"\n  {ONE}::t_00000000000002 5-9\n', {ONE: agent()})
    assert parsed(text) == Note((Part("claude-code", "claude-opus-4-5-20251101", sessions=("0b1c",), lines=211),))


@pytest.mark.parametrize("key", ["0123456789abcdef", "0123456"])
def test_the_older_keys_are_looked_up_in_prompts(key: str) -> None:
    found = parsed(note(f"a\n  {key} 1-3\n", prompts={key: agent("gpt-5.4", "codex", accepted_lines=1)}))
    assert (lines(found), found.stray, found.dangling) == ({"gpt-5.4": 3}, 0, 0)


def test_a_bare_session_is_one_too() -> None:
    assert lines(parsed(note(f"a\n  {ONE} 1-3\n", {ONE: agent("m-1")}))) == {"m-1": 3}


@pytest.mark.parametrize("key", ["0b1c2d3e-1111-4111-8111-000000000001", "01234567", "01234", "s_"])
def test_a_key_of_an_unknown_form_is_counted_and_its_lines_are_unknown(key: str) -> None:
    found = parsed(note(f"a\n  {key} 1-3\n  {ONE}{TRACE} 4\n", {ONE: agent("m-1")}))
    assert (found.stray, found.dangling) == (1, 1)
    assert found.parts[0] == Part(lines=3)


def test_a_key_that_the_note_does_not_explain_is_unknown() -> None:
    found = parsed(note(f"a\n  {ONE}{TRACE} 1-3\n  {TWO}{TRACE} 4-5\n", {}))
    assert (found.parts, found.stray, found.dangling) == ((Part(lines=5),), 0, 2)


def test_people_are_no_models() -> None:
    people = {"h_0123456789abcd": {"author": "Ann <ann@example.org>"}}
    found = parsed(note("a\n  h_0123456789abcd 1-30\n  h_fedcba98765432 31\n", {}, humans=people))
    assert found == Note(())
    odd = parsed(note("a\n  h_short 1-30\n", {}, humans={"h_short": {"author": "Ann"}}))
    assert odd == Note(())


@pytest.mark.parametrize("model", ["default", "unknown", ""])
def test_a_model_that_names_none_is_none(model: str) -> None:
    found = parsed(note(f"a\n  {ONE}{TRACE} 1\n", {ONE: agent(model, "cursor")}))
    (row,) = note_facts(found, "R", "x", START)
    assert (row.agent, row.model_raw, row.model, row.lines) == ("cursor", model, None, 1)


def test_a_mock_is_nobody() -> None:
    sessions = {ONE: agent("gpt-5", "mock_ai"), TWO: agent("mock-model", "claude")}
    assert parsed(note(f"a\n  {ONE}{TRACE} 1\n  {TWO}{TRACE} 2\n", sessions)).parts == ()


def test_a_line_counts_once_and_for_the_later_session() -> None:
    sessions = {ONE: agent("m-1"), TWO: agent("m-2")}
    text = note(f"a\n  {ONE}{TRACE} 1-10,5-12,3\n  {TWO}{TRACE} 10-20\n  {ONE}{TRACE} 15\n", sessions)
    assert lines(parsed(text)) == {"m-1": 9 + 1, "m-2": 11 - 1}


def test_a_person_who_wrote_over_a_line_has_it() -> None:
    text = note(f"a\n  {ONE}{TRACE} 1-10\n  h_0123456789abcd 4-6\n", {ONE: agent("m-1")})
    assert lines(parsed(text)) == {"m-1": 7}


def test_a_file_named_twice_is_one_file() -> None:
    text = note(f"a\n  {ONE}{TRACE} 1-10\nb\n  {ONE}{TRACE} 1-10\na\n  {ONE}{TRACE} 5-12\n", {ONE: agent("m-1")})
    assert lines(parsed(text)) == {"m-1": 22}


def test_a_session_without_a_line_took_part_too() -> None:
    found = parsed(note("", {ONE: agent("m-1")}, {"0123456": agent("m-2")}))
    assert lines(found) == {"m-1": 0, "m-2": 0}


def test_several_sessions_of_one_model_add_up() -> None:
    sessions = {ONE: agent("m-1", session="a"), TWO: agent("m-1", session="b")}
    (part,) = parsed(note(f"a\n  {ONE}{TRACE} 1-3\n  {TWO}{TRACE} 7\n", sessions)).parts
    assert (part.lines, part.sessions) == (4, ("a", "b"))


def test_role_and_task_are_taken_from_custom_attributes() -> None:
    sessions = {
        ONE: agent("m-1", custom_attributes={"role": "Reviewer", "task": "Fix", "other": "x"}),
        TWO: agent("m-2", custom_attributes={"role": "chef"}),
    }
    found = parsed(note(f"a\n  {ONE}{TRACE} 1\n  {TWO}{TRACE} 2\n", sessions))
    assert [(part.role, part.task_type) for part in found.parts] == [("review", "fix"), ("implement", "")]


def test_two_tasks_of_one_model_are_none() -> None:
    sessions = {key: agent("m-1", custom_attributes={"task": task}) for key, task in ((ONE, "fix"), (TWO, "docs"))}
    (part,) = parsed(note(f"a\n  {ONE}{TRACE} 1\n  {TWO}{TRACE} 2\n", sessions)).parts
    assert part.task_type == ""


def test_nothing_of_what_was_said_or_where_is_kept() -> None:
    secret = "top-secret"  # noqa: S105 - a word that is looked for
    sessions = {
        ONE: agent(human_author=secret, messages=[{"text": secret}], messages_url=secret, logical_commit_id="l")
    }
    text = note(f"{secret}.py\n  {ONE}{TRACE} 1\n", sessions)
    facts = list(note_facts(parsed(text), "R", "x", START))
    assert len(facts) == 1
    assert secret not in repr(facts)


def test_a_fact_says_what_the_note_says() -> None:
    text = note(f"a\n  {ONE}{TRACE} 1-4\n", {ONE: agent("claude-opus-4-5-20251101[1m]", "github-copilot")})
    (row,) = note_facts(parsed(text), "R", "x", START)
    assert (row.subject, row.role, row.agent, row.model, row.variant) == (
        "x",
        "implement",
        "copilot",
        "claude-opus-4-5",
        "1m",
    )
    assert (row.evidence, row.lines, row.sessions, row.at) == ("note", 4, ("0b1c",), START)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"a plain note\n",
        b"---\n",
        b"---\n[]",
        b"---\n{}",
        b'---\n{"schema_version": "other/1"}',
        b"---\n" + b"[" * 100_000,
        b"---\n\xff\xfe",
    ],
)
def test_another_form_is_none_of_ours(text: bytes) -> None:
    assert parse_note(text) is None


@pytest.mark.parametrize(
    "more",
    [
        {"sessions": []},
        {"sessions": {ONE: None}},
        {"sessions": {ONE: {"agent_id": "x"}}},
        {"sessions": {ONE: {"agent_id": {"tool": 7, "model": None, "id": []}}}},
        {"sessions": {ONE: agent(custom_attributes=[1])}, "humans": 3},
    ],
)
def test_metadata_of_another_shape_is_unknown(more: Any) -> None:
    found = parsed(note(f"a\n  {ONE}{TRACE} 1-3\n", **more))
    assert sum(part.lines for part in found.parts) == 3


@pytest.mark.parametrize("ranges", ["", "0", "5-3", "x", "1-", "-1", "99999999999999999999", "1--2", "1;2"])
def test_what_is_no_range_is_no_line(ranges: str) -> None:
    assert lines(parsed(note(f"a\n  {ONE}{TRACE} {ranges}\n", {ONE: agent("m-1")}))) == {"m-1": 0}


def test_a_range_of_a_billion_lines_takes_no_longer() -> None:
    assert lines(parsed(note(f"a\n  {ONE}{TRACE} 1-999999999\n", {ONE: agent("m-1")}))) == {"m-1": 999_999_999}


def test_a_hundred_thousand_overlapping_ranges_are_counted_in_their_order() -> None:
    entries = "".join(f"  {ONE if number % 2 else TWO}{TRACE} {number + 1}-200000\n" for number in range(100_000))
    found = parsed(note("a\n" + entries, {ONE: agent("m-1"), TWO: agent("m-2")}))
    assert lines(found) == {"m-1": 50_000 + 100_000, "m-2": 50_000}


def test_more_models_than_anybody_uses_are_one_unknown_part() -> None:
    sessions = {f"s_{number:014x}": agent(f"m-{number}", session=str(number)) for number in range(1_000)}
    entries = "".join(f"  {key}{TRACE} {place + 1}\n" for place, key in enumerate(sessions))
    found = parsed(note("a\n" + entries, sessions))
    assert len(found.parts) == 65
    assert sum(part.lines for part in found.parts) == 1_000
    assert found.parts[0] == Part(lines=1_000 - 64)


HOSTILE = st.sampled_from(["\x1b[31m", "\u202e", "\0", "\n", "=cmd()", "<b>", "x" * 500, "|"])
WORD = st.text(max_size=20) | HOSTILE
KEY = st.sampled_from(
    [ONE, TWO, f"{ONE}{TRACE}", "h_0123456789abcd", "0123456", "0123456789abcdef", "s_", "zz", "12345678"]
)
RANGE = st.builds(lambda first, size: f"{first}-{first + size}", st.integers(0, 50), st.integers(-3, 20))
ENTRY = st.builds(lambda key, ranges: f"  {key} {','.join(ranges)}\n", KEY, st.lists(RANGE, max_size=5))
FILE = st.builds(
    lambda name, entries: f"{name}\n{''.join(entries)}", st.sampled_from("abc"), st.lists(ENTRY, max_size=5)
)
AGENTS = st.dictionaries(KEY, st.builds(agent, WORD, WORD, WORD), max_size=4)


@given(st.lists(FILE, max_size=4), AGENTS, AGENTS)
def test_any_note_of_the_form_is_read_and_no_line_counts_twice(files: list[str], sessions: Any, prompts: Any) -> None:
    found = parsed(note("".join(files), sessions, prompts))
    covered = {(text[:1], number) for text in files for number in _covered(text)}
    assert sum(part.lines for part in found.parts) <= len(covered)
    for part in found.parts:
        for word in (part.agent, part.model_raw, part.task_type, *part.sessions):
            assert word.isprintable()
            assert len(word) <= 120


def _covered(text: str) -> set[int]:
    ranges = [
        word.split("-", 1) for line in text.splitlines()[1:] for word in line.split()[1:] for word in word.split(",")
    ]
    whole = [(int(first), int(last)) for first, last in ranges if first.isdigit() and last.isdigit()]
    return {number for first, last in whole for number in range(max(first, 1), last + 1) if first}


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda text: text + b"\n---\n{}"))
def test_any_bytes_are_taken(text: bytes) -> None:
    parse_note(text)
