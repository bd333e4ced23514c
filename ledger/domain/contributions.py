"""Who took part in a commit, as its message and identities say (hooks.md §4).

Agents are told by their full address, never by its domain: people work at those companies too. The model is read from
the display name or the trailer and may be unknown; the raw text is always kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from ledger.domain.facts import Contribution
from ledger.domain.models import parse_model

_AGENTS = {
    "noreply@anthropic.com": "claude-code",
    "claude-code@anthropic.com": "claude-code",
    "copilot@github.com": "copilot",
    "cursoragent@cursor.com": "cursor",
    "noreply@openai.com": "codex",
    "codex@openai.com": "codex",
    "noreply@cognition.ai": "devin",
    "aider@aider.chat": "aider",
    "noreply@aider.chat": "aider",
    "noreply@aider.dev": "aider",
    "amp@ampcode.com": "amp",
    "noreply@opencode.ai": "opencode",
    "crush@charm.land": "crush",
    "oz-agent@warp.dev": "warp",
    "agent@warp.dev": "warp",
    "grok@x.ai": "grok",
    "noreply@x.ai": "grok",
    "qwen-coder@alibabacloud.com": "qwen-code",
    "junie@jetbrains.com": "junie",
    "noreply@cline.bot": "cline",
    "noreply@kiro.dev": "kiro",
    "roomote@roocode.com": "roo",
    "opensource@block.xyz": "goose",
    "noreply@codeium.com": "windsurf",
    "noreply@pi.dev": "pi",
    "noreply@amazon.com": "amazon-q",
    "openhands@all-hands.dev": "openhands",
    "openhands@openhands.dev": "openhands",
}
_SLUGS = {
    "copilot": "copilot",
    "copilot-swe-agent[bot]": "copilot",
    "google-labs-jules[bot]": "jules",
    "devin-ai-integration[bot]": "devin",
    "factory-droid[bot]": "factory",
    "terragon-labs[bot]": "terragon",
    "junie-the-developer[bot]": "junie",
    "cursor[bot]": "cursor",
    "cursoragent": "cursor",
    "claude[bot]": "claude-code",
    "gemini-code-assist[bot]": "gemini-code-assist",
}
"""GitHub's noreply addresses without their numeric id, which varies."""

_REVIEWERS = frozenset({"gemini-code-assist"})
"""Agents whose co-authorship is mostly an applied review suggestion."""

_TRAILER = re.compile(
    r"^(co-?authored-by|assisted-by|generated-by|ledger-review|ledger-scout|made-with):[ \t]*(.{1,400}?)[ \t]*$",
    re.I | re.M,
)
_ROLES = {"ledger-review": "review", "ledger-scout": "scout"}
_PERSON = re.compile(r"^(.*?)\s*<([^<>\s]+)>$")
_FOOTER = re.compile(r"Generated with \[?Claude Code\]?", re.I)
_NAMES_A_MODEL = re.compile(
    r"\b(?:claude[ -])?(?:opus|sonnet|haiku|fable|mythos)[ -]v?\d[\w.-]*|"
    r"\bclaude-[\w.\[\]-]+|\bgpt-?\s?\d[\w.-]*(?: codex)?|"
    r"\bgrok[ -]\d[\w.-]*|\bgemini[ -]\d[\w. -]*|\bkimi[ -]k?\d[\w.-]*|\bglm[ -]\d[\w.-]*|\bminimax[ -]m?\d[\w.-]*|"
    r"\bqwen[\d.-][\w.:-]*|\bdeepseek[ -][\w.-]+",
    re.I,
)
_AGENT_NAMES = {
    "claude": "claude-code",
    "claudecode": "claude-code",
    "claude code": "claude-code",
    "claude-code": "claude-code",
    "github copilot": "copilot",
    "gemini": "gemini-cli",
    "openai codex": "codex",
    "unknown": "",
}
_LIKELY = ("-by:", "made-with:", "ledger-", "generated with")


@dataclass(frozen=True, slots=True)
class Identity:
    """A name and address as git keeps them."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Credit:
    """A model's part as one line or identity gives it; '' for what it does not say."""

    role: str
    agent: str
    model_raw: str
    evidence: str


