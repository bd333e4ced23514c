"""The sources that read what a person names, and nothing unasked: `ledger update --source NAME FILE…`."""

from __future__ import annotations

from typing import Protocol

from ledger.domain.reading import Named, Reading
from ledger.sources import entries, litellm


class NamedSource(Protocol):
    """A module of `ledger.sources` that reads what is named."""

    def read_named(self, named: Named) -> Reading:
        """The facts of what was named; raises LedgerError for what cannot be opened."""


NAMED: dict[str, NamedSource] = {"entries": entries, "litellm": litellm}
"""Source → its module."""


def read_named(source: str, named: Named) -> Reading:
    """What a source reads of what was named."""
    return NAMED[source].read_named(named)
