"""git-ai's notes: which session wrote which lines of a commit (`authorship/3.0.0`, field.md §4.1).

A note has a section for people, a file a line and below it the sessions with their line numbers, then `---`, then JSON
about the sessions. Lines that no session claims are nobody's: neither a model's nor a person's. Prompts, messages and
paths are passed over; nothing of them is kept.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

import orjson

from ledger.domain.agents import plain_agent
from ledger.domain.claims import claim
from ledger.domain.facts import Contribution
from ledger.domain.tags import read_pairs

_DIVIDER = b"---"
_SCHEMA = "authorship/"
_SESSION = re.compile(r"s_[0-9a-f]{14}(?:::t_[0-9a-f]{14})?")
_HUMAN = re.compile(r"h_[0-9a-f]{14}")
_PROMPT = re.compile(r"[0-9a-f]{7}|[0-9a-f]{16}")
_RANGE = re.compile(rb"(\d{1,9})(?:-(\d{1,9}))?")
_MOCKS = ("mock", "test-tool")
_LONGEST = 120
_MOST = 64
"""Models of one note, and sessions of one of them, that are kept."""

Claim = tuple[int, int, str]
"""First line, last line, key."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a note says of one model: everything '' that it does not say."""

    agent: str = ""
    model_raw: str = ""
    role: str = "implement"
    task_type: str = ""
    sessions: tuple[str, ...] = ()
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """The models of a note, and how many of its keys could not be looked up."""

    parts: tuple[Part, ...]
    stray: int = 0
    """Keys in a form that the standard does not have."""
    dangling: int = 0
    """Keys that the note itself does not explain."""


@dataclass
class _Told:
    """What the sessions of one agent, model and role add up to."""

    lines: int = 0
    tasks: set[str] = field(default_factory=set)
    sessions: set[str] = field(default_factory=set)


Who = tuple[str, str, str]
"""Agent, model as written, role."""

_UNKNOWN: Who = ("", "", "implement")


def parse_note(text: bytes) -> Note | None:
    """What a note says; None for one in another form. Lines that two sessions claim are the later entry's."""
    head, metadata = _divided(text)
    if metadata is None:
        return None
    counts = _counts(head.split(b"\n"))
    people, sessions, prompts = (_table(metadata, name) for name in ("humans", "sessions", "prompts"))
    told: dict[Who, _Told] = {}
    stray = dangling = 0
    for key in [*counts, *_unclaimed(counts, sessions, prompts)]:
        name = key.partition("::")[0]
        if _HUMAN.fullmatch(name) or name in people:
            continue
        found = sessions.get(name) or prompts.get(name)
        stray += not (_SESSION.fullmatch(key) or _PROMPT.fullmatch(key))
        dangling += found is None
        named = _named(found)
        if named is not None:
            who, task, session = named
            entry = told.setdefault(who, _Told())
            entry.lines += counts[key]
            entry.tasks |= {task} - {""}
            entry.sessions |= {session} - {""}
    return Note(_parts(told), stray, dangling)


def note_facts(note: Note, repository_id: str, subject: str, at: datetime) -> Iterator[Contribution]:
    """The contributions to a commit that its note tells of; `at` is when the notes stood so."""
    for part in note.parts:
        yield claim(
            part.model_raw,
            repository_id=repository_id,
            subject=subject,
            role=part.role,
            agent=part.agent,
            evidence="note",
            at=at,
            lines=part.lines,
            task_type=part.task_type,
            sessions=part.sessions,
        )


def _divided(text: bytes) -> tuple[bytes, dict[str, Any] | None]:
    """The section for people and the metadata; None where there is none of this form."""
    if text.startswith(_DIVIDER + b"\n"):
        head, found, rest = b"", _DIVIDER, text[len(_DIVIDER) + 1 :]
    else:
        head, found, rest = text.partition(b"\n" + _DIVIDER + b"\n")
    if not found:
        return b"", None
    try:
        metadata = orjson.loads(rest)
    except ValueError:
        return b"", None
    is_ours = isinstance(metadata, dict) and str(metadata.get("schema_version", "")).startswith(_SCHEMA)
    return head, metadata if is_ours else None