def recognise(message: str, author: Identity, committer: Identity) -> tuple[Credit, ...]:
    """Every credit in the whole message and both identities; one without a model yields to one with it."""
    parts = [*_identities(author, committer)]
    low = message.lower()
    if any(sign in low for sign in _LIKELY):
        parts += _lines(message)
        if not parts and _FOOTER.search(message):
            parts.append(Credit("implement", "claude-code", "", "footer"))
    if not parts:
        return ()
    named = {(credit.role, credit.agent) for credit in parts if credit.model_raw}
    kept = (credit for credit in parts if credit.model_raw or (credit.role, credit.agent) not in named)
    once: dict[tuple[str, str, str], Credit] = {}
    for credit in kept:
        once.setdefault((credit.role, credit.agent, credit.model_raw.lower()), credit)
    return tuple(once.values())


def contributions(parts: tuple[Credit, ...], repository_id: str, subject: str, at: datetime) -> Iterator[Contribution]:
    """The credits as facts about a commit or request."""
    for credit in parts:
        model = parse_model(credit.model_raw)
        yield Contribution(
            repository_id=repository_id,
            subject=subject,
            role=credit.role,
            agent=credit.agent,
            model_raw=credit.model_raw,
            model=model.name,
            provider=model.provider,
            family=model.family,
            evidence=credit.evidence,
            at=at,
        )


@lru_cache(maxsize=4096)
def agent_of(email: str) -> str | None:
    """The agent behind an address; None for people and service bots."""
    address = email.strip().lower()
    if address.endswith("@users.noreply.github.com"):
        return _SLUGS.get(re.sub(r"^\d+\+", "", address.partition("@")[0]))
    return _AGENTS.get(address)


def _identities(author: Identity, committer: Identity) -> Iterator[Credit]:
    for identity in (author, committer):
        agent = agent_of(identity.email)
        if agent:
            yield Credit("implement", agent, _model_in(identity.name, agent), "author")
        elif identity.name.endswith(" (aider)"):
            yield Credit("implement", "aider", "", "author")


def _lines(message: str) -> Iterator[Credit]:
    for key, text in _TRAILER.findall(message):
        key = key.lower().replace("coauthored", "co-authored")
        person = _PERSON.match(text)
        if key in ("assisted-by", *_ROLES) and person is None:
            yield _assisted(text, _ROLES.get(key, "implement"))
        elif person:
            agent = agent_of(person.group(2))
            if agent:
                role = "review" if agent in _REVIEWERS else _ROLES.get(key, "implement")
                yield Credit(role, agent, _model_in(person.group(1), agent), "coauthor")
        elif key in ("generated-by", "made-with"):
            yield _free(text, "trailer")


def _assisted(text: str, role: str) -> Credit:
    """`AGENT:MODEL [tools]`, split at the first colon only, since a model's name may hold one; or free text."""
    agent, colon, rest = text.partition(":")
    if not colon or " " in agent.strip():
        return Credit(role, *_free_parts(text), "trailer")
    return Credit(role, _agent_name(agent), _plain(rest.split()[0]) if rest.split() else "", "trailer")


def _free(text: str, evidence: str) -> Credit:
    return Credit("implement", *_free_parts(text), evidence)


def _free_parts(text: str) -> tuple[str, str]:
    """Agent and model of `Claude Code (Claude Opus 4.6)`, `GPT5 via cursor`, `Opus 4.7`."""
    found = _NAMES_A_MODEL.search(text)
    model = found.group(0).strip() if found else ""
    rest = re.sub(r"[()]|\bvia\b|\bwith\b", " ", text.replace(model, " ") if model else text).strip(" -,").lower()
    return _agent_name(rest) if rest and len(rest.split()) <= 3 else "", _plain(model)


def _agent_name(name: str) -> str:
    name = " ".join(_plain(name).lower().split())
    return _AGENT_NAMES.get(name, name.replace(" ", "-"))[:60]


def _model_in(name: str, agent: str) -> str:
    """The model in a display name: in parentheses for aider and `Claude Code (X)`, else by its form."""
    inner = re.search(r"\(([^()]+)\)", name)
    if inner and (agent == "aider" or _NAMES_A_MODEL.fullmatch(inner.group(1).strip())):
        return _plain(inner.group(1).strip())
    found = _NAMES_A_MODEL.search(name)
    return _plain(found.group(0).strip()) if found else ""


def _plain(text: str) -> str:
    """Without control characters, and no longer than a name is."""
    return "".join(character for character in text if character.isprintable())[:120].strip()
