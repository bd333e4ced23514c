"""What CI and a forge told goes on to the others: lines in refs of the remote that nobody moves.

A clone in CI is gone with its job, and most people have no token for the forge: what the job learned reaches them by
`ledger share pull`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from ledger.domain.facts import Fact
from ledger.domain.forge_access import Access
from ledger.domain.forge_facts import Event, Request
from ledger.domain.requests import is_program
from ledger.domain.run_verdicts import API
from ledger.domain.sharing import CI
from ledger.entries import encode, fact_id
from ledger.errors import LedgerError
from ledger.exchange.ci_refs import publish_record, record_name
from ledger.git import Git
from ledger.posting.forge import has_begun, mark_of
from ledger.posting.update import repository_here
from ledger.posting.workplace import Workplace
from ledger.store import reads, told
from ledger.store.engine import Ledger

LARGEST = 8 * 1024 * 1024
"""Bytes of entries in one ref: half of what is read of one file."""


def publish_lines(git: Git, name: str, lines: Sequence[str]) -> str:
    """Push the lines as the ref of that name, and say where they are; raises LedgerError where they did not arrive."""
    remote = _remote(git)
    ref, pushed = publish_record(git, remote, name, lines)
    if not pushed.is_done:
        raise LedgerError(
            f"The record was not pushed: {pushed.sentence} A job that pushes needs contents: write on GitHub, "
            "or a token that may write elsewhere (docs/ci.md#permissions)."
        )
    return f"{ref} of {remote}"


def known_to_others(workplace: Workplace, ledger: Ledger) -> Mapping[str, Fact]:
    """What the forge told of this repository, as far as CI told it to those who pull; id → fact."""
    found = _told_by_forge(workplace, ledger)
    with ledger.read() as connection:
        return {key: found[key] for key in told.told_by(connection, CI, list(found))}


def has_asked(workplace: Workplace, ledger: Ledger) -> bool:
    """The forge was asked here before, to the end or not, whether or not anybody was told what it said."""
    here = _here(workplace, ledger)
    return here is not None and has_begun(ledger, here)


def publish_news(
    workplace: Workplace, ledger: Ledger, before: Mapping[str, Fact], asked: Access, now: datetime, *, is_whole: bool
) -> str:
    """Push what the forge told beyond what others knew before; returns a sentence. Raises LedgerError.

    `is_whole` says that both together are all that the forge knows: then who has them need not ask for it again.
    """
    found = _told_by_forge(workplace, ledger)
    news = {key: fact for key, fact in sorted(found.items()) if key not in before or not _is_alike(fact, before[key])}
    if not news:
        return "Nothing of it is new to those who pull."
    here = repository_here(workplace, ledger)
    mark = mark_of(ledger, here, asked) if is_whole else None
    with ledger.read() as connection:
        aliases = reads.aliases(connection, here)
    # The mark comes last: of a push in several parts that ended early it says nothing.
    lines = [encode(fact, aliases, f"ci/{asked.host}") for fact in [*news.values(), *([mark] if mark else [])]]
    places = [publish_lines(workplace.git, _name(part, now), part) for part in in_pieces(lines)]
    with ledger.write() as writing:
        told.note_told(writing, CI, news)
    return f"{len(news):,} {'entry' if len(news) == 1 else 'entries'} pushed to {', '.join(places)}."


def _told_by_forge(workplace: Workplace, ledger: Ledger) -> Mapping[str, Fact]:
    """What the ledger knows from the forge, as others may read it: without people.

    Runs are those that the forge told, and no event is somebody's statement (its actor is an agent and a model): what a
    job or a person recorded is theirs to share.
    """
    here = _here(workplace, ledger)
    if here is None:
        return {}
    with ledger.read() as connection:
        facts = [
            *reads.facts(connection, "request", here),
            *(run for run in reads.facts(connection, "run", here) if run.evidence == API),
            *(_of_nobody(event) for event in reads.facts(connection, "event", here) if ":" not in event.actor),
        ]
    return {fact_id(fact): fact for fact in facts}


def _here(workplace: Workplace, ledger: Ledger) -> str | None:
    """This repository; None where nothing of it was posted yet."""
    try:
        return repository_here(workplace, ledger)
    except LedgerError:
        return None


def in_pieces(lines: Sequence[str], largest: int = LARGEST) -> Iterator[list[str]]:
    """The lines in their order, in pieces of so many bytes; a longer line is a piece of its own."""
    piece, size = list[str](), 0
    for line in lines:
        length = len(line.encode()) + 1
        if piece and size + length > largest:
            yield piece
            piece, size = [], 0
        piece.append(line)
        size += length
    if piece:
        yield piece


def _name(lines: Sequence[str], now: datetime) -> str:
    """By what is in it: a sync that learns the same a second time pushes the same ref."""
    return record_name(f"{now:%Y%m}", "sync", 1, hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16])


def _of_nobody(event: Event) -> Event:
    """A person's key is made with a secret that is gone tomorrow, and tells nobody apart; bots keep their login."""
    return event if is_program(event.actor) else replace(event, actor="")


def _is_alike(fact: Fact, known: Fact) -> bool:
    """It says what was known: when a request was described is no news by itself."""
    if isinstance(fact, Request) and isinstance(known, Request):
        return replace(fact, at=known.at, earlier=known.earlier) == known
    return fact == known


def _remote(git: Git) -> str:
    remotes = git.remotes()
    if not remotes:
        raise LedgerError(f"{git.worktree or git.git_dir} has no remote to push to; write --entries FILE instead.")
    return "origin" if "origin" in remotes else min(remotes)
