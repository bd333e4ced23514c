"""The page in a real browser: drawn, sorted, filtered, by keyboard, for screen readers, in both colours and widths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="playwright is not installed: pip install playwright")

from playwright.sync_api import Browser, Page

from ledger.domain.report import Report, ordered
from ledger.reports import render
from tests.domain.test_report import sums
from tests.reports.browsing import browser, opened, until, violations
from tests.reports.paging import EMPTY, HOSTILE, OWN, REPORT, hostile

MANY = ordered([replace(sums("opus", n=9, accepted=6), part=f"part-{number:04}") for number in range(1200)])
REPORTS = {
    "groups": REPORT,
    "own": OWN,
    "empty": EMPTY,
    "hostile": hostile(),
    "many": replace(REPORT, by_part=MANY),
}
A4 = 718
"""The width of an upright page of paper in the browser's units, less its margins."""
CHARTS = "document.querySelectorAll('.chart svg').length"
COLUMN = "[...document.querySelectorAll('#groups tbody tr')].map((row) => row.children[{}].textContent)"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("browser")) as started:
        yield started


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every report as a page, by name."""
    folder = tmp_path_factory.mktemp("pages")
    return {name: _written(folder / f"{name}.html", report) for name, report in REPORTS.items()}


def _written(path: Path, report: Report) -> Path:
    path.write_text(render(report, "html"), encoding="utf-8")
    return path


def column(page: Page, title: str) -> list[str]:
    """What the rows of the table of all groups hold under a title."""
    titles = page.locator("#groups thead th").all_inner_texts()
    found: list[str] = page.evaluate(COLUMN.format([each.strip() for each in titles].index(title)))
    return found


@pytest.mark.parametrize("width", [1280, 390])
def test_it_is_drawn_and_readable_by_everybody(running: Browser, files: dict[str, Path], width: int) -> None:
    with opened(running, files["groups"], width=width) as (page, seen):
        assert page.evaluate(CHARTS) == 8
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []
        page.emulate_media(color_scheme="dark")
        assert violations(page) == []
        assert seen.said == []
        assert seen.asked == [files["groups"].as_uri()]


@pytest.mark.parametrize("name", ["own", "empty"])
def test_other_reports_are_drawn_too(running: Browser, files: dict[str, Path], name: str) -> None:
    with opened(running, files[name], width=390) as (page, seen):
        assert page.locator("h1").inner_text()
        if name == "own":
            assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert (seen.said, seen.asked) == ([], [files[name].as_uri()])
        titles = set(page.locator("h2").all_inner_texts())
        assert {"Reconciliation", "What this rests on"} <= titles
        assert ("By model and role" in titles) == (name == "own")
        assert "All groups" not in titles
        if name == "empty":
            assert page.locator("#next").inner_text() == "Next: run ledger update."
            assert page.locator("#behind").is_visible()


def test_names_are_text_wherever_they_stand(running: Browser, files: dict[str, Path]) -> None:
    with opened(running, files["hostile"], width=390) as (page, seen):
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert (seen.said, seen.asked) == ([], [files["hostile"].as_uri()])
        assert "run" not in page.title().split()
        assert page.evaluate("document.querySelectorAll('img, iframe, object, a:not(.skip)').length") == 0
        assert page.evaluate("document.querySelectorAll('script').length") == 5
        assert HOSTILE[0] in column(page, "model")
        assert HOSTILE[1] in page.locator(".chart").first.get_attribute("aria-label")  # type: ignore[operator]
        page.locator(".chart .mark-symbol path").first.hover(force=True)
        assert page.locator("#tip").is_visible()
        assert page.locator("#tip *").count() == 0


@pytest.fixture(scope="module")
def drawn(running: Browser, files: dict[str, Path]) -> Iterator[Page]:
    """The page of all kinds of groups, for tests that leave it as they found it or do not mind."""
    with opened(running, files["groups"]) as (page, _):
        yield page


def test_charts_say_what_the_figures_say(drawn: Page) -> None:
    texts = drawn.locator(".chart").first.locator("text").all_text_contents()
    assert {"claude-opus-4-8", "too few", "not shown"} <= set(texts)
    assert any(text.startswith("$1.33 (") for text in texts)
    assert any(text.startswith("≥ $") for text in texts)
    label = drawn.locator(".chart").first.get_attribute("aria-label") or ""
    assert "claude-opus-4-8 $1.33 (" in label
    notes = drawn.locator("section[aria-labelledby=cost] .notes").all_inner_texts()
    assert any("claude-opus-4-8: $1.60 all-in" in note for note in notes)
    assert any("No other beats these on both: claude-opus-4-8, gpt-5.4." in note for note in notes)
    assert drawn.locator(".key li").all_inner_texts()[0].split() == ["accepted", "$5.00", "50%"]


def test_every_chart_has_a_table_that_opens_by_keyboard(drawn: Page) -> None:
    assert drawn.evaluate(
        "[...document.querySelectorAll('.chart')]"
        ".every((chart) => chart.closest('section').querySelector('details table'))"
    )
    summary = drawn.locator("section[aria-labelledby=spend] summary")
    summary.focus()
    drawn.keyboard.press("Enter")
    table = drawn.locator("section[aria-labelledby=spend] details table")
    assert table.is_visible()
    assert table.locator("tbody tr").first.inner_text().split("\t") == ["2 Mar 2026", "$2.00", "$0.00", "$4.00"]


def test_it_sorts_by_mouse_and_by_keyboard(drawn: Page) -> None:
    drawn.get_by_role("button", name="changes", exact=True).click()
    counts = [int(count) for count in column(drawn, "changes")]
    assert counts == sorted(counts, reverse=True)
    assert len(counts) == 13
    drawn.keyboard.press("Enter")
    assert [int(count) for count in column(drawn, "changes")] == sorted(counts)
    assert drawn.locator("[aria-sort=ascending]").inner_text() == "changes"
    drawn.get_by_role("button", name="model", exact=True).focus()
    drawn.keyboard.press("Space")
    names = column(drawn, "model")
    assert names == sorted(names, key=str.lower)
    drawn.get_by_role("button", name="per accepted", exact=True).click()
    costs = column(drawn, "per accepted")
    shown = [cost for cost in costs if cost.startswith(("$", "≥"))]
    assert costs[: len(shown)] == shown
    assert set(costs[len(shown) :]) == {"too few", "not shown"}


def test_it_filters_by_words_and_by_kind(drawn: Page) -> None:
    said = drawn.get_by_role("status")
    assert said.inner_text() == "13 rows"
    drawn.get_by_label("Filter by words").fill("OPUS fix")
    assert said.inner_text() == "1 of 13 rows"
    assert (column(drawn, "model"), column(drawn, "task type")) == (["claude-opus-4-8"], ["fix"])
    drawn.get_by_label("Filter by words").fill("")
    drawn.get_by_label("Rows").select_option("one per model")
    assert said.inner_text() == "8 of 13 rows"
    drawn.locator("section[aria-labelledby=all]").get_by_label("Basis").select_option("branch")
    assert said.inner_text() == "1 of 13 rows"
    drawn.get_by_label("Filter by words").fill("nobody")
    assert said.inner_text() == "0 of 13 rows"


def test_charts_are_of_one_basis_and_one_part_at_a_time(drawn: Page) -> None:
    drawn.get_by_label("task type", exact=True).select_option("fix")
    chart = drawn.locator("section[aria-labelledby=cost] .chart").nth(1)
    until(drawn, "document.querySelectorAll('section[aria-labelledby=cost] svg').length === 2")
    assert set(chart.locator("text").all_text_contents()) >= {"claude-opus-4-8", "claude-haiku-4-5"}
    assert "gpt-5.4" not in chart.locator("text").all_text_contents()
    drawn.locator("#sections > div").get_by_label("Basis").first.select_option("branches")
    until(drawn, "document.querySelectorAll('section[aria-labelledby=cost] svg').length === 2")
    assert drawn.locator("section[aria-labelledby=by-part]").count() == 0


def test_very_many_rows_are_not_all_drawn_and_all_are_found(running: Browser, files: dict[str, Path]) -> None:
    with opened(running, files["many"]) as (page, _):
        said = page.get_by_role("status")
        assert said.inner_text() == "1,208 rows, the first 500 shown"
        assert len(column(page, "model")) == 500
        page.get_by_label("Filter by words").fill("part-1199")
        assert (said.inner_text(), column(page, "task type")) == ("1 of 1,208 rows", ["part-1199"])
        assert page.evaluate("document.querySelectorAll('.many figure').length") == 9


def test_the_switch_outdoes_the_system_and_neither_a_narrow_window_nor_paper_cuts_anything_off(
    running: Browser, files: dict[str, Path]
) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    with opened(running, files["groups"], scheme="dark") as (page, _):
        page.keyboard.press("Tab")  # the first stop leads past the head
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        dark = page.evaluate(paper)
        page.get_by_label("Light").check()
        light = page.evaluate(paper)
        assert light != dark
        page.get_by_label("Light").focus()
        page.keyboard.press("ArrowRight")
        assert page.evaluate(paper) == dark
        wide = page.locator(".chart svg").first.get_attribute("width")
        page.set_viewport_size({"width": 390, "height": 900})
        until(page, f"document.querySelector('.chart svg').getAttribute('width') !== '{wide}'")
        assert int(float(page.locator(".chart svg").first.get_attribute("width") or 0)) <= 358
        page.emulate_media(media="print")
        page.set_viewport_size({"width": A4, "height": 1000})
        assert page.evaluate("document.documentElement.scrollWidth") <= A4
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert not page.locator(".tools").first.is_visible()
        assert page.locator(".chart svg").first.is_visible()
