"""Which events are an agent's reviews."""

from __future__ import annotations

import pytest

from ledger.domain.review_bots import Reviewer, reviewer_of


@pytest.mark.parametrize(
    ("actor", "wanted"),
    [
        ("coderabbitai[bot]", Reviewer("coderabbit", None)),
        ("CodeRabbitAI", Reviewer("coderabbit", None)),
        ("copilot-pull-request-reviewer[bot]", Reviewer("copilot", None)),
        ("Copilot", Reviewer("copilot", None)),
        ("gemini-code-assist[bot]", Reviewer("gemini-code-assist", None)),
        ("claude[bot]", Reviewer("claude-code", None)),
        ("codex:gpt-5.4", Reviewer("codex", "gpt-5.4")),
        ("codex:", Reviewer("codex", None)),
        ("opencode:qwen3.6:27b", Reviewer("opencode", "qwen3.6:27b")),
    ],
)
def test_a_bot_s_login_or_an_agent_with_its_model_reviews(actor: str, wanted: Reviewer) -> None:
    assert reviewer_of(actor) == wanted


@pytest.mark.parametrize("actor", ["", "ann", "claude", "cursor", "dependabot[bot]", "5f2e3d4c5b6a7988", ":gpt-5"])
def test_people_and_others_are_no_reviewing_agents(actor: str) -> None:
    assert reviewer_of(actor) is None
