"""`ledger report`: what may be said, with its doubt."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from ledger.commands.options import (
    Options,
    chosen,
    chosen_options,
    folded,
    now,
    repository_asked,
    screen,
    slice_options,
)
from ledger.errors import CheckFailed, LedgerError

if TYPE_CHECKING:
    from ledger.domain.gates import Condition
    from ledger.domain.report import Report
    from ledger.posting.workplace import Workplace
    from ledger.store.engine import Ledger
    from ledger.store.figures import Slice


_WHO = ("model", "family", "agent", "provider", "line-up")
_PARTS = ("task", "area", "stakes", "package", "repository", "month", "role", "author")
_INSIDE = {"task": "task_type", "line-up": "lineup"}
"""Words of the command line → those that the ledger has for them."""
_ALONE = (
    "--retries and --reviews each stand alone, beside --by, --as-of and what chooses changes: leave the others out."
)


class By(click.ParamType[str]):
    """Who stands for a row, or what tells its changes apart; the word as it is known inside."""

    name = "key"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The key; a usage error for another one."""
        word = _INSIDE.get(str(value), str(value))
        kind, _, key = word.partition(":")
        known = {_INSIDE.get(each, each) for each in (*_WHO, *_PARTS)}
        if word not in known and not (kind == "label" and key.replace("_", "a").isalnum()):
            words = ", ".join((*_WHO, *_PARTS))
            self.fail(f"{value!r} is none of {words} and no label such as label:team.", param, ctx)
        return word


class FailIf(click.ParamType["Condition"]):
    """A condition on a figure of the report."""

    name = "condition"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Condition:
        """The condition; a usage error in words for what cannot be read."""
        from ledger.domain.gates import BadCondition, parse

        try:
            return parse(str(value))
        except BadCondition as error:
            self.fail(str(error), param, ctx)


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
@click.option(
    "--cost",
    type=click.Choice(["list", "billed", "effective"]),
    help="Count this kind of cost alone: at list price, as bills and gateways said, or as paid for seats and by bills.",
)
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
    by: tuple[str, ...],
    credit: str | None,
    cost: str | None,
    fallback_cost: str | None,
    is_unattributed: bool,
    is_retries: bool,
    is_reviews: bool,
    conditions: tuple[Condition, ...],
    side: str | None,
    is_all: bool,
    repository: str,
    maturity: int,
    drafts: str,
    is_opened: bool,
    since: datetime | None,
    until: datetime | None,
    as_of: datetime | None,
    **chosen_by: Any,
) -> None:
    """Cost per accepted change, by model and task type.

    Counts what is in the ledger of this repository and changes nothing; `ledger update` brings in what is new.
    """
    from ledger.config import Config, fallback_of
    from ledger.posting.choosing import choose
    from ledger.posting.reporting import make_report
    from ledger.reports import render
    from ledger.store.figures import Slice

    if is_unattributed or is_retries or is_reviews:
        _check_list(form, is_opened)
    ledger, workplace = options.reading()
    config = workplace.config if workplace else Config()
    asked = repository_asked(workplace, ledger, repository, is_all)
    wanted, judged_at = chosen(chosen_by), as_of or now()
    counting = (cost, credit, fallback_cost, conditions, side)
    is_usual = (maturity, drafts) == (14, "in")
    if is_unattributed:
        others = (since, until, as_of, by, is_retries, is_reviews, not is_usual, *counting, *wanted.values())
        _print_unattributed(options, ledger, form, asked, is_alone=not any(others))
        return
    whom, part = _rows(by)
    if part == "author" and config.authors != "plain":
        raise LedgerError(
            "The ledger keeps no author's name: a report by author is made only where git config ledger.authors plain "
            "says that it may."
        )
    where: dict[str, Any] = {"since": since, "until": until, "repository_id": asked, "has_drafts": drafts == "in"}
    where["only"] = choose(ledger, judged_at, wanted)
    if is_retries or is_reviews:
        if any(counting) or (is_retries and is_reviews) or part == "role":
            raise LedgerError(_ALONE)
        click.echo(_loops(ledger, judged_at, Slice(**where, maturity=maturity), part, whom, form, is_retries), nl=False)
        options.say_if_behind(ledger)
        return
    fallback = fallback_of(fallback_cost) if fallback_cost else config.fallback_cost
    asked_as = {"by": part, **_credit(credit, whom, part), "cost": cost, "fallback_nusd": fallback}
    stand = timedelta(days=maturity)
    form = "html" if is_opened else form
    asked_as["has_page"] = form == "html"
    report = make_report(ledger, judged_at, maturity=stand, seats=config.seats, **where, **asked_as)
    text = render(report, form, **screen())
    if is_opened:
        _show(options, workplace, text)
    else:
        click.echo(text, nl=False)
    _check(report, conditions, side or "")


def _check_list(form: str, is_opened: bool) -> None:
    """Raises LedgerError for what a list cannot be."""
    if is_opened or form not in ("table", "json"):
        raise LedgerError("That is a list and no page: write it with --format table or json.")


def _show(options: Options, workplace: Workplace | None, page: str) -> None:
    """Write the page and open it; raises LedgerError where it cannot be written or no browser can be started."""
    import webbrowser

    if workplace is None:
        raise LedgerError("There is no repository here to keep the page in; write it with --format html > report.html.")
    place = workplace.git.ledger_dir / "report.html"
    beside = place.with_suffix(".new")
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside.write_text(page, encoding="utf-8")
        beside.replace(place)
    except OSError as error:
        raise LedgerError(
            f"{place} cannot be written ({error.strerror}); make room or make it writable, or write the page elsewhere "
            "with ledger report --format html > report.html."
        ) from error
    options.say(f"The page is {place}")
    if not webbrowser.open(place.as_uri()):
        raise LedgerError(f"No browser could be started here; open {place} in one.")


def _credit(credit: str | None, whom: str, part: str) -> dict[str, Any]:
    """Whom changes are credited to and who stands in a row: line-ups and roles bring their own credit."""
    credit = credit or ("lineup" if whom == "lineup" else "own" if part == "role" else "lead")
    return {"credit": credit, "whom": "model" if credit == whom == "lineup" else whom}


def _loops(ledger: Ledger, judged_at: datetime, where: Slice, by: str, whom: str, form: str, is_retries: bool) -> str:
    """Retry loops or second reviews, written down."""
    from ledger.posting.loops import find_retries, find_reviews
    from ledger.reports.loops import render_retries, render_reviews

    if is_retries:
        return render_retries(find_retries(ledger, judged_at, where, by, whom), form, **screen())
    return render_reviews(find_reviews(ledger, judged_at, where, by), form, **screen())


def _rows(by: tuple[str, ...]) -> tuple[str, str]:
    """(who stands for a row, what tells its changes apart); raises LedgerError for two of a kind."""
    inside = {_INSIDE.get(word, word) for word in _WHO}
    who, parts = [key for key in by if key in inside], [key for key in by if key not in inside]
    if len(who) > 1 or len(parts) > 1:
        first, second = (who if len(who) > 1 else parts)[:2]
        raise LedgerError(f"A report is told by {first} or by {second}, not by both: leave one --by out.")
    return (who or ["model"])[0], (parts or ["task_type"])[0]


def _check(report: Report, conditions: tuple[Condition, ...], side: str) -> None:
    """Say what became of the conditions; raises CheckFailed where one holds, or can be judged of nothing."""
    from ledger.domain.gates import judge, sentences

    verdicts = [judge(condition, report, side) for condition in conditions]
    for verdict in verdicts:
        for sentence in sentences(verdict):
            click.echo(sentence, err=True)
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
