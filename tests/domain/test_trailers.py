"""Trailers wherever they stand in a message, and the squashed commit they belong to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.trailers import LONGEST, Line, Lines, read_lines

KEYS = frozenset({"assisted-by", "devin session", "author"})


def read(body: str, subject: str = "work") -> Lines:
    return read_lines(subject, body, KEYS, "generated ")


def texts(body: str) -> list[tuple[str, str]]:
    return [(line.key, line.text) for line in read(body).found]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Assisted-by: a:b", [("assisted-by", "a:b")]),
        ("ASSISTED-BY:a:b", [("assisted-by", "a:b")]),
        ("Assisted-by : a:b", [("assisted-by", "a:b")]),
        ("Assisted-by:\ta:b  \r\n", [("assisted-by", "a:b")]),
        ("prose\nAssisted-by: a:b\nmore prose", [("assisted-by", "a:b")]),
        ("prose\n\n---\n\nAssisted-by: a:b\n\nprose", [("assisted-by", "a:b")]),
        ("Devin Session: https://x/1", [("devin session", "https://x/1")]),
        ("Assisted-by: a\n folded\n\tagain\nnot", [("assisted-by", "a folded again")]),
        ("Assisted-by: a\n\n indented", [("assisted-by", "a")]),
        ("🤖 Generated with X", [("", "🤖 Generated with X")]),
        (" Assisted-by: a:b", []),
        ("> Assisted-by: a:b", []),
        ("see Assisted-by: a:b", []),
        ("Assisted-by-me: a:b", []),
        ("Assisted-b: a:b", []),
        ("Assisted_by: a:b", []),
    ],
)
def test_a_trailer_is_a_line_that_begins_with_its_key(body: str, found: list[tuple[str, str]]) -> None:
    assert texts(body) == found


def test_a_value_that_is_too_long_for_a_name_is_none() -> None:
    assert texts("Assisted-by: " + "a" * LONGEST) == [("assisted-by", "a" * LONGEST)]
    assert texts("Assisted-by: " + "a" * (LONGEST + 1)) == [("assisted-by", "")]
    assert texts("Assisted-by: a\n " + "b" * 1_000_000) == [("assisted-by", "")]


def test_a_million_trailers_are_as_many_as_five_hundred() -> None:
    assert len(read("Assisted-by: a:b\n" * 1_000_000).found) == 500


SQUASH = "* one\n\nbody\n\nAssisted-by: a:1\n\n* two\n\n* three\n\nAssisted-by: a:3\n\n---------\n\nAssisted-by: a:0\n"


def test_the_points_of_a_forge_s_squash_are_its_commits() -> None:
    found = read(SQUASH, "Add login (#12)")
    assert found.parts == 3
    assert [(line.text, line.part) for line in found.found] == [("a:1", 1), ("a:3", 3), ("a:0", 0)]


def test_a_merge_request_s_squash_is_one_too() -> None:
    assert read(SQUASH + "\nSee merge request group/name!3", "Add login").parts == 3


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Add login", SQUASH),
        ("Add login (#12)", "* one\n* two\n* three\n\nAssisted-by: a:1"),
        ("Add login (#12)", "* one\n\nAssisted-by: a:1"),
        ("Add login (#12)", "text:\n\n* one\n* two\n\nAssisted-by: a:1"),
    ],
)
def test_a_list_that_somebody_wrote_is_no_squash(subject: str, body: str) -> None:
    found = read(body, subject)
    assert found.parts == 0
    assert {line.part for line in found.found} == {0}


def test_the_message_of_git_merge_squash_quotes_its_commits() -> None:
    body = (
        f"commit {'a' * 40}\nAuthor: Ann <ann@example.org>\nDate:   now\n\n    one\n\n    Assisted-by: a:1\n\n"
        f"commit {'b' * 40}\nAuthor: Bob <bob@example.org>\nDate:   now\n\n    two\n"
    )
    found = read(body, "Squashed commit of the following:")
    assert found == Lines(
        (
            Line("author", "Ann <ann@example.org>", 1),
            Line("assisted-by", "a:1", 1),
            Line("author", "Bob <bob@example.org>", 2),
        ),
        2,
    )


@given(st.text(alphabet="* \n-ab:Assisted-by(#1)\t\r", max_size=300), st.text(max_size=30))
def test_any_message_is_read(body: str, subject: str) -> None:
    found = read(body, subject)
    assert found.parts != 1
    for line in found.found:
        assert 0 <= line.part <= found.parts
        assert len(line.text) <= LONGEST


@pytest.mark.parametrize(
    "part", ["Assisted-by:", "* \n\n", "\n ", "-" * 10 + "\n", "Generated with [", ":", "* a\n\nb: c\n\n"]
)
def test_no_message_takes_long(part: str) -> None:
    """Each is read in well under a second; in quadratic time it would be hours."""
    assert len(read(part * 200_000, "x (#1)").found) <= 500
