"""git-ai's notes for tests: written as git-ai writes them, on real commits."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.gitting import git

REF = "refs/notes/ai"


def note_text(lines: Mapping[str, str], *, tool: str = "claude", session: str = "", **attributes: str) -> str:
    """A note of a file in which each model has lines: `{"claude-opus-4-8": "1-10,12"}`."""
    sessions: dict[str, Any] = {}
    entries = []
    for place, (model, ranges) in enumerate(lines.items()):
        key = f"s_{place:014x}"
        named = {"tool": tool, "id": session or f"session-{place}", "model": model}
        sessions[key] = {"agent_id": named, **({"custom_attributes": attributes} if attributes else {})}
        entries.append(f"  {key}::t_{place:014x} {ranges}\n")
    metadata = {"schema_version": "authorship/3.0.0", "base_commit_sha": "0" * 40, "prompts": {}, "sessions": sessions}
    return f"file\n{''.join(entries)}---\n{json.dumps(metadata)}\n"


def add_note(repository: Path, oid: str, text: str, at: datetime | None = None) -> None:
    """Write the note of a commit, in place of an earlier one; byte for byte, as git-ai does."""
    done = subprocess.run(
        ["git", "hash-object", "-w", "--stdin"], cwd=repository, input=text.encode(), capture_output=True, check=True
    )
    git(repository, "notes", f"--ref={REF}", "add", "-f", "-C", done.stdout.decode().strip(), oid, at=at)