def _table(metadata: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = metadata.get(name)
    return found if isinstance(found, dict) else {}


def _unclaimed(counts: Mapping[str, int], *tables: Mapping[str, Any]) -> list[str]:
    """Sessions that took part and have no line in the end: what they wrote was deleted or written over."""
    claimed = {key.partition("::")[0] for key in counts}
    return [name for table in tables for name in table if name not in claimed and name not in counts]


def _counts(lines: Sequence[bytes]) -> Counter[str]:
    """Key → how many lines are its own, over all files; 0 for a key without a line number."""
    files: dict[bytes, list[Claim]] = {}
    claims = files.setdefault(b"", [])
    counts: Counter[str] = Counter()
    for line in lines:
        if line[:1] not in (b" ", b"\t"):
            claims = files.setdefault(line, [])
            continue
        key, _, ranges = line.strip().partition(b" ")
        name = _plain(key.decode(errors="replace"))
        if name:
            counts.setdefault(name, 0)
            claims.extend((first, last, name) for first, last in _ranges(ranges))
    for claims in files.values():
        for name, count in _owned(claims):
            counts[name] += count
    return counts


def _ranges(text: bytes) -> Iterator[tuple[int, int]]:
    for word in text.split(b","):
        found = _RANGE.fullmatch(word.strip())
        if found:
            first, last = int(found[1]), int(found[2] or found[1])
            if 0 < first <= last:
                yield first, last


def _owned(claims: Sequence[Claim]) -> Iterator[tuple[str, int]]:
    """(key, lines) with each line counted once, for the last claim that covers it; n log n in the number of claims."""
    order = sorted(range(len(claims)), key=lambda place: claims[place][0])
    points = sorted({edge for first, last, _ in claims for edge in (first, last + 1)})
    active: list[tuple[int, int, str]] = []
    begun = 0
    for start, stop in pairwise(points):
        while begun < len(order) and claims[order[begun]][0] <= start:
            _, last, name = claims[order[begun]]
            heapq.heappush(active, (-order[begun], last, name))
            begun += 1
        while active and active[0][1] < start:
            heapq.heappop(active)
        if active:
            yield active[0][2], stop - start


def _named(found: Any) -> tuple[Who, str, str] | None:
    """(whom a key stands for, task, the session's own id): nobody known for what is not explained, None for a mock."""
    agent_id = found.get("agent_id") if isinstance(found, dict) else None
    if not isinstance(agent_id, dict):
        return _UNKNOWN, "", ""
    tool, model, session = (_plain(agent_id.get(name)) for name in ("tool", "model", "id"))
    if tool.lower().startswith(_MOCKS) or model.lower().startswith(_MOCKS):
        return None
    attributes = found.get("custom_attributes")
    tagged = read_pairs(attributes if isinstance(attributes, dict) else {})
    return (plain_agent(tool), model, tagged.role or "implement"), _plain(tagged.task_type), session


def _parts(told: Mapping[Who, _Told]) -> tuple[Part, ...]:
    """The parts, sorted; of more than anybody can have used, the smaller ones are one unknown part."""
    order = sorted(told, key=lambda who: (-told[who].lines, who))
    rest = sum(told[who].lines for who in order[_MOST:])
    parts = [_whole(who, told[who]) for who in sorted(order[:_MOST])]
    if not rest:
        return tuple(parts)
    nobody = next((part for part in parts if (part.agent, part.model_raw, part.role) == _UNKNOWN), Part())
    others = [part for part in parts if part is not nobody]
    return (replace(nobody, lines=nobody.lines + rest), *others)


def _whole(who: Who, told: _Told) -> Part:
    task = told.tasks.pop() if len(told.tasks) == 1 else ""
    return Part(*who, task, tuple(sorted(told.sessions)[:_MOST]), told.lines)


def _plain(text: Any) -> str:
    """Text without control characters and no longer than a name; '' for what is no text."""
    if not isinstance(text, str):
        return ""
    return "".join(character for character in text[: 2 * _LONGEST] if character.isprintable())[:_LONGEST].strip()
