"""Bare `ledger`: update, the headline, and what needs attention."""

from __future__ import annotations

from collections.abc import Iterator

import click

from ledger.commands.options import Options, folded, now
from ledger.commands.syncing import sync_too
from ledger.commands.update import glance, is_unchanged, post
from ledger.domain import advice
from ledger.domain.report import Report
from ledger.domain.screen import counted, plain


def headline(options: Options) -> None:
    """Print the one sentence, and below it only what a person should do something about."""
    from ledger.hooking.effective import effective
    from ledger.posting.choosing import repository_here
    from ledger.posting.reporting import make_report
    from ledger.store import reads

    seen = glance(options)
    workplace = options.workplace()
    ledger = options.ledger(workplace, create=True)
    with ledger.read() as connection:
        read_at = reads.times(connection).get("logs_read_at")
    sync_too(options, workplace, ledger)
    if not is_unchanged(options, seen):
        post(options, workplace, ledger, seen=seen)
    here = repository_here(workplace, ledger)
    report = make_report(ledger, now(), repository_id=here, seats=workplace.config.seats)
    click.echo(folded(plain(report.headline, 1200) + "\n"), nl=False)
    hooks = None if workplace.git.is_bare else effective(workplace.git)
    missing = hooks.missing if hooks and (hooks.takes_config or hooks.directory.is_ours_to_write) else []
    for line in _attention(report, missing, advice.logs_gap(read_at, now())):
        click.echo(folded(f"{line}\n"), nl=False)


def _attention(report: Report, missing: list[str], gap: str) -> Iterator[str]:
    if report.next_step:
        yield f"Next: {report.next_step}"
    if gap:
        yield gap
    if missing:
        yield f"Hooks are not installed ({', '.join(missing)}): ledger install."
    if report.coverage.calls_unpriced:
        calls = counted(report.coverage.calls_unpriced, "call")
        yield f"Without a known price: {calls}; ledger prices --unpriced says why."
    if report.coverage.skipped:
        yield f"Could not be read: {counted(len(report.coverage.skipped), 'thing')}; ledger report names them."
    yield "More: ledger report, ledger show, ledger --help."
