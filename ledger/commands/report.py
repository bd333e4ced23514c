"""`ledger report`: what may be said, with its doubt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from ledger.commands.options import (
    Options,
    chosen,
    chosen_options,
    cost_option,
    folded,
    now,
    repository_asked,
    screen,
    slice_options,
)
from ledger.commands.printing import tell
from ledger.commands.report_keys import By, FailIf, rows_by
from ledger.errors import CheckFailed, LedgerError

if TYPE_CHECKING:
    from ledger.config import Config
    from ledger.domain.gates import Condition
    from ledger.domain.report import Report
    from ledger.store.engine import Ledger

_ALONE = (
    "--retries and --reviews each stand alone, beside --by, --as-of and what chooses changes: leave the others out."
)


@click.command(name="report")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "markdown", "csv", "html"]),
    default="table",
    show_default=True,
    help="How to write it; html is a page with charts, in one file.",
)
@click.option(
    "--by",
    type=By(),
    multiple=True,
    metavar="KEY",
    help="A row for each model, family, agent, provider or line-up; and in a second table by task, area, stakes, "
    "package, repository, month, role, author (where ledger.authors is plain) or a label: label:team. Once of each.  "
    "[default: model, task]",
)
@click.option(
    "--credit",
    type=click.Choice(["lead", "own", "first", "lineup"]),
    help="Whose a change's cost is: the leading model's, each model's own, the first one's, or its line-up's.  "
    "[default: lead]",
)
@cost_option
@click.option(
    "--fallback-cost",
    metavar="USD",
    help="Tell beside it what each model costs if a change that is not accepted costs a person so much.  "
    "[default: git config ledger.fallbackCost]",
)
@click.option(
    "--unattributed",
    "is_unattributed",
    is_flag=True,
    help="List what reached no change instead: the largest sums, the reason for each, and what to do about it.",
)
@click.option(
    "--open",
    "is_opened",
    is_flag=True,
    help="Write the page beside the ledger's database, where nobody else reads it, and open it in your browser.",
)
@click.option(
    "--retries",
    "is_retries",
    is_flag=True,
    help="Tell retry loops instead: tries and failing runs per accepted change, and what failed tries cost.",
)
@click.option(
    "--reviews",
    "is_reviews",
    is_flag=True,
    help="Tell instead what became of changes with and without a second model's review, and when one pays.",
)
@click.option(
    "--fail-if",
    "conditions",
    type=FailIf(),
    multiple=True,
    metavar="CONDITION",
    help="End with exit code 3 where this holds, as in 'cost_per_accepted > 5' or 'acceptance < 60%'; as often as "
    "wanted.",
)
@click.option(
    "--on",
    "side",
    type=click.Choice(["lower", "point", "upper"]),
    help="The bound that --fail-if looks at.  [default: the one on which it surely holds]",
)
@click.option(
    "--maturity",
    type=click.IntRange(1, 365),
    metavar="DAYS",
    default=14,
    show_default=True,
    help="After how many days a request is stale, a silent branch abandoned, and what was not reverted durable.",
)
@click.option(
    "--drafts",
    type=click.Choice(["in", "out"]),
    default="in",
    show_default=True,
    help="Whether requests that are drafts are among the changes.",
)
@chosen_options
@slice_options
@click.pass_obj
def command(
    options: Options,
    /,
    form: str,
    is_opened: bool,
    is_unattributed: bool,
    is_retries: bool,
    is_reviews: bool,
    conditions: tuple[Condition, ...],
    side: str | None,
    **asked: Any,
) -> None:
    """Cost per accepted change, by model and task type.

    Counts what is in the ledger of this repository and changes nothing; `ledger update` brings in what is new.
    """
    from ledger.commands.report_page import show
    from ledger.config import Config
    from ledger.reports import render

    if is_unattributed or is_retries or is_reviews:
        _check_list(form, is_opened)
    ledger, workplace = options.reading()
    config = workplace.config if workplace else Config()
    place = repository_asked(workplace, ledger, asked["repository"], asked["is_all"])
    if is_unattributed:
        is_alone = not (is_retries or is_reviews or conditions or side or _is_sliced(asked))
        _print_unattributed(options, ledger, form, place, is_alone=is_alone)
    elif is_retries or is_reviews:
        if (is_retries and is_reviews) or conditions or side:
            raise LedgerError(_ALONE)
        click.echo(_loops(ledger, asked, place, form, is_retries), nl=False)
        options.say_if_behind(ledger)
    else:
        form = "html" if is_opened else form
        report = _made(ledger, asked, place, config, has_page=form == "html")
        text = render(report, form, **screen())
        if is_opened:
            show(options, workplace, text)
        else:
            tell(text, nl=False)
        _check(report, conditions, side or "")


def _is_sliced(asked: Mapping[str, Any]) -> bool:
    """Anything was said of which changes to count, and how."""
    said = ("since", "until", "as_of", "by", "cost", "credit", "fallback_cost")
    is_usual = (asked["maturity"], asked["drafts"]) == (14, "in")
    return not is_usual or any(asked[name] for name in said) or any(chosen(asked).values())


def _where(ledger: Ledger, asked: Mapping[str, Any], place: str | None, as_of: datetime) -> dict[str, Any]:
    """Which changes are counted; raises LedgerError for a name that no change has."""
    from ledger.posting.choosing import choose

    return {
        "since": asked["since"],
        "until": asked["until"],
        "repository_id": place,
        "has_drafts": asked["drafts"] == "in",
        "only": choose(ledger, as_of, chosen(asked)),
    }


def _made(ledger: Ledger, asked: Mapping[str, Any], place: str | None, config: Config, *, has_page: bool) -> Report:
    """The report that was asked for; raises LedgerError."""
    from ledger.config import fallback_of
    from ledger.posting.reporting import make_report

    whom, part = rows_by(asked["by"])
    if part == "author" and config.authors != "plain":
        raise LedgerError(
            "The ledger keeps no author's name: a report by author is made only where git config ledger.authors plain "
            "says that it may."
        )
    as_of, fallback = asked["as_of"] or now(), asked["fallback_cost"]
    return make_report(
        ledger,
        as_of,
        **_where(ledger, asked, place, as_of),
        **_credit(asked["credit"], whom, part),
        by=part,
        cost=asked["cost"],
        maturity=timedelta(days=asked["maturity"]),
        fallback_nusd=fallback_of(fallback) if fallback else config.fallback_cost,
        seats=config.seats,
        has_page=has_page,
    )


def _check_list(form: str, is_opened: bool) -> None:
    """Raises LedgerError for what a list cannot be."""
    if is_opened or form not in ("table", "json"):
        raise LedgerError("That is a list and no page: write it with --format table or json.")


def _credit(credit: str | None, whom: str, part: str) -> dict[str, Any]:
    """Whom changes are credited to and who stands in a row: line-ups and roles bring their own credit."""
    credit = credit or ("lineup" if whom == "lineup" else "own" if part == "role" else "lead")
    return {"credit": credit, "whom": "model" if credit == whom == "lineup" else whom}


def _loops(ledger: Ledger, asked: Mapping[str, Any], place: str | None, form: str, is_retries: bool) -> str:
    """Retry loops or second reviews, written down; raises LedgerError."""
    from ledger.posting.loops import find_retries, find_reviews
    from ledger.reports.loops import render_retries, render_reviews
    from ledger.store.figures import Slice

    whom, part = rows_by(asked["by"])
    if asked["cost"] or asked["credit"] or asked["fallback_cost"] or part == "role":
        raise LedgerError(_ALONE)
    as_of = asked["as_of"] or now()
    where = Slice(**_where(ledger, asked, place, as_of), maturity=asked["maturity"])
    if is_retries:
        return render_retries(find_retries(ledger, as_of, where, part, whom), form, **screen())
    return render_reviews(find_reviews(ledger, as_of, where, part), form, **screen())


def _check(report: Report, conditions: tuple[Condition, ...], side: str) -> None:
    """Say what became of the conditions; raises CheckFailed where one holds, or can be judged of nothing."""
    from ledger.domain.gates import judge, sentences

    verdicts = [judge(condition, report, side) for condition in conditions]
    for verdict in verdicts:
        for sentence in sentences(verdict):
            tell(sentence, err=True)
    failed = [verdict for verdict in verdicts if verdict.is_failed]
    if failed:
        raise CheckFailed(f"Failed: {'; '.join(str(verdict.condition) for verdict in failed)}.")


def _print_unattributed(options: Options, ledger: Ledger, form: str, repository: str | None, *, is_alone: bool) -> None:
    from ledger.posting.leftovers import find_unattributed
    from ledger.reports.unattributed import render

    if not is_alone:
        raise LedgerError(
            "--unattributed lists all that the report's bucket holds, whenever it was spent: leave the other options "
            "out."
        )
    text = render(find_unattributed(ledger, repository), form)
    click.echo(text if form == "json" else folded(text), nl=False)
    options.say_if_behind(ledger)
