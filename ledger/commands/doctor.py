"""`ledger doctor`: what works, what does not, how to mend it."""

from __future__ import annotations

import click

from ledger.commands.options import Options, now, screen
from ledger.commands.printing import tell
from ledger.errors import CheckFailed


@click.command(name="doctor")
@click.option(
    "--commits",
    type=click.IntRange(0, 100_000),
    default=200,
    show_default=True,
    metavar="N",
    help="Look at the last N commits of this clone.",
)
@click.option(
    "--rounds",
    type=click.IntRange(0, 1000),
    default=5,
    show_default=True,
    metavar="N",
    help="Time so many commits with and without hooks; 0 times none.",
)
@click.option("--team", is_flag=True, help="Say instead which clones were heard of, and of how many changes the cost.")
@click.option("--json", "is_json", is_flag=True, help="Write it for a program, as JSON format 1.")
@click.pass_obj
def command(options: Options, commits: int, rounds: int, team: bool, is_json: bool) -> None:
    """Say what works, what does not, and how to mend it.

    Tells what git really runs for each event here, which commits no hook told of and why, what a commit costs with the
    hooks (measured in a repository made for it), and how far the ledger is behind. Changes nothing. Exit code 3 when
    something is broken.
    """
    if team:
        _tell_of_team(options)
        return
    from ledger.posting.diagnosis import diagnose
    from ledger.reports.diagnosis import as_json, as_text

    found = diagnose(options.workplace(), now=now(), commits=commits, rounds=rounds)
    tell(as_json(found) if is_json else as_text(found, screen()["width"]), nl=False)
    if found.broken:
        count = len(found.broken)
        raise CheckFailed(
            f"{count} {'thing is' if count == 1 else 'things are'} broken; the list above says what to do."
        )


def _tell_of_team(options: Options) -> None:
    from ledger.posting.team import look_at_team
    from ledger.reports.team import as_text

    workplace = options.workplace()
    ledger = options.ledger(workplace)
    click.echo(as_text(look_at_team(workplace, ledger), screen()["width"]), nl=False)
    options.say_if_behind(ledger)
