"""The command line: `ledger X` is `commands/X.py`, imported only when X is run.

The table below is the help, so that `--help` imports no command; a test holds the two together. Errors become exit
codes here and nowhere else: 0 done, 1 an expected error, 2 usage, 3 a check failed, 130 interrupted.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
import tempfile
from importlib import import_module

import click

from ledger import __version__
from ledger.commands.options import Options
from ledger.commands.printing import open_streams, tell, unread
from ledger.errors import LedgerError

COMMANDS: dict[str, dict[str, str]] = {
    "Start here": {
        "init": "Hooks, database, all history, and the first report.",
        "report": "Cost per accepted change, by model and task type.",
        "compare": "Two models, agents or line-ups: which costs less per accepted change.",
        "show": "Explain one change: commits, calls, cost, verdict.",
        "update": "Read what happened and post it to the ledger.",
        "use": "Say which model works here, in which role.",
        "tag": "Say which model made a commit, in which role, for which task.",
        "check": "Hold changes against the team's policy.",
        "doctor": "Say what works, what does not, and how to mend it.",
        "demo": "Make a repository of two hundred changes and report on it.",
    },
    "Before the next task": {
        "learn": "What past changes teach: evidence before a choice.",
    },
    "Hooks": {
        "install": "Install the hooks in this repository.",
        "uninstall": "Take the hooks out and put back what was there.",
    },
    "What became of it": {
        "run": "Run a command and record on HEAD how it ended.",
        "ci": "Bring in what a forge and CI know of requests.",
    },
    "The ledger itself": {
        "sources": "List what can be read, and what is here of it.",
        "prices": "What a model costs here, and what has no price.",
        "share": "Share what this clone knows, through refs of the remote.",
        "forget": "Let a session or an author count no more.",
        "query": "Run SQL on the ledger, read-only.",
        "export": "Write the facts as portable entries.",
        "db": "The database: check, copy, backup, labels.",
    },
}
_BUG = "https://github.com/git-ledger/git-ledger/issues"


class Ledger(click.Group):
    """The group of all verbs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Every verb, in the order of the table."""
        return [name for section in COMMANDS.values() for name in section]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb's click command, imported now; None for a word that is no verb."""
        if cmd_name not in self.list_commands(ctx):
            return None
        return import_module(f"ledger.commands.{cmd_name}").command  # type: ignore[no-any-return]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The table, section by section."""
        for section, verbs in COMMANDS.items():
            with formatter.section(section):
                formatter.write_dl(list(verbs.items()))


@click.group(
    cls=Ledger,
    name="ledger",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("-C", "path", default=".", metavar="PATH", help="Work in the repository at PATH, like git.")
@click.option("--database", metavar="URL", help="SQLite file or SQLAlchemy URL of the ledger.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but the result.")
@click.option("--verbose", "-v", is_flag=True, help="Show the traceback of a bug.")
@click.version_option(__version__, prog_name="ledger")
@click.pass_context
def cli(ctx: click.Context, path: str, database: str | None, quiet: bool, verbose: bool) -> None:
    """Cost per accepted change, per AI model, role and task type.

    Reads git, agents' logs and what CI tells; nothing leaves this machine before ledger share on. Without a verb:
    update, then the headline.
    """
    ctx.obj = Options(path, database, quiet, verbose)
    if ctx.invoked_subcommand is None:
        from ledger.commands.headline import headline

        headline(ctx.obj)


_NEW_OBJECTS = 100_000
"""A post makes very many records that live: looking for garbage among them less often saves a tenth of its time."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit."""
    gc.set_threshold(_NEW_OBJECTS)
    open_streams()
    verbose = any(word in ("-v", "--verbose") for word in (sys.argv[1:] if arguments is None else arguments))
    try:
        code = cli.main(arguments, standalone_mode=False) or 0
        sys.stdout.flush()
    except LedgerError as error:
        tell(f"ledger: {error}", err=True)
        code = error.exit_code
    except SystemExit:
        code = 0  # click's way of saying that the reader of our output has gone
    except click.ClickException as error:
        with unread("stderr"):
            error.show()
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        tell("ledger: interrupted; what was posted stays, and the next run goes on from there.", err=True)
        code = 130
    except OSError as error:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - so that Python's exit does not write there again
        code = 0 if error.errno == errno.EPIPE else 1
        if code:
            tell(f"ledger: {error.filename or 'The output'} cannot be written: {error.strerror}.", err=True)
    except Exception as error:
        code = _report_bug(error, verbose)
    sys.exit(code)


def _report_bug(error: Exception, verbose: bool) -> int:
    import traceback

    text = "".join(traceback.format_exception(error))
    if verbose:
        tell(text, err=True)
    with tempfile.NamedTemporaryFile("w", prefix="ledger-bug-", suffix=".txt", delete=False) as file:
        file.write(f"ledger {__version__}, Python {sys.version}\n\n{text}")
    tell(
        f"ledger: this is a bug ({type(error).__name__}). Nothing that was posted is lost. "
        f"Please report it at {_BUG} with {file.name}.",
        err=True,
    )
    return 1
