"""`ledger check`: changes held against the team's policy."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from ledger.commands.options import Moment, Options, Words, folded, now, screen
from ledger.commands.printing import tell
from ledger.errors import CheckFailed

if TYPE_CHECKING:
    from ledger.domain.policed import Checked


@click.command(name="check")
@click.argument("range_", required=False, default="", type=Words(), metavar="[RANGE]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "markdown", "json", "github"]),
    default="table",
    show_default=True,
    help="How to write it; github is annotations of a workflow.",
)
@click.option(
    "--evidence", is_flag=True, help="Say instead whether changes that kept each rule cost less per accepted one."
)
@click.option(
    "--as-of", type=Moment(at_end=True), metavar="DATE", help="With --evidence: judge as on this day.  [default: now]"
)
@click.pass_obj
def command(options: Options, range_: str, form: str, evidence: bool, as_of: datetime | None) -> None:
    """Hold changes against the team's policy.

    RANGE is what git names so (main..feature), or one commit; by default what HEAD has over the target branch. It is
    judged as one change. The policy stands in ledger.toml or pyproject.toml; ledger init --policy writes one. Without a
    ledger git alone is asked, and what it cannot tell is said and is no breach. Changes nothing. Exit code 3 when a
    rule fails.
    """
    from ledger.domain.policy import FAIL
    from ledger.domain.screen import counted
    from ledger.posting.policing import check_range

    if evidence:
        click.echo(_evidence(options, range_, form, as_of or now()), nl=False)
        return
    if as_of:
        raise click.UsageError("--as-of goes with --evidence: a range is judged as it is.")
    checked = check_range(options.workplace(), range_)
    tell(_written(checked, form), nl=False)
    failing = checked.at(FAIL)
    if failing:
        count = counted(len(failing), "finding")
        raise CheckFailed(f"{checked.range} has {count} against the policy; each says what to do.")


def _evidence(options: Options, range_: str, form: str, as_of: datetime) -> str:
    from ledger.posting.policing import weigh_here
    from ledger.reports import check_evidence

    if range_ or form == "github":
        raise click.UsageError("--evidence is of all past changes, and no annotation; leave out RANGE and github.")
    workplace = options.workplace()
    ledger = options.ledger(workplace)
    found = weigh_here(workplace, ledger, as_of)
    options.say_if_behind(ledger)
    if form == "table":
        return folded(check_evidence.as_text(found, screen()["width"]))
    return check_evidence.as_json(found) if form == "json" else check_evidence.as_markdown(found)


def _written(checked: Checked, form: str) -> str:
    from ledger.reports import check, check_github

    if form == "github":
        return check_github.render(checked)
    text = check.FORMS[form](checked)
    return folded(text) if form == "table" else text
