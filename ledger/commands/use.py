"""`ledger use`: which model works here."""

from __future__ import annotations

import click

from ledger.commands.options import Options, now
from ledger.errors import LedgerError


@click.command(name="use")
@click.argument("model", required=False)
@click.option("--agent", default="", metavar="NAME", help="The harness, e.g. claude-code.")
@click.option("--role", type=click.Choice(["implement", "review", "scout"]), help="What it does.", metavar="ROLE")
@click.option("--task", default="", metavar="TYPE", help="The task type: feat, fix, docs …")
@click.option("--for", "duration", default="12h", show_default=True, metavar="TIME", help="How long: 90m, 12h, 3d.")
@click.option("--clear", is_flag=True, help="Nobody in particular works here any more.")
@click.pass_obj
def command(
    options: Options, model: str | None, agent: str, role: str | None, task: str, duration: str, clear: bool
) -> None:
    """Say which model works here, in which role.

    Holds in this worktree, until the branch is switched or the time is over. Commits made meanwhile are credited to
    MODEL, and calls made here meanwhile get the role.
    """
    from ledger.git import Git
    from ledger.hooking import use

    git = Git.open(options.path)
    if clear:
        options.say("Cleared." if use.clear(git, now=now()) else "Nothing was declared here.")
        return
    if ":" in agent:
        raise LedgerError("An agent's name has no colon: trailers are AGENT:MODEL, split at the first one.")
    if not model:
        raise LedgerError(
            "Name the model, as in ledger use claude-opus-4-8, or end a declaration with ledger use --clear."
        )
    duration_of = use.parse_duration(duration)
    until = use.declare(git, model, now=now(), agent=agent, role=role or "", task=task, duration=duration_of)
    options.say(f"{model} works here until {until:%Y-%m-%d %H:%M} UTC or the next branch switch.")
