"""`ledger share`: facts that travel with git, without a server."""

from __future__ import annotations

import json
import random
import sys
import time
from typing import TYPE_CHECKING

import click

from ledger.commands.options import Options, Words, now
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from ledger.posting.sharing import Shareable
    from ledger.posting.workplace import Workplace

_SAMPLE = 1
"""Lines of each kind that are shown."""
_LEAVES = {
    "facts": "Of commits made in this clone: which model, agent and role had a part in each, by its hooks and by your "
    "tags; the branch; what each was rewritten from, with dates; the patch-ids of branches; and when.",
    "usage": "Of the agents' sessions in this clone: a hash of each session's id, and per change, model and day the "
    "number of calls, their tokens and cost, and when the first was made.",
}
_STAYS = "No path, host name, author, message, prompt, answer or content of a file is among it."

remote_option = click.option(
    "--remote", default="", type=Words(), metavar="NAME", help="The remote.  [default: origin]"
)


@click.group(name="share")
def command() -> None:
    """Share what this clone knows, through refs of the remote.

    Nothing is shared before ledger share on in this clone; it shows what would leave the machine, and asks.
    """


@command.command(name="on")
@click.option(
    "--with", "mode", type=click.Choice(["facts", "usage"]), default=None,
    help="facts: who made what; usage: besides, what sessions cost.  [default: as the team proposes, else facts]",
)  # fmt: skip
@click.option("--hook", is_flag=True, help="Share beside every git push too, by a pre-push hook.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def turn_on(options: Options, mode: str | None, hook: bool, yes: bool) -> None:
    """Say what would leave this machine, ask, and share from now on."""
    from ledger.posting.sharing import shareable

    workplace = options.workplace()
    mode = mode or workplace.config.share_proposed or "facts"
    ledger = options.ledger(workplace, create=True)
    _post(options, workplace)
    said = shareable(workplace, ledger, mode, now())
    click.echo("\n".join(_described(mode, said, workplace.clone_id())), err=not yes)
    _ask(yes)
    workplace.git.run("config", "--local", "ledger.share", mode)
    if hook:
        from ledger.hooking.pre_push import install_pre_push

        for note in install_pre_push(workplace.git).notes:
            options.say(note)
    beside = " and beside each git push" if hook else ""
    options.say(f"Sharing {mode} from now on, with ledger share push{beside}. To stop: ledger share off.")


def _described(mode: str, said: Shareable, clone: str) -> list[str]:
    lines = said.lines(clone)
    kinds: dict[str, list[str]] = {}
    for line in lines:
        kinds.setdefault(json.loads(line)["kind"], []).append(line)
    told = [f"Sharing {mode} lets whoever can read the remote have:", "", f"  {_LEAVES['facts']}"]
    told += [f"  {_LEAVES['usage']}"] if mode == "usage" else []
    told += [f"  {_STAYS}", "", f"Now that would be {len(lines):,} lines in refs/ledger/w/{clone}:", ""]
    for kind, held in sorted(kinds.items()):
        told += [f"  {kind}: {len(held):,}, such as", *(f"    {line}" for line in held[:_SAMPLE])]
    return told


def _ask(yes: bool) -> None:
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise LedgerError("Say --yes if that is meant: what is shared cannot be called back.")
    click.confirm("\nShare this?", err=True, abort=True)


@command.command(name="off")
@click.pass_obj
def turn_off(options: Options) -> None:
    """Share nothing any more; what was shared stays where it is."""
    from ledger.hooking.pre_push import remove_pre_push

    workplace = options.workplace()
    workplace.git.run("config", "--local", "--unset-all", "ledger.share", check=False)
    remove_pre_push(workplace.git)
    options.say(
        "Nothing is shared any more. To take back what was: "
        f"git push REMOTE :refs/ledger/w/{workplace.clone_id()}, before it was folded or fetched."
    )


@command.command(name="push")
@remote_option
@click.pass_obj
def push(options: Options, remote: str) -> None:
    """Push what is new in this clone."""
    from ledger.exchange.writer import Patience
    from ledger.posting import sharing

    workplace = options.workplace()
    mode = workplace.config.share
    if mode == "off":
        raise LedgerError("This clone shares nothing; ledger share on says what would be shared, and asks.")
    through = sharing.choose_remote(workplace, remote)
    ledger = options.ledger(workplace, create=True)
    _post(options, workplace)
    before = workplace.clone_id()
    done = sharing.push(workplace, ledger, through, mode, now(), Patience(time.sleep))
    if done.clone != before:
        options.say(f"This clone is a copy of another one that shares; it is {done.clone} from now on.")
    if not done.pushed.is_done:
        raise LedgerError(f"{done.pushed.sentence} Nothing is lost: the next ledger share push brings it along.")
    where = "refs/ledger" if done.via == "refs" else "the branch ledger/data, since only branches may be pushed"
    options.say(f"Shared {done.lines:,} new lines with {through}, in {where}." if done.lines else done.pushed.sentence)


@command.command(name="pull")
@remote_option
@click.pass_obj
def pull(options: Options, remote: str) -> None:
    """Fetch what others share, and post it."""
    from ledger.exchange.pushing import SECONDS
    from ledger.posting import sharing

    workplace = options.workplace()
    through = sharing.choose_remote(workplace, remote)
    came = sharing.fetch(workplace, through, SECONDS)
    if not came.is_done:
        raise LedgerError(came.sentence)
    options.ledger(workplace, create=True)
    new, skipped = _post(options, workplace)
    left_out = f", {skipped:,} left out (ledger report names them)" if skipped else ""
    options.say(f"Posted {new:,} new facts{left_out}.")


@command.command(name="compact")
@remote_option
@click.pass_obj
def fold(options: Options, remote: str) -> None:
    """Fold what clones and CI jobs left into refs/ledger/main; for a scheduled job."""
    from ledger.exchange.writer import Patience
    from ledger.posting import sharing

    workplace = options.workplace()
    through = sharing.choose_remote(workplace, remote)
    done = sharing.fold(workplace, through, now(), Patience(time.sleep, draw=random.uniform))
    if not done.pushed.is_done:
        raise LedgerError(f"{done.pushed.sentence} Nothing is lost: run it again.")
    options.say(f"Folded {done.lines:,} lines and {done.refs:,} refs into refs/ledger/main of {through}.")


def _post(options: Options, workplace: Workplace) -> tuple[int, int]:
    """Post everything new; returns how many facts were new, and how many rows were left out."""
    from ledger.commands.update import post

    posted = post(options, workplace, options.ledger(workplace, create=True))
    return posted.new, posted.skipped
