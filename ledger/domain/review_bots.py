"""Who reviewed, by the actor of an event: the logins of review bots, and `AGENT:MODEL` where the source knows it.

People's logins are keyed hashes or unknown to us; a bot is no person, so its login may stand in clear.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.domain.models import parse_model

_BOTS = {
    "amazon-q-developer": "amazon-q",
    "bito-code-review": "bito",
    "chatgpt-codex-connector": "codex",
    "claude": "claude-code",
    "codeant-ai": "codeant",
    "coderabbitai": "coderabbit",
    "copilot": "copilot",
    "copilot-pull-request-reviewer": "copilot",
    "copilot-swe-agent": "copilot",
    "cubic-dev-ai": "cubic",
    "cursor": "cursor",
    "devin-ai-integration": "devin",
    "ellipsis-dev": "ellipsis",
    "gemini-code-assist": "gemini-code-assist",
    "graphite-app": "graphite",
    "greptile-apps": "greptile",
    "korbit-ai": "korbit",
    "qodo-code-review": "qodo",
    "qodo-merge-pro": "qodo",
    "sourcery-ai": "sourcery",
}
"""Login without `[bot]` → agent."""

_ALSO_PEOPLE = frozenset({"claude", "copilot", "cursor", "devin"})
"""Logins that only say a bot with `[bot]` behind them; without it they may be anybody's, but for Copilot's own."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """An agent that reviewed; `model` is None where the forge does not say which."""

    agent: str
    model: str | None


def reviewer_of(actor: str) -> Reviewer | None:
    """The agent that an event's actor is; None for people and for whom nobody knows.

    >>> reviewer_of("coderabbitai[bot]"), reviewer_of("codex:gpt-5.4"), reviewer_of("ann")
    (Reviewer(agent='coderabbit', model=None), Reviewer(agent='codex', model='gpt-5.4'), None)
    """
    agent, colon, model = actor.partition(":")
    if colon and agent:
        return Reviewer(agent, parse_model(model).name)
    login = actor.lower()
    name = login.removesuffix("[bot]")
    if name not in _BOTS or (name in _ALSO_PEOPLE - {"copilot"} and not login.endswith("[bot]")):
        return None
    return Reviewer(_BOTS[name], None)
