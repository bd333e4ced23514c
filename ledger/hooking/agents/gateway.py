"""What tells a gateway which repository, branch and role a request is for.

Without it a gateway's rows carry no repository. It is asked for by name, because it sends the names of repository and
branch to whoever answers the agent's requests.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ledger.domain.repositories import normalise_remote
from ledger.errors import LedgerError
from ledger.git import Git
from ledger.hooking.agents import files, headers, parts, witness
from ledger.hooking.agents.command import PROGRAM
from ledger.hooking.agents.parts import Part
from ledger.hooking.agents.table import Agent

GATEWAYS = ("litellm",)


@dataclass(frozen=True, slots=True)
class Gateway:
    """The parts of files that send the tags, the flag files that ask for them, and what a person must know."""

    wanted: list[tuple[Path, Part]]
    flags: list[tuple[Path, str]]
    notes: list[str]

    @classmethod
    def of(cls, kind: str, agent: Agent, git: Git | None, environ: Mapping[str, str], home: Path) -> Gateway:
        """For one agent in the worktree of `git`. Raises LedgerError where the agent or the worktree cannot."""
        if kind not in GATEWAYS:
            raise LedgerError(f"{kind!r} is no gateway that is known here; known are {', '.join(GATEWAYS)}.")
        if git is None or git.worktree is None:
            raise LedgerError("A gateway's tags name a worktree's repository and branch; run this in a worktree.")
        repository = _repository(git)
        place = {"top": str(git.worktree), "git_dir": str(git.git_dir), "common": str(git.common_dir)}
        tags = witness.tags_of(place, repository, environ)
        flags = [(git.ledger_dir / f"gateway-{agent.name}", f"kind={kind}\nrepository={repository}\n")]
        if agent.name == "claude-code":
            return cls(_claude_code(git, tags, environ, home), flags, list(_address(environ)))
        if agent.name == "codex":
            return cls([_codex(home / "config.toml")], flags, [_CODEX_NOTE.format(tags=shlex.join(_TAGS))])
        if agent.name == "opencode":
            return cls([], flags, ["The tags go to providers with a baseURL of their own only."])
        raise LedgerError(f"{agent.name} has no setting for headers, so a gateway can be told nothing by it.")

    @staticmethod
    def ignoring(git: Git, name: str) -> list[tuple[Path, Part]]:
        """The line that keeps a personal file out of `git status`, where nothing else does."""
        is_ignored = git.run("check-ignore", "--no-index", "--", name, check=False)
        return [] if is_ignored else [(_exclude(git), parts.ignored(f"/{name}"))]


_TAGS = [sys.executable, "-I", "-S", str(PROGRAM), "codex", "tags"]
_CODEX_NOTE = (
    "Codex reads the tags from the environment it is started in; start it in a worktree with "
    f'{headers.VARIABLE}="$({{tags}})" codex'
)


def withdrawn_parts(agent: Agent, git: Git | None, home: Path) -> list[tuple[Path, tuple[Part, ...]]]:
    """Where a gateway's parts may stand, to be taken out."""
    if agent.name == "codex":
        return [(home / "config.toml", (parts.block(""),))]
    if agent.name == "claude-code" and git and git.worktree:
        local = git.worktree / agent.project_file
        return [(local, (parts.tags("", ""),)), (_exclude(git), (parts.ignored(f"/{agent.project_file}"),))]
    return []


def _claude_code(git: Git, tags: str, environ: Mapping[str, str], home: Path) -> list[tuple[Path, Part]]:
    """Its personal settings of this worktree hide the headers that wider ones set, so those are taken along."""
    top = git.worktree or git.git_dir
    local = top / ".claude" / "settings.local.json"
    wide = map(_headers_of, (top / ".claude" / "settings.json", home / "settings.json"))
    wider = next((found for found in wide if found is not None), None)
    elsewhere = wider if wider is not None else environ.get("ANTHROPIC_CUSTOM_HEADERS", "")
    return [(local, parts.tags(tags, elsewhere)), *Gateway.ignoring(git, ".claude/settings.local.json")]


def _headers_of(path: Path) -> str | None:
    try:
        return headers.headers_in(files.read(path))
    except ValueError as error:
        raise LedgerError(f"{path} is not JSON ({error}); mend it and run this again.") from error


def _codex(path: Path) -> tuple[Path, Part]:
    try:
        provider = headers.provider_of(files.read(path) or "")
    except ValueError as error:
        raise LedgerError(f"{path} is not TOML ({error}) and was left alone; mend it and run this again.") from error
    if not provider:
        raise LedgerError(f"{path} names no model_provider of its own, so Codex uses no gateway; set one up first.")
    return path, parts.block(provider)


def _address(environ: Mapping[str, str]) -> list[str]:
    sentence = "Claude Code sends the tags to whatever answers it; set ANTHROPIC_BASE_URL to your gateway."
    return [] if environ.get("ANTHROPIC_BASE_URL") else [sentence]


def _exclude(git: Git) -> Path:
    return git.common_dir / "info" / "exclude"


def _repository(git: Git) -> str:
    remotes = git.remotes()
    urls = [remotes[name] for name in sorted(remotes, key=lambda name: (name != "origin", name))]
    names = [name for name in map(normalise_remote, urls) if name]
    if not names:
        raise LedgerError(
            "This repository has no remote that a gateway's rows could name; add one with git remote add."
        )
    return names[0]
