"""`ledger check`: changes held against the team's policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ledger.commands.options import Options, Words, folded
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
@click.pass_obj
def command(options: Options, range_: str, form: str) -> None:
    """Hold changes against the team's policy.

    RANGE is what git names so (main..feature), or one commit; by default what HEAD has over the target branch. It is
    judged as one change. The policy stands in ledger.toml or pyproject.toml; ledger init --policy writes one. Without a
    ledger git alone is asked, and what it cannot tell is said and is no breach. Changes nothing. Exit code 3 when a
    rule fails.
    """
    from ledger.domain.policy import FAIL
    from ledger.domain.screen import counted
    from ledger.posting.policing import check_range

    checked = check_range(options.workplace(), range_)
    click.echo(_written(checked, form), nl=False)
    failing = checked.at(FAIL)
    if failing:
        count = counted(len(failing), "finding")
        raise CheckFailed(f"{checked.range} has {count} against the policy; each says what to do.")


def _written(checked: Checked, form: str) -> str:
    from ledger.reports import check, check_github

    if form == "github":
        return check_github.render(checked)
    text = check.FORMS[form](checked)
    return folded(text) if form == "table" else text
