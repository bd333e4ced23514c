"""Model names: from what people, agents and gateways write to provider, model and family.

The raw text is always kept beside the result; this only makes `Claude Opus 4.6`, `anthropic/claude-4.6-opus` and
`claude-opus-4-6-20260115[1m]` one model. How a model was called (a longer context, an effort, fast mode) is its
variant and no part of the name. Rules: hooks.md §4.3, usage-formats §12.
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
    variant: str = ""
    """How it was called: `1m`, `high`, `thinking`, `fast`; several in order with a blank between."""

    @property
    def sold_as(self) -> str | None:
        """The name with what has a price of its own: no price of the model is that of its fast mode."""
        return f"{self.name}-fast" if self.name and "fast" in self.variant.split() else self.name


NO_MODEL = Model(None, None, None)

_NOT_A_MODEL = {"", "default", "unknown", "none", "null", "auto", "<synthetic>", "mock", "mock_ai", "inherit"}
_ROUTES = re.compile(r"^(?:openrouter/|vertex_ai/|bedrock/|azure/|litellm_proxy/|models/)+")
_REGION = re.compile(r"^(?:us|eu|apac|global|jp|au|in|us-gov|regional)\.(?=anthropic\.)")
_REVISION = re.compile(r"(?<=\d)-v\d+(?::\d+)?$")
"""A cloud's own revision, which newer names have without the part behind the colon, and before `[1m]`."""

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
    r"\s*\((?P<said>(?:[\w.]{1,20} ){1,3}context|(?:\w{1,20} )?thinking|\w{1,20} effort|x?high|fast(?: mode)?"
    r"|preview)\)"
    r"|\[(?P<marked>\w{1,20})\]$|@[\w.-]+$|:free$|-v\d+:\d+$",
    re.IGNORECASE,
)
_DATES = re.compile(r"-(?:20\d{6}|preview-\d\d-\d\d|20\d\d-\d\d-\d\d|latest|preview)$")
_WAYS = re.compile(r"-(thinking|x?high|medium|low|minimal|max|fast)$")
_PART_OF_NAME = {
    "thinking": frozenset({"moonshotai", "qwen", "deepseek", "x-ai", "minimax", "zai"}),
    "medium": frozenset({"mistral"}),
}
"""Word → the makers of models that have it in their name: `kimi-k2-thinking` is a model of its own."""

_WAY_OF = {"max": frozenset({"anthropic"}), "fast": frozenset({"anthropic", "openai"})}
"""Word → the only makers for whose models it is a way of calling: `gpt-5.1-codex-max`, `grok-4-fast` are models."""

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

_LONGEST_TEXT = 400
_CALLED = re.compile(
    r"(?<![\w.-])(?:"
    r"(?:claude[ -])?(?:opus|sonnet|haiku|fable|mythos)[ -]v?\d[\w.-]*"
    r"|claude[ -]\d[\d.]*[ -](?:opus|sonnet|haiku)[\w.-]*"
    r"|(?:[\w.-]{1,40}/){0,2}claude-(?!code\b)[\w.@:-]{0,80}\d[\w.@:-]*"
    r"|chatgpt[ -]?v?\d[\w.-]*|gpt[ -]?\d[\w.-]*(?:[ -]codex)?(?:[ -](?:max|mini|nano|pro))?"
    r"|o[134](?:-\w{1,20})?(?![\w.])"
    r"|gemini[ -]\d[\w.]*(?:[ -](?:pro|flash|ultra|lite))*(?:-[\w.-]*)?"
    r"|(?:grok|glm|deepseek|devstral|codestral|composer|nova)[ -][a-z-]{0,12}v?\d[\w.-]*"
    r"|kimi[ -]k?\d[\w.-]*(?:[ -]thinking)?|minimax[ -]?m?\d[\w.-]*"
    r"|qwen[ -]?\d[\w.:-]*(?:[ ]coder)?|qwen[ -]?coder[\w.:-]*\d[\w.:-]*"
    r")(?:[ ]?\((?:[\w.]{1,20} ){0,3}(?:context|thinking|effort)\)|\[\w{1,20}\]|[ ](?:x?high|medium|low)(?!\w))*",
    re.IGNORECASE,
)
"""What a model is called in a sentence, with its variant."""


def find_model(text: str) -> str:
    """The first model that a text names, as written there; '' where it names none.

    >>> find_model("Claude Code 2.1.63 / Claude Opus 4.6 (1M context)")
    'Claude Opus 4.6 (1M context)'
    """
    found = _CALLED.search(text[:_LONGEST_TEXT])
    return found[0].rstrip(" .,;:-") if found else ""


@lru_cache(maxsize=4096)
def parse_model(raw: str) -> Model:
    """The model that `raw` names, or `NO_MODEL` when it names none.

    >>> parse_model("Claude Opus 4.6 (1M context)")
    Model(name='claude-opus-4-6', provider='anthropic', family='claude-opus', variant='1m')
    """
    said = set[str]()
    text = _ATTRIBUTES.sub(lambda found: _noted(found, said), raw[:_LONGEST_TEXT].strip()).strip().lower()
    if text in _NOT_A_MODEL:
        return NO_MODEL
    vendor, name = _split_vendor(_ROUTES.sub("", text))
    name = _claude_order(_without_ways(_dashed(name), said))
    if name in _NOT_A_MODEL:
        return NO_MODEL
    provider = _provider(name) or vendor
    return Model(name, provider, _family(name), " ".join(sorted(said)))


def _noted(found: re.Match[str], said: set[str]) -> str:
    """Nothing in the attribute's place; what it says is noted: `1M context` as 1m, `high effort` as high."""
    words = (found["said"] or found["marked"] or "").lower().split()
    if words and words != ["preview"]:
        sized = (word for word in words if word[0].isdigit())
        said.add("thinking" if "thinking" in words else next(sized, words[0]))
    return ""


def dated_alias(raw: str, day: str) -> str:
    """What a name that stands for another model stood for on a day (YYYY-MM-DD); any other name as it is."""
    if raw.rpartition("/")[2] != "codex-auto-review":
        return raw
    return next((model for since, model in _AUTO_REVIEW if day >= since), raw)


def _split_vendor(text: str) -> tuple[str | None, str]:
    head, slash, tail = text.rpartition("/")
    tail = _REGION.sub("", tail)
    if tail.startswith("anthropic."):
        return "anthropic", _REVISION.sub("", tail.removeprefix("anthropic."))
    if not slash:
        return None, text
    return _VENDORS.get(head.rpartition("/")[2], head.rpartition("/")[2] or None), tail


def _dashed(name: str) -> str:
    """Blanks become dashes; a colon inside the name (`qwen3.6:27b`) stays."""
    return re.sub(r"^gpt-?(?=\d)|^chatgpt-?v?(?=\d(?:\.\d)?$)", "gpt-", re.sub(r"[\s_]+", "-", name.strip()))


def _without_ways(name: str, said: set[str]) -> str:
    """Without dates and ways of calling at its end; the ways are noted."""
    while found := _DATES.search(name) or _WAYS.search(name):
        rest = name[: found.start()]
        if found.re is _WAYS:
            if not _is_way(found[1], _provider(_claude_order(rest))):
                return name
            said.add(found[1])
        name = rest
    return name


def _is_way(word: str, provider: str | None) -> bool:
    if word in _WAY_OF:
        return provider in _WAY_OF[word]
    return provider not in _PART_OF_NAME.get(word, ())


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
    words = [word for word in re.split(r"[-:]", name) if not re.match(r"[vkm]?\d", word)]
    return "-".join(words) or name
