"""`ledger install`: the hooks of this repository."""

from __future__ import annotations

import click

from ledger.commands.options import Options


@click.command(name="install")
@click.option(
    "--trailers/--no-trailers",
    default=None,
    help="Let the hooks write trailers into messages.  [default: as it was, at first off]",
)
@click.pass_obj
def command(options: Options, trailers: bool | None) -> None:
    """Install the hooks in this repository.

    Four small shell scripts jot who made each change; they never slow, block or fail a commit. A hook that is there
    already is kept and still runs. With --trailers, a commit made while a model is declared gets a line such as
    `Assisted-by: claude-code:claude-opus-4-8`.
    """
    from ledger.git import Git
    from ledger.hooking.install import install

    for done in install(Git.open(options.path), trailers=trailers):
        click.echo(f"{done.event}: {done.what}{f' ({done.why})' if done.why else ''}")
