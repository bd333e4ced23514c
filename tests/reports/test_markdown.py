"""The report as a page of Markdown: headline first, one small table, the rest folded, nothing from outside acts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from markdown_it import MarkdownIt

from ledger.domain.headline import headline
from ledger.domain.report import Filters, Report, by_model, ordered
from ledger.domain.sums import Spending
from ledger.reports import render
from ledger.reports.markdown import MOST_ROWS, parts
from tests.domain.test_report import BUCKETS, COVERAGE, sums
from tests.reports.test_spends import own
from tests.reports.test_table import REPORT, typed

GOLDEN = Path(__file__).parent / "golden" / "report.md"
HOSTILE = "x|y\n# @all #1 `<img src=x onerror=y>` ![a](http://b)\x1b[31m\u202e"


def shown(text: str) -> str:
    rendered: str = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    return rendered


def rows(text: str) -> list[list[str]]:
    """The cells of the first table below its head."""
    table = text.partition("| :--")[2].partition("\n\n")[0].splitlines()[1:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table]


def team() -> Report:
    """Three models that had three kinds of work, as docs/action.md shows them."""
    kinds = {"feat": (1.8, 0.0), "fix": (1.4, 0.1), "docs": (0.8, 0.2)}
    models = {"claude-opus-4-8": (1.0, 0.75, 300), "gpt-5.4": (1.3, 0.7, 350), "claude-haiku-4-5": (1.6, 0.3, 2400)}
    rows = [
        replace(sums(model, n=n, accepted=round(n * (rate + more)), each=each * cost, calls=calls), part=kind)
        for model, (cost, rate, calls) in models.items()
        for n, (kind, (each, more)) in zip((24, 20, 12), kinds.items(), strict=True)
    ]
    groups = ordered(by_model(rows, {"gpt-5.4": 9 * 10**9}))
    accepted, charged = (sum(getattr(row, name) for row in rows) for name in ("base_accepted_nusd", "charged_nusd"))
    buckets = replace(
        BUCKETS, accepted=accepted, rejected=charged - accepted, unattributed=9 * 10**9, total=charged + 9 * 10**9
    )
    coverage = replace(
        COVERAGE, commits=431, calls=3107, commits_without_line=12, human_changes=32, changes=174,
        unattributed=(("its branch has no change", 9 * 10**9),),
    )  # fmt: skip
    calls = {group.sums.model: group.sums.charged_nusd / group.sums.calls / 10**9 for group in groups}
    sentence, _ = headline(groups, Spending(buckets.total, buckets.unattributed, per_call=calls), coverage, "list")
    return replace(REPORT, headline=sentence, groups=groups, by_part=ordered(rows), buckets=buckets, coverage=coverage)


def test_the_page_is_as_it_was() -> None:
    assert render(team(), "markdown") == GOLDEN.read_text()


def test_the_headline_is_the_first_line_and_numbers_stand_right() -> None:
    text = shown(render(REPORT, "markdown"))
    assert text.startswith("<p><strong>opus costs least.</strong></p>")
    assert text.count('<th style="text-align:right">') == 7
    assert text.count("<details>") == text.count("</details>") == 1


def test_models_stand_first_then_the_part_with_the_most_changes() -> None:
    found = rows(render(REPORT, "markdown"))
    assert [row[1] for row in found] == ["all"] * 4 + ["feat"] * 3 + ["fix", "docs"]
    assert found[0] == ["claude-opus-4-8", "all", "40", "30", "10", "0", "75%", "$40.00", "$1.33 (1.11–1.73) solid"]
    assert found[2][-1] == "≥ $2.33 (0 of 6)"
    assert found[3][0] == "(unknown)"


def test_a_long_table_is_cut_and_says_so() -> None:
    many = replace(REPORT, groups=ordered([sums(f"model-{number}") for number in range(40)]), by_part=())
    text = render(many, "markdown")
    assert len(rows(text)) == MOST_ROWS
    assert "+25 more rows in JSON: `ledger report --format json`." in text


def test_types_too_few_to_tell_apart_are_one() -> None:
    text = render(typed(("feat", 9), ("chore", 4), ("ci", 3)), "markdown")
    assert [row[1] for row in rows(text)] == ["all", "feat", "maint"]
    assert "maint: ci, chore, too few of each to tell apart." in text


def test_other_bases_are_folded_and_trunk_has_no_cost_per_accepted() -> None:
    groups = ordered([sums("opus"), sums("opus", basis="branch", n=9), sums("opus", basis="trunk", n=8)])
    text = render(replace(REPORT, groups=groups, by_part=()), "markdown")
    assert text.index("Requests: model") < text.index("<summary>Branches") < text.index("<summary>Trunk commits")
    assert "| Trunk commits: model | n | survived |" in text
    assert "accepted by construction." not in text.partition("<details>")[0]


def test_why_a_figure_is_not_shown_is_said() -> None:
    text = render(replace(REPORT, groups=ordered([sums("opus", known=3)]), by_part=()), "markdown")
    assert rows(text)[0][-1] == "not shown"
    assert "opus: not shown, because the cost of fewer than half of its decided changes is known." in text


def test_another_part_has_its_name_in_the_head() -> None:
    labelled = replace(REPORT, filters=Filters(by="label:cost_centre", credit="lineup"))
    assert "| Requests: line-up | cost centre | n |" in render(labelled, "markdown")


def test_credit_own_tells_where_the_money_went() -> None:
    text = render(own(), "markdown")
    assert "| model | role | calls | accepted | failed | undecided | no change | cost |" in text
    assert rows(text)[0][:3] == ["claude-opus-4-8", "implement", "4"]
    assert rows(text)[-1][-1] == "unknown"


def test_what_was_not_counted_is_there() -> None:
    text = render(REPORT, "markdown")
    opened, _, closed = text.partition("<details>")
    assert "All calls $10.00 = accepted $5.00 + rejected $1.00 + unattributed $4.00. 40% is unattributed." in opened
    assert "- Left out: file at 3 (line): because" in closed


def hostile() -> Report:
    return replace(
        REPORT,
        headline=f"{HOSTILE} costs least.",
        next_step=HOSTILE,
        groups=ordered([sums(HOSTILE), sums("opus")]),
        by_part=ordered([replace(sums(HOSTILE), part=kind) for kind in (HOSTILE, "fix", "feat")]),
        coverage=replace(REPORT.coverage, skipped=((HOSTILE, HOSTILE, HOSTILE),), unpriced_models=((HOSTILE, 2),)),
    )


def test_text_from_outside_renders_as_text() -> None:
    text = render(hostile(), "markdown")
    rendered = shown(text)
    for tag in ("<img", "<a ", "<h1", "<code>x"):
        assert tag not in rendered
    assert all(len(row) == 9 for row in rows(text.replace("\\|", "¦")))
    assert "@all" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_names_of_any_length_leave_it_short_enough_for_a_comment() -> None:
    long = "@" * 10_000
    groups = ordered([sums(f"{long}{number}") for number in range(40)])
    page_parts = parts(replace(REPORT, headline=long, groups=groups, by_part=()))
    assert sum(len(part.text) for part in page_parts if not part.summary) < 60_000


def test_nothing_at_all_is_a_headline_and_its_footer() -> None:
    empty = replace(REPORT, groups=(), by_part=(), buckets=replace(REPORT.buckets, total=0))
    assert render(empty, "markdown").startswith("**opus costs least.**\n\n<details>")
