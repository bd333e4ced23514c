"""An update that found nothing new, kept so that the next one can tell at a glance that it would find nothing either.

Two things hold it: everything that an update reads was seen from outside before that one began, and nobody wrote to
the ledger since. What is seen of a file is what the system tells of it, so a file that was touched just before the look
could be written again without a trace (git's rule for racy entries): then nothing is concluded.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from typing import Any

FORMAT = 1
RACY_NS = 2_000_000_000
"""The coarsest clock of a file system in use: within it two writings can leave one time."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is looked at from outside, whether it is there or not; paths are absolute."""

    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    """Their entries, and of those that are files also what the system tells of them."""
    trees: tuple[str, ...] = ()
    """As folders, and all that is below them."""

    def __or__(self, other: Watch) -> Watch:
        """Both."""
        return Watch(self.files + other.files, self.folders + other.folders, self.trees + other.trees)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that an update reads besides the ledger."""

    worktree: str
    """Where git is asked for settings, refs and worktrees."""
    asked: str
    """The database that the command line named."""
    database: str
    environ: tuple[tuple[str, str | None], ...]
    """The variables that were asked for, with hashes of what they say: the name of a database may hold a password."""
    watch: Watch
    roots: tuple[str, ...]
    """The directories that stand for the repository."""
    places: tuple[str, ...]
    """Agents' directories that are nobody's yet: one becomes the repository's when what lies around it changes."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a plan's things looked like."""

    digest: str
    is_settled: bool
    """Nothing was touched just before, so whatever is touched from now on will look otherwise."""


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be looked at, and how it looked when an update found nothing new."""

    plan: Plan
    digest: str = ""
    """'' until an update found nothing new."""
    stamp: str = ""
    """The ledger's, which changes with every writing."""
    until: str = ""
    """The moment from which on an update would drop what it noted, in ISO form; '' where there is none."""
    asks: str = "always"
    """never | watched | always: whether an update would ask a forge, or a person whether it may."""
    notices: tuple[str, ...] = ()
    """What that update said besides."""

    def text(self) -> str:
        """As JSON."""
        return json.dumps({"format": FORMAT, **_plain(self)}, separators=(",", ":"))

    @classmethod
    def parse(cls, text: str) -> Note | None:
        """The note that a text holds; None for what is none of this form."""
        try:
            row = json.loads(text)
            if row.pop("format") != FORMAT:
                return None
            plan = row.pop("plan")
            watch = Watch(**{name: tuple(paths) for name, paths in plan.pop("watch").items()})
            environ = tuple((name, told) for name, told in plan.pop("environ"))
            return cls(Plan(environ=environ, watch=watch, **_tuples(plan)), **_tuples(row))
        except (ValueError, TypeError, KeyError, AttributeError):
            return None


def concealed(said: str | None) -> str | None:
    """What stands in a plan for what a variable says; None for one that is not set."""
    return None if said is None else hashlib.sha256(said.encode(errors="surrogateescape")).hexdigest()[:16]


def noted(before: Note | None, look: Look | None, found: Note, *, is_idle: bool) -> Note:
    """What is kept after an update: `found` says what there is to look at and how the ledger stands.

    `look` was taken by the plan of `before`, ahead of all reading. It counts where the plan is still the same, the
    update found nothing (`is_idle`), and nothing could have changed unseen since.
    """
    is_seen = before is not None and before.plan == found.plan
    if is_seen and is_idle and look is not None and look.is_settled:
        return Note(found.plan, look.digest, found.stamp, found.until, found.asks, found.notices)
    return Note(found.plan)


def _plain(record: Any) -> dict[str, Any]:
    """The fields, records among them as such dicts too."""
    found = {field.name: getattr(record, field.name) for field in fields(record)}
    return {name: _plain(held) if isinstance(held, Plan | Watch) else held for name, held in found.items()}


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(held) if isinstance(held, list) else held for name, held in row.items()}
