"""What `ledger init`, `update` and bare `ledger` do about the forge: ask it, where somebody allowed that."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from ledger.commands.options import Options, now
from ledger.domain.screen import counted
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from ledger.domain.forge_access import Access, Token
    from ledger.posting.forge import Synced
    from ledger.posting.workplace import Workplace
    from ledger.store.engine import Ledger

_OFTEN = timedelta(minutes=15)
"""An update asks the forge no more often than that; `ledger ci sync` always does."""
_PATIENCE = 20.0
"""Seconds that an update waits for a forge that is busy, in all."""
_LEARNT = "which requests were closed, merged and reviewed, and how their checks ended: git cannot see a closed request"
_MOST_NAMED = 3


def sync_here(
    options: Options,
    workplace: Workplace,
    ledger: Ledger,
    asked: Access,
    token: Token,
    *,
    patience: float,
    full: bool = False,
    since: datetime | None = None,
) -> Synced:
    """Ask the forge of this repository and post what it tells; an update has to conclude. Raises LedgerError."""
    from ledger.posting.asking import opened
    from ledger.posting.forge import last_synced, sync
    from ledger.posting.forge_group import post_known
    from ledger.posting.update import erase_forgotten, identify_repository, shared_workplace

    workplace = shared_workplace(workplace, ledger)
    here = identify_repository(workplace, ledger)
    with opened(asked, token, patience=patience, say=options.say) as forge:
        if full or last_synced(ledger, here) is None:
            post_known(ledger, asked.host, forge.known(), identity=here)
        synced = sync(
            *(ledger, here, asked, forge, workplace.author_key()),
            now=now(),
            full=full,
            since=since,
            step=watched(options, asked),
        )
    if _is_shown(options):
        click.echo("\r" + " " * 60 + "\r", err=True, nl=False)
    for notice in forge.notices:
        options.say(notice)
    if synced.new:
        erase_forgotten(workplace, ledger)
    return synced


def watched(options: Options, asked: Access) -> Callable[[int], None]:
    """Shows how many requests were told so far, where somebody watches."""
    if not _is_shown(options):
        return lambda _count: None
    return lambda count: click.echo(f"\r{asked.path}: {count:,} requests ", err=True, nl=False)


def _is_shown(options: Options) -> bool:
    return sys.stderr.isatty() and not options.quiet


def told(asked: Access, synced: Synced) -> str:
    """What a sync learned, as a sentence."""
    words = f"{asked.alias}: {counted(len(synced.told), 'request')}"
    if not synced.is_first:
        words += f", {len(synced.decided):,} decided since last time"
    if synced.untold:
        named = [f"#{number}" for number in sorted(synced.untold) if number][:_MOST_NAMED]
        which = f" ({', '.join(named)}{' …' if len(synced.untold) > len(named) else ''})" if named else ""
        words += f"; {len(synced.untold):,} could not be told{which}"
    return f"{words}."


def sync_too(
    options: Options, workplace: Workplace, ledger: Ledger, *, yes: bool = False, is_first: bool = False
) -> None:
    """Ask the forge as a part of an update, if somebody allowed it; what goes wrong is said and fails nothing.

    Asked once on a terminal; without one, not done unless `yes`. `is_first` says in a sentence what is missing where it
    is not done.
    """
    wish = workplace.config.sync
    if wish == "off" or (wish is None and not (yes or is_first or is_watched(options))):
        return
    from ledger.posting.asking import find_access, find_token

    asked = find_access(workplace)
    if asked is None or (wish == "auto" and _is_recent(workplace, ledger)):
        return
    token = find_token(asked, workplace.environ, ask_gh=wish == "auto" or is_first)
    if token is None or not (wish == "auto" or yes or _allows(options, workplace, asked, token)):
        if wish == "auto":
            options.say(f"{asked.host} was not asked what became of requests: there is no token for it.")
        elif is_first:
            how = "ledger.sync set to auto" if token else "a token (GITHUB_TOKEN, GITLAB_TOKEN or gh auth login)"
            options.say(f"With {how}, updates would ask {asked.host} {_LEARNT}.")
        return
    if wish is None:
        workplace.git.set_setting("sync", "auto")
    try:
        synced = sync_here(options, workplace, ledger, asked, token, patience=_PATIENCE)
    except LedgerError as error:
        options.say(str(error))
    else:
        if synced.told or synced.untold:
            options.say(told(asked, synced))


def is_watched(options: Options) -> bool:
    """Whether there is a person to be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty() and not options.quiet


def _is_recent(workplace: Workplace, ledger: Ledger) -> bool:
    """The forge was asked just now."""
    from ledger.posting.forge import last_synced
    from ledger.posting.update import repository_here

    at = None
    with suppress(LedgerError):  # not posted yet, so never asked either
        at = last_synced(ledger, repository_here(workplace, ledger))
    return at is not None and at > now() - _OFTEN


def _allows(options: Options, workplace: Workplace, asked: Access, token: Token) -> bool:
    """Ask, once; the answer is kept."""
    if not is_watched(options):
        return False
    allowed = click.confirm(
        f"May updates ask {asked.host}, with the token of {token.name}, {_LEARNT}?\nNothing of yours is sent but the "
        "question; git config ledger.sync off takes it back.",
        err=True,
    )
    workplace.git.set_setting("sync", "auto" if allowed else "off")
    return allowed
