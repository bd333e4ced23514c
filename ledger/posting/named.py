"""The sources that read what a person names, and nothing unasked: `ledger update --source NAME FILE…`."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from ledger.domain.reading import Named, Reading
from ledger.domain.session_facts import Call
from ledger.domain.tags import Tagged, read_tags
from ledger.domain.told import filled
from ledger.errors import LedgerError
from ledger.sources import codex_exec, cursor, entries, litellm, openrouter, otlp, requests, table


class NamedSource(Protocol):
    """A module of `ledger.sources` that reads what is named."""

    def read_named(self, named: Named) -> Reading:
        """The facts of what was named; raises LedgerError for what cannot be opened."""


NAMED: dict[str, NamedSource] = {
    "entries": entries,
    "litellm": litellm,
    "openrouter": openrouter,
    "cursor": cursor,
    "otlp": otlp,
    "table": table,
    "codex-exec": codex_exec,
    "requests": requests,
}
"""Source → its module."""


def read_named(source: str, named: Named) -> Reading:
    """What a source reads of what was named; raises LedgerError for a tag that says nothing.

    With other tags an unchanged file says something else, so it is read again.
    """
    if not named.tags:
        return NAMED[source].read_named(named)
    tagged = read_tags(named.tags)
    silent = [tag for tag in named.tags if read_tags([tag]) == Tagged()]
    if silent:
        raise LedgerError(
            f"The tag {silent[0]!r} says nothing; write it like repo:github.com/owner/name, branch:NAME or role:review."
        )
    reading = NAMED[source].read_named(replace(named, known={}))
    return (filled(row, tagged) if isinstance(row, Call) else row for row in reading)
