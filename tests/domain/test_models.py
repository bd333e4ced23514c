"""One model under its many names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.models import parse_model


@pytest.mark.parametrize(
    ("raw", "name", "provider", "family"),
    [
        ("Claude Opus 4.6 (1M context)", "claude-opus-4-6", "anthropic", "claude-opus"),
        ("claude-opus-4-6-20260115[1m]", "claude-opus-4-6", "anthropic", "claude-opus"),
        ("anthropic/claude-4.6-opus-20260115", "claude-opus-4-6", "anthropic", "claude-opus"),
        ("us.anthropic.claude-opus-4-5-20251101-v1:0", "claude-opus-4-5", "anthropic", "claude-opus"),
        ("claude-4.5-opus-high-thinking", "claude-opus-4-5", "anthropic", "claude-opus"),
        ("claude-sonnet-4-20250514", "claude-sonnet-4", "anthropic", "claude-sonnet"),
        ("claude-sonnet-4-0", "claude-sonnet-4", "anthropic", "claude-sonnet"),
        ("claude-3-5-sonnet-20241022", "claude-3-5-sonnet", "anthropic", "claude-sonnet"),
        ("Opus 4.7", "claude-opus-4-7", "anthropic", "claude-opus"),
        ("Claude Fable 5", "claude-fable-5", "anthropic", "claude-fable"),
        ("claude-opus-4-10", "claude-opus-4-10", "anthropic", "claude-opus"),
        ("GPT-5.4", "gpt-5.4", "openai", "gpt"),
        ("gpt-5.3-codex-xhigh", "gpt-5.3-codex", "openai", "gpt-codex"),
        ("qwen3.6:27b-coding-nvfp4", "qwen3.6:27b-coding-nvfp4", "qwen", "qwen3.6-coding-nvfp4"),
        ("Kimi-K2.5", "kimi-k2.5", "moonshotai", "kimi"),
        ("vertex_ai/gemini-2.5-pro", "gemini-2.5-pro", "google", "gemini-pro"),
        ("glm-4.6", "glm-4.6", "zai", "glm"),
        ("<synthetic>", None, None, None),
        ("default", None, None, None),
        ("", None, None, None),
    ],
)
def test_names(raw: str, name: str | None, provider: str | None, family: str | None) -> None:
    found = parse_model(raw)
    assert (found.name, found.provider, found.family) == (name, provider, family)


@given(st.text(max_size=200))
def test_any_text_is_taken(raw: str) -> None:
    parse_model(raw)
