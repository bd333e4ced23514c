"""What tables are printed on: never too narrow for them, plain unless colour is asked for."""

from __future__ import annotations

import pytest
from rich.text import Text

from ledger.reports.paper import blank, text_of


@pytest.mark.parametrize(("asked", "had"), [(1, 60), (60, 60), (120, 120)])
def test_nothing_is_printed_narrower_than_a_table_fits(asked: int, had: int) -> None:
    _, console = blank(asked, color=False)
    assert console.width == had


def test_colour_is_there_only_where_it_is_asked_for() -> None:
    for color in (False, True):
        out, console = blank(80, color)
        console.print(Text("bold  ", style="bold"))
        assert ("\x1b[" in text_of(out, color)) == color
        assert text_of(out, color=False).endswith("\n")


def test_without_colour_no_line_ends_in_blanks() -> None:
    out, console = blank(80, color=False)
    console.print(Text("one   "))
    assert text_of(out, color=False) == "one\n"
