"""What a report is asked about: the repository it is run in or another, and names that have to be known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from ledger.domain.nearby import unknown_name
from ledger.domain.screen import plain
from ledger.errors import LedgerError
from ledger.posting.workplace import Workplace
from ledger.store import names, reads
from ledger.store.engine import Ledger
from ledger.store.figures import Only, Slice

UNKNOWN = "unknown"
"""What asks for the changes of which the name is not known."""
_NAMED = 4
_WORDS = {"task_type": "task type", "lineup": "line-up"}


def repository_here(workplace: Workplace, ledger: Ledger) -> str | None:
    """The repository that this clone was posted as; None where nothing was, so that all there is counts."""
    # Asking the workplace would make an id where there is none, and a clone without one was never posted.
    if not (workplace.git.ledger_dir / "clone-id").is_file():
        return None
    with ledger.read() as connection:
        return reads.repository_of_clone(connection, workplace.clone_id())


def repository_named(ledger: Ledger, name: str) -> str:
    """The id of the repository of a name; raises LedgerError for one that is not known, or means several."""
    with ledger.read() as connection:
        known = names.repositories(connection)
        alike = [] if name in known else names.called_alike(connection, name)
    if name in known:
        return known[name]
    if not alike:
        raise LedgerError(unknown_name(name, "repository", known))
    told = plain(" or ".join(alike[:_NAMED]), 80 * _NAMED)
    raise LedgerError(f"{len(alike)} repositories are called {plain(name, 80)}; name one of them, as {told}.")


def choose(ledger: Ledger, as_of: datetime, wanted: Mapping[str, Sequence[str]]) -> Only:
    """Dimensions with the names wanted of each; raises LedgerError for a name that no change has."""
    chosen = []
    with ledger.read() as connection:
        for dimension, asked in wanted.items():
            if not asked:
                continue
            known = names.names(connection, as_of, Slice(), dimension)
            chosen.append((dimension, tuple(_known(name, known, dimension) for name in asked)))
    return tuple(chosen)


def _known(name: str, known: Mapping[str, int], dimension: str) -> str:
    """As it is written in the ledger; '' for what nobody knows."""
    if found := written(name, known):
        return found
    if name == UNKNOWN:
        return ""
    raise LedgerError(unknown_name(name, _WORDS.get(dimension, dimension), known))


def written(name: str, known: Iterable[str]) -> str:
    """The name as it is written in the ledger; '' where it is not known, or fits two that differ in case."""
    names = list(known)
    if name in names:
        return name
    same = [each for each in names if each.lower() == name.lower()]
    return same[0] if len(same) == 1 else ""
