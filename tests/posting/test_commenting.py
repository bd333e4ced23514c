"""What a comment says of a request, and what of it is news."""

from __future__ import annotations

from dataclasses import replace

from ledger.domain.sticky import is_news
from ledger.posting.commenting import Told
from tests.reports.test_change import whole
from tests.reports.test_table import REPORT

TOLD = Told(REPORT, whole())


def test_what_stands_open_comes_before_what_is_folded() -> None:
    summaries = [bool(part.summary) for part in TOLD.parts]
    assert summaries == sorted(summaries)
    first, second, *_ = (part.text for part in TOLD.parts)
    assert first.startswith("**Request 12 ")
    assert second == "**opus costs least.**"


def test_without_a_request_it_is_the_report_alone() -> None:
    assert Told(REPORT, None).parts[0].text == "**opus costs least.**"
    assert Told(REPORT, None).comment("report", only_changes=True).startswith("<!-- ledger: report ")


def news(told: Told, *, only_changes: bool) -> bool:
    """Whether it is news after what was told before."""
    return is_news(TOLD.comment("report", only_changes=only_changes), told.comment("report", only_changes=only_changes))


def test_another_report_is_news_only_where_all_is() -> None:
    told = Told(replace(REPORT, headline="haiku costs least."), TOLD.request)
    assert (news(told, only_changes=False), news(told, only_changes=True)) == (True, False)


def test_the_request_s_own_line_is_always_news() -> None:
    assert TOLD.request is not None
    told = Told(REPORT, replace(TOLD.request, outcome="rejected"))
    assert (news(told, only_changes=False), news(told, only_changes=True)) == (True, True)


def test_what_is_folded_is_none() -> None:
    told = Told(replace(REPORT, coverage=replace(REPORT.coverage, commits=11)), TOLD.request)
    assert (news(told, only_changes=False), news(told, only_changes=True)) == (False, False)
