"""Entries in lists of hooks: where they go, how they are found again, and what is left without them."""

from __future__ import annotations

import json

import pytest

from ledger.hooking.agents import command, listed
from ledger.hooking.agents.jsonc import parse
from ledger.hooking.agents.splice import insert
from ledger.hooking.agents.table import AGENTS
from tests.hooking.agents.settings import LISTED

CLAUDE, CURSOR, COPILOT = AGENTS["claude-code"], AGENTS["cursor"], AGENTS["copilot"]
LINE = command.personal("claude-code")


def put(text: str) -> str:
    return insert(text, listed.put(text, CLAUDE, LINE))


def test_a_group_has_its_matcher_and_a_plain_handler_has_none() -> None:
    start, tool = CLAUDE.events
    handler = {"type": "command", "command": "x", "timeout": 5}
    assert listed.entry(CLAUDE, start, "x") == {"hooks": [handler]}
    assert listed.entry(CLAUDE, tool, "x") == {"matcher": "Bash", "hooks": [handler]}
    assert listed.entry(CURSOR, CURSOR.events[0], "x") == {"command": "x", "timeout": 5}
    assert listed.entry(COPILOT, COPILOT.events[0], "x") == {"type": "command", "bash": "x", "timeoutSec": 5}


def test_lists_that_are_there_are_used_and_others_made() -> None:
    text = '{"hooks": {"PreToolUse": [{"matcher": "Edit", "hooks": []}]}}'
    after = parse(put(text)).value
    assert [group["matcher"] for group in after["hooks"]["PreToolUse"]] == ["Edit", "Bash"]
    assert listed.made_by(text, CLAUDE) == {"SessionStart"}
    assert listed.made_by("{}", CLAUDE) == {"hooks", "SessionStart", "PreToolUse"}
    assert listed.made_by("", CLAUDE) == {"hooks", "SessionStart", "PreToolUse"}
    assert after == listed.expected(text, CLAUDE, LINE)


@pytest.mark.parametrize("agent", LISTED, ids=lambda agent: agent.name)
def test_a_new_document_says_what_the_agent_wants(agent: object) -> None:
    chosen = next(each for each in LISTED if each is agent)
    value = json.loads(insert("", listed.put("", chosen, "x")))
    assert value == {**chosen.document, "hooks": {e.name: [listed.entry(chosen, e, "x")] for e in chosen.events}}
    assert value == listed.expected("", chosen, "x")


def test_an_event_that_has_an_entry_of_ours_gets_no_second_one() -> None:
    once = put("{}")
    assert listed.put(once, CLAUDE, LINE) == []
    without_one = json.loads(once)
    del without_one["hooks"]["SessionStart"]
    again = put(json.dumps(without_one))
    assert json.loads(again)["hooks"].keys() == {"PreToolUse", "SessionStart"}


@pytest.mark.parametrize(
    "text", ["[]", "7", '{"hooks": 1}', '{"hooks": {"PreToolUse": 1}}', '{"hooks": {"SessionStart": {}}}']
)
def test_a_file_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        put(text)


@pytest.mark.parametrize(
    "text", ["[]", "7", '{"hooks": 1}', '{"hooks": {"a": 1, "b": [1, {"hooks": 2}, {"hooks": [3]}]}}']
)
def test_in_a_file_of_another_form_nothing_is_found(text: str) -> None:
    assert list(listed.find(parse(text), CLAUDE)) == []
    assert listed.take(text, CLAUDE) == text


def test_only_lists_that_were_made_go_when_they_are_empty() -> None:
    text = '{"hooks": {"PreToolUse": [], "Stop": []}}'
    after = put(text)
    assert json.loads(listed.take(after, CLAUDE, listed.made_by(text, CLAUDE))) == json.loads(text)
    assert json.loads(listed.take(after, CLAUDE)) == {"hooks": {"PreToolUse": [], "Stop": [], "SessionStart": []}}


def test_a_list_with_a_comment_is_not_empty() -> None:
    after = put("{}").replace('"SessionStart": [', '"SessionStart": [ // mine')
    left = listed.take(after, CLAUDE, listed.made_by("{}", CLAUDE))
    assert "// mine" in left
    assert parse(left).value == {"hooks": {"SessionStart": []}}


def test_an_entry_at_an_event_that_we_no_longer_use_is_taken_out() -> None:
    old = {"hooks": {"Stop": [{"hooks": [{"type": "command", "command": LINE, "timeout": 5}]}]}}
    found = list(listed.find(parse(json.dumps(old)), CLAUDE))
    assert [(each.event, each.is_untouched) for each in found] == [("Stop", True)]
    assert json.loads(listed.take(json.dumps(old), CLAUDE, frozenset({"hooks", "Stop"}))) == {}


def test_a_handler_among_odd_neighbours_is_taken_out_alone() -> None:
    ours = {"type": "command", "command": LINE, "timeout": 5}
    text = json.dumps({"hooks": {"SessionStart": [{"hooks": [7, ours, {"command": "theirs"}]}]}})
    assert json.loads(listed.take(text, CLAUDE)) == {"hooks": {"SessionStart": [{"hooks": [7, {"command": "theirs"}]}]}}
