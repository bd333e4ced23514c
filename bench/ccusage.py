"""ccusage, which most people ask what their agents cost: fetched from npm, its native program run by itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PACKAGE = "ccusage@20.0.24"


class Missing(Exception):
    """It cannot be had here; the text says why."""


def fetch(folder: Path) -> Path:
    """The native program, installed below `folder`; raises Missing without npm, a network or a build for here."""
    npm = shutil.which("npm")
    if npm is None:
        raise Missing("npm is not on this machine")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"private": true}')
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--no-save", PACKAGE]
    own = {**os.environ, "npm_config_cache": str(folder / "cache")}
    try:
        subprocess.run(command, cwd=folder, env=own, capture_output=True, check=True, timeout=300)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise Missing(f"npm cannot install {PACKAGE}") from error
    found = sorted((folder / "node_modules/@ccusage").glob("*/bin/ccusage*"))
    if not found:
        raise Missing(f"{PACKAGE} has no native program for this machine")
    found[0].chmod(0o755)  # npm unpacks it without; its own starter does this
    return found[0]


def arguments(program: Path, *agent: str) -> list[str]:
    """Its command for sums by day and model, at the prices it carries; of one agent where that is named."""
    return [str(program), *agent, "daily", "--json", "--offline"]


def surroundings(home: Path) -> dict[str, str]:
    """An environment in which `home` is the only place to find logs in."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    return {**kept, "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"), "TZ": "UTC"}


def asked(program: Path, home: Path, *agent: str) -> dict[str, Any]:
    """What it answers about a home."""
    done = subprocess.run(arguments(program, *agent), env=surroundings(home), capture_output=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def by_model(answer: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Its answer's tokens by model, added up over days, in our names for the buckets."""
    names = {
        "inputTokens": "input",
        "cacheReadTokens": "cache_read",
        "cacheCreationTokens": "cache_write",
        "outputTokens": "output",
    }
    found: dict[str, dict[str, int]] = {}
    for day in answer["daily"]:
        rows = [(row["modelName"], row) for row in day.get("modelBreakdowns", ())]
        for model, row in rows or list(day.get("models", {}).items()):
            sums = found.setdefault(model, dict.fromkeys(names.values(), 0))
            for theirs, ours in names.items():
                sums[ours] += row[theirs]
    return found
