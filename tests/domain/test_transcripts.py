"""Streamed rows are made one before any record is made of them, and a file that was written is told once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.commit_commands import mark_of
from ledger.domain.facts import Fact, Place
from ledger.domain.merging import MERGE
from ledger.domain.session_facts import Call, SessionCommit, SessionWrite
from ledger.domain.transcripts import Transcript

Row = dict[str, Any]


def row(
    message: str = "msg_1",
    second: int = 0,
    output: int = 1,
    *,
    session: str = "s1",
    cwd: str = "/work",
    version: str = "2.1",
    writes: Iterable[str] = (),
    **changed: Any,
) -> Row:
    blocks = [{"type": "tool_use", "name": "Edit", "input": {"file_path": path}} for path in writes]
    return {
        "type": "assistant",
        "uuid": "u",
        "timestamp": f"2026-03-01T10:00:{second:02d}Z",
        "sessionId": session,
        "cwd": cwd,
        "version": version,
        "message": {
            "id": message,
            "model": "claude-opus-4-8",
            "content": blocks,
            "usage": {"input_tokens": 3, "output_tokens": output},
        },
        **changed,
    }


def read(*rows: Mapping[str, Any]) -> list[Fact]:
    """What one reading of a file tells."""
    log = Transcript("s1", lambda path, directory: f"{directory}:{path}")
    found = [fact for each in rows for fact in log.read(each)]
    return [*found, *(fact for fact in log.ending() if isinstance(fact, Call | Place))]


def kept(facts: Iterable[Fact]) -> dict[object, Fact]:
    """The facts as a ledger keeps them: one by key, merged."""
    found: dict[object, Fact] = {}
    for fact in facts:
        key = (type(fact), *(getattr(fact, name) for name in fact.key))
        found[key] = MERGE[type(fact)](found[key], fact) if key in found else fact
    return found


_ROWS = st.builds(
    row,
    st.sampled_from(["msg_1", "msg_1", "msg_2"]),
    st.integers(0, 3),
    st.integers(0, 2),
    session=st.sampled_from(["s1", "s1", "s2"]),
    cwd=st.sampled_from(["/work", "/work", "/work/part"]),
    version=st.sampled_from(["2.1", "2.2"]),
    writes=st.lists(st.sampled_from(["a.py", "b.py"]), max_size=2),
    uuid=st.sampled_from(["u", "v"]),
    isSidechain=st.booleans(),
    requestId=st.sampled_from(["", "req_1"]),
)


@given(st.lists(_ROWS, max_size=8))
def test_rows_read_after_each_other_are_kept_as_rows_that_are_read_alone(rows: list[Row]) -> None:
    assert kept(read(*rows)) == kept(fact for each in rows for fact in read(each))


@pytest.mark.parametrize("model", [None, "", 7])
def test_what_a_row_without_a_model_used_is_kept_and_nothing_is_no_call(model: object) -> None:
    nameless, empty = row("msg_1", output=9), row("msg_2", output=0)
    for each in (nameless, empty):
        each["message"]["model"] = model
    empty["message"]["usage"]["input_tokens"] = 0
    (found,) = (fact for fact in read(nameless, empty) if isinstance(fact, Call))
    assert (found.model_raw, found.model, found.provider, found.output) == ("", None, None, 9)


def test_rows_without_any_id_are_not_taken_for_each_other() -> None:
    rows = [row("", second, uuid="") for second in (1, 2, 2)]
    assert len(kept(fact for each in rows for fact in read(each) if isinstance(fact, Call))) == 2


def test_an_advisor_that_cannot_be_counted_is_counted_among_what_was_left_out() -> None:
    asked = {"type": "advisor_message", "model": "claude-haiku-4-5", "input_tokens": 5, "output_tokens": 6}
    whole, log = row(), Transcript("s1", lambda path, _: path)
    whole["message"]["usage"]["iterations"] = [{**asked, "output_tokens": -1}, asked]
    found = [fact for fact in (*log.read(whole), *log.ending()) if isinstance(fact, Call)]
    assert (sorted(each.event_key for each in found), log.refused) == (
        ["claude-code/msg_1", "claude-code/msg_1#adv2"],
        1,
    )


def test_a_streamed_call_becomes_one_record() -> None:
    (found,) = (fact for fact in read(row(output=1), row(second=1, output=9)) if isinstance(fact, Call))
    assert (found.output, found.at.second, found.best_rank[1], found.owner_rank[0]) == (9, 0, 9, found.at.isoformat())


def test_rows_of_equal_rank_are_decided_by_their_numbers_whichever_comes_first() -> None:
    one, other = row(output=4), row(output=4)
    other["message"]["usage"]["input_tokens"] = 5
    calls = [[fact for fact in read(*rows) if isinstance(fact, Call)] for rows in ((one, other), (other, one))]
    assert calls[0] == calls[1]
    assert [call.input for call in calls[0]] == [5]


def test_a_file_that_is_written_again_is_told_once_a_session_and_place() -> None:
    rows = [row(second=second, writes=["a.py"]) for second in (5, 6, 5)]
    assert writes(*rows) == [(5, "s1", "/work:a.py")]
    assert len(writes(*(row(session=who, cwd=cwd, writes=["a.py"]) for who, cwd in product("st", ("/w", "/v"))))) == 4


def test_a_write_that_turns_out_to_be_earlier_is_told_again() -> None:
    assert writes(row(second=5, writes=["a.py"]), row(second=2, writes=["a.py"])) == [
        (5, "s1", "/work:a.py"),
        (2, "s1", "/work:a.py"),
    ]


def writes(*rows: Row) -> list[tuple[int, str, str]]:
    return [(each.at.second, each.session, each.path) for each in read(*rows) if isinstance(each, SessionWrite)]


def shell(command: str, output: str, **result: Any) -> list[Row]:
    """A command of the shell, and what it answered two seconds later."""
    use = {"type": "tool_use", "id": "t1", "name": "Bash", "input": {"command": command}}
    answer = {"type": "tool_result", "tool_use_id": "t1", "content": output, **result}
    asked = row(session="s1")
    asked["message"]["content"] = [use]
    return [asked, {**row(second=2), "type": "user", "message": {"content": [answer]}}]


def committed(*rows: Row) -> list[tuple[str, str]]:
    """(printed id, subject) of the commits that are told."""
    return [(fact.printed_id, fact.subject) for fact in read(*rows) if isinstance(fact, SessionCommit)]


def test_a_silent_commit_is_told_by_its_command_unless_it_failed() -> None:
    quiet = "git add -A && git commit -qm 'feat: quiet'"
    assert committed(*shell(quiet, "")) == [("", mark_of("feat: quiet"))]
    assert committed(*shell(quiet, "", is_error=True)) == []
    assert committed(*shell("git commit -m 'feat: a'", "[m aaaaaaa] feat: a")) == [("aaaaaaa", "feat: a")]


def test_the_subject_is_known_in_the_next_reading_too() -> None:
    asked, answer = shell("git commit -qm 'feat: quiet'", "")
    first = Transcript("s1", lambda path, _: path)
    list(first.read(asked))
    later = Transcript("s1", lambda path, _: path, first.state())
    assert [fact.subject for fact in later.read(answer) if isinstance(fact, SessionCommit)] == [mark_of("feat: quiet")]
    assert "quiet" not in repr(first.state())
