"""One model under its many names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.models import find_model, parse_model


@pytest.mark.parametrize(
    ("raw", "name", "provider", "family"),
    [
        ("Claude Opus 4.6 (1M context)", "claude-opus-4-6", "anthropic", "claude-opus"),
        ("claude-opus-4-6-20260115[1m]", "claude-opus-4-6", "anthropic", "claude-opus"),
        ("anthropic/claude-4.6-opus-20260115", "claude-opus-4-6", "anthropic", "claude-opus"),
        ("us.anthropic.claude-opus-4-5-20251101-v1:0", "claude-opus-4-5", "anthropic", "claude-opus"),
        ("bedrock/us.anthropic.claude-opus-4-5-20251101-v1:0", "claude-opus-4-5", "anthropic", "claude-opus"),
        ("bedrock/converse/jp.anthropic.claude-sonnet-4-6", "claude-sonnet-4-6", "anthropic", "claude-sonnet"),
        ("litellm_proxy/bedrock/us-east-1/anthropic.claude-opus-4-6-v1", "claude-opus-4-6", "anthropic", "claude-opus"),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0[1m]", "claude-sonnet-4-5", "anthropic", "claude-sonnet"),
        ("us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5", "anthropic", "claude-sonnet"),
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


@pytest.mark.parametrize(
    ("raw", "name", "variant"),
    [
        ("Claude Opus 4.6 (1M context)", "claude-opus-4-6", "1m"),
        ("claude-opus-4-6-20260115[1m]", "claude-opus-4-6", "1m"),
        ("Claude Opus 4.6 (with 1M context)", "claude-opus-4-6", "1m"),
        ("Claude Sonnet 4.5 (extended thinking)", "claude-sonnet-4-5", "thinking"),
        ("claude-4.5-opus-high-thinking", "claude-opus-4-5", "high thinking"),
        ("Opus 4.7 xHigh", "claude-opus-4-7", "xhigh"),
        ("gpt-5.3-codex-xhigh", "gpt-5.3-codex", "xhigh"),
        ("gpt-5.4 (high effort)", "gpt-5.4", "high"),
        ("claude-opus-4-6-fast", "claude-opus-4-6", "fast"),
        ("claude-opus-4-6-max", "claude-opus-4-6", "max"),
        ("gpt-5-high-fast", "gpt-5", "fast high"),
        ("claude-opus-4-6", "claude-opus-4-6", ""),
        ("gemini-2.5-pro-preview-05-06", "gemini-2.5-pro", ""),
    ],
)
def test_how_a_model_was_called_is_no_part_of_its_name(raw: str, name: str, variant: str) -> None:
    found = parse_model(raw)
    assert (found.name, found.variant) == (name, variant)


@pytest.mark.parametrize(
    "name",
    [
        *("gpt-5.1-codex-max", "grok-4-fast", "grok-code-fast-1", "kimi-k2-thinking", "qwen3-max", "mistral-medium"),
        "composer-1",
    ],
)
def test_a_word_that_is_part_of_a_name_stays(name: str) -> None:
    assert (parse_model(name).name, parse_model(name).variant) == (name, "")


def test_fast_mode_has_a_price_of_its_own() -> None:
    fast, plain = parse_model("claude-opus-4-6-fast"), parse_model("claude-opus-4-6-high")
    assert (fast.sold_as, plain.sold_as) == ("claude-opus-4-6-fast", "claude-opus-4-6")
    assert parse_model("default").sold_as is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Claude Opus 4.8 (1M context)", "Claude Opus 4.8 (1M context)"),
        ("Claude Code 2.1.63 / Claude Opus 4.6", "Claude Opus 4.6"),
        ("Claude (claude-opus-4-6)", "claude-opus-4-6"),
        ("Claude 4.5 Sonnet", "Claude 4.5 Sonnet"),
        ("Codex/GPT-5 Codex", "GPT-5 Codex"),
        ("GPT5 via cursor", "GPT5"),
        ("ChatGPTv5", "ChatGPTv5"),
        ("Gemini 2.5 Pro via cursor", "Gemini 2.5 Pro"),
        ("Kimi K2 Thinking via Crush", "Kimi K2 Thinking"),
        ("MiniMax M2.7", "MiniMax M2.7"),
        ("GLM-4.6", "GLM-4.6"),
        ("Qwen3 Coder", "Qwen3 Coder"),
        ("DeepSeek V3.1.", "DeepSeek V3.1"),
        ("openrouter/anthropic/claude-sonnet-4.5", "openrouter/anthropic/claude-sonnet-4.5"),
        ("with Opus 4.7 xHigh, mostly", "Opus 4.7 xHigh"),
        ("Claude Code", ""),
        ("claude-code", ""),
        ("User has many posts", ""),
        ("Grokking", ""),
        ("Qwen-Coder", ""),
    ],
)
def test_the_model_that_a_sentence_names(text: str, found: str) -> None:
    assert find_model(text) == found


@given(st.text(max_size=500))
def test_what_is_found_stands_in_the_text(text: str) -> None:
    assert find_model(text) in text


def test_long_texts_are_searched_at_their_beginning_only() -> None:
    for text in (
        "claude-" * 100_000,
        "gpt 5 " * 100_000,
        "1.2.3-" * 100_000,
        "(1M " * 100_000,
        "x" + "-high" * 100_000,
    ):
        assert len(find_model(text)) <= 400
        parse_model(text)
