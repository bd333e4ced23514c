"""Requests from files: lists of `gh` and of the forges' APIs, webhooks' payloads, tables (docs/sources.md).

Files are read anew each time: what they say of a repository may be known by then, and posting twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ledger.domain.amounts import Refused
from ledger.domain.facts import Fact
from ledger.domain.github_requests import COMMAND
from ledger.domain.reading import Cursor, Named, Reading, Settled, Skip
from ledger.domain.request_forms import read_request
from ledger.domain.screen import plain
from ledger.files import Record, Rows, read_files

SOURCE = "requests"
_REMEDY = f"A list is written by {COMMAND} > prs.json, then run ledger ci import prs.json."


def read_named(named: Named) -> Reading:
    """The requests in the named files, `-` being standard input; raises LedgerError for one that cannot be opened.

    A file of which nothing could be read is one Skip of the kind `file`.
    """
    for name in named.names:
        yield Settled(name, is_whole=True)
        yield from _read(name, named)


def _read(name: str, named: Named) -> Iterator[Fact | Skip]:
    form = Rows(SOURCE, lambda record: (record,), lambda record: _facts(record, named), is_finished=True)
    is_read, left_out = False, list[Skip]()
    for row in read_files(replace(named, names=(name,), known={}), form):
        if isinstance(row, Skip):
            left_out.append(row)
        elif not isinstance(row, Cursor | Settled):
            is_read = True
            yield row
    if left_out and not is_read:
        why = " ".join(skip.why for skip in left_out if skip.what != "file") or "It holds no request."
        left_out = [Skip("file", name, f"{why} {_REMEDY}")]
    yield from left_out


def _facts(record: Record, named: Named) -> Iterator[Fact]:
    for each in read_request(record):
        yield from each.facts(_owner(each.repository, named), named.person)


def _owner(repository: str, named: Named) -> str:
    """The id of the repository a request is of; forges take names in any case. Raises Refused for a foreign one."""
    own = {alias.casefold() for alias in (*named.here_names, *named.also_here)}
    if not repository or repository.casefold() in own:
        return named.here
    found = named.resolve((repository,))
    if found is None:
        name = plain(repository, 100)
        raise Refused(
            f"they are of {name}, which this ledger does not know (run this in a clone of it, or with --repository "
            f"{name} if it is this one under another name)"
        )
    return found
