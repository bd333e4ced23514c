"""The page as text: what it carries, that it asks for nothing, and that no text from outside is markup in it."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html import unescape
from typing import Any

import pytest

from ledger.domain.report import Filters, Report
from ledger.reports import render
from ledger.reports.html import page_data
from ledger.reports.json import as_object
from tests.reports.paging import EMPTY, HOSTILE, OWN, REPORT, hostile

_SCRIPT = re.compile(r"<script([^>]*)>(.*?)</script>", re.DOTALL)


def carried(text: str) -> dict[str, Any]:
    """The figures in a page."""
    found: dict[str, Any] = json.loads(next(body for mark, body in _SCRIPT.findall(text) if "application/json" in mark))
    return found


@pytest.mark.parametrize("report", [REPORT, OWN, EMPTY], ids=["groups", "own", "empty"])
def test_it_carries_the_report_as_json_and_no_more_than_sums(report: Report) -> None:
    data = carried(render(report, "html"))
    assert data["report"] == json.loads(json.dumps(as_object(report)))
    assert data == json.loads(json.dumps(page_data(report)))


def test_what_only_a_page_shows() -> None:
    data = page_data(REPORT)
    keys = [group["key"] for group in data.pop("report")["groups"]]
    hidden = zip(keys, data.pop("hidden"), strict=True)
    assert [(key["model"], key["basis"], why) for key, why in hidden if why] == [
        ("price-unknown", "request", "the cost of fewer than half of its decided changes is known"),
        ("claude-opus-4-8", "trunk", "commits on trunk are accepted by construction"),
    ]
    assert len(data.pop("footer")) > 2
    assert data == {
        "is_all_in_shown": [True] + [False] * (len(keys) - 1),
        "whom": "model",
        "by": "task type",
        "next": "",
        "behind": "",
        "buckets": ["accepted", "open", "stale", "unknown", "rejected", "abandoned", "unattributed"],
        "timeline": {
            "unit": "week",
            "portions": [
                ["2026-03-02", "accepted", "2.00"],
                ["2026-03-02", "unattributed", "4.00"],
                ["2026-03-16", "accepted", "3.00"],
                ["2026-03-16", "rejected", "1.00"],
            ],
        },
        "loops": [
            {
                "basis": "branch",
                "model": "claude-opus-4-8",
                "decided": 8,
                "accepted": 6,
                "attempts": 7,
                "failed_runs": 1,
                "failed_attempts": 1,
                "first_pass_yes": 3,
                "first_pass_no": 5,
                "first_pass_unknown": 0,
                "failed_usd": "0.25",
            },
            {
                "basis": "request",
                "model": "claude-opus-4-8",
                "decided": 40,
                "accepted": 30,
                "attempts": 44,
                "failed_runs": 14,
                "failed_attempts": 14,
                "first_pass_yes": 15,
                "first_pass_no": 25,
                "first_pass_unknown": 0,
                "failed_usd": "3.50",
            },
            {
                "basis": "request",
                "model": None,
                "decided": 2,
                "accepted": 0,
                "attempts": 3,
                "failed_runs": 3,
                "failed_attempts": 3,
                "first_pass_yes": 0,
                "first_pass_no": 2,
                "first_pass_unknown": 0,
                "failed_usd": "0.75",
            },
        ],
    }


def test_a_cost_that_tries_are_not_told_by_is_unknown() -> None:
    assert REPORT.page is not None
    loops = tuple(replace(loop, failed_nusd=None) for loop in REPORT.page.loops)
    found = page_data(replace(REPORT, page=replace(REPORT.page, loops=loops)))["loops"]
    assert {loop["failed_usd"] for loop in found} == {None}


@pytest.mark.parametrize(
    ("filters", "whom", "by"),
    [
        (Filters(credit="first"), "first model", "task type"),
        (Filters(credit="lineup", by="package"), "line-up", "package"),
        (Filters(by="label:team"), "model", "team"),
    ],
)
def test_columns_are_named_as_in_the_table(filters: Filters, whom: str, by: str) -> None:
    data = page_data(replace(REPORT, filters=filters))
    assert (data["whom"], data["by"]) == (whom, by)


def test_a_report_without_the_sums_of_a_page_is_a_page_without_them() -> None:
    data = page_data(replace(REPORT, page=None))
    assert (data["timeline"]["portions"], data["loops"]) == ([], [])


def test_every_figure_stands_where_scripts_do_not_run() -> None:
    text = render(REPORT, "html")
    assert "<h1>claude-opus-4-8 costs least per accepted change: $1.33.</h1>" in text
    assert '<p class="rest">The rest is told below.</p>' in text
    assert "<noscript>" in text


def test_its_policy_names_each_script_and_style_and_nothing_else() -> None:
    text = render(REPORT, "html")
    policy = unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1])  # type: ignore[index]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    scripts = [body for mark, body in _SCRIPT.findall(text) if not mark]
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)

    def hashes(*bodies: str) -> str:
        return " ".join(f"'sha256-{b64encode(sha256(body.encode()).digest()).decode()}'" for body in bodies)

    assert len(scripts) == 4
    assert rules == {
        "default-src": "'none'",
        "script-src": hashes(*scripts),
        "style-src": hashes(style),
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_it_names_nothing_to_load() -> None:
    markup = _SCRIPT.sub("", render(REPORT, "html"))
    assert re.findall(r"\s(?:src|srcset|style|on\w+)=", markup) == []
    assert re.findall(r'href="([^"]*)"', markup) == ["#main"]
    assert "url(" not in markup
    assert "@import" not in markup


def test_its_own_scripts_make_no_markup_of_text() -> None:
    own = _SCRIPT.findall(render(REPORT, "html"))[-1][1]
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", own) == []


def test_its_size_is_that_of_the_libraries_however_many_changes_there_are() -> None:
    many = replace(REPORT, groups=tuple(replace(g, sums=replace(g.sums, n=100_000)) for g in REPORT.groups))
    assert abs(len(render(many, "html")) - len(render(REPORT, "html"))) < 200
    assert len(render(REPORT, "html")) < 1_000_000


def test_no_text_from_outside_is_markup() -> None:
    text = render(hostile(), "html")
    assert [mark for mark, _ in _SCRIPT.findall(text)] == [' type="application/json" id="figures"', "", "", "", ""]
    assert "<img" not in text
    assert "document.title='run'</script>" not in text
    assert "<" not in _SCRIPT.findall(text)[0][1]
    assert "\x1b" not in text
    assert "\u202e" not in json.dumps(carried(text), ensure_ascii=False)
    names = {group["key"]["model"] for group in carried(text)["report"]["groups"]}
    assert HOSTILE[0] in names
    assert max(len(name) for name in names) == 600
    title = re.search(r"<title>(.*?)</title>", text)
    assert title
    assert "<" not in title[1]


@pytest.mark.parametrize("form", ["table", "json", "csv", "html"])
def test_no_format_lets_a_code_or_a_mark_of_direction_through(form: str) -> None:
    text = render(hostile(), form)
    for character in ("\x1b", "\x07", "\u202e", "\u2066", "\u200b"):
        assert character not in text


def test_json_gives_back_what_was_there_to_the_letter() -> None:
    found = json.loads(render(hostile(), "json"))
    assert {group["key"]["model"] for group in found["groups"] if group["key"]["task_type"] is None} == set(HOSTILE)
