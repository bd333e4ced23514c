"""The agents that write commits: the addresses they sign with and the names they go by (hooks.md §4).

An agent is told by its full address, never by its domain: people work at those companies too. GitHub's noreply
addresses are told by their name, since the number before it varies.
"""

from __future__ import annotations

import re
from functools import lru_cache

_ADDRESSES = {
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
"""GitHub's noreply addresses without their numeric id."""

_NAMES = {
    "claude-code": "claude claudecode claude-code",
    "codex": "codex openai-codex codex-cli",
    "copilot": "copilot github-copilot copilot-cli copilot-app copilot-swe-agent",
    "cursor": "cursor cursor-agent cursor-cli",
    "gemini-cli": "gemini gemini-cli",
    "gemini-code-assist": "gemini-code-assist",
    "jules": "jules google-jules google-labs-jules",
    "devin": "devin devin-ai",
    "aider": "aider",
    "amp": "amp ampcode",
    "opencode": "opencode open-code",
    "crush": "crush charm-crush",
    "factory": "factory droid factory-droid",
    "warp": "warp oz",
    "grok": "grok grok-cli",
    "qwen-code": "qwen-code qwen-coder qwencode",
    "junie": "junie",
    "cline": "cline",
    "kiro": "kiro kiro-cli",
    "roo": "roo roo-code roocode roomote",
    "goose": "goose",
    "windsurf": "windsurf",
    "pi": "pi",
    "amazon-q": "amazon-q amazon-q-developer amazonq",
    "openhands": "openhands",
    "terragon": "terragon",
    "replit": "replit replit-agent replit-assistant",
    "antigravity": "antigravity",
    "chatgpt": "chatgpt",
    "continue": "continue-cli",
}
_AGENT_NAMED = {name: agent for agent, names in _NAMES.items() for name in names.split()}
_BRANCHES = {
    "codex": "codex",
    "claude": "claude-code",
    "copilot": "copilot",
    "cursor": "cursor",
    "devin": "devin",
    "cline": "cline",
    "aider": "aider",
    "gemini": "gemini-cli",
}
"""How agents begin the names of their branches, up to the slash."""

SERVICE = "service:"
"""Begins the author of a commit that a service bot made: it is nobody's secret, and neither a person nor a model."""

REVIEWERS = frozenset({"gemini-code-assist"})
"""Agents whose co-authorship is mostly an applied review suggestion."""

_SERVICES = frozenset(
    {
        "dependabot[bot]", "dependabot-preview[bot]", "renovate[bot]", "renovate-bot", "github-actions[bot]",
        "pre-commit-ci[bot]", "mergify[bot]", "release-plz[bot]", "gemini-cli-robot", "greenkeeper[bot]", "snyk-bot",
        "allcontributors[bot]", "semantic-release-bot", "release-please[bot]", "imgbot[bot]", "codecov[bot]",
        "github-merge-queue[bot]", "web-flow", "deepsource-autofix[bot]", "pyup-bot", "weblate",
    }
)  # fmt: skip
_SERVICE_ADDRESSES = frozenset(
    {
        "support@dependabot.com", "bot@renovateapp.com", "renovate@whitesourcesoftware.com", "action@github.com",
        "actions@github.com", "github-actions@github.com", "gemini-cli-robot@google.com", "noreply@github.com",
        "hosted@weblate.org", "semantic-release-bot@martynus.net", "snyk-bot@snyk.io",
    }
)  # fmt: skip
_NOREPLY = "@users.noreply.github.com"
_NUMBER = re.compile(r"^\d+\+")
_LONGEST = 320


@lru_cache(maxsize=4096)
def agent_of(email: str) -> str | None:
    """The agent behind an address; None for people and service bots."""
    if len(email) > _LONGEST:
        return None
    address = email.strip().lower()
    if address.endswith(_NOREPLY):
        return _SLUGS.get(_slug(address))
    return _ADDRESSES.get(address)


def is_service(name: str, email: str) -> bool:
    """Whether a name and address are a machine's that no model stands behind: a dependency bot, a merge button, CI."""
    address = email.strip().lower()[:_LONGEST]
    if address.endswith(_NOREPLY):
        return _slug(address) in _SERVICES
    return address in _SERVICE_ADDRESSES or name.strip().lower() in _SERVICES


def is_service_author(author: str) -> bool:
    """Whether a commit's author, as it is kept, is a service bot."""
    return author.startswith(SERVICE)


def agent_named(name: str) -> str | None:
    """The agent that goes by a name, however it is written (`Claude Code`, `github-copilot`); None for others."""
    return _AGENT_NAMED.get(_dashed(name))


def leading_agent(name: str) -> str | None:
    """The agent that a display name begins with: codex in `Codex (agents teams)` and `Codex/GPT-5 Codex`."""
    words = re.split(r"[\s/(,:]+", name.strip().lower()[:80])
    longest = min(len(words), 3)
    found = (agent_named("-".join(words[:count])) for count in range(longest, 0, -1))
    return next((agent for agent in found if agent), None)


def agent_of_branch(branch: str | None) -> str | None:
    """The agent whose prefix a branch's name has (`codex/add-login`); None for others."""
    prefix, slash, _ = (branch or "").partition("/")
    return _BRANCHES.get(prefix) if slash else None


def plain_agent(name: str) -> str:
    """An agent's one name: the known one, else the name itself in small letters and dashes."""
    dashed = _dashed(name)
    return "" if dashed == "unknown" else _AGENT_NAMED.get(dashed, dashed)


def _slug(address: str) -> str:
    return _NUMBER.sub("", address.partition("@")[0])


def _dashed(name: str) -> str:
    return re.sub(r"[\s_]+", "-", name[:_LONGEST].strip().lower())[:60]
