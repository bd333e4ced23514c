"""Installs and uninstalls as the commands do, in a home of the test's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ledger.hooking.agents import setup
from ledger.hooking.agents.table import AGENTS

HOOKED = [agent.name for agent in AGENTS.values() if agent.user_file]


def install(name: str, environ: dict[str, str], **asked: Any) -> list[str]:
    planned = setup.plan(name, environ=environ, **asked)
    return [done.what for done in setup.apply(planned, environ=environ)]


def uninstall(name: str, environ: dict[str, str], **asked: Any) -> list[str]:
    planned = setup.plan_removal(name, environ=environ, **asked)
    return [done.what for done in setup.apply(planned, environ=environ)]


def file_of(name: str, environ: dict[str, str]) -> Path:
    agent = AGENTS[name]
    return setup.home_of(agent, environ) / agent.user_file


def snapshot(home: Path) -> dict[str, bytes | None]:
    found = {str(path.relative_to(home)): path for path in sorted(home.rglob("*"))}
    return {name: path.read_bytes() if path.is_file() else None for name, path in found.items() if ".local" not in name}
