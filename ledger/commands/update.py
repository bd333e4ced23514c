"""`ledger update`: read what happened and post it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from ledger.commands.options import Options, Words, now
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from ledger.domain.reading import Named
    from ledger.posting.standstill import Glance
    from ledger.posting.update import Posted
    from ledger.posting.workplace import Workplace
    from ledger.store.engine import Ledger


_FOUND = (
    *("commits", "journal", "reflogs", "git-ai"),
    *("claude-code", "codex", "opencode", "gemini-cli", "qwen-code", "copilot-cli", "aider", "pi", "antigravity"),
)
_NAMED = ("entries", "litellm", "openrouter", "cursor", "otlp", "table", "codex-exec", "requests")
"""Repeated from `ledger.posting`, which is not imported for `--help`; a test compares them."""
_UNTAGGED = ("entries", "requests")
"""Those that hold more than calls, or none."""


def post(
    options: Options,
    workplace: Workplace,
    ledger: Ledger,
    sources: Sequence[str] = (),
    named: Mapping[str, Named] | None = None,
    seen: Glance | None = None,
) -> Posted:
    """Post everything new; progress goes to standard error where somebody watches. Notices are said.

    With what was `seen` ahead of it, an update of all sources notes it for the next one.
    """
    from ledger.hooking.shared import follow_flags
    from ledger.posting.crew import usable_cores
    from ledger.posting.remembering import remember, standing
    from ledger.posting.update import SOURCES, update

    before = standing(ledger)
    follow_flags(workplace.git, workplace.config)
    watched = sys.stderr.isatty() and not options.quiet

    def step(source: str, count: int) -> None:
        if watched:
            click.echo(f"\r{source}: {count:,} read ", err=True, nl=False)

    posted = update(
        workplace,
        ledger,
        now=now(),
        sources=tuple(sources) or SOURCES,
        named=named or {},
        step=step,
        cores=usable_cores(),
    )
    if watched:
        click.echo("\r" + " " * 40 + "\r", err=True, nl=False)
    if seen:
        remember(seen, workplace, ledger, posted, before)
    for notice in posted.notices:
        options.say(notice)
    return posted


def glance(options: Options) -> Glance:
    """How everything looks that an update reads, for `is_unchanged`; to be called before anything is read."""
    from ledger.posting.standstill import glance as look

    return look(options.path, options.database)


def is_unchanged(options: Options, seen: Glance) -> bool:
    """Whether an update would find nothing new; what it would say besides is said, and that it was made is noted."""
    from ledger.commands.syncing import is_watched

    notices = seen.notices(now(), is_watched=is_watched(options))
    for notice in notices or ():
        options.say(notice)
    return notices is not None


@click.command(name="update")
@click.option(
    "--source",
    "sources",
    multiple=True,
    type=click.Choice([*_FOUND, *_NAMED]),
    help=f"Read only this source; may be given more than once. {', '.join(_NAMED)} read the FILEs that you name."
    "  [default: all that need no name]",
)
@click.option(
    "--tag",
    "tags",
    multiple=True,
    type=Words(),
    metavar="KEY:TEXT",
    help="What holds for calls that do not say it: repo:HOST/OWNER/NAME, branch:, role:, commit:, session:, agent:.",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    type=Words(),
    metavar="FIELD=COLUMN",
    help="For --source table: which column of the FILEs holds at, model, input or prompt, output, cost …",
)
@click.option("--columns", "columns_file", type=Words(), metavar="TOML", help="The same from a file: FIELD = 'COLUMN'.")
@click.argument("files", nargs=-1, type=Words(), metavar="[FILE]...")
@click.pass_obj
def command(
    options: Options,
    sources: tuple[str, ...],
    tags: tuple[str, ...],
    columns: tuple[str, ...],
    columns_file: str | None,
    files: tuple[str, ...],
) -> None:
    """Read what happened and post it to the ledger.

    Reads git and its reflogs, the hooks' journal and the agents' logs; nothing leaves this machine, but for the
    question what became of requests, where ledger.sync is auto. What gateways, bills and other ledgers know is read
    from the FILEs that you name, - for standard input:
    ledger update --source entries FILE. Posting twice changes nothing.
    """
    seen = None
    if not (sources or files or tags or columns or columns_file):
        seen = glance(options)
        if is_unchanged(options, seen):
            options.say(_said(0, 0))
            return
    named = _named(sources, files, tags)
    if columns or columns_file:
        named = _with_columns(named, columns, columns_file or "")
    workplace = options.workplace()
    ledger = options.ledger(workplace, create=True)
    if not sources:
        from ledger.commands.syncing import sync_too

        sync_too(options, workplace, ledger)
    found = tuple(source for source in sources if source not in named)
    # Attribution needs the commits, whatever else was asked for.
    posted = post(options, workplace, ledger, found or (("commits",) if sources else ()), named, seen)
    left_out = f", {posted.skipped:,} left out (ledger report names them)" if posted.skipped else ""
    options.say(_said(posted.new, posted.changed, left_out))


def _said(new: int, changed: int, left_out: str = "") -> str:
    return f"Posted {new:,} new facts, {changed:,} changed{left_out}."


def _named(sources: Sequence[str], files: Sequence[str], tags: tuple[str, ...]) -> dict[str, Named]:
    """What the source that was asked for reads; raises LedgerError where there is none, more than one, or no file."""
    from ledger.domain.reading import Named

    readers = [source for source in dict.fromkeys(sources) if source in _NAMED]
    if bool(readers) != bool(files):
        reader = readers[0] if readers else "entries"
        what = f"files of {reader}" if reader in _UNTAGGED else f"files that {reader} is to read"
        raise LedgerError(f"Name the {what}: ledger update --source {reader} FILE.")
    if len(readers) > 1:
        raise LedgerError(
            f"Only one source can read the files: run ledger update once for each of {', '.join(readers)}."
        )
    if tags and set(readers) <= set(_UNTAGGED):
        tagged = ", ".join(name for name in _NAMED if name not in _UNTAGGED)
        raise LedgerError(f"--tag is for calls of {tagged}; name one of them with --source.")
    return {readers[0]: Named(tuple(files), tags=tags)} if readers else {}


def _with_columns(named: Mapping[str, Named], columns: Sequence[str], file: str) -> dict[str, Named]:
    """The same with what the columns mean; raises LedgerError where no table is read."""
    if "table" not in named:
        raise LedgerError("--column and --columns are for tables; name one with --source table FILE.")
    pairs = [text.partition("=") for text in columns]
    wrong = next((field for field, sign, column in pairs if not (field and sign and column)), None)
    if wrong is not None:
        raise LedgerError(f"--column {wrong} names no column; write it like --column model='Model Name'.")
    told = {field.strip(): column.strip() for field, _, column in pairs}
    return {"table": replace(named["table"], columns=told, columns_file=file)}
