"""What people said with `ledger tag`, laid over what was read: it outranks everything that a machine tells.

Which model made a commit or request is a contribution of evidence `tag`; this is about task types, and about sessions.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

from ledger.domain.facts import Tag
from ledger.domain.session_facts import Call

TASK, ROLE, CHANGE = "task", "role", "change"
REQUEST = "request:"
"""Begins the subject that is a request."""
_SESSION = "session:"


def session_subject(session: str) -> str:
    """What stands for a session as the subject of a tag."""
    return f"{_SESSION}{session}"


def said(tags: Iterable[Tag], subjects: Container[str], name: str) -> str:
    """What was said last of any of the subjects; '' when nothing was."""
    found = [tag for tag in tags if tag.name == name and tag.subject in subjects]
    return max(found, key=lambda tag: (tag.at, tag.text, tag.subject)).text if found else ""


def by_session(tags: Iterable[Tag]) -> dict[str, dict[str, Tag]]:
    """Session → what is said of it, by name: of each the tag that was given last."""
    told: dict[str, dict[str, Tag]] = {}
    for tag in sorted(tags, key=lambda tag: (tag.at, tag.text)):
        if tag.subject.startswith(_SESSION):
            told.setdefault(tag.subject.removeprefix(_SESSION), {})[tag.name] = tag
    return told


def with_tags(calls: Sequence[Call], tags: Iterable[Tag]) -> tuple[Call, ...]:
    """The calls as their sessions' tags say: in which role, for which kind of work, and for which change."""
    told = by_session(tags)
    if not told:
        return tuple(calls)
    return tuple(_tagged(call, told[call.session]) if call.session in told else call for call in calls)


def _tagged(call: Call, told: dict[str, Tag]) -> Call:
    """The call with what was said of its session; what was not said stays as it is."""
    fields = {ROLE: "role", TASK: "task_type", CHANGE: "subject"}
    changed = {field: told[name].text for name, field in fields.items() if name in told}
    return replace(call, **changed)  # type: ignore[arg-type]
