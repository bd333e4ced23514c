"""What people said with `ledger tag`, one line each: what, of what, and never by whom."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.domain.facts import Contribution, Tag
from ledger.domain.screen import plain

_SHORT = 12


def render(rows: Iterable[Contribution | Tag]) -> str:
    """The tags by what they are about; a sentence where there is none."""
    found = sorted((_about(row.subject), row.at, _said(row)) for row in rows)
    lines = [f"{about}  {words}, said {at:%Y-%m-%d}" for about, at, words in found]
    return "\n".join(lines or ["Nothing is tagged."]) + "\n"


def _said(row: Contribution | Tag) -> str:
    if isinstance(row, Tag):
        return f"{plain(row.name, 20)} {_about(row.text)}"
    agent = f" in {plain(row.agent, 60)}" if row.agent else ""
    return f"{plain(row.model_raw, 60) or '(model not named)'}{agent} as {row.role or 'unknown role'}"


def _about(subject: str) -> str:
    """A commit by the beginning of its id, anything else whole."""
    kind, colon, name = plain(subject, 80).partition(":")
    return f"{kind} {name}" if colon else kind[:_SHORT]
