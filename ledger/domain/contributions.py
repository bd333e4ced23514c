"""Who took part in a commit, as its message and identities say (hooks.md §4).

Agents are told by their full address or by a line that only agents write. The model is read from the display name or
the trailer and may be unknown; the raw text is always kept. All of it is text that anybody could write: claims, weighed
by `ledger.domain.evidence`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from ledger.domain.agents import REVIEWERS, agent_named, agent_of, is_service, leading_agent, plain_agent
from ledger.domain.claims import claim
from ledger.domain.facts import Contribution
from ledger.domain.models import find_model, parse_model
from ledger.domain.trailers import Line, read_lines

MIXED = "mixed"
"""The scope of a credit that stands in the squash of several commits and is not given for each of them."""

_COAUTHORS = frozenset({"co-authored-by", "coauthored-by"})
_ASSISTS = {"assisted-by": "implement", "ledger-review": "review", "ledger-scout": "scout"}
_TOOLS = frozenset({"generated-by", "made-with", "ai-tool", "ai-agent", "entire-agent"})
_MODELS = frozenset({"ai-model", "assistant-model", "model"})
_AGENTS_OWN = {
    "claude-session": "claude-code",
    "claude-cost-metrics": "claude-code",
    "copilot-session": "copilot",
    "agent-logs-url": "copilot",
    "amp-thread-id": "amp",
    "devin session": "devin",
    "replit-commit-author": "replit",
    "replit-commit-session-id": "replit",
    "entire-session": "",
    "entire-checkpoint": "",
    "entire-strategy": "",
    "ai-session": "",
    "agentnote-session": "",
    "agent-id": "",
}
"""Trailers that only an agent or its companion writes, whatever they say → the agent, '' where that is not told."""

_FLAGS = frozenset({"ai-assisted", "ai-generated", "ai-origin"})
_NO = frozenset({"", "0", "no", "false", "none", "never", "human", "n/a"})
_AUTHOR = "author"
_KEYS = frozenset({*_COAUTHORS, *_ASSISTS, *_TOOLS, *_MODELS, *_AGENTS_OWN, *_FLAGS})
_SIGN = "generated "
_LIKELY = (
    *("authored-by", "assisted-by", "made-with", "ledger-", "generated", "ai-", "session", "model"),
    *("replit-", "entire-", "agent-", "amp-thread-id", "claude-cost"),
)
"""One of these is in every message that credits an agent."""

_PERSON = re.compile(r"^(.*?)\s*<([^<>\s]+)>$")
_PAIR = re.compile(r"([\w.+ -]{1,60}?)\s*:\s*([A-Za-z][\w./:@+\[\]-]{0,119})(?:\s|$)")
_FOOTER = re.compile(
    r"^\W{0,8}generated (?:with|by) (?:\[([^\]]{1,60})\](?:\([^()\s]*\))?|([\w .+-]{1,60}?)\s*(?:\(|$|via\b))", re.I
)
_VERSION = re.compile(r"\s+v?\d[\w.]*$")
_SHARED = frozenset({"noreply@anthropic.com"})
"""Addresses that other agents sign with too, so that the name before it counts."""

_AIDER = re.compile(r"\(([^()]+)\)")
_MOST = 64
"""Credits that are kept of one message."""


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
    scope: str = ""
    """`MIXED`, or '' for a credit that holds for all of the commit."""


def recognise(message: str, author: Identity, committer: Identity, subject: str = "") -> tuple[Credit, ...]:
    """Every credit in the message below its subject and in both identities, the surest evidence first, at most 64.

    One without a model yields to one of its agent with it; one that names neither agent nor model to any other.
    """
    found, parts = _credits(message, subject)
    found += [(credit, 0) for credit in _identities(author, committer)]
    if subject.startswith("aider: "):
        found.append((Credit("implement", "aider", "", "footer"), 0))
    if not found:
        return ()
    found.sort(key=lambda each: _ORDER.index(each[0].evidence))
    once: dict[tuple[str, str, str], Credit] = {}
    places: dict[tuple[str, str], set[int]] = {}
    for credit, part in found:
        once.setdefault((credit.role, credit.agent, credit.model_raw.lower()), credit)
        places.setdefault(_claim(credit), set()).add(part)
    kept = _yielding(_joined(list(once.values())))[:_MOST]
    if parts < 2:
        return tuple(kept)
    every = set(range(1, parts + 1))
    return tuple(each if every <= places.get(_claim(each), set()) else replace(each, scope=MIXED) for each in kept)


_ORDER = ("trailer", "coauthor", "author", "footer")


def contributions(parts: Iterable[Credit], repository_id: str, subject: str, at: datetime) -> Iterator[Contribution]:
    """The credits as facts about a commit or request."""
    for credit in parts:
        yield claim(
            credit.model_raw,
            repository_id=repository_id,
            subject=subject,
            role=credit.role,
            agent=credit.agent,
            evidence=credit.evidence,
            scope=credit.scope,
            at=at,
        )


def _claim(credit: Credit) -> tuple[str, str]:
    """What a credit says: its role, and its model or else its agent."""
    return credit.role, parse_model(credit.model_raw).name or credit.agent


def _joined(found: list[Credit]) -> list[Credit]:
    """A model without an agent and an agent without a model, where there is one of each, are one."""
    models = [each for each in found if each.model_raw and not each.agent and each.role == "implement"]
    agents = {each.agent for each in found if not each.model_raw and each.agent and each.role == "implement"}
    named = {each.agent for each in found if each.model_raw}
    if len(models) != 1 or len(agents) != 1 or agents & named:
        return found
    (agent,) = agents
    return [replace(each, agent=agent) if each is models[0] else each for each in found]


def _yielding(found: list[Credit]) -> list[Credit]:
    named = {(each.role, each.agent) for each in found if each.model_raw}
    kept = [each for each in found if each.model_raw or (each.role, each.agent) not in named]
    told = [each for each in kept if each.agent or each.model_raw]
    return told if any(each.role == "implement" for each in told) else kept


def _identities(author: Identity, committer: Identity) -> Iterator[Credit]:
    for identity in (author, committer):
        if is_service(identity.name, identity.email):
            continue
        agent = _signer(identity.name, identity.email)
        if agent:
            yield Credit("implement", agent, _model_in(identity.name, agent), "author")
        elif identity.name.endswith(" (aider)"):
            yield Credit("implement", "aider", "", "author")


def _credits(message: str, subject: str) -> tuple[list[tuple[Credit, int]], int]:
    """(credit, part of the squash) of every line, and how many parts there are."""
    low = message.lower()
    is_list = subject.startswith("Squashed commit")
    if not is_list and not any(sign in low for sign in _LIKELY):
        return [], 0
    lines = read_lines(subject, message, _KEYS | {_AUTHOR} if is_list else _KEYS, _SIGN)
    found = [(credit, line.part) for line in lines.found if (credit := _credit(line))]
    return found, lines.parts


def _credit(line: Line) -> Credit | None:
    """What one line says; None for one that credits no agent."""
    key, text = line.key, line.text
    if not key:
        return _footer(text)
    if key == "replit-commit-author" and text.lower() not in ("agent", "assistant"):
        return None
    if key in _AGENTS_OWN:
        return Credit("implement", _AGENTS_OWN[key], "", "trailer") if text else None
    if key in _FLAGS:
        return _flag(text)
    person = _PERSON.match(text)
    if person:
        return _person(key, *person.groups())
    if key in _ASSISTS:
        return _assisted(text, _ASSISTS[key])
    if key in _TOOLS:
        return _tool(text, is_said=key.startswith(("ai-", "entire-")))
    return _model(text, is_said=key != "model") if key in _MODELS else None


def _person(key: str, name: str, email: str) -> Credit | None:
    """A name with an address: an agent's, else a person's or a service's, who is no agent."""
    agent = _signer(name, email)
    if not agent:
        return None
    role = "review" if agent in REVIEWERS else _ASSISTS.get(key, "implement")
    model = _model_in(name, agent)
    if not model and " via " in name:  # `MODEL via Crush <…>`
        model = _plain(name.partition(" via ")[0])
    return Credit(role, agent, model, _AUTHOR if key == _AUTHOR else "coauthor" if key in _COAUTHORS else "trailer")


