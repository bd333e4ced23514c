"""`ledger ci comment`: one comment of a request, kept up to date."""

from __future__ import annotations

import os
from collections.abc import Mapping

import click

from ledger.commands.options import Options, Words, now
from ledger.domain.sticky import MODES
from ledger.errors import LedgerError

_DONE = {
    "added": "commented on",
    "changed": "brought the comment up to date on",
    "kept": "there is nothing new to say on",
}


@click.command(name="comment")
@click.option("--request", "number", type=click.IntRange(1), metavar="N", help="The request.  [default: the job's]")
@click.option(
    "--mode",
    type=click.Choice(MODES),
    default="changes",
    show_default=True,
    help="changes: when the request's own line is another, and a model had a part in it. on: on every request. off.",
)
@click.option(
    "--name", type=Words(), default="report", show_default=True, help="Which comment: each name has one of its own."
)
@click.option("--strict", is_flag=True, help="Exit with 1 where it could not be brought up to date.")
@click.pass_obj
def command(options: Options, number: int | None, mode: str, name: str, strict: bool) -> None:
    """Keep one comment on the job's request up to date.

    On GitHub by the token in GITHUB_TOKEN, on GitLab by that in GITLAB_TOKEN. Says what the request has cost so far and
    what its repository's report says; the comment is found again by a hidden marker, and left alone when there is no
    news. Never fails the job: why it could not is a sentence, and an error with --strict only.
    """
    try:
        options.say(comment(options, number, mode, name))
    except LedgerError as error:
        if strict:
            raise
        options.say(f"Without a comment: {error}")


def comment(options: Options, number: int | None, mode: str, name: str) -> str:
    """What was done, in a sentence; raises LedgerError for what could not be."""
    from ledger.domain.request_place import request_place
    from ledger.exchange.comments import keep_comment
    from ledger.posting.commenting import tell

    if mode == "off":
        return "Comments are off."
    if not name.isascii() or not name.replace("-", "a").replace("_", "a").isalnum() or name != name.lower():
        raise LedgerError("A comment's name is of small letters, digits, - and _; give it another with --name.")
    place = request_place(os.environ, number or request_of(os.environ))
    if place is None:
        return "This job is for no request of GitHub or GitLab, so there is nothing to comment on."
    workplace = options.workplace()
    told = tell(workplace, options.ledger(workplace), place.number, now())
    is_quiet = mode == "changes"
    done = keep_comment(
        place, name, told.comment(name, only_changes=is_quiet), may_add=told.request is not None or not is_quiet
    )
    return f"Request {place.number}: {_DONE[done]} it."


def request_of(environ: Mapping[str, str]) -> int | None:
    """The request that a job is for; None where it is for none, and where its event cannot be read."""
    from ledger.domain.ci_providers import Said, find_context
    from ledger.sources.ci import read_payload

    try:
        payload = read_payload(environ)
    except LedgerError:
        payload = None
    return find_context(environ, payload, Said()).request_number
