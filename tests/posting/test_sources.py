"""What is looked for is what is read: the patterns of a source find the files that its reader reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.posting.agents import AGENTS
from ledger.posting.sources import present_of

FILES = {
    "claude-code": (".claude/projects/-w/s.jsonl", ".claude/projects/-w/s/subagents/agent-a.jsonl"),
    "codex": (".codex/sessions/2026/03/01/rollout-a.jsonl", ".codex/archived_sessions/rollout-b.jsonl"),
    "opencode": (".local/share/opencode/opencode.db", ".local/share/opencode/storage/message/ses_1/msg_1.json"),
    "gemini-cli": (".gemini/tmp/shop/chats/session-1.json", ".gemini/tmp/shop/chats/session-2.jsonl"),
    "qwen-code": (".qwen/projects/-w/chats/s.jsonl",),
    "copilot-cli": (".copilot/session-store.db", ".copilot/session-state/s/events.jsonl"),
    "pi": (".pi/agent/sessions/-w/s.jsonl",),
    "antigravity": (".gemini/antigravity/conversations/c.db", ".gemini/antigravity/conversations/d.pb"),
}
BESIDE = (
    ".claude/projects/-w/notes.md",
    ".codex/auth.json",
    ".codex/history.jsonl",
    ".gemini/oauth_creds.json",
    ".copilot/config.json",
    ".local/share/opencode/auth.json",
)


@pytest.mark.parametrize("name", FILES)
def test_its_logs_are_found_and_nothing_beside_them(name: str, hermetic: Path) -> None:
    for path in (*FILES[name], *BESIDE):
        (hermetic / path).parent.mkdir(parents=True, exist_ok=True)
        (hermetic / path).write_text("12345")
    agent = AGENTS[name]
    present = present_of(agent, agent.find_roots({"HOME": str(hermetic)}), ())
    assert (present.files, present.size) == (len(FILES[name]), 5 * len(FILES[name]))
    assert present.newest is not None


def test_every_agent_is_tried() -> None:
    assert FILES.keys() | {"aider"} == AGENTS.keys()


def test_a_log_that_a_setting_names_is_its_own_root(hermetic: Path) -> None:
    log = hermetic / "analytics.jsonl"
    log.write_text("1")
    agent = AGENTS["aider"]
    present = present_of(agent, agent.find_roots({"HOME": str(hermetic), "AIDER_ANALYTICS_LOG": str(log)}), ())
    assert (present.where, present.files) == ((str(log),), 1)


@pytest.mark.parametrize("name", FILES)
def test_an_empty_home_has_nothing(name: str, hermetic: Path) -> None:
    agent = AGENTS[name]
    present = present_of(agent, agent.find_roots({"HOME": str(hermetic)}), ())
    assert (present.where, present.files, present.size, present.newest) == ((), 0, 0, None)
