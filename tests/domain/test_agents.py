"""Agents by address, name and branch; people and service bots are none."""

from __future__ import annotations

import pytest

from ledger.domain.agents import agent_named, agent_of, agent_of_branch, is_service, leading_agent, plain_agent


@pytest.mark.parametrize(
    ("email", "agent"),
    [
        ("noreply@anthropic.com", "claude-code"),
        ("claude-code@anthropic.com", "claude-code"),
        ("NoReply@Anthropic.com ", "claude-code"),
        ("223556219+Copilot@users.noreply.github.com", "copilot"),
        ("175728472+Copilot@users.noreply.github.com", "copilot"),
        ("198982749+Copilot@users.noreply.github.com", "copilot"),
        ("copilot@github.com", "copilot"),
        ("cursoragent@cursor.com", "cursor"),
        ("noreply@openai.com", "codex"),
        ("codex@openai.com", "codex"),
        ("176961590+gemini-code-assist[bot]@users.noreply.github.com", "gemini-code-assist"),
        ("161369871+google-labs-jules[bot]@users.noreply.github.com", "jules"),
        ("158243242+devin-ai-integration[bot]@users.noreply.github.com", "devin"),
        ("noreply@cognition.ai", "devin"),
        ("aider@aider.chat", "aider"),
        ("noreply@aider.chat", "aider"),
        ("noreply@aider.dev", "aider"),
        ("amp@ampcode.com", "amp"),
        ("noreply@opencode.ai", "opencode"),
        ("crush@charm.land", "crush"),
        ("138933559+factory-droid[bot]@users.noreply.github.com", "factory"),
        ("oz-agent@warp.dev", "warp"),
        ("agent@warp.dev", "warp"),
        ("grok@x.ai", "grok"),
        ("noreply@x.ai", "grok"),
        ("qwen-coder@alibabacloud.com", "qwen-code"),
        ("junie@jetbrains.com", "junie"),
        ("311396830+junie-the-developer[bot]@users.noreply.github.com", "junie"),
        ("noreply@cline.bot", "cline"),
        ("noreply@kiro.dev", "kiro"),
        ("roomote@roocode.com", "roo"),
        ("opensource@block.xyz", "goose"),
        ("noreply@codeium.com", "windsurf"),
        ("noreply@pi.dev", "pi"),
        ("noreply@amazon.com", "amazon-q"),
        ("openhands@all-hands.dev", "openhands"),
        ("openhands@openhands.dev", "openhands"),
        ("terragon-labs[bot]@users.noreply.github.com", "terragon"),
        # People work there too, and other machines write from there.
        ("kurt@anthropic.com", None),
        ("asm@anthropic.com", None),
        ("paul@aider.chat", None),
        ("sayan@openai.com", None),
        ("gemini-cli@google.com", None),
        ("gemini-cli-robot@google.com", None),
        ("12345+copilotfan@users.noreply.github.com", None),
        ("49699333+dependabot[bot]@users.noreply.github.com", None),
        ("noreply@anthropic.com.example.org", None),
        ("xnoreply@anthropic.com", None),
        ("", None),
        ("a" * 1_000_000 + "@anthropic.com", None),
    ],
)
def test_an_agent_is_told_by_its_full_address(email: str, agent: str | None) -> None:
    assert agent_of(email) == agent


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"),
        ("renovate[bot]", "29139614+renovate[bot]@users.noreply.github.com"),
        ("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com"),
        ("pre-commit-ci[bot]", "66853113+pre-commit-ci[bot]@users.noreply.github.com"),
        ("mergify[bot]", "37929162+mergify[bot]@users.noreply.github.com"),
        ("release-plz[bot]", "release-plz[bot]@users.noreply.github.com"),
        ("gemini-cli-robot", "gemini-cli-robot@google.com"),
        ("GitHub", "noreply@github.com"),
    ],
)
def test_a_service_bot_is_neither_a_person_nor_an_agent(name: str, email: str) -> None:
    assert is_service(name, email)
    assert agent_of(email) is None


def test_people_and_agents_are_no_services() -> None:
    assert not is_service("Ann", "ann@example.org")
    assert not is_service("Claude", "noreply@anthropic.com")
    assert not is_service("Renovate Smith", "12+renovate-smith@users.noreply.github.com")


@pytest.mark.parametrize(
    ("name", "agent"),
    [
        ("ClaudeCode", "claude-code"),
        ("Claude Code", "claude-code"),
        ("github_copilot", "copilot"),
        ("OpenAI Codex", "codex"),
        ("GitHub Copilot", "copilot"),
        ("droid", "factory"),
        ("Waldek", None),
        ("", None),
    ],
)
def test_an_agent_goes_by_its_names(name: str, agent: str | None) -> None:
    assert agent_named(name) == agent


def test_an_unknown_agent_keeps_its_name_and_unknown_is_none() -> None:
    assert plain_agent("Super Coder") == "super-coder"
    assert plain_agent("claude") == "claude-code"
    assert plain_agent("unknown") == ""
    assert len(plain_agent("x" * 1_000_000)) == 60


def test_a_display_name_begins_with_the_agent() -> None:
    assert leading_agent("Codex (agents teams)") == "codex"
    assert leading_agent("Codex/GPT-5 Codex") == "codex"
    assert leading_agent("Amazon Q Developer") == "amazon-q"
    assert leading_agent("Ann Codex") is None


@pytest.mark.parametrize(
    ("branch", "agent"),
    [
        ("codex/add-login", "codex"),
        ("claude/issue-12", "claude-code"),
        ("copilot/fix-1", "copilot"),
        ("cursor/x", "cursor"),
        ("devin/1", "devin"),
        ("cline/1", "cline"),
        ("aider/1", "aider"),
        ("gemini/1", "gemini-cli"),
        ("feat/codex/x", None),
        ("codex", None),
        ("codexes/x", None),
        ("", None),
        (None, None),
    ],
)
def test_a_branch_s_prefix_names_an_agent(branch: str | None, agent: str | None) -> None:
    assert agent_of_branch(branch) == agent
