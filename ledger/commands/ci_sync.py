"""`ledger ci sync`: requests from the forge itself."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING

import click

from ledger.commands.options import Moment, Options, Words, now
from ledger.commands.syncing import sync_here, told, watched
from ledger.domain.screen import plain
from ledger.errors import LedgerError, NotARepository

if TYPE_CHECKING:
    from ledger.domain.forge_access import Access, Token
    from ledger.domain.requests import Person
    from ledger.posting.forge_group import Member
    from ledger.store.engine import Ledger

_PATIENCE = 900.0
"""Seconds that are waited in all for a forge that is busy: its limits are counted by the minute or by the hour."""


@click.command(name="sync")
@click.option("--full", is_flag=True, help="Ask for every request once more, not only for what is new.")
@click.option("--since", type=Moment(), metavar="DATE", help="Ask for requests that were updated from this day on.")
@click.option("--org", type=Words(), metavar="[HOST/]NAME", help="Every repository of a GitHub organisation or user.")
@click.option("--group", type=Words(), metavar="[HOST/]NAME", help="Every project of a GitLab group.")
@click.option("--push", "is_pushed", is_flag=True, help="Push what is new to the remote, for those who share pull.")
@click.pass_obj
def command(
    options: Options, full: bool, since: datetime | None, org: str | None, group: str | None, is_pushed: bool
) -> None:
    """Ask the forge what became of requests: GitHub or GitLab, by the remote.

    The first time its whole history of requests, later what was updated since, and each request that is still open here
    or whose end is not known. An interrupted sync goes on where it stopped. The token is taken from GITHUB_TOKEN,
    GH_TOKEN, GITLAB_TOKEN or CI_JOB_TOKEN, or from gh auth token, and sent to the forge alone; besides it nothing but
    the question leaves this machine. With --org or --group, many repositories are brought into one database (name it
    with --database), without clones. With --push, what the forge told goes to the remote as refs of its own, people
    left out, so that who has no token learns it by ledger share pull; with --full too, all of it.
    """
    if org and group:
        raise LedgerError("Name one of --org and --group: they are of two forges; run it once for each.")
    if is_pushed and (org or group):
        raise LedgerError("--push goes to the remote of a clone, and --org and --group have none: leave one out.")
    if org or group:
        _sync_group(options, org or group or "", "github" if org else "gitlab", full=full, since=since)
        return
    from ledger.commands.update import post
    from ledger.posting.asking import wanted_access, wanted_token
    from ledger.posting.publishing import has_asked, known_to_others, publish_news

    workplace = options.workplace()
    asked = wanted_access(workplace)
    token = wanted_token(asked, workplace.environ)
    ledger = options.ledger(workplace, create=True)
    before = known_to_others(workplace, ledger) if is_pushed and not full else {}
    is_whole = is_pushed and since is None and (full or not has_asked(workplace, ledger))
    try:
        synced = sync_here(options, workplace, ledger, asked, token, patience=_PATIENCE, full=full, since=since)
    except LedgerError:
        post(options, workplace, ledger, ("commits",))  # what was told until then counts
        raise
    post(options, workplace, ledger, ("commits",))
    options.say(told(asked, synced))
    if is_pushed:
        options.say(publish_news(workplace, ledger, before, asked, now(), is_whole=is_whole))


def _sync_group(options: Options, name: str, forge: str, *, full: bool, since: datetime | None) -> None:
    """Every repository of a group; one that may not be read is named, and the others are."""
    from ledger.posting.asking import opened, wanted_token
    from ledger.posting.derive import derive_dirty
    from ledger.posting.forge_group import members
    from ledger.sources.forge_client import Busy

    asked = _group_access(name, forge)
    token = wanted_token(asked, os.environ)
    ledger, person = _database(options)
    count, failed = 0, list[str]()
    with opened(asked, token, patience=_PATIENCE, say=options.say) as owner:
        for member in members(ledger, asked, owner.owned()):
            try:
                options.say(_sync_member(options, ledger, member, token, person, full=full, since=since))
                count += 1
            except LedgerError as error:
                failed.append(str(error))
                if isinstance(error, Busy):
                    break  # the others would be refused too
    derive_dirty(ledger, "")
    options.say(f"{asked.alias}: {count:,} {'repository' if count == 1 else 'repositories'}.")
    if failed:
        raise LedgerError("\n".join(failed))


def _sync_member(
    options: Options,
    ledger: Ledger,
    member: Member,
    token: Token,
    person: Person,
    *,
    full: bool,
    since: datetime | None,
) -> str:
    from ledger.posting.asking import opened
    from ledger.posting.forge import sync

    with opened(member.asked, token, patience=_PATIENCE, say=options.say) as forge:
        synced = sync(
            *(ledger, member.repository_id, member.asked, forge, person),
            now=now(),
            full=full,
            since=since,
            step=watched(options, member.asked),
        )
    return told(member.asked, synced)


def _group_access(name: str, forge: str) -> Access:
    """Who is asked: a name alone is of the forge's own host; raises LedgerError for what is no name."""
    from ledger.domain.forge_access import access

    alias = name if "." in name.partition("/")[0] and "/" in name else f"{forge}.com/{name}"
    found = access(alias.rstrip("/"), forge, os.environ)
    if found is None or (forge == "github" and "/" in found.path):
        raise LedgerError(
            f"{plain(name)} names no {'organisation' if forge == 'github' else 'group'}; write its login."
        )
    return found


def _database(options: Options) -> tuple[Ledger, Person]:
    """The ledger that many repositories go into, and what stands for a person in it; raises LedgerError."""
    from ledger.posting.forge_group import ledger_key
    from ledger.posting.update import shared_workplace

    if name := options.named_database():
        ledger = options.ledger_at(name, create=True)
        return ledger, ledger_key(ledger)
    try:
        workplace = options.workplace()
    except NotARepository as error:
        raise LedgerError(
            "Name the database that the repositories are to go into: ledger --database FILE ci sync --org NAME."
        ) from error
    ledger = options.ledger(workplace, create=True)
    return ledger, shared_workplace(workplace, ledger).author_key()
