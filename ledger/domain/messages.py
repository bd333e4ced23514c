"""What a commit message says besides its words: requests, merges, reverts, copies, our own trailers.

All of it is text that the author could write: hints, outranked by the forge's word (ci.md §3.4, §3.5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

_OID = r"[0-9a-f]{7,64}"
_NUMBERS = (
    re.compile(r"^Merge pull request #(\d{1,9}) from (\S+)"),
    re.compile(r"^Merge pull request (\d{1,9}) from (\S+)"),
    re.compile(r"^Merged PR (\d{1,9}): "),
    re.compile(r"^Merged in (?P<branch>\S+) \(pull request #(\d{1,9})\)"),
    re.compile(r"^Pull request #(\d{1,9}): "),
    re.compile(r"^Merge #(\d{1,9})$"),
)
_SQUASH_NUMBER = re.compile(r"\(#(\d{1,9})\)\s*$")
_MERGE_REQUEST = re.compile(r"^See merge request (?:\S+)?!(\d{1,9})\s*$", re.M)
_MERGED_BRANCH = re.compile(r"^Merge (?:branch '|remote-tracking branch '[^'/]+/)([^']{1,250})'")
_REVERTS = re.compile(rf"[Tt]his reverts commit ({_OID})\b")
_REVERTS_REQUEST = re.compile(
    r"^Reverts (?:[\w.-]+/[\w./-]+)?[#!](\d{1,9})\s*$|^This reverts merge request \S*!(\d{1,9})\b", re.M
)
_PICKED = re.compile(rf"\(cherry picked from commit ({_OID})\)")
_SQUASHED = re.compile(rf"^commit ({_OID})$", re.M)
_TASK = re.compile(r"^Ledger-Task:[ \t]*([A-Za-z]{1,20})[ \t]*$", re.M | re.I)
_SESSION = re.compile(
    r"^(?:Ledger-Session|Claude-Session|Copilot-Session|Amp-Thread-ID|Replit-Commit-Session-Id|Devin Session|AI-Session"
    r"|Agent-Logs-Url|Agentnote-Session|Entire-Session|Entire-Metadata(?:-Task)?):[ \t]*(\S{1,300})[ \t]*$",
    re.M | re.I,
)
_LIKELY = ("session", "amp-thread-id", "agent-logs-url", "entire-metadata")
"""One of these is in every message that names a session."""

_KEPT_UNDER = re.compile(r"\.entire/metadata/([^/]+)")
_DAY_BEFORE = re.compile(r"^20\d\d-\d\d-\d\d-(?=[0-9a-f]{8}-)")
_MOST_SESSIONS = 64


@dataclass(frozen=True, slots=True)
class Said:
    """What a message says; the fields are those of Commit."""

    request_number: int | None = None
    merged_branch: str | None = None
    reverts: tuple[str, ...] = ()
    picked_from: str | None = None
    squashed: tuple[str, ...] = ()
    task_type: str | None = None
    sessions: tuple[str, ...] = ()


NOTHING = Said()


def read_message(subject: str, body: str) -> Said:
    """What subject and body say."""
    number, branch = _request(subject, body)
    if not body:
        return Said(number, branch) if number is not None or branch else NOTHING
    picked = _PICKED.findall(body)
    tasks = _TASK.findall(body)
    return Said(
        request_number=number,
        merged_branch=branch,
        reverts=tuple(dict.fromkeys((*_REVERTS.findall(body), *_reverted_requests(subject, body)))),
        picked_from=picked[-1] if picked else None,
        squashed=tuple(_SQUASHED.findall(body)) if subject.startswith("Squashed commit") else (),
        task_type=tasks[-1].lower() if tasks else None,
        sessions=_sessions(body),
    )


def _sessions(body: str) -> tuple[str, ...]:
    """The sessions that trailers of agents and their companions name, as the agents' own logs call them.

    A link is named by its last part; Entire puts the day before an id, and keeps a session's files under it.
    """
    low = body.lower()
    if not any(sign in low for sign in _LIKELY):
        return ()
    found = (match[1] for match in islice(_SESSION.finditer(body), _MOST_SESSIONS))
    return tuple(dict.fromkeys(name for each in found if (name := _session(each))))


def _session(text: str) -> str:
    kept = _KEPT_UNDER.search(text)
    name = kept[1] if kept else re.split(r"[?#]", text, maxsplit=1)[0].rstrip("/").rpartition("/")[2]
    return "".join(letter for letter in _DAY_BEFORE.sub("", name) if letter.isprintable())


def _reverted_requests(subject: str, body: str) -> list[str]:
    """`request:12`: the button of a forge names the request, and after a squash no commit."""
    found = _REVERTS_REQUEST.findall(body) if subject.startswith(("Revert", "Reapply")) else []
    return [f"request:{one or other}" for one, other in found]


def _request(subject: str, body: str) -> tuple[int | None, str | None]:
    if subject.startswith(("Merge", "Pull request")):
        found = next((found for pattern in _NUMBERS if (found := pattern.search(subject))), None)
        if found:
            words = found.groups()
            number = next(int(word) for word in words if word and word.isdigit())
            branch = next((word for word in words if word and not word.isdigit()), None)
            is_github = subject.startswith("Merge pull request") and branch is not None and "/" in branch
            return number, branch.partition("/")[2] if is_github and branch else branch
        merged = _MERGED_BRANCH.search(subject)
        request = _MERGE_REQUEST.search(body)
        return (int(request.group(1)) if request else None), merged.group(1) if merged else None
    if subject.endswith(")") and (squash := _SQUASH_NUMBER.search(subject)):
        return int(squash.group(1)), None
    request = _MERGE_REQUEST.search(body) if "See merge request" in body else None
    return (int(request.group(1)) if request else None), None
