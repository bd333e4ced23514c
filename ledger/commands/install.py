"""`ledger install`: the hooks of this repository, or of a team's clones."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ledger.commands.options import Options
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from ledger.git import Git
    from ledger.hooking.agents.setup import Plan
    from ledger.hooking.steps import Done, Step


@click.command(name="install")
@click.option(
    "--trailers/--no-trailers",
    default=None,
    help="Let the hooks write trailers into messages.  [default: as it was, at first off]",
)
@click.option(
    "--require-model",
    is_flag=False,
    flag_value="true",
    type=click.Choice(["true", "agents", "false"]),
    help="Refuse commits that name no model: all, or those of agents.  [default: as it was, at first off]",
)
@click.option("--no-require-model", is_flag=True, help="Refuse no commit for that.")
@click.option("--team", is_flag=True, help="Put lines into the team's committed hooks.")
@click.option(
    "--files/--no-files",
    default=None,
    help="Write files even where git takes hooks from its configuration.  [default: as it was, at first not]",
)
@click.option("--into", type=click.Path(path_type=Path), metavar="DIR", help="Write hooks into DIR, to be committed.")
@click.option("--template", is_flag=True, help="Write hooks for clones to come into git's template directory.")
@click.option(
    "--agent",
    "agents",
    multiple=True,
    metavar="NAME",
    help="Let this agent name its model; may be given more than once.",
)
@click.option(
    "--scope",
    type=click.Choice(["user", "project"]),
    default="user",
    show_default=True,
    help="Whose settings of the agent: yours, or this worktree's.",
)
@click.option("--gateway", type=click.Choice(["litellm"]), help="The agent tags its requests for this gateway.")
@click.option("--dry-run", is_flag=True, help="Only print what would be done.")
@click.pass_obj
def command(
    options: Options,
    trailers: bool | None,
    require_model: str | None,
    no_require_model: bool,
    team: bool,
    files: bool | None,
    into: Path | None,
    template: bool,
    agents: tuple[str, ...],
    scope: str,
    gateway: str | None,
    dry_run: bool,
) -> None:
    """Install the hooks in this repository.

    A small shell script jots who made each change; it never slows, blocks or fails a commit. Git 2.54 and newer takes
    it from the repository's configuration; for an older one files are written, and a hook or hook manager that is
    there already still runs. With --trailers, a commit made while a model is declared gets a line such as
    `Assisted-by: claude-code:claude-opus-4-8`.

    With --agent, the settings of that agent are changed, so that it names its session and model to the hooks:
    claude-code, codex, gemini-cli, qwen-code, cursor, copilot, opencode. The hooks are left as they are then, unless
    an option of theirs is given too.
    """
    from ledger.git import Git
    from ledger.hooking.install import install

    if gateway and not agents:
        raise LedgerError("--gateway is a setting of an agent; name it, as in --agent claude-code --gateway litellm.")
    require_model = "false" if no_require_model else require_model
    is_of_hooks = bool(team or files is not None or trailers is not None or require_model)
    if (into and template) or ((into or template) and is_of_hooks):
        raise LedgerError("--into and --template write hooks for other clones; give one of them, and no other option.")
    if agents:
        install_agents(options, agents, scope=scope, gateway=gateway or "", dry_run=dry_run)
        if not (into or template or is_of_hooks):
            return
    if template:
        _install_template(options, dry_run)
    elif into:
        _install_into(options, into, dry_run)
    else:
        git = Git.open(options.path)
        made = install(git, trailers=trailers, require_model=require_model, team=team, files=files, dry_run=dry_run)
        _tell(options, made.done, made.notes, made.steps if dry_run else ())
        options.say(f"The hooks {'would stand' if dry_run else 'stand'} {made.where}.")


def install_agents(
    options: Options, agents: Iterable[str], *, scope: str = "user", gateway: str = "", dry_run: bool = False
) -> None:
    """Let agents name their model; with `dry_run` only show the difference. Raises LedgerError."""
    from ledger.hooking.agents import setup

    git = repository(options, is_needed=scope == "project" or bool(gateway))
    for name in agents:
        planned = setup.plan(name, environ=os.environ, scope=scope, git=git, gateway=gateway)
        settle_agent(options, planned, "names its model already", dry_run=dry_run)


def settle_agent(options: Options, planned: Plan, nothing: str, *, dry_run: bool = False) -> None:
    """Show or make the changes to an agent's settings, and say what a person should know."""
    from ledger.hooking.agents import setup

    if dry_run:
        click.echo(setup.difference(planned), nl=False)
    else:
        for done in setup.apply(planned, environ=os.environ):
            click.echo(f"{planned.agent}: {done.what} {done.path}")
    if not planned.changes:
        click.echo(f"{planned.agent}: {nothing}")
    for note in planned.notes:
        options.say(note)


def repository(options: Options, *, is_needed: bool) -> Git | None:
    """The repository at `-C`; None outside of one where none is needed. Raises NotARepository."""
    from ledger.errors import NotARepository
    from ledger.git import Git

    try:
        return Git.open(options.path)
    except NotARepository:
        if is_needed:
            raise
        return None


def _install_into(options: Options, folder: Path, dry_run: bool) -> None:
    from ledger.git import Git
    from ledger.hooking.team import install_into

    plan = install_into(Git.open(options.path), Path(options.path) / folder, dry_run=dry_run)
    _tell(options, plan.done, plan.notes, plan.steps if dry_run else ())


def _install_template(options: Options, dry_run: bool) -> None:
    from ledger.hooking.team import install_template

    folder, plan = install_template(dry_run=dry_run)
    _tell(options, plan.done, plan.notes, plan.steps if dry_run else ())
    options.say(f"Clones and repositories made from now on {'would get' if dry_run else 'get'} the hooks of {folder}.")


def _tell(options: Options, done: Iterable[Done], notes: Iterable[str], steps: Iterable[Step]) -> None:
    """What happened to each hook on standard output; what a person should know beside it."""
    from ledger.hooking.steps import described

    for step in steps:
        click.echo(f"would {described(step)}")
    for each in done:
        click.echo(told(each))
    for note in notes:
        options.say(note)


def told(done: Done) -> str:
    """A line about one hook."""
    return f"{done.event}: {done.what}{f' ({done.why})' if done.why else ''}"
