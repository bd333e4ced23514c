"""What every command can be told, and the values that commands share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ledger.commands.printing import tell
from ledger.errors import LedgerError, NotARepository

if TYPE_CHECKING:
    from ledger.posting.workplace import Workplace
    from ledger.store.engine import Ledger

_NARROWEST = 60
"""No terminal is taken to be narrower: tables do not fit below it."""
Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Options:
    """The options before the verb."""

    path: str = "."
    database: str | None = None
    quiet: bool = False
    verbose: bool = False

    def workplace(self) -> Workplace:
        """The repository at `-C`; raises NotARepository."""
        from ledger.posting.workplace import open_workplace

        return open_workplace(self.path, database=self.database)

    def ledger(self, workplace: Workplace, *, create: bool = False) -> Ledger:
        """The ledger of the workplace; raises DatabaseUnusable. A migration is told on standard error."""
        return self.ledger_at(workplace.database, create=create)

    def named_database(self) -> str:
        """The database that is named wherever one stands: by --database, the environment or git's configuration."""
        from ledger.git import global_setting

        return self.database or os.environ.get("LEDGER_DATABASE_URL") or global_setting("ledger.database")

    def reading(self) -> tuple[Ledger, Workplace | None]:
        """The ledger that a report reads, and the clone here; raises NotARepository, DatabaseUnusable.

        One that is named needs no repository around it: it may hold many that have no clone on this machine.
        """
        try:
            workplace = self.workplace()
        except NotARepository:
            if not (database := self.named_database()):
                raise
            return self.ledger_at(database), None
        return self.ledger(workplace), workplace

    def ledger_at(self, database: str, *, create: bool = False) -> Ledger:
        """The ledger in a database; as `ledger`."""
        from ledger.store.engine import open_ledger

        ledger = open_ledger(database, create=create, say=self.say)
        context = click.get_current_context(silent=True)
        if context:
            context.call_on_close(ledger.close)
        return ledger

    def say_if_behind(self, ledger: Ledger) -> None:
        """Say so where what was printed does not count all that was posted, or counts it by older rules."""
        from ledger.domain.report import BEHIND
        from ledger.posting.reporting import is_settled

        if not is_settled(ledger):
            self.say(BEHIND)

    def say(self, sentence: str) -> None:
        """A sentence for the person, not for a program that reads the output."""
        if not self.quiet:
            tell(sentence, err=True)


class Moment(click.ParamType[datetime]):
    """A day or a moment in UTC; a day as `--as-of` or `--until` means its end."""

    name = "date"

    def __init__(self, *, at_end: bool = False) -> None:
        self._at_end = at_end

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """An aware datetime; a usage error in words for anything else."""
        if isinstance(value, datetime):
            return value
        try:
            if len(value) == 10:
                return datetime.combine(date.fromisoformat(value), time.max if self._at_end else time.min, UTC)
            at = datetime.fromisoformat(value)
            return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is not a date; write it like 2026-03-01.", param, ctx)


class Words(click.ParamType[str]):
    """A text that can be looked up: bytes that are no text cannot."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text; a usage error in words for what is none."""
        try:
            str(value).encode()
        except UnicodeEncodeError:
            self.fail("it holds bytes that are no text in UTF-8.", param, ctx)
        return str(value)


def slice_options(command: Command) -> Command:
    """`--since`, `--until`, `--as-of`: which changes, judged from when."""
    command = click.option("--since", type=Moment(), metavar="DATE", help="Changes opened on or after this day.")(
        command
    )
    command = click.option("--until", type=Moment(), metavar="DATE", help="Changes opened before this day.")(command)
    return click.option(
        "--as-of", type=Moment(at_end=True), metavar="DATE", help="Judge outcomes as on this day.  [default: now]"
    )(command)


def cost_option(command: Command) -> Command:
    """`--cost`: one kind of cost alone; None where each call counts by what is known of it."""
    return click.option(
        "--cost",
        type=click.Choice(["list", "billed", "effective"]),
        help="Count this kind of cost alone: at list price, as bills and gateways said, or as paid for seats and by "
        "bills.",
    )(command)


CHOSEN = {
    "model": "the leading model",
    "family": "its family",
    "agent": "the agent of the lead",
    "provider": "the model's provider",
    "task_type": "the task type",
    "area": "the area",
    "stakes": "the stakes",
    "package": "the package",
}
"""Dimension that changes can be chosen by → what it is of them."""


def chosen_options(command: Command) -> Command:
    """`--model`, `--task`, `--area` and the like, each as often as wanted; `--repository` and `--all`."""
    for name, what in reversed(CHOSEN.items()):
        command = click.option(
            f"--{'task' if name == 'task_type' else name}",
            f"only_{name}",
            multiple=True,
            type=Words(),
            metavar="NAME",
            help=f"Only changes of which this is {what}; again for another one, unknown where nobody knows.",
        )(command)
    return repository_options(command)


def repository_options(command: Command) -> Command:
    """`--repository` and `--all`, for `repository_asked`."""
    command = click.option(
        "--repository", default="", type=Words(), metavar="NAME", help="Another repository of the ledger than this one."
    )(command)
    return click.option(
        "--all", "is_all", is_flag=True, help="All repositories of the ledger, told as the clusters that they are."
    )(command)


def chosen(asked: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Dimension → the names that `chosen_options` got."""
    return {name: asked[f"only_{name}"] for name in CHOSEN}


def repository_asked(workplace: Workplace | None, ledger: Ledger, name: str, is_all: bool) -> str | None:
    """The id of the repository that is asked about, None for all, as outside of any; raises LedgerError."""
    from ledger.posting.choosing import repository_here, repository_named

    if name and is_all:
        raise LedgerError("--all counts every repository, --repository one: leave one of them out.")
    if name:
        return repository_named(ledger, name)
    return None if is_all or workplace is None else repository_here(workplace, ledger)


def screen() -> dict[str, Any]:
    """Width and colour of standard output, for formats that care; NO_COLOR and a pipe mean none."""
    import shutil

    is_terminal = sys.stdout.isatty()
    return {
        "width": shutil.get_terminal_size((80, 24)).columns if is_terminal or "COLUMNS" in os.environ else 80,
        "color": is_terminal and "NO_COLOR" not in os.environ,
    }


def folded(text: str) -> str:
    """The text for standard output: on a terminal long lines are folded between words, under their own beginning.

    In a pipe every line stays whole, so that it can be searched.
    """
    from textwrap import wrap

    if not sys.stdout.isatty():
        return text
    width = max(int(screen()["width"]), _NARROWEST)
    lines: list[str] = []
    for line in text.splitlines():
        deeper = " " * (len(line) - len(line.lstrip()) + 2) if line.startswith(" ") else ""
        rows = wrap(line, width, subsequent_indent=deeper, break_long_words=False, break_on_hyphens=False)
        lines += rows if len(line) > width else [line]
    return "".join(f"{line}\n" for line in lines)


def now() -> datetime:
    """The clock, asked here only."""
    return datetime.now(UTC)
