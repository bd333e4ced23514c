"""`ledger tag`: say whose work a commit is, when nothing else says it, or says it wrong."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ledger.commands.options import Options, Words, now
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from ledger.posting.tagging import Said
    from ledger.posting.workplace import Workplace
    from ledger.store.engine import Ledger

_MANY = 1000


@click.command(name="tag")
@click.argument("revisions", nargs=-1, type=Words(), metavar="[REV]...")
@click.option("--model", default="", type=Words(), metavar="NAME", help="The model that made it.")
@click.option("--agent", default="", type=Words(), metavar="NAME", help="The harness, e.g. claude-code.")
@click.option(
    "--role",
    type=click.Choice(["implement", "review", "scout"]),
    metavar="ROLE",
    help="What the model did: implement, review or scout.  [default: implement]",
)
@click.option("--task", default="", type=Words(), metavar="TYPE", help="The task type: feat, fix, docs …")
@click.option("--session", default="", type=Words(), metavar="ID", help="Speak of this agent session instead.")
@click.option("--remove", is_flag=True, help="Take back what was said: all of it, or what the options name.")
@click.option("--list", "is_list", is_flag=True, help="List what was said, of REV or of everything.")
@click.option("--yes", is_flag=True, help="Do not ask before more than a thousand commits are tagged.")
@click.pass_obj
def command(
    options: Options,
    revisions: tuple[str, ...],
    model: str,
    agent: str,
    role: str | None,
    task: str,
    session: str,
    remove: bool,
    is_list: bool,
    yes: bool,
) -> None:
    """Say which model made a commit, in which role, for which task.

    REV is a commit as git names it, a range such as main..feature, a request's number or a change's id. What is said
    outranks all other evidence and counts at once; git's history stays as it is. Saying it again changes nothing,
    saying something else replaces it. With --session, REV is the one change that the session's calls are booked to.
    """
    from ledger.posting.tagging import Said

    said = Said(model=model, agent=agent, role=role or "", task=_task(task))
    _check(said, revisions, session, remove=remove, is_list=is_list)
    workplace = options.workplace()
    ledger = options.ledger(workplace, create=True)
    if is_list:
        click.echo(_listed(workplace, ledger, revisions), nl=False)
    elif session:
        options.say(_of_session(workplace, ledger, session, revisions, said, remove=remove))
    else:
        options.say(_of_revisions(workplace, ledger, revisions, said, remove=remove, yes=yes))


def _task(word: str) -> str:
    """The task type that a word names; raises LedgerError for one that names none."""
    from ledger.domain.tasks import TYPES, known_type

    found = known_type(word) if word else ""
    if found is None:
        raise LedgerError(f"{word[:60]!r} is no task type; it is one of {', '.join(TYPES)}.")
    return found


def _check(said: Said, revisions: Sequence[str], session: str, *, remove: bool, is_list: bool) -> None:
    """Raise LedgerError for what cannot be meant."""
    from ledger.hooking.use import check_fit

    check_fit(model=said.model, agent=said.agent)
    if is_list:
        if said or remove or session:
            raise LedgerError("--list changes nothing; give it a REV, or nothing.")
        return
    if session:
        if said.model or said.agent:
            raise LedgerError(
                "A session's model is what its log names and is priced by; say its --role, --task or REV."
            )
        if len(revisions) > 1:
            raise LedgerError("A session's calls are booked to one change: name one REV.")
    elif not revisions:
        raise LedgerError("Name what is meant, as in ledger tag HEAD --model claude-opus-4-8.")
    if not (said or remove or (session and revisions)):
        raise LedgerError("Say what it is with --model, --agent, --role or --task, or take it back with --remove.")


def _of_revisions(
    workplace: Workplace, ledger: Ledger, revisions: Sequence[str], said: Said, *, remove: bool, yes: bool
) -> str:
    """Tag or untag; the sentence about it."""
    from ledger.domain.screen import counted
    from ledger.domain.tagging import REQUEST
    from ledger.posting.tagging import find_target, tag, untag

    target = find_target(workplace, ledger, revisions, now())
    _ask(len(target.subjects), yes)
    if remove:
        count = untag(workplace, ledger, target, said, now())
        return f"Took back {counted(count, 'tag')}." if count else "Nothing of that was tagged."
    if not tag(workplace, ledger, target, said, now()):
        return "That was said before: nothing changed."
    requests = sum(subject.startswith(REQUEST) for subject in target.subjects)
    parts = ((len(target.subjects) - requests, "commit"), (requests, "request"))
    return f"Tagged {' and '.join(counted(count, noun) for count, noun in parts if count)}."


def _of_session(
    workplace: Workplace, ledger: Ledger, name: str, revisions: Sequence[str], said: Said, *, remove: bool
) -> str:
    from ledger.domain.screen import plain
    from ledger.posting.tagging import find_session, find_target, tag_session

    session = find_session(ledger, name)
    target = find_target(workplace, ledger, revisions, now())
    if len(target.subjects) > 1:
        raise LedgerError("A session's calls are booked to one change: name one commit or request of it.")
    if not tag_session(workplace, ledger, session, target, said, now(), remove=remove):
        return "Nothing of that was tagged." if remove else "That was said before: nothing changed."
    return f"{'Took back what was said of' if remove else 'Tagged'} session {plain(session, 60)}."


def _ask(count: int, yes: bool) -> None:
    """Ask before very many commits are tagged; raises LedgerError where nobody can be asked."""
    if count <= _MANY or yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise LedgerError(f"These are {count:,} commits; say --yes if all of them are meant.")
    click.confirm(f"These are {count:,} commits. Are all of them meant?", err=True, abort=True)


def _listed(workplace: Workplace, ledger: Ledger, revisions: Sequence[str]) -> str:
    from ledger.posting.tagging import find_target, list_tags
    from ledger.posting.update import repository_here
    from ledger.reports.tags import render

    if revisions:
        return render(list_tags(ledger, find_target(workplace, ledger, revisions, now())))
    return render(list_tags(ledger, repository_here(workplace, ledger)))
