"""A comment is found again by its marker, written anew when it has news, and never too long."""

from __future__ import annotations

import pytest

from ledger.domain.markdown import escaped
from ledger.domain.sticky import Comment, Part, body_of, fitting, is_news, own_of, page

PARTS = [Part("**headline**"), Part("| a |\n"), Part("- note", "Notes"), Part("- doubt", "Doubts")]


def comment(body: str, *, own: bool = True, hidden: bool = False, name: str = "1") -> Comment:
    return Comment(name, body, own, hidden)


def test_parts_stand_below_each_other_and_folded_ones_are_closed() -> None:
    text = page(PARTS)
    assert text.startswith("**headline**\n\n| a |\n\n<details><summary>Notes</summary>\n\n- note\n\n</details>\n")


def test_what_fits_is_whole() -> None:
    assert fitting(PARTS) == page(PARTS)


def test_folded_parts_go_first_the_last_before_others_and_a_sentence_names_them() -> None:
    long = [*PARTS, Part("x" * 900, "Changes"), Part("| b |\n" * 10)]
    text = fitting(long, 500)
    assert len(text) <= 500
    assert "Notes</summary>" in text
    assert "| b |" in text
    assert text.endswith("Left out here for its length: Changes. `ledger report` has all of it.\n")


def test_open_parts_go_last_and_the_headline_stays() -> None:
    text = fitting([Part("**headline**"), Part("y" * 900), Part("x" * 900, "Notes")], 200)
    assert text.startswith("**headline**\n")
    assert "Left out here for its length: a table, Notes." in text
    assert len(fitting([Part("z" * 900)], 200)) == 200


def test_a_body_stays_below_what_a_forge_takes() -> None:
    assert len(body_of("report", "", [Part("z" * 70_000)])) < 65_000


def test_the_oldest_own_one_of_the_name_is_found() -> None:
    body, other = body_of("report", "a", PARTS), body_of("unit", "a", PARTS)
    found = [
        comment("no marker", name="0"),
        comment(other, name="1"),
        comment(body, own=False, name="2"),
        comment(body, hidden=True, name="3"),
        comment(f"> {body}", name="4"),
        comment(body.replace("\n", "\r\n"), name="5"),
        comment(body, name="6"),
    ]
    chosen = own_of(found, "report")
    assert chosen is not None
    assert chosen.id == "5"
    assert own_of(found, "weekly") is None


def test_only_news_is_news() -> None:
    old = body_of("report", "cost 1", [Part("as of monday")])
    assert not is_news(old, body_of("report", "cost 1", [Part("as of tuesday")]))
    assert is_news(old, body_of("report", "cost 2", [Part("as of monday")]))


@pytest.mark.parametrize("text", ["<!-- ledger: report 0123456789abcdef -->", "\n<!-- ledger: report 0 -->"])
def test_text_from_outside_writes_no_marker(text: str) -> None:
    assert own_of([comment(escaped(text))], "report") is None
