"""Writes the default policy into ledger.toml; nothing that is written there is ever changed."""

from __future__ import annotations

from ledger.domain.policy_text import DEFAULT
from ledger.errors import LedgerError
from ledger.git import Git
from ledger.hooking.steps import Write, carry_out, read_text
from ledger.policies import parse_policy
from ledger.posting.workplace import settings_file

_FILE = "ledger.toml"


def can_write(git: Git) -> bool:
    """Whether there is a worktree without a policy, whose settings stand in no other file."""
    file, text = settings_file(git)
    return git.worktree is not None and file in ("", _FILE) and (not file or parse_policy(text, file) is None)


def write_default(git: Git) -> str:
    """Write the default policy at the end of ledger.toml; a sentence that says so, or that there was one before.

    Raises LedgerError where it cannot stand in that file, and BadSetting where what stands there cannot be read.
    """
    if git.worktree is None:
        raise LedgerError(f"{git.git_dir} has no worktree, and a policy is a file in one; run this in a clone.")
    file, text = settings_file(git)
    if file and parse_policy(text, file) is not None:
        return f"{file} has a policy already, which stays as it is; ledger check applies it."
    if file not in ("", _FILE):
        raise LedgerError(
            f"The settings stand in {file}, and a {_FILE} beside it would take their place; write the policy there, "
            "as [tool.ledger.policy]. docs/policy.md has the default."
        )
    path = git.worktree / _FILE
    before = (read_text(path) or "").rstrip()
    carry_out(git, [Write(path, f"{before}\n\n{DEFAULT}" if before else DEFAULT, None)])
    return f"A policy that only warns stands in {_FILE}; change it to your practice, and run ledger check."
