"""`ledger uninstall`: take the hooks out, and with --purge everything else."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ledger.commands.install import repository, settle_agent, told
from ledger.commands.options import Options
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from ledger.git import Git


@click.command(name="uninstall")
@click.option("--team", is_flag=True, help="Take the lines out of the team's committed hooks too.")
@click.option("--into", type=click.Path(path_type=Path), metavar="DIR", help="Take the hooks out of DIR only.")
@click.option("--template", is_flag=True, help="Take the hooks out of git's template directory only.")
@click.option(
    "--agent", "agents", multiple=True, metavar="NAME", help="Take our entries out of this agent's settings only."
)
@click.option(
    "--scope",
    type=click.Choice(["user", "project"]),
    default="user",
    show_default=True,
    help="Whose settings of the agent: yours, or this worktree's.",
)
@click.option("--purge", is_flag=True, help="Also remove the journal, the database and the refs of this repository.")
@click.option("--yes", is_flag=True, help="Do not ask before removing.")
@click.pass_obj
def command(
    options: Options,
    team: bool,
    into: Path | None,
    template: bool,
    agents: tuple[str, ...],
    scope: str,
    purge: bool,
    yes: bool,
) -> None:
    """Take the hooks out and put back what was there.

    The journal and the database stay, in the ledger directory under git's own, unless --purge is given. A database
    that stands elsewhere always stays.
    """
    from ledger.git import Git
    from ledger.hooking.install import uninstall
    from ledger.hooking.team import uninstall_from, uninstall_template

    if purge and (into or template or agents):
        raise LedgerError(
            "--purge is about this repository, --into, --template and --agent about something else; give one of them."
        )
    if agents:
        _uninstall_agents(options, agents, scope)
        return
    if template:
        removed = uninstall_template()
    elif into:
        removed = uninstall_from(Git.open(options.path), Path(options.path) / into)
    else:
        git = Git.open(options.path)
        if purge:
            _ask(git, yes)
        removed = uninstall(git, team=team)
        if purge:
            _purge(options, git)
    for done in removed:
        click.echo(told(done))
    if not removed and not purge:
        click.echo("No hook of the ledger is installed here.")


def _uninstall_agents(options: Options, agents: tuple[str, ...], scope: str) -> None:
    from ledger.hooking.agents import setup

    git = repository(options, is_needed=scope == "project")
    for name in agents:
        planned = setup.plan_removal(name, environ=os.environ, scope=scope, git=git)
        settle_agent(options, planned, "nothing of the ledger is in its settings")


def _ask(git: Git, yes: bool) -> None:
    """Nothing is removed for good unless somebody said so."""
    from ledger.hooking.purge import kept_data, kept_refs

    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise LedgerError("--purge removes what cannot be read again; say --yes if that is meant.")
    listed = "\n".join(f"    {each}" for each in (*kept_data(git), *kept_refs(git)))
    click.confirm(f"Remove for good:\n\n{listed or '    nothing'}\n\nGo on?", err=True, abort=True)


def _purge(options: Options, git: Git) -> None:
    from ledger.hooking.purge import purge

    database = options.workplace().database.removeprefix("sqlite:///")
    purge(git)
    options.say("The journal and the refs of this repository are gone.")
    if not _is_inside(database, git):
        where = "on a server" if "://" in database else f"at {database}"  # a server's address may hold a password
        options.say(f"The ledger {where} stands elsewhere and was left.")


def _is_inside(database: str, git: Git) -> bool:
    return "://" not in database and Path(database).resolve().is_relative_to(git.ledger_dir)
