"""The parts of files that are ours: when they are there, how they come in and what is left without them."""

from __future__ import annotations

import pytest

from ledger.hooking.agents import command, parts, plugin
from ledger.hooking.agents.splice import insert
from ledger.hooking.agents.table import AGENTS

CODEX = 'model_provider = "x"\n[model_providers.x]\nname = "X"\n'
TAGS = "repo:example.org/ann/app"

ALL = [
    pytest.param(parts.hooks(AGENTS["codex"], parts.line_for(AGENTS["codex"], is_tracked=False)), "{}", id="hooks"),
    pytest.param(parts.tags(TAGS, ""), '{"env": {"A": "b"}}', id="tags"),
    pytest.param(parts.block("x"), CODEX, id="block"),
    pytest.param(parts.whole(plugin.personal()), "", id="plugin"),
    pytest.param(parts.ignored("/.claude/settings.local.json"), "*.log\n", id="ignored"),
]


@pytest.mark.parametrize(("part", "text"), ALL)
def test_each_part_comes_in_and_goes_out(part: parts.Part, text: str) -> None:
    assert not part.is_current(text)
    after = insert(text, part.put(text))
    part.check(text, after)
    assert part.is_current(after)
    assert part.kept(after) == []
    left = part.take(after, part.made_by(text))
    assert not part.is_current(left)
    assert left.rstrip() == text.rstrip() or left == "{\n}"
    assert part.take(left, part.made_by(text)) == left


def test_an_agent_with_a_person_s_own_shell_gets_a_line_in_sh() -> None:
    assert parts.line_for(AGENTS["codex"], is_tracked=True) == command.in_sh(command.shared("codex"))
    assert parts.line_for(AGENTS["claude-code"], is_tracked=False) == command.personal("claude-code")


def test_a_stale_line_is_not_current() -> None:
    agent = AGENTS["claude-code"]
    stale = command.personal("claude-code", program="/old/hooking/agents/witness.py")
    part = parts.hooks(agent, command.personal("claude-code"))
    text = insert("{}", parts.hooks(agent, stale).put("{}"))
    assert not part.is_current(text)
    assert part.kept(text) == []
    assert "witness" not in part.take(text, part.made_by("{}"))


def test_an_ignored_line_that_was_not_ours_stays() -> None:
    part = parts.ignored("/x")
    assert part.take("/x\n", frozenset()) == "/x\n"
    assert part.take("/x\n/xy\n", frozenset({"line"})) == "/xy\n"
    assert insert("a", part.put("a")) == "a\n/x\n"


@pytest.mark.parametrize(
    ("text", "nothing"),
    [
        ("", True),
        (" \r\n", True),
        ("{}", True),
        ('{"version": 1}\n', True),
        ('{"version": 2}', False),
        ("{ // mine\n}", False),
        ("{", False),
        ('{"hooks": {}}', False),
    ],
)
def test_a_file_of_ours_that_says_nothing_more_can_go(text: str, nothing: bool) -> None:
    assert parts.says_nothing(text) is nothing
