"""`ledger demo`: a repository made from a seed, posted like any other, and its report."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ledger.commands.options import Options, screen

if TYPE_CHECKING:
    from ledger.demo.make import Demo
    from ledger.demo.plan import Scenario


def post_and_report(demo: Demo, scenario: Scenario, database: str | None = None) -> str:
    """The report as a table, after everything that lies in the demo was posted by the one pipeline."""
    from ledger.demo.surroundings import at_home
    from ledger.domain.reading import Named
    from ledger.posting.reporting import make_report
    from ledger.posting.update import update
    from ledger.posting.workplace import open_workplace
    from ledger.reports import render
    from ledger.store.engine import open_ledger

    with at_home(demo.home) as environ:
        workplace = open_workplace(str(demo.repository), environ, database)
        ledger = open_ledger(workplace.database, create=True)
        try:
            update(workplace, ledger, now=scenario.as_of, named={"entries": Named((str(demo.entries),))})
            report = make_report(ledger, scenario.as_of)
        finally:
            ledger.close()
    return render(report, "table", **screen())


@click.command(name="demo")
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Make it in DIR, which is empty or does not exist yet.  [default: a new temporary directory]",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, other details.")
@click.option(
    "--changes", type=click.IntRange(1, 5000), default=200, show_default=True, help="How many changes to make."
)
@click.pass_obj
def command(options: Options, keep: Path | None, seed: int, changes: int) -> None:
    """Make a repository of two hundred changes and report on it.

    Real commits, hooks, merges and agents' logs of work that nobody did. Nothing leaves this machine, and nothing of
    yours is read or changed.
    """
    from ledger.demo.scenario import draw_scenario

    scenario = draw_scenario(seed, changes)
    demo = _make(options, scenario, keep or Path(tempfile.mkdtemp(prefix="ledger-demo-")))
    click.echo(post_and_report(demo, scenario, options.database), nl=False)
    click.echo(f"\nThe repository: {demo.repository}")
    click.echo(f"Look around:    ledger -C {demo.repository} report --as-of {scenario.as_of:%Y-%m-%d}")
    if keep is None:
        click.echo(f"Remove it:      rm -r {demo.directory}")


def _make(options: Options, scenario: Scenario, directory: Path) -> Demo:
    """The demo, with a progress bar where somebody watches."""
    from ledger.demo.history import count_happenings
    from ledger.demo.make import make_demo

    hidden = options.quiet or not sys.stderr.isatty()
    count = count_happenings(scenario)
    with click.progressbar(length=count, label="Making the demo", file=sys.stderr, hidden=hidden) as bar:
        return make_demo(scenario, directory, lambda: bar.update(1))
