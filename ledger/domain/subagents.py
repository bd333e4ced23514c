"""Subagents' work is their session's: what a session began, and what that began in turn, is one piece of work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from ledger.domain.codex_lineage import Lineage
from ledger.domain.history import History


def working_for(history: History) -> History:
    """The history with each call, commit, written file, verdict and run of a subagent under the session at the top.

    A file may name only who began it, and that one's file may come later: so it is no fact but concluded.
    """
    lineage = Lineage(history.session_parents)
    if not lineage.has_subagents:
        return history
    return replace(
        history,
        calls=_moved(history.calls, lineage.top),
        session_commits=_moved(history.session_commits, lineage.top),
        session_writes=_moved(history.session_writes, lineage.top),
        session_reviews=_moved(history.session_reviews, lineage.top),
        subagents=_moved(history.subagents, lineage.top),
    )


def _moved(rows: Iterable[Any], top: Callable[[str], str]) -> tuple[Any, ...]:
    return tuple(row if (found := top(row.session)) == row.session else replace(row, session=found) for row in rows)
