"""Which role an agent's name says: by the settings' rules, else by names that say themselves what they are.

A name is a subagent's or agent definition's (`code-reviewer`), a mode (`plan`) or a command (`/review`). Case, `_` and
blanks do not matter; of a plugin's `toolkit:code-reviewer` the last part is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from ledger.domain.facts import RoleRule
from ledger.errors import BadSetting

ROLES = ("implement", "review", "scout")
COMMAND = "/"
"""Begins the name of a command."""

_USUAL = {
    **dict.fromkeys(("review", "reviewer", "code-review", "*-review", "*-reviewer", "*review-agent"), "review"),
    **dict.fromkeys(("explore", "explorer", "*-explorer", "scout", "*-scout"), "scout"),
    **dict.fromkeys(("plan", "planner", "ask", "search", "research", "researcher", "*-researcher"), "scout"),
    **dict.fromkeys(("implement", "implementer", "*-implementer", "coder", "*-coder"), "implement"),
}
"""Names that say what they are; `general-purpose`, `build` and the like say nothing."""

_LONGEST = 100
_NEXT = timedelta(microseconds=1)


def parse_role_rules(said: Any) -> tuple[tuple[str, str], ...]:
    """(pattern, role) pairs from a table, or from lines such as `code-reviewer = review`; sorted. Raises BadSetting."""
    if isinstance(said, str):
        said = [line for line in said.split("\n") if line.strip()]
    pairs = [_pair(line) for line in said] if isinstance(said, list | tuple) else said
    if isinstance(pairs, Mapping):
        pairs = list(pairs.items())
    if not isinstance(pairs, list):
        raise BadSetting(
            f'ledger.roles is {said!r}; it must be a table of names and roles, as in "code-reviewer" = "review".'
        )
    rules: dict[str, str] = {}
    for name, role in pairs:
        pattern = plain_name(str(name))
        if not pattern or len(pattern) > _LONGEST:
            raise BadSetting(f"ledger.roles has the name {str(name)[:40]!r}; write 1 to {_LONGEST} letters.")
        if role not in ROLES:
            raise BadSetting(f"ledger.roles says that {name!r} is {role!r}; a role is one of {', '.join(ROLES)}.")
        if rules.setdefault(pattern, role) != role:
            raise BadSetting(f"ledger.roles has two roles for {pattern!r}; keep one.")
    return tuple(sorted(rules.items()))


def _pair(line: object) -> tuple[str, str]:
    name, equals, role = str(line).rpartition("=")
    if not equals:
        raise BadSetting(f"ledger.roles has {line!r}; write NAME=ROLE, as in code-reviewer=review.")
    return name.strip(), role.strip()


def plain_name(name: str) -> str:
    """The name in small letters, with `-` for blanks and `_`."""
    return re.sub(r"[\s_]+", "-", name.strip().lower())


def rules_in_force(rows: Iterable[RoleRule]) -> dict[str, str]:
    """Pattern → role, by the latest word of any clone; of two at the same moment, that of the larger clone id."""
    latest: dict[str, RoleRule] = {}
    for row in sorted(rows, key=lambda row: (row.at, row.clone_id, row.role)):
        latest[row.pattern] = row
    return {pattern: row.role for pattern, row in sorted(latest.items()) if row.role}


def words_said(
    kept: Iterable[RoleRule], rules: Iterable[tuple[str, str]], repository_id: str, clone_id: str, now: datetime
) -> list[RoleRule]:
    """What a clone's settings say otherwise than it said before: new roles, and '' for rules that were taken back."""
    before = {row.pattern: row for row in kept if row.clone_id == clone_id}
    wanted = {**dict.fromkeys(before, ""), **dict(rules)}
    return [
        RoleRule(
            repository_id=repository_id,
            clone_id=clone_id,
            pattern=pattern,
            role=role,
            # A clock that was set back must not make the new word the older one.
            at=max(now, before[pattern].at + _NEXT) if pattern in before else now,
        )
        for pattern, role in sorted(wanted.items())
        if role != (before[pattern].role if pattern in before else "")
    ]


def role_by(rules: Mapping[str, str], name: str) -> str:
    """The role that the rules give a name, by the pattern with the most letters of its own; '' where none fits."""
    plain = plain_name(name)
    names = {plain, plain.rpartition(":")[2]}
    fitting = [pattern for pattern in rules if any(_pattern(pattern).fullmatch(each) for each in names)]
    best = min(fitting, key=lambda pattern: ("*" in pattern, -len(pattern), pattern), default=None)
    return rules[best] if best is not None else ""


def usual_role(name: str) -> str:
    """The role that a name says by itself, be it a command's or not; '' where it says none.

    >>> usual_role("Explore"), usual_role("pr-review-toolkit:code-reviewer"), usual_role("/security-review")
    ('scout', 'review', 'review')
    """
    return role_by(_USUAL, name.removeprefix(COMMAND))


@lru_cache(maxsize=1000)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))))
