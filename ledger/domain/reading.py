"""What a source yields besides facts: where it stopped, and what it could not read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.domain.facts import Fact


@dataclass(frozen=True, slots=True)
class Skip:
    """Something that could not be read: counted and named in the report's footer."""

    what: str
    """The kind of thing: line, file, entry, commit."""
    where: str
    """File and line, or the reference; never its content."""
    why: str
    """One plain sentence with what to do."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a source stopped, so that the next reading starts there; kept with the facts it covers."""

    source: str
    name: str
    """What was read: a file, a ref."""
    text: str
    """The source's own form."""


Reading = Iterable[Fact | Skip | Cursor]
