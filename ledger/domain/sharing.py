"""Who may say what through the shared refs, and what of a clone's facts it says there.

A ref's name tells where an entry came from; anybody who may push can write any ref, so it proves nothing. What it is
good for: a clone's ref that speaks of what a clone cannot know (how CI ended, what the forge decided), or for another
clone, is wrong by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from ledger.domain.facts import Contribution, Entry, Fact, Tag
from ledger.domain.git_facts import BranchRange, Commit, RepositoryCommit, Rewrite
from ledger.domain.retractions import KIND as RETRACT

CI = "ci"
UNCONFIRMED = "unconfirmed"
"""Kind under which an entry is kept that its origin cannot vouch for: it counts nowhere."""

LONGEST = 262_144
"""Characters of a shared line; the sums of one long session are the longest."""

_CLONE = re.compile(r"w/([0-9a-f]{16})(?:/|$)")
_CLONES_WORDS = frozenset(
    {"contribution", "tag", "rewrite", "repository_commit", "branch_range", "git_commit", "usage", RETRACT}
)
_FORGES_WORDS = frozenset({"run", "request", "event", "sync_mark"})
_SEEN_HERE = ("hook", "merge", "reflog")


def origin_of(path: str) -> str:
    """`w/CLONE` or `ci` for a ref below refs/ledger/ or a file in the folded one; '' for what is neither."""
    found = _CLONE.match(path)
    if found:
        return f"w/{found[1]}"
    return CI if path.startswith(f"{CI}/") else ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done with an entry."""

    is_refused: bool = False
    is_unconfirmed: bool = False
    why: str = ""


def judge(entry: Mapping[str, Any], origin: str) -> Verdict:
    """Whether an origin may say what an entry says; entries of unknown kinds and later versions are the codec's."""
    kind, by, body = entry.get("kind"), entry.get("by", ""), entry.get("body")
    if origin == CI:
        return (
            _refusal(f"a CI job does not speak of a {kind}") if kind in _CLONES_WORDS - {"contribution"} else Verdict()
        )
    clone = origin.removeprefix("w/")
    if kind in _FORGES_WORDS:
        return Verdict(is_unconfirmed=True, why=f"a {kind} counts only from CI or a forge; it is kept and not counted")
    if by != clone:
        return _refusal("it speaks for another clone than the one whose ref it stands in")
    if kind == "usage" and (not isinstance(body, dict) or body.get("clone_id") != clone):
        return _refusal("it tells of another clone's usage")
    if kind == RETRACT and (not isinstance(body, dict) or set(body) != {"id"}):
        return _refusal("a clone takes back nothing but what it told itself")
    if entry.get("v") == 1 and kind in _KNOWN - _CLONES_WORDS:
        return _refusal(f"a clone does not share a {kind}")
    return Verdict()


def _refusal(why: str) -> Verdict:
    return Verdict(is_refused=True, why=why)


_KNOWN = frozenset(
    {"repository", "repository_alias", "repository_label", "place", "tip", "commit_diff", "commit_area", "call",
     "repository_rules", "use_period", "session", "session_parent", "session_commit", "session_write", "subagent",
     "session_review", "role_rule", "price", "statement", "entry"}
)  # fmt: skip
"""The kinds that are understood, and that a clone keeps to itself."""


def told_here(facts: Iterable[Fact], former: Set[str]) -> Iterator[Fact]:
    """What of a repository's facts its clone shares, in the form that it may leave the machine in.

    Contributions that only this clone knows (its hooks and tags, and all of commits in `former`, which no branch leads
    to any more); what people tagged; rewrites; where commits were made, without worktree and session; the patch-ids of
    branches; and of the former commits dates and parents, without author and subject.
    """
    for fact in facts:
        match fact:
            case Contribution() if fact.evidence in ("journal", "tag") or fact.subject in former:
                yield replace(fact, sessions=())
            case Tag() if not fact.subject.startswith("session:"):
                yield fact
            case RepositoryCommit() if fact.evidence in _SEEN_HERE:
                yield replace(fact, session="", worktree="")
            case Commit() if fact.oid in former:
                yield replace(fact, author="", subject="", sessions=())
            case Rewrite() | BranchRange():
                yield fact
            case _:
                pass


def retraction_of(entry: Entry) -> str:
    """The id that a shared retraction takes back; '' where it is none, or of a session or author."""
    try:
        body = json.loads(entry.text)["body"] if entry.kind == RETRACT else {}
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""
    return str(body.get("id", "")) if isinstance(body, dict) and set(body) == {"id"} else ""