def _signer(name: str, email: str) -> str | None:
    """The agent behind a signature: by its address, and by its name where others sign with that address too."""
    agent = agent_of(email)
    if email.strip().lower() not in _SHARED:
        return agent
    model = find_model(name)
    return agent if model and name.strip().startswith(model) else leading_agent(name) or agent


def _model_in(name: str, agent: str) -> str:
    """The model in a display name: in parentheses for aider, else by its form."""
    inner = _AIDER.search(name[:300]) if agent == "aider" else None
    return _plain(inner[1] if inner else find_model(name))


def _assisted(text: str, role: str) -> Credit | None:
    """`AGENT:MODEL [tools]`, split at the first colon only, since a model's name may hold one; or free text."""
    pair = _PAIR.match(text)
    if pair and "//" not in text[: pair.end()]:
        agent, model = plain_agent(_plain(pair[1])), _plain(pair[2])
        if agent_named(pair[1]) or not agent or parse_model(model).provider or re.search(r"\d", model):
            return Credit(role, agent, model, "trailer")
        return None
    return _free(text, role)


def _free(text: str, role: str = "implement") -> Credit | None:
    """`Claude Code (Claude Opus 4.6)`, `GPT5 via cursor`, `Opus 4.7`, `Cursor`; None where neither is known."""
    model = find_model(text)
    rest = " ".join(
        re.sub(r"[()\[\]]|\bvia\b|\bwith\b|\busing\b", " ", text.replace(model, " ") if model else text).split()
    )
    agent = leading_agent(rest) if model else agent_named(_VERSION.sub("", rest))
    return Credit(role, agent or "", _plain(model), "trailer") if agent or model else None


def _tool(text: str, *, is_said: bool) -> Credit | None:
    """An agent by its name; where the key says that it is one, also one that nobody knows."""
    known = _free(text)
    if known or not is_said or text.lower() in _NO or len(text.split()) > 3:
        return known
    return Credit("implement", plain_agent(_plain(text)), "", "trailer")


def _model(text: str, *, is_said: bool) -> Credit | None:
    """A model; after the bare key `Model`, which may mean anything, only one that is known as such."""
    found = find_model(text)
    if is_said and text.lower() not in _NO:
        words = _plain(text) if len(text.split()) <= 4 else found
        return Credit("implement", "", words if parse_model(words).name else "", "trailer") if words else None
    return Credit("implement", "", _plain(found), "trailer") if found and len(text) <= len(found) + 2 else None


def _flag(text: str) -> Credit | None:
    """`Ai-assisted: true`; `AI-Origin: cursor`."""
    if text.lower() in _NO:
        return None
    return _free(text) or Credit("implement", "", "", "trailer")


def _footer(text: str) -> Credit | None:
    """`Generated with [Claude Code](…)`, `Generated with Codex (gpt-5.6-sol)`."""
    found = _FOOTER.match(text)
    agent = agent_named(_VERSION.sub("", (found[1] or found[2]).strip())) if found else None
    return Credit("implement", agent, _plain(find_model(text[found.end() :])), "footer") if found and agent else None


def _plain(text: str) -> str:
    """Without control characters, and no longer than a name is."""
    return "".join(character for character in text if character.isprintable())[:120].strip()
