"""Who is at work in a Claude Code transcript: by row, by the note beside it, by what was asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from ledger.domain.session_facts import Call, SessionReview, Subagent
from ledger.domain.transcripts import Transcript

TIME = "2026-03-01T10:00:{:02d}.000Z"


def row(kind: str, second: int, content: object, **changed: Any) -> dict[str, Any]:
    """A row of the main thread."""
    inner = {"role": kind, "content": content}
    about = {"type": kind, "uuid": f"u{second}", "timestamp": TIME.format(second), "sessionId": "s1", "cwd": "/w"}
    return {**about, "message": inner, **changed}


def answer(second: int = 0, *tools: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """A call's row, with the tools that it uses."""
    made = row("assistant", second, list(tools), **changed)
    usage = {"input_tokens": 1, "output_tokens": 50}
    made["message"] |= {
        "id": f"msg_{second}",
        "model": "claude-opus-4-8",
        "stop_reason": "end_turn",
        "usage": usage,
    }
    return made


def tool(name: str, use: str = "t1", **given: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": use, "name": name, "input": given}


def result(second: int, printed: object, use: str = "t1", **changed: Any) -> dict[str, Any]:
    return row("user", second, [{"type": "tool_result", "tool_use_id": use, "content": printed}], **changed)


def asked(second: int, name: str, arguments: str = "") -> dict[str, Any]:
    """A person runs a command; its expansion follows as a row of its own."""
    said = f"<command-name>{name}</command-name>\n<command-args>{arguments}</command-args>"
    return row("user", second, said, permissionMode="default")


def facts(*rows: dict[str, Any], noted: str = "", again_from: int | None = None) -> list[Any]:
    """What the rows tell, read as a file would be; from `again_from` on by another reading."""
    log, found = Transcript("s1", lambda path, _: path, agent_name=noted), list[Any]()
    for number, each in enumerate(rows):
        if number == again_from:
            found += log.ending()
            log = Transcript("s1", lambda path, _: path, json.loads(json.dumps(log.state())), agent_name=noted)
        if log.may_matter(json.dumps(each, separators=(",", ":")).encode()):
            found += log.read(each)
    return [*found, *log.ending()]


def names(rows: Sequence[Any]) -> list[str]:
    return [each.agent_name for each in rows if isinstance(each, Call)]


def of_kind(rows: Sequence[Any], kind: type[Any]) -> list[Any]:
    return [each for each in rows if isinstance(each, kind)]


def test_a_subagent_s_row_says_its_run_and_newer_ones_its_definition() -> None:
    (older, newer) = of_kind(
        facts(
            answer(1, agentId="a1", isSidechain=True),
            answer(2, agentId="a1", isSidechain=True, attributionAgent="code-reviewer"),
        ),
        Call,
    )
    assert (older.subagent, older.agent_name, older.is_subagent) == ("a1", "", True)
    assert (newer.subagent, newer.agent_name) == ("a1", "code-reviewer")


def test_the_note_beside_its_file_names_it_where_the_row_does_not() -> None:
    rows = answer(1, agentId="a1"), answer(2, agentId="a1", attributionAgent="Explore")
    assert names(facts(*rows, noted="code-reviewer")) == ["code-reviewer", "Explore"]


def test_summing_up_the_conversation_is_the_main_thread_s_work() -> None:
    (call,) = of_kind(facts(answer(1, agentId="acompact-77", isSidechain=True)), Call)
    assert (call.subagent, call.is_subagent) == ("", True)


@pytest.mark.parametrize("name", ["Task", "Agent"])
def test_the_session_that_started_it_names_it_by_the_tool_it_used(name: str) -> None:
    start = answer(1, tool(name, subagent_type="code-reviewer", prompt="SECRET"))
    told = result(9, "done", toolUseResult={"agentId": "a1", "content": "SECRET"})
    old = result(9, [{"type": "text", "text": "done\nagentId: a1 (to go on)"}])
    wanted = {("s1", "a1", "code-reviewer", False)}
    for end in (told, old):
        for again_from in (None, 1):
            rows = of_kind(facts(start, end, again_from=again_from), Subagent)
            assert {(each.session, each.id, each.name, each.has_written) for each in rows} == wanted
    assert of_kind(facts(start, result(9, "no id")), Subagent) == []
    assert of_kind(facts(told), Subagent) == []


def test_a_subagent_that_writes_or_commits_has_written() -> None:
    wrote = facts(answer(1, tool("Edit", file_path="/w/x"), agentId="a1"))
    committed = facts(
        answer(1, tool("Bash", command="git commit -m x"), agentId="a1"), result(2, "[main abcdef1] x", agentId="a1")
    )
    in_vain = facts(answer(1, tool("Bash", command="git commit -m x"), agentId="a1"), result(2, "nothing to commit"))
    main = facts(answer(1, tool("Edit", file_path="/w/x")))
    found = [[each.has_written for each in of_kind(rows, Subagent)] for rows in (wrote, committed, in_vain, main)]
    assert found == [[True], [True], [], []]


def test_a_command_names_what_follows_until_something_else_is_asked_for() -> None:
    rows = [
        answer(1),
        asked(2, "/review", "12"),
        row("user", 3, [{"type": "text", "text": "Review the request"}], isMeta=True),
        answer(4, tool("Bash", command="gh pr diff 12")),
        result(5, "diff"),
        answer(6),
        row("user", 7, "Now fix it", permissionMode="default"),
        answer(8),
    ]
    wanted = ["", "/review", "/review", ""]
    assert names(facts(*rows)) == wanted
    assert all(names(facts(*rows, again_from=place)) == wanted for place in range(1, len(rows)))


def test_a_command_s_own_output_and_a_subagent_s_task_end_nothing() -> None:
    rows = [
        asked(1, "/review"),
        row("user", 2, "<local-command-stdout>ok</local-command-stdout>"),
        row("user", 3, "look at x", isSidechain=True, agentId="a1"),
        answer(4),
    ]
    assert names(facts(*rows)) == ["/review"]


def test_a_skill_at_work_is_named_like_a_command() -> None:
    assert names(facts(answer(1, attributionSkill="security-review"))) == ["/security-review"]


def test_a_review_command_may_say_which_request_it_is_about() -> None:
    (review,) = of_kind(facts(asked(1, "/review", "#12")), SessionReview)
    assert (review.id, review.session, review.request_number) == ("claude-code/u1", "s1", 12)
    assert of_kind(facts(asked(1, "/review"), asked(2, "/fix", "12")), SessionReview) == []


def test_a_verdict_in_the_shell_is_told_with_who_gave_it() -> None:
    command = "gh pr review 12 --approve && gh pr review 13 --approve"
    rows = of_kind(facts(answer(1, tool("Bash", command=command), agentId="a1")), SessionReview)
    assert [(each.id, each.subagent, each.directory, each.request_number) for each in rows] == [
        ("claude-code/t1", "a1", "/w", 12),
        ("claude-code/t1#2", "a1", "/w", 13),
    ]


def test_planning_is_a_mode_that_leaving_it_or_another_prompt_ends() -> None:
    plan = row("user", 1, "think", permissionMode="plan")
    left = [plan, answer(2), answer(3, tool("ExitPlanMode", plan="SECRET")), result(4, "approved"), answer(5)]
    assert names(facts(*left)) == ["plan", "plan", ""]
    assert names(facts(plan, answer(2), row("user", 3, "go", permissionMode="default"), answer(4))) == ["plan", ""]


def test_nothing_of_what_was_said_is_kept() -> None:
    start = answer(1, tool("Task", subagent_type="x", prompt="SECRET"), tool("ExitPlanMode", "t2", plan="SECRET"))
    rows = [
        asked(0, "/review", "SECRET 12"),
        start,
        result(2, "SECRET agentId: a1", toolUseResult={"prompt": "SECRET"}),
    ]
    assert "SECRET" not in repr(facts(*rows))


@pytest.mark.parametrize("value", [5, None, ["x"], {"a": 1}, "\x00\x1b[31m" * 100])
def test_whatever_stands_in_the_fields_does_no_harm(value: Any) -> None:
    rows = [
        answer(1, tool("Task", subagent_type=value), agentId=value, attributionAgent=value, attributionSkill=value),
        result(2, "x", toolUseResult={"agentId": value}),
        row("user", 3, value, permissionMode=value),
        answer(4),
    ]
    for call in of_kind(facts(*rows), Call):
        assert len(call.agent_name) <= 100
        assert call.agent_name.isprintable()
        assert call.subagent.isprintable()
