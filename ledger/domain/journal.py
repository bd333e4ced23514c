"""The journal's lines: one an event, `key=value` fields between tabs, written by hooks, `ledger use` and `ledger run`.

    v=1  at=EPOCH  event=commit|merge|rewrite|use|run  branch= worktree= agent= model= role= task= session=

`commit` and `merge` add old, new, action (the reflog's word); `commit` adds state (what git was in the middle of) and
picked, `merge` adds squash; `rewrite` adds kind, old and new; `use` adds until; a `run` is told in
ledger.domain.run_lines. Unknown keys are ignored, an unknown version or event is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from ledger.domain.claims import claim
from ledger.domain.facts import Contribution, Fact, Place, Use
from ledger.domain.git_facts import RepositoryCommit, Rewrite
from ledger.domain.run_lines import run_told

_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_ROLES = ("implement", "review", "scout")
_KINDS = {"amend": "post-rewrite", "rebase": "post-rewrite", "squash": "post-commit"}
"""Kind of a rewrite's line → the hook that tells it."""
_COPYING = ("rebase", "cherry-pick", "commit (cherry-pick)", "commit (merge)", "merge", "am", "pull")
"""Actions that repeat work that is already credited: whoever ran them did not do it (hooks.md §1.1)."""


def parse_line(line: str) -> dict[str, str]:
    """The fields of a line; raises ValueError in words for one that is not the journal's."""
    fields = dict(part.split("=", 1) for part in line.split("\t") if "=" in part)
    if fields.get("v") != "1":
        raise ValueError("it is not a line of this version; upgrade git-ledger if a newer one wrote it")
    if fields.get("event") not in ("commit", "merge", "rewrite", "use", "run") or not fields.get("at", "").isdigit():
        raise ValueError("it has no known event or no time")
    return fields


def line_facts(fields: Mapping[str, str], repository_id: str) -> Iterator[Fact]:
    """What one line tells about the repository; raises ValueError in words for a run that is none."""
    at = datetime.fromtimestamp(min(int(fields["at"]), 253402300799), UTC)
    worktree = fields.get("worktree", "")
    if worktree:
        yield Place(directory=worktree, repository_id=repository_id, worktree=worktree)
    if fields["event"] == "use":
        yield _use(fields, repository_id, at)
        return
    if fields["event"] == "run":
        yield run_told(fields, repository_id, at)
        return
    old, new = fields.get("old", ""), fields.get("new", "")
    if not _OID.fullmatch(new):
        return
    if fields["event"] == "rewrite":
        kind = fields.get("kind", "")
        if old != new and _OID.fullmatch(old) and kind in _KINDS:
            yield Rewrite(repository_id=repository_id, old=old, new=new, kind=kind, evidence=_KINDS[kind])
        return
    yield RepositoryCommit(
        repository_id=repository_id,
        oid=new,
        # After a merge that moved the branch forward, the commit was there before: made elsewhere, by somebody else.
        evidence="merge" if fields["event"] == "merge" else "hook",
        branch=fields.get("branch", ""),
        session="" if _is_replay(fields) else fields.get("session", ""),
        worktree=worktree,
    )
    yield from _rewritten(fields, repository_id, old, new)
    if fields["event"] == "commit" and (fields.get("model") or fields.get("agent")) and _is_new_work(fields):
        yield _contribution(fields, repository_id, new, at)


def _is_new_work(fields: Mapping[str, str]) -> bool:
    """The commit is its maker's own: no copy, merge or squash of commits whose contributions follow by themselves."""
    action, state = fields.get("action", ""), fields.get("state", "")
    if action and action.startswith(_COPYING):
        return False
    # In a rebase that stopped for editing, people and models do commit; without a reflog that cannot be told.
    return not state or (state == "rebase" and action.startswith("commit"))


def _is_replay(fields: Mapping[str, str]) -> bool:
    """A rebase or `git am` made the commit anew: the session that ran it did not make it."""
    return fields.get("state") in ("rebase", "am") and not fields.get("action", "").startswith("commit")


def _rewritten(fields: Mapping[str, str], repository_id: str, old: str, new: str) -> Iterator[Rewrite]:
    if fields.get("action") == "commit (amend)" and _OID.fullmatch(old) and old != new:
        yield Rewrite(repository_id=repository_id, old=old, new=new, kind="amend", evidence="post-commit")
    picked = fields.get("picked", "")
    if _OID.fullmatch(picked) and picked != new:
        yield Rewrite(repository_id=repository_id, old=picked, new=new, kind="cherry-pick", evidence="post-commit")


def _contribution(fields: Mapping[str, str], repository_id: str, oid: str, at: datetime) -> Contribution:
    role = fields.get("role", "")
    return claim(
        fields.get("model", ""),
        repository_id=repository_id,
        subject=oid,
        role=role if role in _ROLES else "implement",
        agent=fields.get("agent", ""),
        evidence="journal",
        at=at,
    )


def _use(fields: Mapping[str, str], repository_id: str, at: datetime) -> Use:
    until = fields.get("until", "")
    return Use(
        repository_id=repository_id,
        worktree=fields.get("worktree", ""),
        started_at=at,
        until=datetime.fromtimestamp(min(int(until), 253402300799), UTC) if until.isdigit() else at,
        branch=fields.get("branch", ""),
        agent=fields.get("agent", ""),
        model_raw=fields.get("model", ""),
        role=fields["role"] if fields.get("role") in _ROLES else "",
        task_type=fields.get("task", ""),
    )
