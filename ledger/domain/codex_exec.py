"""What `codex exec --json` prints: the running total of a thread after each turn (usage-formats §2.4).

It names neither a time nor a model. Where the thread's rollout is known too, that has the calls one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ledger.domain.amounts import Refused, count, text
from ledger.domain.session_facts import Call
from ledger.domain.tags import Tagged
from ledger.domain.told import inclusive, told_call

SOURCE = "codex-exec"
SIGNS = (b'"thread.started"', b'"turn.completed"')
_NAMES = ("cached_input_tokens", "cache_write_input_tokens", "reasoning_output_tokens")


class Printed:
    """Reads the events of one file in their order; `at` stands for when they were made."""

    def __init__(self, at: datetime) -> None:
        self._at, self._thread = at, ""

    def calls(self, row: Mapping[str, Any]) -> Iterator[Call]:
        """The thread's total so far, as one row that later ones take the place of; raises Refused."""
        if row.get("type") == "thread.started":
            self._thread = text(row.get("thread_id"))
        elif row.get("type") == "turn.completed":
            yield self._total(row.get("usage"))

    def _total(self, usage: Any) -> Call:
        if not self._thread:
            raise Refused("no thread.started stands before it")
        if not isinstance(usage, dict):
            raise Refused("it has no usage")
        read, written, reasoning = (count(usage.get(name), name) for name in _NAMES)
        tokens = inclusive(
            count(usage.get("input_tokens"), "input_tokens"),
            count(usage.get("output_tokens"), "output_tokens"),
            read=read or 0,
            written=written or 0,
            reasoning=reasoning,
        )
        return told_call(
            SOURCE,
            self._thread,
            self._at,
            "",
            tokens,
            tagged=Tagged(),
            session=self._thread,
            agent="codex",
            quality="rollup",
        )
