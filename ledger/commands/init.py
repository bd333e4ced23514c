"""`ledger init`: from nothing to the first report."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from ledger.commands.install import install_agents
from ledger.commands.options import Options, now, screen
from ledger.commands.syncing import sync_too
from ledger.commands.update import post
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from ledger.git import Git

_TRAILER = "Assisted-by: claude-code:claude-opus-4-8"


@click.command(name="init")
@click.option("--trailers/--no-trailers", default=None, help="Let hooks write trailers, without asking.")
@click.option("--no-hooks", is_flag=True, help="Leave git's hooks alone.")
@click.option("--agents/--no-agents", default=None, help="Let the agents found here name their model, without asking.")
@click.option("--policy/--no-policy", default=None, help="Write a commented policy into ledger.toml, without asking.")
@click.option("--yes", is_flag=True, help="Answer the questions about hooks, agents and the forge with yes.")
@click.option(
    "--ci",
    "forge",
    type=click.Choice(["github", "gitlab"]),
    help="Write the files by which CI calls the ledger, to be read and committed, and do nothing else.",
)
@click.pass_obj
def command(
    options: Options,
    trailers: bool | None,
    no_hooks: bool,
    agents: bool | None,
    policy: bool | None,
    yes: bool,
    forge: str | None,
) -> None:
    """Hooks, database, all history, and the first report.

    Can be interrupted and run again: it goes on where it stopped. Nothing leaves this machine, unless you allow that
    the forge is asked what became of requests.
    """
    if forge:
        _write_workflows(options, forge)
        return
    from ledger.posting.choosing import repository_here
    from ledger.posting.reporting import make_report
    from ledger.reports import render

    workplace = options.workplace()
    ledger = options.ledger(workplace, create=True)
    if not no_hooks:
        _install(options, workplace.git, trailers if trailers is not None else _ask(yes))
        _install_agents(options, agents, yes)
        workplace = options.workplace()  # the wish about trailers is a setting now
    _write_policy(options, workplace.git, policy, yes)
    sync_too(options, workplace, ledger, yes=yes, is_first=True)
    posted = post(options, workplace, ledger)
    options.say(f"Posted {posted.new:,} facts to {ledger.where}.")
    here = repository_here(workplace, ledger)
    report = make_report(ledger, now(), repository_id=here, seats=workplace.config.seats)
    click.echo(render(report, "table", **screen()), nl=False)


def _write_workflows(options: Options, forge: str) -> None:
    """The files for CI, each told of with what became of it, and what a person has still to do."""
    from ledger.hooking.workflows import write_workflows

    plan = write_workflows(options.workplace().git, forge)
    for each in plan.done:
        click.echo(f"{each.event}: {each.what}{f', {each.why}' if each.why else ''}")
    for note in plan.notes:
        options.say(note)


def _ask(yes: bool) -> bool | None:
    """Whether hooks may write into messages; not asked without a terminal, and then as it was, at first off."""
    if yes:
        return True
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    return click.confirm(
        f"May the hooks add a line such as\n\n    {_TRAILER}\n\nto messages of commits that a model made?", err=True
    )


def _install_agents(options: Options, wanted: bool | None, yes: bool) -> None:
    """Offer to let the agents on this machine name their model; one that cannot be told is named and left alone."""
    from ledger.hooking.agents import setup

    found = [name for name in setup.found_agents(os.environ) if _changes(name)] if wanted is not False else []
    if not found:
        return
    if wanted is None and not yes:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            options.say(f"Found {', '.join(found)}: ledger install --agent NAME lets them name their model.")
            return
        listed = "".join(f"    {path}\n" for name in found for path in _changes(name))
        question = (
            f"May {' and '.join(found)} tell the hooks their model? Entries go into\n\n{listed}\nand come out again"
        )
        if not click.confirm(f"{question} with ledger uninstall --agent.", err=True):
            return
    for name in found:
        try:
            install_agents(options, [name])
        except LedgerError as error:
            options.say(f"{name}: {error}")


def _changes(name: str) -> list[str]:
    """The settings of yours that would change for an agent to name its model."""
    from ledger.hooking.agents import setup

    try:
        return [str(change.path) for change in setup.plan(name, environ=os.environ).changes]
    except LedgerError:
        return []


def _write_policy(options: Options, git: Git, wanted: bool | None, yes: bool) -> None:
    """A policy for `ledger check`, where one is wished for; a file in the worktree is never made unasked."""
    if wanted is False or (wanted is None and (yes or not (sys.stdin.isatty() and sys.stderr.isatty()))):
        return
    from ledger.posting.policy_file import can_write, write_default

    try:
        if wanted or (
            can_write(git)
            and click.confirm(
                "May a commented policy, which only warns, go into ledger.toml for ledger check?", err=True
            )
        ):
            options.say(write_default(git))
    except LedgerError as error:
        options.say(f"Without a policy: {error}")


def _install(options: Options, git: Git, trailers: bool | None) -> None:
    """The hooks; where they cannot be, init goes on without them, since git tells most of it anyway."""
    from ledger.hooking.install import install

    try:
        made = install(git, trailers=trailers)
    except LedgerError as error:
        options.say(f"Without hooks: {error}")
        return
    kept = [f"{each.event}: {each.why}" for each in made if each.what == "kept"]
    options.say(f"The hooks stand {made.where}{', but not for ' if kept else ''}{'; '.join(kept)}.")
    for note in made.notes:
        options.say(note)
