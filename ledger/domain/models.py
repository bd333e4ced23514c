"""Model names: from what people, agents and gateways write to provider, model and family.

The raw text is always kept beside the result; this only makes `Claude Opus 4.6`, `anthropic/claude-4.6-opus` and
`claude-opus-4-6-20260115[1m]` one model. Rules: hooks.md §4.3, usage-formats §12.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Model:
    """A normalised model: name (`claude-opus-4-6`), provider (`anthropic`), family (`claude-opus`); None if unknown."""

    name: str | None
    provider: str | None
    family: str | None


NO_MODEL = Model(None, None, None)

_NOT_A_MODEL = {"", "default", "unknown", "none", "null", "auto", "<synthetic>", "mock", "mock_ai", "inherit"}
_ROUTES = re.compile(
    r"^(?:openrouter/|vertex_ai/|bedrock/|azure/|litellm_proxy/|models/)+|^(?:us|eu|apac|global|jp|au|regional)\.(?=anthropic\.)"
)
_VENDORS = {
    "anthropic": "anthropic",
    "openai": "openai",
    "google": "google",
    "gemini": "google",
    "x-ai": "x-ai",
    "xai": "x-ai",
    "deepseek": "deepseek",
    "mistral": "mistral",
    "mistralai": "mistral",
    "moonshotai": "moonshotai",
    "minimax": "minimax",
    "qwen": "qwen",
    "z-ai": "zai",
    "zai": "zai",
    "meta-llama": "meta",
}
_BY_NAME = (
    (re.compile(r"^claude"), "anthropic"),
    (re.compile(r"^(gpt|o\d|codex|chatgpt)"), "openai"),
    (re.compile(r"^(gemini|gemma)"), "google"),
    (re.compile(r"^grok"), "x-ai"),
    (re.compile(r"^deepseek"), "deepseek"),
    (re.compile(r"^(mistral|codestral|devstral|magistral)"), "mistral"),
    (re.compile(r"^kimi"), "moonshotai"),
    (re.compile(r"^minimax"), "minimax"),
    (re.compile(r"^(qwen|qwq)"), "qwen"),
    (re.compile(r"^glm"), "zai"),
    (re.compile(r"^llama"), "meta"),
)
_CLAUDE_TIERS = "opus|sonnet|haiku|fable|mythos|instant"
_ATTRIBUTES = re.compile(
    r"\s*\((?:[\w. ]*context|[\w ]*thinking|[\w ]*effort|preview)\)|\[\w+\]$|@[\w.-]+$|:free$|-v\d+:\d+$", re.IGNORECASE
)
_SUFFIXES = re.compile(
    r"-(?:20\d{6}|preview-\d\d-\d\d|20\d\d-\d\d-\d\d|latest|preview|thinking|x?high|medium|low|minimal|max)$"
)
_AUTO_REVIEW = (
    ("2026-04-23", "gpt-5.5"),
    ("2026-03-05", "gpt-5.4"),
    ("2026-02-05", "gpt-5.3-codex"),
    ("2025-12-11", "gpt-5.2-codex"),
    ("2025-11-13", "gpt-5.1-codex"),
    ("2025-09-15", "gpt-5-codex"),
    ("2025-08-07", "gpt-5"),
)
"""Which model Codex's `codex-auto-review` stood for, from which day (usage-formats §2.3)."""

_VERSION = re.compile(r"[-_ ]?v?\d[\w.:-]*$")


@lru_cache(maxsize=4096)
def parse_model(raw: str) -> Model:
    """The model that `raw` names, or `NO_MODEL` when it names none.

    >>> parse_model("Claude Opus 4.6 (1M context)")
    Model(name='claude-opus-4-6', provider='anthropic', family='claude-opus')
    """
    text = _ATTRIBUTES.sub("", raw.strip()).strip().lower()
    if text in _NOT_A_MODEL:
        return NO_MODEL
    vendor, name = _split_vendor(_ROUTES.sub("", text))
    name = _claude_order(_plain(name))
    if name in _NOT_A_MODEL:
        return NO_MODEL
    provider = _provider(name) or vendor
    return Model(name, provider, _family(name))


def dated_alias(raw: str, day: str) -> str:
    """What a name that stands for another model stood for on a day (YYYY-MM-DD); any other name as it is."""
    if raw.rpartition("/")[2] != "codex-auto-review":
        return raw
    return next((model for since, model in _AUTO_REVIEW if day >= since), raw)


def _split_vendor(text: str) -> tuple[str | None, str]:
    if text.startswith("anthropic."):
        return "anthropic", text.removeprefix("anthropic.")
    head, slash, tail = text.rpartition("/")
    if not slash:
        return None, text
    return _VENDORS.get(head.rpartition("/")[2], head.rpartition("/")[2] or None), tail


def _plain(name: str) -> str:
    """Blanks become dashes, dated and effort suffixes go; a colon inside the name (`qwen3.6:27b`) stays."""
    name = re.sub(r"[\s_]+", "-", name.strip())
    while (shorter := _SUFFIXES.sub("", name)) != name:
        name = shorter
    return re.sub(r"^gpt-?(?=\d)", "gpt-", name)


def _claude_order(name: str) -> str:
    """Claude names come tier first or version first, with dots or dashes, with or without `claude`."""
    bare = name.removeprefix("claude-")
    tier_first = re.fullmatch(rf"({_CLAUDE_TIERS})-(\d+)(?:[.-](\d{{1,2}}))?", bare)
    version_first = re.fullmatch(rf"(\d+)(?:[.-](\d{{1,2}}))?-({_CLAUDE_TIERS})", bare)
    if tier_first:
        tier, major, minor = tier_first.groups()
    elif version_first:
        major, minor, tier = version_first.groups()
        if int(major) == 3:  # Anthropic's own order until generation 4: claude-3-5-sonnet
            return "-".join(part for part in ("claude", major, minor, tier) if part)
    else:
        return name
    return "-".join(part for part in ("claude", tier, major, minor) if part and part != "0")  # sonnet-4-0 is sonnet-4


def _provider(name: str) -> str | None:
    return next((provider for pattern, provider in _BY_NAME if pattern.match(name)), None)


def _family(name: str) -> str:
    """The name without its version: claude-opus, gpt, gemini-pro, glm, kimi."""
    if old := re.fullmatch(rf"claude-[\d-]+-({_CLAUDE_TIERS})", name):
        return f"claude-{old.group(1)}"
    words = [word for word in re.split(r"[-:]", name) if not re.match(r"v?k?\d", word)]
    return "-".join(words) or name
