"""What `ledger sources` knows of a source: what is there of it, how much of it is in the ledger, and how fresh."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["repository", "agent", "named"]


@dataclass(frozen=True, slots=True)
class Present:
    """What of a source is on this machine, looked at from outside: no file was opened."""

    where: tuple[str, ...] = ()
    """Directories and files it is found in."""
    files: int = 0
    size: int = 0
    """Bytes."""
    newest: datetime | None = None
    """When a file was last written to."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What the ledger has of a source."""

    calls: int = 0
    latest_call: datetime | None = None
    places: int = 0
    """Files and other places that it remembers where it stopped in."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source."""

    name: str
    kind: Kind
    """`repository`: its own; `agent`: an agent's logs; `named`: reads files that a person names, and nothing else."""
    present: Present | None
    """None for a source that is not looked for."""
    counted: Counted | None
    """None where there is no ledger to ask."""
    last_read: datetime | None
    """None for never, and for named sources, whose readings have no time."""


@dataclass(frozen=True, slots=True)
class SourceStates:
    """All sources as seen from one repository."""

    repository: str
    database: str
    sources: tuple[SourceState, ...]
    notice: str = ""
    """Why the ledger was not asked; '' where it was."""
