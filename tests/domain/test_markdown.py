"""Text from outside renders as it reads, wherever it stands."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ledger.domain.markdown import escaped, folded, table
from ledger.domain.screen import plain

_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_HOSTILE = "@#!%&~$:/|\\`*_{}[]()<>\"'=+-.1a \n\x1b\u202e\u200b"
_FOUND_BY_FORGES = re.compile(r"@\w|#\d|![\d\[]|%[\w\"]|&\d|~\w|\bGH-\d|://|www\.|:\w+:", re.IGNORECASE)
"""Names, numbers, labels, addresses and emoji, as GitHub and GitLab look for them in what was rendered."""


def shown(markdown: str) -> str:
    rendered: str = _MARKDOWN.render(markdown)
    return rendered.replace("\u200b", "")


def as_paragraph(text: str) -> str:
    words = html.escape(plain(text, 200).strip(), quote=True).replace("&#x27;", "'")
    return f"<p>{words}</p>\n" if words else ""


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<!-- ledger: report 0123456789abcdef -->",
        "![picture](https://example.org/a.png) [link](javascript:x) <https://example.org>",
        "`code` **bold** _slanted_ ~~gone~~ | cell | $x$ \\",
        "# title",
        "1. first",
        "12) twelfth",
        "- point",
        "===",
        "| a |\n|---|\n| b |",
        "&lt;b&gt; &amp; &#64;all",
        "```\nblock",
        "    indented",
    ],
)
def test_markup_is_shown_and_does_nothing(text: str) -> None:
    assert shown(escaped(text)) == as_paragraph(text)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.one_of(st.sampled_from(_HOSTILE), st.characters()), max_size=60))
@example("| --- |")
@example("\\|")
def test_any_text_renders_as_it_reads(text: str) -> None:
    assert shown(escaped(text)) == as_paragraph(text)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=_HOSTILE, max_size=40))
@example('@all see #12, !3, GH-4, %"m", &5, ~bug on https://example.org, www.example.org :smile:')
def test_nothing_is_left_that_a_forge_would_act_on(text: str) -> None:
    source = escaped(text)
    assert not _FOUND_BY_FORGES.search(html.unescape(_MARKDOWN.render(source)))
    assert not source.startswith("/")


@pytest.mark.parametrize("action", ["/close", "/merge", "/approve"])
def test_a_line_is_no_quick_action(action: str) -> None:
    assert escaped(action) == f"\\{action}"


def test_money_and_shares_stay_as_they_are() -> None:
    words = "claude costs $1.64 (1.43–1.96), 90% of 63; opus: 5+5 = 10 - 1"
    assert escaped(words) == words


def test_a_long_text_is_cut_by_the_letters_that_are_read() -> None:
    assert escaped("@" * 500, 10) == "@&#8203;" * 9 + "…"


def test_a_hostile_cell_leaves_its_table_whole() -> None:
    rendered = shown(table(("model", "n"), [(escaped("a|b\n| c | \\"), "1"), (escaped("`|`"), "2")]))
    assert rendered.count("<td") == 4
    assert '<td style="text-align:left">a|b·| c | \\</td>' in rendered
    assert rendered.count("text-align:right") == 3


def test_what_is_folded_is_markdown_again() -> None:
    rendered = shown(folded("More", "- a\n- b\n"))
    assert rendered.startswith("<details><summary>More</summary>\n<ul>\n<li>a</li>")
    assert rendered.endswith("</details>\n")
